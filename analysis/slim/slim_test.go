package slim

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"weighline/analysis/attribution"
	"weighline/analysis/fileclass"
	"weighline/analysis/layer"
	"weighline/analysis/oci"
	"weighline/analysis/oci/ocitest"
)

// A loaded is an image with what was read of it.
type loaded struct {
	img    *oci.Image
	tree   *layer.Tree
	ledger *attribution.Ledger
}

// load opens and reads the image that reference names.
func load(t testing.TB, reference string) loaded {
	t.Helper()
	img, err := oci.Open(t.Context(), reference, oci.Options{Platform: "linux/amd64"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { img.Close() })
	indexes := make([]*layer.Index, len(img.Layers))
	for i := range img.Layers {
		l := &img.Layers[i]
		rc, err := l.Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if indexes[i], err = layer.Read(t.Context(), rc, layer.ReadOptions{Keep: attribution.Keep, Digest: l.Digest, DiffID: l.DiffID}); err != nil {
			t.Fatal(err)
		}
		rc.Close()
	}
	tree, err := layer.Stack(t.Context(), indexes)
	if err != nil {
		t.Fatal(err)
	}
	ledger, err := attribution.Attribute(t.Context(), tree, attribution.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return loaded{img, tree, ledger}
}

// drop returns the wish that the distributions called names go.
func (l loaded) drop(names ...string) Wish {
	var w Wish
	for i, p := range l.ledger.Packages {
		if p.Kind == attribution.Python && slices.Contains(names, p.Name) {
			w.Drop = append(w.Drop, i)
		}
	}
	return w
}

// save writes a text as a layout and loads it.
func save(t testing.TB, text string) loaded {
	t.Helper()
	return saveImage(t, ocitest.Text(t, text))
}

func saveImage(t testing.TB, img *ocitest.Image) loaded {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "before")
	if err := img.WriteLayout(dir); err != nil {
		t.Fatal(err)
	}
	return load(t, dir)
}

// slimmed writes what w leaves of l and loads it.
func slimmed(t testing.TB, l loaded, w Wish, o Options) (loaded, *Result, *Cut) {
	t.Helper()
	c := Choose(l.ledger, w)
	dir := filepath.Join(t.TempDir(), "after")
	r, err := Write(t.Context(), l.img, c, &Layout{Dir: dir}, o)
	if err != nil {
		t.Fatal(err)
	}
	after := load(t, dir)
	if after.img.Digest != r.Digest {
		t.Errorf("the result has digest %s, and was said to have %s", after.img.Digest, r.Digest)
	}
	return after, r, c
}

// A seen is a name of a file system as archive/tar tells it: an oracle that
// shares no code with the package.
type seen struct {
	h    tar.Header
	body string
}

// flatten unpacks an image by the rules of the OCI image spec: whiteouts first.
func flatten(t testing.TB, img *oci.Image) map[string]*seen {
	t.Helper()
	root := map[string]*seen{}
	drop := func(p string, self bool) {
		maps.DeleteFunc(root, func(k string, _ *seen) bool { return self && k == p || strings.HasPrefix(k, p+"/") })
	}
	for i := range img.Layers {
		entries := untar(t, &img.Layers[i])
		for _, e := range entries {
			dir, base := path.Split(path.Clean("/" + e.h.Name))
			if base == ".wh..wh..opq" {
				drop(path.Clean(dir), false)
			} else if hidden, ok := strings.CutPrefix(base, ".wh."); ok {
				drop(dir+hidden, true)
			}
		}
		for _, e := range entries {
			p := path.Clean("/" + e.h.Name)
			if strings.HasPrefix(path.Base(p), ".wh.") || p == "/" {
				continue
			}
			if old := root[p]; old != nil && (old.h.Typeflag != tar.TypeDir || e.h.Typeflag != tar.TypeDir) {
				drop(p, true)
			}
			if e.h.Typeflag == tar.TypeLink {
				target := root[path.Clean("/"+e.h.Linkname)]
				if target == nil {
					t.Fatalf("%s is a hard link to nothing: %s", p, e.h.Linkname)
				}
				e = target
			}
			root[p] = e
		}
	}
	return root
}

func untar(t testing.TB, l *oci.Layer) []*seen {
	t.Helper()
	rc, err := l.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer rc.Close()
	raw, err := io.ReadAll(rc)
	if err != nil {
		t.Fatal(err)
	}
	var r io.Reader = bytes.NewReader(raw)
	if z, err := gzip.NewReader(bytes.NewReader(raw)); err == nil {
		r = z
	} else if z, err := zstd.NewReader(bytes.NewReader(raw)); err == nil && bytes.HasPrefix(raw, []byte{0x28, 0xb5}) {
		r = z
	}
	var all []*seen
	for tr := tar.NewReader(r); ; {
		h, err := tr.Next()
		if err == io.EOF {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(tr)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, &seen{*h, string(body)})
	}
}

// tell writes a name with all that must stay as it was.
func (s *seen) tell() string {
	pax := maps.Clone(s.h.PAXRecords)
	for _, k := range []string{"path", "linkpath", "size"} {
		delete(pax, k)
	}
	return fmt.Sprintf("%c mode=%o %d:%d %s %v -> %s: %q", s.h.Typeflag, s.h.Mode, s.h.Uid, s.h.Gid, s.h.ModTime.UTC(), pax, s.h.Linkname, s.body)
}

// sameBut compares two images name by name, and wants before without what
// matches gone.
func sameBut(t *testing.T, before, after *oci.Image, gone ...string) {
	t.Helper()
	a, b := flatten(t, before), flatten(t, after)
	for _, g := range gone {
		if a[g] == nil {
			t.Errorf("%s was not there before", g)
		}
		delete(a, g)
	}
	for _, p := range slices.Sorted(maps.Keys(a)) {
		switch {
		case b[p] == nil:
			t.Errorf("%s is missing", p)
		case path.Base(p) == "RECORD":
		case a[p].tell() != b[p].tell():
			t.Errorf("%s\nwas %s\n is %s", p, a[p].tell(), b[p].tell())
		}
		delete(b, p)
	}
	for p := range b {
		t.Errorf("%s should not be there", p)
	}
}

const service = `
layer base RUN python
layer deps RUN pip install
layer app COPY app
label team=speech
env A=B
-- base/usr/ --
-- base/usr/lib/site/ mode=755 uid=7 --
-- base/usr/lib/site/pip/a.py --
pip
-- deps/usr/lib/site/big/ --
-- deps/usr/lib/site/big/core.so mode=755 --
0123456789
-- deps/usr/lib/site/big/__pycache__/core.pyc --
pyc
-- deps/usr/lib/site/big/latest.so -> core.so --
-- deps/usr/lib/site/shared.py --
both
-- deps/usr/lib/site/big-1.0.dist-info/METADATA --
Name: big
Version: 1.0
-- deps/usr/lib/site/big-1.0.dist-info/RECORD --
big/core.so,,
big/__pycache__/core.pyc,,
shared.py,,
../../bin/bigrun,,
big-1.0.dist-info/METADATA,,
big-1.0.dist-info/RECORD,,
-- deps/usr/lib/site/big-1.0.dist-info/unlisted --
x
-- deps/usr/bin/bigrun mode=755 --
#!python
-- deps/usr/lib/site/small/__init__.py --
small
-- deps/usr/lib/site/small/tests/test_a.py --
test
-- deps/usr/lib/site/small-2.dist-info/METADATA --
Name: small
Version: 2
-- deps/usr/lib/site/small-2.dist-info/RECORD --
small/__init__.py,,
small/tests/test_a.py,sha256=abc,5
shared.py,,
small-2.dist-info/METADATA,,
small-2.dist-info/RECORD,,
-- deps/opt/bigrun -> ../usr/bin/bigrun --
-- app/app/main.py --
import small
`

func TestDrop(t *testing.T) {
	before := save(t, service)
	after, r, c := slimmed(t, before, before.drop("big"), Options{Note: "dropped big"})
	sameBut(t, before.img, after.img, "/usr/lib/site/big", "/usr/lib/site/big/core.so", "/usr/lib/site/big/__pycache__/core.pyc", "/usr/lib/site/big/latest.so",
		"/usr/lib/site/big-1.0.dist-info/METADATA", "/usr/lib/site/big-1.0.dist-info/RECORD", "/usr/lib/site/big-1.0.dist-info/unlisted", "/usr/bin/bigrun", "/opt/bigrun")
	if r.Kept != 2 || r.Rewritten != 1 || r.Removed != 0 {
		t.Errorf("layers: %d kept, %d rewritten, %d removed; want 2, 1, 0", r.Kept, r.Rewritten, r.Removed)
	}
	for _, i := range []int{0, 2} {
		if got, want := after.img.Layers[i].Digest, before.img.Layers[i].Digest; got != want {
			t.Errorf("layer %d lost nothing and has another digest", i)
		}
	}
	if got, want := after.tree.Totals.Bytes, r.Promised.Unpacked; got != want {
		t.Errorf("unpacked: %d bytes, promised %d", got, want)
	}
	if !slices.Equal(c.Shared, []string{"/usr/lib/site/shared.py"}) || !slices.Equal(c.Dropped, []string{"big 1.0"}) {
		t.Errorf("shared %q, dropped %q", c.Shared, c.Dropped)
	}
	h := after.img.History
	if len(h) != 4 || !h[3].Empty || h[3].Comment != "dropped big" || after.img.Config.Labels["team"] != "speech" || !after.img.Created.Equal(before.img.Created) {
		t.Errorf("history %v, config %v", h, after.img.Config)
	}
	if got := after.img.Annotations[baseDigest]; got != before.img.Digest {
		t.Errorf("%s = %s, want %s", baseDigest, got, before.img.Digest)
	}
}

func TestStripKeepsRecords(t *testing.T) {
	before := save(t, service)
	after, r, _ := slimmed(t, before, Wish{Strip: []fileclass.Class{fileclass.Tests, fileclass.Bytecode}}, Options{})
	sameBut(t, before.img, after.img, "/usr/lib/site/small/tests/test_a.py", "/usr/lib/site/big/__pycache__/core.pyc")
	if got := after.tree.Totals.Bytes; got != r.Promised.Unpacked {
		t.Errorf("unpacked: %d bytes, promised %d", got, r.Promised.Unpacked)
	}
	n, _ := after.tree.Lookup("/usr/lib/site/small-2.dist-info/RECORD")
	record, _ := after.tree.Content(n)
	if got, want := string(record), "small/__init__.py,,\nshared.py,,\nsmall-2.dist-info/METADATA,,\nsmall-2.dist-info/RECORD,,\n"; got != want {
		t.Errorf("RECORD = %q, want %q", got, want)
	}
}

func TestSquash(t *testing.T) {
	before := save(t, `
layer one
layer two
layer three RUN rm
layer four
-- one/a/old --
old content
-- one/a/stays --
stays
-- one/dir/x --
hidden
-- one/dir/y --
hidden too
-- one/file --
was a file
-- two/a/old --
new content
-- two/cache/big size=5000 --
x
-- three/.wh.cache --
-- three/dir/.wh..wh..opq --
-- three/a/.wh.nothing --
-- four/dir/z --
z
-- four/file/ --
-- four/file/inside --
now a folder
`)
	after, r, _ := slimmed(t, before, Wish{Squash: true}, Options{})
	sameBut(t, before.img, after.img)
	if w := after.tree.WasteTotal(); w.Bytes != 0 {
		t.Errorf("%d bytes of waste are left", w.Bytes)
	}
	if r.Rewritten != 3 || r.Kept != 1 {
		t.Errorf("layers: %d kept, %d rewritten, %d removed", r.Kept, r.Rewritten, r.Removed)
	}
	if x := after.tree.Layer(2); x.Counts.Whiteouts != 1 || x.Counts.Opaques != 0 {
		t.Errorf("whiteouts: %+v; the one that never hid anything stays", x.Counts)
	}
}

func TestEmptiedLayersGo(t *testing.T) {
	before := save(t, "layer one\nlayer two RUN rm\nlayer three\n-- one/a --\na\n-- one/b --\nb\n-- two/.wh.a --\n-- three/c --\nc\n")
	after, r, _ := slimmed(t, before, Wish{Squash: true}, Options{})
	sameBut(t, before.img, after.img)
	if r.Removed != 1 || len(after.img.Layers) != 2 || !after.img.History[1].Empty || after.img.Layers[1].CreatedBy != before.img.Layers[2].CreatedBy {
		t.Errorf("%d layers removed; history %v", r.Removed, after.img.History)
	}
}

func TestSameDigestAgain(t *testing.T) {
	for _, format := range []string{Same, Gzip, Zstd, None} {
		var digests []string
		for range 2 {
			l := save(t, service)
			_, r, _ := slimmed(t, l, l.drop("big"), Options{Compression: format})
			digests = append(digests, r.Digest)
		}
		if digests[0] != digests[1] {
			t.Errorf("%s: two digests of one plan", format)
		}
	}
}

func TestNothingToDo(t *testing.T) {
	l := save(t, service)
	dir := filepath.Join(t.TempDir(), "out")
	if _, err := Write(t.Context(), l.img, Choose(l.ledger, l.drop("no-such")), &Layout{Dir: dir}, Options{}); !errors.Is(err, ErrNothing) {
		t.Errorf("err = %v, want %v", err, ErrNothing)
	}
}

func TestCancelLeavesNothing(t *testing.T) {
	l := save(t, service)
	parent := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	_, err := Write(ctx, l.img, Choose(l.ledger, l.drop("big")), &Layout{Dir: filepath.Join(parent, "out")},
		Options{Progress: func(Progress) { cancel() }})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(parent, "*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	if left, _ := filepath.Glob(filepath.Join(parent, ".*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}
