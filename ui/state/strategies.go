package state

import (
	"context"
	"os"
	"strings"

	"weighline/analysis"
	"weighline/analysis/plan"
	"weighline/ui/texts"
)

// Strategies are the ways to a lighter build for the open one and its plan.
type Strategies struct {
	plan.Strategies
	of   *analysis.Build
	with plan.Plan
}

// strategiesCurrent reports whether the figures are those of the open build, its plan and
// the speeds that are set.
func (s *Session) strategiesCurrent() bool {
	x := s.Strategies
	return x != nil && x.of == s.Build && x.with.Equal(s.Plan) && !s.speedsChanged
}

// FindStrategies weighs the ways out, unless that was done already. Those of the
// plan before stay until the new ones are there.
func (s *Session) FindStrategies() {
	b, p, speeds := s.Build, s.Plan, s.Speeds
	if b == nil || s.Busy() || b.Graph() == nil || s.weighing || s.strategiesCurrent() {
		return
	}
	s.weighing, s.speedsChanged = true, false
	s.task(func(context.Context) (func(), error) {
		found := &Strategies{Strategies: b.Strategies(p, speeds), of: b, with: p}
		return func() {
			s.weighing = false
			if s.Build == b {
				s.Strategies = found
			}
		}, nil
	})
}

// SetSpeeds sets what times are estimated from; zero values are the defaults.
func (s *Session) SetSpeeds(x plan.Speeds) {
	s.Speeds, s.speedsChanged = x, true
	s.changed()
}

// MeasureSpeeds measures for some seconds how fast this computer unpacks and
// compresses, in a folder for files that do not last.
func (s *Session) MeasureSpeeds() {
	speeds := s.Speeds
	s.retry = s.MeasureSpeeds
	s.start(texts.T("Measuring this computer"), func(ctx context.Context, _ func(analysis.Progress), _ func(func())) (func(), error) {
		x, err := speeds.Measure(ctx, os.TempDir())
		if err != nil {
			return nil, err
		}
		return func() {
			s.SetSpeeds(x)
			s.Notice = Notice{Text: texts.F("This computer unpacks at %v MB/s and compresses at %v MB/s.", x.Unpack, x.Compress)}
		}, nil
	})
}

// UseStrategy makes the plan of a strategy the plan, as one step of undo.
func (s *Session) UseStrategy(name string) {
	if s.Strategies == nil {
		return
	}
	if x, ok := s.Strategies.Find(name); ok {
		s.setPlan(x.Plan)
	}
}

// Dockerfile returns the files that build a strategy, as one text with a line
// that names each.
func (s *Session) Dockerfile(name string) string {
	if s.Strategies == nil {
		return ""
	}
	x, ok := s.Strategies.Find(name)
	if !ok {
		return ""
	}
	files := x.Dockerfiles(plan.DockerfileOptions{})
	var b strings.Builder
	for i, f := range files {
		if len(files) > 1 {
			if i > 0 {
				b.WriteString("\n")
			}
			b.WriteString("# --- " + f.Name + " ---\n")
		}
		b.WriteString(f.Text)
	}
	return b.String()
}
