package ui

import (
	"image/color"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"weighline/ui/state"
)

// A figureLine writes totals side by side in one line. Where there is not room
// for all it shortens and leaves out differences first, the last figures next:
// never half a number.
type figureLine struct {
	widget.BaseWidget
	list  []state.Figure
	texts []fyne.CanvasObject
}

func newFigureLine() *figureLine {
	l := &figureLine{}
	l.ExtendBaseWidget(l)
	return l
}

// Set replaces the figures.
func (l *figureLine) Set(list []state.Figure) {
	l.list = list
	l.Refresh()
}

// Text is what is written, were there room for all of it.
func (l *figureLine) Text() string {
	var b strings.Builder
	for i, f := range l.list {
		if i > 0 {
			b.WriteString("   ")
		}
		for _, p := range pieces(f, wholeDelta) {
			b.WriteString(p.text)
		}
	}
	return b.String()
}

// A piece is a part of a figure in one style.
type piece struct {
	text string
	bold bool
}

// How much of a difference is written.
const (
	noDelta = iota
	shortDelta
	wholeDelta
)

func pieces(f state.Figure, delta int) []piece {
	out := []piece{{f.Label + " ", false}, {f.Before, true}}
	if f.After != "" {
		out = append(out, piece{"  ›  ", false}, piece{f.After, true})
	}
	text := ""
	switch delta {
	case shortDelta:
		text = f.Short
	case wholeDelta:
		text = f.Delta
	}
	if text != "" {
		out = append(out, piece{" (" + text + ")", false})
	}
	return out
}

// figureGap is between two figures.
const figureGap = 16

// write makes the texts of as much as fits into width.
func (l *figureLine) write(width float32) {
	l.texts = l.make(l.fitting(width))
}

// fitting returns of how many figures, and of how many of them in which form the
// differences, there is room.
func (l *figureLine) fitting(width float32) (deltas, form, n int) {
	n = len(l.list)
	for _, form := range []int{wholeDelta, shortDelta} {
		for deltas := n; deltas > 0; deltas-- {
			if l.width(deltas, form, n) <= width {
				return deltas, form, n
			}
		}
	}
	for n > 1 && l.width(0, noDelta, n) > width {
		n--
	}
	return 0, noDelta, n
}

// each calls do for each piece of the first n figures, the first few with differences
// in that form; first tells that a figure other than the first begins with it.
func (l *figureLine) each(deltas, form, n int, do func(p piece, first bool)) {
	for i, f := range l.list[:n] {
		delta := noDelta
		if i < deltas {
			delta = form
		}
		for k, p := range pieces(f, delta) {
			do(p, i > 0 && k == 0)
		}
	}
}

func (l *figureLine) width(deltas, form, n int) float32 {
	size := theme.SizeForWidget(theme.SizeNameText, l)
	wide := 2 * theme.SizeForWidget(theme.SizeNameInnerPadding, l)
	l.each(deltas, form, n, func(p piece, first bool) {
		if first {
			wide += figureGap
		}
		wide += fyne.MeasureText(p.text, size, fyne.TextStyle{Bold: p.bold}).Width
	})
	return wide
}

func (l *figureLine) make(deltas, form, n int) (texts []fyne.CanvasObject) {
	size := theme.SizeForWidget(theme.SizeNameText, l)
	ink := theme.ColorForWidget(theme.ColorNameForeground, l)
	pad := theme.SizeForWidget(theme.SizeNameInnerPadding, l)
	x := pad
	l.each(deltas, form, n, func(p piece, first bool) {
		if first {
			x += figureGap
		}
		t := inkText(p, size, ink)
		m := t.MinSize()
		t.Move(fyne.NewPos(x, pad))
		t.Resize(m)
		x += m.Width
		texts = append(texts, t)
	})
	return texts
}

func inkText(p piece, size float32, ink color.Color) *canvas.Text {
	t := canvas.NewText(p.text, ink)
	t.TextSize, t.TextStyle.Bold = size, p.bold
	return t
}

// CreateRenderer is part of fyne.Widget.
func (l *figureLine) CreateRenderer() fyne.WidgetRenderer { return figureRenderer{l} }

type figureRenderer struct{ l *figureLine }

func (r figureRenderer) Destroy()                     {}
func (r figureRenderer) Layout(s fyne.Size)           { r.l.write(s.Width) }
func (r figureRenderer) Objects() []fyne.CanvasObject { return r.l.texts }
func (r figureRenderer) MinSize() fyne.Size {
	size, pad := theme.SizeForWidget(theme.SizeNameText, r.l), theme.SizeForWidget(theme.SizeNameInnerPadding, r.l)
	return fyne.NewSize(100, fyne.MeasureText("M", size, fyne.TextStyle{Bold: true}).Height+2*pad)
}
func (r figureRenderer) Refresh() {
	r.l.write(r.l.Size().Width)
	canvas.Refresh(r.l)
}
