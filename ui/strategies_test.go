package ui

import (
	"testing"

	"fyne.io/fyne/v2"

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
	b.command("strategy-use").run()
	if b.session.Plan.Swaps("torch") != "cpu" {
		t.Errorf("the plan in use: %+v", b.session.Plan)
	}
	b.command("undo").run()
	equal(t, "undone", b.session.Plan.Empty(), true)
	b.command("strategy-dockerfile").run()
	b.until("the Dockerfile", func() bool { return b.overlay != nil })
	b.overlay.Hide()
	b.command("speeds").run()
	_, typed := b.win.Canvas().Focused().(*lineEntry)
	equal(t, "the first speed has the keys", typed, true)
	b.press(fyne.KeyEscape)
	equal(t, "closed", b.overlay == nil, true)
	b.command("speeds").run()
	e := b.win.Canvas().Focused().(*lineEntry)
	e.SetText("7 to 9")
	b.press(fyne.KeyReturn)
	equal(t, "the speed is set", b.session.Speeds.Download, plan.Speed{Low: 7, High: 9})
	b.show("packages")
	equal(t, "speeds on another page", b.command("speeds").can(), false)
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
