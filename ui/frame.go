package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"weighline/ui/widgets"
)

// narrow is the width below which a window saves room: the rail shows icons
// only, and tables leave out what the details say too.
const narrow = 1000

// A frame lays a window out: the header above, the foot below, the rail at the
// left, the page in what is left.
type frame struct{ window *Window }

func (f frame) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(480, 320) }

func (f frame) Layout(_ []fyne.CanvasObject, s fyne.Size) {
	w := f.window
	w.setNarrow(s.Width < narrow)
	head, foot, side := w.header.MinSize().Height, w.status.content.MinSize().Height, w.rail.MinSize().Width
	put := func(o fyne.CanvasObject, x, y, width, height float32) {
		o.Move(fyne.NewPos(x, y))
		o.Resize(fyne.NewSize(max(width, 0), max(height, 0)))
	}
	put(w.header, 0, 0, s.Width, head)
	put(w.rail, 0, head, side, s.Height-head-foot)
	put(w.stage, side, head, s.Width-side, s.Height-head-foot)
	put(w.status.content, 0, s.Height-foot, s.Width, foot)
}

// setNarrow is called when the window gets another size.
func (w *Window) setNarrow(on bool) {
	if w.narrow == on {
		return
	}
	w.narrow = on
	for _, p := range w.pages {
		text := p.title
		if on {
			text = ""
		}
		p.button.SetText(text)
	}
	for id, text := range toolTexts() {
		if on {
			text = ""
		}
		w.tools[id].SetText(text)
	}
	w.rail.Refresh()
	w.packages.arrange()
	w.compare.arrange()
	w.layers.arrange()
	w.strategies.arrange()
}

// around puts top above and bottom below center, which gets what is left. A text
// that wraps knows how high it is only when it has its width: top and bottom are
// asked then, as the border of Fyne does not. Who changes the text refreshes what is
// returned.
func around(top, bottom, center fyne.CanvasObject) *fyne.Container {
	return container.New(aroundLayout{}, top, bottom, center)
}

type aroundLayout struct{}

func (aroundLayout) MinSize(objects []fyne.CanvasObject) (min fyne.Size) {
	for _, o := range objects {
		if o.Visible() {
			m := o.MinSize()
			min = fyne.NewSize(fyne.Max(min.Width, m.Width), min.Height+m.Height)
		}
	}
	return min
}

func (aroundLayout) Layout(objects []fyne.CanvasObject, s fyne.Size) {
	var high [2]float32
	for i, o := range objects[:2] {
		if !o.Visible() {
			continue
		}
		o.Resize(fyne.NewSize(s.Width, o.MinSize().Height))
		high[i] = o.MinSize().Height
		o.Resize(fyne.NewSize(s.Width, high[i]))
	}
	objects[1].Move(fyne.NewPos(0, s.Height-high[1]))
	objects[2].Move(fyne.NewPos(0, high[0]))
	objects[2].Resize(fyne.NewSize(s.Width, max(s.Height-high[0]-high[1], 0)))
}

// titleLayout gives the title what it needs, and the line beside it the rest.
type titleLayout struct{}

func (titleLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(120, objects[0].MinSize().Height)
}

func (titleLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	title, sub := objects[0].(*widgets.TipLabel), objects[1]
	need := fyne.MeasureText(title.Text, theme.TextSize(), title.TextStyle).Width + 3*theme.InnerPadding()
	width := min(need, size.Width)
	if sub.(*widgets.TipLabel).Text != "" {
		width = min(need, size.Width*0.7)
	}
	title.Move(fyne.NewPos(0, 0))
	title.Resize(fyne.NewSize(width, size.Height))
	sub.Move(fyne.NewPos(width, 0))
	sub.Resize(fyne.NewSize(size.Width-width, size.Height))
}

// A topLayer is something that lies over the window and goes with Escape.
type topLayer interface{ Hide() }

// closing is a button that closes what lies on top, by Escape too.
func (w *Window) closing(text string, hide func()) *widgets.TipButton {
	b := widgets.NewTipButton(text, nil, "", hide)
	b.OnKey = func(e *fyne.KeyEvent) {
		switch e.Name {
		case fyne.KeyEscape, fyne.KeyReturn, fyne.KeyEnter:
			hide()
		}
	}
	return b
}
