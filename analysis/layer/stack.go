package layer

import (
	"context"
	"math"
)

const (
	none       = math.MaxUint32 // no node, no entry
	madeFlag   = 1 << 31        // in a number of an entry: a directory without one
	maxHops    = 255            // symlinks followed for one path
	maxDepth   = 4096           // directories below each other
	maxEntries = 4_000_000      // of all layers; a hostile image may repeat a layer
	maxClimb   = 500_000_000    // steps up from new directories
	maxWork    = 50_000_000     // names in the targets of all symlinks followed
)

// Stack puts layers on top of each other, the lowest first, and returns the
// final file system. A nil layer is one that could not be read: the tree is
// then partial. The indexes stay in use by the tree.
//
// As all tools that unpack images do, the whiteouts of a layer are applied
// before its other entries, so that they act on lower layers only.
//
// The error is that of ctx, or a [*StackError]: then the layers below the one
// that it names can be stacked.
func Stack(ctx context.Context, layers []*Index) (*Tree, error) {
	return stack(ctx, layers, nil)
}

func stack(ctx context.Context, layers []*Index, trace *Trace) (*Tree, error) {
	entries, anyListed := 0, false
	for i, x := range layers {
		if x == nil {
			continue
		}
		anyListed = anyListed || x.Listed
		if entries += x.Len(); entries > maxEntries {
			return nil, &StackError{i, &LimitError{"entries together with the layers below it", maxEntries}}
		}
	}
	s := newStacker(layers)
	s.t.anyListed = anyListed
	s.trace = trace.of(s)
	for i, x := range layers {
		if x == nil {
			continue
		}
		if err := s.apply(ctx, i); err != nil {
			return nil, &StackError{i, err}
		}
	}
	return s.finish(ctx)
}

// A stacker is a tree that is still changing. Nodes are numbered as they
// come; those that went stay, so that the path of what went can be told.
type stacker struct {
	t *Tree // layers, base and made are used while stacking

	parent []uint32
	child  []uint32 // of a directory: its latest child
	next   []uint32 // the next older child of the same directory; dead ones stay in the list
	ent    []uint32 // entry that gives the name; dead: see alive
	ino    []uint32 // entry that made the inode, or that changed a directory last
	dead   bitset
	live   int    // nodes that are not dead
	hashed bitset // directories whose children the table has, see find
	table  table

	names   map[uint32]int32 // inode → number of names, where there are several
	layer   int              // the one being applied
	dirs    []resolved       // of that layer
	epoch   uint32           // grows when a directory or symlink goes
	hops    int              // names in the targets of symlinks followed so far
	climbed int              // directories passed on the way to the root
	stats   []LayerStat
	waste   []wasted
	stack   []uint32 // scratch of drop
	trace   *Trace   // nil: nobody asked
}

// resolved remembers where a directory of an index lies.
type resolved struct {
	node  uint32
	epoch uint32
	hops  uint16
}

func newStacker(layers []*Index) *stacker {
	t := &Tree{layers: layers, base: make([]uint32, len(layers)+1)}
	most := 0
	for i, x := range layers {
		n := 0
		if x != nil {
			n = x.Len()
		} else {
			t.Missing = append(t.Missing, i)
		}
		t.base[i+1] = t.base[i] + uint32(n)
		most = max(most, n)
	}
	s := &stacker{t: t, names: map[uint32]int32{}, stats: make([]LayerStat, len(layers))}
	// Each entry may make a node, but many entries of many layers replace each
	// other; and folders without entries need room, too.
	n := min(int(t.base[len(layers)]), 4*most)*5/4 + 16
	s.parent, s.child, s.next = make([]uint32, 0, n), make([]uint32, 0, n), make([]uint32, 0, n)
	s.ent, s.ino = make([]uint32, 0, n), make([]uint32, 0, n)
	s.table.init(1 << 10)
	s.insert(0, s.makeDir("", -1))
	return s
}

