package layer

import (
	"cmp"
	"slices"
)

// A WasteGroup is the waste that one layer brought and one layer took away for
// one reason: a cause that somebody can mend, where a list of files is none.
type WasteGroup struct {
	Layer     int // that brought it
	RemovedBy int // that took its last name
	Why       Why
	Files     int
	Bytes     int64
	Folder    string // the deepest that all of it lay in
}

// WasteGroups returns the waste of all layers by cause, the largest first. The
// groups add up to [Tree.WasteTotal].
func (t *Tree) WasteGroups() []WasteGroup {
	type key struct {
		layer, by int
		why       Why
	}
	at := map[key]int{}
	var groups []WasteGroup
	var folders []uint32 // as numbered while stacking
	depths := make([]int32, len(t.lost.parent))
	for _, w := range t.lost.list {
		k := key{t.entLayer(w.ino), int(w.layer), w.why}
		i, ok := at[k]
		dir := t.lost.parent[w.node]
		if !ok {
			i = len(groups)
			at[k] = i
			groups = append(groups, WasteGroup{Layer: k.layer, RemovedBy: k.by, Why: k.why})
			folders = append(folders, dir)
		}
		groups[i].Files++
		groups[i].Bytes += t.entSize(w.ino)
		folders[i] = t.lostMeet(folders[i], dir, depths)
	}
	for i := range groups {
		groups[i].Folder = joinPath(folders[i], t.lost.parent, t.lost.ent, t)
	}
	slices.SortFunc(groups, func(a, b WasteGroup) int {
		return cmp.Or(cmp.Compare(b.Bytes, a.Bytes), a.Layer-b.Layer, a.RemovedBy-b.RemovedBy, cmp.Compare(a.Why, b.Why))
	})
	return groups
}

// lostMeet returns the deepest folder that two folders lie in. depths remembers
// how deep folders lie, plus one.
func (t *Tree) lostMeet(a, b uint32, depths []int32) uint32 {
	for a != b {
		if t.lostDepth(a, depths) >= t.lostDepth(b, depths) {
			a = t.lost.parent[a]
		} else {
			b = t.lost.parent[b]
		}
	}
	return a
}

func (t *Tree) lostDepth(n uint32, depths []int32) int32 {
	if n == 0 {
		return 0
	}
	if depths[n] == 0 {
		up := int32(0)
		for m := n; m != 0; m = t.lost.parent[m] {
			if depths[m] != 0 {
				up += depths[m]
				break
			}
			up++
		}
		depths[n] = up
	}
	return depths[n]
}
