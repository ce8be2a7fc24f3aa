package attribution

import (
	"iter"

	"weighline/analysis/layer"
)

// A Kind is a sort of packages, as JSON has it.
type Kind string

// The kinds, the more specific owner first.
const (
	Python Kind = "python" // distribution with metadata in a site directory
	Node   Kind = "node"   // folder in node_modules
	Conda  Kind = "conda"  // package of a conda environment
	Deb    Kind = "deb"
	Apk    Kind = "apk"
	RPM    Kind = "rpm"
	Go     Kind = "go"   // binary that no other package lists
	Rust   Kind = "rust" // the same, with the list of cargo-auditable
)

// Manager is the program whose database lists what packages of the kind
// installed, "" for kinds that have none.
func (k Kind) Manager() string {
	switch k {
	case Deb:
		return "dpkg"
	case Apk, RPM, Conda:
		return string(k)
	}
	return ""
}

// A Package is something installed, with the bytes that it alone owns.
type Package struct {
	Kind    Kind
	Name    string // Python: in the normal form of PEP 503
	Version string
	Arch    string // of OS packages
	Path    string // of the metadata that says so: "….dist-info", the package's folder, the dpkg list, the binary

	Unpacked int64 // bytes it owns, bytecode included
	Files    int   // inodes
	Pyc      int64 // bytes of Unpacked that are bytecode of its modules (*.pyc)
	Layers   []LayerBytes

	Requires  []string // Python: Requires-Dist; deb: Depends; Go: modules linked in; as written
	Installer string   // Python: "pip", "uv", …
	Requested bool     // Python: asked for by name, not as a dependency (PEP 376)
	Editable  string   // Python: folder of an editable installation (PEP 610)

	Claim Claim
}

// A Claim is what a package's own list sums up to in the final file system,
// whoever owns the files. Lists name symlinks and folders, too: these count
// nothing.
type Claim struct {
	Listed  bool  // there was a list
	Bytes   int64 // of regular files, each path once
	Files   int
	Pyc     int64 // bytes of Bytes in *.pyc files
	Missing int   // listed paths that are not there
}

// LayerBytes are the bytes of a package that one layer brought.
type LayerBytes struct {
	Index int
	Bytes int64
}

// A Folder groups unowned files: those in and below Path that no deeper
// Folder has.
type Folder struct {
	Path  string
	Bytes int64
	Files int
	What  string // "model weights", "cache", "app", or "" for none of these: what most of the bytes are, by their names
}

// A Ledger says who owns which bytes of an image. It is not changed once it
// has been made.
type Ledger struct {
	Packages []Package // by kind as the constants go, then name, then path
	Unpacked int64     // bytes of all regular files: the packages' and Unowned
	Files    int
	Unowned  int64
	Folders  []Folder // the unowned bytes, most first; they add up to Unowned
	Problems []string // what could not be read, one sentence each

	tree  *layer.Tree
	owner []int32 // by node, number of the package + 1; the first name of a file has it
	first map[uint32]layer.Node
	also  map[layer.Node][]int32 // by the first name of a file: further packages that list it
}

// Owner returns which of l.Packages owns node n, or false. A directory has no
// owner. It is false for all nodes of a ledger that was not made by Attribute.
func (l *Ledger) Owner(n layer.Node) (int, bool) {
	if int(n) >= len(l.owner) {
		return 0, false
	}
	i := l.owner[l.firstName(n)] - 1
	return int(i), i >= 0
}

func (l *Ledger) firstName(n layer.Node) layer.Node {
	if l.tree.Secondary(n) {
		return l.first[l.tree.Inode(n)]
	}
	return n
}

// AlsoListed returns the packages, by their numbers, that list the file n or would
// have it, and do not own it.
func (l *Ledger) AlsoListed(n layer.Node) []int {
	if int(n) >= len(l.owner) {
		return nil
	}
	var out []int
	for _, i := range l.also[l.firstName(n)] {
		out = append(out, int(i)-1)
	}
	return out
}

// BroughtBy returns the package of the system, or of conda, that installed the
// distribution numbered i: the database of dpkg, apk, rpm or conda lists its
// metadata. It is false for what pip installed, and where the files are not known.
func (l *Ledger) BroughtBy(i int) (Package, bool) {
	if l.tree == nil || l.Packages[i].Kind != Python {
		return Package{}, false
	}
	info, ok := l.tree.Lookup(l.Packages[i].Path)
	if !ok {
		return Package{}, false
	}
	for n := info; n < l.tree.End(info); n++ {
		for _, by := range l.also[l.firstName(n)] {
			switch p := l.Packages[by-1]; p.Kind {
			case Deb, Apk, RPM, Conda:
				return p, true
			}
		}
	}
	return Package{}, false
}

// Tree returns the tree that the ledger is about.
func (l *Ledger) Tree() *layer.Tree { return l.tree }

// Nodes yields the files that package i owns, by path, each inode once.
func (l *Ledger) Nodes(i int) iter.Seq[layer.Node] {
	return func(yield func(layer.Node) bool) {
		for n, o := range l.owner {
			if int(o) == i+1 && !yield(layer.Node(n)) {
				return
			}
		}
	}
}
