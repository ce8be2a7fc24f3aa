package attribution

import (
	"path"
	"strings"

	"weighline/analysis/layer"
)

// The names that tell what unowned files are. Weights are named by the formats
// of PyTorch, safetensors, ONNX, GGUF, Keras, TensorFlow and CTranslate2; app
// folders are those of Dockerfiles.
var (
	weightNames = map[string]bool{".safetensors": true, ".bin": true, ".pt": true, ".pth": true, ".ckpt": true, ".onnx": true, ".gguf": true,
		".ggml": true, ".h5": true, ".keras": true, ".tflite": true, ".pb": true, ".npz": true, ".engine": true, ".plan": true, ".mlmodel": true}
	cacheNames = map[string]bool{".cache": true, ".npm": true, "__pycache__": true, "_cacache": true, ".gradle": true, ".m2": true, ".nuget": true}
	cachePaths = map[string]bool{"/var/cache": true, "/var/lib/apt/lists": true, "/var/lib/dnf": true, "/tmp": true, "/var/tmp": true, "/opt/conda/pkgs": true, "/root/.conda/pkgs": true}
	appPaths   = map[string]bool{"/app": true, "/srv": true, "/code": true, "/usr/src": true, "/workspace": true, "/home": true, "/opt/app": true, "/var/www": true}
)

// vagueNames are weights by their names, and many other things.
var vagueNames = map[string]bool{".bin": true, ".pb": true, ".plan": true, ".engine": true}

// minWeights is how large a file is at least that is taken for weights.
const minWeights = 1 << 20

// folderKinds adds up how much of each folder is of a kind.
type folderKinds struct {
	t     *layer.Tree
	cache []bool // folders in a cache
	app   []bool
	sums  map[layer.Node]*[3]int64 // weights, caches, app
}

func (a *attributor) unownedKinds() *folderKinds {
	t := a.t
	k := &folderKinds{t: t, cache: make([]bool, t.Len()), app: make([]bool, t.Len()), sums: map[layer.Node]*[3]int64{}}
	for n := layer.Root + 1; int(n) < t.Len(); n++ {
		if t.Kind(n) != layer.Dir {
			continue
		}
		p := t.Parent(n)
		k.cache[n], k.app[n] = k.cache[p], k.app[p]
		if !k.cache[n] && cacheNames[t.Name(n)] {
			k.cache[n] = true
		}
	}
	for _, set := range []struct {
		paths map[string]bool
		mark  []bool
	}{{cachePaths, k.cache}, {appPaths, k.app}} {
		for p := range set.paths {
			n, ok := t.Lookup(p)
			if !ok {
				continue
			}
			for m := n; m < t.End(n); m++ {
				set.mark[m] = true
			}
		}
	}
	return k
}

// file counts an unowned file in folder p.
func (k *folderKinds) file(n, p layer.Node) {
	size, ext := k.t.Size(n), strings.ToLower(path.Ext(k.t.Name(n)))
	var kind int
	switch {
	case size >= minWeights && weightNames[ext] && !(k.cache[p] && vagueNames[ext]):
		kind = 0
	case k.cache[p]:
		kind = 1
	case k.app[p]:
		kind = 2
	default:
		return
	}
	s := k.sums[p]
	if s == nil {
		s = &[3]int64{}
		k.sums[p] = s
	}
	s[kind] += size
}

// up adds what is in folder n to its parent p.
func (k *folderKinds) up(n, p layer.Node) {
	from := k.sums[n]
	if from == nil {
		return
	}
	to := k.sums[p]
	if to == nil {
		k.sums[p] = from
		return
	}
	for i := range from {
		to[i] += from[i]
	}
}

// of returns what most of a folder's bytes are.
func (k *folderKinds) of(n layer.Node, bytes int64) string {
	s := k.sums[n]
	if s == nil {
		return ""
	}
	for i, name := range [...]string{"model weights", "cache", "app"} {
		if s[i]*2 > bytes {
			return name
		}
	}
	return ""
}
