package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"weighline/analysis/bytesize"
	"weighline/ui/texts"
	"weighline/ui/widgets"
)

// A planFooter says what the build is, and what it would be under the plan.
type planFooter struct {
	window  *Window
	content fyne.CanvasObject
	main    *figureLine
	picked  *widget.Label
	plan    *widget.Button
	keep    *widget.Button
	meter   *widgets.BudgetMeter
	metered *fyne.Container
	limit   *widget.Button
}

func newPlanFooter(w *Window) *planFooter {
	f := &planFooter{window: w, main: newFigureLine(), picked: widget.NewLabel("")}
	f.keep = widget.NewButtonWithIcon(texts.T("Keep everything"), theme.ContentUndoIcon(), func() { w.session.Reset() })
	f.keep.Importance = widget.LowImportance
	f.plan = widget.NewButtonWithIcon(texts.T("Plan"), theme.MenuExpandIcon(), f.menu)
	f.plan.Importance = widget.LowImportance
	f.picked.Importance = widget.LowImportance
	f.limit = widget.NewButtonWithIcon(texts.T("Limit"), theme.MenuExpandIcon(), f.limits)
	f.limit.Importance = widget.LowImportance
	f.meter = widgets.NewBudgetMeter(widgets.BudgetState{})
	f.metered = container.NewGridWrap(fyne.NewSize(meterWidth, f.meter.MinSize().Height), f.meter)
	f.content = container.NewVBox(widget.NewSeparator(), container.NewBorder(nil, nil, nil, container.NewHBox(f.picked, container.NewCenter(f.metered), f.keep, f.limit, f.plan), f.main))
	return f
}

func (f *planFooter) refresh() {
	s := f.window.session
	f.main.Set(s.Totals())
	metered := s.Limit != nil && s.Budgeted != nil
	setShown(metered, f.metered)
	setShown(!s.Plan.Empty() && !(metered && f.window.narrow), f.keep) // the plan's menu has it, too
	if s.Budgeted != nil {
		f.meter.Set(budgetState(s.Budgeted))
	}
}

// selected tells the sum of several selected rows.
func (f *planFooter) selected(keys []string) {
	if len(keys) < 2 {
		f.picked.SetText("")
		return
	}
	s := f.window.session
	var t bytesize.Total
	for _, k := range keys {
		if r := s.Row(k); r != nil {
			t.Add(s.Own(r))
		}
	}
	f.picked.SetText(texts.F("%d selected: %s", len(keys), t))
}

// limits lets the limit be chosen that totals are held against.
func (f *planFooter) limits() { f.popUp(f.limit, f.window.limitItems()) }

// menu opens what a plan can do about the whole build.
func (f *planFooter) menu() { f.popUp(f.plan, f.window.planItems()) }

// popUp opens a menu above a button.
func (f *planFooter) popUp(above *widget.Button, items []*fyne.MenuItem) {
	pop := widget.NewPopUpMenu(fyne.NewMenu("", items...), f.window.win.Canvas())
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(above)
	pop.ShowAtPosition(at.Subtract(fyne.NewPos(max(pop.MinSize().Width-above.Size().Width, 0), pop.MinSize().Height)))
}

// planItems are what a plan can do about the whole build: what can be stripped
// and squashed, and the plan itself.
func (w *Window) planItems() []*fyne.MenuItem {
	s := w.session
	var items []*fyne.MenuItem
	for _, c := range s.StripChoices() {
		amount := amountText(c.Bytes)
		if c.Bytes.Basis == bytesize.Unknown {
			amount = texts.T("size unknown")
		}
		item := fyne.NewMenuItem(texts.F("Strip: %s (%s)", c.Title, amount), func() { s.SetStrip(c.Class, !c.On) })
		item.Checked = c.On
		items = append(items, item)
	}
	if waste, ok := s.CanSquash(); ok {
		item := fyne.NewMenuItem(texts.F("Squash the waste of lower layers (%s)", waste), func() { s.SetSquash(!s.Plan.Squash) })
		item.Checked = s.Plan.Squash
		items = append(items, item)
	}
	write := fyne.NewMenuItem(texts.T("Write slim image…"), w.askSlim)
	write.Disabled = !s.CanSlim()
	about := fyne.NewMenuItem(texts.T("What the plan does…"), w.showPlan)
	keep := fyne.NewMenuItem(texts.T("Keep everything again"), s.Reset)
	about.Disabled, keep.Disabled = s.Plan.Empty(), s.Plan.Empty()
	items = append(items, fyne.NewMenuItemSeparator(), write, about, keep, fyne.NewMenuItemSeparator())
	for _, id := range []string{"export", "commands", "load-plan", "compare-plan-file"} {
		c := w.command(id)
		item := fyne.NewMenuItem(c.title, c.run)
		item.Disabled = !c.can()
		items = append(items, item)
	}
	return items
}

// showPlan tells in words what the plan does, to be read and copied.
func (w *Window) showPlan() {
	lines := w.session.PlanLines()
	for i := range lines {
		lines[i] = printable(lines[i])
	}
	text := strings.Join(lines, "\n")
	label := widget.NewLabel(text)
	label.Wrapping, label.Selectable = fyne.TextWrapWord, true
	copyIt := widget.NewButtonWithIcon(texts.T("Copy as text"), theme.ContentCopyIcon(), func() { w.app.fyne.Clipboard().SetContent(text) })
	w.showClosable(texts.T("What the plan does"), container.NewBorder(nil, container.NewHBox(copyIt), nil, nil, container.NewVScroll(label)), fyne.NewSize(620, 300))
}
