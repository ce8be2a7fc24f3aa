package reqfile

import (
	"fmt"
	"strings"

	"weighline/analysis/pep"
)

// lint adds the warnings that need the whole file.
func (d *Doc) lint() {
	d.lintTwice()
	d.lintUnpinned()
}

// lintTwice warns of a package that is asked for twice with different
// specifiers and the same marker. Different markers are the usual way to ask
// for different versions on different targets.
func (d *Doc) lintTwice() {
	type key struct {
		name   pep.Name
		marker string
		scope  string // lists that are never installed together unless asked for
	}
	first := map[key]Requirement{}
	for _, r := range d.Requirements {
		if r.Name == "" {
			continue
		}
		k := key{r.Name, "", r.Group + "\x00" + r.Extra}
		if r.Marker != nil {
			k.marker = r.Marker.String()
		}
		a, seen := first[k]
		if !seen {
			first[k] = r
			continue
		}
		if a.Specifiers.Canonical() == r.Specifiers.Canonical() && a.URL == r.URL {
			continue
		}
		d.Warnings = append(d.Warnings, Warning{
			Code: "required-twice", File: r.File, Line: r.Line, Name: r.Name,
			Text: fmt.Sprintf("%s is required twice with different versions: %s at %s and %s here; both must hold", r.RawName, quote(a.Text), a.Where(), quote(r.Text)),
			Fix:  "keep one of the two lines" + both(a, r),
		})
	}
}

// both returns what one line would say in the place of two, "" where one of them
// names an address.
func both(a, b Requirement) string {
	if a.URL != "" || b.URL != "" {
		return ""
	}
	var parts []string
	for _, r := range []Requirement{a, b} {
		if s := r.Specifiers.String(); s != "" {
			parts = append(parts, s)
		}
	}
	return ": " + a.RawName + strings.Join(parts, ",")
}

// lintUnpinned warns of the few unpinned lines of a file that is otherwise
// pinned: 80 % of at least five.
func (d *Doc) lintUnpinned() {
	type count struct{ all, pinned int }
	counts := map[string]count{}
	for _, r := range d.Requirements {
		if r.Name != "" && r.URL == "" {
			c := counts[r.File]
			c.all++
			if r.pinned() {
				c.pinned++
			}
			counts[r.File] = c
		}
	}
	for _, r := range d.Requirements {
		c := counts[r.File]
		if r.Name == "" || r.URL != "" || r.pinned() || c.all < 5 || c.pinned*5 < c.all*4 {
			continue
		}
		d.Warnings = append(d.Warnings, Warning{
			Code: "unpinned", File: r.File, Line: r.Line, Name: r.Name,
			Text: fmt.Sprintf("%s is not pinned, and %d of the %d requirements of this file are", r.RawName, c.pinned, c.all),
			Fix:  "pin it with ==",
		})
	}
}
