package analysis

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"weighline/analysis/bytesize"
	"weighline/analysis/depgraph"
	"weighline/analysis/pep"
	"weighline/analysis/pyindex"
	"weighline/analysis/reqfile"
)

// ofDoc makes a warning of one of a file. With the graph it says how many bytes
// are at stake, and by which version a line would be pinned.
func (d *Deps) ofDoc(ctx context.Context, w reqfile.Warning, target pep.Target) Warning {
	out := Warning{Code: w.Code, Text: w.Text, File: w.File, Line: w.Line, Fix: w.Fix}
	if w.Fix == "" || w.Name == "" || d.Graph == nil {
		return out
	}
	i, ok := d.Graph.Index(w.Name)
	if !ok {
		return out
	}
	n := d.Graph.Nodes()[i]
	switch w.Code {
	case "index-on-line":
		out.Bytes, out.Stake = d.elsewhere(ctx, w.Name, w.Index.Secret(), target)
	case "unpinned":
		out.Bytes, out.Stake = n.Download, "the download, which any new release changes"
		if n.Version != "" {
			out.Fix = fmt.Sprintf("write %s==%s, which is taken now", n.Name, n.Version)
		}
	case "required-twice":
		out.Bytes, out.Stake = n.Download, "the download that both lines decide on"
	}
	return out
}

// ofGraph makes a warning of one of the graph.
func (d *Deps) ofGraph(ctx context.Context, w depgraph.Warning, target pep.Target) Warning {
	out := Warning{Code: w.Code, Text: w.Text, File: w.File, Line: w.Line, Fix: w.Fix, Bytes: w.Bytes}
	switch {
	case w.Code == "same-import":
		out.Stake = "comes twice"
	case w.Code == "stale-lock" && w.Index != "":
		out.Bytes, out.Stake = d.elsewhere(ctx, w.Name, w.Index, target)
	case w.Code == "stale-lock" && out.Bytes.Basis != bytesize.Unknown:
		out.Stake = "the download that the lock holds on to"
	}
	return out
}

// elsewhere returns the bytes that are at stake where a package does not come
// from the index that somebody meant, and what they are: what would not be
// downloaded with the build of that index, if the catalogue knows it, else what
// the package brings now at most.
func (d *Deps) elsewhere(ctx context.Context, name pep.Name, index string, target pep.Target) (bytesize.Amount, string) {
	before := d.Graph.Total().Download
	if h := d.from(ctx, name, index, target); h != nil {
		after := h.Total().Download
		if saved := exactly(before, after); saved.Basis != bytesize.Unknown && saved.Size > 0 {
			return saved, "less with the build of that index"
		}
	}
	return about(d.Graph.Remove([]pep.Name{name}, []pep.Name{name}).Total().Download), "at most: " + string(name) + " and what only it needs"
}

// from returns the graph with the build of a package that another index has of
// the same version; nil if the catalogue knows none. What that build does not
// require goes, unless something else requires it.
func (d *Deps) from(ctx context.Context, name pep.Name, index string, target pep.Target) *depgraph.Graph {
	g := d.Graph
	i, _ := g.Index(name)
	v, err := pep.ParseVersion(g.Nodes()[i].Version)
	if err != nil {
		return nil
	}
	q, err := pep.ParseRequirement(fmt.Sprintf("%s==%s", name, v.Public()))
	if err != nil {
		return nil
	}
	catalogue, err := pyindex.Embedded()
	if err != nil {
		return nil
	}
	of, err := depgraph.Resolve(ctx, catalogue.With(index, pyindex.PyPI), depgraph.Input{Target: target,
		Roots: []depgraph.Root{{Requirement: q}}, Options: depgraph.Options{FirstIndex: []string{index}}})
	if err != nil {
		return nil
	}
	at, ok := of.Index(name)
	if !ok || strings.TrimRight(of.Nodes()[at].Index, "/") != strings.TrimRight(index, "/") {
		return nil
	}
	needs := of.Requires(name)
	var edges []depgraph.Edge
	for _, e := range g.Edges() {
		if e.From != i || slices.Contains(needs, g.Nodes()[e.To].Name) {
			edges = append(edges, e)
		}
	}
	nodes := slices.Clone(g.Nodes())
	nodes[i] = of.Nodes()[at]
	return depgraph.NewGraph(nodes, edges, slices.Clone(g.Roots()))
}

// exactly returns a - b if both miss the same sizes at most, else unknown.
func exactly(a, b bytesize.Total) bytesize.Amount {
	switch d := a.Sub(b); {
	case b.Unknown > a.Unknown:
		return bytesize.Amount{}
	case a.Unknown > 0 || a.Estimated+b.Estimated > 0:
		return bytesize.About(int64(d.Size))
	default:
		return bytesize.Of(int64(d.Size))
	}
}

// about returns a sum as an upper bound: an estimate, unknown if nothing of it
// is known.
func about(t bytesize.Total) bytesize.Amount {
	if t.Size == 0 {
		return bytesize.Amount{}
	}
	return bytesize.About(int64(t.Size))
}
