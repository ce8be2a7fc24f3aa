package state

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"weighline/analysis"
	"weighline/analysis/bytesize"
	"weighline/analysis/plan"
	"weighline/ui/texts"
)

// A Compare is two builds side by side: the open one and another, a saved one, or
// what its own plan makes of it.
type Compare struct {
	*analysis.Comparison
	Names [2]string // of A and B
	// Insights are the findings that are new and those that are fixed, nil where
	// they cannot be compared.
	Insights *analysis.InsightChanges

	ShowSame bool          // what is the same is listed, too
	Least    bytesize.Size // changes of fewer bytes are not listed
	Filter   string        // what is listed has its words, as [Session.Lets] has it

	Packages, Layers, Files CompareList
	// Hidden counts the changes that are not listed because of Least.
	Hidden int
	// Ordered counts the times that the lists were made anew.
	Ordered int
}

// CompareWith reads another build and compares the open one with it.
func (s *Session) CompareWith(source string) {
	this, name := s.Build, s.Title
	if this == nil {
		return
	}
	s.retry = func() { s.CompareWith(source) }
	s.start(texts.F("Reading %s", Title([]string{source})), func(ctx context.Context, step func(analysis.Progress), _ func(func())) (func(), error) {
		other, err := s.read(ctx, source, step)
		if other == nil {
			return nil, err
		}
		c := s.compare(ctx, this, other, name, Title([]string{source}))
		return func() { s.setCompare(c) }, err
	})
}

// read analyzes one source.
func (s *Session) read(ctx context.Context, source string, step func(analysis.Progress)) (*analysis.Build, error) {
	in, err := analysis.Classify([]string{source})
	if err != nil {
		return nil, err
	}
	return s.config.Analyze(ctx, in, s.options(step))
}

// CompareTwo opens a and compares it with b.
func (s *Session) CompareTwo(a, b string) {
	s.retry, s.asked = func() { s.CompareTwo(a, b) }, []string{a}
	s.start(texts.F("Opening %s", Title([]string{a})), func(ctx context.Context, step func(analysis.Progress), early func(func())) (func(), error) {
		paths := wholePaths([]string{a})
		first, errA := s.read(ctx, a, step)
		if first == nil {
			return nil, errA
		}
		early(func() {
			s.Paths = paths
			s.show([]string{a}, first, plan.Plan{}, nil)
		})
		second, errB := s.read(ctx, b, step)
		if second == nil {
			return nil, errors.Join(errA, errB)
		}
		c := s.compare(ctx, first, second, Title([]string{a}), Title([]string{b}))
		return func() { s.setCompare(c) }, errors.Join(errA, errB)
	})
}

// CompareBuild compares a build that is in memory with the open one, as what was
// open before.
func (s *Session) CompareBuild(before *analysis.Build, name string) {
	this, title := s.Build, s.Title
	if this == nil {
		return
	}
	s.retry = nil
	s.start(texts.F("Comparing with %s", name), func(ctx context.Context, _ func(analysis.Progress), _ func(func())) (func(), error) {
		c := s.compare(ctx, before, this, name, title)
		return func() { s.setCompare(c) }, nil
	})
}

// ComparePlan compares the open build with what its plan makes of it.
func (s *Session) ComparePlan() {
	if !s.CanComparePlan() {
		return
	}
	this, v, name := s.Build, s.Preview, s.Title
	s.retry = nil
	s.start(texts.T("Comparing with the plan"), func(ctx context.Context, _ func(analysis.Progress), _ func(func())) (func(), error) {
		c := s.compare(ctx, this, this.After(v), name, texts.F("%s after the plan", name))
		return func() { s.setCompare(c) }, nil
	})
}

// CanComparePlan reports whether there is a plan whose outcome is known.
func (s *Session) CanComparePlan() bool {
	return s.Build != nil && !s.Plan.Empty() && s.Preview.Removal != nil && !s.Busy()
}

// CompareSample compares the sample with its slimmer image.
func (s *Session) CompareSample() { s.CompareWith(analysis.SampleAfter) }

// IsSample reports whether the sample is open.
func (s *Session) IsSample() bool {
	return len(s.Sources) == 1 && s.Sources[0] == SampleSource && s.Saved == nil
}

// compare sets two builds side by side; it takes too long for the owner's
// goroutine.
func (s *Session) compare(ctx context.Context, a, b *analysis.Build, nameA, nameB string) *Compare {
	c := &Compare{Comparison: analysis.Compare(a, b), Names: [2]string{nameA, nameB}}
	c.Insights = c.Comparison.Insights(ctx)
	return c
}

