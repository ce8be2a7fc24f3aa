package ui

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"weighline/analysis"
	"weighline/analysis/bytesize"
	"weighline/analysis/plan"
	"weighline/ui/state"
	"weighline/ui/texts"
	"weighline/ui/widgets"
)

// The views of the Compare screen.
const (
	comparePackages = iota
	compareLayers
	compareFiles
	compareFindings
	compareHistory
	compareViews
)

// comparePage sets two builds against each other: totals, then a table of what
// became of the packages, layers, files or findings, with the maps of both on one
// scale below it.
type comparePage struct {
	window  *Window
	content fyne.CanvasObject
	top     *fyne.Container
	with    *widgets.TipLabel
	totals  *figureLine
	pulls   *figureLine // of the layers; in a narrow window beside the views
	tabs    [compareViews]*widgets.TipButton
	swap    *widgets.TipButton
	report  *widgets.TipButton
	sample  *widget.Button
	planned *widget.Check

	only    *widget.Check
	flat    *widget.Check
	least   *widget.Select
	order   *widget.Select
	boxes   [2]*fyne.Container // around least and order
	options *fyne.Container
	views   *fyne.Container // the buttons of the views
	note    *widgets.TipLabel
	lines   *fyne.Container // the rows above the table

	table    *widgets.DataTable // packages
	layers   *widgets.DataTable
	tree     *widgets.FileTree
	findings *widgets.DataTable
	history  *historyView
	maps     *compareMaps
	lists    *fyne.Container // the tables, of which one is shown
	split    *container.Split
	body     *fyne.Container
	empty    *emptyNote

	view    int
	drawn   *state.Compare
	changed int
	shown   *state.FileView
	flatly  bool
	largest bytesize.Size
	mapless bool // the user hid the maps
	past    *state.History
	treed   *state.Compare // that the tree of files shows
	limit   *plan.Budget   // that the totals are held against
}

func newComparePage(w *Window) *comparePage {
	p := &comparePage{window: w, totals: newFigureLine(), pulls: newFigureLine(), with: widgets.NewTipLabel(""), past: w.session.History}
	p.with.TextStyle.Bold = true
	p.table, p.layers, p.tree, p.findings = p.newPackages(), p.newLayers(), p.newFiles(), p.newFindings()
	p.history, p.maps = newHistoryView(p), newCompareMaps(p)
	p.makeTop()
	p.empty = newEmptyNote()
	p.lists = container.NewStack(p.table, p.layers, p.tree, p.findings, p.history.content)
	p.split = container.NewVSplit(p.lists, p.maps.content)
	p.split.SetOffset(0.58)
	p.body = container.NewStack(p.split)
	p.content = container.NewBorder(p.top, nil, nil, nil,
		p.empty.over(p.body))
	p.setView(comparePackages)
	return p
}

// makeTop makes what stands above the tables.
func (p *comparePage) makeTop() {
	w := p.window
	button := func(id, text string, icon fyne.Resource) *widgets.TipButton {
		return widgets.NewTipButton(text, icon, "", func() { w.command(id).run() })
	}
	choose := button("compare", texts.T("Compare with…"), theme.ViewRefreshIcon())
	p.swap = button("swap-sides", texts.T("Swap A and B"), theme.MediaReplayIcon())
	p.report = button("compare-report", texts.T("Report…"), theme.DocumentSaveIcon())
	p.sample = widget.NewButton(texts.T("Compare with the sample's slim image"), w.session.CompareSample)
	p.planned = widget.NewCheck(texts.T("Under their plans"), w.session.SetPlanned)
	p.only = widget.NewCheck(texts.T("Only differences"), func(on bool) { p.set(func(c *state.Compare) { c.ShowSame = !on }) })
	p.only.Checked = true
	p.flat = widget.NewCheck(texts.T("Without folders"), func(on bool) { p.set(func(c *state.Compare) { c.Flat = on }) })
	p.least = widget.NewSelect(leastNames(), func(string) {
		p.set(func(c *state.Compare) { c.MinChange = leastSizes[max(p.least.SelectedIndex(), 0)] })
	})
	p.least.Selected = p.least.Options[0]
	p.order = widget.NewSelect(orderNames(comparePackages), p.ordered)
	p.note = widgets.NewTipLabel("")
	p.note.Importance = widget.LowImportance
	p.views = container.NewHBox()
	for i := range p.tabs {
		p.tabs[i] = widgets.NewTipButton("", nil, "", func() { p.choose(i) })
		p.views.Add(p.tabs[i])
	}
	p.boxes = [2]*fyne.Container{wideEnough(p.least, leastNames()), wideEnough(p.order, append(orderNames(comparePackages), orderNames(compareLayers)...))}
	p.options = container.NewHBox(p.only, p.flat, p.boxes[0], p.boxes[1])
	p.lines = container.NewVBox()
	p.arrange()
	p.top = container.NewVBox(container.NewBorder(nil, nil, container.NewHBox(choose, p.swap, p.report, p.sample, p.planned), nil, p.with), p.totals, p.lines)
}

