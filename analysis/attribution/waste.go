package attribution

import (
	"cmp"
	"hash/maphash"
	"path"
	"slices"
	"strings"

	"weighline/analysis/pep"
)

// A PackageWaste is what wasted files belonged to.
type PackageWaste struct {
	Kind      Kind   // "" where no package had the files
	Name      string // as in [Package]
	Version   string // that the layer brought; "" if nothing says it
	Installed bool   // a package of this name and version is in the final file system
	Bytes     int64
	Files     int
}

// Waste returns whose the wasted files of the image are, most first; what no
// package had is one of them, with no Kind. Together they are the image's
// waste.
//
// A wasted file belongs to the distribution or Debian package that lists it in
// the layer that brought it or the next one above, whether that is still
// installed or not: lists are kept of every layer. Else it belongs to the
// package that has a file at its path now, or to the node_modules folder it was
// in.
func (l *Ledger) Waste() []PackageWaste {
	if l.tree == nil {
		return nil
	}
	n := l.tree.WasteTotal().Files
	if n == 0 {
		return nil
	}
	w := wasteOwners{l: l, seed: maphash.MakeSeed(), at: make(map[uint64][]int32, n), owner: make([]wasteKey, n), far: make([]int32, n), brought: make([]int32, n)}
	for i := range n {
		path, ok := w.path(i)
		if !ok {
			break
		}
		h := maphash.String(w.seed, path)
		w.at[h] = append(w.at[h], int32(i))
		w.brought[i] = int32(l.tree.Wasted(i, false).Layer)
	}
	w.lists()
	return w.sum()
}

type wasteKey struct {
	kind          Kind
	name, version string
}

type wasteOwners struct {
	l       *Ledger
	seed    maphash.Seed
	at      map[uint64][]int32 // hash of a path → numbers of wasted files
	brought []int32            // the layer of each
	owner   []wasteKey
	far     []int32 // how far the list that says so is from the layer, plus 1; 0: none does
	steps   int
	read    int // bytes of paths
}

// maxWastePaths is how many bytes of paths are looked at: images that waste
// more than that are made to, and the rest has no owner.
const maxWastePaths = 256 << 20

// path returns where wasted file i was. ok is false when there are too many
// bytes of paths.
func (w *wasteOwners) path(i int) (path string, ok bool) {
	if w.read > maxWastePaths {
		return "", false
	}
	path = w.l.tree.Wasted(i, true).Path
	w.read += len(path)
	return path, true
}

// lists reads the lists of all layers.
func (w *wasteOwners) lists() {
	t := w.l.tree
	for n := range t.Layers {
		x := t.Layer(n)
		if x == nil {
			continue
		}
		for i, content := range x.Contents() {
			switch name := x.Name(i); {
			case name == "RECORD":
				w.record(n, x.Path(i), string(content))
			case strings.HasSuffix(name, ".list"):
				w.debList(n, x.Path(i), string(content))
			case name == "installed":
				w.apk(n, string(content))
			case name == "rpmdb.sqlite" || name == "Packages.db" || name == "Packages":
				w.rpms(n, content)
			}
		}
	}
}

func (w *wasteOwners) record(n int, file, text string) {
	info := path.Dir(file)
	base, ok := strings.CutSuffix(path.Base(info), ".dist-info")
	name, version, ok2 := strings.Cut(base, "-") // binary distribution format: NAME-VERSION.dist-info
	if !ok || !ok2 {
		return
	}
	key := wasteKey{Python, string(pep.Normalize(name)), version}
	site := path.Dir(info)
	for _, p := range recordPaths(text) {
		w.claim(n, under(site, p), key)
	}
}

func (w *wasteOwners) debList(n int, file, text string) {
	name, ok := strings.CutPrefix(file, dpkgDir+"/info/")
	if !ok {
		return
	}
	name, _, _ = strings.Cut(strings.TrimSuffix(name, ".list"), ":")
	for _, p := range listPaths(text) {
		w.claim(n, p, wasteKey{Deb, name, ""})
		for _, dir := range [...]string{"/lib", "/bin", "/sbin"} { // where they are links into /usr
			if strings.HasPrefix(p, dir) {
				w.claim(n, "/usr"+p, wasteKey{Deb, name, ""})
			}
		}
	}
}

