package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
)

// An emptyNote says in the middle of a table why it has no rows.
type emptyNote struct{ widget.Label }

func newEmptyNote() *emptyNote {
	n := &emptyNote{}
	n.ExtendBaseWidget(n)
	n.Alignment, n.Wrapping = fyne.TextAlignCenter, fyne.TextWrapWord
	n.Hide()
	return n
}

// over puts the note on a table.
func (n *emptyNote) over(table fyne.CanvasObject) fyne.CanvasObject {
	return container.NewStack(table, container.NewCenter(container.NewGridWrap(fyne.NewSize(420, 90), n)))
}

// say shows a text; "" hides the note.
func (n *emptyNote) say(text string) {
	if n.Text != text {
		n.SetText(text)
	}
	setShown(text != "", n)
}
