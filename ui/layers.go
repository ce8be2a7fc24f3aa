package ui

import (
	"cmp"
	"fmt"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"weighline/analysis"
	"weighline/analysis/bytesize"
	"weighline/analysis/layer"
	"weighline/ui/chart"
	"weighline/ui/state"
	"weighline/ui/texts"
	"weighline/ui/widgets"
)

// layersPage is the table of the image's layers. Sizes and instructions come
// from the manifest at once; the rest fills in when the layers are read.
type layersPage struct {
	totals  *planFooter
	window  *Window
	content fyne.CanvasObject
	table   *widgets.DataTable
	note    *widget.Label
	empty   *emptyNote
	details *widget.RichText
	split   *container.Split // table above details
	picture *picture         // kept and waste, beside the details
	chosen  int              // the layer that the details tell of, -1 for none
	shown   int
	filter  string
	view    []int // the layers that the filter lets through
	counts  []int // of packages, by layer; nil while nobody knows
	largest bytesize.Size
}

func newLayersPage(w *Window) *layersPage {
	p := &layersPage{window: w, totals: newPlanFooter(w), note: widget.NewLabel(""), empty: newEmptyNote(), details: widget.NewRichText(), chosen: -1}
	p.note.Wrapping = fyne.TextWrapWord
	p.details.Wrapping = fyne.TextWrapWord
	p.table = widgets.NewDataTable(
		widgets.Column{ID: "layer", Title: texts.T("Layer"), Width: 56, Numeric: true, NoSort: true},
		widgets.Column{ID: "instruction", Title: texts.T("Instruction"), Width: 300, Flex: true, NoSort: true},
		widgets.Column{ID: "download", Title: texts.T("Download"), Width: 92, Numeric: true, NoSort: true, Tooltip: texts.T("The compressed blob, as it is pulled")},
		widgets.Column{ID: "unpacked", Title: texts.T("Unpacked"), Width: 96, Numeric: true, NoSort: true, Tooltip: texts.T("Bytes of all files that the layer brings")},
		widgets.Column{ID: "kept", Title: texts.T("Kept"), Width: 92, Numeric: true, NoSort: true, Tooltip: texts.T("Bytes of it that are still visible in the end")},
		widgets.Column{ID: "waste", Title: texts.T("Waste"), Width: 92, Numeric: true, NoSort: true, Tooltip: texts.T("Bytes of it that a later layer deleted or replaced: still stored, still pulled")},
		widgets.Column{ID: "packages", Title: texts.T("Packages"), Width: 84, Numeric: true, NoSort: true, Tooltip: texts.T("Packages that have bytes in it")},
		widgets.Column{ID: "plan", Title: texts.T("Plan"), Width: 124, NoSort: true, Hidden: true, Tooltip: texts.T("Under the plan: a layer that holds bytes of what goes is written, pushed and pulled anew")},
	)
	p.table.Length = func() int { return len(p.view) }
	p.table.Key = func(row int) string { return fmt.Sprint(p.view[row]) }
	p.table.Cell = p.cell
	p.table.Footer = p.footer
	p.table.OnSelect = func(keys []string) {
		p.chosen = -1
		if len(keys) > 0 {
			fmt.Sscan(keys[len(keys)-1], &p.chosen) //nolint:errcheck // the keys are numbers
		}
		p.describe()
	}
	p.table.OnMenu = func(keys []string, at fyne.Position) {
		p.table.Select(keys...)
		w.popUp(at, nil, menuItem{texts.T("Show its files"), nil, func() { p.showFiles(keys[len(keys)-1]) }},
			menuItem{texts.T("Copy rows as text"), p.table.TSV, nil})
	}
	p.table.OnActivate = p.showFiles
	p.picture = newPicture(w, fyne.NewSize(layersChartWidth, 100), func(width, height int, scale float64) *chart.Chart {
		return layersChart(p.image(), chart.Options{Width: width, Height: height, Scale: scale, Theme: chartTheme(p.table)})
	})
	p.split = container.NewVSplit(p.empty.over(p.table), container.NewBorder(nil, nil, nil, p.picture.raster, container.NewVScroll(p.details)))
	p.split.SetOffset(0.7)
	p.content = container.NewBorder(p.note, p.totals.content, nil, nil, p.split)
	return p
}

// layersChartWidth is that of the chart beside the details.
const layersChartWidth = 480

// showFiles shows what a layer adds, changes and removes.
func (p *layersPage) showFiles(key string) {
	i := -1
	fmt.Sscan(key, &i) //nolint:errcheck // the keys are numbers
	p.window.session.ShowLayer(i)
	p.window.show("files")
}

func (p *layersPage) image() *analysis.Image {
	if b := p.window.session.Build; b != nil {
		return b.Image
	}
	return nil
}

func (p *layersPage) layers() []analysis.Layer {
	if img := p.image(); img != nil {
		return img.Layers
	}
	return nil
}

