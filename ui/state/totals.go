package state

import (
	"fmt"
	"slices"

	"weighline/analysis"
	"weighline/analysis/bytesize"
	"weighline/analysis/depgraph"
	"weighline/analysis/plan"
	"weighline/ui/texts"
)

// A Figure is a total of the build, and what it would be under the plan.
type Figure struct {
	Label         string
	Before, After string // After is "" where the plan changes nothing
	Delta         string // "−3.05 GB, 98 % smaller"
	Short         string // the same where there is little room: "−98 %"
}

// Totals are the figures at the foot of the window: the one that it weighs by
// first.
func (s *Session) Totals() []Figure {
	if s.Build == nil {
		return nil
	}
	out, rest := s.totals()
	if risk := s.Risk(); risk != "" {
		out = append(out, Figure{Label: texts.T("Evidence"), Before: risk})
	}
	if f, ok := s.timeFigure(); ok {
		out = append(out, f)
	}
	return append(out, rest...)
}

// totals are the figures that a build is judged by, and those that stand last.
func (s *Session) totals() (out, rest []Figure) {
	changed := !s.Plan.Empty()
	if s.Build.Deps != nil {
		before, after := s.Preview.Before, s.Preview.After
		unpacked := figure(texts.T("Unpacked"), before.Unpacked, after.Unpacked, changed)
		if after.Unpacked.Size == before.Unpacked.Size && slices.ContainsFunc(s.Preview.Stripped, func(x plan.Stripped) bool { return x.Packages.Unknown > 0 }) {
			unpacked.Delta = texts.T("less by an unknown size") // nobody has looked into the packages
		}
		out = append(out, figure(texts.T("Download"), before.Download, after.Download, changed), unpacked,
			counted(texts.T("Packages"), before.Packages, after.Packages, changed))
		return out, nil
	}
	img := s.Build.Image
	down := downloadOf(img)
	download := Figure{Label: texts.T("Download"), Before: texts.Say(down.String())}
	if v := s.Preview.Image; v != nil && changed {
		download = figure(texts.T("Download"), down, v.DownloadAfter, true)
	}
	out = append(out, download)
	if img.Tree == nil && img.Ledger == nil {
		return append(out, Figure{Label: texts.T("Layers"), Before: fmt.Sprint(len(img.Layers))}), nil
	}
	unpacked := Figure{Label: texts.T("Unpacked"), Before: bytesize.Size(img.Ledger.Unpacked).String()}
	if v := s.Preview.Image; v != nil && changed {
		unpacked = figure(texts.T("Unpacked"), bytesize.Total{Size: v.Before}, bytesize.Total{Size: v.After}, true)
	}
	var waste bytesize.Size
	for _, l := range img.Layers {
		waste += l.Waste
	}
	wasted := waste.String()
	if img.Partial {
		unpacked.Before = "≥ " + unpacked.Before
		if unpacked.After != "" {
			unpacked.After = "≥ " + unpacked.After
		}
		if wasted = "≥ " + wasted; waste == 0 {
			wasted = texts.T("unknown")
		}
	}
	rest = []Figure{{Label: texts.T("Waste"), Before: wasted}}
	if v := s.Preview.Image; v != nil && changed {
		rest = append(rest, Figure{Label: texts.T("Layers rewritten"), Before: texts.F("%d of %d", len(v.LayersChanged), len(img.Layers))})
	}
	return append(out, unpacked), rest
}

// A timing is about how long builds take from nothing: of the open build, and of what it
// would be under the plan.
type timing struct {
	of            *analysis.Build
	with          plan.Speeds
	before, after plan.Range
}

// estimate finds the times of the preview; that of the build itself only once.
func (s *Session) estimate() {
	if s.Build == nil || s.Preview.Removal == nil {
		return
	}
	if s.timing.of != s.Build || s.timing.with != s.Speeds {
		s.timing = timing{of: s.Build, with: s.Speeds, before: s.Build.Time(s.subject.Apply(plan.Plan{}), s.Speeds)}
	}
	s.timing.after = s.Build.Time(s.Preview, s.Speeds)
}

// timeFigure is the time to build; not of an image that was not read whole.
func (s *Session) timeFigure() (Figure, bool) {
	if s.timing.of != s.Build || s.Preview.Removal == nil || s.Build.Deps == nil && s.Build.Image.Partial {
		return Figure{}, false
	}
	unknown := func(of depgraph.Sum) int { return of.Download.Unknown + of.Unpacked.Unknown }
	if img := s.Build.Image; s.Build.Deps == nil {
		down := downloadOf(img)
		if down.Unknown == len(img.Layers) {
			return Figure{}, false // a folder is not built
		}
		unknown = func(depgraph.Sum) int { return down.Unknown }
	}
	f := Figure{Label: texts.T("Build time"), Before: timeAbout(s.timing.before, unknown(s.Preview.Before))}
	if !s.Plan.Empty() {
		f.After = timeAbout(s.timing.after, unknown(s.Preview.After))
	}
	return f, true
}

// timeAbout writes an estimate that misses so many sizes.
func timeAbout(r plan.Range, unknown int) string {
	if unknown > 0 {
		return "≥ " + TimeText(r)
	}
	return "≈ " + TimeText(r)
}

// StrategyTime writes about how long a build by a strategy takes.
func StrategyTime(x plan.Strategy) string {
	return timeAbout(x.Seconds, x.Download.Unknown+x.Unpacked.Unknown)
}

// TimeText writes a time as far as it can be told.
func TimeText(r plan.Range) string {
	low, high := r.Ends()
	if high == "" {
		return low
	}
	return texts.F("%s to %s", low, high)
}

// downloadOf adds up the layers of an image, as they are pulled.
func downloadOf(img *analysis.Image) (down bytesize.Total) {
	for _, l := range img.Layers {
		down.Add(l.Download)
	}
	return down
}

func figure(label string, before, after bytesize.Total, changed bool) Figure {
	f := Figure{Label: label, Before: texts.Say(before.String())}
	if !changed {
		return f
	}
	f.After = texts.Say(after.String())
	d := after.Size - before.Size
	switch {
	case d == 0:
		f.Delta = texts.T("no change")
	case before.Size > 0 && d > 0: // what takes the place of a package may be heavier
		f.Delta = texts.F("%s, %s %% larger", d.Delta(), percent(d, before.Size))
		f.Short = "+" + percent(d, before.Size) + " %"
	case before.Size > 0:
		f.Delta = texts.F("%s, %s %% smaller", d.Delta(), percent(-d, before.Size))
		f.Short = "−" + percent(-d, before.Size) + " %"
	}
	return f
}

// percent returns part of whole in per cent, with a digit behind the point
// below 10 and above 99, where whole numbers would say 0 or 100.
func percent(part, whole bytesize.Size) string {
	p := 100 * float64(part) / float64(whole)
	switch {
	case part == whole:
		return "100"
	case p > 99 && p < 100:
		return fmt.Sprintf("%.1f", min(p, 99.9))
	case p < 10:
		return fmt.Sprintf("%.1f", p)
	}
	return fmt.Sprintf("%.0f", p)
}

func counted(label string, before, after int, changed bool) Figure {
	f := Figure{Label: label, Before: fmt.Sprint(before)}
	if changed {
		f.After = fmt.Sprint(after)
		f.Delta = difference(after - before)
	}
	return f
}
