package ui

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"weighline/analysis/bytesize"
	"weighline/analysis/layer"
	"weighline/ui/state"
	"weighline/ui/texts"
	"weighline/ui/widgets"
)

// filesPage is the tree of the final file system, or of what one layer did to
// those below it; the heaviest first.
type filesPage struct {
	window  *Window
	content fyne.CanvasObject
	tree    *widgets.FileTree
	of      *widget.Select // the final file system or a layer
	where   *widget.Label
	empty   *emptyNote
	shown   int
	found   *state.FileFilter
	layer   *state.LayerFiles
	waits   bool   // for the files of a layer
	linked  string // what was selected when the tree was last told
}

func newFilesPage(w *Window) *filesPage {
	p := &filesPage{window: w, where: widget.NewLabel(""), empty: newEmptyNote()}
	p.where.Truncation = fyne.TextTruncateEllipsis
	p.tree = widgets.NewFileTree(
		widgets.TreeColumn{Title: texts.T("Bytes"), Width: 96, Tooltip: texts.T("Of the file, or of all files below the folder; each inode once")},
		widgets.TreeColumn{Width: 84}, // see retitle
		widgets.TreeColumn{Title: texts.T("Package"), Width: 186, Words: true, Tooltip: texts.T("The package that owns the file")},
	)
	p.retitle()
	p.tree.Copy = p.copyText
	p.tree.Children = p.children
	p.tree.Parent = p.parent
	p.tree.Node = p.node
	p.tree.MarkWord = markWord
	p.tree.OnMenu = p.menu
	p.tree.OnSelect = p.selected
	p.of = widget.NewSelect(nil, nil)
	p.content = container.NewBorder(container.NewPadded(p.of), container.NewVBox(widget.NewSeparator(), p.where), nil, nil, p.empty.over(p.tree))
	return p
}

func (p *filesPage) menu(n int, at fyne.Position) {
	p.window.popUp(at, nil, menuItem{texts.T("Copy the path"), func() string { return printable(p.path(n)) }, nil},
		menuItem{texts.F("Filter by %s", p.node(n).Name), nil, func() { p.window.session.SetFilter(p.name(n)) }})
}

// retitle names the tree and its second column by what they are about: the final
// file system, or what one layer did.
func (p *filesPage) retitle() {
	if i := p.window.session.FilesOf; i >= 0 {
		p.tree.Title = texts.F("Layer %d: what it adds, changes and removes", i)
		p.tree.Retitle(1, texts.T("Hides"), texts.T("Bytes of lower layers that it deletes or replaces here: still stored, still pulled"))
		return
	}
	p.tree.Title = texts.T("Final file system, the heaviest first")
	p.tree.Retitle(1, texts.T("Layer"), texts.T("The layer that brought it"))
}

// selected makes what owns the file the selected package of all views.
func (p *filesPage) selected(n int) {
	p.where.SetText(p.describe(n))
	s := p.window.session
	if x, ok := p.final(n); ok && p.files().Kind(x) != layer.Dir {
		p.linked = s.KeyOfFile(x)
		s.Select(p.linked)
	}
}

// final returns the file of the final file system that a node is: none if a later
// layer took it away or replaced it.
func (p *filesPage) final(n int) (layer.Node, bool) {
	t := p.files()
	switch {
	case t == nil || n < 0:
		return 0, false
	case p.layer == nil:
		return layer.Node(n), true
	case p.layer.File(n).Change == state.FileRemoved:
		return 0, false
	}
	x, ok := t.Lookup(p.layer.Path(n))
	return x, ok && t.LayerOf(x) == p.layer.Layer
}

// copyText is what Ctrl+C takes: the path, the bytes, and the other columns.
func (p *filesPage) copyText(n int) string {
	bytes := int64(0)
	if p.layer != nil {
		bytes = p.layer.File(n).Bytes
	} else if t := p.files(); t != nil {
		bytes = t.Bytes(layer.Node(n))
	}
	values := slices.Clone(p.node(n).Values)
	values[0] = fmt.Sprint(bytes)
	if p.layer != nil {
		values[1] = fmt.Sprint(p.layer.File(n).Gone)
	}
	return printable(p.path(n)) + "\t" + strings.Join(values, "\t")
}

