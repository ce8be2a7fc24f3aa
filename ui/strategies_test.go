package ui

import (
	"testing"

	"weighline/analysis/plan"
)

func TestStrategiesPage(t *testing.T) {
	b := newBench(t, nil, nil)
	b.sample()
	b.show("strategies")
	b.until("the strategies", func() bool { return b.session.Strategies != nil })
	p := b.strategies
	if p.table.Length() != 6 || p.chosen != b.session.Strategies.Recommended || p.chosen == "" {
		t.Fatalf("%d rows, %q chosen", p.table.Length(), p.chosen)
	}
	p.table.OnSelect([]string{plan.CPUOnly})
	p.use.OnTapped()
	if b.session.Plan.Swaps("torch") != "cpu" {
		t.Errorf("the plan in use: %+v", b.session.Plan)
	}
	p.docker.OnTapped()
	b.until("the Dockerfile", func() bool { return b.overlay != nil })
	b.overlay.Hide()
}

func TestParseSpeed(t *testing.T) {
	test := func(text string, want plan.Speed, ok bool) {
		t.Helper()
		got, good := parseSpeed(text)
		if good != ok || ok && got != want {
			t.Errorf("parseSpeed(%q) = %v, %v", text, got, good)
		}
	}
	test("50", plan.Speed{Low: 50, High: 50}, true)
	test(" 300 to 50 ", plan.Speed{Low: 50, High: 300}, true)
	test("50-300", plan.Speed{Low: 50, High: 300}, true)
	for _, bad := range []string{"", "fast", "0", "-5", "1 to", "NaN", "Inf"} {
		test(bad, plan.Speed{}, false)
	}
}
