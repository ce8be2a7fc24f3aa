package state

import (
	"slices"
	"strings"

	"weighline/analysis/layer"
)

// A FileFilter is the part of a file tree that a filter lets through: what has
// all of its words in the name, with the folders on the way there and what lies
// below a folder that matches.
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

// filterFiles looks for words in the names of t, in one pass over its nodes,
// which come with each folder before what is in it.
func filterFiles(t *layer.Tree, text string) *FileFilter {
	words := strings.Fields(strings.ToLower(text))
	f := &FileFilter{keep: make([]uint64, t.Len()/64+1)}
	f.show(layer.Root)
	opened := map[layer.Node]bool{}
	var shown layer.Node // all before it is, as it lies in a folder that matches
	for n := layer.Root + 1; int(n) < t.Len(); n++ {
		if !matchesAll(strings.ToLower(t.Name(n)), words) {
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
