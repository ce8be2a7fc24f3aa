package report

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"weighline/analysis"
	"weighline/analysis/bytesize"
	"weighline/analysis/insight"
	"weighline/analysis/layer"
)

// InsightsJSON is the object that weigh insights prints: schema
// weighline/insights@1.
type InsightsJSON struct {
	Schema    string        `json:"schema"`
	Insights  []InsightJSON `json:"insights"` // the one that frees most first
	Total     InsightTotal  `json:"total"`
	Sure      InsightTotal  `json:"sure"`  // without those of which only the user knows
	Known     InsightTotal  `json:"known"` // of those, without the estimated ones
	Warnings  []WarningJSON `json:"warnings"`
	Reference string        `json:"reference,omitempty"` // of the image
	Platform  string        `json:"platform,omitempty"`  // of the image
	Files     []string      `json:"files,omitempty"`     // of the requirements
	Target    *TargetJSON   `json:"target,omitempty"`    // what the requirements are resolved for
	Scale     string        `json:"scale,omitempty"`     // of a scale model such as the sample's images
}

// InsightJSON is one finding.
type InsightJSON struct {
	ID        string          `json:"id"`
	Title     string          `json:"title"`
	Bytes     bytesize.Amount `json:"bytes"`
	Counts    string          `json:"counts"`    // unpacked, waste, download or again
	Certainty string          `json:"certainty"` // known, estimated or possible
	Download  bytesize.Amount `json:"download"`  // that the requirements would download less
	Text      string          `json:"text"`
	Evidence  []InsightRow    `json:"evidence"`
	More      int             `json:"more,omitempty"` // rows of evidence that are left out
	Fix       []string        `json:"fix"`
	Risk      string          `json:"risk"`
	Apply     insight.Change  `json:"apply"` // what a plan would do about it, in the form of a plan
}

// InsightRow is one piece of evidence.
type InsightRow struct {
	Path    string          `json:"path,omitempty"`
	Package string          `json:"package,omitempty"`
	Version string          `json:"version,omitempty"`
	Layer   *int            `json:"layer,omitempty"`
	Bytes   bytesize.Amount `json:"bytes"`
	Files   int             `json:"files,omitempty"`
	File    string          `json:"file,omitempty"`
	Line    int             `json:"line,omitempty"`
	Note    string          `json:"note,omitempty"`
}

// InsightTotal is the union of what findings name: no byte counts twice.
type InsightTotal struct {
	Unpacked bytesize.Size   `json:"unpacked"` // files of the image
	Waste    bytesize.Size   `json:"waste"`    // of its lower layers
	Packages int             `json:"packages"` // of the requirements
	Download bytesize.Amount `json:"download"` // of those; null without any
	Stripped bytesize.Size   `json:"stripped"` // parts of other packages of the requirements
}

// Insights returns what weigh insights --json prints.
func Insights(b *analysis.Build, list []insight.Insight, problems error) InsightsJSON {
	j := InsightsJSON{Schema: "weighline/insights@1", Insights: InsightList(list), Total: insightTotal(list), Sure: insightTotal(sure(list)), Known: insightTotal(exact(list)), Warnings: warnings(b, problems)}
	if b.Image != nil {
		j.Reference, j.Platform, j.Scale = layer.Printable(b.Image.Reference), b.Image.Platform, b.Image.Scale
	}
	if b.Deps != nil {
		j.Files, j.Target = filesOf(b.Deps), &TargetJSON{b.Target.Python(), b.Target.Platform()}
	}
	return j
}

// sure returns the findings that do not depend on what only the user knows.
func sure(list []insight.Insight) (out []insight.Insight) {
	for _, x := range list {
		if x.Certainty != insight.Possible {
			out = append(out, x)
		}
	}
	return out
}

// exact returns the findings whose bytes are exact, and which nothing needs.
func exact(list []insight.Insight) (out []insight.Insight) {
	for _, x := range list {
		if x.Certainty == insight.Known {
			out = append(out, x)
		}
	}
	return out
}

func insightTotal(list []insight.Insight) InsightTotal {
	s := insight.Total(list...)
	t := InsightTotal{Unpacked: s.Unpacked, Waste: s.Waste, Packages: s.Requirements.Packages, Stripped: s.Stripped}
	if t.Packages > 0 {
		t.Download = exactly(s.Requirements.Download)
	}
	return t
}

// InsightList returns the findings as JSON has them.
func InsightList(list []insight.Insight) []InsightJSON {
	out := make([]InsightJSON, 0, len(list))
	for _, x := range list {
		j := InsightJSON{ID: x.ID, Title: layer.Printable(x.Title), Bytes: x.Bytes, Counts: string(x.Counts), Certainty: string(x.Certainty), Download: x.Download,
			Text: layer.Printable(x.Text), Evidence: make([]InsightRow, 0, len(x.Rows)), More: x.More, Fix: []string{}, Risk: x.Risk, Apply: x.Apply}
		for _, s := range x.Fix {
			j.Fix = append(j.Fix, layer.Printable(s))
		}
		for _, r := range x.Rows {
			j.Evidence = append(j.Evidence, insightRow(r))
		}
		out = append(out, j)
	}
	return out
}

