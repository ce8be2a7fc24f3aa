package reqfile

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"weighline/analysis/pep"
)

// SlimOptions choose the form of the output. The zero value keeps the tree of
// files.
type SlimOptions struct {
	// Flatten writes included files into the place of their -r line.
	// Constraint files stay files of their own: pip knows no other form.
	Flatten bool
	// Replace gives, for requirements that are dropped because another takes their
	// place, the line of that. Where no line names the package, the new one stands
	// at the end of the first file.
	Replace map[pep.Name]Replacement
	// Constraints is the path, as the first file names it, of a constraints file
	// that it takes in addition; "" for none. Keep are lines of their own instead,
	// for an output that can be one file only.
	Constraints string
	Keep        []Pin
}

// A Replacement takes the place of a requirement.
type Replacement struct {
	Line  func(old pep.Requirement) string // what to write for a line
	Index string                           // URL of the index that has it beside the others, "" for none
}

// An OutFile is a file to be written.
type OutFile struct {
	Name    string // relative to the folder of the first file, with "/"
	Source  string // the file it was made from, "" if from none
	Data    []byte
	Changed bool     // Data differs from the source
	Notes   []string // what the reader should know; on the first file only
}

// Slim writes the files of doc without the requirements in drop, which gives
// the reason for each. A dropped line stays as a comment that begins with
// "# weighline: dropped, REASON: ", so that nothing is lost and the numbers of
// the lines stay the same. Constraints stay: they ask for nothing.
//
// Requirements are dropped by [Requirement.Key]. A drop that no line names is
// told in the notes: pip has no way to leave out what another package needs.
//
// Of a doc that was not read from a requirements file, Slim writes the direct
// requirements as a new one.
func Slim(doc *Doc, drop map[pep.Name]string, o SlimOptions) ([]OutFile, error) {
	w := &slimmer{doc: doc, drop: drop, o: o, hit: map[pep.Name]bool{}, names: map[string]string{}, taken: map[string]bool{}}
	var out []OutFile
	for _, s := range doc.sources {
		if s.charset.damaged {
			return nil, fmt.Errorf("write the slim requirements: the encoding of %s is damaged; save it as UTF-8 first", s.path)
		}
	}
	switch {
	case len(doc.sources) > 0:
		out = w.files()
	case doc.Format == Requirements:
		return nil, fmt.Errorf("write the slim requirements: the lines of the file are not at hand; read it again")
	default:
		out = []OutFile{w.render()}
	}
	for _, name := range slices.Sorted(maps.Keys(drop)) {
		if _, replaced := o.Replace[name]; !w.hit[name] && !replaced {
			w.note("%s is named by no line: pip installs it as long as another package needs it (uv can leave it out: exclude-dependencies)", name)
		}
	}
	out[0].Notes = w.notes
	return out, nil
}

type slimmer struct {
	doc   *Doc
	drop  map[pep.Name]string
	o     SlimOptions
	hit   map[pep.Name]bool
	notes []string
	names map[string]string // path of a source → name of its output
	taken map[string]bool   // names of outputs
	root  string
	named map[string]bool // indexes that a line names already
}

// replacement returns the lines that take the place of one, "" for none.
func (w *slimmer) replacement(r Requirement, eol string) string {
	x, ok := w.o.Replace[r.Key()]
	if !ok {
		return ""
	}
	if len(r.Hashes) > 0 {
		w.note("%s has hashes, and what takes its place has none: pip refuses it until \"pip hash\" has told them", r.Key())
	}
	return w.index(x.Index, eol) + x.Line(r.Requirement)
}

// index returns the line that names an index, once. One that is only for packages
// that name it stands in a comment, as no line of a requirements file can say that.
func (w *slimmer) index(url, eol string) string {
	for _, x := range w.doc.IndexURLs {
		if !x.Explicit && strings.TrimSuffix(x.URL.String(), "/") == strings.TrimSuffix(url, "/") {
			return ""
		}
	}
	if url == "" || w.named[url] {
		return ""
	}
	if w.named == nil {
		w.named = map[string]bool{}
	}
	w.named[url] = true
	return "--extra-index-url " + url + eol
}

