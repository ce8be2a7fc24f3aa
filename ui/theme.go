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

func (l *look) Color(n fyne.ThemeColorName, v fyne.ThemeVariant) color.Color {
	switch l.variant {
	case Light:
		v = theme.VariantLight
	case Dark:
		v = theme.VariantDark
	}
	if n == theme.ColorNameDisabled { // Fyne's own can hardly be read
		if v == theme.VariantLight {
			return color.NRGBA{R: 0x73, G: 0x73, B: 0x78, A: 0xff}
		}
		return color.NRGBA{R: 0x88, G: 0x88, B: 0x90, A: 0xff}
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
	}
	return l.Theme.Size(n)
}
