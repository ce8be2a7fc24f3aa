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
// for all it leaves out differences first, the last figures next: never half a
// number.
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
		for _, p := range pieces(f, true) {
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

func pieces(f state.Figure, delta bool) []piece {
	out := []piece{{f.Label + " ", false}, {f.Before, true}}
	if f.After != "" {
		out = append(out, piece{"  ›  ", false}, piece{f.After, true})
	}
	if f.Delta != "" && delta {
		out = append(out, piece{" (" + f.Delta + ")", false})
	}
	return out
}

// figureGap is between two figures.
const figureGap = 20

// write makes the texts of as much as fits into width.
func (l *figureLine) write(width float32) {
	for deltas := len(l.list); deltas >= 0; deltas-- {
		texts, wide := l.try(deltas, len(l.list))
		if wide <= width || deltas == 0 {
			l.texts = texts
			if wide <= width {
				return
			}
		}
	}
	for n := len(l.list) - 1; n > 0; n-- {
		texts, wide := l.try(0, n)
		l.texts = texts
		if wide <= width {
			return
		}
	}
}

// try makes the texts of the first n figures, the first few with differences.
func (l *figureLine) try(deltas, n int) (texts []fyne.CanvasObject, width float32) {
	size := theme.SizeForWidget(theme.SizeNameText, l)
	ink := theme.ColorForWidget(theme.ColorNameForeground, l)
	pad := theme.SizeForWidget(theme.SizeNameInnerPadding, l)
	x := pad
	for i, f := range l.list[:n] {
		if i > 0 {
			x += figureGap
		}
		for _, p := range pieces(f, i < deltas) {
			t := inkText(p, size, ink)
			m := t.MinSize()
			t.Move(fyne.NewPos(x, pad))
			t.Resize(m)
			x += m.Width
			texts = append(texts, t)
		}
	}
	return texts, x + pad
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
