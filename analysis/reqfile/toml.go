package reqfile

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// maxDepth is how deep tables may be nested. Real files have depth 5; the
// decoder recurses, and a deep file would end the program.
const maxDepth = 100

// maxTables is how many tables and arrays a file may have. Reading them takes a
// kilobyte each; the largest lock that was seen has 12,000.
const maxTables = 60_000

// decodeTOML reads data into v. Where a part is damaged, the [[package]] or
// table around it is left out and told as a [SyntaxError], and the rest is read
// again; v is made anew by the caller's reset.
func decodeTOML(data []byte, file string, v any, reset func()) (errs []error) {
	if line, why := tooDeep(data); line > 0 {
		return []error{&SyntaxError{file, line, why + "; nothing was read", ""}}
	}
	tries := 12
	if len(data) > 4<<20 {
		tries = 3 // each reads the whole file
	}
	for range tries {
		err := toml.Unmarshal(data, v)
		if err == nil {
			return errs
		}
		reset()
		var d *toml.DecodeError
		if !errors.As(err, &d) {
			return append(errs, &SyntaxError{File: file, Msg: "this is not valid TOML, and nothing was read: " + tomlProblem(err)})
		}
		row, _ := d.Position()
		from, to, first := tomlBlock(data, row)
		rest := bytes.TrimSpace(data[to:])
		msg := tomlProblem(err) + "; the part that begins at line " + fmt.Sprint(first) + " was left out"
		if len(rest) == 0 && first > 1 {
			msg = tomlProblem(err) + "; the file seems to be cut off, and what begins at line " + fmt.Sprint(first) + " was left out"
		}
		errs = append(errs, &SyntaxError{file, row, msg, lineAt(data, row)})
		data = blank(data, from, to)
	}
	return append(errs, &SyntaxError{File: file, Msg: "there are more damaged places than that; nothing was read"})
}

// wrongTypeRE matches a message of the decoder that names Go types.
var wrongTypeRE = regexp.MustCompile(`cannot decode TOML (\w+) into`)

func tomlProblem(err error) string {
	if m := wrongTypeRE.FindStringSubmatch(err.Error()); m != nil {
		return "a value has the wrong type (" + m[1] + ")"
	}
	return excerpt(strings.TrimPrefix(err.Error(), "toml: "))
}

// blank returns a copy of data with nothing but line ends between from and to.
func blank(data []byte, from, to int) []byte {
	out := bytes.Clone(data)
	for i := from; i < to; i++ {
		if out[i] != '\n' {
			out[i] = ' '
		}
	}
	return out
}

// tomlBlock returns the part of data around row that can be left out: from a
// header to the next one, tables below a [[package]] included.
func tomlBlock(data []byte, row int) (from, to, first int) {
	at, line := 0, 1
	first = 1
	for at < len(data) {
		next := bytes.IndexByte(data[at:], '\n') + 1
		if next == 0 {
			next = len(data) - at
		}
		if l := data[at : at+next]; isBlockStart(l) {
			if line > row {
				return from, at, first
			}
			from, first = at, line
		}
		at += next
		line++
	}
	return from, len(data), first
}

func isBlockStart(line []byte) bool {
	if len(line) == 0 || line[0] != '[' || !bytes.ContainsRune(line, ']') {
		return false
	}
	name := bytes.TrimLeft(line, "[")
	return !bytes.HasPrefix(name, []byte("package.")) && !bytes.HasPrefix(name, []byte("packages.")) && !bytes.HasPrefix(name, []byte("distribution."))
}

// lineAt returns a line of data, from 1.
func lineAt(data []byte, row int) string {
	for range row - 1 {
		i := bytes.IndexByte(data, '\n')
		if i < 0 {
			return ""
		}
		data = data[i+1:]
	}
	line, _, _ := bytes.Cut(data, []byte("\n"))
	return excerpt(strings.TrimSpace(string(line)))
}

