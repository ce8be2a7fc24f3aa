package ui

import (
	"fyne.io/fyne/v2"

	"weighline/analysis"
	"weighline/analysis/bytesize"
	"weighline/analysis/plan"
	"weighline/ui/state"
	"weighline/ui/texts"
	"weighline/ui/widgets"
)

// meterWidth is that of the meter in the footer.
const meterWidth = 210

// Limit returns the limit that the user chose to watch, nil if none.
func (a *App) Limit() *plan.Budget {
	chosen := a.fyne.Preferences().String(prefLimit)
	for _, b := range a.Budgets() {
		if chosen != "" && limitKey(b) == chosen {
			return &b
		}
	}
	return nil
}

// SetLimit chooses the limit to watch, in all windows; nil: none.
func (a *App) SetLimit(b *plan.Budget) {
	key := ""
	if b != nil {
		key = limitKey(*b)
	}
	a.fyne.Preferences().SetString(prefLimit, key)
	a.budgetsChanged()
}

// limitKey names a limit in the preferences.
func limitKey(b plan.Budget) string {
	if b.ID != "" {
		return b.ID
	}
	return b.Name
}

// limitItems are the limits to choose from: the user's own first, then those of
// platforms.
func (w *Window) limitItems() []*fyne.MenuItem {
	watched := w.session.Limit
	none := fyne.NewMenuItem(texts.T("No limit"), func() { w.app.SetLimit(nil) })
	none.Checked = watched == nil
	items := []*fyne.MenuItem{none}
	own := true
	for _, b := range w.app.Budgets() {
		if own && b.ID != "" {
			own = false
			items = append(items, fyne.NewMenuItemSeparator())
		}
		item := fyne.NewMenuItem(limitTitle(b), func() { w.app.SetLimit(&b) })
		item.Checked = watched != nil && limitKey(*watched) == limitKey(b)
		items = append(items, item)
	}
	return append(items, fyne.NewMenuItemSeparator(), fyne.NewMenuItem(texts.T("Limits of your own…"), func() { w.showSetting(prefBudgets) }))
}

// limitTitle names a limit with its figure and what it counts.
func limitTitle(b plan.Budget) string {
	if b.ID == "" {
		return b.String()
	}
	return texts.F("%s: %s", b.Name, b)
}

// budgetState is what the meter shows.
func budgetState(x *state.Budgeted) widgets.BudgetState {
	last := x.Last()
	out := widgets.BudgetState{Limit: float64(x.Limit.Limit), Label: state.CountsText(x.Limit.Counts), Text: state.DistanceText(last.Distance), Unknown: !last.Decided || last.Used.Unknown > 0, Tip: limitTip(x)}
	value := func(v *analysis.Verdict) float64 {
		switch {
		case v == nil || !v.Decided:
			return 0
		case x.Limit.Counts == plan.Time:
			if v.Distance.Seconds == nil {
				return 0
			}
			return float64(x.Limit.Limit) - v.Distance.Seconds.Low
		}
		return float64(v.Used.Size)
	}
	out.Value = value(last)
	if x.After != nil {
		out.Before = value(x.Before)
	}
	if !last.Decided {
		out.Text = texts.T("unknown")
	}
	return out
}

// limitTip says what a limit counts, who sets it and what came of it.
func limitTip(x *state.Budgeted) string {
	b := x.Limit
	tip := texts.F("%s: %s. It counts: %s.", b.Name, b, state.CountsText(b.Counts))
	if b.States != "" {
		tip += "\n" + texts.F("In the words of its source: %s (%s, read on %s)", b.States, b.Source, b.CheckedOn)
	}
	line := func(word string, v *analysis.Verdict) {
		if v == nil {
			return
		}
		used := v.Used.String()
		if b.Counts == plan.Time || !v.Decided {
			used = ""
		}
		tip += "\n" + texts.F("%s: %s  %s", word, used, state.DistanceText(v.Distance))
		if v.Note != "" {
			tip += " (" + v.Note + ")"
		}
	}
	line(texts.T("Now"), x.Before)
	line(texts.T("Under the plan"), x.After)
	return tip
}

// distanceCell shows how far something is from the watched limit.
func (w *Window) distanceCell(b plan.Budget, u plan.Usage) widgets.Cell {
	if _, known := u.Of(b.Counts); !known && (b.Counts != plan.Time || u.Seconds == nil) {
		return widgets.Cell{Text: "—", Dimmed: true, Tooltip: limitTitle(b)}
	}
	d, over := b.Check(u)
	c := widgets.Cell{Text: state.DistanceText(d), Tooltip: limitTitle(b)}
	if d.Left.Basis == bytesize.Unknown && d.Seconds == nil {
		c.Dimmed = true
	}
	if over {
		c.Tone = widgets.Bad
	}
	return c
}
