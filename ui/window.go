package ui

import (
	"fmt"
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"weighline/analysis"
	"weighline/analysis/plan"
	"weighline/ui/state"
	"weighline/ui/texts"
	"weighline/ui/widgets"
)

// A page is one screen of a window.
type page struct {
	id, title string
	icon      fyne.Resource
	enabled   func() bool
	content   fyne.CanvasObject
	refresh   func()
	focus     func() fyne.Focusable // what takes the keys when the page is shown; nil: nothing
	button    *widgets.TipButton
}

// A Window is one window with its session.
type Window struct {
	app     *App
	win     fyne.Window
	session *state.Session
	post    func(func()) // runs a function on the interface's goroutine

	pages    []*page
	current  string
	commands []*command
	items    map[string]*fyne.MenuItem

	packages   *packagesPage
	start      *startPage
	layers     *layersPage
	files      *filesPage
	insights   *insightsPage
	strategies *strategiesPage
	charts     *chartsPage
	compare    *comparePage
	library    *libraryPage
	settings   *settingsPage
	trail      trail
	job        jobWatch

	title, subtitle *widgets.TipLabel
	heading         *fyne.Container // title and subtitle
	filter          *filterEntry
	tools           map[string]*widgets.TipButton
	rail            *fyne.Container
	narrow          bool            // see frame
	stage           *fyne.Container // the page that is shown
	header          *fyne.Container
	status          *statusLine
	tips            *widgets.TipLayer
	toasts          *widgets.ToastLayer
	told            *plan.Plan           // what the toast tells of, nil for nothing
	wanted          string               // the page to show when what was open last is there
	palette         *widgets.Palette     // that was shown last
	overlay         topLayer             // a dialog that Escape closes, nil if none
	proved          *analysis.SlimResult // the written image whose proof was shown
	compared        *state.Compare       // the comparison that was brought to the front
	shown           int                  // Session.Shown when the window was last drawn
}

func newWindow(a *App, c state.Config) *Window {
	w := &Window{app: a, post: c.Post, win: a.fyne.NewWindow("Weighline")}
	c.Changed, c.Progressed = w.refresh, w.refreshStatus
	c.LibraryChanged = func() { a.libraryChanged(w) }
	c.Options = a.options()
	c.Asks = state.Asks{SignIn: w.askSignIn, CAFile: w.askCA, PlainHTTP: w.trustPlain, Image: w.askImage, Save: w.askSave, Settings: func() { w.showSetting(prefProxy) }}
	if c.Drafts == "" && a.Autosave() {
		c.Drafts = a.drafts
	}
	w.session = state.New(c)
	w.session.Watch(a.Limit())
	w.build()
	w.win.SetOnDropped(func(_ fyne.Position, uris []fyne.URI) { w.dropped(uris) })
	p := a.fyne.Preferences()
	w.win.Resize(fyne.NewSize(float32(p.FloatWithFallback(prefWidth, 1280)), float32(p.FloatWithFallback(prefHeight, 800))))
	w.win.SetOnClosed(func() {
		size := w.win.Canvas().Size()
		p.SetFloat(prefWidth, float64(size.Width))
		p.SetFloat(prefHeight, float64(size.Height))
		w.keepPlace()
		w.tips.Close()
		a.closed(w)
	})
	w.show("start")
	w.trail = trail{}
	w.session.LoadLibrary()
	return w
}

// build makes the widgets of the window.
func (w *Window) build() {
	w.commands, w.items, w.tools = nil, map[string]*fyne.MenuItem{}, map[string]*widgets.TipButton{}
	w.narrow = false
	w.makePages()
	w.makeCommands()
	w.win.SetContent(w.makeContent())
	w.makeMenu()
	w.restorePanes()
}

