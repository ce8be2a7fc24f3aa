package widgets

import (
	"image"
	"image/color"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// A BarRow is one bar of a [StackedBar].
type BarRow struct {
	Key    string
	Label  string    // at the left
	Detail string    // at the right, such as the sum
	Values []float64 // one for each part
	Tip    string
}

// A BarPart is what one segment of every bar stands for.
type BarPart struct {
	Name    string
	Fill    int  // which of [Colors].Fills
	Hatched bool // for what is there in vain: a pattern beside the colour
}

// A StackedBar shows several rows of parts that add up, on one scale that
// starts at 0, below a legend. go-chart can stack bars only as shares of 100 %.
//
// With the keyboard: Up and Down go, Enter activates.
type StackedBar struct {
	widget.BaseWidget

	OnSelect   func(key string)
	OnActivate func(key string)

	parts    []BarPart
	rows     []BarRow
	selected string
	focused  bool
	colors   Colors
	short    shortener

	raster  *canvas.Raster
	back    *canvas.Rectangle // behind the selected row
	marker  *canvas.Rectangle
	frame   *canvas.Rectangle
	legend  []*canvas.Text
	labels  []*canvas.Text
	details []*canvas.Text
}

// NewStackedBar makes an empty chart of these parts.
func NewStackedBar(parts ...BarPart) *StackedBar {
	b := &StackedBar{parts: parts}
	b.raster = newPainting(b.paint)
	b.back, b.marker, b.frame = newRect(), newRect(), newRect()
	b.ExtendBaseWidget(b)
	b.colors = ColorsOf(b)
	for range parts {
		b.legend = append(b.legend, canvas.NewText("", nil))
	}
	return b
}

// SetRows replaces the bars.
func (b *StackedBar) SetRows(rows []BarRow) {
	b.rows = rows
	b.labels, b.details = b.labels[:0], b.details[:0]
	for range rows {
		b.labels = append(b.labels, canvas.NewText("", nil))
		b.details = append(b.details, canvas.NewText("", nil))
	}
	b.Refresh()
}

// Select marks a row; "" marks none. It does not call OnSelect.
func (b *StackedBar) Select(key string) {
	b.selected = key
	b.Refresh()
}

// Selected returns the key of the marked row, or "".
func (b *StackedBar) Selected() string { return b.selected }

func (b *StackedBar) rowHeight() float32 { return rowHeight(b) }

// MinSize holds all rows; put the bars into a scroll container if there may
// be many.
func (b *StackedBar) MinSize() fyne.Size {
	return fyne.NewSize(240, float32(len(b.rows)+1)*b.rowHeight())
}

// columns are the places of label, bar and detail.
func (b *StackedBar) columns(width float32) (label, bar, barWidth, detail float32) {
	size := theme.SizeForWidget(theme.SizeNameText, b)
	var wideLabel, wideDetail float32
	for i := range b.rows {
		wideLabel = max(wideLabel, fyne.MeasureText(b.rows[i].Label, size, fyne.TextStyle{}).Width)
		wideDetail = max(wideDetail, fyne.MeasureText(b.rows[i].Detail, size, fyne.TextStyle{}).Width)
	}
	wideLabel = min(wideLabel, width*0.4)
	label, bar = cellPad, cellPad+wideLabel+cellPad
	detail = max(width-cellPad-wideDetail, bar)
	return label, bar, max(detail-cellPad-bar, 0), detail
}

// most is the greatest sum.
func (b *StackedBar) most() float64 {
	var most float64
	for _, r := range b.rows {
		var sum float64
		for _, v := range r.Values {
			if v > 0 && !math.IsInf(v, 0) { // not a number is not greater than 0
				sum += v
			}
		}
		most = max(most, sum)
	}
	return most
}

func (b *StackedBar) paint(img *image.RGBA, scale float32) {
	h := b.rowHeight()
	_, bar, wide, _ := b.columns(b.Size().Width)
	most := b.most()
	x := float32(cellPad)
	for i, p := range b.parts {
		b.segment(img, p, pixels(x, (h-10)/2, 14, 10, scale), scale)
		x += 14 + 6 + b.legend[i].MinSize().Width + 2*cellPad
	}
	if most <= 0 {
		return
	}
	for i, r := range b.rows {
		y := float32(i+1)*h + 5
		fill(img, pixels(bar, y, wide, h-10, scale), b.colors.Track)
		at := 0.0
		for p, v := range r.Values {
			if p >= len(b.parts) || !(v > 0) || math.IsInf(v, 0) {
				continue
			}
			from := bar + float32(at/most)*wide
			at += v
			to := bar + float32(at/most)*wide
			b.segment(img, b.parts[p], pixels(from, y, max(to-from, 1/scale), h-10, scale), scale)
		}
	}
}

// segment paints one part, with a gap at its right.
func (b *StackedBar) segment(img *image.RGBA, p BarPart, r image.Rectangle, scale float32) {
	px := max(int(scale+0.5), 1)
	if r.Dx() > 3*px {
		r.Max.X -= px
	}
	col := b.colors.fill(p.Fill)
	if !p.Hatched {
		fill(img, r, col)
		return
	}
	fill(img, r, mix(col, b.colors.Background, 0.85))
	hatch(img, r, col, 6*px, 2*px)
	border(img, r, px, col)
}

func (b *StackedBar) place(s fyne.Size) {
	h := b.rowHeight()
	size := theme.SizeForWidget(theme.SizeNameText, b)
	b.raster.Resize(s)
	label, bar, _, detail := b.columns(s.Width)
	x := float32(cellPad)
	for i, p := range b.parts {
		put(&b.legend[i], p.Name, size, fyne.TextStyle{}, b.colors.Text)
		b.legend[i].Move(fyne.NewPos(x+20, (h-b.legend[i].MinSize().Height)/2))
		x += 14 + 6 + b.legend[i].MinSize().Width + 2*cellPad
	}
	row := -1
	for i, r := range b.rows {
		y := float32(i+1) * h
		put(&b.labels[i], b.short.fit(r.Label, bar-label-cellPad/2, size, fyne.TextStyle{}), size, fyne.TextStyle{}, b.colors.Text)
		m := b.labels[i].MinSize()
		b.labels[i].Move(fyne.NewPos(label, y+(h-m.Height)/2))
		put(&b.details[i], b.short.fit(r.Detail, s.Width-detail, size, fyne.TextStyle{}), size, fyne.TextStyle{}, b.colors.Text)
		b.details[i].Move(fyne.NewPos(s.Width-cellPad-b.details[i].MinSize().Width, y+(h-m.Height)/2))
		if r.Key == b.selected && b.selected != "" {
			row = i
		}
	}
	setVisible(row >= 0, b.back, b.marker)
	setVisible(row >= 0 && b.focused, b.frame)
	if row >= 0 {
		b.back.FillColor, b.marker.FillColor = over(b.colors.Selection, b.colors.Background), b.colors.Accent
		b.frame.StrokeColor, b.frame.StrokeWidth, b.frame.FillColor = b.colors.Accent, 1, color.Transparent
		for _, o := range []*canvas.Rectangle{b.back, b.marker, b.frame} {
			o.Move(fyne.NewPos(0, float32(row+1)*h))
			o.Resize(fyne.NewSize(s.Width, h))
		}
		b.marker.Resize(fyne.NewSize(3, h))
	}
}

// CreateRenderer is part of fyne.Widget.
func (b *StackedBar) CreateRenderer() fyne.WidgetRenderer {
	return &simpleRenderer{
		objects: func() []fyne.CanvasObject {
			out := []fyne.CanvasObject{b.back, b.raster, b.marker, b.frame}
			for _, texts := range [][]*canvas.Text{b.legend, b.labels, b.details} {
				for _, t := range texts {
					out = append(out, t)
				}
			}
			return out
		},
		layout: b.place,
		min:    b.MinSize,
		refresh: func() {
			b.colors = ColorsOf(b)
			b.place(b.Size())
			b.raster.Refresh()
			canvas.Refresh(b)
		},
	}
}

func (b *StackedBar) rowAt(p fyne.Position) int {
	if i := int(p.Y/b.rowHeight()) - 1; i >= 0 && i < len(b.rows) {
		return i
	}
	return -1
}

// Tapped is part of fyne.Tappable.
func (b *StackedBar) Tapped(e *fyne.PointEvent) {
	focus(b)
	if i := b.rowAt(e.Position); i >= 0 {
		b.goTo(i)
	}
}

func (b *StackedBar) goTo(i int) {
	if len(b.rows) == 0 {
		return
	}
	i = min(max(i, 0), len(b.rows)-1)
	b.Select(b.rows[i].Key)
	if b.OnSelect != nil {
		b.OnSelect(b.selected)
	}
}

// TypedKey is part of fyne.Focusable.
func (b *StackedBar) TypedKey(e *fyne.KeyEvent) {
	at := -1
	for i := range b.rows {
		if b.rows[i].Key == b.selected {
			at = i
		}
	}
	switch e.Name {
	case fyne.KeyDown:
		b.goTo(at + 1)
	case fyne.KeyUp:
		b.goTo(at - 1)
	case fyne.KeyReturn, fyne.KeyEnter:
		if at >= 0 && b.OnActivate != nil {
			b.OnActivate(b.selected)
		}
	}
}

// TypedRune is part of fyne.Focusable.
func (b *StackedBar) TypedRune(rune) {}

// FocusGained is part of fyne.Focusable.
func (b *StackedBar) FocusGained() { b.focused = true; b.Refresh() }

// FocusLost is part of fyne.Focusable.
func (b *StackedBar) FocusLost() { b.focused = false; b.Refresh() }

// MouseIn is part of desktop.Hoverable.
func (b *StackedBar) MouseIn(e *desktop.MouseEvent) { b.MouseMoved(e) }

// MouseMoved is part of desktop.Hoverable.
func (b *StackedBar) MouseMoved(e *desktop.MouseEvent) {
	tip := ""
	if i := b.rowAt(e.Position); i >= 0 {
		tip = b.rows[i].Tip
	}
	showTip(b, tip, e.AbsolutePosition)
}

// MouseOut is part of desktop.Hoverable.
func (b *StackedBar) MouseOut() { hideTip(b) }