// makeDir returns the entry number of a directory that no entry names.
func (s *stacker) makeDir(name string, layer int) uint32 {
	s.t.made = append(s.t.made, madeDir{name, int32(layer)})
	return madeFlag | uint32(len(s.t.made)-1)
}

// insert adds a node below parent without looking whether there is one.
func (s *stacker) insert(parent, ent uint32) uint32 {
	n := uint32(len(s.parent))
	s.parent, s.child = append(s.parent, parent), append(s.child, none)
	s.ent, s.ino = append(s.ent, ent), append(s.ino, ent)
	older := uint32(none)
	if n != 0 {
		older = s.child[parent]
		s.child[parent] = n
		if s.hashed.has(parent) {
			s.table.add(hashName(parent, s.t.entName(ent)), n)
		}
	}
	s.next = append(s.next, older)
	s.live++
	return n
}

// find returns the child of parent with a name, or none. As nobody inserts what
// has not been looked for, the children of a directory come in the order of
// their names until one is looked for that is no later than the latest: most
// layers are sorted, and most directories never get into the table.
func (s *stacker) find(parent uint32, name string) uint32 {
	if !s.hashed.has(parent) {
		latest := s.child[parent]
		if latest == none || s.t.entName(s.ent[latest]) < name {
			return none
		}
		s.hash(parent)
	}
	h := hashName(parent, name)
	for i := s.table.first(h); ; i = s.table.after(i) {
		n, ok := s.table.at(i, h)
		if !ok {
			return none
		}
		if n != none && s.parent[n] == parent && s.t.entName(s.ent[n]) == name {
			return n
		}
	}
}

// hash puts the children of a directory into the table.
func (s *stacker) hash(dir uint32) {
	s.hashed.set(dir)
	for c := s.child[dir]; c != none; c = s.next[c] {
		if !s.dead.has(c) {
			s.table.add(hashName(dir, s.t.entName(s.ent[c])), c)
		}
	}
}

// unhash takes a node out of the table.
func (s *stacker) unhash(n uint32) {
	if p := s.parent[n]; s.hashed.has(p) {
		s.table.remove(hashName(p, s.t.entName(s.ent[n])), n)
	}
}

func (s *stacker) kind(n uint32) Kind { return s.t.entKind(s.ino[n]) }

func (s *stacker) apply(ctx context.Context, layer int) error {
	x := s.t.layers[layer]
	s.layer, s.epoch = layer, s.epoch+1
	s.dirs = make([]resolved, len(x.dirParent))
	if x.Counts.Whiteouts+x.Counts.Opaques > 0 {
		for i := range x.Len() {
			if k := x.Kind(i); k == Whiteout || k == Opaque {
				s.whiteout(x, i, k)
			}
			if err := s.pause(ctx, i); err != nil {
				return err
			}
		}
	}
	for i := range x.Len() {
		if k := x.Kind(i); k < Whiteout {
			s.entry(x, i, k)
		}
		if err := s.pause(ctx, i); err != nil {
			return err
		}
	}
	s.dirs = nil
	return nil
}

// pause says now and then whether to go on.
func (s *stacker) pause(ctx context.Context, i int) error {
	if s.hops > maxWork {
		return &LimitError{"steps through symbolic links", maxWork}
	}
	if s.climbed > maxClimb {
		return &LimitError{"folders below each other", maxClimb}
	}
	if i&0xfff == 0 && ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return nil
}

func (s *stacker) whiteout(x *Index, i int, k Kind) {
	d, _ := s.resolve(x, x.dir[i], false)
	if d == none {
		return
	}
	s.trace.begin(s.t.base[s.layer]+uint32(i), d)
	if k == Opaque {
		for n := s.child[d]; n != none; n = s.next[n] {
			if !s.dead.has(n) {
				s.drop(n, Deleted, none)
			}
		}
		s.child[d] = none
		return
	}
	if n := s.find(d, x.Name(i)[len(whiteoutPrefix):]); n != none {
		s.drop(n, Deleted, none)
	}
}

