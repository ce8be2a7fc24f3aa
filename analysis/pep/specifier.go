package pep

import (
	"slices"
	"strings"
)

// A Specifier is one comparison with a version, such as ">=1.4" or "==2.*".
type Specifier struct {
	Op   string // one of === == != ~= <= >= < >
	Text string // the version as it was written, with ".*" if it had one

	version Version // of Text without ".*"; zero for an === with any other text
	wild    bool
	bound   Version // what ~=, wildcards and < compare with besides
}

// Specifiers are comparisons that must all hold. None at all allow every version.
type Specifiers []Specifier

// ParseSpecifiers reads comparisons separated by commas. The error is a
// [*SyntaxError].
func ParseSpecifiers(s string) (Specifiers, error) {
	p := scanner{in: s}
	var list Specifiers
	for {
		more, err := p.specifiers(isSpace)
		if err != nil {
			return nil, err
		}
		list = append(list, more...)
		if p.peek() != ',' {
			break
		}
		p.pos++ // a comma too many
	}
	if !p.end() {
		return nil, p.errorf("expected a comma or the end of the version specifiers")
	}
	return list, nil
}

// specifiers reads as many specifiers as there are, with commas between and at
// most one at the end.
func (p *scanner) specifiers(blank func(byte) bool) (list Specifiers, err error) {
	for {
		p.skip(blank)
		if p.end() || !strings.ContainsRune("=!~<>", rune(p.peek())) {
			return list, nil
		}
		s, err := p.specifier(blank)
		if err != nil {
			return list, err
		}
		list = append(list, s)
		p.skip(blank)
		if p.peek() != ',' {
			return list, nil
		}
		p.pos++
	}
}

// operators are sorted so that a longer one stands before its own beginning.
var operators = []string{"===", "==", "!=", "~=", "<=", ">=", "<", ">"}

func (p *scanner) operator() string {
	for _, op := range operators {
		if p.accept(op) {
			return op
		}
	}
	return ""
}

func (p *scanner) specifier(blank func(byte) bool) (s Specifier, err error) {
	start := p.pos
	if s.Op = p.operator(); s.Op == "" {
		return s, p.errorf("expected one of === == != ~= <= >= < >")
	}
	p.skip(blank)
	from := p.pos
	if s.Op == "===" {
		s.Text = p.skip(func(c byte) bool { return !isSpace(c) && c != ';' && c != ')' && c != ',' })
		if s.Text == "" {
			return s, p.errorf("expected a version after ===")
		}
		s.version, _ = ParseVersion(s.Text)
		return s, nil
	}
	equality := s.Op == "==" || s.Op == "!="
	if s.version, err = p.version(equality); err != nil {
		return s, err
	}
	v := s.version
	if strings.HasPrefix(p.in[p.pos:], ".*") {
		switch {
		case !equality:
			return s, p.errorf("a .* works only after == and !=")
		case v.IsPre() || v.IsPost() || v.local != nil:
			return s, p.errorf("a .* cannot follow a pre-release, post-release or local label")
		}
		s.wild = true
		p.pos += 2
	}
	if p.peek() == '+' {
		return s, p.errorf("a local label works only after == and !=")
	}
	if s.Op == "~=" && len(v.release) < 2 {
		return s, p.errorAt(start, "~= needs at least two numbers, as in ~=1.4")
	}
	s.Text = p.in[from:p.pos]
	s.bound = s.upperBound()
	return s, nil
}

// upperBound is the first version that "==1.4.*" and "~=1.4.2" no longer
// allow, and for "<1.4" the first pre-release of 1.4.
func (s Specifier) upperBound() Version {
	v := s.version
	switch {
	case s.wild:
		return v.nextPrefix(len(v.release))
	case s.Op == "~=":
		return v.nextPrefix(len(v.release) - 1)
	case s.Op == "<" && !v.IsPre():
		v.dev = opt{set: true}
	}
	return v
}

// nextPrefix counts the n-th number of the release up: 1.4 to 1.5.dev0.
func (v Version) nextPrefix(n int) Version {
	release := slices.Clone(v.release[:n])
	release[n-1]++
	return Version{epoch: v.epoch, release: release, dev: opt{set: true}}
}

