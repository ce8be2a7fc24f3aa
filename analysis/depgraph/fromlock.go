package depgraph

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"weighline/analysis/pep"
	"weighline/analysis/reqfile"
)

// LockOptions say what of a lock is wanted. The zero value is what the project
// always requires, told by the lock alone.
type LockOptions struct {
	// Extras and Groups of the project are wanted, too. Groups that a tool
	// installs for developers unless it is told otherwise (uv's "dev", poetry's
	// and pdm's) must be named; only the default groups of pylock.toml are
	// taken where none is.
	Extras, Groups []string

	// Source, if not nil, is asked for what the lock does not tell: sizes of
	// files, by name, and what a version requires. It should know the releases
	// of all indexes.
	Source Source
	// SourceName is what the nodes say of figures from Source: "catalogue"
	// unless it is set.
	SourceName string

	// File is the lock's own path: where roots come from that no line asks for.
	File string
}

// FromLock follows a lock for a target: nothing is resolved again. The markers
// mean what the tool that wrote the lock means by them, and of the files of a
// package the one is taken that the target likes best.
//
// The project itself, and the members of its workspace that it was locked for,
// are no nodes; what they ask for are the roots. A package that comes from git,
// a URL or a folder is a node whose Reason says why its size is not known. What
// the lock does not tell, such as the edges of pylock.toml, is taken from the
// Source and said in a warning. The error is that two extras or groups were
// asked for which exclude each other, or the context's.
func FromLock(ctx context.Context, lock *reqfile.Lock, target pep.Target, o LockOptions) (*Graph, error) {
	f := &follower{ctx: ctx, lock: lock, target: target, env: target.Env(), o: o, byName: map[pep.Name][]int{}}
	f.o.SourceName = cmp.Or(o.SourceName, "catalogue")
	for i := range lock.Packages {
		f.byName[lock.Packages[i].Name] = append(f.byName[lock.Packages[i].Name], i)
	}
	if err := f.conflict(); err != nil {
		return nil, err
	}
	if h, ok := o.Source.(Hinter); ok && !lock.Edges {
		h.Hint(slices.Sorted(maps.Keys(f.byName))...)
	}
	if lock.Edges {
		f.walkAll()
	} else {
		f.takeAll()
	}
	f.stale()
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("following the lock: %w", err)
	}
	return f.graph(), nil
}

// A follower walks through a lock.
type follower struct {
	ctx    context.Context //nolint:containedctx // lives as long as one call
	lock   *reqfile.Lock
	target pep.Target
	env    pep.Env
	o      LockOptions
	byName map[pep.Name][]int // places in lock.Packages

	// The activated extras, groups and projects, in the spelling of uv's
	// conflict markers: those of the walk before, and of this one.
	activated, next map[string]bool

	queue    []visit
	seen     map[visit]bool
	nodes    []Node
	nodeOf   map[int]int // by package
	packages []int       // by node
	edges    []Edge
	edgeSeen map[Edge]bool
	extra    string                // whose requirements are read, "" for what is always required
	within   map[extrasOf][]string // what extras ask of their own package
	roots    []Root
	skipped  []Root
	asked    map[pep.Name]bool // by a root
	warnings []Warning
}

// A visit is to a package, or to what one of its extras brings.
type visit struct {
	pkg   int
	extra string
}

// A place is where an edge begins: a node, or the project, which is none.
const fromProject = -1

// walkAll follows the edges from the roots. Where extras exclude each other,
// which edges hold depends on what is activated elsewhere: as uv does, it walks
// until that no longer changes.
func (f *follower) walkAll() {
	f.activated = f.chosen()
	for range 8 {
		f.next = f.chosen()
		f.walk()
		if len(f.lock.Conflicts) == 0 || sameSet(f.activated, f.next) {
			return
		}
		f.activated = f.next
	}
	f.warn("conflict", "which of the extras that exclude each other are in use could not be told; some packages may be missing", "", 0)
}

func sameSet(a, b map[string]bool) bool {
	if len(a) != len(b) {
		return false
	}
	for k := range a {
		if !b[k] {
			return false
		}
	}
	return true
}

