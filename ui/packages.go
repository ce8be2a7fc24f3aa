package ui

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"weighline/analysis/attribution"
	"weighline/analysis/bytesize"
	"weighline/analysis/pep"
	"weighline/ui/state"
	"weighline/ui/texts"
	"weighline/ui/widgets"
)

// packagesPage is the table of packages with the map beside it, the details
// below the map, and what the plan comes to at the foot.
type packagesPage struct {
	window  *Window
	content fyne.CanvasObject
	table   *widgets.DataTable
	treemap *widgets.Treemap
	crumbs  *widgets.Breadcrumb // above the map while it shows a part
	details *details
	footer  *planFooter
	side    *container.Split // map above details
	split   *container.Split // table beside side

	shown, ordered int
	arranging      bool            // columns are shown or hidden by the page itself
	away           map[string]bool // columns that the page itself has hidden
	waiting        *emptyNote      // stands where the rows will be
	mapless        *widget.Label   // stands where the map would be, if no size is known
	largest        bytesize.Size   // of the rows: the longest bar
}

// columns of the table, by the By that sorts them.
func packageColumns() []widgets.Column {
	return []widgets.Column{
		{ID: "keep", Title: texts.T("Keep"), Width: 50, Min: 46, NoSort: true, Tooltip: texts.T("Clear the box to see the build without the package. Nothing on disk changes.")},
		{ID: string(state.ByName), Title: texts.T("Package"), Width: 150, Min: 128, Flex: true, Names: true},
		{ID: string(state.ByVersion), Title: texts.T("Version"), Width: 90, Min: 70, Flex: true},
		{ID: string(state.ByDownload), Title: texts.T("Download"), Width: 104, Numeric: true, Tooltip: texts.T("Bytes on the wire: the wheel or source distribution")},
		{ID: string(state.ByUnpacked), Title: texts.T("Unpacked"), Width: 98, Numeric: true, Tooltip: texts.T("Bytes of its files once installed; ≈ marks an estimate")},
		{ID: string(state.ByFrees), Title: texts.T("Frees"), Width: 90, Numeric: true, Tooltip: texts.T("Bytes that go if this is dropped now, with all that nothing else needs")},
		{ID: string(state.ByHeld), Title: texts.T("Held by"), Width: 88, Min: 70, Tooltip: texts.T("The kept packages of your list that still need it")},
		{ID: string(state.ByFrom), Title: texts.T("Why"), Width: 116, Tooltip: texts.T("The line that asks for it, or a package that requires it")},
	}
}

func newPackagesPage(w *Window) *packagesPage {
	p := &packagesPage{window: w, details: newDetails(w), footer: newPlanFooter(w), away: map[string]bool{}}
	s := w.session
	p.table = widgets.NewDataTable(packageColumns()...)
	p.table.Length = s.Visible
	p.table.Key = func(row int) string { return s.At(row).Key }
	p.table.Cell = func(row int, column string) widgets.Cell { return p.cell(s.At(row), column) }
	p.table.CheckWord = checkWord
	p.table.Search = func(row int) string { return string(s.At(row).Name) }
	p.table.Copy = func(row int, column string) string { return p.copyText(s.At(row), column) }
	p.table.OnSort = func(column string, down bool) {
		s.SortBy(state.By(column), down)
		p.focus()
	}
	p.table.OnSelect = func(keys []string) { p.selected(keys) }
	p.table.OnToggle = p.toggle
	p.table.OnActivate = func(key string) { p.selected([]string{key}) }
	p.table.OnMenu = p.menu
	p.table.OnState = func(t widgets.TableState) {
		if p.arranging {
			return
		}
		for i := range t.Columns {
			if p.away[t.Columns[i].ID] {
				t.Columns[i].Hidden = false // not by the user
			}
		}
		w.keepColumns(prefColumns, t)
	}
	p.treemap = widgets.NewTreemap()
	p.treemap.DroppedWord, p.treemap.NewWord = texts.T("goes"), texts.T("a variant takes its place")
	p.treemap.OnSelect = func(keys []string) { p.selected(keys) }
	p.treemap.OnToggle = func(key string) { p.toggle([]string{key}) }
	p.treemap.OnZoom = p.zoomed
	p.treemap.OnMenu = func(key string, at fyne.Position) { p.menu([]string{key}, at) }
	p.mapless = widget.NewLabel(texts.T("No package has a known size"))
	p.mapless.Alignment, p.mapless.Importance = fyne.TextAlignCenter, widget.LowImportance
	p.crumbs = widgets.NewBreadcrumb()
	p.crumbs.OnTap = p.zoomTo
	p.crumbs.Hide()
	p.side = container.NewVSplit(container.NewBorder(p.crumbs, nil, nil, nil, container.NewStack(p.treemap, p.mapless)), p.details.content)
	p.side.SetOffset(0.55)
	p.waiting = newEmptyNote()
	p.split = container.NewHSplit(p.waiting.over(p.table), p.side)
	p.split.SetOffset(0.68)
	p.content = container.NewBorder(nil, p.footer.content, nil, nil, p.split)
	p.restoreColumns()
	return p
}

