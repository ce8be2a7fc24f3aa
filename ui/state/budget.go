package state

import (
	"weighline/analysis"
	"weighline/analysis/bytesize"
	"weighline/analysis/plan"
	"weighline/store"
	"weighline/ui/texts"
)

// A Budgeted is what came of the limit that the user watches: for the build and,
// if there is a plan, for what it would be.
type Budgeted struct {
	Limit         plan.Budget
	Before, After *analysis.Verdict // After is nil without a plan

	of   *analysis.Build
	with plan.Plan
}

// Watch makes limit the one that is held against every total; nil: none is.
func (s *Session) Watch(limit *plan.Budget) {
	if s.Limit == nil && limit == nil || s.Limit != nil && limit != nil && *s.Limit == *limit {
		return
	}
	s.Limit, s.Budgeted = limit, nil
	s.weighBudget()
	s.changed()
}

// weighBudget holds the build and its plan against the limit, elsewhere: what was
// found last stays until then.
func (s *Session) weighBudget() {
	if s.Limit == nil || s.Build == nil {
		s.Budgeted = nil
		return
	}
	limit, b, v, p := *s.Limit, s.Build, s.Preview, s.Plan
	if x := s.Budgeted; x != nil && x.of == b && x.with.Equal(p) {
		return
	}
	s.budgets++
	asked := s.budgets
	go func() {
		x := &Budgeted{Limit: limit, Before: verdict(b, limit), of: b, with: p}
		if !p.Empty() && v.Removal != nil {
			x.After = verdict(b.After(v), limit)
		}
		s.post(func() {
			if s.budgets == asked && s.Build == b {
				s.Budgeted = x
				s.changed()
			}
		})
	}()
}

// verdict holds one build against one limit. Of requirements beside an image it is
// they that count, as in the totals.
func verdict(b *analysis.Build, limit plan.Budget) *analysis.Verdict {
	if b.Deps != nil && b.Image != nil {
		deps := *b
		deps.Image = nil
		b = &deps
	}
	list, err := analysis.Check(b, []plan.Budget{limit}, nil)
	if len(list) == 0 || err != nil && !list[0].Decided {
		return &analysis.Verdict{Limit: limit}
	}
	return &list[0]
}

// LimitFigure says how far both sides of a comparison are from the limit that is
// watched; none without one.
func (s *Session) LimitFigure(c *Compare) []Figure {
	if s.Limit == nil {
		return nil
	}
	text := func(b *analysis.Build) string { return DistanceText(verdict(b, *s.Limit).Distance) }
	return []Figure{{Label: texts.T("Limit"), Before: text(c.A), After: text(c.B)}}
}

// Last is the verdict on what the build would be, else on what it is.
func (x *Budgeted) Last() *analysis.Verdict {
	if x.After != nil {
		return x.After
	}
	return x.Before
}

// DistanceText says how far something is from a limit.
func DistanceText(d plan.Distance) string {
	if d.Seconds != nil {
		switch {
		case d.Seconds.High < 0:
			return texts.F("over by %s", TimeText(plan.Range{Low: -d.Seconds.High, High: -d.Seconds.Low}))
		case d.Seconds.Low < 0:
			return texts.T("may be over")
		}
		return texts.F("%s left", TimeText(*d.Seconds))
	}
	if d.Left.Basis == bytesize.Unknown {
		return texts.T("unknown")
	}
	about := ""
	if d.Left.Basis == bytesize.Estimated {
		about = "≈ "
	}
	switch {
	case d.Left.Size < 0 && d.Missing > 0:
		return texts.F("over by at least %s", about+(-d.Left.Size).String())
	case d.Left.Size < 0:
		return texts.F("over by %s", about+(-d.Left.Size).String())
	case d.Missing > 0:
		return texts.F("at most %s left", about+d.Left.Size.String())
	}
	return texts.F("%s left", about+d.Left.Size.String())
}

// CountsText names what a limit counts.
func CountsText(c plan.Counts) string {
	switch c {
	case plan.Download:
		return texts.T("Download")
	case plan.Unpacked:
		return texts.T("Unpacked")
	case plan.LargestLayer:
		return texts.T("Largest layer")
	case plan.Disk:
		return texts.T("Disk: compressed and unpacked")
	case plan.Time:
		return texts.T("Time to build")
	}
	return string(c)
}

// StrategyUsage is what a way to a lighter build needs of what a limit of that
// scope counts: for a bundle without the base image, if its size is known.
func StrategyUsage(x plan.Strategy, scope plan.Scope) plan.Usage {
	u := plan.Usage{Bytes: map[plan.Counts]bytesize.Total{}, Seconds: &x.Seconds}
	down, up := x.Download, x.Unpacked
	if scope == plan.Bundle {
		if x.Base.Download <= 0 || x.Base.Unpacked <= 0 {
			return u
		}
		down.Size -= bytesize.Size(x.Base.Download)
		up.Size -= bytesize.Size(x.Base.Unpacked)
	} else {
		u.Bytes[plan.LargestLayer] = x.LargestLayer
	}
	u.Bytes[plan.Download], u.Bytes[plan.Unpacked] = down, up
	u.Bytes[plan.Disk] = bytesize.Total{Size: down.Size + up.Size, Unknown: down.Unknown + up.Unknown, Estimated: down.Estimated + up.Estimated}
	return u
}

// SavedDistance tells how far a saved build under its plan is from the limit, as
// far as its summary says: "" where that says nothing.
func (s *Session) SavedDistance(b store.Build) (text string, over bool) {
	if s.Limit == nil {
		return "", false
	}
	u := plan.Usage{Bytes: map[plan.Counts]bytesize.Total{}}
	total := func(n int64, unknown int, estimated bool) bytesize.Total {
		t := bytesize.Total{Size: bytesize.Size(n), Unknown: unknown}
		if estimated {
			t.Estimated = 1
		}
		return t
	}
	x := b.Summary
	if x.DownloadAfter >= 0 {
		u.Bytes[plan.Download] = total(x.DownloadAfter, x.UnknownSizes, x.EstimatedDownload)
	}
	if x.UnpackedAfter >= 0 {
		u.Bytes[plan.Unpacked] = total(x.UnpackedAfter, x.UnknownUnpacked, x.EstimatedUnpack)
	}
	if _, known := u.Of(s.Limit.Counts); !known || s.Limit.Scope == plan.Bundle && x.Layers > 0 {
		return "", false
	}
	d, over := s.Limit.Check(u)
	return DistanceText(d), over
}
