package analysis

import (
	"cmp"
	"slices"

	"weighline/analysis/attribution"
	"weighline/analysis/bytesize"
	"weighline/analysis/pep"
)

// Who brought the bytes of a [Brought] row.
const (
	ByLine    = "line"    // one line of the requirements alone leads to the packages
	BySeveral = "several" // several lines lead to them
	ByNobody  = "nobody"  // the requirements do not lead to them
)

// A Brought is what one line of the requirements, several, or none put into the
// image: Python packages, each in one row.
type Brought struct {
	By       string
	Root     pep.Name // of [ByLine], else ""
	Packages int      // by name
	Layers   []attribution.LayerBytes
	Unpacked bytesize.Size
}

// Brought returns which line put which bytes into which layer, the largest first,
// then what several brought and what nobody asked for; all rows are together the
// image's Python packages. nil if b does not have both.
func (b *Build) Brought() []Brought {
	var rows []Brought
	for _, x := range b.Join() {
		if x.Installed == "" {
			continue
		}
		by, root := ByNobody, pep.Name("")
		switch {
		case x.Required != "" && len(x.Roots) == 1:
			by, root = ByLine, x.Roots[0]
		case x.Required != "":
			by = BySeveral
		}
		i := slices.IndexFunc(rows, func(r Brought) bool { return r.By == by && r.Root == root })
		if i < 0 {
			i, rows = len(rows), append(rows, Brought{By: by, Root: root})
		}
		rows[i].add(x)
	}
	order := []string{ByLine, BySeveral, ByNobody}
	slices.SortStableFunc(rows, func(a, b Brought) int {
		return cmp.Or(cmp.Compare(slices.Index(order, a.By), slices.Index(order, b.By)), cmp.Compare(b.Unpacked, a.Unpacked), cmp.Compare(a.Root, b.Root))
	})
	return rows
}

func (r *Brought) add(x Joined) {
	r.Packages++
	r.Unpacked += x.Unpacked
	r.Layers = addLayers(r.Layers, x.Layers)
}

// addLayers adds bytes by layer, in the order of the layers.
func addLayers(to, more []attribution.LayerBytes) []attribution.LayerBytes {
	for _, x := range more {
		i := slices.IndexFunc(to, func(y attribution.LayerBytes) bool { return y.Index == x.Index })
		switch {
		case x.Bytes <= 0:
		case i < 0:
			to = append(to, x)
		default:
			to[i].Bytes += x.Bytes
		}
	}
	slices.SortFunc(to, func(a, b attribution.LayerBytes) int { return cmp.Compare(a.Index, b.Index) })
	return to
}