func (p *packagesPage) restoreColumns() {
	p.window.restoreColumns(prefColumns, p.table)
}

// checkWord says what the box of a package says.
func checkWord(c widgets.Check) string {
	return map[widgets.Check]string{widgets.Checked: texts.T("kept"), widgets.Unchecked: texts.T("goes"), widgets.Mixed: texts.T("dropped, but held")}[c]
}

func (p *packagesPage) focus() { p.window.win.Canvas().Focus(p.table.Focusable()) }

// toggleMap hides the map, or shows it again.
func (p *packagesPage) toggleMap() {
	if p.treemap.Visible() {
		p.treemap.Hide()
		p.side.SetOffset(0)
	} else {
		p.treemap.Show()
		p.side.SetOffset(0.55)
	}
	p.side.Refresh()
}

// zoomed shows where on the map one is, while that is not all of it.
func (p *packagesPage) zoomed(path []widgets.MapItem) {
	steps := []string{texts.T("All")}
	for _, g := range path {
		steps = append(steps, g.Name)
	}
	p.crumbs.SetSteps(steps...)
	if len(path) > 0 {
		p.crumbs.Show()
	} else {
		p.crumbs.Hide()
	}
	p.side.Refresh()
}

// zoomTo goes to a step of the path above the map.
func (p *packagesPage) zoomTo(step int) {
	key, path := "", p.treemap.Zoomed()
	if step > 0 && step <= len(path) {
		key = path[step-1].Key
	}
	p.treemap.Zoom(key)
}

// selected makes what was selected in one view selected in all.
func (p *packagesPage) selected(keys []string) {
	key := ""
	if len(keys) > 0 {
		key = keys[len(keys)-1]
	}
	p.window.session.Select(key)
	if !slices.Equal(p.table.Selected(), keys) { // else the table's cursor stays where it is
		p.table.Select(keys...)
		if key != "" {
			p.table.ScrollToKey(key)
		}
	}
	p.treemap.Select(keys...)
	p.footer.selected(keys)
}

// toggle switches packages: off if any of them is kept, else back on, whatever
// the plan does with them.
func (p *packagesPage) toggle(keys []string) {
	defer p.window.app.painted(time.Now())
	s := p.window.session
	names, drop := p.ofPlan(keys)
	if drop {
		s.SetDroppedAll(names, true)
		return
	}
	before := s.Plan
	if s.KeepAll(names); s.Plan.Equal(before) && len(keys) > 0 {
		p.explainGone(s.Row(keys[0]))
	}
}

