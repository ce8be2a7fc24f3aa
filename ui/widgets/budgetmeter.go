package widgets

import (
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// A BudgetMeter shows a value against a limit: a bar, a line where the limit
// is, and, if the value was another before, a thin line where it was. What
// is beyond the limit is hatched, and a warning icon stands before the text.
type BudgetMeter struct {
	widget.BaseWidget
	state  BudgetState
	colors Colors
	short  shortener
	raster *canvas.Raster
	icon   *canvas.Image
	label  *canvas.Text
	text   *canvas.Text
}

// A BudgetState is what a [BudgetMeter] shows. The values may have any unit.
type BudgetState struct {
	Value, Before, Limit float64 // Before and Limit are not drawn at 0
	Label                string  // what is measured, such as "Download"
	Text                 string  // the figures and the verdict in words
	Unknown              bool    // Value is at least this much, or not known at all
	Tip                  string
}

// Over reports whether the value is beyond the limit.
func (s BudgetState) Over() bool { return s.Limit > 0 && s.Value > s.Limit }

// NewBudgetMeter makes a meter.
func NewBudgetMeter(s BudgetState) *BudgetMeter {
	m := &BudgetMeter{state: s}
	m.raster = newPainting(m.paint)
	m.icon = canvas.NewImageFromResource(theme.WarningIcon())
	m.icon.FillMode = canvas.ImageFillContain
	m.label, m.text = canvas.NewText("", nil), canvas.NewText("", nil)
	m.ExtendBaseWidget(m)
	m.colors = ColorsOf(m)
	return m
}

// Set shows another state.
func (m *BudgetMeter) Set(s BudgetState) {
	m.state = s
	m.Refresh()
}

const meterHeight = 10

func (m *BudgetMeter) paint(img *image.RGBA, scale float32) {
	s, wide := m.state, m.Size().Width
	full := max(s.Value, s.Before, s.Limit) * 1.04 // so that the limit does not hide in the edge
	fill(img, pixels(0, 2, wide, meterHeight, scale), m.colors.Track)
	if full <= 0 {
		return
	}
	x := func(v float64) float32 { return float32(v/full) * wide }
	px := max(int(scale+0.5), 1)
	inside := s.Value
	if s.Over() {
		inside = s.Limit
		r := pixels(x(s.Limit), 2, x(s.Value)-x(s.Limit), meterHeight, scale)
		fill(img, r, mix(m.colors.Bad, m.colors.Background, 0.8))
		hatch(img, r, m.colors.Bad, 6*px, 3*px)
		border(img, r, px, m.colors.Bad)
	}
	r := pixels(0, 2, x(inside), meterHeight, scale)
	fill(img, r, m.colors.Good)
	if s.Unknown { // open at its end: there may be more
		for y := r.Min.Y; y < r.Max.Y; y += 4 * px {
			fill(img, image.Rect(r.Max.X-4*px, y, r.Max.X, y+2*px), m.colors.Track)
		}
	}
	if s.Before > 0 {
		fill(img, pixels(x(s.Before)-1, 2, 2, meterHeight, scale), m.colors.Muted)
	}
	if s.Limit > 0 {
		fill(img, pixels(x(s.Limit)-1, 0, 2, meterHeight+4, scale), m.colors.Strong)
	}
}

// MinSize is part of fyne.Widget.
func (m *BudgetMeter) MinSize() fyne.Size {
	return fyne.NewSize(140, textHeight(theme.SizeForWidget(theme.SizeNameText, m))+meterHeight+6)
}

func (m *BudgetMeter) place(s fyne.Size) {
	size := theme.SizeForWidget(theme.SizeNameText, m)
	line := textHeight(size)
	x := float32(0)
	setVisible(m.state.Over(), m.icon)
	if m.state.Over() {
		m.icon.Resize(fyne.NewSquareSize(line))
		x = line + 4
	}
	bold := fyne.TextStyle{Bold: true}
	put(&m.label, m.short.fit(m.state.Label, s.Width-x, size, bold), size, bold, m.colors.Text)
	m.label.Move(fyne.NewPos(x, 0))
	x += m.label.MinSize().Width + cellPad
	put(&m.text, m.short.fit(m.state.Text, s.Width-x, size, fyne.TextStyle{}), size, fyne.TextStyle{}, m.colors.Text)
	m.text.Move(fyne.NewPos(max(s.Width-m.text.MinSize().Width, x), 0))
	m.raster.Move(fyne.NewPos(0, line+2))
	m.raster.Resize(fyne.NewSize(s.Width, meterHeight+4))
}

// CreateRenderer is part of fyne.Widget.
func (m *BudgetMeter) CreateRenderer() fyne.WidgetRenderer {
	return &simpleRenderer{
		objects: func() []fyne.CanvasObject { return []fyne.CanvasObject{m.icon, m.label, m.text, m.raster} },
		layout:  m.place,
		min:     m.MinSize,
		refresh: func() {
			m.colors = ColorsOf(m)
			m.place(m.Size())
			m.raster.Refresh()
			canvas.Refresh(m)
		},
	}
}

// MouseIn is part of desktop.Hoverable.
func (m *BudgetMeter) MouseIn(e *desktop.MouseEvent) { m.MouseMoved(e) }

// MouseMoved is part of desktop.Hoverable.
func (m *BudgetMeter) MouseMoved(e *desktop.MouseEvent) { showTip(m, m.state.Tip, e.AbsolutePosition) }

// MouseOut is part of desktop.Hoverable.
func (m *BudgetMeter) MouseOut() { hideTip(m) }
