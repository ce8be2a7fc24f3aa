package attribution

import (
	"strings"

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
	for n := range l.owner {
		i := int(l.owner[n]) - 1
		node := layer.Node(n)
		if i < 0 || l.Packages[i].Kind != Python || l.tree.Secondary(node) {
			continue
		}
		c := fileclass.Of(inSite(l.tree.FullPath(node)))
		if c == fileclass.None {
			continue
		}
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

// inSite returns the path of a file from the folder that holds modules, or the
// whole path if it is in none.
func inSite(path string) string {
	for _, site := range []string{"/site-packages/", "/dist-packages/"} {
		if i := strings.LastIndex(path, site); i >= 0 {
			return path[i+len(site):]
		}
	}
	return path
}
