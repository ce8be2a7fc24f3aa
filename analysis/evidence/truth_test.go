//go:build truth

package evidence

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"weighline/analysis/pep"
)

// askTruth asks testdata/truth.py; T is the form of one line of its answer.
func askTruth[T any](t *testing.T, what string) (site string, list []T) {
	t.Helper()
	out, err := exec.Command("python3", "-c", "import sysconfig, os; print(os.path.realpath(sysconfig.get_path('purelib')))").Output()
	if err != nil {
		t.Skip("there is no python3 here, which knows the truth")
	}
	c := exec.Command("python3", "testdata/truth.py", what)
	c.Stderr = os.Stderr
	answer, err := c.Output()
	if err != nil {
		t.Fatal(err)
	}
	for d := json.NewDecoder(strings.NewReader(string(answer))); d.More(); {
		var x T
		if err := d.Decode(&x); err != nil {
			t.Fatal(err)
		}
		list = append(list, x)
	}
	return strings.TrimSpace(string(out)), list
}

type importsOf struct {
	Name  pep.Name
	Files []string
	Rows  [][]any
}

// installedNames returns the names of the distributions, by their files or
// without.
func installedNames(list []importsOf, site string, files bool) *Names {
	var dists []Dist
	for _, d := range list {
		x := Dist{Name: d.Name}
		if files {
			x.Imports = ImportNames(recorded(site, d))
		}
		dists = append(dists, x)
	}
	return NewNames(dists)
}

// recorded returns the files of a distribution, with those that are compiled.
func recorded(site string, d importsOf) []string {
	out := slices.Clone(d.Files)
	found, _ := filepath.Glob(filepath.Join(site, "*.so"))
	for _, f := range found {
		if base := filepath.Base(f); strings.HasPrefix(base, "_"+strings.ReplaceAll(string(d.Name), "-", "_")) {
			out = append(out, base)
		}
	}
	return out
}

// TestTruthOfImports takes the modules of each installed distribution for a
// user's sources and compares which lines import which distribution with what
// Python's ast and importlib.metadata say.
func TestTruthOfImports(t *testing.T) {
	site, list := askTruth[importsOf](t, "imports")
	for _, byFiles := range []bool{true, false} {
		names := installedNames(list, site, byFiles)
		var all score
		var missed, wrong []string
		for _, d := range list {
			want, have := map[string]bool{}, map[string]bool{}
			for _, r := range d.Rows {
				want[fmt.Sprintf("%v:%v %v", r[0], r[1], r[2])] = true
			}
			m := NewInstalled(names, Env{})
			m.parser.env = nil
			for _, f := range d.Files {
				src, err := os.ReadFile(filepath.Join(site, f))
				if err != nil {
					continue
				}
				for _, x := range m.parser.parse(src).Imports {
					if top, _, _ := strings.Cut(x.Module, "."); x.Level > 0 || isStandard(top) || x.Kind == Dynamic { // of ast only imports were asked
						continue
					}
					for _, a := range names.modules(x) {
						if slices.Contains(a.who, d.Name) {
							continue
						}
						for _, who := range a.who {
							have[fmt.Sprintf("%s:%d %s", f, x.Line, who)] = true
						}
					}
				}
			}
			s := compareSets(want, have)
			all.add(s)
			for k := range want {
				if !have[k] {
					missed = append(missed, k)
				}
			}
			for k := range have {
				if !want[k] {
					wrong = append(wrong, k)
				}
			}
			if s.truth > 100 || d.Name == "pip" {
				t.Logf("%-20s %v", d.Name, s)
			}
		}
		t.Logf("names by files: %v; all %d distributions: %v", byFiles, len(list), all)
		slices.Sort(missed)
		slices.Sort(wrong)
		t.Logf("missed, for example: %.600v", missed)
		t.Logf("wrong, for example: %.600v", wrong)
		if byFiles && all.truth > 0 && (all.recall() < 0.99 || all.precision() < 0.99) {
			t.Errorf("precision %.3f, recall %.3f: both should be above 0.99", all.precision(), all.recall())
		}
	}
}

