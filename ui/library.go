package ui

import (
	"errors"
	"fmt"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"weighline/analysis/bytesize"
	"weighline/store"
	"weighline/ui/texts"
	"weighline/ui/widgets"
)

// libraryPage lists the saved builds.
type libraryPage struct {
	window               *Window
	content              fyne.CanvasObject
	table                *widgets.DataTable
	open, rename, remove *widget.Button
	compare              *widget.Button // of several rows
	twice, in, out       *widget.Button
	notes                *widgets.TipLabel
	trend                *widgets.Sparkbars // of the versions of the chosen one
	below                *fyne.Container
	versions             []store.Build
	empty                *emptyNote
	drawn                string
	view                 []store.Build
}

func newLibraryPage(w *Window) *libraryPage {
	p := &libraryPage{window: w}
	p.table = widgets.NewDataTable(
		widgets.Column{ID: "name", Title: texts.T("Name"), Width: 180, Min: 130, Flex: true, NoSort: true, Names: true},
		widgets.Column{ID: "reference", Title: texts.T("Opened from"), Width: 180, Min: 110, Flex: true, NoSort: true, Names: true},
		widgets.Column{ID: "packages", Title: texts.T("Packages"), Width: 88, Numeric: true, NoSort: true},
		widgets.Column{ID: "download", Title: texts.T("Download"), Width: 140, Numeric: true, NoSort: true},
		widgets.Column{ID: "unpacked", Title: texts.T("Unpacked"), Width: 150, Numeric: true, NoSort: true},
		widgets.Column{ID: "limit", Title: texts.T("Limit"), Width: 168, Numeric: true, NoSort: true, Hidden: true, Tooltip: texts.T("How far it is from the limit that is watched")},
		widgets.Column{ID: "saved", Title: texts.T("Saved"), Width: 130, NoSort: true},
	)
	p.table.Length = func() int { return len(p.builds()) }
	p.table.Key = func(row int) string { return fmt.Sprint(p.builds()[row].ID) }
	p.table.Cell = func(row int, column string) widgets.Cell { return p.cell(p.builds()[row], column) }
	p.table.OnActivate = func(string) { p.openChosen() }
	p.table.OnSelect = func([]string) { p.buttons() }
	p.table.OnMenu = func(keys []string, at fyne.Position) {
		p.table.Select(keys...)
		p.buttons()
		w.popUp(at, []*widget.Button{p.open, p.rename, p.twice, p.compare, p.remove}, menuItem{texts.T("Compare all its versions"), nil, p.compareVersions}, menuItem{texts.T("Copy rows as text"), p.table.TSV, nil})
	}
	w.rememberColumns(prefSaved, p.table)
	p.open = widget.NewButtonWithIcon(texts.T("Open"), theme.FolderOpenIcon(), p.openChosen)
	p.rename = widget.NewButtonWithIcon(texts.T("Name and notes…"), theme.DocumentCreateIcon(), p.renameChosen)
	p.remove = widget.NewButtonWithIcon(texts.T("Delete"), theme.DeleteIcon(), func() { w.session.Delete(p.ids()...) })
	p.compare = widget.NewButtonWithIcon(texts.T("Compare"), theme.ViewRefreshIcon(), p.compareChosen)
	p.twice = widget.NewButtonWithIcon(texts.T("Duplicate"), theme.ContentCopyIcon(), p.duplicateChosen)
	p.in, p.out = widget.NewButton(texts.T("Import…"), w.askLibraryIn), widget.NewButton(texts.T("Export…"), w.askLibraryOut)
	p.notes = widgets.NewTipLabel("")
	p.notes.Truncation = fyne.TextTruncateEllipsis
	p.trend = widgets.NewSparkbars()
	p.trend.Tip = func(i int) string { return versionTip(p.versions[i]) }
	p.trend.OnTap = func(int) { p.compareVersions() }
	p.below = container.NewVBox(widget.NewSeparator(), container.NewBorder(nil, nil, nil, container.NewCenter(container.NewGridWrap(fyne.NewSize(160, 26), p.trend)), p.notes))
	p.empty = newEmptyNote()
	p.content = container.NewBorder(container.NewHBox(p.open, p.rename, p.twice, p.compare, p.remove, spacer(), p.in, p.out), p.below, nil, nil,
		p.empty.over(p.table))
	return p
}

