package widgets

import (
	"fmt"
	"image"
	"image/color"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
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
		hatch(m.img, inset(r, px), mix(m.colors.Text, m.colors.Background, 0.6), 6*px, px, true)
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
		hatch(m.img, inner, stripe, 8*px, 3*px, false)
		border(m.img, inner, px, m.colors.fill(m.nodes[t.ID].item.Fill))
	}
	if s&TileNew != 0 && inner.Dx() > 6*px && inner.Dy() > 6*px {
		frame := inner.Inset(px)
		border(m.img, frame, 2*px, m.colors.Background)
		dashes(m.img, frame, 2*px, m.colors.Strong) // a selection's outline is solid
	}
}

// inset leaves a gap at the right and below.
func inset(r image.Rectangle, px int) image.Rectangle {
	r.Max.X -= px
	r.Max.Y -= px
	return r
}

// fill paints r, row by row: image/draw would look at every pixel.
func fill(img *image.RGBA, r image.Rectangle, c color.NRGBA) {
	r = r.Intersect(img.Rect)
	if r.Empty() {
		return
	}
	first := img.Pix[img.PixOffset(r.Min.X, r.Min.Y):][:4*r.Dx()]
	for i := 0; i < len(first); i += 4 {
		first[i], first[i+1], first[i+2], first[i+3] = c.R, c.G, c.B, c.A
	}
	for y := r.Min.Y + 1; y < r.Max.Y; y++ {
		copy(img.Pix[img.PixOffset(r.Min.X, y):], first)
	}
}

// hatch paints slanted stripes; the pattern is fixed to the image, so that
// neighbours match.
func hatch(img *image.RGBA, r image.Rectangle, c color.NRGBA, every, wide int, back bool) {
	r = r.Intersect(img.Rect)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		shift := y
		if back {
			shift = every - y%every
		}
		for x := r.Min.X; x < r.Max.X; x++ {
			if (x+shift)%every < wide {
				p := img.Pix[img.PixOffset(x, y):]
				p[0], p[1], p[2], p[3] = c.R, c.G, c.B, c.A
			}
		}
	}
}

// border paints a frame of px pixels inside r.
func border(img *image.RGBA, r image.Rectangle, px int, c color.NRGBA) {
	fill(img, image.Rect(r.Min.X, r.Min.Y, r.Max.X, r.Min.Y+px), c)
	fill(img, image.Rect(r.Min.X, r.Max.Y-px, r.Max.X, r.Max.Y), c)
	fill(img, image.Rect(r.Min.X, r.Min.Y, r.Min.X+px, r.Max.Y), c)
	fill(img, image.Rect(r.Max.X-px, r.Min.Y, r.Max.X, r.Max.Y), c)
}

// dashes paints a broken frame of px pixels inside r.
func dashes(img *image.RGBA, r image.Rectangle, px int, c color.NRGBA) {
	step := 6 * px
	for x := r.Min.X; x < r.Max.X; x += step {
		end := min(x+step*2/3, r.Max.X)
		fill(img, image.Rect(x, r.Min.Y, end, r.Min.Y+px), c)
		fill(img, image.Rect(x, r.Max.Y-px, end, r.Max.Y), c)
	}
	for y := r.Min.Y; y < r.Max.Y; y += step {
		end := min(y+step*2/3, r.Max.Y)
		fill(img, image.Rect(r.Min.X, y, r.Min.X+px, end), c)
		fill(img, image.Rect(r.Max.X-px, y, r.Max.X, end), c)
	}
}

// A labelSpot says which tile a label belongs to.
type labelSpot struct{ tile int }

// mostLabels bounds the objects over the raster: each is drawn every frame.
const mostLabels = 400

// placeLabels writes the names on the tiles that have room for them.
func (m *Treemap) placeLabels() {
	size := theme.SizeForWidget(theme.SizeNameCaptionText, m)
	line := textHeight(size)
	m.labelled = m.labelled[:0]
	old := m.labels
	m.labels = m.labels[:0]
	add := func(tile int, text string, x, y, room float32, style fyne.TextStyle) bool {
		if text = m.short.fit(text, room, size, style); len([]rune(text)) < 3 && text != "" || text == "" || len(m.labels) >= mostLabels {
			return false
		}
		var l *canvas.Text
		if len(m.labels) < len(old) {
			l = old[len(m.labels)]
		} else {
			l = canvas.NewText("", nil)
		}
		l.Text, l.TextSize, l.TextStyle = text, size, style
		l.Move(fyne.NewPos(x, y))
		l.Resize(fyne.NewSize(room, line))
		m.labels = append(m.labels, l)
		m.labelled = append(m.labelled, labelSpot{tile})
		return true
	}
	const pad = 4
	for i, t := range m.tiles {
		x, y := float32(t.X)/m.scale, float32(t.Y)/m.scale
		w, h := float32(t.W)/m.scale, float32(t.H)/m.scale
		if t.Kind == treemap.Group {
			if t.Header > 0 {
				it := m.nodes[t.ID].item
				add(i, joined(it.Name, it.Detail), x+pad, y, w-2*pad, fyne.TextStyle{Bold: true})
			}
			continue
		}
		if w < 30 || h < line+2 {
			continue
		}
		name, detail := m.names(i)
		if add(i, name, x+pad, y+1, w-2*pad-1, fyne.TextStyle{}) && h > 2*line+3 {
			add(i, detail, x+pad, y+1+line, w-2*pad-1, fyne.TextStyle{})
		}
	}
	m.colorLabels()
}

func (m *Treemap) names(tile int) (name, detail string) {
	t := m.tiles[tile]
	if t.Kind == treemap.Rest {
		if m.More != nil {
			return m.More(t.Count), ""
		}
		return fmt.Sprintf("and %d smaller", t.Count), ""
	}
	it := m.nodes[t.ID].item
	return it.Name, it.Detail
}

func joined(name, detail string) string {
	if detail == "" {
		return name
	}
	return name + "  " + detail
}

// colorLabels gives the labels a colour that can be read on their tiles.
func (m *Treemap) colorLabels() {
	for i, l := range m.labels {
		tile := m.labelled[i].tile
		col := m.colors.Text
		if m.tiles[tile].Kind == treemap.Leaf {
			_, _, col = m.colors.tileColors(m.nodes[m.tiles[tile].ID].item.Fill, m.state(tile))
		}
		if l.Color != color.Color(col) {
			l.Color = col
			l.Refresh()
		}
	}
}

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
	if s := m.state(tile); s&TileDropped != 0 && m.DroppedWord != "" {
		text += "  (" + m.DroppedWord + ")"
	} else if s&TileNew != 0 && m.NewWord != "" {
		text += "  (" + m.NewWord + ")"
	}
	return text
}
