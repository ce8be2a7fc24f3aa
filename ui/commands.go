package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"weighline/ui/texts"
)

// A command is something that the user can ask for: by the menu, a shortcut, a
// button or the palette. There is one list of them, so that these agree.
type command struct {
	id       string
	menu     string // in which menu it stands
	title    string
	shortcut fyne.KeyboardShortcut // nil: none
	enabled  func() bool           // nil: always
	do       func()
	checked  func() bool // of what is on or off; nil: neither
}

func (c *command) can() bool { return c.enabled == nil || c.enabled() }

// run does c if that is possible now.
func (c *command) run() {
	if c.can() {
		c.do()
	}
}

// key is a shortcut of our own. For Ctrl+Z, C, X, V, A and Y Fyne sends shortcuts
// of its own instead, which a menu must name to get them.
func key(name fyne.KeyName, modifier fyne.KeyModifier) fyne.KeyboardShortcut {
	return &desktop.CustomShortcut{KeyName: name, Modifier: modifier}
}

const ctrl = fyne.KeyModifierShortcutDefault

// makeCommands lists what this window can do.
func (w *Window) makeCommands() {
	s := w.session
	open := func() bool { return s.Build != nil }
	add := func(id, menu, title string, shortcut fyne.KeyboardShortcut, enabled func() bool, do func()) {
		run := func() {
			w.tips.Clear() // a dialog may come over what it is about
			if id != "palette" {
				w.closePalette() // which shortcuts reach, too
			}
			do()
		}
		w.commands = append(w.commands, &command{id, menu, title, shortcut, enabled, run, nil})
	}
	add("open", texts.T("File"), texts.T("Open requirements or lock…"), key(fyne.KeyO, ctrl), nil, w.askFile)
	add("image", texts.T("File"), texts.T("Inspect an image…"), key(fyne.KeyI, ctrl), nil, w.askImage)
	add("sample", texts.T("File"), texts.T("Open the sample"), nil, nil, s.OpenSample)
	add("code", texts.T("File"), texts.T("Read the code that uses it…"), nil, func() bool { return s.Build != nil && s.Build.Graph() != nil && !s.Busy() }, w.askCode)
	add("save", texts.T("File"), texts.T("Save in the library…"), key(fyne.KeyS, ctrl), s.CanSave, w.askSave)
	add("export", texts.T("File"), texts.T("Export…"), key(fyne.KeyE, ctrl), s.CanExport, w.askExport)
	add("commands", texts.T("File"), texts.T("Copy the commands of uv and pip"), nil, func() bool { return s.CanExport() && s.Build.Deps != nil }, w.copyCommands)
	add("load-plan", texts.T("File"), texts.T("Load a plan…"), key(fyne.KeyL, ctrl), s.CanExport, w.askPlan)
	add("slim", texts.T("File"), texts.T("Write slim image…"), nil, s.CanSlim, w.askSlim)
	w.addLibraryCommands(add)
	add("library-out", texts.T("File"), texts.T("Export the library…"), nil, func() bool { return len(s.Library) > 0 }, w.askLibraryOut)
	add("library-in", texts.T("File"), texts.T("Import a library…"), nil, nil, w.askLibraryIn)
	add("back-plan", texts.T("File"), texts.T("Back to the plan that was not saved"), nil, s.CanGoBack, s.GoBack)
	add("window", texts.T("File"), texts.T("New window"), key(fyne.KeyN, ctrl), nil, func() { w.app.NewWindow() })
	add("close", texts.T("File"), texts.T("Close the window"), key(fyne.KeyW, ctrl), nil, w.win.Close)
	add("quit", texts.T("File"), texts.T("Quit"), key(fyne.KeyQ, ctrl), nil, w.app.Quit)

	add("undo", texts.T("Edit"), texts.T("Undo"), &fyne.ShortcutUndo{}, s.CanUndo, s.Undo)
	add("redo", texts.T("Edit"), texts.T("Redo"), key(fyne.KeyZ, ctrl|fyne.KeyModifierShift), s.CanRedo, s.Redo)
	w.addSelectionCommands(add)
	w.addPlanCommands(add)
	add("filter", texts.T("Edit"), texts.T("Filter"), key(fyne.KeyF, ctrl), func() bool { return open() || w.current == "library" || s.Compare != nil && w.current == "compare" }, w.focusFilter)

	for i, p := range w.pages {
		shortcut := key(fyne.KeyName(rune('1'+i)), ctrl)
		switch {
		case p.id == "settings":
			shortcut = key(fyne.KeyComma, ctrl)
		case i > 8:
			shortcut = nil
		}
		add("go-"+p.id, texts.T("View"), p.title, shortcut, p.enabled, func() { w.show(p.id) })
	}
	add("back", texts.T("View"), texts.T("Back"), key(fyne.KeyLeft, fyne.KeyModifierAlt), w.trail.canBack, w.goBack)
	add("forward", texts.T("View"), texts.T("Forward"), key(fyne.KeyRight, fyne.KeyModifierAlt), w.trail.canForward, w.goForward)
	w.addViewCommands(add)
	add("stop", texts.T("View"), texts.T("Stop reading"), nil, s.Busy, s.Cancel)
	add("reload", texts.T("View"), texts.T("Read again"), &desktop.CustomShortcut{KeyName: fyne.KeyF5}, s.CanReread, s.Reread)
	add("map", texts.T("View"), texts.T("Show or hide the map"), &desktop.CustomShortcut{KeyName: fyne.KeyF9}, func() bool { return open() || s.Compare != nil && w.current == "compare" }, w.toggleMap)
	add("light", texts.T("View"), texts.T("Light"), nil, nil, func() { w.app.SetVariant(Light) })
	add("dark", texts.T("View"), texts.T("Dark"), nil, nil, func() { w.app.SetVariant(Dark) })
	add("system", texts.T("View"), texts.T("Light or dark as the system"), nil, nil, func() { w.app.SetVariant(System) })
	w.addCompareCommands(add)
	add("palette", texts.T("Help"), texts.T("Commands and packages…"), key(fyne.KeyK, ctrl), nil, w.showPalette)
	add("keys", texts.T("Help"), texts.T("Keyboard shortcuts"), &desktop.CustomShortcut{KeyName: fyne.KeyF1}, nil, w.showKeys)
}

