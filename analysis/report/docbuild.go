package report

import (
	"cmp"
	"fmt"
	"path/filepath"
	"strings"

	"weighline/analysis"
	"weighline/analysis/attribution"
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
	d.figures = buildFigures(b, v, hasPlan)
	if hasPlan {
		d.tables = append(d.tables, planTables(v)...)
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
	if j.Files != nil {
		row(label+"Files", counted(*j.Files))
	}
	if b.Image.Ledger != nil {
		row(label+"Packages", counted(len(b.Image.Ledger.Packages)))
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

// image adds the maps and tables of the image.
func (d *Document) image(b *analysis.Build, v plan.Preview) {
	img := b.Image
	layers := table{id: "layers", title: "Layers", note: "Kept and waste add up to content: waste is what a later layer deletes or overwrites.",
		columns: []Column{{Title: "Layer", Right: true}, {Title: "Instruction"}, {Title: "Download", Right: true}, {Title: "Content", Right: true}, {Title: "Kept", Right: true}, {Title: "Waste", Right: true}}, first: 12}
	var sizes []bytesize.Size
	list, more := limited(img.Layers)
	layers.more = more
	for i, l := range list {
		j := layerJSON(i, l)
		text := cmp.Or(l.Instruction, "-")
		if l.Err != nil {
			text = "not read: " + analysis.Explain(l.Err)
		}
		layers.add(counted(i), named(text), sized(l.Download), sized(j.Content), sized(j.Kept), sized(j.Waste))
		sizes = append(sizes, l.Content)
	}
	layers.bars(3, sizes)
	if img.Ledger == nil {
		d.tables = append(d.tables, layers)
		return
	}
	d.installed(b, v)
	d.tables = append(d.tables, layers)
	if img.Tree == nil {
		return
	}
	if waste := wasteTable(img); len(waste.rows) > 0 {
		d.tables = append(d.tables, waste)
	}
}

// installed adds the packages that are installed in the image.
func (d *Document) installed(b *analysis.Build, v plan.Preview) {
	l := b.Image.Ledger
	id, title := "packages", "Packages"
	if b.Deps != nil {
		id, title = "installed", "Packages in the image"
	}
	t := table{id: id, title: title, columns: []Column{{Title: "Package"}, {Title: "Version"}, {Title: "Kind"}, {Title: "Unpacked", Right: true}, {Title: "Files", Right: true}, {Title: "Layers"}}, first: 10}
	m := areaMap{title: title + " by unpacked bytes", total: known(bytesize.Size(l.Unpacked))}
	order := heaviestFirst(l.Packages, func(p *attribution.Package) bytesize.Size { return bytesize.Size(p.Unpacked) })
	var sizes []bytesize.Size
	for at, i := range order {
		p := l.Packages[i]
		state := stays
		if p.Kind == attribution.Python {
			state = planned(v, pep.Name(p.Name), frees(v, p.Name))
		}
		m.items = append(m.items, area{p.Name, bytesize.Size(p.Unpacked), state})
		if at < rowsLimit {
			t.add(named(p.Name), named(p.Version), plain(string(p.Kind)), bytesOf(p.Unpacked), counted(p.Files), plain(layersOf(p)))
			sizes = append(sizes, bytesize.Size(p.Unpacked))
		}
	}
	t.bars(3, sizes)
	t.more = max(0, len(order)-rowsLimit)
	t.add(plain(unownedName), plain(""), plain(""), bytesOf(l.Unowned), plain(""), plain(""))
	m.items = append(m.items, area{unownedName, bytesize.Size(l.Unowned), stays})
	d.maps, d.tables = append(d.maps, m), append(d.tables, t)
}

// frees reports whether a Python package goes under a plan.
func frees(v plan.Preview, name string) bool {
	for _, n := range v.Freed {
		if string(n) == name {
			return true
		}
	}
	return false
}

func wasteTable(img *analysis.Image) table {
	t := table{id: "waste", title: "Waste", note: "Files that a layer brought and a later one took away: every pull still carries them.",
		columns: []Column{{Title: "File"}, {Title: "Bytes", Right: true}, {Title: "Layer", Right: true}, {Title: "Taken away by", Right: true}, {Title: "How"}}, first: 5}
	for _, w := range img.Tree.Waste(maxWaste) {
		t.add(named(w.Path), bytesOf(w.Bytes), counted(w.Layer), counted(w.RemovedBy), plain(w.Why.String()))
	}
	all := 0
	for _, s := range img.Tree.Layers {
		all += s.WasteFiles
	}
	t.more = max(0, all-len(t.rows))
	t.title += fmt.Sprintf(" (%s)", plural(all, "file"))
	return t
}
