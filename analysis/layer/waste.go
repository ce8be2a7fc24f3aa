package layer

import (
	"cmp"
	"slices"
)

// Why says why bytes that a layer brought are not in the final file system.
type Why uint8

// The reasons.
const (
	Deleted            Why = iota // by a whiteout
	Overwritten                   // by other content, or by something that is no file
	RewrittenIdentical            // by the same content, as chmod and chown do
	SameLayerDuplicate            // by an entry of the same layer
)

// String returns the reason as JSON has it.
func (w Why) String() string {
	return [...]string{"deleted", "overwritten", "rewritten-identical", "same-layer-duplicate"}[w]
}

// A Waste is a file that a layer brought and that has no name in the end.
type Waste struct {
	Path      string // its last name
	Bytes     int64
	Layer     int // that brought it
	RemovedBy int // that took its last name
	Why       Why
}

// wasted is a Waste that takes little room.
type wasted struct {
	node  uint32 // as numbered while stacking
	ino   uint32
	layer uint16
	why   Why
}

// Waste returns the wasted files, the largest first, then by path; at most max
// of them, or all if max is 0 or less.
func (t *Tree) Waste(max int) []Waste {
	list := t.lost.list
	if max > 0 && max < len(list) {
		// Paths are only needed for the largest and those of equal size.
		list = slices.Clone(list)
		slices.SortStableFunc(list, func(a, b wasted) int {
			return cmp.Compare(t.entSize(b.ino), t.entSize(a.ino))
		})
		end, least := max, t.entSize(list[max-1].ino)
		for end < len(list) && t.entSize(list[end].ino) == least {
			end++
		}
		list = list[:end]
	}
	all := make([]Waste, len(list))
	for i, w := range list {
		all[i] = Waste{
			Path: joinPath(w.node, t.lost.parent, t.lost.ent, t), Bytes: t.entSize(w.ino),
			Layer: t.entLayer(w.ino), RemovedBy: int(w.layer), Why: w.why,
		}
	}
	slices.SortStableFunc(all, func(a, b Waste) int {
		return cmp.Or(cmp.Compare(b.Bytes, a.Bytes), cmp.Compare(a.Path, b.Path))
	})
	if max > 0 && max < len(all) {
		all = all[:max]
	}
	return all
}

// Wasted returns the wasted file number i of WasteTotal().Files, in no
// particular order. Paths may be long: Path is only set if it is asked for.
func (t *Tree) Wasted(i int, path bool) Waste {
	w := t.lost.list[i]
	out := Waste{Bytes: t.entSize(w.ino), Layer: t.entLayer(w.ino), RemovedBy: int(w.layer), Why: w.why}
	if path {
		out.Path = joinPath(w.node, t.lost.parent, t.lost.ent, t)
	}
	return out
}

// A WasteSum counts wasted files.
type WasteSum struct {
	Bytes int64
	Files int
}

// WasteByWhy returns the waste of all layers for each reason, by the number of
// its constant.
func (t *Tree) WasteByWhy() [4]WasteSum {
	var sum [4]WasteSum
	for _, w := range t.lost.list {
		sum[w.why].Bytes += t.entSize(w.ino)
		sum[w.why].Files++
	}
	return sum
}

// WasteTotal returns the waste of all layers.
func (t *Tree) WasteTotal() WasteSum {
	var sum WasteSum
	for _, w := range t.WasteByWhy() {
		sum.Bytes += w.Bytes
		sum.Files += w.Files
	}
	return sum
}