// tooDeep returns the line where brackets or dotted keys nest deeper than
// maxDepth, or where there are more than maxTables, and which it is; or 0.
func tooDeep(data []byte) (line int, why string) {
	deep := fmt.Sprintf("tables are nested deeper than %d, which no real file does", maxDepth)
	depth, dots, opened := 0, 0, 0
	line = 1
	for i := 0; i < len(data); i++ {
		switch c := data[i]; c {
		case '\n':
			line++
			dots = 0
		case '=', ',':
			dots = 0
		case '.':
			if dots++; dots > maxDepth {
				return line, deep
			}
		case '[', '{':
			if depth++; depth > maxDepth {
				return line, deep
			}
			if opened++; opened > maxTables {
				return line, fmt.Sprintf("more than %d tables and arrays, five times what a large lock has", maxTables)
			}
		case ']', '}':
			depth = max(0, depth-1)
		case '#':
			for i+1 < len(data) && data[i+1] != '\n' {
				i++
			}
		case '"', '\'':
			end := skipString(data, i)
			line += bytes.Count(data[i:end], []byte("\n"))
			i = end - 1
		}
	}
	return 0, ""
}

// skipString returns the end of the string that begins at i.
func skipString(data []byte, i int) int {
	q := data[i]
	if triple := []byte{q, q, q}; bytes.HasPrefix(data[i:], triple) {
		if j := bytes.Index(data[i+3:], triple); j >= 0 {
			return i + 3 + j + 3
		}
		return len(data)
	}
	for j := i + 1; j < len(data); j++ {
		switch {
		case data[j] == '\\' && q == '"':
			j++
		case data[j] == q, data[j] == '\n':
			return j + 1
		}
	}
	return len(data)
}

// headerLines returns the lines on which the given header stands.
func headerLines(data []byte, header string) []int {
	var lines []int
	h := []byte(header)
	for at, line := 0, 1; at < len(data); line++ {
		if bytes.HasPrefix(data[at:], h) {
			lines = append(lines, line)
		}
		next := bytes.IndexByte(data[at:], '\n')
		if next < 0 {
			break
		}
		at += next + 1
	}
	return lines
}

// A locator finds the lines on which the values of a TOML file stand, since
// the decoder does not tell.
type locator struct {
	text  string
	used  map[int]bool
	finds int
}

// A file so large or so full is no project file, and looking through it again
// and again would take minutes.
const (
	maxLocated = 1 << 20 // bytes
	maxFinds   = 5000
)

func newLocator(text string) *locator { return &locator{text: text, used: map[int]bool{}} }

// quoted returns the line of the string s below the header, or 0.
func (l *locator) quoted(header, s string) int {
	escaped := strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s)
	return l.find(header, `"`+s+`"`, `'`+s+`'`, `"`+escaped+`"`)
}

// key returns the line of the key below the header, or 0.
func (l *locator) key(header, key string) int {
	return l.find(header, "\n"+key+" ", "\n"+key+"=", "\n\""+key+"\"", "\n  "+key+" ")
}

// find returns the line of the first of the needles below the header that was
// not found before.
func (l *locator) find(header string, needles ...string) int {
	if l.finds++; l.finds > maxFinds || len(l.text) > maxLocated {
		return 0
	}
	from := 0
	if i := strings.Index("\n"+l.text, "\n"+header); i >= 0 {
		from = i
	}
	best := -1
	for _, n := range needles {
		for at := from; ; {
			i := strings.Index(l.text[at:], n)
			if i < 0 {
				break
			}
			i += at
			if !l.used[i] {
				if best < 0 || i < best {
					best = i
				}
				break
			}
			at = i + 1
		}
	}
	if best < 0 {
		return 0
	}
	l.used[best] = true
	if l.text[best] == '\n' {
		best++
	}
	return 1 + strings.Count(l.text[:best], "\n")
}
