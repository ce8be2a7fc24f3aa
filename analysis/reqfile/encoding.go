package reqfile

import (
	"bytes"
	"regexp"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// A charset is how the bytes of a file become text and go back. Going back
// gives the same bytes, so that a rewritten file differs only where a line was
// changed.
type charset struct {
	bom  string // the byte order mark, as bytes
	name string // "utf-8", "utf-16-le", …
	// damaged means that the mark promises what the bytes do not keep. After
	// a change they might, and then read as another text.
	damaged bool
}

// boms are the marks that pip looks for. pip asks for UTF-16 before UTF-32,
// which takes a little-endian UTF-32 file for UTF-16 with NULs in it; here the
// longer mark is asked for first.
var boms = []charset{
	{bom: "\xef\xbb\xbf", name: "utf-8"},
	{bom: "\xff\xfe\x00\x00", name: "utf-32-le"},
	{bom: "\x00\x00\xfe\xff", name: "utf-32-be"},
	{bom: "\xff\xfe", name: "utf-16-le"},
	{bom: "\xfe\xff", name: "utf-16-be"},
}

// codingRE is the coding line of PEP 263 as pip looks for it.
var codingRE = regexp.MustCompile(`coding[:=]\s*([-\w.]+)`)

// decode returns the text of data and its charset, as pip chooses it: a byte
// order mark, a coding comment in the first two lines, else UTF-8. What is none
// of these is read byte by byte (Latin-1) so that nothing is lost, and
// problem says so.
func decode(data []byte) (text string, cs charset, problem string) {
	for _, b := range boms {
		if bytes.HasPrefix(data, []byte(b.bom)) {
			text, ok := b.decode(data[len(b.bom):])
			if !ok {
				return latin1(data), charset{name: "latin-1", damaged: b.name != "utf-8"}, "the file starts as " + b.name + " and goes on as something else; it was read byte by byte"
			}
			return text, b, ""
		}
	}
	if name := codingLine(string(data[:min(len(data), 1024)])); name != "" {
		switch strings.ReplaceAll(strings.ToLower(name), "_", "-") {
		case "utf-8", "utf8", "ascii", "us-ascii":
		case "latin-1", "latin1", "iso-8859-1", "iso8859-1", "l1":
			return latin1(data), charset{name: "latin-1"}, ""
		default:
			return latin1(data), charset{name: "latin-1"}, "the coding line says " + quote(name) + "; names and versions are read as ASCII, the rest byte by byte"
		}
	}
	if utf8.Valid(data) {
		return string(data), charset{name: "utf-8"}, ""
	}
	return latin1(data), charset{name: "latin-1"}, "the file is not valid UTF-8 and has no coding line, so pip may refuse it; it was read byte by byte"
}

// codingLine returns the charset that the first two lines of text name, or "".
func codingLine(text string) string {
	for range 2 {
		line, rest, _ := strings.Cut(text, "\n")
		if strings.HasPrefix(line, "#") {
			if m := codingRE.FindStringSubmatch(line); m != nil {
				return m[1]
			}
		}
		text = rest
	}
	return ""
}

// encode returns the bytes of text, with the byte order mark. It reports false
// where the charset lacks a character.
func (cs charset) encode(text string) ([]byte, bool) {
	out := []byte(cs.bom)
	switch cs.name {
	case "utf-16-le", "utf-16-be":
		for _, u := range utf16.Encode([]rune(text)) {
			if cs.name == "utf-16-le" {
				out = append(out, byte(u), byte(u>>8))
			} else {
				out = append(out, byte(u>>8), byte(u))
			}
		}
	case "utf-32-le", "utf-32-be":
		for _, r := range text {
			if cs.name == "utf-32-le" {
				out = append(out, byte(r), byte(r>>8), byte(r>>16), byte(r>>24))
			} else {
				out = append(out, byte(r>>24), byte(r>>16), byte(r>>8), byte(r))
			}
		}
	case "latin-1":
		for _, r := range text {
			if r > 0xff {
				return nil, false
			}
			out = append(out, byte(r))
		}
	default:
		out = append(out, text...)
	}
	return out, true
}

// decode returns the text of data, which comes without its mark. It reports
// false if the text would not encode to the same bytes again.
func (cs charset) decode(data []byte) (string, bool) {
	text := string(data)
	switch cs.name {
	case "utf-16-le", "utf-16-be":
		units := make([]uint16, len(data)/2)
		for i := range units {
			a, b := uint16(data[2*i]), uint16(data[2*i+1])
			if cs.name == "utf-16-be" {
				a, b = b, a
			}
			units[i] = a | b<<8
		}
		text = string(utf16.Decode(units))
	case "utf-32-le", "utf-32-be":
		var b strings.Builder
		for i := 0; i+3 < len(data); i += 4 {
			w, x, y, z := rune(data[i]), rune(data[i+1]), rune(data[i+2]), rune(data[i+3])
			if cs.name == "utf-32-be" {
				w, x, y, z = z, y, x, w
			}
			b.WriteRune(w | x<<8 | y<<16 | z<<24)
		}
		text = b.String()
	default:
		return text, utf8.ValidString(text)
	}
	back, ok := charset{name: cs.name}.encode(text)
	return text, ok && bytes.Equal(back, data)
}

func latin1(data []byte) string {
	var b strings.Builder
	b.Grow(len(data))
	for _, c := range data {
		b.WriteRune(rune(c))
	}
	return b.String()
}
