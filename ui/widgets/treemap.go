package widgets

import (
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"weighline/ui/treemap"
)

// A MapItem is something that a [Treemap] shows as a tile, or as a group of
// tiles if it has children.
type MapItem struct {
	Key      string  // stable; names it in callbacks
	Name     string  // on the tile
	Detail   string  // below the name and in the path, such as a size
	Note     string  // in the path only: what tells it from others of its name
	Weight   float64 // of an item without children; any unit
	Fill     int     // which of [Colors].Fills
	Children []MapItem
}

// A TileState is drawn on a tile without moving it.
type TileState uint8

// States of a tile; they may be combined.
const (
	TileDropped TileState = 1 << iota // hatched: will go
	TileNew                           // framed: was not there before
	TileDimmed                        // pale: not what is looked for
)

// A Treemap shows weights as areas. Groups have a header and may be zoomed
// into. It is laid out by SetItems, zooming and a new size, and by nothing
// else: SetStates paints in place, so that a toggle moves no tile.
//
// With the keyboard: arrows go to the neighbour, Enter zooms in, Backspace
// and Escape zoom out, Space toggles.
type Treemap struct {
	widget.BaseWidget

	OnHover  func(key string)                   // "" when the pointer leaves
	OnSelect func(keys []string)                // after a click or a key
	OnToggle func(key string)                   // Space
	OnMenu   func(key string, at fyne.Position) // secondary click; at is absolute
	OnZoom   func(path []MapItem)               // groups from the outside in, empty when all is shown
	OnKey    func(*fyne.KeyEvent)               // a key that means nothing here
	More     func(items int) string             // names a tile of several small items; nil: "and 12 smaller"

	DroppedWord, NewWord string // name the states in the line below the map

	// Total, if it is greater than the weight of the items, leaves room
	// for the difference, so that two maps show one scale.
	Total float64

	nodes    []mapNode // all items, a group before its children
	byKey    map[string]int
	zoom     int // node that is shown, -1 for all
	states   map[string]TileState
	selected map[string]bool
	hover    int // index in tiles, or -1
	focused  bool

	tiles  []treemap.Tile // in device pixels
	index  *treemap.Index
	tileOf map[int]int // index in tiles by node
	scale  float32     // device pixels per pixel
	img    *image.RGBA
	colors Colors
	short  shortener

	raster   *canvas.Raster
	labels   []*canvas.Text
	labelled []labelSpot
	outline  outline   // under the pointer
	marks    []outline // of the selection
	path     *canvas.Text
	strip    *canvas.Rectangle
}

type mapNode struct {
	item   *MapItem
	parent int
}

// NewTreemap makes an empty map.
func NewTreemap() *Treemap {
	m := &Treemap{zoom: -1, hover: -1, scale: 1, selected: map[string]bool{}}
	m.raster = canvas.NewRaster(m.paint)
	m.raster.ScaleMode = canvas.ImageScalePixels
	m.outline = newOutline()
	m.path = canvas.NewText("", nil)
	m.strip = newRect()
	m.ExtendBaseWidget(m)
	m.colors = ColorsOf(m)
	return m
}

// SetItems replaces what is shown, and lays it out anew. It must not be
// changed afterwards. The zoom stays if its group is still there.
func (m *Treemap) SetItems(items []MapItem) {
	var zoomed string
	if m.zoom >= 0 {
		zoomed = m.nodes[m.zoom].item.Key
	}
	m.nodes, m.byKey, m.hover = m.nodes[:0], map[string]int{}, -1
	m.flatten(items, -1)
	m.zoom = -1
	if i, ok := m.byKey[zoomed]; ok && zoomed != "" && len(m.nodes[i].item.Children) > 0 {
		m.zoom = i
	}
	m.Relayout()
}

func (m *Treemap) flatten(items []MapItem, parent int) {
	for i := range items {
		at := len(m.nodes)
		m.nodes = append(m.nodes, mapNode{&items[i], parent})
		if _, taken := m.byKey[items[i].Key]; !taken {
			m.byKey[items[i].Key] = at
		}
		m.flatten(items[i].Children, at)
	}
}

// Relayout lays the tiles out anew, for a new Total.
func (m *Treemap) Relayout() {
	m.img = nil
	m.Refresh()
}

// SetStates draws states on the tiles with these keys and takes all others
// back. Only the tiles that change are painted. The map is kept.
func (m *Treemap) SetStates(states map[string]TileState) {
	old := m.states
	m.states = states
	if m.img == nil {
		return
	}
	changed := false
	repaint := func(key string) {
		if old[key] == states[key] {
			return
		}
		changed = m.repaintKey(key) || changed
	}
	for key := range old {
		repaint(key)
	}
	for key := range states {
		if _, done := old[key]; !done {
			repaint(key)
		}
	}
	if changed {
		m.raster.Refresh()
		m.colorLabels()
	}
}

// Select outlines tiles. It does not call OnSelect.
func (m *Treemap) Select(keys ...string) {
	m.selected = make(map[string]bool, len(keys))
	for _, k := range keys {
		m.selected[k] = true
	}
	m.placeMarks()
}