func (f *follower) walk() {
	f.queue, f.seen, f.nodes, f.nodeOf, f.packages = nil, map[visit]bool{}, nil, map[int]int{}, nil
	f.within = map[extrasOf][]string{}
	f.edges, f.edgeSeen, f.roots, f.skipped, f.asked, f.warnings = nil, map[Edge]bool{}, nil, nil, map[pep.Name]bool{}, nil
	for _, r := range f.projects() {
		if r.Package >= 0 {
			f.project(r)
		} else {
			f.listed(r)
		}
	}
	for len(f.queue) > 0 {
		v := f.queue[0]
		f.queue = f.queue[1:]
		p := &f.lock.Packages[v.pkg]
		f.extra = v.extra
		deps := p.Dependencies
		if v.extra != "" {
			deps = append(slices.Clone(deps), optional(p.OptionalDeps, v.extra)...)
		}
		for i := range deps {
			if f.holds(deps[i].Marker, v.extra, deps[i].Name, deps[i].Extras) {
				f.follow(f.nodeOf[v.pkg], &deps[i])
			}
		}
	}
}

// optional returns what belongs to an extra or group, however it is spelled.
func optional(m map[string][]reqfile.LockDep, name string) []reqfile.LockDep {
	if deps, ok := m[name]; ok {
		return deps
	}
	for k, deps := range m {
		if pep.Normalize(k) == pep.Normalize(name) {
			return deps
		}
	}
	return nil
}

// projects returns the roots that are installed: the project at the lock's own
// place, or all members of a workspace without one, as "uv sync" does.
func (f *follower) projects() []reqfile.Root {
	for _, r := range f.lock.Roots {
		if r.Package >= 0 && f.lock.Packages[r.Package].Source.Path == "." {
			return []reqfile.Root{r}
		}
	}
	return f.lock.Roots
}

// holds reports whether an edge is to be followed. extra is the one whose
// requirements are read, extras are those that the edge asks for.
func (f *follower) holds(m *pep.Marker, extra string, name pep.Name, extras []string) bool {
	if m == nil {
		return true
	}
	if f.lock.Format != reqfile.UvLock {
		if extra != "" {
			return m.Eval(f.env, extra)
		}
		return m.Eval(f.env)
	}
	on := make([]string, 0, len(f.activated)+len(extras))
	for k := range f.activated {
		on = append(on, k)
	}
	for _, x := range extras {
		on = append(on, uvConflict("extra", name, x))
	}
	return m.EvalLock(f.env, on, nil)
}

// follow leads from a node, or from the project, along an edge.
func (f *follower) follow(from int, d *reqfile.LockDep) {
	pkg, ok := f.pick(d)
	if !ok {
		return // left out by the tool that wrote the lock, or not for this target
	}
	for _, x := range d.Extras {
		f.next[uvConflict("extra", d.Name, x)] = true
	}
	to := f.visit(pkg, d.Extras)
	if from == fromProject {
		return
	}
	r := pep.Requirement{Name: d.Name, RawName: string(d.Name), Extras: d.Extras, Specifiers: d.Specifiers}
	f.connect(from, to, r)
}

// connect adds an edge, for the extra of from whose requirements are read.
func (f *follower) connect(from, to int, r pep.Requirement) {
	if from == to {
		for _, extra := range r.Extras {
			x := extrasOf{int32(from), f.extra}
			f.within[x] = append(f.within[x], string(pep.Normalize(extra)))
		}
		return
	}
	e := Edge{From: from, To: to, Requirement: requirementText(r)}
	if f.edgeSeen[e] {
		return
	}
	if e.Extras = f.extra; !f.edgeSeen[e] {
		f.edgeSeen[e] = true
		f.edges = append(f.edges, e)
	}
}

// visit makes a package a node, and has what it requires followed.
func (f *follower) visit(pkg int, extras []string) int {
	n, ok := f.nodeOf[pkg]
	if !ok {
		n = len(f.nodes)
		f.nodeOf[pkg] = n
		f.nodes = append(f.nodes, Node{Name: f.lock.Packages[pkg].Name})
		f.packages = append(f.packages, pkg)
	}
	enter := func(v visit) {
		if !f.seen[v] {
			f.seen[v] = true
			f.queue = append(f.queue, v)
		}
	}
	enter(visit{pkg, ""})
	for _, x := range extras {
		x = string(pep.Normalize(x))
		if !slices.Contains(f.nodes[n].Extras, x) {
			f.nodes[n].Extras = append(f.nodes[n].Extras, x)
		}
		enter(visit{pkg, x})
	}
	return n
}

