package state

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"weighline/analysis"
	"weighline/analysis/attribution"
	"weighline/analysis/bytesize"
	"weighline/analysis/plan"
	"weighline/analysis/report"
	"weighline/ui/texts"
)

// A Compare is one build against another, as the Compare screen lists it: rows
// for packages, layers, files and findings. All of it is what
// weigh compare --json prints.
type Compare struct {
	*analysis.Comparison
	TitleA, TitleB string
	// Planned: A and B are what the plans make of the two builds, those that they
	// were saved with or, of the open one, the one that is made.
	Planned bool
	// Report has the figures as weigh compare --json prints them.
	Report report.CompareJSON
	// Findings are nil while they are looked for, and where they cannot be
	// compared: then Looked tells which.
	Findings *analysis.InsightChanges
	Looked   bool
	// Diffs are the files that differ, nil where files cannot be compared; Shown what
	// of them is listed, nil while that is being found out.
	Diffs *FileDiffs
	Shown *FileView

	// ShowSame lists what is the same, too; MinChange hides packages and files that
	// changed by fewer bytes, as --min-change does.
	ShowSame  bool
	MinChange bytesize.Size
	// Flat lists files by their whole path, without folders.
	Flat bool
	// PackageOrder, LayerOrder and FileOrder are how the tables are sorted.
	PackageOrder, LayerOrder, FileOrder CompareOrder
	// Changed counts the changes of what is listed.
	Changed int

	sides    [2]compareSide // without their plans
	filter   string
	packages []analysis.PackageChange // with the bytes of no package, in the engine's order
	view     []int                    // those that are listed
	hidden   int                      // how many changes are too small
	twice    map[string]int           // how many packages have a name
	layers   []int                    // rows of Report.Layers that are listed
	findings []FindingChange
	pull     []bytesize.Amount // of each row of Report.Layers
}

// A compareSide is one of the builds that are compared: one that is at hand, or
// how to get it.
type compareSide struct {
	title string
	build *analysis.Build
	plan  plan.Plan // that was made for it; of what is read known when it is
	read  func(ctx context.Context, known []*analysis.Build, step func(analysis.Progress)) (sideRead, error)
}

// A sideRead is what was read for a side: its title and plan where they were not
// known before.
type sideRead struct {
	build *analysis.Build
	title string
	plan  plan.Plan
}

// under is the side as its plan makes it, with its title; as it is if it has none.
func (x compareSide) under(planned bool) (*analysis.Build, string) {
	if !planned || x.plan.Empty() {
		return x.build, x.title
	}
	return analysis.After(x.build, x.plan), texts.F("%s with the plan", x.title)
}

// get reads the build unless it is at hand; err says what of it could not be read.
func (x *compareSide) get(ctx context.Context, known []*analysis.Build, step func(analysis.Progress)) (*analysis.Build, error) {
	if x.build != nil {
		return x.build, nil
	}
	r, err := x.read(ctx, known, step)
	x.build = r.build
	if r.title != "" {
		x.title, x.plan = r.title, r.plan
	}
	return r.build, err
}

// openSide is the build that is shown.
func (s *Session) openSide() compareSide {
	if s.IsSample() && s.Build.Image != nil {
		return compareSide{title: s.Build.Image.Reference, build: s.Build, plan: s.Plan} // its images are what is compared
	}
	return compareSide{title: s.Title, build: s.Build, plan: s.Plan}
}

// sourceSide is what sources name: files, an image, or a saved build.
func (s *Session) sourceSide(sources ...string) compareSide {
	return compareSide{title: Title(sources), read: func(ctx context.Context, known []*analysis.Build, step func(analysis.Progress)) (sideRead, error) {
		in, err := analysis.Classify(sources)
		if err != nil {
			return sideRead{}, err
		}
		o := s.options(step)
		o.Known = known
		b, err := s.config.Analyze(ctx, in, o)
		return sideRead{build: b}, err
	}}
}

