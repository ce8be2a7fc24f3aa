package ui

import (
	"path/filepath"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"weighline/store"
	"weighline/ui/texts"
	"weighline/ui/widgets"
)

// A lineEntry is a field that hands Enter and Escape on.
type lineEntry struct {
	widget.Entry
	escape func()
}

func newLineEntry(text, placeholder string) *lineEntry {
	e := &lineEntry{}
	e.ExtendBaseWidget(e)
	e.SetPlaceHolder(placeholder)
	e.SetText(text)
	return e
}

func (e *lineEntry) TypedKey(k *fyne.KeyEvent) {
	if k.Name == fyne.KeyEscape && e.escape != nil {
		e.escape()
		return
	}
	e.Entry.TypedKey(k)
}

// ask shows a dialog with one field that has the focus. browse, if not nil,
// adds a button that opens a file dialog and puts what it finds into the field.
func (w *Window) ask(title, hint, ok string, entry *lineEntry, browse func(), done func(text string)) {
	w.askMore(title, hint, ok, entry, browse, nil, done)
}

// askNamed asks for a name and notes.
func (w *Window) askNamed(title, hint, ok, name, notes string, done func(name, notes string)) {
	e, more := newLineEntry(name, texts.T("a name")), newLineEntry(notes, texts.T("notes: why, for whom …"))
	w.askMore(title, hint, ok, e, nil, more, func(text string) { done(text, strings.TrimSpace(more.Text)) })
}

// askMore asks for what stands in entry. more, if not nil, is below it: a field
// that may stay empty, or a box.
func (w *Window) askMore(title, hint, ok string, entry *lineEntry, browse func(), more fyne.CanvasObject, done func(text string)) {
	note := widget.NewLabel(hint)
	note.Wrapping = fyne.TextWrapWord
	note.Importance = widget.LowImportance
	var line fyne.CanvasObject = entry
	if browse != nil {
		line = container.NewBorder(nil, nil, nil, widget.NewButtonWithIcon(texts.T("Browse…"), theme.FolderOpenIcon(), browse), entry)
	}
	fields := container.NewVBox(line)
	if more != nil {
		fields.Add(more)
	}
	var d dialog.Dialog
	submit := func() {
		if text := strings.TrimSpace(entry.Text); text != "" {
			d.Hide()
			done(text)
		}
	}
	okButton := widget.NewButton(ok, submit)
	okButton.Importance = widget.HighImportance
	cancel := w.closing(texts.T("Cancel"), func() { d.Hide() })
	buttons := container.NewHBox(spacer(), cancel, okButton)
	d = dialog.NewCustomWithoutButtons(title, container.NewVBox(fields, note, buttons), w.win)
	entry.OnSubmitted = func(string) { submit() }
	entry.escape = func() { d.Hide() }
	if second, ok := more.(*lineEntry); ok {
		second.OnSubmitted, second.escape = entry.OnSubmitted, entry.escape
	}
	w.overlayed(d)
	w.fit(d, 560)
	w.win.Canvas().Focus(entry)
	entry.TypedShortcut(&fyne.ShortcutSelectAll{})
}

// browse opens Fyne's file dialog, which has no field for a path, and puts what
// was chosen into entry.
func (w *Window) browse(entry *lineEntry) func() {
	return func() {
		d := dialog.NewFileOpen(func(r fyne.URIReadCloser, err error) {
			if err == nil && r != nil {
				r.Close()
				entry.SetText(r.URI().Path())
			}
		}, w.win)
		d.Show()
		d.Resize(w.win.Canvas().Size().Subtract(fyne.NewSize(60, 60)))
	}
}

// browseFolder is browse for a folder.
func (w *Window) browseFolder(entry *lineEntry) func() {
	return func() {
		d := dialog.NewFolderOpen(func(dir fyne.ListableURI, err error) {
			if err == nil && dir != nil {
				entry.SetText(dir.Path())
			}
		}, w.win)
		d.Show()
		d.Resize(w.win.Canvas().Size().Subtract(fyne.NewSize(60, 60)))
	}
}

func (w *Window) askFile() {
	e := newLineEntry("", texts.T("requirements.txt, uv.lock, a folder …"))
	w.ask(texts.T("Open requirements or lock"), texts.T("A path, or several with blanks between: an image may be among them, and -c FILE names a constraints file. Files can also be dropped on the window."),
		texts.T("Open"), e, w.browse(e), w.session.OpenLine)
}

func (w *Window) askImage() {
	e := newLineEntry("", texts.T("python:3.12-slim, image.tar, docker:NAME …"))
	var more fyne.CanvasObject
	beside := widget.NewCheck("", nil)
	if s := w.session; s.Build != nil && s.Build.Deps != nil && s.Build.Image == nil && s.Saved == nil {
		beside.SetText(texts.F("Beside the requirements that are open: %s", s.Title))
		beside.SetChecked(true)
		beside.OnChanged = func(bool) { w.win.Canvas().Focus(e) } // Enter is its key
		more = beside
	}
	w.askMore(texts.T("Inspect an image"), texts.T("A registry's name (a pasted docker pull is fine), a saved archive, an OCI folder, or docker:NAME and podman:NAME for the local engine."),
		texts.T("Inspect"), e, w.browse(e), more, func(text string) {
			if beside.Checked {
				w.Open(append(slices.Clone(w.session.Lists), text)...)
				return
			}
			w.Open(text)
		})
}

func (w *Window) askCode() {
	e := newLineEntry(w.session.CodeFolder(), texts.T("a folder"))
	w.ask(texts.T("Read the code that uses it"), texts.T("A folder with the Python sources of your service. They are read here and nowhere else; nothing runs."),
		texts.T("Read"), e, w.browseFolder(e), w.session.ReadCode)
}

