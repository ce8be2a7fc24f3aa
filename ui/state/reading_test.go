package state

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"weighline/analysis"
	"weighline/analysis/pep"
)

// requirements writes a list into a folder of its own.
func requirements(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "requirements.txt")
	rewrite(t, path, text)
	return path
}

func rewrite(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestRereadKeepsThePlan edits a list on the disk and reads it again: what was
// decided stays, and so do undo, filter and selection.
func TestRereadKeepsThePlan(t *testing.T) {
	path := requirements(t, "torch==2.7.1\n")
	s, l := newSession(t, nil)
	if s.Reread(); s.Busy() {
		t.Fatal("nothing is read again")
	}
	s.Open(path)
	l.idle()
	s.SetDropped("torch", true)
	s.SetFilter("torch")
	s.Selected = "python:torch"
	rewrite(t, path, "torch==2.7.1\nuvicorn\n")
	s.Reread()
	l.idle()
	if s.Row("python:uvicorn") == nil {
		t.Fatal("the list was not read again")
	}
	if !s.Plan.Drops("torch") || s.Filter != "torch" || s.Selected != "python:torch" {
		t.Errorf("plan %v, filter %q, selected %q after reading again", s.Plan, s.Filter, s.Selected)
	}
	if row(t, s, "torch").Status != Dropped {
		t.Errorf("torch is %v", row(t, s, "torch").Status)
	}
	if s.Notice.Text != "" {
		t.Errorf("said %+v", s.Notice)
	}
	if s.Undo(); !s.Plan.Empty() {
		t.Errorf("undo left %v", s.Plan)
	}
	rewrite(t, path, "uvicorn\n")
	s.Reread()
	l.idle()
	if s.Selected != "" {
		t.Errorf("%q is selected, which is not there", s.Selected)
	}
}

// TestRereadShowsNoPart reads an image again: it stays as it is until that is done, and
// when it is stopped.
func TestRereadShowsNoPart(t *testing.T) {
	s, l := newSession(t, nil)
	s.Open(layered(t))
	l.idle()
	whole, analyze := s.Build, s.config.Analyze
	entered := make(chan struct{}, 1)
	s.config.Analyze = func(ctx context.Context, in analysis.Input, o analysis.Options) (*analysis.Build, error) {
		part := *whole
		image := *whole.Image
		image.Partial = true
		part.Image = &image
		if o.Early != nil {
			o.Early(&part)
		}
		entered <- struct{}{}
		<-ctx.Done()
		return &part, ctx.Err()
	}
	s.Reread()
	<-entered
	for len(l.posts) > 0 {
		(<-l.posts)()
	}
	if s.Build != whole {
		t.Error("a part of it is shown while it is read again")
	}
	s.Cancel()
	l.idle()
	if s.Build != whole || len(s.Notice.Actions) == 0 {
		t.Errorf("stopped, it is another build, or there is no way on: %+v", s.Notice)
	}
	s.config.Analyze = analyze
	s.Reread()
	l.idle()
	if s.Build == whole || s.Build.Image.Partial {
		t.Error("it was not read again")
	}
}

// TestReadOn stops a reading, makes a plan for the part that was read, and reads on.
func TestReadOn(t *testing.T) {
	s, l := newSession(t, nil)
	entered := make(chan struct{}, 1)
	analyze := s.config.Analyze
	s.config.Analyze = func(ctx context.Context, in analysis.Input, o analysis.Options) (*analysis.Build, error) {
		b, err := analyze(ctx, in, o)
		entered <- struct{}{}
		<-ctx.Done()
		return b, errors.Join(err, ctx.Err())
	}
	s.Open(requirements(t, "torch==2.7.1\n"))
	<-entered
	s.Cancel()
	l.idle()
	if len(s.Notice.Actions) != 1 || s.Build == nil {
		t.Fatalf("no way on: %+v", s.Notice)
	}
	s.SetDropped("torch", true)
	s.config.Analyze = analyze
	s.Notice.Actions[0].Do()
	l.idle()
	if !s.Plan.Drops("torch") || s.Notice.Text != "" {
		t.Errorf("read on: plan %v, notice %+v", s.Plan, s.Notice)
	}
}

// TestUnsavedPlanIsOffered opens something else over a plan that was not saved: it
// is offered back, as long as it is not there again.
func TestUnsavedPlanIsOffered(t *testing.T) {
	first, second := requirements(t, "torch==2.7.1\n"), requirements(t, "uvicorn\n")
	s, l := newSession(t, nil)
	s.Open(first)
	l.idle()
	s.Open(second)
	l.idle()
	if s.CanGoBack() {
		t.Error("an empty plan is offered back")
	}
	s.SetDropped("uvicorn", true)
	s.Open(first)
	l.idle()
	n := s.Notice
	if n.Severity != Caution || len(n.Actions) != 2 || !s.CanGoBack() {
		t.Fatalf("the plan is not offered back: %+v", n)
	}
	s.OpenSample() // another one in between
	l.idle()
	n.Actions[0].Do()
	l.idle()
	if s.Sources[0] != second || !s.Plan.Drops("uvicorn") || s.CanGoBack() {
		t.Errorf("back at %v with %v; once more: %v", s.Sources, s.Plan, s.CanGoBack())
	}
	s.Reset()
	s.Open(first)
	l.idle()
	if s.CanGoBack() {
		t.Error("a plan that was emptied is offered back")
	}
}

// TestUnsavedPlanOfASavedBuild goes back to a saved build with a plan that is not
// the saved one.
func TestUnsavedPlanOfASavedBuild(t *testing.T) {
	s, l := newSession(t, library(t, filepath.Join(t.TempDir(), "weighline.db")))
	s.Open(requirements(t, "torch==2.7.1\n"))
	l.idle()
	s.Save("heavy", "")
	l.until(func() bool { return s.Saved != nil })
	s.SetDropped("torch", true)
	s.OpenSample()
	l.idle()
	if !s.CanGoBack() {
		t.Fatal("the plan is not offered back")
	}
	s.GoBack()
	l.idle()
	if s.Saved == nil || s.Title != "heavy" || !s.Plan.Drops(pep.Name("torch")) {
		t.Errorf("back at %q with %v", s.Title, s.Plan)
	}
	if s.CanReread() {
		t.Error("a saved build can be read again")
	}
}
