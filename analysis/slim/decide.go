package slim

import (
	"context"
	"errors"
	"fmt"

	"weighline/analysis/layer"
)

// ErrLink is why a cut cannot be made: a file that stays has its bytes from a
// name that goes, in a lower layer.
var ErrLink = errors.New("a hard link that stays leads to a file of a lower layer that goes")

// A LayerCut is what a cut means for one layer.
type LayerCut struct {
	Entries int // of the layer
	Lost    int // that are left out
	Changed int // that are written differently

	fates []fate
	edits map[int]edit
}

// Rewritten reports whether the layer is written anew.
func (l *LayerCut) Rewritten() bool { return l.Lost+l.Changed > 0 }

// Emptied reports whether nothing is left of the layer.
func (l *LayerCut) Emptied() bool { return l.Entries > 0 && l.Lost == l.Entries }

// Decide finds what becomes of each entry of each layer under c. All layers
// must have been read. The error is ctx's, or [ErrLink].
func Decide(ctx context.Context, c *Cut) ([]LayerCut, error) {
	c.settle()
	tr, err := c.Tree.Trace(ctx)
	if err != nil {
		return nil, err
	}
	d := &decider{c: c, t: c.Tree, tr: tr, layers: make([]LayerCut, len(c.Tree.Layers)), links: map[at][]at{}, revived: map[layer.Place]bool{}}
	d.places()
	d.collectLinks()
	for _, step := range []func(at) error{d.name, d.link, d.whiteout} {
		if err := d.each(ctx, step); err != nil {
			return nil, err
		}
	}
	d.contents()
	d.count()
	return d.layers, nil
}

// at is an entry: of which layer, and which.
type at struct{ layer, i int }

type decider struct {
	c      *Cut
	t      *layer.Tree
	tr     *layer.Trace
	layers []LayerCut

	under   []bool      // by place: it, or a directory it is in, goes
	links   map[at][]at // by the entry that has the content: hard links to it
	revived map[layer.Place]bool
	acted   map[at]bool // whiteouts that hid something
	needed  map[at]bool // whiteouts that hide something still
}

// each calls fn with every entry, the lowest layer first.
func (d *decider) each(ctx context.Context, fn func(at) error) error {
	for l := range d.layers {
		x := d.t.Layer(l)
		for i := range x.Len() {
			if err := fn(at{l, i}); err != nil {
				return err
			}
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
	}
	return nil
}

// places finds the places that go. A place that a later layer took away goes
// with the one that has its path in the end: else it would be seen again.
func (d *decider) places() {
	const nowhere = layer.Node(layer.NoPlace)
	d.under = make([]bool, d.tr.Places())
	now := make([]layer.Node, len(d.under)) // what is at the place's path in the end
	for p := layer.Place(1); int(p) < len(now); p++ {
		parent := d.tr.Parent(p)
		n, alive := d.tr.Node(p)
		if !alive {
			n = nowhere
			if up := now[parent]; up != nowhere && d.t.Kind(up) == layer.Dir {
				if c, ok := d.t.Child(up, d.tr.Name(p)); ok {
					n = c
				}
			}
		}
		now[p] = n
		d.under[p] = d.under[parent] || n != nowhere && d.c.gone[n]
	}
}

// gone reports whether what lies at p is left out.
func (d *decider) gone(p layer.Place) bool {
	if d.under[p] {
		return true
	}
	_, alive := d.tr.Node(p)
	return d.c.Squash && !alive && !d.revived[p]
}

func (d *decider) collectLinks() {
	for l := range d.layers {
		x := d.t.Layer(l)
		d.layers[l] = LayerCut{Entries: x.Len(), fates: make([]fate, x.Len()), edits: map[int]edit{}}
		for i := range x.Len() {
			if x.Kind(i) != layer.Hardlink {
				continue
			}
			if p := d.tr.At(l, i); p != layer.NoPlace {
				if fl, fi, ok := d.tr.File(p); ok {
					d.links[at{fl, fi}] = append(d.links[at{fl, fi}], at{l, i})
				}
			}
		}
	}
}

// name decides about entries that make names, by these alone.
func (d *decider) name(e at) error {
	p := d.tr.At(e.layer, e.i)
	switch k := d.t.Layer(e.layer).Kind(e.i); {
	case k >= layer.Whiteout || p == layer.NoPlace:
		return nil
	case !d.gone(p):
		return nil
	case k == layer.File && len(d.links[e]) > 0:
		return d.anchor(e, p)
	}
	d.set(e, goes)
	return nil
}

// anchor decides about a file whose first name goes: the first of the other
// names that stays in the same layer takes its place and its content.
func (d *decider) anchor(e at, p layer.Place) error {
	x := d.t.Layer(e.layer)
	elsewhere := false
	for _, l := range d.links[e] {
		if d.gone(d.tr.At(l.layer, l.i)) {
			continue
		}
		if l.layer != e.layer {
			elsewhere = true
			continue
		}
		d.edit(e, edit{name: x.Path(l.i)[1:]})
		d.set(l, goes)
		d.layers[e.layer].Lost-- // it stands at another place
		return nil
	}
	switch {
	case !elsewhere:
		d.set(e, goes)
	case d.under[p]:
		return fmt.Errorf("layer %d, %s: %w", e.layer+1, layer.Printable(x.Path(e.i)), ErrLink)
	default:
		d.revived[p] = true // it stays hidden, as it was
	}
	return nil
}

// link lets hard links that stay lead to a name that does.
func (d *decider) link(e at) error {
	x := d.t.Layer(e.layer)
	if x.Kind(e.i) != layer.Hardlink || d.layers[e.layer].fates[e.i] == goes {
		return nil
	}
	p, to := d.tr.At(e.layer, e.i), d.tr.Linked(e.layer, e.i)
	if p == layer.NoPlace || to == layer.NoPlace {
		return nil
	}
	if d.gone(p) {
		d.set(e, goes)
		return nil
	}
	fl, fi, ok := d.tr.File(p)
	if !ok || !d.gone(to) {
		return nil
	}
	path := d.t.Layer(fl).Path(fi)
	if f, ok := d.layers[fl].edits[fi]; ok && f.name != "" {
		path = "/" + f.name
	}
	d.edit(e, edit{link: path[1:]})
	return nil
}

// contents writes new contents into the entries that have them.
func (d *decider) contents() {
	for n, b := range d.c.New {
		l, i, ok := d.t.Entry(n)
		if !ok || d.c.gone[n] {
			continue
		}
		e := d.layers[l].edits[i]
		e.content, e.replace = b, true
		d.edit(at{l, i}, e)
	}
}

func (d *decider) set(e at, f fate) { d.layers[e.layer].fates[e.i] = f }

func (d *decider) edit(e at, to edit) {
	d.set(e, changes)
	d.layers[e.layer].edits[e.i] = to
}

func (d *decider) count() {
	for l := range d.layers {
		for _, f := range d.layers[l].fates {
			switch f {
			case goes:
				d.layers[l].Lost++
			case changes:
				d.layers[l].Changed++
			}
		}
	}
}
