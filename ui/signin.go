package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/widget"

	"weighline/ui/texts"
)

// askSignIn asks for a user name and a password or token for a registry, and
// opens with them what the registry refused. They are not written anywhere.
func (w *Window) askSignIn(registry string) {
	user, password := newLineEntry("", texts.T("user name")), newLineEntry("", texts.T("password or token"))
	password.Password = true
	note := widget.NewLabel(texts.F("Used for this image until the window is closed, and not saved. docker login %s saves a sign-in for good.", registry))
	note.Wrapping, note.Importance = fyne.TextWrapWord, widget.LowImportance
	var d dialog.Dialog
	submit := func() {
		if name := strings.TrimSpace(user.Text); name != "" && password.Text != "" {
			d.Hide()
			w.session.SignIn(name, password.Text)
		}
	}
	ok := widget.NewButton(texts.T("Sign in"), submit)
	ok.Importance = widget.HighImportance
	buttons := container.NewHBox(spacer(), w.closing(texts.T("Cancel"), func() { d.Hide() }), ok)
	d = dialog.NewCustomWithoutButtons(texts.F("Sign in to %s", registry), container.NewVBox(user, password, note, buttons), w.win)
	user.OnSubmitted = func(string) { w.win.Canvas().Focus(password) }
	password.OnSubmitted = func(string) { submit() }
	user.escape, password.escape = func() { d.Hide() }, func() { d.Hide() }
	w.overlayed(d)
	w.fit(d, 480)
	w.win.Canvas().Focus(user)
}

// trustPlain keeps in the settings that a registry may be read without TLS, and
// tries again.
func (w *Window) trustPlain(registry string) {
	p := w.app.fyne.Preferences()
	p.SetString(prefPlainHTTP, strings.TrimSpace(p.String(prefPlainHTTP)+" "+registry))
	w.app.configure()
	w.session.Retry()
}

// askCA asks for a file of certificates to trust, keeps it in the settings and
// tries again.
func (w *Window) askCA() {
	e := newLineEntry(w.app.fyne.Preferences().String(prefCA), texts.T("a path"))
	w.ask(texts.T("Trust a CA file"), texts.T("A PEM file with the certificates of your company. It is kept in the settings."), texts.T("Trust"), e, w.browse(e), func(text string) {
		w.app.fyne.Preferences().SetString(prefCA, text)
		w.app.configure()
		w.session.Retry()
	})
}
