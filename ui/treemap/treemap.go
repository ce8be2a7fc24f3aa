// Package treemap turns weights into rectangles.
//
// [Layout] places weighted items, and items inside items, into a rectangle
// of whole pixels. The areas follow the weights, the tiles cover the
// rectangle exactly, and what would be too small to see or to hit is merged
// into one tile that stands for "and N smaller". The same input gives the
// same tiles. [Index] then answers which tile lies under a point.
//
// The order of the rectangles is that of Bruls, Huizing and van Wijk,
// "Squarified Treemaps" (2000): biggest first, rows along the shorter side.
//
// The package knows numbers only: no colours, no text, no window.
package treemap

import (
	"cmp"
	"math"
	"slices"
)

// Kind tells what a tile stands for.
type Kind uint8

const (
	Leaf  Kind = iota // an item without children
	Group             // an item with children; they lie inside, below the header
	Rest              // several items that were too small for tiles of their own
)

// An Item is something to be shown with an area that follows its weight.
type Item struct {
	ID int // the caller's name for it; handed back in [Tile.ID]
	// Weight counts for items without children. It may have any unit; a
	// weight that is negative or not a number counts as 0, and an item
	// without weight gets no tile. The weight of a group is the sum of its
	// children.
	Weight   float64
	Children []Item
}

// A Tile is a rectangle of whole pixels. Groups come before what they
// contain.
type Tile struct {
	Kind   Kind
	Depth  int     // 0 for the outermost tiles
	ID     int     // the item; for a Rest tile the biggest item in it
	Parent int     // index of the surrounding Group in the slice, or -1
	Count  int     // items that the tile stands for: more than 1 in a Rest tile only
	Weight float64 // their weight
	Header int     // height in pixels of the Group's own strip at the top, or 0

	X, Y, W, H int // pixels; W or H may be 0 where a thin tile was rounded away
}

// Contains reports whether the pixel x, y belongs to t.
func (t Tile) Contains(x, y int) bool {
	return x >= t.X && y >= t.Y && x < t.X+t.W && y < t.Y+t.H
}

// Options say how a map is cut. The zero value is good for a map of one
// level on a screen of usual density.
type Options struct {
	MinArea int // pixels below which items are merged into a Rest tile; 0 means 12
	Header  int // height of a group's header in pixels; 0 means none
	Border  int // pixels between a group's edge and its content, left, right and bottom
	Depth   int // levels to show, counted from 1; 0 means all
}

func (o Options) withDefaults() Options {
	if o.MinArea <= 0 {
		o.MinArea = 12 // 3 by 4 pixels: the least that can be pointed at
	}
	if o.Depth <= 0 {
		o.Depth = math.MaxInt
	}
	o.Header, o.Border = max(o.Header, 0), max(o.Border, 0)
	return o
}

// Layout cuts a rectangle of w by h pixels. It returns nil where there is
// nothing to show: no pixels, or no weight.
func Layout(items []Item, w, h int, o Options) []Tile {
	if w <= 0 || h <= 0 {
		return nil
	}
	l := layout{opts: o.withDefaults()}
	l.tiles = make([]Tile, 0, len(items))
	l.place(items, -1, 0, box{0, 0, float64(w), float64(h)})
	return l.tiles
}

// A box is a rectangle with real edges. Neighbours share their edges bit
// for bit, so that rounding leaves neither gap nor overlap.
type box struct{ x0, y0, x1, y1 float64 }

func (b box) area() float64 { return (b.x1 - b.x0) * (b.y1 - b.y0) }

type layout struct {
	opts  Options
	tiles []Tile
}

// A part is an item about to be placed.
type part struct {
	item   *Item   // nil for the rest
	weight float64 // that its area follows
	first  int     // ID of the biggest item in it
	count  int
	real   float64 // its own weight: of a rest that could not be seen it is less
}

// place appends tiles for items within b and goes down into the groups.
func (l *layout) place(items []Item, parent, depth int, b box) {
	parts := l.parts(items, b.area())
	squarify(parts, b, func(p part, b box) {
		t := Tile{Depth: depth, Parent: parent, ID: p.first, Count: p.count, Weight: p.real}
		t.X, t.Y = round(b.x0), round(b.y0)
		t.W, t.H = round(b.x1)-t.X, round(b.y1)-t.Y
		switch {
		case p.item == nil:
			t.Kind = Rest
		case len(p.item.Children) > 0:
			t.Kind = Group
		}
		at := len(l.tiles)
		if t.Kind != Group || depth+1 >= l.opts.Depth {
			l.tiles = append(l.tiles, t)
			return
		}
		inner := l.inner(&t)
		l.tiles = append(l.tiles, t)
		if inner.x1 > inner.x0 && inner.y1 > inner.y0 {
			l.place(p.item.Children, at, depth+1, inner)
		}
	})
}

