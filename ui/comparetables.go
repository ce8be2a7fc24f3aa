package ui

import (
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"weighline/analysis"
	"weighline/analysis/attribution"
	"weighline/analysis/bytesize"
	"weighline/analysis/insight"
	"weighline/analysis/report"
	"weighline/ui/state"
	"weighline/ui/texts"
	"weighline/ui/widgets"
)

// newPackages makes the table of what became of the packages.
func (p *comparePage) newPackages() *widgets.DataTable {
	t := widgets.NewDataTable(
		widgets.Column{ID: "name", Title: texts.T("Package"), Width: 190, Flex: true},
		widgets.Column{ID: "change", Title: texts.T("Change"), Width: 128, NoSort: true},
		widgets.Column{ID: "va", Title: texts.T("Version A"), Width: 104, NoSort: true},
		widgets.Column{ID: "vb", Title: texts.T("Version B"), Width: 104, NoSort: true},
		widgets.Column{ID: "a", Title: texts.T("A"), Width: 96, Numeric: true},
		widgets.Column{ID: "b", Title: texts.T("B"), Width: 96, Numeric: true},
		widgets.Column{ID: "delta", Title: texts.T("Difference"), Width: 116, Numeric: true, Tooltip: texts.T("B less A. Sorted downwards: what grew most")},
	)
	t.Length = func() int {
		if c := p.compare(); c != nil {
			return c.Len()
		}
		return 0
	}
	t.Key = func(row int) string { return p.compare().Key(p.compare().Change(row)) }
	t.Cell = func(row int, column string) widgets.Cell {
		return p.packageCell(p.compare(), p.compare().Change(row), column)
	}
	p.ready(t, func(keys []string) { p.maps.selectKeys(keys) })
	p.window.rememberColumns(prefCompared, t)
	return t
}

func (p *comparePage) compare() *state.Compare { return p.window.session.Compare }

// ready gives a table what all tables of the page do.
func (p *comparePage) ready(t *widgets.DataTable, chosen func(keys []string)) {
	t.OnSort = p.sortBy
	t.OnSelect = chosen
	t.OnMenu = func(keys []string, at fyne.Position) {
		t.Select(keys...)
		p.window.popUp(at, nil, append(p.menu(), menuItem{texts.T("Copy rows as text"), t.TSV, nil})...)
	}
}

// menu are what the commands of the page do.
func (p *comparePage) menu() []menuItem {
	var items []menuItem
	for _, id := range []string{"swap-sides", "compare-report"} {
		if c := p.window.command(id); c.can() {
			items = append(items, menuItem{c.title, nil, c.run})
		}
	}
	return items
}

func (p *comparePage) packageCell(c *state.Compare, x *analysis.PackageChange, column string) widgets.Cell {
	side, version := x.A, column == "va" || column == "vb"
	if column == "b" || column == "vb" {
		side = x.B
	}
	switch column {
	case "name":
		v := widgets.Cell{Text: printable(c.Name(x)), Bold: x.Change != attribution.Same, Struck: x.B == nil, Dimmed: state.Unowned(x)}
		switch {
		case c.Twice(x):
			v.Secondary = printable(c.Place(x))
		case x.Kind != attribution.Python:
			v.Secondary = string(x.Kind)
		}
		return v
	case "change":
		return changeCell(x)
	case "delta":
		return p.deltaCell(c.Weight(x), p.largest)
	}
	switch {
	case side == nil:
		return widgets.Cell{}
	case version:
		return widgets.Cell{Text: printable(side.Version), Tooltip: printable(side.Path)}
	}
	a := c.Size(side)
	return widgets.Cell{Text: amountText(a), Tooltip: exact(a)}
}

// changeIcon is the picture of what became of something.
func changeIcon(change string) fyne.Resource {
	switch change {
	case attribution.Added:
		return theme.ContentAddIcon()
	case attribution.Removed:
		return theme.ContentRemoveIcon()
	case attribution.Changed:
		return theme.DocumentCreateIcon()
	}
	return nil
}

