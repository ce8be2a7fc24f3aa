package main

import (
	"cmp"
	"fmt"
	"slices"

	"weighline/analysis"
	"weighline/analysis/attribution"
	"weighline/analysis/bytesize"
	"weighline/analysis/pep"
	"weighline/analysis/plan"
)

// heaviestOf returns what a chart of b under the plan of v shows, the heaviest
// first, and says what that is.
func heaviestOf(b *analysis.Build, v plan.Preview) (title string, bars []weight) {
	switch {
	case b.Deps != nil && v.Removal != nil:
		title = "Packages by download"
		for i, n := range v.Removal.Graph().Nodes() {
			if v.Removal.Kept(i) {
				bars = append(bars, weight{string(n.Name), n.Download.Size})
			}
		}
	case b.Ledger() != nil:
		title = "Packages by unpacked bytes"
		for _, p := range b.Image.Ledger.Packages {
			gone := false
			if p.Kind == attribution.Python {
				gone = slices.ContainsFunc(v.Freed, func(n pep.Name) bool { return string(n) == p.Name })
			}
			if !gone {
				bars = append(bars, weight{p.Name, bytesize.Size(p.Unpacked)})
			}
		}
	case b.Image != nil:
		title = "Layers by download"
		for i, l := range b.Image.Layers {
			bars = append(bars, weight{fmt.Sprintf("layer %d", i), l.Download.Size})
		}
	}
	bars = slices.DeleteFunc(bars, func(w weight) bool { return w.size <= 0 })
	slices.SortStableFunc(bars, func(x, y weight) int { return cmp.Compare(y.size, x.size) })
	return title, bars
}
