package state

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"weighline/analysis"
	"weighline/analysis/attribution"
	"weighline/store"
	"weighline/ui/texts"
)

// A History is saved builds in a row, the oldest first: versions of one
// reference, or those that were chosen.
type History struct {
	Title    string
	Versions []Version
}

// A Version is one saved build and what changed since the one before it.
type Version struct {
	Saved store.Build // without its result
	// Changed, of all but the first: the totals, packages that came, went and
	// changed, and the largest of these changes in words.
	Totals                  []Figure
	Added, Removed, Updated int
	Largest                 []string
}

// maxLargest is how many changes of a step are named.
const maxLargest = 4

// CompareSaved compares two saved builds, the older one being A. Of more it
// makes a history, and compares the first with the last.
func (s *Session) CompareSaved(ids ...int64) {
	var chosen []store.Build
	for _, b := range s.Library {
		if slices.Contains(ids, b.ID) {
			chosen = append(chosen, b)
		}
	}
	slices.SortStableFunc(chosen, func(x, y store.Build) int { return cmp.Or(x.Created.Compare(y.Created), cmp.Compare(x.ID, y.ID)) })
	s.compareSaved(texts.F("%d saved builds", len(ids)), func(context.Context, *store.Store) ([]store.Build, error) { return chosen, nil })
}

// CompareVersions makes the history of all saved builds of one reference.
func (s *Session) CompareVersions(reference string) {
	s.compareSaved(reference, func(ctx context.Context, lib *store.Store) ([]store.Build, error) {
		return lib.History(ctx, reference)
	})
}

func (s *Session) compareSaved(title string, choose func(context.Context, *store.Store) ([]store.Build, error)) {
	lib := s.config.Library
	if lib == nil {
		s.fail(s.errNoLibrary())
		s.changed()
		return
	}
	s.retry = nil
	s.start(texts.F("Comparing %s", title), func(ctx context.Context, step func(analysis.Progress), _ func(func())) (func(), error) {
		chosen, err := choose(ctx, lib)
		if err != nil {
			return nil, err
		}
		if len(chosen) < 2 {
			return nil, &analysis.UsageError{Text: texts.T("a comparison needs two saved builds")}
		}
		h := &History{Title: title}
		var first, last *analysis.Build
		for i, x := range chosen {
			step(analysis.Progress{What: texts.F("Reading %s", x.Name), Done: int64(i), Total: int64(len(chosen))})
			b, err := unpack(ctx, lib, x.ID)
			if err != nil {
				return nil, err
			}
			h.Versions = append(h.Versions, versionOf(x, last, b))
			if first == nil {
				first = b
			}
			last = b
		}
		c := s.compare(ctx, first, last, chosen[0].Name, chosen[len(chosen)-1].Name)
		return func() {
			s.setCompare(c)
			if len(chosen) > 2 {
				s.History = h
			}
		}, nil
	})
}

func unpack(ctx context.Context, lib *store.Store, id int64) (*analysis.Build, error) {
	saved, err := lib.GetID(ctx, id)
	if err != nil {
		return nil, err
	}
	b, _, err := saved.Unpack(ctx, lib)
	return b, err
}

// versionOf tells what b has that the version before it has not.
func versionOf(saved store.Build, before, b *analysis.Build) Version {
	v := Version{Saved: saved}
	if before == nil {
		return v
	}
	c := &Compare{Comparison: analysis.Compare(before, b)}
	v.Totals = c.Summary()
	for i := range c.Changes {
		x := &c.Changes[i]
		switch x.Change {
		case attribution.Added:
			v.Added++
		case attribution.Removed:
			v.Removed++
		case attribution.Changed:
			v.Updated++
		default:
			continue
		}
		if d := c.Weight(x); len(v.Largest) < maxLargest && d.Size != 0 {
			v.Largest = append(v.Largest, strings.TrimSpace(x.Name+" "+d.Size.Delta()))
		}
	}
	return v
}
