package evidence

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// An Import is one module that a source imports.
type Import struct {
	// Module is the dotted name without leading dots, "" in "from . import x".
	Module string
	// Names are what "from Module import …" takes; nil for "import Module".
	// They may be modules below Module, or anything in it; "*" stands for all.
	Names []string
	Level int // leading dots; 0 for an absolute import
	Line  int // of the statement, from 1
	Kind  Kind

	onlyIf bool // it is guarded by nothing but an if
}

// A Source is what [Parse] found in one Python source.
type Source struct {
	Imports []Import
	// Problems are what Python itself would refuse, or what could not be read:
	// at most 5. The imports are those of what could be read.
	Problems []Problem
}

// A Problem is something that kept a file, or a part of it, from being read.
type Problem struct {
	File string // "" where the caller knows it
	Line int    // 0 for all of it
	Text string // one sentence without the full stop
}

func (p Problem) String() string {
	switch {
	case p.File == "":
		return fmt.Sprintf("line %d: %s", p.Line, p.Text)
	case p.Line == 0:
		return p.File + ": " + p.Text
	}
	return fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.Text)
}

const maxProblems = 5

// Parse reads the imports of a Python source of any version from 2.7 to 3.14, in
// one pass and time that grows with the length of src alone. It never fails: of
// what is no Python it returns what looks like statements, and the problems.
func Parse(src []byte) Source {
	var p parser
	return p.parse(src)
}

// decode returns src as UTF-8 with "\n" alone at the ends of lines. The
// encoding is told by a byte order mark or a comment (PEP 263).
func decode(src []byte) ([]byte, []Problem) {
	var problems []Problem
	note := func(text string) { problems = append(problems, Problem{Line: 1, Text: text}) }
	switch {
	case bytes.HasPrefix(src, []byte("\xef\xbb\xbf")):
		src = src[3:]
	case bytes.HasPrefix(src, []byte("\xff\xfe")) || bytes.HasPrefix(src, []byte("\xfe\xff")):
		note("the file is in UTF-16, which Python does not run")
		src = convert(src, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM))
	default:
		if name := declared(src); name != "" {
			enc, err := lookup(name)
			if err != nil {
				note(fmt.Sprintf("the encoding %q that it declares is not known; it is read as ASCII", name))
			} else if enc != nil {
				src = convert(src, enc)
			}
		}
	}
	if i := bytes.IndexByte(src, 0); i >= 0 {
		problems = append(problems, Problem{Line: 1 + bytes.Count(src[:i], []byte("\n")), Text: "there are NUL bytes, which Python refuses"})
	}
	if bytes.IndexByte(src, '\r') >= 0 {
		src = bytes.ReplaceAll(bytes.ReplaceAll(src, []byte("\r\n"), []byte("\n")), []byte("\r"), []byte("\n"))
	}
	return src, problems
}

func convert(src []byte, enc encoding.Encoding) []byte {
	out, _, err := transform.Bytes(enc.NewDecoder(), src)
	if err != nil {
		return src
	}
	return out
}

var cookie = regexp.MustCompile(`^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)`)

// declared returns the encoding that one of the first two lines declares in a
// comment; the first must not be code for the second to count.
func declared(src []byte) string {
	for range 2 {
		line, rest, _ := bytes.Cut(src, []byte("\n"))
		if len(line) > 1000 {
			return ""
		}
		line = bytes.TrimRight(line, "\r")
		if m := cookie.FindSubmatch(line); m != nil {
			return strings.ToLower(string(m[1]))
		}
		if t := bytes.TrimLeft(line, " \t\f"); len(t) > 0 && t[0] != '#' {
			return ""
		}
		src = rest
	}
	return ""
}

// lookup returns how to decode an encoding of Python, nil where its bytes below
// 128 are ASCII wherever they stand, so that imports can be read as they are.
func lookup(name string) (encoding.Encoding, error) {
	name = strings.ReplaceAll(name, "_", "-")
	for _, plain := range []string{"utf-8", "utf8", "ascii", "us-ascii", "latin", "iso-8859", "iso8859", "l1", "cp12", "windows-12", "koi8", "euc", "cp437", "cp85", "cp86", "mac"} {
		if strings.HasPrefix(name, plain) {
			return nil, nil
		}
	}
	switch name {
	case "cp932", "ms932", "sjis", "s-jis":
		name = "shift-jis"
	case "cp936", "gb2312":
		name = "gbk"
	case "cp950":
		name = "big5"
	}
	return htmlindex.Get(name)
}
