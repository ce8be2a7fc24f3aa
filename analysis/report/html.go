package report

import (
	_ "embed" // the page
	"fmt"
	"html/template"
	"io"
	"strings"
)

//go:embed page/report.tmpl
var pageText string

//go:embed page/report.css
var pageStyle string

var pageTemplate = template.Must(template.New("report").Parse(pageText))

// page is what the template draws.
type page struct {
	Title, Lead  string
	CSS          template.CSS
	Verdicts     []pageVerdict
	Figures      *pageTable
	Maps         []pageMap
	Sections     []pageSection
	Warnings     []string
	MoreWarnings int
	Facts        []pageFact
}

type pageFact struct{ Label, Text string }

type pageVerdict struct {
	Text, Source string
	Failed       bool
	Blame        []string
}

type pageTable struct {
	ID, Title string
	Columns   []Column
	Rows      [][]pageCell
}

type pageSection struct {
	pageTable
	Note      string
	Rest      bool
	RestText  string
	RestTable pageTable
	More      int
}

type pageCell struct {
	Text, Exact, Class, Tone string
	Head                     bool
	Bar                      template.CSS
}

// HTML writes d as one page that needs nothing else: no script, no address but
// those of sources that limits come from. It follows the reader's light or dark
// setting, prints, and every map has a table with the same figures.
func (d *Document) HTML(w io.Writer) error {
	p := page{Title: d.title, Lead: d.lead, CSS: template.CSS(pageStyle)} //nolint:gosec // our own
	for _, v := range d.verdicts {
		x := pageVerdict{Text: v.text(), Failed: v.failed, Blame: v.blame}
		if strings.HasPrefix(v.source, "https://") {
			x.Source = v.source
		}
		p.Verdicts = append(p.Verdicts, x)
	}
	if d.figures != nil {
		t := d.figures.page(len(d.figures.rows))
		p.Figures = &t
	}
	for i, m := range d.maps {
		if x, ok := m.layout(fmt.Sprintf("map%d", i+1)); ok {
			p.Maps = append(p.Maps, x)
		}
	}
	for i := range d.tables {
		if len(d.tables[i].rows) > 0 {
			p.Sections = append(p.Sections, d.tables[i].section())
		}
	}
	p.Warnings, p.MoreWarnings = limited(d.warnings)
	for _, f := range d.facts {
		p.Facts = append(p.Facts, pageFact{f.label, f.text})
	}
	return pageTemplate.Execute(w, p)
}

// visibleRows is how many rows of a table the page shows before they are folded.
const visibleRows = 25

func (t *table) section() pageSection {
	shown := len(t.rows)
	if shown > visibleRows+5 {
		shown = visibleRows
	}
	s := pageSection{pageTable: t.page(shown), Note: t.note, More: t.more}
	if rest := len(t.rows) - shown; rest > 0 {
		tail := *t
		tail.rows = t.rows[shown:]
		s.Rest, s.RestText, s.RestTable = true, fmt.Sprintf("%d more", rest), tail.page(rest)
		s.RestTable.ID = ""
	}
	return s
}

// page returns the first n rows as the template draws them.
func (t *table) page(n int) pageTable {
	out := pageTable{ID: t.id, Title: t.title, Columns: t.columns}
	for _, row := range t.rows[:n] {
		cells := make([]pageCell, len(row))
		for i, c := range row {
			cells[i] = pageCell{Text: c.text, Exact: c.exact, Tone: c.tone, Head: i == 0 && !t.columns[0].Right}
			var classes []string
			if t.columns[i].Right {
				classes = append(classes, "n")
			}
			if c.name {
				classes = append(classes, "name")
			}
			if c.tone != "" {
				classes = append(classes, c.tone)
			}
			cells[i].Class = strings.Join(classes, " ")
			if c.part > 0 {
				cells[i].Bar = barWidth(c.part)
			}
		}
		out.Rows = append(out.Rows, cells)
	}
	return out
}

// text returns the verdict in one sentence.
func (v *verdict) text() string {
	if v.used == "" {
		return v.limit
	}
	return fmt.Sprintf("%s: %s, %s", v.limit, v.used, v.result)
}
