package depgraph

import (
	"fmt"
	"slices"

	"weighline/analysis/pep"
)

// A deadEnd is a requirement that no release satisfies, whatever else is asked.
type deadEnd struct {
	reason  string
	version pep.Version // that the requirement names, if it names one
}

// noteConflict remembers why no candidate was left for a requirement: the first
// conflict on a project is about its newest versions, so it is the one that
// people understand.
func (s *search) noteConflict(criteria *vector[*criterion], r *requirement, info []information) {
	p := s.ids[r.id].project
	if p.stub == "" && r.exact < 0 && r.set.empty() {
		if _, ok := s.dead[p.name]; !ok {
			s.dead[p.name] = s.deadEnd(p, r)
		}
	}
	if s.conflicts[p.name] == nil {
		s.conflicts[p.name] = &ConflictError{Name: p.name, Demands: s.demands(criteria, p, info)}
	}
}

func (s *search) deadEnd(p *project, r *requirement) deadEnd {
	d := deadEnd{reason: p.missing}
	if d.reason == "" {
		d.reason = fmt.Sprintf("no release for %s satisfies %s", s.in.Target, r.text)
	}
	if q, err := pep.ParseRequirement(r.text); err == nil {
		d.version = pinnedVersion(q.Specifiers)
	}
	return d
}

// pinnedVersion returns the one version that specifiers name, if they do.
func pinnedVersion(l pep.Specifiers) pep.Version {
	for _, s := range l {
		if s.Pins() {
			return s.Version()
		}
	}
	return pep.Version{}
}

// demands returns the requirements that cannot be satisfied together: two, if
// two suffice.
func (s *search) demands(criteria *vector[*criterion], p *project, info []information) (list []Demand) {
	pick := func(infos ...information) {
		for _, i := range infos {
			list = append(list, s.demand(criteria, i))
		}
	}
	limits := s.limits(p)
	for i, a := range info {
		if a.req.set.and(p.allowed).empty() && !a.req.set.empty() {
			pick(a)
			return append(list, limits...)
		}
		for _, b := range info[:i] {
			if a.req.set.and(b.req.set).empty() {
				pick(b, a)
				return list
			}
		}
	}
	pick(info...)
	if !p.allowed.and(fullBits(len(p.candidates))).equal(fullBits(len(p.candidates))) {
		list = append(list, limits...)
	}
	return list
}

func (b bits) equal(c bits) bool { return slices.Equal(b, c) }

// limits returns the constraints on a project as demands.
func (s *search) limits(p *project) (list []Demand) {
	for _, c := range s.constraints[p.name] {
		text := c.Requirement.String()
		list = append(list, Demand{Requirement: text, Chain: Chain{{p.name, text}}, File: c.File, Line: c.Line, Constraint: true})
	}
	return list
}

// demand follows a requirement up to its root.
func (s *search) demand(criteria *vector[*criterion], i information) Demand {
	d := Demand{Requirement: i.req.text}
	seen := map[int32]bool{}
	for {
		d.Chain = append(d.Chain, Step{s.ids[i.req.id].project.name, i.req.text})
		if i.req.root != nil {
			d.File, d.Line = i.req.root.File, i.req.root.Line
		}
		if i.parent < 0 || seen[i.parent] {
			break
		}
		seen[i.parent] = true
		c := criteria.get(i.parent)
		if c == nil || len(c.info) == 0 {
			break
		}
		i = c.info[0]
	}
	slices.Reverse(d.Chain)
	d.Chain = slices.CompactFunc(d.Chain, func(a, b Step) bool { return a == b })
	return d
}

// conflict returns the conflict that the causes are about.
func (s *search) conflict(causes []information) error {
	for _, i := range causes {
		p := s.ids[i.req.id].project
		left := p.allowed
		for _, j := range causes {
			if s.ids[j.req.id].project == p {
				left = left.and(j.req.set)
			}
		}
		if e := s.conflicts[p.name]; left.empty() && e != nil {
			return e
		}
	}
	for _, i := range causes {
		if e := s.conflicts[s.ids[i.req.id].project.name]; e != nil {
			return e
		}
	}
	return &ConflictError{}
}
