package analysis

import (
	"slices"

	"weighline/analysis/bytesize"
)

// LayerChanges tells which layers two images share. A layer is named by its
// diff ID, or by the digest of its blob where nobody says the diff ID; each is
// listed once, in the order in which it is stacked.
type LayerChanges struct {
	Shared, OnlyA, OnlyB []string
	// Pull is what a host that has A must still fetch for B: the compressed
	// layers of B of which A has neither the diff ID nor the blob.
	Pull bytesize.Amount
	// Pairs has the layers of both, side by side.
	Pairs []LayerPair
}

// Uncompressed reports whether no layer is compressed where it was read, as in what
// docker save writes and engines send: then [Layer.Download] is more than a registry
// would send.
func (img *Image) Uncompressed() bool {
	return len(img.Layers) > 0 && !slices.ContainsFunc(img.Layers, func(l Layer) bool { return l.Compression != "none" })
}

func compareLayers(a, b *Image) LayerChanges {
	c := LayerChanges{Pull: bytesize.Of(0), Pairs: alignLayers(a.Layers, b.Layers)}
	inA, inB := layerNames(a), layerNames(b)
	seen := map[string]bool{}
	for _, l := range a.Layers {
		name := l.ID()
		if !seen[name] && !has(inB, &l) {
			c.OnlyA = append(c.OnlyA, name)
		}
		seen[name] = true
	}
	clear(seen)
	for _, l := range b.Layers {
		name := l.ID()
		switch {
		case seen[name]:
		case has(inA, &l):
			c.Shared = append(c.Shared, name)
		default:
			c.OnlyB = append(c.OnlyB, name)
			c.Pull = plus(c.Pull, l.Download)
		}
		seen[name] = true
	}
	return c
}

// moved reports whether what layer a of A brought comes with a layer of B that
// is not a's other version. Where neither has one, nothing can be said.
func (c *LayerChanges) moved(a, b int) bool {
	for _, p := range c.Pairs {
		if p.A == a && p.B >= 0 || p.B == b && p.A >= 0 {
			return p.A != a || p.B != b
		}
	}
	return false
}

// layerNames returns all names of the layers of img.
func layerNames(img *Image) map[string]bool {
	names := map[string]bool{}
	for _, l := range img.Layers {
		names[l.DiffID], names[l.Digest] = true, true
	}
	delete(names, "")
	return names
}

// has reports whether a layer is among those with the names.
func has(names map[string]bool, l *Layer) bool { return names[l.DiffID] || names[l.Digest] }

// ID returns what names the layer: its diff ID, else the digest of its blob,
// else what its source calls it.
func (l *Layer) ID() string {
	switch {
	case l.DiffID != "":
		return l.DiffID
	case l.Digest != "":
		return l.Digest
	}
	return l.Name
}
