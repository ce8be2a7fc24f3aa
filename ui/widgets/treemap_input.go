package widgets

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"weighline/ui/treemap"
)

// TileAt returns the key of what lies at p in the map, or "".
func (m *Treemap) TileAt(p fyne.Position) string { return m.key(m.at(p)) }

func (m *Treemap) at(p fyne.Position) int {
	if m.index == nil {
		return -1
	}
	return m.index.At(int(p.X*m.scale), int(p.Y*m.scale))
}

// MouseIn is part of desktop.Hoverable.
func (m *Treemap) MouseIn(e *desktop.MouseEvent) { m.MouseMoved(e) }

// MouseMoved is part of desktop.Hoverable.
func (m *Treemap) MouseMoved(e *desktop.MouseEvent) { m.point(m.at(e.Position)) }

// MouseOut is part of desktop.Hoverable.
func (m *Treemap) MouseOut() { m.point(-1) }

// point moves the hover and tells about it.
func (m *Treemap) point(tile int) {
	if tile == m.hover {
		return
	}
	m.setHover(tile)
	if m.OnHover != nil {
		m.OnHover(m.key(tile))
	}
}

// MouseDown is part of desktop.Mouseable. It selects the tile; with Ctrl (or
// Cmd) it adds it to the selection or takes it away.
func (m *Treemap) MouseDown(e *desktop.MouseEvent) {
	focus(m)
	if e.Button != desktop.MouseButtonPrimary {
		return
	}
	add := e.Modifier&(fyne.KeyModifierControl|fyne.KeyModifierShortcutDefault) != 0
	m.click(m.key(m.at(e.Position)), add)
}

// MouseUp is part of desktop.Mouseable.
func (m *Treemap) MouseUp(*desktop.MouseEvent) {}

func (m *Treemap) click(key string, add bool) {
	keys := m.Selected()
	switch {
	case key == "" && !add:
		keys = nil
	case key == "":
	case add && m.selected[key]:
		keys = slices.DeleteFunc(keys, func(k string) bool { return k == key })
	case add:
		keys = append(keys, key)
	default:
		keys = []string{key}
	}
	m.Select(keys...)
	if m.OnSelect != nil {
		m.OnSelect(m.Selected())
	}
}

// Selected returns the selected keys, sorted.
func (m *Treemap) Selected() []string {
	keys := make([]string, 0, len(m.selected))
	for k := range m.selected {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// DoubleTapped is part of fyne.DoubleTappable: it zooms into the group under
// the pointer, one level at a time.
func (m *Treemap) DoubleTapped(e *fyne.PointEvent) { m.zoomIn(m.at(e.Position)) }

func (m *Treemap) zoomIn(tile int) {
	if tile < 0 {
		return
	}
	for node := m.node(tile); node >= 0; node = m.nodes[node].parent {
		if m.nodes[node].parent == m.zoom && len(m.nodes[node].item.Children) > 0 {
			m.zoomTo(node)
			return
		}
	}
}

// TappedSecondary is part of fyne.SecondaryTappable.
func (m *Treemap) TappedSecondary(e *fyne.PointEvent) {
	key := m.key(m.at(e.Position))
	if key == "" {
		return
	}
	if !m.selected[key] {
		m.click(key, false)
	}
	if m.OnMenu != nil {
		m.OnMenu(key, e.AbsolutePosition)
	}
}

// FocusGained is part of fyne.Focusable.
func (m *Treemap) FocusGained() {
	m.focused = true
	if m.hover < 0 && len(m.tiles) > 0 {
		m.setHover(m.firstTile())
	}
}

// FocusLost is part of fyne.Focusable.
func (m *Treemap) FocusLost() {
	m.focused = false
	m.setHover(-1)
}

// TypedRune is part of fyne.Focusable.
func (m *Treemap) TypedRune(rune) {}

// TypedKey is part of fyne.Focusable.
func (m *Treemap) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyLeft:
		m.step(-1, 0)
	case fyne.KeyRight:
		m.step(1, 0)
	case fyne.KeyUp:
		m.step(0, -1)
	case fyne.KeyDown:
		m.step(0, 1)
	case fyne.KeyReturn, fyne.KeyEnter:
		m.zoomIn(m.hover)
	case fyne.KeyBackspace, fyne.KeyEscape:
		if len(m.Zoomed()) == 0 && m.OnKey != nil {
			m.OnKey(e)
			return
		}
		m.ZoomOut()
	case fyne.KeySpace:
		key := m.key(m.hover)
		if selected := m.Selected(); key == "" && len(selected) > 0 {
			key = selected[0]
		}
		if key != "" && m.OnToggle != nil {
			m.OnToggle(key)
		}
	case desktop.KeyMenu:
		m.menuAtCursor()
	default:
		if m.OnKey != nil {
			m.OnKey(e)
		}
	}
}

// menuAtCursor opens the menu of the tile under the cursor.
func (m *Treemap) menuAtCursor() {
	key := m.key(m.hover)
	if key == "" || m.OnMenu == nil {
		return
	}
	t := m.tiles[m.hover]
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(m)
	m.OnMenu(key, at.AddXY((float32(t.X)+float32(t.W)/2)/m.scale, (float32(t.Y)+float32(t.H)/2)/m.scale))
}

// step goes to the neighbour of the tile under the cursor and selects it.
func (m *Treemap) step(dx, dy int) {
	if len(m.tiles) == 0 {
		return
	}
	if m.hover < 0 {
		m.hover = m.firstTile()
	} else if next := m.neighbour(m.hover, dx, dy); next >= 0 {
		m.point(next)
	}
	m.click(m.key(m.hover), false)
}

// neighbour looks beyond the middle of a tile's edge, past headers.
func (m *Treemap) neighbour(tile, dx, dy int) int {
	t := m.tiles[tile]
	x, y := t.X+t.W/2, t.Y+t.H/2
	x, y = x+dx*(t.W/2), y+dy*(t.H/2)
	for range 4096 {
		x, y = x+dx, y+dy
		next := m.index.At(x, y)
		if next < 0 {
			return -1
		}
		if next != tile && m.tiles[next].Kind != treemap.Group {
			return next
		}
	}
	return -1
}

func (m *Treemap) firstTile() int {
	for i := range m.tiles {
		if m.tiles[i].Kind != treemap.Group {
			return i
		}
	}
	return -1
}
