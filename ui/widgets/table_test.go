package widgets

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
)

type fruit struct {
	name  string
	grams int
	check Check
}

// A stand is a table over fruit, and what the table told.
type stand struct {
	*DataTable
	rows []fruit
	log  []string
}

func newStand(rows ...fruit) *stand {
	s := &stand{rows: rows}
	s.DataTable = NewDataTable(
		Column{ID: "name", Title: "Name", Flex: true, Width: 160, Min: 80},
		Column{ID: "grams", Title: "Weight", Numeric: true, Width: 100, Tooltip: "as sold"},
		Column{ID: "note", Title: "Where it comes from", Width: 140},
	)
	s.Length = func() int { return len(s.rows) }
	s.Key = func(i int) string { return s.rows[i].name }
	s.Cell = func(i int, column string) Cell {
		f := s.rows[i]
		switch column {
		case "name":
			return Cell{Text: f.name, Check: f.check, Struck: f.check == Unchecked, Dimmed: f.check == Unchecked}
		case "grams":
			return Cell{Text: fmt.Sprintf("%d g", f.grams), Bar: float32(f.grams) / 500, HasBar: true, Tooltip: "exactly"}
		}
		return Cell{Text: "the market", Secondary: "2 km", Icon: theme.HomeIcon()}
	}
	say := func(format string, a ...any) { s.log = append(s.log, fmt.Sprintf(format, a...)) }
	s.OnSort = func(c string, desc bool) { say("sort %s %v", c, desc) }
	s.OnSelect = func(keys []string) { say("select %s", strings.Join(keys, "+")) }
	s.OnToggle = func(keys []string) { say("toggle %s", strings.Join(keys, "+")) }
	s.OnActivate = func(key string) { say("activate %s", key) }
	s.OnMenu = func(keys []string, _ fyne.Position) { say("menu %s", strings.Join(keys, "+")) }
	return s
}

func basket() *stand {
	return newStand(fruit{"apple", 120, Checked}, fruit{"banana", 180, Unchecked}, fruit{"cherry", 8, Mixed},
		fruit{"date", 7, NoCheck}, fruit{"elderberry with a name that does not fit at all", 1, Checked}, fruit{"fig", 50, Checked})
}

// said returns what the table told since the last call.
func (s *stand) said() string {
	out := strings.Join(s.log, ", ")
	s.log = nil
	return out
}

// row returns the widget of a visible row.
func (s *stand) row(t *testing.T, index int) *tableRow {
	t.Helper()
	for _, o := range test.LaidOutObjects(s.list) {
		if r, ok := o.(*tableRow); ok && r.index == index && r.Visible() {
			return r
		}
	}
	t.Fatalf("row %d is not shown", index)
	return nil
}

func (s *stand) click(t *testing.T, index int, m fyne.KeyModifier) {
	t.Helper()
	s.row(t, index).MouseDown(&desktop.MouseEvent{
		PointEvent: fyne.PointEvent{Position: fyne.NewPos(150, 5)}, Button: desktop.MouseButtonPrimary, Modifier: m,
	})
}

func TestTableClicks(t *testing.T) {
	inTheme(t, "light")
	s := basket()
	show(t, s.DataTable, 480, 300)
	test := func(row int, m fyne.KeyModifier, want string) {
		t.Helper()
		s.click(t, row, m)
		equal(t, "said", s.said(), want)
	}
	test(1, 0, "select banana")
	test(3, fyne.KeyModifierShift, "select banana+cherry+date")
	test(0, fyne.KeyModifierControl, "select apple+banana+cherry+date")
	test(2, fyne.KeyModifierControl, "select apple+banana+date")
	test(3, fyne.KeyModifierShift, "select cherry+date")
	test(5, fyne.KeyModifierShift|fyne.KeyModifierControl, "select cherry+date+elderberry with a name that does not fit at all+fig")
	test(0, 0, "select apple")

	s.row(t, 2).DoubleTapped(&fyne.PointEvent{Position: fyne.NewPos(150, 5)})
	equal(t, "said", s.said(), "activate cherry")
	s.row(t, 3).TappedSecondary(&fyne.PointEvent{})
	equal(t, "said", s.said(), "select date, menu date")
}

