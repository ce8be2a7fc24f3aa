package evidence

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"weighline/analysis/layer"
	"weighline/analysis/pep"
)

// A Use is one place that says a package is used.
type Use struct {
	Packages []pep.Name `json:",omitempty"` // who has what is used: several where they share it
	By       pep.Name   `json:",omitempty"` // the package whose file it is; "" for the user's own
	File     string     // below the user's folder; of a package below site-packages
	Line     int        // from 1, of the cell in a notebook; 0 if it is about all of the file
	Cell     int        `json:",omitempty"` // of a notebook, from 1
	Text     string     `json:",omitempty"` // the line, printable, trimmed
	Module   string     // what is asked for: a dotted name, a command, a library
	Kind     Kind
	// Aside says that the place does not run with the program: tests, setup.py,
	// documentation; of a package a module that nothing imports when the program
	// starts, as far as can be seen.
	Aside bool `json:",omitempty"`
}

// An asked module is what an import asks for, with who has it.
type asked struct {
	module string
	who    []pep.Name
}

// modules returns what an import asks for. Names of a from statement count where
// distributions share what they are taken from.
func (n *Names) modules(x Import) []asked {
	if !n.shared[x.Module] || len(x.Names) == 0 {
		return []asked{{x.Module, n.Owners(x.Module)}}
	}
	out := make([]asked, 0, len(x.Names))
	for _, name := range x.Names {
		module := x.Module
		if name != "*" {
			module += "." + name
		}
		out = append(out, asked{module, n.Owners(module)})
	}
	return out
}

// maxText is how many characters of a line are shown.
const maxText = 160

// lineText returns a line of src for people.
func lineText(src []byte, line int) string {
	for range line - 1 {
		i := bytes.IndexByte(src, '\n')
		if i < 0 {
			return ""
		}
		src = src[i+1:]
	}
	return shown(src[:lineEnd(src, 0)])
}

var credentials = regexp.MustCompile(`://[^/@\s]+@`)

// shown returns a line without the blanks around it, printable, without
// passwords in addresses, and cut where it is long.
func shown(line []byte) string {
	cut := len(line) > 4*maxText
	if cut {
		line = line[:4*maxText]
	}
	s := layer.Printable(strings.TrimSpace(string(bytes.ToValidUTF8(line, []byte("?")))))
	if strings.Contains(s, "://") {
		s = credentials.ReplaceAllString(s, "://***@") // of a broker in a command
	}
	if n := utf8.RuneCountInString(s); n > maxText || cut {
		r := []rune(s)
		return string(r[:min(n, maxText-1)]) + "…"
	}
	return s
}

// compare orders uses: the user's own first, then by file and line.
func compare(a, b Use) int {
	if (a.By == "") != (b.By == "") {
		if a.By == "" {
			return -1
		}
		return 1
	}
	if c := strings.Compare(string(a.By), string(b.By)); c != 0 {
		return c
	}
	if c := strings.Compare(a.File, b.File); c != 0 {
		return c
	}
	if a.Cell != b.Cell {
		return a.Cell - b.Cell
	}
	if a.Line != b.Line {
		return a.Line - b.Line
	}
	if c := strings.Compare(a.Module, b.Module); c != 0 {
		return c
	}
	return slices.Compare(a.Packages, b.Packages)
}
