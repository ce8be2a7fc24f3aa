// Package depgraph tells who needs whom: it resolves requirements as pip does,
// and says why a package is there and what would go with it.
//
// The story:
//
//  1. A [Graph] has a [Node] for each package, an [Edge] for each requirement of
//     one package on another, and a [Root] for each line of a requirements file.
//     It comes from [Resolve], from [FromLock], which follows a lock file, or
//     from [NewGraph] where somebody else has resolved already: the packages
//     installed in an image. [Graph.Weigh] puts exact sizes into it.
//  2. [Graph.Why] lists the chains from the roots to a package, the shortest
//     first.
//  3. [Graph.Without] drops some packages. The [Removal] it returns says what is
//     freed (reachable before, not reachable from the roots that stay), who
//     holds what was dropped and still stays, and what each other package would
//     free in addition. What a package requires only with extras goes when nobody
//     who stays asks for these ([Edge.Extras]).
//
// Graphs and removals are immutable and may be used from several goroutines.
package depgraph

import (
	"slices"

	"weighline/analysis/bytesize"
	"weighline/analysis/pep"
	"weighline/analysis/pyindex"
)

// A Node is one package of a graph.
type Node struct {
	Name    pep.Name
	Version string   // "" if nobody knows
	Extras  []string // that were asked for, in normal form, sorted

	File          string          // the file that is downloaded: a wheel or a source distribution
	Download      bytesize.Amount // size of File
	Unpacked      bytesize.Amount // of what is installed
	UnpackedBasis string          // where Unpacked comes from, in words
	Source        string          // where the figures come from: "lock", "index", "catalogue"
	Index         string          // URL of the index that has File

	// Contents is what the wheel holds: its import names, its compiled code, the
	// bytes of its tests. It is read from the wheel's own directory by [Graph.Weigh],
	// so it is nil where no index was asked (with the catalogue or a lock alone),
	// where the index gives no parts of files, for source distributions, and for
	// what is installed in an image, whose files one has. It must not be changed.
	Contents *pyindex.Contents `json:",omitempty"`

	// Reason says why Version or Download is unknown; "" when both are known.
	Reason string
}

// An Edge says that one package requires another.
type Edge struct {
	From, To    int    // places in the list of nodes
	Requirement string // the text by which From asks for To: "numpy>=1.22"
	// Extras are those of From without which it does not ask, sorted, with commas
	// between them: "standard"; "" where it always asks.
	Extras string `json:",omitempty"`
}

// A Root is a line of a requirements file: a package asked for by name.
type Root struct {
	Requirement pep.Requirement
	File        string // "" if it was no file
	Line        int    // from 1; 0 if unknown
}

// A Warning is something the user should know of a graph.
type Warning struct {
	// Code is for scripts: "unresolved", "direct-url", "metadata", "extra",
	// "yanked", "same-import"; of locks "stale-lock", "lock-edges", "locked-twice",
	// "conflict", "index"; of wheels "no-contents" and "no-ranges".
	Code string
	Text string // one sentence
	File string // where it comes from; "" if nowhere in particular
	Line int
	Fix  string   `json:",omitempty"` // what to do, "" if there is nothing to do
	Name pep.Name `json:",omitempty"` // the package that it is about, "" for none or several
	// Bytes are what comes twice of "same-import", and of "stale-lock" the
	// download that is locked.
	Bytes bytesize.Amount `json:"-"`
	Index string          `json:",omitempty"` // of "stale-lock": where the package should come from
}

// A Graph is packages with their requirements, seen from the roots.
type Graph struct {
	nodes    []Node
	edges    []Edge
	roots    []Root
	skipped  []Root
	warnings []Warning

	rootOf  []int32 // the node of each root
	asked   []int32 // the nodes that are roots, each once, in the order of the roots
	isRoot  []bool  // by node
	out, in adjacency
	flow    *flow
	byName  map[pep.Name][]int32
	base    *Removal // nothing dropped
	// was is the graph before [Graph.Replace], and origin what its roots led to;
	// nil without it.
	was    *Graph
	origin []bool
}

// An adjacency lists the neighbours of each node, each once, in one slice.
type adjacency struct {
	start []int32 // of node i's part of to; one more than there are nodes
	to    []int32
}

func (a adjacency) of(i int32) []int32 { return a.to[a.start[i]:a.start[i+1]] }

// NewGraph builds a graph of packages that are resolved already. Edges refer to
// nodes by their place; an edge that leads nowhere, or from a node to itself, is
// left out. A root is tied to all nodes of its name; if there is none, it is
// counted among the skipped ones. The graph takes the slices over.
func NewGraph(nodes []Node, edges []Edge, roots []Root, warnings ...Warning) *Graph {
	g := &Graph{nodes: nodes, warnings: warnings, byName: make(map[pep.Name][]int32, len(nodes)), isRoot: make([]bool, len(nodes))}
	for i := range nodes {
		g.byName[nodes[i].Name] = append(g.byName[nodes[i].Name], int32(i))
	}
	inside := func(i int) bool { return i >= 0 && i < len(nodes) }
	for _, e := range edges {
		if inside(e.From) && inside(e.To) && e.From != e.To {
			g.edges = append(g.edges, e)
		}
	}
	slices.SortStableFunc(g.edges, func(a, b Edge) int {
		if a.From != b.From {
			return a.From - b.From
		}
		return a.To - b.To
	})
	for _, r := range roots {
		ids := g.byName[r.Requirement.Name]
		if len(ids) == 0 {
			g.skipped = append(g.skipped, r)
			continue
		}
		g.roots = append(g.roots, r)
		g.rootOf = append(g.rootOf, ids[0])
		for _, id := range ids {
			if !g.isRoot[id] {
				g.isRoot[id] = true
				g.asked = append(g.asked, id)
			}
		}
	}
	g.out = connect(len(nodes), g.edges, func(e Edge) (int, int) { return e.From, e.To })
	g.in = connect(len(nodes), g.edges, func(e Edge) (int, int) { return e.To, e.From })
	g.flow = newFlow(g)
	g.base = g.newRemoval(nil, nil)
	return g
}

