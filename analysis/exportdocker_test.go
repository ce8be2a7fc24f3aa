package analysis_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"weighline/analysis"
	"weighline/analysis/plan"
)

var allStrategies = []string{plan.AsIs, plan.Production, plan.CPUOnly, plan.MultiStage, plan.BaseImage, plan.Current}

// installedBy returns the requirement files that a Dockerfile in dir installs from,
// and how many packages it takes away again, and checks that all it copies is there.
func installedBy(t *testing.T, dir, dockerfile string) (files, constraints []string, uninstalled int) {
	t.Helper()
	text, err := os.ReadFile(dockerfile)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`(?m)^COPY ([^-.\n].*) (/\S+)$`).FindAllStringSubmatch(string(text), -1) {
		for _, name := range strings.Fields(m[1]) {
			if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
				t.Errorf("%s copies what is not there: %v", dockerfile, err)
			}
			if !strings.HasPrefix("/tmp/"+name, strings.TrimSuffix(m[2], "/")) && m[2] != "/opt/" {
				t.Errorf("%s moves %s to %s", dockerfile, name, m[2])
			}
		}
	}
	for _, m := range regexp.MustCompile(`--(requirement|constraint) /(?:tmp|opt)/(\S+)`).FindAllStringSubmatch(string(text), -1) {
		if m[1] == "requirement" {
			files = append(files, filepath.Join(dir, m[2]))
		} else {
			constraints = append(constraints, filepath.Join(dir, m[2]))
		}
	}
	if _, names, ok := strings.Cut(string(text), "pip uninstall --yes "); ok {
		names, _, _ = strings.Cut(names, "\n")
		uninstalled = len(strings.Fields(names))
	}
	return files, constraints, uninstalled
}

// TestDockerfilesInstallWhatTheyPromise writes the Dockerfile of each strategy for
// requirements in several files and for a build without files: what it installs
// from is there, and comes to the packages of the strategy.
func TestDockerfilesInstallWhatTheyPromise(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	main := write("requirements.txt", "-r sub/base.txt\n-c limits.txt\nfastapi==0.115.14\npytest\n")
	write("sub/base.txt", "torch==2.7.1\nrequests\n")
	write("limits.txt", "idna==3.10\n")
	several, err := analysis.Analyze(t.Context(), analysis.Input{Files: []string{main, write("web.txt", "uvicorn[standard]\n")}}, analysis.Options{})
	if err != nil {
		t.Fatal(err)
	}
	project := write("app/pyproject.toml", "[project]\nname='app'\nversion='1'\ndependencies=['requests', 'torch==2.7.1']\n[dependency-groups]\ndev=['pytest']\n")
	other, err := analysis.Analyze(t.Context(), analysis.Input{Files: []string{project}}, analysis.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range []*analysis.Build{several, other, requirements(t)} {
		v := preview(t, b, plan.New("requests", "scikit-learn"))
		ways := b.Strategies(v.Plan, plan.Speeds{})
		for _, name := range allStrategies {
			for _, place := range []string{dir, filepath.Join(dir, "docker", name)} {
				to := analysis.Exports{Dockerfile: filepath.Join(place, "Dockerfile"), Strategy: name}
				x, err := b.Export(t.Context(), v, to, true)
				if err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				from := place
				for _, note := range x.Notes {
					if strings.Contains(note, "docker build") {
						from = note[strings.LastIndexByte(note, ' ')+1:]
					}
				}
				files, constraints, uninstalled := installedBy(t, from, to.Dockerfile)
				got, err := analysis.Analyze(t.Context(), analysis.Input{Files: files, Constraints: constraints}, analysis.Options{})
				if err != nil && name != plan.CPUOnly { // the catalogue's other index is not asked for
					t.Fatalf("%s: %v", name, err)
				}
				s, _ := ways.Find(name)
				if n := got.Deps.Graph.Total().Packages - uninstalled; n != s.Packages && name != plan.CPUOnly {
					t.Errorf("%s of %s installs %d packages, not %d", name, b.Deps.Docs[0].Files[0].Path, n, s.Packages)
				}
			}
		}
	}
	if data, err := os.ReadFile(main); err != nil || !strings.HasPrefix(string(data), "-r sub/base.txt") {
		t.Errorf("the user's own file is %q now (%v)", data, err)
	}
}
