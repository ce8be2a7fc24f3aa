package ui

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"weighline/analysis/fileclass"
	"weighline/analysis/pep"
	"weighline/ui/state"
	"weighline/ui/texts"
	"weighline/ui/widgets"
)

// addSelectionCommands lists what can be done about what is selected: the context
// menus do the same.
func (w *Window) addSelectionCommands(add func(id, menu, title string, shortcut fyne.KeyboardShortcut, enabled func() bool, do func())) {
	edit := texts.T("Edit")
	add("copy", edit, texts.T("Copy"), &fyne.ShortcutCopy{}, nil, w.copySelection)
	add("all", edit, texts.T("Select all"), &fyne.ShortcutSelectAll{}, nil, func() { w.toFocus(&fyne.ShortcutSelectAll{}) })
	add("toggle", texts.T("Plan"), texts.T("Drop the selected, or keep them again"), &desktop.CustomShortcut{KeyName: fyne.KeySpace}, func() bool { return len(w.chosen(false)) > 0 },
		func() { w.tell(func() { w.packages.toggle(w.selectedRows()) }) })
	add("filter-by", edit, texts.T("Filter by the selected package"), nil, func() bool { return w.session.Build != nil && w.session.Row(w.session.Selected) != nil }, func() { w.session.SetFilter(string(w.session.Row(w.session.Selected).Name)) })
	add("dev", texts.T("Plan"), texts.T("Move the selected to the list for development"), nil, func() bool { return len(w.chosen(true)) > 0 },
		func() { w.tell(func() { w.session.SetDev(w.chosen(true), true) }) })
}

// addPlanCommands lists what a plan can do about the whole build.
func (w *Window) addPlanCommands(add func(id, menu, title string, shortcut fyne.KeyboardShortcut, enabled func() bool, do func())) {
	s, menu := w.session, texts.T("Plan")
	there := func() bool { return !s.Plan.Empty() }
	onOff := func(id, title string, can, on func() bool, set func(bool)) {
		add(id, menu, title, nil, can, func() { w.tell(func() { set(!on()) }) })
		w.commands[len(w.commands)-1].checked = on
	}
	for _, class := range fileclass.All {
		onOff("strip-"+string(class), texts.F("Strip: %s", state.ClassTitle(class)), s.CanExport,
			func() bool { return s.Plan.Strips(class) }, func(on bool) { s.SetStrip(class, on) })
	}
	waste := func() bool { _, ok := s.CanSquash(); return ok }
	onOff("squash", texts.T("Squash the waste of lower layers"), waste, func() bool { return s.Plan.Squash }, s.SetSquash)
	add("plan", menu, texts.T("What the plan does…"), nil, there, w.showPlan)
	w.addStrategyCommands(add)
	add("reset", menu, texts.T("Keep everything again"), nil, there, s.Reset)
}

// addViewCommands lists what shows more of what is selected.
func (w *Window) addViewCommands(add func(id, menu, title string, shortcut fyne.KeyboardShortcut, enabled func() bool, do func())) {
	add("layerfiles", texts.T("View"), texts.T("Files of the selected layer"), nil, func() bool { return w.session.Build != nil && len(w.layers.table.Selected()) > 0 },
		func() { w.layers.showFiles(w.layers.table.Selected()[0]) })
	add("files-of", texts.T("View"), texts.T("Files of what is selected"), nil, func() bool { return w.canShow("files") && w.session.HasHome(w.session.Selected) }, w.showHome)
	add("allfiles", texts.T("View"), texts.T("Files of the final image"), nil, func() bool { return w.canShow("files") }, func() {
		w.session.ShowLayer(-1)
		w.show("files")
	})
	chart := func(do func()) func() {
		return func() {
			w.show("charts")
			do()
		}
	}
	open := func() bool { return w.session.Build != nil }
	add("chart-png", texts.T("View"), texts.T("Save the chart as PNG…"), nil, open, chart(func() { w.askChart(".png") }))
	add("chart-svg", texts.T("View"), texts.T("Save the chart as SVG…"), nil, open, chart(func() { w.askChart(".svg") }))
	add("chart-copy", texts.T("View"), texts.T("Copy the chart as text"), nil, open, chart(func() { w.app.fyne.Clipboard().SetContent(w.charts.copyText()) }))
	add("columns", texts.T("View"), texts.T("Columns of the table…"), nil, func() bool { return w.tableOf(w.current) != nil }, w.columnMenu)
	add("context", texts.T("View"), texts.T("Menu of the selection"), &desktop.CustomShortcut{KeyName: fyne.KeyF10}, nil, w.contextMenu)
}

