package depgraph

import (
	"slices"

	"weighline/analysis/pep"
)

// A Substitute is what takes the place of a package: another build of it, such
// as torch's for computers without a GPU, or another package.
type Substitute struct {
	Old pep.Name
	// With is the resolution of what comes instead: its first root leads to the
	// package that takes the place, its other nodes are what that requires. Those
	// that are in the graph already stay as they are there.
	With *Graph
}

// Replace returns the graph with substitutes in it. The nodes of g keep their
// places, so that what becomes of each can be looked up in a [Removal] of the
// result; what is new stands behind them. A removal of the result counts what
// the roots of g led to as there before, so that the packages that go with what
// was replaced are gone.
//
// Of a package that another one of a different name replaces, the lines ask for
// the other one; it stays itself if a package still requires it. If no line asks
// for it, nothing requires it any more and the other one becomes a root.
func (g *Graph) Replace(list ...Substitute) *Graph {
	e := editor{g: g, nodes: slices.Clone(g.nodes), roots: slices.Clone(g.roots), edges: slices.Clone(g.edges)}
	for _, s := range list {
		if s.With != nil && len(s.With.roots) > 0 && len(g.byName[s.Old]) > 0 {
			e.replace(s)
		}
	}
	h := NewGraph(e.nodes, e.edges, append(e.roots, g.skipped...), g.warnings...)
	h.was, h.origin = g, make([]bool, len(e.nodes))
	copy(h.origin, g.base.before[:len(g.nodes)])
	h.base = h.newRemoval(nil, nil)
	return h
}

// An editor is a graph that is being changed.
type editor struct {
	g     *Graph
	nodes []Node
	edges []Edge
	roots []Root
}

func (e *editor) replace(s Substitute) {
	first := s.With.RootNode(0)
	fresh := s.With.nodes[first]
	old := e.g.byName[s.Old]
	at := e.places(s.With)
	if fresh.Name == s.Old {
		for _, id := range old {
			e.nodes[id] = fresh
		}
		e.edges = slices.DeleteFunc(e.edges, func(x Edge) bool { return slices.Contains(old, int32(x.From)) })
	} else {
		e.redirect(s.Old, s.With.roots[0], old)
	}
	type ends struct {
		from, to int
		extras   string
	}
	has := map[ends]bool{}
	for _, x := range e.edges {
		has[ends{x.From, x.To, x.Extras}] = true
	}
	for _, x := range s.With.edges {
		x.From, x.To = at[x.From], at[x.To]
		if !has[ends{x.From, x.To, x.Extras}] {
			e.edges = append(e.edges, x)
		}
	}
}

// places returns where the nodes of with are, and adds those that are new.
func (e *editor) places(with *Graph) []int {
	at := make([]int, len(with.nodes))
	for i, n := range with.nodes {
		at[i] = slices.IndexFunc(e.nodes, func(have Node) bool { return have.Name == n.Name })
		if at[i] < 0 {
			at[i] = len(e.nodes)
			e.nodes = append(e.nodes, n)
		}
	}
	return at
}

// redirect lets the lines that ask for old ask for another package.
func (e *editor) redirect(old pep.Name, to Root, ids []int32) {
	asked := false
	for i, r := range e.roots {
		if r.Requirement.Name == old {
			e.roots[i].Requirement, asked = to.Requirement, true
		}
	}
	if !asked {
		e.roots = append(e.roots, Root{Requirement: to.Requirement})
		e.edges = slices.DeleteFunc(e.edges, func(x Edge) bool { return slices.Contains(ids, int32(x.To)) })
	}
}

// Remaining returns what stays as a graph of its own, with the lines that stay.
func (r *Removal) Remaining() *Graph {
	g := r.g
	at := make([]int, len(g.nodes))
	var nodes []Node
	for i, n := range g.nodes {
		if at[i] = -1; r.kept[i] {
			at[i] = len(nodes)
			n.Extras = r.extras(int32(i))
			nodes = append(nodes, n)
		}
	}
	var edges []Edge
	for _, x := range g.edges {
		if r.kept[x.From] && r.kept[x.To] && g.flow.active(x, r.kept) {
			x.From, x.To = at[x.From], at[x.To]
			edges = append(edges, x)
		}
	}
	var roots []Root
	for i, root := range g.roots {
		if id := g.rootOf[i]; !r.off[id] && r.kept[id] {
			roots = append(roots, root)
		}
	}
	return NewGraph(nodes, edges, append(roots, g.skipped...), g.warnings...)
}

// extras returns those of a node that somebody who stays still asks for.
func (r *Removal) extras(i int32) []string {
	gone := func(x string) bool {
		place, ok := r.g.flow.places[extrasOf{i, x}]
		return ok && !r.kept[place]
	}
	if list := r.g.nodes[i].Extras; slices.ContainsFunc(list, gone) {
		return slices.DeleteFunc(slices.Clone(list), gone)
	}
	return r.g.nodes[i].Extras
}
