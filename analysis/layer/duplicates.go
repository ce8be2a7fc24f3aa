package layer

import (
	"cmp"
	"slices"
)

// A Duplicate is a group of files with the same content.
type Duplicate struct {
	Size  int64  // of each
	Nodes []Node // at least two inodes, the first name of each, by path
}

// Bytes returns what one copy instead of all would free.
func (d Duplicate) Bytes() int64 { return d.Size * int64(len(d.Nodes)-1) }

// Duplicates returns the groups of files that have the same content (by size
// and hash), without empty ones, those that could free most first.
func (t *Tree) Duplicates() []Duplicate {
	type file struct {
		hash uint64
		size int64
		node Node
	}
	// Most files are alone with their content: two bits a slot tell most of
	// them from the others, so that few are sorted.
	slots := uint64(64)
	for slots < 8*uint64(t.Totals.Files) {
		slots *= 2
	}
	var once, again bitset
	once, again = make(bitset, slots/64), make(bitset, slots/64)
	for i := 1; i < t.Len(); i++ {
		if n := Node(i); t.Own(n) > 0 {
			slot := uint32(t.Hash(n) & (slots - 1))
			if once.has(slot) {
				again.set(slot)
			}
			once.set(slot)
		}
	}
	var files []file
	for i := 1; i < t.Len(); i++ {
		if n := Node(i); t.Own(n) > 0 && again.has(uint32(t.Hash(n)&(slots-1))) {
			files = append(files, file{t.Hash(n), t.Size(n), n})
		}
	}
	slices.SortFunc(files, func(a, b file) int {
		return cmp.Or(cmp.Compare(a.hash, b.hash), cmp.Compare(a.size, b.size), cmp.Compare(a.node, b.node))
	})
	var all []Duplicate
	for len(files) > 0 {
		f, same := files[0], 1
		for same < len(files) && files[same].hash == f.hash && files[same].size == f.size {
			same++
		}
		group := files[:same]
		if files = files[same:]; same == 1 {
			continue
		}
		nodes := make([]Node, 0, same)
		for _, g := range group {
			nodes = append(nodes, g.node)
		}
		all = append(all, Duplicate{f.size, nodes})
	}
	slices.SortFunc(all, func(a, b Duplicate) int {
		return cmp.Or(cmp.Compare(b.Bytes(), a.Bytes()), cmp.Compare(a.Nodes[0], b.Nodes[0]))
	})
	return all
}