// showHome shows the folder of the final file system that holds most of what is
// selected.
func (w *Window) showHome() {
	if n, ok := w.session.HomeOf(w.session.Selected); ok {
		w.files.find(w.files.files().FullPath(n))
		w.show("files")
	}
}

// selectedRows are the keys of the selected packages.
func (w *Window) selectedRows() []string {
	if keys := w.packages.table.Selected(); len(keys) > 0 {
		return keys
	}
	if w.session.Selected != "" {
		return []string{w.session.Selected}
	}
	return nil
}

// chosen are the selected packages that a plan can do something about; of those
// that a line asks for if roots is set.
func (w *Window) chosen(roots bool) []pep.Name {
	s := w.session
	if s.Build == nil {
		return nil
	}
	var out []pep.Name
	for _, key := range w.selectedRows() {
		if r := s.Row(key); r != nil && r.CanDrop && (r.Root || !roots) {
			out = append(out, r.Name)
		}
	}
	return out
}

// toFocus hands a shortcut to what has the focus.
func (w *Window) toFocus(s fyne.Shortcut) {
	if f, ok := w.win.Canvas().Focused().(fyne.Shortcutable); ok {
		f.TypedShortcut(s)
	}
}

// copySelection copies what has the focus, such as a field or the rows of a
// table; else what a page shows that has nothing to select.
func (w *Window) copySelection() {
	if _, field := w.win.Canvas().Focused().(fyne.Shortcutable); !field && w.current == "charts" {
		w.app.fyne.Clipboard().SetContent(w.charts.copyText())
		return
	}
	if w.win.Canvas().Focused() == nil {
		w.focusPage()
	}
	w.toFocus(&fyne.ShortcutCopy{Clipboard: w.app.fyne.Clipboard()})
}

// contextMenu opens the menu of what is selected where the focus is.
func (w *Window) contextMenu() {
	if w.win.Canvas().Focused() == nil {
		w.focusPage()
	}
	if f := w.win.Canvas().Focused(); f != nil {
		f.TypedKey(&fyne.KeyEvent{Name: desktop.KeyMenu})
	}
}

// tableOf returns the table that has the keys on a page, nil where there is none.
func (w *Window) tableOf(page string) *widgets.DataTable {
	for _, p := range w.pages {
		if p.id != page || p.focus == nil || p.enabled != nil && !p.enabled() {
			continue
		}
		for _, t := range w.tables() {
			if t.Focusable() == p.focus() {
				return t
			}
		}
	}
	return nil
}

// columnMenu offers to show and hide the columns of the page's table.
func (w *Window) columnMenu() {
	if t := w.tableOf(w.current); t != nil {
		at := fyne.CurrentApp().Driver().AbsolutePositionForObject(t)
		widget.ShowPopUpMenuAtPosition(t.ColumnMenu(), w.win.Canvas(), at.AddXY(0, 30))
	}
}

// tables are those of all pages.
func (w *Window) tables() []*widgets.DataTable {
	return []*widgets.DataTable{w.packages.table, w.layers.table, w.strategies.table, w.compare.table, w.compare.layers, w.compare.findings, w.compare.history.table, w.library.table}
}

// tell does something to the plan that need not be seen on the page at hand, and
// says what the build comes to, with a way back.
func (w *Window) tell(do func()) {
	s := w.session
	before := s.Plan
	do()
	if s.Plan.Equal(before) {
		return
	}
	after, text := s.Plan, w.comesTo()
	w.told = &after
	w.toasts.Say(text, texts.T("Undo"), func() {
		if s.Plan.Equal(after) {
			s.Undo()
		}
	})
}

// comesTo says what the plan makes of the build.
func (w *Window) comesTo() string {
	s := w.session
	figures := slices.DeleteFunc(s.Totals(), func(f state.Figure) bool { return f.After == "" })
	if len(figures) == 0 || s.Plan.Empty() {
		return texts.T("Everything is kept.")
	}
	f := figures[0]
	if i := slices.IndexFunc(figures, func(f state.Figure) bool { return f.Delta != texts.T("no change") }); i > 0 {
		f = figures[i] // as of what is stripped
	}
	if f.Delta == "" {
		return texts.F("%s: %s › %s", f.Label, f.Before, f.After)
	}
	return texts.F("%s: %s › %s (%s)", f.Label, f.Before, f.After, f.Delta)
}

// untell takes the message about a plan away that is another by now.
func (w *Window) untell() {
	if w.told != nil && !w.session.Plan.Equal(*w.told) {
		w.told = nil
		w.toasts.Dismiss()
	}
}
