package layer

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Printable returns name with everything made visible that could act on a
// terminal, break a line or reorder text: control characters, escapes,
// bidirectional marks, invisible spaces and bytes that are no UTF-8 become
// "\n", "\x1b" or "\u202e". A backslash stays what it is, so a name without
// such characters is returned unchanged.
func Printable(name string) string {
	clean := true
	for i := 0; i < len(name) && clean; i++ {
		clean = name[i] >= ' ' && name[i] < 0x7f
	}
	if clean {
		return name
	}
	var b strings.Builder
	for i := 0; i < len(name); {
		r, n := utf8.DecodeRuneInString(name[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			fmt.Fprintf(&b, `\x%02x`, name[i])
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == '\r':
			b.WriteString(`\r`)
		case r < 0x100 && unicode.IsControl(r):
			fmt.Fprintf(&b, `\x%02x`, r)
		case r > 0xffff && !unicode.IsPrint(r):
			fmt.Fprintf(&b, `\U%08x`, r)
		case !unicode.IsPrint(r):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
		i += n
	}
	return b.String()
}