// explainGone says why a package cannot be kept by its own box: it goes with
// another one, which can be kept instead.
func (p *packagesPage) explainGone(r *state.Row) {
	if r == nil || r.Status != state.Freed {
		return
	}
	text := texts.F("%s goes with what was dropped: nothing that stays needs it.", r.Name)
	if by := p.window.session.BroughtBack(r); by != "" {
		p.window.toasts.Say(text, texts.F("Keep %s", by), func() { p.window.session.KeepAll([]pep.Name{by}) })
		return
	}
	p.window.toasts.Say(text, "", nil)
}

// ofPlan returns the packages of some rows that a plan can do something about, and
// whether it is to drop them: any of them is kept.
func (p *packagesPage) ofPlan(keys []string) (names []pep.Name, drop bool) {
	s := p.window.session
	for _, k := range keys {
		if r := s.Row(k); r != nil && r.CanDrop {
			names = append(names, r.Name)
			drop = drop || !s.Plan.Drops(r.Name) && !r.Gone()
		}
	}
	return names, drop
}

// namesOf writes the names of some rows, a line each.
func (p *packagesPage) namesOf(keys []string) string {
	var lines []string
	for _, k := range keys {
		if r := p.window.session.Row(k); r != nil {
			lines = append(lines, string(r.Name))
		}
	}
	return strings.Join(lines, "\n")
}

func (p *packagesPage) menu(keys []string, at fyne.Position) {
	s := p.window.session
	p.selected(keys)
	row := s.Row(keys[len(keys)-1])
	if row == nil {
		p.folderMenu(keys[len(keys)-1], at)
		return
	}
	copies := func(text func() string) func() {
		return func() { p.window.app.fyne.Clipboard().SetContent(text()) }
	}
	items := append(p.planItems(keys, row), fyne.NewMenuItemSeparator())
	if len(keys) == 1 {
		items = append(items, p.filesItem(), fyne.NewMenuItem(texts.T("Copy name"), copies(func() string { return string(row.Name) })))
	} else {
		items = append(items, fyne.NewMenuItem(texts.T("Copy names"), copies(func() string { return p.namesOf(keys) })))
	}
	items = append(items, fyne.NewMenuItem(texts.T("Copy rows as text"), copies(p.table.TSV)))
	if len(keys) == 1 {
		items = append(items, fyne.NewMenuItem(texts.F("Filter by %s", row.Name), func() { s.SetFilter(string(row.Name)) }))
	}
	widget.ShowPopUpMenuAtPosition(fyne.NewMenu("", items...), p.window.win.Canvas(), at)
}

// folderMenu opens what can be done about a folder of bytes that no package claims.
func (p *packagesPage) folderMenu(key string, at fyne.Position) {
	path, ok := strings.CutPrefix(key, "folder:")
	if !ok {
		return
	}
	widget.ShowPopUpMenuAtPosition(fyne.NewMenu("", p.filesItem(),
		fyne.NewMenuItem(texts.T("Copy the path"), func() { p.window.app.fyne.Clipboard().SetContent(printable(path)) })), p.window.win.Canvas(), at)
}

// filesItem leads to the files of what is selected.
func (p *packagesPage) filesItem() *fyne.MenuItem {
	c := p.window.command("files-of")
	item := fyne.NewMenuItem(c.title, c.run)
	item.Disabled = !c.can()
	return item
}

// planItems are what a plan can do about the packages of keys, of which row is
// the one that the menu is about.
func (p *packagesPage) planItems(keys []string, row *state.Row) []*fyne.MenuItem {
	s := p.window.session
	all, drop := p.ofPlan(keys)
	what := string(row.Name)
	if len(keys) > 1 {
		what = texts.N(len(all), "%d package", "%d packages")
	}
	toggle := fyne.NewMenuItem(texts.F("Keep %s", what), func() { p.toggle(keys) })
	if drop || len(all) == 0 {
		toggle.Label = texts.F("Drop %s", what)
	}
	toggle.Disabled = len(all) == 0
	items := []*fyne.MenuItem{toggle}
	if len(keys) > 1 {
		if dev := p.window.chosen(true); len(dev) > 0 {
			items = append(items, fyne.NewMenuItem(texts.T("Move to the list for development"), func() { s.SetDev(dev, true) }))
		}
		return items
	}
	for _, v := range s.Variants(row) {
		item := fyne.NewMenuItem(texts.F("Swap for %s", texts.Say(v.Title)), func() { s.Swap(v.Package, v.Variant) })
		item.Checked = s.Plan.Swaps(row.Name) == v.Variant
		items = append(items, item)
	}
	if row.Root {
		items = append(items, fyne.NewMenuItem(texts.T("Move to the list for development"), func() { s.SetDev(all, true) }))
	}
	return items
}

