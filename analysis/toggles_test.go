package analysis_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"weighline/analysis"
	"weighline/analysis/oracletest"
	"weighline/analysis/pep"
	"weighline/analysis/plan"
)

// TestTogglesAgainstOracle puts each kind of toggle against the founding story
// and sums what must stay up from the oracle's own list of packages.
func TestTogglesAgainstOracle(t *testing.T) {
	dir := oracletest.Path(t, "python")
	data, err := os.ReadFile(filepath.Join(dir, "oracles", "founding_story.json"))
	if err != nil {
		t.Fatal(err)
	}
	var oracle struct {
		Packages []struct {
			Name     pep.Name
			Download int64
		}
		Freed map[string][2]int64
	}
	if err := json.Unmarshal(data, &oracle); err != nil {
		t.Fatal(err)
	}
	sum := func(keep func(pep.Name) bool) (packages int, bytes int64) {
		for _, p := range oracle.Packages {
			if keep(p.Name) {
				packages, bytes = packages+1, bytes+p.Download
			}
		}
		return packages, bytes
	}
	project := filepath.Join(dir, "projects", "synthetic")
	b, err := analysis.Analyze(t.Context(), analysis.Input{Files: []string{filepath.Join(project, "motivating.txt")}, Constraints: []string{filepath.Join(project, "motivating-constraints.txt")}}, analysis.Options{})
	if err != nil {
		t.Fatal(err)
	}
	all, total := sum(func(pep.Name) bool { return true })
	check := func(what string, p plan.Plan, packages int, download int64) {
		t.Helper()
		v := preview(t, b, p)
		if v.After.Packages != packages || int64(v.After.Download.Size) != download {
			t.Errorf("%s: %d packages, %s, want %d, %d", what, v.After.Packages, v.After.Download.Size.Exact(), packages, download)
		}
	}
	// Drops, and the same roots moved to development: what goes is the same.
	for names, freed := range oracle.Freed {
		drop, dev := plan.Plan{}, plan.Plan{}
		for n := range strings.FieldsFuncSeq(names, func(r rune) bool { return r == '+' || r == ',' || r == ' ' }) {
			drop, dev = drop.With(pep.Name(n), true), dev.WithDev(pep.Name(n), true)
		}
		check("without "+names, drop, all-int(freed[0]), total-freed[1])
		check("for development "+names, dev, all-int(freed[0]), total-freed[1])
	}
	// A transitive package is taken out alone: numba's llvmlite goes with it.
	n, bytes := sum(func(n pep.Name) bool { return n != "numba" && n != "llvmlite" })
	check("without numba", plan.New("numba"), n, bytes)
	// Swaps: torch's CUDA packages go; uvicorn's extra goes.
	n, bytes = sum(func(n pep.Name) bool { return !strings.HasPrefix(string(n), "nvidia-") && n != "torch" })
	check("torch=cpu", plan.Plan{}.WithSwap("torch", "cpu"), n+1, bytes+175_833_687)
	extra := map[pep.Name]bool{"httptools": true, "python-dotenv": true, "pyyaml": true, "uvloop": true, "watchfiles": true, "websockets": true}
	n, bytes = sum(func(n pep.Name) bool { return !extra[n] })
	check("uvicorn=minimal", plan.Plan{}.WithSwap("uvicorn", "minimal"), n, bytes)
}
