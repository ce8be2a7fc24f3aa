package ui

import (
	"fmt"

	"fyne.io/fyne/v2"

	"weighline/ui/texts"
)

// addCompareCommands lists what compares builds.
func (w *Window) addCompareCommands(add func(id, menu, title string, shortcut fyne.KeyboardShortcut, enabled func() bool, do func())) {
	s, menu := w.session, texts.T("Comparison")
	there := func() bool { return s.Compare != nil && !s.Busy() }
	comparing := func(do func()) func() {
		return func() {
			do()
			w.show("compare")
		}
	}
	add("compare", menu, texts.T("Compare with…"), key(fyne.KeyD, ctrl), func() bool { return s.Build != nil }, w.askCompare)
	add("compare-before", menu, texts.T("Compare with what was open before"), key(fyne.KeyD, ctrl|fyne.KeyModifierShift), s.CanCompareBefore, comparing(s.CompareBefore))
	add("compare-plan", menu, texts.T("Compare with what the plan makes of it"), nil, s.CanComparePlan, comparing(s.ComparePlan))
	add("compare-plan-file", menu, texts.T("Compare with another plan…"), nil, func() bool { return s.CanExport() && !s.Busy() }, w.askComparePlan)
	add("compare-sample", menu, texts.T("Compare with the sample's slim image"), nil, func() bool { return s.Build != nil && s.IsSample() && !s.Busy() }, comparing(s.CompareSample))
	add("compare-saved", menu, texts.T("Compare the selected saved builds"), nil, func() bool { return w.current == "library" && len(w.library.table.Selected()) > 1 && !s.Busy() }, w.library.compareChosen)
	add("swap-sides", menu, texts.T("Swap A and B"), nil, there, s.SwapSides)
	add("compare-planned", menu, texts.T("Compare what the plans make of both"), nil, func() bool { return there() && s.Compare.HasPlans() }, func() { s.SetPlanned(!s.Compare.Planned) })
	w.commands[len(w.commands)-1].checked = func() bool { return s.Compare != nil && s.Compare.Planned }
	add("compare-report", menu, texts.T("Write the comparison as a report…"), nil, there, w.askCompareReport)
	add("compare-view", menu, texts.T("Next view of the comparison"), key(fyne.KeyTab, ctrl), func() bool { return w.current == "compare" }, w.compare.next)
	for view, title := range w.compare.titles() {
		add(fmt.Sprintf("compare-%d", view), menu, title, nil, w.canShowCompare, func() {
			w.show("compare")
			w.compare.choose(view)
		})
	}
}

// toggleMap hides the maps of the page, or shows them again.
func (w *Window) toggleMap() {
	if w.current == "compare" {
		w.compare.toggleMaps()
		return
	}
	w.packages.toggleMap()
}

// titles name the views as commands.
func (p *comparePage) titles() [compareViews]string {
	return [compareViews]string{texts.T("Packages that differ"), texts.T("Layers side by side"), texts.T("Files that differ"), texts.T("Findings that differ"), texts.T("History of saved builds")}
}

// canShowCompare reports whether the page has something to say.
func (w *Window) canShowCompare() bool {
	s := w.session
	return s.Build != nil || s.Compare != nil || s.History != nil || w.current == "compare"
}

func (w *Window) askCompareReport() {
	e := newLineEntry(w.session.ComparePath(), texts.T("a path"))
	w.ask(texts.T("Write the comparison as a report"), texts.T("The name's ending says in which form: .html, .md for a pull request, .json or .csv."), texts.T("Write"), e, nil,
		func(path string) { w.session.WriteCompare(path, false) })
}
