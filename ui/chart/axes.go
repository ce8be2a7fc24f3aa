package chart

import (
	"math"

	gochart "github.com/wcharczuk/go-chart/v2"
)

// gap is the space around parts of a chart, in logical pixels.
const gap = 10

// Axes are the frame of a bar or line chart: how high a value lies, and what
// is written beside and below.
type axes struct {
	c        *Chart
	m        measure
	min, max float64
	ticks    []gochart.Tick
	labels   []string // below, one for each place
	slanted  bool     // they rise to the right, because they are wider than their place
	pad      gochart.Box
	places   int
	blocked  func(v float64) [][2]int // columns where the grid line of v would cross a bar; may be nil
}

// newAxes leaves room for labels, and a strip of the given height above. The
// values are finite; min and max include 0.
func newAxes(c *Chart, m measure, low, high float64, labels []string, top int) *axes {
	a := &axes{c: c, m: m, labels: labels, places: len(labels)}
	a.scale(low, high)
	var names []string
	for _, t := range a.ticks {
		names = append(names, t.Label)
	}
	a.pad = gochart.Box{Top: gap + top + m.height, Left: 2*gap + m.widest(names), Right: 2 * gap, Bottom: 2*gap + m.height, IsSet: true}
	a.pad.Left = min(a.pad.Left, c.opts.Width/2)
	wide := m.widest(labels)
	if place := a.width() / max(a.places, 1); wide+gap/2 > place && wide > 0 {
		a.slanted = true
		long := min(wide, int(float64(c.opts.Height)*0.36))
		a.labels = make([]string, len(labels))
		for i, s := range labels {
			a.labels[i] = m.shorten(s, long)
		}
		slope := int(math.Ceil(float64(min(wide, long)) * math.Sqrt2 / 2))
		a.pad.Bottom = 2*gap + m.height + slope
		a.pad.Left = max(a.pad.Left, min(slope+gap/2, c.opts.Width/3))
	}
	return a
}

// width is that of the area inside the axes.
func (a *axes) width() int { return max(a.c.opts.Width-a.pad.Left-a.pad.Right, 1) }

// scale rounds the range outwards to a few round steps.
func (a *axes) scale(low, high float64) {
	room := float64(a.c.opts.Height) / (a.c.opts.FontSize * 4.5)
	step := niceStep((high - low) / math.Max(2, math.Min(room, 6)))
	first, last := math.Floor(low/step-1e-9), math.Ceil(high/step-1e-9)
	a.min, a.max = first*step, last*step
	if low == 0 {
		a.min, first = 0, 0
	}
	for i := first; i <= last; i++ {
		a.ticks = append(a.ticks, gochart.Tick{Value: i * step, Label: a.c.opts.Format(i * step)})
	}
}

// niceStep rounds up to 1, 2, 2.5 or 5 times a power of ten.
func niceStep(raw float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(raw)))
	for _, n := range []float64{1, 2, 2.5, 5} {
		if raw <= n*power*(1+1e-9) {
			return n * power
		}
	}
	return 10 * power
}

func (a *axes) rng() gochart.Range { return &gochart.ContinuousRange{Min: a.min, Max: a.max} }

// y is the height of a value in the box.
func (a *axes) y(b gochart.Box, v float64) int {
	return b.Bottom - int(math.Round((v-a.min)/(a.max-a.min)*float64(b.Height())))
}

// draw draws grid, axis and labels; at says where a place has its middle.
func (a *axes) draw(r gochart.Renderer, b gochart.Box, at func(int) int) {
	th := a.c.opts.Theme
	muted := a.c.text(th.Muted)
	for _, t := range a.ticks {
		y := a.y(b, t.Value)
		a.gridLine(r, b, t.Value, y)
		label := a.m.shorten(t.Label, b.Left-gap)
		gochart.Draw.Text(r, label, b.Left-gap/2-a.m.width(label), y+a.m.height/2, muted)
	}
	every := 1
	if place := float64(a.width()) / float64(max(a.places, 1)); a.slanted {
		every = max(1, int(math.Ceil((a.c.opts.FontSize*1.2)/place)))
	}
	for i := 0; i < len(a.labels); i += every {
		a.label(r, at(i), b.Bottom, a.labels[i], muted)
	}
}

// gridLine draws the line of value v around the bars: go-chart has drawn
// them already.
func (a *axes) gridLine(r gochart.Renderer, b gochart.Box, v float64, y int) {
	style := gochart.Style{StrokeColor: paint(a.c.opts.Theme.Grid), StrokeWidth: 1}
	x := b.Left
	if v == 0 {
		style.StrokeColor = paint(a.c.opts.Theme.Muted)
	} else if a.blocked != nil {
		for _, bar := range a.blocked(v) {
			line(r, x, y, bar[0], y, style)
			x = bar[1]
		}
	}
	line(r, x, y, b.Right, y, style)
}

// label writes below x, or slanted so that its end lies below x.
func (a *axes) label(r gochart.Renderer, x, bottom int, text string, style gochart.Style) {
	w := a.m.width(text)
	if !a.slanted {
		gochart.Draw.Text(r, text, x-w/2, bottom+gap/2+a.m.height, style)
		return
	}
	along := int(float64(w) * math.Sqrt2 / 2)
	style.TextRotationDegrees = 315
	gochart.Draw.Text(r, text, x-along+a.m.height/2, bottom+gap/2+a.m.height+along, style)
}

func line(r gochart.Renderer, x0, y0, x1, y1 int, s gochart.Style) {
	s.GetStrokeOptions().WriteDrawingOptionsToRenderer(r)
	r.MoveTo(x0, y0)
	r.LineTo(x1, y1)
	r.Stroke()
	r.ResetStyle()
}

// span returns the least and the greatest of the values and 0; values that
// are not finite do not count. It fails if there is nothing but 0.
func span(values []float64) (low, high float64, err error) {
	for _, v := range values {
		if finite(v) {
			low, high = math.Min(low, v), math.Max(high, v)
		}
	}
	if low == high {
		return 0, 0, ErrNoData
	}
	if high-low > math.MaxFloat64/16 || high-low < 1e-290 {
		return 0, 0, ErrNoData // no axis can be labelled
	}
	return low, high, nil
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