// command returns the command of that id.
func (w *Window) command(id string) *command {
	for _, c := range w.commands {
		if c.id == id {
			return c
		}
	}
	panic("no command " + id)
}

// makeMenu puts the commands into the menu bar. Shortcuts of a menu win over a
// focused field: those that mean something in one are handed on to it.
func (w *Window) makeMenu() {
	var menus []*fyne.Menu
	at := map[string]*fyne.Menu{}
	for _, c := range w.commands {
		m := at[c.menu]
		if m == nil {
			m = fyne.NewMenu(c.menu)
			at[c.menu] = m
			menus = append(menus, m)
		}
		item := fyne.NewMenuItem(c.title, c.run)
		item.IsQuit = c.id == "quit" // Fyne adds one of its own else
		if c.shortcut != nil {
			item.Shortcut = c.shortcut
			if w.forField(c) {
				item.Action = func() { w.fieldOr(c) }
			}
		}
		w.items[c.id] = item
		m.Items = append(m.Items, item)
	}
	w.win.SetMainMenu(fyne.NewMainMenu(menus...))
	w.win.Canvas().SetOnTypedKey(w.plainKey)
	for _, t := range w.tables() {
		t.OnKey = w.plainKey
	}
	w.packages.treemap.OnKey, w.files.tree.OnKey, w.compare.tree.OnKey = w.plainKey, w.plainKey, w.plainKey
	for _, m := range w.compare.maps.side {
		m.OnKey = w.plainKey
	}
}

// plainKey runs the command of a key without a modifier: to Fyne these are no
// shortcuts, and what has the focus hears of them first.
func (w *Window) plainKey(e *fyne.KeyEvent) {
	for _, c := range w.commands {
		if c.shortcut != nil && c.shortcut.Mod() == 0 && c.shortcut.Key() == e.Name {
			c.run()
			return
		}
	}
	if e.Name == fyne.KeyEscape {
		w.escape()
	}
}

func (w *Window) forField(c *command) bool { return c.id == "undo" || c.id == "redo" }

// fieldOr gives the shortcut to a text field that has the focus, else runs c.
func (w *Window) fieldOr(c *command) {
	focused := w.win.Canvas().Focused()
	if field, ok := focused.(interface {
		fyne.Shortcutable
		SelectedText() string
	}); ok {
		if c.id == "undo" {
			field.TypedShortcut(&fyne.ShortcutUndo{})
		} else {
			field.TypedShortcut(&fyne.ShortcutRedo{})
		}
		return
	}
	c.run()
}

// updateMenu shows which commands can be run now.
func (w *Window) updateMenu() {
	changed := false
	for _, c := range w.commands {
		item := w.items[c.id]
		if disabled := !c.can(); item.Disabled != disabled {
			item.Disabled = disabled
			changed = true
		}
		if on := c.checked != nil && c.checked(); item.Checked != on {
			item.Checked = on
			changed = true
		}
	}
	if changed {
		w.win.MainMenu().Refresh()
	}
}

// keyText returns how a shortcut is written: "Ctrl+Shift+Z".
func keyText(s fyne.KeyboardShortcut) string {
	if s == nil {
		return ""
	}
	text := ""
	if s.Mod()&fyne.KeyModifierControl != 0 {
		text += texts.T("Ctrl+")
	}
	if s.Mod()&fyne.KeyModifierSuper != 0 {
		text += texts.T("Cmd+")
	}
	if s.Mod()&fyne.KeyModifierAlt != 0 {
		text += texts.T("Alt+")
	}
	if s.Mod()&fyne.KeyModifierShift != 0 {
		text += texts.T("Shift+")
	}
	return text + keyName(s.Key())
}

// keyName is what is written on a key.
func keyName(k fyne.KeyName) string {
	switch k {
	case fyne.KeySpace:
		return texts.T("Space")
	case fyne.KeyDelete:
		return texts.T("Del")
	case fyne.KeyLeft:
		return texts.T("Left")
	case fyne.KeyRight:
		return texts.T("Right")
	}
	return string(k)
}
