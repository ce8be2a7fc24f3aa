package insight

import (
	"cmp"
	"context"
	"slices"

	"weighline/analysis/attribution"
	"weighline/analysis/bytesize"
	"weighline/analysis/depgraph"
	"weighline/analysis/evidence"
	"weighline/analysis/layer"
	"weighline/analysis/reqfile"
)

// An Input is what was read of a build. Everything may be missing.
type Input struct {
	// Deps is the graph of the requirements, Docs what they were read from.
	Deps *depgraph.Graph
	Docs []*reqfile.Doc
	// Installed is the graph of the distributions in the image.
	Installed *depgraph.Graph
	Tree      *layer.Tree
	Ledger    *attribution.Ledger
	Layers    []Layer
	Platform  string // of the image, such as "linux/amd64"
	Folder    bool   // the image is a folder of this computer: it has no layers
	Warnings  []Warning
	Limits    []Limit          // of registries
	Evidence  *evidence.Report // what uses the packages; nil if no sources were read
}

// A Layer is what an image tells of one of its layers.
type Layer struct {
	Instruction string // as a Dockerfile has it; "" if unknown
	Download    bytesize.Amount
	Listed      bool // from a table of contents: no file of it was read
}

// A Warning is what reading the build told.
type Warning struct {
	Code, Text, File string
	Line             int
}

// maxRows is how many rows of evidence a finding keeps.
const maxRows = 20

// Find puts all rules against in. The finding that frees most comes first; those
// that free nothing, or nobody knows how much, come last. A cancelled ctx ends
// it soon, with what was found until then.
func Find(ctx context.Context, in Input) []Insight {
	f := newFinder(in)
	for _, rule := range rules {
		if ctx.Err() != nil {
			break
		}
		rule(f)
	}
	slices.SortStableFunc(f.out, func(a, b Insight) int {
		return cmp.Or(cmp.Compare(weight(a), weight(b)), cmp.Compare(b.Bytes.Size, a.Bytes.Size), cmp.Compare(a.ID, b.ID))
	})
	return f.out
}

// weight puts what goes before what only moves, and that before what is not
// known.
func weight(x Insight) int {
	switch {
	case x.Bytes.Basis == bytesize.Unknown:
		return 2
	case x.Counts == Again:
		return 1
	}
	return 0
}

// rules are all rules, each with a file of its own.
var rules = []func(*finder){
	(*finder).cuda, (*finder).waste, (*finder).duplicates, (*finder).copies, (*finder).strip, (*finder).debugSymbols,
	(*finder).caches, (*finder).buildTools, (*finder).devOnly, (*finder).unused, (*finder).foreign, (*finder).copyOrder,
	(*finder).layerLimits, (*finder).staleLock,
}

// A finder is one run over an input, with what several rules ask for.
type finder struct {
	in    Input
	t     *layer.Tree
	l     *attribution.Ledger
	g     *depgraph.Graph // the requirements', else the image's
	own   []int64         // by node: bytes that no node before it has
	owner []int32         // by node: owner in l.Packages + 1, 0 for none
	out   []Insight

	named map[string][]layer.Node // see folders
}

func newFinder(in Input) *finder {
	f := &finder{in: in, t: in.Tree, l: in.Ledger, g: in.Deps}
	if f.g == nil {
		f.g = in.Installed
	}
	if f.t == nil || f.l == nil || f.l.Tree() != f.t {
		f.t = nil
		return f
	}
	f.own, f.owner = make([]int64, f.t.Len()), make([]int32, f.t.Len())
	for i := range f.own {
		n := layer.Node(i)
		if f.t.Kind(n) != layer.File {
			continue
		}
		f.own[i] = f.t.Own(n)
		if p, ok := f.l.Owner(n); ok {
			f.owner[i] = int32(p + 1)
		}
	}
	return f
}

// add keeps a finding with the heaviest of its rows.
func (f *finder) add(x Insight) {
	x.extent.in = f
	if f.t != nil && f.t.Partial() && (x.Counts == Unpacked || x.Counts == Waste) {
		x.Text += " Some layers were not read: what they bring or take away is not in the figures."
		if x.Bytes.Known() {
			x.Bytes.Basis = bytesize.Estimated
		}
		if x.Certainty == Known {
			x.Certainty = Estimated
		}
	}
	slices.SortStableFunc(x.Rows, func(a, b Row) int {
		return cmp.Or(cmp.Compare(b.Bytes.Size, a.Bytes.Size), cmp.Compare(a.Path, b.Path), cmp.Compare(a.Package, b.Package))
	})
	if n := len(x.Rows) - maxRows; n > 0 {
		x.Rows, x.More = x.Rows[:maxRows:maxRows], n
	}
	slices.Sort(x.extent.names)
	x.extent.names = slices.Compact(x.extent.names)
	f.out = append(f.out, x)
}

// sizeOf adds up the files of e, or what the ledger knows of its packages.
func (f *finder) sizeOf(e extent) bytesize.Size {
	e.in = f
	return Total(Insight{extent: e}).Unpacked
}

// packagesNamed returns the packages of the image of one kind that want holds
// for.
func (f *finder) packagesNamed(want func(p *attribution.Package) bool) (list []int) {
	if f.l == nil {
		return nil
	}
	for i := range f.l.Packages {
		if want(&f.l.Packages[i]) {
			list = append(list, i)
		}
	}
	return list
}

// take puts the files of packages of the image into e; where the files are not
// known, the packages themselves.
func (f *finder) take(e *extent, packages []int) {
	if len(packages) == 0 {
		return
	}
	if f.t == nil {
		e.owned = append(e.owned, packages...)
		return
	}
	f.takeFiles(e, f.marked(packages))
}

// marked returns which packages of the ledger are in a list.
func (f *finder) marked(packages []int) []bool {
	in := make([]bool, len(f.l.Packages))
	for _, i := range packages {
		in[i] = true
	}
	return in
}

// takeFiles puts the files of the marked packages into e.
func (f *finder) takeFiles(e *extent, in []bool) {
	for n, o := range f.owner {
		if o > 0 && in[o-1] {
			e.files = append(e.files, layer.Node(n))
		}
	}
	slices.Sort(e.files)
	e.files = slices.Compact(e.files)
}

// layerOf returns the one layer that brought a package's bytes, -1 for several.
func layerOf(p *attribution.Package) int {
	at := -1
	for _, l := range p.Layers {
		if l.Bytes > 0 {
			if at >= 0 {
				return -1
			}
			at = l.Index
		}
	}
	return at
}

// instruction returns the instruction of a layer, short enough for a line.
func (f *finder) instruction(i int) string {
	if i < 0 || i >= len(f.in.Layers) {
		return ""
	}
	const most = 80 // characters
	r := []rune(f.in.Layers[i].Instruction)
	if len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return string(r)
}

// amountOf returns a sum of sizes as one amount: unknown if nothing is known.
func amountOf(t bytesize.Total) bytesize.Amount {
	switch {
	case t.Unknown > 0 && t.Size == 0:
		return bytesize.Amount{}
	case t.Unknown > 0 || t.Estimated > 0:
		return bytesize.About(t.Size)
	}
	return bytesize.Of(t.Size)
}
