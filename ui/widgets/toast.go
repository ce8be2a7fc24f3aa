package widgets

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// A ToastLayer shows short messages over the content of a window, with a way
// back. It takes no events beside the message itself, and nothing waits for
// it.
//
//	toasts := widgets.NewToastLayer(content)
//	w.SetContent(toasts)
type ToastLayer struct {
	widget.BaseWidget
	Below   float32 // room that is left below the message
	content fyne.CanvasObject
	box     *fyne.Container
	back    *canvas.Rectangle
	text    *canvas.Text
	action  *widget.Button
	timer   *time.Timer
	after   func(time.Duration, func()) *time.Timer // for tests
	short   shortener
	said    string
}

// toastTime is how long a message stays: long enough to read it and to reach
// its button.
const toastTime = 8 * time.Second

// NewToastLayer lays a layer for messages over content.
func NewToastLayer(content fyne.CanvasObject) *ToastLayer {
	l := &ToastLayer{Below: 48, content: content, back: newRect(), text: canvas.NewText("", nil)}
	l.action = widget.NewButtonWithIcon("", theme.ContentUndoIcon(), nil)
	closeIt := widget.NewButtonWithIcon("", theme.WindowCloseIcon(), l.Dismiss)
	closeIt.Importance = widget.LowImportance
	l.box = container.NewStack(l.back, container.NewPadded(container.NewHBox(
		container.NewPadded(container.NewCenter(l.text)), l.action, closeIt)))
	l.box.Hide()
	l.after = afterOnUI
	l.ExtendBaseWidget(l)
	return l
}

// Say shows a message for a while; it takes the place of an earlier one. A
// word and a function make a button beside it, such as Undo; the message
// goes when it is pressed.
func (l *ToastLayer) Say(text, action string, do func()) {
	c := ColorsOf(l)
	l.said = text
	size := theme.SizeForWidget(theme.SizeNameText, l)
	l.text.Text = l.short.fit(text, max(l.Size().Width-220, 120), size, fyne.TextStyle{})
	l.text.TextSize, l.text.Color = size, c.Text
	l.back.FillColor, l.back.CornerRadius = c.Header, 6
	l.back.StrokeColor, l.back.StrokeWidth = c.Muted, 1
	l.action.SetText(action)
	l.action.OnTapped = func() {
		l.Dismiss()
		if do != nil {
			do()
		}
	}
	setVisible(do != nil, l.action)
	l.box.Show()
	l.place(l.Size())
	l.box.Refresh()
	if l.timer != nil {
		l.timer.Stop()
	}
	var mine *time.Timer
	mine = l.after(toastTime, func() {
		if l.timer == mine {
			l.Dismiss()
		}
	})
	l.timer = mine
}

// Said returns the message that is shown, or "".
func (l *ToastLayer) Said() string {
	if !l.box.Visible() {
		return ""
	}
	return l.said
}

// Dismiss takes the message away.
func (l *ToastLayer) Dismiss() {
	l.box.Hide()
	canvas.Refresh(l)
}

func (l *ToastLayer) place(s fyne.Size) {
	l.content.Resize(s)
	m := l.box.MinSize()
	l.box.Resize(m)
	l.box.Move(fyne.NewPos(max((s.Width-m.Width)/2, 0), max(s.Height-m.Height-l.Below, 0)))
}

// CreateRenderer is part of fyne.Widget.
func (l *ToastLayer) CreateRenderer() fyne.WidgetRenderer {
	return &simpleRenderer{
		objects: func() []fyne.CanvasObject { return []fyne.CanvasObject{l.content, l.box} },
		layout:  l.place,
		min:     func() fyne.Size { return l.content.MinSize() },
		refresh: func() { canvas.Refresh(l) },
	}
}
