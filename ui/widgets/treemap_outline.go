package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"

	"weighline/ui/treemap"
)

// An outline is a frame that can be seen on any fill: dark in light.
type outline struct{ outer, inner *canvas.Rectangle }

func newOutline() outline {
	o := outline{canvas.NewRectangle(color.Transparent), canvas.NewRectangle(color.Transparent)}
	o.outer.StrokeWidth, o.inner.StrokeWidth = 4, 2
	o.outer.Hide()
	o.inner.Hide()
	return o
}

func (o outline) hide() { setVisible(false, o.outer, o.inner) }

// place draws the outline just inside a tile.
func (m *Treemap) place(o outline, tile int) {
	t := m.tiles[tile]
	o.outer.StrokeColor, o.inner.StrokeColor = m.colors.Background, m.colors.Strong
	p := fyne.NewPos(float32(t.X)/m.scale, float32(t.Y)/m.scale)
	s := fyne.NewSize(float32(t.W)/m.scale-1, float32(t.H)/m.scale-1)
	for _, r := range []*canvas.Rectangle{o.outer, o.inner} {
		r.Move(p)
		r.Resize(fyne.NewSize(max(s.Width, 3), max(s.Height, 3)))
		r.Show()
		r.Refresh()
	}
}

// mostMarks bounds the outlines of a selection; more are more than a map can
// tell.
const mostMarks = 100

func (m *Treemap) placeMarks() {
	n := 0
	for key := range m.selected {
		node, ok := m.byKey[key]
		if !ok || n >= mostMarks {
			continue
		}
		tile, ok := m.tileOf[node]
		if !ok {
			continue
		}
		if n == len(m.marks) {
			m.marks = append(m.marks, newOutline())
		}
		m.place(m.marks[n], tile)
		n++
	}
	for _, o := range m.marks[n:] {
		o.hide()
	}
	canvas.Refresh(m.strip)
}

// setHover moves the outline and says what it is around. Nothing else is
// painted.
func (m *Treemap) setHover(tile int) {
	if tile == m.hover {
		return
	}
	m.hover = tile
	m.placeHover()
}

func (m *Treemap) placeHover() {
	text := ""
	if m.hover < 0 || m.hover >= len(m.tiles) {
		m.outline.hide()
	} else {
		m.place(m.outline, m.hover)
		text = m.pathText(m.hover)
	}
	size := theme.SizeForWidget(theme.SizeNameCaptionText, m)
	shown := m.short.fitMiddle(text, m.Size().Width-12, size, fyne.TextStyle{})
	m.path.Text, m.path.TextSize, m.path.Color = shown, size, m.colors.Text
	m.path.Resize(fyne.NewSize(m.Size().Width-12, textHeight(size)))
	m.path.Refresh()
}

// pathText names a tile and what it lies in.
func (m *Treemap) pathText(tile int) string {
	text := ""
	for _, it := range m.pathTo(m.node(tile)) {
		if text != "" {
			text += " / "
		}
		text += it.Name
	}
	name, detail := m.names(tile)
	if m.tiles[tile].Kind == treemap.Rest {
		if text != "" {
			text += " / "
		}
		text += name
	}
	text = joined(text, detail)
	if t := m.tiles[tile]; t.Kind != treemap.Rest && m.nodes[t.ID].item.Note != "" {
		text += ", " + m.nodes[t.ID].item.Note
	}
	if s := m.state(tile); s&TileDropped != 0 && m.DroppedWord != "" {
		text += "  (" + m.DroppedWord + ")"
	} else if s&TileNew != 0 && m.NewWord != "" {
		text += "  (" + m.NewWord + ")"
	}
	return text
}