// apk reads what Alpine's packages list in a layer.
func (w *wasteOwners) apk(n int, text string) {
	for block := range strings.SplitSeq(text, "\n\n") {
		p, paths := apkPackage(block)
		for _, file := range paths {
			w.claim(n, file, wasteKey{Apk, p.Name, p.Version})
		}
	}
}

// rpms reads what the RPMs list whose database a layer brought. What is damaged
// in it was told when the packages were read.
func (w *wasteOwners) rpms(n int, db []byte) {
	headers, _ := rpmHeaders(db)
	for _, b := range headers {
		h, err := parseRPMHeader(b)
		if err != nil {
			continue
		}
		p := h.named()
		for _, file := range h.files() {
			w.claim(n, file, wasteKey{RPM, p.Name, p.Version})
		}
	}
}

// claim gives the wasted files at a path to a package whose list is in layer
// n, unless a more specific package or a nearer list has them.
func (w *wasteOwners) claim(n int, file string, key wasteKey) {
	if w.steps > maxSteps {
		return
	}
	found := w.at[maphash.String(w.seed, file)]
	w.steps += 1 + len(found)
	for _, i := range found {
		far := int32(n) - w.brought[i]
		if far < 0 {
			far = int32(len(w.l.tree.Layers)) - far // a list below it is the last resort
		}
		have := w.owner[i]
		if w.far[i] == 0 || kindOrder[key.kind] < kindOrder[have.kind] || key.kind == have.kind && far+1 < w.far[i] {
			w.owner[i], w.far[i] = key, far+1
		}
	}
}

// sum finds owners for what no list names, and adds up.
func (w *wasteOwners) sum() []PackageWaste {
	installed := map[wasteKey]bool{}
	versions := map[string]string{} // of Debian packages
	for _, p := range w.l.Packages {
		installed[wasteKey{p.Kind, p.Name, p.Version}] = true
		if p.Kind == Deb {
			versions[p.Name] = p.Version
		}
	}
	sums := map[wasteKey]*PackageWaste{}
	for i := range w.owner {
		key, x := w.whose(i), w.l.tree.Wasted(i, false)
		if key.kind == Deb && key.version == "" {
			key.version = versions[key.name]
		}
		s := sums[key]
		if s == nil {
			s = &PackageWaste{Kind: key.kind, Name: key.name, Version: key.version, Installed: installed[key]}
			sums[key] = s
		}
		s.Bytes += x.Bytes
		s.Files++
	}
	var all []PackageWaste
	for _, s := range sums {
		all = append(all, *s)
	}
	slices.SortFunc(all, func(a, b PackageWaste) int {
		return cmp.Or(cmp.Compare(b.Bytes, a.Bytes), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Version, b.Version))
	})
	return all
}

// whose returns the owner of a wasted file. Bytecode that no list names goes
// with its source (PEP 3147), wherever that is now.
func (w *wasteOwners) whose(i int) wasteKey {
	if w.far[i] != 0 {
		return w.owner[i]
	}
	file, ok := w.path(i)
	if !ok {
		return wasteKey{}
	}
	if key := w.now(file); key.kind != "" {
		return key
	}
	dir, base := path.Split(file)
	dir, cached := strings.CutSuffix(dir, "__pycache__/")
	if module, _, dot := strings.Cut(base, "."); cached && dot && strings.HasSuffix(base, ".pyc") {
		source := dir + module + ".py"
		for _, j := range w.at[maphash.String(w.seed, source)] {
			if w.far[j] != 0 {
				return w.owner[j]
			}
		}
		return w.now(source)
	}
	return wasteKey{}
}

// now returns the package that has a path in the final file system, or the
// node package whose folder the path is in.
func (w *wasteOwners) now(file string) wasteKey {
	if w.steps < maxSteps {
		n, steps, found := w.l.tree.LookupSteps(file)
		w.steps += steps
		if i, ok := w.l.Owner(n); ok && found {
			p := w.l.Packages[i]
			return wasteKey{p.Kind, p.Name, p.Version}
		}
	}
	const modules = "/node_modules/"
	i := strings.LastIndex(file, modules)
	if i < 0 {
		return wasteKey{}
	}
	name, rest, _ := strings.Cut(file[i+len(modules):], "/")
	if strings.HasPrefix(name, "@") {
		sub, _, _ := strings.Cut(rest, "/")
		name += "/" + sub
	}
	if rest == "" || strings.HasPrefix(name, ".") {
		return wasteKey{}
	}
	return wasteKey{kind: Node, name: name}
}
