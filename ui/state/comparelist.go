package state

import (
	"cmp"
	"slices"

	"weighline/analysis"
	"weighline/analysis/attribution"
	"weighline/analysis/bytesize"
	"weighline/ui/texts"
)

// A CompareList is what one table of the comparison lists, and in which order.
type CompareList struct {
	By   string // the column, "" for the largest differences first
	Down bool
	view []int
}

// Len returns how many rows are listed.
func (l *CompareList) Len() int { return len(l.view) }

// At returns which of all is listed as the i-th.
func (l *CompareList) At(i int) int { return l.view[i] }

// Package returns the i-th package that is listed.
func (c *Compare) Package(i int) *analysis.PackageChange { return &c.Changes[c.Packages.view[i]] }

// Layer returns the i-th pair of layers that is listed.
func (c *Compare) Layer(i int) ComparedLayer { return c.pair(c.Layers.view[i]) }

func (c *Compare) pair(i int) ComparedLayer {
	p := c.Comparison.Layers.Pairs[i]
	x := ComparedLayer{Match: p.Match, Places: [2]int{p.A, p.B}}
	if p.A >= 0 {
		x.A = &c.A.Image.Layers[p.A]
	}
	if p.B >= 0 {
		x.B = &c.B.Image.Layers[p.B]
	}
	return x
}

// File returns the i-th file that is listed.
func (c *Compare) File(i int) *analysis.FileChange { return &c.Comparison.Files.List[c.Files.view[i]] }

// FileOwner returns the package whose file stands at the path of x, or whose it
// was, "" if it is nobody's.
func (c *Compare) FileOwner(x *analysis.FileChange) string {
	b := c.B
	if x.B == nil {
		b = c.A
	}
	l := b.Ledger()
	if l == nil || b.Image.Tree == nil {
		return ""
	}
	n, ok := b.Image.Tree.Lookup(x.Path)
	if !ok {
		return ""
	}
	if owner, ok := l.Owner(n); ok {
		return l.Packages[owner].Name
	}
	return ""
}

// A ComparedLayer is a layer of A beside its like in B; one of the two may be nil.
type ComparedLayer struct {
	A, B   *analysis.Layer
	Places [2]int // in the images, from 0; -1 for none
	Match  analysis.Match
}

// Delta returns how many bytes more to pull B's layer is than A's.
func (x ComparedLayer) Delta() bytesize.Amount {
	side := func(l *analysis.Layer) bytesize.Amount {
		if l == nil {
			return bytesize.Of(0)
		}
		return l.Download
	}
	a, b := side(x.A), side(x.B)
	if a.Basis == bytesize.Unknown || b.Basis == bytesize.Unknown {
		return bytesize.Amount{}
	}
	return bytesize.Amount{Size: b.Size - a.Size, Basis: min(a.Basis, b.Basis)}
}

// Instruction is what made the layer, in B where both have it.
func (x ComparedLayer) Instruction() string {
	if x.B != nil {
		return x.B.Instruction
	}
	return x.A.Instruction
}

// Word tells what became of the layer.
func (x ComparedLayer) Word() string {
	switch {
	case x.A == nil:
		return texts.T("added")
	case x.B == nil:
		return texts.T("removed")
	case x.Match == analysis.Shared:
		return texts.T("same")
	case x.Match == analysis.MovedTo:
		return texts.T("same, moved")
	case x.Match == analysis.Rebuilt:
		return texts.T("built again")
	}
	return texts.T("changed")
}

// Same reports whether both images have the layer.
func (x ComparedLayer) Same() bool { return x.Match == analysis.Shared || x.Match == analysis.MovedTo }

// FileWord tells what became of a file.
func FileWord(x *analysis.FileChange) string {
	switch {
	case x.A == nil:
		return texts.T("added")
	case x.B == nil:
		return texts.T("removed")
	case x.Mode:
		return texts.T("permissions only")
	case *x.A == *x.B:
		return texts.T("changed, same size")
	}
	return texts.T("changed")
}

// arrange makes the lists anew: what the filter and the threshold let through, in
// the order that was asked for.
func (c *Compare) arrange(s *Session) {
	c.Filter, c.Hidden = s.Filter, 0
	c.Ordered++
	c.arrangePackages(s)
	c.arrangeLayers(s)
	c.arrangeFiles(s)
}

