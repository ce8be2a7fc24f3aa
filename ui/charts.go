package ui

import (
	"fmt"
	"io"
	"math"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"weighline/analysis"
	"weighline/analysis/bytesize"
	"weighline/ui/chart"
	"weighline/ui/state"
	"weighline/ui/texts"
	"weighline/ui/widgets"
)

// chartsPage shows the heaviest packages and the layers as bar charts.
type chartsPage struct {
	window   *Window
	content  fyne.CanvasObject
	box      *fyne.Container
	layers   *widgets.StackedBar
	picture  *picture
	dropped  string // the plan of the last image
	arranged int    // Session.Shown when the layers were put in
	title    *widget.Label
	kind     *widget.Select // packages, layers, or the history of what is open
	versions int            // that the last image of the history showed
}

// chartBars is how many packages the chart shows.
const chartBars = 12

func newChartsPage(w *Window) *chartsPage {
	p := &chartsPage{window: w}
	p.picture = newPicture(w, fyne.NewSize(300, 200), p.chart)
	p.title = widget.NewLabelWithStyle("", fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
	save := func(text, ending string) *widget.Button {
		b := widget.NewButtonWithIcon(text, theme.DocumentSaveIcon(), func() { w.askChart(ending) })
		b.Importance = widget.LowImportance
		return b
	}
	p.layers = widgets.NewStackedBar(widgets.BarPart{Name: texts.T("Kept"), Fill: 0}, widgets.BarPart{Name: texts.T("Waste"), Fill: 1, Hatched: true})
	p.kind = widget.NewSelect([]string{texts.T("Packages"), texts.T("Layers"), texts.T("History")}, func(string) {
		p.picture.forget()
		p.refresh()
	})
	p.kind.Selected = p.kind.Options[0]
	copyIt := widgets.NewTipButton("", theme.ContentCopyIcon(), texts.T("Copy as text"), func() { w.app.fyne.Clipboard().SetContent(p.copyText()) })
	copyIt.Importance = widget.LowImportance
	p.title.Truncation = fyne.TextTruncateEllipsis
	top := container.NewBorder(nil, nil, p.kind, container.NewHBox(copyIt, save(texts.T("Save as PNG…"), ".png"), save(texts.T("Save as SVG…"), ".svg")), p.title)
	p.box = container.NewStack()
	p.content = container.NewBorder(top, nil, nil, nil, p.box)
	return p
}

func (p *chartsPage) refresh() {
	s := p.window.session
	if s.Build == nil {
		return
	}
	title := texts.T("Heaviest packages by download")
	if s.ByUnpackedSize() {
		title = texts.T("Heaviest packages by unpacked size")
	}
	switch p.shows() {
	case chartLayers:
		title = texts.T("Layers of the image: kept and waste")
	case chartHistory:
		title = texts.F("Saved versions of %s", s.Reference())
		if n := len(s.Versions(s.Reference())); n != p.versions {
			p.versions = n
			p.picture.forget()
		}
	}
	p.title.SetText(title)
	if dropped := string(s.Plan.Encode()); dropped != p.dropped || p.arranged != s.Shown {
		p.dropped = dropped
		p.picture.forget()
	}
	if p.arranged != s.Shown {
		p.arranged = s.Shown
		p.arrange()
	}
}

// arrange puts the layers below the packages where an image is open.
func (p *chartsPage) arrange() {
	img := p.window.session.Build.Image
	if img == nil || img.Tree == nil && img.Ledger == nil {
		p.box.Objects = []fyne.CanvasObject{p.picture.raster}
		p.box.Refresh()
		return
	}
	var rows []widgets.BarRow
	for i, l := range img.Layers {
		rows = append(rows, widgets.BarRow{Key: fmt.Sprint(i), Label: fmt.Sprintf("%d  %s", i, printable(l.Instruction)), Detail: l.Content.String(),
			Values: []float64{float64(l.Kept), float64(l.Waste)}, Tip: texts.F("%s, %s of them wasted", l.Content.Exact(), l.Waste.Exact())})
	}
	p.layers.SetRows(rows)
	split := container.NewVSplit(p.picture.raster, container.NewBorder(
		widget.NewLabelWithStyle(texts.T("Layers of the image: kept and waste"), fyne.TextAlignLeading, fyne.TextStyle{Bold: true}), nil, nil, nil, container.NewVScroll(p.layers)))
	split.SetOffset(0.55)
	p.box.Objects = []fyne.CanvasObject{split}
	p.box.Refresh()
}

// What the page can show, in the order of its choice.
const (
	chartPackages = iota
	chartLayers
	chartHistory
)

func (p *chartsPage) shows() int { return max(p.kind.SelectedIndex(), chartPackages) }

// history makes the chart of the saved versions of what is open: what each came
// to under its plan. What nobody knows is a gap.
func (p *chartsPage) history(width, height int, scale float64) *chart.Chart {
	s := p.window.session
	down, up := chart.Series{Name: texts.T("Download")}, chart.Series{Name: texts.T("Unpacked")}
	var labels []string
	value := func(n int64) float64 {
		if n < 0 {
			return math.NaN()
		}
		return float64(n)
	}
	for _, b := range s.Versions(s.Reference()) {
		labels = append(labels, printable(b.Name))
		down.Values = append(down.Values, value(b.Summary.DownloadAfter))
		up.Values = append(up.Values, value(b.Summary.UnpackedAfter))
	}
	return chart.Lines([]chart.Series{down, up}, labels, chart.Options{
		Width: width, Height: height, Scale: scale, Theme: chartTheme(p.layers),
		Format: func(v float64) string { return bytesize.Size(v).String() },
		NoData: texts.F("No version of %s is saved yet. Ctrl+S saves this one.", s.Reference()),
	})
}

// chart makes the chart of the packages that stay, of the layers, or of the history.
func (p *chartsPage) chart(width, height int, scale float64) *chart.Chart {
	switch {
	case p.window.session.Build == nil:
		return nil
	case p.shows() == chartLayers:
		return layersChart(p.window.session.Build.Image, chart.Options{Width: width, Height: height, Scale: scale, Theme: chartTheme(p.layers)})
	case p.shows() == chartHistory:
		return p.history(width, height, scale)
	}
	values, labels := heaviest(p.window.session, chartBars)
	return chart.Bars(values, labels, chart.Options{
		Width: width, Height: height, Scale: scale, Theme: chartTheme(p.layers),
		Format: func(v float64) string { return bytesize.Size(v).String() },
		NoData: texts.T("No package has a known size"),
	})
}

// layersChart stacks what of each layer is kept and what is wasted, img may be nil. A
// layer that was not read is a gap.
func layersChart(img *analysis.Image, o chart.Options) *chart.Chart {
	o.Format = func(v float64) string { return bytesize.Size(v).String() }
	o.NoData = texts.T("No layer was read")
	kept, waste := chart.Series{Name: texts.T("Kept")}, chart.Series{Name: texts.T("Waste")}
	var labels []string
	if img == nil || img.Ledger == nil {
		return chart.Stacked(nil, nil, o)
	}
	for i, l := range img.Layers {
		kept.Values = append(kept.Values, float64(l.Kept))
		waste.Values = append(waste.Values, float64(l.Waste))
		labels = append(labels, fmt.Sprint(i))
	}
	return chart.Stacked([]chart.Series{kept, waste}, labels, o)
}

// heaviest returns the sizes and names of the n heaviest packages that stay.
func heaviest(s *state.Session, n int) (values []float64, labels []string) {
	rows := make([]*state.Row, 0, len(s.Rows))
	for i := range s.Rows {
		if r := &s.Rows[i]; !r.Gone() && s.Own(r).Size > 0 {
			rows = append(rows, r)
		}
	}
	sortBy(rows, func(a, b *state.Row) bool { return s.Own(a).Size > s.Own(b).Size })
	for _, r := range rows[:min(n, len(rows))] {
		values = append(values, float64(s.Own(r).Size))
		labels = append(labels, barLabel(r))
	}
	return values, labels
}

// barLabel names a package in a chart, with a folder where there are several of that
// name: labels are short, so it is one name of the path that tells these apart.
func barLabel(r *state.Row) string {
	if r.Place == "" {
		return string(r.Name)
	}
	folders := strings.Split(strings.Trim(strings.TrimPrefix(r.Place, "…"), "/"), "/")
	if last := folders[len(folders)-1]; len(folders) <= 2 && last != "node_modules" {
		return string(r.Name) + " " + last
	}
	return string(r.Name) + " " + folders[0]
}

// save returns what writes the chart of this moment as the ending of path says,
// on whichever goroutine.
func (p *chartsPage) save(path string) func(io.Writer) error {
	c := p.chart(1000, 560, 2)
	draw := c.PNG
	if hasEnding(path, ".svg") {
		draw = c.SVG
	}
	return func(w io.Writer) error {
		data, err := draw()
		if err != nil {
			return err
		}
		_, err = w.Write(data)
		return err
	}
}
