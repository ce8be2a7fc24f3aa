package report

import (
	"fmt"
	"strings"

	"weighline/analysis"
	"weighline/analysis/attribution"
	"weighline/analysis/bytesize"
	"weighline/analysis/layer"
)

// CompareDocument makes the report of a comparison.
func CompareDocument(c *analysis.Comparison, o CompareOptions, made Made, problems error) *Document {
	a, b := sideJSON(c.A, o.NameA), sideJSON(c.B, o.NameB)
	d := &Document{title: fmt.Sprintf("From %s to %s", shortName(a.Reference), shortName(b.Reference))}
	d.facts = append(append(about(c.A, "A: "), about(c.B, "B: ")...), made.facts()...)
	d.lead = compareLead(c, o)
	if c.PythonOnly() {
		d.lead += " " + pythonOnly
	}
	if text := uncompressed(c); text != "" {
		d.lead += " " + text
	}
	if !c.Identical {
		d.caution(c.A, c.B)
	}
	d.figures = compareFigures(c)
	if c.Packages != [2]int{-1, -1} {
		d.maps = append(d.maps, compareMaps(c)...)
		d.tables = append(d.tables, changedPackages(c, o))
	}
	if t, ok := changedFindings(o.Insights, o); ok {
		d.tables = append(d.tables, t)
	}
	if len(c.Layers.Pairs) > 0 {
		d.tables = append(d.tables, changedLayers(c))
	}
	if c.Files != nil {
		d.tables = append(d.tables, changedFiles(c.Files, o))
	}
	d.warn(c.A, problems)
	if c.A != c.B {
		d.warn(c.B, nil)
	}
	return d
}

// unownedName stands where a package's name would.
const unownedName = "files of no package"

// compareLead says in a sentence what changed and whose doing it is.
func compareLead(c *analysis.Comparison, o CompareOptions) string {
	if c.Identical {
		return identical(c)
	}
	t, what := c.Unpacked, "unpacked"
	if c.ByDownload() {
		t, what = c.Download, "to download"
	}
	d, text := c.Delta(t), "It is not known by how much the size changes."
	switch {
	case d.Basis == bytesize.Unknown:
	case d.Size == 0:
		text = "B weighs as much as A " + what + "."
	default:
		text = fmt.Sprintf("%s %s.", totalsDelta(c, t), what)
	}
	if most := mostChanged(c, o, true); most != "" && c.Packages != [2]int{-1, -1} {
		text += " Changed most: " + most + "."
	}
	if c.Layers.Pull.Basis != bytesize.Unknown && c.Layers.Pairs != nil {
		text += fmt.Sprintf(" A host that has A pulls %s for B.", c.Layers.Pull)
	}
	return text
}

func compareFigures(c *analysis.Comparison) *table {
	j := compareTotals(c)
	t := &table{id: "totals", title: "Totals", columns: []Column{{Title: ""}, {Title: "A", Right: true}, {Title: "B", Right: true}, {Title: "Difference", Right: true}}}
	t.add(plain("Download"), total(c.Download.A), total(c.Download.B), bounded(c, c.Download))
	t.add(plain("Unpacked"), total(c.Unpacked.A), total(c.Unpacked.B), bounded(c, c.Unpacked))
	t.add(plain("Packages"), plain(number(j.Packages.A)), plain(number(j.Packages.B)), plain(deltaNumber(j.Packages.Delta)))
	if c.A.Image != nil && c.B.Image != nil {
		t.add(plain("Layers"), plain(number(j.Layers.A)), plain(number(j.Layers.B)), plain(deltaNumber(j.Layers.Delta)))
		t.add(plain("Shared layers"), plain(fmt.Sprint(len(c.Layers.Shared))), plain(fmt.Sprint(len(c.Layers.Shared))), plain(""))
		t.add(plain("To pull for a host that has A"), plain(""), sized(c.Layers.Pull), plain(""))
	}
	return t
}

// bounded holds the difference of two sums, with a sign where something is
// missing from them.
func bounded(c *analysis.Comparison, t analysis.Totals) cell {
	x := grown(c.Delta(t))
	if x.exact != "" && !(c.Identical && t.A == t.B) {
		x.text = bound(t) + t.Known().Delta()
	}
	return x
}

// compareMaps returns the maps of A and of B, on one scale.
func compareMaps(c *analysis.Comparison) []areaMap {
	what, totals := "unpacked bytes", c.Unpacked
	if c.ByDownload() {
		what, totals = "download", c.Download
	}
	a := areaMap{title: "A by " + what, total: totals.A}
	b := areaMap{title: "B by " + what, total: totals.B}
	scale := max(totals.A.Size, totals.B.Size)
	a.scale, b.scale = scale, scale
	for _, x := range c.Changes {
		if x.A != nil {
			state := stateOf(x, removedState)
			a.items = append(a.items, area{x.Name, sizeOf(c, x.A), state})
		}
		if x.B != nil {
			state := stateOf(x, addedState)
			b.items = append(b.items, area{x.Name, sizeOf(c, x.B), state})
		}
	}
	if !c.ByGraph {
		became := stays
		switch d := c.Delta(c.Unowned).Size; {
		case d > 0:
			became = grew
		case d < 0:
			became = shrank
		}
		a.items = append(a.items, area{unownedName, c.Unowned.A.Size, became})
		b.items = append(b.items, area{unownedName, c.Unowned.B.Size, became})
	}
	return []areaMap{a, b}
}