func markWord(m widgets.Mark) string {
	return map[widgets.Mark]string{widgets.Added: texts.T("added"), widgets.Changed: texts.T("changed"), widgets.Removed: texts.T("removed")}[m]
}

func (p *filesPage) files() *layer.Tree {
	if b := p.window.session.Build; b != nil && b.Image != nil {
		return b.Image.Tree
	}
	return nil
}

func (p *filesPage) refresh() {
	s := p.window.session
	waits := s.FilesOf >= 0 && s.LayerFiles == nil
	p.offer()
	if p.shown != s.Shown || p.found != s.Found || p.layer != s.LayerFiles || p.waits != waits {
		p.shown, p.found, p.layer, p.waits = s.Shown, s.Found, s.LayerFiles, waits
		p.linked = ""
		p.retitle()
		p.where.SetText("")
		p.tree.CloseAll()
		if s.Found != nil {
			p.where.SetText(texts.N(s.Found.Matches, "%d name matches", "%d names match"))
			p.tree.OpenAll(s.Found.Open...)
		}
		p.tree.DataChanged()
		if p.empty.say(""); s.Found != nil && s.Found.Matches == 0 {
			p.empty.say(texts.F("No path matches %q.\nEsc in the filter shows all again.", s.Filter))
		}
	}
	if p.linked != s.Selected {
		p.linked = s.Selected
		p.revealSelected()
		p.tree.Refresh()
	}
}

// offer lists the final file system and the layers that were read.
func (p *filesPage) offer() {
	s := p.window.session
	if p.files() == nil {
		return
	}
	choices, chosen := []string{texts.T("Final file system")}, 0
	layers := []int{-1}
	for i, l := range s.Build.Image.Layers {
		if l.Index == nil {
			continue
		}
		if i == s.FilesOf {
			chosen = len(choices)
		}
		choices = append(choices, texts.F("Layer %d: %s", i, shortText(printable(l.Instruction), maxChoice)))
		layers = append(layers, i)
	}
	p.of.OnChanged = nil
	if !slices.Equal(choices, p.of.Options) {
		p.of.SetOptions(choices)
	}
	if p.of.SelectedIndex() != chosen {
		p.of.SetSelectedIndex(chosen)
	}
	p.of.OnChanged = func(string) {
		if i := p.of.SelectedIndex(); i >= 0 && i < len(layers) {
			s.ShowLayer(layers[i])
		}
	}
}

// maxChoice is how much of an instruction a choice shows.
const maxChoice = 80

// shortText cuts a text to n characters.
func shortText(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}

// revealSelected opens the folders around the files of what is selected.
func (p *filesPage) revealSelected() {
	s := p.window.session
	if p.layer != nil || p.waits || s.Selected == "" {
		return
	}
	if n, ok := s.HomeOf(s.Selected); ok && n != layer.Root && p.found.Shows(n) {
		p.tree.Reveal(int(n))
		p.where.SetText(p.describe(int(n)))
	}
}

