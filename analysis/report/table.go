package report

import (
	"bufio"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"

	"weighline/analysis/layer"
)

// A Column is one column of a [Table].
type Column struct {
	Title string
	Right bool // numbers: their last digits stand under each other
	Min   int  // a column that may be shortened to fit keeps at least this many characters; 0: never shortened
	Tail  bool // the end of a cell tells more than its middle, as of a path: what is shortened keeps both ends
	Spare int  // a column that is left out where there is no room, the one with the highest number first; 0: never
}

// A Table is text in columns that fits a width. What comes from files and
// registries is made harmless before it is printed.
type Table struct {
	Columns []Column
	rows    [][]string
}

// Row adds a row of as many cells as there are columns.
func (t *Table) Row(cells ...string) {
	for i, c := range cells {
		cells[i] = layer.Printable(c)
	}
	t.rows = append(t.rows, cells)
}

// Drop takes the column with that title out.
func (t *Table) Drop(title string) {
	at := slices.IndexFunc(t.Columns, func(c Column) bool { return c.Title == title })
	if at >= 0 {
		t.drop(at)
	}
}

func (t *Table) drop(at int) {
	t.Columns = slices.Delete(t.Columns, at, at+1)
	for i := range t.rows {
		t.rows[i] = slices.Delete(t.rows[i], at, at+1)
	}
}

// Write prints the table within limit columns a line (0: as wide as it
// takes): columns with a Min are shortened, the widest first, with "…"; where
// that is not enough those with a Spare are left out, and then the others are
// shortened once more.
func (t *Table) Write(w io.Writer, limit int) error {
	widths := t.fit(limit)
	out := bufio.NewWriter(w)
	titles := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		titles[i] = c.Title
	}
	for _, cells := range append([][]string{titles}, t.rows...) {
		var line strings.Builder
		for i, c := range cells {
			if i > 0 {
				line.WriteString("  ")
			}
			if t.Columns[i].Tail {
				c = shortenWithin(c, widths[i])
			} else {
				c = shorten(c, widths[i])
			}
			pad := strings.Repeat(" ", max(0, widths[i]-textWidth(c)))
			if t.Columns[i].Right {
				c = pad + c
			} else {
				c += pad
			}
			line.WriteString(c)
		}
		out.WriteString(strings.TrimRight(line.String(), " ")) //nolint:errcheck // Flush returns it
		out.WriteByte('\n')                                    //nolint:errcheck // Flush returns it
	}
	return out.Flush()
}

// fit leaves out what there is no room for, and returns how wide the other columns
// are.
func (t *Table) fit(limit int) []int {
	widths := t.widths(limit)
	for limit > 0 && lineWidth(widths) > limit {
		at := 0
		for i, c := range t.Columns {
			if c.Spare > t.Columns[at].Spare {
				at = i
			}
		}
		if t.Columns[at].Spare == 0 {
			break
		}
		t.drop(at)
		widths = t.widths(limit)
	}
	for i := range t.Columns {
		if limit > 0 && lineWidth(widths) > limit && t.Columns[i].Min > leastColumn {
			t.Columns[i].Min = leastColumn
			widths = t.widths(limit)
		}
	}
	return widths
}

// leastColumn is how narrow a column gets that may be shortened, where the terminal
// leaves no other way.
const leastColumn = 6

func lineWidth(widths []int) int {
	n := 2 * (len(widths) - 1)
	for _, w := range widths {
		n += w
	}
	return n
}

func (t *Table) widths(limit int) []int {
	widths := make([]int, len(t.Columns))
	total := 2 * (len(t.Columns) - 1)
	for i, c := range t.Columns {
		widths[i] = textWidth(c.Title)
		for _, r := range t.rows {
			widths[i] = max(widths[i], textWidth(r[i]))
		}
		total += widths[i]
	}
	for limit > 0 && total > limit {
		widest := -1
		for i, c := range t.Columns {
			if c.Min > 0 && widths[i] > c.Min && (widest < 0 || widths[i] > widths[widest]) {
				widest = i
			}
		}
		if widest < 0 {
			break
		}
		widths[widest]--
		total--
	}
	return widths
}

// shorten cuts s to n columns, the last of which is then "…".
func shorten(s string, n int) string {
	if textWidth(s) <= n {
		return s
	}
	used := 0
	for i, r := range s {
		if used+runeWidth(r) > n-1 {
			return s[:i] + "…"
		}
		used += runeWidth(r)
	}
	return s
}

// shortenWithin cuts s to n columns, one of which is then "…": a quarter of the others
// is its beginning, the rest its end.
func shortenWithin(s string, n int) string {
	if textWidth(s) <= n {
		return s
	}
	begin := shorten(s, max(1, n/4+1)) // with its "…"
	end, used := len(s), textWidth(begin)
	for end > 0 {
		r, size := utf8.DecodeLastRuneInString(s[:end])
		if used += runeWidth(r); used > n {
			break
		}
		end -= size
	}
	return begin + s[end:]
}

// textWidth returns how many columns of a terminal s takes.
func textWidth(s string) (n int) {
	for _, r := range s {
		n += runeWidth(r)
	}
	return n
}

// runeWidth follows Unicode Standard Annex 11: wide characters take two columns,
// and marks stand on the character before them.
func runeWidth(r rune) int {
	if r < 0x300 {
		return 1
	}
	if unicode.Is(unicode.Mn, r) {
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}