// String returns the specifier as it was written, without blanks.
func (s Specifier) String() string { return s.Op + s.Text }

// String returns the specifiers in the order in which they were written.
func (l Specifiers) String() string {
	words := make([]string, len(l))
	for i, s := range l {
		words[i] = s.String()
	}
	return strings.Join(words, ",")
}

// Canonical returns the specifiers as pip prints them: sorted, each once.
func (l Specifiers) Canonical() string {
	words := make([]string, len(l))
	for i, s := range l {
		words[i] = s.String()
	}
	slices.Sort(words)
	return strings.Join(slices.Compact(words), ",")
}

// Version returns the version that s compares with, without ".*".
func (s Specifier) Version() Version { return s.version }

// Pins reports whether s names exactly one version: "==1.0" or "===1.0", but
// not "==1.*".
func (s Specifier) Pins() bool { return s.Op == "===" || s.Op == "==" && !s.wild }

// Pinned reports whether one of l names exactly one version.
func (l Specifiers) Pinned() bool { return slices.ContainsFunc(l, Specifier.Pins) }

// namesPre reports whether s asks for pre-releases by naming one.
func (s Specifier) namesPre() bool { return s.Op != "!=" && !s.wild && s.version.IsPre() }

// NamesPre reports whether a specifier asks for pre-releases by naming one.
func (l Specifiers) NamesPre() bool { return slices.ContainsFunc(l, Specifier.namesPre) }

// Contains reports whether l allows v. Without pre, a pre-release is allowed
// only if a specifier names one; see [Filter] for the rule over many versions.
func (l Specifiers) Contains(v Version, pre bool) bool {
	return l.match(v) && (pre || !v.IsPre() || l.NamesPre())
}

func (l Specifiers) match(v Version) bool {
	for i := range l {
		if !l[i].match(v) {
			return false
		}
	}
	return true
}

// match compares without a word about pre-releases.
func (s *Specifier) match(v Version) bool {
	switch s.Op {
	case "===":
		return strings.EqualFold(v.raw, s.Text)
	case "==":
		return s.equal(v)
	case "!=":
		return !s.equal(v)
	case ">=":
		return v.Compare(s.version) >= 0
	case "<=":
		return v.comparePublic(s.version) <= 0
	case "<":
		return v.Compare(s.bound) < 0
	case ">":
		return s.above(v)
	case "~=":
		return v.Compare(s.version) >= 0 && v.Compare(s.bound) < 0
	}
	return false
}

func (s *Specifier) equal(v Version) bool {
	switch {
	case s.wild:
		low := Version{epoch: s.version.epoch, release: s.version.release, dev: opt{set: true}}
		return v.Compare(low) >= 0 && v.Compare(s.bound) < 0
	case s.version.local != nil:
		return v.Compare(s.version) == 0
	}
	return v.comparePublic(s.version) == 0
}

// above reports whether v is above ">V": neither a local version of V nor,
// unless V is a post-release or a development release itself, a post-release of V.
func (s *Specifier) above(v Version) bool {
	w := &s.version
	if v.comparePublic(*w) <= 0 {
		return false
	}
	return w.dev.set || w.post.set || !v.post.set || v.pre != w.pre || v.compareRelease(*w) != 0
}

// Filter returns the items whose versions l allows, in their order, by the
// rule of PEP 440 for pre-releases: they count if pre is set, if a specifier
// names one, or if nothing else matches.
func Filter[T any](l Specifiers, items []T, version func(T) Version, pre bool) []T {
	pre = pre || l.NamesPre()
	var out []T
	final := false
	for _, item := range items {
		if v := version(item); l.match(v) {
			out = append(out, item)
			final = final || !v.IsPre()
		}
	}
	if pre || !final {
		return out
	}
	return slices.DeleteFunc(out, func(item T) bool { return version(item).IsPre() })
}

// Filter is the function [Filter] for plain versions.
func (l Specifiers) Filter(versions []Version, pre bool) []Version {
	return Filter(l, versions, func(v Version) Version { return v }, pre)
}
