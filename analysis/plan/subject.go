package plan

import (
	"slices"
	"sync"

	"weighline/analysis/attribution"
	"weighline/analysis/bytesize"
	"weighline/analysis/depgraph"
	"weighline/analysis/pep"
)

// A Subject is what plans are put against: what is known of a build. Its zero
// fields are what is not known. It is immutable and may be used from several
// goroutines; what one plan found out helps the next.
type Subject struct {
	// Graph says who needs whom; Installed, that it is of what an image holds and
	// not of requirements.
	Graph     *depgraph.Graph
	Installed bool
	// Ledger says who owns which bytes of the image, Layers what its layers weigh.
	Ledger *attribution.Ledger
	Layers []Layer
	// Scale is how many bytes one of the image stands for, if it is a scale model:
	// what is added to it is as small. 0 is a real image.
	Scale int64
	// Substitute resolves what takes the place of a package, so that what it
	// requires is exact. With nil, or when it returns nil, the table of variants
	// is all that is known.
	Substitute func(Variant) *depgraph.Graph

	mu      sync.Mutex
	swapped map[string]*swapping // by the swaps
	classes *classTable
	packs   *packing
}

// A Layer is what is known of one layer of the image.
type Layer struct {
	Download bytesize.Amount // the compressed blob
	Content  int64           // bytes of its regular files; less than 0 if unknown
	Waste    int64           // of Content, what later layers hide
}

// Apply returns what the subject would be under p.
func (s *Subject) Apply(p Plan) Preview {
	v := Preview{Plan: p, subject: s, Before: s.Graph.Total()}
	w := s.swap(p)
	r := w.graph.Without(slices.Concat(p.Drop, p.Dev)...)
	v.Swapped, v.Problems = w.done, slices.Concat(w.problems, w.together(p, r))
	v.Removal, v.Freed, v.Held = r, r.Freed(), append(r.Held(), w.held(r)...)
	for i := len(s.Graph.Nodes()); i < len(w.graph.Nodes()); i++ {
		if r.Kept(i) {
			v.Added = append(v.Added, w.graph.Nodes()[i].Name)
		}
	}
	for _, n := range slices.Concat(p.Drop, w.excluded()) {
		if i, ok := s.Graph.Index(n); ok && !s.Graph.IsRoot(i) && r.Gone(i) && keptRequires(s.Graph, r, n) {
			v.Excluded = append(v.Excluded, n)
		}
	}
	v.strip(r)
	v.After = r.Rest()
	v.After.Unpacked.Size -= v.strippedFromGraph()
	if s.Ledger != nil {
		v.applyImage()
	}
	return v
}

// keptRequires reports whether a package that stays requires name in g.
func keptRequires(g *depgraph.Graph, r *depgraph.Removal, name pep.Name) bool {
	for _, by := range g.RequiredBy(name) {
		if i, ok := g.Index(by); ok && r.Kept(i) {
			return true
		}
	}
	return false
}
