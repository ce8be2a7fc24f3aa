package analysis

import (
	"context"

	"weighline/analysis/insight"
)

// InsightChanges tells what could go from one of two builds and not from the
// other: see package insight.
type InsightChanges struct {
	New, Fixed []insight.Insight // only in B, only in A; the ones with most bytes first
}

// Insights compares the findings of the two builds. It is nil where they cannot
// be compared: one of the builds keeps no files, or they are not of one sort, and
// what cannot be looked for is neither new nor fixed.
func (c *Comparison) Insights(ctx context.Context) *InsightChanges {
	if c.Identical {
		return &InsightChanges{}
	}
	if (c.A.Deps == nil) != (c.B.Deps == nil) || (c.A.Image == nil) != (c.B.Image == nil) ||
		c.A.Deps != nil && (len(c.A.Deps.Docs) == 0 || len(c.B.Deps.Docs) == 0) ||
		c.A.Image != nil && (c.A.Image.Tree == nil || c.B.Image.Tree == nil || c.A.Image.Partial || c.B.Image.Partial) {
		return nil
	}
	a, b := c.A.Insights(ctx), c.B.Insights(ctx)
	if ctx.Err() != nil {
		return nil
	}
	return &InsightChanges{New: without(b, a), Fixed: without(a, b)}
}

// without returns the findings of list that others do not have.
func without(list, others []insight.Insight) []insight.Insight {
	known := map[string]bool{}
	for _, x := range others {
		known[x.ID] = true
	}
	var out []insight.Insight
	for _, x := range list {
		if !known[x.ID] {
			out = append(out, x)
		}
	}
	return out
}
