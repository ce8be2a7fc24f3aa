package ui

import (
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"weighline/analysis"
	"weighline/ui/state"
	"weighline/ui/texts"
)

// An exportDialog lets the user choose which files of the preview are written,
// and where. All of them are written, or none.
type exportDialog struct {
	window  *Window
	rows    []*exportRow
	flatten *widget.Check
	note    *widget.Label
	hide    func()
}

// An exportRow is one file that can be written.
type exportRow struct {
	on   *widget.Check
	path *lineEntry
}

// chosen is the path, "" if the file is not wanted.
func (r *exportRow) chosen() string {
	if r == nil || !r.on.Checked {
		return ""
	}
	return strings.TrimSpace(r.path.Text)
}

func (w *Window) askExport() {
	if !w.session.CanExport() {
		return
	}
	newExportDialog(w)
}

func newExportDialog(w *Window) *exportDialog {
	s := w.session
	d := &exportDialog{window: w}
	lists := s.Build.Deps != nil
	first := state.ExportPath(s.Sources)
	beside := func(name string) string { return filepath.Join(filepath.Dir(first), name) }
	form := container.NewVBox()
	row := func(label, path string, on, can bool) {
		var r *exportRow
		if can {
			r = d.row(label, path, on)
			form.Add(exportLine(r))
		}
		d.rows = append(d.rows, r)
	}
	row(texts.T("Slim requirements"), first, lists, lists)
	d.flatten = widget.NewCheck(texts.T("Included files in the place of their line"), nil)
	if lists {
		form.Add(container.NewHBox(exportLabel(widget.NewLabel("")), d.flatten))
	}
	row(texts.T("For development"), beside("requirements-dev.txt"), len(s.Plan.Dev) > 0, lists && len(s.Plan.Dev) > 0)
	row(texts.T("Constraints"), beside("constraints.txt"), false, true)
	row(texts.T("Dockerfile"), beside("Dockerfile.slim"), false, true)
	row(texts.T("The plan as JSON"), beside("plan.json"), !lists, true)
	row(texts.T("Report: .html, .md or .csv"), beside("report.html"), false, true)
	d.note = widget.NewLabel(texts.F("%d of %d packages stay. Lines of dropped packages turn into comments; what is written is read again and resolved.",
		s.Preview.After.Packages, s.Preview.Before.Packages))
	d.note.Wrapping, d.note.Importance = fyne.TextWrapWord, widget.LowImportance
	d.open(form, lists)
	return d
}

func (d *exportDialog) row(label, path string, on bool) *exportRow {
	r := &exportRow{on: widget.NewCheck(label, nil), path: newLineEntry(path, texts.T("a path"))}
	r.on.SetChecked(on)
	r.path.OnChanged = func(string) { r.on.SetChecked(true) }
	r.path.OnSubmitted = func(string) { d.submit() }
	r.path.escape = func() { d.hide() }
	return r
}

// exportLabels is how wide the names of the files are.
const exportLabels = 250

func exportLabel(o fyne.CanvasObject) fyne.CanvasObject {
	return container.NewGridWrap(fyne.NewSize(exportLabels, o.MinSize().Height), o)
}

func exportLine(r *exportRow) fyne.CanvasObject {
	return container.NewBorder(nil, nil, exportLabel(r.on), nil, r.path)
}

func (d *exportDialog) open(form fyne.CanvasObject, lists bool) {
	w := d.window
	write := widget.NewButton(texts.T("Export"), d.submit)
	write.Importance = widget.HighImportance
	commands := widget.NewButtonWithIcon(texts.T("Copy uv and pip commands"), theme.ContentCopyIcon(), w.copyCommands)
	commands.Importance = widget.LowImportance
	buttons := container.NewHBox(spacer(), write)
	if lists {
		buttons.Objects = append([]fyne.CanvasObject{commands}, buttons.Objects...)
	}
	rows := container.NewVScroll(form)
	shown := w.showClosable(texts.T("Export"), around(container.NewVBox(), container.NewVBox(d.note, buttons), rows), fyne.NewSize(760, 400))
	w.fitRows(shown, 760, rows)
	d.hide = func() { shown.Hide() }
	for _, r := range d.rows {
		if r != nil {
			w.win.Canvas().Focus(r.path)
			r.path.TypedShortcut(&fyne.ShortcutSelectAll{})
			break
		}
	}
}

func (d *exportDialog) submit() {
	to := analysis.Exports{Requirements: d.rows[0].chosen(), Flatten: d.flatten.Checked, Dev: d.rows[1].chosen(),
		Constraints: d.rows[2].chosen(), Dockerfile: d.rows[3].chosen(), Plan: d.rows[4].chosen()}
	report := d.rows[5].chosen()
	if report != "" {
		report = state.ReportPath(report)
	}
	if to.Requirements+to.Dev+to.Constraints+to.Dockerfile+to.Plan+report == "" {
		d.note.SetText(texts.T("Choose at least one file, with a path."))
		return
	}
	d.hide()
	d.window.session.Export(to, report, false)
}

// copyCommands puts what uv and pip would be told on the clipboard.
func (w *Window) copyCommands() {
	if text := w.session.ExportCommands(filepath.Base(state.ExportPath(w.session.Sources))); text != "" {
		w.app.fyne.Clipboard().SetContent(text)
		w.session.Notice = state.Notice{Text: texts.T("The commands for uv and pip are on the clipboard.")}
		w.refresh()
	}
}

// askPlan lets the user choose the file of a plan.
func (w *Window) askPlan() {
	e := newLineEntry("plan.json", texts.T("a path"))
	w.ask(texts.T("Load a plan"), texts.T("A plan that was exported as JSON takes the place of the one that is made. Undo brings that back."),
		texts.T("Load"), e, w.browse(e), w.session.LoadPlan)
}

// askComparePlan lets the user choose the plan that the current one is compared
// with.
func (w *Window) askComparePlan() {
	e := newLineEntry("plan.json", texts.T("a path"))
	w.ask(texts.T("Compare with another plan"), texts.T("What this plan makes of the build is A, what the plan in the file makes of it is B."),
		texts.T("Compare"), e, w.browse(e), func(path string) {
			w.session.ComparePlanFile(path)
			w.show("compare")
		})
}