func (p *filesPage) children(n int) []int {
	t := p.files()
	if t == nil || p.waits {
		return nil
	}
	if p.layer != nil {
		return slices.DeleteFunc(p.layer.Below(max(n, 0)), func(c int) bool { return !p.found.Shows(layer.Node(c)) })
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

// parent returns the folder of n, -1 for what lies in the root.
func (p *filesPage) parent(n int) int {
	up := 0
	if p.layer != nil {
		up = p.layer.Parent(n)
	} else if t := p.files(); t != nil {
		up = int(t.Parent(layer.Node(n)))
	}
	if up == 0 {
		return -1
	}
	return up
}

func (p *filesPage) name(n int) string {
	if p.layer != nil {
		return p.layer.File(n).Name
	}
	return p.files().Name(layer.Node(n))
}

func (p *filesPage) path(n int) string {
	if p.layer != nil {
		return p.layer.Path(n)
	}
	return p.files().FullPath(layer.Node(n))
}

// layerNode shows a file of a layer.
func (p *filesPage) layerNode(n int) widgets.TreeNode {
	f := p.layer.File(n)
	bytes := bytesize.Size(f.Bytes)
	folder, empty := f.Kind == layer.Dir, len(p.layer.Below(n)) == 0
	v := widgets.TreeNode{Name: printable(f.Name), Folder: folder && !empty, Empty: folder && empty, Values: []string{bytes.String(), "", ""},
		Bar: share(bytes, bytesize.Size(p.layer.File(0).Bytes)), Tooltip: bytes.Exact()}
	if f.Link != "" {
		v.Name += " -> " + printable(f.Link)
		v.Dimmed = true
	}
	switch f.Change {
	case state.FileAdded:
		v.Mark = widgets.Added
	case state.FileChanged, state.FileSame:
		v.Mark = widgets.Changed
	case state.FileRemoved:
		v.Mark, v.Values[0] = widgets.Removed, "0"
	}
	if f.Gone > 0 {
		v.Values[1] = bytesize.Size(f.Gone).String()
		v.Tooltip += "\n" + goneText(f)
	}
	if x, ok := p.final(n); ok {
		v.Values[2], v.Bold = p.owner(x), p.window.session.Owns(x)
	}
	return v
}

// goneText tells what a layer hides of those below.
func goneText(f *state.LayerFile) string {
	gone := bytesize.Size(f.Gone)
	if f.Change == state.FileSame {
		return texts.F("%s of a lower layer are written again with the same content", gone)
	}
	return texts.F("%s of lower layers are hidden, but still stored and pulled", gone)
}

func (p *filesPage) node(n int) widgets.TreeNode {
	t := p.files()
	switch {
	case t == nil:
		return widgets.TreeNode{}
	case p.layer != nil:
		return p.layerNode(n)
	}
	x := layer.Node(n)
	bytes := bytesize.Size(t.Bytes(x))
	folder, empty := t.Kind(x) == layer.Dir, t.End(x) == x+1
	v := widgets.TreeNode{Name: printable(t.Name(x)), Folder: folder && !empty, Empty: folder && empty, Values: []string{bytes.String(), fmt.Sprint(t.LayerOf(x)), p.owner(x)},
		Bar: share(bytes, bytesize.Size(t.Totals.Bytes)), Tooltip: bytes.Exact(), Bold: p.window.session.Owns(x)}
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
	if p.layer != nil {
		return p.describeLayerFile(n)
	}
	x := layer.Node(n)
	text := fmt.Sprintf("%s, %s", printable(t.FullPath(x)), bytesize.Size(t.Bytes(x)).Exact())
	if t.Kind(x) == layer.Dir {
		return text
	}
	return p.withOwner(text, x)
}

// withOwner adds who owns a file of the final file system.
func (p *filesPage) withOwner(text string, x layer.Node) string {
	l := p.window.session.Build.Image.Ledger
	if l == nil {
		return text
	}
	if i, ok := l.Owner(x); ok {
		k := &l.Packages[i]
		return texts.F("%s, of %s %s (%s)", text, printable(k.Name), printable(k.Version), k.Kind)
	}
	return texts.F("%s, unowned: no package claims it", text)
}

// describeLayerFile tells what a layer did to a path.
func (p *filesPage) describeLayerFile(n int) string {
	f := p.layer.File(n)
	text := printable(p.path(n)) + ", " + bytesize.Size(f.Bytes).Exact()
	if word := markWord(p.layerNode(n).Mark); word != "" {
		text += ", " + word
	}
	if f.Gone > 0 {
		text += "; " + goneText(f)
	}
	switch x, ok := p.final(n); {
	case ok && p.files().Kind(x) != layer.Dir:
		return p.withOwner(text, x)
	case !ok && f.Kind == layer.File && f.Change != state.FileRemoved:
		return texts.F("%s; a later layer deletes or replaces it", text)
	}
	return text
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
	p.window.session.ShowLayer(-1)
	p.refresh() // the tree of another build must not be asked
	p.tree.Reveal(int(n))
	p.where.SetText(p.describe(int(n)))
	return true
}