func (p *packagesPage) refresh() {
	s := p.window.session
	if s.Build == nil {
		return
	}
	switch {
	case p.shown != s.Shown:
		p.shown, p.ordered = s.Shown, s.Ordered
		p.largest = 0
		for i := range s.Rows {
			p.largest = max(p.largest, s.Own(&s.Rows[i]).Size)
		}
		p.arrange()
		p.table.SetSort(string(sortColumn(s)), s.Sort.Down)
		p.table.DataChanged()
		p.table.ScrollToTop()
		p.treemap.SetItems(p.items())
		if s.Selected == "" { // of another build
			p.table.Select()
			p.treemap.Select()
			p.footer.selected(nil)
		}
	case p.ordered != s.Ordered:
		p.ordered = s.Ordered
		p.table.SetSort(string(sortColumn(s)), s.Sort.Down)
		p.table.DataChanged()
	default:
		p.table.Refresh()
	}
	p.explain()
	if p.treemap.Visible() && p.largest == 0 && s.Build.Ledger() == nil && !s.Busy() {
		p.mapless.Show()
	} else {
		p.mapless.Hide()
	}
	p.treemap.SetStates(p.states())
	if s.Selected != "" {
		if selected := p.table.Selected(); !slices.Contains(selected, s.Selected) {
			p.table.Select(s.Selected)
			p.treemap.Select(s.Selected)
		}
	}
	p.details.refresh()
	p.footer.refresh()
}

// arrange hides the columns that have nothing to say about this build, and in a
// narrow window those that the details repeat.
func (p *packagesPage) arrange() {
	s := p.window.session
	if s.Build == nil {
		return
	}
	canDrop := slices.ContainsFunc(s.Rows, func(r state.Row) bool { return r.CanDrop })
	tight := p.window.narrow
	p.hide(string(state.ByDownload), s.Build.Deps == nil)
	p.hide("keep", !canDrop)
	p.hide(string(state.ByFrees), !canDrop)
	p.hide(string(state.ByHeld), !canDrop || s.Build.Deps == nil && tight)
	why := slices.ContainsFunc(s.Rows, func(r state.Row) bool { return r.From != "" })
	p.hide(string(state.ByFrom), !why || tight)
	p.hide(string(state.ByVersion), tight && s.Build.Deps != nil)
}

// hide takes a column away, or shows it again unless the user has hidden it.
func (p *packagesPage) hide(column string, on bool) {
	hidden := false
	for _, c := range p.table.State().Columns {
		hidden = hidden || c.ID == column && c.Hidden
	}
	p.arranging = true
	switch {
	case on && !hidden:
		p.away[column] = true
		p.table.ShowColumn(column, false)
	case !on && p.away[column]:
		delete(p.away, column)
		p.table.ShowColumn(column, true)
	}
	p.arranging = false
}

// explain says why there are no rows.
func (p *packagesPage) explain() {
	s := p.window.session
	text := ""
	switch {
	case s.Visible() > 0:
	case len(s.Rows) > 0:
		text = texts.F("No package matches %q.\nEsc in the filter shows all again.", s.Filter)
	case s.Busy():
		text = texts.T("Packages appear here when the layers are read.")
	default:
		text = texts.T("No package was found.")
	}
	p.waiting.say(text)
}

