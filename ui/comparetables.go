package ui

import (
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"weighline/analysis"
	"weighline/analysis/attribution"
	"weighline/analysis/bytesize"
	"weighline/ui/state"
	"weighline/ui/texts"
	"weighline/ui/widgets"
)

// sides are the columns that all tables of the comparison have.
func sides(more ...widgets.Column) []widgets.Column {
	return append(more,
		widgets.Column{ID: "a", Title: texts.T("A"), Width: 96, Numeric: true},
		widgets.Column{ID: "b", Title: texts.T("B"), Width: 96, Numeric: true},
		widgets.Column{ID: "delta", Title: texts.T("Difference"), Width: 110, Numeric: true, Tooltip: texts.T("B less A. Sorted downwards: what grew most")})
}

// newCompareTable makes a table over one of the comparison's lists.
func (p *comparePage) newTable(pref string, list func(*state.Compare) *state.CompareList, columns ...widgets.Column) *widgets.DataTable {
	w := p.window
	t := widgets.NewDataTable(columns...)
	t.Length = func() int {
		if c := w.session.Compare; c != nil {
			return list(c).Len()
		}
		return 0
	}
	t.OnSort = func(column string, down bool) {
		w.session.SortCompare(list, column, down)
		t.SetSort(column, down)
		w.win.Canvas().Focus(t.Focusable())
	}
	t.OnMenu = func(keys []string, at fyne.Position) {
		t.Select(keys...)
		w.popUp(at, nil, menuItem{texts.T("Copy rows as text"), t.TSV, nil})
	}
	w.rememberColumns(pref, t)
	return t
}

func (p *comparePage) packageTable() *widgets.DataTable {
	t := p.newTable(prefCompared, func(c *state.Compare) *state.CompareList { return &c.Packages }, sides(
		widgets.Column{ID: "name", Title: texts.T("Package"), Width: 180, Flex: true},
		widgets.Column{ID: "change", Title: texts.T("Change"), Width: 112},
		widgets.Column{ID: "va", Title: texts.T("Version A"), Width: 104},
		widgets.Column{ID: "vb", Title: texts.T("Version B"), Width: 104})...)
	t.Key = func(row int) string { return changeKey(p.window.session.Compare.Package(row)) }
	t.Cell = p.packageCell
	t.Search = func(row int) string { return p.window.session.Compare.Package(row).Name }
	t.OnSelect = func(keys []string) { p.maps.choose(keys) }
	return t
}

// changeKey names a package on both sides.
func changeKey(x *analysis.PackageChange) string {
	key := string(x.Kind) + ":" + x.Name
	for _, side := range []*analysis.PackageSide{x.A, x.B} {
		if side != nil {
			key += ":" + side.Path
		}
	}
	return key
}

func (p *comparePage) packageCell(row int, column string) widgets.Cell {
	c := p.window.session.Compare
	x := c.Package(row)
	side := func(s *analysis.PackageSide, text func(*analysis.PackageSide) widgets.Cell) widgets.Cell {
		if s == nil {
			return widgets.Cell{}
		}
		return text(s)
	}
	size := func(s *analysis.PackageSide) widgets.Cell {
		a := c.Weigh(s)
		return widgets.Cell{Text: amountText(a), Tooltip: exact(a)}
	}
	version := func(s *analysis.PackageSide) widgets.Cell {
		return widgets.Cell{Text: printable(s.Version), Tooltip: printable(s.Path)}
	}
	switch column {
	case "name":
		v := widgets.Cell{Text: printable(x.Name), Bold: x.Change != attribution.Same, Struck: x.B == nil}
		if x.Kind != attribution.Python {
			v.Secondary = string(x.Kind)
		}
		return v
	case "change":
		return packageChange(x)
	case "va":
		return side(x.A, version)
	case "vb":
		return side(x.B, version)
	case "a":
		return side(x.A, size)
	case "b":
		return side(x.B, size)
	}
	return deltaCell(c.Weight(x), p.largest.packages)
}

// packageChange tells what became of a package.
func packageChange(x *analysis.PackageChange) widgets.Cell {
	v := changeCell(x.Change, changeWord(x.Change))
	switch {
	case x.Renamed != "" && x.B == nil:
		v.Text, v.Tooltip = texts.T("renamed"), texts.F("in B its files are in %s", printable(x.Renamed))
	case x.Renamed != "":
		v.Text, v.Tooltip = texts.T("renamed"), texts.F("in A its files were in %s", printable(x.Renamed))
	case x.Moved && x.Change == attribution.Same:
		v.Text = texts.T("other layer")
	case x.Moved:
		v.Tooltip = texts.T("another layer brings it")
	}
	return v
}

