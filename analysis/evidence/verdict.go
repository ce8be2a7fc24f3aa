package evidence

import (
	"fmt"
	"slices"
	"strings"

	"weighline/analysis/pep"
)

// A Verdict says what happens to what stays if a package goes. There is none
// that says "safe": code can load by names that stand in no source.
type Verdict uint8

// The verdicts, the worst last.
const (
	NoUseFound Verdict = iota
	MayBreak           // guarded, in a function, dynamic, entry point, command, native library, or aside
	Breaks             // what stays imports it, unguarded, when it starts
)

var verdictNames = [...]string{"no-use-found", "may-break", "breaks"}

// String returns the word that JSON has: "no-use-found", "may-break", "breaks".
func (v Verdict) String() string {
	if int(v) < len(verdictNames) {
		return verdictNames[v]
	}
	return fmt.Sprintf("Verdict(%d)", v)
}

// Words returns v as people read it: "Breaks".
func (v Verdict) Words() string {
	switch v {
	case Breaks:
		return "Breaks"
	case MayBreak:
		return "May break"
	}
	return "No use found"
}

// A Finding is what is known of one package that goes.
type Finding struct {
	Package pep.Name
	Verdict Verdict // the worst of the rows
	Rows    []Row   // the worst first; none if nothing was found
	Named
}

// A Row is one place, and what it says.
type Row struct {
	Use
	Verdict Verdict
	// Stays are packages that stay and have what is used, too.
	Stays []pep.Name
}

// Verdicts returns a finding for each of the packages that go, in their order.
// What they use of each other does not count. A nil report has none.
func (r *Report) Verdicts(gone []pep.Name) []Finding {
	if r == nil {
		return nil
	}
	goes := map[pep.Name]bool{}
	for _, n := range gone {
		goes[n] = true
	}
	rows := map[pep.Name][]Row{}
	for _, u := range r.Uses {
		if goes[u.By] {
			continue
		}
		row := Row{Use: u, Verdict: u.verdict()}
		for _, p := range u.Packages {
			if !goes[p] {
				row.Stays = append(row.Stays, p)
			}
		}
		if len(row.Stays) > 0 {
			row.Verdict = min(row.Verdict, MayBreak)
		}
		for _, p := range u.Packages {
			if goes[p] {
				rows[p] = append(rows[p], row)
			}
		}
	}
	out := make([]Finding, 0, len(gone))
	for _, n := range gone {
		f := Finding{Package: n, Rows: rows[n], Named: r.Names[n]}
		slices.SortStableFunc(f.Rows, func(a, b Row) int { return int(b.Verdict) - int(a.Verdict) })
		if len(f.Rows) > 0 {
			f.Verdict = f.Rows[0].Verdict
		}
		out = append(out, f)
	}
	return out
}

// verdict says what becomes of the place if what it uses is gone.
func (u Use) verdict() Verdict {
	switch {
	case u.Kind == TypeChecking, u.Kind == Required:
		return NoUseFound
	case u.Kind == Unguarded && !u.Aside:
		return Breaks
	}
	return MayBreak
}

// Where returns the place of a use: "app/main.py:3", "a.ipynb[cell 2]:1".
func (u Use) Where() string {
	var b strings.Builder
	b.WriteString(u.File)
	if u.Cell > 0 {
		fmt.Fprintf(&b, "[cell %d]", u.Cell)
	}
	if u.Line > 0 {
		fmt.Fprintf(&b, ":%d", u.Line)
	}
	return b.String()
}

// Remark returns a sentence about where a finding comes short, "" if there is
// nothing to say.
func (f Finding) Remark() string {
	switch {
	case len(f.Rows) == 0 && f.Certainty == ByName:
		return "the name is a guess"
	case len(f.Rows) == 0 && len(f.Imports) == 0:
		return "by which name code imports it is not known"
	}
	return ""
}

// Unused returns those of the roots that nothing runs: no import when the
// program runs, no command, no entry point. Rows of others, such as tests or
// TYPE_CHECKING, stand beside them. Where no source was read, nothing is known of
// what is used, so that there are none.
func (r *Report) Unused(roots []pep.Name) []Finding {
	if r == nil || r.Files == 0 {
		return nil
	}
	own := map[pep.Name][]Row{}
	used := map[pep.Name]bool{}
	for _, u := range r.Uses {
		if u.By != "" {
			continue
		}
		for _, p := range u.Packages {
			own[p] = append(own[p], Row{Use: u, Verdict: u.verdict()})
			used[p] = used[p] || !u.Aside && u.Kind != TypeChecking && u.Kind != Required
		}
	}
	var out []Finding
	seen := map[pep.Name]bool{}
	for _, n := range roots {
		if used[n] || seen[n] {
			continue
		}
		seen[n] = true
		out = append(out, Finding{Package: n, Rows: own[n], Named: r.Names[n]})
	}
	return out
}
