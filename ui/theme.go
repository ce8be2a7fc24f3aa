package ui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// A Variant says whether the windows are light or dark.
type Variant string

// The variants. System follows the desktop.
const (
	System Variant = "system"
	Light  Variant = "light"
	Dark   Variant = "dark"
)

// look is Fyne's theme, denser, and light or dark as the user wants it.
type look struct {
	fyne.Theme
	variant Variant
}

func newLook(v Variant) fyne.Theme { return &look{theme.DefaultTheme(), v} }

// clearer are the colours for which Fyne's own can hardly be seen: text that is
// disabled or of low importance, and the frames of fields and check boxes.
var clearer = map[fyne.ThemeVariant]map[fyne.ThemeColorName]color.Color{
	theme.VariantLight: {theme.ColorNameDisabled: color.NRGBA{0x73, 0x73, 0x78, 0xff}, theme.ColorNameInputBorder: color.NRGBA{0x8a, 0x8a, 0x90, 0xff}},
	theme.VariantDark:  {theme.ColorNameDisabled: color.NRGBA{0x88, 0x88, 0x90, 0xff}, theme.ColorNameInputBorder: color.NRGBA{0x6c, 0x6c, 0x74, 0xff}},
}

func (l *look) Color(n fyne.ThemeColorName, v fyne.ThemeVariant) color.Color {
	switch l.variant {
	case Light:
		v = theme.VariantLight
	case Dark:
		v = theme.VariantDark
	}
	if c, ok := clearer[v][n]; ok {
		return c
	}
	return l.Theme.Color(n, v)
}

func (l *look) Size(n fyne.ThemeSizeName) float32 {
	switch n {
	case theme.SizeNameText:
		return 13
	case theme.SizeNamePadding:
		return 3
	case theme.SizeNameInnerPadding:
		return 6
	case theme.SizeNameHeadingText:
		return 20
	case theme.SizeNameSubHeadingText:
		return 15
	case theme.SizeNameInlineIcon:
		return 18
	case theme.SizeNameModalBlurRadius:
		return 0 // without a graphics card a blurred window costs 50 ms and more a frame
	}
	return l.Theme.Size(n)
}
