package analysis

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"weighline/analysis/pep"
	"weighline/analysis/plan"
	"weighline/assets"
)

// unlimited opens the requirements of the sample without its constraints, so that
// pip is free to choose versions.
func unlimited(t *testing.T) *Build {
	t.Helper()
	path := filepath.Join(t.TempDir(), "requirements.txt")
	if err := os.WriteFile(path, assets.SampleRequirements, 0o600); err != nil {
		t.Fatal(err)
	}
	return opened(t, path)
}

func opened(t *testing.T, files ...string) *Build {
	t.Helper()
	b, err := Analyze(t.Context(), Input{Files: files}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestExportKeepsVersions drops, moves and swaps lines whose packages stay: what was
// written comes to the preview, package by package and version by version, as it pins
// what the lines alone would leave open, and nothing else.
func TestExportKeepsVersions(t *testing.T) {
	b := unlimited(t)
	for _, c := range []struct {
		plan plan.Plan
		kept string
	}{
		{plan.Plan{}, ""},
		{plan.New("torch"), "torch 2.7.1"},
		{plan.New("torch", "openai-whisper"), ""},
		{plan.Plan{}.WithDev("scikit-learn", true), "scikit-learn 1.7.2"},
		{plan.Plan{}.WithSwap("torch", "cpu").WithDev("scikit-learn", true), "scikit-learn 1.7.2, triton 3.3.1"},
	} {
		v, _ := Preview(b, c.plan)
		for _, to := range []Exports{{}, {Flatten: true}, {Constraints: "limits.txt"}} {
			dir := t.TempDir()
			to.Requirements = filepath.Join(dir, "slim.txt")
			if to.Constraints != "" {
				to.Constraints = filepath.Join(dir, "more", to.Constraints)
			}
			x, err := b.Export(t.Context(), v, to, false)
			if err != nil || len(x.Notes) > 0 {
				t.Errorf("%s: notes %q, %v; want none", c.plan.Encode(), x.Notes, err)
				continue
			}
			if got := kept(x); got != c.kept || x.KeptBy != "" && !slices.Contains(x.Written, x.KeptBy) {
				t.Errorf("%s: %s keeps %q of %v, want %q", c.plan.Encode(), x.KeptBy, got, x.Written, c.kept)
			}
			if c.plan.Swaps("torch") != "" {
				continue // which only the export's own check resolves, with the other index
			}
			if got, want := versions(opened(t, to.Requirements).Graph()), versions(v.Graph()); !maps.Equal(got, want) {
				t.Errorf("%s, %+v: read again it is %v, want %v", c.plan.Encode(), to, got, want)
			}
		}
	}
}

func kept(x *Exported) string {
	var words []string
	for _, p := range x.Kept {
		words = append(words, fmt.Sprintf("%s %s", p.Name, p.Version))
	}
	return strings.Join(words, ", ")
}

// TestSlimFileKeepsVersions: an output that is one file has the versions as lines.
func TestSlimFileKeepsVersions(t *testing.T) {
	b := unlimited(t)
	v, _ := Preview(b, plan.New("torch"))
	files, pins, err := b.SlimFile(t.Context(), v, "")
	if err != nil || len(files) != 1 || len(pins) != 1 {
		t.Fatalf("%d files, %v, %v; want one file and one pin", len(files), pins, err)
	}
	path := filepath.Join(t.TempDir(), "slim.txt")
	if err := os.WriteFile(path, files[0].Data, 0o600); err != nil {
		t.Fatal(err)
	}
	if got, want := versions(opened(t, path).Graph()), versions(v.Graph()); !maps.Equal(got, want) {
		t.Errorf("read again it is %v, want %v", got, want)
	}
	files, _, err = b.SlimFile(t.Context(), v, "my limits.txt")
	if err != nil || !strings.HasSuffix(string(files[0].Data), "\n-c 'my limits.txt'\n") {
		t.Errorf("with a constraints file: %v\n%s", err, files[0].Data)
	}
}

// TestExportKeepsVersionsUnresolved: where what was written cannot be resolved, the
// versions of all that lost a line or a package are kept.
func TestExportKeepsVersionsUnresolved(t *testing.T) {
	b := unlimited(t)
	v, _ := Preview(b, plan.New("torch", "triton")) // pip knows no exclusion of triton
	x, err := b.Export(t.Context(), v, Exports{Requirements: filepath.Join(t.TempDir(), "slim.txt")}, false)
	if err != nil || !strings.Contains(kept(x), "torch 2.7.1") || strings.Contains(kept(x), "triton") {
		t.Errorf("kept %q, %v; want torch and not triton, which is excluded", kept(x), err)
	}
}

// TestExportKeepsVersionsThatMustBe: every torch that the catalogue knows wants another
// triton than the one that has a line, so that without the version of torch's line
// nothing resolves.
func TestExportKeepsVersionsThatMustBe(t *testing.T) {
	path := filepath.Join(t.TempDir(), "requirements.txt")
	if err := os.WriteFile(path, []byte("openai-whisper==20250625\ntorch==2.6.0\ntriton==3.2.0\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	b := opened(t, path)
	v, _ := Preview(b, plan.New("torch"))
	x, err := b.Export(t.Context(), v, Exports{Requirements: filepath.Join(t.TempDir(), "slim.txt")}, false)
	if err != nil || kept(x) != "torch 2.6.0" {
		t.Errorf("kept %q, %v; want torch 2.6.0", kept(x), err)
	}
}

// TestExportKeepsHashedLines: with hashes pip wants a line for each package, so that
// one which is still needed stays.
func TestExportKeepsHashedLines(t *testing.T) {
	hash := " --hash=sha256:" + strings.Repeat("0", 64) + "\n"
	path := filepath.Join(t.TempDir(), "requirements.txt")
	if err := os.WriteFile(path, []byte("jinja2==3.1.6"+hash+"markupsafe==3.0.2"+hash+"six==1.17.0"+hash), 0o600); err != nil {
		t.Fatal(err)
	}
	b := opened(t, path)
	v, _ := Preview(b, plan.New("markupsafe", "six"))
	slim := filepath.Join(t.TempDir(), "slim.txt")
	x, err := b.Export(t.Context(), v, Exports{Requirements: slim}, false)
	if err != nil || !strings.Contains(strings.Join(x.Notes, "\n"), "markupsafe keeps its line") {
		t.Errorf("%+v, %v; want a note that markupsafe stays", x, err)
	}
	again := opened(t, slim)
	var lines []pep.Name
	for _, r := range again.Deps.Docs[0].Requirements {
		lines = append(lines, r.Name)
	}
	if !slices.Equal(lines, []pep.Name{"jinja2", "markupsafe"}) {
		t.Errorf("the lines are %v, want jinja2 and markupsafe", lines)
	}
}

// TestExportFindsAFreeName: the constraints file takes the place of none that was
// read, and a second export keeps the first one's.
func TestExportFindsAFreeName(t *testing.T) {
	first := unlimited(t)
	dir := t.TempDir()
	slim := filepath.Join(dir, "slim.txt")
	v, _ := Preview(first, plan.New("torch"))
	if _, err := first.Export(t.Context(), v, Exports{Requirements: slim}, false); err != nil {
		t.Fatal(err)
	}
	second := opened(t, slim)
	v, _ = Preview(second, plan.New("scikit-learn"))
	x, err := second.Export(t.Context(), v, Exports{Requirements: slim}, true)
	if err != nil || filepath.Base(x.KeptBy) != "slim-constraints-2.txt" {
		t.Fatalf("%+v, %v; want slim-constraints-2.txt", x, err)
	}
	if got, want := versions(opened(t, slim).Graph()), versions(first.Graph()); !maps.Equal(got, want) {
		t.Errorf("read again it is %v, want %v", got, want)
	}
}

// TestDockerfileKeepsVersions: a Dockerfile that comes with files of its own installs
// the versions of the preview.
func TestDockerfileKeepsVersions(t *testing.T) {
	b := unlimited(t)
	v, _ := Preview(b, plan.New("torch"))
	for strategy, want := range map[string]string{plan.Current: "torch==2.7.1\n", plan.CPUOnly: "triton==3.3.1\n"} {
		dir := t.TempDir()
		if _, err := b.Export(t.Context(), v, Exports{Dockerfile: filepath.Join(dir, "Dockerfile"), Strategy: strategy}, false); err != nil {
			t.Fatal(err)
		}
		limits, err := os.ReadFile(filepath.Join(dir, "constraints-"+strategy+".txt"))
		recipe, _ := os.ReadFile(filepath.Join(dir, "Dockerfile"))
		if err != nil || !strings.Contains(string(limits), want) || !strings.Contains(string(recipe), "--constraint /tmp/constraints-"+strategy) {
			t.Errorf("%s: %v, constraints\n%s\nDockerfile\n%s", strategy, err, limits, recipe)
		}
	}
}

// TestExportNamesTheIndex: the index of a variant is named although the project has it
// for other packages, which a requirements file cannot say.
func TestExportNamesTheIndex(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pyproject.toml")
	text := `[project]
name = "app"
version = "1"
dependencies = ["torch==2.7.1", "openai-whisper==20250625"]
[[tool.uv.index]]
name = "cpu"
url = "https://download.pytorch.org/whl/cpu"
explicit = true
`
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	b := opened(t, path)
	v, _ := Preview(b, plan.Plan{}.WithSwap("torch", "cpu"))
	slim := filepath.Join(t.TempDir(), "slim.txt")
	_, err := b.Export(t.Context(), v, Exports{Requirements: slim}, false)
	if data, _ := os.ReadFile(slim); err != nil || !strings.Contains(string(data), "\n--extra-index-url https://download.pytorch.org/whl/cpu\ntorch==2.7.1+cpu\n") {
		t.Errorf("%v\n%s", err, data)
	}
}
