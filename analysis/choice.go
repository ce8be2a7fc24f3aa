package analysis

import (
	"fmt"
	"slices"
	"strings"

	"weighline/analysis/pep"
	"weighline/analysis/reqfile"
)

// chosen returns the requirements of doc that apply: those of no extra or
// group, and those of the ones that were asked for.
func (d *Deps) chosen(doc *reqfile.Doc) []reqfile.Requirement {
	var out []reqfile.Requirement
	for _, r := range doc.Requirements {
		if r.Extra == "" && r.Group == "" || asked(d.Extras, r.Extra) || asked(d.Groups, r.Group) {
			out = append(out, r)
		}
	}
	return out
}

// only returns doc with the chosen requirements alone. In a requirements file
// all are.
func (d *Deps) only(doc *reqfile.Doc) *reqfile.Doc {
	if doc.Format == reqfile.Requirements {
		return doc
	}
	part := *doc
	part.Requirements = d.chosen(doc)
	return &part
}

// asked reports whether name, of an extra or a group, is among the names.
func asked(names []string, name string) bool {
	return name != "" && slices.ContainsFunc(names, func(n string) bool { return pep.Normalize(n) == pep.Normalize(name) })
}

// unknownChoices returns an error for each extra and group that was asked for
// and that no file has.
func (d *Deps) unknownChoices() []error {
	var extras, groups []string
	for _, doc := range d.Docs {
		for _, r := range doc.Requirements {
			extras, groups = append(extras, r.Extra), append(groups, r.Group)
		}
		if doc.Lock != nil {
			extras, groups = append(extras, lockExtras(doc.Lock)...), append(groups, lockGroups(doc.Lock)...)
		}
	}
	return append(unknown("extra", d.Extras, extras, d.Docs[0]), unknown("group", d.Groups, groups, d.Docs[0])...)
}

func unknown(what string, wanted, known []string, doc *reqfile.Doc) (errs []error) {
	known = slices.DeleteFunc(slices.Compact(slices.Sorted(slices.Values(known))), func(s string) bool { return s == "" })
	has := "it has none"
	if len(known) > 0 {
		has = "it has " + strings.Join(known, ", ")
	}
	for _, w := range wanted {
		if !asked(known, w) {
			errs = append(errs, &UsageError{fmt.Sprintf("%s: there is no %s %q in it; %s", doc.Files[0].Path, what, w, has)})
		}
	}
	return errs
}
