package report

import (
	"path/filepath"
	"strings"

	"weighline/analysis"
	"weighline/analysis/bytesize"
	"weighline/analysis/layer"
	"weighline/analysis/pep"
	"weighline/analysis/plan"
)

// BuildDocument makes the report of a build, and of what it would be under the
// plan of v, unless that plan is empty. problems are the errors of what could not
// be read.
func BuildDocument(b *analysis.Build, v plan.Preview, made Made, problems error) *Document {
	hasPlan := v.Removal != nil && !v.Plan.Empty()
	d := &Document{title: "What " + documentName(b) + " weighs", facts: append(about(b, ""), made.facts()...)}
	if hasPlan {
		d.title = documentName(b) + " under a plan"
		d.lead = strings.Join(planWords(v), ". ") + "."
	}
	d.caution(b)
	if b.Image != nil && b.Image.Uncompressed() {
		d.lead = strings.TrimSpace(d.lead + " The layers are stored uncompressed where they were read: a registry would send less than Download says.")
	}
	d.figures = buildFigures(b, v, hasPlan)
	if hasPlan {
		d.tables = append(d.tables, planTables(v)...)
		if t, ok := evidenceTable(b, v); ok {
			d.tables = append(d.tables, t)
		}
	}
	if b.Deps != nil && v.Removal != nil {
		d.requirements(b, v)
	}
	if b.Image != nil {
		d.image(b, v)
	}
	d.warn(b, problems)
	return d
}

// documentName returns what a build is called in a title.
func documentName(b *analysis.Build) string { return shortName(layer.Printable(referenceOf(b))) }

// shortName returns the last part of a path, and other names as they are.
func shortName(name string) string {
	if filepath.IsAbs(name) || strings.HasPrefix(name, ".") {
		return filepath.Base(name)
	}
	return name
}

func buildFigures(b *analysis.Build, v plan.Preview, planned bool) *table {
	t := &table{id: "totals", title: "Totals", columns: []Column{{Title: ""}, {Title: "Now", Right: true}}}
	if planned {
		t.columns = append(t.columns, Column{Title: "With the plan", Right: true}, Column{Title: "Difference", Right: true})
	}
	row := func(label string, cells ...cell) {
		for len(cells) < len(t.columns)-1 {
			cells = append(cells, plain(""))
		}
		t.add(append([]cell{plain(label)}, cells...)...)
	}
	both := func(label string, before, after bytesize.Total) {
		if !planned {
			row(label, total(before))
			return
		}
		row(label, total(before), total(after), grown(analysis.Totals{A: before, B: after}.Delta()))
	}
	if b.Deps != nil && v.Removal != nil {
		both("Download", v.Before.Download, v.After.Download)
		both("Unpacked", v.Before.Unpacked, v.After.Unpacked)
		if planned {
			row("Packages", counted(v.Before.Packages), counted(v.After.Packages), plain(delta(v.After.Packages-v.Before.Packages)))
		} else {
			row("Packages", counted(v.Before.Packages))
		}
	}
	if b.Image == nil {
		return t
	}
	j, label := imageTotals(b.Image), ""
	if b.Deps != nil {
		label = "Image: "
	}
	if v.Image != nil && planned {
		both(label+"Download", v.Image.DownloadBefore, v.Image.DownloadAfter)
		both(label+"Unpacked", known(v.Image.Before), v.Image.AfterTotal())
	} else {
		row(label+"Download", sized(j.Download))
		row(label+"Unpacked", sized(j.Unpacked))
	}
	row(label+"Layers", counted(j.Layers))
	counts := func(label string, before, after int) {
		if planned && v.Image != nil {
			row(label, counted(before), counted(after), plain(delta(after-before)))
			return
		}
		row(label, counted(before))
	}
	after := v.Ledger()
	switch {
	case j.Files == nil:
	case after != nil && len(v.Swapped) == 0: // nobody counts the files of a variant
		counts(label+"Files", *j.Files, after.Files)
	default:
		row(label+"Files", counted(*j.Files))
	}
	if l := b.Image.Ledger; l != nil && after != nil {
		counts(label+"Packages", len(l.Packages), len(after.Packages))
	} else if l != nil {
		row(label+"Packages", counted(len(l.Packages)))
	}
	row(label+"Waste", sized(j.Waste))
	return t
}

