package evidence

import (
	"bytes"
	"fmt"
)

// A parser reads one source after the other. It follows the lexical rules of
// the language (indentation, joined lines, strings, brackets) and knows the
// statements that hold others; all others it passes over. Thus it is some
// thirty times quicker than a parser that makes a tree.
type parser struct {
	src  []byte
	pos  int
	line int // of pos, from 1

	blocks  []block
	pending *block // its header has been read, its first line has not
	inline  flags  // of the rest of the line, behind "if x:"

	watch    bool // there are words for dynamic imports
	imports  []Import
	marks    []flags // of the imports
	problems []Problem
	again    int // how often reading went on behind a bracket that nothing closes
	failed   int // f-strings that could not be read as such

	env   *Env              // nil: conditions on it are not evaluated
	words map[string]string // interned names
	names []string          // room for Names
}

// A block is a series of statements of one indentation.
type block struct {
	indent int
	flags  flags
	match  bool  // its statements are cases
	chain  chain // the compound statement that is being read
}

// A chain is a compound statement with its clauses: if … elif … else, or
// try … except … else … finally.
type chain struct {
	word       string // of the first clause; "" for none
	start, end int    // imports of the body of a try; end is -1 while it is read
	catches    bool   // a handler takes ImportError
	before     passed // of an if: what the clauses before the next one do
}

func (p *parser) parse(src []byte) Source {
	if p.words == nil {
		p.words = map[string]string{}
	}
	src, problems := decode(src)
	*p = parser{src: src, line: 1, env: p.env, words: p.words, names: p.names, blocks: append(p.blocks[:0], block{}), problems: problems, marks: p.marks[:0]}
	p.watch = mayImportDynamically(src)
	for p.pos < len(p.src) {
		p.logicalLine()
	}
	for i, f := range p.marks {
		p.imports[i].Kind = f.kind()
		p.imports[i].onlyIf = f == inIf
	}
	return Source{p.imports, p.problems}
}

func (p *parser) problem(line int, text string) {
	if len(p.problems) < maxProblems {
		p.problems = append(p.problems, Problem{Line: line, Text: text})
	}
}

// word returns the name at pos, which moves behind it; "" if there is none.
func (p *parser) word() []byte {
	start := p.pos
	for p.pos < len(p.src) && isName(p.src[p.pos]) {
		p.pos++
	}
	return p.src[start:p.pos]
}

// intern returns b as a string that equal ones share.
func (p *parser) intern(b []byte) string {
	if s, ok := p.words[string(b)]; ok {
		return s
	}
	s := string(b)
	if len(p.words) < 1<<20 {
		p.words[s] = s
	}
	return s
}

// top returns the block that is being read.
func (p *parser) top() *block { return &p.blocks[len(p.blocks)-1] }

// flags returns the conditions that the present statement stands under.
func (p *parser) flags() flags { return p.top().flags | p.inline }

// add puts an import down.
func (p *parser) add(x Import, f flags) {
	p.imports = append(p.imports, x)
	p.marks = append(p.marks, f)
}

// logicalLine reads one line with all that is joined to it.
func (p *parser) logicalLine() {
	col := p.indentation()
	if p.pos == len(p.src) {
		return
	}
	switch p.src[p.pos] {
	case '\n':
		p.pos++
		p.line++
		return
	case '#':
		p.comment()
		return
	}
	p.layout(col)
	p.inline = 0
	p.statement()
}

// indentation passes over the blanks that begin a line and returns how far they
// indent: a tab leads to the next multiple of 8, a form feed back to 0.
func (p *parser) indentation() int {
	col, joined := 0, -1
	for ; p.pos < len(p.src); p.pos++ {
		switch c := p.src[p.pos]; {
		case c == ' ':
			col++
		case c == '\t':
			col = (col/8 + 1) * 8
		case c == '\f':
			col = 0
		case c == '\\' && p.pos+1 < len(p.src) && p.src[p.pos+1] == '\n':
			if joined < 0 {
				joined = col
			}
			col = 0
			p.pos++
			p.line++
		default:
			if joined >= 0 {
				return joined
			}
			return col
		}
	}
	return col
}

// layout opens and closes blocks for a statement that is indented by col.
func (p *parser) layout(col int) {
	open := p.pending
	p.pending = nil
	switch {
	case open != nil && col > p.top().indent:
		open.indent = col
		p.blocks = append(p.blocks, *open)
		return
	case open != nil:
		p.problem(p.line, "an indented block is missing")
	case col > p.top().indent:
		p.problem(p.line, "the line is indented for no reason")
		p.blocks = append(p.blocks, block{indent: col, flags: p.top().flags})
		return
	}
	for col < p.top().indent {
		p.blocks = p.blocks[:len(p.blocks)-1]
	}
	if col != p.top().indent {
		p.problem(p.line, "the indentation is that of no block around it")
	}
}

// statement reads the rest of a logical line, statement by statement.
func (p *parser) statement() {
	start := p.pos
	first := p.word()
	if b := p.top(); len(first) == 0 || !continues(first) {
		b.chain.word = ""
	}
	if p.compound(first) {
		return
	}
	for {
		switch string(first) {
		case "import":
			p.importStatement()
		case "from":
			p.fromStatement()
		case "print", "exec":
			p.python2(first)
		}
		switch p.skip(false) {
		case ';':
			p.pos++
			p.blanks()
			first = p.word()
		case ':': // the line ends with a colon: a block that no keyword opens
			p.pending = &block{flags: p.flags(), match: string(p.src[start:min(start+5, len(p.src))]) == "match"}
			return
		default:
			return
		}
	}
}

func continues(word []byte) bool {
	switch string(word) {
	case "elif", "else", "except", "finally":
		return true
	}
	return false
}

// python2 notes a statement that Python 3 has as a function.
func (p *parser) python2(word []byte) {
	i := p.pos
	for i < len(p.src) && p.src[i] == ' ' {
		i++
	}
	if i > p.pos && i < len(p.src) && (isName(p.src[i]) || p.src[i] == '"' || p.src[i] == '\'') {
		switch rest := p.src[i:]; {
		case bytes.HasPrefix(rest, []byte("in ")), bytes.HasPrefix(rest, []byte("is ")), bytes.HasPrefix(rest, []byte("and ")),
			bytes.HasPrefix(rest, []byte("or ")), bytes.HasPrefix(rest, []byte("if ")), bytes.HasPrefix(rest, []byte("not ")):
		default:
			p.problem(p.line, fmt.Sprintf("%s without brackets is Python 2", word))
		}
	}
}

func isName(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c >= '0' && c <= '9' || c >= 0x80
}
