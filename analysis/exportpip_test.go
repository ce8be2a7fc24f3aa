package analysis_test

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"weighline/analysis"
	"weighline/analysis/oracletest"
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
	dir := oracletest.Path(t, "python")
	pypi, cpu := oracletest.ServeIndex(t, python, "pypi"), oracletest.ServeIndex(t, python, "cpu")
	project := filepath.Join(dir, "projects", "synthetic")
	pinned := []string{filepath.Join(project, "motivating-constraints.txt")}
	tree := includes(t)
	extra := filepath.Join(t.TempDir(), "extra.txt")
	if err := os.WriteFile(extra, []byte("unearth\nhttpx[socks]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		file    string
		plan    plan.Plan
		flatten bool
		limits  []string // constraints files
	}{
		{filepath.Join(project, "motivating.txt"), plan.New("torch", "openai-whisper"), false, pinned},
		{filepath.Join(project, "motivating.txt"), plan.New("librosa").WithSwap("torch", "cpu").WithDev("scikit-learn", true), false, pinned},
		{filepath.Join(project, "motivating.txt"), plan.New("torch").WithSwap("uvicorn", "minimal"), false, pinned},
		{filepath.Join(project, "motivating.txt"), plan.Plan{}.WithDev("fastapi", true).WithSwap("torch", "cpu").WithSwap("uvicorn", "minimal"), false, pinned},
		{filepath.Join(project, "motivating.txt"), plan.New("triton"), false, pinned}, // which no line names
		{filepath.Join(project, "motivating.txt"), plan.New("librosa", "openai-whisper", "numba"), false, pinned},
		{filepath.Join(project, "sub", "more.txt"), plan.New("librosa").WithSwap("torch", "cpu"), false, pinned}, // which no line names
		{filepath.Join(project, "sub", "more.txt"), plan.New("librosa").WithSwap("torch", "cpu"), true, pinned},
		{tree, plan.New("librosa", "uvicorn"), false, pinned},
		{tree, plan.New("librosa", "fastapi"), true, pinned},
		{tree, plan.Plan{}.WithSwap("uvicorn", "minimal").WithDev("openai-whisper", true), true, pinned},
		// pip is free to choose, where the lines that go pinned versions
		{filepath.Join(project, "motivating.txt"), plan.New("torch"), false, nil},
		{filepath.Join(project, "motivating.txt"), plan.New("librosa").WithSwap("torch", "cpu").WithDev("scikit-learn", true), false, nil},
		{filepath.Join(project, "motivating.txt"), plan.Plan{}.WithSwap("torch", "cpu").WithDev("scikit-learn", true), true, nil},
		{filepath.Join(project, "motivating.txt"), plan.New("librosa", "openai-whisper"), false, nil},
		{extra, plan.New("httpx"), false, nil}, // which unearth requires without the extra
	} {
		b, err := analysis.Analyze(t.Context(), analysis.Input{Files: []string{c.file}, Constraints: c.limits}, analysis.Options{})
		if err != nil {
			t.Fatal(err)
		}
		v := preview(t, b, c.plan)
		slim := filepath.Join(t.TempDir(), "out", "slim.txt")
		x, err := b.Export(t.Context(), v, analysis.Exports{Requirements: slim, Flatten: c.flatten}, false)
		if err != nil {
			t.Errorf("%s, %s: %v", c.file, c.plan.Encode(), err)
			continue
		}
		if one := len(x.Written) == 1; c.flatten && c.limits != nil && c.file != tree && !one {
			t.Errorf("%s: flattened to %v", c.file, x.Written)
		}
		for _, file := range x.Written {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			local := strings.ReplaceAll(string(text), "https://download.pytorch.org/whl/cpu", cpu)
			if err := os.WriteFile(file, []byte(local), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, kept := map[string]string{}, v.Graph()
		if len(v.Excluded) > 0 { // pip cannot leave out what others require, which is said
			kept = b.Graph()
			if !strings.Contains(strings.Join(x.Notes, "\n"), string(v.Excluded[0])+" is named by no line") {
				t.Errorf("%s, %s: notes %q do not say what pip installs again", c.file, c.plan.Encode(), x.Notes)
			}
		}
		for _, n := range kept.Nodes() {
			want[string(n.Name)] = n.Version
		}
		if got := pipInstalls(t, python, pypi, slim, c.limits); !maps.Equal(got, want) {
			t.Errorf("%s, %s, flattened %v: pip would install %v, the preview is %v", c.file, c.plan.Encode(), c.flatten, got, want)
		}
	}
}

// includes writes a tree of requirement files: extras and markers, includes in
// includes, a constraints file of its own, comments and continued lines.
func includes(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"all.txt":        "# all of it\n-r web/web.txt  # the service\n-c limits.txt\n-r speech.txt\nrequests[socks]>=2.31; python_version >= \"3.9\"\n",
		"web/web.txt":    "fastapi\n-r server.txt\npython-multipart ; sys_platform != \"win32\"\n",
		"web/server.txt": "uvicorn [standard] \\\n    >=0.30\n",
		"speech.txt":     "librosa==0.11.0\nscikit-learn\nopenai-whisper ; platform_machine == \"none\"\n",
		"limits.txt":     "numpy<2.3\nscipy<1.17\n",
	} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "all.txt")
}

// pipInstalls returns what pip would install, by name.
func pipInstalls(t *testing.T, python, index, requirements string, constraints []string) map[string]string {
	t.Helper()
	args := []string{"-r", requirements}
	for _, file := range constraints {
		args = append(args, "-c", file)
	}
	versions, failure := oracletest.Pip(t, python, index, args...)
	if failure != "" {
		t.Fatalf("pip: %s", failure)
	}
	m := map[string]string{}
	for name, version := range versions {
		m[string(pep.Normalize(name))] = version
	}
	return m
}
