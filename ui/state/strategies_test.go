package state

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"weighline/analysis"
	"weighline/analysis/plan"
)

func TestStrategies(t *testing.T) {
	s, l := newSession(t, nil)
	s.OpenSample()
	l.idle()
	s.FindStrategies()
	l.until(func() bool { return s.Strategies != nil })
	cpu, ok := s.Strategies.Find(plan.CPUOnly)
	asIs, _ := s.Strategies.Find(plan.AsIs)
	if !ok || cpu.Download.Size >= asIs.Download.Size {
		t.Fatalf("CPU-only pulls %v, as it is %v", cpu.Download, asIs.Download)
	}
	dockerfile := func(name string) (text string) {
		t.Helper()
		s.Dockerfile(name, func(x string) { text = x })
		l.until(func() bool { return text != "" })
		return text
	}
	if text := dockerfile(plan.CPUOnly); !strings.Contains(text, "FROM python:3.11") || !strings.Contains(text, "--extra-index-url") {
		t.Errorf("its Dockerfile:\n%s", text)
	}
	if text := dockerfile(plan.BaseImage); !strings.Contains(text, "# --- Dockerfile.base ---") {
		t.Errorf("two files are told apart:\n%s", text)
	}
	s.UseStrategy(plan.CPUOnly)
	if s.Plan.Swaps("torch") != "cpu" {
		t.Errorf("its plan in use: %+v", s.Plan)
	}
	first := s.Strategies
	s.FindStrategies()
	l.until(func() bool { return s.Strategies != first })
	if now, _ := s.Strategies.Find(plan.Current); now.Download.Size != cpu.Download.Size {
		t.Errorf("the plan in use pulls %v, want %v", now.Download, cpu.Download)
	}
	foot := func() (before, after string) {
		for _, f := range s.Totals() {
			if f.Label == "Build time" {
				return f.Before, f.After
			}
		}
		return "", ""
	}
	before, _ := s.Strategies.Find(plan.AsIs)
	now, _ := s.Strategies.Find(plan.Current)
	if a, b := foot(); a != "≥ "+before.Seconds.String() || b != "≥ "+now.Seconds.String() || a == b {
		t.Errorf("the totals tell the times %q and %q, the strategies %v and %v", a, b, before.Seconds, now.Seconds)
	}
	second := s.Strategies
	s.SetSpeeds(plan.Speeds{Download: plan.Speed{Low: 1, High: 1}})
	s.FindStrategies()
	l.until(func() bool { return s.Strategies != second })
	if after, _ := s.Strategies.Find(plan.AsIs); after.Seconds.Low <= before.Seconds.Low {
		t.Errorf("over a slower line %v, before %v", after.Seconds, before.Seconds)
	} else if a, _ := foot(); a != "≥ "+after.Seconds.String() {
		t.Errorf("the totals tell %q, the strategies %v", a, after.Seconds)
	}
	path := filepath.Join(t.TempDir(), "Dockerfile")
	s.Export(analysis.Exports{Dockerfile: path, Strategy: plan.CPUOnly}, "", false)
	l.notice()
	text, err := os.ReadFile(path)
	if err != nil || !strings.Contains(dockerfile(plan.CPUOnly), string(text)) {
		t.Errorf("written: %q, %v", text, err)
	}
	if _, err := os.Stat(filepath.Join(filepath.Dir(path), "requirements-cpu-only.txt")); err != nil {
		t.Errorf("what it installs: %v", err)
	}
}
