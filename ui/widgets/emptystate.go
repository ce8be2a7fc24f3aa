package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// A Target is one of the big things to do in an [EmptyState].
type Target struct {
	Icon  fyne.Resource
	Title string
	Hint  string // below, such as what may be opened and the shortcut
	OnTap func()
}

// NewEmptyState fills an empty window: a title, big targets side by side, a
// note, and what else there is, such as what was opened lately (may be nil).
func NewEmptyState(title, note string, below fyne.CanvasObject, targets ...Target) fyne.CanvasObject {
	row := container.New(&rowOrColumn{least: 170})
	for _, t := range targets {
		row.Add(newTargetCard(t))
	}
	head := widget.NewLabelWithStyle(title, fyne.TextAlignCenter, fyne.TextStyle{Bold: true})
	head.SizeName = theme.SizeNameSubHeadingText
	head.Wrapping = fyne.TextWrapWord
	foot := widget.NewLabelWithStyle(note, fyne.TextAlignCenter, fyne.TextStyle{})
	foot.Wrapping = fyne.TextWrapWord
	box := container.NewVBox(head, row, foot)
	if below != nil {
		box.Add(below)
	}
	return container.New(columnLayout{760}, box)
}

// rowOrColumn puts objects side by side where each gets the least width, else
// below each other. Its height depends on its width, so it remembers that.
type rowOrColumn struct{ least, width float32 }

func (l *rowOrColumn) beside(n int) bool { return l.width == 0 || l.width >= float32(n)*l.least }

func (l *rowOrColumn) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var high, sum float32
	for _, o := range objects {
		h := o.MinSize().Height
		high, sum = max(high, h), sum+h+cellPad
	}
	if l.beside(len(objects)) {
		return fyne.NewSize(l.least, high)
	}
	return fyne.NewSize(l.least, sum)
}

func (l *rowOrColumn) Layout(objects []fyne.CanvasObject, s fyne.Size) {
	n := len(objects)
	if n == 0 {
		return
	}
	l.width = s.Width
	wide := (s.Width - float32(n-1)*cellPad) / float32(n)
	var y float32
	for i, o := range objects {
		if l.beside(n) {
			o.Move(fyne.NewPos(float32(i)*(wide+cellPad), 0))
			o.Resize(fyne.NewSize(wide, s.Height))
			continue
		}
		h := o.MinSize().Height
		o.Move(fyne.NewPos(0, y))
		o.Resize(fyne.NewSize(s.Width, h))
		y += h + cellPad
	}
}

// columnLayout centres its objects and makes them no wider than max.
type columnLayout struct{ max float32 }

func (c columnLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var s fyne.Size
	for _, o := range objects {
		s = s.Max(o.MinSize())
	}
	return s
}

func (c columnLayout) Layout(objects []fyne.CanvasObject, s fyne.Size) {
	for _, o := range objects {
		wide := min(s.Width, c.max)
		o.Resize(fyne.NewSize(wide, o.MinSize().Height)) // wrapped text knows its height only now
		high := min(o.MinSize().Height, s.Height)
		o.Resize(fyne.NewSize(wide, high))
		o.Move(fyne.NewPos((s.Width-wide)/2, max((s.Height-high)/2.4, 0)))
	}
}

// A targetCard is a button with a big icon, a title and a hint.
type targetCard struct {
	widget.BaseWidget
	target           Target
	hovered, focused bool
	back             *canvas.Rectangle
	inside           *fyne.Container
}

func newTargetCard(t Target) *targetCard {
	c := &targetCard{target: t, back: newRect()}
	icon := canvas.NewImageFromResource(t.Icon)
	icon.FillMode = canvas.ImageFillContain
	icon.SetMinSize(fyne.NewSquareSize(48))
	title := widget.NewLabelWithStyle(t.Title, fyne.TextAlignCenter, fyne.TextStyle{Bold: true})
	title.Wrapping = fyne.TextWrapWord
	hint := widget.NewLabelWithStyle(t.Hint, fyne.TextAlignCenter, fyne.TextStyle{})
	hint.Wrapping = fyne.TextWrapWord
	hint.SizeName = theme.SizeNameCaptionText
	c.inside = container.NewPadded(container.NewVBox(icon, title, hint))
	c.ExtendBaseWidget(c)
	return c
}

func (c *targetCard) paint() {
	col := ColorsOf(c)
	c.back.FillColor, c.back.CornerRadius = col.Header, 8
	c.back.StrokeColor, c.back.StrokeWidth = mix(col.Muted, col.Background, 0.3), 1
	if c.hovered {
		c.back.FillColor = col.Track
	}
	if c.focused {
		c.back.StrokeColor, c.back.StrokeWidth = col.Accent, 3
	}
	c.back.Refresh()
}

// Tapped is part of fyne.Tappable.
func (c *targetCard) Tapped(*fyne.PointEvent) {
	if c.target.OnTap != nil {
		c.target.OnTap()
	}
}

// TypedKey is part of fyne.Focusable.
func (c *targetCard) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		c.Tapped(nil)
	}
}

// TypedRune is part of fyne.Focusable.
func (c *targetCard) TypedRune(rune) {}

// FocusGained is part of fyne.Focusable.
func (c *targetCard) FocusGained() { c.focused = true; c.paint() }

// FocusLost is part of fyne.Focusable.
func (c *targetCard) FocusLost() { c.focused = false; c.paint() }

// MouseIn is part of desktop.Hoverable.
func (c *targetCard) MouseIn(*desktop.MouseEvent) { c.hovered = true; c.paint() }

// MouseMoved is part of desktop.Hoverable.
func (c *targetCard) MouseMoved(*desktop.MouseEvent) {}

// MouseOut is part of desktop.Hoverable.
func (c *targetCard) MouseOut() { c.hovered = false; c.paint() }

// Cursor is part of desktop.Cursorable.
func (c *targetCard) Cursor() desktop.Cursor { return desktop.PointerCursor }

// CreateRenderer is part of fyne.Widget.
func (c *targetCard) CreateRenderer() fyne.WidgetRenderer {
	c.paint()
	return &simpleRenderer{
		objects: func() []fyne.CanvasObject { return []fyne.CanvasObject{c.back, c.inside} },
		layout: func(s fyne.Size) {
			c.back.Resize(s)
			c.inside.Resize(s)
		},
		min:     func() fyne.Size { return c.inside.MinSize().Max(fyne.NewSize(160, 140)) },
		refresh: c.paint,
	}
}
