package insight

import (
	"fmt"

	"weighline/analysis/evidence"
	"weighline/analysis/pep"
)

// unused tells of roots that are declared and that nothing in the user's sources
// runs. What is for development only has a finding of its own.
func (f *finder) unused() {
	if f.in.Evidence == nil || f.g == nil {
		return
	}
	var roots []pep.Name
	for i := range f.g.Roots() {
		name := f.g.Nodes()[f.g.RootNode(i)].Name
		if _, dev := devPackages().of(string(name)); !dev {
			roots = append(roots, name)
		}
	}
	found := map[pep.Name]evidence.Finding{}
	var names []pep.Name
	for _, u := range f.in.Evidence.Unused(roots) {
		found[u.Package] = u
		names = append(names, u.Package)
	}
	x := Insight{ID: "unused", Certainty: Possible,
		Text: "The requirements ask for these, and no code of the folder that was read imports them when it runs.",
		Risk: "Plug-ins, drivers named in a URL (psycopg2 for SQLAlchemy) and programs that a script calls are used without an import."}
	f.dropped(&x, names, func(name pep.Name) string {
		u, ok := found[name]
		if !ok {
			return ""
		}
		if r := u.Remark(); r != "" {
			return "no use found; " + r
		}
		return "no use found"
	})
	if len(x.extent.names) == 0 {
		return
	}
	for i := range x.Rows {
		if u, ok := found[x.Rows[i].Package]; ok && len(u.Rows) > 0 {
			x.Rows[i].Note += "; " + u.Rows[0].Where()
		}
	}
	x.Apply.Drop = names
	x.Fix = []string{"# take out of the requirements:"}
	for _, n := range names {
		x.Fix = append(x.Fix, string(n))
	}
	x.Title = fmt.Sprintf("%s in %s declared and nowhere imported", x.Bytes, count(len(x.extent.names), "package", "packages"))
	f.add(x)
}
