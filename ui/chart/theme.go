package chart

import "image/color"

// A Theme gives the colours of a chart.
type Theme struct {
	Background color.NRGBA
	Text       color.NRGBA   // title and legend
	Muted      color.NRGBA   // axis and its labels
	Grid       color.NRGBA   // lines across; may be fainter than 3:1
	Series     []color.NRGBA // one after the other; starts again after the last
}

// Light and Dark are themes whose series differ for people with any of the
// usual colour blindnesses in lightness or along blue and orange, and stand
// out from the background by 3:1 or more. Text stands out by 4.5:1 or more.
var (
	Light = Theme{
		Background: rgb(0xffffff), Text: rgb(0x1b1f24), Muted: rgb(0x57606a), Grid: rgb(0xe1e4e8),
		Series: []color.NRGBA{
			rgb(0x1f6fb4), rgb(0xc2570c), rgb(0x0d7f8c), rgb(0x7b4ea3),
			rgb(0x857000), rgb(0x6b7280), rgb(0xb5407f), rgb(0x1b3a6b),
		},
	}
	Dark = Theme{
		Background: rgb(0x17171c), Text: rgb(0xf0f0f3), Muted: rgb(0xa9b0ba), Grid: rgb(0x34343c),
		Series: []color.NRGBA{
			rgb(0x6cb4f5), rgb(0xf2a154), rgb(0x5cc9c0), rgb(0xb99cf0),
			rgb(0xd9c54a), rgb(0xa3aab8), rgb(0xf08cc0), rgb(0x8095e8),
		},
	}
)

func (t Theme) series(i int) color.NRGBA { return t.Series[i%len(t.Series)] }

func rgb(n uint32) color.NRGBA {
	return color.NRGBA{R: byte(n >> 16), G: byte(n >> 8), B: byte(n), A: 255}
}
