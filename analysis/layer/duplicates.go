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
	type key struct {
		size int64
		hash uint64
	}
	first := make(map[key]Node, t.Totals.Files)
	groups := map[key][]Node{}
	for i := 1; i < t.Len(); i++ {
		n := Node(i)
		if t.Own(n) == 0 {
			continue
		}
		k := key{t.Size(n), t.Hash(n)}
		if f, ok := first[k]; !ok {
			first[k] = n
		} else if g := groups[k]; g == nil {
			groups[k] = []Node{f, n}
		} else {
			groups[k] = append(g, n)
		}
	}
	all := make([]Duplicate, 0, len(groups))
	for k, nodes := range groups {
		all = append(all, Duplicate{k.size, nodes})
	}
	slices.SortFunc(all, func(a, b Duplicate) int {
		return cmp.Or(cmp.Compare(b.Bytes(), a.Bytes()), cmp.Compare(a.Nodes[0], b.Nodes[0]))
	})
	return all
}