// sortColumn returns the column that shows what the rows are sorted by.
func sortColumn(s *state.Session) state.By {
	if s.Sort.By != state.ByOwn {
		return s.Sort.By
	}
	if s.ByUnpackedSize() {
		return state.ByUnpacked
	}
	return state.ByDownload
}

func (p *packagesPage) cell(r *state.Row, column string) widgets.Cell {
	s := p.window.session
	c := widgets.Cell{Struck: r.Gone(), Dimmed: r.Gone()}
	switch state.By(column) {
	case "keep":
		c = widgets.Cell{}
		if r.CanDrop {
			c.Check = widgets.Checked
			switch r.Status {
			case state.Dropped, state.Freed, state.Swapped, state.DevOnly:
				c.Check = widgets.Unchecked
			case state.Holding:
				c.Check = widgets.Mixed
			}
		}
	case state.ByName:
		c.Text, c.Secondary, c.Bold = string(r.Name), r.Status.String(), r.Root
		if r.Kind != "python" {
			c.Secondary = r.Kind
		}
		if r.Where != "" { // another row has the same name
			c.Secondary = strings.TrimSpace(c.Secondary + " " + r.Place)
			c.Tooltip = string(r.Name) + "\n" + strings.TrimSpace(r.Status.String()+" "+r.Where)
		}
	case state.ByVersion:
		c.Text = r.Version
	case state.ByDownload:
		c = p.amount(c, r.Download, r.Basis, !s.ByUnpackedSize())
	case state.ByUnpacked:
		c = p.amount(c, r.Unpacked, r.Basis, s.ByUnpackedSize())
	case state.ByFrees:
		if r.CanDrop && !r.Gone() {
			c.Text = "0"
			if r.Frees.Packages > 0 {
				f := s.FreesOwn(r)
				c.Text = f.String()
				c.Tooltip = texts.N(r.Frees.Packages, "%[2]s in %[1]d package", "%[2]s in %[1]d packages", f.Size.Exact())
			}
		}
	case state.ByHeld:
		c.Text = names(r.HeldBy)
		c.Tooltip = c.Text
	case state.ByFrom:
		c.Text, c.Dimmed = r.From, c.Dimmed || !r.Root
	}
	return c
}

// amount shows a size, with a bar in the column that the window weighs by.
func (p *packagesPage) amount(c widgets.Cell, a bytesize.Amount, basis string, bar bool) widgets.Cell {
	c.Text = amountText(a)
	if a.Basis == bytesize.Unknown {
		c.Dimmed, c.Tooltip = true, texts.F("unknown: %s", basis)
		return c
	}
	c.Tooltip = a.Size.Exact()
	if a.Basis == bytesize.Estimated {
		c.Tooltip += "; " + basis
	}
	if bar && p.largest > 0 {
		c.HasBar, c.Bar = true, float32(float64(a.Size)/float64(p.largest))
	}
	return c
}

// amountText is a's text in a table, where an unknown one is a dash; the reason
// is its tooltip.
func amountText(a bytesize.Amount) string {
	if a.Basis == bytesize.Unknown {
		return "—"
	}
	return a.String()
}

// copyText is what a spreadsheet gets: sizes in bytes.
func (p *packagesPage) copyText(r *state.Row, column string) string {
	bytes := func(a bytesize.Amount) string {
		if a.Basis == bytesize.Unknown {
			return ""
		}
		return fmt.Sprint(int64(a.Size))
	}
	switch state.By(column) {
	case "keep":
		if r.Gone() {
			return texts.T("no")
		}
		return texts.T("yes")
	case state.ByDownload:
		return bytes(r.Download)
	case state.ByUnpacked:
		return bytes(r.Unpacked)
	case state.ByFrees:
		f := p.window.session.FreesOwn(r)
		if !r.CanDrop || r.Gone() || f.Size == 0 && f.Unknown > 0 {
			return ""
		}
		return fmt.Sprint(int64(f.Size))
	}
	return p.cell(r, column).Text
}

