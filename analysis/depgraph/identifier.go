package depgraph

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"weighline/analysis/pep"
)

// An identifier is what a version is chosen for. As in pip, a project with
// extras is an identifier of its own, "uvicorn[standard]", whose candidates
// require the very same version of "uvicorn" and what the extras require.
type identifier struct {
	key     string
	project *project
	base    int32    // the identifier of the project without extras; itself if it has none
	extras  []string // sorted
	order   int      // of the first root that asks for it
	deps    map[int32][]*requirement
}

// A requirement is one demand on an identifier.
type requirement struct {
	id    int32
	text  string
	set   bits  // the candidates that it allows
	exact int32 // the one candidate that it demands, or -1
	root  *Root

	// What decides on the order of choices, and on pre-releases and yanked files.
	pinned, upper, unfree, pins, namesPre bool
}

// identify returns the place of an identifier, which is made if it is new.
func (s *search) identify(ctx context.Context, name pep.Name, extras []string) int32 {
	key := string(name)
	if len(extras) > 0 {
		extras = slices.Clone(extras)
		slices.Sort(extras)
		key += "[" + strings.Join(extras, ",") + "]"
	}
	if id, ok := s.byKey[key]; ok {
		return id
	}
	base := int32(-1)
	if len(extras) > 0 {
		base = s.identify(ctx, name, nil)
	}
	id := int32(len(s.ids))
	if base < 0 {
		base = id
	}
	s.byKey[key] = id
	s.ids = append(s.ids, &identifier{key: key, project: s.project(ctx, name), base: base, extras: extras, order: math.MaxInt, deps: map[int32][]*requirement{}})
	return id
}

// requirements turns a requirement into demands: one on the project with its
// extras and, if it limits the version too, one on the project itself before it.
func (s *search) requirements(ctx context.Context, r pep.Requirement, root *Root) []*requirement {
	id := s.identify(ctx, r.Name, r.Extras)
	p := s.ids[id].project
	r.Marker = nil
	if r.URL != "" && p.stub == "" {
		s.warn("direct-url", fmt.Sprintf("%s is taken from the index, although %s asks for it", r.Name, r.URL), root)
	}
	one := requirement{id: id, text: r.String(), exact: -1, root: root, set: p.matching(r.Specifiers)}
	for _, spec := range r.Specifiers {
		wild := strings.HasSuffix(spec.Text, ".*")
		equal := strings.HasPrefix(spec.Op, "==")
		one.unfree = true
		one.pinned = one.pinned || equal && !wild
		one.upper = one.upper || spec.Op == "<" || spec.Op == "<=" || spec.Op == "~=" || equal && wild
	}
	one.pins, one.namesPre = r.Specifiers.Pinned(), r.Specifiers.NamesPre()
	if len(r.Extras) == 0 || len(r.Specifiers) == 0 {
		return []*requirement{&one}
	}
	base := one
	base.id = s.ids[id].base
	return []*requirement{&base, &one}
}

// dependencies returns what a candidate of an identifier demands.
func (s *search) dependencies(ctx context.Context, id, c int32) []*requirement {
	it := s.ids[id]
	if deps, ok := it.deps[c]; ok {
		return deps
	}
	cand := &it.project.candidates[c]
	var deps []*requirement
	if it.base != id {
		exact := newBits(len(it.project.candidates))
		exact.set(int(c))
		deps = append(deps, &requirement{id: it.base, text: string(it.project.name) + "==" + cand.version.String(), set: exact, exact: c})
	}
	if cand.release != nil && !s.opts.NoDeps {
		deps = s.required(ctx, it, cand, deps)
	}
	it.deps[c] = deps
	return deps
}

// required appends what the metadata of a candidate requires.
func (s *search) required(ctx context.Context, it *identifier, cand *candidate, deps []*requirement) []*requirement {
	m, err := s.source.Metadata(ctx, cand.release, cand.file)
	if err != nil {
		if ctx.Err() != nil {
			s.failed = ctx.Err()
		}
		s.warn("metadata", fmt.Sprintf("what %s %s requires could not be read: %v", it.project.name, cand.version, err), nil)
		return deps
	}
	if !m.RequiresPython.Contains(s.python, true) {
		none := newBits(len(it.project.candidates))
		return []*requirement{{id: it.base, text: "Python" + m.RequiresPython.String(), set: none, exact: -1}}
	}
	var extras []string
	for _, x := range it.extras {
		if slices.Contains(m.ProvidesExtras, x) {
			extras = append(extras, x)
		}
	}
	applies := make([]pep.Requirement, 0, len(m.Requires))
	for _, r := range m.Requires {
		if r.Marker.Eval(s.env, extras...) {
			applies = append(applies, r)
		}
	}
	if s.hinter != nil {
		names := make([]pep.Name, len(applies))
		for i, r := range applies {
			names[i] = r.Name
		}
		s.hinter.Hint(names...)
	}
	for _, r := range applies {
		deps = append(deps, s.requirements(ctx, r, nil)...)
	}
	return deps
}
