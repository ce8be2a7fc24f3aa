package ui

import (
	"encoding/json"
	"io"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"weighline/analysis"
	"weighline/analysis/bytesize"
	"weighline/analysis/insight"
	"weighline/analysis/report"
	"weighline/ui/state"
	"weighline/ui/texts"
	"weighline/ui/widgets"
)

// comparePage sets two builds side by side: totals, then what became of each
// package, layer and file, two maps on one scale, findings that are new or fixed,
// and the versions that were set in a row.
type comparePage struct {
	window  *Window
	content fyne.CanvasObject
	table   *widgets.DataTable // of packages
	layers  *widgets.DataTable
	files   *widgets.DataTable
	maps    *compareMaps
	history *versionsView
	found   *widget.RichText
	tabs    *container.AppTabs
	items   map[string]*container.TabItem

	totals       *figureLine
	with         *widgets.TipLabel
	sample       *widget.Button
	swap, report *widget.Button
	planned      *widget.Button
	same         *widget.Check
	least        *widget.Select
	hidden       *widget.Label
	empty        *widget.Label
	some         *fyne.Container // what is shown of a comparison
	drawn        *state.Compare
	ordered      int
	past         *state.History
	largest      struct{ packages, layers, files bytesize.Size }
}

// leasts are the thresholds to choose from.
var leasts = []bytesize.Size{0, 10_000, 100_000, 1_000_000, 10_000_000}

func leastWord(n bytesize.Size) string {
	if n == 0 {
		return texts.T("All changes")
	}
	return texts.F("From %s", n)
}

func newComparePage(w *Window) *comparePage {
	p := &comparePage{window: w, totals: newFigureLine(), with: widgets.NewTipLabel(""), found: widget.NewRichText(), items: map[string]*container.TabItem{}}
	p.with.Truncation = fyne.TextTruncateEllipsis
	p.with.TextStyle.Bold = true
	p.found.Wrapping = fyne.TextWrapWord
	p.table, p.layers, p.files = p.packageTable(), p.layerTable(), p.fileTable()
	p.maps, p.history = newCompareMaps(p), newVersionsView(w)
	tab := func(id, title string, content fyne.CanvasObject) {
		item := container.NewTabItem(title, content)
		p.items[id] = item
		p.tabs.Append(item)
	}
	p.tabs = container.NewAppTabs()
	tab("packages", texts.T("Packages"), p.table)
	tab("layers", texts.T("Layers"), p.layers)
	tab("files", texts.T("Files"), p.files)
	tab("maps", texts.T("Maps"), p.maps.content)
	tab("found", texts.T("Findings"), container.NewVScroll(p.found))
	tab("history", texts.T("Versions"), p.history.content)
	p.tabs.OnSelected = func(*container.TabItem) { w.focusPage() }
	p.content = container.NewBorder(p.controls(), nil, nil, nil, container.NewStack(p.some, p.nothing()))
	return p
}

// controls is what stands above the comparison.
func (p *comparePage) controls() fyne.CanvasObject {
	w := p.window
	choose := widget.NewButtonWithIcon(texts.T("Compare with…"), theme.ViewRefreshIcon(), w.askCompare)
	p.sample = widget.NewButton(texts.T("Compare with the sample's slim image"), w.session.CompareSample)
	p.planned = widget.NewButton(texts.T("With the plan"), w.session.ComparePlan)
	p.swap = widget.NewButton(texts.T("Swap A and B"), w.session.SwapSides)
	p.report = widget.NewButton(texts.T("Report…"), w.askCompareReport)
	p.same = widget.NewCheck(texts.T("What is the same, too"), w.session.ShowSame)
	var words []string
	for _, n := range leasts {
		words = append(words, leastWord(n))
	}
	p.least = widget.NewSelect(words, nil)
	p.least.SetSelectedIndex(0)
	p.least.OnChanged = func(string) { w.session.SetLeast(leasts[max(p.least.SelectedIndex(), 0)]) }
	p.hidden = widget.NewLabel("")
	p.hidden.Importance = widget.LowImportance
	p.some = container.NewBorder(container.NewVBox(p.with, p.totals, container.NewHBox(p.least, p.same, p.hidden)), nil, nil, nil, p.tabs)
	return container.NewHBox(choose, p.planned, p.sample, p.swap, p.report)
}

