package state

import (
	"context"
	"slices"
	"strings"

	"weighline/analysis"
	"weighline/analysis/plan"
	"weighline/ui/texts"
)

// An openBuild is what was open before something else was opened.
type openBuild struct {
	build *analysis.Build
	title string
	paths []string

	unsaved bool // its plan was not saved
}

// openBuild is what is open.
func (s *Session) openBuild() openBuild {
	return openBuild{s.Build, s.Title, s.Paths, s.Build != nil && s.Dirty()}
}

// CanCompareBefore reports whether another build was open before.
func (s *Session) CanCompareBefore() bool {
	return s.Build != nil && s.before.build != nil && s.before.build != s.Build && !s.Busy()
}

// CompareBefore compares what was open before, as A, with what is open.
func (s *Session) CompareBefore() {
	if !s.CanCompareBefore() {
		return
	}
	a := compareSide{title: s.before.title, build: s.before.build}
	if img := a.build.Image; img != nil && img.Partial && len(s.before.paths) > 0 {
		a = s.sourceSide(s.before.paths...) // the reading was given up for the other one
		a.title = s.before.title
	}
	s.compare(a, s.openSide())
}

// offerBefore says, when something else was opened, that the plan of what was open
// is not saved, and offers to compare the two if they are of one sort.
func (s *Session) offerBefore(before openBuild) {
	compare := s.comparesBefore(before)
	left := s.left != nil && before.unsaved
	if s.Notice.Text != "" || !compare && !left {
		return
	}
	again := slices.Equal(before.paths, s.Paths)
	n := Notice{Text: texts.F("%s is open; %s was open before.", s.Title, s.before.title)}
	if again {
		n.Text = texts.F("%s is another image than before.", s.Title)
	}
	if left {
		n.Severity, n.Text = Caution, texts.F("The plan for %s was not saved.", before.title)
		n.Actions = append(n.Actions, Action{texts.T("Back to it"), s.GoBack})
	}
	if compare {
		n.Actions = append(n.Actions, Action{texts.T("Compare them"), s.CompareBefore})
	}
	s.Notice = n
}

// comparesBefore remembers what was open before what is, and reports whether the
// two are worth comparing.
func (s *Session) comparesBefore(before openBuild) bool {
	now := s.Build
	if before.build == nil || now == nil || before.build == now {
		return false
	}
	again := slices.Equal(before.paths, s.Paths)
	if again && (now.Image == nil || before.build.Image == nil || before.build.Image.Digest == now.Image.Digest) {
		return false // requirements are read again after each small edit
	}
	name := before.title
	switch {
	case again:
		name = texts.F("%s as it was", before.title)
	case name == s.Title && len(before.paths) > 0:
		name = strings.Join(before.paths, " ")
	}
	s.before = openBuild{build: before.build, title: name, paths: before.paths}
	return (before.build.Image == nil) == (now.Image == nil) && (before.build.Deps == nil) == (now.Deps == nil)
}

// leave remembers the plan of what is open, if it is not saved, while something
// else takes its place: sources with a plan that was made for them. One that is
// remembered already stays, unless it is opened now.
func (s *Session) leave(sources []string, p plan.Plan) {
	back := s.left != nil && s.left.Plan.Equal(p) && (slices.Equal(s.left.Sources, sources) || s.left.Saved != "")
	d, open := s.CurrentDraft()
	switch {
	case open && s.Dirty():
		s.left = &d
	case back:
		s.left = nil
	}
}

// CanGoBack reports whether a plan was not saved before something else was opened.
func (s *Session) CanGoBack() bool { return s.left != nil && !s.Busy() }

// GoBack opens what was left with a plan that was not saved, with that plan.
func (s *Session) GoBack() {
	if s.CanGoBack() {
		s.Reopen(*s.left)
	}
}

// CompareTwo opens a and compares it with b.
func (s *Session) CompareTwo(a, b string) {
	s.retry, s.asked = func() { s.CompareTwo(a, b) }, []string{a}
	s.start(texts.F("Opening %s", Title([]string{a})), func(ctx context.Context, step func(analysis.Progress), early func(func())) (func(), error) {
		paths := wholePaths([]string{a})
		first, second := s.sourceSide(a), s.sourceSide(b)
		_, errA := first.get(ctx, nil, step)
		if first.build == nil {
			return nil, errA
		}
		early(func() {
			s.show([]string{a}, paths, first.build, plan.Plan{}, nil)
			s.read = s.readingOf([]string{a}, plan.Plan{})
		})
		if _, errB := second.get(ctx, []*analysis.Build{first.build}, step); second.build == nil {
			return nil, errB
		} else if errA == nil {
			errA = errB
		}
		c := newCompare(first, second, false)
		return func() { s.setCompare(c) }, errA
	})
}

// OpenDropped opens files that were dropped together: as one build, of which two
// images cannot be parts, so that comparing them is offered instead. Two lists of
// requirements are one build, but may also be two versions of one.
func (s *Session) OpenDropped(paths ...string) {
	s.Open(paths...)
	if len(paths) == 2 {
		s.dropped = paths
	}
}

// offerDropped offers to compare two lists that were opened together.
func (s *Session) offerDropped() {
	two := s.dropped
	s.dropped = nil
	if len(two) != 2 || s.Notice.Text != "" || s.Build == nil || s.Build.Image != nil {
		return
	}
	s.Notice = Notice{Text: texts.F("%s and %s are open as one build.", Title(two[:1]), Title(two[1:])),
		Actions: []Action{{texts.T("Compare them"), func() { s.compare(s.sourceSide(two[0]), s.sourceSide(two[1])) }}}}
}
