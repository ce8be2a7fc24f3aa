package ui

import (
	"context"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"weighline/analysis/bytesize"
	"weighline/store"
	"weighline/ui/state"
)

// An App is the running program: its windows share the library and the look.
type App struct {
	fyne       fyne.App
	library    *store.Store
	libraryErr error
	windows    []*Window
	scaled     bool              // FYNE_SCALE is ours
	ending     []<-chan struct{} // what closed windows still save
	drafts     string            // where unsaved plans are kept, "" for nowhere
	behind     bool              // another program is in front
	offered    bool              // drafts of an earlier run were offered

	// OnPainted, if it is set, is told how long it took from a toggle in the table or
	// on the map until the window was painted with what it changed.
	OnPainted func(time.Duration)
}

// NewApp puts the program on a Fyne app. library may be nil, for the reason
// err; nothing can be saved then.
func NewApp(a fyne.App, icon []byte, library *store.Store, err error) *App {
	app := &App{fyne: a, library: library, libraryErr: err}
	app.useLanguage()
	a.SetIcon(fyne.NewStaticResource("icon.png", icon))
	bytesize.UseBinary(a.Preferences().Bool(prefBinary))
	app.applyLook()
	a.Lifecycle().SetOnEnteredForeground(func() { app.behind = false })
	a.Lifecycle().SetOnExitedForeground(func() { app.behind = true })
	return app
}

// SetVariant makes all windows light or dark and remembers that.
func (a *App) SetVariant(v Variant) {
	a.fyne.Preferences().SetString(prefVariant, string(v))
	a.applyLook()
}

// applyLook puts theme and scale into effect.
func (a *App) applyLook() {
	p := a.fyne.Preferences()
	if scale := a.Scale(); scale != 1 || a.scaled {
		a.scaled = true
		os.Setenv("FYNE_SCALE", strconv.FormatFloat(float64(scale), 'f', 2, 32)) //nolint:errcheck // the name is fine; Fyne has no other way for a program to set it
	}
	a.fyne.Settings().SetTheme(newLook(Variant(p.StringWithFallback(prefVariant, string(System)))))
	for _, w := range a.windows {
		w.themeChanged()
	}
}

// budgetsChanged is called when the user set other limits, or watches another.
func (a *App) budgetsChanged() {
	for _, w := range a.windows {
		w.session.Watch(a.Limit())
		w.refresh()
	}
}

// KeepDrafts keeps unsaved plans in a folder until they are saved, so that a
// later run can offer them.
func (a *App) KeepDrafts(dir string) { a.drafts = dir }

// NewWindow opens a window with nothing in it.
func (a *App) NewWindow() *Window {
	w := newWindow(a, state.Config{
		Post:       fyne.Do,
		Library:    a.library,
		LibraryErr: a.libraryErr,
	})
	a.windows = append(a.windows, w)
	w.win.Show()
	if !a.offered {
		a.offered = true
		w.session.OfferDrafts()
	}
	return w
}

// libraryChanged has the other windows list the saved builds anew.
func (a *App) libraryChanged(by *Window) {
	for _, w := range a.windows {
		if w != by {
			w.session.LoadLibrary()
		}
	}
}

// painted calls OnPainted once the frame is painted that shows what was begun at
// start. What is posted while an event is handled runs after the frame that Fyne
// paints when it has handled all that came.
func (a *App) painted(start time.Time) {
	if a.OnPainted != nil {
		go fyne.Do(func() { a.OnPainted(time.Since(start)) })
	}
}

// closed forgets a window. A plan that is not saved waits for the next start, which
// shows that of the last window anyway.
func (a *App) closed(w *Window) {
	if len(a.windows) > 1 || !a.Restore() {
		w.session.LeaveDraft()
	}
	a.ending = append(a.ending, w.session.Close())
	for i, x := range a.windows {
		if x == w {
			a.windows = append(a.windows[:i], a.windows[i+1:]...)
			return
		}
	}
}

// Run shows the windows until the last one is closed and what was to be saved is.
func (a *App) Run(ctx context.Context) {
	stop := context.AfterFunc(ctx, func() { fyne.Do(a.fyne.Quit) })
	defer stop()
	stopped := takeStopHook(a.fyne.Lifecycle())
	a.fyne.Run()
	stopped()
	for _, w := range a.windows { // those that were not closed one by one
		a.ending = append(a.ending, w.session.Close())
	}
	for _, done := range a.ending {
		<-done
	}
}

// Quit closes all windows, and with the last one the program.
func (a *App) Quit() {
	for _, w := range slices.Clone(a.windows) {
		w.win.Close()
	}
}

// takeStopHook takes what Fyne does when it has stopped, which is to write the
// preferences, out of its queue of events: what comes into that queue while the last
// window closes can be lost, and Fyne 2.8 then waits for it without end.
func takeStopHook(l fyne.Lifecycle) (stopped func()) {
	h, ok := l.(interface {
		OnStopped() func()
		SetOnStoppedHookExecuted(f func())
	})
	if !ok {
		return func() {}
	}
	if stopped = h.OnStopped(); stopped == nil {
		return func() {}
	}
	h.SetOnStoppedHookExecuted(nil)
	return stopped
}

// maxRecent is how many sources the start screen remembers.
const maxRecent = 8

// recent returns what was opened, the latest first: the sources of each, a line
// each.
func (a *App) recent() []string { return a.fyne.Preferences().StringList(prefRecent) }

// remember puts sources first in the list of recent ones.
func (a *App) remember(sources []string) {
	source := strings.Join(sources, "\n")
	list := []string{source}
	for _, r := range a.recent() {
		if r != source && len(list) < maxRecent {
			list = append(list, r)
		}
	}
	a.fyne.Preferences().SetStringList(prefRecent, list)
}
