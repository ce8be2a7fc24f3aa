package layer

import (
	"context"
	"slices"
	"strings"
)

// finish numbers the nodes that are left by their paths and adds up.
func (s *stacker) finish(ctx context.Context) (*Tree, error) {
	t := s.t
	live := s.live
	s.table = table{}
	t.parent, t.end = make([]uint32, 0, live), make([]uint32, live)
	t.ent, t.ino = make([]uint32, 0, live), make([]uint32, 0, live)
	if err := s.number(ctx); err != nil {
		return nil, err
	}
	// Nodes stand before what is below them, so ends add up from the back.
	for i := range t.end {
		t.end[i] = max(t.end[i], uint32(i+1))
	}
	for i := live - 1; i > 0; i-- {
		p := t.parent[i]
		t.end[p] = max(t.end[p], t.end[i])
	}
	t.names, t.Layers = s.names, s.stats
	if len(s.waste) > 0 {
		t.lost.list, t.lost.parent, t.lost.ent = s.waste, s.parent, s.ent
	}
	t.total()
	return t, nil
}

// number walks the directories depth first, names in order.
func (s *stacker) number(ctx context.Context) error {
	t := s.t
	type todo struct{ old, parent uint32 }
	work := []todo{{0, 0}}
	var kids []uint32
	var named []namedChild
	for len(work) > 0 {
		w := work[len(work)-1]
		work = work[:len(work)-1]
		n := uint32(len(t.parent))
		t.parent = append(t.parent, w.parent)
		s.trace.number(w.old, n)
		t.ent, t.ino = append(t.ent, s.ent[w.old]), append(t.ino, s.ino[w.old])
		kids = kids[:0]
		for c := s.child[w.old]; c != none; c = s.next[c] {
			if !s.dead.has(c) {
				kids = append(kids, c)
			}
		}
		// The list has the latest child first, and so has the stack after
		// this: what was never hashed came sorted.
		if s.hashed.has(w.old) {
			named = t.sortByName(s, kids, named[:0])
		}
		for _, c := range kids {
			work = append(work, todo{c, n})
		}
		if n&0xffff == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
	}
	return nil
}

// A namedChild is a node with its name at hand: looking it up takes longer than a
// comparison.
type namedChild struct {
	name string
	old  uint32
}

// sortByName sorts nodes by name, the last first. It returns room for the next time.
func (t *Tree) sortByName(s *stacker, kids []uint32, room []namedChild) []namedChild {
	for _, c := range kids {
		room = append(room, namedChild{t.entName(s.ent[c]), c})
	}
	last := func(a, b namedChild) int { return strings.Compare(b.name, a.name) }
	if slices.IsSortedFunc(room, last) {
		return room
	}
	slices.SortFunc(room, last)
	for i, x := range room {
		kids[i] = x.old
	}
	return room
}

// total counts the final file system and finds further names of files.
func (t *Tree) total() {
	seen := map[uint32]bool{} // inodes with several names
	for i := 1; i < t.Len(); i++ {
		g := t.ino[i]
		switch t.entKind(g) {
		case Dir:
			t.Totals.Dirs++
		case Symlink:
			t.Totals.Symlinks++
		case Device:
			t.Totals.Devices++
		case File:
			size := t.entSize(g)
			t.Totals.FileNames++
			t.Totals.BytesByName += size
			if t.names[g] > 1 {
				if seen[g] {
					t.secondary.set(uint32(i))
					continue
				}
				seen[g] = true
			}
			t.Totals.Files++
			t.Totals.Bytes += size
			t.Layers[t.entLayer(g)].Kept += size
		}
	}
}
