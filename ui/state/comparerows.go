package state

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"weighline/analysis"
	"weighline/analysis/attribution"
	"weighline/analysis/bytesize"
	"weighline/analysis/insight"
	"weighline/analysis/report"
	"weighline/ui/texts"
)

// A CompareOrder is how a table of a comparison is sorted.
type CompareOrder uint8

// The orders. Layers come as they are stacked under ByName.
const (
	ByChange    CompareOrder = iota // what changed most first, in either direction
	ByGrowth                        // what grew most first, what shrank most last
	ByShrinkage                     // the other way round
	ByPlace                         // by name; layers as they are stacked
	BySizeA                         // the heaviest of A first
	BySizeB                         // the heaviest of B first
)

// withUnowned returns the changes of packages, and among them what became of the
// bytes that no package claims, where the files of two images are compared.
func withUnowned(c *analysis.Comparison) []analysis.PackageChange {
	list := slices.Clone(c.Changes)
	if c.ByGraph {
		return list
	}
	side := func(t bytesize.Total) *analysis.PackageSide {
		s := &analysis.PackageSide{Layer: -1}
		if t.Unknown == 0 {
			s.Unpacked = bytesize.Of(t.Size)
		}
		return s
	}
	x := analysis.PackageChange{Change: attribution.Changed, A: side(c.Unowned.A), B: side(c.Unowned.B), Delta: c.Delta(c.Unowned)}
	if x.Delta.Known() && x.Delta.Size == 0 {
		x.Change = attribution.Same
	}
	return append(list, x)
}

// Unowned reports whether x stands for the bytes that no package claims.
func Unowned(x *analysis.PackageChange) bool { return x.Kind == "" }

// Name is what a row of packages is called.
func (c *Compare) Name(x *analysis.PackageChange) string {
	if Unowned(x) {
		return texts.T("files of no package")
	}
	return x.Name
}

// Twice reports whether several packages have the name of x, as one that is
// installed in two places.
func (c *Compare) Twice(x *analysis.PackageChange) bool { return c.twice[x.Name] > 1 }

// Place tells where a package lies, in B if it is there: the kind of a package of
// the system, the folder of a Python one.
func (c *Compare) Place(x *analysis.PackageChange) string {
	at := x.B
	if at == nil {
		at = x.A
	}
	if x.Kind != attribution.Python || at == nil || at.Path == "" {
		return string(x.Kind)
	}
	return path.Dir(at.Path)
}

// Key names a row of packages in tables and maps.
func (c *Compare) Key(x *analysis.PackageChange) string {
	key := string(x.Kind) + ":" + x.Name
	for _, side := range []*analysis.PackageSide{x.A, x.B} {
		if side != nil {
			key += ":" + side.Path
		}
	}
	return key
}

// Size returns what one side of a change weighs: its download if both builds
// are requirements, else its unpacked size.
func (c *Compare) Size(side *analysis.PackageSide) bytesize.Amount {
	switch {
	case side == nil:
		return bytesize.Amount{}
	case c.ByDownload():
		return side.Download
	}
	return side.Unpacked
}

// Len returns how many packages are listed, Change the i-th of them.
func (c *Compare) Len() int { return len(c.view) }

// Change returns the i-th package that is listed.
func (c *Compare) Change(i int) *analysis.PackageChange { return &c.packages[c.view[i]] }

// All returns every package, listed or not, and what no package claims.
func (c *Compare) All() []analysis.PackageChange { return c.packages }

// Hidden returns how many packages changed too little to be listed.
func (c *Compare) Hidden() int { return c.hidden }

// Lets reports whether the filter lets a text through.
func (c *Compare) Lets(text string) bool {
	return c.filter == "" || matchesAll(strings.ToLower(text), strings.Fields(c.filter))
}

// listCompare makes the views of the comparison anew; that of the files elsewhere.
func (s *Session) listCompare() {
	c := s.Compare
	c.filter = strings.ToLower(s.Filter)
	c.Changed++
	c.listPackages()
	c.listLayers()
	s.listFiles()
}

func (c *Compare) listPackages() {
	c.view, c.hidden = c.view[:0], 0
	for i := range c.packages {
		x := &c.packages[i]
		switch {
		case x.Change == attribution.Same && !c.ShowSame || !c.Lets(c.Name(x)):
		case x.Change != attribution.Same && c.tooSmall(c.Weight(x)):
			c.hidden++
		default:
			c.view = append(c.view, i)
		}
	}
	slices.SortStableFunc(c.view, func(i, j int) int {
		x, y := &c.packages[i], &c.packages[j]
		switch c.PackageOrder {
		case ByPlace:
			return cmp.Compare(strings.ToLower(c.Name(x)), strings.ToLower(c.Name(y)))
		case BySizeA:
			return cmp.Compare(c.Size(y.A).Size, c.Size(x.A).Size)
		case BySizeB:
			return cmp.Compare(c.Size(y.B).Size, c.Size(x.B).Size)
		}
		return cmp.Or(cmp.Compare(sameLast(x), sameLast(y)), c.PackageOrder.compare(c.Weight(x), c.Weight(y), c.most(x), c.most(y)))
	})
}