func changeCell(change, word string) widgets.Cell {
	icons := map[string]fyne.Resource{attribution.Added: theme.ContentAddIcon(), attribution.Removed: theme.ContentRemoveIcon(), attribution.Changed: theme.DocumentCreateIcon()}
	return widgets.Cell{Text: word, Icon: icons[change], Dimmed: change == attribution.Same}
}

// deltaCell is a difference with a bar beside the largest one.
func deltaCell(d bytesize.Amount, largest bytesize.Size) widgets.Cell {
	if d.Basis == bytesize.Unknown {
		return widgets.Cell{Text: "—", Dimmed: true, Tooltip: texts.T("one of the two sizes is unknown")}
	}
	v := widgets.Cell{Text: d.Size.Delta(), Tooltip: exact(d), HasBar: d.Size != 0, Bar: share(abs(d.Size), largest)}
	if d.Size > 0 {
		v.BarFill, v.Tone = 1, widgets.Bad
	}
	return v
}

// changeWord tells what became of a package.
func changeWord(change string) string {
	return map[string]string{attribution.Added: texts.T("added"), attribution.Removed: texts.T("removed"), attribution.Changed: texts.T("changed"), attribution.Same: texts.T("same")}[change]
}

func (p *comparePage) layerTable() *widgets.DataTable {
	t := p.newTable(prefComparedLayers, func(c *state.Compare) *state.CompareList { return &c.Layers }, sides(
		widgets.Column{ID: "na", Title: texts.T("In A"), Width: 54, Numeric: true, NoSort: true},
		widgets.Column{ID: "nb", Title: texts.T("In B"), Width: 54, Numeric: true, NoSort: true},
		widgets.Column{ID: "change", Title: texts.T("Change"), Width: 120, NoSort: true},
		widgets.Column{ID: "instruction", Title: texts.T("Instruction"), Width: 220, Flex: true, NoSort: true})...)
	t.Key = func(row int) string { return fmt.Sprint(p.window.session.Compare.Layer(row).Places) }
	t.Cell = p.layerCell
	return t
}

func (p *comparePage) layerCell(row int, column string) widgets.Cell {
	x := p.window.session.Compare.Layer(row)
	place := func(n int) widgets.Cell {
		if n < 0 {
			return widgets.Cell{}
		}
		return widgets.Cell{Text: fmt.Sprint(n)}
	}
	size := func(l *analysis.Layer) widgets.Cell {
		if l == nil {
			return widgets.Cell{}
		}
		return widgets.Cell{Text: amountText(l.Download), Tooltip: exact(l.Download) + "\n" + l.ID()}
	}
	switch column {
	case "na":
		return place(x.Places[0])
	case "nb":
		return place(x.Places[1])
	case "change":
		change := attribution.Changed
		switch {
		case x.A == nil:
			change = attribution.Added
		case x.B == nil:
			change = attribution.Removed
		case x.Same():
			change = attribution.Same
		}
		return changeCell(change, x.Word())
	case "instruction":
		text := printable(x.Instruction())
		return widgets.Cell{Text: text, Tooltip: text, Struck: x.B == nil}
	case "a":
		return size(x.A)
	case "b":
		return size(x.B)
	}
	return deltaCell(x.Delta(), p.largest.layers)
}

func (p *comparePage) fileTable() *widgets.DataTable {
	t := p.newTable(prefComparedFiles, func(c *state.Compare) *state.CompareList { return &c.Files }, sides(
		widgets.Column{ID: "path", Title: texts.T("File"), Width: 260, Flex: true},
		widgets.Column{ID: "change", Title: texts.T("Change"), Width: 150},
		widgets.Column{ID: "owner", Title: texts.T("Package"), Width: 120, NoSort: true})...)
	t.Key = func(row int) string { return p.window.session.Compare.File(row).Path }
	t.Cell = p.fileCell
	t.Search = func(row int) string { return p.window.session.Compare.File(row).Path }
	return t
}

func (p *comparePage) fileCell(row int, column string) widgets.Cell {
	c := p.window.session.Compare
	x := c.File(row)
	size := func(n *int64) widgets.Cell {
		if n == nil {
			return widgets.Cell{}
		}
		a := bytesize.Of(bytesize.Size(*n))
		return widgets.Cell{Text: a.String(), Tooltip: exact(a)}
	}
	switch column {
	case "path":
		text := printable(x.Path)
		return widgets.Cell{Text: text, Tooltip: text, Struck: x.B == nil}
	case "change":
		change := attribution.Changed
		switch {
		case x.A == nil:
			change = attribution.Added
		case x.B == nil:
			change = attribution.Removed
		}
		return changeCell(change, state.FileWord(x))
	case "owner":
		return widgets.Cell{Text: printable(c.FileOwner(x))}
	case "a":
		return size(x.A)
	case "b":
		return size(x.B)
	}
	return deltaCell(bytesize.Of(bytesize.Size(x.Delta)), p.largest.files)
}
