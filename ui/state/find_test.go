package state

import (
	"path/filepath"
	"slices"
	"strings"
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

// TestHome finds the folder of a package that shares its own with another one, and in
// which most lies in one of several folders.
func TestHome(t *testing.T) {
	const site = "usr/lib/python3/dist-packages"
	status := "Package: python3-pandas-lib\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\n\n"
	entries := append(dist(site, "pandas", "1.5", 20), ocitest.Entry{Name: site + "/pandas/tests/t.py", Size: 3000}, ocitest.Entry{Name: site + "/pandas/core/c.py", Size: 1500},
		ocitest.Entry{Name: site + "/pandas/_libs/l.so", Size: 1800}, ocitest.Entry{Name: "var/lib/dpkg/status", Body: status},
		ocitest.Entry{Name: "var/lib/dpkg/info/python3-pandas-lib.list", Body: "/" + site + "/pandas/_libs/l.so\n"})
	for i, e := range entries {
		if strings.HasSuffix(e.Name, "RECORD") {
			entries[i].Body += "pandas/tests/t.py,,\npandas/core/c.py,,\n"
		}
	}
	image := filepath.Join(t.TempDir(), "image")
	if err := ocitest.Build(ocitest.Layer{Entries: entries}).WriteLayout(image); err != nil {
		t.Fatal(err)
	}
	s, l := newSession(t, nil)
	s.Open(image)
	l.idle()
	for key, want := range map[string]string{"python:pandas": "/" + site + "/pandas", "deb:python3-pandas-lib": "/" + site + "/pandas/_libs"} {
		n, ok := s.HomeOf(key)
		if got := s.Build.Image.Tree.FullPath(n); !ok || got != want {
			t.Errorf("%s is at home in %s, want %s", key, got, want)
		}
	}
}