func TestTableCheckBoxes(t *testing.T) {
	inTheme(t, "light")
	s := basket()
	show(t, s.DataTable, 480, 300)
	box := func(row int) {
		s.row(t, row).MouseDown(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(14, 10)}, Button: desktop.MouseButtonPrimary})
	}
	box(2)
	equal(t, "said", s.said(), "toggle cherry")
	s.Select("apple", "cherry")
	box(2)
	equal(t, "said", s.said(), "toggle apple+cherry")
	box(1)
	equal(t, "said", s.said(), "toggle banana")
	box(3) // has no box
	equal(t, "said", s.said(), "select date")
}

func TestTableKeys(t *testing.T) {
	inTheme(t, "light")
	s := basket()
	win := show(t, s.DataTable, 480, 300)
	win.Canvas().Focus(s.Focusable())
	press := func(want string, keys ...fyne.KeyName) {
		t.Helper()
		for _, k := range keys {
			win.Canvas().Focused().TypedKey(key(k))
		}
		equal(t, "said", s.said(), want)
	}
	press("select banana", fyne.KeyDown)
	press("select apple", fyne.KeyUp)
	press("select apple", fyne.KeyUp)
	press("select fig", fyne.KeyEnd)
	press("select apple", fyne.KeyHome)
	press("select fig", fyne.KeyPageDown)
	press("select apple", fyne.KeyPageUp)
	press("toggle apple", fyne.KeySpace)
	press("activate apple", fyne.KeyReturn)
	press("menu apple", desktop.KeyMenu)
	s.list.KeyDown(key(desktop.KeyShiftLeft))
	press("select apple+banana, select apple+banana+cherry", fyne.KeyDown, fyne.KeyDown)
	s.list.KeyUp(key(desktop.KeyShiftLeft))
	press("toggle apple+banana+cherry", fyne.KeySpace)

	s.list.TypedShortcut(&fyne.ShortcutSelectAll{})
	if got := len(s.Selected()); got != 6 {
		t.Errorf("Ctrl+A selected %d rows, want 6", got)
	}
}

func TestTableTypeAhead(t *testing.T) {
	inTheme(t, "light")
	s := newStand(fruit{name: "apple"}, fruit{name: "banana"}, fruit{name: "Blackberry"}, fruit{name: "blueberry"}, fruit{name: "cherry"})
	show(t, s.DataTable, 480, 300)
	now := time.Unix(0, 0)
	s.typed.now = func() time.Time { return now }
	typing := func(text, want string) {
		t.Helper()
		for _, r := range text {
			s.list.TypedRune(r)
		}
		equal(t, "selected after "+text, strings.Join(s.Selected(), "+"), want)
		now = now.Add(2 * typePause)
	}
	typing("bl", "Blackberry")
	typing("BLU", "blueberry")
	typing("b", "banana") // the next one, around the end
	typing("bb", "blueberry")
	typing("x", "blueberry")
	typing("c", "cherry")
}

func TestTableSelectionSurvivesSortAndFilter(t *testing.T) {
	inTheme(t, "light")
	s := basket()
	show(t, s.DataTable, 480, 300)
	s.Select("banana", "fig")
	all := slices.Clone(s.rows)

	slices.SortFunc(s.rows, func(a, b fruit) int { return cmp.Compare(b.name, a.name) })
	s.DataChanged()
	equal(t, "after sorting", s.Selected(), []string{"fig", "banana"})
	equal(t, "cursor", s.Key(s.sel.cursor), "banana")

	s.rows = []fruit{all[0], all[5]}
	s.DataChanged()
	equal(t, "after filtering", s.Selected(), []string{"fig"})

	s.rows = all
	s.DataChanged()
	equal(t, "after the filter", s.Selected(), []string{"banana", "fig"})
	s.rows = nil
	s.DataChanged()
	equal(t, "without rows", s.Selected(), []string{})
	s.list.TypedKey(key(fyne.KeyDown))
	s.list.TypedRune('a')
	if s.said() != "" {
		t.Error("an empty table told something")
	}
}

func TestTableNeverSortsItself(t *testing.T) {
	inTheme(t, "light")
	s := basket()
	show(t, s.DataTable, 480, 300)
	tap := func(x float32, want string) {
		t.Helper()
		test.TapAt(s.header, fyne.NewPos(x, 10))
		equal(t, "said", s.said(), want)
	}
	tap(40, "sort name false")
	tap(40, "sort name true")
	tap(260, "sort grams true")
	tap(260, "sort grams false")
	equal(t, "first row", s.row(t, 0).cells[0].cell.Text, "apple")
}

