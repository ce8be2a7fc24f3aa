package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// A Cell is what one row shows in one column.
type Cell struct {
	Text      string
	Secondary string        // smaller, after Text, where there is room
	Icon      fyne.Resource // before Text; of the theme, so that it follows dark and light
	Tooltip   string        // shown when the pointer rests on the cell
	Check     Check
	Bar       float32 // 0 to 1: the filled part of a thin bar below the text
	HasBar    bool    // shows the bar, even at 0
	BarFill   int     // which of [Colors].Fills
	Bold      bool
	Dimmed    bool // of less weight, still readable
	Struck    bool // struck through, as is what will go
	Tone      Tone
}

// A Check is the state of a check box in a cell.
type Check uint8

// The zero Check is no check box at all.
const (
	NoCheck Check = iota
	Unchecked
	Checked
	Mixed // some of what the row stands for
)

// A Tone colours a text. Good and Bad come with a sign or a word in the
// text; colour alone says nothing.
type Tone uint8

// Tones of text.
const (
	Plain Tone = iota
	Good
	Bad
)

// A Column of a [DataTable].
type Column struct {
	ID      string // stable; names it in callbacks and in saved states
	Title   string
	Tooltip string  // what the figures in it mean
	Width   float32 // to begin with; 0 means 120
	Min     float32 // cannot be made smaller; 0 means 48, or 70 % of Width with Flex
	Numeric bool    // right-aligned, in figures of equal width
	Flex    bool    // takes the width that is left over
	NoSort  bool
	Names   bool // texts that have no room lose their middle, as names differ at their end
	Hidden  bool // to begin with
}

// A DataTable shows rows of cells below a header. It asks for visible cells
// only, and never orders rows by itself: a click on the header is handed to
// OnSort, and the order is that of the callbacks.
//
// Rows have keys. What is selected stays selected, by key, when rows are
// sorted or filtered; [DataTable.DataChanged] must be called then.
//
// With the keyboard: Up, Down, Page Up and Down, Home and End go, with Shift
// they extend the selection; Left and Right scroll sideways; Space toggles,
// Enter activates, Ctrl+A selects all, Ctrl+C copies; typing goes to the row
// that begins so.
type DataTable struct {
	widget.BaseWidget

	Length func() int                          // number of rows
	Key    func(row int) string                // stable name of a row
	Cell   func(row int, column string) Cell   // what it shows
	Footer func(column string) Cell            // a row that stays below; nil: none
	Search func(row int) string                // what typing looks for; nil: text of the first column
	Copy   func(row int, column string) string // what Ctrl+C writes; nil: text of the cell

	CheckWord func(Check) string // names a check box for screen readers; may be nil

	OnSort     func(column string, descending bool)
	OnSelect   func(keys []string)                   // after every change of the selection
	OnToggle   func(keys []string)                   // check box or Space: all selected rows, or the one row
	OnActivate func(key string)                      // Enter or double click
	OnMenu     func(keys []string, at fyne.Position) // secondary click or Menu key; at is absolute
	OnState    func(TableState)                      // columns or order changed; save it
	OnKey      func(*fyne.KeyEvent)                  // a key that means nothing here, such as F9

	columns []column
	sort    SortState
	sel     selection
	typed   typeAhead
	offX    float32 // pixels scrolled sideways
	colors  Colors
	short   shortener

	list    *keyList
	flush   *container.ThemeOverride // the list, without gaps between rows
	header  *tableHeader
	footer  *cellRow
	bar     *sideBar
	focused bool
	shift   bool // as KeyDown and KeyUp saw it
}

// NewDataTable makes a table with the given columns. Length, Key and Cell
// must be set before it is shown.
func NewDataTable(columns ...Column) *DataTable {
	t := &DataTable{}
	for _, c := range columns {
		t.columns = append(t.columns, newColumn(c))
	}
	t.sel.cursor = -1
	t.list = newKeyList(t, t.length,
		func() fyne.CanvasObject { return newTableRow(t) },
		func(i int, o fyne.CanvasObject) { o.(*tableRow).update(i) })
	t.header = newTableHeader(t)
	t.footer = newCellRow(t)
	t.bar = newSideBar(t.scrollTo)
	t.ExtendBaseWidget(t)
	t.colors = ColorsOf(t)
	t.flush = container.NewThemeOverride(t.list, flushTheme{})
	t.fitTitles()
	return t
}

// fitTitles makes columns as wide as their titles at least, which are longer in some
// languages.
func (t *DataTable) fitTitles() {
	size := theme.SizeForWidget(theme.SizeNameText, t)
	for i := range t.columns {
		c := &t.columns[i]
		c.width = max(c.width, fyne.MeasureText(c.Title, size, fyne.TextStyle{Bold: true}).Width+2*cellPad+1)
	}
}

