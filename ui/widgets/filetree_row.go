package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// A treeRow draws one visible node. Lists reuse their rows.
type treeRow struct {
	widget.BaseWidget
	t       *FileTree
	index   int
	shown   TreeNode
	hovered bool
	twistie float32 // where the arrow begins, or -1

	back, marker, frame, strike *canvas.Rectangle
	track, fill                 *canvas.Rectangle
	arrow, icon, mark           *canvas.Image
	name                        *canvas.Text
	values                      []*canvas.Text
}

func newTreeRow(t *FileTree) *treeRow {
	r := &treeRow{t: t, index: -1, twistie: -1}
	for _, at := range []**canvas.Rectangle{&r.back, &r.marker, &r.frame, &r.strike, &r.track, &r.fill} {
		*at = canvas.NewRectangle(color.Transparent)
	}
	for _, at := range []**canvas.Image{&r.arrow, &r.icon, &r.mark} {
		*at = &canvas.Image{FillMode: canvas.ImageFillContain}
		(*at).Hide()
	}
	r.frame.StrokeWidth = 1
	r.name = canvas.NewText("", nil)
	for range t.columns {
		r.values = append(r.values, canvas.NewText("", nil))
	}
	r.ExtendBaseWidget(r)
	return r
}

// Resize is part of fyne.Widget.
func (r *treeRow) Resize(s fyne.Size) {
	old := r.Size()
	r.BaseWidget.Resize(s)
	if old != s && r.index >= 0 && r.index < len(r.t.lines) {
		r.update(r.index)
	}
}

// MinSize is part of fyne.Widget.
func (r *treeRow) MinSize() fyne.Size { return fyne.NewSize(1, r.t.rowHeight()) }

const (
	indent   = 16
	iconSize = 18
)

// update makes r the row of a visible line.
func (r *treeRow) update(i int) {
	t := r.t
	r.index = i
	if i < 0 || i >= len(t.lines) {
		return
	}
	line := t.lines[i]
	r.shown = t.Node(line.node)
	s := r.Size()
	x := float32(line.depth)*indent + 4
	r.twistie = -1
	arrow := theme.MenuExpandIcon()
	if t.open[line.node] {
		arrow = theme.MenuDropDownIcon()
	}
	if r.shown.Folder {
		r.twistie = x
	}
	r.picture(r.arrow, arrow, r.shown.Folder, x)
	x += iconSize
	icon := theme.FileIcon()
	if r.shown.Folder || r.shown.Empty {
		icon = theme.FolderIcon()
	}
	r.picture(r.icon, icon, true, x)
	x += iconSize + 4
	r.picture(r.mark, markIcon(r.shown.Mark), r.shown.Mark != NoMark, x)
	if r.shown.Mark != NoMark {
		x += iconSize + 2
	}
	right := r.placeValues(s)
	r.placeName(x, right-8, s.Height)
	r.paint()
}

// markIcon is the theme's picture of a mark.
func markIcon(m Mark) fyne.Resource {
	switch m {
	case Added:
		return theme.ContentAddIcon()
	case Changed:
		return theme.DocumentCreateIcon()
	case Removed:
		return theme.ContentRemoveIcon()
	}
	return nil
}

func (r *treeRow) picture(img *canvas.Image, res fyne.Resource, on bool, x float32) {
	if on && img.Resource != res {
		img.Resource = res
		img.Refresh()
	}
	img.Resize(fyne.NewSquareSize(iconSize))
	img.Move(fyne.NewPos(x, (r.Size().Height-iconSize)/2))
	setVisible(on, img)
}

// placeValues writes the figures and returns where they begin.
func (r *treeRow) placeValues(s fyne.Size) float32 {
	t := r.t
	size := theme.SizeForWidget(theme.SizeNameText, t)
	right := s.Width - scrollRoom
	for c := len(t.columns) - 1; c >= 0; c-- {
		shown := ""
		if c < len(r.shown.Values) {
			shown = t.short.fit(r.shown.Values[c], t.columns[c].room(), size, fyne.TextStyle{})
		}
		put(&r.values[c], shown, size, fyne.TextStyle{}, r.textColor())
		if shown != "" {
			m := fyne.MeasureText(shown, size, fyne.TextStyle{})
			r.values[c].Move(fyne.NewPos(t.columns[c].place(right, m.Width), (s.Height-m.Height)/2-1))
			r.values[c].Resize(m)
		}
		if c == 0 {
			r.placeBar(right-t.columns[c].Width+cellPad, t.columns[c].Width-cellPad, s.Height)
		}
		right -= t.columns[c].Width
	}
	return right
}

func (r *treeRow) placeBar(x, wide, h float32) {
	const thick = 3
	on := r.shown.Bar > 0
	r.track.FillColor, r.fill.FillColor = r.t.colors.Track, r.t.colors.fill(0)
	r.track.Move(fyne.NewPos(x, h-thick-1))
	r.track.Resize(fyne.NewSize(wide, thick))
	r.fill.Move(fyne.NewPos(x, h-thick-1))
	r.fill.Resize(fyne.NewSize(max(wide*min(r.shown.Bar, 1), 1), thick))
	setVisible(on, r.track, r.fill)
}

