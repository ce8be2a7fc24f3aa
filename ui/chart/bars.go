package chart

import (
	gochart "github.com/wcharczuk/go-chart/v2"
)

// Bars draws one bar for each value, in the given order. Missing labels
// stay empty; a value that is not finite has no bar. Where the bars have no
// room, the first ones are drawn and the rest is announced.
func Bars(values []float64, labels []string, o Options) *Chart {
	return newChart(o, func(c *Chart, m measure) (renderable, error) {
		return c.bars(m, values, labels)
	})
}

const leastPlace = 4 // pixels for a bar and the space beside it

// bars draws values, and the parts that they are the sums of, if any.
func (c *Chart) bars(m measure, values []float64, labels []string, parts ...Series) (renderable, error) {
	more := 0
	if most := (c.opts.Width - 100) / leastPlace; len(values) > max(most, 1) {
		more = len(values) - max(most, 1)
		values = values[:max(most, 1)]
	}
	low, high, err := span(values)
	if err != nil {
		return nil, err
	}
	names := make([]string, len(values))
	copy(names, labels)
	title, top := c.title(m)
	key, keyHeight := c.key(m, parts, gap+top, c.boxSample)
	a := newAxes(c, m, low, high, names, top+keyHeight)

	place := min(a.width()/len(values), 12*gap)
	width := max(place*7/10, 1)
	space := max(place-width, 1)
	bars := make([]gochart.Value, len(values))
	for i, v := range values {
		if !finite(v) {
			v = 0
		}
		bars[i] = gochart.Value{Value: v, Style: gochart.Style{
			FillColor: paint(c.opts.Theme.series(0)), StrokeColor: invisible, StrokeWidth: 1,
		}}
	}
	return gochart.BarChart{
		Width: c.opts.Width, Height: c.opts.Height, DPI: dpi, Font: c.font,
		Background: ground(c, a.pad), Canvas: c.ground(),
		XAxis: gochart.Hidden(), YAxis: gochart.YAxis{Style: gochart.Hidden(), Range: a.rng()},
		BarWidth: width, BarSpacing: space,
		UseBaseValue: true, BaseValue: 0, // go-chart would start at the smallest value
		Bars: bars,
		Elements: []gochart.Renderable{title, key, func(r gochart.Renderer, b gochart.Box, _ gochart.Style) {
			middle := func(i int) int { return b.Left + i*(width+space) + space/2 + width/2 }
			a.blocked = func(at float64) (spans [][2]int) {
				for i, v := range values {
					if finite(v) && (at > 0 && v >= at || at < 0 && v <= at) {
						spans = append(spans, [2]int{middle(i) - width/2, middle(i) - width/2 + width})
					}
				}
				return spans
			}
			a.draw(r, b, middle)
			for i := range values {
				c.stack(r, b, a, parts, i, middle(i)-width/2, width)
			}
			c.values(r, b, a, values, middle, width+space)
			if more > 0 {
				text := m.shorten(c.opts.More(more), b.Width())
				gochart.Draw.Text(r, text, b.Right-m.width(text), b.Top-gap/2, c.text(c.opts.Theme.Muted))
			}
		}},
	}, nil
}

// values writes the values above their bars if all of them fit.
func (c *Chart) values(r gochart.Renderer, b gochart.Box, a *axes, values []float64, middle func(int) int, place int) {
	texts := make([]string, len(values))
	for i, v := range values {
		if finite(v) {
			texts[i] = c.opts.Format(v)
		}
	}
	if a.m.widest(texts)+4 > place {
		return
	}
	for i, s := range texts {
		y := a.y(b, max(values[i], 0)) - 4
		if s != "" {
			gochart.Draw.Text(r, s, middle(i)-a.m.width(s)/2, y, c.text(c.opts.Theme.Text))
		}
	}
}

func ground(c *Chart, pad gochart.Box) gochart.Style {
	s := c.ground()
	s.Padding = pad
	return s
}
