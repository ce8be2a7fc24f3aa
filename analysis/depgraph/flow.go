package depgraph

import (
	"slices"
	"strings"

	"weighline/analysis/pep"
)

// A flow is the graph as what stays is reached through it. What a package requires
// only with extras hangs on a place of its own, behind those of the nodes: it is
// reached from who asks for these extras, so that it goes when none of them stays
// though the package does.
type flow struct {
	out, in adjacency
	owner   []int32  // the node of each place; a node's own is itself
	asked   []int32  // the places that lines ask for, each once, in the order of the roots
	isAsked []bool   // by place
	extras  []string // those that a place is for, as in [Edge.Extras]; "" for a node itself
	places  map[extrasOf]int32
	has     []bool // by node: it has places for extras
}

// extrasOf is what an edge hangs on: a node and some of its extras.
type extrasOf struct {
	node   int32
	extras string // as in [Edge.Extras]
}

// newFlow makes the flow of a graph whose nodes, edges and roots are there.
func newFlow(g *Graph) *flow {
	n := len(g.nodes)
	f := &flow{out: g.out, in: g.in, asked: g.asked, isAsked: g.isRoot, owner: make([]int32, n), extras: make([]string, n), places: map[extrasOf]int32{}, has: make([]bool, n)}
	sets := make(map[int32][]extrasOf)
	for i := range f.owner {
		f.owner[i] = int32(i)
	}
	for _, e := range g.edges {
		x := extrasOf{int32(e.From), e.Extras}
		if _, there := f.places[x]; there || e.Extras == "" {
			continue
		}
		f.places[x] = int32(len(f.owner))
		f.owner, f.extras = append(f.owner, x.node), append(f.extras, x.extras)
		f.has[x.node] = true
		sets[x.node] = append(sets[x.node], x)
	}
	if len(f.places) == 0 {
		return f
	}
	f.connect(g, sets)
	// Extras that nobody is known to ask for are taken as asked for: the graph came
	// without the texts that say so.
	plain, own := make([]bool, n), make([]bool, len(f.owner))
	reach(g.out, g.asked, nil, plain)
	reach(f.out, f.asked, nil, own)
	if !slices.Equal(plain, own[:n]) {
		return &flow{out: g.out, in: g.in, asked: g.asked, isAsked: g.isRoot, owner: f.owner[:n], extras: f.extras[:n], has: make([]bool, n)}
	}
	return f
}

// connect leads from who asks for a node to it and to those of its places whose
// extras the text asks for.
func (f *flow) connect(g *Graph, sets map[int32][]extrasOf) {
	var links [][2]int32
	for _, e := range g.edges {
		from := int32(e.From)
		if e.Extras != "" {
			from = f.places[extrasOf{from, e.Extras}]
		}
		links = append(links, [2]int32{from, int32(e.To)})
		if among := sets[int32(e.To)]; len(among) > 0 {
			if r, err := pep.ParseRequirement(e.Requirement); err == nil {
				for _, x := range f.askedOf(among, r.Extras) {
					links = append(links, [2]int32{from, x})
				}
			}
		}
	}
	f.out = connect(len(f.owner), links, func(l [2]int32) (int, int) { return int(l[0]), int(l[1]) })
	f.in = connect(len(f.owner), links, func(l [2]int32) (int, int) { return int(l[1]), int(l[0]) })
	f.isAsked, f.asked = make([]bool, len(f.owner)), nil
	ask := func(place int32) {
		if !f.isAsked[place] {
			f.isAsked[place] = true
			f.asked = append(f.asked, place)
		}
	}
	for _, r := range g.roots {
		for _, id := range g.byName[r.Requirement.Name] {
			ask(id)
			for _, x := range f.askedOf(sets[id], r.Requirement.Extras) {
				ask(x)
			}
		}
	}
}

// askedOf returns the places of a node that somebody asks for who wants extras.
func (f *flow) askedOf(among []extrasOf, extras []string) (places []int32) {
	for _, x := range among {
		if wants(extras, x.extras) {
			places = append(places, f.places[x])
		}
	}
	return places
}

// wants reports whether who asks for extras asks for all of some, which are as in
// [Edge.Extras].
func wants(extras []string, some string) bool {
	if some == "" {
		return true
	}
	for one := range strings.SplitSeq(some, ",") {
		if !slices.Contains(extras, one) {
			return false
		}
	}
	return true
}

// active reports whether an edge holds where the places that are kept stay.
func (f *flow) active(e Edge, kept []bool) bool {
	if e.Extras == "" {
		return true
	}
	place, ok := f.places[extrasOf{int32(e.From), e.Extras}]
	return !ok || kept[place]
}

// within adds to the edges what extras ask for through others of the same package,
// as "all" does of "standard": asks tells which extras a node asks of itself where
// some of its own are wanted, by the node and those, as [Edge.Extras] has them.
func within(edges []Edge, asks map[extrasOf][]string) []Edge {
	if len(asks) == 0 {
		return edges
	}
	of := map[extrasOf][]Edge{}
	seen := make(map[Edge]bool, len(edges))
	for _, e := range edges {
		seen[e] = true
		if x := (extrasOf{int32(e.From), e.Extras}); e.Extras != "" {
			of[x] = append(of[x], e)
		}
	}
	for start := range asks {
		list, met := []extrasOf{start}, map[extrasOf]bool{start: true}
		for at := 0; at < len(list); at++ {
			for _, e := range of[list[at]] {
				if e.Extras = start.extras; !seen[e] {
					seen[e] = true
					edges = append(edges, e)
				}
			}
			for _, extras := range asks[list[at]] {
				if x := (extrasOf{start.node, extras}); !met[x] {
					met[x] = true
					list = append(list, x)
				}
			}
		}
	}
	return edges
}

// spread gives each place the mark of its node.
func (f *flow) spread(mark []bool) []bool {
	all := make([]bool, len(f.owner))
	for i, owner := range f.owner {
		all[i] = mark[owner]
	}
	return all
}

// reach marks all that the starts lead to, not entering what is cut.
func reach(out adjacency, starts []int32, cut, seen []bool) {
	stack := make([]int32, 0, 64)
	push := func(i int32) {
		if !seen[i] && (cut == nil || !cut[i]) {
			seen[i] = true
			stack = append(stack, i)
		}
	}
	for _, s := range starts {
		push(s)
	}
	for len(stack) > 0 {
		i := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		for _, j := range out.of(i) {
			push(j)
		}
	}
}
