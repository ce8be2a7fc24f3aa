package depgraph

import (
	"strings"

	"weighline/analysis/pep"
)

// A Step of a chain is a package and the text that asks for it: a line of a
// requirements file at first, then what the step before requires.
type Step struct {
	Name        pep.Name
	Requirement string
}

// A Chain leads from a root to a package.
type Chain []Step

// String returns "librosa==0.11.0 → numba>=0.51.0 → llvmlite<0.45,>=0.44".
func (c Chain) String() string {
	words := make([]string, len(c))
	for i, s := range c {
		words[i] = s.Requirement
	}
	return strings.Join(words, " → ")
}

// The bounds of a search for chains: enough for any window, and at most some
// milliseconds in a graph where everything requires everything.
const (
	defaultChains = 50
	maxWhySteps   = 200_000
)

// Why returns the chains that lead from the roots to a package, the shortest
// first; none passes through a package twice, but for one that is asked for with
// extras on the way. limit bounds their number (0 means 50); more tells that there
// are or may be others.
func (g *Graph) Why(name pep.Name, limit int) (chains []Chain, more bool) {
	if limit <= 0 {
		limit = defaultChains
	}
	target := g.byName[name]
	if len(target) == 0 {
		return nil, false
	}
	w := whySearch{g: g, dist: g.distances(target), limit: limit, on: make([]bool, len(g.flow.owner)), steps: maxWhySteps}
	for length := int32(0); !w.full() && int(length) < len(g.flow.owner); length++ {
		w.deeper = false
		for _, root := range g.flow.asked {
			w.walk(root, length)
		}
		if !w.deeper {
			break
		}
	}
	return w.chains, w.full()
}

// distances returns for each place the least number of requirements between it
// and a target, or -1.
func (g *Graph) distances(targets []int32) []int32 {
	dist := make([]int32, len(g.flow.owner))
	for i := range dist {
		dist[i] = -1
	}
	list := append([]int32(nil), targets...)
	for _, t := range targets {
		dist[t] = 0
	}
	for at := 0; at < len(list); at++ {
		for _, p := range g.flow.in.of(list[at]) {
			if dist[p] < 0 {
				dist[p] = dist[list[at]] + 1
				list = append(list, p)
			}
		}
	}
	return dist
}

// A whySearch looks for all chains of one length after the other.
type whySearch struct {
	g      *Graph
	dist   []int32 // to the target, by place
	limit  int
	steps  int     // that may still be taken
	path   []int32 // from the root; places of the flow
	on     []bool  // by place: it is in the path
	chains []Chain
	deeper bool // a longer chain may exist
	cut    bool // there are more chains than the limit
}

func (w *whySearch) full() bool { return w.cut || w.steps <= 0 }

// walk extends the path by i and by left nodes more, which must end at the target.
func (w *whySearch) walk(i, left int32) {
	if w.dist[i] < 0 || w.on[i] || w.full() {
		return
	}
	if w.dist[i] > left {
		w.deeper = true
		return
	}
	w.steps--
	if w.dist[i] == 0 && left > 0 {
		return // a shorter chain, found before
	}
	w.path = append(w.path, i)
	w.on[i] = true
	if left == 0 {
		w.found()
	} else {
		for _, j := range w.g.flow.out.of(i) {
			w.walk(j, left-1)
		}
	}
	w.on[i] = false
	w.path = w.path[:len(w.path)-1]
}

func (w *whySearch) found() {
	if len(w.chains) == w.limit {
		w.cut = true
		return
	}
	w.chains = append(w.chains, w.g.chain(w.path))
}

// chain puts the texts to a path that begins with a root.
func (g *Graph) chain(path []int32) Chain {
	c := make(Chain, len(path))
	for at, i := range path {
		node, extras := g.flow.owner[i], g.flow.extras[i]
		c[at].Name = g.nodes[node].Name
		if at == 0 {
			c[at].Requirement = g.rootText(node, extras)
		} else {
			c[at].Requirement = g.edgeText(g.flow.owner[path[at-1]], node, extras)
		}
	}
	return c
}

// rootText returns the first line that asks for the node with these extras.
func (g *Graph) rootText(i int32, extras string) string {
	for _, r := range g.roots {
		if r.Requirement.Name == g.nodes[i].Name && wants(r.Requirement.Extras, extras) {
			return r.Requirement.String()
		}
	}
	return string(g.nodes[i].Name)
}

// edgeText returns the first text by which one node asks for another with these
// extras.
func (g *Graph) edgeText(from, to int32, extras string) string {
	lo, hi := 0, len(g.edges)
	for lo < hi {
		if mid := (lo + hi) / 2; g.edges[mid].From < int(from) || g.edges[mid].From == int(from) && g.edges[mid].To < int(to) {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	for ; lo < len(g.edges) && g.edges[lo].From == int(from) && g.edges[lo].To == int(to); lo++ {
		text := g.edges[lo].Requirement
		if r, err := pep.ParseRequirement(text); text != "" && (extras == "" || err == nil && wants(r.Extras, extras)) {
			return text
		}
	}
	return string(g.nodes[to].Name)
}
