package evidence

import "bytes"

// compound reads the header of a statement that holds others, if word begins
// one, and what stands behind its colon.
func (p *parser) compound(word []byte) bool {
	if len(word) < 2 || len(word) > 7 {
		return false
	}
	if string(word) == "async" {
		at, line := p.pos, p.line
		p.blanks()
		if word = p.word(); string(word) != "def" && string(word) != "for" && string(word) != "with" {
			p.pos, p.line = at, line // Python 3.6 and before: a name
			return false
		}
	}
	switch string(word) {
	case "if", "elif", "else", "try", "except", "finally", "for", "while", "with", "def", "class":
	case "case":
		if !p.top().match {
			return false
		}
	default:
		return false
	}
	start, line := p.pos, p.line
	switch p.skip(true) {
	case ':':
	default:
		p.problem(line, "there is no colon behind "+string(word))
		return true
	}
	header := p.src[start:p.pos]
	p.pos++
	p.body(p.clause(word, header))
	return true
}

// body reads what stands behind a colon: statements of the same line, or a
// block below.
func (p *parser) body(f flags) {
	outer := p.flags()
	p.blanks()
	if p.pos == len(p.src) || p.src[p.pos] == '\n' || p.src[p.pos] == '#' {
		p.skip(false)
		p.pending = &block{flags: outer | f}
		return
	}
	p.inline |= f
	for {
		switch word := p.word(); string(word) {
		case "import":
			p.importStatement()
		case "from":
			p.fromStatement()
		}
		if p.skip(false) != ';' {
			return
		}
		p.pos++
		p.blanks()
	}
}

// clause returns the conditions that a clause adds, and remembers what the next
// clause of the statement needs.
func (p *parser) clause(word, header []byte) flags {
	c := &p.top().chain
	switch string(word) {
	case "def":
		return inFunction
	case "case":
		return inGuard
	case "with":
		if catchesImportError(header) {
			return inGuard
		}
	case "if":
		*c = chain{word: "if"}
		return c.branch(p.condition(header))
	case "elif":
		if c.word == "if" {
			return c.branch(p.condition(header))
		}
	case "try":
		*c = chain{word: "try", start: len(p.imports), end: -1}
	case "except":
		return p.handler(c, header)
	case "else":
		switch {
		case c.word == "if":
			return c.branch(always)
		case c.word == "try" && c.catches:
			return inGuard
		}
	}
	return 0
}

// handler is an except clause: if it catches ImportError, the body of the try
// is guarded.
func (p *parser) handler(c *chain, header []byte) flags {
	if c.word != "try" {
		return inGuard
	}
	if c.end < 0 {
		c.end = len(p.imports)
	}
	header = bytes.TrimPrefix(bytes.TrimLeft(header, " \t\f"), []byte("*"))
	if len(plainText(header)) == 0 || catchesImportError(header) {
		c.catches = true
		for i := c.start; i < c.end; i++ {
			p.marks[i] |= inGuard
		}
	}
	return inGuard
}

// catchesImportError reports whether header names an exception that takes in
// ImportError; the name behind "as" is none.
func catchesImportError(header []byte) bool {
	for i := 0; i < len(header); {
		if !isName(header[i]) {
			i++
			continue
		}
		start := i
		for i < len(header) && isName(header[i]) {
			i++
		}
		switch string(header[start:i]) {
		case "ImportError", "ModuleNotFoundError", "Exception", "BaseException":
			return true
		}
	}
	return false
}

// A cond is what is known of a condition without running it.
type cond uint8

const (
	sometimes cond = iota
	always
	never // TYPE_CHECKING: false whenever the program runs
)

// passed is what is known of the clauses of an if before the present one.
type passed uint8

const (
	noneTaken passed = iota // there are none, or they never run
	maybeTaken
	oneTaken // one of them always runs
)

// branch returns the conditions of the next clause of an if, whose own
// condition is x.
func (c *chain) branch(x cond) flags {
	if c.before == oneTaken || x == never {
		return inTyping
	}
	var f flags
	if c.before == maybeTaken || x == sometimes {
		f = inIf
	}
	if c.before = maybeTaken; x == always {
		c.before = oneTaken
	}
	return f
}

// condition looks at the text of a condition.
func (p *parser) condition(header []byte) cond {
	if len(header) > 200 {
		return sometimes
	}
	text := plainText(header)
	not := false
	if rest, ok := bytes.CutPrefix(text, []byte("not")); ok && len(rest) > 0 && !isName(rest[0]) {
		not, text = true, plainText(rest)
	}
	x := sometimes
	switch string(text) {
	case "True", "1":
		x = always
	case "False", "0":
		x = never
	default:
		if last := text[bytes.LastIndexByte(text, '.')+1:]; isDotted(text) && (string(last) == "TYPE_CHECKING" || string(last) == "MYPY") {
			x = never
		} else if p.env != nil {
			x = p.env.eval(string(text))
		}
	}
	if not && x != sometimes {
		x = always + never - x // the other one
	}
	return x
}

// plainText returns header without comments, joined lines, brackets around it,
// and blanks at its ends.
func plainText(header []byte) []byte {
	var out []byte
	for i := 0; i < len(header); i++ {
		switch c := header[i]; c {
		case '#':
			end := bytes.IndexByte(header[i:], '\n')
			if end < 0 {
				end = len(header) - i
			}
			i += end - 1
		case '\\', '\n', '\t', '\f':
			out = append(out, ' ')
		default:
			out = append(out, c)
		}
	}
	out = bytes.TrimSpace(out)
	for len(out) > 1 && out[0] == '(' && out[len(out)-1] == ')' {
		out = bytes.TrimSpace(out[1 : len(out)-1])
	}
	return out
}

func isDotted(text []byte) bool {
	for _, c := range text {
		if !isName(c) && c != '.' {
			return false
		}
	}
	return len(text) > 0
}
