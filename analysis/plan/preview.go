package plan

import (
	"slices"
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
	Before   depgraph.Sum
	After    depgraph.Sum
	Image    *ImagePreview // nil without an image
}

// An ImagePreview is what an image would be without the packages that go.
type ImagePreview struct {
	Before, After bytesize.Size // unpacked
	// LayersChanged are the layers that brought bytes of what goes. Deleting in
	// a later layer frees nothing: these would be rewritten, pushed and pulled.
	LayersChanged []int
}

// Apply returns what the build with graph g, and with the image's ledger l
// unless that is nil, would be under p. Neither changes.
func Apply(p Plan, g *depgraph.Graph, l *attribution.Ledger) Preview {
	r := g.Without(slices.Concat(p.Drop, p.Dev)...)
	v := Preview{Plan: p, Removal: r, Freed: r.Freed(), Held: r.Held(), Before: g.Total(), After: r.Rest()}
	for _, n := range p.Drop {
		i, ok := g.Index(n)
		if ok && !g.IsRoot(i) && r.Gone(i) && keptRequires(r, n) {
			v.Excluded = append(v.Excluded, n)
		}
	}
	if l != nil {
		v.Image = applyImage(v.Freed, l)
	}
	return v
}

// keptRequires reports whether a package that stays requires name.
func keptRequires(r *depgraph.Removal, name pep.Name) bool {
	g := r.Graph()
	for _, by := range g.RequiredBy(name) {
		if i, ok := g.Index(by); ok && r.Kept(i) {
			return true
		}
	}
	return false
}

func applyImage(freed []pep.Name, l *attribution.Ledger) *ImagePreview {
	v := &ImagePreview{Before: bytesize.Size(l.Unpacked)}
	v.After = v.Before
	for _, p := range l.Packages {
		if p.Kind != attribution.Python {
			continue
		}
		if _, goes := slices.BinarySearch(freed, pep.Name(p.Name)); !goes {
			continue
		}
		v.After -= bytesize.Size(p.Unpacked)
		for _, b := range p.Layers {
			if b.Bytes > 0 && !slices.Contains(v.LayersChanged, b.Index) {
				v.LayersChanged = append(v.LayersChanged, b.Index)
			}
		}
	}
	slices.Sort(v.LayersChanged)
	return v
}

// Reasons returns for each package that the plan asks to drop why, in the
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
		reasons[h.Name] = "still needed by " + join(h.By)
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
