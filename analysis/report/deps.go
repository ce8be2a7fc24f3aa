package report

import (
	"cmp"
	"slices"
	"time"

	"weighline/analysis"
	"weighline/analysis/bytesize"
	"weighline/analysis/depgraph"
	"weighline/analysis/layer"
	"weighline/analysis/pep"
)

// DepsJSON is the object that weigh deps prints: schema weighline/deps@1.
type DepsJSON struct {
	Schema    string        `json:"schema"`
	Target    TargetJSON    `json:"target"`
	Catalogue string        `json:"catalogue,omitempty"` // what the versions and sizes are from
	Read      time.Time     `json:"read,omitzero"`       // when these figures were read
	Totals    DepsTotals    `json:"totals"`
	Packages  []PackageJSON `json:"packages"` // heaviest first
	Roots     []RootJSON    `json:"roots"`
	Skipped   []RootJSON    `json:"skipped"`            // lines that do not apply to the target
	Insights  []InsightJSON `json:"insights,omitempty"` // what could go, see weigh insights
	Warnings  []WarningJSON `json:"warnings"`
	Why       []WhyJSON     `json:"why,omitempty"` // of packages that were asked about
	// What the user's sources do not use, and what they use and the build does
	// not have, if they were read.
	Unused   []UnusedJSON   `json:"unused,omitzero"`
	Unlisted []UnlistedJSON `json:"unlisted,omitzero"`
	Code     *CodeJSON      `json:"code,omitempty"`
}

// TargetJSON is what the resolution is for.
type TargetJSON struct {
	Python   string `json:"python"`
	Platform string `json:"platform"`
}

// DepsTotals are sums over the packages whose size is known or estimated. How
// many are missing is beside them; a sum of which all are missing is null.
type DepsTotals struct {
	Packages        int             `json:"packages"`
	Download        bytesize.Amount `json:"download"`
	Unpacked        bytesize.Amount `json:"unpacked"`
	Unknown         int             `json:"unknown"`          // packages without a download size
	UnpackedUnknown int             `json:"unpacked_unknown"` // packages without an unpacked size
	// Pyc is about what pip would add by compiling, beside Unpacked; of PycUnknown
	// packages nobody knows it.
	Pyc        bytesize.Amount `json:"pyc"`
	PycUnknown int             `json:"pyc_unknown"`
}

// PackageJSON is one package of a resolution.
type PackageJSON struct {
	Name          string          `json:"name"`
	Version       string          `json:"version"`
	File          string          `json:"file"`
	Download      bytesize.Amount `json:"download"`
	Unpacked      bytesize.Amount `json:"unpacked"`
	UnpackedBasis string          `json:"unpacked_basis"` // wheel, estimate or none
	UnpackedFrom  string          `json:"unpacked_from,omitempty"`
	Source        string          `json:"source"`           // lock, index, catalogue; image for what is installed in one
	Reason        string          `json:"reason,omitempty"` // why something is unknown
	Roots         []string        `json:"roots"`
	Requires      []string        `json:"requires"`
	RequiredBy    []string        `json:"required_by"`
	HeldBy        []string        `json:"held_by"` // kept roots that still need it
	Status        string          `json:"status,omitempty"`
	Frees         FreesJSON       `json:"frees"`
	Contents      *ContentsJSON   `json:"contents,omitempty"`
}

// FreesJSON is what goes with a package. A size is null where that of one of
// the packages is unknown.
type FreesJSON struct {
	Packages int             `json:"packages"`
	Download bytesize.Amount `json:"download"`
	Unpacked bytesize.Amount `json:"unpacked"`
}

// RootJSON is a line that asks for a package.
type RootJSON struct {
	Name        string     `json:"name"`
	Requirement string     `json:"requirement"`
	File        string     `json:"file"`
	Line        int        `json:"line"`
	Frees       *FreesJSON `json:"frees,omitempty"`
}

// Deps returns what weigh deps --json prints: the packages of b's graph with
// what goes if one is dropped now, besides what r removes already. problems are
// the errors of what could not be read.
func Deps(b *analysis.Build, r *depgraph.Removal, problems error) DepsJSON {
	g := r.Graph()
	j := DepsJSON{
		Schema: "weighline/deps@1", Read: moment(b.Created), Target: TargetJSON{b.Target.Python(), b.Target.Platform()},
		Totals: depsTotals(g), Packages: []PackageJSON{}, Roots: []RootJSON{}, Skipped: []RootJSON{},
		Warnings: warnings(b, problems),
	}
	j.Unused, j.Unlisted, j.Code = Unused(b), Unlisted(b.Evidence), Code(b.Evidence)
	if b.Deps != nil {
		j.Catalogue = b.Deps.Catalogue
	}
	frees := r.Frees()
	for _, i := range heaviest(g) {
		j.Packages = append(j.Packages, packageJSON(r, i, frees[i]))
	}
	for k, root := range g.Roots() {
		f := freesOf(frees[g.RootNode(k)])
		x := rootJSON(root)
		x.Frees = &f
		j.Roots = append(j.Roots, x)
	}
	for _, root := range g.Skipped() {
		j.Skipped = append(j.Skipped, rootJSON(root))
	}
	return j
}

