package reqfile

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A physLine is one line of a file as an editor shows it.
type physLine struct {
	text string // without its end
	end  string // "\n", "\r\n", … or "" at the end of the file
}

// A logLine is what pip takes for one line: physical lines joined at their
// backslashes, without the comment.
type logLine struct {
	text        string
	comment     string // the text after "#", trimmed
	first, last int    // physical lines, from 1
	swallowed   int    // the physical line that is lost in a comment, or 0
}

// maxLines is how many lines of a file are read. The longest that was seen, of
// hashes, has 10,000.
const maxLines = 200_000

// splitLines cuts text where Python's str.splitlines does, which is at more
// places than "\n". What lies behind maxLines is one line more.
func splitLines(text string) []physLine {
	out := make([]physLine, 0, min(strings.Count(text, "\n"), maxLines)+1)
	for len(text) > 0 {
		if len(out) == maxLines {
			return append(out, physLine{text: text})
		}
		i, n := lineEnd(text)
		out = append(out, physLine{text[:i], text[i : i+n]})
		text = text[i+n:]
	}
	return out
}

// lineEnd returns where the first line of text ends, and the length of its end.
func lineEnd(text string) (at, length int) {
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\r' && strings.HasPrefix(text[i:], "\r\n"):
			return i, 2
		case c >= '\n' && c <= '\r', c >= 0x1c && c <= 0x1e:
			return i, 1
		case c == 0xc2 && strings.HasPrefix(text[i:], "\u0085"):
			return i, 2
		case c == 0xe2 && (strings.HasPrefix(text[i:], "\u2028") || strings.HasPrefix(text[i:], "\u2029")):
			return i, 3
		}
	}
	return len(text), 0
}

// isSpace reports whether Python's str.isspace and \s take r for white space.
func isSpace(r rune) bool {
	return unicode.IsSpace(r) || r >= 0x1c && r <= 0x1f
}

// commentAt returns where the comment of line begins, with the white space
// before it, or -1. A "#" within a word begins none: it may be a URL's fragment.
func commentAt(line string) int {
	for from := 0; ; {
		i := strings.IndexByte(line[from:], '#')
		if i < 0 {
			return -1
		}
		i += from
		if i == 0 {
			return 0
		}
		trimmed := strings.TrimRightFunc(line[:i], isSpace)
		if len(trimmed) < i {
			return len(trimmed)
		}
		from = i + 1
	}
}

// isComment reports whether line holds a comment and nothing else.
func isComment(line string) bool {
	return strings.HasPrefix(strings.TrimLeftFunc(line, isSpace), "#")
}

// joinLines does what pip's join_lines and ignore_comments do. A comment line
// ends a continuation, even if it ends in a backslash itself.
func joinLines(lines []physLine) []logLine {
	var out []logLine
	var open []string
	first, lost := 0, 0
	add := func(text string, first, last int) {
		comment := ""
		if i := commentAt(text); i >= 0 {
			comment = strings.TrimFunc(strings.TrimLeftFunc(text[i:], isSpace)[1:], isSpace)
			text = text[:i]
		}
		if text = strings.TrimFunc(text, isSpace); text != "" {
			out = append(out, logLine{text, comment, first, last, lost})
		}
	}
	for i, l := range lines {
		text, n := l.text, i+1
		if strings.HasSuffix(text, `\`) && !isComment(text) {
			if open == nil {
				first = n
			}
			open = append(open, strings.Trim(text, `\`))
			if lost == 0 && commentAt(text) >= 0 {
				lost = n + 1
			}
			continue
		}
		if isComment(text) {
			text = " " + text
		}
		if open == nil {
			add(text, n, n)
			continue
		}
		add(strings.Join(append(open, text), ""), first, n)
		open, lost = nil, 0
	}
	if open != nil {
		add(strings.Join(open, ""), first, len(lines))
	}
	return out
}

var envRE = regexp.MustCompile(`\$\{([A-Z0-9_]+)\}`)

// expandEnv replaces each ${NAME} whose variable is set. unset lists the others.
func expandEnv(line string, env func(string) string) (expanded string, unset []string) {
	expanded = envRE.ReplaceAllStringFunc(line, func(ref string) string {
		name := ref[2 : len(ref)-1]
		if v := env(name); v != "" {
			return v
		}
		unset = append(unset, name)
		return ref
	})
	return expanded, unset
}

// excerpt returns s in a form fit for a message: without passwords, on one
// line and not too long.
func excerpt(s string) string {
	const most = 120
	if len(s) > 4*most {
		s = s[:4*most]
	}
	s = strings.Map(func(r rune) rune {
		if r == utf8.RuneError || !unicode.IsPrint(r) {
			return '·'
		}
		return r
	}, redact(s))
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "…"
	}
	return s
}

func quote(s string) string { return `"` + excerpt(s) + `"` }