// connect lists for each node the other ends of its edges, each once.
func connect[E any](n int, edges []E, ends func(E) (from, to int)) adjacency {
	a := adjacency{start: make([]int32, n+1)}
	lists := make([][]int32, n)
	for _, e := range edges {
		from, to := ends(e)
		lists[from] = append(lists[from], int32(to))
	}
	for i, l := range lists {
		slices.Sort(l)
		a.to = append(a.to, slices.Compact(l)...)
		a.start[i+1] = int32(len(a.to))
	}
	return a
}

// Nodes returns all packages. The caller must not change them.
func (g *Graph) Nodes() []Node { return g.nodes }

// Edges returns all requirements, sorted by their ends; several lines between
// the same two packages are several edges. The caller must not change them.
func (g *Graph) Edges() []Edge { return g.edges }

// Roots returns the lines that ask for packages of the graph, in their order;
// several may name the same package. The caller must not change them.
func (g *Graph) Roots() []Root { return g.roots }

// Skipped returns the lines that do not apply to the target.
func (g *Graph) Skipped() []Root { return g.skipped }

// Warnings returns what the user should know.
func (g *Graph) Warnings() []Warning { return g.warnings }

// Index returns the place of the first node of the name.
func (g *Graph) Index(name pep.Name) (i int, ok bool) {
	if ids := g.byName[name]; len(ids) > 0 {
		return int(ids[0]), true
	}
	return 0, false
}

// IsRoot reports whether a line asks for the i-th node by name.
func (g *Graph) IsRoot(i int) bool { return g.isRoot[i] }

// RootNode returns the place of the node that the i-th root asks for.
func (g *Graph) RootNode(i int) int { return int(g.rootOf[i]) }

// Requires returns the names that a package requires, sorted.
func (g *Graph) Requires(name pep.Name) []pep.Name { return g.neighbours(name, g.out) }

// RequiredBy returns the names of the packages that require a package, sorted.
func (g *Graph) RequiredBy(name pep.Name) []pep.Name { return g.neighbours(name, g.in) }

func (g *Graph) neighbours(name pep.Name, a adjacency) (names []pep.Name) {
	for _, id := range g.byName[name] {
		for _, n := range a.of(id) {
			names = append(names, g.nodes[n].Name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// RootsOf returns the names of the roots that lead to a package, itself
// included if it is one, sorted.
func (g *Graph) RootsOf(name pep.Name) []pep.Name { return g.base.holders(name, true) }

// names returns the names of the nodes that are marked, sorted, each once.
func (g *Graph) names(marked func(i int) bool) (names []pep.Name) {
	for i := range g.nodes {
		if marked(i) {
			names = append(names, g.nodes[i].Name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// WithNodes returns the graph with other figures for its packages: change is
// called for each node and returns what stands in its place. It must leave the
// name.
func (g *Graph) WithNodes(change func(i int, n Node) Node) *Graph {
	h := *g
	h.nodes = make([]Node, len(g.nodes))
	for i, n := range g.nodes {
		h.nodes[i] = change(i, n)
		h.nodes[i].Name = n.Name
	}
	h.base = h.newRemoval(nil, nil)
	return &h
}

// Total adds up what the roots lead to.
func (g *Graph) Total() Sum { return g.base.keptTotal() }

// Unrequired returns a root for each node that no other requires, and for each
// ring of nodes that only require each other one for its first. These are the
// roots of packages that were installed by nobody knows which command.
func Unrequired(nodes []Node, edges []Edge) []Root {
	g := NewGraph(slices.Clone(nodes), slices.Clone(edges), nil)
	seen := make([]bool, len(nodes))
	var starts []int32
	start := func(i int) {
		if seen[i] {
			return
		}
		starts = append(starts, int32(i))
		reach(g.out, []int32{int32(i)}, nil, seen)
	}
	for i := range nodes {
		if len(g.in.of(int32(i))) == 0 {
			start(i)
		}
	}
	for i := range nodes {
		// What is left hangs on rings: go up as far as it goes.
		if !seen[i] {
			start(g.top(int32(i), seen))
		}
	}
	slices.Sort(starts)
	roots := make([]Root, len(starts))
	for i, s := range starts {
		roots[i].Requirement = pep.Requirement{Name: nodes[s].Name, RawName: string(nodes[s].Name)}
	}
	return roots
}

// top returns the first node of a ring above i that nothing outside requires.
func (g *Graph) top(i int32, seen []bool) int {
	for {
		above := g.reachUp(i, seen)
		below := make([]bool, len(g.nodes))
		reach(g.out, []int32{i}, nil, below)
		next := slices.IndexFunc(above, func(a int32) bool { return !below[a] })
		if next < 0 {
			return int(slices.Min(above))
		}
		i = above[next]
	}
}

// reachUp lists i and all that require it, but for what is seen already.
func (g *Graph) reachUp(i int32, seen []bool) []int32 {
	mark := make([]bool, len(g.nodes))
	mark[i] = true
	list := []int32{i}
	for at := 0; at < len(list); at++ {
		for _, p := range g.in.of(list[at]) {
			if !mark[p] && !seen[p] {
				mark[p] = true
				list = append(list, p)
			}
		}
	}
	return list
}