func TestTableColumns(t *testing.T) {
	inTheme(t, "light")
	s := basket()
	show(t, s.DataTable, 500, 300)
	var saved TableState
	s.OnState = func(st TableState) { saved = st }
	ids := func() string {
		var out []string
		for _, i := range s.visibleColumns() {
			out = append(out, s.columns[i].ID)
		}
		return strings.Join(out, " ")
	}
	drag := func(from, to float32) {
		steps := float32(4)
		for i := float32(1); i <= steps; i++ {
			s.header.Dragged(&fyne.DragEvent{
				PointEvent: fyne.PointEvent{Position: fyne.NewPos(from+(to-from)*i/steps, 5)},
				Dragged:    fyne.NewDelta((to-from)/steps, 0),
			})
		}
		s.header.DragEnd()
	}
	edge := s.columns[1].x + s.columns[1].w
	before := s.columns[1].w
	drag(edge, edge+30)
	equal(t, "dragged width", s.columns[1].w, before+30)
	drag(s.columns[1].x+s.columns[1].w, 0)
	equal(t, "least width", s.columns[1].w, float32(leastWidth))

	drag(20, s.columns[1].x+s.columns[1].w-2)
	equal(t, "order", ids(), "grams name note")
	s.MoveColumn("note", 0)
	equal(t, "order", ids(), "note grams name")

	s.ShowColumn("grams", false)
	equal(t, "shown", ids(), "note name")
	menu := s.ColumnMenu()
	if len(menu.Items) != 3 || menu.Items[1].Checked || !menu.Items[0].Checked {
		t.Errorf("the menu does not tell what is shown: %+v", menu.Items)
	}
	s.ShowColumn("note", false)
	s.ShowColumn("name", false)
	equal(t, "the last column stays", ids(), "name")

	other := basket()
	show(t, other.DataTable, 500, 300)
	saved.Columns = append(saved.Columns, ColumnState{ID: "gone"})
	saved.Sort = SortState{"grams", true}
	other.SetState(saved)
	if got := other.State(); got.Columns[0] != saved.Columns[0] || len(got.Columns) != 3 || got.Sort != saved.Sort {
		t.Errorf("SetState took %+v over as %+v", saved, got)
	}
}

// TestNamesStay: the column that names the rows is not hidden, by nobody.
func TestNamesStay(t *testing.T) {
	s := NewDataTable(Column{ID: "name", Title: "Name", Names: true}, Column{ID: "size", Title: "Size"})
	s.Length = func() int { return 0 }
	if items := s.ColumnMenu().Items; !items[0].Disabled || items[1].Disabled {
		t.Errorf("the menu offers %v, %v", items[0], items[1])
	}
	s.ShowColumn("name", false)
	s.SetState(TableState{Columns: []ColumnState{{ID: "size"}, {ID: "name", Hidden: true}}})
	for _, c := range s.State().Columns {
		equal(t, c.ID+" is hidden", c.Hidden, false)
	}
}

func TestTableScrollsSideways(t *testing.T) {
	inTheme(t, "light")
	s := basket()
	show(t, s.DataTable, 260, 300)
	if !s.bar.Visible() {
		t.Fatal("no scroll bar, though the columns are wider than the table")
	}
	s.list.TypedKey(key(fyne.KeyRight))
	if s.offX != 40 {
		t.Errorf("Right scrolled to %v, want 40", s.offX)
	}
	s.row(t, 0).Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(-1000, 0)})
	if want := s.contentWidth() - 260; s.offX != want {
		t.Errorf("the wheel scrolled to %v, want the end at %v", s.offX, want)
	}
	s.bar.Dragged(&fyne.DragEvent{Dragged: fyne.NewDelta(-1000, 0)})
	if s.offX != 0 {
		t.Errorf("dragging the bar scrolled to %v, want 0", s.offX)
	}
}

func TestTableTSV(t *testing.T) {
	inTheme(t, "light")
	s := newStand(fruit{name: "a\tb", grams: 1}, fruit{name: "c", grams: 2})
	show(t, s.DataTable, 480, 200)
	equal(t, "all", s.TSV(), "Name\tWeight\tWhere it comes from\na b\t1 g\tthe market\nc\t2 g\tthe market\n")
	s.Select("c")
	s.ShowColumn("note", false)
	s.Copy = func(row int, column string) string { return column + "!" }
	s.list.TypedShortcut(&fyne.ShortcutCopy{})
	equal(t, "copied", fyne.CurrentApp().Clipboard().Content(), "Name\tWeight\nname!\tgrams!\n")
}

