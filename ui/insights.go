package ui

import (
	"fmt"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"weighline/analysis/bytesize"
	"weighline/analysis/insight"
	"weighline/analysis/layer"
	"weighline/ui/state"
	"weighline/ui/texts"
	"weighline/ui/widgets"
)

// insightsPage lists what could go from the build as cards, the one that frees
// most first. A card's button puts what it would change into the plan.
type insightsPage struct {
	window  *Window
	content fyne.CanvasObject
	footer  *planFooter
	total   *widget.Label
	note    *widget.Label // stands where the cards will be
	cards   *fyne.Container
	scroll  *container.Scroll
	list    []*widgets.InsightCard
	drawn   *state.Insights
}

func newInsightsPage(w *Window) *insightsPage {
	p := &insightsPage{window: w, footer: newPlanFooter(w), total: widget.NewLabel(""), note: widget.NewLabel("")}
	p.total.Wrapping = fyne.TextWrapWord
	p.note.Alignment = fyne.TextAlignCenter
	p.cards = container.New(layout.NewCustomPaddedVBoxLayout(8))
	p.scroll = container.NewVScroll(container.NewPadded(p.cards))
	p.content = container.NewBorder(p.total, p.footer.content, nil, nil, container.NewStack(p.scroll, container.NewCenter(p.note)))
	return p
}

func (p *insightsPage) refresh() {
	s := p.window.session
	p.footer.refresh()
	s.FindInsights()
	found := s.Insights
	switch {
	case found == nil && s.Busy():
		p.say(texts.T("What could go is looked for when all is read."))
	case found == nil:
		p.say(texts.T("Looking for what could go…"))
	case len(found.List) == 0 && s.Build.Image != nil && s.Build.Image.Tree == nil:
		p.say(texts.T("Findings need the files of all layers, and not all were read. F5 reads the image again."))
	case len(found.List) == 0:
		p.say(texts.T("Nothing was found that could go. The packages' own sizes are on the Packages screen."))
	default:
		p.say("")
	}
	if found != p.drawn {
		p.drawn = found
		p.draw(found)
	}
	if found == nil {
		return
	}
	for i, x := range found.List {
		p.list[i].SetApplied(s.Applied(x))
	}
}

// say puts a sentence where the cards would be.
func (p *insightsPage) say(text string) {
	if p.note.Text != text {
		p.note.SetText(text)
	}
}

func (p *insightsPage) draw(found *state.Insights) {
	p.list, p.cards.Objects = nil, nil
	p.total.Hide()
	if found != nil {
		for i := range found.List {
			p.list = append(p.list, p.card(found.List[i]))
			p.cards.Add(p.list[i])
		}
		if text := p.window.session.InsightTotal(); text != "" {
			p.total.SetText(text)
			p.total.Show()
		}
	}
	p.cards.Refresh()
	p.content.Refresh() // the cards keep clear of a total of several lines
	p.scroll.ScrollToTop()
}

func (p *insightsPage) card(x insight.Insight) *widgets.InsightCard {
	in := widgets.Insight{Title: printable(texts.Say(x.Title)), Amount: state.InsightAmount(x), Certainty: state.Certainty(x.Certainty),
		Severity: widgets.Info, Summary: printable(texts.Say(x.Text)), Fix: fixText(x.Fix), FixTitle: texts.T("How to fix it"), Risk: printable(texts.Say(x.Risk))}
	if x.Certainty == insight.Known {
		in.Severity = widgets.Warning
	}
	for _, r := range x.Rows {
		in.Evidence = append(in.Evidence, evidenceText(r))
	}
	if x.More > 0 {
		in.More = texts.F("and %d more", x.More)
	}
	if !x.Apply.Empty() {
		in.Action, in.Done = texts.T("Apply to plan"), texts.T("In the plan")
	}
	c := widgets.NewInsightCard(in, widgets.CardWords{})
	c.OnAction = func() { p.window.tell(func() { p.window.session.ApplyInsight(x) }) }
	c.OnFold = func(bool) { p.cards.Refresh() }
	c.OnEvidence = func(i int) { p.window.reveal(x.Rows[i]) }
	return c
}

// fixText writes the lines of a remedy below each other: commands, and remarks on them.
func fixText(lines []string) string {
	said := make([]string, len(lines))
	for i, l := range lines {
		said[i] = texts.Say(l)
	}
	return strings.Join(said, "\n")
}

// evidenceText writes a row of evidence in one line: what, how much, where.
func evidenceText(r insight.Row) string {
	var parts []string
	add := func(text string) {
		if text != "" {
			parts = append(parts, text)
		}
	}
	if r.Package != "" {
		add(strings.TrimSpace(string(r.Package) + " " + r.Version))
	}
	add(layer.Printable(r.Path))
	if r.File != "" {
		at := layer.Printable(r.File)
		if r.Line > 0 {
			at = fmt.Sprintf("%s:%d", at, r.Line)
		}
		add(at)
	}
	if r.Bytes.Basis != bytesize.Unknown {
		add(r.Bytes.String())
	}
	if r.Files > 0 {
		add(texts.N(r.Files, "%[2]s file", "%[2]s files", bytesize.Size(r.Files).Grouped()))
	}
	if r.Layer >= 0 {
		add(texts.F("layer %d", r.Layer))
	}
	add(layer.Printable(texts.Say(r.Note)))
	return strings.Join(parts, ", ")
}

// reveal shows what a row of evidence is about: the package, the file or the
// layer.
func (w *Window) reveal(r insight.Row) {
	s := w.session
	switch row := s.RowOf(r); {
	case row != nil:
		w.showPackage(row.Key)
	case r.Path != "" && w.files.find(r.Path):
		w.show("files")
	case r.Layer >= 0:
		w.layers.choose(r.Layer)
		w.show("layers")
	}
}
