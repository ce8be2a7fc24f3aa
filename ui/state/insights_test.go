package state

import (
	"strings"
	"testing"

	"weighline/analysis/insight"
)

func findings(t *testing.T, s *Session, l *loop) map[string]insight.Insight {
	t.Helper()
	s.FindInsights()
	l.until(func() bool { return s.Insights != nil })
	byID := map[string]insight.Insight{}
	for _, x := range s.Insights.List {
		byID[x.ID] = x
	}
	return byID
}

func TestInsights(t *testing.T) {
	s, l := newSession(t, nil)
	s.OpenSample()
	s.FindInsights() // not before all is read
	if s.Insights != nil || s.finding != nil {
		t.Fatal("findings about a build that is not read")
	}
	l.idle()
	found := findings(t, s, l)
	waste, ok := found["waste-deleted"]
	if !ok {
		t.Fatalf("no waste among %d findings of the sample", len(found))
	}
	if text := s.InsightTotal(); !strings.Contains(text, "of waste in its layers") {
		t.Errorf("the total does not tell the waste: %q", text)
	}
	if s.Applied(waste) {
		t.Error("applied before anything was done")
	}
	s.ApplyInsight(waste)
	if !s.Plan.Squash || !s.Applied(waste) || !s.CanUndo() {
		t.Errorf("the plan after applying it: %+v", s.Plan)
	}
	s.ApplyInsight(waste)
	if !s.Plan.Empty() || s.Applied(waste) {
		t.Errorf("the plan after taking it back: %+v", s.Plan)
	}
	s.Undo()
	if !s.Plan.Squash {
		t.Error("undo does not bring it back")
	}

	kept := s.Insights
	s.FindInsights()
	if s.Insights != kept || s.finding != nil {
		t.Error("the same build is looked at again")
	}
	s.Open("../../assets/sample/requirements.txt")
	l.idle()
	if s.Insights != nil {
		t.Error("the findings of another build are still there")
	}
	if _, ok := findings(t, s, l)["waste-deleted"]; ok {
		t.Error("waste in requirements")
	}
}
