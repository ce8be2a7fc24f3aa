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

// setGround gives a row its ground. That of the window is not painted again.
func setGround(back *canvas.Rectangle, ground color.NRGBA, c Colors) {
	if back.FillColor != color.Color(ground) {
		back.FillColor = ground
		back.Refresh()
	}
	setVisible(ground != c.Background, back)
}

// inset leaves a gap at the right and below.
func inset(r image.Rectangle, px int) image.Rectangle {
	r.Max.X -= px
	r.Max.Y -= px
	return r
}

// fill paints r, row by row: image/draw would look at every pixel.
func fill(img *image.RGBA, r image.Rectangle, c color.NRGBA) {
	r = r.Intersect(img.Rect)
	if r.Empty() {
		return
	}
	first := img.Pix[img.PixOffset(r.Min.X, r.Min.Y):][:4*r.Dx()]
	for i := 0; i < len(first); i += 4 {
		first[i], first[i+1], first[i+2], first[i+3] = c.R, c.G, c.B, c.A
	}
	for y := r.Min.Y + 1; y < r.Max.Y; y++ {
		copy(img.Pix[img.PixOffset(r.Min.X, y):], first)
	}
}

// hatch paints slanted stripes; the pattern is fixed to the image, so that
// neighbours match.
func hatch(img *image.RGBA, r image.Rectangle, c color.NRGBA, every, wide int) {
	pattern(img, r, c, func(x, y int) bool { return (x+y)%every < wide })
}

// dots paints small squares: many small things.
func dots(img *image.RGBA, r image.Rectangle, c color.NRGBA, every, wide int) {
	pattern(img, r, c, func(x, y int) bool { return (x-r.Min.X)%every >= every-wide && (y-r.Min.Y)%every >= every-wide })
}

func pattern(img *image.RGBA, r image.Rectangle, c color.NRGBA, on func(x, y int) bool) {
	r = r.Intersect(img.Rect)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			if on(x, y) {
				p := img.Pix[img.PixOffset(x, y):]
				p[0], p[1], p[2], p[3] = c.R, c.G, c.B, c.A
			}
		}
	}
}

// border paints a frame of px pixels inside r.
func border(img *image.RGBA, r image.Rectangle, px int, c color.NRGBA) {
	fill(img, image.Rect(r.Min.X, r.Min.Y, r.Max.X, r.Min.Y+px), c)
	fill(img, image.Rect(r.Min.X, r.Max.Y-px, r.Max.X, r.Max.Y), c)
	fill(img, image.Rect(r.Min.X, r.Min.Y, r.Min.X+px, r.Max.Y), c)
	fill(img, image.Rect(r.Max.X-px, r.Min.Y, r.Max.X, r.Max.Y), c)
}

// dashes paints a broken frame of px pixels inside r.
func dashes(img *image.RGBA, r image.Rectangle, px int, c color.NRGBA) {
	step := 6 * px
	for x := r.Min.X; x < r.Max.X; x += step {
		end := min(x+step*2/3, r.Max.X)
		fill(img, image.Rect(x, r.Min.Y, end, r.Min.Y+px), c)
		fill(img, image.Rect(x, r.Max.Y-px, end, r.Max.Y), c)
	}
	for y := r.Min.Y; y < r.Max.Y; y += step {
		end := min(y+step*2/3, r.Max.Y)
		fill(img, image.Rect(r.Min.X, y, r.Min.X+px, end), c)
		fill(img, image.Rect(r.Max.X-px, y, r.Max.X, end), c)
	}
}
