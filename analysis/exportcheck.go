package analysis

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"weighline/analysis/depgraph"
	"weighline/analysis/pep"
	"weighline/analysis/plan"
	"weighline/analysis/reqfile"
)

// checkExport reads what was written, compares its lines with what was to be
// written, resolves it as the build was resolved, and compares that with what the
// preview keeps. A package at another version is no error, as pip itself would
// choose that: notes tell it, and also what could not be checked.
func (b *Build) checkExport(ctx context.Context, v plan.Preview, paths []string) (notes []string, err error) {
	docs, problems := loadAll(ctx, paths, Options{})
	if len(docs) < len(paths) {
		return nil, fmt.Errorf("the files were written, but cannot be read again: %w", problems[0])
	}
	name := strings.Join(paths, ", ")
	want, got := b.Deps.linesAfter(v), linesOf(docs)
	local := b.Deps.localElsewhere(paths)
	for _, name := range local {
		delete(want, name)
		delete(got, name)
	}
	if missing, more := differ(want, got); len(missing)+len(more) > 0 {
		return nil, fmt.Errorf("%s was written, but is not what the preview says: %s", name, difference(missing, more))
	}
	o, why := b.checkOptions(v, docs)
	if len(local) > 0 {
		why = joinNames(local) + " is named by a path, and pip takes that from the folder that it is run in: run it where you ran it before"
	}
	if why != "" {
		return []string{fmt.Sprintf("%s was written and reads well; what it resolves to was not checked: %s", name, why)}, nil
	}
	d := &Deps{Docs: docs, Constraints: b.Deps.Constraints}
	if _, err := d.resolve(ctx, o); err != nil {
		return nil, fmt.Errorf("%s was written, but does not resolve: %w", name, err)
	}
	promised, found := versions(v.Graph()), versions(d.Graph)
	if missing, more := differ(keys(promised), keys(found)); len(missing)+len(more) > 0 {
		return nil, fmt.Errorf("%s was written, but resolves to %d packages instead of the preview's %d: %s", name, len(found), len(promised), difference(missing, more))
	}
	var other []string
	for name, version := range both(promised, found) {
		if version[0] != version[1] {
			other = append(other, fmt.Sprintf("%s %s instead of %s", name, version[1], version[0]))
		}
	}
	if len(other) > 0 {
		slices.Sort(other)
		notes = append(notes, fmt.Sprintf("pip chooses other versions than the preview has: %s", strings.Join(other, ", ")))
	}
	return notes, nil
}

// checkOptions returns how to resolve docs, which were exported, or why that tells
// nothing. Of the indexes of variants those count that docs name.
func (b *Build) checkOptions(v plan.Preview, docs []*reqfile.Doc) (o Options, why string) {
	o = Options{Target: b.Target}
	switch {
	case len(v.Excluded) > 0:
		return o, "pip knows no exclusions"
	case b.Deps.lock() != nil:
		return o, "a lock's direct requirements leave versions open; --constraints keeps those of the lock"
	case b.Deps.asked != nil:
		o = *b.Deps.asked
	case b.Deps.fromIndex():
		return o, "the build was saved, and the index that it asked is not asked again"
	}
	for _, x := range v.Swapped {
		if !x.Exact {
			return o, "the catalogue does not know " + string(x.To.Name)
		}
		if x.Index != "" && o.asksIndex() {
			return o, string(x.To.Name) + " comes from another index, and its preview from the catalogue"
		}
		if slices.ContainsFunc(docs, func(d *reqfile.Doc) bool { return declares(d, x.Index) }) {
			o.variants = append(o.variants, x.Index)
		}
	}
	return o, ""
}

func declares(doc *reqfile.Doc, index string) bool {
	return slices.ContainsFunc(doc.IndexURLs, func(x reqfile.Index) bool { return x.URL.String() == index })
}

// localElsewhere returns the names of the lines that name a folder or file by a
// path and were written into another folder.
func (d *Deps) localElsewhere(paths []string) (names []pep.Name) {
	for i, doc := range d.Docs {
		if i < len(paths) && absolute(filepath.Dir(paths[i])) == absolute(filepath.Dir(doc.Files[0].Path)) {
			continue
		}
		for _, r := range doc.Requirements {
			if r.Path != "" && r.Name != "" {
				names = append(names, r.Name)
			}
		}
	}
	return names
}

// linesAfter returns the names that the lines of d ask for under v.
func (d *Deps) linesAfter(v plan.Preview) map[pep.Name]bool {
	gone := d.reasons(v)
	lines := map[pep.Name]bool{}
	for _, doc := range d.Docs {
		for _, r := range d.only(doc).Requirements {
			if _, ok := gone[r.Key()]; !ok && r.Name != "" {
				lines[r.Name] = true
			}
		}
	}
	for _, x := range v.Swapped {
		lines[x.Line(pep.Requirement{Name: x.Package, RawName: string(x.Package)}).Name] = true
	}
	return lines
}

func linesOf(docs []*reqfile.Doc) map[pep.Name]bool {
	names := map[pep.Name]bool{}
	for _, doc := range docs {
		for _, r := range doc.Requirements {
			if r.Name != "" {
				names[r.Name] = true
			}
		}
	}
	return names
}

func keys(m map[pep.Name]string) map[pep.Name]bool {
	names := make(map[pep.Name]bool, len(m))
	for name := range m {
		names[name] = true
	}
	return names
}

// differ returns what only want has and what only got has, by name.
func differ(want, got map[pep.Name]bool) (missing, more []pep.Name) {
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if !got[name] {
			missing = append(missing, name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(got)) {
		if !want[name] {
			more = append(more, name)
		}
	}
	return missing, more
}

func difference(missing, more []pep.Name) string {
	var parts []string
	if len(missing) > 0 {
		parts = append(parts, "it lacks "+joinNames(missing))
	}
	if len(more) > 0 {
		parts = append(parts, "it has "+joinNames(more)+" beside")
	}
	return strings.Join(parts, "; ")
}

// versions returns the versions of what the roots of g lead to.
func versions(g *depgraph.Graph) map[pep.Name]string {
	m := map[pep.Name]string{}
	all := g.Without()
	for i, n := range g.Nodes() {
		if all.Kept(i) {
			m[n.Name] = n.Version
		}
	}
	return m
}

// both yields the packages that stand in a and in b, with both versions.
func both(a, b map[pep.Name]string) iter.Seq2[pep.Name, [2]string] {
	return func(yield func(pep.Name, [2]string) bool) {
		for name, version := range a {
			if other, ok := b[name]; ok && !yield(name, [2]string{version, other}) {
				return
			}
		}
	}
}
