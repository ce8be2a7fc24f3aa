package state

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"weighline/analysis/layer"
	"weighline/analysis/oci/ocitest"
)

// layered has three layers: what the second does to the first is each of what a
// layer can do.
func layered(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "image")
	err := ocitest.Build(
		ocitest.Layer{CreatedBy: "RUN one", Entries: []ocitest.Entry{
			{Name: "srv/old", Size: 500}, {Name: "srv/same", Body: "same"}, {Name: "srv/other", Size: 30},
			{Name: "opt/tools/a", Size: 7}, {Name: "opt/tools/b", Size: 8}, {Name: "var/cache/x/y", Size: 90}}},
		ocitest.Layer{CreatedBy: "RUN two", Entries: []ocitest.Entry{
			{Name: "srv/"}, {Name: "srv/.wh.old"}, {Name: "srv/same", Body: "same", Mode: 0o755}, {Name: "srv/other", Size: 40},
			{Name: "srv/new", Size: 1000}, {Name: "srv/link", Link: "new"},
			{Name: "opt/tools/"}, {Name: "opt/tools/.wh..wh..opq"}, {Name: "opt/tools/a", Size: 9}, {Name: ".wh.var"}, {Name: ".wh.nothing"}}},
		ocitest.Layer{CreatedBy: "RUN three", Entries: []ocitest.Entry{{Name: "srv/later", Size: 1}}},
	).WriteLayout(dir)
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// printed writes the files of a layer, one a line.
func printed(f *LayerFiles, n int) string {
	var b strings.Builder
	for _, c := range f.Below(n) {
		v := f.File(c)
		fmt.Fprintf(&b, "%s %s %d %d %d\n", f.Path(c), v.Kind, v.Change, v.Bytes, v.Gone)
		b.WriteString(printed(f, c))
	}
	return b.String()
}

// TestLayerFiles shows what one layer does to those below it.
func TestLayerFiles(t *testing.T) {
	s, l := newSession(t, nil)
	s.Open(layered(t))
	l.idle()
	s.ShowLayer(1)
	if s.FilesOf != 1 || s.LayerFiles != nil {
		t.Fatal("the files are there before they are read")
	}
	l.until(func() bool { return s.LayerFiles != nil })
	want := strings.Join([]string{
		"/srv dir 0 1044 534",
		"/srv/new file 1 1000 0",
		"/srv/other file 2 40 30",
		"/srv/same file 3 4 4",
		"/srv/old file 4 0 500",
		"/srv/link symlink 1 0 0",
		"/opt dir 0 9 15",
		"/opt/tools dir 0 9 15",
		"/opt/tools/a file 2 9 7",
		"/opt/tools/b file 4 0 8",
		"/var dir 4 0 90",
	}, "\n") + "\n"
	if got := printed(s.LayerFiles, 0); got != want {
		t.Errorf("the layer does\n%swant\n%s", got, want)
	}
	if got := s.LayerFiles.File(0).Bytes; got != int64(s.Build.Image.Layers[1].Content) {
		t.Errorf("it brings %d bytes, the layer has %d", got, s.Build.Image.Layers[1].Content)
	}

	s.SetFilter("o") // of the layer, not of the final file system
	l.until(func() bool { return s.Found != nil })
	if f := s.Found; f.Matches != 4 { // other, old, opt, tools
		t.Errorf("%d names match, want 4", f.Matches)
	}
	s.SetFilter("")
	s.ShowLayer(99)
	if s.FilesOf != -1 || s.LayerFiles != nil {
		t.Error("a layer that there is not is shown")
	}
	s.ShowLayer(2)
	s.Open(layered(t))
	l.idle()
	if s.FilesOf != -1 {
		t.Error("another image shows the layer of the one before")
	}
}

// TestLink finds the package of a file, and the files of a package.
func TestLink(t *testing.T) {
	s, l := newSession(t, nil)
	s.OpenSample()
	l.idle()
	tree := s.Build.Image.Tree
	owned := 0
	for i := range s.Rows {
		r := &s.Rows[i]
		n, ok := s.HomeOf(r.Key)
		if !ok {
			continue
		}
		owned++
		var mine int64
		for f := range s.Build.Ledger().Nodes(s.packageOfRow(t, i)) {
			if f >= n && f < tree.End(n) {
				mine += tree.Own(f)
			}
			if key := s.KeyOfFile(f); key != r.Key {
				t.Fatalf("%s is of %q, want %q", tree.FullPath(f), key, r.Key)
			}
		}
		var all int64
		for f := range s.Build.Ledger().Nodes(s.packageOfRow(t, i)) {
			all += tree.Own(f)
		}
		if mine*2 < all {
			t.Errorf("%s has %d of %d bytes at home in %s", r.Name, mine, all, tree.FullPath(n))
		}
	}
	if owned < 50 {
		t.Errorf("%d packages have files in the image of the sample", owned)
	}
	if _, ok := s.HomeOf("python:of-nobody"); ok {
		t.Error("what is not there has a home")
	}
	for n := layer.Root; int(n) < tree.Len(); n++ {
		if _, ok := s.Build.Ledger().Owner(n); ok || tree.Kind(n) != layer.File || tree.Own(n) == 0 {
			continue
		}
		key := s.KeyOfFile(n)
		home, ok := s.HomeOf(key)
		if !ok || n < home || n >= tree.End(home) {
			t.Fatalf("the unowned file %s has the key %q of %s", tree.FullPath(n), key, tree.FullPath(home))
		}
	}
}

// packageOfRow is the number in the ledger of the package of row i.
func (s *Session) packageOfRow(t *testing.T, i int) int {
	t.Helper()
	for at, row := range s.rowOfPackage {
		if row == i {
			return at
		}
	}
	t.Fatalf("no package of row %d", i)
	return -1
}
