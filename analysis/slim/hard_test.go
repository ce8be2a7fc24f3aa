package slim

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"weighline/analysis/layer"
	"weighline/analysis/oci/ocitest"
)

// without returns the cut of l that takes the paths away.
func without(t *testing.T, l loaded, paths ...string) *Cut {
	t.Helper()
	c := NewCut(l.tree)
	for _, p := range paths {
		n, ok := l.tree.Lookup(p)
		if !ok {
			t.Fatalf("%s is not there", p)
		}
		c.Remove(n)
	}
	return c
}

// cutOut writes l without the paths and compares the rest.
func cutOut(t *testing.T, text string, paths ...string) (loaded, *Result) {
	t.Helper()
	before := save(t, text)
	return writeCut(t, before, without(t, before, paths...), paths...)
}

func writeCut(t *testing.T, before loaded, c *Cut, paths ...string) (loaded, *Result) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "after")
	r, err := Write(t.Context(), before.img, c, &Layout{Dir: dir}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	after := load(t, dir)
	sameBut(t, before.img, after.img, paths...)
	return after, r
}

// A hard link whose first name goes: the next one takes the content, and those
// after it lead there.
func TestHardLinkIsAnchoredAnew(t *testing.T) {
	long := "dir/" + strings.Repeat("a-long-folder/", 10) + "second"
	text := "-- one/first mode=4755 uid=9 --\ncontent\n-- one/" + long + " => first --\n-- one/third => first --\n-- one/fourth => third --\n-- one/other --\nx\n"
	after, _ := cutOut(t, text, "/first")
	n, _ := after.tree.Lookup("/third")
	if after.tree.Links(n) != 3 {
		t.Errorf("the file has %d names, want 3", after.tree.Links(n))
	}
	cutOut(t, text, "/"+long)
	cutOut(t, text, "/first", "/third")
	cutOut(t, text, "/first", "/third", "/"+long)
	cutOut(t, text, "/first", "/third", "/fourth", "/"+long)
}

// A name that goes must not show what it hid: the versions of lower layers go
// with it, and the whiteouts that have nothing left to hide.
func TestOlderVersionsGoToo(t *testing.T) {
	after, r := cutOut(t, `
layer one
layer two
layer three
layer four
-- one/app/x --
the first version
-- one/app/keep --
keep
-- two/app/.wh.x --
-- two/app/y --
y
-- three/app/x --
the second version
-- four/app/z --
z
`, "/app/x")
	if r.Rewritten != 2 || r.Removed != 1 || r.Kept != 1 {
		t.Errorf("layers: %d kept, %d rewritten, %d removed", r.Kept, r.Rewritten, r.Removed)
	}
	for i := range after.img.Layers {
		if w := after.tree.Layer(i).Counts.Whiteouts; w > 0 {
			t.Errorf("layer %d: %d whiteouts are left", i, w)
		}
	}
}

// A folder that went in a middle layer and came again.
func TestFolderReplacedByFile(t *testing.T) {
	cutOut(t, "-- one/a/b/ --\n-- one/a/b/c --\nc\n-- one/a/keep --\nk\n-- two/a/b --\nnow a file\n-- three/x --\nx\n", "/a/b")
	before := save(t, "-- one/a/b/c --\nc\n-- two/.wh.a --\n-- three/a/ mode=700 --\n-- three/a/d --\nd\n")
	c := NewCut(before.tree)
	c.Squash = true
	after, _ := writeCut(t, before, c)
	if after.tree.WasteTotal().Files != 0 || len(after.img.Layers) != 1 {
		t.Errorf("%d layers, waste %+v", len(after.img.Layers), after.tree.WasteTotal())
	}
}

// Entries below a symbolic link of a lower layer land where it leads.
func TestThroughSymlinks(t *testing.T) {
	text := "-- one/usr/lib/a --\na\n-- one/lib -> usr/lib --\n-- two/lib/b --\nb\n-- two/lib/c --\nc\n"
	before := save(t, text)
	c := without(t, before, "/usr/lib/b")
	dir := filepath.Join(t.TempDir(), "after")
	if _, err := Write(t.Context(), before.img, c, &Layout{Dir: dir}, Options{}); err != nil {
		t.Fatal(err)
	}
	after := load(t, dir)
	if _, ok := after.tree.Lookup("/usr/lib/b"); ok {
		t.Error("/usr/lib/b is still there")
	}
	if _, ok := after.tree.Lookup("/usr/lib/c"); !ok {
		t.Error("/usr/lib/c is missing")
	}
}