// DataChanged shows the rows anew after they were sorted, filtered or
// replaced. The selection keeps the keys that still exist; the row under the
// cursor stays under it.
func (t *DataTable) DataChanged() {
	t.reselect()
	t.Refresh()
}

// Refresh shows the visible rows anew, where their cells changed but not
// their number or order.
func (t *DataTable) Refresh() {
	t.colors = ColorsOf(t)
	t.layout(t.Size())
	t.BaseWidget.Refresh()
}

// Focusable is what takes the keyboard's focus for the table.
func (t *DataTable) Focusable() fyne.Focusable { return t.list }

// ScrollToKey shows the row with that key, if there is one.
func (t *DataTable) ScrollToKey(key string) {
	if row := t.rowOf(key); row >= 0 {
		t.list.reveal(row, t.rowHeight())
	}
}

// ScrollToTop shows the first row.
func (t *DataTable) ScrollToTop() {
	if t.list.Size().Height > 0 {
		t.list.ScrollToTop()
	}
}

func (t *DataTable) length() int {
	if t.Length == nil {
		return 0
	}
	return t.Length()
}

// rowHeight is even and whole, so that even the 200,000th row, at 5 million
// pixels, lies on a pixel: positions are float32.
func (t *DataTable) rowHeight() float32 { return rowHeight(t) }

func rowHeight(w fyne.Widget) float32 {
	h := int(textHeight(theme.SizeForWidget(theme.SizeNameText, w)) + 7)
	return float32(h + h%2)
}

// HeightFor is the height in which so many rows are seen whole, with the header.
func (t *DataTable) HeightFor(rows int) float32 {
	h := float32(rows+1) * t.rowHeight()
	if t.Footer != nil {
		h += t.rowHeight()
	}
	return h
}

// MinSize is small: a table scrolls.
func (t *DataTable) MinSize() fyne.Size {
	h := t.rowHeight()
	return fyne.NewSize(120, 3*h)
}

// Resize is part of fyne.Widget.
func (t *DataTable) Resize(s fyne.Size) {
	if s == t.Size() {
		return
	}
	t.layoutColumns(s.Width)
	t.BaseWidget.Resize(s)
}

// layout gives columns and parts their places.
func (t *DataTable) layout(s fyne.Size) {
	h := t.rowHeight()
	t.layoutColumns(s.Width)
	bottom := s.Height
	wide := t.contentWidth()
	t.bar.set(s.Width, wide, t.offX)
	if wide > s.Width+0.5 {
		bottom -= barHeight
		t.bar.Move(fyne.NewPos(0, bottom))
		t.bar.Resize(fyne.NewSize(s.Width, barHeight))
		t.bar.Show()
	} else {
		t.bar.Hide()
	}
	if t.Footer != nil {
		bottom -= h
		t.footer.Move(fyne.NewPos(0, bottom))
		t.footer.Resize(fyne.NewSize(s.Width, h))
		t.footer.Show()
	} else {
		t.footer.Hide()
	}
	t.header.Resize(fyne.NewSize(s.Width, h))
	t.flush.Move(fyne.NewPos(0, h))
	t.flush.Resize(fyne.NewSize(s.Width, max(bottom-h, 0)))
}

// CreateRenderer is part of fyne.Widget.
func (t *DataTable) CreateRenderer() fyne.WidgetRenderer {
	return &tableRenderer{t}
}

// A tableRenderer paints no ground: a window fills itself with the theme's
// background, and each pixel painted twice takes time without a graphics card.
type tableRenderer struct{ t *DataTable }

func (r *tableRenderer) Destroy()           {}
func (r *tableRenderer) MinSize() fyne.Size { return r.t.MinSize() }
func (r *tableRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.t.flush, r.t.header, r.t.footer, r.t.bar}
}

func (r *tableRenderer) Layout(s fyne.Size) {
	r.t.layout(s)
	r.t.showFooter()
}

func (r *tableRenderer) Refresh() {
	canvas.Refresh(r.t)
	r.t.header.Refresh()
	r.t.list.Refresh()
	r.t.showFooter()
}

func (t *DataTable) showFooter() {
	if t.Footer != nil {
		t.footer.ground = t.colors.Header
		t.footer.show(t.Footer)
	}
}

// flushTheme is the app's theme without padding: rows lie close together, so
// that no pixel between them is dead to clicks.
type flushTheme struct{}

func current() fyne.Theme { return fyne.CurrentApp().Settings().Theme() }

func (flushTheme) Size(n fyne.ThemeSizeName) float32 {
	if n == theme.SizeNamePadding {
		return 0
	}
	return current().Size(n)
}

func (flushTheme) Color(n fyne.ThemeColorName, v fyne.ThemeVariant) color.Color {
	return current().Color(n, v)
}
func (flushTheme) Font(s fyne.TextStyle) fyne.Resource     { return current().Font(s) }
func (flushTheme) Icon(n fyne.ThemeIconName) fyne.Resource { return current().Icon(n) }
