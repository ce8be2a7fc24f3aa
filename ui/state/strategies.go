package state

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"weighline/analysis"
	"weighline/analysis/layer"
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
	s.task(nil, func(context.Context) (func(), error) {
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
	s.estimate()
	s.changed()
}

// MeasureSpeeds measures for some seconds how fast this computer unpacks and
// compresses, in a folder for files that do not last.
func (s *Session) MeasureSpeeds() {
	speeds := s.Speeds
	s.retry, s.asked = s.MeasureSpeeds, nil
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

// Dockerfile hands over what an export of a strategy's Dockerfile would write, as
// one text with a line that names each file: the requirements that it installs
// stand beside it.
func (s *Session) Dockerfile(name string, done func(text string)) {
	if s.Build == nil {
		return
	}
	build, v := s.Build, s.Preview
	v.Plan = s.Plan
	s.task(nil, func(ctx context.Context) (func(), error) {
		dir, err := os.MkdirTemp("", "weighline-")
		if err != nil {
			return nil, err
		}
		defer os.RemoveAll(dir) //nolint:errcheck // of the system's folder for such
		main := filepath.Join(dir, texts.T("Dockerfile"))
		x, err := build.Export(ctx, v, analysis.Exports{Dockerfile: main, Strategy: name}, false)
		if x == nil {
			return nil, err
		}
		text, err := together(main, x.Written)
		if err != nil {
			return nil, err
		}
		for _, note := range x.Notes {
			text = "# " + layer.Printable(note) + "\n" + text
		}
		return func() { done(text) }, nil
	})
}

// together reads files into one text, the main one first.
func together(main string, files []string) (string, error) {
	var b strings.Builder
	for _, f := range append([]string{main}, slices.DeleteFunc(slices.Clone(files), func(f string) bool { return f == main })...) {
		data, err := os.ReadFile(f)
		if err != nil {
			return "", err
		}
		if len(files) > 1 {
			fmt.Fprintf(&b, "# --- %s ---\n", filepath.Base(f))
		}
		b.Write(data)
		if len(files) > 1 {
			b.WriteString("\n")
		}
	}
	return b.String(), nil
}
