package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"weighline/analysis"
	"weighline/analysis/evidence"
	"weighline/analysis/layer"
	"weighline/analysis/pep"
)

// EvidenceJSON is one place that says what happens if a package goes; of a
// package of which no use was found, one without a place.
type EvidenceJSON struct {
	Package string `json:"package"`
	Verdict string `json:"verdict"` // breaks, may-break or no-use-found
	File    string `json:"file"`    // below the user's folder, or below site-packages; "" for none
	Line    int    `json:"line"`
	Text    string `json:"text"` // the line, or where nothing was found what was looked for

	Cell   int      `json:"cell,omitempty"` // of a notebook
	By     string   `json:"by,omitempty"`   // the package that stays whose file it is
	Module string   `json:"module,omitempty"`
	Kind   string   `json:"kind,omitempty"`
	Aside  bool     `json:"aside,omitempty"` // it does not run with the program: tests and the like
	Stays  []string `json:"stays,omitempty"` // packages that stay and have the module, too
}

// CodeJSON tells which sources were read.
type CodeJSON struct {
	Folder   string   `json:"folder"`
	Files    int      `json:"files"`
	Bytes    int64    `json:"bytes"`
	Unread   int      `json:"unread"`
	Packages []string `json:"packages"` // those whose own files were read, too
}

// UnusedJSON is a root that nothing in the user's sources runs.
type UnusedJSON struct {
	Name      string         `json:"name"`
	Imports   []string       `json:"imports"`   // the names that were looked for
	Certainty string         `json:"certainty"` // files, table or name: how well these are known
	Frees     FreesJSON      `json:"frees"`
	Remark    string         `json:"remark,omitempty"`
	Evidence  []EvidenceJSON `json:"evidence"` // uses that do not run with the program
}

// UnlistedJSON is a module that the sources import and no package of the build
// is known to have.
type UnlistedJSON struct {
	Module string `json:"module"`
	File   string `json:"file"`
	Line   int    `json:"line"`
}

// Code returns the object "code", nil if no sources were read.
func Code(r *evidence.Report) *CodeJSON {
	if r == nil {
		return nil
	}
	return &CodeJSON{layer.Printable(r.Folder), r.Files, r.Bytes, r.Unread, texts(r.Looked)}
}

// Evidence returns the list "evidence" for the packages that go, nil if no
// sources were read.
func Evidence(b *analysis.Build, gone []pep.Name) []EvidenceJSON {
	if b.Evidence == nil {
		return nil
	}
	out := []EvidenceJSON{}
	for _, f := range worstFirst(b.Findings(gone)) {
		if len(f.Rows) == 0 {
			out = append(out, EvidenceJSON{Package: string(f.Package), Verdict: f.Verdict.String(), Text: nothingFound(f)})
		}
		for _, row := range f.Rows {
			out = append(out, evidenceJSON(f.Package, row))
		}
	}
	return out
}

func worstFirst(list []evidence.Finding) []evidence.Finding {
	slices.SortStableFunc(list, func(a, b evidence.Finding) int { return int(b.Verdict) - int(a.Verdict) })
	return list
}

func evidenceJSON(name pep.Name, row evidence.Row) EvidenceJSON {
	x := EvidenceJSON{Package: string(name), Verdict: row.Verdict.String(), File: layer.Printable(row.File), Line: row.Line, Text: layer.Printable(row.Text),
		Cell: row.Cell, By: string(row.By), Module: layer.Printable(row.Module), Kind: row.Kind.String(), Aside: row.Aside}
	for _, s := range row.Stays {
		x.Stays = append(x.Stays, string(s))
	}
	return x
}

// nothingFound says what was looked for.
func nothingFound(f evidence.Finding) string {
	text := "nothing imports " + listed(f.Imports, 3)
	if remark := f.Remark(); remark != "" {
		text += " (" + remark + ")"
	}
	return text
}

// listed prints the first of some names.
func listed(names []string, most int) string {
	if len(names) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
	}
	return layer.Printable(strings.Join(names, ", "))
}

