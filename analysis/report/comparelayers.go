package report

import (
	"weighline/analysis"
	"weighline/analysis/bytesize"
	"weighline/analysis/layer"
)

// LayerChangesJSON tells which layers are shared, by diff ID.
type LayerChangesJSON struct {
	Shared []string        `json:"shared"`
	OnlyA  []string        `json:"only_a"`
	OnlyB  []string        `json:"only_b"`
	Pull   bytesize.Amount `json:"pull"` // null unless both are images
	// Rows has the layers of both side by side, empty unless both are images.
	Rows []LayerRowJSON `json:"rows"`
}

// LayerRowJSON is a layer of A, one of B, or two that belong together.
type LayerRowJSON struct {
	// Match is "shared" (same diff ID or blob), "moved" (shared, at another place),
	// "rebuilt" (by the same instruction), "similar" (by a similar one), or "".
	Match string       `json:"match"`
	A     *LayerSide   `json:"a"`
	B     *LayerSide   `json:"b"`
	Delta LayerFigures `json:"delta"`
}

// LayerSide is a layer in one of the two images.
type LayerSide struct {
	Index       int    `json:"index"`
	DiffID      string `json:"diff_id"`
	Digest      string `json:"digest"`
	Instruction string `json:"instruction"`
	LayerFigures
}

// LayerFigures are the bytes of a layer; null where it was not read.
type LayerFigures struct {
	Download bytesize.Amount `json:"download"`
	Content  bytesize.Amount `json:"content"`
	Waste    bytesize.Amount `json:"waste"`
}

func layerRows(c *analysis.Comparison) []LayerRowJSON {
	rows := make([]LayerRowJSON, 0, len(c.Layers.Pairs))
	for _, p := range c.Layers.Pairs {
		r := LayerRowJSON{Match: string(p.Match)}
		var a, b LayerFigures
		if p.A >= 0 {
			r.A = layerSide(p.A, &c.A.Image.Layers[p.A])
			a = r.A.LayerFigures
		}
		if p.B >= 0 {
			r.B = layerSide(p.B, &c.B.Image.Layers[p.B])
			b = r.B.LayerFigures
		}
		grown := func(a, b bytesize.Amount) bytesize.Amount {
			switch {
			case r.A == nil:
				return b
			case r.B == nil:
				return bytesize.Amount{Size: -a.Size, Basis: a.Basis}
			}
			return bytesize.Amount{Size: b.Size - a.Size, Basis: min(a.Basis, b.Basis)}
		}
		r.Delta = LayerFigures{grown(a.Download, b.Download), grown(a.Content, b.Content), grown(a.Waste, b.Waste)}
		rows = append(rows, r)
	}
	return rows
}

func layerSide(i int, l *analysis.Layer) *LayerSide {
	s := &LayerSide{Index: i, DiffID: l.DiffID, Digest: l.Digest, Instruction: layer.Printable(l.Instruction), LayerFigures: LayerFigures{Download: l.Download}}
	if l.Read {
		s.Content, s.Waste = bytesize.Of(l.Content), bytesize.Of(l.Waste)
	}
	return s
}
