package report

import (
	"fmt"
	"io"
	"strings"
)

// writeWrapped prints text in lines of at most width columns, 0 for one line. A
// word that is longer, such as a path, has a line of its own.
func writeWrapped(w io.Writer, text string, width int) { writeIndented(w, "", "", text, width) }

// writeIndented prints text in such lines behind first, the further ones behind rest,
// which is as wide.
func writeIndented(w io.Writer, first, rest, text string, width int) {
	if width > 0 {
		width = max(1, width-textWidth(rest))
	}
	for _, line := range Wrap(text, width) {
		fmt.Fprintln(w, first+line)
		first = rest
	}
}

// Wrap cuts text between words to lines of at most width columns, 0 for one line.
// What fits keeps its blanks.
func Wrap(text string, width int) (lines []string) {
	if width <= 0 || textWidth(text) <= width {
		return []string{text}
	}
	var line string
	for word := range strings.FieldsSeq(text) {
		switch {
		case line == "":
			line = word
		case textWidth(line)+1+textWidth(word) > width:
			lines, line = append(lines, line), word
		default:
			line += " " + word
		}
	}
	return append(lines, line)
}
