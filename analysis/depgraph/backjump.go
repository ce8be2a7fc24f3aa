package depgraph

import "context"

// involved marks the identifiers that causes speak of.
func (s *search) involved(causes []information) []bool {
	mark := make([]bool, len(s.ids))
	for _, i := range causes {
		mark[i.req.id] = true
		if i.parent >= 0 {
			mark[i.parent] = true
		}
	}
	return mark
}

// goBack undoes pins after a dead end. It jumps over those that have nothing to
// do with the causes; if that led to nothing in the end, it returns to where it
// first jumped and goes on in short steps.
func (s *search) goBack(ctx context.Context, causes []information) ([]information, bool) {
	ok := s.backjump(ctx, causes)
	if !ok && s.optimistic && s.saved != nil {
		s.optimistic = false
		s.states, s.saved = s.saved, nil
		return nil, true
	}
	if ok {
		s.top().causes = causes
	}
	return causes, ok
}

func (s *search) backjump(ctx context.Context, causes []information) bool {
	involved := s.involved(causes)
	for len(s.states) >= 3 {
		s.states = s.states[:len(s.states)-1]
		broken, ok := s.popBroken(ctx, involved)
		if !ok {
			return false
		}
		s.push()
		if s.patch(&broken) {
			return true
		}
	}
	return false
}

// popBroken takes states away until the pin of one has to do with the causes.
func (s *search) popBroken(ctx context.Context, involved []bool) (broken state, ok bool) {
	for {
		if len(s.states) == 0 || s.top().count == 0 {
			return broken, false
		}
		broken = *s.top()
		s.states = s.states[:len(s.states)-1]
		safe := int(broken.last.id) < len(involved) && involved[broken.last.id]
		if !s.optimistic && !safe {
			return broken, true
		}
		if !safe && s.saved == nil {
			for i := range s.states {
				s.saved = append(s.saved, s.states[i].clone())
			}
		}
		for _, r := range s.dependencies(ctx, broken.last.id, broken.last.candidate) {
			if int(r.id) < len(involved) && involved[r.id] {
				return broken, true
			}
		}
		if broken.count == 1 {
			return broken, true
		}
	}
}

// patch tells the current state what was tried in vain since.
func (s *search) patch(broken *state) bool {
	last := newBits(len(s.ids[broken.last.id].project.candidates))
	last.set(int(broken.last.candidate))
	for id := range int32(len(s.ids)) {
		if c := broken.criteria.get(id); c != nil && c.bad != nil && !s.forbid(id, c.bad) {
			return false
		}
	}
	return s.forbid(broken.last.id, last)
}

// forbid marks candidates as bad and reports whether any is left.
func (s *search) forbid(id int32, bad bits) bool {
	st := s.top()
	old := st.criteria.get(id)
	if old == nil {
		return true
	}
	fresh := *old
	if fresh.bad == nil {
		fresh.bad = bad
	} else {
		fresh.bad = fresh.bad.or(bad)
	}
	fresh.candidates = s.matches(&st.criteria, id, fresh.info, fresh.bad)
	if fresh.candidates.empty() {
		return false
	}
	st.criteria.put(id, &fresh)
	return true
}
