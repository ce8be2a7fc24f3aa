package ui

import (
	"strings"

	"fyne.io/fyne/v2"

	"weighline/analysis/bytesize"
	"weighline/ui/state"
	"weighline/ui/texts"
	"weighline/ui/widgets"
)

// newFiles makes the tree of the files that differ.
func (p *comparePage) newFiles() *widgets.FileTree {
	t := widgets.NewFileTree(
		widgets.TreeColumn{Title: texts.T("Change"), Width: 150, Tooltip: texts.T("Files are compared by content and by permissions; of a folder, how many files below it differ")},
		widgets.TreeColumn{Title: texts.T("A"), Width: 96},
		widgets.TreeColumn{Title: texts.T("B"), Width: 96},
		widgets.TreeColumn{Title: texts.T("Difference"), Width: 110, Tooltip: texts.T("A further name of a file that is there already counts as nothing")},
	)
	t.Children = func(n int) []int {
		c := p.treed
		switch {
		case c == nil || c.Shown == nil:
			return nil
		case c.Flat && n < 0:
			return c.Shown.Flat
		case c.Flat:
			return nil
		}
		return c.Shown.Below(max(n, 0))
	}
	t.Parent = func(n int) int {
		if up := p.treed.Diffs.Parent(n); up != 0 && !p.treed.Flat {
			return up
		}
		return -1
	}
	t.Node = p.fileNode
	t.MarkWord = markWord
	t.OnSelect = func(n int) { p.maps.selectKeys(p.ownerOf(n)) }
	t.OnMenu = func(n int, at fyne.Position) {
		c := p.treed
		p.window.popUp(at, nil, append(p.menu(), menuItem{texts.T("Copy the path"), func() string { return printable(c.Diffs.Path(n)) }, nil},
			menuItem{texts.F("Filter by %s", printable(c.Diffs.File(n).Name)), nil, func() { p.window.session.SetFilter(c.Diffs.File(n).Name) }})...)
	}
	return t
}

func (p *comparePage) fileNode(n int) widgets.TreeNode {
	c := p.treed
	x := c.Diffs.File(n)
	v := widgets.TreeNode{Name: printable(x.Name), Folder: x.Folder && !c.Flat, Mark: fileMark(x), Tooltip: printable(c.Diffs.Path(n))}
	if c.Flat {
		v.Name = v.Tooltip
	}
	side := func(bytes int64) string {
		if bytes < 0 {
			return ""
		}
		return bytesize.Size(bytes).String()
	}
	v.Values = []string{state.FileWord(x), side(x.A), side(x.B), bytesize.Size(x.Delta).Delta()}
	return v
}

func fileMark(x *state.FileDiff) widgets.Mark {
	switch x.Change {
	case state.FileAdded:
		return widgets.Added
	case state.FileRemoved:
		return widgets.Removed
	case state.FileChanged, state.FileSame:
		return widgets.Changed
	}
	return widgets.NoMark
}

// ownerOf returns the key of the package that a file that differs belongs to.
func (p *comparePage) ownerOf(n int) []string {
	c := p.treed
	if n < 0 || c == nil || c.Diffs == nil || c.Diffs.File(n).Folder {
		return nil
	}
	if key := c.Owner(c.Diffs.Path(n)); key != "" {
		return []string{key}
	}
	return nil
}

// showFiles draws the tree anew if what it lists changed.
func (p *comparePage) showFiles(c *state.Compare, fresh bool) {
	if !fresh && c.Shown == p.shown && c.Flat == p.flatly {
		return
	}
	if unfiltered := p.shown != nil && len(p.shown.Open) > 0 && (c.Shown == nil || len(c.Shown.Open) == 0); fresh || unfiltered || c.Flat != p.flatly {
		p.tree.CloseAll()
	}
	p.treed, p.shown, p.flatly = c, c.Shown, c.Flat
	p.tree.Title = texts.T("Files that differ")
	if c.Shown != nil && !c.Flat {
		p.tree.OpenAll(c.Shown.Open...)
		p.openOnly(c.Shown)
	}
	p.tree.DataChanged()
}

// openOnly opens folders that hold nothing but one folder, from the root down.
func (p *comparePage) openOnly(v *state.FileView) {
	for below := v.Below(0); len(below) == 1 && p.treed.Diffs.File(below[0]).Folder; below = v.Below(below[0]) {
		p.tree.OpenAll(below[0])
	}
}

func (p *comparePage) explainFiles(c *state.Compare, nothing string) (note, empty string) {
	switch {
	case c.Files == nil && c.Identical:
		return "", texts.T("Nothing differs.")
	case c.Files == nil:
		return "", texts.T("Files are compared where both are images all layers of which were read.")
	case c.Shown == nil:
		return "", texts.T("Looking through the files…")
	}
	f := c.Files
	count := func(n int) string { return bytesize.Size(n).Grouped() }
	parts := []string{texts.F("%s added", count(f.Added)), texts.F("%s removed", count(f.Removed)), texts.F("%s changed", count(f.Changed))}
	if f.Modes > 0 {
		parts = append(parts, texts.F("%s of them only in mode", count(f.Modes)))
	}
	if c.Shown.Hidden > 0 {
		parts = append(parts, texts.F("%s smaller ones are not listed", count(c.Shown.Hidden)))
	}
	if c.Shown.Files == 0 {
		empty = nothing
	}
	return strings.Join(parts, ", "), empty
}
