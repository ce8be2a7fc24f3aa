package insight

import (
	"fmt"
	"strings"

	"weighline/analysis/bytesize"
	"weighline/analysis/layer"
)

// A cacheKind is what a tool leaves for the next time. A path that ends in / is
// that folder wherever it lies; one that begins with / only at that place.
type cacheKind struct {
	id, name string
	paths    []string
	fix      []string
	possible bool // it may hold what the service needs
	risk     string
}

const noRisk = "None while the service runs: only the tool looks there, and it fetches again what it lacks."

var cacheKinds = []cacheKind{
	{"cache-pip", "pip's cache", []string{"/.cache/pip/"},
		[]string{"RUN pip install --no-cache-dir -r requirements.txt", "# or keep it out of the layer, and fast builds with it:", "RUN --mount=type=cache,target=/root/.cache/pip pip install -r requirements.txt"}, false, noRisk},
	{"cache-uv", "uv's cache", []string{"/.cache/uv/"},
		[]string{"RUN --mount=type=cache,target=/root/.cache/uv uv sync --frozen"}, false, noRisk + " Where uv linked packages to its cache, the files are shared and nothing goes."},
	{"cache-apt", "apt's package lists and archives", []string{"/var/lib/apt/lists/", "/var/cache/apt/"},
		[]string{"RUN apt-get update && apt-get install -y --no-install-recommends NAME && rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin"}, false, noRisk},
	{"cache-apk", "apk's cache", []string{"/var/cache/apk/"}, []string{"RUN apk add --no-cache NAME"}, false, noRisk},
	{"cache-dnf", "dnf's cache", []string{"/var/cache/dnf/", "/var/cache/yum/", "/var/cache/libdnf5/"}, []string{"RUN dnf install -y NAME && dnf clean all"}, false, noRisk},
	{"cache-conda", "conda's package cache", []string{"/conda/pkgs/", "/miniconda3/pkgs/", "/anaconda3/pkgs/", "/miniforge3/pkgs/", "/mambaforge/pkgs/", "/micromamba/pkgs/"},
		[]string{"RUN conda env create -f environment.yml && conda clean -afy"}, false, noRisk + " Files that an environment shares with the cache by hard links do not count."},
	{"cache-npm", "the caches of npm and yarn", []string{"/.npm/_cacache/", "/.cache/yarn/", "/.yarn/cache/", "/.pnpm-store/"},
		[]string{"RUN npm ci --omit=dev && npm cache clean --force"}, false, noRisk + " A project that runs from yarn's cache (Plug'n'Play) needs it."},
	{"cache-hf", "models in the cache of Hugging Face or torch", []string{"/.cache/huggingface/", "/.cache/torch/", "/.cache/whisper/"},
		[]string{"# keep them out of the image, in a volume:", "docker run -v models:/root/.cache/huggingface IMAGE", "# or copy only the model that is served, in a layer of its own"}, true,
		"The service downloads the models at its first start, or fails where it has no network. Models that it serves are meant to be here."},
	{"cache-other", "other caches and temporary files", []string{"/root/.cache/", "/tmp/", "/var/tmp/", "/.cache/go-build/", "/.cargo/registry/"},
		[]string{"RUN … && rm -rf /tmp/* /var/tmp/* /root/.cache"}, true, "What lies there may be there on purpose: look at the files first."},
}

// caches tells of what tools leave for the next time.
func (f *finder) caches() {
	if f.t == nil {
		return
	}
	taken := make([]layer.Node, 0, 16) // ends of folders that are some kind's
	for _, kind := range cacheKinds {
		x := Insight{ID: kind.id, Counts: Unpacked, Certainty: Known, Fix: kind.fix, Risk: kind.risk,
			Text: "What a tool kept for its next run lies in the final image, and is pulled with it."}
		if kind.possible {
			x.Certainty = Possible
		}
		for _, dir := range f.cacheDirs(kind) {
			if contains(taken, f.t, dir) {
				continue
			}
			taken = append(taken, dir)
			row := f.folderRow(&x.extent, dir, taken)
			if row.Files > 0 && row.Bytes.Size > 0 {
				x.Rows = append(x.Rows, row)
			}
		}
		if x.Bytes = bytesize.Of(f.sizeOf(x.extent)); x.Bytes.Size == 0 {
			continue
		}
		x.Title = fmt.Sprintf("%s of %s", x.Bytes, kind.name)
		f.add(x)
	}
}

// contains reports whether dir is, or lies in, one of the folders.
func contains(folders []layer.Node, t *layer.Tree, dir layer.Node) bool {
	for _, d := range folders {
		if d <= dir && dir < t.End(d) {
			return true
		}
	}
	return false
}

// folderRow puts the unowned files below dir into e, but for those in folders
// that were taken before, and returns a row for them. What a package owns is no
// leftover.
func (f *finder) folderRow(e *extent, dir layer.Node, taken []layer.Node) Row {
	row := Row{Path: f.t.FullPath(dir), Layer: -2, Bytes: bytesize.Of(0)}
	names := f.namesBelow(dir) // bytes of a file with a name elsewhere stay
	for n := dir + 1; n < f.t.End(dir); n++ {
		if f.t.Kind(n) == layer.Dir && contains(taken[:len(taken)-1], f.t, n) {
			n = f.t.End(n) - 1
			continue
		}
		if f.own[n] == 0 || f.owner[n] > 0 || f.t.Links(n) > names[f.t.Inode(n)] && f.t.Links(n) > 1 {
			continue
		}
		e.files = append(e.files, n)
		row.Bytes.Size += bytesize.Size(f.own[n])
		row.Files++
		switch at := f.t.LayerOf(n); row.Layer {
		case -2, at:
			row.Layer = at
		default:
			row.Layer = -1
		}
	}
	row.Layer = max(row.Layer, -1)
	return row
}

// namesBelow counts the names below dir of each file that has several.
func (f *finder) namesBelow(dir layer.Node) map[uint32]int {
	names := map[uint32]int{}
	for n := dir + 1; n < f.t.End(dir); n++ {
		if f.t.Kind(n) == layer.File && f.t.Links(n) > 1 {
			names[f.t.Inode(n)]++
		}
	}
	return names
}

// cacheDirs returns the folders of a kind, by path.
func (f *finder) cacheDirs(kind cacheKind) (dirs []layer.Node) {
	for _, p := range kind.paths {
		for _, dir := range f.folders()[last(p)] {
			full := f.t.FullPath(dir) + "/"
			if full == p || strings.HasSuffix(full, p) && !rooted(p) {
				dirs = append(dirs, dir)
			}
		}
	}
	return dirs
}

// rooted reports whether a path of a kind counts at that place only.
func rooted(p string) bool {
	return strings.HasPrefix(p, "/var/") || strings.HasPrefix(p, "/tmp/") || strings.HasPrefix(p, "/root/")
}

// last returns the last folder of a path that ends in a slash.
func last(p string) string {
	p = strings.TrimSuffix(p, "/")
	return p[strings.LastIndexByte(p, '/')+1:]
}

// folders returns the directories that have the name of a cache's last folder.
func (f *finder) folders() map[string][]layer.Node {
	if f.named != nil {
		return f.named
	}
	f.named = map[string][]layer.Node{}
	for _, k := range cacheKinds {
		for _, p := range k.paths {
			f.named[last(p)] = nil
		}
	}
	for n := layer.Root + 1; int(n) < f.t.Len(); n++ {
		if f.t.Kind(n) != layer.Dir {
			continue
		}
		name := f.t.Name(n)
		if list, ok := f.named[name]; ok {
			f.named[name] = append(list, n)
		}
	}
	return f.named
}