func packageJSON(r *depgraph.Removal, i int, frees depgraph.Sum) PackageJSON {
	g := r.Graph()
	n := g.Nodes()[i]
	return PackageJSON{
		Name: string(n.Name), Version: layer.Printable(n.Version), File: layer.Printable(n.File),
		Download: n.Download, Unpacked: n.Unpacked, UnpackedBasis: basis(n.Unpacked), UnpackedFrom: n.UnpackedBasis,
		Source: n.Source, Reason: n.Reason,
		Roots: texts(g.RootsOf(n.Name)), Requires: texts(g.Requires(n.Name)), RequiredBy: texts(g.RequiredBy(n.Name)),
		HeldBy: texts(heldBy(r, i, frees)), Status: status(r, i), Frees: freesOf(frees), Contents: contentsJSON(n.Contents),
	}
}

func rootJSON(r depgraph.Root) RootJSON {
	return RootJSON{Name: string(r.Requirement.Name), Requirement: layer.Printable(r.Requirement.String()), File: layer.Printable(r.File), Line: r.Line}
}

// heldBy returns the kept roots that keep the i-th package if its own line
// goes: why dropping it frees nothing. A package that no line asks for is taken
// out whoever needs it.
func heldBy(r *depgraph.Removal, i int, frees depgraph.Sum) []pep.Name {
	if !r.Kept(i) || !r.Graph().IsRoot(i) || frees.Packages > 0 {
		return nil
	}
	return r.HeldBy(r.Graph().Nodes()[i].Name)
}

// status returns what a plan does to the i-th package, in a word; "" if it stays.
func status(r *depgraph.Removal, i int) string {
	switch {
	case r.Gone(i) && r.Dropped(i):
		return "dropped"
	case r.Gone(i):
		return "goes too"
	case r.Dropped(i):
		return "held"
	}
	return ""
}

// heaviest returns the places of the nodes that the roots lead to: the largest
// download first, or where nobody knows downloads the largest unpacked size.
func heaviest(g *depgraph.Graph) []int {
	nodes := g.Nodes()
	order := make([]int, 0, len(nodes))
	all := g.Without()
	for i := range nodes {
		if all.Kept(i) {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(i, j int) int {
		a, b := &nodes[i], &nodes[j]
		return cmp.Or(cmp.Compare(b.Download.Size, a.Download.Size), cmp.Compare(b.Unpacked.Size, a.Unpacked.Size), cmp.Compare(a.Name, b.Name))
	})
	return order
}

func basis(a bytesize.Amount) string {
	switch a.Basis {
	case bytesize.Known:
		return "wheel"
	case bytesize.Estimated:
		return "estimate"
	}
	return "none"
}

func depsTotals(g *depgraph.Graph) DepsTotals {
	s, in := g.Total(), insideOf(g)
	return DepsTotals{Packages: s.Packages, Download: atLeast(s.Download, s.Packages), Unpacked: atLeast(s.Unpacked, s.Packages),
		Unknown: s.Download.Unknown, UnpackedUnknown: s.Unpacked.Unknown,
		Pyc: in.bytecode(), PycUnknown: in.unknown}
}

// atLeast returns the sum of what is known of n sizes, which is unknown if none is.
func atLeast(t bytesize.Total, n int) bytesize.Amount {
	switch {
	case n > 0 && t.Unknown == n:
		return bytesize.Amount{}
	case t.Estimated > 0:
		return bytesize.About(t.Size)
	}
	return bytesize.Of(t.Size)
}

// exactly returns a sum that is unknown if one of its sizes is.
func exactly(t bytesize.Total) bytesize.Amount {
	if t.Unknown > 0 {
		return bytesize.Amount{}
	}
	return atLeast(t, -1)
}

func freesOf(s depgraph.Sum) FreesJSON {
	return FreesJSON{s.Packages, exactly(s.Download), exactly(s.Unpacked)}
}

// texts returns names for JSON, where no names are an empty list.
func texts(names []pep.Name) []string {
	out := make([]string, 0, len(names))
	for _, n := range names {
		out = append(out, string(n))
	}
	return out
}
