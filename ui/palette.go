package ui

import (
	"strings"

	"weighline/analysis/pep"
	"weighline/ui/texts"
	"weighline/ui/widgets"
)

// showPalette lists every command, and every package that can be dropped, to
// be found by typing. Where it is open it goes: a second one would lie below it.
func (w *Window) showPalette() {
	if w.closePalette() {
		return
	}
	w.palette = widgets.ShowPalette(w.win.Canvas(), texts.T("Type a command or a package"), texts.T("Nothing of that name"), w.paletteList())
}

// closePalette takes the palette away and reports whether it was there.
func (w *Window) closePalette() bool {
	if w.palette == nil || !w.palette.Visible() {
		return false
	}
	w.palette.Close()
	return true
}

func (w *Window) paletteList() []widgets.Command {
	var list []widgets.Command
	for _, c := range w.commands {
		if c.id == "palette" {
			continue
		}
		hint := keyText(c.shortcut)
		if c.checked != nil {
			hint = texts.T("is off")
			if c.checked() {
				hint = texts.T("is on")
			}
		}
		list = append(list, widgets.Command{Title: trimEllipsis(c.title), Hint: hint, Disabled: !c.can(), Run: c.run})
	}
	s := w.session
	for _, x := range w.limitItems() {
		if x.Action != nil && !strings.HasSuffix(x.Label, "…") {
			list = append(list, widgets.Command{Title: texts.F("Watch: %s", x.Label), Hint: texts.T("limit"), Run: x.Action})
		}
	}
	for _, a := range s.Notice.Actions {
		list = append(list, widgets.Command{Title: trimEllipsis(a.Text), Hint: texts.T("message"), Run: a.Do})
	}
	seen := map[pep.Name]bool{} // a plan goes by names
	for i := range s.Rows {
		r := &s.Rows[i]
		key, name := r.Key, r.Name
		list = append(list, widgets.Command{Title: strings.TrimSpace(texts.F("Show %s", name) + " " + r.Place), Hint: s.Own(r).String(), Run: func() { w.showPackage(key) }})
		if !r.CanDrop || seen[name] {
			continue
		}
		seen[name] = true
		for _, v := range s.Variants(r) {
			list = append(list, widgets.Command{Title: texts.F("Swap %s for %s", name, v.Title), Hint: texts.T("plan"),
				Run: func() { w.tell(func() { s.Swap(v.Package, v.Variant) }) }})
		}
		title, drop := texts.F("Drop %s", name), !s.Plan.Drops(name)
		if !drop {
			title = texts.F("Keep %s", name)
		}
		list = append(list, widgets.Command{Title: title, Hint: texts.T("plan"), Run: func() { w.tell(func() { s.SetDropped(name, drop) }) }})
	}
	return list
}

// showPackage selects a package on its page. A filter that hides it goes.
func (w *Window) showPackage(key string) {
	s := w.session
	visible := false
	for i := range s.Visible() {
		visible = visible || s.At(i).Key == key
	}
	if !visible {
		s.SetFilter("")
	}
	w.show("packages")
	w.packages.selected([]string{key})
}

// trimEllipsis takes the sign away that a menu item asks something first.
func trimEllipsis(s string) string { return strings.TrimRight(s, " …") }
