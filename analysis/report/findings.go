package report

import (
	"fmt"
	"io"
	"strings"

	"weighline/analysis"
	"weighline/analysis/bytesize"
	"weighline/analysis/insight"
	"weighline/analysis/layer"
)

// InsightChangesJSON tells what could go from B and not from A, the other way
// round, and from both, but not as much.
type InsightChangesJSON struct {
	New     []FindingJSON        `json:"new"`
	Fixed   []FindingJSON        `json:"fixed"`
	Changed []FindingChangedJSON `json:"changed"`
}

// FindingChangedJSON is a finding of both builds, as it is in B. Delta is null if
// one of the sizes is unknown or they do not count the same.
type FindingChangedJSON struct {
	FindingJSON
	Before bytesize.Amount `json:"before"` // the bytes in A
	Delta  bytesize.Amount `json:"delta"`
}

// FindingJSON is something that could go, in short.
type FindingJSON struct {
	ID        string          `json:"id"`
	Title     string          `json:"title"`
	Bytes     bytesize.Amount `json:"bytes"`
	Counts    string          `json:"counts"` // what the bytes are: unpacked, waste, download or again
	Certainty string          `json:"certainty"`
}

func insightChanges(c *analysis.InsightChanges) *InsightChangesJSON {
	if c == nil {
		return nil
	}
	out := &InsightChangesJSON{findings(c.New), findings(c.Fixed), make([]FindingChangedJSON, 0, len(c.Changed))}
	for _, x := range c.Changed {
		out.Changed = append(out.Changed, FindingChangedJSON{finding(x.B), x.A.Bytes, x.Delta()})
	}
	return out
}

func finding(x insight.Insight) FindingJSON {
	return FindingJSON{x.ID, layer.Printable(x.Title), x.Bytes, string(x.Counts), string(x.Certainty)}
}

func findings(list []insight.Insight) []FindingJSON {
	out := make([]FindingJSON, 0, len(list))
	for _, x := range list {
		out = append(out, finding(x))
	}
	return out
}

// A findingRow is a finding of one or of both builds that are compared.
type findingRow struct {
	change      string // "new", "more", "less", "other" or "fixed"
	title       string
	counts      insight.Counts
	a, b, delta *bytesize.Amount // nil where a build has no such finding
}

// findingRows returns the rows of a table: what is new first. Those whose bytes
// changed by less than o says are left out.
func findingRows(c *analysis.InsightChanges, o CompareOptions) (rows []findingRow) {
	if c == nil {
		return nil
	}
	for _, x := range c.New {
		rows = append(rows, findingRow{"new", x.Title, x.Counts, nil, &x.Bytes, nil})
	}
	for _, x := range c.Changed {
		d := x.Delta()
		if o.hides(d) {
			continue
		}
		change := "more"
		switch {
		case d.Basis == bytesize.Unknown:
			change = "other"
		case d.Size < 0:
			change = "less"
		}
		rows = append(rows, findingRow{change, x.B.Title, x.B.Counts, &x.A.Bytes, &x.B.Bytes, &d})
	}
	for _, x := range c.Fixed {
		rows = append(rows, findingRow{"fixed", x.Title, x.Counts, &x.Bytes, nil, nil})
	}
	return rows
}

// writeInsightChanges prints the findings that are new, gone, or about other bytes.
func writeInsightChanges(w io.Writer, c *analysis.InsightChanges, o CompareOptions, width int) error {
	rows := findingRows(c, o)
	if len(rows) == 0 {
		return nil
	}
	t := Table{Columns: []Column{{Title: "FINDING"}, {Title: "BYTES A", Right: true, Spare: 1}, {Title: "BYTES B", Right: true}, {Title: "DIFFERENCE", Right: true, Spare: 2}, {Title: "WHAT", Min: 20}}}
	amount := func(a *bytesize.Amount) string {
		if a == nil {
			return "-"
		}
		return a.String()
	}
	for _, r := range rows {
		difference := "-"
		if r.delta != nil {
			difference = deltaText(*r.delta)
		}
		t.Row(r.change, amount(r.a), amount(r.b), difference, r.title)
	}
	fmt.Fprintln(w)
	return t.Write(w, width)
}

// AddFindings puts what could go from the build in front of the tables.
func (d *Document) AddFindings(list []insight.Insight) {
	if len(list) == 0 {
		return
	}
	t := table{id: "findings", title: "What could go", first: 10, note: "Findings overlap: they do not add up.",
		columns: []Column{{Title: "Finding"}, {Title: "Bytes", Right: true}, {Title: "Of"}, {Title: "Certainty"}, {Title: "What to do"}}}
	for _, x := range list {
		t.add(named(x.Title), sized(x.Bytes), plain(string(x.Counts)), plain(string(x.Certainty)), linesOf(x.Fix))
	}
	d.tables = append([]table{t}, d.tables...)
}

// changedFindings is the table of findings that are new, gone, or about other bytes.
func changedFindings(c *analysis.InsightChanges, o CompareOptions) (t table, ok bool) {
	rows := findingRows(c, o)
	t = table{id: "findings", title: "Findings", first: 10, note: "What could go from B and not from A is new, the other way round fixed; more and less is what both have. Findings overlap: they do not add up.",
		columns: []Column{{Title: "Finding"}, {Title: "Change"}, {Title: "Bytes A", Right: true}, {Title: "Bytes B", Right: true}, {Title: "Difference", Right: true}, {Title: "Of"}}}
	amount := func(a *bytesize.Amount, show func(bytesize.Amount) cell) cell {
		if a == nil {
			return plain("-")
		}
		return show(*a)
	}
	for _, r := range rows {
		t.add(named(r.title), plain(r.change), amount(r.a, sized), amount(r.b, sized), amount(r.delta, grown), plain(string(r.counts)))
	}
	return t, len(rows) > 0
}

// linesOf holds several lines that come from elsewhere.
func linesOf(lines []string) cell {
	clean := make([]string, len(lines))
	for i, l := range lines {
		clean[i] = layer.Printable(l)
	}
	return cell{text: strings.Join(clean, "\n"), name: true}
}