// builds are the saved builds that the filter lets through.
func (p *libraryPage) builds() []store.Build { return p.view }

func (p *libraryPage) chosen() *store.Build {
	for _, key := range p.table.Selected() {
		for i, b := range p.builds() {
			if fmt.Sprint(b.ID) == key {
				return &p.builds()[i]
			}
		}
	}
	return nil
}

// chooseFirst gives the keys a row to act on as soon as there is one.
func (p *libraryPage) chooseFirst() {
	if p.window.current == "library" && len(p.builds()) > 0 && p.chosen() == nil {
		p.table.Select(fmt.Sprint(p.builds()[0].ID))
	}
}

func (p *libraryPage) openChosen() {
	if b := p.chosen(); b != nil {
		p.window.session.OpenSaved(b.ID)
	}
}

func (p *libraryPage) renameChosen() {
	if b := p.chosen(); b != nil {
		p.window.askRename(*b)
	}
}

func (p *libraryPage) duplicateChosen() {
	if b := p.chosen(); b != nil {
		p.window.session.Duplicate(b.ID)
	}
}

// ids are the saved builds that are selected.
func (p *libraryPage) ids() (ids []int64) {
	for _, key := range p.table.Selected() {
		var id int64
		if _, err := fmt.Sscan(key, &id); err == nil {
			ids = append(ids, id)
		}
	}
	return ids
}

// compareChosen compares the rows that are selected.
func (p *libraryPage) compareChosen() {
	if ids := p.ids(); len(ids) > 1 {
		p.window.session.CompareSaved(ids...)
	}
}

// addLibraryCommands lists what can be done about the saved builds that are
// selected.
func (w *Window) addLibraryCommands(add func(id, menu, title string, shortcut fyne.KeyboardShortcut, enabled func() bool, do func())) {
	chosen := func() int {
		if w.current != "library" {
			return 0
		}
		return len(w.library.ids())
	}
	one, some := func() bool { return chosen() == 1 }, func() bool { return chosen() > 0 }
	add("saved-name", texts.T("File"), texts.T("Name and notes of the saved build…"), &desktop.CustomShortcut{KeyName: fyne.KeyF2}, one, w.library.renameChosen)
	add("saved-twice", texts.T("File"), texts.T("Duplicate the saved build"), nil, one, w.library.duplicateChosen)
	add("saved-delete", texts.T("File"), texts.T("Delete the selected saved builds"), &desktop.CustomShortcut{KeyName: fyne.KeyDelete}, some, func() { w.session.Delete(w.library.ids()...) })
}

// compareVersions compares all saved builds of what the selected one is of.
func (p *libraryPage) compareVersions() {
	if b := p.chosen(); b != nil {
		p.window.session.CompareVersions(b.Reference)
	}
}

// versionTip names a saved build with its size.
func versionTip(b store.Build) string {
	return fmt.Sprintf("%s  %s  %s", printable(b.Name), b.Created.Local().Format("2006-01-02 15:04"), savedCell(b, "unpacked").Text)
}

// describe tells of the chosen build what the table has no room for: its notes,
// and how its versions grew.
func (p *libraryPage) describe() {
	b := p.chosen()
	setShown(b != nil, p.below)
	if b == nil {
		return
	}
	p.versions = p.window.session.Versions(b.Reference)
	text := texts.N(len(p.versions), "%d saved version of it", "%d saved versions of it")
	if b.Notes != "" {
		text = printable(b.Notes) + "   " + text
	}
	p.notes.SetText(text)
	p.notes.Tip = text
	var values []float64
	for _, v := range p.versions {
		values = append(values, float64(max(v.Summary.UnpackedAfter, v.Summary.DownloadAfter, 0)))
	}
	p.trend.SetValues(values...)
	setShown(len(values) > 1, p.trend)
}

func (p *libraryPage) buttons() {
	p.describe()
	enable(p.in, p.window.app.libraryErr == nil)
	enable(p.out, len(p.window.session.Library) > 0)
	enable(p.compare, len(p.table.Selected()) > 1)
	one := len(p.table.Selected()) == 1 && p.chosen() != nil
	enable(p.open, one)
	enable(p.rename, one)
	enable(p.twice, one)
	enable(p.remove, p.chosen() != nil)
}

