package layer

import "strings"

// resolve returns the node of directory d of the index being applied, and how
// many symlinks lead there; none when there is no such place. With create it
// makes what is missing and replaces what is no directory.
func (s *stacker) resolve(x *Index, d uint32, create bool) (node uint32, hops int) {
	if d == 0 {
		return 0, 0
	}
	r := &s.dirs[d]
	if r.epoch == s.epoch {
		return r.node, int(r.hops)
	}
	parent, hops := s.resolve(x, x.dirParent[d], create)
	if parent == none {
		return none, hops
	}
	s.climbed++
	p := dirWalk{s: s, at: parent, hops: hops, create: create}
	if !p.step(x.dirName(d)) {
		return none, p.hops
	}
	*r = resolved{p.at, s.epoch, uint16(p.hops)}
	return p.at, p.hops
}

// A dirWalk is a walk to a directory in a tree that is being stacked.
type dirWalk struct {
	s      *stacker
	at     uint32
	hops   int
	create bool
}

// step goes one name down and follows symlinks inside the root.
func (p *dirWalk) step(name string) bool {
	s := p.s
	switch name {
	case "", ".":
		return true
	case "..":
		p.at = s.parent[p.at]
		return true
	}
	n := s.find(p.at, name)
	if n != none && s.kind(n) == Symlink {
		return p.follow(s.t.entLink(s.ino[n]))
	}
	if n != none && s.kind(n) == Dir {
		p.at = n
		return true
	}
	if !p.create || s.tooDeep(p.at) {
		return false
	}
	p.at = s.replace(p.at, n, s.makeDir(name, s.layer))
	return true
}

func (p *dirWalk) follow(target string) bool {
	if p.hops++; p.hops > maxHops {
		return false
	}
	if strings.HasPrefix(target, "/") {
		p.at = 0
	}
	for target != "" {
		name, rest, _ := strings.Cut(target, "/")
		if p.s.hops++; p.s.hops > maxWork || !p.step(name) {
			return false
		}
		target = rest
	}
	return true
}

// tooDeep reports whether n is so far down that nothing is put below it.
func (s *stacker) tooDeep(n uint32) bool {
	depth := 0
	for ; n != 0 && depth < maxDepth; n = s.parent[n] {
		depth++
	}
	s.climbed += depth
	return depth == maxDepth
}