func (w *Window) makePages() {
	s := w.session
	open := func() bool { return s.Build != nil }
	image := func() bool { return s.Build != nil && s.Build.Image != nil }
	w.start, w.packages, w.layers = newStartPage(w), newPackagesPage(w), newLayersPage(w)
	w.files, w.insights, w.strategies, w.charts, w.compare, w.library = newFilesPage(w), newInsightsPage(w), newStrategiesPage(w), newChartsPage(w), newComparePage(w), newLibraryPage(w)
	w.settings = newSettingsPage(w)
	w.pages = []*page{
		{id: "start", title: texts.T("Start"), icon: theme.HomeIcon(), content: w.start.content, refresh: w.start.refresh},
		{id: "packages", title: texts.T("Packages"), icon: theme.ListIcon(), enabled: open, content: w.packages.content, refresh: w.packages.refresh, focus: w.packages.table.Focusable},
		{id: "layers", title: texts.T("Layers"), icon: theme.StorageIcon(), enabled: image, content: w.layers.content, refresh: w.layers.refresh, focus: w.layers.table.Focusable},
		{id: "files", title: texts.T("Files"), icon: theme.FolderIcon(), enabled: func() bool { return image() && s.Build.Image.Tree != nil }, content: w.files.content, refresh: w.files.refresh, focus: w.files.tree.Focusable},
		{id: "insights", title: texts.T("Insights"), icon: theme.InfoIcon(), enabled: open, content: w.insights.content, refresh: w.insights.refresh},
		{id: "strategies", title: texts.T("Strategies"), icon: theme.MediaFastForwardIcon(), enabled: func() bool { return open() && s.Build.Graph() != nil }, content: w.strategies.content, refresh: w.strategies.refresh, focus: w.strategies.table.Focusable},
		{id: "charts", title: texts.T("Charts"), icon: theme.GridIcon(), enabled: open, content: w.charts.content, refresh: w.charts.refresh},
		{id: "compare", title: texts.T("Compare"), icon: theme.ViewRefreshIcon(), enabled: w.canShowCompare, content: w.compare.content, refresh: w.compare.refresh, focus: w.compare.focusable},
		{id: "library", title: texts.T("Library"), icon: theme.DocumentSaveIcon(), content: w.library.content, refresh: w.library.refresh, focus: w.library.table.Focusable},
		{id: "settings", title: texts.T("Settings"), icon: theme.SettingsIcon(), content: w.settings.content, refresh: w.settings.refresh},
	}
}

func (w *Window) makeContent() fyne.CanvasObject {
	rail := container.NewVBox()
	for _, p := range w.pages {
		p.button = widgets.NewTipButton(p.title, p.icon, fmt.Sprintf("%s (%s)", p.title, keyText(w.command("go-"+p.id).shortcut)), func() { w.show(p.id) })
		p.button.Alignment = widget.ButtonAlignLeading
		p.button.Importance = widget.LowImportance
		rail.Add(p.button)
	}
	w.title, w.subtitle = widgets.NewTipLabel(""), widgets.NewTipLabel("")
	w.title.TextStyle.Bold = true
	w.filter = newFilterEntry(w)
	tools := container.NewHBox(container.NewGridWrap(fyne.NewSize(200, w.filter.MinSize().Height), w.filter))
	for _, id := range []string{"undo", "redo", "save", "export"} {
		tools.Add(w.tool(id))
	}
	w.heading = container.New(titleLayout{}, w.title, w.subtitle)
	w.header = container.NewBorder(nil, widget.NewSeparator(), nil, tools, w.heading)
	w.stage = container.NewStack()
	w.status = newStatusLine(w)
	w.rail = container.NewHBox(container.NewPadded(rail), widget.NewSeparator())
	w.toasts = widgets.NewToastLayer(container.New(frame{w}, w.header, w.rail, w.stage, w.status.content))
	w.toasts.Below = 88 // what the plan comes to stays in sight
	w.tips = widgets.NewTipLayer(w.toasts)
	return w.tips
}

var toolIcons = map[string]func() fyne.Resource{
	"undo": theme.ContentUndoIcon, "redo": theme.ContentRedoIcon,
	"save": theme.DocumentSaveIcon, "export": theme.DownloadIcon,
}

// toolTexts are the words on buttons, where there is room.
func toolTexts() map[string]string {
	return map[string]string{"save": texts.T("Save"), "export": texts.T("Export")}
}

