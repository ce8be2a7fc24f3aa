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
	byName := map[installedName][]int{}
	var dists []attribution.Package
	for _, p := range img.Ledger.Packages {
		if p.Kind != attribution.Python {
			continue
		}
		name := pep.Name(p.Name)
		for _, key := range []installedName{{name, site(p.Path)}, {name, anySite}} {
			byName[key] = append(byName[key], len(nodes))
		}
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

// An installedName finds distributions by their name and site-packages folder.
type installedName struct {
	name pep.Name
	site string
}

const anySite = "*" // as the site of an installedName

// Limits for images that are made to be slow. Real ones have some thousand
// edges, and extras that ask for extras three deep.
const (
	maxInstalledEdges = 500_000
	maxExtraRounds    = 50
)

// installedEdges returns the requirements between distributions. Which extras
// were asked for is told by the requirements that name them.
func installedEdges(dists []attribution.Package, byName map[installedName][]int, platform string) []depgraph.Edge {
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
	for again, round := true, 0; again && round < maxExtraRounds; round++ {
		again = false
		edges = edges[:0]
		for i, d := range dists {
			env := installedTarget(d.Path, platform).Env()
			for _, r := range requires[i] {
				if r.Marker != nil && !r.Marker.Eval(env, extras[i]...) {
					continue
				}
				beside := byName[installedName{r.Name, site(d.Path)}]
				if len(beside) == 0 {
					beside = byName[installedName{r.Name, anySite}]
				}
				for _, to := range beside {
					if len(edges) == maxInstalledEdges {
						return edges
					}
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

// WithLedger returns img with a ledger that somebody else has read, and with the
// graph of the Python distributions in it. The files are not known.
func (img Image) WithLedger(l *attribution.Ledger) *Image {
	img.Ledger, img.Tree = l, nil
	img.Graph = installedGraph(&img)
	return &img
}
