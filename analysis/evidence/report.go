package evidence

import (
	"cmp"
	"slices"

	"weighline/analysis/pep"
)

// A Report is what was found in sources. It is not changed once it has been
// made, and small enough to be kept with a build.
type Report struct {
	Folder string // of the user's sources; "" if none was read
	Files  int    // sources that were read: modules and notebooks
	Bytes  int64  // in them
	Unread int    // sources that could not be read

	// Uses are the places that use packages of the build: of one kind at most 20
	// for a package in the user's sources, 3 in the files of another package.
	Uses []Use
	// Unlisted are modules that the user's sources import, and that are neither
	// their own, nor Python's, nor known to be in a package of the build: the
	// first place of each.
	Unlisted []Use
	// Names are the names by which the packages of the build are looked for.
	Names map[pep.Name]Named
	// Looked are the packages whose own files were read, in order.
	Looked []pep.Name
	// Problems are what could not be read, at most 50; More counts the others.
	Problems []Problem
	More     int

	starts []string // what the user's sources import unguarded; not kept
}

// Named are the names by which code imports a distribution.
type Named struct {
	Imports   []string
	Certainty Certainty
}

// Limits of a report.
const (
	maxOwnUses     = 20
	maxPackageUses = 3
	maxUnlisted    = 200
	maxTold        = 50
	maxUses        = 50_000
	maxImports     = 50 // names of one distribution
)

// NewReport returns a report of no sources, for [Installed.Report] to fill.
func NewReport(n *Names) *Report { return &Report{Names: n.table()} }

// table returns what n knows, as reports keep it.
func (n *Names) table() map[pep.Name]Named {
	m := make(map[pep.Name]Named, len(n.dists))
	for name, x := range n.dists {
		m[name] = Named{x.imports[:min(len(x.imports), maxImports)], x.certainty}
	}
	return m
}

// A collector fills a report, within its limits.
type collector struct {
	r        *Report
	count    map[useKey]int
	unlisted map[string]bool
	started  map[string]bool
}

type useKey struct {
	pkg, by pep.Name
	kind    Kind
	aside   bool
}

func newCollector(r *Report) *collector {
	return &collector{r: r, count: map[useKey]int{}, unlisted: map[string]bool{}, started: map[string]bool{}}
}

func (c *collector) problem(p Problem) {
	if len(c.r.Problems) == maxTold {
		c.r.More++
		return
	}
	c.r.Problems = append(c.r.Problems, p)
}

// other takes in what a file that is no source came to.
func (c *collector) other(f file) {
	for _, u := range f.uses {
		c.use(u)
	}
	for _, p := range f.problems {
		c.problem(p)
	}
}

// file takes in what one source came to.
func (c *collector) file(f file) {
	if f.unread {
		c.r.Unread++
	} else {
		c.r.Files++
		c.r.Bytes += f.bytes
	}
	c.other(f)
	for _, s := range f.starts {
		if !c.started[s] {
			c.started[s] = true
			c.r.starts = append(c.r.starts, s)
		}
	}
	for _, u := range f.unlisted {
		if !c.unlisted[u.Module] && len(c.r.Unlisted) < maxUnlisted {
			c.unlisted[u.Module] = true
			c.r.Unlisted = append(c.r.Unlisted, u)
		}
	}
}

// use takes in a use, unless there are enough of its sort for all its packages.
func (c *collector) use(u Use) {
	limit := maxOwnUses
	if u.By != "" {
		limit = maxPackageUses
	}
	wanted := false
	for _, p := range u.Packages {
		k := useKey{p, u.By, u.Kind, u.Aside}
		if c.count[k]++; c.count[k] <= limit {
			wanted = true
		}
	}
	if wanted && len(c.r.Uses) < maxUses {
		c.r.Uses = append(c.r.Uses, u)
	}
}

// done puts the report in order.
func (c *collector) done() {
	slices.SortFunc(c.r.Uses, compare)
	slices.SortFunc(c.r.Unlisted, func(a, b Use) int { return cmp.Compare(a.Module, b.Module) })
	slices.Sort(c.r.Looked)
}
