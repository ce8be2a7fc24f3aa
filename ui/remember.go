package ui

import (
	"encoding/json"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"weighline/ui/state"
	"weighline/ui/texts"
	"weighline/ui/widgets"
)

// panes maps the name of a split to how far its first side reaches, from 0 to 1.
type panes map[string]float64

// splits are the panes of the window whose sizes are remembered.
func (w *Window) splits() map[string]*container.Split {
	return map[string]*container.Split{"packages": w.packages.split, "packages.side": w.packages.side, "layers": w.layers.split, "compare": w.compare.split}
}

// keepPlace remembers what is open, the page and the panes for the next start.
func (w *Window) keepPlace() {
	p := w.app.fyne.Preferences()
	kept := panes{}
	for name, s := range w.splits() {
		if name == "packages.side" && !w.packages.treemap.Visible() {
			continue // the map is hidden: not a size that was chosen
		}
		kept[name] = s.Offset
	}
	if data, err := json.Marshal(kept); err == nil {
		p.SetString(prefPanes, string(data))
	}
	p.SetBool(prefMap, w.packages.treemap.Visible())
	p.SetString(prefPage, w.current)
	last := ""
	if d, ok := w.session.CurrentDraft(); ok {
		if data, err := json.Marshal(d); err == nil {
			last = string(data)
		}
	}
	p.SetString(prefLast, last)
}

// restorePanes gives the panes the sizes of last time.
func (w *Window) restorePanes() {
	p := w.app.fyne.Preferences()
	var kept panes
	if json.Unmarshal([]byte(p.String(prefPanes)), &kept) != nil {
		kept = nil // none were kept yet
	}
	for name, s := range w.splits() {
		if offset, ok := kept[name]; ok && offset > 0.02 && offset < 0.98 {
			s.SetOffset(offset)
		}
	}
	if !p.BoolWithFallback(prefMap, true) && w.packages.treemap.Visible() {
		w.packages.toggleMap()
	}
}

// keepColumns remembers the columns of a table: which there are, in what order and
// how wide.
func (w *Window) keepColumns(pref string, t widgets.TableState) {
	if b, err := json.Marshal(t); err == nil {
		w.session.Background(func() { w.app.fyne.Preferences().SetString(pref, string(b)) })
	}
}

// restoreColumns gives a table the columns of last time. How it was sorted is a
// matter of the build.
func (w *Window) restoreColumns(pref string, table *widgets.DataTable) {
	var t widgets.TableState
	text := w.app.fyne.Preferences().String(pref)
	if text != "" && json.Unmarshal([]byte(text), &t) == nil {
		t.Sort = widgets.SortState{}
		table.SetState(t)
	}
}

// rememberColumns does both for a table of which the user alone changes columns.
func (w *Window) rememberColumns(pref string, table *widgets.DataTable) {
	w.restoreColumns(pref, table)
	table.OnState = func(t widgets.TableState) { w.keepColumns(pref, t) }
}

// OpenLast opens what was open when the last window was closed, with its plan and
// on its page, unless the user does not want that. It reports whether there is
// something to open.
func (w *Window) OpenLast() bool {
	p := w.app.fyne.Preferences()
	var d state.Draft
	if !w.app.Restore() || json.Unmarshal([]byte(p.String(prefLast)), &d) != nil || len(d.Sources) == 0 {
		return false
	}
	w.wanted = p.String(prefPage)
	w.session.Reopen(d)
	return true
}

// A jobWatch knows how long the running job has been at it.
type jobWatch struct {
	since time.Time // zero: none is running
	title string
}

// longReading is how long a reading takes of whose end somebody wants to be told.
const longReading = 8 * time.Second

// watchJob tells of the end of a long reading while another program is in front.
func (w *Window) watchJob() {
	s := w.session
	switch {
	case s.Busy() && w.job.since.IsZero():
		w.job = jobWatch{time.Now(), s.Progress.What}
	case !s.Busy() && !w.job.since.IsZero():
		took := time.Since(w.job.since)
		w.job = jobWatch{}
		p := w.app.fyne.Preferences()
		if took < longReading || !w.app.behind || !p.BoolWithFallback(prefNotify, true) {
			return
		}
		text := s.Notice.Text
		if text == "" {
			text = texts.F("%s is read.", s.Title)
		}
		w.app.fyne.SendNotification(fyne.NewNotification("Weighline", text))
	}
}
