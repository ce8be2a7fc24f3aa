package analysis_test

import (
	"encoding/hex"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"weighline/analysis"
	"weighline/analysis/oci/ocitest"
	"weighline/analysis/plan"
)

// A layer of a wheel that pip kept and of a package that compresses well: when the
// package goes, nearly all of the compressed layer stays. The estimate is held
// against the image that is written.
func TestEstimateOfWhatIsCompressed(t *testing.T) {
	r := rand.NewChaCha8([32]byte{1})
	wheel, code := make([]byte, 300_000), make([]byte, 400_000)
	_, _ = r.Read(wheel)
	_, _ = r.Read(code)
	site := "usr/lib/python3.11/site-packages/"
	entries := []ocitest.Entry{
		{Name: "root/.cache/pip/http/a/b/ab12", Body: string(wheel)},
		{Name: site + "demo-1.dist-info/METADATA", Body: "Name: demo\nVersion: 1\n"},
		{Name: site + "demo-1.dist-info/RECORD", Body: "demo.py,,\ndemo-1.dist-info/METADATA,,\ndemo-1.dist-info/RECORD,,\n"},
		{Name: site + "demo.py", Body: "x = '" + hex.EncodeToString(code) + "'\n"},
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "image")
	check(t, ocitest.Build(layerOf(entries...)).WriteLayout(path))
	b := analyzed(t, path, analysis.Options{}.Image)
	p := plan.New("demo")
	v, _ := analysis.Preview(b, p)
	s, err := analysis.Slim(t.Context(), b, p, filepath.Join(dir, "slim"), analysis.SlimOptions{})
	check(t, err)
	got, want := float64(v.Image.DownloadAfter.Size), float64(s.Actual.Download)
	if got < 0.97*want || got > 1.03*want {
		t.Errorf("the estimate is %.0f bytes, the image that was written has %.0f", got, want)
	}
}
