package state

import (
	"cmp"
	"context"
	"slices"

	"weighline/analysis"
	"weighline/analysis/attribution"
	"weighline/analysis/layer"
	"weighline/analysis/report"
	"weighline/store"
	"weighline/ui/texts"
)

// A History is a line of versions: builds of the library from the first to the
// last, and what changed at each step.
type History struct {
	Title    string
	Versions []HistoryVersion
	ids      []int64
}

// A HistoryVersion is one build of a History, and how it differs from the one
// before.
type HistoryVersion struct {
	report.VersionJSON
	Saved store.Build         // without its result
	Step  *report.CompareJSON // nil for the first
	Most  string              // what changed most, in words
}

// References are what several saved builds were opened from, with their number:
// each has a history.
func (s *Session) References() (names []string, builds map[string]int) {
	builds = map[string]int{}
	for _, b := range s.Library {
		builds[b.Reference]++
	}
	for _, b := range s.Library {
		if builds[b.Reference] > 1 && !slices.Contains(names, b.Reference) {
			names = append(names, b.Reference)
		}
	}
	slices.Sort(names)
	return names, builds
}

// CompareVersions shows what changed between all saved builds of one reference.
func (s *Session) CompareVersions(reference string) {
	var ids []int64
	for _, b := range s.Versions(reference) {
		ids = append(ids, b.ID)
	}
	s.readHistory(reference, ids)
}

// CompareSaved compares two builds of the library, the older one being A; of more
// than two it shows what changed at each step.
func (s *Session) CompareSaved(ids ...int64) {
	ids = s.oldestFirst(ids)
	switch {
	case s.config.Library == nil || len(ids) < 2:
	case len(ids) == 2:
		s.compare(s.savedSide(ids[0]), s.savedSide(ids[1]))
	default:
		s.readHistory(texts.N(len(ids), "%d saved build", "%d saved builds"), ids)
	}
}

// oldestFirst puts builds of the library into the order in which they were made.
func (s *Session) oldestFirst(ids []int64) []int64 {
	created := map[int64]int64{}
	for _, b := range s.Library {
		created[b.ID] = b.Created.UnixNano()
	}
	ids = slices.Clone(ids)
	slices.SortStableFunc(ids, func(a, b int64) int { return cmp.Or(cmp.Compare(created[a], created[b]), cmp.Compare(a, b)) })
	return ids
}

// readHistory reads builds one after the other, of which no more than three are in
// memory at a time, and compares the first with the last.
func (s *Session) readHistory(title string, ids []int64) {
	lib := s.config.Library
	switch {
	case lib == nil:
		s.fail(s.errNoLibrary())
		s.changed()
		return
	case len(ids) < 2:
		s.fail(&analysis.UsageError{Text: texts.T("a comparison needs two saved builds")})
		s.changed()
		return
	}
	ids = s.oldestFirst(ids)
	s.retry, s.asked = func() { s.readHistory(title, ids) }, nil
	s.start(texts.F("Reading the history of %s", title), func(ctx context.Context, step func(analysis.Progress), _ func(func())) (func(), error) {
		h := &History{Title: title, ids: ids}
		var first, before compareSide
		for i, id := range ids {
			step(analysis.Progress{What: texts.F("Reading version %d of %d", i+1, len(ids))})
			saved, err := lib.GetID(ctx, id)
			if err != nil {
				return nil, err
			}
			b, p, err := saved.Unpack(ctx, lib)
			if err != nil {
				return nil, err
			}
			saved.Result = nil
			h.add(saved, before.build, b)
			before = compareSide{title: saved.Name, build: b, plan: p}
			if i == 0 {
				first = before
			}
		}
		c := newCompare(first, before, false)
		return func() {
			s.History = h
			s.setCompare(c)
		}, nil
	})
}

// add puts the next version behind the others.
func (h *History) add(saved store.Build, before, b *analysis.Build) {
	if before == nil {
		h.Versions = append(h.Versions, HistoryVersion{Saved: saved})
		return
	}
	last := &h.Versions[len(h.Versions)-1]
	c := analysis.Compare(before, b)
	t := report.Timeline([]*analysis.Comparison{c}, report.CompareOptions{Names: []string{last.Saved.Name, saved.Name}}, nil)
	last.VersionJSON = t.Versions[0]
	h.Versions = append(h.Versions, HistoryVersion{VersionJSON: t.Versions[1], Saved: saved, Step: &t.Steps[0], Most: mostChanged(c)})
}

// CompareStep compares version i of the history with the one before, in full.
func (s *Session) CompareStep(i int) {
	if h := s.History; h != nil && i > 0 && i < len(h.ids) {
		s.compare(s.savedSide(h.ids[i-1]), s.savedSide(h.ids[i]))
	}
}

// maxStepChanges is how many packages a line of the history names.
const maxStepChanges = 3

// mostChanged names the packages that changed most: "+ numpy 2.0, scipy 1.0 › 1.1".
func mostChanged(c *analysis.Comparison) string {
	changed := slices.DeleteFunc(slices.Clone(c.Changes), func(x analysis.PackageChange) bool { return x.Change == attribution.Same })
	if len(changed) == 0 {
		return texts.T("no package")
	}
	text := ""
	for i := range changed[:min(maxStepChanges, len(changed))] {
		if i > 0 {
			text += ", "
		}
		text += changeInWords(&changed[i])
	}
	if more := len(changed) - maxStepChanges; more > 0 {
		text += ", " + texts.F("%d more", more)
	}
	return text
}

// changeInWords tells what became of a package, in the fewest words.
func changeInWords(x *analysis.PackageChange) string {
	name := layer.Printable(x.Name)
	switch {
	case x.A == nil:
		return "+ " + name + " " + layer.Printable(x.B.Version)
	case x.B == nil:
		return "− " + name + " " + layer.Printable(x.A.Version)
	case x.A.Version != x.B.Version:
		return name + " " + layer.Printable(x.A.Version) + " › " + layer.Printable(x.B.Version)
	}
	return name + " " + deltaText(x.Delta)
}
