package pep

import (
	"slices"
	"strings"
)

// maxDepth bounds the parentheses of a marker; real ones have two or three.
const maxDepth = 100

// A Marker is a condition on the environment (PEP 508): after the ";" of a
// requirement. The nil Marker always holds.
type Marker struct{ top expression }

// An expression is a row of terms with "and" or "or" between them; "and"
// binds closer.
type expression struct {
	terms []term
	ors   []bool // ors[i] tells that "or" stands between terms i and i+1
}

// A term is a comparison or an expression in parentheses.
type term struct {
	group *expression
	comparison
}

type comparison struct {
	left, right operand
	op          string
	spec        *Specifier // op and right, when the left side is a version
}

// An operand is a variable or a quoted text.
type operand struct {
	variable variable
	text     string
}

// ParseMarker reads a marker. The error is a [*SyntaxError].
func ParseMarker(s string) (*Marker, error) {
	p := scanner{in: s}
	m, err := p.marker()
	if err != nil {
		return nil, err
	}
	p.skip(isSpace)
	if !p.end() {
		return nil, p.errorf("expected and, or, or the end of the marker")
	}
	return m, nil
}

// MustMarker is [ParseMarker] for literals; it panics on an error.
func MustMarker(s string) *Marker {
	m, err := ParseMarker(s)
	if err != nil {
		panic(err)
	}
	return m
}

// And returns the marker that holds where both hold.
func (m *Marker) And(n *Marker) *Marker {
	switch {
	case m == nil:
		return n
	case n == nil:
		return m
	}
	return &Marker{expression{[]term{{group: &m.top}, {group: &n.top}}, []bool{false}}}
}

func (p *scanner) marker() (*Marker, error) {
	top, err := p.expression()
	if err != nil {
		return nil, err
	}
	return &Marker{*top}, nil
}

func (p *scanner) expression() (*expression, error) {
	if p.depth++; p.depth > maxDepth {
		return nil, p.errorf("more than %d parentheses inside each other", maxDepth)
	}
	defer func() { p.depth-- }()
	e := new(expression)
	for {
		t, err := p.term()
		if err != nil {
			return nil, err
		}
		e.terms = append(e.terms, t)
		switch {
		case p.keyword("and"):
			e.ors = append(e.ors, false)
		case p.keyword("or"):
			e.ors = append(e.ors, true)
		default:
			return e, nil
		}
	}
}

func (p *scanner) term() (t term, err error) {
	p.skip(isSpace)
	if p.peek() != '(' {
		t.comparison, err = p.comparison()
	} else {
		open := p.pos
		p.pos++
		if t.group, err = p.expression(); err != nil {
			return t, err
		}
		if p.peek() != ')' {
			return t, p.errorAt(open, "a parenthesis that is not closed")
		}
		p.pos++
	}
	p.skip(isSpace)
	return t, err
}

// keyword moves over the word if it stands here alone.
func (p *scanner) keyword(word string) bool {
	rest := p.in[p.pos:]
	if !strings.HasPrefix(rest, word) || len(rest) > len(word) && isWord(rest[len(word)]) {
		return false
	}
	p.pos += len(word)
	return true
}

func (p *scanner) comparison() (c comparison, err error) {
	if c.left, err = p.operand(); err != nil {
		return c, err
	}
	p.skip(isSpace)
	if c.op, err = p.markerOperator(); err != nil {
		return c, err
	}
	p.skip(isSpace)
	if c.right, err = p.operand(); err != nil {
		return c, err
	}
	if c.left.variable == extra && c.right.variable == literal {
		c.right.text = string(Normalize(c.right.text))
	} else if c.right.variable == extra && c.left.variable == literal {
		c.left.text = string(Normalize(c.left.text))
	}
	if c.left.variable.isVersion() && c.right.variable == literal {
		c.spec = versionComparison(c.op, c.right.text)
	}
	return c, nil
}

// versionComparison returns nil if op and text are no specifier: then they are
// compared as texts.
func versionComparison(op, text string) *Specifier {
	p := scanner{in: op + text}
	s, err := p.specifier(isSpace)
	p.skip(isSpace)
	if err != nil || !p.end() {
		return nil
	}
	return &s
}

func (p *scanner) operand() (o operand, err error) {
	switch q := p.peek(); {
	case q == '\'' || q == '"':
		end := strings.IndexByte(p.in[p.pos+1:], q)
		if end < 0 {
			return o, p.errorf("a quote that is not closed")
		}
		o.text = p.in[p.pos+1 : p.pos+1+end]
		p.pos += end + 2
		return o, nil
	default:
		from := p.pos
		word := p.skip(func(c byte) bool { return isWord(c) || c == '.' })
		v, ok := variables[word]
		if !ok {
			return o, p.errorAt(from, "expected a marker variable or a quoted text")
		}
		return operand{variable: v}, nil
	}
}