func changeCell(x *analysis.PackageChange) widgets.Cell {
	v := widgets.Cell{Text: changeWord(x.Change), Icon: changeIcon(x.Change), Dimmed: x.Change == attribution.Same}
	switch {
	case x.Renamed != "" && x.B == nil:
		v.Text, v.Tooltip = texts.T("renamed"), texts.F("It is called %s in B: most files are the same.", printable(x.Renamed))
	case x.Renamed != "":
		v.Text, v.Tooltip = texts.T("renamed"), texts.F("It was called %s in A: most files are the same.", printable(x.Renamed))
	case x.Moved && x.A.Version == x.B.Version && x.Delta.Size == 0:
		v.Text, v.Tooltip = texts.T("other layer"), texts.T("Another layer brings it.")
	case x.Moved:
		v.Tooltip = texts.T("Another layer brings it.")
	}
	return v
}

// changeWord tells what became of a package.
func changeWord(change string) string {
	return map[string]string{attribution.Added: texts.T("added"), attribution.Removed: texts.T("removed"), attribution.Changed: texts.T("changed"), attribution.Same: texts.T("same")}[change]
}

// deltaCell is a difference, with a bar as long as its part of the largest.
func (p *comparePage) deltaCell(d bytesize.Amount, largest bytesize.Size) widgets.Cell {
	if d.Basis == bytesize.Unknown {
		return widgets.Cell{Text: "—", Dimmed: true, Tooltip: texts.T("one of the two sizes is unknown")}
	}
	v := widgets.Cell{Text: d.Size.Delta(), Tooltip: exact(d), HasBar: d.Size != 0 && largest > 0, Bar: share(max(d.Size, -d.Size), largest)}
	if d.Basis == bytesize.Estimated {
		v.Text = "≈ " + v.Text
	}
	if d.Size > 0 {
		v.BarFill, v.Tone = 1, widgets.Bad
	}
	return v
}

// newLayers makes the table of the layers side by side.
func (p *comparePage) newLayers() *widgets.DataTable {
	t := widgets.NewDataTable(
		widgets.Column{ID: "la", Title: texts.T("A"), Width: 40, Min: 34, Numeric: true, NoSort: true, Tooltip: texts.T("The layer of A, counted from 0")},
		widgets.Column{ID: "lb", Title: texts.T("B"), Width: 40, Min: 34, Numeric: true, NoSort: true, Tooltip: texts.T("The layer of B that it became")},
		widgets.Column{ID: "match", Title: texts.T("Change"), Width: 116, NoSort: true},
		widgets.Column{ID: "instruction", Title: texts.T("Instruction"), Width: 240, Min: 120, Flex: true, NoSort: true},
		widgets.Column{ID: "a", Title: texts.T("Unpacked A"), Width: 100, Numeric: true, NoSort: true},
		widgets.Column{ID: "b", Title: texts.T("Unpacked B"), Width: 100, Numeric: true, NoSort: true},
		widgets.Column{ID: "delta", Title: texts.T("Difference"), Width: 110, Numeric: true},
		widgets.Column{ID: "pull", Title: texts.T("To pull"), Width: 92, Numeric: true, NoSort: true, Tooltip: texts.T("What a host that has A still fetches for B: the compressed blob")},
	)
	t.Length = func() int {
		if c := p.compare(); c != nil {
			return c.LayerRows()
		}
		return 0
	}
	t.Key = func(row int) string {
		_, place := p.compare().LayerRow(row)
		return layerKey(place)
	}
	t.Cell = func(row int, column string) widgets.Cell {
		r, place := p.compare().LayerRow(row)
		return p.layerCell(p.compare(), r, place, column)
	}
	t.Footer = func(column string) widgets.Cell {
		c := p.compare()
		if c == nil || column != "pull" || c.LayerRows() == 0 {
			return widgets.Cell{}
		}
		return widgets.Cell{Text: amountText(c.Layers.Pull), Tooltip: exact(c.Layers.Pull), Bold: true}
	}
	p.ready(t, func(keys []string) { p.maps.selectKeys(keys) })
	p.window.rememberColumns(prefComparedLayers, t)
	return t
}

// layerKey names a row of layers in the table and on the maps.
func layerKey(place int) string { return fmt.Sprintf("layer:%d", place) }