// leastSizes are the thresholds for small changes.
var leastSizes = []bytesize.Size{0, 1, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000}

func leastNames() []string {
	names := []string{texts.T("All changes"), texts.T("Other sizes only")}
	for _, s := range leastSizes[2:] {
		names = append(names, texts.F("From %s", s))
	}
	return names
}

// orderNames are the orders of a view, as state.CompareOrder numbers them.
func orderNames(view int) []string {
	last := texts.T("By name")
	if view == compareLayers {
		last = texts.T("As they are stacked")
	}
	return []string{texts.T("Largest change first"), texts.T("Growth first"), texts.T("Shrinkage first"), last}
}

// wideEnough gives a choice the width of its longest word.
func wideEnough(s *widget.Select, words []string) *fyne.Container {
	var width float32
	for _, w := range words {
		width = max(width, fyne.MeasureText(w, theme.TextSize(), fyne.TextStyle{}).Width)
	}
	return container.NewGridWrap(fyne.NewSize(width+theme.IconInlineSize()+4*theme.InnerPadding(), s.MinSize().Height), s)
}

// arrange puts views and options into one line where there is room for both.
func (p *comparePage) arrange() {
	p.total(p.drawn)
	p.history.table.ShowColumn("saved", !p.window.narrow)
	if p.window.narrow {
		p.lines.Objects = []fyne.CanvasObject{container.NewBorder(nil, nil, p.views, nil, p.pulls), container.NewBorder(nil, nil, p.options, nil, p.note)}
	} else {
		p.lines.Objects = []fyne.CanvasObject{container.NewHBox(p.views, spacer(), p.options), p.note}
	}
	p.lines.Refresh()
}

// total writes the totals: those of the layers have a place of their own where the
// line is too short for all.
func (p *comparePage) total(c *state.Compare) {
	if c == nil {
		return
	}
	all, layers := c.Summary(), []state.Figure(nil)
	if p.window.narrow {
		all, layers = all[:3:3], all[3:]
	}
	p.totals.Set(append(all, p.window.session.LimitFigure(c)...))
	p.pulls.Set(layers)
}

// set changes what the comparison lists.
func (p *comparePage) set(change func(c *state.Compare)) { p.window.session.ListCompare(change) }

func (p *comparePage) ordered(string) {
	if i := p.order.SelectedIndex(); i >= 0 {
		p.sort(state.CompareOrder(i))
	}
}

// sort sorts the table that is shown.
func (p *comparePage) sort(o state.CompareOrder) {
	p.set(func(c *state.Compare) { *p.orderOf(c) = o })
}

func (p *comparePage) orderOf(c *state.Compare) *state.CompareOrder {
	switch p.view {
	case compareLayers:
		return &c.LayerOrder
	case compareFiles:
		return &c.FileOrder
	}
	return &c.PackageOrder
}

// sortBy is a click on the header of a table.
func (p *comparePage) sortBy(column string, down bool) {
	switch {
	case column == "a":
		p.sort(state.BySizeA)
	case column == "b":
		p.sort(state.BySizeB)
	case column != "delta":
		p.sort(state.ByPlace)
	case down:
		p.sort(state.ByGrowth)
	default:
		p.sort(state.ByShrinkage)
	}
	p.window.win.Canvas().Focus(p.focusable())
}

// showOrder shows the arrow in the header of the tables.
func (p *comparePage) showOrder(c *state.Compare) {
	for t, o := range map[*widgets.DataTable]state.CompareOrder{p.table: c.PackageOrder, p.layers: c.LayerOrder} {
		switch {
		case o == state.ByGrowth || o == state.ByShrinkage:
			t.SetSort("delta", o == state.ByGrowth)
		case o == state.ByPlace && t == p.table:
			t.SetSort("name", false)
		case o == state.BySizeA:
			t.SetSort("a", true)
		case o == state.BySizeB:
			t.SetSort("b", true)
		default:
			t.SetSort("", false)
		}
	}
}

