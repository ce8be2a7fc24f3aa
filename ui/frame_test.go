package ui

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
)

// TestAround gives a text that wraps all its lines, whatever becomes of the width
// or the text.
func TestAround(t *testing.T) {
	b := newBench(t, nil, nil)
	text, center := widget.NewLabel("short"), widget.NewLabel("")
	text.Wrapping = fyne.TextWrapWord
	c := around(text, container.NewVBox(), center)
	b.win.SetContent(c)
	line := text.MinSize().Height
	check := func(what string, more bool) {
		t.Helper()
		equal(t, what+": the text is whole", text.Size().Height, text.MinSize().Height)
		equal(t, what+": more than a line", text.Size().Height > line, more)
		equal(t, what+": what follows it", center.Position().Y, text.Size().Height)
	}
	b.win.Resize(fyne.NewSize(1280, 400))
	check("a line", false)
	text.SetText(strings.Repeat("one line in a wide window, two in a narrow one. ", 3))
	check("in a wide window", false)
	b.win.Resize(fyne.NewSize(700, 400))
	check("in a narrow window", true)
	b.win.Resize(fyne.NewSize(1280, 400))
	check("in a wide window again", false)
	text.SetText(strings.Repeat("many lines in any window. ", 30))
	c.Refresh()
	check("a long text", true)
}
