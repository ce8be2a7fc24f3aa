package layer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestStack(t *testing.T) {
	test := func(name, layers, want string) {
		t.Helper()
		got := list(stackOf(t, strings.Split(layers, " | ")...))
		want = strings.TrimLeft(strings.ReplaceAll(want, "\t", ""), "\n")
		if got != want {
			t.Errorf("%s: stack(%s) is\n%swant\n%s", name, layers, got, want)
		}
	}
	test("nothing", "", "")
	test("one layer", "a/ a/b=12 c->a d!", `
		/a/
		/a/b=2@0
		/c->a
		/d!
		`)
	test("missing folders are made", "a/b/c=1", `
		/a/
		/a/b/
		/a/b/c=1@0
		`)
	test("deleted", "a=123 b=1 | .wh.a", `
		/b=1@0
		deleted /a 3@0 by 1
		`)
	test("a folder is deleted with what is in it", "d/e/f=12 d/g=1 | .wh.d", `
		deleted /d/e/f 2@0 by 1
		deleted /d/g 1@0 by 1
		`)
	test("whiteouts act on lower layers only, wherever they stand", "d/a=1 | d/b=22 d/.wh..wh..opq d/.wh.b", `
		/d/
		/d/b=2@1
		deleted /d/a 1@0 by 1
		`)
	test("deleted and written anew", "a=1 | a=22 .wh.a", `
		/a=2@1
		deleted /a 1@0 by 1
		`)
	test("overwritten with other content", "a=1 | a=2", `
		/a=1@1
		overwritten /a 1@0 by 1
		`)
	test("overwritten with the same content", "a=1 | a=1", `
		/a=1@1
		rewritten-identical /a 1@0 by 1
		`)
	test("twice in one layer", "a=1 a=1 a=333", `
		/a=3@0
		same-layer-duplicate /a 1@0 by 0
		same-layer-duplicate /a 1@0 by 0
		`)
	test("a folder over a file", "a=1 | a/ a/b=22", `
		/a/
		/a/b=2@1
		overwritten /a 1@0 by 1
		`)
	test("a file over a folder", "a/b=1 a/c=22 | a=1", `
		/a=1@1
		overwritten /a/c 2@0 by 1
		overwritten /a/b 1@0 by 1
		`)
	test("a folder over a folder keeps what is in it", "a/b=1 | a/", "/a/\n/a/b=1@0\n")
	test("a file where a path needs a folder", "a=1 | a/b=22", `
		/a/
		/a/b=2@1
		overwritten /a 1@0 by 1
		`)
	test("a hard link adds a name, no bytes", "a=123 b=>a", "/a=3@0\n/b=0@0\n")
	test("a hard link to a lower layer", "a=123 | b=>a | .wh.a", "/b=3@0\n")
	test("the last name goes", "a=123 b=>a | .wh.a | .wh.b", "deleted /b 3@0 by 2\n")
	test("one name is overwritten", "a=123 b=>a | a=123", "/a=3@1\n/b=3@0\n")
	test("a hard link to nothing", "b=>a c=1", "/c=1@0\n")
	test("a hard link to itself", "a=1 a=>a", "/a=1@0\n")
	test("a hard link over the folder that its target is in", "a/b=1 a=>a/b", "/a=1@0\n")
	test("below a lower symlink", "usr/bin/x=1 bin->usr/bin | bin/y=22 bin/.wh.x", `
		/bin->usr/bin
		/usr/
		/usr/bin/
		/usr/bin/y=2@1
		deleted /usr/bin/x 1@0 by 1
		`)
	test("an absolute symlink stays inside the root", "r/ l->/../../r | l/f=1", "/l->/../../r\n/r/\n/r/f=1@1\n")
	test("dot-dot in a symlink goes to the real parent", "a/b/ x->a/b y->x/../c | y/f=1", `
		/a/
		/a/b/
		/a/c/
		/a/c/f=1@1
		/x->a/b
		/y->x/../c
		`)
	test("a symlink loop", "a->b b->a | a/f=1", "/a->b\n/b->a\n")
	test("a symlink to a missing folder makes it", "l->m/n | l/f=1", "/l->m/n\n/m/\n/m/n/\n/m/n/f=1@1\n")
	test("a symlink is replaced by a folder", "x/ l->x | l/ l/f=1", "/l/\n/l/f=1@1\n/x/\n")
	test("a symlink that is replaced leads nowhere any more", "x/ y/ l->x l/a=1 l->y l/b=1", `
		/l->y
		/x/
		/x/a=1@0
		/y/
		/y/b=1@0
		`)
	test("bookkeeping of AUFS is nothing", ".wh..wh.plnk/ .wh..wh.orph=1 a=1", "/a=1@0\n")
	test("paths are cleaned by the letter", "./a//b/../c=1 /d=1 ../../e=1", "/a/\n/a/c=1@0\n/d=1@0\n/e=1@0\n")
	test("names in byte order", "b=1 a-b/c=1 a.b=1 a=1 B=1", "/B=1@0\n/a=1@0\n/a-b/\n/a-b/c=1@0\n/a.b=1@0\n/b=1@0\n")
	test("empty files are no waste", "a= | .wh.a", "")
}

