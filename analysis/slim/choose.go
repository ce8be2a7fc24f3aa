package slim

import (
	"fmt"
	"slices"
	"strings"

	"weighline/analysis/attribution"
	"weighline/analysis/fileclass"
	"weighline/analysis/layer"
)

// A Wish says what is to go, in the words of a plan.
type Wish struct {
	Drop   []int             // Python distributions by their numbers in the ledger, with all that goes with them
	Strip  []fileclass.Class // of the distributions that stay
	Squash bool              // what later layers hide
}

// Choose finds the files that w asks to go, by the ledger of the image.
//
// A distribution goes with everything it owns: the files of its RECORD and their
// other names, its scripts and .pth files, the bytecode of its modules, and its
// metadata. A file that a package which stays lists as well stays. What dpkg,
// apk, rpm or conda installed stays: their databases would name files that are
// not there.
func Choose(l *attribution.Ledger, w Wish) *Cut {
	c := NewCut(l.Tree())
	c.Squash = w.Squash
	s := &chooser{c: c, l: l, t: l.Tree(), drop: make([]bool, len(l.Packages))}
	for i, p := range l.Packages {
		if p.Kind == attribution.Python && slices.Contains(w.Drop, i) {
			s.dropPackage(i)
		}
	}
	s.secondNames()
	for i, d := range s.drop {
		if d {
			s.remove(i)
		}
	}
	if len(w.Strip) > 0 {
		s.strip(w.Strip)
	}
	s.leftovers()
	s.paths()
	s.records()
	slices.Sort(c.Dropped)
	slices.Sort(c.Shared)
	return c
}

type chooser struct {
	c     *Cut
	l     *attribution.Ledger
	t     *layer.Tree
	drop  []bool                  // by package
	names map[uint32][]layer.Node // names of the inodes that have several
	sites []layer.Node            // where distributions lie
}

func label(p attribution.Package) string { return strings.TrimSpace(p.Name + " " + p.Version) }

// dropPackage marks package i, unless a system's package brought it.
func (s *chooser) dropPackage(i int) {
	p := s.l.Packages[i]
	if by, ok := s.l.BroughtBy(i); ok {
		s.c.Kept = append(s.c.Kept, Refusal{label(p), fmt.Sprintf(
			"%s belongs to the %s package %s, whose database would then name files that are not there", layer.Printable(p.Path), by.Kind, layer.Printable(by.Name))})
		return
	}
	s.drop[i] = true
	s.c.Dropped = append(s.c.Dropped, label(p))
}

func (s *chooser) secondNames() {
	s.names = map[uint32][]layer.Node{}
	for n := layer.Root; int(n) < s.t.Len(); n++ {
		if s.t.Kind(n) == layer.File && s.t.Links(n) > 1 {
			s.names[s.t.Inode(n)] = append(s.names[s.t.Inode(n)], n)
		}
	}
}

// remove lets what package i owns go, and its metadata.
func (s *chooser) remove(i int) {
	for n := range s.l.Nodes(i) {
		if s.shared(n) {
			s.c.Shared = append(s.c.Shared, s.t.FullPath(n))
			continue
		}
		s.removeFile(n)
	}
	info, ok := s.t.Lookup(s.l.Packages[i].Path)
	if !ok {
		return
	}
	for n := info; n < s.t.End(info); n++ {
		if o, owned := s.l.Owner(n); s.t.Kind(n) != layer.Dir && (!owned || s.drop[o]) {
			s.c.Remove(n)
		}
	}
}

// shared reports whether a package that stays lists file n.
func (s *chooser) shared(n layer.Node) bool {
	for _, i := range s.l.AlsoListed(n) {
		if !s.drop[i] {
			return true
		}
	}
	return false
}

// removeFile lets all names of file n go.
func (s *chooser) removeFile(n layer.Node) {
	if names := s.names[s.t.Inode(n)]; s.t.Links(n) > 1 {
		for _, m := range names {
			s.c.Remove(m)
		}
		return
	}
	s.c.Remove(n)
}

// site returns the folder that holds the modules of distribution p.
func (s *chooser) site(p attribution.Package) (layer.Node, bool) {
	info, ok := s.t.Lookup(p.Path)
	return s.t.Parent(info), ok && info != layer.Root
}

// strip lets files of classes go from the distributions that stay.
func (s *chooser) strip(classes []fileclass.Class) {
	for i, p := range s.l.Packages {
		if p.Kind != attribution.Python || s.drop[i] {
			continue
		}
		site, ok := s.site(p)
		if !ok {
			continue
		}
		by, system := s.l.BroughtBy(i)
		var held int64
		for n := range s.l.Nodes(i) {
			if n <= site || n >= s.t.End(site) || !slices.Contains(classes, fileclass.Of(s.t.FullPath(n)[len(s.t.FullPath(site))+1:])) {
				continue
			}
			if system {
				held += s.t.Own(n)
				continue
			}
			s.c.Stripped++
			s.removeFile(n)
		}
		if held > 0 {
			s.c.Kept = append(s.c.Kept, Refusal{label(p), fmt.Sprintf(
				"nothing is stripped from %s: it belongs to the %s package %s", layer.Printable(p.Path), by.Kind, layer.Printable(by.Name))})
		}
	}
}
