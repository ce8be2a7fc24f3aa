package report

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestTable(t *testing.T) {
	table := Table{Columns: []Column{{Title: "NAME", Min: 6}, {Title: "SIZE", Right: true}, {Title: "WHY", Min: 5}}}
	table.Row("a-rather-long-name", "3.12 GB", "required by this, that and others")
	table.Row("b\x1b[31m", "5 B", "")
	test := func(width int, want string) {
		t.Helper()
		var b strings.Builder
		if err := table.Write(&b, width); err != nil {
			t.Fatal(err)
		}
		if b.String() != want {
			t.Errorf("width %d:\n%swant\n%s", width, b.String(), want)
		}
		for line := range strings.Lines(b.String()) {
			if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); width >= 22 && n > width {
				t.Errorf("width %d: a line has %d characters: %s", width, n, line)
			}
		}
	}
	test(0, `NAME                   SIZE  WHY
a-rather-long-name  3.12 GB  required by this, that and others
b\x1b[31m               5 B
`)
	test(40, `NAME               SIZE  WHY
a-rather-long…  3.12 GB  required by th…
b\x1b[31m           5 B
`)
	// What may not be shortened stays, however narrow the line is.
	test(10, `NAME       SIZE  WHY
a-rat…  3.12 GB  requ…
b\x1b…      5 B
`)
}

func TestTableDrop(t *testing.T) {
	table := Table{Columns: []Column{{Title: "A"}, {Title: "B"}, {Title: "C"}}}
	table.Row("1", "2", "3")
	table.Drop("B")
	table.Drop("none")
	var b strings.Builder
	if err := table.Write(&b, 0); err != nil || b.String() != "A  C\n1  3\n" {
		t.Errorf("table = %q, %v", b.String(), err)
	}
}

func TestTextWidth(t *testing.T) {
	test := func(s string, want int) {
		t.Helper()
		if got := textWidth(s); got != want {
			t.Errorf("textWidth(%q) = %d, want %d", s, got, want)
		}
	}
	test("abc", 3)
	test("≥ 3.12 GB −…", 12)
	test("日本", 4)
	test("e\u0301", 1)
	if got := shorten("日本語", 5); got != "日本…" {
		t.Errorf("shorten = %q", got)
	}
}

// TestTableSpare leaves out the columns that matter least where there is no room.
func TestTableSpare(t *testing.T) {
	line := func(limit int) string {
		table := Table{Columns: []Column{{Title: "NAME", Min: 4}, {Title: "KIND", Spare: 2}, {Title: "BEFORE", Right: true, Spare: 1}, {Title: "AFTER", Right: true}}}
		table.Row("something", "python", "12.3 MB", "4.00 kB")
		var b strings.Builder
		if err := table.Write(&b, limit); err != nil {
			t.Fatal(err)
		}
		return strings.Split(b.String(), "\n")[1]
	}
	for limit, want := range map[int]string{
		0:  "something  python  12.3 MB  4.00 kB",
		30: "som…  python  12.3 MB  4.00 kB",
		25: "someth…  12.3 MB  4.00 kB",
		15: "somet…  4.00 kB",
		5:  "som…  4.00 kB", // there is no less
	} {
		if got := line(limit); got != want {
			t.Errorf("within %d: %q, want %q", limit, got, want)
		}
	}
}

// TestTableNarrow leaves out columns by their place, whatever they are called, and
// then shortens names more than they like.
func TestTableNarrow(t *testing.T) {
	table := Table{Columns: []Column{{Title: "NAME", Min: 12}, {Title: "", Right: true}, {Title: "", Right: true, Spare: 1}}}
	table.Row("something-longer", "+4.00 kB", "−1 B")
	var b strings.Builder
	if err := table.Write(&b, 17); err != nil || b.String() != "NAME\nsometh…  +4.00 kB\n" {
		t.Errorf("table = %q, %v", b.String(), err)
	}
}

// TestTableTail keeps the end of what is told apart by it.
func TestTableTail(t *testing.T) {
	table := Table{Columns: []Column{{Title: "VERSION", Min: 12, Tail: true}, {Title: "SIZE", Right: true}}}
	for _, ref := range []string{"127.0.0.1:5000/corpus/pyapp:1.0", "127.0.0.1:5000/corpus/pyapp:1.1", "日本語/日本語/日本語:1.2", "app:2"} {
		table.Row(ref, "3.12 GB")
	}
	for width, want := range map[int]string{
		23: "VERSION            SIZE\n127…/pyapp:1.0  3.12 GB\n127…/pyapp:1.1  3.12 GB\n日…/日本語:1.2  3.12 GB\napp:2           3.12 GB\n",
		0:  "VERSION                             SIZE\n127.0.0.1:5000/corpus/pyapp:1.0  3.12 GB\n127.0.0.1:5000/corpus/pyapp:1.1  3.12 GB\n日本語/日本語/日本語:1.2         3.12 GB\napp:2                            3.12 GB\n",
	} {
		var b strings.Builder
		if err := table.Write(&b, width); err != nil || b.String() != want {
			t.Errorf("within %d:\n%swant\n%s%v", width, b.String(), want, err)
		}
	}
	for n := range 12 {
		if got := shortenWithin("日本語/e\u0301\u0301/b", n); textWidth(got) > max(n, 2) {
			t.Errorf("shortenWithin to %d is %q", n, got)
		}
	}
}

func TestWrap(t *testing.T) {
	test := func(text string, width int, want ...string) {
		t.Helper()
		if got := Wrap(text, width); !slices.Equal(got, want) {
			t.Errorf("Wrap(%q, %d) = %q, want %q", text, width, got, want)
		}
	}
	test("a  b", 0, "a  b")
	test("a  b", 4, "a  b")
	test("one two three", 8, "one two", "three")
	test("one twenty-seven", 5, "one", "twenty-seven")
	test("", 5, "")
	var b strings.Builder
	writeIndented(&b, "1. ", "   ", "one two three", 9)
	if b.String() != "1. one\n   two\n   three\n" {
		t.Errorf("indented = %q", b.String())
	}
}
