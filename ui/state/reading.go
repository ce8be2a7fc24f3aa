package state

import (
	"context"
	"slices"
	"strings"

	"weighline/analysis"
	"weighline/analysis/plan"
	"weighline/store"
	"weighline/ui/texts"
)

// A reading is how sources become the build of the window.
type reading struct {
	sources []string
	plan    plan.Plan // that was made for them before
	again   bool      // they are open: plan, undo, filter and selection stay
	analyze func(context.Context, analysis.Options) (*analysis.Build, error)
}

// OpenSample shows the sample that is part of the program.
func (s *Session) OpenSample() { s.openSample(plan.Plan{}) }

func (s *Session) openSample(p plan.Plan) {
	s.open(reading{sources: []string{analysis.SampleName}, plan: p, analyze: func(ctx context.Context, o analysis.Options) (*analysis.Build, error) {
		return s.config.Analyze(ctx, analysis.SampleInput(), o)
	}})
}

// CanReread reports whether what is open can be read again: a saved build is
// shown as it was saved.
func (s *Session) CanReread() bool { return s.Build != nil && s.Saved == nil && s.read.analyze != nil }

// Reread reads what is open again, as after an edit. The plan stays, and so does
// what can be undone.
func (s *Session) Reread() {
	if !s.CanReread() {
		return
	}
	r := s.read
	r.again = true
	s.open(r)
}

// open reads sources as the session's job and shows what that returns.
func (s *Session) open(r reading) {
	s.retry, s.asked, s.dropped = func() {
		// A part that was read is open by now, and may have a plan.
		r.again = s.Saved == nil && slices.Equal(r.sources, s.Sources)
		s.open(r)
	}, r.sources, nil
	what := texts.F("Opening %s", Title(r.sources))
	o := s.options(nil)
	if !slices.Equal(r.sources, s.Sources) {
		s.code = "" // that of something else
	}
	o.Code = s.code
	// What is whole stays until it is read again, and if that is stopped or fails.
	stays := r.again && s.Build != nil && slices.Equal(r.sources, s.Sources) && !partial(s.Build)
	if s.sign.sources == strings.Join(r.sources, "\n") {
		o.Image.Username, o.Image.Password = s.sign.user, s.sign.password
	}
	s.start(what, func(ctx context.Context, step func(analysis.Progress), early func(func())) (func(), error) {
		o.Progress = step
		paths, lists := wholePaths(r.sources), listsOf(r.sources)
		var before openBuild
		show := func(b *analysis.Build) {
			before = s.openBuild()
			if r.again && slices.Equal(r.sources, s.Sources) {
				s.showAgain(b)
			} else {
				s.show(r.sources, paths, b, r.plan, nil)
			}
			s.Lists, s.read = lists, r
		}
		shown := false
		o.Early = func(b *analysis.Build) {
			first := !shown
			shown = true
			early(func() {
				if first {
					show(b)
				} else {
					s.replace(b)
				}
			})
		}
		if stays {
			o.Early = nil
		}
		b, err := r.analyze(ctx, o)
		if b == nil || stays && err != nil && partial(b) {
			return nil, err
		}
		return func() {
			if shown {
				s.replace(b) // the user may have begun to toggle
			} else {
				show(b)
			}
			if s.Saved == nil {
				s.Title = s.Reference()
			}
			if err == nil {
				s.offerDropped()
				s.offerBefore(before)
			}
		}, err
	})
}

// partial reports whether not all layers of a build's image were read.
func partial(b *analysis.Build) bool { return b.Image != nil && b.Image.Partial }

// show makes b the build of the window. paths are the sources with the whole paths
// of files.
func (s *Session) show(sources, paths []string, b *analysis.Build, p plan.Plan, saved *store.Build) {
	s.leave(sources, p)
	s.Sources, s.Lists, s.Paths, s.Title, s.Saved, s.read = sources, sources, paths, Title(sources), saved, reading{}
	if saved != nil {
		s.Title = saved.Name
	}
	s.Selected, s.Filter = "", ""
	s.FilesOf, s.LayerFiles = -1, nil
	s.history = history{}
	s.Plan = p
	s.Sort = Sort{By: ByOwn, Down: true}
	s.present(b)
}

// showAgain makes b, which was read anew, the build of the window.
func (s *Session) showAgain(b *analysis.Build) {
	if b.Image == nil || s.FilesOf >= len(b.Image.Layers) {
		s.FilesOf, s.LayerFiles = -1, nil
	}
	s.present(b)
	if s.Row(s.Selected) == nil {
		s.Selected = ""
	}
}

func (s *Session) present(b *analysis.Build) {
	s.Compare = nil
	s.opened++
	if s.job != nil {
		s.job.shown = true
	}
	s.replace(b)
	s.keepDraft()
}

// replace shows b in the place of a build of the same sources, of which less
// was known. The plan and the selection stay.
func (s *Session) replace(b *analysis.Build) {
	s.Build = b
	if s.Insights != nil && s.Insights.of != b {
		s.Insights = nil
	}
	if s.Strategies != nil && s.Strategies.of != b {
		s.Strategies = nil
	}
	s.Shown++
	s.recount()
	s.sortRows()
	if s.FilesOf >= 0 {
		s.ShowLayer(s.FilesOf) // of a build that knows more
	}
	s.findFiles()
}
