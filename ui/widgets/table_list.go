package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// A keyList is the list inside a table or a tree. It has the keyboard's
// focus and hands all keys to its owner: Fyne's own list knows but three.
type keyList struct {
	widget.List
	owner listOwner
	rows  map[int]fyne.CanvasObject // rows by what they show, and some that are out of sight
	shows map[fyne.CanvasObject]int
}

type listOwner interface {
	setFocused(on bool)
	setShift(key fyne.KeyName, on bool)
	typedRune(r rune)
	TypedKey(e *fyne.KeyEvent)
	TypedShortcut(s fyne.Shortcut)
}

func newKeyList(owner listOwner, length func() int, create func() fyne.CanvasObject, update func(int, fyne.CanvasObject)) *keyList {
	l := &keyList{owner: owner, rows: map[int]fyne.CanvasObject{}, shows: map[fyne.CanvasObject]int{}}
	l.HideSeparators = true
	l.Length, l.CreateItem = length, create
	l.UpdateItem = func(i int, o fyne.CanvasObject) {
		l.remember(i, o)
		update(i, o)
	}
	l.ExtendBaseWidget(l)
	return l
}

// FocusGained is part of fyne.Focusable.
func (l *keyList) FocusGained() { l.owner.setFocused(true) }

// FocusLost is part of fyne.Focusable.
func (l *keyList) FocusLost() { l.owner.setFocused(false) }

// TypedKey is part of fyne.Focusable.
func (l *keyList) TypedKey(e *fyne.KeyEvent) { l.owner.TypedKey(e) }

// TypedRune is part of fyne.Focusable.
func (l *keyList) TypedRune(r rune) { l.owner.typedRune(r) }

// TypedShortcut is part of fyne.Shortcutable.
func (l *keyList) TypedShortcut(s fyne.Shortcut) { l.owner.TypedShortcut(s) }

// KeyDown is part of desktop.Keyable.
func (l *keyList) KeyDown(e *fyne.KeyEvent) { l.owner.setShift(e.Name, true) }

// KeyUp is part of desktop.Keyable.
func (l *keyList) KeyUp(e *fyne.KeyEvent) { l.owner.setShift(e.Name, false) }

// remember notes which row is shown by o. Fyne throws rows away without a
// word, so what is far out of sight is forgotten now and then.
func (l *keyList) remember(i int, o fyne.CanvasObject) {
	if old, ok := l.shows[o]; ok && l.rows[old] == o {
		delete(l.rows, old)
	}
	l.rows[i], l.shows[o] = o, i
	if len(l.shows) > 400 {
		for known, at := range l.shows {
			if at < i-150 || at > i+150 || l.rows[at] != known {
				delete(l.shows, known)
				if l.rows[at] == known {
					delete(l.rows, at)
				}
			}
		}
	}
}

// eachVisible calls f for the rows in sight: for what changes about rows
// without their cells, such as the selection.
func (l *keyList) eachVisible(rowHeight float32, f func(fyne.CanvasObject)) {
	first := int(l.GetScrollOffset() / rowHeight)
	last := int((l.GetScrollOffset() + l.Size().Height) / rowHeight)
	for i := first; i <= last; i++ {
		if o := l.rows[i]; o != nil {
			f(o)
		}
	}
}

// reveal scrolls as little as need be for a row to be seen.
func (l *keyList) reveal(row int, rowHeight float32) {
	top, high := l.GetScrollOffset(), l.Size().Height
	switch y := float32(row) * rowHeight; {
	case high <= 0 || row < 0 || row >= l.Length():
	case y < top:
		l.ScrollToOffset(y)
	case y+rowHeight > top+high:
		l.ScrollToOffset(y + rowHeight - high)
	}
}

// scrollBy scrolls by pixels within the content.
func (l *keyList) scrollBy(dy, rowHeight float32) {
	most := max(float32(l.Length())*rowHeight-l.Size().Height, 0)
	l.ScrollToOffset(max(min(l.GetScrollOffset()+dy, most), 0))
}

// A tableRow is a row of the list. It takes the pointer before the list's
// own item does, because that knows neither Ctrl nor Shift.
type tableRow struct {
	cellRow
	index   int
	hovered bool
	tipped  int // the column that the pointer was last over
}

func newTableRow(t *DataTable) *tableRow {
	r := &tableRow{index: -1}
	r.t = t
	r.init()
	r.ExtendBaseWidget(r)
	return r
}

// Resize is part of fyne.Widget. A row that is shown anew is filled by the
// list; one that changes its width fills itself.
func (r *tableRow) Resize(s fyne.Size) {
	old := r.Size()
	r.cellRow.Resize(s)
	if old != s && r.index >= 0 && r.index < r.t.length() {
		r.update(r.index)
	}
}

