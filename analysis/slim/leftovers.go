package slim

import (
	"slices"
	"strings"

	"weighline/analysis/attribution"
	"weighline/analysis/layer"
)

// leftovers lets go what has no use without what went: folders of a site that
// are empty now, as pip does, and symbolic links that led only there.
func (s *chooser) leftovers() {
	for _, p := range s.l.Packages {
		if p.Kind != attribution.Python {
			continue
		}
		if site, ok := s.site(p); ok && !slices.Contains(s.sites, site) {
			s.sites = append(s.sites, site)
		}
	}
	for again := true; again; {
		again = s.emptied()
		again = s.dangling() || again
	}
}

// emptied lets folders below sites go that held something and hold nothing any
// more, and reports whether there were any. The site itself stays.
func (s *chooser) emptied() bool {
	found := false
	for _, site := range s.sites {
		left := map[layer.Node]int{}
		for n := s.t.End(site) - 1; n > site; n-- {
			if !s.c.gone[n] && s.t.Kind(n) == layer.Dir && left[n] == 0 && s.t.End(n) > n+1 {
				s.c.Remove(n)
				found = true
			}
			if !s.c.gone[n] {
				left[s.t.Parent(n)]++
			}
		}
	}
	return found
}

// dangling lets symbolic links go that lead to what goes.
func (s *chooser) dangling() bool {
	found := false
	for n := layer.Root; int(n) < s.t.Len(); n++ {
		if s.c.gone[n] || s.t.Kind(n) != layer.Symlink {
			continue
		}
		if to, ok := s.t.Follow(s.t.FullPath(n)); ok && s.c.gone[to] {
			s.c.Remove(n)
			s.c.Links = append(s.c.Links, s.t.FullPath(n))
			found = true
		}
	}
	return found
}

// paths takes the folders of distributions that went out of easy-install.pth,
// where setuptools notes eggs and development installs.
func (s *chooser) paths() {
	went := map[string]bool{}
	for i, p := range s.l.Packages {
		if s.drop[i] {
			went[p.Editable] = true
			went[strings.TrimSuffix(p.Path, "/EGG-INFO")] = true
		}
	}
	delete(went, "")
	for _, site := range s.sites {
		n, ok := s.t.Child(site, "easy-install.pth")
		if !ok || s.c.gone[n] || len(went) == 0 {
			continue
		}
		text, ok := s.t.Content(n)
		if !ok {
			continue
		}
		var out strings.Builder
		for line := range strings.Lines(string(text)) {
			path := strings.TrimSpace(line)
			if rest, ok := strings.CutPrefix(path, "./"); ok {
				path = s.t.FullPath(site) + "/" + rest
			}
			if !went[path] {
				out.WriteString(line)
			}
		}
		s.change(n, []byte(out.String()), len(text))
	}
}

// change gives file n a new content, unless it has as many bytes as before:
// lines are only ever taken away.
func (s *chooser) change(n layer.Node, b []byte, before int) {
	if len(b) != before && s.t.Links(n) == 1 {
		s.c.New[n] = b
	}
}
