package widgets

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
)

// A Mark says what became of a node. It is drawn as an icon.
type Mark uint8

// Marks of a node.
const (
	NoMark Mark = iota
	Added
	Changed
	Removed // also struck through
)

// A TreeNode is what one line of a [FileTree] shows.
type TreeNode struct {
	Name    string
	Folder  bool // can be opened
	Empty   bool // a folder, but with nothing in it to be opened
	Mark    Mark
	Values  []string // one for each column
	Bar     float32  // 0 to 1, below the first value
	Dimmed  bool
	Bold    bool
	Tooltip string
}

// A TreeColumn is a column at the right of a tree. Figures stand at its right end,
// words at its left.
type TreeColumn struct {
	Title   string
	Width   float32 // 0 means 90
	Words   bool
	Tooltip string
}

// room is how wide a text in the column may be.
func (c *TreeColumn) room() float32 {
	if c.Words {
		return c.Width - 3*cellPad
	}
	return c.Width - cellPad
}

// place returns where in the column, which ends at right, a text of this width
// begins.
func (c *TreeColumn) place(right, width float32) float32 {
	if c.Words {
		return right - c.Width + 3*cellPad
	}
	return right - width
}

// A FileTree shows a tree as the list of its visible nodes. Nodes are
// numbers that the callbacks give a meaning; what was never opened is never
// asked for, and a million open nodes cost no more than the forty on screen.
//
// With the keyboard: Up, Down, Page Up and Down, Home and End go; Right opens
// or goes inside, Left closes or goes out; Enter activates, or opens and closes a
// folder where nothing can be activated; typing goes to the next visible node that
// begins so.
type FileTree struct {
	widget.BaseWidget

	Title    string                  // of the column of names
	Children func(node int) []int    // in order; of -1: the outermost nodes
	Node     func(node int) TreeNode // what a node shows
	Parent   func(node int) int      // -1 for the outermost; for Reveal only
	MarkWord func(Mark) string       // names a mark in tooltips; may be nil
	Copy     func(node int) string   // what Ctrl+C takes of a node; nil: its name and values

	OnSelect   func(node int)
	OnActivate func(node int)                   // Enter or double click
	OnMenu     func(node int, at fyne.Position) // secondary click or Menu key; at is absolute
	OnOpen     func(node int, open bool)
	OnKey      func(*fyne.KeyEvent) // a key that means nothing here

	columns []TreeColumn
	lines   []treeLine
	open    map[int]bool
	cursor  int // line, or -1
	node    int // the node there, to find it again
	focused bool
	typed   typeAhead
	colors  Colors
	short   shortener

	list   *keyList
	flush  *container.ThemeOverride
	header *treeHeader
}

// A treeLine is a visible node.
type treeLine struct {
	node  int
	depth int32
}

// NewFileTree makes a tree with columns of figures. Children and Node must
// be set, and then DataChanged called.
func NewFileTree(columns ...TreeColumn) *FileTree {
	for i := range columns {
		if columns[i].Width == 0 {
			columns[i].Width = 90
		}
	}
	t := &FileTree{columns: columns, cursor: -1, node: -1, open: map[int]bool{}}
	t.list = newKeyList(t, func() int { return len(t.lines) },
		func() fyne.CanvasObject { return newTreeRow(t) },
		func(i int, o fyne.CanvasObject) { o.(*treeRow).update(i) })
	t.header = newTreeHeader(t)
	t.ExtendBaseWidget(t)
	t.colors = ColorsOf(t)
	t.flush = container.NewThemeOverride(t.list, flushTheme{})
	return t
}

// DataChanged reads the tree anew. Nodes that were open stay open, if they
// still are folders; so a caller whose numbers got another meaning calls
// CloseAll first.
func (t *FileTree) DataChanged() {
	t.lines = t.lines[:0]
	if t.Children != nil {
		t.lines = t.visible(t.lines, -1, 0)
	}
	t.recover()
	t.Refresh()
}

// visible appends the lines below a node.
func (t *FileTree) visible(lines []treeLine, node int, depth int32) []treeLine {
	for _, c := range t.Children(node) {
		lines = append(lines, treeLine{c, depth})
		if t.open[c] {
			lines = t.visible(lines, c, depth+1)
		}
	}
	return lines
}

// recover finds the cursor's node after the lines changed.
func (t *FileTree) recover() {
	if t.cursor < 0 {
		return
	}
	if row := t.lineOf(t.node); row >= 0 {
		t.cursor = row
		return
	}
	t.cursor = min(t.cursor, len(t.lines)-1)
	if t.cursor >= 0 {
		t.node = t.lines[t.cursor].node
	}
}

func (t *FileTree) lineOf(node int) int {
	for i := range t.lines {
		if t.lines[i].node == node {
			return i
		}
	}
	return -1
}

