package pep

import (
	"fmt"
	"strings"
)

// A scanner walks over one input; its methods read one thing each and leave
// the position behind it.
type scanner struct {
	in    string
	pos   int
	depth int // of parentheses in a marker
}

func (p *scanner) errorf(format string, args ...any) error {
	return p.errorAt(p.pos, format, args...)
}

func (p *scanner) errorAt(pos int, format string, args ...any) error {
	return &SyntaxError{Input: p.in, Offset: pos, Msg: fmt.Sprintf(format, args...)}
}

func (p *scanner) end() bool { return p.pos >= len(p.in) }

// peek returns the next byte, or 0 at the end.
func (p *scanner) peek() byte {
	if p.end() {
		return 0
	}
	return p.in[p.pos]
}

// skip moves over all bytes that are in the class and returns them.
func (p *scanner) skip(class func(byte) bool) string {
	from := p.pos
	for p.pos < len(p.in) && class(p.in[p.pos]) {
		p.pos++
	}
	return p.in[from:p.pos]
}

// blank moves over blanks and tabs, the only white space inside a requirement.
func (p *scanner) blank() { p.skip(isBlank) }

// accept moves over s, in any case of letters, if it comes next.
func (p *scanner) accept(s string) bool {
	rest := p.in[p.pos:]
	if len(rest) < len(s) || !strings.EqualFold(rest[:len(s)], s) {
		return false
	}
	p.pos += len(s)
	return true
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' }
func isSpace(c byte) bool { return isBlank(c) || '\n' <= c && c <= '\r' }
func isDigit(c byte) bool { return '0' <= c && c <= '9' }
func isAlnum(c byte) bool {
	return isDigit(c) || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}
func isWord(c byte) bool { return isAlnum(c) || c == '_' }

// number reads decimal digits. More than 19 of them fit into no counter that
// anyone uses, and are refused.
func (p *scanner) number() (n uint64, err error) {
	from := p.pos
	digits := p.skip(isDigit)
	if digits == "" {
		return 0, p.errorf("expected a number")
	}
	digits = strings.TrimLeft(digits, "0")
	if len(digits) > 19 {
		return 0, p.errorAt(from, "a number of more than 19 digits")
	}
	for _, c := range []byte(digits) {
		n = n*10 + uint64(c-'0')
	}
	return n, nil
}

// version reads the longest version that starts here, with a local label only
// if that is asked for.
func (p *scanner) version(local bool) (v Version, err error) {
	from := p.pos
	p.accept("v")
	if !isDigit(p.peek()) {
		p.pos = from
		return v, p.errorf("not a version (PEP 440)")
	}
	if err = p.release(&v); err != nil {
		return v, err
	}
	for _, part := range []func(*Version) error{p.preRelease, p.postRelease, p.devRelease} {
		if err = part(&v); err != nil {
			return v, err
		}
	}
	if local && p.peek() == '+' {
		if err = p.localLabel(&v); err != nil {
			return v, err
		}
	}
	v.raw = p.in[from:p.pos]
	return v, nil
}

// release reads the epoch and the numbers of a release.
func (p *scanner) release(v *Version) error {
	n, err := p.number()
	if err != nil {
		return err
	}
	if p.peek() == '!' && p.pos+1 < len(p.in) && isDigit(p.in[p.pos+1]) {
		v.epoch = n
		p.pos++
		if n, err = p.number(); err != nil {
			return err
		}
	}
	v.release = append(make([]uint64, 0, 4), n)
	for p.peek() == '.' && p.pos+1 < len(p.in) && isDigit(p.in[p.pos+1]) {
		p.pos++
		if n, err = p.number(); err != nil {
			return err
		}
		v.release = append(v.release, n)
	}
	return nil
}

// labels are the words of a part of a version with their normal letter; a
// longer word stands before its own beginning.
type labels []struct {
	word   string
	letter byte
}

var (
	preLabels  = labels{{"alpha", 'a'}, {"beta", 'b'}, {"preview", 'r'}, {"pre", 'r'}, {"a", 'a'}, {"b", 'b'}, {"c", 'r'}, {"rc", 'r'}}
	postLabels = labels{{"post", 'p'}, {"rev", 'p'}, {"r", 'p'}}
	devLabels  = labels{{"dev", 'd'}}
)

// labelled reads [sep] word [sep] [number]; ok tells whether a word came.
func (p *scanner) labelled(words labels) (letter byte, n uint64, ok bool, err error) {
	from := p.pos
	if isSeparator(p.peek()) {
		p.pos++
	}
	for _, w := range words {
		if !p.accept(w.word) {
			continue
		}
		if isSeparator(p.peek()) {
			p.pos++
		}
		if !isDigit(p.peek()) {
			return w.letter, 0, true, nil
		}
		n, err = p.number()
		return w.letter, n, true, err
	}
	p.pos = from
	return 0, 0, false, nil
}

func (p *scanner) preRelease(v *Version) (err error) {
	v.pre.letter, v.pre.n, _, err = p.labelled(preLabels)
	return err
}

func (p *scanner) postRelease(v *Version) (err error) {
	if p.peek() == '-' && p.pos+1 < len(p.in) && isDigit(p.in[p.pos+1]) {
		p.pos++
		v.post.set = true
		v.post.n, err = p.number()
		return err
	}
	_, v.post.n, v.post.set, err = p.labelled(postLabels)
	return err
}

func (p *scanner) devRelease(v *Version) (err error) {
	_, v.dev.n, v.dev.set, err = p.labelled(devLabels)
	return err
}

// localLabel reads "+", then words and numbers with separators between them.
func (p *scanner) localLabel(v *Version) error {
	p.pos++
	for {
		word := p.skip(isAlnum)
		if word == "" {
			return p.errorf("expected a local version label")
		}
		part := localPart{word: strings.ToLower(word)}
		if strings.Trim(word, "0123456789") == "" {
			number := scanner{in: word}
			n, err := number.number()
			if err != nil {
				return p.errorAt(p.pos-len(word), "a number of more than 19 digits")
			}
			part = localPart{n: n}
		}
		v.local = append(v.local, part)
		if !isSeparator(p.peek()) || p.pos+1 >= len(p.in) || !isAlnum(p.in[p.pos+1]) {
			return nil
		}
		p.pos++
	}
}
