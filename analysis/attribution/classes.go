package attribution

import (
	"iter"
	"path"

	"weighline/analysis/fileclass"
	"weighline/analysis/layer"
)

// A ClassBytes is what one layer brought of the files of a class that a package
// owns.
type ClassBytes struct {
	Package int // in Ledger.Packages
	Class   fileclass.Class
	Layer   int
	Bytes   int64
	Files   int
}

// Classes returns, for the Python distributions, the bytes of the files that
// could be stripped, by package, class and layer. ok is false if the files of
// the ledger are not at hand. It looks at each file; the result may be kept, as
// a ledger does not change.
func (l *Ledger) Classes() (list []ClassBytes, ok bool) {
	if l.tree == nil {
		return nil, false
	}
	type key struct {
		pkg, layer int
		class      fileclass.Class
	}
	at := map[key]int{}
	for node, c := range l.Classified() {
		i := int(l.owner[node]) - 1
		k := key{i, l.tree.LayerOf(node), c}
		x, seen := at[k]
		if !seen {
			x = len(list)
			at[k] = x
			list = append(list, ClassBytes{Package: i, Class: c, Layer: k.layer})
		}
		list[x].Bytes += l.tree.Size(node)
		list[x].Files++
	}
	return list, true
}

// Classified yields the files that Python distributions own and that have a
// class, by path, each inode once: what a plan that strips the class takes away.
// Paths count from the site-packages folder, so that where an environment lies
// says nothing of its files.
func (l *Ledger) Classified() iter.Seq2[layer.Node, fileclass.Class] {
	return func(yield func(layer.Node, fileclass.Class) bool) {
		t := l.tree
		if t == nil || len(l.owner) == 0 {
			return
		}
		sites := l.sites()
		dirs := make([]fileclass.Dir, t.Len())
		for n := layer.Root + 1; int(n) < t.Len(); n++ {
			switch t.Kind(n) {
			case layer.Dir:
				if name := t.Name(n); !sites[n] && name != "site-packages" && name != "dist-packages" {
					dirs[n] = dirs[t.Parent(n)].In(name)
				}
			case layer.File:
				o := l.owner[n]
				if o == 0 || l.Packages[o-1].Kind != Python || t.Secondary(n) {
					continue
				}
				if c := dirs[t.Parent(n)].File(t.Name(n)); c != fileclass.None && !yield(n, c) {
					return
				}
			}
		}
	}
}

// sites returns the folders in which the metadata of Python distributions lies.
func (l *Ledger) sites() map[layer.Node]bool {
	sites, seen := map[layer.Node]bool{}, map[string]bool{}
	for i := range l.Packages {
		p := &l.Packages[i]
		dir := path.Dir(p.Path)
		if p.Kind != Python || seen[dir] {
			continue
		}
		seen[dir] = true
		if n, ok := l.tree.Lookup(dir); ok && n != layer.Root {
			sites[n] = true
		}
	}
	return sites
}
