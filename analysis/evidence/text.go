package evidence

import "bytes"

// maxFString is how deep f-strings may stand in each other (CPython: 150).
const maxFString = 150

// maxFailed is how many f-strings of a source are tried that cannot be read as
// such: each try may lead to the end of the source.
const maxFailed = 50

// str passes over the string whose opening quote is at i and returns where it
// ends.
func (p *parser) str(i int) int {
	end, ok := plainString(p.src, i)
	if format, raw := prefix(p.src, i); format && p.failed < maxFailed {
		body := p.src[i:end]
		if p.watch || !ok || bytes.Count(body, []byte("{")) != bytes.Count(body, []byte("}")) {
			f, found := fString{p: p, src: p.src, line: p.line}, len(p.imports)
			if e, good := f.read(i, raw, 0); good {
				p.line = f.line
				return e
			}
			p.failed++
			p.imports, p.marks = p.imports[:found], p.marks[:found]
		}
	}
	if !ok {
		p.problem(p.line, "nothing ends the string")
	}
	p.line += bytes.Count(p.src[i:end], []byte("\n"))
	return end
}

// prefix tells from the letters in front of the quote at i whether it begins an
// f-string or a t-string (PEP 750), and whether a raw one.
func prefix(src []byte, i int) (format, raw bool) {
	at := i
	for at > 0 && i-at < 3 && isName(src[at-1]) {
		at--
		switch src[at] {
		case 'f', 'F', 't', 'T':
			format = true
		case 'r', 'R':
			raw = true
		default:
			return false, false // a name, or the prefix of another string
		}
	}
	return format && i-at < 3, raw
}

// quote returns how the string at i is quoted: its character, once or thrice.
func quote(src []byte, i int) (c byte, width int) {
	c = src[i]
	if i+2 < len(src) && src[i+1] == c && src[i+2] == c {
		return c, 3
	}
	return c, 1
}

// plainString returns where the string that begins at i ends. ok is false if
// nothing ends it: then it reaches to the end of the line, or of the file.
func plainString(src []byte, i int) (end int, ok bool) {
	c, width := quote(src, i)
	at := i + width
	if width == 3 {
		return tripleString(src, at, c)
	}
	for ; at < len(src); at++ {
		switch src[at] {
		case c:
			return at + 1, true
		case '\\':
			at++
		case '\n':
			return at, false
		}
	}
	return len(src), false
}

// tripleString looks for the end of a string with three quotes c whose text
// begins at start.
func tripleString(src []byte, start int, c byte) (end int, ok bool) {
	for at := start; ; {
		n := bytes.IndexByte(src[at:], c)
		if n < 0 {
			return len(src), false
		}
		at += n
		switch {
		case escaped(src, start, at):
			at++
		case at+2 < len(src) && src[at+1] == c && src[at+2] == c:
			return at + 3, true
		default:
			at++
		}
	}
}

// escaped reports whether an odd number of backslashes stands in front of at.
func escaped(src []byte, start, at int) bool {
	n := 0
	for at-n > start && src[at-n-1] == '\\' {
		n++
	}
	return n%2 == 1
}

// An fString reads a string with expressions in it, which may have strings with
// the same quotes (PEP 701). Before Python 3.12 they could not: each source
// that was right then is read the same way.
type fString struct {
	p    *parser
	src  []byte
	line int
}

// read returns where the string that begins at i ends.
func (f *fString) read(i int, raw bool, depth int) (end int, ok bool) {
	if depth > maxFString {
		return 0, false
	}
	c, width := quote(f.src, i)
	return f.literal(i+width, part{c, width, raw, depth, false})
}

// A part is a text between expressions: of the string itself, or of the format
// behind a colon.
type part struct {
	quote byte
	width int
	raw   bool
	depth int
	spec  bool
}

// literal reads text from at to the end of the string, or, in a format, to the
// brace that closes it.
func (f *fString) literal(at int, s part) (end int, ok bool) {
	src := f.src
	for at < len(src) {
		switch c := src[at]; {
		case c == s.quote && (s.width == 1 || at+2 < len(src) && src[at+1] == c && src[at+2] == c):
			return at + s.width, !s.spec
		case c == '\\':
			at = f.backslash(at, s.raw)
		case c == '\n':
			if s.width == 1 {
				return 0, false
			}
			f.line++
			at++
		case c == '{' && !s.spec && at+1 < len(src) && src[at+1] == '{':
			at += 2
		case c == '{':
			if at, ok = f.expression(at+1, s); !ok {
				return 0, false
			}
		case c == '}' && s.spec:
			return at, true
		default:
			at++
		}
	}
	return 0, false
}

// backslash passes over an escape, of which a brace is no part.
func (f *fString) backslash(at int, raw bool) int {
	at++
	if at == len(f.src) {
		return at
	}
	switch c := f.src[at]; {
	case c == '{' || c == '}':
		return at
	case c == 'N' && !raw && at+1 < len(f.src) && f.src[at+1] == '{':
		if n := bytes.IndexByte(f.src[at:min(at+100, len(f.src))], '}'); n > 0 {
			return at + n + 1
		}
	case c == '\n':
		f.line++
	}
	return at + 1
}

// expression reads an expression up to behind the brace that closes it.
func (f *fString) expression(at int, s part) (end int, ok bool) {
	src, open := f.src, 0
	if s.depth++; s.depth > maxFString {
		return 0, false
	}
	for at < len(src) {
		switch c := src[at]; classOf[c] {
		case quoteByte:
			if at, ok = f.nested(at, s.depth); !ok {
				return 0, false
			}
			continue
		case hashByte:
			at = lineEnd(src, at)
			continue
		case newlineByte:
			f.line++
		case openByte:
			open++
			if c == '(' && f.p.watch {
				line := f.p.line
				f.p.line = f.line
				f.p.call(at)
				f.p.line = line
			}
		case closeByte:
			if open == 0 {
				return at + 1, c == '}'
			}
			open--
		case colonByte:
			if open == 0 {
				s.spec = true
				if at, ok = f.literal(at+1, s); !ok {
					return 0, false
				}
				return at + 1, true
			}
		}
		at++
	}
	return 0, false
}

// nested passes over a string in an expression.
func (f *fString) nested(at, depth int) (end int, ok bool) {
	if format, raw := prefix(f.src, at); format {
		return f.read(at, raw, depth)
	}
	end, ok = plainString(f.src, at)
	f.line += bytes.Count(f.src[at:end], []byte("\n"))
	return end, ok
}
