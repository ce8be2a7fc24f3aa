package depgraph

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"weighline/analysis/bytesize"
	"weighline/analysis/pep"
	"weighline/analysis/pyindex"
)

// Resolve chooses a version of each package that the roots lead to, as pip
// would. What the source does not know does not spoil the rest: it becomes a
// node whose Reason says why nothing is known of it, and a warning. The error is
// a [*ConflictError] if no versions fit together, wraps [ErrTooComplex] if the
// search was given up, or is the context's.
func Resolve(ctx context.Context, src Source, in Input) (*Graph, error) {
	s := &search{
		in: in, opts: in.Options.withDefaults(), source: src,
		python: in.Target.PythonFull(), env: in.Target.Env(),
		pythons: map[string]bool{}, ranks: map[string]int{}, projects: map[pep.Name]*project{}, constraints: map[pep.Name][]Root{},
	}
	s.hinter, _ = src.(Hinter)
	for _, c := range in.Constraints {
		if c.Requirement.Marker.Eval(s.env) {
			s.constraints[c.Requirement.Name] = append(s.constraints[c.Requirement.Name], c)
		}
	}
	var roots, skipped []Root
	for _, r := range in.Roots {
		if r.Requirement.Marker.Eval(s.env) {
			roots = append(roots, r)
		} else {
			skipped = append(skipped, r)
		}
	}
	// Each attempt after the first has more stubs, so the number is bounded.
	for {
		s.begin(ctx, roots)
		causes, ok, err := s.run(ctx)
		if ok {
			return s.graph(ctx, roots, skipped), nil
		}
		if err != nil && !errors.Is(err, ErrTooComplex) {
			return nil, fmt.Errorf("resolving: %w", err)
		}
		if s.bury(causes) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("resolving: %w: %d rounds", err, s.opts.MaxRounds)
		}
		return nil, s.conflict(causes)
	}
}

// begin makes ready for an attempt.
func (s *search) begin(ctx context.Context, roots []Root) {
	s.ids, s.byKey, s.roots, s.saved = nil, map[string]int32{}, nil, nil
	s.dead, s.conflicts, s.warnings = map[pep.Name]deadEnd{}, map[pep.Name]*ConflictError{}, nil
	s.warned = map[Warning]bool{}
	if s.hinter != nil {
		names := make([]pep.Name, len(roots))
		for i, r := range roots {
			names[i] = r.Requirement.Name
		}
		s.hinter.Hint(names...)
	}
	for i := range roots {
		s.direct(ctx, &roots[i])
	}
	for i := range roots {
		reqs := s.requirements(ctx, roots[i].Requirement, &roots[i])
		it := s.ids[reqs[0].id]
		it.order = min(it.order, i)
		s.roots = append(s.roots, reqs...)
	}
	slices.SortStableFunc(s.roots, func(a, b *requirement) int {
		return cmp.Compare(min(1, len(s.ids[a.id].extras)), min(1, len(s.ids[b.id].extras)))
	})
}

// direct makes a stub of a project that a root takes from a URL, and of one that
// no release can be found for: nothing else could be chosen instead of a root.
func (s *search) direct(ctx context.Context, r *Root) {
	q := r.Requirement
	if q.URL != "" {
		if s.projects[q.Name] == nil {
			p := &project{name: q.Name}
			p.makeStub("taken from "+q.URL+": its size and what it requires are not looked up", urlVersion(q))
			s.projects[q.Name] = p
			s.limit(p)
		}
		return
	}
	p := s.project(ctx, q.Name)
	if p.stub != "" {
		return
	}
	if fit := p.matching(q.Specifiers); fit.empty() {
		d := s.deadEnd(p, &requirement{text: requirementText(q)})
		p.makeStub(d.reason, d.version)
		s.limit(p)
	}
}

func requirementText(r pep.Requirement) string {
	r.Marker = nil
	return r.String()
}

// urlVersion reads the version from the file name that a URL ends in.
func urlVersion(r pep.Requirement) pep.Version {
	file := urlFile(r.URL)
	if w, err := pep.ParseWheelName(file); err == nil {
		return w.Version
	}
	v, _ := pep.SdistVersion(file, r.Name)
	return v
}

func urlFile(url string) string {
	url, _, _ = strings.Cut(url, "#")
	url, _, _ = strings.Cut(url, "?")
	return path.Base(url)
}

// project returns what is known of a name.
func (s *search) project(ctx context.Context, name pep.Name) *project {
	p := s.projects[name]
	if p == nil {
		p = s.load(ctx, name)
		s.projects[name] = p
		s.limit(p)
	}
	return p
}

// limit applies the constraints to a project. One that no release satisfies
// makes a stub of it.
func (s *search) limit(p *project) {
	for _, c := range s.constraints[p.name] {
		l := c.Requirement.Specifiers
		if p.stub == "" && p.missing == "" && p.matching(l).empty() {
			p.makeStub(fmt.Sprintf("no release for %s satisfies the constraint %s", s.in.Target, requirementText(c.Requirement)), pinnedVersion(l))
			s.limit(p)
			return
		}
		p.constrain(l)
	}
}

