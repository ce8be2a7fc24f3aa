package chart

import (
	"fmt"
	"math"

	gochart "github.com/wcharczuk/go-chart/v2"
)

// Donut draws shares of a whole as slices of a ring, with a legend that has
// label, value and share. Only finite values above 0 have a slice. Slices
// beyond the seventh and below one in 200 are merged into the last one.
func Donut(values []float64, labels []string, o Options) *Chart {
	return newChart(o, func(c *Chart, m measure) (renderable, error) {
		return c.donut(m, values, labels)
	})
}

// A slice is a part of the ring.
type slice struct {
	label string
	value float64
}

const mostSlices = 8

func (c *Chart) donut(m measure, values []float64, labels []string) (renderable, error) {
	slices, total, err := c.slices(values, labels)
	if err != nil {
		return nil, err
	}
	title, top := c.title(m)
	legend := c.legend(m, slices, total, gap+top)
	box, ring := c.ringBox(c.opts.Width-legend.width-gap, top)

	parts := make([]gochart.Value, 0, len(slices)+1)
	for i, s := range slices {
		style := gochart.Style{FillColor: paint(c.opts.Theme.series(i)), StrokeColor: paint(c.opts.Theme.Background), StrokeWidth: 2}
		v := gochart.Value{Value: s.value, Style: style}
		if len(slices) == 1 { // go-chart does not fill a ring of one slice
			v.Value, v.Style.StrokeColor = s.value/2, style.FillColor
			parts = append(parts, v)
		}
		parts = append(parts, v)
	}
	hole := c.ground()
	hole.StrokeColor = paint(c.opts.Theme.Background)
	return gochart.DonutChart{
		Width: c.opts.Width, Height: c.opts.Height, DPI: dpi, Font: c.font,
		Background: ground(c, box),
		Canvas:     c.ground(),
		SliceStyle: hole,
		Values:     parts,
		Elements: []gochart.Renderable{title, func(r gochart.Renderer, b gochart.Box, _ gochart.Style) {
			c.center(r, b, ring, m, c.opts.Format(total))
			legend.draw(r)
		}},
	}, nil
}

// slices drops what cannot be shown and merges what is small.
func (c *Chart) slices(values []float64, labels []string) (out []slice, total float64, err error) {
	for i, v := range values {
		if finite(v) && v > 0 {
			s := slice{value: v}
			if i < len(labels) {
				s.label = labels[i]
			}
			out = append(out, s)
			total += v
		}
	}
	if !finite(total) || total < 1e-290 {
		return nil, 0, ErrNoData
	}
	var kept []slice
	var rest slice
	merged := 0
	for i, s := range out {
		if full := len(kept) == mostSlices-1 && (i < len(out)-1 || merged > 0); full || s.value < total/200 {
			rest.value += s.value
			rest.label = s.label
			merged++
			continue
		}
		kept = append(kept, s)
	}
	if merged > 1 {
		rest.label = c.opts.More(merged)
	}
	if merged > 0 {
		kept = append(kept, rest)
	}
	return kept, total, nil
}

// ringBox returns the padding that makes go-chart draw a ring as big as the
// room at the left allows, and its radius. go-chart leaves more than a
// quarter of its box empty, so the box is bigger than the room.
func (c *Chart) ringBox(room, top int) (pad gochart.Box, radius int) {
	radius = max(min(room, c.opts.Height-top)/2-gap, 1)
	half := int(float64(radius) * 1.1 * 1.25)
	x, y := room/2, (c.opts.Height+top)/2
	return gochart.Box{
		Left: x - half, Right: c.opts.Width - x - half,
		Top: y - half, Bottom: c.opts.Height - y - half,
		IsSet: true,
	}, radius
}

// center widens the hole and writes the total into it. go-chart's ring is
// fat; a thin one leaves room for the figure.
func (c *Chart) center(r gochart.Renderer, b gochart.Box, radius int, m measure, text string) {
	cx, cy := b.Center()
	hole := float64(radius) * 0.6
	c.ground().GetFillAndStrokeOptions().WriteDrawingOptionsToRenderer(r)
	r.MoveTo(cx, cy-int(hole))
	r.ArcTo(cx, cy, hole, hole, -math.Pi/2, math.Pi)
	r.ArcTo(cx, cy, hole, hole, math.Pi/2, math.Pi)
	r.Close()
	r.FillStroke()
	r.ResetStyle()
	if m.width(text)+4 < int(2*hole) && m.height < int(hole) {
		gochart.Draw.Text(r, text, cx-m.width(text)/2, cy+m.height/2, c.text(c.opts.Theme.Text))
	}
}

// A legend names slices at the right of the ring.
type legend struct {
	c      *Chart
	m      measure
	labels []string
	shares []string
	width  int // 0 where there is no room
	top    int
	line   int
}

func (c *Chart) legend(m measure, slices []slice, total float64, top int) legend {
	l := legend{c: c, m: m, top: top, line: int(c.opts.FontSize * 1.7)}
	for _, s := range slices {
		l.labels = append(l.labels, s.label)
		l.shares = append(l.shares, fmt.Sprintf("%s  %.1f %%", c.opts.Format(s.value), s.value/total*100))
	}
	shares := m.widest(l.shares)
	room := c.opts.Width - 3*gap - min(c.opts.Height-top, c.opts.Width/2)
	labels := min(m.widest(l.labels), room-shares-m.height-3*gap)
	if labels < min(3*m.height, m.widest(l.labels)) || l.line*len(slices)+top > c.opts.Height {
		return legend{}
	}
	for i := range l.labels {
		l.labels[i] = m.shorten(l.labels[i], labels)
	}
	l.width = m.height + gap + labels + 2*gap + shares
	return l
}

func (l legend) draw(r gochart.Renderer) {
	if l.width == 0 {
		return
	}
	left, right := l.c.opts.Width-l.width-gap, l.c.opts.Width-gap
	y := max((l.c.opts.Height+l.top-l.line*len(l.labels))/2, l.top)
	text := l.c.text(l.c.opts.Theme.Text)
	for i, label := range l.labels {
		base := y + (l.line+l.m.height)/2
		gochart.Draw.Box(r, gochart.Box{Left: left, Right: left + l.m.height, Top: base - l.m.height, Bottom: base},
			gochart.Style{FillColor: paint(l.c.opts.Theme.series(i)), StrokeColor: invisible, StrokeWidth: 1})
		gochart.Draw.Text(r, label, left+l.m.height+gap, base, text)
		gochart.Draw.Text(r, l.shares[i], right-l.m.width(l.shares[i]), base, l.c.text(l.c.opts.Theme.Muted))
		y += l.line
	}
}
