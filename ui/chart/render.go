package chart

import (
	"html"
	"math"

	"github.com/golang/freetype/truetype"
	gochart "github.com/wcharczuk/go-chart/v2"
	"golang.org/x/image/font"
)

// dpi makes a point of the font a pixel.
const dpi = 72

// A scaler draws on a renderer with more pixels. Everything grows alike:
// go-chart's own DPI setting would leave its fixed margins behind.
type scaler struct {
	gochart.Renderer
	by float64
}

func (s *scaler) px(n int) int { return scaled(n, s.by) }

// SetDPI makes good for go-chart's images drawing text at 72/64 of the size
// that its SVG gives it.
func (s *scaler) SetDPI(d float64) { s.Renderer.SetDPI(d * 64 / 72) }

func (s *scaler) SetStrokeWidth(w float64) { s.Renderer.SetStrokeWidth(w * s.by) }
func (s *scaler) SetFontSize(n float64)    { s.Renderer.SetFontSize(n * s.by) }
func (s *scaler) MoveTo(x, y int)          { s.Renderer.MoveTo(s.px(x), s.px(y)) }
func (s *scaler) LineTo(x, y int)          { s.Renderer.LineTo(s.px(x), s.px(y)) }
func (s *scaler) Text(t string, x, y int)  { s.Renderer.Text(t, s.px(x), s.px(y)) }

func (s *scaler) QuadCurveTo(cx, cy, x, y int) {
	s.Renderer.QuadCurveTo(s.px(cx), s.px(cy), s.px(x), s.px(y))
}

func (s *scaler) ArcTo(cx, cy int, rx, ry, start, delta float64) {
	s.Renderer.ArcTo(s.px(cx), s.px(cy), rx*s.by, ry*s.by, start, delta)
}

func (s *scaler) Circle(r float64, x, y int) { s.Renderer.Circle(r*s.by, s.px(x), s.px(y)) }

func (s *scaler) SetStrokeDashArray(d []float64) {
	wide := make([]float64, len(d))
	for i := range d {
		wide[i] = d[i] * s.by
	}
	s.Renderer.SetStrokeDashArray(wide)
}

func (s *scaler) MeasureText(t string) gochart.Box {
	b := s.Renderer.MeasureText(t)
	down := func(n int) int { return int(math.Ceil(float64(n) / s.by)) }
	return gochart.Box{Top: down(b.Top), Left: down(b.Left), Right: down(b.Right), Bottom: down(b.Bottom)}
}

// An escaper writes text into XML; go-chart writes it as it is.
type escaper struct{ gochart.Renderer }

func (e *escaper) Text(t string, x, y int) { e.Renderer.Text(html.EscapeString(t), x, y) }

// A measure knows how wide text is, in logical pixels.
type measure struct {
	face   font.Face
	height int // of a capital letter, or thereabouts
}

func newMeasure(f *truetype.Font, size float64) measure {
	return measure{truetype.NewFace(f, &truetype.Options{Size: size, DPI: dpi}), int(math.Ceil(size * 0.8))}
}

func (m measure) width(s string) int { return font.MeasureString(m.face, s).Ceil() }

// widest is the width of the widest text.
func (m measure) widest(texts []string) int {
	var most int
	for _, s := range texts {
		most = max(most, m.width(s))
	}
	return most
}

// shorten cuts s at its end so that it fits into width pixels, and shows
// that by an ellipsis. It returns "" if not even that fits.
func (m measure) shorten(s string, width int) string {
	if len(s) > 1000 {
		s = s[:1000] // more than any screen holds; keeps the loop short
	}
	if m.width(s) <= width {
		return s
	}
	runes := []rune(s)
	lo, hi := 0, len(runes) // what fits, what does not
	for hi-lo > 1 {
		mid := (lo + hi) / 2
		if m.width(string(runes[:mid])+"…") <= width {
			lo = mid
		} else {
			hi = mid
		}
	}
	if lo == 0 {
		return ""
	}
	return string(runes[:lo]) + "…"
}
