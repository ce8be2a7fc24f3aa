package state

import (
	"strings"

	"weighline/analysis/layer"
)

// folderKey begins the keys of bytes that no package claims, by folder.
const folderKey = "folder:"

// KeyOfFile returns the key of what owns a file of the final file system: a
// package, or the folder of unclaimed bytes that the map shows. "" where there is
// neither, as of a folder of several packages.
func (s *Session) KeyOfFile(n layer.Node) string {
	l := s.Build.Ledger()
	if l == nil || l.Tree() == nil || l.Tree().Kind(n) == layer.Dir {
		return ""
	}
	if i, ok := l.Owner(n); ok {
		if i < len(s.rowOfPackage) && s.rowOfPackage[i] >= 0 {
			return s.Rows[s.rowOfPackage[i]].Key
		}
		return ""
	}
	path, best := l.Tree().FullPath(n), ""
	for _, f := range l.Folders {
		inside := f.Path == "/" || path == f.Path || strings.HasPrefix(path, f.Path+"/")
		if inside && len(f.Path) > len(best) {
			best = f.Path
		}
	}
	if best == "" {
		return ""
	}
	return folderKey + best
}

// Owns reports whether what is selected owns a file of the final file system.
func (s *Session) Owns(n layer.Node) bool {
	return s.Selected != "" && s.KeyOfFile(n) == s.Selected
}

// HasHome reports whether what has that key has files in the image, as far as that
// is known without looking at them.
func (s *Session) HasHome(key string) bool {
	if s.Build == nil || s.Build.Ledger() == nil {
		return false
	}
	if r := s.Row(key); r != nil {
		return len(r.packages) > 0
	}
	return strings.HasPrefix(key, folderKey)
}

// HomeOf returns the folder or file of the final file system that holds most of
// what has that key.
func (s *Session) HomeOf(key string) (layer.Node, bool) {
	l := s.Build.Ledger()
	if l == nil || l.Tree() == nil {
		return 0, false
	}
	if folder, ok := strings.CutPrefix(key, folderKey); ok {
		return l.Tree().Lookup(folder)
	}
	row, ok := s.byKey[key]
	if !ok {
		return 0, false
	}
	for i, at := range s.rowOfPackage {
		if at != row {
			continue
		}
		if n, ok := home(l.Tree(), l.Nodes(i)); ok {
			return n, true
		}
	}
	return 0, false
}

// home goes from the root down for as long as one folder holds most of the bytes
// of the files, to the first one that has little else in it, or that is mostly theirs
// and from where they spread.
func home(t *layer.Tree, files func(yield func(layer.Node) bool)) (layer.Node, bool) {
	weight, all := make([]int64, t.Len()), make([]int64, t.Len())
	for n := range files {
		weight[n] += t.Own(n) + 1 // that empty files count as well
	}
	for n := t.Len() - 1; n > 0; n-- { // what is in a folder comes after it
		if t.Kind(layer.Node(n)) != layer.Dir {
			all[n] += t.Own(layer.Node(n)) + 1
		}
		up := t.Parent(layer.Node(n))
		weight[up] += weight[n]
		all[up] += all[n]
	}
	total := weight[layer.Root]
	at := layer.Root
	for {
		next := layer.Root
		for c := range t.Children(at) {
			if weight[c]*2 > total {
				next = c
			}
		}
		theirs := weight[at]*2 >= all[at]
		if next == layer.Root || theirs && weight[next]*5 < total*4 {
			return at, at != layer.Root
		}
		if at = next; t.Kind(at) != layer.Dir || weight[at]*10 >= all[at]*9 {
			return at, true
		}
	}
}