// CloseAll closes all nodes and takes the selection back.
func (t *FileTree) CloseAll() {
	clear(t.open)
	t.cursor, t.node = -1, -1
	t.DataChanged()
}

// SetOpen opens or closes a node; what is open inside it stays so.
func (t *FileTree) SetOpen(node int, open bool) {
	if t.open[node] == open {
		return
	}
	if open {
		t.open[node] = true
	} else {
		delete(t.open, node)
	}
	if row := t.lineOf(node); row >= 0 {
		t.splice(row, open)
	}
	t.recover()
	t.Refresh()
	if t.OnOpen != nil {
		t.OnOpen(node, open)
	}
}

// splice puts the lines below a row in or takes them out.
func (t *FileTree) splice(row int, open bool) {
	depth := t.lines[row].depth
	end := row + 1
	for end < len(t.lines) && t.lines[end].depth > depth {
		end++
	}
	var inside []treeLine
	if open {
		inside = t.visible(nil, t.lines[row].node, depth+1)
	}
	t.lines = slices.Replace(t.lines, row+1, end, inside...)
}

// OpenAll opens the given nodes at once, such as the paths to what a search
// found.
func (t *FileTree) OpenAll(nodes ...int) {
	for _, n := range nodes {
		t.open[n] = true
	}
	t.DataChanged()
}

// Reveal opens what is around a node, selects it and scrolls to it. It does
// not call OnSelect.
func (t *FileTree) Reveal(node int) {
	if t.Parent == nil {
		return
	}
	changed := false
	for p := t.Parent(node); p >= 0; p = t.Parent(p) {
		if !t.open[p] {
			t.open[p] = true
			changed = true
		}
	}
	if changed {
		t.DataChanged()
	}
	if row := t.lineOf(node); row >= 0 {
		t.setCursor(row)
	}
}

// Selected returns the selected node, or -1.
func (t *FileTree) Selected() int {
	if t.cursor < 0 || t.cursor >= len(t.lines) {
		return -1
	}
	return t.lines[t.cursor].node
}

// Focusable is what takes the keyboard's focus for the tree.
func (t *FileTree) Focusable() fyne.Focusable { return t.list }

// Lines is the number of visible nodes.
func (t *FileTree) Lines() int { return len(t.lines) }

func (t *FileTree) setCursor(row int) {
	t.cursor = row
	t.node = t.lines[row].node
	t.list.reveal(row, t.rowHeight())
	t.mark()
}

// mark shows selection and cursor anew.
func (t *FileTree) mark() {
	t.list.eachVisible(t.rowHeight(), func(o fyne.CanvasObject) { o.(*treeRow).paint() })
}

func (t *FileTree) goTo(row int) {
	if len(t.lines) == 0 {
		return
	}
	t.setCursor(min(max(row, 0), len(t.lines)-1))
	if t.OnSelect != nil {
		t.OnSelect(t.node)
	}
}

func (t *FileTree) setFocused(on bool) {
	t.focused = on
	if on && t.cursor < 0 && len(t.lines) > 0 {
		t.cursor, t.node = 0, t.lines[0].node
	}
	t.mark()
}

func (t *FileTree) setShift(fyne.KeyName, bool) {}

func (t *FileTree) rowHeight() float32 { return rowHeight(t) }

// Retitle gives a column another title and tooltip, as where its figures are of
// something else.
func (t *FileTree) Retitle(column int, title, tooltip string) {
	t.columns[column].Title, t.columns[column].Tooltip = title, tooltip
	t.header.Refresh()
}

// Refresh shows the visible lines anew.
func (t *FileTree) Refresh() {
	t.colors = ColorsOf(t)
	t.BaseWidget.Refresh()
}

// MinSize is small: a tree scrolls.
func (t *FileTree) MinSize() fyne.Size { return fyne.NewSize(120, 3*t.rowHeight()) }

// CreateRenderer is part of fyne.Widget.
func (t *FileTree) CreateRenderer() fyne.WidgetRenderer {
	return &treeRenderer{t}
}

// A treeRenderer paints no ground, as a [tableRenderer] does not.
type treeRenderer struct{ t *FileTree }

func (r *treeRenderer) Destroy()           {}
func (r *treeRenderer) MinSize() fyne.Size { return r.t.MinSize() }
func (r *treeRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.t.flush, r.t.header}
}

func (r *treeRenderer) Layout(s fyne.Size) {
	h := r.t.rowHeight()
	r.t.header.Resize(fyne.NewSize(s.Width, h))
	r.t.flush.Move(fyne.NewPos(0, h))
	r.t.flush.Resize(fyne.NewSize(s.Width, max(s.Height-h, 0)))
}

func (r *treeRenderer) Refresh() {
	canvas.Refresh(r.t)
	r.t.header.Refresh()
	r.t.list.Refresh()
}
