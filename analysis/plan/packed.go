package plan

import (
	"path"
	"strings"
	"sync"

	"weighline/analysis/layer"
)

// A packedLayer tells how much of a layer's content is compressed as it is: a
// layer's compression does not make that smaller.
type packedLayer struct {
	all    int64 // bytes
	hidden int64 // of all, what later layers hide
}

// A packing holds the packedLayers of an image, once somebody asked.
type packing struct {
	once   sync.Once
	layers []packedLayer
}

// packedEnds are the ends of names of files that are compressed as they are.
var packedEnds = map[string]bool{
	".whl": true, ".egg": true, ".zip": true, ".jar": true, ".npz": true, ".gz": true, ".tgz": true, ".xz": true, ".txz": true, ".bz2": true,
	".zst": true, ".lz4": true, ".br": true, ".7z": true, ".deb": true, ".rpm": true, ".apk": true, ".conda": true,
	".jpg": true, ".jpeg": true, ".png": true, ".gif": true, ".webp": true, ".woff": true, ".woff2": true,
	".mp3": true, ".mp4": true, ".ogg": true, ".webm": true, ".flac": true,
}

// leastPacked is the size below which a file is not looked at: it counts for too
// little.
const leastPacked = 4 << 10

// isPacked reports whether the file at p is compressed as it is, by its name. What
// pip keeps of its downloads (http, http-v2) are wheels whose names say nothing.
func isPacked(p string) bool {
	return packedEnds[strings.ToLower(path.Ext(p))] || strings.Contains(p, "/pip/http/") || strings.Contains(p, "/pip/http-v2/")
}

// packed returns what of layer i is compressed as it is: nothing that is known
// where the files are not at hand.
func (s *Subject) packed(i int) packedLayer {
	s.mu.Lock()
	if s.packs == nil {
		s.packs = &packing{}
	}
	p := s.packs
	s.mu.Unlock()
	p.once.Do(func() {
		if t := s.Ledger.Tree(); t != nil {
			p.layers = packedLayers(t)
		}
	})
	if i < len(p.layers) {
		return p.layers[i]
	}
	return packedLayer{}
}

func packedLayers(t *layer.Tree) []packedLayer {
	out := make([]packedLayer, len(t.Layers))
	for i := range t.Len() {
		n := layer.Node(i)
		if own := t.Own(n); own >= leastPacked && isPacked(t.FullPath(n)) {
			out[t.LayerOf(n)].all += own
		}
	}
	for i := range t.WasteTotal().Files {
		w := t.Wasted(i, false)
		if w.Bytes >= leastPacked && isPacked(t.Wasted(i, true).Path) {
			out[w.Layer].all += w.Bytes
			out[w.Layer].hidden += w.Bytes
		}
	}
	return out
}

// without returns what is left of a compressed layer when some of its content
// goes. What is compressed as it is stays as large; the rest compresses as it did
// in the whole layer.
func (p packedLayer) without(download, content, goes, hidden float64) float64 {
	all, packed := float64(p.all), float64(p.all)
	if hidden > 0 {
		packed -= float64(p.hidden)
	}
	rest := content - goes
	if content <= 0 || rest <= 0 {
		return 0
	}
	const least = 0.1 // smaller than this no layer gets: the names were wrong
	ratio := (download - all) / max(content-all, 1)
	if ratio < least {
		return download * rest / content
	}
	packed = min(packed, rest)
	return packed + ratio*(rest-packed)
}