func (p *layersPage) refresh() {
	s := p.window.session
	img := p.image()
	if img == nil {
		return
	}
	if p.shown != s.Shown {
		p.picture.forget()
	}
	if p.shown != s.Shown || p.filter != s.Filter {
		p.shown, p.filter, p.largest = s.Shown, s.Filter, 0
		p.view = p.view[:0]
		for i := range img.Layers {
			if s.LetsLayer(i) {
				p.view = append(p.view, i)
			}
		}
		p.counts = packagesByLayer(img)
		for _, l := range img.Layers {
			p.largest = max(p.largest, l.Content, l.Download.Size)
		}
		if p.chosen >= len(img.Layers) {
			p.chosen = -1
			p.table.Select()
		}
		p.table.DataChanged()
	} else {
		p.table.Refresh()
	}
	if p.empty.say(""); len(p.view) == 0 && s.Filter != "" {
		p.empty.say(texts.F("No layer matches %q, by its instruction or by the packages in it.\nEsc in the filter shows all again.", s.Filter))
	}
	p.arrange()
	p.table.ShowColumn("plan", !s.Plan.Empty() && s.Preview.Image != nil)
	text := ""
	switch read := img.LayersRead(); {
	case img.Partial && s.Busy():
		text = texts.F("Sizes and instructions come from the manifest; files and packages follow when all %d layers are read.", len(img.Layers))
	case img.Partial && read == 0:
		text = texts.T("No layer was read: only what the manifest says is shown.")
	case img.Partial:
		text = texts.F("Partial: %d of %d layers. Totals are at least what is shown.", read, len(img.Layers))
	case img.Scale != "":
		text = texts.F("A scale model, %s: each byte stands for many. It was built the way such images are, so everything here works as on a real one.", img.Scale)
	}
	if p.note.Text != text || p.note.Visible() != (text != "") {
		p.note.SetText(text)
		if text == "" {
			p.note.Hide()
		} else {
			p.note.Show()
		}
		p.content.Refresh() // the table takes the room of a note that goes
	}
	p.describe()
	setShown(s.Build.Deps == nil, p.totals.content) // else it tells of the requirements
	p.totals.refresh()
}

func (p *layersPage) cell(row int, column string) widgets.Cell {
	row = p.view[row]
	l := p.layers()[row]
	size := func(s bytesize.Size) widgets.Cell {
		if !l.Read {
			return widgets.Cell{Text: "—", Dimmed: true, Tooltip: p.notRead(l)}
		}
		return widgets.Cell{Text: s.String(), Tooltip: s.Exact()}
	}
	switch column {
	case "layer":
		return widgets.Cell{Text: fmt.Sprint(row), Bold: p.holds(row) != nil}
	case "instruction":
		c := widgets.Cell{Text: printable(l.Instruction), Tooltip: printable(l.CreatedBy)}
		if r := p.holds(row); r != nil {
			c.Bold = true
			c.Tooltip += "\n" + texts.F("It holds files of %s, which is selected.", r.Name)
		}
		if c.Text == "" {
			c.Text, c.Dimmed = texts.T("not told by the image"), true
		}
		if l.Err != nil {
			c.Text, c.Tone = texts.F("Not read (%s): %s", texts.Say(analysis.Explain(l.Err)), c.Text), widgets.Bad
		}
		return c
	case "download":
		return widgets.Cell{Text: amountText(l.Download), Tooltip: exact(l.Download), HasBar: p.largest > 0 && !l.Read, Bar: share(l.Download.Size, p.largest)}
	case "unpacked":
		c := size(l.Content)
		c.HasBar, c.Bar = l.Read && p.largest > 0, share(l.Content, p.largest)
		return c
	case "kept":
		return p.stacked(size(l.Kept))
	case "waste":
		c := p.stacked(size(l.Waste))
		if l.Read && l.Waste > 0 {
			c.HasBar, c.Bar, c.BarFill = true, share(l.Waste, p.largest), 1
		}
		return c
	case "packages":
		switch {
		case p.counts == nil:
			return p.stacked(widgets.Cell{})
		case l.Read:
			return widgets.Cell{Text: fmt.Sprint(p.counts[row]), Dimmed: p.counts[row] == 0}
		default:
			return size(0)
		}
	case "plan":
		if v := p.window.session.Preview.Image; v != nil {
			for _, i := range v.LayersChanged {
				if i == row {
					return widgets.Cell{Text: texts.T("rewritten")}
				}
			}
			if !p.window.session.Plan.Empty() {
				return widgets.Cell{Text: texts.T("as it is"), Dimmed: true}
			}
		}
	}
	return widgets.Cell{}
}

// arrange leaves the count of packages, which the details have too, and the chart,
// which the charts have too, to wide windows.
func (p *layersPage) arrange() {
	p.table.ShowColumn("packages", !p.window.narrow)
	img := p.image()
	setShown(!p.window.narrow && img != nil && img.Ledger != nil, p.picture.raster)
}