func (p *libraryPage) refresh() {
	s := p.window.session
	drawn := ""
	p.table.ShowColumn("limit", s.Limit != nil)
	if s.Limit != nil {
		drawn = limitKey(*s.Limit)
	}
	p.view = p.view[:0]
	for _, b := range s.Library {
		if s.Lets(b.Name + " " + b.Reference + " " + b.Notes) {
			p.view = append(p.view, b)
		}
	}
	for _, b := range p.builds() {
		drawn += fmt.Sprint(b.ID, b.Name, b.Updated, b.Notes)
	}
	if drawn != p.drawn {
		p.drawn = drawn
		p.table.DataChanged()
	}
	p.chooseFirst()
	p.empty.say(p.whyEmpty())
	p.buttons()
}

// whyEmpty says why no saved build is listed, "" if there are some.
func (p *libraryPage) whyEmpty() string {
	s := p.window.session
	switch err := p.window.app.libraryErr; {
	case len(p.builds()) > 0:
	case err != nil:
		text := texts.F("The library could not be opened: %s", sentence(err.Error()))
		var cause *store.Error
		if errors.As(err, &cause) && cause.Hint() != "" {
			text += " " + sentence(cause.Hint())
		}
		return text
	case len(s.Library) == 0:
		return texts.T("Nothing is saved yet. Ctrl+S saves the open build with its plan.")
	default:
		return texts.F("No saved build matches %q.", s.Filter)
	}
	return ""
}

func (p *libraryPage) cell(b store.Build, column string) widgets.Cell {
	if column != "limit" {
		return savedCell(b, column)
	}
	text, over := p.window.session.SavedDistance(b)
	if text == "" {
		return widgets.Cell{Text: "—", Dimmed: true, Tooltip: texts.T("what is saved of it does not say")}
	}
	c := widgets.Cell{Text: text}
	if over {
		c.Tone = widgets.Bad
	}
	return c
}

// arrow stands between what is and what it would be.
const arrow = " › "

// signed puts a sign before a size, and before what it would be: what is not known
// may be among what stays.
func signed(sign, text string) string {
	before, after, changed := strings.Cut(text, arrow)
	if !changed {
		return sign + text
	}
	return sign + before + arrow + sign + strings.TrimPrefix(after, "≈ ")
}

func savedCell(b store.Build, column string) widgets.Cell {
	u := b.Summary
	change := func(before, after int64) string {
		switch {
		case before < 0:
			return "—"
		case before == after:
			return bytesize.Size(before).String()
		}
		return bytesize.Size(before).String() + arrow + bytesize.Size(after).String()
	}
	switch column {
	case "name":
		return widgets.Cell{Text: b.Name, Secondary: b.Notes, Bold: true}
	case "reference":
		return widgets.Cell{Text: b.Reference, Tooltip: b.Reference}
	case "packages":
		if u.Packages != u.PackagesAfter {
			return widgets.Cell{Text: fmt.Sprintf("%d › %d", u.Packages, u.PackagesAfter)}
		}
		return widgets.Cell{Text: fmt.Sprint(u.Packages)}
	case "download":
		c := widgets.Cell{Text: change(u.Download, u.DownloadAfter)}
		if u.EstimatedDownload && u.Download != u.DownloadAfter {
			c.Text, c.Tooltip = strings.Replace(c.Text, arrow, arrow+"≈ ", 1), texts.T("what layers that are written anew will weigh is an estimate")
		}
		if u.UnknownSizes > 0 {
			c.Text, c.Tooltip = signed("≥ ", c.Text), texts.N(u.UnknownSizes, "%d size unknown", "%d sizes unknown")
		}
		return c
	case "unpacked":
		c := widgets.Cell{Text: change(u.Unpacked, u.UnpackedAfter)}
		switch {
		case u.UnknownUnpacked > 0:
			c.Text, c.Tooltip = signed("≥ ", c.Text), texts.N(u.UnknownUnpacked, "%d size unknown", "%d sizes unknown")
		case u.EstimatedUnpack:
			c.Text, c.Tooltip = signed("≈ ", c.Text), texts.T("holds estimates")
		}
		return c
	case "saved":
		return widgets.Cell{Text: b.Updated.Local().Format("2006-01-02 15:04"), Dimmed: true}
	}
	return widgets.Cell{}
}
