package reqfile

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"weighline/analysis/pep"
)

// poetrySpecifiers turns poetry's versions into those of PEP 440: "^1.2",
// "~1.2", "1.2" for "==1.2", "*", blanks for commas and "||" for "or", which
// PEP 440 lacks. exact is false where the result allows more than the text.
func poetrySpecifiers(text string) (specs pep.Specifiers, exact bool, err error) {
	alternatives := strings.Split(strings.ReplaceAll(text, "||", "|"), "|")
	var lists []pep.Specifiers
	for _, a := range alternatives {
		list, err := poetryAnd(a)
		if err != nil {
			return nil, false, err
		}
		lists = append(lists, list)
	}
	specs, exact = lists[0], true
	for _, next := range lists[1:] {
		var ok bool
		specs, ok = union(specs, next)
		exact = exact && ok
	}
	return specs, exact, nil
}

// poetryAnd reads versions that must all hold.
func poetryAnd(text string) (pep.Specifiers, error) {
	var out []string
	words := strings.FieldsFunc(text, func(r rune) bool { return r == ',' || isSpace(r) })
	for i := 0; i < len(words); i++ {
		w := words[i]
		if strings.Trim(w, "<>=!~^") == "" && i+1 < len(words) {
			i++ // ">= 1.2"
			w += words[i]
		}
		s, err := poetryOne(w)
		if err != nil {
			return nil, err
		}
		if s != "" {
			out = append(out, s)
		}
	}
	return pep.ParseSpecifiers(strings.Join(out, ","))
}

// poetryOne turns one of poetry's terms into specifiers.
func poetryOne(w string) (string, error) {
	switch {
	case w == "*" || w == "any":
		return "", nil
	case strings.HasPrefix(w, "~=") || strings.ContainsAny(w[:1], "<>!") || strings.HasPrefix(w, "=="):
		return w, nil
	case w[0] == '=':
		return "==" + w[1:], nil
	case w[0] == '^':
		return between(w[1:], caret)
	case w[0] == '~':
		return between(w[1:], func(release []uint64) int { return min(1, len(release)-1) })
	case strings.HasSuffix(w, ".x"):
		return "==" + strings.TrimSuffix(w, "x") + "*", nil
	}
	return "==" + w, nil
}

// caret returns the part of a release that "^" holds fixed: the first that is
// not 0.
func caret(release []uint64) int {
	for i, n := range release[:min(3, len(release))] {
		if n != 0 {
			return i
		}
	}
	return min(3, len(release)) - 1
}

// between returns ">=v,<w", where w is v with the part that fixed tells raised
// by one and the rest 0.
func between(text string, fixed func([]uint64) int) (string, error) {
	text = strings.TrimSuffix(strings.TrimSpace(text), ".*")
	v, err := pep.ParseVersion(text)
	if err != nil {
		return "", err
	}
	release := v.Release()
	at := fixed(release)
	var upper []string
	for i, n := range release {
		switch {
		case i == at:
			n++
		case i > at:
			n = 0
		}
		upper = append(upper, strconv.FormatUint(n, 10))
	}
	epoch := ""
	if v.Epoch() > 0 {
		epoch = fmt.Sprintf("%d!", v.Epoch())
	}
	return fmt.Sprintf(">=%s,<%s%s", text, epoch, strings.Join(upper, ".")), nil
}

// union returns specifiers that allow what a or b allows. It is exact for what
// poetry makes of "!=": "<1 || >1", and "<2.dev0 || >=3.dev0" for "!=2.*".
func union(a, b pep.Specifiers) (out pep.Specifiers, exact bool) {
	if len(a) == 0 || len(b) == 0 {
		return nil, true
	}
	upper := slices.IndexFunc(a, func(s pep.Specifier) bool { return s.Op == "<" || s.Op == "<=" })
	lower := slices.IndexFunc(b, func(s pep.Specifier) bool { return s.Op == ">" || s.Op == ">=" })
	if upper < 0 || lower < 0 {
		return nil, false
	}
	hole := ""
	u, l := a[upper], b[lower]
	switch {
	case u.Op == "<" && l.Op == ">" && u.Text == l.Text:
		hole = "!=" + u.Text
	case u.Op == "<" && l.Op == ">=" && nextRelease(u.Text) == strings.TrimSuffix(l.Text, ".dev0"):
		hole = "!=" + strings.TrimSuffix(u.Text, ".dev0") + ".*"
	}
	out = append(slices.Delete(slices.Clone(a), upper, upper+1), slices.Delete(slices.Clone(b), lower, lower+1)...)
	if hole == "" {
		return out, false
	}
	s, err := pep.ParseSpecifiers(hole)
	return append(out, s...), err == nil
}

// nextRelease returns the release after "2.1" or "2.1.dev0": "2.2"; "" if text
// is no plain release.
func nextRelease(text string) string {
	parts := strings.Split(strings.TrimSuffix(text, ".dev0"), ".")
	n, err := strconv.Atoi(parts[len(parts)-1])
	if err != nil {
		return ""
	}
	parts[len(parts)-1] = strconv.Itoa(n + 1)
	return strings.Join(parts, ".")
}
