package reqfile

import (
	"fmt"
	"slices"
	"strings"

	"weighline/analysis/pep"
)

// A Pin is one version of a package, as a constraints file holds it.
type Pin struct {
	Name    pep.Name
	Version string
	Why     string // comment behind the line, or ""
}

// FirstPins lists pins as people read them, "numpy 2.2.6, torch 2.7.1": at most so many
// of them, and how many more there are.
func FirstPins(pins []Pin, most int) (text string, more int) {
	shown := pins[:min(len(pins), most)]
	words := make([]string, len(shown))
	for i, p := range shown {
		words[i] = string(p.Name) + " " + p.Version
	}
	return strings.Join(words, ", "), len(pins) - len(shown)
}

// Constraints returns the text of a constraints file (pip install -c) for
// pins, sorted by name.
func Constraints(pins []Pin) string {
	pins = slices.Clone(pins)
	slices.SortStableFunc(pins, func(a, b Pin) int { return strings.Compare(string(a.Name), string(b.Name)) })
	var b strings.Builder
	for _, p := range pins {
		fmt.Fprintf(&b, "%s==%s", p.Name, p.Version)
		if p.Why != "" {
			b.WriteString("  # " + harmless(p.Why))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// UvExclude returns what to paste into pyproject.toml so that uv leaves names
// out of every resolution, whatever asks for them (uv's setting
// "exclude-dependencies").
func UvExclude(names []pep.Name) string {
	names = slices.Compact(slices.Sorted(slices.Values(names)))
	if len(names) == 0 {
		return "[tool.uv]\nexclude-dependencies = []\n"
	}
	var b strings.Builder
	b.WriteString("[tool.uv]\nexclude-dependencies = [\n")
	for _, n := range names {
		fmt.Fprintf(&b, "    %q,\n", string(n))
	}
	b.WriteString("]\n")
	return b.String()
}

// render writes the direct requirements of a file that is no requirements file.
func (w *slimmer) render() OutFile {
	var b strings.Builder
	from := string(w.doc.Format)
	if len(w.doc.Files) > 0 {
		from = w.doc.Files[0].Path
	}
	fmt.Fprintf(&b, "# The requirements of %s\n", harmless(from))
	for _, x := range w.doc.IndexURLs {
		option := "--extra-index-url"
		if x.Default {
			option = "--index-url"
		}
		if x.Explicit {
			b.WriteString("# only for the packages that name it: ")
		}
		fmt.Fprintf(&b, "%s %s\n", option, x.URL.Secret())
	}
	section := ""
	for _, r := range w.doc.Requirements {
		if s := r.section(); s != section {
			fmt.Fprintf(&b, "\n# %s\n", harmless(s))
			section = s
		}
		line := r.line()
		if reason, ok := w.drop[r.Key()]; ok {
			w.hit[r.Key()] = true
			line = "# weighline: " + word(harmless(reason)) + ": " + line
			if more := w.replacement(r, "\n"); more != "" {
				line += "\n" + more
			}
		}
		b.WriteString(line + "\n")
	}
	b.WriteString(w.tail("\n"))
	for _, u := range w.doc.Unknown {
		fmt.Fprintf(&b, "# left out: %s (%s)\n", harmless(u.Text), harmless(u.Reason))
	}
	w.note("%s is not a requirements file; its direct requirements are written as one", from)
	return OutFile{Name: "requirements.txt", Source: from, Data: []byte(b.String()), Changed: true}
}

// Written returns r as a line of a requirements file, as it was as far as
// that is known.
func (r Requirement) Written() string { return r.line() }

// section names the list that r stands in.
func (r Requirement) section() string {
	switch {
	case r.Group != "":
		return "group " + r.Group
	case r.Extra != "":
		return "extra " + r.Extra
	}
	return ""
}

// line returns r as a line of a requirements file.
func (r Requirement) line() string {
	text := r.raw
	if text == "" {
		text = r.Text
	}
	text = strings.Join(strings.FieldsFunc(text, func(c rune) bool { return c == '\n' || c == '\r' }), " ")
	if r.Editable {
		text = "-e " + text
	}
	for _, h := range r.Hashes {
		text += " --hash=" + string(h)
	}
	return text
}
