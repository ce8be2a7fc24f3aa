package chart

import (
	"math"

	gochart "github.com/wcharczuk/go-chart/v2"
)

// A Series is one line. A value that is not finite is a gap in it.
type Series struct {
	Name   string
	Values []float64
}

// dashes tell lines apart without colour.
var dashes = [][]float64{nil, {6, 4}, {2, 3}, {10, 4, 2, 4}}

// Lines draws series over common places with labels. Every value has a dot,
// so that a single one is seen too.
func Lines(series []Series, labels []string, o Options) *Chart {
	return newChart(o, func(c *Chart, m measure) (renderable, error) {
		return c.lines(m, series, labels)
	})
}

func (c *Chart) lines(m measure, series []Series, labels []string) (renderable, error) {
	var all []float64
	places := 0
	for _, s := range series {
		all = append(all, s.Values...)
		places = max(places, len(s.Values))
	}
	low, high, err := span(all)
	if err != nil {
		return nil, err
	}
	names := make([]string, places)
	copy(names, labels)
	title, top := c.title(m)
	key, keyHeight := c.key(m, series, gap+top, c.lineSample)
	a := newAxes(c, m, low, high, names, top+keyHeight)

	var drawn []gochart.Series
	for i, s := range series {
		drawn = append(drawn, c.runs(i, s.Values)...)
	}
	return gochart.Chart{
		Width: c.opts.Width, Height: c.opts.Height, DPI: dpi, Font: c.font,
		Background: ground(c, a.pad), Canvas: c.ground(),
		XAxis: gochart.XAxis{Style: gochart.Hidden(), Range: &gochart.ContinuousRange{Min: -0.5, Max: float64(places) - 0.5}},
		YAxis: gochart.YAxis{Style: gochart.Hidden(), Range: a.rng()},

		YAxisSecondary: gochart.YAxis{Style: gochart.Hidden()},
		Series:         drawn,
		Elements: []gochart.Renderable{title, key, func(r gochart.Renderer, b gochart.Box, _ gochart.Style) {
			a.draw(r, b, func(i int) int {
				return b.Left + int(math.Round((float64(i)+0.5)/float64(places)*float64(b.Width())))
			})
		}},
	}, nil
}

// runs cuts the i-th line at its gaps.
func (c *Chart) runs(i int, values []float64) []gochart.Series {
	col := paint(c.opts.Theme.series(i))
	style := gochart.Style{
		StrokeColor: col, StrokeWidth: 2, StrokeDashArray: dashes[i%len(dashes)],
		DotColor: col, DotWidth: 3,
	}
	var out []gochart.Series
	var xs, ys []float64
	flush := func() {
		if len(xs) > 0 {
			out = append(out, gochart.ContinuousSeries{Style: style, XValues: xs, YValues: ys})
		}
		xs, ys = nil, nil
	}
	for x, y := range values {
		if !finite(y) {
			flush()
			continue
		}
		xs, ys = append(xs, float64(x)), append(ys, y)
	}
	flush()
	return out
}

// lineSample draws a piece of the i-th line for the key, with its middle at y.
func (c *Chart) lineSample(r gochart.Renderer, i, x, y, wide int) {
	line(r, x, y, x+wide, y, gochart.Style{StrokeColor: paint(c.opts.Theme.series(i)), StrokeWidth: 2, StrokeDashArray: dashes[i%len(dashes)]})
}

// key names the series above the chart, if there are several, each beside a sample
// of it. It returns the height that it takes.
func (c *Chart) key(m measure, series []Series, top int, sample func(r gochart.Renderer, i, x, y, wide int)) (gochart.Renderable, int) {
	const long = 24 // pixels of sample before a name
	type entry struct {
		i, x, y int
		name    string
	}
	var entries []entry
	x, y := gap, top+m.height
	for i, s := range series {
		if s.Name == "" || len(series) < 2 {
			continue
		}
		name := m.shorten(s.Name, min(220, c.opts.Width-long-4*gap))
		wide := long + gap/2 + m.width(name) + 2*gap
		if x+wide > c.opts.Width && x > gap {
			x, y = gap, y+m.height+gap
		}
		entries = append(entries, entry{i, x, y, name})
		x += wide
	}
	if len(entries) == 0 || y > c.opts.Height/3 {
		return func(gochart.Renderer, gochart.Box, gochart.Style) {}, 0
	}
	return func(r gochart.Renderer, _ gochart.Box, _ gochart.Style) {
		for _, e := range entries {
			sample(r, e.i, e.x, e.y-m.height/2, long)
			gochart.Draw.Text(r, e.name, e.x+long+gap/2, e.y, c.text(c.opts.Theme.Text))
		}
	}, y + gap - top
}
