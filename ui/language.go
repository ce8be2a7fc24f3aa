package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"weighline/ui/texts"
)

// Language returns the code of the language that the user chose, "" for the
// system's.
func (a *App) Language() string { return a.fyne.Preferences().String(prefLanguage) }

// SetLanguage makes all windows speak a language, "" for the system's, and
// remembers that. Fyne's own words, in its file dialog, stay in the system's.
func (a *App) SetLanguage(code string) {
	a.fyne.Preferences().SetString(prefLanguage, code)
	a.useLanguage()
	for _, w := range a.windows {
		w.rebuild()
	}
}

func (a *App) useLanguage() {
	code := a.Language()
	if code == "" {
		code = lang.SystemLocale().LanguageString()
	}
	if err := texts.Use(code); err != nil {
		fyne.LogError("the language "+code, err) // a broken catalogue: tests find that
	}
}

// rebuild makes the widgets of the window anew, as under another language. What
// is open and the page that is shown stay.
func (w *Window) rebuild() {
	w.tips.Close()
	w.session.Relabel()
	w.shown = w.session.Shown // no other build: the page stays
	w.build()
	w.bring(w.current)
	w.refresh()
}
