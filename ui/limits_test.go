package ui

import (
	"testing"

	"weighline/analysis"
	"weighline/analysis/plan"
	"weighline/ui/state"
)

// TestLimit watches a limit: the meter, the strategies and the library say how far
// the build is from it, with the plan and without, as weigh check does.
func TestLimit(t *testing.T) {
	b := newBench(t, newLibrary(t), nil)
	b.open(writeFile(t, "requirements.txt", requirements))
	equal(t, "meter without a limit", b.packages.footer.metered.Visible(), false)
	limit, err := plan.Preset("heroku-slug")
	if err != nil {
		t.Fatal(err)
	}
	b.app.SetLimit(&limit)
	weighed := func() bool { x := b.session.Budgeted; return x != nil && (x.After != nil) == !b.session.Plan.Empty() }
	b.until("the limit", weighed)
	b.refresh()
	equal(t, "meter", b.packages.footer.metered.Visible(), true)
	want, err := analysis.Check(b.session.Build, []plan.Budget{limit}, nil)
	if err != nil {
		t.Fatal(err)
	}
	x := b.session.Budgeted
	equal(t, "distance", x.Before.Distance, want[0].Distance)
	equal(t, "over", x.Before.Over, want[0].Over)

	b.drops("librosa")
	b.until("the limit under the plan", weighed)
	x = b.session.Budgeted
	equal(t, "bytes that go make room", x.After.Used.Size < x.Before.Used.Size, true)
	contains(t, "tip", budgetState(x).Tip, "Heroku slug", "Under the plan", "1 GB compressed")

	b.command("save").run()
	b.write("one")
	equal(t, "dialog", b.win.Canvas().Overlays().Top() != nil, true)
	b.press("Return")
	b.until("saving", func() bool { return b.session.Saved != nil })
	b.show("library")
	equal(t, "saved build", b.library.table.Cell(0, "limit").Text, state.DistanceText(x.After.Distance))

	b.session.CompareWith(writeFile(t, "other.txt", "fastapi==0.115.14\n"))
	b.compared()
	contains(t, "limit of both sides", b.compare.totals.Text(), "Limit", state.DistanceText(x.Before.Distance))

	items := b.limitItems()
	equal(t, "no limit is a choice", items[0].Label, "No limit")
	items[0].Action()
	b.show("packages")
	equal(t, "meter without a limit", b.packages.footer.metered.Visible(), false)
	equal(t, "watched", b.session.Limit == nil, true)
}

// TestLimitWords says distances in words.
func TestLimitWords(t *testing.T) {
	seconds := func(low, high float64) plan.Distance {
		return plan.Distance{Seconds: &plan.Range{Low: low, High: high}}
	}
	for want, d := range map[string]plan.Distance{"unknown": {}, "may be over": seconds(-5, 60), "over by 10 to 20 s": seconds(-20, -10)} {
		equal(t, want, state.DistanceText(d), want)
	}
}
