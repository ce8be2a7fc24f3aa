package report

import (
	"fmt"
	"io"
	"strings"

	"weighline/analysis"
	"weighline/analysis/evidence"
	"weighline/analysis/layer"
	"weighline/analysis/pep"
	"weighline/analysis/plan"
)

// maxEvidence is how many places of one package are shown.
const maxEvidence = 5

// WriteEvidence prints what needs what goes by the plan of v, if sources were read.
func WriteEvidence(w io.Writer, b *analysis.Build, v plan.Preview, width int) error {
	return writeEvidence(w, b, missed(v), width)
}

// writeEvidence prints what happens if packages go.
func writeEvidence(w io.Writer, b *analysis.Build, gone []pep.Name, width int) error {
	if b.Evidence == nil || len(gone) == 0 {
		return nil
	}
	t := Table{Columns: []Column{{Title: "PACKAGE", Min: 12}, {Title: "EVIDENCE"}, {Title: "WHERE", Min: 20, Tail: true}, {Title: "WHAT", Min: 20}}}
	for _, row := range evidenceRows(b, gone) {
		t.Row(row[:]...)
	}
	fmt.Fprintln(w)
	writeWrapped(w, fmt.Sprintf("Looked for uses in %s.", whereLooked(b.Evidence)), width)
	return t.Write(w, width)
}

// evidenceTable is the same for a document; ok is false where nobody looked.
func evidenceTable(b *analysis.Build, v plan.Preview) (t table, ok bool) {
	gone := missed(v)
	if b.Evidence == nil || len(gone) == 0 {
		return t, false
	}
	t = table{id: "evidence", title: "What needs what goes", first: 10, note: "Looked for uses in " + whereLooked(b.Evidence) + ".",
		columns: []Column{{Title: "Package"}, {Title: "Evidence"}, {Title: "Where"}, {Title: "What"}}}
	rows, more := limited(evidenceRows(b, gone))
	t.more = more
	for _, row := range rows {
		t.add(named(row[0]), plain(row[1]), named(row[2]), named(row[3]))
	}
	return t, true
}

// evidenceRows returns package, verdict, place and line, the worst first; of further
// places of one package without its name.
func evidenceRows(b *analysis.Build, gone []pep.Name) (rows [][4]string) {
	for _, f := range worstFirst(b.Findings(gone)) {
		if len(f.Rows) == 0 {
			rows = append(rows, [4]string{string(f.Package), f.Verdict.Words(), "—", nothingFound(f)})
		}
		name := string(f.Package)
		for i, row := range eachOnce(f.Rows) {
			if i == maxEvidence && len(f.Rows) > maxEvidence+1 {
				rows = append(rows, [4]string{"", "", fmt.Sprintf("and %d more places", len(f.Rows)-i), ""})
				break
			}
			where := row.Where()
			if where == "" {
				where = "—"
			}
			rows = append(rows, [4]string{name, row.Verdict.Words(), where, what(row)})
			name = ""
		}
	}
	return rows
}

// whereLooked tells in which sources.
func whereLooked(r *evidence.Report) string {
	var parts []string
	if r.Folder != "" {
		parts = append(parts, fmt.Sprintf("%s of %s", plural(r.Files, "source"), layer.Printable(r.Folder)))
	}
	if n := len(r.Looked); n > 0 {
		parts = append(parts, "the files of "+plural(n, "package"))
	}
	text := strings.Join(parts, " and in ")
	if len(r.Looked) == 0 {
		text += "; what packages import of each other is not known: their files are not at hand"
	}
	return text
}
