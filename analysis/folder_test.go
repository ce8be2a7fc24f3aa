package analysis_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"weighline/analysis"
	"weighline/analysis/pep"
)

// TestSitePackages weighs what is installed in a folder, without an image.
func TestSitePackages(t *testing.T) {
	site := filepath.Join(t.TempDir(), "lib", "python3.12", "site-packages")
	write := func(name, body string) {
		t.Helper()
		p := filepath.Join(site, name)
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(body), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("web/__init__.py", "import shared\n")
	write("web-1.0.dist-info/METADATA", "Name: web\nVersion: 1.0\nRequires-Dist: shared\nRequires-Dist: old; python_version < '3.12'\n")
	write("web-1.0.dist-info/RECORD", "web/__init__.py,,\nweb-1.0.dist-info/METADATA,,\nweb-1.0.dist-info/RECORD,,\n")
	write("shared.py", "0123456789")
	write("shared-2.0.dist-info/METADATA", "Name: shared\nVersion: 2.0\n")
	write("shared-2.0.dist-info/RECORD", "shared.py,,\nshared-2.0.dist-info/METADATA,,\nshared-2.0.dist-info/RECORD,,\n")
	write("stray.bin", "12345")

	in, err := analysis.Classify([]string{site})
	if err != nil {
		t.Fatal(err)
	}
	b, err := analysis.Analyze(t.Context(), in, analysis.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(b.Ledger().Packages); n != 2 || b.Ledger().Unowned != 5 {
		t.Errorf("%d packages and %d unowned bytes, want 2 and 5", n, b.Ledger().Unowned)
	}
	if got := b.Graph().Freed("web"); !slices.Equal(got, []pep.Name{"shared", "web"}) {
		t.Errorf("with web go %v, want shared and web", got)
	}
	if b.Image.Layers[0].Download.Known() || b.Image.Partial {
		t.Errorf("the folder is %+v; its download is unknown, and it is whole", b.Image.Layers[0])
	}
}
