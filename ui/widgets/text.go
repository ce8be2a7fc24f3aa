package widgets

import (
	"strings"

	"fyne.io/fyne/v2"
)

// A shortener cuts texts to a width, and remembers what it did: measuring is
// the dear part of showing a row.
type shortener struct {
	done map[shortKey]string
}

type shortKey struct {
	text  string
	width int32
	size  float32
	style fyne.TextStyle
	end   bool
}

const ellipsis = "…"

// fit returns text, or its beginning with an ellipsis, so that it is no
// wider than width; "" if not even that fits.
func (s *shortener) fit(text string, width, size float32, style fyne.TextStyle) string {
	return s.cut(text, width, size, style, false)
}

// fitName is fit for names, which often differ at their end alone: they lose
// what is before it.
func (s *shortener) fitName(text string, width, size float32, style fyne.TextStyle) string {
	return s.cut(text, width, size, style, true)
}

func (s *shortener) cut(text string, width, size float32, style fyne.TextStyle, end bool) string {
	if text == "" || width <= 0 {
		return ""
	}
	// No glyph is wider than 1.2 em or so: most texts need not be measured.
	if float32(len(text))*size*1.2 <= width {
		return text
	}
	k := shortKey{text, int32(width), size, style, end}
	if out, ok := s.done[k]; ok {
		return out
	}
	if s.done == nil || len(s.done) > 10_000 {
		s.done = map[shortKey]string{}
	}
	fits := func(t string) bool { return fyne.MeasureText(t, size, style).Width <= width }
	var out string
	if end {
		out = shortenTo(text, nameFront, fits)
	} else {
		out = shorten(text, fits)
	}
	s.done[k] = out
	return out
}

// shorten cuts text at its end until it fits.
func shorten(text string, fits func(string) bool) string {
	const most = 400 // runes; no screen shows more
	runes := []rune(text)
	if len(runes) > most {
		runes = runes[:most]
	} else if fits(text) {
		return text
	}
	lo, hi := 0, len(runes)
	for hi-lo > 1 {
		if mid := (lo + hi) / 2; fits(string(runes[:mid]) + ellipsis) {
			lo = mid
		} else {
			hi = mid
		}
	}
	if lo == 0 {
		return ""
	}
	return strings.TrimRight(string(runes[:lo]), " ") + ellipsis
}

// fitMiddle shortens a path: it keeps its beginning and its end.
func (s *shortener) fitMiddle(text string, width, size float32, style fyne.TextStyle) string {
	return shortenTo(text, pathFront, func(t string) bool { return fyne.MeasureText(t, size, style).Width <= width })
}

// The parts of what is kept that stand before the ellipsis: of a path its end says
// most, of a name its beginning.
const (
	pathFront = 1. / 3
	nameFront = 2. / 3
)

// shortenTo takes the middle out of text until it fits; front is the part of what
// is kept that stands before it.
func shortenTo(text string, front float64, fits func(string) bool) string {
	runes := []rune(text)
	const most = 400 // runes; no screen shows more
	if len(runes) > most {
		runes = append(runes[:most/2:most/2], runes[len(runes)-most/2:]...)
	} else if fits(text) {
		return text
	}
	lo, hi := 0, len(runes) // runes kept
	for hi-lo > 1 {
		mid := (lo + hi) / 2
		if fits(middle(runes, mid, front)) {
			lo = mid
		} else {
			hi = mid
		}
	}
	if lo == 0 {
		return ""
	}
	return middle(runes, lo, front)
}

func middle(runes []rune, keep int, part float64) string {
	front := int(float64(keep) * part)
	return string(runes[:front]) + ellipsis + string(runes[len(runes)-(keep-front):])
}

// textHeight is the height of one line of text.
func textHeight(size float32) float32 {
	return fyne.MeasureText("Mg", size, fyne.TextStyle{}).Height
}
