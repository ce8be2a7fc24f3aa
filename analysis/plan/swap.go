package plan

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"weighline/analysis/depgraph"
	"weighline/analysis/pep"
)

// Swapped is a package whose place another one takes.
type Swapped struct {
	Variant
	From, To depgraph.Node
	// Exact tells that what To requires was resolved; else it is what From
	// requires without what the table says to go.
	Exact bool
}

// Line returns the requirement that takes the place of line.
func (x Swapped) Line(line pep.Requirement) pep.Requirement {
	return x.Requirement(line, x.From.Version)
}

// A swapping is a graph with its substitutes.
type swapping struct {
	graph    *depgraph.Graph
	done     []Swapped
	problems []string
}

// swap returns the graph with what p puts in the place of packages. The answer
// for the swaps asked for last is kept, as a plan mostly changes in other parts.
func (s *Subject) swap(p Plan) *swapping {
	if len(p.Swap) == 0 {
		return &swapping{graph: s.Graph}
	}
	names := slices.Sorted(maps.Keys(p.Swap))
	var key strings.Builder
	for _, n := range names {
		key.WriteString(string(n) + "=" + p.Swap[n] + "\n")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if w := s.swapped[key.String()]; w != nil {
		return w
	}
	w := s.newSwapping(names, p)
	const enough = 16 // undo and redo go back and forth between few
	if s.swapped == nil || len(s.swapped) >= enough {
		s.swapped = map[string]*swapping{}
	}
	s.swapped[key.String()] = w
	return w
}

func (s *Subject) newSwapping(names []pep.Name, p Plan) *swapping {
	w := &swapping{}
	var list []depgraph.Substitute
	for _, name := range names {
		v, err := FindVariant(name, p.Swap[name])
		if err != nil {
			w.problems = append(w.problems, err.Error())
			continue
		}
		i, ok := s.Graph.Index(name)
		if !ok {
			w.problems = append(w.problems, string(name)+" is not in the build, so nothing takes its place")
			continue
		}
		from := s.Graph.Nodes()[i]
		if v.Local != "" && strings.HasSuffix(from.Version, "+"+v.Local) {
			w.problems = append(w.problems, string(name)+" "+from.Version+" is that variant already")
			continue
		}
		with, exact := s.substitute(v)
		to := with.Nodes()[with.RootNode(0)]
		list = append(list, depgraph.Substitute{Old: name, With: with})
		w.done = append(w.done, Swapped{Variant: v, From: from, To: to, Exact: exact})
	}
	w.graph = s.Graph.Replace(list...)
	return w
}

// together returns what stays as it is and was built for what a variant takes the
// place of.
func (w *swapping) together(p Plan, r *depgraph.Removal) (problems []string) {
	for _, x := range w.done {
		for _, other := range x.With {
			if i, there := r.Edited().Index(other); there && r.Kept(i) && p.Swap[other] != x.Variant.Variant {
				problems = append(problems, fmt.Sprintf("%s is built for the %s that goes: swap it, too (%s=%s), or it may not load", other, x.Package, other, x.Variant.Variant))
			}
		}
	}
	return problems
}

func (s *Subject) substitute(v Variant) (with *depgraph.Graph, exact bool) {
	if s.Substitute != nil {
		with = s.Substitute(v)
	}
	if exact = with != nil && len(with.Roots()) > 0; !exact {
		with = v.byRule(s.Graph)
	}
	at := with.RootNode(0)
	return with.WithNodes(func(i int, n depgraph.Node) depgraph.Node {
		if i == at {
			n = v.weigh(n)
		}
		if s.Installed && s.Scale > 1 { // the sizes of a scale model stand together
			n.Download, n.Unpacked = n.Download.Over(s.Scale), n.Unpacked.Over(s.Scale)
		}
		return n
	}), exact
}

// held returns the packages that stay beside what should take their place.
func (w *swapping) held(r *depgraph.Removal) (held []depgraph.Held) {
	for _, x := range w.done {
		i, ok := r.Edited().Index(x.Package)
		if x.Name != "" && ok && r.Kept(i) {
			held = append(held, depgraph.Held{Name: x.Package, By: r.HeldBy(x.Package)})
		}
	}
	return held
}

// excluded returns the packages that others take the place of.
func (w *swapping) excluded() (names []pep.Name) {
	for _, x := range w.done {
		if x.Name != "" {
			names = append(names, x.Package)
		}
	}
	return names
}
