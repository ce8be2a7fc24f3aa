package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// A sideBar is a horizontal scroll bar. The table has its own because header
// and footer move with the rows, but only the rows scroll up and down.
type sideBar struct {
	widget.BaseWidget
	scroll            func(x float32)
	view, content, at float32
	thumb             *canvas.Rectangle
}

const barHeight = 10

func newSideBar(scroll func(x float32)) *sideBar {
	b := &sideBar{scroll: scroll, thumb: newRect()}
	b.ExtendBaseWidget(b)
	b.Hide()
	return b
}

// set says how wide the content is, and what part of it is in view.
func (b *sideBar) set(view, content, at float32) {
	b.view, b.content, b.at = view, content, at
	b.place()
}

func (b *sideBar) place() {
	if b.content <= 0 {
		return
	}
	b.thumb.FillColor = theme.ColorForWidget(theme.ColorNameScrollBar, b)
	b.thumb.CornerRadius = 3
	part := min(b.view/b.content, 1)
	b.thumb.Move(fyne.NewPos(b.at/b.content*b.view, 2))
	b.thumb.Resize(fyne.NewSize(max(part*b.view, 12), barHeight-4))
}

// Dragged is part of fyne.Draggable.
func (b *sideBar) Dragged(e *fyne.DragEvent) {
	if b.view > 0 {
		b.scroll(b.at + e.Dragged.DX*b.content/b.view)
	}
}

// DragEnd is part of fyne.Draggable.
func (b *sideBar) DragEnd() {}

// MinSize is part of fyne.Widget.
func (b *sideBar) MinSize() fyne.Size { return fyne.NewSize(12, barHeight) }

// CreateRenderer is part of fyne.Widget.
func (b *sideBar) CreateRenderer() fyne.WidgetRenderer { return sideBarRenderer{b} }

type sideBarRenderer struct{ b *sideBar }

func (r sideBarRenderer) Destroy()                     {}
func (r sideBarRenderer) Layout(fyne.Size)             { r.b.place() }
func (r sideBarRenderer) MinSize() fyne.Size           { return r.b.MinSize() }
func (r sideBarRenderer) Refresh()                     { r.b.place() }
func (r sideBarRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.b.thumb} }