func known(s bytesize.Size) bytesize.Total { return bytesize.Total{Size: s} }

func planTables(v plan.Preview) []table {
	held := table{id: "held", title: "Asked to go, and stays", note: "Others still need these: dropping them alone frees nothing.",
		columns: []Column{{Title: "Package"}, {Title: "Held by"}}, first: 10}
	for _, h := range v.Held {
		held.add(named(string(h.Name)), named(strings.Join(texts(h.By), ", ")))
	}
	freed := table{id: "freed", title: "What goes", columns: []Column{{Title: "Package"}, {Title: "Version"}, {Title: "Download", Right: true}, {Title: "Unpacked", Right: true}}, first: 10}
	g := v.Removal.Graph()
	for _, i := range heaviest(g) {
		if n := g.Nodes()[i]; v.Removal.Gone(i) {
			freed.add(named(string(n.Name)), named(n.Version), sized(n.Download), sized(n.Unpacked))
		}
	}
	swapped := table{id: "added", title: "What comes in its place", columns: []Column{{Title: "Package"}, {Title: "Version"}, {Title: "Download", Right: true}, {Title: "Unpacked", Right: true}}, first: 10}
	for _, name := range v.Added {
		if i, ok := g.Index(name); ok {
			n := g.Nodes()[i]
			swapped.add(named(string(n.Name)), named(n.Version), sized(n.Download), sized(n.Unpacked))
		}
	}
	var out []table
	for _, t := range []table{freed, swapped, held, rewritten(v)} {
		if len(t.rows) > 0 {
			out = append(out, t)
		}
	}
	return out
}

// rewritten lists the layers that would be written, pushed and pulled again.
func rewritten(v plan.Preview) table {
	t := table{id: "rewritten", title: "Layers written anew", note: "Deleting in a later layer frees nothing: these are written, pushed and pulled again.", first: 10,
		columns: []Column{{Title: "Layer", Right: true}, {Title: "Download now", Right: true}, {Title: "With the plan", Right: true}}}
	if v.Image == nil {
		return t
	}
	for _, l := range v.Image.Layers {
		if l.Changed {
			t.add(counted(l.Index), sized(l.Before), sized(l.After))
		}
	}
	return t
}

// requirements adds the map and the table of the packages that are required.
func (d *Document) requirements(b *analysis.Build, v plan.Preview) {
	r := v.Removal
	g := r.Graph()
	frees := r.Frees()
	order, more := limited(heaviest(g))
	t := table{id: "packages", title: "Packages", note: "Frees is what goes if the package is dropped now: with it goes whatever nothing else needs.",
		columns: []Column{{Title: "Package"}, {Title: "Version"}, {Title: "Download", Right: true}, {Title: "Unpacked", Right: true}, {Title: "Frees", Right: true}, {Title: "Why it is there"}, {Title: "Plan"}},
		more:    more, first: 10}
	m := areaMap{title: "Packages by download", total: g.Total().Download}
	var sizes []bytesize.Size
	for _, i := range order {
		n := g.Nodes()[i]
		t.add(named(string(n.Name)), named(n.Version), sized(n.Download), sized(n.Unpacked), plain(freesText(b, frees[i])), named(why(b, r, i, frees[i])), plain(status(r, i)))
		sizes = append(sizes, n.Download.Size)
	}
	t.bars(2, sizes)
	for _, i := range heaviest(g) {
		n := g.Nodes()[i]
		m.items = append(m.items, area{string(n.Name), n.Download.Size, planned(v, n.Name, r.Gone(i))})
	}
	if v.Plan.Empty() {
		dropLast(&t)
	}
	d.maps, d.tables = append(d.maps, m), append(d.tables, t)
}

// planned returns what a plan makes of a package.
func planned(v plan.Preview, name pep.Name, gone bool) state {
	switch {
	case v.Plan.Swaps(name) != "":
		return swappedState
	case gone:
		return goes
	}
	return stays
}

// dropLast takes the last column out.
func dropLast(t *table) {
	t.columns = t.columns[:len(t.columns)-1]
	for i := range t.rows {
		t.rows[i] = t.rows[i][:len(t.columns)]
	}
}
