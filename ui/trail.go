package ui

// A place is where the user was: a page with what was selected.
type place struct{ page, selected string }

// A trail is the way through the window, to go back and forward on.
type trail struct{ back, forward []place }

func (t *trail) canBack() bool    { return len(t.back) > 0 }
func (t *trail) canForward() bool { return len(t.forward) > 0 }

// maxTrail is how many places a window remembers.
const maxTrail = 100

// here is where the user is now.
func (w *Window) here() place { return place{w.current, w.session.Selected} }

// leave remembers the page that is left for another one.
func (w *Window) leave(id string) {
	if w.current == "" || w.current == id {
		return
	}
	t := &w.trail
	t.back, t.forward = append(t.back, w.here()), nil
	if len(t.back) > maxTrail {
		t.back = t.back[1:]
	}
}

func (w *Window) goBack()    { w.walk(&w.trail.back, &w.trail.forward) }
func (w *Window) goForward() { w.walk(&w.trail.forward, &w.trail.back) }

// walk goes to the last place of from that can still be shown.
func (w *Window) walk(from, to *[]place) {
	here := w.here()
	for len(*from) > 0 {
		last := len(*from) - 1
		p := (*from)[last]
		*from = (*from)[:last]
		if !w.canShow(p.page) {
			continue
		}
		*to = append(*to, here)
		w.bring(p.page)
		if w.session.Row(p.selected) != nil {
			w.session.Select(p.selected)
		}
		w.refresh()
		return
	}
}

// canShow reports whether a page has something to show.
func (w *Window) canShow(id string) bool {
	for _, p := range w.pages {
		if p.id == id {
			return p.enabled == nil || p.enabled()
		}
	}
	return false
}
