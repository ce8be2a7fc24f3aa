package attribution

import (
	"cmp"
	"context"
	"fmt"
	"hash/maphash"
	"slices"
	"strings"
	"unsafe"

	"weighline/analysis/layer"
)

// Options of [Attribute]. The zero value is good.
type Options struct {
	// MinFolder is the least number of unowned bytes for which a folder gets
	// a row of its own; 0 for 1 MB or a thousandth of the image, whatever is
	// more.
	MinFolder int64
}

// Attribute finds the packages in t and gives each file one owner. A package
// database that is damaged costs its own packages, and the ledger says so;
// the only error is that of ctx.
func Attribute(ctx context.Context, t *layer.Tree, opts Options) (*Ledger, error) {
	a := &attributor{ctx: ctx, t: t, l: &Ledger{
		Unpacked: t.Totals.Bytes, Files: t.Totals.Files, tree: t,
		owner: make([]int32, t.Len()), first: map[uint32]layer.Node{},
	}, stamp: make([]uint32, t.Len()), seed: maphash.MakeSeed()}
	a.scan()
	// The order is that of the owners. dpkg's lists are read before they
	// count, and so are conda's, because Python distributions of theirs may have
	// no other list.
	steps := []func(){
		a.readDpkg, a.readConda, a.readPython, a.claimPython, a.readNode, a.claimConda, a.claimDebs, a.readStatusD, a.readApk, a.readRPM, a.claimGuesses, a.bytecode, a.claimBinaries,
	}
	for _, step := range steps {
		if step(); ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
	}
	a.sum()
	a.sort()
	a.folders(opts)
	return a.l, nil
}

type attributor struct {
	ctx context.Context
	t   *layer.Tree
	l   *Ledger

	infos []layer.Node // *.dist-info and *.egg-info
	roots []layer.Node // package.json of node packages
	cache []layer.Node // __pycache__
	metas []layer.Node // conda-meta/*.json

	debs   []deb
	condas []deb
	dists  []dist

	stamp []uint32 // by node: the last claim that named it
	claim uint32

	seed            maphash.Seed
	steps           int // of all lookups for lists
	overfull, tired bool
}

// scan finds the nodes whose names tell something, and the first names of
// files that have several.
func (a *attributor) scan() {
	t := a.t
	for n := layer.Root + 1; int(n) < t.Len(); n++ {
		if t.Kind(n) == layer.File && t.Links(n) > 1 && !t.Secondary(n) {
			a.l.first[t.Inode(n)] = n
		}
		name := t.Name(n)
		switch {
		case len(name) > len(".egg-info") && (strings.HasSuffix(name, ".dist-info") || strings.HasSuffix(name, ".egg-info")):
			a.infos = append(a.infos, n)
		case name == "package.json" && !t.Listed(n): // else what it says was not read
			if dir := t.FullPath(t.Parent(n)); nodePackage(dir) {
				a.roots = append(a.roots, n)
			}
		case strings.HasSuffix(name, ".json") && t.Kind(n) == layer.File && t.Name(t.Parent(n)) == "conda-meta":
			a.metas = append(a.metas, n)
		case name == "__pycache__" && t.Kind(n) == layer.Dir:
			a.cache = append(a.cache, n)
		}
	}
}

func (a *attributor) problem(format string, args ...any) {
	if len(a.l.Problems) < 50 {
		a.l.Problems = append(a.l.Problems, fmt.Sprintf(format, args...))
	}
}

// add appends a package and returns its number.
func (a *attributor) add(p Package) int {
	a.l.Packages = append(a.l.Packages, p)
	return len(a.l.Packages) - 1
}

// take gives file n to package i unless it has an owner.
func (a *attributor) take(i int, n layer.Node) {
	if a.t.Kind(n) != layer.File {
		return
	}
	n = a.l.firstName(n)
	switch a.l.owner[n] {
	case 0:
		a.l.owner[n] = int32(i + 1)
	case int32(i + 1):
	default:
		a.shared(i, n)
	}
}

// shared notes that package i would have file n, which another one owns. The
// lists of hostile packages may all name all files.
func (a *attributor) shared(i int, n layer.Node) {
	if a.l.also == nil {
		a.l.also = map[layer.Node][]int32{}
	}
	if have := a.l.also[n]; len(have) < maxShared && !slices.Contains(have, int32(i+1)) {
		a.l.also[n] = append(have, int32(i+1))
	}
}

// takeAll gives what is below and including n to package i.
func (a *attributor) takeAll(i int, n layer.Node) {
	for m := n; m < a.t.End(n); m++ {
		a.take(i, m)
	}
}

