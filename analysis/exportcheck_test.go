package analysis

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"weighline/analysis/plan"
)

// founding opens the requirements of the sample and puts a plan against them.
func founding(t *testing.T, p plan.Plan) (*Build, plan.Preview) {
	t.Helper()
	in := SampleInput()
	in.Image = ""
	b, err := Analyze(t.Context(), in, Options{})
	if err != nil {
		t.Fatal(err)
	}
	v, _ := Preview(b, p)
	return b, v
}

// TestCheckExport exports, spoils what was written, and lets it be read again:
// each fault is an error that names the package.
func TestCheckExport(t *testing.T) {
	b, v := founding(t, plan.New("librosa").WithSwap("torch", "cpu"))
	path := filepath.Join(t.TempDir(), "slim.txt")
	if _, err := b.Export(t.Context(), v, Exports{Requirements: path}, false); err != nil {
		t.Fatal(err)
	}
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, fault := range []struct{ old, new, says string }{
		{"\nscikit-learn", "\n# scikit-learn", "lacks scikit-learn"},
		{"\nscikit-learn", "\nflask\nscikit-learn", "has flask"},
		{"--extra-index-url", "# --extra-index-url", "lacks filelock"},
		{"fastapi==", "fastapi==9", "not resolve"},
		{"uvicorn[standard]", "uvicorn", "lacks"},
	} {
		spoilt := strings.Replace(string(good), fault.old, fault.new, 1)
		if spoilt == string(good) {
			t.Errorf("the file has no %q:\n%s", fault.old, good)
		}
		if err := os.WriteFile(path, []byte(spoilt), 0o600); err != nil {
			t.Fatal(err)
		}
		if notes, err := b.checkExport(t.Context(), v, []string{path}); err == nil || !strings.Contains(err.Error(), fault.says) {
			t.Errorf("with %q: %v, %v, want an error that says %q", fault.new, notes, err, fault.says)
		}
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if _, err := b.checkExport(t.Context(), v, []string{path}); err == nil {
		t.Error("a file that is gone: no error")
	}
}

// TestExportTogether: the last of several files cannot be written, and so none
// is; what stood there stays, and nothing is left beside it.
func TestExportTogether(t *testing.T) {
	b, v := founding(t, plan.New("librosa"))
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	if err := errors.Join(os.Mkdir(at("folder"), 0o700), os.WriteFile(at("chart.svg"), []byte("mine"), 0o600), os.WriteFile(at("old.txt"), []byte("mine"), 0o600)); err != nil {
		t.Fatal(err)
	}
	for _, to := range []Exports{
		{Requirements: at("slim.txt"), Constraints: at("folder")},
		{Requirements: at("slim.txt"), Constraints: at("slim.txt")},
		{Requirements: at("old.txt"), Plan: at("old.txt/plan.json")},
		{Requirements: at("slim.txt"), Dockerfile: at("Dockerfile"), Strategy: "none"},
	} {
		if x, err := b.Export(t.Context(), v, to, true); err == nil {
			t.Errorf("%+v: no error, %v", to, x)
		}
	}
	var exists *ExistsError
	if _, err := b.Export(t.Context(), v, Exports{Requirements: at("slim.txt"), More: []Output{{at("chart.svg"), []byte("new")}}}, false); !errors.As(err, &exists) {
		t.Errorf("over a chart: %v, want an ExistsError", err)
	}
	// The second temporary file is gone when its turn comes.
	one := at("one")
	if err := os.WriteFile(one, []byte("new"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := replaceAll([]target{{path: at("old.txt")}, {path: at("chart.svg")}}, []string{one, at("gone")}); err == nil {
		t.Error("a file that cannot be renamed: no error")
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 3 {
		t.Errorf("the folder holds %v (%v), want what it held before", left, err)
	}
	for _, name := range []string{"chart.svg", "old.txt"} {
		if data, err := os.ReadFile(at(name)); string(data) != "mine" {
			t.Errorf("%s is %q now (%v)", name, data, err)
		}
	}
}

// TestExportLink: a link stays one, and the file it leads to is replaced only
// when asked.
func TestExportLink(t *testing.T) {
	b, v := founding(t, plan.New("librosa"))
	dir := t.TempDir()
	file, link := filepath.Join(dir, "real.txt"), filepath.Join(dir, "link.txt")
	if err := errors.Join(os.WriteFile(file, []byte("mine"), 0o600), os.Symlink(file, link)); err != nil {
		t.Skip(err) // a system without links
	}
	if _, err := b.Export(t.Context(), v, Exports{Requirements: link}, false); err == nil {
		t.Error("over a link: no error")
	}
	if _, err := b.Export(t.Context(), v, Exports{Requirements: link}, true); err != nil {
		t.Error(err)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode().IsRegular() {
		t.Errorf("the link became %v (%v)", info, err)
	}
	if data, err := os.ReadFile(file); !strings.Contains(string(data), "scikit-learn") {
		t.Errorf("the file behind it is %q (%v)", data, err)
	}
}

// TestExportLocal: a line that names a folder beside it reads as before in the same
// folder; in another one that is said, and is no fault of what was written.
func TestExportLocal(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	if err := errors.Join(os.Mkdir(at("own"), 0o700), os.WriteFile(at("own/pyproject.toml"), []byte("[project]\nname = 'own'\nversion = '1'\n"), 0o600),
		os.WriteFile(at("requirements.txt"), []byte("-e ./own\nidna\nsix\n"), 0o600)); err != nil {
		t.Fatal(err)
	}
	b, err := Analyze(t.Context(), Input{Files: []string{at("requirements.txt")}}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	v, _ := Preview(b, plan.New("six"))
	for name, noted := range map[string]bool{"slim.txt": false, "elsewhere/slim.txt": true} {
		x, err := b.Export(t.Context(), v, Exports{Requirements: at(name)}, false)
		if err != nil || strings.Contains(strings.Join(x.Notes, "\n"), "own is named by a path") != noted {
			t.Errorf("%s: %+v, %v", name, x, err)
		}
	}
}
