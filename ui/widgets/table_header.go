package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// A tableHeader shows the titles of the columns. A click sorts, dragging an
// edge changes a width, dragging a title moves its column, and a secondary
// click offers to hide and show.
type tableHeader struct {
	widget.BaseWidget
	t *DataTable

	ground, line *canvas.Rectangle
	drop         *canvas.Rectangle // where a dragged column would go
	titles       []headerCell
	edge         bool // the pointer is on an edge
	drag         headerDrag
}

type headerCell struct {
	text  *canvas.Text
	arrow *canvas.Image
	split *canvas.Rectangle
}

// A headerDrag is a drag going on.
type headerDrag struct {
	column string  // "" when there is none
	resize bool    // else the column moves
	start  float32 // width before, or 0
	x      float32 // pointer in the header
	moved  float32
}

func newTableHeader(t *DataTable) *tableHeader {
	h := &tableHeader{t: t}
	h.ground, h.line, h.drop = newRect(), newRect(), newRect()
	h.drop.Hide()
	h.ExtendBaseWidget(h)
	return h
}

// CreateRenderer is part of fyne.Widget.
func (h *tableHeader) CreateRenderer() fyne.WidgetRenderer {
	h.place()
	return headerRenderer{h}
}

type headerRenderer struct{ h *tableHeader }

func (r headerRenderer) Destroy()           {}
func (r headerRenderer) Layout(fyne.Size)   { r.h.place() }
func (r headerRenderer) MinSize() fyne.Size { return fyne.NewSize(1, r.h.t.rowHeight()) }
func (r headerRenderer) Refresh() {
	r.h.place()
	canvas.Refresh(r.h)
}
func (r headerRenderer) Objects() []fyne.CanvasObject {
	out := []fyne.CanvasObject{r.h.ground, r.h.line}
	for _, c := range r.h.titles {
		out = append(out, c.text, c.arrow, c.split)
	}
	return append(out, r.h.drop)
}

// place lays the titles out over their columns.
func (h *tableHeader) place() {
	t, s := h.t, h.Size()
	for len(h.titles) < len(t.columns) {
		arrow := canvas.NewImageFromResource(theme.MenuDropUpIcon())
		arrow.FillMode = canvas.ImageFillContain
		h.titles = append(h.titles, headerCell{canvas.NewText("", nil), arrow, newRect()})
	}
	h.ground.FillColor, h.line.FillColor, h.drop.FillColor = t.colors.Header, t.colors.Line, t.colors.Accent
	h.ground.Resize(s)
	h.line.Move(fyne.NewPos(0, s.Height-1))
	h.line.Resize(fyne.NewSize(s.Width, 1))
	for i := range t.columns {
		h.placeTitle(&t.columns[i], h.titles[i], s)
	}
}

func (h *tableHeader) placeTitle(c *column, v headerCell, s fyne.Size) {
	t := h.t
	x := c.x - t.offX
	if c.Hidden || x >= s.Width || x+c.w <= 0 {
		setVisible(false, v.text, v.arrow, v.split)
		return
	}
	const icon = 16
	sorted := t.sort.Column == c.ID && c.ID != ""
	room := c.w - 2*cellPad
	if sorted {
		room -= icon
	}
	size := theme.SizeForWidget(theme.SizeNameText, t)
	style := fyne.TextStyle{Bold: true}
	text, shown := v.text, t.short.fit(c.Title, room, size, style)
	put(&text, shown, size, style, t.colors.Text)
	ts := fyne.MeasureText(shown, size, style)
	left, y := x+cellPad, (s.Height-ts.Height)/2
	arrowX := left + ts.Width
	if c.Numeric { // the title ends above the figures; the arrow comes first
		left = x + c.w - cellPad - ts.Width
		arrowX = left - icon
	}
	v.text.Move(fyne.NewPos(left, y))
	v.text.Resize(ts)
	want := theme.MenuDropUpIcon()
	if t.sort.Descending {
		want = theme.MenuDropDownIcon()
	}
	if sorted && v.arrow.Resource != want {
		v.arrow.Resource = want
		v.arrow.Refresh()
	}
	v.arrow.Move(fyne.NewPos(arrowX, (s.Height-icon)/2))
	v.arrow.Resize(fyne.NewSquareSize(icon))
	setVisible(sorted, v.arrow)
	v.split.FillColor = t.colors.Line
	v.split.Move(fyne.NewPos(x+c.w-1, 4))
	v.split.Resize(fyne.NewSize(1, s.Height-8))
	setVisible(true, v.split)
}

// near is how close to an edge the pointer must be to take hold of it.
const near = 5

// edgeAt returns the column whose right edge is at x, or -1.
func (h *tableHeader) edgeAt(x float32) int {
	for i := range h.t.columns {
		c := &h.t.columns[i]
		if at := c.x + c.w - h.t.offX; !c.Hidden && x > at-near && x < at+near {
			return i
		}
	}
	return -1
}

// Tapped is part of fyne.Tappable: it asks for another order.
func (h *tableHeader) Tapped(e *fyne.PointEvent) {
	if c := h.t.columnAt(e.Position.X); c >= 0 && h.edgeAt(e.Position.X) < 0 {
		h.t.Sort(h.t.columns[c].ID)
	}
}