// choose shows one of the views and gives it the keys.
func (p *comparePage) choose(view int) {
	p.setView(view)
	if view == compareHistory {
		p.history.offer()
	}
	if p.drawn != nil {
		p.maps.draw(p.drawn, false)
	}
	p.window.refresh()
	if p.window.current == "compare" && p.window.win.Canvas().Overlays().Top() == nil {
		p.window.win.Canvas().Focus(p.focusable())
	}
}

func (p *comparePage) setView(view int) {
	p.view = view
	for i, o := range p.lists.Objects {
		if i == view {
			o.Show()
		} else {
			o.Hide()
		}
	}
	p.order.Options = orderNames(view)
	p.arrangeMaps()
}

// next goes to the next view.
func (p *comparePage) next() { p.choose((p.view + 1) % compareViews) }

// focusable is what takes the keys.
func (p *comparePage) focusable() fyne.Focusable {
	return []func() fyne.Focusable{p.table.Focusable, p.layers.Focusable, p.tree.Focusable, p.findings.Focusable, p.history.table.Focusable}[p.view]()
}

// arrangeMaps shows the maps where there is something on them.
func (p *comparePage) arrangeMaps() {
	with := p.view <= compareFiles && !p.mapless && (p.drawn == nil || p.maps.any)
	switch {
	case with && p.body.Objects[0] != fyne.CanvasObject(p.split):
		p.split.Leading = p.lists
		p.body.Objects[0] = p.split
		p.split.Refresh()
	case !with && p.body.Objects[0] == fyne.CanvasObject(p.split):
		p.body.Objects[0] = p.lists
	}
	p.body.Refresh()
}

// toggleMaps hides the maps, or shows them again.
func (p *comparePage) toggleMaps() {
	p.mapless = !p.mapless
	p.arrangeMaps()
}

func (p *comparePage) refresh() {
	p.draw()
	if h := p.window.session.History; h != p.past { // what was asked for is there
		p.past = h
		p.choose(compareHistory)
	}
}

// draw shows the comparison of the session.
func (p *comparePage) draw() {
	s := p.window.session
	c := s.Compare
	setShown(s.IsSample() && c == nil, p.sample)
	enable(p.swap, p.window.command("swap-sides").can())
	enable(p.report, p.window.command("compare-report").can())
	setShown(c != nil && c.HasPlans(), p.planned)
	if c != nil && p.planned.Checked != c.Planned {
		setQuietly(p.planned, c.Planned)
	}
	p.history.refresh()
	p.label(c)
	setShown(c != nil, p.totals, p.pulls, p.with)
	setShown(c != nil || p.view == compareHistory, p.body)
	p.explain(c)
	if c == nil {
		setShown(false, p.options)
		p.drawn = nil
		return
	}
	p.offerOptions(c)
	if c != p.drawn || s.Limit != p.limit {
		p.limit = s.Limit
		p.with.SetText(texts.F("A is %s, B is %s", compared(c.A, c.TitleA), compared(c.B, c.TitleB)))
		p.total(c)
	}
	if c == p.drawn && c.Changed == p.changed && c.Shown == p.shown && c.Flat == p.flatly {
		return
	}
	fresh := c != p.drawn
	p.drawn, p.changed, p.largest = c, c.Changed, 0
	for i := range c.All() {
		d := c.Weight(&c.All()[i]).Size
		p.largest = max(p.largest, d, -d)
	}
	p.showOrder(c)
	p.showFiles(c, fresh)
	for _, t := range []*widgets.DataTable{p.table, p.layers, p.findings} {
		t.DataChanged()
		if fresh {
			t.Select()
			t.ScrollToTop()
		}
	}
	p.maps.draw(c, fresh)
	p.arrangeMaps()
	p.explain(c)
	p.top.Refresh()
}

func setShown(on bool, objects ...fyne.CanvasObject) {
	for _, o := range objects {
		if on != o.Visible() {
			if on {
				o.Show()
			} else {
				o.Hide()
			}
		}
	}
}

