package analysis_test

import (
	"path/filepath"
	"testing"

	"weighline/analysis"
	"weighline/analysis/bytesize"
	"weighline/analysis/oci/ocitest"
	"weighline/analysis/plan"
)

// aptApp has one distribution that apt installed and one that pip did.
const aptApp = `
layer base
layer app
-- base/var/lib/dpkg/status --
Package: python3-demo
Status: install ok installed
Version: 1.0-1
-- base/var/lib/dpkg/info/python3-demo.list --
/usr/lib/python3/dist-packages/demo/core.py
/usr/lib/python3/dist-packages/demo-1.0.egg-info/PKG-INFO
-- base/usr/lib/python3/dist-packages/demo/core.py size=5000 --
-- base/usr/lib/python3/dist-packages/demo-1.0.egg-info/PKG-INFO --
Name: demo
Version: 1.0
-- base/usr/lib/python3/dist-packages/demo-1.0.egg-info/top_level.txt --
demo
-- app/usr/lib/python3/site-packages/other.py size=300 --
-- app/usr/lib/python3/site-packages/other-2.dist-info/METADATA --
Name: other
Version: 2
-- app/usr/lib/python3/site-packages/other-2.dist-info/RECORD --
other.py,,
other-2.dist-info/METADATA,,
other-2.dist-info/RECORD,,
`

// A preview says which part of it weigh slim leaves to the system: the two must
// come to one figure.
func TestPreviewOfWhatTheSystemInstalled(t *testing.T) {
	path := filepath.Join(t.TempDir(), "image")
	check(t, ocitest.Text(t, aptApp).WriteLayout(path))
	b := analyzed(t, path, analysis.Options{}.Image)
	p := plan.Plan{}.With("demo", true).With("other", true)
	v, _ := analysis.Preview(b, p)
	if len(v.Image.System) != 1 {
		t.Fatalf("of the system: %+v, want demo", v.Image.System)
	}
	s := v.Image.System[0]
	if s.Package.Name != "demo" || s.By.Name != "python3-demo" || s.Freed != bytesize.Size(s.Package.Unpacked) || s.Freed < 5000 {
		t.Errorf("of the system: %+v, want all of demo, by python3-demo", s)
	}
	r, err := analysis.Slim(t.Context(), b, p, filepath.Join(t.TempDir(), "out"), analysis.SlimOptions{})
	check(t, err)
	if want := int64(v.Image.After + s.Freed); r.Promised.Unpacked != want {
		t.Errorf("weigh slim promises %d bytes, the preview with what the system keeps is %d", r.Promised.Unpacked, want)
	}
}

// What apt's packages require stands in requires.txt: a package that one of them
// needs is not free to go.
func TestEggInfoRequires(t *testing.T) {
	path := filepath.Join(t.TempDir(), "image")
	check(t, ocitest.Text(t, aptApp+`
-- base/usr/lib/python3/dist-packages/demo-1.0.egg-info/requires.txt --
other

[docs]
sphinx
`).WriteLayout(path))
	b := analyzed(t, path, analysis.Options{}.Image)
	if by := b.Graph().RequiredBy("other"); len(by) != 1 || by[0] != "demo" {
		t.Errorf("other is required by %v, want demo", by)
	}
}
