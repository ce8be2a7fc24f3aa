package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"weighline/analysis"
	"weighline/analysis/attribution"
	"weighline/analysis/bytesize"
	"weighline/analysis/report"
	"weighline/ui/state"
	"weighline/ui/texts"
	"weighline/ui/widgets"
)

// compareMaps are the maps of A and of B on one scale: an area of one is as many
// bytes as the same area of the other. What is pointed at or selected in one is so
// in both.
type compareMaps struct {
	page    *comparePage
	content fyne.CanvasObject
	side    [2]*widgets.Treemap
	title   [2]*widgets.TipLabel
	legend  *widget.Label
	any     bool // there is something to show
	drawn   *state.Compare
	layers  bool // the maps are of layers
	total   [2]float64
}

func newCompareMaps(p *comparePage) *compareMaps {
	m := &compareMaps{page: p, legend: widget.NewLabel("")}
	m.legend.Importance, m.legend.Wrapping = widget.LowImportance, fyne.TextWrapWord
	sides := container.NewGridWithColumns(2)
	for i := range m.side {
		t := widgets.NewTreemap()
		t.NewWord, t.DroppedWord = texts.T("only in B"), texts.T("only in A")
		t.OnHover = func(key string) { m.side[1-i].Hover(key) }
		t.OnSelect = m.selected
		t.OnMenu = func(_ string, at fyne.Position) { p.window.popUp(at, nil, p.menu()...) }
		m.side[i], m.title[i] = t, widgets.NewTipLabel("")
		m.title[i].TextStyle.Bold = true
		sides.Add(container.NewBorder(m.title[i], nil, nil, nil, t))
	}
	m.content = around(container.NewVBox(), m.legend, sides)
	return m
}

// selected selects in the table and on both maps what was selected on one.
func (m *compareMaps) selected(keys []string) {
	m.selectKeys(keys)
	p := m.page
	t := p.table
	if m.layers {
		t = p.layers
	}
	if p.view == compareFiles || len(keys) == 0 {
		return
	}
	t.Select(keys...)
	t.ScrollToKey(keys[len(keys)-1])
}

// selectKeys outlines tiles on both maps.
func (m *compareMaps) selectKeys(keys []string) {
	for _, t := range m.side {
		t.Select(keys...)
	}
}

// draw lays the maps out for another comparison or another view, and else marks
// only what the filter lets through: tiles stay where they are.
func (m *compareMaps) draw(c *state.Compare, fresh bool) {
	layers := m.page.view == compareLayers
	if fresh || c != m.drawn || layers != m.layers {
		m.drawn, m.layers = c, layers
		m.layOut(c)
		m.selectKeys(nil)
	}
	for i, t := range m.side {
		t.SetStates(m.states(c, i))
	}
}

func (m *compareMaps) layOut(c *state.Compare) {
	var items [2][]widgets.MapItem
	if m.layers {
		items = layerItems(c)
	} else {
		items = packageItems(c)
	}
	m.total = [2]float64{}
	for i := range items {
		for _, x := range items[i] {
			m.total[i] += x.Weight
		}
	}
	scale := max(m.total[0], m.total[1])
	m.any = scale > 0
	for i, name := range []string{texts.T("A"), texts.T("B")} {
		m.side[i].Total = scale
		m.side[i].SetItems(items[i])
		m.title[i].SetText(texts.F("%s: %s", name, bytesize.Size(m.total[i])))
	}
	m.legend.SetText(texts.T("One scale: equal areas are equal bytes. Hatched: only in A. Framed: only in B. Orange: grew. Blue: shrank. Green: changed, as large. Pale: the same."))
}

// Fills of tiles: see Colors.Fills.
const (
	fillShrank = iota
	fillGrew
	fillChanged
)

func fillOf(change string, d bytesize.Amount) int {
	switch {
	case change != attribution.Same && d.Size > 0:
		return fillGrew
	case change != attribution.Same && d.Size < 0:
		return fillShrank
	}
	return fillChanged
}

func packageItems(c *state.Compare) (items [2][]widgets.MapItem) {
	for i := range c.All() {
		x := &c.All()[i]
		for side, s := range []*analysis.PackageSide{x.A, x.B} {
			if s == nil || c.Size(s).Size <= 0 {
				continue
			}
			items[side] = append(items[side], mapItem(c.Key(x), printable(c.Name(x)), c.Size(s).String(), float64(c.Size(s).Size), x.Change, c.Weight(x)))
		}
	}
	return items
}

func mapItem(key, name, size string, weight float64, change string, d bytesize.Amount) widgets.MapItem {
	m := widgets.MapItem{Key: key, Name: name, Detail: size, Weight: weight, Fill: fillOf(change, d)}
	if change != attribution.Same && d.Basis != bytesize.Unknown && d.Size != 0 {
		m.Detail += " (" + d.Size.Delta() + ")"
	}
	return m
}

func layerItems(c *state.Compare) (items [2][]widgets.MapItem) {
	read := c.A.Image != nil && c.B.Image != nil && !c.A.Image.Partial && !c.B.Image.Partial
	for i := range c.Report.Layers.Rows {
		r := &c.Report.Layers.Rows[i]
		for side, s := range []*report.LayerSide{r.A, r.B} {
			if s == nil {
				continue
			}
			size := s.Download // a map is of one measure
			if read {
				size = s.Content
			}
			if size.Size > 0 {
				items[side] = append(items[side], mapItem(layerKey(i), state.Instruction(r), size.String(), float64(size.Size), layerChange(r), state.LayerDelta(r)))
			}
		}
	}
	return items
}

// layerChange is what became of a row of layers.
func layerChange(r *report.LayerRowJSON) string {
	switch {
	case r.A == nil:
		return attribution.Added
	case r.B == nil:
		return attribution.Removed
	case r.Match == string(analysis.Shared) || r.Match == string(analysis.MovedTo):
		return attribution.Same
	}
	return attribution.Changed
}

// states marks the tiles of a side: what is not there in the other one, what is the
// same in both, and what the filter does not let through.
func (m *compareMaps) states(c *state.Compare, side int) map[string]widgets.TileState {
	out := map[string]widgets.TileState{}
	mark := func(key, change, text string) {
		switch {
		case change == attribution.Removed && side == 0:
			out[key] |= widgets.TileDropped
		case change == attribution.Added && side == 1:
			out[key] |= widgets.TileNew
		case change == attribution.Same:
			out[key] |= widgets.TileDimmed
		}
		if !c.Lets(text) && m.page.view != compareFiles {
			out[key] |= widgets.TileDimmed
		}
	}
	if m.layers {
		for i := range c.Report.Layers.Rows {
			r := &c.Report.Layers.Rows[i]
			mark(layerKey(i), layerChange(r), state.Instruction(r))
		}
		return out
	}
	for i := range c.All() {
		x := &c.All()[i]
		mark(c.Key(x), x.Change, c.Name(x))
	}
	return out
}