// small reports whether a change is below the threshold, and counts it.
func (c *Compare) small(delta bytesize.Amount) bool {
	if c.Least <= 0 || delta.Basis == bytesize.Unknown || max(delta.Size, -delta.Size) >= c.Least {
		return false
	}
	c.Hidden++
	return true
}

func (c *Compare) arrangePackages(s *Session) {
	c.Packages.view = c.Packages.view[:0]
	for i := range c.Changes {
		x := &c.Changes[i]
		same := x.Change == attribution.Same
		if same && !c.ShowSame || !s.Lets(string(x.Kind)+" "+x.Name+" "+x.Renamed) || !same && c.small(c.Weight(x)) {
			continue
		}
		c.Packages.view = append(c.Packages.view, i)
	}
	version := func(x *analysis.PackageSide) string {
		if x == nil {
			return ""
		}
		return x.Version
	}
	c.Packages.sort(map[string]func(i, j int) int{
		"name":   func(i, j int) int { return cmp.Compare(c.Changes[i].Name, c.Changes[j].Name) },
		"change": func(i, j int) int { return cmp.Compare(c.Changes[i].Change, c.Changes[j].Change) },
		"va":     func(i, j int) int { return cmp.Compare(version(c.Changes[i].A), version(c.Changes[j].A)) },
		"vb":     func(i, j int) int { return cmp.Compare(version(c.Changes[i].B), version(c.Changes[j].B)) },
		"a":      func(i, j int) int { return cmp.Compare(c.Weigh(c.Changes[i].A).Size, c.Weigh(c.Changes[j].A).Size) },
		"b":      func(i, j int) int { return cmp.Compare(c.Weigh(c.Changes[i].B).Size, c.Weigh(c.Changes[j].B).Size) },
		"delta":  func(i, j int) int { return cmp.Compare(c.Weight(&c.Changes[i]).Size, c.Weight(&c.Changes[j]).Size) },
	})
}

func (c *Compare) arrangeLayers(s *Session) {
	c.Layers.view = c.Layers.view[:0]
	for i := range c.Comparison.Layers.Pairs {
		x := c.pair(i)
		if x.Same() && !c.ShowSame || !s.Lets(x.Instruction()) || !x.Same() && c.small(x.Delta()) {
			continue
		}
		c.Layers.view = append(c.Layers.view, i)
	}
	at := c.pair
	c.Layers.sort(map[string]func(i, j int) int{
		"a":     func(i, j int) int { return cmp.Compare(at(i).Places[0], at(j).Places[0]) },
		"b":     func(i, j int) int { return cmp.Compare(at(i).Places[1], at(j).Places[1]) },
		"delta": func(i, j int) int { return cmp.Compare(at(i).Delta().Size, at(j).Delta().Size) },
	})
}

func (c *Compare) arrangeFiles(s *Session) {
	c.Files.view = c.Files.view[:0]
	if c.Comparison.Files == nil {
		return
	}
	list := c.Comparison.Files.List
	for i := range list {
		x := &list[i]
		if s.Filter != "" && !s.Lets(x.Path) || c.small(bytesize.Of(bytesize.Size(x.Delta))) {
			continue
		}
		c.Files.view = append(c.Files.view, i)
	}
	size := func(n *int64) int64 {
		if n == nil {
			return -1
		}
		return *n
	}
	c.Files.sort(map[string]func(i, j int) int{
		"path":   func(i, j int) int { return cmp.Compare(list[i].Path, list[j].Path) },
		"change": func(i, j int) int { return cmp.Compare(FileWord(&list[i]), FileWord(&list[j])) },
		"a":      func(i, j int) int { return cmp.Compare(size(list[i].A), size(list[j].A)) },
		"b":      func(i, j int) int { return cmp.Compare(size(list[i].B), size(list[j].B)) },
		"delta":  func(i, j int) int { return cmp.Compare(list[i].Delta, list[j].Delta) },
	})
}

// sort orders the rows by a column. They come with the largest differences first,
// which is the order among equals.
func (l *CompareList) sort(by map[string]func(i, j int) int) {
	order := by[l.By]
	if order == nil {
		return
	}
	slices.SortStableFunc(l.view, func(i, j int) int {
		if l.Down {
			return order(j, i)
		}
		return order(i, j)
	})
}