// The fills of tiles; the legend in the details names them.
const (
	fillAsked   = 0 // a line asks for it
	fillPulled  = 2 // another package requires it
	fillNode    = 3 // of npm
	fillSystem  = 5 // of the image's operating system, or of conda
	fillProgram = 0 // of Go and Rust: what an image of it is made for
	fillUnowned = 4
)

// items are the tiles of the map: packages, and the bytes nobody owns.
func (p *packagesPage) items() []widgets.MapItem {
	s := p.window.session
	var python, node, programs, system []widgets.MapItem
	for i := range s.Rows {
		r := &s.Rows[i]
		a := s.Own(r)
		if a.Size <= 0 {
			continue
		}
		item := widgets.MapItem{Key: r.Key, Name: string(r.Name), Detail: a.String(), Weight: float64(a.Size), Fill: fillPulled}
		if r.Where != "" {
			item.Note = r.Where
		}
		switch {
		case r.Kind == string(attribution.Python):
			if r.Root {
				item.Fill = fillAsked
			}
			python = append(python, item)
		case r.Kind == string(attribution.Node):
			item.Fill = fillNode
			node = append(node, item)
		case r.Kind == string(attribution.Go), r.Kind == string(attribution.Rust):
			item.Fill = fillProgram
			programs = append(programs, item)
		default:
			item.Fill = fillSystem
			system = append(system, item)
		}
	}
	if s.Build.Deps != nil {
		return slices.Concat(python, node, programs, system)
	}
	var groups []widgets.MapItem
	group := func(key, name string, items []widgets.MapItem) {
		if len(items) == 0 {
			return
		}
		total := 0.0
		for _, i := range items {
			total += i.Weight
		}
		groups = append(groups, widgets.MapItem{Key: "group:" + key, Name: name, Detail: bytesize.Size(total).String(), Children: items})
	}
	group("python", texts.T("Python"), python)
	group("node", texts.T("Node"), node)
	group("programs", texts.T("Programs"), programs)
	group("system", texts.T("System packages"), system)
	if l := s.Build.Ledger(); l != nil && l.Unowned > 0 {
		group("unowned", texts.T("Unowned"), unowned(s))
	}
	return groups
}

// unowned are the tiles of the bytes that no package claims, by folder.
func unowned(s *state.Session) []widgets.MapItem {
	var out []widgets.MapItem
	for _, f := range s.Build.Ledger().Folders {
		if f.Bytes > 0 {
			out = append(out, widgets.MapItem{Key: "folder:" + f.Path, Name: printable(f.Path), Detail: bytesize.Size(f.Bytes).String(), Weight: float64(f.Bytes), Fill: fillUnowned})
		}
	}
	return out
}

func (p *packagesPage) states() map[string]widgets.TileState {
	s := p.window.session
	out := map[string]widgets.TileState{}
	filtered := map[string]bool{}
	if s.Filter != "" {
		for i := range s.Visible() {
			filtered[s.At(i).Key] = true
		}
	}
	for i := range s.Rows {
		r := &s.Rows[i]
		var t widgets.TileState
		switch {
		case r.Status == state.Swapped: // a variant takes its place
			t |= widgets.TileNew
		case r.Gone():
			t |= widgets.TileDropped
		}
		if s.Filter != "" && !filtered[r.Key] {
			t |= widgets.TileDimmed
		}
		if t != 0 {
			out[r.Key] = t
		}
	}
	if l := s.Build.Ledger(); l != nil && s.Build.Deps == nil && s.Filter != "" {
		for _, f := range l.Folders {
			out["folder:"+f.Path] = widgets.TileDimmed
		}
	}
	return out
}

func names(list []pep.Name) string {
	words := make([]string, len(list))
	for i, n := range list {
		words[i] = string(n)
	}
	return strings.Join(words, ", ")
}