// label writes on the buttons of the views how many rows each has.
func (p *comparePage) label(c *state.Compare) {
	words := [compareViews]string{texts.T("Packages"), texts.T("Layers"), texts.T("Files"), texts.T("Findings"), texts.T("History")}
	if c != nil {
		count := func(view, n int) { words[view] += " " + bytesize.Size(n).Grouped() }
		count(comparePackages, c.Len())
		if c.A.Image != nil && c.B.Image != nil {
			count(compareLayers, c.LayerRows())
		}
		if c.Shown != nil {
			count(compareFiles, c.Shown.Files)
		}
		if c.Findings != nil {
			count(compareFindings, len(c.FindingRows()))
		}
	}
	for i, b := range p.tabs {
		importance := widget.MediumImportance
		if i == p.view {
			importance = widget.HighImportance
		}
		if b.Text != words[i] || b.Importance != importance {
			b.Importance = importance
			b.SetText(words[i])
		}
	}
}

// offerOptions shows the options that the view has, as they are set.
func (p *comparePage) offerOptions(c *state.Compare) {
	setShown(p.view <= compareFiles, p.options, p.boxes[1])
	setShown(p.view == comparePackages || p.view == compareLayers, p.only)
	setShown(p.view == compareFiles, p.flat)
	setShown(p.view == comparePackages || p.view == compareFiles, p.boxes[0])
	if p.only.Checked == c.ShowSame {
		setQuietly(p.only, !c.ShowSame)
	}
	if p.flat.Checked != c.Flat {
		setQuietly(p.flat, c.Flat)
	}
	for s, i := range map[*widget.Select]int{p.least: max(slices.Index(leastSizes, c.MinChange), 0), p.order: int(*p.orderOf(c))} {
		changed := s.OnChanged
		s.OnChanged = nil
		switch {
		case i >= len(s.Options): // by a column that is no choice
			s.ClearSelected()
		case s.SelectedIndex() != i:
			s.SetSelectedIndex(i)
		}
		s.OnChanged = changed
	}
	p.options.Refresh()
}

func setQuietly(b *widget.Check, on bool) {
	changed := b.OnChanged
	b.OnChanged = nil
	b.SetChecked(on)
	b.OnChanged = changed
}

// explain says beside the views what is not listed, and in the middle why nothing
// is.
func (p *comparePage) explain(c *state.Compare) {
	var note, empty string
	switch {
	case p.view == compareHistory:
		empty = p.history.empty()
	case c == nil && p.window.session.Busy():
		empty = texts.T("Being read…")
	case c == nil:
		empty = texts.T("Choose another image, requirements file or lock to compare the open build with.")
	default:
		note, empty = p.explainView(c)
	}
	if p.note.Text != note {
		p.note.SetText(note)
	}
	p.empty.say(empty)
	if p.note.Visible() != (note != "") {
		setShown(note != "", p.note)
		p.top.Refresh()
		p.content.Refresh() // the tables take the room of a note that goes
	}
}

func (p *comparePage) explainView(c *state.Compare) (note, empty string) {
	nothing := texts.T("Nothing differs.")
	if p.window.session.Filter != "" {
		nothing = texts.F("Nothing that differs matches %q.", p.window.session.Filter)
	}
	switch p.view {
	case comparePackages:
		if c.Hidden() > 0 {
			note = texts.N(c.Hidden(), "%d smaller change is not listed", "%d smaller changes are not listed")
		}
		switch unread := c.Unread(); {
		case unread != "":
			note = texts.F("No layer of %s was read: what it has is not known.", unread)
		case c.PythonOnly():
			note = texts.T("Requirements name Python packages only: of the image no others count.")
		}
		if c.Len() == 0 {
			empty = nothing
		}
	case compareLayers:
		note = texts.T("Matched by diff ID, then by instruction, never by number")
		switch {
		case c.A.Image == nil || c.B.Image == nil:
			note, empty = "", texts.T("Only two images have layers to compare.")
		case c.LayerRows() == 0:
			empty = nothing
		}
	case compareFiles:
		note, empty = p.explainFiles(c, nothing)
	case compareFindings:
		empty = p.explainFindings(c)
	}
	return note, empty
}

// compared names a side, and tells of a scale model, as the sample's images are,
// that it is one.
func compared(b *analysis.Build, title string) string {
	if b.Image != nil && b.Image.Scale != "" {
		return texts.F("%s (a scale model, %s)", printable(title), b.Image.Scale)
	}
	return printable(title)
}

func (w *Window) askCompare() {
	e := newLineEntry("", texts.T("image.tar, python:3.12-slim, requirements.txt …"))
	w.ask(texts.T("Compare with"), texts.T("The open build is A; what is named here is B: files, an image, or a saved build by its name."), texts.T("Compare"), e, w.browse(e), func(text string) {
		w.show("compare")
		w.session.CompareWith(text)
	})
}
