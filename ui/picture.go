package ui

import (
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"weighline/ui/chart"
	"weighline/ui/widgets"
)

// A picture shows a chart. It is drawn anew for another size, and when it is to be
// forgotten.
type picture struct {
	window *Window
	make   func(width, height int, scale float64) *chart.Chart // nil: there is nothing to show
	raster *canvas.Raster
	image  image.Image
	size   image.Point // in pixels of the device, that image was drawn for
}

func newPicture(w *Window, least fyne.Size, make func(width, height int, scale float64) *chart.Chart) *picture {
	p := &picture{window: w, make: make}
	p.raster = canvas.NewRaster(p.draw)
	p.raster.SetMinSize(least)
	return p
}

// forget makes the chart be drawn anew, as under another theme.
func (p *picture) forget() {
	p.image = nil
	p.raster.Refresh()
}

// draw is called with the size in pixels of the device.
func (p *picture) draw(w, h int) image.Image {
	if p.image != nil && p.size == image.Pt(w, h) {
		return p.image
	}
	p.size = image.Pt(w, h)
	scale := float64(p.window.win.Canvas().Scale())
	if c := p.make(int(float64(w)/scale), int(float64(h)/scale), scale); c != nil && w > 0 && h > 0 {
		p.image, _ = c.Image() // where it fails the image says why
	}
	if p.image == nil {
		return image.NewRGBA(image.Rect(0, 0, max(w, 1), max(h, 1)))
	}
	return p.image
}

// chartTheme is that of charts beside o.
func chartTheme(o fyne.Widget) chart.Theme {
	c, t := widgets.ColorsOf(o), chart.Light
	if c.Fills[0] == chart.Dark.Series[0] {
		t = chart.Dark
	}
	t.Background = c.Background // as around it
	return t
}
