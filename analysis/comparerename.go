package analysis

import (
	"weighline/analysis/attribution"
	"weighline/analysis/layer"
)

// findRenamed tells which of the packages that came is one that went, under
// another name: where more than half of the bytes of both are the same files. It
// says nothing unless the files of both images are at hand.
func (c *Comparison) findRenamed() {
	a, b := c.A.Image, c.B.Image
	if a.Tree == nil || b.Tree == nil {
		return
	}
	went, came := c.byPackage(attribution.Removed, a.Ledger), c.byPackage(attribution.Added, b.Ledger)
	if len(went) == 0 || len(came) == 0 {
		return
	}
	content := map[fileContent]int{} // of what went, the package
	for x, p := range ownedFiles(a, went) {
		content[x] = p
	}
	common := map[[2]int]int64{}
	for x, p := range ownedFiles(b, came) {
		if q, ok := content[x]; ok {
			common[[2]int{q, p}] += x.size
		}
	}
	for pair, bytes := range common {
		x, y := &c.Changes[went[pair[0]]], &c.Changes[came[pair[1]]]
		if x.Kind == y.Kind && 2*bytes > int64(max(x.A.Unpacked.Size, y.B.Unpacked.Size)) {
			x.Renamed, y.Renamed = y.Name, x.Name
		}
	}
}

type packageKey struct {
	kind       attribution.Kind
	name, path string
}

// byPackage returns the places of the changes of one sort in c.Changes, by the
// places of their packages in l.
func (c *Comparison) byPackage(change string, l *attribution.Ledger) map[int]int {
	at := map[packageKey]int{}
	for i, x := range c.Changes {
		if x.Change != change {
			continue
		}
		side := x.A
		if side == nil {
			side = x.B
		}
		at[packageKey{x.Kind, x.Name, side.Path}] = i
	}
	out := map[int]int{}
	for i, p := range l.Packages {
		if j, ok := at[packageKey{p.Kind, p.Name, p.Path}]; ok {
			out[i] = j
		}
	}
	return out
}

type fileContent struct {
	hash uint64
	size int64
}

// ownedFiles returns the contents of the files of some packages, with the place
// of the package in the ledger. Equal files count once.
func ownedFiles(img *Image, packages map[int]int) map[fileContent]int {
	out := map[fileContent]int{}
	for n := range layer.Node(img.Tree.Len()) {
		if img.Tree.Kind(n) != layer.File || img.Tree.Listed(n) || img.Tree.Size(n) == 0 {
			continue
		}
		if p, ok := img.Ledger.Owner(n); ok {
			if _, wanted := packages[p]; wanted {
				out[fileContent{img.Tree.Hash(n), img.Tree.Size(n)}] = p
			}
		}
	}
	return out
}
