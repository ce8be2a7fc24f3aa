package depgraph

import "slices"

// Frees returns for each node what goes in addition if it alone is dropped now,
// besides what is dropped already: zero for what is dropped or gone, and for a
// root that another package requires. The answer is that of [Graph.Without]
// with one name more, for all nodes at once.
//
// For a single package the answer is a subtree of the dominator tree of what is
// kept: a node dominates those that are reached only through it. Sets of
// packages need the definition.
func (r *Removal) Frees() []Sum {
	g, f := r.g, r.g.flow
	sums := make([]Sum, len(f.owner))
	t := r.dominators()
	for _, i := range t.order {
		if f.owner[i] == i {
			sums[i].add(&g.nodes[i])
		}
	}
	// A node stands behind its dominator in the order.
	for at := len(t.order) - 1; at >= 0; at-- {
		if i := t.order[at]; t.parent[i] >= 0 {
			sums[t.parent[i]].merge(&sums[i])
		}
	}
	t.number()
	for _, i := range t.order {
		if r.off[i] || f.isAsked[i] && r.required(i, t) {
			sums[i] = Sum{}
		}
	}
	r.freeCopies(sums)
	return sums[:len(g.nodes)]
}

// freeCopies puts right what dominators cannot tell: a name that several nodes
// have, such as a distribution that is installed twice, is dropped as a whole, and
// so is a package with what its extras bring. The kept copies of it all free what
// goes with them together.
func (r *Removal) freeCopies(sums []Sum) {
	for _, ids := range r.g.byName {
		if len(ids) < 2 && !r.g.flow.has[ids[0]] {
			continue
		}
		sum := r.together(ids)
		for _, id := range ids {
			if r.kept[id] {
				sums[id] = sum
			}
		}
	}
}

// together adds up what goes besides when all nodes of one name are dropped, as
// [Graph.Without] does it.
func (r *Removal) together(ids []int32) (sum Sum) {
	g := r.g
	off, cut := slices.Clone(r.off), slices.Clone(r.cut)
	mark := cut
	if g.isRoot[ids[0]] {
		mark = off
	}
	for place, owner := range g.flow.owner {
		if !slices.Contains(ids, owner) {
			continue
		}
		if r.off[place] || r.cut[place] {
			return Sum{} // it is dropped already
		}
		mark[place] = true
	}
	left := g.newRemoval(off, cut)
	return r.sum(func(i int) bool { return r.kept[i] && !left.kept[i] })
}

// required reports whether the node is reached even without its own line: one
// that requires it does not hang on it.
func (r *Removal) required(i int32, t *domTree) bool {
	for _, p := range r.g.flow.in.of(i) {
		if r.kept[p] && !t.dominates(i, p) {
			return true
		}
	}
	return false
}

// A domTree is the dominator tree of the kept nodes under an invisible node
// that requires all roots.
type domTree struct {
	order       []int32 // the kept nodes in reverse postorder
	parent      []int32 // the immediate dominator; -1 for the invisible node
	first, last []int32 // of the subtree's numbers in a walk over the tree
}

// dominators follows Cooper, Harvey and Kennedy, "A Simple, Fast Dominance
// Algorithm".
func (r *Removal) dominators() *domTree {
	f := r.g.flow
	n := len(f.owner)
	t := &domTree{order: r.reversePostorder(), parent: make([]int32, n)}
	place := make([]int32, n) // in the order, from 1; the invisible node has 0
	for at, i := range t.order {
		place[i] = int32(at + 1)
	}
	// dom holds places: of the immediate dominator by place; -1 is "not yet".
	dom := make([]int32, len(t.order)+1)
	for i := range dom {
		dom[i] = -1
	}
	dom[0] = 0
	meet := func(a, b int32) int32 {
		for a != b {
			for a > b {
				a = dom[a]
			}
			for b > a {
				b = dom[b]
			}
		}
		return a
	}
	for changed := true; changed; {
		changed = false
		for at, i := range t.order {
			best := int32(-1)
			if f.isAsked[i] && !r.off[i] {
				best = 0
			}
			for _, p := range f.in.of(i) {
				if !r.kept[p] || dom[place[p]] < 0 {
					continue
				}
				if best < 0 {
					best = place[p]
				} else {
					best = meet(best, place[p])
				}
			}
			if dom[at+1] != best {
				dom[at+1] = best
				changed = true
			}
		}
	}
	for at, i := range t.order {
		t.parent[i] = -1
		if d := dom[at+1]; d > 0 {
			t.parent[i] = t.order[d-1]
		}
	}
	return t
}

// reversePostorder lists the kept nodes so that each stands behind one that
// requires it, but for rings.
func (r *Removal) reversePostorder() []int32 {
	f := r.g.flow
	type frame struct{ node, next int32 }
	seen := make([]bool, len(f.owner))
	var order []int32
	var stack []frame
	push := func(i int32) {
		if r.kept[i] && !seen[i] {
			seen[i] = true
			stack = append(stack, frame{i, f.out.start[i]})
		}
	}
	for _, root := range f.asked {
		if r.off[root] {
			continue
		}
		push(root)
		for len(stack) > 0 {
			top := &stack[len(stack)-1]
			if top.next == f.out.start[top.node+1] {
				order = append(order, top.node)
				stack = stack[:len(stack)-1]
				continue
			}
			top.next++
			push(f.out.to[top.next-1])
		}
	}
	for i, j := 0, len(order)-1; i < j; i, j = i+1, j-1 {
		order[i], order[j] = order[j], order[i]
	}
	return order
}

// number gives each node the range of numbers that its subtree has.
func (t *domTree) number() {
	n := len(t.parent)
	size := make([]int32, n)
	for at := len(t.order) - 1; at >= 0; at-- {
		i := t.order[at]
		size[i]++
		if p := t.parent[i]; p >= 0 {
			size[p] += size[i]
		}
	}
	t.first, t.last = make([]int32, n), make([]int32, n)
	next := make([]int32, n) // the first free number below each node
	top := int32(0)
	for _, i := range t.order {
		free := &top
		if p := t.parent[i]; p >= 0 {
			free = &next[p]
		}
		t.first[i], t.last[i] = *free, *free+size[i]
		next[i] = *free + 1
		*free += size[i]
	}
}

// dominates reports whether j hangs on i, or is i.
func (t *domTree) dominates(i, j int32) bool {
	return t.first[i] <= t.first[j] && t.first[j] < t.last[i]
}
