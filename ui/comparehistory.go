package ui

import (
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"weighline/analysis/bytesize"
	"weighline/ui/state"
	"weighline/ui/texts"
	"weighline/ui/widgets"
)

// historyView is a line for each saved build of a reference, or for each of those
// that were chosen in the library, with what changed since the one before.
type historyView struct {
	page    *comparePage
	content fyne.CanvasObject
	of      *widget.Select
	step    *widget.Button
	table   *widgets.DataTable
	trend   *widgets.Sparkbars
	drawn   *state.History
	refs    []string
}

func newHistoryView(p *comparePage) *historyView {
	v := &historyView{page: p, trend: widgets.NewSparkbars()}
	s := p.window.session
	t := widgets.NewDataTable(
		widgets.Column{ID: "version", Title: texts.T("Version"), Width: 150, Min: 90, Flex: true, NoSort: true},
		widgets.Column{ID: "saved", Title: texts.T("Saved"), Width: 124, NoSort: true},
		widgets.Column{ID: "download", Title: texts.T("Download"), Width: 86, Numeric: true, NoSort: true},
		widgets.Column{ID: "ddown", Title: texts.T("Difference"), Width: 90, Numeric: true, NoSort: true},
		widgets.Column{ID: "unpacked", Title: texts.T("Unpacked"), Width: 86, Numeric: true, NoSort: true},
		widgets.Column{ID: "dunpacked", Title: texts.T("Difference"), Width: 90, Numeric: true, NoSort: true},
		widgets.Column{ID: "packages", Title: texts.T("Packages"), Width: 86, Numeric: true, NoSort: true},
		widgets.Column{ID: "pull", Title: texts.T("To pull"), Width: 80, Numeric: true, NoSort: true, Tooltip: texts.T("What a host that has the version before still fetches")},
		widgets.Column{ID: "most", Title: texts.T("Changed most"), Width: 220, Min: 90, Flex: true, NoSort: true},
	)
	t.Length = func() int {
		if s.History == nil {
			return 0
		}
		return len(s.History.Versions)
	}
	t.Key = func(row int) string { return fmt.Sprint(row) }
	t.Cell = func(row int, column string) widgets.Cell { return p.historyCell(&s.History.Versions[row], column) }
	t.OnActivate = func(string) { v.open() }
	t.OnSelect = func([]string) { v.refresh() }
	t.OnMenu = func(keys []string, at fyne.Position) {
		t.Select(keys...)
		v.refresh()
		p.window.popUp(at, []*widget.Button{v.step}, menuItem{texts.T("Copy rows as text"), t.TSV, nil})
	}
	p.window.rememberColumns(prefVersions, t)
	v.table = t
	v.trend.Tip = func(i int) string { return printable(s.History.Versions[i].Saved.Name) }
	v.trend.OnTap = func(i int) {
		t.Select(t.Key(i))
		v.refresh()
	}
	v.of = widget.NewSelect(nil, nil)
	v.of.PlaceHolder = texts.T("A reference with several saved builds")
	v.step = widget.NewButton(texts.T("Compare with the one before"), v.open)
	v.content = container.NewBorder(container.NewBorder(nil, nil, nil, container.NewHBox(container.NewGridWrap(fyne.NewSize(160, 28), v.trend), v.step), v.of), nil, nil, nil, t)
	return v
}

// chosen is the version that is selected, 0 for none or the first, which has none
// before.
func (v *historyView) chosen() int {
	row := 0
	for _, key := range v.table.Selected() {
		fmt.Sscan(key, &row) //nolint:errcheck // the keys are numbers
	}
	return row
}

// open compares the selected version with the one before, in full.
func (v *historyView) open() {
	if i := v.chosen(); i > 0 {
		v.page.window.session.CompareStep(i)
		v.page.choose(comparePackages)
	}
}

// offer reads the history of the open build's reference, if there is one and none
// was asked for yet.
func (v *historyView) offer() {
	s := v.page.window.session
	if s.History != nil || s.Busy() {
		return
	}
	names, _ := s.References()
	for _, r := range names {
		if len(names) == 1 || s.Build != nil && (s.Saved != nil && s.Saved.Reference == r || s.Saved == nil && state.Title(s.Sources) == r) {
			s.CompareVersions(r)
			return
		}
	}
}

// empty says why there is no line.
func (v *historyView) empty() string {
	s := v.page.window.session
	switch {
	case s.History != nil:
		return ""
	case s.Busy():
		return texts.T("Being read…")
	case len(v.refs) > 0:
		return texts.T("Choose a reference above, or several saved builds in the library.")
	}
	return texts.T("Save several builds of one reference: what changed between them is told here. Several saved builds can also be chosen in the library.")
}

func (v *historyView) refresh() {
	s := v.page.window.session
	names, builds := s.References()
	v.refs = names
	choices, chosen := []string{}, -1
	for i, r := range names {
		choices = append(choices, texts.F("%s: %d saved builds", printable(r), builds[r]))
		if s.History != nil && s.History.Title == r {
			chosen = i
		}
	}
	v.of.OnChanged = nil
	if fmt.Sprint(choices) != fmt.Sprint(v.of.Options) {
		v.of.SetOptions(choices)
	}
	if chosen != v.of.SelectedIndex() {
		if chosen < 0 {
			v.of.ClearSelected()
		} else {
			v.of.SetSelectedIndex(chosen)
		}
	}
	v.of.OnChanged = func(string) {
		if i := v.of.SelectedIndex(); i >= 0 && i < len(v.refs) {
			s.CompareVersions(v.refs[i])
		}
	}
	setShown(len(names) > 0, v.of)
	setShown(len(names) > 0 || s.History != nil, v.step)
	enable(v.step, v.chosen() > 0 && !s.Busy())
	if s.History != v.drawn {
		v.drawn = s.History
		var values []float64
		for _, x := range s.History.Versions {
			values = append(values, float64(x.Unpacked.Size))
		}
		v.trend.SetValues(values...)
		v.table.Select()
		v.table.DataChanged()
	}
	setShown(s.History != nil, v.trend, v.table)
}

func (p *comparePage) historyCell(x *state.HistoryVersion, column string) widgets.Cell {
	amount := func(a bytesize.Amount) widgets.Cell { return widgets.Cell{Text: amountText(a), Tooltip: exact(a)} }
	switch column {
	case "version":
		return widgets.Cell{Text: printable(x.Saved.Name), Secondary: printable(x.Saved.Notes), Tooltip: printable(x.Saved.Reference) + "\n" + x.Digest, Bold: true}
	case "saved":
		return widgets.Cell{Text: x.Saved.Updated.Local().Format("2006-01-02 15:04"), Dimmed: true}
	case "download":
		return amount(x.Download)
	case "unpacked":
		return amount(x.Unpacked)
	case "packages":
		if x.Packages == nil {
			return widgets.Cell{Text: "—"}
		}
		return widgets.Cell{Text: fmt.Sprint(*x.Packages)}
	}
	if x.Step == nil {
		return widgets.Cell{}
	}
	switch column {
	case "ddown":
		return p.deltaCell(x.Step.Totals.Download.Delta, 0)
	case "dunpacked":
		return p.deltaCell(x.Step.Totals.Unpacked.Delta, 0)
	case "pull":
		return amount(x.Step.Layers.Pull)
	case "most":
		return widgets.Cell{Text: x.Most, Tooltip: x.Most}
	}
	return widgets.Cell{}
}
