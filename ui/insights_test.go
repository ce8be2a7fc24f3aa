package ui

import (
	"testing"

	"weighline/analysis/insight"
	"weighline/ui/texts"
)

func TestInsightsPage(t *testing.T) {
	b := newBench(t, nil, nil)
	b.sample()
	b.show("insights")
	if b.insights.note.Text == "" || len(b.insights.list) > 0 {
		t.Error("nothing is said while the findings are looked for")
	}
	b.until("the findings", func() bool { return b.session.Insights != nil })
	list := b.session.Insights.List
	if len(b.insights.list) != len(list) || len(list) == 0 || b.insights.note.Text != "" {
		t.Fatalf("%d cards for %d findings, note %q", len(b.insights.list), len(list), b.insights.note.Text)
	}
	for i, x := range list {
		if x.ID != "waste-deleted" {
			continue
		}
		b.insights.list[i].OnAction()
		if !b.session.Plan.Squash {
			t.Error("the card's button does not change the plan")
		}
		b.insights.list[i].SetOpen(true)
		b.insights.list[i].OnEvidence(0)
		if b.current != "layers" || b.layers.chosen != x.Rows[0].Layer {
			t.Errorf("evidence leads to %s, layer %d; want layer %d", b.current, b.layers.chosen, x.Rows[0].Layer)
		}
	}
	b.show("insights")
}

func TestReveal(t *testing.T) {
	b := newBench(t, nil, nil)
	b.sample()
	b.reveal(insight.Row{Package: "torch", Layer: -1})
	if b.current != "packages" || b.session.Selected != "python:torch" {
		t.Errorf("a package leads to %s, %q", b.current, b.session.Selected)
	}
	b.reveal(insight.Row{Path: "usr/lib", Layer: -1})
	if b.current != "files" || b.files.where.Text == "" {
		t.Errorf("a path leads to %s, %q", b.current, b.files.where.Text)
	}
	b.reveal(insight.Row{Path: "no/such/file", Layer: -1})
	if b.current != "files" {
		t.Error("a path that is not there leads elsewhere")
	}
}

func TestEvidenceText(t *testing.T) {
	test := func(r insight.Row, want string) {
		t.Helper()
		if got := evidenceText(r); got != want {
			t.Errorf("evidenceText = %q, want %q", got, want)
		}
	}
	test(insight.Row{Package: "torch", Version: "2.7.1", Layer: 4}, "torch 2.7.1, "+texts.F("layer %d", 4))
	test(insight.Row{File: "requirements.txt", Line: 3, Layer: -1, Note: "bad\x1b[31m"}, `requirements.txt:3, bad\x1b[31m`)
}