// claimed looks the paths of a package's list up. It returns the nodes, each
// once, and what they sum up to.
func (a *attributor) claimed(paths []string) ([]layer.Node, Claim) {
	c := Claim{Listed: true}
	a.claim++
	nodes := make([]layer.Node, 0, min(len(paths), a.t.Len()))
	var missing map[uint64]struct{} // hashes of paths
	for _, p := range paths {
		n, steps, ok := a.t.LookupSteps(p)
		if !a.spend(steps) {
			break
		}
		if !ok {
			if missing == nil {
				missing = map[uint64]struct{}{}
			}
			missing[maphash.String(a.seed, p)] = struct{}{}
			continue
		}
		if a.stamp[n] == a.claim {
			continue
		}
		a.stamp[n] = a.claim
		nodes = append(nodes, n)
		if a.t.Kind(n) == layer.File {
			c.Bytes += a.t.Size(n)
			c.Files++
			if strings.HasSuffix(p, ".pyc") {
				c.Pyc += a.t.Size(n)
			}
		}
	}
	c.Missing = len(missing)
	return nodes, c
}

// content returns the text of the file at a path.
func (a *attributor) content(path string) (string, bool) {
	n, ok := a.t.Lookup(path)
	if !ok {
		return "", false
	}
	return a.text(n)
}

func (a *attributor) text(n layer.Node) (string, bool) {
	b, ok := a.t.Content(n)
	return unsafe.String(unsafe.SliceData(b), len(b)), ok // contents do not change
}

// child returns the text of the file called name in directory n.
func (a *attributor) child(n layer.Node, name string) (string, bool) {
	c, ok := a.t.Child(n, name)
	if !ok {
		return "", false
	}
	return a.text(c)
}

// bytecode gives compiled modules that no list names to the owner of their
// source: dir/__pycache__/name.cpython-311.pyc belongs to dir/name.py (PEP
// 3147).
func (a *attributor) bytecode() {
	for _, dir := range a.cache {
		for n := range a.t.Children(dir) {
			name := a.t.Name(n)
			module, _, ok := strings.Cut(name, ".")
			if !ok || !strings.HasSuffix(name, ".pyc") {
				continue
			}
			if src, ok := a.t.Child(a.t.Parent(dir), module+".py"); ok {
				if i, owned := a.l.Owner(src); owned {
					a.take(i, n)
				}
			}
		}
	}
}

// sum adds up what each package owns.
func (a *attributor) sum() {
	t, l := a.t, a.l
	layers := make([]map[int]int64, len(l.Packages))
	for n := layer.Root; int(n) < t.Len(); n++ {
		if t.Kind(n) != layer.File || t.Secondary(n) {
			continue
		}
		size := t.Size(n)
		i := l.owner[n] - 1
		if i < 0 {
			l.Unowned += size
			continue
		}
		p := &l.Packages[i]
		p.Unpacked += size
		p.Files++
		if strings.HasSuffix(t.Name(n), ".pyc") {
			p.Pyc += size
		}
		if layers[i] == nil {
			layers[i] = map[int]int64{}
		}
		layers[i][t.LayerOf(n)] += size
	}
	for i, m := range layers {
		p := &l.Packages[i]
		for k, b := range m {
			p.Layers = append(p.Layers, LayerBytes{k, b})
		}
		slices.SortFunc(p.Layers, func(a, b LayerBytes) int { return a.Index - b.Index })
	}
}

var kindOrder = map[Kind]int{Python: 0, Node: 1, Conda: 2, Deb: 3, Apk: 4, RPM: 5, Go: 6, Rust: 7}

// sort puts the packages in the order that Ledger promises.
func (a *attributor) sort() {
	l := a.l
	order := make([]int, len(l.Packages))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int {
		p, q := &l.Packages[i], &l.Packages[j]
		return cmp.Or(cmp.Compare(kindOrder[p.Kind], kindOrder[q.Kind]), cmp.Compare(p.Name, q.Name),
			cmp.Compare(p.Path, q.Path), cmp.Compare(i, j))
	})
	sorted, to := make([]Package, len(order)), make([]int32, len(order)+1)
	for i, old := range order {
		sorted[i], to[old+1] = l.Packages[old], int32(i+1)
	}
	l.Packages = sorted
	for n, o := range l.owner {
		l.owner[n] = to[o]
	}
	for _, list := range l.also {
		for k, o := range list {
			list[k] = to[o]
		}
	}
}