func (c *Compare) tooSmall(d bytesize.Amount) bool {
	return c.MinChange > 0 && d.Basis != bytesize.Unknown && max(d.Size, -d.Size) < c.MinChange
}

func sameLast(x *analysis.PackageChange) int {
	if x.Change == attribution.Same {
		return 1
	}
	return 0
}

// most is by how much a row may have changed where nobody knows: all that it had.
func (c *Compare) most(x *analysis.PackageChange) bytesize.Size {
	return max(c.Size(x.A).Size, c.Size(x.B).Size)
}

// compare orders two differences; mostX and mostY bound those that are unknown,
// which neither grew nor shrank as far as one can tell.
func (o CompareOrder) compare(x, y bytesize.Amount, mostX, mostY bytesize.Size) int {
	unknownX, unknownY := x.Basis == bytesize.Unknown, y.Basis == bytesize.Unknown
	if o == ByChange {
		size := func(a bytesize.Amount, unknown bool, most bytesize.Size) bytesize.Size {
			if unknown {
				return most
			}
			return max(a.Size, -a.Size)
		}
		return cmp.Compare(size(y, unknownY, mostY), size(x, unknownX, mostX))
	}
	if o == ByShrinkage {
		x.Size, y.Size = -x.Size, -y.Size
	}
	if unknownX {
		x.Size = 0
	}
	if unknownY {
		y.Size = 0
	}
	return cmp.Compare(y.Size, x.Size)
}

// pulled returns what a host that has A fetches for each row of layers: each
// layer once.
func pulled(l report.LayerChangesJSON) []bytesize.Amount {
	missing := map[string]bool{}
	for _, name := range l.OnlyB {
		missing[name] = true
	}
	out := make([]bytesize.Amount, len(l.Rows))
	for i, r := range l.Rows {
		if r.B == nil {
			continue
		}
		out[i] = bytesize.Of(0)
		name := cmp.Or(r.B.DiffID, r.B.Digest)
		if missing[name] || name == "" && r.A == nil {
			out[i] = r.B.Download
			delete(missing, name)
		}
	}
	return out
}

// LayerRows returns how many rows of layers are listed.
func (c *Compare) LayerRows() int { return len(c.layers) }

// LayerRow returns the i-th row of layers that is listed and its place among all.
func (c *Compare) LayerRow(i int) (*report.LayerRowJSON, int) {
	return &c.Report.Layers.Rows[c.layers[i]], c.layers[i]
}

// Pull returns what a host that has A fetches of the row of layers at a place among
// all; unknown for a layer that only A has, of which there is nothing to fetch.
func (c *Compare) Pull(place int) bytesize.Amount { return c.pull[place] }

// Instruction is what made the layers of a row.
func Instruction(r *report.LayerRowJSON) string {
	if r.B != nil {
		return r.B.Instruction
	}
	return r.A.Instruction
}

// LayerDelta is by how many bytes a row of layers differs: unpacked ones, or
// compressed ones where the layers were not read.
func LayerDelta(r *report.LayerRowJSON) bytesize.Amount {
	if r.Delta.Content.Basis != bytesize.Unknown {
		return r.Delta.Content
	}
	return r.Delta.Download
}

func (c *Compare) listLayers() {
	c.layers = c.layers[:0]
	rows := c.Report.Layers.Rows
	for i := range rows {
		r := &rows[i]
		if (c.ShowSame || r.Match != string(analysis.Shared)) && c.Lets(Instruction(r)) {
			c.layers = append(c.layers, i)
		}
	}
	if c.LayerOrder == ByPlace {
		return
	}
	slices.SortStableFunc(c.layers, func(i, j int) int {
		return c.LayerOrder.compare(LayerDelta(&rows[i]), LayerDelta(&rows[j]), 0, 0)
	})
}

// A FindingChange is what became of a finding: A or B is nil where it is not
// there.
type FindingChange struct {
	Change string // attribution.Added, Removed or Changed
	A, B   *insight.Insight
	Delta  bytesize.Amount
}

// FindingRows returns how the findings changed: new ones, those that are about other
// bytes, then fixed ones.
func (c *Compare) FindingRows() []FindingChange { return c.findings }

func findingChanges(f *analysis.InsightChanges) []FindingChange {
	if f == nil {
		return nil
	}
	var out []FindingChange
	for i := range f.New {
		out = append(out, FindingChange{attribution.Added, nil, &f.New[i], f.New[i].Bytes})
	}
	for i := range f.Changed {
		x := &f.Changed[i]
		out = append(out, FindingChange{attribution.Changed, &x.A, &x.B, x.Delta()})
	}
	for i := range f.Fixed {
		less := f.Fixed[i].Bytes
		less.Size = -less.Size
		out = append(out, FindingChange{attribution.Removed, &f.Fixed[i], nil, less})
	}
	return out
}

// Unread names the side of which no packages are known, as no layer was read; "" if
// both are known.
func (c *Compare) Unread() string {
	for i, n := range c.Packages {
		if n < 0 {
			return [2]string{c.TitleA, c.TitleB}[i]
		}
	}
	return ""
}