func (r *treeRow) textColor() color.NRGBA {
	if r.shown.Dimmed || r.shown.Mark == Removed {
		return r.t.colors.Muted
	}
	return r.t.colors.Text
}

func (r *treeRow) placeName(x, right, h float32) {
	t := r.t
	size := theme.SizeForWidget(theme.SizeNameText, t)
	style := fyne.TextStyle{Bold: r.shown.Bold}
	shown := t.short.fitName(r.shown.Name, right-x, size, style)
	put(&r.name, shown, size, style, r.textColor())
	m := fyne.MeasureText(shown, size, style)
	y := (h - m.Height) / 2
	r.name.Move(fyne.NewPos(x, y))
	r.name.Resize(m)
	r.strike.FillColor = r.name.Color
	r.strike.Move(fyne.NewPos(x, float32(int(y+m.Height*0.55))))
	r.strike.Resize(fyne.NewSize(m.Width, 1))
	setVisible(r.shown.Mark == Removed && shown != "", r.strike)
}

// paint shows hover, selection and cursor.
func (r *treeRow) paint() {
	t, s := r.t, r.Size()
	selected := r.index == t.cursor
	ground := t.colors.Background
	if selected {
		ground = over(t.colors.Selection, ground)
	}
	if r.hovered {
		ground = over(t.colors.Hover, ground)
	}
	setGround(r.back, ground, t.colors)
	r.marker.FillColor, r.frame.StrokeColor = t.colors.Accent, t.colors.Accent
	r.back.Resize(s)
	r.marker.Resize(fyne.NewSize(3, s.Height))
	r.frame.Move(fyne.NewPos(1, 1))
	r.frame.Resize(fyne.NewSize(max(s.Width-2, 0), max(s.Height-2, 0)))
	setVisible(selected, r.marker)
	setVisible(selected && t.focused, r.frame)
}

// MouseIn is part of desktop.Hoverable.
func (r *treeRow) MouseIn(e *desktop.MouseEvent) {
	r.hovered = true
	r.paint()
	r.MouseMoved(e)
}

// MouseMoved is part of desktop.Hoverable.
func (r *treeRow) MouseMoved(e *desktop.MouseEvent) {
	tip := r.shown.Tooltip
	if tip == "" && r.name.Text != r.shown.Name {
		tip = r.shown.Name
	}
	if r.shown.Mark != NoMark && r.t.MarkWord != nil {
		word := r.t.MarkWord(r.shown.Mark)
		if tip != "" {
			word += "\n"
		}
		tip = word + tip
	}
	showTip(r, tip, e.AbsolutePosition)
}

// MouseOut is part of desktop.Hoverable.
func (r *treeRow) MouseOut() {
	r.hovered = false
	r.paint()
	hideTip(r)
}

// MouseDown is part of desktop.Mouseable: the arrow opens, the rest selects.
func (r *treeRow) MouseDown(e *desktop.MouseEvent) {
	t := r.t
	if r.index < 0 || r.index >= len(t.lines) {
		return
	}
	hideTip(r)
	focus(t.list)
	if e.Button != desktop.MouseButtonPrimary {
		return
	}
	if r.onArrow(e.Position) {
		n := t.lines[r.index].node
		t.SetOpen(n, !t.open[n])
		return
	}
	t.goTo(r.index)
}

// MouseUp is part of desktop.Mouseable.
func (r *treeRow) MouseUp(*desktop.MouseEvent) {}

func (r *treeRow) onArrow(p fyne.Position) bool {
	return r.twistie >= 0 && p.X >= r.twistie-2 && p.X < r.twistie+iconSize+2
}

// DoubleTapped is part of fyne.DoubleTappable: a folder opens, a file is
// activated.
func (r *treeRow) DoubleTapped(e *fyne.PointEvent) {
	t := r.t
	if r.index < 0 || r.index >= len(t.lines) || r.onArrow(e.Position) {
		return
	}
	n := t.lines[r.index].node
	if r.shown.Folder {
		t.SetOpen(n, !t.open[n])
	} else if t.OnActivate != nil {
		t.OnActivate(n)
	}
}

// TappedSecondary is part of fyne.SecondaryTappable.
func (r *treeRow) TappedSecondary(e *fyne.PointEvent) {
	t := r.t
	if r.index < 0 || r.index >= len(t.lines) {
		return
	}
	t.goTo(r.index)
	if t.OnMenu != nil {
		t.OnMenu(t.node, e.AbsolutePosition)
	}
}

// CreateRenderer is part of fyne.Widget.
func (r *treeRow) CreateRenderer() fyne.WidgetRenderer { return treeRowRenderer{r} }

type treeRowRenderer struct{ r *treeRow }

func (tr treeRowRenderer) Destroy()           {}
func (tr treeRowRenderer) Layout(fyne.Size)   {}
func (tr treeRowRenderer) Refresh()           {}
func (tr treeRowRenderer) MinSize() fyne.Size { return tr.r.MinSize() }
func (tr treeRowRenderer) Objects() []fyne.CanvasObject {
	r := tr.r
	out := []fyne.CanvasObject{r.back, r.track, r.fill, r.arrow, r.icon, r.mark, r.name, r.strike}
	for _, v := range r.values {
		out = append(out, v)
	}
	return append(out, r.marker, r.frame)
}
