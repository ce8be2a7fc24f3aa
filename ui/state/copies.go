package state

import (
	"path"
	"slices"
	"strings"

	"weighline/analysis/attribution"
	"weighline/analysis/layer"
	"weighline/analysis/pep"
)

// rowFinder returns what finds the row of the graph that is about a package of the
// image, -1 if there is none. Packages are asked for in their order: where a
// distribution is installed twice, the graph of the image has it twice in the same
// order. The graph of requirements has it once, or once for each version.
func (s *Session) rowFinder() func(p *attribution.Package) int {
	rows := map[pep.Name][]int{}
	for i := range s.Rows {
		rows[s.Rows[i].Name] = append(rows[s.Rows[i].Name], i)
	}
	found := map[pep.Name]int{}
	return func(p *attribution.Package) int {
		list := rows[pep.Name(p.Name)]
		if p.Kind != attribution.Python || len(list) == 0 {
			return -1
		}
		if s.Build.Deps != nil {
			same := func(i int) bool { return s.Rows[i].Version == layer.Printable(p.Version) }
			return list[max(slices.IndexFunc(list, same), 0)]
		}
		found[pep.Name(p.Name)]++
		return list[min(found[pep.Name(p.Name)], len(list))-1]
	}
}

// take notes that package at of the ledger is what the row is about.
func (r *Row) take(at int, p *attribution.Package) {
	r.packages = append(r.packages, at)
	for _, b := range p.Layers {
		if b.Bytes > 0 {
			r.Layers = append(r.Layers, b.Index)
		}
	}
	slices.Sort(r.Layers)
	r.Layers = slices.Compact(r.Layers)
}

// tellApart says of rows with the same name and kind where they are.
func (s *Session) tellApart(l *attribution.Ledger) {
	type name struct {
		kind string
		name pep.Name
	}
	copies := map[name][]*Row{}
	for i := range s.Rows {
		if r := &s.Rows[i]; len(r.packages) > 0 {
			r.Where, r.Place = "", ""
			copies[name{r.Kind, r.Name}] = append(copies[name{r.Kind, r.Name}], r)
		}
	}
	for _, rows := range copies {
		if len(rows) < 2 {
			continue
		}
		for _, r := range rows {
			r.Where = placeOf(&l.Packages[r.packages[0]])
		}
		for last := 2; !toldApart(rows, last); last *= 2 { // of few folders, mostly
		}
	}
}

// toldApart sets the places of rows to the last names of their paths, and reports
// whether these are as different as the whole paths.
func toldApart(rows []*Row, last int) bool {
	places, whole, all := map[string]bool{}, map[string]bool{}, true
	for _, r := range rows {
		r.Place = r.Where
		if parts := strings.Split(r.Where, "/"); len(parts) > last+1 {
			r.Place, all = "…/"+strings.Join(parts[len(parts)-last:], "/"), false
		}
		places[r.Place], whole[r.Where] = true, true
	}
	return all || len(places) == len(whole)
}

// placeOf is the folder that a package lies in, or of a system's package the
// architecture.
func placeOf(p *attribution.Package) string {
	switch p.Kind {
	case attribution.Deb, attribution.RPM, attribution.Apk:
		return layer.Printable(p.Arch)
	}
	return layer.Printable(path.Dir(p.Path))
}

// neededBy lists for each package of Debian the others that depend on it by its
// name; what it provides under another name is not looked at.
func neededBy(l *attribution.Ledger) map[int][]pep.Name {
	at := map[string][]int{}
	for i, p := range l.Packages {
		if p.Kind == attribution.Deb {
			at[p.Name] = append(at[p.Name], i)
		}
	}
	out := map[int][]pep.Name{}
	for _, p := range l.Packages {
		if p.Kind != attribution.Deb {
			continue
		}
		by := pep.Name(layer.Printable(p.Name))
		for _, name := range debNames(p.Requires) {
			for _, i := range at[name] {
				if n := len(out[i]); name != p.Name && (n == 0 || out[i][n-1] != by) {
					out[i] = append(out[i], by)
				}
			}
		}
	}
	return out
}

// debNames returns the names in the Depends of a package of Debian, "a (>= 1) | b,
// c:any": alternatives count like the others.
func debNames(depends []string) (names []string) {
	for _, text := range depends {
		for _, one := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == '|' }) {
			if f := strings.Fields(one); len(f) > 0 {
				name, _, _ := strings.Cut(f[0], ":")
				name, _, _ = strings.Cut(name, "(")
				names = append(names, name)
			}
		}
	}
	return names
}