// Sort asks for the rows to be ordered by a column: figures from the
// greatest at first, words from A; a second time the other way round.
func (t *DataTable) Sort(column string) {
	i := t.column(column)
	if i < 0 || t.columns[i].NoSort {
		return
	}
	desc := t.columns[i].Numeric
	if t.sort.Column == column {
		desc = !t.sort.Descending
	}
	t.SetSort(column, desc)
	if t.OnSort != nil {
		t.OnSort(column, desc)
	}
	if t.OnState != nil {
		t.OnState(t.State())
	}
}

// TappedSecondary is part of fyne.SecondaryTappable.
func (h *tableHeader) TappedSecondary(e *fyne.PointEvent) {
	hideTip(h)
	if c := fyne.CurrentApp().Driver().CanvasForObject(h); c != nil {
		widget.ShowPopUpMenuAtPosition(h.t.ColumnMenu(), c, e.AbsolutePosition)
	}
}

// ColumnMenu offers every column to be shown or hidden, but for the names: rows that
// have none say nothing.
func (t *DataTable) ColumnMenu() *fyne.Menu {
	m := fyne.NewMenu("")
	for _, c := range t.columns {
		item := fyne.NewMenuItem(c.Title, func() { t.ShowColumn(c.ID, c.Hidden) })
		item.Checked = !c.Hidden
		item.Disabled = c.Names && !c.Hidden
		m.Items = append(m.Items, item)
	}
	return m
}

// MouseIn is part of desktop.Hoverable.
func (h *tableHeader) MouseIn(e *desktop.MouseEvent) { h.MouseMoved(e) }

// MouseMoved is part of desktop.Hoverable.
func (h *tableHeader) MouseMoved(e *desktop.MouseEvent) {
	h.edge = h.edgeAt(e.Position.X) >= 0
	tip := ""
	if c := h.t.columnAt(e.Position.X); c >= 0 && !h.edge {
		tip = h.t.columns[c].Tooltip
	}
	showTip(h, tip, e.AbsolutePosition)
}

// MouseOut is part of desktop.Hoverable.
func (h *tableHeader) MouseOut() {
	h.edge = false
	hideTip(h)
}

// Cursor is part of desktop.Cursorable.
func (h *tableHeader) Cursor() desktop.Cursor {
	if h.edge || h.drag.resize {
		return desktop.HResizeCursor
	}
	return desktop.DefaultCursor
}

// Dragged is part of fyne.Draggable.
func (h *tableHeader) Dragged(e *fyne.DragEvent) {
	hideTip(h)
	d := &h.drag
	if d.column == "" {
		start := e.Position.X - e.Dragged.DX
		if i := h.edgeAt(start); i >= 0 {
			*d = headerDrag{column: h.t.columns[i].ID, resize: true, start: h.t.columns[i].w}
		} else if i := h.t.columnAt(start); i >= 0 {
			*d = headerDrag{column: h.t.columns[i].ID}
		} else {
			return
		}
	}
	d.moved += e.Dragged.DX
	d.x = e.Position.X
	if d.resize {
		h.t.resizeColumn(d.column, d.start+d.moved)
		return
	}
	h.drop.Move(fyne.NewPos(h.t.dropX(d.x), 0))
	h.drop.Resize(fyne.NewSize(2, h.Size().Height))
	h.drop.Show()
	canvas.Refresh(h)
}

// DragEnd is part of fyne.Draggable.
func (h *tableHeader) DragEnd() {
	d := h.drag
	h.drag = headerDrag{}
	h.drop.Hide()
	if d.column == "" {
		return
	}
	if d.resize {
		h.t.stateChanged()
	} else {
		h.t.MoveColumn(d.column, h.t.placeAt(d.x, d.column))
	}
}

// resizeColumn changes a width while the pointer is down. What a flexible
// column has beyond its own width counts as its width from then on.
func (t *DataTable) resizeColumn(id string, width float32) {
	if i := t.column(id); i >= 0 {
		c := &t.columns[i]
		c.width = max(width, c.Min)
		if c.Flex {
			c.width = max(c.width-(c.w-c.width), c.Min)
		}
		t.Refresh()
	}
}

// gapAt returns how many visible columns have their middle left of x.
func (t *DataTable) gapAt(x float32) int {
	n := 0
	for _, i := range t.visibleColumns() {
		if c := &t.columns[i]; x > c.x+c.w/2-t.offX {
			n++
		}
	}
	return n
}

// dropX is where the mark between two columns is drawn.
func (t *DataTable) dropX(x float32) float32 {
	visible, n := t.visibleColumns(), t.gapAt(x)
	if n < len(visible) {
		return max(t.columns[visible[n]].x-t.offX-1, 0)
	}
	last := t.columns[visible[n-1]]
	return last.x + last.w - t.offX - 1
}

// placeAt is the place for a column dropped at x.
func (t *DataTable) placeAt(x float32, id string) int {
	n := t.gapAt(x)
	for at, i := range t.visibleColumns() {
		if t.columns[i].ID == id && at < n {
			return n - 1
		}
	}
	return n
}
