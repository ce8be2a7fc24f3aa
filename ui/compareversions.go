package ui

import (
	"fmt"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"weighline/analysis/bytesize"
	"weighline/ui/state"
	"weighline/ui/texts"
	"weighline/ui/widgets"
)

// versionsView is saved builds in a row: what changed at each step.
type versionsView struct {
	window  *Window
	content fyne.CanvasObject
	table   *widgets.DataTable
	trend   *widgets.Sparkbars
	title   *widget.Label
	all     *widget.Button
	empty   *widget.Label
	history *state.History
}

func newVersionsView(w *Window) *versionsView {
	v := &versionsView{window: w, trend: widgets.NewSparkbars(), title: widget.NewLabel("")}
	v.title.TextStyle.Bold = true
	v.title.Truncation = fyne.TextTruncateEllipsis
	v.table = widgets.NewDataTable(
		widgets.Column{ID: "name", Title: texts.T("Version"), Width: 150, Flex: true, NoSort: true},
		widgets.Column{ID: "saved", Title: texts.T("Saved"), Width: 128, NoSort: true},
		widgets.Column{ID: "unpacked", Title: texts.T("Unpacked"), Width: 92, Numeric: true, NoSort: true},
		widgets.Column{ID: "delta", Title: texts.T("Difference"), Width: 100, Numeric: true, NoSort: true, Tooltip: texts.T("to the version before")},
		widgets.Column{ID: "packages", Title: texts.T("Packages"), Width: 120, NoSort: true, Tooltip: texts.T("added, removed, changed")},
		widgets.Column{ID: "largest", Title: texts.T("Largest changes"), Width: 260, Flex: true, NoSort: true},
	)
	v.table.Length = func() int {
		if v.history == nil {
			return 0
		}
		return len(v.history.Versions)
	}
	v.table.Key = func(row int) string { return fmt.Sprint(row) }
	v.table.Cell = func(row int, column string) widgets.Cell { return v.cell(row, column) }
	v.table.OnActivate = v.compareStep
	v.table.OnMenu = func(keys []string, at fyne.Position) {
		v.table.Select(keys...)
		w.popUp(at, nil, menuItem{texts.T("Compare with the version before"), nil, func() { v.compareStep(keys[len(keys)-1]) }}, menuItem{texts.T("Copy rows as text"), v.table.TSV, nil})
	}
	w.rememberColumns(prefVersions, v.table)
	v.trend.Tip = func(i int) string { return v.history.Versions[i].Saved.Name }
	v.trend.OnTap = func(i int) { v.compareStep(fmt.Sprint(i)) }
	v.empty = widget.NewLabel(texts.T("Choose three saved builds or more in the library and press Compare: each version then has a line here with what changed."))
	v.empty.Alignment, v.empty.Wrapping = fyne.TextAlignCenter, fyne.TextWrapWord
	bars := container.NewGridWrap(fyne.NewSize(160, 28), v.trend)
	v.content = container.NewBorder(container.NewBorder(nil, nil, nil, bars, v.title), nil, nil, nil,
		container.NewStack(v.table, container.NewCenter(container.NewGridWrap(fyne.NewSize(420, 80), v.empty))))
	v.set(nil)
	return v
}

// set shows the versions of h.
func (v *versionsView) set(h *state.History) {
	v.history = h
	show(v.empty, h == nil)
	show(v.table, h != nil)
	show(v.trend, h != nil)
	if h == nil {
		v.title.SetText("")
		return
	}
	v.title.SetText(printable(h.Title))
	var values []float64
	for _, x := range h.Versions {
		values = append(values, float64(x.Saved.Summary.Unpacked))
	}
	v.trend.SetValues(values...)
	v.table.DataChanged()
}

// compareStep compares a version with the one before it.
func (v *versionsView) compareStep(key string) {
	row := 0
	fmt.Sscan(key, &row) //nolint:errcheck // the keys are numbers
	if v.history == nil || row == 0 || row >= len(v.history.Versions) {
		return
	}
	v.window.session.CompareSaved(v.history.Versions[row-1].Saved.ID, v.history.Versions[row].Saved.ID)
}

func (v *versionsView) cell(row int, column string) widgets.Cell {
	x := v.history.Versions[row]
	unpacked := func(i int) int64 { return v.history.Versions[i].Saved.Summary.Unpacked }
	switch column {
	case "name":
		return widgets.Cell{Text: printable(x.Saved.Name), Secondary: printable(x.Saved.Notes), Bold: true}
	case "saved":
		return widgets.Cell{Text: x.Saved.Created.Local().Format("2006-01-02 15:04"), Dimmed: true}
	case "unpacked":
		if unpacked(row) < 0 {
			return widgets.Cell{Text: "—", Dimmed: true}
		}
		return widgets.Cell{Text: bytesize.Size(unpacked(row)).String()}
	case "delta":
		if row == 0 {
			return widgets.Cell{}
		}
		if unpacked(row) < 0 || unpacked(row-1) < 0 {
			return widgets.Cell{Text: "—", Dimmed: true}
		}
		return deltaCell(bytesize.Of(bytesize.Size(unpacked(row)-unpacked(row-1))), v.widest())
	case "packages":
		if row == 0 {
			return widgets.Cell{}
		}
		return widgets.Cell{Text: fmt.Sprintf("+%d  −%d  ~%d", x.Added, x.Removed, x.Updated)}
	}
	text := printable(strings.Join(x.Largest, ", "))
	return widgets.Cell{Text: text, Tooltip: text}
}

// widest is the largest step.
func (v *versionsView) widest() (most bytesize.Size) {
	for i := 1; i < len(v.history.Versions); i++ {
		most = max(most, abs(bytesize.Size(v.history.Versions[i].Saved.Summary.Unpacked-v.history.Versions[i-1].Saved.Summary.Unpacked)))
	}
	return most
}
