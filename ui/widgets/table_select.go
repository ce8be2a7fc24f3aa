package widgets

import (
	"fyne.io/fyne/v2"
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