// bury makes stubs of the projects at which requirements ended that no release
// satisfies, those in the causes first. It reports whether there were any.
func (s *search) bury(causes []information) bool {
	var names []pep.Name
	for _, i := range causes {
		if name := s.ids[i.req.id].project.name; s.dead[name].reason != "" {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		names = slices.Sorted(maps.Keys(s.dead))
	}
	for _, name := range names {
		d := s.dead[name]
		s.projects[name].makeStub(d.reason, d.version)
		s.limit(s.projects[name])
	}
	return len(names) > 0
}

func (s *search) warn(code, text string, at *Root) {
	w := Warning{Code: code, Text: text}
	if at != nil {
		w.File, w.Line = at.File, at.Line
	}
	if !s.warned[w] {
		s.warned[w] = true
		s.warnings = append(s.warnings, w)
	}
}

// graph makes the result from the pins that the roots lead to.
func (s *search) graph(ctx context.Context, roots, skipped []Root) *Graph {
	st := s.top()
	reached := make([]bool, len(s.ids))
	var list []int32
	push := func(id int32) {
		if !reached[id] {
			reached[id] = true
			list = append(list, id)
		}
	}
	for _, r := range s.roots {
		push(r.id)
	}
	at := map[pep.Name]int{}
	var nodes []Node
	for i := 0; i < len(list); i++ {
		id := list[i]
		it := s.ids[id]
		c := st.pins.get(id) - 1
		n, ok := at[it.project.name]
		if !ok {
			n = len(nodes)
			at[it.project.name] = n
			nodes = append(nodes, s.node(it.project, &it.project.candidates[c]))
		}
		s.extras(ctx, &nodes[n], it, c)
		for _, r := range s.dependencies(ctx, id, c) {
			push(r.id)
		}
	}
	slices.SortFunc(nodes, func(a, b Node) int { return cmp.Compare(a.Name, b.Name) })
	for i := range nodes {
		at[nodes[i].Name] = i
	}
	g := NewGraph(nodes, s.edges(ctx, list, at), roots)
	g.skipped = append(g.skipped, skipped...)
	s.warnUnknown(nodes, roots)
	g.warnings = append(s.warnings, g.clashes()...)
	return g
}

// edges lists what the pins of the identifiers require.
func (s *search) edges(ctx context.Context, list []int32, at map[pep.Name]int) (edges []Edge) {
	seen, asks := map[Edge]bool{}, map[extrasOf][]string{}
	always := func(e Edge) bool {
		e.Extras = ""
		return seen[e]
	}
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b int32) int { return cmp.Compare(len(s.ids[a].extras), len(s.ids[b].extras)) }) // those without extras first
	for _, id := range list {
		it := s.ids[id]
		from, extras := at[it.project.name], strings.Join(it.extras, ",")
		for _, r := range s.dependencies(ctx, id, s.top().pins.get(id)-1) {
			to := s.ids[r.id]
			e := Edge{From: from, To: at[to.project.name], Requirement: r.text, Extras: extras}
			if e.From == e.To {
				x := extrasOf{int32(from), extras}
				asks[x] = append(asks[x], strings.Join(to.extras, ","))
			}
			if r.exact < 0 && !seen[e] && !always(e) {
				seen[e] = true
				edges = append(edges, e)
			}
		}
	}
	return within(edges, asks)
}

// node describes a chosen candidate.
func (s *search) node(p *project, c *candidate) Node {
	n := Node{Name: p.name, Version: c.version.String(), Source: s.opts.SourceName, Reason: p.stub}
	if c.release == nil {
		n.UnpackedBasis = "not known: " + p.stub
		return n
	}
	n.File, n.Index, n.Download = c.file.Filename, c.release.Index, c.file.Size
	n.Unpacked, n.UnpackedBasis = pyindex.EstimateUnpacked(c.file)
	if n.Download.Basis == bytesize.Unknown {
		n.Reason = "the index does not state the size of " + n.File
	}
	if c.yanked {
		s.warn("yanked", strings.TrimSuffix(fmt.Sprintf("%s %s was yanked: %s", p.name, c.version, *c.file.Yanked), ": "), nil)
	}
	return n
}

// extras adds the extras of an identifier to its node, and warns of those that
// the release does not provide.
func (s *search) extras(ctx context.Context, n *Node, it *identifier, c int32) {
	if len(it.extras) == 0 {
		return
	}
	n.Extras = append(n.Extras, it.extras...)
	slices.Sort(n.Extras)
	n.Extras = slices.Compact(n.Extras)
	cand := &it.project.candidates[c]
	if cand.release == nil {
		return
	}
	m, err := s.source.Metadata(ctx, cand.release, cand.file)
	var missing []pep.Name
	for _, x := range it.extras {
		if err == nil && !slices.Contains(m.ProvidesExtras, x) {
			missing = append(missing, pep.Name(x))
		}
	}
	if len(missing) > maxNamed {
		s.warn("extra", fmt.Sprintf("%s %s does not provide %d extras that are asked for, such as %s", n.Name, n.Version, len(missing), missing[0]), nil)
		return
	}
	for _, x := range missing {
		s.warn("extra", fmt.Sprintf("%s %s does not provide the extra %s", n.Name, n.Version, x), nil)
	}
}

// maxNamed is how many extras get a warning each.
const maxNamed = 20

// warnUnknown warns of packages that nothing is known of.
func (s *search) warnUnknown(nodes []Node, roots []Root) {
	first := map[pep.Name]*Root{}
	for i := range roots {
		if name := roots[i].Requirement.Name; first[name] == nil {
			first[name] = &roots[i]
		}
	}
	for i := range nodes {
		if n := &nodes[i]; n.Reason != "" && n.File == "" {
			s.warn("unresolved", fmt.Sprintf("%s: %s", n.Name, strings.TrimPrefix(n.Reason, string(n.Name)+": ")), first[n.Name])
		}
	}
}
