package depgraph

import (
	"cmp"
	"context"
	"slices"

	"weighline/analysis/pep"
)

// A search chooses a version for each identifier, one a round, in the way of
// pip's resolver (resolvelib): the requirements on an identifier make its
// criterion; a candidate is pinned if all it requires leaves each criterion with
// a candidate; if none can be pinned, the search goes back to a pin that has to
// do with the causes and marks it as bad.
type search struct {
	in     Input
	opts   Options
	source Source
	hinter Hinter
	python pep.Version
	env    pep.Env

	// Known for the whole resolution.
	pythons     map[string]bool // by Requires-Python: it allows the target's
	ranks       map[string]int  // by a wheel's tags: their place, or -1
	projects    map[pep.Name]*project
	constraints map[pep.Name][]Root
	warnings    []Warning
	warned      map[Warning]bool // those in warnings
	failed      error            // the context's

	// Of one attempt.
	ids        []*identifier
	byKey      map[string]int32
	roots      []*requirement
	states     []state
	saved      []state // before the first jump that may have gone too far
	optimistic bool
	dead       map[pep.Name]deadEnd
	conflicts  map[pep.Name]*ConflictError
}

// A criterion is all that is demanded of an identifier.
type criterion struct {
	info       []information
	bad        bits // candidates that were tried in vain; nil for none
	candidates bits
}

// An information is a requirement and the candidate that brought it.
type information struct {
	req       *requirement
	parent    int32 // the identifier; -1 for a root
	candidate int32
}

// A state is what was known and chosen after a round.
type state struct {
	criteria vector[*criterion]
	pins     vector[int32] // the chosen candidate and one, by identifier
	count    int           // of the pins
	last     pin           // the latest
	causes   []information // of the latest step back
}

type pin struct{ id, candidate int32 }

func (s *state) clone() state {
	c := *s
	c.criteria, c.pins = s.criteria.clone(), s.pins.clone()
	return c
}

// top returns the current state.
func (s *search) top() *state { return &s.states[len(s.states)-1] }

func (s *search) push() { s.states = append(s.states, s.top().clone()) }

// run searches until all identifiers are pinned. ok is false if there is no
// solution; causes are then the last that stood in the way.
func (s *search) run(ctx context.Context) (causes []information, ok bool, err error) {
	s.states = []state{{}}
	s.optimistic = true
	for _, r := range s.roots {
		if causes, ok := s.add(&s.top().criteria, r, -1, 0); !ok {
			return causes, false, nil
		}
	}
	s.push()
	for round := range s.opts.MaxRounds {
		if err := cmp.Or(s.failed, ctx.Err()); err != nil {
			return nil, false, err
		}
		if len(s.projects) > maxProjects {
			return nil, false, ErrTooMany
		}
		open := s.unsatisfied()
		if round%64 == 0 || len(open) == 0 {
			s.opts.Progress(s.top().count, len(s.ids))
		}
		if len(open) == 0 {
			return nil, true, nil
		}
		id := s.choose(open)
		causes, ok := s.pin(ctx, id)
		if ok {
			s.push()
			continue
		}
		if causes, ok = s.goBack(ctx, causes); !ok {
			return causes, false, nil
		}
	}
	return nil, false, ErrTooComplex
}

// add puts a requirement to the criterion of its identifier. If no candidate is
// left, it returns all requirements on it.
func (s *search) add(criteria *vector[*criterion], r *requirement, parent, candidate int32) (causes []information, ok bool) {
	c := criterion{}
	if old := criteria.get(r.id); old != nil {
		c = *old
	}
	c.info = append(c.info[:len(c.info):len(c.info)], information{r, parent, candidate})
	c.candidates = s.matches(criteria, r.id, c.info, c.bad)
	if c.candidates.empty() {
		s.noteConflict(criteria, r, c.info)
		return c.info, false
	}
	criteria.put(r.id, &c)
	return nil, true
}

// matches returns the candidates that are left for an identifier. With extras,
// what is demanded of the project without them counts as well.
func (s *search) matches(criteria *vector[*criterion], id int32, info []information, bad bits) bits {
	it := s.ids[id]
	p := it.project
	own := p.allowed
	var exact bits
	pinned, pre := p.pinned, p.namesPre || s.opts.Pre
	note := func(r *requirement) {
		pinned, pre = pinned || r.pins, pre || r.namesPre
		if r.exact >= 0 {
			if exact == nil {
				exact = newBits(len(p.candidates))
			}
			exact.set(int(r.exact))
		}
	}
	for i := range info {
		own = own.and(info[i].req.set)
		note(info[i].req)
	}
	all := own
	if it.base != id {
		if c := criteria.get(it.base); c != nil {
			for i := range c.info {
				if c.info[i].req.exact < 0 {
					all = all.and(c.info[i].req.set)
				}
				note(c.info[i].req)
			}
		}
	}
	if exact != nil {
		return own.and(exact).without(bad)
	}
	if finals := all.and(p.final); !pre && !finals.empty() {
		all = finals
	}
	if good := all.and(p.unyanked); !pinned || !good.empty() {
		all = good
	}
	return all.without(bad)
}

