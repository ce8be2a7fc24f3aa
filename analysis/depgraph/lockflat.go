package depgraph

import (
	"errors"
	"fmt"
	"slices"

	"weighline/analysis/pep"
	"weighline/analysis/pyindex"
	"weighline/analysis/reqfile"
)

// takeAll follows a lock without edges: all that is for the target is
// installed. Who requires whom comes from the Source, for the very version that
// is locked, where it knows that; what nothing is then known to require counts
// as asked for by itself.
func (f *follower) takeAll() {
	f.activated, f.next = f.chosen(), f.chosen()
	f.within = map[extrasOf][]string{}
	f.seen, f.nodeOf, f.edgeSeen, f.asked = map[visit]bool{}, map[int]int{}, map[Edge]bool{}, map[pep.Name]bool{}
	byName := map[pep.Name]int{}
	for _, i := range f.installed() {
		p := &f.lock.Packages[i]
		var extras []string
		if f.lock.Format == reqfile.PipfileLock {
			extras = p.Extras
		}
		byName[p.Name] = f.visit(i, extras)
	}
	f.flatRoots(byName)
	known := f.flatEdges(byName)
	f.flatRest(known)
}

// installed lists the packages that are for the target, one of each name.
func (f *follower) installed() (list []int) {
	at := map[pep.Name]int{}
	for i := range f.lock.Packages {
		p := &f.lock.Packages[i]
		if !f.inGroups(p) || !f.wanted(p) {
			continue
		}
		if j, ok := at[p.Name]; ok {
			f.warn("locked-twice", fmt.Sprintf("%s is locked in two versions for %s, %s and %s; the first is taken", p.Name, f.target, f.lock.Packages[j].Version, p.Version), "", 0)
			continue
		}
		at[p.Name] = i
		list = append(list, i)
	}
	return list
}

// inGroups reports whether a package belongs to a category of Pipfile.lock that
// is installed: the default one, and those that were asked for. The Pipfile
// calls "develop" "dev".
func (f *follower) inGroups(p *reqfile.LockPackage) bool {
	if f.lock.Format != reqfile.PipfileLock || len(p.Groups) == 0 {
		return true
	}
	return slices.ContainsFunc(p.Groups, func(g string) bool {
		return slices.Contains(f.lock.DefaultGroups, g) || sameName(f.o.Groups, g) || g == "develop" && sameName(f.o.Groups, "dev")
	})
}

// flatRoots takes the lines of the project file for roots: all that the lock
// has a package for, since it was made for them.
func (f *follower) flatRoots(byName map[pep.Name]int) {
	if f.lock.Manifest == nil {
		return
	}
	for _, r := range f.lock.Roots {
		extras := f.wantedExtras(r)
		for i := range r.Requirements {
			q := &r.Requirements[i]
			n, ok := byName[q.Name]
			if !ok || f.lock.Format == reqfile.PipfileLock && !f.wants(q) {
				continue
			}
			if q.Extra != "" && !sameName(extras, q.Extra) {
				f.roots = append(f.roots, Root{Requirement: q.Requirement, File: q.File, Line: q.Line})
				f.roots[len(f.roots)-1].Requirement.Marker = nil
			} else if f.line(q, extras); !f.asked[q.Name] {
				continue
			}
			f.asked[q.Name] = true
			f.visit(f.packages[n], q.Extras)
		}
	}
}

// flatEdges asks the Source what each package requires, and reports of which it
// was told.
func (f *follower) flatEdges(byName map[pep.Name]int) (known []bool) {
	known = make([]bool, len(f.nodes))
	if f.o.Source == nil {
		return known
	}
	for len(f.queue) > 0 && f.ctx.Err() == nil {
		v := f.queue[0]
		f.queue = f.queue[1:]
		p := &f.lock.Packages[v.pkg]
		m, ok := f.metadata(p)
		if !ok {
			continue
		}
		from := f.nodeOf[v.pkg]
		known[from] = true
		for _, r := range m.Requires {
			holds := r.Marker.Eval(f.env)
			if v.extra != "" {
				holds = r.Marker.Eval(f.env, v.extra)
			}
			to, ok := byName[r.Name]
			if !holds || !ok || to == from && len(r.Extras) == 0 {
				continue
			}
			f.visit(f.packages[to], r.Extras)
			f.extra = v.extra
			f.connect(from, to, r)
		}
	}
	return known
}

// metadata returns what the Source knows of a locked version.
func (f *follower) metadata(p *reqfile.LockPackage) (m pyindex.Metadata, ok bool) {
	release := f.release(p)
	if release == nil {
		return m, false
	}
	var file *pyindex.File
	if i := bestOf(f.target, release.Files); i >= 0 {
		file = &release.Files[i]
	}
	if file == nil && !release.HasMetadata {
		return m, false
	}
	m, err := f.o.Source.Metadata(f.ctx, release, file)
	return m, err == nil
}

// flatRest makes roots of what nothing is known to require, and says where the
// edges come from.
func (f *follower) flatRest(known []bool) {
	g := NewGraph(slices.Clone(f.nodes), slices.Clone(f.edges), slices.Clone(f.roots))
	reached := slices.Clone(g.base.kept)
	for _, r := range Unrequired(f.nodes, f.edges) {
		i, _ := g.Index(r.Requirement.Name)
		if !reached[i] {
			f.roots = append(f.roots, r)
			reach(g.out, []int32{int32(i)}, nil, reached)
		}
	}
	for i := range f.nodes { // rings, and what only something unreached requires
		if !reached[i] {
			name := f.nodes[i].Name
			f.roots = append(f.roots, Root{Requirement: pep.Requirement{Name: name, RawName: string(name)}})
			reach(g.out, []int32{int32(i)}, nil, reached)
		}
	}
	n := 0
	for _, k := range known {
		if k {
			n++
		}
	}
	where := "no other source was asked, so that each package counts as asked for by itself"
	if f.o.Source != nil {
		where = fmt.Sprintf("for %d of %d packages the %s knows it", n, len(known), f.o.SourceName)
		if n < len(known) {
			where += "; what the others require counts as asked for by itself"
		}
	}
	f.warn("lock-edges", fmt.Sprintf("%s does not say which package requires which: %s", f.lock.Format, where), "", 0)
}

// release returns the release of a locked version that the Source knows, from
// the index that the lock names if it has one.
func (f *follower) release(p *reqfile.LockPackage) *pyindex.Release {
	if f.o.Source == nil || p.Version.IsZero() || p.Source.Kind != "" && p.Source.Kind != reqfile.FromRegistry {
		return nil
	}
	all, err := f.o.Source.Releases(f.ctx, p.Name)
	if err != nil && !errors.Is(err, pyindex.ErrNotFound) {
		f.warn("index", fmt.Sprintf("what %s weighs could not be looked up: %v", p.Name, err), "", 0)
	}
	index := p.Source.URL.String()
	if p.Source.Kind == "" {
		index = pyindex.PyPI
	}
	var found *pyindex.Release
	for i := range all {
		if r := &all[i]; r.Version.Equal(p.Version) && (found == nil || sameIndex(r.Index, index)) {
			found = r
		}
	}
	return found
}