// unnamed returns the lines for packages that no line names, for the end of the
// first file.
func (w *slimmer) unnamed(eol string) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(w.o.Replace)) {
		if slices.ContainsFunc(w.doc.Requirements, func(r Requirement) bool { return r.Key() == name }) {
			continue
		}
		x := w.o.Replace[name]
		fmt.Fprintf(&b, "# weighline: %s, %s%s%s%s%s", name, harmless(w.drop[name]), eol, w.index(x.Index, eol), x.Line(pep.Requirement{Name: name, RawName: string(name)}), eol)
	}
	return b.String()
}

// tail returns what stands at the end of the first file.
func (w *slimmer) tail(eol string) string {
	text := w.unnamed(eol)
	if w.o.Constraints != "" {
		text += "# weighline: the versions of the preview that the lines above leave open" + eol + "-c " + shellQuote(w.o.Constraints) + eol
	}
	if len(w.o.Keep) > 0 {
		text += "# weighline: versions of the preview that the lines above leave open" + eol + strings.ReplaceAll(Constraints(w.o.Keep), "\n", eol)
	}
	return text
}

func (w *slimmer) note(format string, args ...any) {
	w.notes = append(w.notes, fmt.Sprintf(format, args...))
}

// files writes the sources.
func (w *slimmer) files() []OutFile {
	w.root = filepath.Dir(w.doc.sources[0].path)
	for _, s := range w.doc.sources {
		w.name(s)
	}
	var out []OutFile
	at := map[string]int{}
	var add func(s *source)
	add = func(s *source) {
		if i, ok := at[s.path]; !ok {
			at[s.path] = len(out)
			out = append(out, w.write(s))
		} else if next := w.write(s); next.Changed && !out[i].Changed {
			out[i] = next // it was a constraint file before, and is required too
		}
		w.below(s, add)
	}
	add(w.doc.sources[0])
	return out
}

// below calls f for each file that is included by s and stays a file.
func (w *slimmer) below(s *source, f func(*source)) {
	for _, it := range s.items {
		switch {
		case it.include == nil:
		case w.o.Flatten && it.option == "--requirement" && !s.constraint:
			w.below(it.include, f)
		default:
			f(it.include)
		}
	}
}

// name chooses where the output of s goes: its place below the first file, or
// the folder "outside" if it lies elsewhere.
func (w *slimmer) name(s *source) {
	if _, ok := w.names[s.path]; ok {
		return
	}
	name, err := filepath.Rel(w.root, s.path)
	if err != nil || outside(w.root, s.path) {
		base := filepath.Base(s.path)
		name = filepath.Join("outside", base)
		for i := 2; w.taken[name]; i++ {
			name = filepath.Join("outside", fmt.Sprintf("%d-%s", i, base))
		}
		w.note("%s lies outside the folder of %s and is written to %s", s.path, filepath.Base(w.doc.sources[0].path), filepath.ToSlash(name))
	}
	w.names[s.path], w.taken[name] = name, true
}

func (w *slimmer) write(s *source) OutFile {
	text := w.text(s, filepath.Dir(w.names[s.path]), newline(s.lines))
	if s == w.doc.sources[0] {
		if more := w.tail(newline(s.lines)); more != "" {
			if text != "" && !strings.HasSuffix(text, "\n") {
				text += newline(s.lines)
			}
			text += more
		}
	}
	data, ok := s.charset.encode(text)
	if !ok {
		data = []byte(text)
		w.note("%s is written as UTF-8: its own encoding (%s) lacks a character of an included file", w.names[s.path], s.charset.name)
	}
	old, _ := s.charset.encode(join(s.lines))
	return OutFile{Name: filepath.ToSlash(w.names[s.path]), Source: s.path, Data: data, Changed: string(data) != string(old)}
}

// text returns the lines of s as they are to be written to a file in folder.
func (w *slimmer) text(s *source, folder, eol string) string {
	lines := slices.Clone(s.lines)
	for _, it := range s.items {
		part := lines[it.first-1 : it.last]
		switch {
		case it.req >= 0 && !s.constraint:
			r := w.doc.Requirements[it.req]
			if reason, ok := w.drop[r.Key()]; ok {
				w.hit[r.Key()] = true
				commentOut(part, reason, s.charset, it.first)
				if line := w.replacement(r, newline(s.lines)); line != "" {
					last := &part[len(part)-1]
					last.text += newline(s.lines) + line
				}
			}
		case it.include != nil && w.o.Flatten && it.option == "--requirement" && !s.constraint:
			w.inline(part, it, folder, eol)
		case it.option != "" && !isURL(it.value):
			w.relocate(part, it, s, folder)
		case it.local:
			w.relocate(part, it, s, folder)
		}
	}
	return join(lines)
}

