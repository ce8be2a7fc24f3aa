package widgets

import (
	"image"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// newPainting is an area that draw fills with pixels whenever it is
// refreshed. scale is the number of device pixels in a pixel.
func newPainting(draw func(img *image.RGBA, scale float32)) *canvas.Raster {
	var r *canvas.Raster
	r = canvas.NewRaster(func(w, h int) image.Image {
		img := image.NewRGBA(image.Rect(0, 0, max(w, 1), max(h, 1)))
		scale := float32(1)
		if width := r.Size().Width; width > 0 {
			scale = float32(w) / width
		}
		draw(img, scale)
		return img
	})
	r.ScaleMode = canvas.ImageScalePixels
	return r
}

// pixels turns a rectangle in pixels into device pixels.
func pixels(x, y, w, h, scale float32) image.Rectangle {
	at := func(f float32) int { return int(f*scale + 0.5) }
	return image.Rect(at(x), at(y), at(x+w), at(y+h))
}

// simpleRenderer draws a widget that is made of fixed objects.
type simpleRenderer struct {
	objects func() []fyne.CanvasObject
	layout  func(fyne.Size)
	min     func() fyne.Size
	refresh func()
}

func (r *simpleRenderer) Destroy()                     {}
func (r *simpleRenderer) Layout(s fyne.Size)           { r.layout(s) }
func (r *simpleRenderer) MinSize() fyne.Size           { return r.min() }
func (r *simpleRenderer) Refresh()                     { r.refresh() }
func (r *simpleRenderer) Objects() []fyne.CanvasObject { return r.objects() }

// newRect is a rectangle without a colour as yet; Fyne's software painter
// does not bear one that is nil.
func newRect() *canvas.Rectangle { return canvas.NewRectangle(color.Transparent) }
