package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// A Breadcrumb shows a path as buttons, the last one being where one is.
// Where it is too narrow, steps after the first give way to one with three
// dots that leads to the last of them.
type Breadcrumb struct {
	widget.BaseWidget
	OnTap   func(i int) // the i-th step, counted from 0
	steps   []string
	buttons []*widget.Button
	arrows  []*widget.Icon
	dots    *widget.Button
}

// NewBreadcrumb makes a path of these steps, the outermost first.
func NewBreadcrumb(steps ...string) *Breadcrumb {
	b := &Breadcrumb{dots: widget.NewButtonWithIcon("", theme.MoreHorizontalIcon(), nil)}
	b.dots.Importance = widget.LowImportance
	b.ExtendBaseWidget(b)
	b.SetSteps(steps...)
	return b
}

// SetSteps replaces the path.
func (b *Breadcrumb) SetSteps(steps ...string) {
	b.steps = steps
	b.buttons, b.arrows = nil, nil
	for i, s := range steps {
		btn := widget.NewButton(s, func() { b.tap(i) })
		btn.Importance = widget.LowImportance
		if i == len(steps)-1 {
			btn.Importance = widget.MediumImportance
		}
		b.buttons = append(b.buttons, btn)
		b.arrows = append(b.arrows, widget.NewIcon(theme.MenuExpandIcon()))
	}
	b.Refresh()
}

func (b *Breadcrumb) tap(i int) {
	if b.OnTap != nil {
		b.OnTap(i)
	}
}

const crumbArrow = 16

// place lays the steps out in a row.
func (b *Breadcrumb) place(s fyne.Size) {
	from := 1 // the first step after those that give way
	width := func() (w float32) {
		for i, btn := range b.buttons {
			if i == 0 || i >= from {
				w += btn.MinSize().Width + crumbArrow
			}
		}
		if from > 1 {
			w += b.dots.MinSize().Width + crumbArrow
		}
		return w - crumbArrow
	}
	for from < len(b.buttons)-1 && width() > s.Width {
		from++
	}
	var x float32
	put := func(o fyne.CanvasObject, arrow *widget.Icon) {
		if arrow != nil {
			arrow.Move(fyne.NewPos(x, (s.Height-crumbArrow)/2))
			arrow.Resize(fyne.NewSquareSize(crumbArrow))
			arrow.Show()
			x += crumbArrow
		}
		m := o.MinSize()
		o.Move(fyne.NewPos(x, 0))
		o.Resize(fyne.NewSize(min(m.Width, max(s.Width-x, 0)), s.Height))
		o.Show()
		x += m.Width
	}
	b.dots.Hide()
	for i, btn := range b.buttons {
		b.arrows[i].Hide()
		switch {
		case i == 0:
			put(btn, nil)
		case i < from-1:
			btn.Hide()
		case i < from:
			btn.Hide()
			b.dots.OnTapped = func() { b.tap(i) }
			put(b.dots, b.arrows[i])
		default:
			put(btn, b.arrows[i])
		}
	}
}

// MinSize is part of fyne.Widget.
func (b *Breadcrumb) MinSize() fyne.Size {
	return fyne.NewSize(60, b.dots.MinSize().Height)
}

// CreateRenderer is part of fyne.Widget.
func (b *Breadcrumb) CreateRenderer() fyne.WidgetRenderer {
	return &simpleRenderer{
		objects: func() []fyne.CanvasObject {
			out := []fyne.CanvasObject{b.dots}
			for i := range b.buttons {
				out = append(out, b.buttons[i], b.arrows[i])
			}
			return out
		},
		layout: b.place,
		min:    b.MinSize,
		refresh: func() {
			b.place(b.Size())
			for _, btn := range b.buttons {
				btn.Refresh()
			}
		},
	}
}
