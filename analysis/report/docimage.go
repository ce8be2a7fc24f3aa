package report

import (
	"cmp"
	"fmt"

	"weighline/analysis"
	"weighline/analysis/attribution"
	"weighline/analysis/bytesize"
	"weighline/analysis/pep"
	"weighline/analysis/plan"
)

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
