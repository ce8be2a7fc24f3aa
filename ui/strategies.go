package ui

import (
	"fmt"
	"strconv"
	"strings"

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

// strategiesPage sets the ways to a lighter build side by side on one scale, and
// tells of the chosen one what to do, how long it takes and what to expect.
type strategiesPage struct {
	window  *Window
	content fyne.CanvasObject
	footer  *planFooter
	table   *widgets.DataTable
	why     *widget.Label
	details *widget.RichText
	use     *widget.Button
	docker  *widget.Button
	split   *container.Split // table above details
	fitted  bool             // the table was given the height of its rows
	chosen  string
	drawn   *state.Strategies
	most    bytesize.Size // the longest bar
}

func newStrategiesPage(w *Window) *strategiesPage {
	p := &strategiesPage{window: w, footer: newPlanFooter(w), why: widget.NewLabel(""), details: widget.NewRichText()}
	p.why.Wrapping, p.details.Wrapping = fyne.TextWrapWord, fyne.TextWrapWord
	p.table = widgets.NewDataTable(
		widgets.Column{ID: "name", Title: texts.T("Strategy"), Width: 230, Min: 120, Flex: true, NoSort: true},
		widgets.Column{ID: "download", Title: texts.T("Download"), Width: 108, Numeric: true, NoSort: true, Tooltip: texts.T("Of the whole image, its base included")},
		widgets.Column{ID: "unpacked", Title: texts.T("Unpacked"), Width: 108, Numeric: true, NoSort: true, Tooltip: texts.T("Of the whole image, its base included")},
		widgets.Column{ID: "largest", Title: texts.T("Largest layer"), Width: 108, Numeric: true, NoSort: true, Tooltip: texts.T("The compressed bytes of the largest layer: registries limit it")},
		widgets.Column{ID: "edit", Title: texts.T("After an edit"), Width: 108, Numeric: true, NoSort: true, Tooltip: texts.T("What a host that has the image pulls again after a requirement was changed")},
		widgets.Column{ID: "time", Title: texts.T("Build takes"), Width: 120, Numeric: true, NoSort: true, Tooltip: texts.T("From nothing to pushed, estimated from the speeds that are set")},
		widgets.Column{ID: "limit", Title: texts.T("Limit"), Width: 168, Numeric: true, NoSort: true, Hidden: true, Tooltip: texts.T("How far it is from the limit that is watched")},
		widgets.Column{ID: "packages", Title: texts.T("Packages"), Width: 84, Numeric: true, NoSort: true},
	)
	w.rememberColumns(prefWays, p.table)
	p.table.Length = func() int { return len(p.list()) }
	p.table.Key = func(row int) string { return p.list()[row].Name }
	p.table.Cell = p.cell
	p.table.OnSelect = func(keys []string) {
		if len(keys) > 0 {
			p.chosen = keys[len(keys)-1]
			p.describe()
		}
	}
	p.use = widget.NewButtonWithIcon(texts.T("Use this plan"), theme.ConfirmIcon(), p.useChosen)
	p.docker = widget.NewButtonWithIcon(texts.T("Dockerfile…"), theme.DocumentIcon(), p.showDockerfile)
	speeds := widget.NewButton(texts.T("Speeds…"), p.askSpeeds)
	measure := widget.NewButton(texts.T("Measure this computer"), w.session.MeasureSpeeds)
	buttons := container.NewHBox(p.use, p.docker, spacer(), speeds, measure)
	below := container.NewBorder(buttons, nil, nil, nil, container.NewVScroll(p.details))
	p.split = container.NewVSplit(p.table, below)
	p.split.SetOffset(0.44)
	p.content = around(p.why, p.footer.content, p.split)
	return p
}

// addStrategyCommands lists what can be done about the strategy that is selected.
func (w *Window) addStrategyCommands(add func(id, menu, title string, shortcut fyne.KeyboardShortcut, enabled func() bool, do func())) {
	s, p := w.session, w.strategies
	there := func() bool { return w.current == "strategies" && s.Strategies != nil }
	add("strategy-use", texts.T("Plan"), texts.T("Use the plan of the selected strategy"), nil, func() bool { return there() && !p.use.Disabled() }, p.useChosen)
	add("strategy-dockerfile", texts.T("Plan"), texts.T("Dockerfile of the selected strategy…"), nil, func() bool { return there() && !p.docker.Disabled() }, p.showDockerfile)
	add("speeds", texts.T("Plan"), texts.T("Speeds that times are estimated from…"), nil, there, p.askSpeeds)
	add("measure", texts.T("Plan"), texts.T("Measure the speeds of this computer"), nil, func() bool { return there() && !s.Busy() }, s.MeasureSpeeds)
}

func (p *strategiesPage) useChosen() {
	w := p.window
	w.tell(func() { w.session.UseStrategy(p.chosen) })
}

func (p *strategiesPage) list() []plan.Strategy {
	if x := p.window.session.Strategies; x != nil {
		return x.List
	}
	return nil
}

func (p *strategiesPage) find(name string) (plan.Strategy, bool) {
	if x := p.window.session.Strategies; x != nil {
		return x.Find(name)
	}
	return plan.Strategy{}, false
}

func (p *strategiesPage) refresh() {
	s := p.window.session
	s.FindStrategies()
	p.footer.refresh()
	found := s.Strategies
	p.table.ShowColumn("limit", s.Limit != nil)
	if found == p.drawn && found != nil {
		p.table.Refresh()
		return
	}
	p.drawn = found
	if found == nil {
		p.say(texts.T("Weighing the ways to a lighter build…"))
		if s.Build != nil && s.Build.Graph() == nil {
			p.say(texts.T("The ways to a lighter build are known when the packages are."))
		}
		p.table.DataChanged()
		p.describe()
		return
	}
	p.most = 0
	for _, x := range found.List {
		p.most = max(p.most, x.Unpacked.Size)
	}
	why := printable(texts.Say(found.Why))
	if x, ok := found.Find(found.Recommended); ok {
		why = strategyTitle(x.Name, x.Title) + ": " + why
	}
	p.say(why)
	if h := p.split.Size().Height; h > 0 && !p.fitted {
		p.fitted = true
		p.split.SetOffset(float64(max(0.36, min((p.table.HeightFor(len(found.List))+theme.Padding())/h, 0.6))))
	}
	if _, ok := found.Find(p.chosen); !ok {
		p.chosen = found.Recommended
	}
	if p.chosen == "" && len(found.List) > 0 {
		p.chosen = found.List[0].Name
	}
	p.table.DataChanged()
	p.table.Select(p.chosen)
	p.describe()
}

// arrange leaves the count of packages to wide windows.
func (p *strategiesPage) arrange() { p.table.ShowColumn("packages", !p.window.narrow) }

// say writes what stands above the table, which takes the room of a line that goes.
func (p *strategiesPage) say(text string) {
	if p.why.Text != text {
		p.why.SetText(text)
		p.content.Refresh()
	}
}

func (p *strategiesPage) cell(row int, column string) widgets.Cell {
	x := p.list()[row]
	total := func(t bytesize.Total) widgets.Cell {
		return widgets.Cell{Text: t.String(), Tooltip: t.Size.Exact(), HasBar: p.most > 0, Bar: share(t.Size, p.most)}
	}
	switch column {
	case "name":
		c := widgets.Cell{Text: strategyTitle(x.Name, x.Title)}
		if p.drawn != nil && x.Name == p.drawn.Recommended {
			c.Bold, c.Secondary = true, texts.T("recommended")
		}
		return c
	case "download":
		return total(x.Download)
	case "unpacked":
		return total(x.Unpacked)
	case "largest":
		return total(x.LargestLayer)
	case "edit":
		return total(x.Edit)
	case "time":
		return widgets.Cell{Text: state.StrategyTime(x)}
	case "limit":
		if l := p.window.session.Limit; l != nil {
			return p.window.distanceCell(*l, state.StrategyUsage(x, l.Scope))
		}
	case "packages":
		return widgets.Cell{Text: fmt.Sprint(x.Packages)}
	}
	return widgets.Cell{}
}

// strategyTitle names a strategy on the screen.
func strategyTitle(name, title string) string {
	switch name {
	case plan.AsIs:
		return texts.T("As it is")
	case plan.Production:
		return texts.T("Production-only requirements")
	case plan.CPUOnly:
		return texts.T("CPU-only variants")
	case plan.MultiStage:
		return texts.T("Multi-stage build")
	case plan.BaseImage:
		return texts.T("Pre-built base image")
	case plan.OpenedBase:
		return texts.T("The opened image as base")
	case plan.Current:
		return texts.T("The current plan")
	}
	return title
}

func (p *strategiesPage) describe() {
	t := &prose{}
	x, ok := p.find(p.chosen)
	enable(p.use, ok && !x.Plan.Equal(p.window.session.Plan))
	enable(p.docker, ok)
	if ok {
		t.heading(strategyTitle(x.Name, x.Title))
		for _, r := range x.Remarks {
			t.line(sentence(printable(texts.Say(r))))
		}
		t.heading(texts.F("Time: %s", state.StrategyTime(x)))
		for _, part := range x.Parts {
			t.line(fmt.Sprintf("%s: %s", texts.Say(part.What), state.TimeText(part.Seconds)))
		}
		if x.Base.Reference() != "" {
			t.heading(texts.T("Base"))
			t.line(printable(x.Base.Reference()))
			t.line(texts.T("Download and unpacked count its bytes, too; the totals below are of the packages alone."))
		}
	}
	p.details.Segments = t.segments
	p.details.Refresh()
}

// showDockerfile shows the files that build the chosen strategy, to be copied or
// written.
func (p *strategiesPage) showDockerfile() {
	w, name := p.window, p.chosen
	w.session.Dockerfile(name, func(text string) {
		label := widget.NewLabel(text)
		label.TextStyle.Monospace, label.Selectable = true, true
		copyIt := widget.NewButtonWithIcon(texts.T("Copy"), theme.ContentCopyIcon(), func() { w.app.fyne.Clipboard().SetContent(text) })
		save := widget.NewButtonWithIcon(texts.T("Save…"), theme.DocumentSaveIcon(), func() {
			e := newLineEntry("Dockerfile.slim", texts.T("a path"))
			w.ask(texts.T("Save the Dockerfile"), texts.T("What it installs is written beside it, as requirements of this strategy."), texts.T("Save"), e, nil, func(path string) {
				w.session.Export(analysis.Exports{Dockerfile: path, Strategy: name}, "", false)
			})
		})
		w.showClosable(texts.T("Dockerfile"), container.NewBorder(nil, container.NewHBox(copyIt, save), nil, nil, container.NewScroll(label)), fyne.NewSize(760, 600))
	})
}

// askSpeeds lets the user set what times are estimated from.
func (p *strategiesPage) askSpeeds() {
	w := p.window
	x := w.session.Speeds
	shown := plan.DefaultSpeeds()
	if p.drawn != nil {
		shown = p.drawn.Speeds
	}
	form := widget.NewForm()
	set := widget.NewButton(texts.T("Set"), nil)
	set.Importance = widget.HighImportance
	var first *lineEntry
	var fields []func() bool // takes a field over; false if it cannot be read
	add := func(label string, shown plan.Speed, to *plan.Speed) {
		e := newLineEntry(shown.String(), "")
		e.escape = func() { w.overlay.Hide() }
		e.OnSubmitted = func(string) { set.OnTapped() }
		form.Append(label, e)
		if first == nil {
			first = e
		}
		fields = append(fields, func() bool {
			s, ok := parseSpeed(e.Text)
			if ok {
				*to = s
			}
			return ok
		})
	}
	add(texts.T("Download, Mbit/s"), shown.Download, &x.Download)
	add(texts.T("Unpack, MB/s"), shown.Unpack, &x.Unpack)
	add(texts.T("Compile, MB/s"), shown.Compile, &x.Compile)
	add(texts.T("Compress, MB/s"), shown.Compress, &x.Compress)
	add(texts.T("Push, Mbit/s"), shown.Push, &x.Push)
	add(texts.T("Start of a build, seconds"), shown.Start, &x.Start)
	wrong := widget.NewLabel(texts.T("A number, or two with \"to\" between: slow to fast."))
	wrong.Wrapping = fyne.TextWrapWord
	set.OnTapped = func() {
		for i, take := range fields {
			if !take() {
				wrong.SetText(texts.F("%s: a number above 0, or two with \"to\" between", form.Items[i].Text))
				wrong.Importance = widget.DangerImportance
				wrong.Refresh()
				return
			}
		}
		w.overlay.Hide()
		w.session.SetSpeeds(x)
	}
	rows := container.NewVScroll(form)
	d := w.showClosable(texts.T("What times are estimated from"), container.NewBorder(nil, container.NewBorder(nil, nil, nil, set, wrong), nil, nil, rows), fyne.NewSize(520, 440))
	w.fitRows(d, 520, rows)
	w.win.Canvas().Focus(first)
}

// parseSpeed reads "50", "50 to 300" and "50-300".
func parseSpeed(text string) (plan.Speed, bool) {
	low, high, two := strings.Cut(strings.ReplaceAll(text, "-", " to "), " to ")
	if !two {
		high = low
	}
	a, errA := strconv.ParseFloat(strings.TrimSpace(low), 64)
	b, errB := strconv.ParseFloat(strings.TrimSpace(high), 64)
	ok := errA == nil && errB == nil && a > 0 && b > 0 && a < 1e9 && b < 1e9 // NaN is neither
	return plan.Speed{Low: min(a, b), High: max(a, b)}, ok
}
