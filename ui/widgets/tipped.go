package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// A TipLabel is a label with a tooltip: the whole of a text that may be cut.
type TipLabel struct {
	widget.Label
	Tip string // "" means the label's own text
}

// NewTipLabel makes a label that is cut where there is no room for it.
func NewTipLabel(text string) *TipLabel {
	l := &TipLabel{}
	l.Text, l.Truncation = text, fyne.TextTruncateEllipsis
	l.ExtendBaseWidget(l)
	return l
}

// MouseIn is part of desktop.Hoverable.
func (l *TipLabel) MouseIn(e *desktop.MouseEvent) { l.MouseMoved(e) }

// MouseMoved is part of desktop.Hoverable.
func (l *TipLabel) MouseMoved(e *desktop.MouseEvent) {
	showTip(l, or(l.Tip, l.Text), e.AbsolutePosition)
}

// MouseOut is part of desktop.Hoverable.
func (l *TipLabel) MouseOut() { hideTip(l) }

// A TipButton is a button with a tooltip: what its icon stands for.
type TipButton struct {
	widget.Button
	Tip   string
	OnKey func(*fyne.KeyEvent) // a key that means nothing to a button; may be nil
}

// NewTipButton makes a button; text or icon may be empty.
func NewTipButton(text string, icon fyne.Resource, tip string, tapped func()) *TipButton {
	b := &TipButton{Tip: tip}
	b.Text, b.Icon, b.OnTapped = text, icon, tapped
	b.ExtendBaseWidget(b)
	return b
}

// MouseIn is part of desktop.Hoverable.
func (b *TipButton) MouseIn(e *desktop.MouseEvent) {
	b.Button.MouseIn(e)
	showTip(b, b.Tip, e.AbsolutePosition)
}

// MouseMoved is part of desktop.Hoverable.
func (b *TipButton) MouseMoved(e *desktop.MouseEvent) { showTip(b, b.Tip, e.AbsolutePosition) }

// MouseOut is part of desktop.Hoverable.
func (b *TipButton) MouseOut() {
	b.Button.MouseOut()
	hideTip(b)
}

// Tapped is part of fyne.Tappable.
func (b *TipButton) Tapped(e *fyne.PointEvent) {
	hideTip(b)
	b.Button.Tapped(e)
}

// TypedKey is part of fyne.Focusable.
func (b *TipButton) TypedKey(e *fyne.KeyEvent) {
	if e.Name != fyne.KeySpace && b.OnKey != nil {
		b.OnKey(e)
		return
	}
	b.Button.TypedKey(e)
}
