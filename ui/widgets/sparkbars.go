package widgets

import (
	"image"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// Sparkbars show a short history as small bars from 0: the last one in the
// strong colour, a value that is not known as a dot on the ground.
type Sparkbars struct {
	widget.BaseWidget
	Tip    func(i int) string // of the i-th value
	OnTap  func(i int)
	values []float64
	colors Colors
	raster *canvas.Raster
}

// NewSparkbars shows values; one that is not a number is not known.
func NewSparkbars(values ...float64) *Sparkbars {
	s := &Sparkbars{values: values}
	s.raster = newPainting(s.paint)
	s.ExtendBaseWidget(s)
	s.colors = ColorsOf(s)
	return s
}

// SetValues replaces what is shown.
func (s *Sparkbars) SetValues(values ...float64) {
	s.values = values
	s.Refresh()
}

func (s *Sparkbars) paint(img *image.RGBA, scale float32) {
	n := len(s.values)
	if n == 0 {
		return
	}
	var most float64
	for _, v := range s.values {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			most = max(most, v)
		}
	}
	size := s.Size()
	place := size.Width / float32(n)
	gap := min(place*0.25, 2)
	fill(img, pixels(0, size.Height-1, size.Width, 1, scale), s.colors.Line)
	for i, v := range s.values {
		x, wide := float32(i)*place, max(place-gap, 1)
		if !(v >= 0) || math.IsInf(v, 0) {
			fill(img, pixels(x+wide/2-1, size.Height-4, 2, 2, scale), s.colors.Muted)
			continue
		}
		col := mix(s.colors.fill(0), s.colors.Background, 0.35)
		if i == n-1 {
			col = s.colors.fill(0)
		}
		high := float32(1)
		if most > 0 {
			high = max(float32(v/most)*(size.Height-1), 1)
		}
		fill(img, pixels(x, size.Height-high, wide, high, scale), col)
	}
}

// MinSize gives every bar three pixels.
func (s *Sparkbars) MinSize() fyne.Size {
	return fyne.NewSize(max(float32(3*len(s.values)), 24), 20)
}

// CreateRenderer is part of fyne.Widget.
func (s *Sparkbars) CreateRenderer() fyne.WidgetRenderer {
	return &simpleRenderer{
		objects: func() []fyne.CanvasObject { return []fyne.CanvasObject{s.raster} },
		layout:  func(size fyne.Size) { s.raster.Resize(size) },
		min:     s.MinSize,
		refresh: func() {
			s.colors = ColorsOf(s)
			s.raster.Refresh()
		},
	}
}

func (s *Sparkbars) at(p fyne.Position) int {
	if len(s.values) == 0 || s.Size().Width <= 0 {
		return -1
	}
	return min(max(int(p.X/s.Size().Width*float32(len(s.values))), 0), len(s.values)-1)
}

// Tapped is part of fyne.Tappable.
func (s *Sparkbars) Tapped(e *fyne.PointEvent) {
	if i := s.at(e.Position); i >= 0 && s.OnTap != nil {
		s.OnTap(i)
	}
}

// MouseIn is part of desktop.Hoverable.
func (s *Sparkbars) MouseIn(e *desktop.MouseEvent) { s.MouseMoved(e) }

// MouseMoved is part of desktop.Hoverable.
func (s *Sparkbars) MouseMoved(e *desktop.MouseEvent) {
	if i := s.at(e.Position); i >= 0 && s.Tip != nil {
		showTip(s, s.Tip(i), e.AbsolutePosition)
	}
}

// MouseOut is part of desktop.Hoverable.
func (s *Sparkbars) MouseOut() { hideTip(s) }
