package pep

import (
	"strings"
)

// A Requirement asks for a project (PEP 508): name[extras]specifiers;marker or
// name[extras] @ URL ; marker.
type Requirement struct {
	Name       Name     // in normal form
	RawName    string   // as it was written
	Extras     []string // in normal form, each once, in the order written
	Specifiers Specifiers
	URL        string // of a direct reference; then there are no specifiers
	Marker     *Marker
}

// ParseRequirement reads one requirement without comments or pip's options.
// The error is a [*SyntaxError] with the offset.
func ParseRequirement(s string) (Requirement, error) {
	p := scanner{in: s}
	var r Requirement
	p.skip(isSpace)
	var err error
	if r.RawName, err = p.identifier("a package name"); err != nil {
		return r, err
	}
	r.Name = Normalize(r.RawName)
	p.blank()
	if p.peek() == '[' {
		if r.Extras, err = p.extraNames(); err != nil {
			return r, err
		}
	}
	p.blank()
	if p.peek() == '@' {
		err = p.url(&r)
	} else {
		err = p.versions(&r)
	}
	if err != nil {
		return r, err
	}
	return r, p.afterVersions(&r)
}

// MustRequirement is [ParseRequirement] for literals; it panics on an error.
func MustRequirement(s string) Requirement {
	r, err := ParseRequirement(s)
	if err != nil {
		panic(err)
	}
	return r
}

// identifier reads letters, digits, and separators between them.
func (p *scanner) identifier(what string) (string, error) {
	from := p.pos
	p.skip(func(c byte) bool { return isAlnum(c) || isSeparator(c) })
	for p.pos > from && !isWord(p.in[p.pos-1]) {
		p.pos-- // "-" and "." at the end belong to what follows; "_" does not, for pip
	}
	if p.pos == from || !isAlnum(p.in[from]) {
		return "", p.errorAt(from, "expected %s", what)
	}
	return p.in[from:p.pos], nil
}

func (p *scanner) extraNames() (names []string, err error) {
	open := p.pos
	p.pos++
	p.blank()
	seen := map[string]bool{}
	for p.peek() != ']' {
		if p.end() {
			return nil, p.errorAt(open, "a bracket that is not closed")
		}
		x, err := p.identifier("the name of an extra")
		if err != nil {
			return nil, err
		}
		if n := string(Normalize(x)); !seen[n] {
			seen[n] = true
			names = append(names, n)
		}
		p.blank()
		if p.peek() == ',' {
			comma := p.pos
			p.pos++
			p.blank()
			if p.peek() == ']' {
				return nil, p.errorAt(comma, "expected the name of an extra after the comma")
			}
		} else if p.peek() != ']' && !p.end() {
			return nil, p.errorf("expected a comma or a closing bracket")
		}
	}
	p.pos++
	return names, nil
}

func (p *scanner) url(r *Requirement) error {
	p.pos++
	p.blank()
	if r.URL = p.skip(func(c byte) bool { return !isSpace(c) }); r.URL == "" {
		return p.errorf("expected a URL after @")
	}
	return nil
}

func (p *scanner) versions(r *Requirement) (err error) {
	open := -1
	if p.peek() == '(' {
		open = p.pos
		p.pos++
	}
	if r.Specifiers, err = p.specifiers(isBlank); err != nil {
		return err
	}
	p.blank()
	if open >= 0 {
		if p.peek() != ')' {
			return p.errorAt(open, "a parenthesis that is not closed")
		}
		p.pos++
	}
	return nil
}

func (p *scanner) afterVersions(r *Requirement) (err error) {
	p.skip(isSpace)
	if p.end() {
		return nil
	}
	if p.peek() != ';' {
		return p.errorf("expected a version specifier, a semicolon or the end of the requirement")
	}
	p.pos++
	if r.Marker, err = p.marker(); err != nil {
		return err
	}
	if p.skip(isSpace); !p.end() {
		return p.errorf("expected and, or, or the end of the marker")
	}
	return nil
}

// String returns the requirement in one spelling: name as written, extras in
// brackets, specifiers without blanks, the marker after "; ".
func (r Requirement) String() string {
	var b strings.Builder
	b.WriteString(r.RawName)
	if r.RawName == "" {
		b.WriteString(string(r.Name))
	}
	if len(r.Extras) > 0 {
		b.WriteString("[" + strings.Join(r.Extras, ",") + "]")
	}
	if r.URL != "" {
		b.WriteString(" @ " + r.URL)
	} else {
		b.WriteString(r.Specifiers.String())
	}
	if r.Marker != nil {
		if r.URL != "" {
			b.WriteByte(' ')
		}
		b.WriteString("; " + r.Marker.String())
	}
	return b.String()
}