// tool makes a button for a command.
func (w *Window) tool(id string) fyne.CanvasObject {
	c := w.command(id)
	tip := trimEllipsis(c.title)
	if c.shortcut != nil {
		tip += " (" + keyText(c.shortcut) + ")"
	}
	b := widgets.NewTipButton(toolTexts()[id], toolIcons[id](), tip, c.run)
	b.Importance = widget.LowImportance
	w.tools[id] = b
	return b
}

// show brings a page to the front, if it can be shown.
func (w *Window) show(id string) {
	for _, p := range w.pages {
		if p.id == id && (p.enabled == nil || p.enabled()) {
			w.leave(id)
			w.bring(id)
		}
	}
	w.refresh()
}

// Open opens sources in this window. What could be opened is remembered.
func (w *Window) Open(sources ...string) {
	if len(sources) > 0 {
		w.session.Open(sources...)
	}
}

// dropped opens files that were dropped on the window.
func (w *Window) dropped(uris []fyne.URI) {
	var paths []string
	for _, u := range uris {
		paths = append(paths, u.Path())
	}
	w.session.OpenDropped(paths...)
}

// OpenSample opens the sample in this window.
func (w *Window) OpenSample() { w.session.OpenSample() }

// OpenSaved opens the saved build of that name in this window.
func (w *Window) OpenSaved(name string) { w.session.OpenSavedName(name) }

// refresh draws the window anew, but for pages that are not shown.
func (w *Window) refresh() {
	if w.stage == nil {
		return // still being made
	}
	s := w.session
	w.slimmed()
	if s.Shown != w.shown {
		w.shown = s.Shown
		w.remember()
		w.opened()
	}
	if s.Compare != w.compared { // what was asked for is there
		w.compared = s.Compare
		if s.Compare != nil && w.current != "compare" {
			w.leave("compare")
			w.bring("compare")
		}
	}
	if about := w.target(); w.title.Text != s.Title || w.subtitle.Text != about {
		w.title.SetText(s.Title)
		w.subtitle.SetText(about)
		w.heading.Refresh() // the title takes another width
	}
	w.subtitle.Tip = w.target() + "\n" + strings.ReplaceAll(w.describe(), ".  ", "\n")
	title := "Weighline"
	if s.Title != "" {
		title = s.Title + " – Weighline"
		if s.Dirty() {
			title = "• " + title
		}
	}
	if w.win.Title() != title {
		w.win.SetTitle(title)
	}
	w.filter.update()
	for id, b := range w.tools {
		enable(b, w.command(id).can())
	}
	for _, p := range w.pages {
		enable(p.button, p.enabled == nil || p.enabled())
		importance := widget.LowImportance
		if p.id == w.current {
			importance = widget.HighImportance
			p.refresh()
		}
		if p.button.Importance != importance {
			p.button.Importance = importance
			p.button.Refresh()
		}
	}
	w.untell()
	w.updateMenu()
	w.refreshStatus()
	w.watchJob()
	w.settle()
}

// settle gives all parts their places now. Fyne would do so while it paints, which
// makes it paint a second time. Its canvas has that step, but not in its interface.
func (w *Window) settle() {
	c := w.win.Canvas()
	if s, ok := c.(interface{ EnsureMinSize() bool }); ok && c.Overlays().Top() == nil { // a dialog may need a larger window
		s.EnsureMinSize()
	}
}

func enable(b fyne.Disableable, on bool) {
	if on == b.Disabled() {
		if on {
			b.Enable()
		} else {
			b.Disable()
		}
	}
}

// opened is called when another build is shown: what was drawn of the one
// before is of no use, and a page that has nothing to show gives way.
func (w *Window) opened() {
	for _, p := range w.pages {
		if p.id == w.current && (p.enabled == nil || p.enabled()) && p.id != "start" && p.id != "library" && p.id != "settings" {
			return
		}
	}
	if wanted := w.wanted; wanted != "" {
		w.wanted = ""
		if wanted != "start" && w.canShow(wanted) {
			w.bring(wanted)
			return
		}
	}
	first := "packages"
	if w.session.Build.Deps == nil && w.session.Build.Ledger() == nil {
		first = "layers" // nothing is read yet but the manifest
	}
	w.bring(first)
}

