// Package chart draws numbers as bar, stacked bar, line and donut charts: as an image for
// the screen, as PNG or SVG for a file.
//
// A chart is made by [Bars], [Stacked], [Lines] or [Donut] and drawn by one of the
// methods of [Chart], as often as wanted. It is immutable: a new size or a
// new theme is a new chart.
//
// Axes start at 0, so that a bar twice as long means twice as much. Labels
// that have no room are shortened or left out, never cut. A chart that
// cannot be drawn gives an image that says so, together with the error; no
// size and no value makes it panic.
//
// The package is the only user of go-chart. It asks go-chart for the bars,
// lines and slices, and places axes, labels and legends itself, because
// go-chart cuts labels, starts axes at the smallest value and keeps white
// borders on dark ground.
//
// The SVG is for export. Fyne's reader of SVG knows neither its colours nor
// its text.
package chart

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"math"
	"strconv"

	"github.com/golang/freetype/truetype"
	gochart "github.com/wcharczuk/go-chart/v2"
	"github.com/wcharczuk/go-chart/v2/drawing"
)

// Why a chart could not be drawn.
var (
	ErrTooSmall = errors.New("too small for a chart")
	ErrTooBig   = errors.New("too big for an image")
	ErrNoData   = errors.New("nothing to draw")
)

const (
	leastWidth  = 120
	leastHeight = 90
	mostPixels  = 64 << 20 // 256 MB of RGBA
)

// Options say how a chart looks. The zero value is a chart of 640 by 360
// in the light theme.
type Options struct {
	Width, Height int     // logical pixels; 0 means 640 by 360
	Scale         float64 // device pixels per logical pixel, for images only; 0 means 1
	FontSize      float64 // logical pixels; 0 means 12
	Font          []byte  // a TrueType font; nil, or one that cannot be read, means Roboto
	Theme         Theme   // the zero value means Light
	Title         string

	// Format writes a value on the axis, above a bar or in the legend; nil
	// writes the plain number.
	Format func(float64) string
	// More writes that n values have no room; nil writes "12 more".
	More func(n int) string
	// NoData is written where there is nothing to draw; "" means "No data".
	NoData string
}

func (o Options) withDefaults() Options {
	if o.Width == 0 {
		o.Width = 640
	}
	if o.Height == 0 {
		o.Height = 360
	}
	if !(o.Scale > 0) || o.Scale > 16 {
		o.Scale = 1
	}
	if !(o.FontSize > 0) || o.FontSize > 200 {
		o.FontSize = 12
	}
	if o.Theme.Series == nil {
		o.Theme = Light
	}
	if o.Format == nil {
		o.Format = func(v float64) string { return strconv.FormatFloat(v, 'g', 6, 64) }
	}
	if o.More == nil {
		o.More = func(n int) string { return fmt.Sprintf("%d more", n) }
	}
	if o.NoData == "" {
		o.NoData = "No data"
	}
	return o
}

// A Chart is ready to be drawn. Its methods may be called from several
// goroutines.
type Chart struct {
	opts Options
	font *truetype.Font
	// draw builds the go-chart value; m measures text at scale 1.
	draw func(c *Chart, m measure) (renderable, error)
}

// renderable is what the charts of go-chart have in common.
type renderable interface {
	Render(gochart.RendererProvider, io.Writer) error
}

func newChart(o Options, draw func(*Chart, measure) (renderable, error)) *Chart {
	c := &Chart{opts: o.withDefaults(), draw: draw}
	if len(o.Font) > 0 {
		c.font, _ = truetype.Parse(o.Font)
	}
	if c.font == nil {
		c.font, _ = gochart.GetDefaultFont() // embedded; the error is for broken builds
	}
	return c
}

// Image draws the chart with Width times Scale by Height times Scale pixels.
// Where that fails the image says why; it is nil only if the size itself is
// impossible.
func (c *Chart) Image() (image.Image, error) {
	w, h := scaled(c.opts.Width, c.opts.Scale), scaled(c.opts.Height, c.opts.Scale)
	if w <= 0 || h <= 0 {
		return nil, fmt.Errorf("%d by %d pixels: %w", c.opts.Width, c.opts.Height, ErrTooSmall)
	}
	if w > mostPixels/h {
		return nil, fmt.Errorf("%d by %d pixels: %w", w, h, ErrTooBig)
	}
	var out gochart.ImageWriter
	err := c.render(func(int, int) (gochart.Renderer, error) {
		r, err := gochart.PNG(w, h)
		return &scaler{Renderer: r, by: c.opts.Scale}, err
	}, &out)
	img, imgErr := out.Image()
	if imgErr != nil {
		img = flat(w, h, c.opts.Theme.Background)
	}
	return img, err
}

