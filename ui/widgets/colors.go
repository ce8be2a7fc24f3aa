package widgets

import (
	"image/color"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"weighline/ui/chart"
)

// Colors are the colours of the widgets under one theme. All text among
// them stands out from the background by 4.5:1 or more, all fills by 3:1.
type Colors struct {
	Background color.NRGBA
	Text       color.NRGBA
	Strong     color.NRGBA   // text on pale fills, where the theme's own is too faint
	Muted      color.NRGBA   // text of less weight, and axes
	Line       color.NRGBA   // separators
	Header     color.NRGBA   // ground of headers and footers
	Hover      color.NRGBA   // laid over the ground
	Selection  color.NRGBA   // laid over the ground
	Accent     color.NRGBA   // focus, markers, links
	Track      color.NRGBA   // the empty part of a bar
	Good, Bad  color.NRGBA   // blue and orange, never without a word or a sign
	OnFill     color.NRGBA   // text on one of the fills
	Fills      []color.NRGBA // bars and tiles, one after the other
}

// ColorsOf reads the colours for w from its theme.
func ColorsOf(w fyne.Widget) Colors {
	get := func(n fyne.ThemeColorName) color.NRGBA { return nrgba(theme.ColorForWidget(n, w)) }
	bg, fg := get(theme.ColorNameBackground), get(theme.ColorNameForeground)
	series := chart.Light
	if luminance(bg) < 0.2 {
		series = chart.Dark
	}
	c := Colors{
		Background: bg,
		Text:       fg,
		Strong:     series.Text,
		Line:       mix(fg, bg, 0.86),
		Header:     mix(fg, bg, 0.95),
		Hover:      get(theme.ColorNameHover),
		Selection:  get(theme.ColorNameSelection),
		Accent:     get(theme.ColorNamePrimary),
		Track:      mix(fg, bg, 0.90),
		Good:       series.Series[0],
		Bad:        series.Series[1],
		OnFill:     series.Background,
		Fills:      series.Series,
	}
	c.Muted = readable(mix(fg, bg, 0.38), fg, bg, c.Header, over(c.Selection, bg))
	return c
}

// fill is the n-th fill; it starts again after the last.
func (c Colors) fill(n int) color.NRGBA { return c.Fills[((n%len(c.Fills))+len(c.Fills))%len(c.Fills)] }

// mix is a with the given part of b in it.
func mix(a, b color.NRGBA, part float64) color.NRGBA {
	m := func(x, y uint8) uint8 { return uint8(math.Round(float64(x)*(1-part) + float64(y)*part)) }
	return color.NRGBA{R: m(a.R, b.R), G: m(a.G, b.G), B: m(a.B, b.B), A: m(a.A, b.A)}
}

// readable moves c towards fg until it stands out by 4.5:1 from every ground
// on which fg does.
func readable(c, fg color.NRGBA, grounds ...color.NRGBA) color.NRGBA {
	for _, ground := range grounds {
		for range 12 {
			if contrast(c, ground) >= 4.5 {
				break
			}
			c = mix(c, fg, 0.25)
		}
	}
	return c
}

// contrast is the contrast ratio of WCAG 2 for opaque colours: 1 to 21.
func contrast(a, b color.NRGBA) float64 {
	la, lb := luminance(a), luminance(b)
	return (math.Max(la, lb) + 0.05) / (math.Min(la, lb) + 0.05)
}

// luminance is the relative luminance of WCAG 2.
func luminance(c color.NRGBA) float64 {
	lin := func(b uint8) float64 {
		v := float64(b) / 255
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*lin(c.R) + 0.7152*lin(c.G) + 0.0722*lin(c.B)
}

func nrgba(c color.Color) color.NRGBA { return color.NRGBAModel.Convert(c).(color.NRGBA) }

// over lays a translucent colour over an opaque one.
func over(top, ground color.NRGBA) color.NRGBA {
	out := mix(ground, top, float64(top.A)/255)
	out.A = 255
	return out
}
