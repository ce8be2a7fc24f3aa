package report

import (
	"fmt"
	"html/template"
	"math"
	"unicode/utf8"

	"weighline/analysis/bytesize"
	"weighline/analysis/layer"
	"weighline/ui/treemap"
)

// An areaMap shows what weighs how much as areas. What it shows stands in a
// table, too.
type areaMap struct {
	title string
	total bytesize.Total
	scale bytesize.Size // what the whole area stands for; 0 for the sum of the items
	items []area
}

// An area is one thing on a map.
type area struct {
	name  string
	size  bytesize.Size
	state state
}

// A state is what becomes of a thing; shown by colour, pattern and a sign.
type state string

// The states.
const (
	stays        state = ""
	goes         state = "goes"    // under a plan
	swappedState state = "swapped" // under a plan
	removedState state = "removed"
	addedState   state = "added"
	grew         state = "grew"
	shrank       state = "shrank"
	changedState state = "changed"
)

var stateSigns = map[state]string{goes: "− ", swappedState: "~ ", removedState: "− ", addedState: "+ ", grew: "▲ ", shrank: "▼ ", changedState: "~ "}

// mapWidth and mapHeight are the size of a map in pixels of the page.
const (
	mapWidth  = 1000
	mapHeight = 360
)

// A tile is a rectangle of a map as the page draws it.
type tile struct {
	X, Y, W, H int
	Label      string // "" where there is no room
	Size       string // "" where there is no room
	Title      string
	State      string
	Shade      int // 0 to 5, so that neighbours differ
}

// pageMap is a map as the page draws it.
type pageMap struct {
	ID, Title, Alt string
	W, H           int
	Tiles          []tile
	Legend         []legend
}

type legend struct{ State, Text string }

// layout places the items of m; false where there is nothing to show.
func (m areaMap) layout(id string) (pageMap, bool) {
	items := make([]treemap.Item, 0, len(m.items))
	var sum bytesize.Size
	for i, x := range m.items {
		items = append(items, treemap.Item{ID: i, Weight: float64(max(0, x.size))})
		sum += max(0, x.size)
	}
	if sum <= 0 {
		return pageMap{}, false
	}
	width, height := mapWidth, mapHeight
	p := pageMap{ID: id, Title: m.title + ": " + m.total.String(), W: mapWidth}
	if m.scale > 0 { // both sides shrink, so that areas of two maps can be compared
		side := math.Sqrt(float64(sum) / float64(max(m.scale, sum)))
		width, height = max(2, int(side*mapWidth)), max(2, int(side*mapHeight))
		p.Title += ", on one scale"
	}
	p.H = height
	p.Alt = fmt.Sprintf("%s. Each area is as large as what it stands for; the table below has the same figures.", p.Title)
	seen := map[state]bool{}
	for i, t := range treemap.Layout(items, width, height, treemap.Options{MinArea: 24}) {
		p.Tiles = append(p.Tiles, m.tile(i, t))
		if t.Kind == treemap.Leaf {
			seen[m.items[t.ID].state] = true
		}
	}
	for _, l := range []legend{{string(goes), "goes with the plan"}, {string(swappedState), "a lighter one takes its place"}, {string(removedState), "only in A"}, {string(addedState), "only in B"},
		{string(grew), "grew"}, {string(shrank), "shrank"}, {string(changedState), "changed, as large"}} {
		if seen[state(l.State)] {
			l.Text = stateSigns[state(l.State)] + l.Text
			p.Legend = append(p.Legend, l)
		}
	}
	return p, true
}

func (m areaMap) tile(i int, t treemap.Tile) tile {
	out := tile{X: t.X, Y: t.Y, W: t.W, H: t.H, Shade: i % 6}
	name, size := fmt.Sprintf("%d smaller", t.Count), bytesize.Size(t.Weight)
	if t.Kind == treemap.Leaf {
		x := m.items[t.ID]
		name, size, out.State = stateSigns[x.state]+layer.Printable(x.name), x.size, string(x.state)
	}
	out.Title = name + ": " + size.String() + " (" + size.Exact() + ")"
	const letter, line = 7, 16 // pixels at the size of the labels
	room := (t.W - 8) / letter
	if room < 3 || t.H < line+4 {
		return out
	}
	out.Label = shorten(name, room)
	if text := size.String(); t.H >= 2*line+6 && utf8.RuneCountInString(text) <= room {
		out.Size = text
	}
	return out
}

// barWidth is the width of a bar in a table, as CSS.
func barWidth(part float64) template.CSS {
	return template.CSS(fmt.Sprintf("width:%.1f%%", 100*min(1, max(0, part)))) //nolint:gosec // a number
}

// TX is where the texts of t begin.
func (t tile) TX() int { return t.X + 5 }

// TY is the base line of the label.
func (t tile) TY() int { return t.Y + 16 }

// SY is the base line of the size.
func (t tile) SY() int { return t.Y + 32 }
