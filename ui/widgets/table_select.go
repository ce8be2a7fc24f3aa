package widgets

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// A selection is a set of keys, with the row that the keyboard is on.
type selection struct {
	keys      map[string]bool
	cursor    int    // row, or -1
	cursorKey string // its key, to find it again
	anchor    string // key where an extension began
}

func (s *selection) has(key string) bool { return s.keys[key] }

// Selected returns the selected keys in the order of the rows. Keys that are
// filtered away at present are not among them.
func (t *DataTable) Selected() []string {
	out := make([]string, 0, len(t.sel.keys))
	if len(t.sel.keys) == 0 {
		return out
	}
	if len(t.sel.keys) == 1 && t.sel.has(t.keyAt(t.sel.cursor)) {
		return append(out, t.keyAt(t.sel.cursor))
	}
	for i := range t.length() {
		if k := t.Key(i); t.sel.has(k) {
			out = append(out, k)
			if len(out) == len(t.sel.keys) {
				break
			}
		}
	}
	return out
}

// Select replaces the selection and puts the cursor on the first of the
// keys. It does not call OnSelect: who calls it knows.
func (t *DataTable) Select(keys ...string) {
	t.sel.keys = map[string]bool{}
	for _, k := range keys {
		t.sel.keys[k] = true
	}
	if len(keys) > 0 {
		t.setCursor(t.rowOf(keys[0]))
		t.sel.anchor = keys[0]
		t.list.reveal(t.sel.cursor, t.rowHeight())
	}
	t.mark()
}

// mark shows selection and cursor anew.
func (t *DataTable) mark() {
	t.list.eachVisible(t.rowHeight(), func(o fyne.CanvasObject) { o.(*tableRow).markIfShown() })
}

// SelectAll selects every row.
func (t *DataTable) SelectAll() {
	t.sel.keys = make(map[string]bool, t.length())
	for i := range t.length() {
		t.sel.keys[t.Key(i)] = true
	}
	t.selectionChanged()
}

// reselect finds the cursor again after the rows changed.
func (t *DataTable) reselect() {
	if t.sel.cursor < 0 {
		return
	}
	if t.keyAt(t.sel.cursor) == t.sel.cursorKey && t.sel.cursorKey != "" {
		return
	}
	row := t.rowOf(t.sel.cursorKey)
	if row < 0 && t.length() > 0 {
		row = min(t.sel.cursor, t.length()-1)
	}
	key := t.sel.cursorKey
	t.setCursor(row)
	if key != "" && t.rowOf(key) < 0 {
		t.sel.cursorKey = key // it may come back when a filter is lifted
	}
}

func (t *DataTable) keyAt(row int) string {
	if row < 0 || row >= t.length() {
		return ""
	}
	return t.Key(row)
}

// rowOf looks a key up; it may look at all rows.
func (t *DataTable) rowOf(key string) int {
	for i := range t.length() {
		if t.Key(i) == key {
			return i
		}
	}
	return -1
}

func (t *DataTable) setCursor(row int) {
	t.sel.cursor = row
	t.sel.cursorKey = t.keyAt(row)
}

func (t *DataTable) selectionChanged() {
	t.mark()
	if t.OnSelect != nil {
		t.OnSelect(t.Selected())
	}
}

// click does what a click on a row means with these modifiers: alone it
// selects the row, with Ctrl (or Cmd) it adds or removes it, with Shift it
// selects from the last such row to this.
func (t *DataTable) click(row int, m fyne.KeyModifier) {
	add := m&fyne.KeyModifierShortcutDefault != 0 || m&fyne.KeyModifierControl != 0
	key := t.Key(row)
	switch {
	case m&fyne.KeyModifierShift != 0 && t.sel.anchor != "":
		t.extend(row, add)
	case add:
		if t.sel.keys == nil {
			t.sel.keys = map[string]bool{}
		}
		if t.sel.has(key) {
			delete(t.sel.keys, key)
		} else {
			t.sel.keys[key] = true
		}
		t.sel.anchor = key
	default:
		t.sel.keys = map[string]bool{key: true}
		t.sel.anchor = key
	}
	t.setCursor(row)
	t.selectionChanged()
}

// extend selects the rows between the anchor and row.
func (t *DataTable) extend(row int, keep bool) {
	if !keep || t.sel.keys == nil {
		t.sel.keys = map[string]bool{}
	}
	from := t.rowOf(t.sel.anchor)
	if from < 0 {
		from = row
	}
	for i := min(from, row); i <= max(from, row); i++ {
		t.sel.keys[t.Key(i)] = true
	}
}

// toggleRow hands a click on a check box on: for all selected rows if it is
// one of them, else for itself.
func (t *DataTable) toggleRow(row int) {
	t.setCursor(row)
	t.mark()
	if t.OnToggle == nil {
		return
	}
	if key := t.Key(row); !t.sel.has(key) {
		t.OnToggle([]string{key})
	} else {
		t.OnToggle(t.Selected())
	}
}

// TypedKey does what a key means in the table.
func (t *DataTable) TypedKey(e *fyne.KeyEvent) {
	page := max(int(t.list.Size().Height/t.rowHeight())-1, 1)
	switch e.Name {
	case fyne.KeyDown:
		t.goTo(t.sel.cursor + 1)
	case fyne.KeyUp:
		t.goTo(t.sel.cursor - 1)
	case fyne.KeyPageDown:
		t.goTo(t.sel.cursor + page)
	case fyne.KeyPageUp:
		t.goTo(t.sel.cursor - page)
	case fyne.KeyHome:
		t.goTo(0)
	case fyne.KeyEnd:
		t.goTo(t.length() - 1)
	case fyne.KeyLeft:
		t.scrollTo(t.offX - 40)
	case fyne.KeyRight:
		t.scrollTo(t.offX + 40)
	case fyne.KeySpace:
		t.toggleSelected()
	case fyne.KeyReturn, fyne.KeyEnter:
		if key := t.keyAt(t.sel.cursor); key != "" && t.OnActivate != nil {
			t.OnActivate(key)
		}
	case desktop.KeyMenu:
		t.menuAtCursor()
	}
}

