package analysis

import (
	"cmp"
	"context"
	"slices"

	"weighline/analysis/bytesize"
	"weighline/analysis/insight"
)

// InsightChanges tells what could go from one of two builds and not from the
// other, or not as much: see package insight.
type InsightChanges struct {
	New, Fixed []insight.Insight // only in B, only in A; the ones with most bytes first
	Changed    []InsightChange   // in both with other bytes; what changed most first
}

// An InsightChange is a finding of two builds that is about other bytes in each.
type InsightChange struct {
	A, B insight.Insight
}

// Delta returns how much more B's finding is about: unknown if one of the two is
// unknown, or if they do not count the same bytes.
func (x InsightChange) Delta() bytesize.Amount {
	a, b := x.A.Bytes, x.B.Bytes
	switch {
	case x.A.Counts != x.B.Counts || a.Basis == bytesize.Unknown || b.Basis == bytesize.Unknown:
		return bytesize.Amount{}
	case a.Known() && b.Known():
		return bytesize.Of(b.Size - a.Size)
	}
	return bytesize.About(b.Size - a.Size)
}

// Insights compares the findings of the two builds. It is nil where they cannot
// be compared: one of the builds keeps no files, or they are not of one sort, and
// what cannot be looked for is neither new nor fixed. Of an image beside
// requirements and an image alone the images are compared.
func (c *Comparison) Insights(ctx context.Context) *InsightChanges {
	if c.Identical {
		return &InsightChanges{}
	}
	from, to := c.A, c.B
	if from.Image != nil && to.Image != nil && (from.Deps == nil) != (to.Deps == nil) {
		from, to = from.imageAlone(), to.imageAlone()
	}
	if (from.Deps == nil) != (to.Deps == nil) || (from.Image == nil) != (to.Image == nil) ||
		from.Deps != nil && (len(from.Deps.Docs) == 0 || len(to.Deps.Docs) == 0) ||
		from.Image != nil && (from.Image.Tree == nil || to.Image.Tree == nil || from.Image.Partial || to.Image.Partial) {
		return nil
	}
	a, b := from.Insights(ctx), to.Insights(ctx)
	if ctx.Err() != nil {
		return nil
	}
	return &InsightChanges{New: without(b, a), Fixed: without(a, b), Changed: changed(a, b)}
}

// imageAlone is b without its requirements and what was said of them.
func (b *Build) imageAlone() *Build {
	alone := *b
	if b.Deps != nil {
		alone.Deps, alone.Evidence = nil, nil
		alone.Warnings = slices.DeleteFunc(slices.Clone(b.Warnings), func(w Warning) bool { return w.File != "" })
	}
	return &alone
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

// changed returns the findings of both lists whose bytes differ.
func changed(a, b []insight.Insight) []InsightChange {
	before := map[string]insight.Insight{}
	for _, x := range a {
		before[x.ID] = x
	}
	var out []InsightChange
	for _, x := range b {
		if old, ok := before[x.ID]; ok && (old.Bytes != x.Bytes || old.Counts != x.Counts) {
			out = append(out, InsightChange{old, x})
		}
	}
	slices.SortStableFunc(out, func(x, y InsightChange) int {
		return cmp.Compare(max(y.Delta().Size, -y.Delta().Size), max(x.Delta().Size, -x.Delta().Size))
	})
	return out
}
