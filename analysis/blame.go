package analysis

import (
	"cmp"
	"slices"

	"weighline/analysis/attribution"
	"weighline/analysis/bytesize"
	"weighline/analysis/plan"
)

// A Blame is a package or a layer that is one reason for a limit being passed.
type Blame struct {
	Kind          attribution.Kind // "" for a layer, and for the files of no package
	Name, Version string           // of a layer, its instruction
	Layer         int              // -1 for a package
	Bytes         bytesize.Amount  // what it has, or by what it grew
	Counts        plan.Counts      // what Bytes are
}

// UnownedName is how a [Blame] names the files that no package claims.
const UnownedName = "files of no package"

// maxBlamed and maxBlamedLayers are how many packages and layers are blamed.
const (
	maxBlamed       = 10
	maxBlamedLayers = 5
)

// blamePackages lists the packages with most bytes of what a limit counts.
func (b *Build) blamePackages(limit plan.Budget) []Blame {
	var out []Blame
	l := b.Ledger()
	switch {
	case l == nil && b.Deps != nil:
		counts := limit.Counts
		for _, n := range b.Deps.Graph.Nodes() {
			x := Blame{Kind: attribution.Python, Name: string(n.Name), Version: n.Version, Layer: -1, Bytes: n.Unpacked, Counts: plan.Unpacked}
			if counts == plan.Download {
				x.Bytes, x.Counts = n.Download, plan.Download
			}
			out = append(out, x)
		}
	case l == nil:
		return nil
	case limit.Counts == plan.LargestLayer:
		out = b.packagesIn(b.heaviestLayer())
	default:
		for _, p := range l.Packages {
			if limit.Scope != plan.Bundle || p.Kind == attribution.Python {
				out = append(out, Blame{p.Kind, p.Name, p.Version, -1, bytesize.Of(p.Unpacked), plan.Unpacked})
			}
		}
		if limit.Scope != plan.Bundle {
			out = append(out, Blame{"", UnownedName, "", -1, bytesize.Of(l.Unowned), plan.Unpacked})
		}
	}
	return mostFirst(out)
}

// packagesIn lists what the packages have in one layer.
func (b *Build) packagesIn(layer int) (out []Blame) {
	for _, p := range b.Image.Ledger.Packages {
		for _, x := range p.Layers {
			if x.Index == layer {
				out = append(out, Blame{p.Kind, p.Name, p.Version, -1, bytesize.Of(x.Bytes), plan.Unpacked})
			}
		}
	}
	return out
}

func (b *Build) heaviestLayer() int {
	at := 0
	for i, l := range b.Image.Layers {
		if l.Download.Size > b.Image.Layers[at].Download.Size {
			at = i
		}
	}
	return at
}

// blameLayers lists the layers with most bytes of what a limit counts: of the
// largest layer, those that are too large.
func (b *Build) blameLayers(limit plan.Budget) []Blame {
	if b.Image == nil || limit.Scope == plan.Bundle {
		return nil
	}
	var out []Blame
	for i, l := range b.Image.Layers {
		x := Blame{Name: l.Instruction, Layer: i, Bytes: l.Download, Counts: plan.Download}
		if limit.Counts == plan.Unpacked && l.Read {
			x.Bytes, x.Counts = bytesize.Of(l.Kept), plan.Unpacked
		}
		if limit.Counts == plan.LargestLayer && int64(l.Download.Size) <= limit.Limit {
			continue
		}
		out = append(out, x)
	}
	return mostFirst(out)
}

// blame lists what grew between the two builds.
func (c *Comparison) blame(counts plan.Counts) (packages, layers []Blame) {
	for i := range c.Changes {
		x := &c.Changes[i]
		bytes, of := x.Delta, plan.Unpacked
		if c.ByDownload() && counts == plan.Download {
			bytes, of = x.DeltaDownload, plan.Download
		}
		if bytes.Size <= 0 {
			continue
		}
		side := x.B
		if side == nil {
			side = x.A
		}
		packages = append(packages, Blame{x.Kind, x.Name, side.Version, -1, bytes, of})
	}
	if d := c.Unowned.Delta(); d.Size > 0 {
		packages = append(packages, Blame{"", UnownedName, "", -1, d, plan.Unpacked})
	}
	for _, p := range c.Layers.Pairs {
		if p.B < 0 || p.Match == Shared || p.Match == MovedTo {
			continue
		}
		l := &c.B.Image.Layers[p.B]
		x := Blame{Name: l.Instruction, Layer: p.B, Bytes: l.Download, Counts: plan.Download}
		if counts == plan.Unpacked && l.Read {
			x.Bytes, x.Counts = bytesize.Of(l.Kept), plan.Unpacked
		}
		if p.A >= 0 {
			old := &c.A.Image.Layers[p.A]
			before := old.Download
			if x.Counts == plan.Unpacked {
				before = bytesize.Of(old.Kept)
			}
			x.Bytes = plus(x.Bytes, minus(before))
		}
		layers = append(layers, x)
	}
	return mostFirst(packages), mostFirst(layers)
}

// mostFirst returns the first of those that have any bytes, most bytes first.
func mostFirst(list []Blame) []Blame {
	list = slices.DeleteFunc(list, func(x Blame) bool { return x.Bytes.Size <= 0 })
	slices.SortStableFunc(list, func(x, y Blame) int {
		return cmp.Or(cmp.Compare(y.Bytes.Size, x.Bytes.Size), cmp.Compare(x.Layer, y.Layer), cmp.Compare(x.Name, y.Name))
	})
	most := maxBlamed
	if len(list) > 0 && list[0].Layer >= 0 {
		most = maxBlamedLayers
	}
	return list[:min(len(list), most)]
}