// inner sets the header of the group t and returns the room for its
// children. A group that is too small for header and content goes without
// the header, then without the border.
func (l *layout) inner(t *Tile) box {
	border := l.opts.Border
	if t.W < 6*border || t.H < 6*border {
		border = 0
	}
	if t.H >= 3*l.opts.Header && t.W >= 2*l.opts.Header {
		t.Header = l.opts.Header
	}
	top := max(t.Header, border)
	return box{
		float64(t.X + border), float64(t.Y + top),
		float64(t.X + t.W - border), float64(t.Y + t.H - border),
	}
}

// worthTile is how many times the smallest area an item has that is not merged into
// a rest only to make that one visible.
const worthTile = 8

// parts orders items by weight, biggest first, and merges those that would
// get less than the smallest area into one part at the end.
func (l *layout) parts(items []Item, area float64) []part {
	parts := make([]part, 0, len(items))
	var total float64
	for i := range items {
		w := items[i].weight()
		if w > 0 {
			parts = append(parts, part{&items[i], w, items[i].ID, 1, w})
			total += w
		}
	}
	if total <= 0 || area <= 0 {
		return nil
	}
	slices.SortStableFunc(parts, func(a, b part) int { return cmp.Compare(b.weight, a.weight) })

	least := total * float64(l.opts.MinArea) / area
	cut, rest := len(parts), 0.0
	for cut > 0 && parts[cut-1].weight < least {
		cut--
		rest += parts[cut].weight
	}
	// The rest should be visible, too: with the next items, or as the smallest tile where
	// these are worth tiles of their own.
	for rest > 0 && rest < least && cut > 0 && parts[cut-1].weight < worthTile*least {
		cut--
		rest += parts[cut].weight
	}
	if n := len(parts) - cut; n > 1 || n == 1 && rest < least {
		merged := part{nil, max(rest, least), parts[cut].first, n, rest}
		if n == 1 {
			merged.item = parts[cut].item
		}
		parts = append(parts[:cut], merged)
	}
	return parts
}

// weight is what the item and all inside it weigh.
func (it *Item) weight() float64 {
	if len(it.Children) == 0 {
		if it.Weight > 0 && !math.IsInf(it.Weight, 0) {
			return it.Weight
		}
		return 0
	}
	var sum float64
	for i := range it.Children {
		sum += it.Children[i].weight()
	}
	return sum
}

// squarify cuts b into one box for each part, in their order.
func squarify(parts []part, b box, emit func(part, box)) {
	var left float64
	for _, p := range parts {
		left += p.weight
	}
	for len(parts) > 0 {
		w, h := b.x1-b.x0, b.y1-b.y0
		n, sum := row(parts, min(w, h), w*h/left)
		share := sum / left
		if n == len(parts) {
			share = 1
		}
		lane := b
		if w >= h {
			lane.x1 = b.x0 + w*share
			b.x0 = lane.x1
		} else {
			lane.y1 = b.y0 + h*share
			b.y0 = lane.y1
		}
		cutLane(parts[:n], lane, w >= h, sum, emit)
		parts, left = parts[n:], left-sum
		if left <= 0 {
			left = math.SmallestNonzeroFloat64
		}
	}
}

// row says how many of the parts, and what weight, make the next row along
// a side of the given length: as many as make its tiles more square.
func row(parts []part, side, scale float64) (n int, sum float64) {
	worst := math.Inf(1)
	for n < len(parts) {
		s := sum + parts[n].weight
		biggest, smallest := extremes(parts, n)
		thick := s * scale / side
		r := max(biggest*scale/(thick*thick), thick*thick/(smallest*scale))
		if n > 0 && !(r <= worst) {
			break
		}
		worst, sum = r, s
		n++
	}
	return n, sum
}

// extremes returns the greatest and the least weight of parts[:n+1]. The
// parts fall in weight, but for a rest at the end.
func extremes(parts []part, n int) (biggest, smallest float64) {
	a, z := parts[0].weight, parts[n].weight
	if z <= a && parts[n].item != nil {
		return a, z
	}
	return max(a, z), min(z, parts[max(n-1, 0)].weight)
}

// cutLane shares a lane among its parts, side by side.
func cutLane(parts []part, lane box, downwards bool, sum float64, emit func(part, box)) {
	var before float64
	at := lane
	for i, p := range parts {
		before += p.weight
		last := i == len(parts)-1 // gets the edge itself, not a sum that comes near it
		if downwards {
			if at.y1 = lane.y0 + (lane.y1-lane.y0)*before/sum; last {
				at.y1 = lane.y1
			}
			emit(p, at)
			at.y0 = at.y1
		} else {
			if at.x1 = lane.x0 + (lane.x1-lane.x0)*before/sum; last {
				at.x1 = lane.x1
			}
			emit(p, at)
			at.x0 = at.x1
		}
	}
}

func round(f float64) int { return int(math.Floor(f + 0.5)) }