// bring puts a page on the stage and gives it the keys, unless a dialog has
// them.
func (w *Window) bring(id string) {
	w.current = id
	for _, p := range w.pages {
		if p.id != id {
			continue
		}
		w.tips.Clear()
		w.stage.Objects = []fyne.CanvasObject{p.content}
		w.stage.Refresh()
		if id == "library" {
			w.session.LoadLibrary() // weigh, or another Weighline, may have saved something
		}
		if p.focus != nil && w.win.Canvas().Overlays().Top() == nil {
			w.win.Canvas().Focus(p.focus())
		}
	}
}

// remember keeps what is open for the start screen, with whole paths.
func (w *Window) remember() {
	s := w.session
	if s.Saved != nil || s.Build == nil || s.IsSample() {
		return
	}
	paths := s.Paths
	s.Background(func() { w.app.remember(paths) })
}

// target tells in a few words what the build is for.
func (w *Window) target() string {
	b := w.session.Build
	if b == nil {
		return ""
	}
	var parts []string
	if b.Deps != nil {
		parts = append(parts, texts.F("for Python %s on %s", b.Target.Python(), b.Target.Platform()))
	}
	if img := b.Image; img != nil {
		text := texts.N(len(img.Layers), "%d layer", "%d layers")
		if img.Platform != "" { // a damaged archive does not tell
			text = fmt.Sprintf("%s, %s", img.Platform, text)
		}
		if b.Deps != nil {
			text = texts.F("image %s, %s", shortReference(img.Reference), text)
		}
		if img.Partial && !w.session.Busy() {
			text += texts.F(". Partial: %d of %d layers", img.LayersRead(), len(img.Layers))
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, "; ")
}

// shortReference leaves out the folders of an image that is a file.
func shortReference(ref string) string {
	if filepath.IsAbs(ref) {
		return filepath.Base(ref)
	}
	return ref
}

// describe tells where what is open comes from.
func (w *Window) describe() string {
	s := w.session
	b := s.Build
	if b == nil {
		return ""
	}
	var parts []string
	if b.Deps != nil {
		parts = append(parts, texts.F("Sizes from the %s", state.CatalogueText(b.Deps.Catalogue)))
		if b.Image == nil && s.Saved == nil && !s.IsSample() && len(s.Paths) > 0 {
			parts = append(parts, texts.F("Read from %s", printable(strings.Join(s.Paths, " "))))
		}
	}
	if img := b.Image; img != nil {
		text := texts.F("Image %s", printable(img.Reference))
		if img.Scale != "" {
			text = texts.F("Image %s, a scale model, %s", printable(img.Reference), img.Scale)
		}
		if img.Digest != "" {
			text += ", " + img.Digest
		}
		parts = append(parts, text)
	}
	if s.Saved != nil {
		parts = append(parts, texts.F("Saved %s", s.Saved.Updated.Local().Format("2006-01-02 15:04")))
	}
	return strings.Join(parts, ".  ")
}

func (w *Window) refreshStatus() {
	if w.status != nil {
		w.status.refresh()
	}
}

func (w *Window) themeChanged() {
	w.charts.picture.forget()
	w.layers.picture.forget()
	w.refresh()
}

// escape closes what lies on top, then stops what is running.
func (w *Window) escape() {
	switch {
	case w.overlay != nil:
		w.overlay.Hide()
		w.overlay = nil
	case w.session.Busy():
		w.session.Cancel()
	case w.toasts.Said() != "":
		w.toasts.Dismiss()
	case w.session.Notice.Text != "":
		w.session.Dismiss()
	}
}

func (w *Window) focusFilter() {
	if !filtered[w.current] {
		w.show("packages")
	}
	w.win.Canvas().Focus(w.filter)
}

// filtered are the pages that the filter is for.
var filtered = map[string]bool{"packages": true, "layers": true, "files": true, "library": true, "compare": true}

// focusPage gives the keys to the page that is shown.
func (w *Window) focusPage() {
	for _, p := range w.pages {
		if p.id == w.current && p.focus != nil {
			w.win.Canvas().Focus(p.focus())
		}
	}
}

// spacer is what pushes things apart in a row.
func spacer() fyne.CanvasObject { return layout.NewSpacer() }