// savedSide is a build of the library.
func (s *Session) savedSide(id int64) compareSide {
	lib := s.config.Library
	return compareSide{title: texts.T("the saved build"), read: func(ctx context.Context, _ []*analysis.Build, _ func(analysis.Progress)) (sideRead, error) {
		saved, err := lib.GetID(ctx, id)
		if err != nil {
			return sideRead{}, err
		}
		b, p, err := saved.Unpack(ctx, lib)
		return sideRead{b, saved.Name, p}, err
	}}
}

// CompareWith reads another build and compares the open one with it.
func (s *Session) CompareWith(source string) {
	if s.Build == nil {
		return
	}
	for _, b := range s.Library {
		if b.Name == source && s.config.Library != nil {
			s.compare(s.openSide(), s.savedSide(b.ID))
			return
		}
	}
	s.compare(s.openSide(), s.sourceSide(source))
}

// CompareSample compares the sample with its slimmer image.
func (s *Session) CompareSample() {
	if s.Build != nil {
		b := s.sourceSide(analysis.SampleAfter)
		b.title = analysis.SampleAfter
		s.compare(s.openSide(), b)
	}
}

// CanComparePlan reports whether there is a plan that makes another build of the
// open one.
func (s *Session) CanComparePlan() bool {
	return s.Build != nil && !s.Busy() && !s.Plan.Empty() && s.Preview.Removal != nil
}

// ComparePlan compares the open build with what the plan makes of it.
func (s *Session) ComparePlan() {
	if !s.CanComparePlan() {
		return
	}
	b, v, a := s.Build, s.Preview, s.openSide()
	a.plan = plan.Plan{}
	s.compare(a, compareSide{title: texts.F("%s with the plan", s.Title), read: func(context.Context, []*analysis.Build, func(analysis.Progress)) (sideRead, error) {
		return sideRead{build: b.After(v)}, nil
	}})
}

// SwapSides makes B the build from which is told what changed.
func (s *Session) SwapSides() {
	if c := s.Compare; c != nil && !s.Busy() {
		s.comparePlanned(c.sides[1], c.sides[0], planned(c.Planned))
	}
}

// HasPlans reports whether a side has a plan that the comparison may regard.
func (c *Compare) HasPlans() bool { return !c.sides[0].plan.Empty() || !c.sides[1].plan.Empty() }

// SetPlanned compares what the plans of the two builds make of them, or again the
// builds as they are.
func (s *Session) SetPlanned(on bool) {
	if c := s.Compare; c != nil && !s.Busy() && c.Planned != on {
		s.comparePlanned(c.sides[0], c.sides[1], planned(on))
	}
}

// compare compares two builds as they are, or, if they are one build with two
// plans, what the plans make of it.
func (s *Session) compare(a, b compareSide) { s.comparePlanned(a, b, plansIfAlike) }

// Whether a comparison regards the plans of its sides.
type planning int

const (
	asBuilt planning = iota
	underPlans
	plansIfAlike // if nothing else differs
)

// comparePlanned reads what is not at hand and compares, as the session's job. How
// the tables are listed stays as the user set it.
func (s *Session) comparePlanned(a, b compareSide, plans planning) {
	s.retry, s.asked = func() { s.comparePlanned(a, b, plans) }, nil
	what := texts.F("Reading %s", b.title)
	if a.build == nil {
		what = texts.F("Reading %s", a.title)
	}
	s.start(what, func(ctx context.Context, step func(analysis.Progress), early func(func())) (func(), error) {
		var known []*analysis.Build
		var problems []error
		if b.build != nil {
			known = append(known, b.build)
		}
		for _, side := range []*compareSide{&a, &b} {
			read, err := side.get(ctx, known, step)
			if read == nil {
				return nil, err
			}
			if err != nil {
				problems = append(problems, err)
			}
			known = append(known, read)
		}
		c := newCompare(a, b, plans == underPlans)
		if plans == plansIfAlike && !a.plan.Equal(b.plan) && c.alike() {
			c = newCompare(a, b, true)
		}
		return func() { s.setCompare(c) }, errors.Join(problems...)
	})
}

