package state

import (
	"context"
	"fmt"

	"weighline/analysis"
	"weighline/analysis/bytesize"
	"weighline/ui/texts"
)

// A Compare is the open build against another one.
type Compare struct {
	*analysis.Comparison
	Title string // of the other build
	// ShowSame lists what is the same, too.
	ShowSame bool
	view     []int
}

// CompareWith reads another build and compares the open one with it.
func (s *Session) CompareWith(source string) {
	if s.Build == nil {
		return
	}
	this := s.Build
	s.retry = func() { s.CompareWith(source) }
	s.start(texts.F("Reading %s", Title([]string{source})), func(ctx context.Context, step func(analysis.Progress), _ func(func())) (func(), error) {
		in, err := analysis.Classify([]string{source})
		if err != nil {
			return nil, err
		}
		other, err := s.config.Analyze(ctx, in, s.options(step))
		if other == nil {
			return nil, err
		}
		c := &Compare{Comparison: analysis.Compare(this, other), Title: Title([]string{source})}
		return func() {
			if s.Build == this {
				s.setCompare(c)
			}
		}, err
	})
}

// CompareSample compares the sample with its slimmer image.
func (s *Session) CompareSample() { s.CompareWith(analysis.SampleAfter) }

// IsSample reports whether the sample is open.
func (s *Session) IsSample() bool {
	return len(s.Sources) == 1 && s.Sources[0] == SampleSource && s.Saved == nil
}

func (s *Session) setCompare(c *Compare) {
	s.Compare = c
	c.order()
}

// ShowSame lists what is the same in both builds, or hides it.
func (s *Session) ShowSame(on bool) {
	if s.Compare != nil && s.Compare.ShowSame != on {
		s.Compare.ShowSame = on
		s.Compare.order()
		s.changed()
	}
}

func (c *Compare) order() {
	c.view = c.view[:0]
	for i, x := range c.Changes {
		if c.ShowSame || x.Change != "same" {
			c.view = append(c.view, i)
		}
	}
}

// Len returns how many packages are listed, Change the i-th of them.
func (c *Compare) Len() int { return len(c.view) }

// Change returns the i-th package that is listed.
func (c *Compare) Change(i int) *analysis.PackageChange { return &c.Changes[c.view[i]] }

// Size returns what one side of a change weighs: its download if both builds
// tell downloads, else its unpacked size.
func (c *Compare) Size(side *analysis.PackageSide) bytesize.Amount {
	switch {
	case side == nil:
		return bytesize.Amount{}
	case c.byDownload():
		return side.Download
	}
	return side.Unpacked
}

func (c *Compare) byDownload() bool { return c.A.Deps != nil && c.B.Deps != nil && c.ByGraph }

// Delta returns how much heavier the second side is.
func (c *Compare) Delta(x *analysis.PackageChange) bytesize.Amount {
	a, b := c.Size(x.A), c.Size(x.B)
	switch {
	case x.A == nil:
		return b
	case x.B == nil:
		return bytesize.Amount{Size: -a.Size, Basis: a.Basis}
	}
	return bytesize.Amount{Size: b.Size - a.Size, Basis: min(a.Basis, b.Basis)}
}

// Summary tells the whole difference in a few lines.
func (c *Compare) Summary() []Figure {
	packages := Figure{Label: texts.T("Packages"), Before: fmt.Sprint(c.Packages[0]), After: fmt.Sprint(c.Packages[1]), Delta: difference(c.Packages[1] - c.Packages[0])}
	out := []Figure{both(texts.T("Download"), c.Download), both(texts.T("Unpacked"), c.Unpacked), packages}
	if c.A.Image != nil && c.B.Image != nil {
		out = append(out, Figure{Label: texts.T("Shared layers"), Before: fmt.Sprint(len(c.Layers.Shared))},
			Figure{Label: texts.T("To pull for a host that has the first"), Before: c.Layers.Pull.String()})
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

func both(label string, t analysis.Totals) Figure {
	f := Figure{Label: label, Before: t.A.String(), After: t.B.String()}
	if d := t.Delta(); d.Basis != bytesize.Unknown {
		f.Delta = d.Size.Delta()
	}
	return f
}
