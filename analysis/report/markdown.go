package report

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// MaxMarkdown is how many bytes the Markdown of a report may have: comments of
// GitHub and GitLab end at 65,536 characters, and a byte is at most one.
const MaxMarkdown = 65_000

// Markdown writes d for a pull request or a job's summary: totals and limits
// first, the top of each table, and the rest folded. It is shorter than
// [MaxMarkdown] whatever was weighed: tables are cut, and say by how much. Names
// are code, so that none of them links, mentions or formats anything.
func (d *Document) Markdown(w io.Writer) error {
	var out []byte
	for most := 200; ; most /= 2 {
		out = d.markdown(most)
		if len(out) <= MaxMarkdown || most == 0 {
			break
		}
	}
	_, err := w.Write(out)
	return err
}

// markdown returns d with at most so many rows in the folded part of a table.
func (d *Document) markdown(most int) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "## %s\n\n", prose(d.title))
	for _, v := range d.verdicts {
		sign := "✅"
		if v.failed {
			sign = "❌"
		}
		fmt.Fprintf(&b, "%s **%s**", sign, prose(v.limit))
		if v.used != "" {
			fmt.Fprintf(&b, ": %s, %s", prose(v.used), prose(v.result))
		}
		b.WriteString("\n")
		for i, text := range v.blame {
			fmt.Fprintf(&b, "%d. %s\n", i+1, prose(text))
		}
		b.WriteByte('\n')
	}
	if d.lead != "" {
		fmt.Fprintf(&b, "%s\n\n", prose(d.lead))
	}
	if d.figures != nil {
		d.figures.markdown(&b, d.figures.rows)
	}
	for i := range d.tables {
		if len(d.tables[i].rows) > 0 {
			d.tables[i].folded(&b, most)
		}
	}
	d.markdownWarnings(&b, most)
	b.WriteString("<sub>")
	for i, f := range d.facts {
		if i > 0 {
			b.WriteString(" · ")
		}
		fmt.Fprintf(&b, "%s: %s", f.label, prose(f.text))
	}
	b.WriteString("</sub>\n")
	return b.Bytes()
}

// folded writes the first rows of t, and more of them folded.
func (t *table) folded(b *bytes.Buffer, most int) {
	fmt.Fprintf(b, "### %s\n\n", t.title)
	if t.note != "" {
		fmt.Fprintf(b, "%s\n\n", prose(t.note))
	}
	first := min(t.first, len(t.rows))
	if len(t.rows)-first <= 2 && most > 0 {
		first = len(t.rows)
	}
	t.markdown(b, t.rows[:first])
	rest := t.rows[first:]
	if shown := min(most, len(rest)); shown > 0 {
		fmt.Fprintf(b, "<details><summary>%d more</summary>\n\n", shown)
		t.markdown(b, rest[:shown])
		b.WriteString("</details>\n\n")
		rest = rest[shown:]
	}
	if n := len(rest) + t.more; n > 0 {
		fmt.Fprintf(b, "and %d more\n\n", n)
	}
}

func (t *table) markdown(b *bytes.Buffer, rows [][]cell) {
	for _, c := range t.columns {
		fmt.Fprintf(b, "| %s ", c.Title)
	}
	b.WriteString("|\n")
	for _, c := range t.columns {
		if c.Right {
			b.WriteString("|---:")
		} else {
			b.WriteString("|---")
		}
	}
	b.WriteString("|\n")
	for _, row := range rows {
		for _, c := range row {
			text := prose(c.text)
			if c.name {
				text = codeLines(c.text)
			}
			fmt.Fprintf(b, "| %s ", text)
		}
		b.WriteString("|\n")
	}
	b.WriteByte('\n')
}

func (d *Document) markdownWarnings(b *bytes.Buffer, most int) {
	if len(d.warnings) == 0 {
		return
	}
	fmt.Fprintf(b, "<details><summary>%s</summary>\n\n", plural(len(d.warnings), "warning"))
	shown := min(len(d.warnings), most/4+1)
	for _, text := range d.warnings[:shown] {
		fmt.Fprintf(b, "* %s\n", prose(text))
	}
	if n := len(d.warnings) - shown; n > 0 {
		fmt.Fprintf(b, "* and %d more\n", n)
	}
	b.WriteString("\n</details>\n\n")
}

// maxCell is how many characters of one text Markdown prints.
const maxCell = 160

func cut(s string) string {
	if utf8.RuneCountInString(s) <= maxCell {
		return s
	}
	return string([]rune(s)[:maxCell-1]) + "…"
}

// codeLines returns each line of s as a code span.
func codeLines(s string) string {
	var out []string
	for line := range strings.SplitSeq(s, "\n") {
		out = append(out, code(strings.TrimSpace(line)))
	}
	return strings.Join(out, "<br>")
}

// code returns s as a code span in a table: nothing in it is markup.
func code(s string) string {
	s = cut(s)
	if s == "" || s == "-" {
		return s
	}
	fence, longest, run := "`", 0, 0
	for _, r := range s {
		if r == '`' {
			run++
			longest = max(longest, run)
		} else {
			run = 0
		}
	}
	if longest > 0 {
		fence = strings.Repeat("`", longest+1)
		s = " " + s + " "
	}
	return fence + strings.ReplaceAll(s, "|", `\|`) + fence
}

// prose returns s so that Markdown shows it as it is: no markup, no link, no
// mention of a person or an issue.
func prose(s string) string {
	var b strings.Builder
	for i, r := range cutProse(s) {
		switch r {
		case '\\', '`', '*', '_', '{', '}', '[', ']', '<', '>', '|', '~', '$', '!':
			b.WriteByte('\\')
			b.WriteRune(r)
		case '#', '@':
			b.WriteRune(r)
			b.WriteString("<!-- -->") // between the sign and a name: no mention
		case '&':
			b.WriteString("&amp;")
		case ':':
			b.WriteRune(r)
			if strings.HasPrefix(s[min(i+1, len(s)):], "//") {
				b.WriteString("<!-- -->") // no address becomes a link
			}
		case '\n', '\r':
			b.WriteByte(' ')
		default:
			b.WriteRune(r)
		}
	}
	return strings.ReplaceAll(b.String(), "www.", "www<!-- -->.")
}

// cutProse bounds a sentence.
func cutProse(s string) string {
	const most = 600
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most-1]) + "…"
}