// TestTableAsksForVisibleRowsOnly counts the cells.
func TestTableAsksForVisibleRowsOnly(t *testing.T) {
	inTheme(t, "light")
	s := newStand(make([]fruit, 100_000)...)
	s.Key = func(i int) string { return fmt.Sprint(i) }
	asked := map[int]bool{}
	cell := s.Cell
	s.Cell = func(i int, c string) Cell { asked[i] = true; return cell(i, c) }
	show(t, s.DataTable, 480, 400)
	s.Refresh()
	if len(asked) > 30 {
		t.Errorf("%d rows were asked for, want those in 400 pixels", len(asked))
	}
	s.list.TypedKey(key(fyne.KeyEnd))
	s.row(t, 99_999)
	if got, want := s.list.GetScrollOffset()+s.list.Size().Height, 100_000*s.rowHeight(); got != want {
		t.Errorf("the end of 100,000 rows is at %v, want %v", got, want)
	}
}

func TestTableFooterStays(t *testing.T) {
	inTheme(t, "light")
	s := basket()
	s.Footer = func(c string) Cell { return Cell{Text: "sum of " + c, Bold: true} }
	show(t, s.DataTable, 480, 120)
	s.list.TypedKey(key(fyne.KeyEnd))
	equal(t, "footer", s.footer.cells[0].text.Text, "sum of name")
	if got, want := s.footer.Position().Y, 120-s.rowHeight(); got != want {
		t.Errorf("footer at %v, want %v", got, want)
	}
}

func TestTableTips(t *testing.T) {
	inTheme(t, "light")
	s := basket()
	l := tipLayer(s.DataTable)
	show(t, l, 480, 300)
	r := s.row(t, 1)
	over := func(x float32) {
		r.MouseMoved(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(x, 5), AbsolutePosition: fyne.NewPos(x, 60)}})
	}
	over(270)
	equal(t, "tip", l.text, "exactly")
	l.show()
	if !l.box.Visible() || len(l.lines) != 1 {
		t.Error("the tip is not shown")
	}
	r = s.row(t, 4)
	over(60)
	equal(t, "tip of a name that does not fit", l.text, s.rows[4].name)
	s.row(t, 0)
	over(475)
	if l.box.Visible() || l.text != "" {
		t.Error("the tip outlived its cell")
	}
}

func TestTableIsRead(t *testing.T) {
	inTheme(t, "light")
	s := basket()
	s.CheckWord = func(c Check) string { return []string{"", "off", "on", "partly"}[c] }
	show(t, s.DataTable, 480, 300)
	equal(t, "label", s.row(t, 2).AccessibilityLabel(), "partly, Name cherry, Weight 8 g, Where it comes from the market  2 km")
}

func TestTableLooks(t *testing.T) {
	golden(t, "table", 420, 190, func() fyne.CanvasObject {
		s := basket()
		s.Footer = func(c string) Cell {
			return map[string]Cell{"name": {Text: "6 rows", Bold: true}, "grams": {Text: "366 g", Bold: true}}[c]
		}
		s.SetSort("grams", true)
		s.Select("cherry")
		s.setFocused(true)
		return s.DataTable
	})
}

func bigTable(b *testing.B) *stand {
	inTheme(b, "light")
	rows := make([]fruit, 100_000)
	for i := range rows {
		rows[i] = fruit{fmt.Sprintf("package-number-%d-with-a-long-name", i), i % 500, Checked}
	}
	s := newStand(rows...)
	show(b, s.DataTable, 1000, 800)
	return s
}

// BenchmarkTableScroll scrolls a page of 100,000 rows, without painting.
func BenchmarkTableScroll(b *testing.B) {
	s := bigTable(b)
	var y float32
	for b.Loop() {
		y += 700
		if y > 2_000_000 {
			y = 0
		}
		s.list.ScrollToOffset(y)
	}
}

func BenchmarkTableRefresh(b *testing.B) {
	s := bigTable(b)
	for b.Loop() {
		s.Refresh()
	}
}

func BenchmarkTableDataChanged(b *testing.B) {
	s := bigTable(b)
	s.Select(s.rows[50_000].name)
	for b.Loop() {
		slices.Reverse(s.rows)
		s.DataChanged()
	}
}
