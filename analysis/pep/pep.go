// Package pep knows the standards by which Python packages name themselves
// and ask for each other, and answers as pip does.
//
// The story, in the order in which pip meets the words:
//
//   - A [Requirement] (PEP 508) asks for a project by [Name] (PEP 503), some
//     extras, and versions that its [Specifiers] (PEP 440) allow; its [Marker]
//     says where it applies at all.
//   - A [Target] is the Python and the platform that one installs for. It
//     gives the marker its [Env] and ranks the tags (PEP 425, 600, 656) that a
//     [WheelName] carries.
//   - A [Version] (PEP 440) can be compared, and is in normal form when printed.
//
// The rules are those of the library "packaging" 26, which pip 26 carries. All
// values are immutable once parsed and may be shared between goroutines.
package pep

import (
	"fmt"
	"strings"
)

// A Name is a project name (or the name of an extra) in the normal form of
// PEP 503, so that two Names are == when pip takes them for the same project.
type Name string

// Normalize returns s in lower case with each run of "-", "_" and "." turned
// into one "-". A name that a file or an image made up may hold anything: what is
// no printable ASCII, which no project's name has, becomes "?".
func Normalize(s string) Name {
	if isNormal(s) {
		return Name(s)
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '-' || c == '_' || c == '.':
			if i == 0 || !isSeparator(s[i-1]) {
				b = append(b, '-')
			}
		case 'A' <= c && c <= 'Z':
			b = append(b, c+'a'-'A')
		case c < ' ' || c > '~':
			b = append(b, '?')
		default:
			b = append(b, c)
		}
	}
	return Name(b)
}

func isNormal(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c < ' ' || c > '~' || c == '_' || c == '.' || 'A' <= c && c <= 'Z' || c == '-' && i > 0 && s[i-1] == '-' {
			return false
		}
	}
	return true
}

func isSeparator(c byte) bool { return c == '-' || c == '_' || c == '.' }

// A SyntaxError says what is wrong with a version, specifier, marker,
// requirement or wheel name, and where.
type SyntaxError struct {
	Input  string // what was parsed
	Offset int    // byte offset of the error in Input
	Msg    string // what was expected, without the input
}

// Error returns one sentence; of a long input it shows the part around the error.
func (e *SyntaxError) Error() string {
	in := e.Input
	if len(in) > 200 {
		from := max(0, min(e.Offset, len(in))-60)
		in = "…" + strings.ToValidUTF8(in[from:min(len(in), from+120)], "") + "…"
	}
	return fmt.Sprintf("%s at column %d of %q", e.Msg, e.Offset+1, in)
}
