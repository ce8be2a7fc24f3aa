package analysis

import (
	"slices"
	"strings"

	"weighline/analysis/attribution"
	"weighline/analysis/bytesize"
	"weighline/analysis/depgraph"
	"weighline/analysis/pep"
)

// compareGraphs compares what the roots of two graphs lead to. A nil graph has
// no packages, and its sizes are unknown.
func (c *Comparison) compareGraphs(a, b *depgraph.Graph) {
	left, right := sides(a), sides(b)
	sum := func(b *Build, g *depgraph.Graph) depgraph.Sum {
		if g != nil {
			return g.Total()
		}
		var s depgraph.Sum // of an image no layer of which is read
		s.Unpacked.Add(bytesize.Amount{})
		return s
	}
	x, y := sum(c.A, a), sum(c.B, b)
	c.Download, c.Unpacked, c.Packages = Totals{A: x.Download, B: y.Download}, Totals{A: x.Unpacked, B: y.Unpacked}, [2]int{count(a, left), count(b, right)}
	if c.A.Deps == nil && c.B.Deps == nil { // images of which only the layers are known
		c.Download = Totals{A: imageDownload(c.A.Image), B: imageDownload(c.B.Image)}
	}
	for name, l := range left {
		c.Changes = append(c.Changes, packageChange(name, l, right[name]))
	}
	for name, r := range right {
		if left[name] == nil {
			c.Changes = append(c.Changes, packageChange(name, nil, r))
		}
	}
	if a != nil && b != nil {
		c.Download.paired = pair(c.Changes, func(x *PackageChange) bytesize.Amount { return x.DeltaDownload })
		c.Unpacked.paired = pair(c.Changes, func(x *PackageChange) bytesize.Amount { return x.Delta })
	}
	c.sort()
}

func count(g *depgraph.Graph, packages map[pep.Name]*PackageSide) int {
	if g == nil {
		return -1
	}
	return len(packages)
}

// sides returns the packages that the roots of g lead to, by name. Several of
// one name, as in images with several site-packages, count as one.
func sides(g *depgraph.Graph) map[pep.Name]*PackageSide {
	out := map[pep.Name]*PackageSide{}
	if g == nil {
		return out
	}
	all := g.Without()
	for i, n := range g.Nodes() {
		if !all.Kept(i) {
			continue
		}
		s := out[n.Name]
		if s == nil {
			out[n.Name] = &PackageSide{Version: n.Version, Download: n.Download, Unpacked: n.Unpacked, Layer: -1}
			continue
		}
		if !slices.Contains(strings.Split(s.Version, ", "), n.Version) {
			s.Version += ", " + n.Version
		}
		s.Download, s.Unpacked = plus(s.Download, n.Download), plus(s.Unpacked, n.Unpacked)
	}
	return out
}

// plus adds two amounts, known as well as the worse of them.
func plus(a, b bytesize.Amount) bytesize.Amount {
	basis := min(a.Basis, b.Basis)
	if basis == bytesize.Unknown {
		return bytesize.Amount{}
	}
	return bytesize.Amount{Size: a.Size + b.Size, Basis: basis}
}

func packageChange(name pep.Name, a, b *PackageSide) PackageChange {
	x := PackageChange{Kind: attribution.Python, Name: string(name), Change: attribution.Changed, A: a, B: b}
	switch {
	case a == nil:
		x.Change, x.Delta, x.DeltaDownload = attribution.Added, b.Unpacked, b.Download
	case b == nil:
		x.Change, x.Delta, x.DeltaDownload = attribution.Removed, minus(a.Unpacked), minus(a.Download)
	default:
		x.DeltaDownload = plus(b.Download, minus(a.Download))
		// An estimate and the files of an image differ in any case: that says nothing.
		comparable := a.Unpacked.Basis == b.Unpacked.Basis
		if a.Version == b.Version && (!comparable || a.Unpacked == b.Unpacked) && (a.Download == b.Download || a.Download.Basis != b.Download.Basis) {
			x.Change = attribution.Same
		}
		if comparable || x.Change == attribution.Changed {
			x.Delta = plus(b.Unpacked, minus(a.Unpacked))
		}
	}
	return x
}

func minus(a bytesize.Amount) bytesize.Amount {
	a.Size = -a.Size
	return a
}