func (t *DataTable) toggleSelected() {
	if keys := t.Selected(); len(keys) > 0 && t.OnToggle != nil {
		t.OnToggle(keys)
	} else if t.sel.cursor >= 0 && t.sel.cursor < t.length() {
		t.toggleRow(t.sel.cursor)
	}
}

func (t *DataTable) menuAtCursor() {
	if t.OnMenu == nil || t.sel.cursor < 0 {
		return
	}
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(t.list)
	y := float32(t.sel.cursor+1)*t.rowHeight() - t.list.GetScrollOffset()
	t.OnMenu(t.Selected(), at.AddXY(cellPad, max(min(y, t.list.Size().Height), 0)))
}

// goTo moves the cursor and the selection with it, or extends the selection
// while Shift is held.
func (t *DataTable) goTo(row int) {
	if t.length() == 0 {
		return
	}
	row = min(max(row, 0), t.length()-1)
	var m fyne.KeyModifier
	if t.shiftHeld() {
		m = fyne.KeyModifierShift
	}
	t.list.reveal(row, t.rowHeight())
	t.click(row, m)
}

// TypedShortcut handles Ctrl+A and Ctrl+C. Menus that have these shortcuts
// take them first and must call SelectAll and [DataTable.TSV] themselves.
func (t *DataTable) TypedShortcut(s fyne.Shortcut) {
	switch s.(type) {
	case *fyne.ShortcutSelectAll:
		t.SelectAll()
	case *fyne.ShortcutCopy:
		fyne.CurrentApp().Clipboard().SetContent(t.TSV())
	}
}

func (t *DataTable) setFocused(on bool) {
	t.focused = on
	t.shift = false
	if on && t.sel.cursor < 0 && t.length() > 0 {
		t.setCursor(0)
	}
	t.mark()
}

func (t *DataTable) setShift(k fyne.KeyName, on bool) {
	if k == desktop.KeyShiftLeft || k == desktop.KeyShiftRight {
		t.shift = on
	}
}

// shiftHeld asks the driver where it can: a key released in another window
// is not told to us.
func (t *DataTable) shiftHeld() bool {
	if d, ok := fyne.CurrentApp().Driver().(desktop.Driver); ok {
		return d.CurrentKeyModifiers()&fyne.KeyModifierShift != 0
	}
	return t.shift
}

// A typeAhead collects what is typed without a pause.
type typeAhead struct {
	text string
	last time.Time
	now  func() time.Time // for tests
}

const typePause = time.Second

// add takes a rune and returns all that was typed so far.
func (a *typeAhead) add(r rune) string {
	now := time.Now()
	if a.now != nil {
		now = a.now()
	}
	if now.Sub(a.last) > typePause {
		a.text = ""
	}
	a.last = now
	a.text += string(unicode.ToLower(r))
	return a.text
}

// typedRune goes to the next row that begins with what is being typed. One
// letter again and again goes through the rows that begin with it.
func (t *DataTable) typedRune(r rune) {
	if r == ' ' || !unicode.IsPrint(r) {
		return
	}
	typed := t.typed.add(r)
	from := t.sel.cursor
	if first, _ := utf8.DecodeRuneInString(typed); strings.Count(typed, string(first)) == utf8.RuneCountInString(typed) {
		if row := t.find(typed, from); utf8.RuneCountInString(typed) == 1 || row < 0 {
			typed = string(first)
			from++
		}
	}
	if row := t.find(typed, from); row >= 0 {
		t.list.reveal(row, t.rowHeight())
		t.click(row, 0)
	}
}

// find returns the first row from the given one on, around the end, whose
// search text begins with prefix, or -1.
func (t *DataTable) find(prefix string, from int) int {
	n := t.length()
	for i := range n {
		row := (max(from, 0) + i) % n
		s := t.searchText(row)
		if len(s) >= len(prefix) && strings.HasPrefix(strings.ToLower(s), prefix) {
			return row
		}
	}
	return -1
}

func (t *DataTable) searchText(row int) string {
	if t.Search != nil {
		return t.Search(row)
	}
	if v := t.visibleColumns(); len(v) > 0 {
		return t.Cell(row, t.columns[v[0]].ID).Text
	}
	return ""
}

// TSV returns the selected rows, or all if none is selected, as lines of
// tab-separated cells under a line of titles: what a spreadsheet pastes.
func (t *DataTable) TSV() string {
	clean := strings.NewReplacer("\t", " ", "\n", " ", "\r", "")
	visible := t.visibleColumns()
	var b strings.Builder
	line := func(cell func(c *column) string) {
		for i, at := range visible {
			if i > 0 {
				b.WriteByte('\t')
			}
			b.WriteString(clean.Replace(cell(&t.columns[at])))
		}
		b.WriteByte('\n')
	}
	line(func(c *column) string { return c.Title })
	for row := range t.length() {
		if len(t.sel.keys) > 0 && !t.sel.has(t.Key(row)) {
			continue
		}
		line(func(c *column) string {
			if t.Copy != nil {
				return t.Copy(row, c.ID)
			}
			return t.Cell(row, c.ID).Text
		})
	}
	return b.String()
}
