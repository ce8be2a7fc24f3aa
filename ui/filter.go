package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"weighline/ui/texts"
)

// A filterEntry filters as one types: packages, layers, files and saved builds
// alike. Escape empties it, Enter and Down go to what is shown.
type filterEntry struct {
	widget.Entry
	window *Window
}

func newFilterEntry(w *Window) *filterEntry {
	e := &filterEntry{window: w}
	e.ExtendBaseWidget(e)
	e.SetPlaceHolder(texts.T("Filter (Ctrl+F)"))
	e.SetIcon(theme.SearchIcon())
	e.OnChanged = w.session.SetFilter
	return e
}

// update shows the session's filter.
func (e *filterEntry) update() {
	s := e.window.session
	if e.Text != s.Filter {
		e.OnChanged = nil
		e.SetText(s.Filter)
		e.OnChanged = s.SetFilter
	}
	enable(e, s.Build != nil || e.window.current == "library" || s.Compare != nil && e.window.current == "compare")
}

func (e *filterEntry) TypedKey(k *fyne.KeyEvent) {
	switch k.Name {
	case fyne.KeyEscape:
		e.SetText("")
		e.window.focusPage()
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeyDown:
		e.window.focusPage()
	default:
		e.Entry.TypedKey(k)
	}
}
