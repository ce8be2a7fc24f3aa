package evidence

import (
	"bytes"

	"golang.org/x/text/unicode/norm"
)

// importStatement reads what follows "import".
func (p *parser) importStatement() {
	line, f := p.line, p.flags()
	for {
		p.blanks()
		module := p.dotted()
		if module == "" {
			p.problem(line, "a name is missing behind import")
			return
		}
		if !p.alias(false) {
			p.problem(line, "a name is missing behind as")
			return
		}
		p.add(Import{Module: module, Line: line}, f)
		if p.pos == len(p.src) || p.src[p.pos] != ',' {
			p.ended(line)
			return
		}
		p.pos++
	}
}

// ended notes that an import does not end where its names do.
func (p *parser) ended(line int) {
	if p.pos < len(p.src) && p.src[p.pos] != '\n' && p.src[p.pos] != ';' && p.src[p.pos] != '#' {
		p.problem(line, "the import has more than names")
	}
}

// fromStatement reads what follows "from".
func (p *parser) fromStatement() {
	x := Import{Line: p.line}
	f := p.flags()
	p.blanks()
	for p.pos < len(p.src) && p.src[p.pos] == '.' {
		x.Level++
		p.pos++
		p.blanks()
	}
	at, line := p.pos, p.line
	x.Module = p.dotted()
	if x.Module == "import" && x.Level > 0 {
		x.Module, p.pos, p.line = "", at, line
	}
	p.blanks()
	if word := p.word(); string(word) != "import" || x.Module == "" && x.Level == 0 {
		p.problem(x.Line, "from without import")
		return
	}
	p.blanks()
	names, ok := p.fromNames()
	if x.Names = names; !ok {
		p.problem(x.Line, "a name is missing behind import")
	}
	if ok || len(x.Names) > 0 {
		p.add(x, f)
	}
}

var star = []string{"*"}

// fromNames reads the names of a from statement. It returns those before one
// that is missing.
func (p *parser) fromNames() (names []string, ok bool) {
	blanks, brackets := p.blanks, false
	if p.pos < len(p.src) {
		switch p.src[p.pos] {
		case '*':
			p.pos++
			return star, true
		case '(':
			p.pos++
			blanks, brackets = p.blanksInBrackets, true
		}
	}
	start := len(p.names)
	defer func() {
		names = p.names[start:len(p.names):len(p.names)]
	}()
	p.room()
	start = len(p.names)
	for {
		blanks()
		if brackets && p.pos < len(p.src) && p.src[p.pos] == ')' && len(p.names) > start {
			p.pos++
			return nil, true
		}
		name := p.word()
		if len(name) == 0 {
			return nil, false
		}
		p.names = append(p.names, p.intern(normal(name)))
		if !p.alias(brackets) {
			return nil, false
		}
		switch {
		case p.pos < len(p.src) && p.src[p.pos] == ',':
			p.pos++
		case brackets && p.pos < len(p.src) && p.src[p.pos] == ')':
			p.pos++
			return nil, true
		default:
			return nil, !brackets
		}
	}
}

// room makes p.names have room for names of one statement, so that those of
// others stay where they are.
func (p *parser) room() {
	if cap(p.names)-len(p.names) < 32 {
		p.names = make([]string, 0, 256)
	}
}

// alias passes over "as name", if it stands there, and the blanks around it. It
// is false where the name is missing.
func (p *parser) alias(brackets bool) bool {
	blanks := p.blanks
	if brackets {
		blanks = p.blanksInBrackets
	}
	blanks()
	at, line := p.pos, p.line
	if string(p.word()) != "as" {
		p.pos, p.line = at, line
		return true
	}
	blanks()
	if len(p.word()) == 0 {
		return false
	}
	blanks()
	return true
}

// dotted reads a dotted name, which may have blanks around its dots.
func (p *parser) dotted() string {
	start := p.pos
	first := p.word()
	if len(first) == 0 {
		return ""
	}
	for p.pos < len(p.src) && p.src[p.pos] == '.' {
		p.pos++
		p.word()
	}
	plain := p.src[start:p.pos]
	at, line := p.pos, p.line
	p.blanks()
	if plain[len(plain)-1] != '.' && (p.pos == len(p.src) || p.src[p.pos] != '.') {
		p.pos, p.line = at, line
		return p.intern(normal(plain))
	}
	return p.spaced(append([]byte(nil), plain...))
}

// spaced goes on with a dotted name that has blanks in it.
func (p *parser) spaced(name []byte) string {
	for {
		p.blanks()
		switch {
		case p.pos < len(p.src) && p.src[p.pos] == '.' && name[len(name)-1] != '.':
			name = append(name, '.')
			p.pos++
		case name[len(name)-1] == '.':
			word := p.word()
			if len(word) == 0 {
				return p.intern(normal(bytes.TrimRight(name, ".")))
			}
			name = append(name, word...)
		default:
			return p.intern(normal(name))
		}
	}
}

// normal returns a name as Python compares it: in the form NFKC.
func normal(name []byte) []byte {
	for _, c := range name {
		if c >= 0x80 {
			return norm.NFKC.Bytes(name)
		}
	}
	return name
}