// PNG is Image as a PNG file. Like Image it may return both bytes and an
// error.
func (c *Chart) PNG() ([]byte, error) {
	img, err := c.Image()
	if img == nil {
		return nil, err
	}
	var b bytes.Buffer
	if encErr := png.Encode(&b, img); encErr != nil {
		return nil, encErr
	}
	return b.Bytes(), err
}

// SVG draws the chart as a file of its own, in logical pixels. Like Image it
// may return both bytes and an error.
func (c *Chart) SVG() ([]byte, error) {
	if c.opts.Width <= 0 || c.opts.Height <= 0 {
		return nil, fmt.Errorf("%d by %d pixels: %w", c.opts.Width, c.opts.Height, ErrTooSmall)
	}
	var b bytes.Buffer
	err := c.render(func(w, h int) (gochart.Renderer, error) {
		r, err := gochart.SVG(w, h)
		return &escaper{Renderer: r}, err
	}, &b)
	return b.Bytes(), err
}

// render draws the chart, or else the reason why there is none.
func (c *Chart) render(rp gochart.RendererProvider, w io.Writer) error {
	var err error
	if c.opts.Width < leastWidth || c.opts.Height < leastHeight {
		err = fmt.Errorf("%d by %d pixels: %w", c.opts.Width, c.opts.Height, ErrTooSmall)
	} else {
		var r renderable
		if r, err = c.draw(c, newMeasure(c.font, c.opts.FontSize)); err == nil {
			return r.Render(rp, w)
		}
	}
	r, rerr := rp(c.opts.Width, c.opts.Height)
	if rerr != nil {
		return rerr
	}
	if errors.Is(err, ErrNoData) {
		c.message(r, c.opts.NoData)
	} else {
		c.message(r, ErrTooSmall.Error())
	}
	return errors.Join(err, r.Save(w))
}

// message fills the chart with one line of text, if it fits.
func (c *Chart) message(r gochart.Renderer, text string) {
	r.SetDPI(dpi)
	w, h := c.opts.Width, c.opts.Height
	gochart.Draw.Box(r, gochart.Box{Right: w, Bottom: h}, c.ground())
	m := newMeasure(c.font, c.opts.FontSize)
	if text = m.shorten(text, w-8); m.height+4 <= h {
		gochart.Draw.Text(r, text, (w-m.width(text))/2, (h+m.height)/2, c.text(c.opts.Theme.Muted))
	}
}

// ground is the style of the background, without a border.
func (c *Chart) ground() gochart.Style {
	return gochart.Style{FillColor: paint(c.opts.Theme.Background), StrokeColor: invisible, StrokeWidth: 1}
}

// text is the style of a label.
func (c *Chart) text(col color.NRGBA) gochart.Style {
	return gochart.Style{Font: c.font, FontSize: c.opts.FontSize, FontColor: paint(col)}
}

// title draws the title and returns the height that it takes.
func (c *Chart) title(m measure) (gochart.Renderable, int) {
	if c.opts.Title == "" {
		return func(gochart.Renderer, gochart.Box, gochart.Style) {}, 0
	}
	return func(r gochart.Renderer, _ gochart.Box, _ gochart.Style) {
		text := m.shorten(c.opts.Title, c.opts.Width-2*gap)
		gochart.Draw.Text(r, text, gap, gap+m.height, c.text(c.opts.Theme.Text))
	}, m.height + gap
}

func scaled(n int, by float64) int { return int(math.Round(float64(n) * by)) }

func flat(w, h int, c color.NRGBA) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	r, g, b, a := c.RGBA()
	px := [4]byte{byte(r >> 8), byte(g >> 8), byte(b >> 8), byte(a >> 8)}
	for i := 0; i < len(img.Pix); i += 4 {
		copy(img.Pix[i:], px[:])
	}
	return img
}

func paint(c color.NRGBA) drawing.Color { return drawing.Color{R: c.R, G: c.G, B: c.B, A: c.A} }

// invisible is transparent without being go-chart's "not set".
var invisible = drawing.Color{R: 1, G: 1, B: 1, A: 0}
