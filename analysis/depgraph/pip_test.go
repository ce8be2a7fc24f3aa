package depgraph

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"weighline/analysis/oracletest"
	"weighline/analysis/pep"
	"weighline/analysis/pyindex"
)

// TestRealPip compares with the pip of the machine on random roots, against a
// local index that serves the snapshot. It takes minutes and needs a Python
// 3.11 on linux/amd64, so it runs only if WEIGHLINE_PIP names one:
//
//	WEIGHLINE_PIP=python3.11 WEIGHLINE_PIP_SETS=100 go test -run TestRealPip ./analysis/depgraph
func TestRealPip(t *testing.T) {
	python := os.Getenv("WEIGHLINE_PIP")
	if python == "" {
		t.Skip("takes minutes; set WEIGHLINE_PIP to a Python 3.11 to run it")
	}
	number := func(name string, usual int) int {
		if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
			return n
		}
		return usual
	}
	url := oracletest.ServeIndex(t, python, "pypi")
	rng := rand.New(rand.NewPCG(uint64(number("WEIGHLINE_PIP_SEED", 1)), 7))
	for range number("WEIGHLINE_PIP_SETS", 20) {
		roots := randomRoots(t, rng)
		t.Run(strings.Join(roots, " "), func(t *testing.T) {
			want, failure := pipResolves(t, python, url, roots)
			g, err := Resolve(t.Context(), pipSaw{catalogue(t)}, Input{Roots: lines("", roots...)})
			if err != nil {
				var conflict *ConflictError
				if failure == "" || !errors.As(err, &conflict) {
					t.Errorf("error = %v\npip: %v %s", err, want, failure)
				}
				return
			}
			got, unknown := pins(g)
			if (failure != "") != unknown || failure == "" && !slices.Equal(got, want) {
				t.Errorf("got %v\npip %v %s", got, want, failure)
			}
		})
	}
}

// randomRoots picks some projects of the catalogue, with and without versions
// and extras.
func randomRoots(t *testing.T, rng *rand.Rand) (roots []string) {
	c := catalogue(t)
	names := c.Names()
	for len(roots) < 2+rng.IntN(7) {
		name := names[rng.IntN(len(names))]
		releases, err := c.Releases(t.Context(), pep.Name(name))
		if err != nil {
			continue
		}
		r := releases[rng.IntN(len(releases))]
		if r.Version.IsPre() {
			continue
		}
		text := name
		if len(r.ProvidesExtras) > 0 && rng.IntN(2) == 0 {
			text += "[" + r.ProvidesExtras[rng.IntN(len(r.ProvidesExtras))] + "]"
		}
		if rng.IntN(2) == 0 {
			text += []string{"==", ">=", "<=", "~=", "!="}[rng.IntN(5)] + r.Version.String()
		}
		if _, err := pep.ParseRequirement(text); err == nil {
			roots = append(roots, text)
		}
	}
	return roots
}

// pipResolves returns what pip would install, or its error.
func pipResolves(t *testing.T, python, url string, roots []string) (list []string, failure string) {
	versions, failure := oracletest.Pip(t, python, url, roots...)
	for name, version := range versions {
		list = append(list, fmt.Sprintf("%s==%s", pep.Normalize(name), version))
	}
	slices.Sort(list)
	return list, failure
}

var _ Source = (*pyindex.Catalogue)(nil)
