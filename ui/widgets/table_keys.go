package widgets

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

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
	default:
		if t.OnKey != nil {
			t.OnKey(e)
		}
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
