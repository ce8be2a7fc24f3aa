package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"weighline/analysis"
	"weighline/analysis/bytesize"
	"weighline/ui/state"
	"weighline/ui/texts"
	"weighline/ui/widgets"
)

// comparePage sets the open build against another one: totals, then what became
// of each package, the largest differences first.
type comparePage struct {
	window  *Window
	content fyne.CanvasObject
	table   *widgets.DataTable
	totals  *figureLine
	with    *widget.Label
	sample  *widget.Button
	same    *widget.Check
	empty   *widget.Label
	drawn   *state.Compare
	rows    int
	largest bytesize.Size
}

func newComparePage(w *Window) *comparePage {
	p := &comparePage{window: w, totals: newFigureLine(), with: widget.NewLabel("")}
	p.with.Truncation = fyne.TextTruncateEllipsis
	p.with.TextStyle.Bold = true
	p.table = widgets.NewDataTable(
		widgets.Column{ID: "name", Title: texts.T("Package"), Width: 200, Flex: true, NoSort: true},
		widgets.Column{ID: "change", Title: texts.T("Change"), Width: 112, NoSort: true},
		widgets.Column{ID: "va", Title: texts.T("Version A"), Width: 110, NoSort: true},
		widgets.Column{ID: "vb", Title: texts.T("Version B"), Width: 110, NoSort: true},
		widgets.Column{ID: "a", Title: texts.T("A"), Width: 96, Numeric: true, NoSort: true},
		widgets.Column{ID: "b", Title: texts.T("B"), Width: 96, Numeric: true, NoSort: true},
		widgets.Column{ID: "delta", Title: texts.T("Difference"), Width: 110, Numeric: true, NoSort: true},
	)
	p.table.Length = func() int {
		if c := w.session.Compare; c != nil {
			return c.Len()
		}
		return 0
	}
	p.table.Key = func(row int) string {
		x := w.session.Compare.Change(row)
		key := string(x.Kind) + ":" + x.Name
		for _, side := range []*analysis.PackageSide{x.A, x.B} {
			if side != nil {
				key += ":" + side.Path
			}
		}
		return key
	}
	p.table.Cell = p.cell
	choose := widget.NewButtonWithIcon(texts.T("Compare with…"), theme.ViewRefreshIcon(), w.askCompare)
	p.sample = widget.NewButton(texts.T("Compare with the sample's slim image"), w.session.CompareSample)
	p.same = widget.NewCheck(texts.T("Show what is the same"), w.session.ShowSame)
	p.empty = widget.NewLabel(texts.T("Choose another image, requirements file or lock to compare the open build with."))
	p.empty.Alignment, p.empty.Wrapping = fyne.TextAlignCenter, fyne.TextWrapWord
	top := container.NewVBox(container.NewHBox(choose, p.sample, spacer(), p.same), p.with, p.totals)
	p.content = container.NewBorder(top, nil, nil, nil, container.NewStack(p.table, container.NewCenter(container.NewGridWrap(fyne.NewSize(420, 60), p.empty))))
	return p
}

func (p *comparePage) refresh() {
	s := p.window.session
	c := s.Compare
	if s.IsSample() && c == nil {
		p.sample.Show()
	} else {
		p.sample.Hide()
	}
	if c == nil {
		p.empty.Show()
		p.table.Hide()
		p.same.Hide()
		p.with.Hide()
		p.totals.Hide()
		p.drawn = nil
		return
	}
	if c == p.drawn && c.Len() == p.rows {
		return
	}
	p.drawn, p.rows, p.largest = c, c.Len(), 0
	for i := range c.Len() {
		d := c.Delta(c.Change(i)).Size
		p.largest = max(p.largest, d, -d)
	}
	p.empty.Hide()
	p.with.SetText(texts.F("A is %s, B is %s", compared(c.A, s.Title), compared(c.B, c.Title)))
	p.totals.Set(c.Summary())
	for _, o := range []fyne.CanvasObject{p.table, p.same, p.with, p.totals} {
		o.Show()
	}
	p.table.DataChanged()
}

// compared names a side: of a build with an image it is the image that is
// compared.
func compared(b *analysis.Build, title string) string {
	if b.Image != nil {
		if b.Image.Scale != "" {
			return texts.F("the image %s (a scale model, %s)", shortReference(b.Image.Reference), b.Image.Scale)
		}
		return texts.F("the image %s", shortReference(b.Image.Reference))
	}
	return title
}

func (p *comparePage) cell(row int, column string) widgets.Cell {
	c := p.window.session.Compare
	x := c.Change(row)
	side := func(s *analysis.PackageSide, text func(*analysis.PackageSide) widgets.Cell) widgets.Cell {
		if s == nil {
			return widgets.Cell{}
		}
		return text(s)
	}
	size := func(s *analysis.PackageSide) widgets.Cell {
		a := c.Size(s)
		return widgets.Cell{Text: amountText(a), Tooltip: exact(a)}
	}
	version := func(s *analysis.PackageSide) widgets.Cell {
		return widgets.Cell{Text: printable(s.Version), Tooltip: printable(s.Path)}
	}
	switch column {
	case "name":
		v := widgets.Cell{Text: printable(x.Name), Bold: x.Change != "same", Struck: x.B == nil}
		if x.Kind != "python" {
			v.Secondary = string(x.Kind)
		}
		return v
	case "change":
		icons := map[string]fyne.Resource{"added": theme.ContentAddIcon(), "removed": theme.ContentRemoveIcon(), "changed": theme.DocumentCreateIcon()}
		return widgets.Cell{Text: changeWord(x.Change), Icon: icons[x.Change], Dimmed: x.Change == "same"}
	case "va":
		return side(x.A, version)
	case "vb":
		return side(x.B, version)
	case "a":
		return side(x.A, size)
	case "b":
		return side(x.B, size)
	case "delta":
		d := c.Delta(x)
		if d.Basis == bytesize.Unknown {
			return widgets.Cell{Text: "—", Dimmed: true, Tooltip: texts.T("one of the two sizes is unknown")}
		}
		v := widgets.Cell{Text: d.Size.Delta(), Tooltip: exact(d), HasBar: d.Size != 0, Bar: share(max(d.Size, -d.Size), p.largest)}
		if d.Size > 0 {
			v.BarFill, v.Tone = 1, widgets.Bad
		}
		return v
	}
	return widgets.Cell{}
}

// changeWord tells what became of a package.
func changeWord(change string) string {
	return map[string]string{"added": texts.T("added"), "removed": texts.T("removed"), "changed": texts.T("changed"), "same": texts.T("same")}[change]
}

func (w *Window) askCompare() {
	e := newLineEntry("", texts.T("image.tar, python:3.12-slim, requirements.txt …"))
	w.ask(texts.T("Compare with"), texts.T("The open build is A; what is named here is B."), texts.T("Compare"), e, w.browse(e), func(text string) {
		w.show("compare")
		w.session.CompareWith(text)
	})
}