func (s *stacker) entry(x *Index, i int, k Kind) {
	d, _ := s.resolve(x, x.dir[i], true)
	if d == none {
		s.t.Unresolved++
		return
	}
	g := s.t.base[s.layer] + uint32(i)
	old := s.find(d, x.Name(i))
	s.trace.begin(g, none)
	switch k {
	case Dir:
		if old != none && s.kind(old) == Dir {
			s.ino[old] = g
			s.trace.place(g, old)
			return
		}
		if s.tooDeep(d) {
			s.t.Unresolved++
			return
		}
	case Hardlink:
		s.link(x, i, d, old, g)
		return
	case File:
		s.stats[s.layer].Files++
		s.stats[s.layer].Content += x.size[i]
	}
	s.trace.place(g, s.replace(d, old, g))
}

// replace puts a new node in the place of old, which may be none. Whatever is
// below an old directory goes.
func (s *stacker) replace(d, old, ent uint32) uint32 {
	if old != none {
		s.drop(old, Overwritten, ent)
	}
	return s.insert(d, ent)
}

// link adds a name to the inode that a hard link leads to. A link to nothing
// or to a directory is passed over.
func (s *stacker) link(x *Index, i int, d, old, g uint32) {
	l := int(x.size[i])
	t := uint32(none)
	if td, _ := s.resolve(x, x.linkDir[l], false); td != none {
		t = s.find(td, x.linkName(l))
	}
	if t == none || s.kind(t) == Dir {
		s.t.BrokenLinks++
		return
	}
	ino := s.ino[t]
	s.trace.link(g, t)
	if old != none && s.ino[old] == ino {
		s.trace.place(g, old)
		return
	}
	if s.names[ino] == 0 {
		s.names[ino] = 1
	}
	s.names[ino]++
	if old != none {
		s.drop(old, Overwritten, none)
	}
	n := s.insert(d, g)
	s.ino[n] = ino
	s.trace.place(g, n)
}

// drop takes node n, and all below it, out of the tree. by is the inode that
// takes its place, or none.
func (s *stacker) drop(n uint32, why Why, by uint32) {
	if k := s.kind(n); k == Dir || k == Symlink {
		s.epoch++
	}
	s.unhash(n)
	s.stack = append(s.stack[:0], n)
	for len(s.stack) > 0 {
		if s.stack[len(s.stack)-1] != n {
			by = none // what was below an old directory is not written again
		}
		n := s.stack[len(s.stack)-1]
		s.stack = s.stack[:len(s.stack)-1]
		s.dead.set(n)
		s.live--
		s.trace.kill(n)
		switch s.kind(n) {
		case Dir:
			for c := s.child[n]; c != none; c = s.next[c] {
				if !s.dead.has(c) {
					s.unhash(c)
					s.stack = append(s.stack, c)
				}
			}
			s.child[n] = none
		case File:
			s.unlink(n, why, by)
		}
	}
}

// unlink takes one name from a file's inode and charges the bytes when it was
// the last.
func (s *stacker) unlink(n uint32, why Why, by uint32) {
	ino := s.ino[n]
	if names, many := s.names[ino]; many && names > 1 {
		s.names[ino]--
		return
	}
	delete(s.names, ino)
	size := s.t.entSize(ino)
	if size == 0 {
		return
	}
	from := s.t.entLayer(ino)
	switch {
	case from == s.layer:
		why = SameLayerDuplicate
	case why == Overwritten && by != none && s.t.entKind(by) == File &&
		s.t.entSize(by) == size && s.t.entHash(by) == s.t.entHash(ino):
		why = RewrittenIdentical
	}
	s.waste = append(s.waste, wasted{n, ino, uint16(s.layer), why})
	s.stats[from].Waste += size
	s.stats[from].WasteFiles++
}