// update makes r the row with that index.
func (r *tableRow) update(i int) {
	t := r.t
	r.index = i
	if i < 0 || i >= t.length() {
		return
	}
	r.ground = t.colors.Background
	r.show(func(column string) Cell { return t.Cell(i, column) })
	r.mark()
	if r.tipped < len(r.cells) {
		keepTip(r, r.cells[r.tipped].tip())
	}
}

// mark shows hover, selection and cursor.
func (r *tableRow) mark() {
	t := r.t
	selected := t.sel.has(t.Key(r.index))
	ground := t.colors.Background
	if selected {
		ground = over(t.colors.Selection, ground)
	}
	if r.hovered {
		ground = over(t.colors.Hover, ground)
	}
	setGround(r.back, ground, t.colors)
	r.marker.FillColor, r.frame.StrokeColor = t.colors.Accent, t.colors.Accent
	setVisible(selected, r.marker)
	setVisible(t.focused && t.sel.cursor == r.index, r.frame)
}

// MouseIn is part of desktop.Hoverable.
func (r *tableRow) MouseIn(e *desktop.MouseEvent) {
	r.hovered = true
	r.markIfShown()
	r.MouseMoved(e)
}

// MouseMoved is part of desktop.Hoverable.
func (r *tableRow) MouseMoved(e *desktop.MouseEvent) {
	tip := ""
	if c := r.t.columnAt(e.Position.X); c >= 0 && c < len(r.cells) {
		tip, r.tipped = r.cells[c].tip(), c
	}
	showTip(r, tip, e.AbsolutePosition)
}

// MouseOut is part of desktop.Hoverable.
func (r *tableRow) MouseOut() {
	r.hovered = false
	r.markIfShown()
	hideTip(r)
}

func (r *tableRow) markIfShown() {
	if r.index >= 0 && r.index < r.t.length() {
		r.mark()
	}
}

// MouseDown is part of desktop.Mouseable. Selecting on the press, not on the
// release, makes the table feel quick; and only here are Ctrl and Shift known.
func (r *tableRow) MouseDown(e *desktop.MouseEvent) {
	t := r.t
	if r.index < 0 || r.index >= t.length() {
		return
	}
	hideTip(r)
	focus(t.list)
	if e.Button != desktop.MouseButtonPrimary {
		return
	}
	if r.onCheck(e.Position) {
		t.toggleRow(r.index)
		return
	}
	t.click(r.index, e.Modifier)
}

// MouseUp is part of desktop.Mouseable.
func (r *tableRow) MouseUp(*desktop.MouseEvent) {}

// DoubleTapped is part of fyne.DoubleTappable.
func (r *tableRow) DoubleTapped(e *fyne.PointEvent) {
	if t := r.t; r.index >= 0 && r.index < t.length() && t.OnActivate != nil && !r.onCheck(e.Position) {
		t.OnActivate(t.Key(r.index))
	}
}

// TappedSecondary is part of fyne.SecondaryTappable.
func (r *tableRow) TappedSecondary(e *fyne.PointEvent) {
	t := r.t
	if r.index < 0 || r.index >= t.length() {
		return
	}
	if !t.sel.has(t.Key(r.index)) {
		t.click(r.index, 0)
	}
	if t.OnMenu != nil {
		t.OnMenu(t.Selected(), e.AbsolutePosition)
	}
}

// Scrolled is part of fyne.Scrollable: sideways for the table, the rest for
// the list.
func (r *tableRow) Scrolled(e *fyne.ScrollEvent) {
	t := r.t
	dx, dy := e.Scrolled.DX, e.Scrolled.DY
	if t.shiftHeld() && dx == 0 {
		dx, dy = dy, 0
	}
	if dx != 0 {
		t.scrollTo(t.offX - dx)
	}
	if dy != 0 {
		hideTip(r)
		t.list.scrollBy(-dy, t.rowHeight())
	}
}

// onCheck reports whether p lies on a check box, or beside it in its cell's
// margin.
func (r *tableRow) onCheck(p fyne.Position) bool {
	c := r.t.columnAt(p.X)
	if c < 0 || c >= len(r.cells) {
		return false
	}
	return p.X < r.cells[c].checkEnd
}

// focus gives the keyboard to w, if it is on a canvas.
func focus(w fyne.Focusable) {
	if c := fyne.CurrentApp().Driver().CanvasForObject(w.(fyne.CanvasObject)); c != nil && c.Focused() != w {
		c.Focus(w)
	}
}
