package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// A menuItem of a context menu copies a text, or does something.
type menuItem struct {
	title string
	copy  func() string
	do    func()
}

// popUp shows a context menu: what the buttons of the page do, then items.
func (w *Window) popUp(at fyne.Position, buttons []*widget.Button, items ...menuItem) {
	menu := fyne.NewMenu("")
	for _, b := range buttons {
		item := fyne.NewMenuItemWithIcon(b.Text, b.Icon, b.OnTapped)
		item.Disabled = b.Disabled()
		menu.Items = append(menu.Items, item)
	}
	for _, x := range items {
		do := x.do
		if x.copy != nil {
			do = func() { w.app.fyne.Clipboard().SetContent(x.copy()) }
		}
		menu.Items = append(menu.Items, fyne.NewMenuItem(x.title, do))
	}
	widget.ShowPopUpMenuAtPosition(menu, w.win.Canvas(), at)
}