func insightRow(r insight.Row) InsightRow {
	j := InsightRow{Path: layer.Printable(r.Path), Package: layer.Printable(string(r.Package)), Version: layer.Printable(r.Version),
		Bytes: r.Bytes, Files: r.Files, File: layer.Printable(r.File), Line: r.Line, Note: layer.Printable(r.Note)}
	if r.Layer >= 0 {
		j.Layer = &r.Layer
	}
	return j
}

// WriteInsights prints what b is and weighs, all findings about it with their
// evidence, at most rows of each, and what they come to together.
func WriteInsights(w io.Writer, b *analysis.Build, list []insight.Insight, width, rows int) error {
	if b.Deps != nil && b.Deps.Graph != nil {
		writeDepsHead(w, b, b.Deps.Graph.Total(), width)
	}
	if b.Image != nil {
		writeImageHead(w, b.Image, width)
	}
	fmt.Fprintln(w)
	if len(list) == 0 {
		_, err := fmt.Fprintln(w, "Nothing was found that could go.")
		return err
	}
	for i, x := range list {
		if i > 0 {
			fmt.Fprintln(w)
		}
		writeInsight(w, i+1, x, width)
		writeIndented(w, "   ", "   ", layer.Printable(x.Text), width)
		fmt.Fprintln(w)
		if err := writeRows(w, x, width, rows); err != nil {
			return err
		}
	}
	fmt.Fprintln(w)
	writeTogether(w, list, width)
	return nil
}

// writeInsight prints the figures of a finding, how to mend it and the risk. The
// commands are for copying: they are not wrapped.
func writeInsight(w io.Writer, number int, x insight.Insight, width int) {
	first := fmt.Sprintf("%d. ", number)
	writeIndented(w, first, strings.Repeat(" ", len(first)), layer.Printable(x.Title)+certainty[x.Certainty], width)
	for _, line := range x.Fix {
		fmt.Fprintf(w, "     %s\n", layer.Printable(line))
	}
	writeIndented(w, "   ", "   ", "Risk: "+layer.Printable(x.Risk), width)
}

// certainty says behind a title how sure it is.
var certainty = map[insight.Certainty]string{
	insight.Possible:  " (needed? only you know)",
	insight.Estimated: " (estimated)",
}

func writeRows(w io.Writer, x insight.Insight, width, rows int) error {
	t := Table{Columns: []Column{{Title: "  BYTES", Right: true}, {Title: "LAYER", Right: true}, {Title: "WHAT", Min: 20, Tail: true}, {Title: "WHY", Min: 16}}}
	shown := x.Rows
	if rows > 0 && len(shown) > rows {
		shown = shown[:rows]
	}
	for _, r := range shown {
		at, what, why := "", string(r.Package), r.Note
		if r.Layer >= 0 {
			at = fmt.Sprint(r.Layer)
		}
		if r.Version != "" && what != "" {
			what += " " + r.Version
		}
		switch {
		case what == "" && r.Path != "":
			what = r.Path
		case what == "" && r.File != "":
			what = place(r)
		case r.File != "":
			why = strings.TrimPrefix(why+"; "+place(r), "; ")
		case x.ID == "debug-symbols" && r.Path != "":
			what = r.Path
		}
		t.Row(r.Bytes.String(), at, what, why)
	}
	if n := len(x.Rows) - len(shown) + x.More; n > 0 {
		t.Row("", "", fmt.Sprintf("and %d more", n), "")
	}
	return t.Write(w, width)
}

// place returns "requirements.txt:7".
func place(r insight.Row) string {
	if r.Line == 0 {
		return r.File
	}
	return fmt.Sprintf("%s:%d", r.File, r.Line)
}

// writeTogether prints the union of the findings.
func writeTogether(w io.Writer, list []insight.Insight, width int) {
	line := func(list []insight.Insight) string {
		s := insight.Total(list...)
		var parts []string
		if s.Unpacked > 0 {
			parts = append(parts, s.Unpacked.String()+" of files")
		}
		if s.Waste > 0 {
			parts = append(parts, s.Waste.String()+" of waste in lower layers")
		}
		if n := s.Requirements.Packages; n > 0 {
			parts = append(parts, fmt.Sprintf("%s to download in %s", s.Requirements.Download, plural(n, "package")))
		}
		if s.Stripped > 0 {
			parts = append(parts, s.Stripped.String()+" inside packages")
		}
		return strings.Join(parts, ", ")
	}
	all, certain, read := line(list), line(sure(list)), line(exact(list))
	if all == "" {
		writeWrapped(w, "All together: no bytes would go; the findings are about what is built and pulled again.", width)
		return
	}
	writeWrapped(w, fmt.Sprintf("All together, no byte counted twice: %s.", all), width)
	if certain != all {
		writeWrapped(w, fmt.Sprintf("Without what only you know: %s.", cmp.Or(certain, "nothing")), width)
	}
	if read != certain {
		writeWrapped(w, fmt.Sprintf("Known, without estimates: %s.", cmp.Or(read, "nothing")), width)
	}
}

// WriteTopInsights prints the findings that free most, without evidence; command
// shows all.
func WriteTopInsights(w io.Writer, list []insight.Insight, command string, width int) error {
	const most = 3
	if len(list) == 0 {
		return nil
	}
	fmt.Fprint(w, "\nWhat to do about it\n")
	for i, x := range list[:min(most, len(list))] {
		writeInsight(w, i+1, x, width)
	}
	if len(list) > most {
		fmt.Fprintf(w, "%d more: %s\n", len(list)-most, layer.Printable(command))
	}
	return nil
}