// pick returns the package that an edge leads to: of several with one name that
// of the version and source which the edge names, or that which is for the
// target, the newest that the specifiers allow.
func (f *follower) pick(d *reqfile.LockDep) (pkg int, ok bool) {
	best, bestScore := -1, -1
	for _, i := range f.byName[d.Name] {
		p := &f.lock.Packages[i]
		if !d.Version.IsZero() && !d.Version.Equal(p.Version) || !f.wanted(p) {
			continue
		}
		if d.Source != nil && f.lock.Format == reqfile.UvLock && !d.Source.Equal(p.Source) {
			continue
		}
		score := 0
		if p.RequiresPython == "" || f.pythonAllowed(p.RequiresPython) {
			score += 2
		}
		if p.Version.IsZero() || d.Specifiers.Contains(p.Version, true) {
			score++
		}
		if score > bestScore || score == bestScore && p.Version.Compare(f.lock.Packages[best].Version) > 0 {
			best, bestScore = i, score
		}
	}
	return best, best >= 0
}

func (f *follower) pythonAllowed(text string) bool {
	l, err := pep.ParseSpecifiers(text)
	return err != nil || l.Contains(f.target.PythonFull(), true)
}

// wanted reports whether a locked package is for the target at all.
func (f *follower) wanted(p *reqfile.LockPackage) bool {
	if len(p.ResolutionMarkers) > 0 && !slices.ContainsFunc(p.ResolutionMarkers, f.forkHolds) {
		return false
	}
	groups := append(slices.Clone(f.lock.DefaultGroups), f.o.Groups...)
	if f.lock.Format == reqfile.Pylock && len(f.o.Groups) > 0 {
		groups = f.o.Groups
	}
	if len(p.GroupMarkers) > 0 {
		for g, m := range p.GroupMarkers {
			if sameName(groups, g) && m.EvalLock(f.env, f.o.Extras, groups) {
				return true
			}
		}
		return false
	}
	return p.Marker.EvalLock(f.env, f.o.Extras, groups)
}

// forkHolds evaluates one of uv's resolution-markers. One that cannot be read
// forbids nothing.
func (f *follower) forkHolds(text string) bool {
	m, err := pep.ParseMarker(text)
	if err != nil {
		return true
	}
	on := make([]string, 0, len(f.activated))
	for k := range f.activated {
		on = append(on, k)
	}
	return m.EvalLock(f.env, on, nil)
}

// sameName reports whether name is among the names of extras or groups.
func sameName(names []string, name string) bool {
	return name != "" && slices.ContainsFunc(names, func(n string) bool { return pep.Normalize(n) == pep.Normalize(name) })
}

func (f *follower) warn(code, text, file string, line int) {
	if w := (Warning{Code: code, Text: text, File: file, Line: line}); !slices.Contains(f.warnings, w) {
		f.warnings = append(f.warnings, w)
	}
}

// hint tells the Source of the packages whose sizes it will be asked for.
func (f *follower) hint() {
	h, ok := f.o.Source.(Hinter)
	if !ok {
		return
	}
	var names []pep.Name
	for _, i := range f.packages {
		p := &f.lock.Packages[i]
		if built(p.Source) == "" && !slices.ContainsFunc(p.Files, func(l reqfile.LockFile) bool { return l.Size.Known() }) {
			names = append(names, p.Name)
		}
	}
	h.Hint(names...)
}

// graph describes the nodes and puts all together, sorted by name.
func (f *follower) graph() *Graph {
	f.hint()
	order := make([]int, len(f.nodes))
	for i := range order {
		order[i] = i
		extras := f.nodes[i].Extras
		f.nodes[i] = f.describe(&f.lock.Packages[f.packages[i]])
		slices.Sort(extras)
		f.nodes[i].Extras = extras
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(f.nodes[a].Name, f.nodes[b].Name) })
	nodes, at := make([]Node, len(order)), make([]int, len(order))
	for to, from := range order {
		nodes[to], at[from] = f.nodes[from], to
	}
	f.edges = within(f.edges, f.within)
	for i, e := range f.edges {
		f.edges[i].From, f.edges[i].To = at[e.From], at[e.To]
	}
	for i := range nodes {
		if n := &nodes[i]; n.Reason != "" && n.File == "" {
			f.warn("unresolved", fmt.Sprintf("%s: %s", n.Name, strings.TrimPrefix(n.Reason, string(n.Name)+": ")), "", 0)
		}
	}
	for i := range f.roots {
		f.roots[i].File = cmp.Or(f.roots[i].File, f.o.File)
	}
	g := NewGraph(nodes, f.edges, f.roots, f.warnings...)
	g.skipped = append(g.skipped, f.skipped...)
	g.warnings = append(g.warnings, g.clashes()...)
	return g
}
