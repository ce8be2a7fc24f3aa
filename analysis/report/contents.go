package report

import (
	"fmt"
	"io"
	"strings"

	"weighline/analysis/bytesize"
	"weighline/analysis/depgraph"
	"weighline/analysis/fileclass"
	"weighline/analysis/layer"
	"weighline/analysis/pyindex"
)

// ContentsJSON is what a wheel holds, as its own directory tells. It is absent
// where no index was asked, or the index gives no parts of files.
type ContentsJSON struct {
	Files    int   `json:"files"`
	Tests    int64 `json:"tests"`
	Static   int64 `json:"static"`
	Headers  int64 `json:"headers"`
	Bytecode int64 `json:"bytecode"` // that the wheel itself brings
	// Pyc is about what pip adds by compiling; it is in no other figure.
	Pyc       int64         `json:"pyc"`
	Libraries []LibraryJSON `json:"libraries"` // compiled code, the largest first
	Imports   []string      `json:"imports"`   // names that code imports
}

// LibraryJSON is a file with compiled code.
type LibraryJSON struct {
	Path  string `json:"path"`
	Bytes int64  `json:"bytes"`
}

func contentsJSON(c *pyindex.Contents) *ContentsJSON {
	if c == nil {
		return nil
	}
	j := &ContentsJSON{Files: c.Files, Tests: c.Tests, Static: c.Static, Headers: c.Headers, Bytecode: c.Bytecode, Pyc: c.Pyc, Libraries: []LibraryJSON{}, Imports: []string{}}
	for _, l := range c.Libraries {
		j.Libraries = append(j.Libraries, LibraryJSON{layer.Printable(l.Path), l.Size})
	}
	for _, n := range c.Imports {
		j.Imports = append(j.Imports, layer.Printable(n))
	}
	return j
}

// An inside is what the wheels of a graph hold together.
type inside struct {
	classes         map[fileclass.Class]bytesize.Size
	compiled, pyc   bytesize.Size
	libraries       int
	looked, unknown int // packages
}

// insideOf adds up what the packages that the roots lead to hold.
func insideOf(g *depgraph.Graph) inside {
	s := inside{classes: map[fileclass.Class]bytesize.Size{}}
	all := g.Without()
	for i, n := range g.Nodes() {
		switch c := n.Contents; {
		case !all.Kept(i):
		case c == nil:
			s.unknown++
		default:
			s.looked++
			for _, class := range fileclass.All {
				s.classes[class] += bytesize.Size(c.Class(class))
			}
			s.compiled += bytesize.Size(c.Compiled())
			s.libraries += len(c.Libraries)
			s.pyc += bytesize.Size(c.Pyc)
		}
	}
	return s
}

// bytecode returns about what pip would add by compiling, unknown if no wheel
// could be looked into.
func (s inside) bytecode() bytesize.Amount {
	if s.looked == 0 {
		return bytesize.Amount{}
	}
	return bytesize.About(int64(s.pyc))
}

// write prints what the wheels hold in two lines; nothing if that is not known.
func (s inside) write(w io.Writer, width int) {
	if s.looked == 0 {
		return
	}
	parts := []string{fmt.Sprintf("compiled code %s in %s", s.compiled, plural(s.libraries, "file"))}
	for _, class := range fileclass.All {
		if n := s.classes[class]; n > 0 {
			parts = append(parts, fmt.Sprintf("%s %s", className[class], n))
		}
	}
	of := ""
	if s.unknown > 0 {
		of = fmt.Sprintf(" (%s could not be looked into)", plural(s.unknown, "package"))
	}
	writeWrapped(w, fmt.Sprintf("Of it%s: %s.", of, strings.Join(parts, ", ")), width)
	writeWrapped(w, fmt.Sprintf("pip would add about %s of bytecode by compiling it.", s.pyc), width)
}

// className says what a class of files is, in words.
var className = map[fileclass.Class]string{
	fileclass.Tests: "tests", fileclass.Static: "static libraries", fileclass.Headers: "headers", fileclass.Bytecode: "bytecode",
}
