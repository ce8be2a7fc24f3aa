package state

import "weighline/analysis/plan"

// history remembers the plans before and after the one that is shown.
type history struct {
	undo, redo []plan.Plan
}

// maxUndo bounds how many plans are remembered; a plan is a few names.
const maxUndo = 1000

// push remembers p, which is about to be replaced.
func (h *history) push(p plan.Plan) {
	h.undo = append(h.undo, p)
	if len(h.undo) > maxUndo {
		h.undo = h.undo[1:]
	}
	h.redo = nil
}

// back returns the plan before now; false if there is none.
func (h *history) back(now plan.Plan) (plan.Plan, bool) {
	return move(&h.undo, &h.redo, now)
}

// forward returns the plan that back left; false if there is none.
func (h *history) forward(now plan.Plan) (plan.Plan, bool) {
	return move(&h.redo, &h.undo, now)
}

func move(from, to *[]plan.Plan, now plan.Plan) (plan.Plan, bool) {
	n := len(*from)
	if n == 0 {
		return now, false
	}
	p := (*from)[n-1]
	*from = (*from)[:n-1]
	*to = append(*to, now)
	return p, true
}
