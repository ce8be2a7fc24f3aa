package layer

import "context"

// A Place is a name that some layer made: those that later layers took away
// are places as well. Places are numbered as they come, a directory before
// what is in it.
type Place uint32

// NoPlace stands for what lies nowhere.
const NoPlace Place = none

// A Trace tells what became of each entry of the layers that make a tree: which
// [Place] it made or named, and what took that away. Who wants to leave
// entries out of layers needs it.
type Trace struct {
	s      *stacker
	at     []Place          // by entry number
	target map[uint32]Place // of a hard link's entry: what it led to
	node   []Node           // by place; none where it went
	killer []uint32         // by place: the entry that took it away
	actor  uint32           // the entry being applied
}

// Trace stacks the layers of t once more and remembers how. It must have all of
// them.
func (t *Tree) Trace(ctx context.Context) (*Trace, error) {
	tr := &Trace{}
	if _, err := stack(ctx, t.layers, tr); err != nil {
		return nil, err
	}
	return tr, nil
}

// of prepares tr for the layers of s. A nil trace does nothing.
func (tr *Trace) of(s *stacker) *Trace {
	if tr == nil {
		return nil
	}
	tr.s, tr.at, tr.target = s, make([]Place, s.t.base[len(s.t.base)-1]), map[uint32]Place{}
	for i := range tr.at {
		tr.at[i] = NoPlace
	}
	return tr
}

// begin notes which entry acts from here on; a whiteout does in a directory.
func (tr *Trace) begin(g, dir uint32) {
	if tr != nil {
		tr.actor, tr.at[g] = g, Place(dir)
	}
}

func (tr *Trace) place(g, n uint32) {
	if tr != nil {
		tr.at[g] = Place(n)
	}
}

func (tr *Trace) link(g, target uint32) {
	if tr != nil {
		tr.target[g] = Place(target)
	}
}

func (tr *Trace) kill(n uint32) {
	if tr == nil {
		return
	}
	for int(n) >= len(tr.killer) {
		tr.killer = append(tr.killer, none)
	}
	tr.killer[n] = tr.actor
}

func (tr *Trace) number(place, n uint32) {
	if tr == nil {
		return
	}
	if tr.node == nil {
		tr.node = make([]Node, len(tr.s.parent))
		for i := range tr.node {
			tr.node[i] = none
		}
	}
	tr.node[place] = Node(n)
}

// Places returns how many there are; they count from 0, the root.
func (tr *Trace) Places() int { return len(tr.s.parent) }

// At returns the place that entry i of a layer made or named; of a whiteout the
// directory that it acted in. NoPlace if the entry did nothing.
func (tr *Trace) At(layer, i int) Place { return tr.at[tr.s.t.base[layer]+uint32(i)] }

// Linked returns the place that a hard link's entry led to when it came, or
// NoPlace.
func (tr *Trace) Linked(layer, i int) Place {
	if p, ok := tr.target[tr.s.t.base[layer]+uint32(i)]; ok {
		return p
	}
	return NoPlace
}

// Parent returns the directory that p was in.
func (tr *Trace) Parent(p Place) Place { return Place(tr.s.parent[p]) }

// Name returns the last part of p's path.
func (tr *Trace) Name(p Place) string { return tr.s.t.entName(tr.s.ent[p]) }

// Node returns what p is in the final tree, or false if it went.
func (tr *Trace) Node(p Place) (Node, bool) { return tr.node[p], tr.node[p] != none }

// Killer returns the entry that took p away, or false: a whiteout, or what was
// put in its place or in that of a directory above.
func (tr *Trace) Killer(p Place) (layer, i int, ok bool) {
	if int(p) >= len(tr.killer) || tr.killer[p] == none {
		return 0, 0, false
	}
	return tr.entry(tr.killer[p])
}

// File returns the entry that brought the content of file p, or false if p was
// no file.
func (tr *Trace) File(p Place) (layer, i int, ok bool) {
	g := tr.s.ino[p]
	if tr.s.t.entKind(g) != File {
		return 0, 0, false
	}
	return tr.entry(g)
}

func (tr *Trace) entry(g uint32) (layer, i int, ok bool) {
	layer = tr.s.t.entLayer(g)
	return layer, int(g - tr.s.t.base[layer]), true
}

// Entry returns the entry that gives node n its inode, or false for a directory
// that no entry names.
func (t *Tree) Entry(n Node) (layer, i int, ok bool) {
	g := t.ino[n]
	if g&madeFlag != 0 {
		return 0, 0, false
	}
	layer = t.entLayer(g)
	return layer, int(g - t.base[layer]), true
}
