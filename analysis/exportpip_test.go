package analysis_test

import (
	"bufio"
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"weighline/analysis"
	"weighline/analysis/pep"
	"weighline/analysis/plan"
)

// TestRealPipResolvesExports lets the pip of the machine resolve exported files
// against a local index: what it would install is the preview, package by package
// and version by version. It needs a Python 3.11 on linux/amd64:
//
//	WEIGHLINE_PIP=python3.11 go test -run TestRealPipResolvesExports ./analysis
func TestRealPipResolvesExports(t *testing.T) {
	python := os.Getenv("WEIGHLINE_PIP")
	if python == "" {
		t.Skip("needs pip; set WEIGHLINE_PIP to a Python 3.11 to run it")
	}
	dir := sharedPython(t)
	pypi, cpu := serveIndex(t, python, dir, "pypi"), serveIndex(t, python, dir, "cpu")
	project := filepath.Join(dir, "projects", "synthetic")
	b, err := analysis.Analyze(t.Context(), analysis.Input{Files: []string{filepath.Join(project, "motivating.txt")}, Constraints: []string{filepath.Join(project, "motivating-constraints.txt")}}, analysis.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []plan.Plan{
		plan.New("torch", "openai-whisper"),
		plan.New("librosa").WithSwap("torch", "cpu").WithDev("scikit-learn", true),
		plan.New("torch").WithSwap("uvicorn", "minimal"),
		plan.Plan{}.WithDev("fastapi", true).WithSwap("torch", "cpu").WithSwap("uvicorn", "minimal"),
	} {
		v := preview(t, b, p)
		slim := filepath.Join(t.TempDir(), "slim.txt")
		if _, err := b.Export(t.Context(), v, analysis.Exports{Requirements: slim}, false); err != nil {
			t.Errorf("%s: %v", p.Encode(), err)
			continue
		}
		text, err := os.ReadFile(slim)
		if err != nil {
			t.Fatal(err)
		}
		local := strings.ReplaceAll(string(text), "https://download.pytorch.org/whl/cpu", cpu)
		if err := os.WriteFile(slim, []byte(local), 0o644); err != nil {
			t.Fatal(err)
		}
		want := map[string]string{}
		for _, n := range v.Graph().Nodes() {
			want[string(n.Name)] = n.Version
		}
		if got := pipInstalls(t, python, pypi, slim, filepath.Join(project, "motivating-constraints.txt")); !maps.Equal(got, want) {
			t.Errorf("%s: pip would install %v, the preview is %v", p.Encode(), got, want)
		}
	}
}

// serveIndex serves a part of the snapshot and returns its address.
func serveIndex(t *testing.T, python, dir, index string) string {
	t.Helper()
	server := exec.CommandContext(t.Context(), python, filepath.Join(dir, "tools", "serve_snapshot.py"), filepath.Join(dir, "snapshot.json.gz"), "--index", index, "--sdist-as-wheel")
	out, err := server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = server.Process.Kill(), server.Wait() })
	url, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(url)
}

// pipInstalls returns what pip would install, by name.
func pipInstalls(t *testing.T, python, index, requirements, constraints string) map[string]string {
	t.Helper()
	report := filepath.Join(t.TempDir(), "report.json")
	c := exec.CommandContext(t.Context(), python, "-m", "pip", "install", "--dry-run", "--quiet", "--ignore-installed", "--disable-pip-version-check",
		"--report", report, "--index-url", index, "-r", requirements, "-c", constraints)
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("pip: %v: %s", err, out)
	}
	data, err := os.ReadFile(report)
	if err != nil {
		t.Fatal(err)
	}
	var r struct {
		Install []struct {
			Metadata struct{ Name, Version string }
		}
	}
	if err := json.Unmarshal(data, &r); err != nil {
		t.Fatal(err)
	}
	m := map[string]string{}
	for _, x := range r.Install {
		m[string(pep.Normalize(x.Metadata.Name))] = x.Metadata.Version
	}
	return m
}