func (p *scanner) markerOperator() (string, error) {
	from := p.pos
	if op := p.operator(); op != "" {
		return op, nil
	}
	if p.keyword("in") {
		return "in", nil
	}
	if p.keyword("not") {
		p.skip(isSpace)
		if p.keyword("in") {
			return "not in", nil
		}
	}
	return "", p.errorAt(from, "expected one of <=, <, !=, ==, >=, >, ~=, ===, in, not in")
}

// String returns the marker with single blanks and double quotes.
func (m *Marker) String() string {
	if m == nil {
		return ""
	}
	var b strings.Builder
	m.top.write(&b)
	return b.String()
}

func (e *expression) write(b *strings.Builder) {
	if len(e.terms) == 1 && e.terms[0].group != nil {
		e.terms[0].group.write(b)
		return
	}
	for i, t := range e.terms {
		switch {
		case i > 0 && e.ors[i-1]:
			b.WriteString(" or ")
		case i > 0:
			b.WriteString(" and ")
		}
		for t.group != nil && len(t.group.terms) == 1 {
			t = t.group.terms[0] // parentheses around one comparison
		}
		if t.group != nil {
			b.WriteByte('(')
			t.group.write(b)
			b.WriteByte(')')
			continue
		}
		t.left.write(b)
		b.WriteString(" " + t.op + " ")
		t.right.write(b)
	}
}

func (o operand) write(b *strings.Builder) {
	switch {
	case o.variable != literal:
		b.WriteString(variableNames[o.variable])
	case strings.Contains(o.text, `"`):
		b.WriteString("'" + o.text + "'")
	default:
		b.WriteString(`"` + o.text + `"`)
	}
}

// MarshalText writes the marker as [Marker.String] does.
func (m *Marker) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// Eval reports whether the marker holds in env. As pip does, it asks for one
// extra at a time and is content when one fits; without extras, "extra" is "".
func (m *Marker) Eval(env Env, requested ...string) bool {
	if m == nil {
		return true
	}
	if len(requested) == 0 {
		return m.top.eval(&scope{env: &env, one: true})
	}
	return slices.ContainsFunc(requested, func(x string) bool {
		return m.top.eval(&scope{env: &env, extras: []string{string(Normalize(x))}, one: true})
	})
}

// EvalLock is Eval for the markers of a lock file: all extras and dependency
// groups hold together, so that "extra == 'a' and extra == 'b'" can be true
// (uv.lock), and "'a' in extras" is understood (PEP 751).
func (m *Marker) EvalLock(env Env, requested, groups []string) bool {
	if m == nil {
		return true
	}
	s := scope{env: &env}
	for _, x := range requested {
		s.extras = append(s.extras, string(Normalize(x)))
	}
	for _, g := range groups {
		s.groups = append(s.groups, string(Normalize(g)))
	}
	return m.top.eval(&s)
}

// A scope is what a marker is evaluated in.
type scope struct {
	env            *Env
	extras, groups []string
	one            bool // "extra" is one text, not a set
}

func (e *expression) eval(s *scope) bool {
	all := true // of the terms since the last "or"
	for i, t := range e.terms {
		if i > 0 && e.ors[i-1] {
			if all {
				return true
			}
			all = true
		}
		all = all && t.eval(s)
	}
	return all
}

func (t *term) eval(s *scope) bool {
	if t.group != nil {
		return t.group.eval(s)
	}
	c := &t.comparison
	switch {
	case c.left.variable == extra:
		return s.extra(c.op, c.right.text)
	case c.right.variable == extra:
		return s.extra(c.op, c.left.text)
	case c.right.variable == extras:
		return slices.Contains(s.extras, string(Normalize(c.left.text))) == (c.op != "not in")
	case c.right.variable == dependencyGroups:
		return slices.Contains(s.groups, string(Normalize(c.left.text))) == (c.op != "not in")
	}
	left, right := s.value(c.left), s.value(c.right)
	spec := c.spec
	if spec == nil && c.right.variable.isVersion() {
		spec = versionComparison(c.op, right)
	}
	if spec != nil {
		if spec.Op == "===" {
			return strings.EqualFold(left, spec.Text)
		}
		v, err := ParseVersion(left)
		return err == nil && spec.match(v)
	}
	return compareText(left, c.op, right)
}

func (s *scope) value(o operand) string {
	if o.variable == literal {
		return o.text
	}
	return s.env.get(o.variable)
}

func (s *scope) extra(op, name string) bool {
	if s.one {
		asked := ""
		if len(s.extras) > 0 {
			asked = s.extras[0]
		}
		return compareText(asked, op, name)
	}
	return slices.Contains(s.extras, name) == (op != "!=" && op != "not in")
}

// compareText compares what is no version; "<" and ">" never hold then.
func compareText(left, op, right string) bool {
	switch op {
	case "==", "===", "<=", ">=":
		return left == right
	case "!=":
		return left != right
	case "in":
		return strings.Contains(right, left)
	case "not in":
		return !strings.Contains(right, left)
	}
	return false
}
