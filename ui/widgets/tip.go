package widgets

import (
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// A TipLayer shows tooltips over the content of a window; Fyne has none. It
// takes no events, so everything below it works as before.
//
//	w.SetContent(widgets.NewTipLayer(content))
type TipLayer struct {
	widget.BaseWidget
	content fyne.CanvasObject
	box     *canvas.Rectangle
	lines   []*canvas.Text
	owner   fyne.CanvasObject // who asked for the tip
	text    string
	at      fyne.Position
	timer   *time.Timer
	after   func(time.Duration, func()) *time.Timer // runs a function on the interface's goroutine; for tests
}

// tipDelay is how long the pointer rests before a tip is shown.
const tipDelay = 500 * time.Millisecond

// tipStays is how long it is shown then: Fyne does not tell when the pointer leaves
// the window.
const tipStays = 15 * time.Second

// tipLayers finds the layer of a canvas. Only the goroutine of the user
// interface touches it.
var tipLayers = map[fyne.Canvas]*TipLayer{}

// NewTipLayer lays a layer for tooltips over content.
func NewTipLayer(content fyne.CanvasObject) *TipLayer {
	l := &TipLayer{content: content, box: newRect()}
	l.box.Hide()
	l.after = afterOnUI
	l.ExtendBaseWidget(l)
	return l
}

// Close forgets the layer when its window is closed.
func (l *TipLayer) Close() {
	for c, known := range tipLayers {
		if known == l {
			delete(tipLayers, c)
		}
	}
}

// showTip asks for a tip beside the pointer, after a moment. No text, no
// layer: no tip.
func showTip(owner fyne.CanvasObject, text string, at fyne.Position) {
	c := fyne.CurrentApp().Driver().CanvasForObject(owner)
	l := tipLayers[c]
	if c == nil || l == nil {
		return
	}
	if text == "" || l.owner != owner || l.text != text {
		l.hide()
	}
	if text == "" {
		return
	}
	l.at = at
	if l.owner == owner && l.text == text {
		return
	}
	l.owner, l.text = owner, text
	l.timer = l.after(tipDelay, func() {
		switch {
		case l.owner != owner || l.text != text:
		case c.Overlays().Top() != nil: // a menu or a dialog has come over the owner
			l.hide()
		default:
			l.show()
			l.timer = l.after(tipStays, func() {
				if l.owner == owner && l.text == text {
					l.hide()
				}
			})
		}
	})
}

// Clear takes away the tip that is shown, if there is one: what it was about is gone.
func (l *TipLayer) Clear() { l.hide() }

// keepTip takes back owner's tip unless it still says the same.
func keepTip(owner fyne.CanvasObject, text string) {
	if l := tipLayers[fyne.CurrentApp().Driver().CanvasForObject(owner)]; l != nil && l.owner == owner && l.text != text {
		l.hide()
	}
}

// afterOnUI calls f later, on the goroutine of the user interface.
func afterOnUI(d time.Duration, f func()) *time.Timer {
	return time.AfterFunc(d, func() { fyne.Do(f) })
}

// hideTip takes back what owner asked for.
func hideTip(owner fyne.CanvasObject) {
	c := fyne.CurrentApp().Driver().CanvasForObject(owner)
	if l := tipLayers[c]; c != nil && l != nil && l.owner == owner {
		l.hide()
	}
}

func (l *TipLayer) hide() {
	if l.timer != nil {
		l.timer.Stop()
		l.timer = nil
	}
	l.owner, l.text = nil, ""
	if l.box.Visible() {
		l.box.Hide()
		l.lines = nil
		canvas.Refresh(l)
	}
}

// show draws the tip within the window.
func (l *TipLayer) show() {
	const pad = 6
	c := ColorsOf(l)
	size := theme.SizeForWidget(theme.SizeNameCaptionText, l) + 1
	l.lines = nil
	var wide, high float32
	for _, line := range strings.Split(l.text, "\n") {
		t := canvas.NewText(line, c.Background)
		t.TextSize = size
		l.lines = append(l.lines, t)
		m := t.MinSize()
		wide, high = max(wide, m.Width), high+m.Height
	}
	box := fyne.NewSize(wide+2*pad, high+2*pad)
	origin := fyne.CurrentApp().Driver().AbsolutePositionForObject(l)
	at := l.at.Subtract(origin).AddXY(12, 18)
	at.X = max(min(at.X, l.Size().Width-box.Width-4), 0)
	if at.Y+box.Height > l.Size().Height {
		at.Y = max(at.Y-18-8-box.Height, 0)
	}
	l.box.FillColor, l.box.CornerRadius = c.Text, 4
	l.box.Move(at)
	l.box.Resize(box)
	y := at.Y + pad
	for _, t := range l.lines {
		t.Move(fyne.NewPos(at.X+pad, y))
		t.Resize(t.MinSize())
		y += t.MinSize().Height
	}
	l.box.Show()
	canvas.Refresh(l)
}

// CreateRenderer is part of fyne.Widget.
func (l *TipLayer) CreateRenderer() fyne.WidgetRenderer { return tipRenderer{l} }

type tipRenderer struct{ l *TipLayer }

func (r tipRenderer) Destroy() { r.l.Close() }
func (r tipRenderer) Layout(s fyne.Size) {
	if c := fyne.CurrentApp().Driver().CanvasForObject(r.l); c != nil {
		tipLayers[c] = r.l
	}
	r.l.content.Resize(s)
}
func (r tipRenderer) MinSize() fyne.Size { return r.l.content.MinSize() }
func (r tipRenderer) Refresh()           { canvas.Refresh(r.l) }
func (r tipRenderer) Objects() []fyne.CanvasObject {
	out := []fyne.CanvasObject{r.l.content, r.l.box}
	for _, t := range r.l.lines {
		out = append(out, t)
	}
	return out
}