func stateOf(x analysis.PackageChange, alone state) state {
	switch {
	case x.A == nil || x.B == nil:
		return alone
	case x.Change == attribution.Same:
		return stays
	case x.Delta.Size > 0:
		return grew
	case x.Delta.Size < 0:
		return shrank
	}
	return changedState
}

func sizeOf(c *analysis.Comparison, s *analysis.PackageSide) bytesize.Size {
	if c.ByDownload() {
		return s.Download.Size
	}
	return s.Unpacked.Size
}

func changedPackages(c *analysis.Comparison, o CompareOptions) table {
	what := "Unpacked"
	if c.ByDownload() {
		what = "Download"
	}
	t := table{id: "packages", title: "Packages", first: 10, columns: []Column{{Title: "Package"}, {Title: "Kind"}, {Title: "Change"}, {Title: "Version A"}, {Title: "Version B"},
		{Title: what + " A", Right: true}, {Title: what + " B", Right: true}, {Title: "Difference", Right: true}}}
	same, hidden := 0, 0
	several := copiesOf(c)
	var sizes []bytesize.Size
	for _, x := range c.Changes {
		switch {
		case x.Change == attribution.Same:
			same++
		case o.hides(c.Weight(&x)):
			hidden++
		case len(t.rows) == rowsLimit:
			t.more++
		default:
			va, ua := sideText(c, x.A)
			vb, ub := sideText(c, x.B)
			t.add(named(x.Name), plain(string(x.Kind)), named(several.changeText(&x, false)), named(va), named(vb), plain(ua), plain(ub), grown(c.Weight(&x)))
			sizes = append(sizes, c.Weight(&x).Size)
		}
	}
	if d := c.Delta(c.Unowned); !c.ByGraph && d.Size != 0 && !o.hides(d) {
		t.add(plain(unownedName), plain(""), plain(attribution.Changed), plain(""), plain(""), total(c.Unowned.A), total(c.Unowned.B), grown(d))
		sizes = append(sizes, d.Size)
		t.sortBy(sizes)
	}
	t.bars(7, sizes)
	t.note = "The same: " + plural(same, "package") + "."
	if hidden > 0 {
		t.note += fmt.Sprintf(" Changed by less than %s and not listed: %d.", o.MinChange, hidden)
	}
	return t
}

func changedLayers(c *analysis.Comparison) table {
	t := table{id: "layers", title: "Layers", first: 10, note: "Matched by diff ID, then by instruction, never by their number.",
		columns: []Column{{Title: "A", Right: true}, {Title: "B", Right: true}, {Title: "Layer"}, {Title: "Content A", Right: true}, {Title: "Content B", Right: true}, {Title: "Difference", Right: true}, {Title: "Instruction"}}}
	rows, more := limited(layerRows(c))
	t.more = more
	var shared [][]cell
	for _, r := range rows {
		na, ca := layerCells(r.A)
		nb, cb := layerCells(r.B)
		row := []cell{plain(na), plain(nb), plain(r.word()), plain(ca), plain(cb), grown(r.Delta.Content), named(r.instruction())}
		if r.Match == string(analysis.Shared) {
			shared = append(shared, row)
			continue
		}
		t.rows = append(t.rows, row)
	}
	t.rows = append(t.rows, shared...)
	return t
}

// word returns how the two sides of the row belong together.
func (r LayerRowJSON) word() string {
	switch {
	case r.A == nil:
		return "only in B"
	case r.B == nil:
		return "only in A"
	}
	return r.Match
}

func (r LayerRowJSON) instruction() string {
	if r.B != nil {
		return r.B.Instruction
	}
	return r.A.Instruction
}

func changedFiles(f *analysis.FileChanges, o CompareOptions) table {
	t := table{id: "files", title: "Files", first: 5, columns: []Column{{Title: "File"}, {Title: "Change"}, {Title: "A", Right: true}, {Title: "B", Right: true}, {Title: "Difference", Right: true}}}
	words := []string{fmt.Sprintf("%d added", f.Added), fmt.Sprintf("%d removed", f.Removed), fmt.Sprintf("%d changed", f.Changed)}
	if f.Modes > 0 {
		words = append(words, fmt.Sprintf("%d of them only in mode", f.Modes))
	}
	t.note = strings.Join(words, ", ") + "."
	for _, x := range f.List {
		if o.hides(bytesize.Of(x.Delta)) || len(t.rows) == maxFiles {
			break // the list goes down
		}
		t.add(named(layer.Printable(x.Path)), plain(fileChange(x)), plain(fileSize(x.A)), plain(fileSize(x.B)), grown(bytesize.Of(x.Delta)))
	}
	t.more = len(f.List) - len(t.rows)
	return t
}

// fileChange returns what became of a file in a word or two.
func fileChange(x analysis.FileChange) string {
	switch {
	case x.A == nil:
		return "added"
	case x.B == nil:
		return "removed"
	case x.Mode:
		return "mode only"
	case *x.A == *x.B:
		return "content, same size"
	}
	return "content"
}