// A score counts what was found of the truth.
type score struct{ truth, found, right int }

func (s *score) add(o score) {
	s.truth += o.truth
	s.found += o.found
	s.right += o.right
}

func (s score) precision() float64 { return float64(s.right) / float64(max(1, s.found)) }
func (s score) recall() float64    { return float64(s.right) / float64(max(1, s.truth)) }

func (s score) String() string {
	return fmt.Sprintf("truth %d, found %d, right %d: precision %.4f, recall %.4f", s.truth, s.found, s.right, s.precision(), s.recall())
}

func compareSets(want, have map[string]bool) score {
	s := score{truth: len(want), found: len(have)}
	for k := range have {
		if want[k] {
			s.right++
		}
	}
	return s
}

// TestTruthOfVerdicts compares "Breaks" with trials: for each two installed
// distributions, whether the one can be imported without the other. It takes
// minutes.
func TestTruthOfVerdicts(t *testing.T) {
	site, list := askTruth[importsOf](t, "imports")
	_, tried := askTruth[struct {
		Name   pep.Name
		Breaks []pep.Name
	}](t, "breaks")
	names := installedNames(list, site, true)
	in := NewInstalled(names, Env{"linux", pythonMinor(t)})
	for _, d := range list {
		for _, f := range d.Files {
			if src, err := os.ReadFile(filepath.Join(site, f)); err == nil {
				in.Source(d.Name, site, f, src)
			}
		}
	}
	r := in.Report(NewReport(names))
	breaks, may := map[[2]pep.Name]bool{}, map[[2]pep.Name]bool{}
	for _, u := range r.Uses {
		for _, p := range u.Packages {
			if u.verdict() == Breaks && len(u.Packages) == 1 {
				breaks[[2]pep.Name{u.By, p}] = true
			}
			may[[2]pep.Name{u.By, p}] = true
		}
	}
	closure(breaks)
	started, want, have := map[pep.Name]bool{}, map[string]bool{}, map[string]bool{}
	for _, x := range tried {
		started[x.Name] = true
		for _, d := range x.Breaks {
			want[string(x.Name+" "+d)] = true
		}
	}
	for k := range breaks {
		if started[k[0]] {
			have[string(k[0]+" "+k[1])] = true
		}
	}
	t.Logf("%d packages that start; Breaks, by pairs: %v", len(started), compareSets(want, have))
	t.Logf("Breaks, by the package that is missing: %v", compareSets(seconds(want), seconds(have)))
	closure(may)
	onlyMay, unseen := 0, []string{}
	for k := range want {
		a, b, _ := strings.Cut(k, " ")
		switch {
		case have[k]:
		case may[[2]pep.Name{pep.Name(a), pep.Name(b)}]:
			onlyMay++
			t.Logf("only May break: %s", k)
		default:
			unseen = append(unseen, k)
		}
	}
	t.Logf("truth that is only May break: %d; with no use found: %v", onlyMay, unseen)
	for _, k := range slices.Sorted(maps.Keys(have)) {
		if !want[k] {
			t.Logf("said to break, and does not: %s", k)
		}
	}
}

// seconds returns the second words of pairs.
func seconds(pairs map[string]bool) map[string]bool {
	out := map[string]bool{}
	for k := range pairs {
		_, b, _ := strings.Cut(k, " ")
		out[b] = true
	}
	return out
}

// closure adds what follows from pairs: who needs somebody needs what they need.
func closure(pairs map[[2]pep.Name]bool) {
	for again := true; again; {
		again = false
		for a := range pairs {
			for b := range pairs {
				if c := [2]pep.Name{a[0], b[1]}; a[1] == b[0] && c[0] != c[1] && !pairs[c] {
					pairs[c], again = true, true
				}
			}
		}
	}
}

func pythonMinor(t *testing.T) int {
	t.Helper()
	out, err := exec.Command("python3", "-c", "import sys; print(sys.version_info[1])").Output()
	if err != nil {
		t.Skip("there is no python3 here")
	}
	var n int
	_, _ = fmt.Sscan(string(out), &n)
	return n
}