// Hover outlines the tile as if the pointer were on it: for maps that are
// linked. It does not call OnHover. "" takes the outline away.
func (m *Treemap) Hover(key string) {
	tile := -1
	if node, ok := m.byKey[key]; ok && key != "" {
		tile = m.tile(node)
	}
	m.setHover(tile)
}

// Zoom shows one group only, or everything if key is "" or is no group.
func (m *Treemap) Zoom(key string) {
	node, ok := m.byKey[key]
	if !ok || key == "" || len(m.nodes[node].item.Children) == 0 {
		node = -1
	}
	m.zoomTo(node)
}

// ZoomOut shows the group around the one that is shown.
func (m *Treemap) ZoomOut() {
	if m.zoom >= 0 {
		m.zoomTo(m.nodes[m.zoom].parent)
	}
}

func (m *Treemap) zoomTo(node int) {
	if node == m.zoom {
		return
	}
	m.zoom = node
	m.Relayout()
	if m.OnZoom != nil {
		m.OnZoom(m.Zoomed())
	}
}

// Zoomed returns the groups that are zoomed into, from the outside in.
func (m *Treemap) Zoomed() []MapItem { return m.pathTo(m.zoom) }

func (m *Treemap) pathTo(node int) []MapItem {
	var out []MapItem
	for ; node >= 0; node = m.nodes[node].parent {
		out = append([]MapItem{*m.nodes[node].item}, out...)
	}
	return out
}

// Refresh shows the map under the present theme.
func (m *Treemap) Refresh() {
	if c := ColorsOf(m); m.colors.Background != c.Background || m.colors.Text != c.Text || m.colors.Accent != c.Accent {
		m.colors, m.img = c, nil
	}
	m.arrange(m.Size())
	m.BaseWidget.Refresh()
}

// MinSize is small: a map takes what there is.
func (m *Treemap) MinSize() fyne.Size { return fyne.NewSize(80, 60) }

// stripHeight is that of the line below the map that names what is under the
// pointer. It is always there: the map never moves for it.
func (m *Treemap) stripHeight() float32 {
	return float32(int(textHeight(theme.SizeForWidget(theme.SizeNameCaptionText, m)) + 5))
}

// arrange places the parts and lays out the tiles if need be.
func (m *Treemap) arrange(s fyne.Size) {
	strip := m.stripHeight()
	area := fyne.NewSize(s.Width, max(s.Height-strip, 0))
	m.raster.Resize(area)
	m.strip.FillColor = m.colors.Header
	m.strip.Move(fyne.NewPos(0, area.Height))
	m.strip.Resize(fyne.NewSize(s.Width, strip))
	m.path.Move(fyne.NewPos(6, area.Height+2))
	scale := float32(1)
	if c := fyne.CurrentApp().Driver().CanvasForObject(m); c != nil && c.Scale() > 0 {
		scale = c.Scale()
	}
	m.ensure(int(area.Width*scale+0.5), int(area.Height*scale+0.5))
}

// ensure lays the tiles out for an area of w by h device pixels, if they are
// not already.
func (m *Treemap) ensure(w, h int) {
	if m.img != nil && m.img.Rect.Dx() == w && m.img.Rect.Dy() == h || w <= 0 || h <= 0 {
		return
	}
	if width := m.raster.Size().Width; width > 0 {
		m.scale = float32(w) / width
	}
	hovered := -1
	if m.hover >= 0 && m.hover < len(m.tiles) && m.tiles[m.hover].ID < len(m.nodes) {
		hovered = m.tiles[m.hover].ID
	}
	m.layoutTiles(w, h)
	m.img = image.NewRGBA(image.Rect(0, 0, w, h))
	m.paintAll()
	m.placeLabels()
	m.hover = m.tile(hovered)
	m.placeHover()
	m.placeMarks()
	m.raster.Refresh()
}

// paint is the raster's generator.
func (m *Treemap) paint(w, h int) image.Image {
	m.ensure(w, h)
	if m.img == nil {
		return image.NewUniform(m.colors.Background)
	}
	return m.img
}

// CreateRenderer is part of fyne.Widget.
func (m *Treemap) CreateRenderer() fyne.WidgetRenderer {
	m.arrange(m.Size())
	return &treemapRenderer{m}
}

type treemapRenderer struct{ m *Treemap }

func (r *treemapRenderer) Destroy()           {}
func (r *treemapRenderer) Layout(s fyne.Size) { r.m.arrange(s) }
func (r *treemapRenderer) MinSize() fyne.Size { return r.m.MinSize() }
func (r *treemapRenderer) Refresh()           { canvas.Refresh(r.m) }
func (r *treemapRenderer) Objects() []fyne.CanvasObject {
	m := r.m
	out := make([]fyne.CanvasObject, 0, len(m.labels)+2*len(m.marks)+5)
	out = append(out, m.raster)
	for _, l := range m.labels {
		out = append(out, l)
	}
	for _, k := range m.marks {
		out = append(out, k.outer, k.inner)
	}
	return append(out, m.outline.outer, m.outline.inner, m.strip, m.path)
}
