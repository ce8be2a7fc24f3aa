package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"weighline/analysis"
	"weighline/analysis/attribution"
	"weighline/analysis/bytesize"
	"weighline/ui/state"
	"weighline/ui/texts"
	"weighline/ui/widgets"
)

// compareMaps are the packages of A and of B as areas on one scale: what is
// pointed at or chosen in one of them is so in the other.
type compareMaps struct {
	content fyne.CanvasObject
	a, b    *widgets.Treemap
	titles  [2]*widget.Label
}

// The fills of the tiles of a comparison.
const (
	fillChanged = fillAsked
	fillSame    = fillPulled
)

func newCompareMaps(p *comparePage) *compareMaps {
	m := &compareMaps{a: widgets.NewTreemap(), b: widgets.NewTreemap()}
	m.a.DroppedWord, m.b.NewWord = texts.T("removed"), texts.T("added")
	link := func(from, to *widgets.Treemap) {
		from.OnHover = to.Hover
		from.OnSelect = func(keys []string) {
			to.Select(keys...)
			p.table.Select(keys...)
		}
		from.OnZoom = func(path []widgets.MapItem) {}
		from.OnKey = p.window.plainKey
	}
	link(m.a, m.b)
	link(m.b, m.a)
	for i := range m.titles {
		m.titles[i] = widget.NewLabel("")
		m.titles[i].Truncation = fyne.TextTruncateEllipsis
	}
	note := widget.NewLabel(texts.T("One scale: equal areas are equal bytes. Blue tiles changed; hatched ones are only in A, outlined ones only in B."))
	note.Importance, note.Wrapping = widget.LowImportance, fyne.TextWrapWord
	maps := container.NewGridWithColumns(2, container.NewBorder(m.titles[0], nil, nil, nil, m.a), container.NewBorder(m.titles[1], nil, nil, nil, m.b))
	m.content = container.NewBorder(nil, note, nil, nil, maps)
	return m
}

// choose selects the tiles of packages on both maps.
func (m *compareMaps) choose(keys []string) {
	m.a.Select(keys...)
	m.b.Select(keys...)
}

// set draws both sides of a comparison.
func (m *compareMaps) set(c *state.Compare) {
	itemsA, sumA := m.items(c, func(x *analysis.PackageChange) *analysis.PackageSide { return x.A })
	itemsB, sumB := m.items(c, func(x *analysis.PackageChange) *analysis.PackageSide { return x.B })
	add := func(items []widgets.MapItem, sum float64, bytes int64, known bool) ([]widgets.MapItem, float64) {
		if !known || bytes <= 0 {
			return items, sum
		}
		return append(items, widgets.MapItem{Key: "unowned", Name: texts.T("Unowned"), Detail: bytesize.Size(bytes).String(), Weight: float64(bytes), Fill: fillUnowned}), sum + float64(bytes)
	}
	itemsA, sumA = add(itemsA, sumA, int64(c.Unowned.A.Size), c.Unowned.A.Unknown == 0)
	itemsB, sumB = add(itemsB, sumB, int64(c.Unowned.B.Size), c.Unowned.B.Unknown == 0)
	m.a.Total, m.b.Total = max(sumA, sumB), max(sumA, sumB)
	m.a.SetItems(itemsA)
	m.b.SetItems(itemsB)
	gone, new := map[string]widgets.TileState{}, map[string]widgets.TileState{}
	for i := range c.Changes {
		x := &c.Changes[i]
		switch {
		case x.B == nil:
			gone[changeKey(x)] = widgets.TileDropped
		case x.A == nil:
			new[changeKey(x)] = widgets.TileNew
		}
	}
	m.a.SetStates(gone)
	m.b.SetStates(new)
	m.titles[0].SetText(texts.F("A: %s, %s", bytesize.Size(sumA), printable(c.Names[0])))
	m.titles[1].SetText(texts.F("B: %s, %s", bytesize.Size(sumB), printable(c.Names[1])))
}

func (m *compareMaps) items(c *state.Compare, side func(*analysis.PackageChange) *analysis.PackageSide) (items []widgets.MapItem, sum float64) {
	for i := range c.Changes {
		x := &c.Changes[i]
		s := side(x)
		if s == nil {
			continue
		}
		a := c.Weigh(s)
		if a.Size <= 0 {
			continue
		}
		fill := fillChanged
		if x.Change == attribution.Same {
			fill = fillSame
		}
		sum += float64(a.Size)
		items = append(items, widgets.MapItem{Key: changeKey(x), Name: printable(x.Name), Detail: a.String(), Weight: float64(a.Size), Fill: fill})
	}
	return items, sum
}
