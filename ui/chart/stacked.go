package chart

import (
	gochart "github.com/wcharczuk/go-chart/v2"
)

// Stacked draws one bar for each place: the values of the series above each other,
// on one scale, with their sum on top. All but the first are hatched, to be told
// apart without colour. A value that is not finite or below 0 counts as 0.
//
// go-chart's own stacked bars are shares of 100 %: it draws the sums here, and the
// parts are painted over them.
func Stacked(series []Series, labels []string, o Options) *Chart {
	return newChart(o, func(c *Chart, m measure) (renderable, error) {
		places := 0
		for _, s := range series {
			places = max(places, len(s.Values))
		}
		sums := make([]float64, places)
		for _, s := range series {
			for i := range s.Values {
				sums[i] += part(s, i)
			}
		}
		return c.bars(m, sums, labels, series...)
	})
}

// part is what the series adds to the i-th bar.
func part(s Series, i int) float64 {
	if i >= len(s.Values) || !finite(s.Values[i]) || s.Values[i] < 0 {
		return 0
	}
	return s.Values[i]
}

// stack paints the parts of the i-th bar, but for the first, over it. A part that is
// there is seen: it is at least a pixel high, as go-chart rounds bars up.
func (c *Chart) stack(r gochart.Renderer, b gochart.Box, a *axes, parts []Series, i, x, wide int) {
	sum := 0.0
	for n, s := range parts {
		v := part(s, i)
		from := a.y(b, sum)
		sum += v
		if n > 0 && v > 0 {
			c.hatched(r, n, gochart.Box{Left: x, Right: x + wide, Top: a.y(b, sum) - 1, Bottom: from})
		}
	}
}

// boxSample draws a box as the i-th series has for the key, with its middle at y.
func (c *Chart) boxSample(r gochart.Renderer, i, x, y, wide int) {
	const half = 5
	box := gochart.Box{Left: x, Right: x + wide, Top: y - half, Bottom: y + half}
	if i > 0 {
		c.hatched(r, i, box)
		return
	}
	gochart.Draw.Box(r, box, gochart.Style{FillColor: paint(c.opts.Theme.series(i)), StrokeColor: invisible, StrokeWidth: 1})
}

// hatched fills a box with the colour of the i-th series and slanting lines of the
// background.
func (c *Chart) hatched(r gochart.Renderer, i int, box gochart.Box) {
	const step = 6
	gochart.Draw.Box(r, box, gochart.Style{FillColor: paint(c.opts.Theme.series(i)), StrokeColor: invisible, StrokeWidth: 1})
	high := box.Bottom - box.Top
	style := gochart.Style{StrokeColor: paint(c.opts.Theme.Background), StrokeWidth: 1.5}
	for at := box.Left - high + step; at < box.Right; at += step {
		from, to := max(at, box.Left), min(at+high, box.Right)
		if from < to {
			line(r, from, box.Bottom-(from-at), to, box.Bottom-(to-at), style)
		}
	}
}
