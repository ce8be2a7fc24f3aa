package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"

	"weighline/ui/texts"
	"weighline/ui/treemap"
)

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
		return texts.F("and %d smaller", t.Count), ""
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
