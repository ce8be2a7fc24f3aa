package state

import (
	"context"
	"slices"

	"weighline/analysis"
	"weighline/analysis/bytesize"
	"weighline/analysis/insight"
	"weighline/analysis/plan"
	"weighline/ui/texts"
)

// Insights are the findings about the open build.
type Insights struct {
	List []insight.Insight // the one that frees most first
	of   *analysis.Build
}

// FindInsights looks for what could go from the open build, unless that was done
// already. What is still being read is looked at when all of it is there.
func (s *Session) FindInsights() {
	b := s.Build
	if b == nil || s.Busy() || s.finding == b || s.Insights != nil && s.Insights.of == b {
		return
	}
	s.finding = b
	s.task(nil, func(ctx context.Context) (func(), error) {
		found := &Insights{List: b.Insights(ctx), of: b}
		return func() {
			if s.Build == b {
				s.Insights = found
			}
			if s.finding == b {
				s.finding = nil
			}
		}, nil
	})
}

// withChange returns p with what a finding would change switched on or off.
func withChange(p plan.Plan, c insight.Change, on bool) plan.Plan {
	for _, n := range c.Drop {
		p = p.With(n, on)
	}
	for n, variant := range c.Swap {
		if on {
			p = p.WithSwap(n, variant)
		} else if p.Swaps(n) == variant {
			p = p.WithSwap(n, "")
		}
	}
	for _, class := range c.Strip {
		p = p.WithStrip(class, on)
	}
	for _, n := range c.Dev {
		p = p.WithDev(n, on)
	}
	if c.Squash {
		p = p.WithSquash(on)
	}
	return p
}

// Applied reports whether the plan does already all that the finding would.
func (s *Session) Applied(x insight.Insight) bool {
	return !x.Apply.Empty() && withChange(s.Plan, x.Apply, true).Equal(s.Plan)
}

// ApplyInsight puts into the plan what the finding would change, or takes it out
// again: one step of undo.
func (s *Session) ApplyInsight(x insight.Insight) {
	s.setPlan(withChange(s.Plan, x.Apply, !s.Applied(x)))
}

// InsightTotal tells in one sentence what all findings name together: each byte
// once, however many findings name it. "" if they name none.
func (s *Session) InsightTotal() string {
	if s.Insights == nil || len(s.Insights.List) == 0 {
		return ""
	}
	sum := insight.Total(s.Insights.List...)
	var parts []string
	if sum.Unpacked > 0 {
		parts = append(parts, texts.F("%s of the image's files", sum.Unpacked))
	}
	if sum.Waste > 0 {
		parts = append(parts, texts.F("%s of waste in its layers", sum.Waste))
	}
	if d := sum.Requirements.Download; d.Size > 0 {
		parts = append(parts, texts.F("%s of downloads", d))
	}
	if len(parts) == 0 {
		return ""
	}
	return texts.F("Together they name %s; what several name counts once.", enumeration(parts))
}

// enumeration writes parts as an enumeration: "a, b and c".
func enumeration(parts []string) string {
	switch n := len(parts); n {
	case 0:
		return ""
	case 1:
		return parts[0]
	default:
		text := parts[0]
		for _, p := range parts[1 : n-1] {
			text += ", " + p
		}
		return texts.F("%s and %s", text, parts[n-1])
	}
}

// Certainty tells how sure a finding is.
func Certainty(c insight.Certainty) string {
	switch c {
	case insight.Known:
		return texts.T("Known: the bytes are exact, and nothing needs them.")
	case insight.Estimated:
		return texts.T("Estimated: nothing needs them; the bytes are an estimate.")
	}
	return texts.T("Possible: only you know whether they are needed.")
}

// InsightAmount is how much a finding is about, with the word for it.
func InsightAmount(x insight.Insight) string {
	if x.Bytes.Basis == bytesize.Unknown {
		return texts.T("size unknown")
	}
	if x.Counts == insight.Again {
		return texts.F("%s again", x.Bytes)
	}
	return x.Bytes.String()
}

// RowOf returns the row of the table that a piece of evidence is about, nil if
// there is none.
func (s *Session) RowOf(r insight.Row) *Row {
	if r.Package == "" {
		return nil
	}
	i := slices.IndexFunc(s.Rows, func(x Row) bool { return x.Name == r.Package && (r.Version == "" || x.Version == r.Version) })
	if i < 0 {
		return nil
	}
	return &s.Rows[i]
}