// nothing is what stands there before anything is compared.
func (p *comparePage) nothing() fyne.CanvasObject {
	p.empty = widget.NewLabel(texts.T("Choose another image, requirements file or lock to compare the open build with, or two saved builds in the library."))
	p.empty.Alignment, p.empty.Wrapping = fyne.TextAlignCenter, fyne.TextWrapWord
	return container.NewCenter(container.NewGridWrap(fyne.NewSize(420, 80), p.empty))
}

// focus gives the keys to the table that is shown.
func (p *comparePage) focus() fyne.Focusable {
	switch p.tabs.Selected() {
	case p.items["layers"]:
		return p.layers.Focusable()
	case p.items["files"]:
		return p.files.Focusable()
	case p.items["maps"]:
		return p.maps.a
	case p.items["history"]:
		if p.history.history == nil {
			return nil
		}
		return p.history.table.Focusable()
	case p.items["found"]:
		return nil
	}
	if p.window.session.Compare == nil {
		return nil
	}
	return p.table.Focusable()
}

// next goes to the next view of the comparison.
func (p *comparePage) next() {
	for i := 1; i <= len(p.tabs.Items); i++ {
		at := (p.tabs.SelectedIndex() + i) % len(p.tabs.Items)
		if !p.tabs.Items[at].Disabled() {
			p.tabs.SelectIndex(at)
			return
		}
	}
}

func (p *comparePage) refresh() {
	s := p.window.session
	c := s.Compare
	show(p.sample, s.IsSample() && c == nil)
	enable(p.planned, s.CanComparePlan())
	enable(p.swap, c != nil && !s.Busy())
	enable(p.report, c != nil)
	show(p.empty, c == nil)
	show(p.some, c != nil)
	if s.History != p.past {
		p.past = s.History
		p.history.set(s.History)
	}
	if c == nil {
		p.drawn = nil
		return
	}
	if c == p.drawn && c.Ordered == p.ordered {
		return
	}
	if c != p.drawn {
		p.replace(c)
	}
	p.ordered = c.Ordered
	p.caption(c)
	for _, t := range []*widgets.DataTable{p.table, p.layers, p.files} {
		t.DataChanged()
	}
}

// replace shows another comparison.
func (p *comparePage) replace(c *state.Compare) {
	p.drawn = c
	p.largest.packages, p.largest.layers, p.largest.files = 0, 0, 0
	for i := range c.Changes {
		p.largest.packages = max(p.largest.packages, abs(c.Weight(&c.Changes[i]).Size))
	}
	for i := range c.Layers.Len() {
		p.largest.layers = max(p.largest.layers, abs(c.Layer(i).Delta().Size))
	}
	if c.Comparison.Files != nil && len(c.Comparison.Files.List) > 0 {
		p.largest.files = bytesize.Size(c.Comparison.Files.List[0].Delta)
		p.largest.files = abs(p.largest.files)
	}
	p.with.SetText(texts.F("A is %s, B is %s", compared(c.A, c.Names[0]), compared(c.B, c.Names[1])))
	p.with.Tip = p.with.Text
	p.totals.Set(c.Summary())
	p.maps.set(c)
	p.findings(c.Insights)
	for t, list := range map[*widgets.DataTable]*state.CompareList{p.table: &c.Packages, p.layers: &c.Layers, p.files: &c.Files} {
		t.SetSort(list.By, list.Down)
		t.Select()
		t.ScrollToTop()
	}
	p.enableTabs(c)
}

// enableTabs lets those views be chosen that have something to say.
func (p *comparePage) enableTabs(c *state.Compare) {
	images := c.A.Image != nil && c.B.Image != nil
	for id, on := range map[string]bool{"layers": images, "files": c.Comparison.Files != nil, "found": c.Insights != nil} {
		if on {
			p.tabs.EnableItem(p.items[id])
		} else {
			p.tabs.DisableItem(p.items[id])
		}
	}
	if p.tabs.Selected().Disabled() {
		p.tabs.SelectIndex(0)
	}
}

