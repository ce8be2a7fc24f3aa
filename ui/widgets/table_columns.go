package widgets

// A TableState is what the user changed about a table. It can be saved as
// JSON and set on the next start.
type TableState struct {
	Columns []ColumnState `json:"columns"` // from left to right
	Sort    SortState     `json:"sort"`
}

// A ColumnState is the place in the slice, the width and the visibility of a
// column.
type ColumnState struct {
	ID     string  `json:"id"`
	Width  float32 `json:"width"`
	Hidden bool    `json:"hidden,omitempty"`
}

// A SortState says which column the rows are ordered by; "" is none.
type SortState struct {
	Column     string `json:"column,omitempty"`
	Descending bool   `json:"descending,omitempty"`
}

// A column with what the user made of it.
type column struct {
	Column
	width float32 // wanted
	x, w  float32 // as laid out, before scrolling
}

const (
	defaultWidth = 120
	leastWidth   = 48
)

func newColumn(c Column) column {
	if c.Width == 0 {
		c.Width = defaultWidth
	}
	if c.Min == 0 {
		c.Min = min(leastWidth, c.Width)
		if c.Flex { // gives way to the others, but stays worth reading
			c.Min = max(c.Min, float32(int(c.Width*0.7)))
		}
	}
	return column{Column: c, width: c.Width}
}

// State returns the columns and the order, for SetState.
func (t *DataTable) State() TableState {
	s := TableState{Sort: t.sort}
	for _, c := range t.columns {
		s.Columns = append(s.Columns, ColumnState{c.ID, c.width, c.Hidden})
	}
	return s
}

// SetState takes over what an earlier State returned. Unknown columns are
// passed over; columns that it does not name follow in their own order.
func (t *DataTable) SetState(s TableState) {
	var out []column
	for _, want := range s.Columns {
		i := t.column(want.ID)
		if i < 0 {
			continue
		}
		c := t.columns[i]
		c.Hidden = want.Hidden && !c.Names
		if want.Width > 0 {
			c.width = max(want.Width, c.Min)
		}
		out = append(out, c)
		t.columns = append(t.columns[:i:i], t.columns[i+1:]...)
	}
	t.columns = append(out, t.columns...)
	if len(t.visibleColumns()) == 0 && len(t.columns) > 0 {
		t.columns[0].Hidden = false
	}
	t.sort = s.Sort
	t.Refresh()
}

// SetSort shows the arrow in the header of a column; "" shows none. It does
// not call OnSort.
func (t *DataTable) SetSort(column string, descending bool) {
	t.sort = SortState{column, descending}
	t.header.Refresh()
}

// ShowColumn shows or hides a column. The last visible one stays, and that of the
// names.
func (t *DataTable) ShowColumn(id string, on bool) {
	i := t.column(id)
	if i < 0 || !on && t.columns[i].Names || !on && len(t.visibleColumns()) == 1 && !t.columns[i].Hidden {
		return
	}
	t.columns[i].Hidden = !on
	t.stateChanged()
}

// MoveColumn gives a column another place among the visible ones, counted
// from 0.
func (t *DataTable) MoveColumn(id string, place int) {
	from := t.column(id)
	visible := t.visibleColumns()
	if from < 0 || t.columns[from].Hidden || len(visible) == 0 {
		return
	}
	to := visible[min(max(place, 0), len(visible)-1)]
	c := t.columns[from]
	t.columns = append(t.columns[:from:from], t.columns[from+1:]...)
	t.columns = append(t.columns[:to:to], append([]column{c}, t.columns[to:]...)...)
	t.stateChanged()
}

// SetColumnWidth changes a width, in pixels, but not below the column's
// least.
func (t *DataTable) SetColumnWidth(id string, width float32) {
	if i := t.column(id); i >= 0 {
		t.columns[i].width = max(width, t.columns[i].Min)
		t.stateChanged()
	}
}

func (t *DataTable) stateChanged() {
	t.Refresh()
	if t.OnState != nil {
		t.OnState(t.State())
	}
}

// column returns the index of the column with that ID, or -1.
func (t *DataTable) column(id string) int {
	for i := range t.columns {
		if t.columns[i].ID == id {
			return i
		}
	}
	return -1
}

// visibleColumns returns the indexes of the columns that are shown.
func (t *DataTable) visibleColumns() []int {
	var out []int
	for i := range t.columns {
		if !t.columns[i].Hidden {
			out = append(out, i)
		}
	}
	return out
}

// layoutColumns places the columns side by side. Room that is left goes to
// the Flex columns, or else stays empty; Flex columns give way first.
func (t *DataTable) layoutColumns(width float32) {
	var sum, flex, give float32
	for i := range t.columns {
		if c := &t.columns[i]; !c.Hidden {
			sum += c.width
			if c.Flex {
				flex++
				give += c.width - c.Min
			}
		}
	}
	extra := width - scrollRoom - sum
	var x float32
	for i := range t.columns {
		c := &t.columns[i]
		if c.Hidden {
			continue
		}
		c.x, c.w = x, c.width
		if c.Flex && extra > 0 {
			c.w += extra / flex
		} else if c.Flex && give > 0 {
			c.w -= min(1, -extra/give) * (c.width - c.Min)
		}
		c.w = float32(int(c.w))
		x += c.w
	}
	t.offX = max(min(t.offX, x+scrollRoom-width), 0)
}

// scrollRoom keeps figures clear of the scroll bar at the right.
const scrollRoom = 14

// contentWidth is the width of all visible columns.
func (t *DataTable) contentWidth() float32 {
	var most float32
	for i := range t.columns {
		if c := &t.columns[i]; !c.Hidden {
			most = max(most, c.x+c.w)
		}
	}
	return most + scrollRoom
}

// scrollTo scrolls sideways.
func (t *DataTable) scrollTo(x float32) {
	x = max(min(x, t.contentWidth()-t.Size().Width), 0)
	if x != t.offX {
		t.offX = x
		t.Refresh()
	}
}

// columnAt returns the index of the column at x in the table, or -1.
func (t *DataTable) columnAt(x float32) int {
	x += t.offX
	for i := range t.columns {
		if c := &t.columns[i]; !c.Hidden && x >= c.x && x < c.x+c.w {
			return i
		}
	}
	return -1
}