func planned(on bool) planning {
	if on {
		return underPlans
	}
	return asBuilt
}

// alike reports whether nothing is known that differs.
func (c *Compare) alike() bool {
	a, b := c.A.Image, c.B.Image
	if (a == nil) != (b == nil) || a != nil && (a.Digest == "" || a.Digest != b.Digest) {
		return false
	}
	return !slices.ContainsFunc(c.Changes, func(x analysis.PackageChange) bool { return x.Change != attribution.Same })
}

// newCompare compares two builds, under their plans if planned. It takes its time.
func newCompare(a, b compareSide, planned bool) *Compare {
	c := &Compare{Planned: planned, sides: [2]compareSide{a, b}}
	var builds [2]*analysis.Build
	builds[0], c.TitleA = a.under(planned)
	builds[1], c.TitleB = b.under(planned)
	c.Comparison = analysis.Compare(builds[0], builds[1])
	c.Report = report.Compare(c.Comparison, report.CompareOptions{}, nil)
	c.packages = withUnowned(c.Comparison)
	c.pull, c.LayerOrder = pulled(c.Report.Layers), ByPlace
	c.twice = map[string]int{}
	for i := range c.packages {
		c.twice[c.packages[i].Name]++
	}
	if c.Files != nil {
		c.Diffs = newFileDiffs(c.Comparison)
	}
	return c
}

// setCompare shows a comparison, and has its findings looked for.
func (s *Session) setCompare(c *Compare) {
	if old := s.Compare; old != nil {
		c.ShowSame, c.MinChange, c.Flat, c.Changed = old.ShowSame, old.MinChange, old.Flat, old.Changed
		c.PackageOrder, c.LayerOrder, c.FileOrder = old.PackageOrder, old.LayerOrder, old.FileOrder
	}
	s.Compare = c
	s.listCompare()
	s.task(nil, func(ctx context.Context) (func(), error) {
		found := c.Insights(ctx)
		all := report.Compare(c.Comparison, report.CompareOptions{Insights: found}, nil)
		return func() {
			c.Findings, c.Looked, c.Report = found, true, all
			c.findings = findingChanges(found)
			c.Changed++
		}, nil
	})
}

// IsSample reports whether the sample is open.
func (s *Session) IsSample() bool {
	return len(s.Sources) == 1 && s.Sources[0] == SampleSource && s.Saved == nil
}

// ListCompare changes what the comparison lists and how.
func (s *Session) ListCompare(set func(c *Compare)) {
	if s.Compare == nil {
		return
	}
	set(s.Compare)
	s.listCompare()
	s.changed()
}

// Summary tells the whole difference in a few lines.
func (c *Compare) Summary() []Figure {
	packages := Figure{Label: texts.T("Packages"), Before: countText(c.Report.Totals.Packages.A), After: countText(c.Report.Totals.Packages.B)}
	if d := c.Report.Totals.Packages.Delta; d != nil {
		packages.Delta = difference(*d)
	}
	out := []Figure{c.both(texts.T("Download"), c.Download), c.both(texts.T("Unpacked"), c.Unpacked), packages}
	if c.A.Image != nil && c.B.Image != nil {
		out = append(out, Figure{Label: texts.T("To pull for a host that has A"), Before: c.Layers.Pull.String()},
			Figure{Label: texts.T("Shared layers"), Before: texts.F("%d of %d", len(c.Layers.Shared), len(c.Layers.Shared)+len(c.Layers.OnlyB))})
	}
	return out
}

// countText is a number of things, "—" where nobody knows.
func countText(n *int) string {
	if n == nil {
		return "—"
	}
	return fmt.Sprint(*n)
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
		f.Delta = deltaText(d)
	}
	return f
}

// deltaText writes a difference: "+3 MB", "≈ −3 MB".
func deltaText(d bytesize.Amount) string {
	switch d.Basis {
	case bytesize.Known:
		return d.Size.Delta()
	case bytesize.Estimated:
		return "≈ " + d.Size.Delta()
	}
	return "—"
}
