package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

type comparePage struct {
	window  *Window
	content fyne.CanvasObject
}

func newComparePage(w *Window) *comparePage {
	return &comparePage{window: w, content: widget.NewLabel("")}
}

func (p *comparePage) refresh() {}
