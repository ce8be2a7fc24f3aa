package widgets

import (
	"image"
	"image/color"
	"math"

	"fyne.io/fyne/v2/theme"

	"weighline/ui/treemap"
)

// layoutTiles cuts w by h device pixels.
func (m *Treemap) layoutTiles(w, h int) {
	items := m.mapItems(m.zoom)
	if share := m.share(); share < 1 {
		w, h = int(float64(w)*share), int(float64(h)*share)
	}
	header := m.headerHeight()
	m.tiles = treemap.Layout(items, w, h, treemap.Options{
		MinArea: int(12 * m.scale * m.scale), Header: int(header * m.scale), Border: int(m.scale + 0.5),
	})
	m.index = treemap.NewIndex(m.tiles)
	m.tileOf = make(map[int]int, len(m.tiles))
	for i, t := range m.tiles {
		if t.Kind != treemap.Rest {
			m.tileOf[t.ID] = i
		}
	}
}

func (m *Treemap) headerHeight() float32 {
	return float32(int(textHeight(theme.SizeForWidget(theme.SizeNameCaptionText, m)) + 2))
}

// share is the part of each side that the items take under Total.
func (m *Treemap) share() float64 {
	if m.Total <= 0 || m.zoom >= 0 {
		return 1
	}
	var sum float64
	for _, n := range m.nodes {
		if len(n.item.Children) == 0 && n.item.Weight > 0 {
			sum += n.item.Weight
		}
	}
	return min(math.Sqrt(sum/m.Total), 1)
}

// mapItems returns the children of a node as numbers; IDs are node indexes.
func (m *Treemap) mapItems(parent int) []treemap.Item {
	at := parent + 1
	var build func(parent int) []treemap.Item
	build = func(parent int) []treemap.Item {
		var out []treemap.Item
		for at < len(m.nodes) && m.nodes[at].parent == parent {
			node := at
			at++
			it := treemap.Item{ID: node, Weight: m.nodes[node].item.Weight}
			it.Children = build(node)
			out = append(out, it)
		}
		return out
	}
	return build(parent)
}

// tile returns the tile of a node, or of the group around it that is shown,
// or -1.
func (m *Treemap) tile(node int) int {
	for ; node >= 0; node = m.nodes[node].parent {
		if t, ok := m.tileOf[node]; ok {
			return t
		}
	}
	return -1
}

// key is that of the item that a tile stands for; a tile of several small
// items has that of their group.
func (m *Treemap) key(tile int) string {
	if tile < 0 || tile >= len(m.tiles) {
		return ""
	}
	if node := m.node(tile); node >= 0 {
		return m.nodes[node].item.Key
	}
	return ""
}

func (m *Treemap) node(tile int) int {
	t := m.tiles[tile]
	if t.Kind != treemap.Rest {
		return t.ID
	}
	return m.nodes[t.ID].parent
}

// state is what a tile shows: its own, and that of the groups around it.
func (m *Treemap) state(tile int) TileState {
	if len(m.states) == 0 || m.tiles[tile].Kind == treemap.Rest {
		return 0
	}
	var s TileState
	for node := m.tiles[tile].ID; node >= 0; node = m.nodes[node].parent {
		s |= m.states[m.nodes[node].item.Key]
	}
	return s
}

func (m *Treemap) paintAll() {
	fill(m.img, m.img.Rect, m.colors.Background)
	for i := range m.tiles {
		m.paintTile(i)
	}
}

// repaintKey paints the tile with that key, and those inside it. It reports
// whether there were any.
func (m *Treemap) repaintKey(key string) bool {
	node, ok := m.byKey[key]
	if !ok {
		return false
	}
	first, ok := m.tileOf[node]
	if !ok {
		return false
	}
	m.paintTile(first)
	for i := first + 1; i < len(m.tiles) && m.tiles[i].Depth > m.tiles[first].Depth; i++ {
		m.paintTile(i)
	}
	return true
}

// tileColors returns what a tile is painted with: its ground, the stripes on
// it if it is dropped, and the text on it.
func (c Colors) tileColors(n int, s TileState) (ground, stripe, text color.NRGBA) {
	base := c.fill(n)
	switch {
	case s&TileDropped != 0:
		return mix(base, c.Background, 0.88), mix(base, c.Background, 0.6), c.Strong
	case s&TileDimmed != 0:
		return mix(base, c.Background, 0.72), color.NRGBA{}, c.Strong
	}
	return base, color.NRGBA{}, c.OnFill
}

func (m *Treemap) paintTile(i int) {
	t := m.tiles[i]
	if t.W <= 0 || t.H <= 0 {
		return
	}
	r := image.Rect(t.X, t.Y, t.X+t.W, t.Y+t.H)
	px := max(int(m.scale+0.5), 1)
	if t.Kind == treemap.Group {
		fill(m.img, r, m.colors.Background)
		r.Max.Y = r.Min.Y + t.Header
		fill(m.img, inset(r, px), m.colors.Track)
		return
	}
	s := m.state(i)
	if t.Kind == treemap.Rest {
		fill(m.img, inset(r, px), m.colors.Track)
		dots(m.img, inset(r, px), mix(m.colors.Text, m.colors.Background, 0.75), 4*px, 2*px)
		return
	}
	ground, stripe, _ := m.colors.tileColors(m.nodes[t.ID].item.Fill, s)
	inner := inset(r, px)
	if inner.Dx() < 3*px || inner.Dy() < 3*px { // too small for a gap: tell neighbours apart by shade
		inner = r
		if i&1 == 1 {
			ground = mix(ground, m.colors.Text, 0.12)
		}
	}
	fill(m.img, inner, ground)
	if s&TileDropped != 0 {
		hatch(m.img, inner, stripe, 8*px, 3*px)
		border(m.img, inner, px, m.colors.fill(m.nodes[t.ID].item.Fill))
	}
	if s&TileNew != 0 && inner.Dx() > 6*px && inner.Dy() > 6*px {
		frame := inner.Inset(px)
		border(m.img, frame, 2*px, m.colors.Background)
		dashes(m.img, frame, 2*px, m.colors.Strong) // a selection's outline is solid
	}
}