// packagesByLayer counts the packages that have bytes in each layer.
func packagesByLayer(img *analysis.Image) []int {
	if img.Ledger == nil {
		return nil
	}
	counts := make([]int, len(img.Layers))
	for _, k := range img.Ledger.Packages {
		for _, b := range k.Layers {
			if b.Bytes > 0 && b.Index < len(counts) {
				counts[b.Index]++
			}
		}
	}
	return counts
}

// holds returns the selected package if layer i holds bytes of it, else nil.
func (p *layersPage) holds(i int) *state.Row {
	s := p.window.session
	if r := s.Row(s.Selected); r != nil && slices.Contains(r.Layers, i) {
		return r
	}
	return nil
}

// stacked returns c if all layers are stacked: before that nobody knows what of a
// layer is kept.
func (p *layersPage) stacked(c widgets.Cell) widgets.Cell {
	if img := p.image(); img.Ledger == nil {
		return widgets.Cell{Text: "—", Dimmed: true, Tooltip: texts.T("known when all layers are read")}
	}
	return c
}

func (p *layersPage) notRead(l analysis.Layer) string {
	switch {
	case l.Err != nil:
		return texts.Say(analysis.Explain(l.Err))
	case p.window.session.Busy():
		return texts.T("being read")
	}
	return texts.T("the layer was not read")
}

func (p *layersPage) footer(column string) widgets.Cell {
	img := p.image()
	if img == nil {
		return widgets.Cell{}
	}
	var down bytesize.Total
	var content, kept, waste bytesize.Total
	for _, l := range img.Layers {
		down.Add(l.Download)
		for t, v := range map[*bytesize.Total]bytesize.Size{&content: l.Content, &kept: l.Kept, &waste: l.Waste} {
			a := bytesize.Amount{}
			if l.Read && (t == &content || img.Ledger != nil) {
				a = bytesize.Of(v)
			}
			t.Add(a)
		}
	}
	text := map[string]string{"instruction": texts.N(len(img.Layers), "%d layer", "%d layers"), "download": down.String(),
		"unpacked": content.String(), "kept": kept.String(), "waste": waste.String()}[column]
	return widgets.Cell{Text: text, Bold: true}
}

// describe tells of the chosen layer which packages it brought and what of it
// was wasted.
func (p *layersPage) describe() {
	img := p.image()
	t := &prose{}
	switch {
	case img == nil:
	case p.chosen < 0 || p.chosen >= len(img.Layers):
		t.line(texts.T("Select a layer to see its packages and its waste."))
	default:
		p.describeLayer(t, img, p.chosen)
	}
	p.details.Segments = t.segments
	p.details.Refresh()
}

// maxListed is how many packages and files the details of a layer list.
const maxListed = 12

func (p *layersPage) describeLayer(t *prose, img *analysis.Image, i int) {
	l := img.Layers[i]
	t.heading(texts.F("Layer %d", i))
	if made := cmp.Or(l.CreatedBy, l.Instruction); made == "" {
		t.line(texts.T("The image does not tell what made it."))
	} else {
		t.line(printable(made))
	}
	if l.DiffID != "" {
		t.line(texts.F("%s, diff ID %s", l.MediaType, l.DiffID))
	}
	if img.Ledger == nil {
		return
	}
	type part struct {
		name  string
		bytes int64
	}
	var parts []part
	for _, k := range img.Ledger.Packages {
		for _, b := range k.Layers {
			if b.Index == i && b.Bytes > 0 {
				parts = append(parts, part{k.Name + " " + k.Version, b.Bytes})
			}
		}
	}
	sortBy(parts, func(a, b part) bool { return a.bytes > b.bytes })
	if len(parts) > 0 {
		t.heading(texts.N(len(parts), "%d package with files in it", "%d packages with files in it"))
		for n, x := range parts {
			if n == maxListed {
				t.line(texts.F("and %d more", len(parts)-n))
				break
			}
			t.line(bytesize.Size(x.bytes).String() + "  " + x.name)
		}
	}
	if img.Tree == nil || l.Waste == 0 {
		return
	}
	t.heading(texts.T("Waste: stored and pulled, not visible"))
	n := 0
	for _, x := range img.Tree.Waste(0) {
		if x.Layer != i {
			continue
		}
		if n++; n > maxListed {
			t.line(texts.T("and more"))
			break
		}
		t.line(texts.F("%s  %s: %s in layer %d", bytesize.Size(x.Bytes), printable(x.Path), whyWord(x.Why), x.RemovedBy))
	}
}

// whyWord says why bytes are waste.
func whyWord(w layer.Why) string {
	switch w {
	case layer.Deleted:
		return texts.T("deleted")
	case layer.Overwritten:
		return texts.T("overwritten")
	case layer.RewrittenIdentical:
		return texts.T("rewritten, but identical")
	}
	return texts.T("twice in the same layer")
}

// choose selects layer i.
func (p *layersPage) choose(i int) {
	p.refresh()
	if i < 0 || i >= len(p.layers()) {
		return
	}
	p.chosen = i
	p.table.Select(fmt.Sprint(i))
	p.table.ScrollToKey(fmt.Sprint(i))
	p.describe()
}