func (w *Window) askSave() {
	s := w.session
	name, notes := s.Title, ""
	if s.Saved != nil {
		name, notes = s.Saved.Name, s.Saved.Notes
	}
	w.askNamed(texts.T("Save in the library"), texts.T("The build and the plan are kept under this name and open again without the files."),
		texts.T("Save"), name, notes, s.Save)
}

func (w *Window) askChart(ending string) {
	name := map[int]string{chartPackages: "packages", chartLayers: "layers", chartHistory: "history"}[w.charts.shows()]
	e := newLineEntry(name+ending, texts.T("a path"))
	w.ask(texts.T("Save the chart"), texts.T("Written where the path says."), texts.T("Save"), e, nil, func(text string) {
		if !hasEnding(text, ending) {
			text += ending
		}
		w.session.Write(text, false, w.charts.save(text))
	})
}

func hasEnding(path, ending string) bool { return strings.EqualFold(filepath.Ext(path), ending) }

func (w *Window) askRename(b store.Build) {
	w.askNamed(texts.T("Name and notes"), texts.T("Of the saved build."), texts.T("Change"), b.Name, b.Notes, func(name, notes string) { w.session.Rename(b.ID, name, notes) })
}

func (w *Window) askLibraryOut() {
	e := newLineEntry("weighline-library.db", texts.T("a path"))
	w.ask(texts.T("Export the library"), texts.T("All saved builds with the layers that they need, as one file that another computer imports. Passwords of package indexes stay here."),
		texts.T("Export"), e, nil, w.session.ExportLibrary)
}

func (w *Window) askLibraryIn() {
	e := newLineEntry("", texts.T("a path"))
	w.ask(texts.T("Import a library"), texts.T("Its saved builds come beside those that are here; what is here already is left out."), texts.T("Import"), e, w.browse(e), w.session.ImportLibrary)
}

// fit makes a dialog as wide as there is room, up to width, and no higher than its
// text then needs: how high that is the text knows only when it has its width.
func (w *Window) fit(d dialog.Dialog, width float32) {
	room := w.win.Canvas().Size().SubtractWidthHeight(40, 40)
	width = min(width, room.Width)
	for range 2 {
		d.Resize(fyne.NewSize(width, min(d.MinSize().Height, room.Height)))
	}
}

// fitRows is fit for a dialog with rows that scroll: all of them are seen if there is
// room.
func (w *Window) fitRows(d dialog.Dialog, width float32, rows *container.Scroll) {
	w.fit(d, width)
	others := d.MinSize().Height - rows.MinSize().Height
	rows.SetMinSize(fyne.NewSize(0, min(rows.Content.MinSize().Height, w.win.Canvas().Size().Height-40-others)))
	w.fit(d, width)
}

// showClosable shows content with a button that closes it and has the focus.
func (w *Window) showClosable(title string, content fyne.CanvasObject, size fyne.Size) (d dialog.Dialog) {
	closeIt := w.closing(texts.T("Close"), func() { d.Hide() })
	if s := scrollIn(content); s != nil {
		scrollByKeys(closeIt, s)
	}
	d = dialog.NewCustomWithoutButtons(title, container.NewBorder(nil, container.NewCenter(closeIt), nil, nil, content), w.win)
	w.overlayed(d)
	room := w.win.Canvas().Size()
	d.Resize(fyne.NewSize(min(size.Width, room.Width-40), min(size.Height, room.Height-40)))
	w.win.Canvas().Focus(closeIt)
	return d
}

// scrollIn finds what scrolls in the content of a dialog, nil if nothing does.
func scrollIn(o fyne.CanvasObject) *container.Scroll {
	switch o := o.(type) {
	case *container.Scroll:
		return o
	case *fyne.Container:
		for _, child := range o.Objects {
			if s := scrollIn(child); s != nil {
				return s
			}
		}
	}
	return nil
}

// scrollByKeys lets the keys scroll s while a button that has no use for them has
// the focus.
func scrollByKeys(b *widgets.TipButton, s *container.Scroll) {
	others := b.OnKey
	b.OnKey = func(e *fyne.KeyEvent) {
		page := s.Size().Height
		by, scrolls := map[fyne.KeyName]float32{fyne.KeyUp: -30, fyne.KeyDown: 30, fyne.KeyPageUp: -page, fyne.KeyPageDown: page,
			fyne.KeyHome: -s.Content.MinSize().Height, fyne.KeyEnd: s.Content.MinSize().Height}[e.Name]
		if !scrolls {
			others(e)
			return
		}
		s.ScrollToOffset(fyne.NewPos(s.Offset.X, min(max(s.Offset.Y+by, 0), max(s.Content.MinSize().Height-page, 0))))
	}
}

// overlayed shows d in the place of the dialog that is open, if there is one.
func (w *Window) overlayed(d dialog.Dialog) {
	if w.overlay != nil {
		w.overlay.Hide()
	}
	w.overlay = d
	d.SetOnClosed(func() {
		if w.overlay == topLayer(d) {
			w.overlay = nil
		}
	})
	d.Show()
}

func (w *Window) showKeys() {
	form := widget.NewForm()
	for _, c := range w.commands {
		if c.shortcut != nil {
			form.Append(keyText(c.shortcut), widget.NewLabel(trimEllipsis(c.title)))
		}
	}
	for _, k := range [][2]string{{texts.T("Enter"), texts.T("Show the details of a package")},
		{texts.T("Esc"), texts.T("Close, stop reading, put a message away")}, {texts.T("letters"), texts.T("Go to the package that begins so")}} {
		form.Append(k[0], widget.NewLabel(k[1]))
	}
	w.showClosable(texts.T("Keyboard"), container.NewVScroll(form), fyne.NewSize(520, 640))
}
