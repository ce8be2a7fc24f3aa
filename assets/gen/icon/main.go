// Icon draws assets/icon.png: a beam balance whose heavy pan holds the tiles of
// a treemap and whose light pan holds one of them.
package main

import (
	"image"
	"image/color"
	"image/png"
	"log"
	"os"

	"golang.org/x/image/vector"
)

const side = 512

var (
	night  = color.NRGBA{0x14, 0x21, 0x33, 0xff}
	steel  = color.NRGBA{0xe6, 0xed, 0xf5, 0xff}
	blue   = color.NRGBA{0x3d, 0x8b, 0xd9, 0xff}
	sky    = color.NRGBA{0x7f, 0xb8, 0xec, 0xff}
	orange = color.NRGBA{0xf2, 0x8e, 0x2b, 0xff}
)

type point struct{ x, y float32 }

// polygon fills the corners ps of img with c.
func polygon(img *image.NRGBA, c color.Color, ps ...point) {
	r := vector.NewRasterizer(side, side)
	r.MoveTo(ps[0].x, ps[0].y)
	for _, p := range ps[1:] {
		r.LineTo(p.x, p.y)
	}
	r.ClosePath()
	r.Draw(img, img.Bounds(), image.NewUniform(c), image.Point{})
}

func rect(img *image.NRGBA, c color.Color, x, y, w, h float32) {
	polygon(img, c, point{x, y}, point{x + w, y}, point{x + w, y + h}, point{x, y + h})
}

// rounded fills a rectangle with corners of radius q.
func rounded(img *image.NRGBA, c color.Color, x, y, w, h, q float32) {
	r := vector.NewRasterizer(side, side)
	r.MoveTo(x+q, y)
	r.LineTo(x+w-q, y)
	r.QuadTo(x+w, y, x+w, y+q)
	r.LineTo(x+w, y+h-q)
	r.QuadTo(x+w, y+h, x+w-q, y+h)
	r.LineTo(x+q, y+h)
	r.QuadTo(x, y+h, x, y+h-q)
	r.LineTo(x, y+q)
	r.QuadTo(x, y, x+q, y)
	r.ClosePath()
	r.Draw(img, img.Bounds(), image.NewUniform(c), image.Point{})
}

func main() {
	img := image.NewNRGBA(image.Rect(0, 0, side, side))
	rounded(img, night, 0, 0, side, side, 110)

	// The post, its foot and the beam, which leans to the heavy side.
	rect(img, steel, 244, 112, 24, 300)
	rounded(img, steel, 166, 404, 180, 26, 12)
	polygon(img, steel, point{82, 168}, point{430, 96}, point{434, 118}, point{86, 190})

	// The heavy pan: a treemap.
	rect(img, steel, 120, 180, 6, 40)
	rect(img, orange, 58, 220, 84, 120)
	rect(img, blue, 146, 220, 56, 66)
	rect(img, sky, 146, 290, 56, 50)
	rounded(img, steel, 46, 346, 168, 20, 10)

	// The light pan: one tile of it.
	rect(img, steel, 388, 110, 6, 78)
	rect(img, blue, 362, 188, 58, 52)
	rounded(img, steel, 314, 246, 154, 20, 10)

	f, err := os.Create("icon.png")
	if err != nil {
		log.Fatal(err)
	}
	if err := png.Encode(f, img); err != nil {
		log.Fatal(err)
	}
	if err := f.Close(); err != nil {
		log.Fatal(err)
	}
}
