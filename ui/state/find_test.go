package state

import (
	"path/filepath"
	"slices"
	"testing"

	"weighline/analysis/layer"
	"weighline/analysis/oci/ocitest"
)

// TestFilterFiles looks for words in the files of an image, and in those of its only
// layer: both find the same.
func TestFilterFiles(t *testing.T) {
	image := filepath.Join(t.TempDir(), "image")
	if err := ocitest.Build(ocitest.Layer{Entries: []ocitest.Entry{
		{Name: "usr/lib/numpy/core/multi.so", Size: 5}, {Name: "usr/lib/numpy/numpy.py", Size: 5}, {Name: "usr/lib/scipy/core/x", Size: 5},
		{Name: "opt/Lib/numpy/y", Size: 5},
	}}).WriteLayout(image); err != nil {
		t.Fatal(err)
	}
	s, l := newSession(t, nil)
	s.Open(image)
	l.idle()
	tree := s.Build.Image.Tree
	s.ShowLayer(0)
	l.until(func() bool { return s.LayerFiles != nil })
	for text, want := range map[string]struct {
		matches int
		leaves  []string // of all that is shown
	}{
		"numpy":           {3, []string{"/opt/Lib/numpy/y", "/usr/lib/numpy/core/multi.so", "/usr/lib/numpy/numpy.py"}},
		"numpy core":      {1, []string{"/usr/lib/numpy/core/multi.so"}},
		"core NUMPY":      {1, []string{"/usr/lib/numpy/core/multi.so"}},
		"lib/num":         {2, []string{"/opt/Lib/numpy/y", "/usr/lib/numpy/core/multi.so", "/usr/lib/numpy/numpy.py"}},
		"/usr/lib/scipy/": {1, []string{"/usr/lib/scipy/core/x"}},
		"/opt":            {1, []string{"/opt/Lib/numpy/y"}},
		"b/numpy .py":     {1, []string{"/usr/lib/numpy/numpy.py"}},
		"/lib":            {2, []string{"/opt/Lib/numpy/y", "/usr/lib/numpy/core/multi.so", "/usr/lib/numpy/numpy.py", "/usr/lib/scipy/core/x"}},
		"ib/umpy":         {0, nil},
		"numpy scipy":     {0, nil},
	} {
		check := func(what string, f *FileFilter, n int, leaf func(int) (string, bool)) {
			t.Helper()
			var got []string
			for i := 1; i < n; i++ {
				if path, is := leaf(i); is && f.Shows(layer.Node(i)) {
					got = append(got, path)
				}
			}
			slices.Sort(got)
			if f.Matches != want.matches || !slices.Equal(got, want.leaves) {
				t.Errorf("%q in %s: %d matches, shows %q; want %d, %q", text, what, f.Matches, got, want.matches, want.leaves)
			}
		}
		check("the image", filterFiles(tree, text), tree.Len(), func(i int) (string, bool) {
			return tree.FullPath(layer.Node(i)), tree.Kind(layer.Node(i)) != layer.Dir
		})
		check("the layer", s.LayerFiles.filter(text), s.LayerFiles.Len(), func(i int) (string, bool) {
			return s.LayerFiles.Path(i), s.LayerFiles.File(i).Kind != layer.Dir
		})
	}
}
