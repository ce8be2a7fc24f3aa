package depgraph

import (
	"slices"

	"weighline/analysis/bytesize"
	"weighline/analysis/pep"
)

// A Sum is a number of packages with their sizes.
type Sum struct {
	Packages int
	Download bytesize.Total
	Unpacked bytesize.Total
}

func (s *Sum) add(n *Node) {
	s.Packages++
	s.Download.Add(n.Download)
	s.Unpacked.Add(n.Unpacked)
}

func (s *Sum) merge(t *Sum) {
	s.Packages += t.Packages
	mergeTotal(&s.Download, &t.Download)
	mergeTotal(&s.Unpacked, &t.Unpacked)
}

func mergeTotal(a, b *bytesize.Total) {
	a.Size += b.Size
	a.Unknown += b.Unknown
	a.Estimated += b.Estimated
}

// A Removal is a graph without some packages: what stays and what goes.
type Removal struct {
	g      *Graph
	before []bool // reachable from all roots
	kept   []bool // reachable from the roots that stay; by place of the flow, as off and cut
	off    []bool // the lines that ask for it are dropped
	cut    []bool // it is taken out, whoever requires it
}

// Without drops packages by name. Of a root, the lines that ask for it are
// dropped: it stays if another package requires it ([Removal.HeldBy]). A package
// that no line asks for is taken out, as if nothing required it. Names that are
// not in the graph count for nothing.
func (g *Graph) Without(names ...pep.Name) *Removal {
	var lines, packages []pep.Name
	for _, n := range names {
		if i, ok := g.Index(n); ok && g.isRoot[i] {
			lines = append(lines, n)
		} else {
			packages = append(packages, n)
		}
	}
	return g.Remove(lines, packages)
}

// Remove drops the lines that ask for some packages, and takes other packages
// out of the graph whoever requires them, be they roots or not.
func (g *Graph) Remove(lines, packages []pep.Name) *Removal {
	if len(lines)+len(packages) == 0 {
		return g.base
	}
	return g.newRemoval(g.mark(lines), g.mark(packages))
}

func (g *Graph) mark(names []pep.Name) []bool {
	mark := make([]bool, len(g.nodes))
	for _, n := range names {
		for _, id := range g.byName[n] {
			mark[id] = true
		}
	}
	return g.flow.spread(mark)
}

func (g *Graph) newRemoval(off, cut []bool) *Removal {
	f := g.flow
	r := &Removal{g: g, off: off, cut: cut, kept: make([]bool, len(f.owner))}
	if off == nil && cut == nil {
		r.off, r.cut, r.before = make([]bool, len(f.owner)), make([]bool, len(f.owner)), r.kept
	} else {
		r.before = g.base.before
	}
	if g.origin != nil {
		r.before = g.origin
	}
	starts := make([]int32, 0, len(f.asked))
	for _, id := range f.asked {
		if !r.off[id] {
			starts = append(starts, id)
		}
	}
	reach(f.out, starts, r.cut, r.kept)
	return r
}

// Graph returns the graph that the packages are removed from, as it was before
// [Graph.Replace] put anything into it.
func (r *Removal) Graph() *Graph {
	if r.g.was != nil {
		return r.g.was
	}
	return r.g
}

// Edited returns the graph with what [Graph.Replace] put into it: its nodes have
// the same places, and what is new stands behind them.
func (r *Removal) Edited() *Graph { return r.g }

// Kept reports whether the i-th node stays.
func (r *Removal) Kept(i int) bool { return r.kept[i] }

// Gone reports whether the i-th node was there and goes.
func (r *Removal) Gone(i int) bool { return r.before[i] && !r.kept[i] }

// Dropped reports whether the i-th node was named to be dropped.
func (r *Removal) Dropped(i int) bool { return r.off[i] || r.cut[i] }

// Freed returns the names of the packages that go, sorted.
func (r *Removal) Freed() []pep.Name { return r.g.names(r.Gone) }

// Total adds up what goes.
func (r *Removal) Total() Sum { return r.sum(r.Gone) }

// Rest adds up what stays.
func (r *Removal) Rest() Sum { return r.keptTotal() }

func (r *Removal) keptTotal() Sum { return r.sum(r.Kept) }

func (r *Removal) sum(marked func(int) bool) (s Sum) {
	for i := range r.g.nodes {
		if marked(i) {
			s.add(&r.g.nodes[i])
		}
	}
	return s
}

// HeldBy returns the roots that stay and still lead to the package, but for the
// package itself, sorted: why dropping it frees nothing.
func (r *Removal) HeldBy(name pep.Name) []pep.Name { return r.holders(name, false) }

// holders returns the roots whose lines stay and that lead to the package.
func (r *Removal) holders(name pep.Name, itself bool) []pep.Name {
	g, f := r.g, r.g.flow
	mark, lines := make([]bool, len(f.owner)), make([]bool, len(g.nodes))
	var list []int32
	push := func(i int32) {
		if !mark[i] && r.kept[i] {
			mark[i] = true
			list = append(list, i)
			lines[f.owner[i]] = lines[f.owner[i]] || f.isAsked[i] && !r.off[i]
		}
	}
	ids := g.byName[name]
	for _, id := range ids {
		push(id)
	}
	for at := 0; at < len(list); at++ {
		for _, p := range f.in.of(list[at]) {
			push(p)
		}
	}
	return g.names(func(i int) bool { return lines[i] && (itself || !slices.Contains(ids, int32(i))) })
}

// A Held package was dropped but stays, because some roots hold it.
type Held struct {
	Name pep.Name
	By   []pep.Name
}

// Held returns the packages that were dropped and stay nevertheless.
func (r *Removal) Held() (held []Held) {
	for _, name := range r.g.names(func(i int) bool { return r.off[i] && r.kept[i] }) {
		held = append(held, Held{name, r.HeldBy(name)})
	}
	return held
}

// Freed returns what goes when the named packages are dropped together; see
// [Graph.Without].
func (g *Graph) Freed(names ...pep.Name) []pep.Name { return g.Without(names...).Freed() }

// HeldBy returns the roots that lead to the package, but for the package itself.
func (g *Graph) HeldBy(name pep.Name) []pep.Name { return g.base.HeldBy(name) }

// FreesAll returns for each node what goes in addition if it is dropped besides
// the named ones; see [Removal.Frees].
func (g *Graph) FreesAll(dropped ...pep.Name) []Sum { return g.Without(dropped...).Frees() }
