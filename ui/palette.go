package ui

import (
	"strings"

	"weighline/ui/widgets"
)

// showPalette lists every command, and every package that can be dropped, to
// be found by typing.
func (w *Window) showPalette() {
	widgets.ShowPalette(w.win.Canvas(), "Type a command or a package", "Nothing of that name", w.paletteList())
}

func (w *Window) paletteList() []widgets.Command {
	var list []widgets.Command
	for _, c := range w.commands {
		if c.id == "palette" {
			continue
		}
		list = append(list, widgets.Command{Title: trimEllipsis(c.title), Hint: keyText(c.shortcut), Disabled: !c.can(), Run: c.run})
	}
	s := w.session
	for i := range s.Rows {
		r := &s.Rows[i]
		key, name := r.Key, r.Name
		list = append(list, widgets.Command{Title: "Show " + string(name), Hint: s.Own(r).String(), Run: func() {
			w.show("packages")
			w.packages.selected([]string{key})
		}})
		if !r.CanDrop {
			continue
		}
		verb, drop := "Drop ", !s.Plan.Drops(name)
		if !drop {
			verb = "Keep "
		}
		list = append(list, widgets.Command{Title: verb + string(name), Hint: "plan", Run: func() { s.SetDropped(name, drop) }})
	}
	return list
}

// trimEllipsis takes the sign away that a menu item asks something first.
func trimEllipsis(s string) string { return strings.TrimSuffix(s, "…") }