// Unused returns the list "unused", nil if no sources were read.
func Unused(b *analysis.Build) []UnusedJSON {
	if b.Evidence == nil || b.Evidence.Folder == "" {
		return nil
	}
	out := []UnusedJSON{}
	for _, u := range b.Unused() {
		x := UnusedJSON{Name: string(u.Package), Imports: append([]string{}, u.Imports...), Certainty: string(u.Certainty),
			Frees: freesOf(u.Frees), Remark: u.Remark(), Evidence: []EvidenceJSON{}}
		for _, row := range u.Rows {
			x.Evidence = append(x.Evidence, evidenceJSON(u.Package, row))
		}
		out = append(out, x)
	}
	return out
}

// Unlisted returns the list "unlisted", nil if no sources were read.
func Unlisted(r *evidence.Report) []UnlistedJSON {
	if r == nil || r.Folder == "" {
		return nil
	}
	out := []UnlistedJSON{}
	for _, u := range r.Unlisted {
		out = append(out, UnlistedJSON{layer.Printable(u.Module), layer.Printable(u.File), u.Line})
	}
	return out
}

// eachOnce puts those rows first, among rows with the same verdict, that are the
// first of their package.
func eachOnce(rows []evidence.Row) []evidence.Row {
	type key struct {
		by pep.Name
		v  evidence.Verdict
	}
	rank := make(map[*evidence.Row]int, len(rows))
	seen := map[key]int{}
	order := make([]*evidence.Row, len(rows))
	for i := range rows {
		r := &rows[i]
		k := key{r.By, r.Verdict}
		rank[r], order[i] = seen[k], r
		if r.By != "" {
			seen[k]++
		}
	}
	slices.SortStableFunc(order, func(a, b *evidence.Row) int {
		return cmp.Or(int(b.Verdict)-int(a.Verdict), cmp.Compare(rank[a], rank[b]))
	})
	out := make([]evidence.Row, len(rows))
	for i, r := range order {
		out[i] = *r
	}
	return out
}

// what prints the line of a place with what is to be said about it.
func what(row evidence.Row) string {
	text := row.Text
	if text == "" {
		text = row.Module
	}
	var about []string
	switch row.Kind {
	case evidence.Unguarded:
	case evidence.Requires:
		about = append(about, "its metadata")
	case evidence.Required:
		about = append(about, "another list")
	case evidence.TypeChecking:
		about = append(about, "nothing at run time")
	default:
		about = append(about, strings.ReplaceAll(row.Kind.String(), "-", " "))
	}
	if row.Aside && row.By == "" {
		about = append(about, "does not run with the program")
	} else if row.Aside {
		about = append(about, "in a module that is not loaded at the start")
	}
	if len(row.Stays) > 0 {
		about = append(about, "also in "+listed(texts(row.Stays), 3))
	}
	if len(about) == 0 {
		return text
	}
	return fmt.Sprintf("%s (%s)", text, strings.Join(about, ", "))
}

// writeUnused prints the roots that nothing in the sources runs.
func writeUnused(w io.Writer, b *analysis.Build, width int) error {
	r := b.Evidence
	if r == nil || r.Folder == "" {
		return nil
	}
	unused := b.Unused()
	if len(unused) == 0 {
		fmt.Fprintln(w)
		writeWrapped(w, fmt.Sprintf("A use was found of each package that is asked for, in %s of %s.", plural(r.Files, "source"), layer.Printable(r.Folder)), width)
		return nil
	}
	fmt.Fprintln(w)
	writeWrapped(w, fmt.Sprintf("No use found in %s of %s:", plural(r.Files, "source"), layer.Printable(r.Folder)), width)
	t := Table{Columns: []Column{{Title: "PACKAGE", Min: 12}, {Title: "FREES", Right: true}, {Title: "REMARK", Min: 20}}}
	for _, u := range unused {
		remark := nothingFound(u.Finding)
		if len(u.Rows) > 0 {
			remark = u.Rows[0].Where() + ": " + what(u.Rows[0])
		}
		t.Row(string(u.Package), freesText(b, u.Frees), remark)
	}
	return t.Write(w, width)
}
