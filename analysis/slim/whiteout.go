package slim

import (
	"context"

	"weighline/analysis/layer"
)

// whiteout leaves out the whiteouts that have nothing left to hide. One that hid
// nothing before stays where its directory does: BuildKit writes such, and a
// layer is not written anew for them.
func (d *decider) whiteout(e at) error {
	if d.acted == nil {
		d.hidden()
	}
	switch d.t.Layer(e.layer).Kind(e.i) {
	case layer.Whiteout, layer.Opaque:
	default:
		return nil
	}
	dir := d.tr.At(e.layer, e.i)
	switch {
	case dir == layer.NoPlace:
	case d.gone(dir) && !d.needed[e], d.acted[e] && !d.needed[e]:
		d.set(e, goes)
	}
	return nil
}

// hidden finds the whiteouts that hid something, and those that still do.
func (d *decider) hidden() {
	d.acted, d.needed = map[at]bool{}, map[at]bool{}
	for l := range d.layers {
		x := d.t.Layer(l)
		for i := range x.Len() {
			p := d.tr.At(l, i)
			if x.Kind(i) >= layer.Whiteout || p == layer.NoPlace {
				continue
			}
			kl, ki, killed := d.tr.Killer(p)
			if !killed || d.t.Layer(kl).Kind(ki) < layer.Whiteout {
				continue
			}
			d.acted[at{kl, ki}] = true
			if d.layers[l].fates[i] != goes {
				d.needed[at{kl, ki}] = true
			}
		}
	}
}

// idle returns the paths of the whiteouts of a tree that hide nothing, and how
// many whiteouts there are.
func idle(t *layer.Tree) (paths []string, all int, err error) {
	tr, err := t.Trace(context.Background())
	if err != nil {
		return nil, 0, err
	}
	d := &decider{t: t, tr: tr, layers: make([]LayerCut, len(t.Layers))}
	for l := range d.layers {
		d.layers[l].fates = make([]fate, t.Layer(l).Len())
	}
	d.hidden()
	for l := range d.layers {
		x := t.Layer(l)
		for i := range x.Len() {
			if k := x.Kind(i); k != layer.Whiteout && k != layer.Opaque {
				continue
			}
			if all++; !d.acted[at{l, i}] {
				paths = append(paths, x.Path(i))
			}
		}
	}
	return paths, all, nil
}
