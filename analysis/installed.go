package analysis

import (
	"regexp"
	"slices"

	"weighline/analysis/attribution"
	"weighline/analysis/bytesize"
	"weighline/analysis/depgraph"
	"weighline/analysis/pep"
)

// installedGraph makes a graph of the Python distributions of an image, by what
// their metadata requires. Nobody says which command installed them: the roots
// are those that no other one requires.
func installedGraph(img *Image) *depgraph.Graph {
	var nodes []depgraph.Node
	byName := map[pep.Name][]int{}
	var dists []attribution.Package
	for _, p := range img.Ledger.Packages {
		if p.Kind != attribution.Python {
			continue
		}
		name := pep.Name(p.Name)
		byName[name] = append(byName[name], len(nodes))
		dists = append(dists, p)
		nodes = append(nodes, depgraph.Node{
			Name: name, Version: p.Version, Source: "image",
			Unpacked: bytesize.Of(p.Unpacked), UnpackedBasis: "the files in the image",
			Reason: "an image does not tell what was downloaded",
		})
	}
	edges := installedEdges(dists, byName, img.Platform)
	return depgraph.NewGraph(nodes, edges, depgraph.Unrequired(nodes, edges))
}

// installedEdges returns the requirements between distributions. Which extras
// were asked for is told by the requirements that name them.
func installedEdges(dists []attribution.Package, byName map[pep.Name][]int, platform string) []depgraph.Edge {
	requires := make([][]pep.Requirement, len(dists))
	for i, d := range dists {
		for _, text := range d.Requires {
			if r, err := pep.ParseRequirement(text); err == nil {
				requires[i] = append(requires[i], r)
			}
		}
	}
	extras := make([][]string, len(dists))
	var edges []depgraph.Edge
	for again := true; again; {
		again = false
		edges = edges[:0]
		for i, d := range dists {
			env := installedTarget(d.Path, platform).Env()
			for _, r := range requires[i] {
				if r.Marker != nil && !r.Marker.Eval(env, extras[i]...) {
					continue
				}
				for _, to := range sameSite(dists, byName[r.Name], d) {
					edges = append(edges, depgraph.Edge{From: i, To: to, Requirement: r.String()})
					for _, x := range r.Extras {
						if !slices.Contains(extras[to], x) {
							extras[to] = append(extras[to], x)
							again = true
						}
					}
				}
			}
		}
	}
	return edges
}

// sameSite returns those of the candidates that are installed beside d, or all
// of them if none is.
func sameSite(dists []attribution.Package, candidates []int, d attribution.Package) []int {
	var beside []int
	for _, c := range candidates {
		if site(dists[c].Path) == site(d.Path) {
			beside = append(beside, c)
		}
	}
	if len(beside) > 0 {
		return beside
	}
	return candidates
}

var (
	sitePath   = regexp.MustCompile(`^(.*/(?:site|dist)-packages)(?:/|$)`)
	pythonPath = regexp.MustCompile(`/python(3\.\d+)/`)
)

// site returns the site-packages folder that a distribution's path lies in.
func site(path string) string {
	if m := sitePath.FindStringSubmatch(path); m != nil {
		return m[1]
	}
	return ""
}

// installedTarget returns the Python that a distribution's path belongs to.
func installedTarget(path, platform string) pep.Target {
	if m := pythonPath.FindStringSubmatch(path); m != nil {
		if t, err := pep.ParseTarget(m[1], platform); err == nil {
			return t
		}
	}
	return pep.DefaultTarget()
}
