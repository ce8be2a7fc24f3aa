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

// InsightChangesJSON tells what could go from B and not from A, and the other way
// round.
type InsightChangesJSON struct {
	New   []FindingJSON `json:"new"`
	Fixed []FindingJSON `json:"fixed"`
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
	return &InsightChangesJSON{findings(c.New), findings(c.Fixed)}
}

func findings(list []insight.Insight) []FindingJSON {
	out := make([]FindingJSON, 0, len(list))
	for _, x := range list {
		out = append(out, FindingJSON{x.ID, layer.Printable(x.Title), x.Bytes, string(x.Counts), string(x.Certainty)})
	}
	return out
}

// writeInsightChanges prints the findings that are new and those that are gone.
func writeInsightChanges(w io.Writer, c *analysis.InsightChanges, width int) error {
	if c == nil || len(c.New)+len(c.Fixed) == 0 {
		return nil
	}
	t := Table{Columns: []Column{{Title: "FINDING"}, {Title: "BYTES", Right: true}, {Title: "WHAT", Min: 20}}}
	for _, x := range c.New {
		t.Row("new", x.Bytes.String(), x.Title)
	}
	for _, x := range c.Fixed {
		t.Row("fixed", x.Bytes.String(), x.Title)
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

// changedFindings is the table of findings that are new or gone.
func changedFindings(c *analysis.InsightChanges) (t table, ok bool) {
	if c == nil || len(c.New)+len(c.Fixed) == 0 {
		return t, false
	}
	t = table{id: "findings", title: "Findings", first: 10, note: "What could go from B and not from A is new, the other way round fixed. Findings overlap: they do not add up.",
		columns: []Column{{Title: "Finding"}, {Title: "Change"}, {Title: "Bytes", Right: true}, {Title: "Of"}}}
	for _, x := range c.New {
		t.add(named(x.Title), plain("new"), sized(x.Bytes), plain(string(x.Counts)))
	}
	for _, x := range c.Fixed {
		t.add(named(x.Title), plain("fixed"), sized(x.Bytes), plain(string(x.Counts)))
	}
	return t, true
}

// linesOf holds several lines that come from elsewhere.
func linesOf(lines []string) cell {
	clean := make([]string, len(lines))
	for i, l := range lines {
		clean[i] = layer.Printable(l)
	}
	return cell{text: strings.Join(clean, "\n"), name: true}
}