// inline puts the text of an included file in the place of its line.
func (w *slimmer) inline(part []physLine, it item, folder, eol string) {
	text := w.text(it.include, folder, eol)
	var b strings.Builder
	fmt.Fprintf(&b, "# weighline: from %s%s", hideCoding(harmless(it.value)), eol)
	for i, l := range splitLines(text) {
		if i < 2 {
			l.text = hideCoding(l.text)
		}
		b.WriteString(l.text)
		b.WriteString(eol)
	}
	fmt.Fprintf(&b, "# weighline: end of %s", harmless(it.value))
	end := part[len(part)-1].end
	for i := range part {
		part[i] = physLine{}
	}
	part[0] = physLine{b.String(), end}
}

// relocate changes the path on an include or --find-links line where the old
// one would not lead from folder to the same file.
func (w *slimmer) relocate(part []physLine, it item, s *source, folder string) {
	if filepath.IsAbs(it.value) && it.include == nil {
		return
	}
	target := filepath.Join(filepath.Dir(s.path), it.value)
	if it.include != nil {
		target = filepath.Join(w.root, w.names[it.include.path])
	}
	if !filepath.IsAbs(it.value) && filepath.Join(w.root, folder, it.value) == target {
		return
	}
	rel, err := filepath.Rel(filepath.Join(w.root, folder), target)
	if err != nil {
		return
	}
	rel = filepath.ToSlash(rel)
	for i, l := range part {
		if strings.Contains(l.text, it.value) {
			part[i].text = strings.Replace(l.text, it.value, rel, 1)
			return
		}
	}
	// The path is spelled with a variable or over several lines.
	end := part[len(part)-1].end
	for i := range part {
		part[i] = physLine{}
	}
	part[0] = physLine{it.option + " " + shellQuote(rel), end}
}

func shellQuote(s string) string {
	if strings.ContainsAny(s, " \t'\"\\#") {
		return "'" + strings.ReplaceAll(s, "'", `'"'"'`) + "'"
	}
	return s
}

// commentOut turns the lines of a requirement into comments.
func commentOut(part []physLine, reason string, cs charset, first int) {
	reason = harmless(reason)
	if cs.name == "latin-1" {
		reason = strings.Map(func(r rune) rune {
			if r > 126 {
				return '?'
			}
			return r
		}, reason)
	}
	for i := range part {
		switch {
		case i == 0:
			part[i].text = "# weighline: " + word(reason) + ": " + part[i].text
		case !isComment(part[i].text):
			part[i].text = "# " + part[i].text
		}
		if first+i <= 2 {
			part[i].text = hideCoding(part[i].text)
		}
	}
}

// word returns what a comment says of a line that goes: a reason that says itself
// what happened, or that it is dropped.
func word(reason string) string {
	if strings.HasPrefix(reason, Swapped) {
		return reason
	}
	return "dropped, " + reason
}

// Swapped begins the reason for a line that another takes the place of.
const Swapped = "swapped for "

// harmless makes a text fit for a comment on one line.
func harmless(s string) string {
	return redact(strings.Join(strings.FieldsFunc(s, func(r rune) bool { return isSpace(r) || r == 0 }), " "))
}

// hideCoding keeps a comment from being taken for a coding line of PEP 263.
func hideCoding(s string) string {
	return codingRE.ReplaceAllStringFunc(s, func(m string) string { return "coding " + m[len("coding"):] })
}

// newline returns the line end that most lines have.
func newline(lines []physLine) string {
	count := map[string]int{}
	best := "\n"
	for _, l := range lines {
		if count[l.end]++; l.end != "" && count[l.end] > count[best] {
			best = l.end
		}
	}
	return best
}

func join(lines []physLine) string {
	var b strings.Builder
	for _, l := range lines {
		b.WriteString(l.text)
		b.WriteString(l.end)
	}
	return b.String()
}
