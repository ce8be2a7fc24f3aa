package plan

import (
	"strings"

	"weighline/analysis/attribution"
	"weighline/analysis/bytesize"
	"weighline/analysis/depgraph"
	"weighline/analysis/pep"
)

// A Preview is what a build would be under a plan.
type Preview struct {
	Plan    Plan
	Removal *depgraph.Removal // what stays and what goes, package by package
	Freed   []pep.Name        // all that goes, what was asked to go included
	Held    []depgraph.Held   // what was asked to go and stays, and who needs it
	// Excluded are the packages of the plan that some kept package requires:
	// pip would install them again unless they are excluded.
	Excluded []pep.Name
	Swapped  []Swapped  // whose place others take, by name
	Added    []pep.Name // what comes with those, in the order of the graph
	Stripped []Stripped // the files of classes that go from what stays
	Problems []string   // what of the plan cannot be done, one sentence each
	Before   depgraph.Sum
	After    depgraph.Sum
	Image    *ImagePreview // nil without an image

	subject   *Subject
	changes   map[int]*packageChange // by place in the ledger
	additions []addition
}

// Apply returns what the build with graph g, and with the image's ledger l
// unless that is nil, would be under p. Neither changes. Who puts many plans
// against one build keeps a [Subject], which also knows more.
func Apply(p Plan, g *depgraph.Graph, l *attribution.Ledger) Preview {
	return (&Subject{Graph: g, Ledger: l}).Apply(p)
}

// Reasons returns for each package whose lines the plan takes out why, in the
// words that stand beside its line in an exported file.
func (v Preview) Reasons() map[pep.Name]string {
	reasons := make(map[pep.Name]string, len(v.Plan.Drop))
	for _, n := range v.Plan.Drop {
		reasons[n] = "by plan"
	}
	for _, n := range v.Plan.Dev {
		reasons[n] = "for development only, by plan"
	}
	for _, h := range v.Held {
		if _, ok := reasons[h.Name]; ok {
			reasons[h.Name] = "still needed by " + join(h.By)
		}
	}
	for _, x := range v.Swapped {
		reasons[x.Package] = "swapped for " + x.Title
	}
	return reasons
}

func join(names []pep.Name) string {
	words := make([]string, len(names))
	for i, n := range names {
		words[i] = string(n)
	}
	return strings.Join(words, ", ")
}

// Graph returns who would need whom: what stays, as a graph of its own, with the
// sizes that the packages would have.
func (v Preview) Graph() *depgraph.Graph {
	g := v.Removal.Remaining()
	if len(v.Plan.Strip) == 0 {
		return g
	}
	var less []bytesize.Size // by place in what stays
	v.eachKept(func(_ *depgraph.Node, strip bytesize.Size) { less = append(less, strip) })
	return g.WithNodes(func(i int, n depgraph.Node) depgraph.Node {
		if less[i] > 0 {
			n.Unpacked.Size -= less[i]
			n.UnpackedBasis += ", without what the plan strips"
		}
		return n
	})
}

// eachKept calls do for each package that stays, with what the plan strips of it.
func (v *Preview) eachKept(do func(n *depgraph.Node, strip bytesize.Size)) {
	installed := v.subject.Installed && len(v.Plan.Strip) > 0
	var ofLedger map[int]bytesize.Size
	if installed && v.subject.Ledger != nil {
		ofLedger = v.installedStrip()
	}
	nodes := v.Removal.Edited().Nodes()
	for i := range nodes {
		if !v.Removal.Kept(i) {
			continue
		}
		strip := ofLedger[i]
		if !installed {
			for _, c := range v.Plan.Strip {
				strip += classOf(&nodes[i], c).Size
			}
		}
		do(&nodes[i], strip)
	}
}