// SwapSides makes B the first of the two.
func (s *Session) SwapSides() {
	c := s.Compare
	if c == nil || s.Busy() {
		return
	}
	s.retry = nil
	s.start(texts.T("Swapping the sides"), func(ctx context.Context, _ func(analysis.Progress), _ func(func())) (func(), error) {
		x := s.compare(ctx, c.B, c.A, c.Names[1], c.Names[0])
		x.ShowSame, x.Least = c.ShowSame, c.Least
		return func() {
			if s.Compare == c {
				s.setCompare(x)
			}
		}, nil
	})
}

func (s *Session) setCompare(c *Compare) {
	if old := s.Compare; old != nil {
		c.ShowSame, c.Least = old.ShowSame, old.Least
	}
	s.Compare = c
	c.arrange(s)
}

// ShowSame lists what is the same in both builds, or hides it.
func (s *Session) ShowSame(on bool) {
	s.rearrange(func(c *Compare) { c.ShowSame = on })
}

// SetLeast hides changes of fewer than n bytes.
func (s *Session) SetLeast(n bytesize.Size) {
	s.rearrange(func(c *Compare) { c.Least = n })
}

// SortCompare orders one of the lists of the comparison by a column; "" stands for
// the largest differences first.
func (s *Session) SortCompare(list func(*Compare) *CompareList, by string, down bool) {
	s.rearrange(func(c *Compare) { l := list(c); l.By, l.Down = by, down })
}

func (s *Session) rearrange(change func(*Compare)) {
	if s.Compare != nil {
		change(s.Compare)
		s.Compare.arrange(s)
		s.changed()
	}
}

// Weigh returns what one side of a change weighs: its download if both builds
// tell downloads, else its unpacked size.
func (c *Compare) Weigh(side *analysis.PackageSide) bytesize.Amount {
	switch {
	case side == nil:
		return bytesize.Amount{}
	case c.ByDownload():
		return side.Download
	}
	return side.Unpacked
}

// Summary tells the whole difference in a few lines.
func (c *Compare) Summary() []Figure {
	out := []Figure{c.both(texts.T("Download"), c.Download), c.both(texts.T("Unpacked"), c.Unpacked)}
	if u := c.Unowned; u.A.Unknown == 0 && u.B.Unknown == 0 {
		out = append(out, c.both(texts.T("Unowned"), u))
	}
	if c.Comparison.Packages[0] >= 0 && c.Comparison.Packages[1] >= 0 {
		n := c.Comparison.Packages
		out = append(out, Figure{Label: texts.T("Packages"), Before: fmt.Sprint(n[0]), After: fmt.Sprint(n[1]), Delta: difference(n[1] - n[0])})
	}
	if c.A.Image != nil && c.B.Image != nil {
		out = append(out, Figure{Label: texts.T("Shared layers"), Before: fmt.Sprint(len(c.Comparison.Layers.Shared))},
			Figure{Label: texts.T("To pull for a host that has A"), Before: c.Comparison.Layers.Pull.String()})
	}
	return out
}

// difference returns "30 fewer", "2 more", "as many".
func difference(n int) string {
	switch {
	case n < 0:
		return texts.F("%d fewer", -n)
	case n > 0:
		return texts.F("%d more", n)
	}
	return texts.T("as many")
}

func (c *Compare) both(label string, t analysis.Totals) Figure {
	f := Figure{Label: label, Before: t.A.String(), After: t.B.String()}
	if d := c.Comparison.Delta(t); d.Basis != bytesize.Unknown {
		f.Delta = d.Size.Delta()
	}
	return f
}

// An openBuild is what was open before something else was opened.
type openBuild struct {
	build *analysis.Build
	title string
	paths []string
}

// offerComparison offers to compare what was just opened with what was open
// before, if the two are of one sort.
func (s *Session) offerComparison(before openBuild) {
	now := s.Build
	if before.build == nil || now == nil || before.build == now || slices.Equal(before.paths, s.Paths) || s.Notice.Text != "" {
		return
	}
	if (before.build.Image == nil) != (now.Image == nil) || (before.build.Deps == nil) != (now.Deps == nil) {
		return
	}
	name := before.title
	if name == s.Title {
		name = strings.Join(before.paths, " ")
	}
	s.Notice = Notice{Text: texts.F("%s is open; %s was open before.", s.Title, name),
		Actions: []Action{{texts.T("Compare them"), func() { s.CompareBuild(before.build, name) }}}}
}
