package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// A treeHeader names the columns of figures.
type treeHeader struct {
	widget.BaseWidget
	t            *FileTree
	ground, line *canvas.Rectangle
	titles       []*canvas.Text
}

func newTreeHeader(t *FileTree) *treeHeader {
	h := &treeHeader{t: t, ground: newRect(), line: newRect()}
	for range len(t.columns) + 1 { // the names come last
		h.titles = append(h.titles, canvas.NewText("", nil))
	}
	h.ExtendBaseWidget(h)
	return h
}

func (h *treeHeader) place(s fyne.Size) {
	t := h.t
	size := theme.SizeForWidget(theme.SizeNameText, t)
	h.ground.FillColor, h.line.FillColor = t.colors.Header, t.colors.Line
	h.ground.Resize(s)
	h.line.Move(fyne.NewPos(0, s.Height-1))
	h.line.Resize(fyne.NewSize(s.Width, 1))
	right := s.Width - scrollRoom
	for c := len(t.columns) - 1; c >= 0; c-- {
		style := fyne.TextStyle{Bold: true}
		shown := t.short.fit(t.columns[c].Title, t.columns[c].room(), size, style)
		put(&h.titles[c], shown, size, style, t.colors.Text)
		m := fyne.MeasureText(shown, size, style)
		h.titles[c].Move(fyne.NewPos(t.columns[c].place(right, m.Width), (s.Height-m.Height)/2))
		h.titles[c].Resize(m)
		right -= t.columns[c].Width
	}
	style := fyne.TextStyle{Bold: true}
	put(&h.titles[len(t.columns)], t.short.fit(t.Title, right-2*cellPad, size, style), size, style, t.colors.Text)
	name := h.titles[len(t.columns)]
	name.Move(fyne.NewPos(cellPad, (s.Height-textHeight(size))/2))
	name.Resize(name.MinSize())
}

// MouseIn is part of desktop.Hoverable.
func (h *treeHeader) MouseIn(e *desktop.MouseEvent) { h.MouseMoved(e) }

// MouseMoved is part of desktop.Hoverable.
func (h *treeHeader) MouseMoved(e *desktop.MouseEvent) {
	right, tip := h.Size().Width-scrollRoom, ""
	for c := len(h.t.columns) - 1; c >= 0; c-- {
		left := right - h.t.columns[c].Width
		if e.Position.X >= left && e.Position.X < right {
			tip = h.t.columns[c].Tooltip
		}
		right = left
	}
	showTip(h, tip, e.AbsolutePosition)
}

// MouseOut is part of desktop.Hoverable.
func (h *treeHeader) MouseOut() { hideTip(h) }

// CreateRenderer is part of fyne.Widget.
func (h *treeHeader) CreateRenderer() fyne.WidgetRenderer { return treeHeaderRenderer{h} }

type treeHeaderRenderer struct{ h *treeHeader }

func (r treeHeaderRenderer) Destroy()           {}
func (r treeHeaderRenderer) Layout(s fyne.Size) { r.h.place(s) }
func (r treeHeaderRenderer) MinSize() fyne.Size { return fyne.NewSize(1, r.h.t.rowHeight()) }
func (r treeHeaderRenderer) Refresh() {
	r.h.place(r.h.Size())
	canvas.Refresh(r.h)
}
func (r treeHeaderRenderer) Objects() []fyne.CanvasObject {
	out := []fyne.CanvasObject{r.h.ground, r.h.line}
	for _, t := range r.h.titles {
		out = append(out, t)
	}
	return out
}
