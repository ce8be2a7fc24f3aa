package state

import (
	"fmt"
	"slices"
	"strings"

	"weighline/analysis/bytesize"
	"weighline/analysis/depgraph"
	"weighline/analysis/layer"
	"weighline/analysis/pep"
	"weighline/ui/texts"
)

// A Part is one answer about a package.
type Part struct {
	Heading string
	Lines   []string
}

// maxChains and maxNames are how much the details list.
const (
	maxChains = 6
	maxNames  = 24
)

// Describe answers of a package what the details show: what goes with it, why it
// is here, who uses it, where its numbers come from, which its files are, what it
// requires.
func (s *Session) Describe(r *Row) []Part {
	var parts []Part
	add := func(heading string, lines ...string) {
		for i := range lines {
			lines[i] = layer.Printable(lines[i]) // requirements and files are named by images and indexes
		}
		if len(lines) > 0 {
			parts = append(parts, Part{heading, lines})
		}
	}
	if r.node >= 0 {
		add(texts.T("What goes with it"), s.goesWith(r)...)
		add(texts.T("Why it is here"), s.why(r)...)
		add(texts.T("Who uses it"), s.usedBy(r)...)
	} else {
		add(texts.T("Why it is here"), s.systemWhy(r)...)
	}
	add(texts.T("Installed more than once"), s.copies(r)...)
	add(texts.T("Required and installed"), s.joined(r)...)
	add(texts.T("Where its numbers come from"), s.numbers(r)...)
	add(texts.T("Its files"), s.filesOf(r)...)
	if needs := s.requires(r); len(needs) > 0 {
		add(texts.T("It requires"), list(needs))
	}
	return parts
}

func (s *Session) goesWith(r *Row) []string {
	switch r.Status {
	case Dropped:
		return append([]string{texts.T("Dropped. It is not installed under the plan.")}, s.leftToSystem(r)...)
	case Freed:
		return append([]string{texts.T("Goes with what was dropped: nothing that stays needs it.")}, s.leftToSystem(r)...)
	case Swapped:
		return s.describeSwap(r)
	case DevOnly:
		return []string{texts.T("Moves to the list for development: production does not install it.")}
	case Holding:
		return []string{texts.N(len(r.HeldBy), "Its line is dropped, but it stays: %[2]s still needs it.", "Its line is dropped, but it stays: %[2]s still need it.", list(r.HeldBy))}
	}
	g := s.Graph()
	if r.Frees.Packages == 0 {
		return []string{texts.N(len(r.HeldBy), "Dropping it alone frees nothing: %[2]s still needs it.", "Dropping it alone frees nothing: %[2]s still need it.", list(r.HeldBy))}
	}
	var with []pep.Name
	now := g.Without(append(append([]pep.Name(nil), s.Plan.Drop...), r.Name)...)
	for i, n := range g.Nodes() {
		if now.Gone(i) && !s.Preview.Removal.Gone(i) && n.Name != r.Name && !slices.Contains(with, n.Name) {
			with = append(with, n.Name)
		}
	}
	lines := []string{texts.F("Dropping it now frees %s.", s.freesText(r))}
	if t := s.FreesOwn(r); t.Unknown > 0 && t.Size == 0 {
		lines[0] = texts.T("Nobody knows how much dropping it frees: its size is not known.")
	}
	if len(with) > 0 {
		lines = append(lines, texts.F("With it go %s.", list(with)))
	}
	if !r.Root && s.Build.Deps != nil {
		lines = append(lines, texts.T("No line asks for it: dropping it excludes a dependency that others require, which is riskier and which pip itself cannot do."))
	}
	return lines
}

func (s *Session) freesText(r *Row) string {
	text := texts.F("%s in %d packages", s.FreesOwn(r), r.Frees.Packages)
	if r.Frees.Packages == 1 {
		text = s.FreesOwn(r).String()
	}
	return text
}

func (s *Session) why(r *Row) []string {
	if s.Build.Deps == nil && r.From == topLevel() {
		return []string{texts.T("No other installed package requires it: somebody asked for it.")}
	}
	chains, more := s.Graph().Why(r.Name, maxChains)
	var lines []string
	for _, c := range chains {
		if text := chainText(c); !slices.Contains(lines, text) { // copies of a package have the same
			lines = append(lines, text)
		}
	}
	if more {
		lines = append(lines, texts.T("and by more ways"))
	}
	return lines
}

func (s *Session) numbers(r *Row) []string {
	var lines []string
	if r.Kind == "python" && s.Build.Deps != nil && r.node >= 0 {
		n := s.Graph().Nodes()[r.node]
		switch {
		case r.Download.Basis == bytesize.Unknown:
			lines = append(lines, texts.F("Download unknown: %s", n.Reason))
		default:
			lines = append(lines, texts.F("Download %s: %s, from the %s", r.Download.Size.Exact(), n.File, CatalogueText(s.Build.Deps.Catalogue)))
		}
	}
	switch r.Unpacked.Basis {
	case bytesize.Known:
		lines = append(lines, texts.F("Unpacked %s: %s", r.Unpacked.Size.Exact(), r.Basis))
	case bytesize.Estimated:
		lines = append(lines, texts.F("Unpacked about %s: %s", r.Unpacked.Size, r.Basis))
	default:
		lines = append(lines, texts.F("Unpacked unknown: %s", r.Basis))
	}
	if len(r.Layers) > 0 {
		words := make([]string, len(r.Layers))
		for i, l := range r.Layers {
			words[i] = fmt.Sprint(l)
		}
		lines = append(lines, texts.N(len(words), "In the image: layer %[2]s", "In the image: layers %[2]s", strings.Join(words, ", ")))
	}
	return append(lines, s.broughtBy(r)...)
}

// CatalogueText says in the language of the windows where sizes are from, as
// [analysis.Deps] has it in English.
func CatalogueText(from string) string {
	if of, ok := strings.CutPrefix(from, "catalogue of "); ok {
		return texts.F("catalogue of %s", of)
	}
	if of, ok := strings.CutPrefix(from, "lock, and the catalogue of "); ok {
		return texts.F("lock, and the catalogue of %s", of)
	}
	if of, ok := strings.CutPrefix(from, "index "); ok {
		return texts.F("index %s", of)
	}
	if of, ok := strings.CutPrefix(from, "lock, and the index "); ok {
		return texts.F("lock, and the index %s", of)
	}
	return from
}

// chainText writes a chain with a sign that the fonts of all systems have.
func chainText(c depgraph.Chain) string {
	words := make([]string, len(c))
	for i, step := range c {
		words[i] = step.Requirement
	}
	return strings.Join(words, "  ›  ")
}

// list writes names in a sentence, at most maxNames of them.
func list(names []pep.Name) string {
	words := make([]string, 0, min(len(names), maxNames))
	for i, n := range names {
		if i == maxNames {
			return texts.F("%s and %d more", strings.Join(words, ", "), len(names)-i)
		}
		words = append(words, string(n))
	}
	return strings.Join(words, ", ")
}
