package state

import (
	"slices"
	"strings"

	"weighline/analysis/layer"
)

// A FileFilter is the part of a file tree that a filter lets through: what has
// all of its words in the path, one of them in the name, with the folders on the way
// there and what lies below a folder that matches.
type FileFilter struct {
	Matches int   // names that match
	Open    []int // folders to open, so that the first matches are seen

	keep []uint64 // a bit for each node
}

// maxOpened is how many matches are seen at once, their folders being open.
const maxOpened = 500

// Shows reports whether the filter lets n through.
func (f *FileFilter) Shows(n layer.Node) bool {
	return f == nil || f.keep[n/64]&(1<<(n%64)) != 0
}

// show lets n through.
func (f *FileFilter) show(n layer.Node) { f.keep[n/64] |= 1 << (n % 64) }

// filterFiles looks for words in the paths of t, in one pass over its nodes,
// which come with each folder before what is in it.
func filterFiles(t *layer.Tree, text string) *FileFilter {
	words := pathWordsOf(text)
	has := make([]uint16, t.Len())
	f := &FileFilter{keep: make([]uint64, t.Len()/64+1)}
	f.show(layer.Root)
	opened := map[layer.Node]bool{}
	var shown layer.Node // all before it is, as it lies in a folder that matches
	for n := layer.Root + 1; int(n) < t.Len(); n++ {
		dir := t.Parent(n)
		own := words.in(t.Name(n), func() string { return t.FullPath(dir) })
		if has[n] = has[dir] | own; own == 0 || has[n] != words.all {
			continue
		}
		f.Matches++
		for shown = max(shown, n); shown < t.End(n); shown++ {
			f.show(shown)
		}
		for up := t.Parent(n); up != layer.Root; up = t.Parent(up) {
			f.show(up)
			if f.Matches <= maxOpened && !opened[up] {
				opened[up] = true
				f.Open = append(f.Open, int(up))
			}
		}
	}
	return f
}

// pathWords are the words of a filter that are looked for in paths.
type pathWords struct {
	words []pathWord
	all   uint16 // a bit for each of them
}

// A pathWord is to be found in a name; with a slash in it, at the end of the folder's
// path and the beginning of the name.
type pathWord struct{ folder, name string }

// mostWords is how many words of a filter are looked for.
const mostWords = 16

func pathWordsOf(text string) (w pathWords) {
	for _, f := range strings.Fields(strings.ToLower(text)) {
		if f = strings.TrimRight(f, "/"); f == "" || len(w.words) == mostWords {
			continue
		}
		at := strings.LastIndexByte(f, '/') + 1
		w.all |= 1 << len(w.words)
		w.words = append(w.words, pathWord{f[:at], f[at:]})
	}
	return w
}

// in returns which words the name of a file has. Its folder's path is asked for only
// if need be.
func (w pathWords) in(name string, folder func() string) (found uint16) {
	name = strings.ToLower(name)
	for i, x := range w.words {
		if x.folder == "" {
			if strings.Contains(name, x.name) {
				found |= 1 << i
			}
		} else if strings.HasPrefix(name, x.name) {
			if path := strings.TrimRight(strings.ToLower(folder()), "/") + "/"; strings.HasSuffix(path, x.folder) {
				found |= 1 << i
			}
		}
	}
	return found
}

func matchesAll(text string, words []string) bool {
	for _, w := range words {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

// Lets reports whether the filter lets a text of a table through.
func (s *Session) Lets(text string) bool {
	return matchesAll(strings.ToLower(text), strings.Fields(strings.ToLower(s.Filter)))
}

// LetsLayer reports whether the filter lets a layer of the open image through: by
// its instruction, its diff ID, or the packages that have bytes in it.
func (s *Session) LetsLayer(i int) bool {
	if s.Filter == "" {
		return true
	}
	l := s.Build.Image.Layers[i]
	text := []string{l.CreatedBy, l.Instruction, l.DiffID}
	for n := range s.Rows {
		if r := &s.Rows[n]; slices.Contains(r.Layers, i) {
			text = append(text, string(r.Name))
		}
	}
	return s.Lets(strings.Join(text, " "))
}

// findFiles looks elsewhere for what the filter lets through of the files.
func (s *Session) findFiles() {
	var tree *layer.Tree
	if s.Build != nil && s.Build.Image != nil {
		tree = s.Build.Image.Tree
	}
	search := s.search.Add(1)
	if strings.TrimSpace(s.Filter) == "" || tree == nil {
		s.Found = nil
		return
	}
	text, of := s.Filter, s.LayerFiles
	s.queue(func() {
		if s.search.Load() != search {
			return // the next letter is typed already
		}
		var found *FileFilter
		if of != nil {
			found = of.filter(text)
		} else {
			found = filterFiles(tree, text)
		}
		s.post(func() {
			if s.search.Load() == search && s.LayerFiles == of {
				s.Found = found
				s.changed()
			}
		})
	})
}