// satisfied reports whether the pin of an identifier, if there is one, meets all
// that is demanded.
func (st *state) satisfied(id int32, c *criterion) bool {
	pinned := st.pins.get(id)
	if pinned == 0 {
		return false
	}
	for i := range c.info {
		if !c.info[i].req.set.has(int(pinned - 1)) {
			return false
		}
	}
	return true
}

// unsatisfied lists the identifiers that still need a pin.
func (s *search) unsatisfied() (open []int32) {
	st := s.top()
	for id := range int32(len(s.ids)) {
		if c := st.criteria.get(id); c != nil && !st.satisfied(id, c) {
			open = append(open, id)
		}
	}
	return open
}

// choose picks the identifier to pin next: of those that have to do with the
// last conflict, if there are any, the most limited one.
func (s *search) choose(open []int32) int32 {
	if len(open) > 1 && len(s.top().causes) > 0 {
		involved := s.involved(s.top().causes)
		var some []int32
		for _, id := range open {
			if involved[id] {
				some = append(some, id)
			}
		}
		if len(some) > 0 {
			open = some
		}
	}
	return slices.MinFunc(open, s.compare)
}

// compare puts first what has an exact demand, then what is pinned by a
// requirement, then what has an upper limit, then the roots in their order, then
// what is limited at all, then by name.
func (s *search) compare(a, b int32) int {
	x, y := s.weight(a), s.weight(b)
	return cmp.Or(
		cmp.Compare(x.class, y.class), cmp.Compare(s.ids[a].order, s.ids[b].order),
		cmp.Compare(x.free, y.free), cmp.Compare(s.ids[a].key, s.ids[b].key),
	)
}

type weight struct{ class, free int }

func (s *search) weight(id int32) weight {
	var direct, pinned, upper, unfree bool
	for _, i := range s.top().criteria.get(id).info {
		direct = direct || i.req.exact >= 0
		pinned = pinned || i.req.pinned
		upper = upper || i.req.upper
		unfree = unfree || i.req.unfree
	}
	bit := func(set bool, n int) int {
		if set {
			return 0
		}
		return n
	}
	return weight{bit(direct, 4) + bit(pinned, 2) + bit(upper, 1), bit(unfree, 1)}
}

// pin chooses the first candidate of an identifier whose requirements can be
// added. If there is none, it returns the causes.
func (s *search) pin(ctx context.Context, id int32) (causes []information, ok bool) {
	st := s.top()
	own := st.criteria.get(id)
	for c := range int32(len(s.ids[id].project.candidates)) {
		if !own.candidates.has(int(c)) {
			continue
		}
		criteria := st.criteria.clone()
		deps := s.dependencies(ctx, id, c)
		failed := false
		for _, r := range deps {
			if why, ok := s.add(&criteria, r, id, c); !ok {
				causes = appendNew(causes, why)
				failed = true
				break
			}
		}
		if failed {
			continue
		}
		s.accept(id, c, criteria, deps)
		return nil, true
	}
	return causes, false
}

// accept makes c the pin of the identifier. Pins that no longer fit take back
// what they had demanded.
func (s *search) accept(id, c int32, criteria vector[*criterion], deps []*requirement) {
	st := s.top()
	var upset []int32
	for _, r := range deps {
		if old := st.criteria.get(r.id); old != nil && r.id != id && st.satisfied(r.id, old) && !st.satisfied(r.id, criteria.get(r.id)) {
			upset = append(upset, r.id)
		}
	}
	st.criteria = criteria
	if st.pins.get(id) == 0 {
		st.count++
	}
	st.pins.put(id, c+1)
	st.last = pin{id, c}
	if len(upset) == 0 {
		return
	}
	for k := range int32(len(s.ids)) {
		old := st.criteria.get(k)
		if old == nil || !slices.ContainsFunc(old.info, func(i information) bool { return slices.Contains(upset, i.parent) }) {
			continue
		}
		fresh := *old
		fresh.info = slices.DeleteFunc(slices.Clone(old.info), func(i information) bool { return slices.Contains(upset, i.parent) })
		st.criteria.put(k, &fresh)
	}
}

func appendNew(list, more []information) []information {
	for _, i := range more {
		if !slices.Contains(list, i) {
			list = append(list, i)
		}
	}
	return list
}