func (p *comparePage) layerCell(c *state.Compare, r *report.LayerRowJSON, place int, column string) widgets.Cell {
	side := r.A
	if column == "lb" || column == "b" {
		side = r.B
	}
	switch column {
	case "match":
		word, change := matchWord(r)
		return widgets.Cell{Text: word, Icon: changeIcon(change), Dimmed: r.Match == string(analysis.Shared)}
	case "instruction":
		v := widgets.Cell{Text: state.Instruction(r), Tooltip: state.Instruction(r), Struck: r.B == nil}
		if v.Text == "" {
			v.Text, v.Dimmed = texts.T("not told by the image"), true
		}
		return v
	case "delta":
		return p.deltaCell(state.LayerDelta(r), 0)
	case "pull":
		if a := c.Pull(place); r.B != nil {
			return widgets.Cell{Text: amountText(a), Tooltip: exact(a), Dimmed: a.Known() && a.Size == 0}
		}
		return widgets.Cell{}
	}
	if side == nil {
		return widgets.Cell{}
	}
	if column == "la" || column == "lb" {
		return widgets.Cell{Text: fmt.Sprint(side.Index), Tooltip: side.DiffID}
	}
	return widgets.Cell{Text: amountText(side.Content), Tooltip: exact(side.Content)}
}

// matchWord tells how two layers belong together, and what that makes of them.
func matchWord(r *report.LayerRowJSON) (word, change string) {
	switch {
	case r.A == nil:
		return texts.T("added"), attribution.Added
	case r.B == nil:
		return texts.T("removed"), attribution.Removed
	}
	switch analysis.Match(r.Match) {
	case analysis.Shared:
		return texts.T("shared"), ""
	case analysis.MovedTo:
		return texts.T("shared, moved"), ""
	case analysis.Rebuilt:
		return texts.T("rebuilt"), attribution.Changed
	}
	return texts.T("changed"), attribution.Changed
}

// newFindings makes the table of findings that are new, fixed or about other bytes.
func (p *comparePage) newFindings() *widgets.DataTable {
	t := widgets.NewDataTable(
		widgets.Column{ID: "title", Title: texts.T("Finding"), Width: 320, Flex: true, NoSort: true},
		widgets.Column{ID: "change", Title: texts.T("Change"), Width: 116, NoSort: true},
		widgets.Column{ID: "a", Title: texts.T("A"), Width: 130, Numeric: true, NoSort: true},
		widgets.Column{ID: "b", Title: texts.T("B"), Width: 130, Numeric: true, NoSort: true},
		widgets.Column{ID: "delta", Title: texts.T("Difference"), Width: 116, Numeric: true, NoSort: true},
	)
	rows := func() []state.FindingChange {
		if c := p.compare(); c != nil {
			return c.FindingRows()
		}
		return nil
	}
	t.Length = func() int { return len(rows()) }
	t.Key = func(row int) string { return finding(&rows()[row]).ID }
	t.Cell = func(row int, column string) widgets.Cell { return p.findingCell(&rows()[row], column) }
	p.ready(t, nil)
	t.OnSort = nil
	return t
}

func finding(x *state.FindingChange) *insight.Insight {
	if x.B != nil {
		return x.B
	}
	return x.A
}

func (p *comparePage) findingCell(x *state.FindingChange, column string) widgets.Cell {
	side := x.A
	switch column {
	case "title":
		f := finding(x)
		return widgets.Cell{Text: printable(texts.Say(f.Title)), Tooltip: printable(texts.Say(f.Text)), Bold: x.A == nil, Struck: x.B == nil}
	case "change":
		word := map[string]string{attribution.Added: texts.T("new"), attribution.Removed: texts.T("fixed"), attribution.Changed: texts.T("changed")}[x.Change]
		return widgets.Cell{Text: word, Icon: changeIcon(x.Change)}
	case "delta":
		return p.deltaCell(x.Delta, 0)
	case "b":
		side = x.B
	}
	if side == nil {
		return widgets.Cell{}
	}
	return widgets.Cell{Text: state.InsightAmount(*side), Tooltip: state.Certainty(side.Certainty)}
}

func (p *comparePage) explainFindings(c *state.Compare) string {
	switch {
	case !c.Looked:
		return texts.T("Looking for what could go…")
	case c.Findings == nil && c.Planned:
		return texts.T("Under a plan an image has no files that could be looked into. Its findings are those of the builds as they are.")
	case c.Findings == nil:
		return texts.T("Findings can be compared where both are of one kind and all of both was read.")
	case len(c.FindingRows()) == 0:
		return texts.T("The findings of both are the same.")
	}
	return ""
}