// caption tells how much is listed.
func (p *comparePage) caption(c *state.Compare) {
	title := func(id, word string, n int) {
		if item := p.items[id]; item.Disabled() {
			item.Text = word
		} else {
			item.Text = word + " " + bytesize.Size(n).Grouped()
		}
	}
	title("packages", texts.T("Packages"), c.Packages.Len())
	title("layers", texts.T("Layers"), c.Layers.Len())
	title("files", texts.T("Files"), c.Files.Len())
	if x := c.Insights; x != nil {
		title("found", texts.T("Findings"), len(x.New)+len(x.Fixed))
	}
	p.tabs.Refresh()
	switch {
	case c.Hidden > 0:
		p.hidden.SetText(texts.F("%d smaller changes are hidden", c.Hidden))
	case c.Identical:
		p.hidden.SetText(texts.T("A and B have the same layers"))
	default:
		p.hidden.SetText("")
	}
	if p.same.Checked != c.ShowSame {
		p.same.SetChecked(c.ShowSame)
	}
}

// findings lists what could go from one of the builds and not from the other.
func (p *comparePage) findings(x *analysis.InsightChanges) {
	t := &prose{}
	if x != nil {
		list := func(heading, none string, found []insight.Insight) {
			if len(found) == 0 {
				heading = none
			}
			t.heading(heading)
			for _, x := range found {
				t.line(printable(x.Title + ". " + x.Text))
			}
		}
		list(texts.F("New in B: %d", len(x.New)), texts.T("Nothing new could go from B"), x.New)
		list(texts.F("Fixed in B: %d", len(x.Fixed)), texts.T("Nothing that could go from A is fixed in B"), x.Fixed)
	}
	p.found.Segments = t.segments
	p.found.Refresh()
}

// compared names a side: of a build with an image it is the image that is
// compared.
func compared(b *analysis.Build, title string) string {
	if b.Image == nil {
		return printable(title)
	}
	name := title
	if b.Deps != nil || b.Image.Scale != "" {
		name = shortReference(b.Image.Reference)
	}
	if b.Image.Scale != "" {
		return texts.F("the image %s (a scale model, %s)", printable(name), b.Image.Scale)
	}
	return texts.F("the image %s", printable(name))
}

func abs(n bytesize.Size) bytesize.Size { return max(n, -n) }

func show(o fyne.CanvasObject, on bool) {
	if on != o.Visible() {
		if on {
			o.Show()
		} else {
			o.Hide()
		}
	}
}

func (w *Window) askCompare() {
	e := newLineEntry("", texts.T("image.tar, python:3.12-slim, requirements.txt …"))
	w.ask(texts.T("Compare with"), texts.T("The open build is A; what is named here is B."), texts.T("Compare"), e, w.browse(e), func(text string) {
		w.show("compare")
		w.session.CompareWith(text)
	})
}

// askCompareReport asks where a report of the comparison goes.
func (w *Window) askCompareReport() {
	c := w.session.Compare
	if c == nil {
		return
	}
	e := newLineEntry("comparison.html", texts.T("a path"))
	w.ask(texts.T("Report of the comparison"), texts.T("The ending says what is written: .html a page that needs nothing else, .md for a pull request, .csv a table, .json what weigh compare --json prints."),
		texts.T("Write"), e, nil, func(text string) { w.session.Write(text, false, compareReport(c, text)) })
}

// compareReport writes a comparison as the ending of path says.
func compareReport(c *state.Compare, path string) func(io.Writer) error {
	o := report.CompareOptions{MinChange: c.Least, NameA: c.Names[0], NameB: c.Names[1], Insights: c.Insights}
	made := report.Made{By: "Weighline", At: time.Now()}
	return func(out io.Writer) error {
		switch {
		case hasEnding(path, ".md"):
			return report.CompareDocument(c.Comparison, o, made, nil).Markdown(out)
		case hasEnding(path, ".csv"):
			return report.WriteCompareCSV(out, c.Comparison, o)
		case hasEnding(path, ".json"):
			j := json.NewEncoder(out)
			j.SetIndent("", "  ")
			return j.Encode(report.Compare(c.Comparison, o, nil))
		}
		return report.CompareDocument(c.Comparison, o, made, nil).HTML(out)
	}
}
