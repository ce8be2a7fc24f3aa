package widgets

import (
	"image/color"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// A cellRow draws one row of cells: the footer as it is, the rows of the
// list inside a tableRow. Lists reuse their rows, so nothing in it outlives
// the next call of show.
type cellRow struct {
	widget.BaseWidget
	t      *DataTable
	ground color.NRGBA
	back   *canvas.Rectangle // ground, hover, selection
	marker *canvas.Rectangle // at the left of a selected row: a shape beside the colour
	frame  *canvas.Rectangle // around the row with the cursor
	line   *canvas.Rectangle // below
	cells  []*cellView       // by index of the column
}

// A cellView holds the objects of a cell; they are made when first needed.
type cellView struct {
	cell         Cell
	track, fill  *canvas.Rectangle
	check, icon  *canvas.Image
	text, second *canvas.Text
	strike       *canvas.Rectangle
	checkEnd     float32 // x where the check box ends, 0 if there is none
}

func newCellRow(t *DataTable) *cellRow {
	r := &cellRow{t: t}
	r.init()
	r.ExtendBaseWidget(r)
	return r
}

func (r *cellRow) init() {
	r.back = canvas.NewRectangle(color.Transparent)
	r.marker = canvas.NewRectangle(color.Transparent)
	r.frame = canvas.NewRectangle(color.Transparent)
	r.line = canvas.NewRectangle(color.Transparent)
	r.frame.StrokeWidth = 1
	r.marker.Hide()
	r.frame.Hide()
}

// show fills the row with what get returns for each visible column.
func (r *cellRow) show(get func(column string) Cell) {
	for len(r.cells) < len(r.t.columns) {
		r.cells = append(r.cells, &cellView{})
	}
	setGround(r.back, r.ground, r.t.colors)
	r.line.FillColor = r.t.colors.Line
	for i := range r.t.columns {
		c := &r.t.columns[i]
		v := r.cells[i]
		if c.Hidden || c.x-r.t.offX >= r.Size().Width || c.x+c.w <= r.t.offX {
			v.hide()
			continue
		}
		v.cell = get(c.ID)
		v.place(r.t, c, r.Size().Height)
	}
	r.placeFrame()
	r.back.Refresh() // a rectangle has no texture: this is but a repaint
}

func (r *cellRow) placeFrame() {
	s := r.Size()
	r.back.Resize(s)
	r.frame.Move(fyne.NewPos(1, 1)) // a stroke on the edge would be cut
	r.frame.Resize(fyne.NewSize(max(s.Width-2, 0), max(s.Height-3, 0)))
	r.marker.Resize(fyne.NewSize(3, s.Height))
	r.line.Resize(fyne.NewSize(s.Width, 1))
	r.line.Move(fyne.NewPos(0, s.Height-1))
}

// MinSize is part of fyne.Widget. The list asks for it on every refresh.
func (r *cellRow) MinSize() fyne.Size { return fyne.NewSize(1, r.t.rowHeight()) }

// CreateRenderer is part of fyne.Widget.
func (r *cellRow) CreateRenderer() fyne.WidgetRenderer { return cellRowRenderer{r} }

type cellRowRenderer struct{ r *cellRow }

func (cr cellRowRenderer) Destroy()           {}
func (cr cellRowRenderer) Layout(fyne.Size)   { cr.r.placeFrame() }
func (cr cellRowRenderer) MinSize() fyne.Size { return cr.r.MinSize() }
func (cr cellRowRenderer) Refresh()           {}
func (cr cellRowRenderer) Objects() []fyne.CanvasObject {
	r := cr.r
	out := make([]fyne.CanvasObject, 0, 4+3*len(r.cells))
	out = append(out, r.back, r.line)
	for _, v := range r.cells {
		out = v.objects(out)
	}
	return append(out, r.marker, r.frame)
}

func (v *cellView) objects(out []fyne.CanvasObject) []fyne.CanvasObject {
	if v.track != nil {
		out = append(out, v.track, v.fill)
	}
	if v.check != nil {
		out = append(out, v.check)
	}
	if v.icon != nil {
		out = append(out, v.icon)
	}
	if v.text != nil {
		out = append(out, v.text)
	}
	if v.second != nil {
		out = append(out, v.second)
	}
	if v.strike != nil {
		out = append(out, v.strike)
	}
	return out
}

func (v *cellView) hide() {
	for _, o := range v.objects(nil) {
		o.Hide()
	}
	v.cell, v.checkEnd = Cell{}, 0
}

// tip is the cell's tooltip, or else what had no room.
func (v *cellView) tip() string {
	if v.cell.Tooltip != "" || v.cell.Text == "" || v.text == nil {
		return v.cell.Tooltip
	}
	secondShown := v.cell.Secondary == "" || v.second != nil && v.second.Visible() && v.second.Text == v.cell.Secondary
	if v.text.Visible() && v.text.Text == v.cell.Text && secondShown {
		return ""
	}
	return joined(v.cell.Text, v.cell.Secondary)
}

const cellPad = 8

// place lays the cell out within its column.
func (v *cellView) place(t *DataTable, c *column, h float32) {
	x0 := c.x - t.offX
	left, right := x0+cellPad, x0+c.w-cellPad
	v.placeBar(t, left, right, h)
	left = v.placeIcons(t, left, right, h)
	v.placeText(t, c, left, right, h)
}

// placeBar draws the bar below the text.
func (v *cellView) placeBar(t *DataTable, left, right, h float32) {
	if !v.cell.HasBar && v.cell.Bar == 0 {
		setVisible(false, rect(v.track), rect(v.fill))
		return
	}
	if v.track == nil {
		v.track, v.fill = newRect(), newRect()
	}
	const thick = 3
	v.track.FillColor, v.fill.FillColor = t.colors.Track, t.colors.fill(v.cell.BarFill)
	if v.cell.Dimmed {
		v.fill.FillColor = mix(t.colors.fill(v.cell.BarFill), t.colors.Background, 0.45)
	}
	wide := max(right-left, 0)
	part := wide * max(min(v.cell.Bar, 1), 0)
	if v.cell.Bar > 0 {
		part = max(part, 1) // what is there is seen
	}
	v.track.Move(fyne.NewPos(left, h-thick-1))
	v.track.Resize(fyne.NewSize(wide, thick))
	v.fill.Move(fyne.NewPos(left, h-thick-1))
	v.fill.Resize(fyne.NewSize(part, thick))
	setVisible(true, v.track, v.fill)
}

// placeIcons draws check box and icon, and returns where the text begins.
func (v *cellView) placeIcons(t *DataTable, left, right, h float32) float32 {
	v.checkEnd = 0
	size := theme.SizeForWidget(theme.SizeNameInlineIcon, t)
	put := func(img **canvas.Image, res fyne.Resource) {
		if res == nil || left+size > right+cellPad {
			setVisible(false, picture(*img))
			return
		}
		if *img == nil {
			*img = canvas.NewImageFromResource(res)
			(*img).FillMode = canvas.ImageFillContain
		}
		if (*img).Resource != res {
			(*img).Resource = res
			(*img).Refresh()
		}
		(*img).Resize(fyne.NewSquareSize(size))
		(*img).Move(fyne.NewPos(left, (h-size)/2))
		(*img).Show()
		left += size + 4
	}
	put(&v.check, checkIcon(v.cell.Check))
	if v.cell.Check != NoCheck {
		v.checkEnd = left
	}
	put(&v.icon, v.cell.Icon)
	return left
}

// checkIcon returns the theme's picture of a check box.
func checkIcon(c Check) fyne.Resource {
	switch c {
	case Unchecked:
		return theme.CheckButtonIcon()
	case Checked:
		return theme.CheckButtonCheckedIcon()
	case Mixed:
		return theme.Icon(theme.IconNameCheckButtonPartial)
	}
	return nil
}

func (v *cellView) placeText(t *DataTable, c *column, left, right, h float32) {
	size := theme.SizeForWidget(theme.SizeNameText, t)
	style := fyne.TextStyle{Bold: v.cell.Bold}
	fit := t.short.fit
	if c.Names {
		fit = t.short.fitName
	}
	shown := fit(v.cell.Text, right-left, size, style)
	put(&v.text, shown, size, style, t.tone(v.cell))
	setVisible(false, text(v.second), rect(v.strike))
	if shown == "" {
		return
	}
	ts := fyne.MeasureText(shown, size, style)
	x := left
	if c.Numeric {
		x = right - ts.Width
	}
	y := (h-ts.Height)/2 - 1 // clear of a bar, and level with the cells that have none
	v.text.Move(fyne.NewPos(x, y))
	v.text.Resize(ts)
	if v.cell.Struck {
		if v.strike == nil {
			v.strike = newRect()
		}
		v.strike.FillColor = v.text.Color
		v.strike.Move(fyne.NewPos(x, float32(int(y+ts.Height*0.55))))
		v.strike.Resize(fyne.NewSize(ts.Width, 1))
		v.strike.Show()
	}
	v.placeSecond(t, c, x, ts.Width, left, right, h, y)
}

// placeSecond writes the smaller text after the first, or before it in a
// numeric column.
func (v *cellView) placeSecond(t *DataTable, c *column, x, width, left, right, h, y float32) {
	if v.cell.Secondary == "" {
		return
	}
	size := theme.SizeForWidget(theme.SizeNameCaptionText, t)
	from, to := x+width+6, right
	if c.Numeric {
		from, to = left, x-6
	}
	shown := t.short.fit(v.cell.Secondary, to-from, size, fyne.TextStyle{})
	if shown != v.cell.Secondary && utf8.RuneCountInString(shown) < 5 { // says nothing
		return
	}
	put(&v.second, shown, size, fyne.TextStyle{}, t.colors.Muted)
	ts := fyne.MeasureText(shown, size, fyne.TextStyle{})
	if c.Numeric {
		from = to - ts.Width
	}
	v.second.Move(fyne.NewPos(from, y+(v.text.Size().Height-ts.Height)*0.75))
	v.second.Resize(ts)
}

// tone is the colour of a cell's text.
func (t *DataTable) tone(c Cell) color.NRGBA {
	switch {
	case c.Dimmed:
		return t.colors.Muted
	case c.Tone == Good:
		return t.colors.Good
	case c.Tone == Bad:
		return t.colors.Bad
	}
	return t.colors.Text
}

// put sets a text, and refreshes it only if that changes its picture. It names the
// font: of texts that do not, Fyne loads all fonts anew for each list with a theme
// of its own, and keeps them for good.
func put(at **canvas.Text, shown string, size float32, style fyne.TextStyle, col color.NRGBA) {
	if shown == "" {
		setVisible(false, text(*at))
		return
	}
	if *at == nil {
		*at = canvas.NewText("", col)
	}
	o := *at
	o.FontSource = current().Font(style)
	if o.Text != shown || o.TextSize != size || o.TextStyle != style || o.Color != col {
		o.Text, o.TextSize, o.TextStyle, o.Color = shown, size, style, col
		o.Refresh()
	}
	o.Show()
}

// These keep a nil pointer from becoming an object that is not nil.
func rect(r *canvas.Rectangle) fyne.CanvasObject { return orNil(r, r == nil) }
func text(r *canvas.Text) fyne.CanvasObject      { return orNil(r, r == nil) }
func picture(r *canvas.Image) fyne.CanvasObject  { return orNil(r, r == nil) }

func orNil(o fyne.CanvasObject, isNil bool) fyne.CanvasObject {
	if isNil {
		return nil
	}
	return o
}

func setVisible(on bool, objects ...fyne.CanvasObject) {
	for _, o := range objects {
		if o == nil || o.Visible() == on {
			continue
		}
		if on {
			o.Show()
		} else {
			o.Hide()
		}
	}
}
