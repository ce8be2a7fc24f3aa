package analysis

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"weighline/analysis/attribution"
	"weighline/analysis/depgraph"
	"weighline/analysis/pep"
	"weighline/analysis/plan"
	"weighline/analysis/pyindex"
)

// Subject returns what plans are put against. Who tries many plans on one build
// keeps it: it remembers what it looked up. It is nil if the build has no graph.
func (b *Build) Subject() *plan.Subject {
	g := b.Graph()
	if g == nil {
		return nil
	}
	s := &plan.Subject{Graph: g, Installed: b.Deps == nil, Ledger: b.Ledger(), Substitute: b.substitute}
	if b.Image == nil {
		return s
	}
	if _, n, ok := strings.Cut(b.Image.Scale, ":"); ok {
		s.Scale, _ = strconv.ParseInt(n, 10, 64)
	}
	for _, l := range b.Image.Layers {
		x := plan.Layer{Download: l.Download, Content: int64(l.Content), Waste: int64(l.Waste)}
		if !l.Read {
			x.Content = -1
		}
		s.Layers = append(s.Layers, x)
	}
	return s
}

// Preview returns what b would be under p, false if it has no graph to put a
// plan against.
func Preview(b *Build, p plan.Plan) (plan.Preview, bool) {
	s := b.Subject()
	if s == nil {
		return plan.Preview{}, false
	}
	return s.Apply(p), true
}

// After returns b as it would be under p, to be compared with b ([Compare]). The
// files of its image are not at hand, its changed layers have no digest and an
// estimated size, and it cannot be written to disk. b stays as it is; it is
// returned itself if it has no graph.
func After(b *Build, p plan.Plan) *Build {
	v, ok := Preview(b, p)
	if !ok {
		return b
	}
	return b.After(v)
}

// After returns b as v says that it would be; v is a preview of b.
func (b *Build) After(v plan.Preview) *Build {
	after := *b
	if b.Deps != nil {
		d := *b.Deps
		d.Graph = v.Graph()
		after.Deps = &d
	}
	if b.Image == nil || v.Image == nil {
		return &after
	}
	img := *b.Image
	img.Tree, img.Ledger, img.Layers = nil, v.Ledger(), slices.Clone(b.Image.Layers)
	if len(v.Image.LayersChanged) > 0 {
		img.Digest = ""
	}
	for i := range img.Layers {
		if i < len(v.Image.Layers) && v.Image.Layers[i].Changed {
			img.Layers[i].become(v.Image.Layers[i])
		}
	}
	if b.Deps == nil {
		img.Graph = v.Graph()
	} else {
		img.Graph = installedGraph(&img)
	}
	after.Image = &img
	return &after
}

// become makes l the layer that a preview tells of.
func (l *Layer) become(x plan.LayerPreview) {
	l.Name, l.Digest, l.DiffID = fmt.Sprintf("layer %d of the preview", x.Index), "", ""
	l.Download, l.Index, l.Size = x.After, nil, -1
	gone := x.Freed + x.Squashed
	l.Content, l.Kept, l.Waste = l.Content-gone, l.Kept-x.Freed, l.Waste-x.Squashed
	l.Uncompressed -= gone
}

// substitute resolves what takes the place of a package, with all others at the
// versions that the build has; nil if the catalogue does not tell.
func (b *Build) substitute(v plan.Variant) *depgraph.Graph {
	g := b.Graph()
	i, ok := g.Index(v.Package)
	catalogue, err := pyindex.Embedded()
	if !ok || err != nil {
		return nil
	}
	old := g.Nodes()[i]
	in := depgraph.Input{Target: b.targetOf(v.Package), Options: depgraph.Options{SourceName: "catalogue"}}
	in.Roots = []depgraph.Root{{Requirement: v.Requirement(b.lineOf(v.Package), old.Version)}}
	in.Roots[0].Requirement.Marker = nil // it applies: the package is there
	if v.NoExtras {
		in.Roots = append(in.Roots, extrasAsked(g, i)...)
	}
	if v.Index != "" {
		catalogue = catalogue.With(pyindex.PyPI, v.Index)
	}
	for _, n := range g.Nodes() {
		if n.Name == v.Package && v.Local != "" {
			continue // the line asks for the local version
		}
		in.Constraints = append(in.Constraints, pinned(n.Name, n.Version)...)
	}
	if v.SameVersion {
		if with := resolveVariant(catalogue, in, pinned(v.Project(), old.Version)); with != nil {
			return with
		}
	}
	return resolveVariant(catalogue, in, nil)
}

// pinned returns the constraint to one version, none if it is unknown.
func pinned(name pep.Name, version string) []depgraph.Root {
	r, err := pep.ParseRequirement(string(name) + "==" + version)
	if err != nil {
		return nil
	}
	return []depgraph.Root{{Requirement: r}}
}

// resolveVariant resolves what asks for a variant, nil if the catalogue does not
// tell.
func resolveVariant(catalogue *pyindex.Catalogue, in depgraph.Input, more []depgraph.Root) *depgraph.Graph {
	in.Constraints = slices.Concat(in.Constraints, more)
	with, err := depgraph.Resolve(context.Background(), catalogue, in)
	if err != nil || len(with.Roots()) == 0 || with.Nodes()[with.RootNode(0)].File == "" {
		return nil // a stub: the catalogue does not know that version
	}
	return with
}

// lineOf returns the first line that asks for a package, or its plain name with
// the extras it has.
func (b *Build) lineOf(name pep.Name) pep.Requirement {
	for _, r := range b.Graph().Roots() {
		if r.Requirement.Name == name {
			return r.Requirement
		}
	}
	return pep.Requirement{Name: name, RawName: string(name)}
}

// targetOf returns the target that a package of the build is for.
func (b *Build) targetOf(name pep.Name) pep.Target {
	if b.Deps == nil && b.Image != nil && b.Image.Ledger != nil {
		for _, p := range b.Image.Ledger.Packages {
			if p.Kind == attribution.Python && pep.Name(p.Name) == name {
				return installedTarget(p.Path, b.Image.Platform)
			}
		}
	}
	return b.Target
}

// extrasAsked returns what other packages of the graph ask of the i-th with
// extras: these stay when the lines no longer ask for them.
func extrasAsked(g *depgraph.Graph, i int) (roots []depgraph.Root) {
	for _, e := range g.Edges() {
		if e.To != i {
			continue
		}
		if r, err := pep.ParseRequirement(e.Requirement); err == nil && len(r.Extras) > 0 {
			r.Marker = nil
			roots = append(roots, depgraph.Root{Requirement: r})
		}
	}
	return roots
}
