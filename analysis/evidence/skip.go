package evidence

import (
	"bytes"
	"fmt"
)

// The bytes that matter while a statement is passed over.
const (
	plain = iota
	quoteByte
	hashByte
	newlineByte
	slashByte
	openByte
	closeByte
	semiByte
	colonByte
	lambdaByte
)

var classOf, headerClassOf = classes(false), classes(true)

func classes(header bool) (t [256]uint8) {
	for class, chars := range map[uint8]string{quoteByte: `'"`, hashByte: "#", newlineByte: "\n", slashByte: `\`,
		openByte: "([{", closeByte: ")]}", semiByte: ";", colonByte: ":"} {
		for _, c := range []byte(chars) {
			t[c] = class
		}
	}
	if header {
		t['l'] = lambdaByte
	}
	return t
}

// maxAgain is how many brackets that nothing closes a file may have until the
// rest of it is given up.
const maxAgain = 20

// skip passes over the rest of a simple statement and returns why it stopped:
// ';' at one, '\n' behind the line, ':' behind a line that ends with a colon, 0
// at the end of the file. Of a header it stops at the colon itself.
func (p *parser) skip(header bool) byte {
	s := skipper{p: p, table: &classOf, header: header, colon: -1, comment: -1}
	if header {
		s.table = &headerClassOf
	}
	return s.run()
}

// A skipper is one run of [parser.skip].
type skipper struct {
	p       *parser
	table   *[256]uint8
	header  bool
	depth   int // open brackets
	open    int // where the outermost of them is
	line    int // and its line
	lambdas int // whose colon is to come
	colon   int // the latest one outside of brackets
	comment int // where the comment at the end begins
}

func (s *skipper) run() byte {
	p, src := s.p, s.p.src
	i := p.pos
	for {
		for i < len(src) && s.table[src[i]] == plain {
			i++
		}
		if i >= len(src) {
			return s.end()
		}
		switch s.table[src[i]] {
		case quoteByte:
			i = p.str(i)
		case hashByte:
			s.comment = i
			i = lineEnd(src, i)
		case newlineByte:
			p.line++
			if i++; s.depth == 0 {
				return s.newline(i)
			}
		case slashByte:
			if i++; i < len(src) && src[i] == '\n' {
				p.line++
				i++
			}
		case openByte:
			s.opened(i)
			i++
		case closeByte:
			s.closed()
			i++
		case semiByte:
			if s.depth == 0 {
				p.pos = i
				return ';'
			}
			i++
		case colonByte:
			if s.stopsAt(i) {
				p.pos = i
				return ':'
			}
			i++
		case lambdaByte:
			i = s.lambda(i)
		}
	}
}

// end is at the end of the file.
func (s *skipper) end() byte {
	p := s.p
	p.pos = len(p.src)
	if s.depth == 0 {
		return 0
	}
	p.problem(s.line, fmt.Sprintf("nothing closes the %q", p.src[s.open]))
	if p.again++; p.again <= maxAgain {
		p.pos, p.line = min(lineEnd(p.src, s.open)+1, len(p.src)), s.line+1
	}
	return '\n'
}

// newline ends the statement in front of i.
func (s *skipper) newline(i int) byte {
	p := s.p
	p.pos = i
	if s.colon < 0 || s.header {
		return '\n'
	}
	last := i
	if s.comment > s.colon {
		last = s.comment
	}
	if len(bytes.Trim(p.src[s.colon+1:last], " \t\f\n")) == 0 {
		return ':'
	}
	return '\n'
}

func (s *skipper) opened(i int) {
	if s.depth == 0 {
		s.open, s.line = i, s.p.line
	}
	s.depth++
	if s.p.watch && s.p.src[i] == '(' {
		s.p.call(i)
	}
}

func (s *skipper) closed() {
	if s.depth == 0 {
		s.p.problem(s.p.line, "a bracket is closed that nothing opens")
		return
	}
	s.depth--
}

// stopsAt reports whether the colon at i ends a header.
func (s *skipper) stopsAt(i int) bool {
	if s.depth > 0 {
		return false
	}
	s.colon = i
	switch {
	case !s.header:
		return false
	case i+1 < len(s.p.src) && s.p.src[i+1] == '=':
		return false
	case s.lambdas > 0:
		s.lambdas--
		return false
	}
	return true
}

// lambda passes over a name that might be "lambda": its colon ends no header.
func (s *skipper) lambda(i int) int {
	src := s.p.src
	const word = "lambda"
	end := i + len(word)
	if s.depth == 0 && end <= len(src) && string(src[i:end]) == word &&
		(i == 0 || !isName(src[i-1])) && (end == len(src) || !isName(src[end])) {
		s.lambdas++
		return end
	}
	return i + 1
}

// blanks passes over blanks and joined lines.
func (p *parser) blanks() {
	for p.pos < len(p.src) {
		switch c := p.src[p.pos]; {
		case c == ' ' || c == '\t' || c == '\f':
			p.pos++
		case c == '\\' && p.pos+1 < len(p.src) && p.src[p.pos+1] == '\n':
			p.pos += 2
			p.line++
		default:
			return
		}
	}
}

// blanksInBrackets passes over comments and ends of lines, too.
func (p *parser) blanksInBrackets() {
	for {
		p.blanks()
		switch {
		case p.pos == len(p.src):
			return
		case p.src[p.pos] == '\n':
			p.pos++
			p.line++
		case p.src[p.pos] == '#':
			p.pos = lineEnd(p.src, p.pos)
		default:
			return
		}
	}
}

// comment passes over a comment with the end of its line.
func (p *parser) comment() {
	p.pos = lineEnd(p.src, p.pos)
	if p.pos < len(p.src) {
		p.pos++
		p.line++
	}
}

// lineEnd returns where the line of i ends: at "\n" or the end of src.
func lineEnd(src []byte, i int) int {
	if n := bytes.IndexByte(src[i:], '\n'); n >= 0 {
		return i + n
	}
	return len(src)
}