// Kept and waste add up to what a layer brought, and a missing layer is told.
func TestStackSums(t *testing.T) {
	tree := stackOf(t, "a=1 b=22 c=333", "a=1 .wh.b d=4444", "d=4444 d=55555")
	want := []LayerStat{{6, 3, 3, 3, 2}, {5, 2, 1, 4, 1}, {9, 2, 5, 4, 1}}
	for i, s := range tree.Layers {
		if s != want[i] {
			t.Errorf("layer %d = %+v, want %+v", i, s, want[i])
		}
	}
	if got := fmt.Sprint(tree.WasteByWhy()); got != "[{2 1} {0 0} {5 2} {4 1}]" {
		t.Errorf("waste = %s", got)
	}
	if tree.Bytes(Root) != tree.Totals.Bytes || tree.Totals.Bytes != 9 {
		t.Errorf("bytes = %d and %d, want 9", tree.Bytes(Root), tree.Totals.Bytes)
	}
	part, err := Stack(t.Context(), []*Index{nil, indexOf(t, "a=1"), nil})
	if err != nil || !part.Partial() || fmt.Sprint(part.Missing) != "[0 2]" || part.LayerOf(1) != 1 {
		t.Errorf("partial = %v, %v", part.Missing, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Stack(ctx, []*Index{indexOf(t, "a=1")}); !errors.Is(err, context.Canceled) {
		t.Errorf("canceled Stack: %v", err)
	}
}

// TestWasteGroups names each cause once, with the folder that all of it lay in.
func TestWasteGroups(t *testing.T) {
	tree := stackOf(t, "a/b/x=1 a/b/c/y=22 a/d/z=333 e=1 a/b/same=12", ".wh.e a/b/.wh.x a/b/c/.wh.y a/b/same=12", ".wh.a f=1 f=1")
	want := "[{0 1 deleted 3 4 /} {0 2 deleted 1 3 /a/d} {0 1 rewritten-identical 1 2 /a/b} {1 2 deleted 1 2 /a/b} {2 2 same-layer-duplicate 1 1 /}]"
	groups := tree.WasteGroups()
	if got := fmt.Sprint(groups); got != want {
		t.Errorf("groups = %s\n  want %s", got, want)
	}
	var sum WasteSum
	for _, g := range groups {
		sum.Bytes += g.Bytes
		sum.Files += g.Files
	}
	if sum != tree.WasteTotal() {
		t.Errorf("groups sum up to %+v, want %+v", sum, tree.WasteTotal())
	}
}

func TestLookup(t *testing.T) {
	tree := stackOf(t, "usr/lib/a=1 lib->usr/lib up->/usr/.. l->lib/a loop->loop usr/lib/up->../..")
	test := func(path, want, wantFollowed string) {
		t.Helper()
		for _, f := range []struct {
			name string
			look func(string) (Node, bool)
			want string
		}{{"Lookup", tree.Lookup, want}, {"Follow", tree.Follow, wantFollowed}} {
			got := ""
			if n, ok := f.look(path); ok {
				got = tree.FullPath(n)
			}
			if got != f.want {
				t.Errorf("%s(%q) = %q, want %q", f.name, path, got, f.want)
			}
		}
	}
	test("/", "/", "/")
	test("", "/", "/")
	test("lib/a", "/usr/lib/a", "/usr/lib/a")
	test("/lib", "/lib", "/usr/lib")
	test("/l", "/l", "/usr/lib/a")
	test("/lib/../lib/./a", "/usr/lib/a", "/usr/lib/a")
	test("/up/lib/up/usr", "/usr", "/usr")
	test("/loop", "/loop", "")
	test("/loop/x", "", "")
	test("/usr/lib/a/x", "", "")
	test("/nothing", "", "")
	var kids []string
	usr, _ := tree.Lookup("/usr/lib")
	for n := range tree.Children(usr) {
		kids = append(kids, tree.Name(n))
	}
	if got := strings.Join(kids, " "); got != "a up" {
		t.Errorf("children = %q", got)
	}
}

func TestDuplicates(t *testing.T) {
	tree := stackOf(t, "a=333 b=333 c=>a d=4444 e=1 f=1 g=1 h= i=", "j=333")
	var got []string
	for _, d := range tree.Duplicates() {
		s := fmt.Sprint(d.Bytes())
		for _, n := range d.Nodes {
			s += " " + tree.FullPath(n)
		}
		got = append(got, s)
	}
	if s := strings.Join(got, ", "); s != "6 /a /b /j, 2 /e /f /g" {
		t.Errorf("duplicates = %s", s)
	}
	c, _ := tree.Lookup("/c")
	a, _ := tree.Lookup("/a")
	if tree.Inode(a) != tree.Inode(c) || tree.Links(a) != 2 || !tree.Secondary(c) || tree.Own(c) != 0 || tree.Size(c) != 3 {
		t.Errorf("the hard link is not told: %d %d", tree.Inode(a), tree.Inode(c))
	}
}

// A deep or tangled tree must neither hang nor overflow a stack.
func TestStackHostile(t *testing.T) {
	var words []string
	deep := strings.Repeat("d/", 10000)
	words = append(words, deep+"f=1")
	for i := range 300 { // each link goes through the one before twice
		words = append(words, fmt.Sprintf("l%d->l%d/l%d", i+1, i, i))
	}
	words = append(words, "l0->.", "l300/x=1")
	tree := stackOf(t, strings.Join(words, " "))
	if tree.Unresolved == 0 {
		t.Error("nothing was refused")
	}
}

func ExampleStack() {
	ctx := context.Background()
	below, _ := Read(ctx, bytes.NewReader(tarOf("app/model.bin=1234567890", "app/run.sh=12")), ReadOptions{})
	above, _ := Read(ctx, bytes.NewReader(tarOf("app/.wh.model.bin")), ReadOptions{})
	tree, _ := Stack(ctx, []*Index{below, above})
	fmt.Println(tree.Totals.Bytes, tree.Layers[0].Kept, tree.Layers[0].Waste)
	fmt.Println(tree.Waste(1)[0].Path, tree.Waste(1)[0].Why)
	// Output:
	// 2 2 10
	// /app/model.bin deleted
}
