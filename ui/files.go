package ui

import (
	"cmp"
	"fmt"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"weighline/analysis/bytesize"
	"weighline/analysis/layer"
	"weighline/ui/state"
	"weighline/ui/texts"
	"weighline/ui/widgets"
)

// filesPage is the tree of the final file system, the heaviest first.
type filesPage struct {
	window  *Window
	content fyne.CanvasObject
	tree    *widgets.FileTree
	where   *widget.Label
	shown   int
	found   *state.FileFilter
}

func newFilesPage(w *Window) *filesPage {
	p := &filesPage{window: w, where: widget.NewLabel("")}
	p.where.Truncation = fyne.TextTruncateEllipsis
	p.tree = widgets.NewFileTree(
		widgets.TreeColumn{Title: texts.T("Bytes"), Width: 96, Tooltip: texts.T("Of the file, or of all files below the folder; each inode once")},
		widgets.TreeColumn{Title: texts.T("Layer"), Width: 64, Tooltip: texts.T("The layer that brought it")},
		widgets.TreeColumn{Title: texts.T("Package"), Width: 170, Tooltip: texts.T("The package that owns the file")},
	)
	p.tree.Title = texts.T("Final file system, the heaviest first")
	p.tree.Children = p.children
	p.tree.Parent = func(n int) int {
		if t := p.files(); t != nil && t.Parent(layer.Node(n)) != layer.Root {
			return int(t.Parent(layer.Node(n)))
		}
		return -1
	}
	p.tree.Node = p.node
	p.tree.OnMenu = func(n int, at fyne.Position) {
		w.popUp(at, nil, menuItem{texts.T("Copy the path"), func() string { return printable(p.files().FullPath(layer.Node(n))) }, nil},
			menuItem{texts.F("Filter by %s", p.node(n).Name), nil, func() { w.session.SetFilter(p.files().Name(layer.Node(n))) }})
	}
	p.tree.OnSelect = func(n int) { p.where.SetText(p.describe(n)) }
	p.content = container.NewBorder(nil, container.NewVBox(widget.NewSeparator(), p.where), nil, nil, p.tree)
	return p
}

func (p *filesPage) files() *layer.Tree {
	if b := p.window.session.Build; b != nil && b.Image != nil {
		return b.Image.Tree
	}
	return nil
}

func (p *filesPage) refresh() {
	if s := p.window.session; p.shown != s.Shown || p.found != s.Found {
		p.shown, p.found = s.Shown, s.Found
		p.where.SetText("")
		p.tree.CloseAll()
		if s.Found != nil {
			p.where.SetText(texts.N(s.Found.Matches, "%d name matches", "%d names match"))
			p.tree.OpenAll(s.Found.Open...)
		}
		p.tree.DataChanged()
	}
}

func (p *filesPage) children(n int) []int {
	t := p.files()
	if t == nil {
		return nil
	}
	dir := layer.Root
	if n >= 0 {
		dir = layer.Node(n)
	}
	var out []int
	for c := range t.Children(dir) {
		if p.found.Shows(c) {
			out = append(out, int(c))
		}
	}
	slices.SortStableFunc(out, func(a, b int) int { return cmp.Compare(t.Bytes(layer.Node(b)), t.Bytes(layer.Node(a))) })
	return out
}

func (p *filesPage) node(n int) widgets.TreeNode {
	t := p.files()
	if t == nil {
		return widgets.TreeNode{}
	}
	x := layer.Node(n)
	bytes := bytesize.Size(t.Bytes(x))
	v := widgets.TreeNode{Name: printable(t.Name(x)), Folder: t.Kind(x) == layer.Dir, Values: []string{bytes.String(), fmt.Sprint(t.LayerOf(x)), p.owner(x)},
		Bar: share(bytes, bytesize.Size(t.Totals.Bytes)), Tooltip: bytes.Exact()}
	switch {
	case t.Kind(x) == layer.Symlink:
		v.Name += " -> " + printable(t.Target(x))
		v.Dimmed = true
	case t.Secondary(x):
		v.Name = texts.F("%s (another name of a file above)", v.Name)
		v.Dimmed = true
	}
	return v
}

// owner names the package of a file, "" where there is none.
func (p *filesPage) owner(x layer.Node) string {
	l := p.window.session.Build.Image.Ledger
	if l == nil {
		return ""
	}
	if i, ok := l.Owner(x); ok {
		return printable(l.Packages[i].Name)
	}
	return ""
}

// describe tells the path of a file and who owns it.
func (p *filesPage) describe(n int) string {
	t := p.files()
	if t == nil || n < 0 {
		return ""
	}
	x := layer.Node(n)
	text := fmt.Sprintf("%s, %s", printable(t.FullPath(x)), bytesize.Size(t.Bytes(x)).Exact())
	if t.Kind(x) == layer.Dir {
		return text
	}
	l := p.window.session.Build.Image.Ledger
	if l == nil {
		return text
	}
	if i, ok := l.Owner(x); ok {
		return texts.F("%s, of %s %s (%s)", text, l.Packages[i].Name, l.Packages[i].Version, l.Packages[i].Kind)
	}
	return texts.F("%s, unowned: no package claims it", text)
}

// find selects the file or folder at path and opens the folders around it; false
// if the image has none there.
func (p *filesPage) find(path string) bool {
	t := p.files()
	if t == nil {
		return false
	}
	n, ok := t.Lookup(path)
	if !ok || n == layer.Root {
		return false
	}
	p.refresh() // the tree of another build must not be asked
	p.tree.Reveal(int(n))
	p.where.SetText(p.describe(int(n)))
	return true
}
