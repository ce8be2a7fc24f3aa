package state

import (
	"fmt"

	"weighline/analysis/bytesize"
	"weighline/ui/texts"
)

// A Figure is a total of the build, and what it would be under the plan.
type Figure struct {
	Label         string
	Before, After string // After is "" where the plan changes nothing
	Delta         string // "−3.05 GB, 98 % smaller"
}

// Totals are the figures at the foot of the window: the one that it weighs by
// first.
func (s *Session) Totals() []Figure {
	if s.Build == nil {
		return nil
	}
	out := s.totals()
	if risk := s.Risk(); risk != "" {
		out = append(out, Figure{Label: texts.T("Evidence"), Before: risk})
	}
	return out
}

func (s *Session) totals() []Figure {
	var out []Figure
	changed := !s.Plan.Empty()
	if s.Build.Deps != nil {
		before, after := s.Preview.Before, s.Preview.After
		out = append(out, figure(texts.T("Download"), before.Download, after.Download, changed),
			figure(texts.T("Unpacked"), before.Unpacked, after.Unpacked, changed),
			counted(texts.T("Packages"), before.Packages, after.Packages, changed))
		return out
	}
	img := s.Build.Image
	var down bytesize.Total
	for _, l := range img.Layers {
		down.Add(l.Download)
	}
	out = append(out, Figure{Label: texts.T("Download"), Before: down.String()})
	if img.Tree == nil && img.Ledger == nil {
		return append(out, Figure{Label: texts.T("Layers"), Before: fmt.Sprint(len(img.Layers))})
	}
	unpacked := Figure{Label: texts.T("Unpacked"), Before: bytesize.Size(img.Ledger.Unpacked).String()}
	if v := s.Preview.Image; v != nil && changed {
		unpacked = figure(texts.T("Unpacked"), bytesize.Total{Size: v.Before}, bytesize.Total{Size: v.After}, true)
	}
	var waste bytesize.Size
	for _, l := range img.Layers {
		waste += l.Waste
	}
	if img.Partial {
		unpacked.Before = "≥ " + unpacked.Before
	}
	out = append(out, unpacked, Figure{Label: texts.T("Waste"), Before: waste.String()})
	if v := s.Preview.Image; v != nil && changed {
		out = append(out, Figure{Label: texts.T("Layers rewritten"), Before: texts.F("%d of %d", len(v.LayersChanged), len(img.Layers))})
	}
	return out
}

func figure(label string, before, after bytesize.Total, changed bool) Figure {
	f := Figure{Label: label, Before: before.String()}
	if !changed {
		return f
	}
	f.After = after.String()
	d := after.Size - before.Size
	switch {
	case d == 0:
		f.Delta = texts.T("no change")
	case before.Size > 0 && d > 0: // what takes the place of a package may be heavier
		f.Delta = texts.F("%s, %s %% larger", d.Delta(), percent(d, before.Size))
	case before.Size > 0:
		f.Delta = texts.F("%s, %s %% smaller", d.Delta(), percent(-d, before.Size))
	}
	return f
}

// percent returns part of whole in per cent, with a digit behind the point
// below 10 and above 99, where whole numbers would say 0 or 100.
func percent(part, whole bytesize.Size) string {
	p := 100 * float64(part) / float64(whole)
	if p < 10 || p > 99 {
		return fmt.Sprintf("%.1f", p)
	}
	return fmt.Sprintf("%.0f", p)
}

func counted(label string, before, after int, changed bool) Figure {
	f := Figure{Label: label, Before: fmt.Sprint(before)}
	if changed {
		f.After = fmt.Sprint(after)
		f.Delta = texts.F("%d fewer", before-after)
	}
	return f
}
