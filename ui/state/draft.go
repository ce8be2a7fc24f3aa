package state

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"weighline/analysis/plan"
	"weighline/ui/texts"
)

// A Draft is a plan that was not saved, and what it was made for. While a window
// has one it lies in a file, which is gone when the plan is saved, or the window
// closed of which the next start shows the plan anyway. A file that is there at the
// start of the program is of another window, or of a program that ended otherwise.
type Draft struct {
	Title   string    `json:"title"`
	Sources []string  `json:"sources"`         // with whole paths
	Saved   string    `json:"saved,omitempty"` // name of the saved build, if one was open
	Plan    plan.Plan `json:"plan"`
	At      time.Time `json:"at"`

	path string
}

// A draft is the file of a session.
type draft struct {
	path    string // "" until there is one
	written bool
	offers  []Draft
}

// draftCount tells the drafts of one process apart.
var draftCount atomic.Int64

// CurrentDraft returns what is open, with its plan; false if nothing is.
func (s *Session) CurrentDraft() (Draft, bool) {
	if s.Build == nil {
		return Draft{}, false
	}
	d := Draft{Title: s.Title, Sources: s.Paths, Plan: s.Plan, At: time.Now()}
	if s.Saved != nil {
		d.Saved = s.Saved.Name
	}
	if len(d.Sources) == 0 {
		d.Sources = s.Sources
	}
	return d, true
}

// keepDraft writes the plan down if it is not saved.
func (s *Session) keepDraft() {
	if s.config.Drafts == "" {
		return
	}
	d, ok := s.CurrentDraft()
	if !ok || !s.Dirty() {
		s.dropDraft()
		return
	}
	if s.draft.path == "" {
		s.draft.path = filepath.Join(s.config.Drafts, fmt.Sprintf("%d-%d.json", os.Getpid(), draftCount.Add(1)))
	}
	s.draft.written = true
	path := s.draft.path
	s.queue(func() {
		data, err := json.Marshal(d)
		if err == nil && os.MkdirAll(filepath.Dir(path), 0o700) == nil {
			tmp := path + ".tmp"
			if os.WriteFile(tmp, data, 0o600) == nil {
				os.Rename(tmp, path) //nolint:errcheck // a draft is a precaution: without it nothing is lost yet
			}
		}
	})
}

// dropDraft takes the file away.
func (s *Session) dropDraft() {
	if !s.draft.written {
		return
	}
	s.draft.written = false
	path := s.draft.path
	s.queue(func() { os.Remove(path) }) //nolint:errcheck // as above
}

// LeaveDraft leaves an unsaved plan where it is when the window is closed: the next
// start offers it.
func (s *Session) LeaveDraft() { s.draft.written = false }

// OfferDrafts looks for the plans of programs that ended without saving them and
// offers them, one after the other.
func (s *Session) OfferDrafts() {
	dir := s.config.Drafts
	if dir == "" {
		return
	}
	s.queue(func() {
		found := leftDrafts(dir)
		s.post(func() {
			s.draft.offers = found
			s.offer()
			s.changed()
		})
	})
}

// offer shows the next draft, unless something else is to be said.
func (s *Session) offer() {
	if len(s.draft.offers) == 0 || s.Notice.Text != "" || s.Busy() {
		return
	}
	d := s.draft.offers[0]
	next := func() {
		s.draft.offers = s.draft.offers[1:]
		s.queue(func() { os.Remove(d.path) }) //nolint:errcheck // it would be offered again
		s.Notice = Notice{}
	}
	s.Notice = Notice{Severity: Caution, Text: texts.F("The plan for %s was not saved when Weighline ended.", d.Title),
		Why: texts.F("It is of %s.", d.At.Local().Format("2006-01-02 15:04")),
		Actions: []Action{
			{texts.T("Restore"), func() { next(); s.Reopen(d) }},
			{texts.T("Discard"), func() { next(); s.offer(); s.changed() }},
		}}
}

// Reopen opens what a draft was made for, with its plan.
func (s *Session) Reopen(d Draft) {
	if d.Saved != "" {
		s.openSavedPlan(d)
		return
	}
	s.OpenPlan(d.Sources, d.Plan)
}

// leftDrafts reads the drafts of processes that are no more, the latest first.
func leftDrafts(dir string) []Draft {
	files, err := os.ReadDir(dir)
	if err != nil {
		return nil // there were none yet
	}
	var out []Draft
	for _, f := range files {
		pid, _, ok := strings.Cut(f.Name(), "-")
		n, err := strconv.Atoi(pid)
		if !ok || err != nil || filepath.Ext(f.Name()) != ".json" || n == os.Getpid() || alive(n) {
			continue
		}
		d := Draft{path: filepath.Join(dir, f.Name())}
		data, err := os.ReadFile(d.path)
		if err != nil || json.Unmarshal(data, &d) != nil || len(d.Sources) == 0 {
			continue
		}
		out = append(out, d)
	}
	slices.SortFunc(out, func(a, b Draft) int { return b.At.Compare(a.At) })
	return out
}

// alive reports whether a process runs.
func alive(pid int) bool {
	p, err := os.FindProcess(pid)
	return err == nil && p.Signal(syscall.Signal(0)) == nil
}