// A link of an upper layer to a file of a lower one has no bytes of its own.
func TestLinkAcrossLayers(t *testing.T) {
	text := "-- one/a --\ncontent\n-- two/b => a --\n-- two/x --\nx\n"
	before := save(t, text)
	_, err := Write(t.Context(), before.img, without(t, before, "/a"), &Layout{Dir: filepath.Join(t.TempDir(), "o")}, Options{})
	if !errors.Is(err, ErrLink) {
		t.Errorf("err = %v, want %v", err, ErrLink)
	}
	writeCut(t, before, without(t, before, "/b"), "/b")
	writeCut(t, before, without(t, before, "/a", "/b"), "/a", "/b")
}

// The same path twice in a layer: the last one counts, and both go.
func TestTwiceInOneLayer(t *testing.T) {
	before := saveImage(t, ocitest.Build(ocitest.Layer{Entries: []ocitest.Entry{
		{Name: "a", Body: "one"}, {Name: "b", Body: "b"}, {Name: "./a", Body: "another"}, {Name: "../c/../d", Body: "d"}, {Name: "/e", Body: "e"},
	}}))
	writeCut(t, before, without(t, before, "/a"), "/a")
	writeCut(t, before, without(t, before, "/d", "/e"), "/d", "/e")
	c := NewCut(before.tree)
	c.Squash = true
	after, _ := writeCut(t, before, c)
	if n := after.tree.Layer(0).Len(); n != 4 {
		t.Errorf("%d entries are left, want 4", n)
	}
}

// A manifest that lies about a layer, and a layer that is another one by now.
func TestLies(t *testing.T) {
	before := save(t, "-- one/a --\na\n-- one/b --\nb\n")
	c := without(t, before, "/a")
	other := save(t, "-- one/a --\na\n-- one/c --\nc\n")
	dir := t.TempDir()
	if _, err := Write(t.Context(), other.img, c, &Layout{Dir: filepath.Join(dir, "o")}, Options{}); !errors.Is(err, errChanged) {
		t.Errorf("err = %v, want %v", err, errChanged)
	}
	img := before.img
	img.Layers[0].Size++
	var size *layer.SizeError
	if _, err := Write(t.Context(), img, c, &Layout{Dir: filepath.Join(dir, "o")}, Options{}); !errors.As(err, &size) {
		t.Errorf("err = %v, want a size that does not fit", err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*")); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}

// A result that is not what was promised is not written.
func TestMismatchIsFound(t *testing.T) {
	before, other := save(t, "-- one/a --\na\n-- one/b/c --\nc\n-- one/l -> a --\n-- one/h => a --\n"), func(text string) *layer.Tree { return save(t, text).tree }
	c := NewCut(before.tree)
	if err := c.Check(before.tree); err != nil {
		t.Errorf("a tree is not itself: %v", err)
	}
	var bad *MismatchError
	for _, text := range []string{
		"-- one/a --\na\n-- one/b/c --\nc\n-- one/l -> a --\n",
		"-- one/a --\nx\n-- one/b/c --\nc\n-- one/l -> a --\n-- one/h => a --\n",
		"-- one/a mode=600 --\na\n-- one/b/c --\nc\n-- one/l -> a --\n-- one/h => a --\n",
		"-- one/a --\na\n-- one/b/c --\nc\n-- one/l -> b --\n-- one/h => a --\n",
		"-- one/a --\na\n-- one/b/c --\nc\n-- one/l -> a --\n-- one/h --\na\n",
		"-- one/a --\na\n-- one/b/c --\nc\n-- one/l -> a --\n-- one/h => a --\n-- one/more --\nx\n",
		"-- one/a --\na\n-- one/b -> c --\n-- one/l -> a --\n-- one/h => a --\n",
	} {
		if err := c.Check(other(text)); !errors.As(err, &bad) {
			t.Errorf("%q passes: %v", text, err)
		}
	}
}
