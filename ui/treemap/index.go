package treemap

// cellShift is the size of an index cell as a power of two: 16 pixels.
const cellShift = 4

// An Index finds the tile under a point without looking at all of them.
type Index struct {
	tiles []Tile
	w, h  int     // pixels covered
	cols  int     // cells in a row
	start []int32 // start[c]:start[c+1] are the tiles of cell c …
	list  []int32 // … in this list, innermost last
}

// NewIndex indexes tiles as [Layout] returns them. It keeps the slice.
func NewIndex(tiles []Tile) *Index {
	x := &Index{tiles: tiles}
	for i := range tiles {
		x.w = max(x.w, tiles[i].X+tiles[i].W)
		x.h = max(x.h, tiles[i].Y+tiles[i].H)
	}
	x.cols = x.w>>cellShift + 1
	cells := x.cols * (x.h>>cellShift + 1)
	x.start = make([]int32, cells+1)
	for i := range tiles {
		x.each(i, func(c int) { x.start[c+1]++ })
	}
	for c := range cells {
		x.start[c+1] += x.start[c]
	}
	x.list = make([]int32, x.start[cells])
	next := append([]int32(nil), x.start...)
	for i := range tiles {
		x.each(i, func(c int) {
			x.list[next[c]] = int32(i)
			next[c]++
		})
	}
	return x
}

// each calls f for every cell that tile i touches.
func (x *Index) each(i int, f func(cell int)) {
	t := &x.tiles[i]
	if t.W <= 0 || t.H <= 0 {
		return
	}
	for cy := t.Y >> cellShift; cy <= (t.Y+t.H-1)>>cellShift; cy++ {
		for cx := t.X >> cellShift; cx <= (t.X+t.W-1)>>cellShift; cx++ {
			f(cy*x.cols + cx)
		}
	}
}

// At returns the index of the innermost tile at pixel px, py, or -1.
func (x *Index) At(px, py int) int {
	if px < 0 || py < 0 || px >= x.w || py >= x.h {
		return -1
	}
	c := py>>cellShift*x.cols + px>>cellShift
	for at := x.start[c+1] - 1; at >= x.start[c]; at-- {
		if i := x.list[at]; x.tiles[i].Contains(px, py) {
			return int(i)
		}
	}
	return -1
}
