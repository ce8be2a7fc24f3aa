package ui

import (
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"weighline/analysis/pep"
	"weighline/analysis/plan"
	"weighline/ui/texts"
)

// settingsPage is what the user can set. Each setting holds at once, in all
// windows, and is kept; those of readings hold for what is read next.
type settingsPage struct {
	window  *Window
	content fyne.CanvasObject
	scroll  *container.Scroll
	form    *fyne.Container
	saved   map[string]*widget.Select // by preference
	fields  map[string]*lineEntry     // by preference
	checks  map[string]*widget.Check  // by preference
	wrong   map[string]*widget.Label  // what is wrong with a field
}

func newSettingsPage(w *Window) *settingsPage {
	p := &settingsPage{window: w, form: container.NewVBox(), saved: map[string]*widget.Select{},
		fields: map[string]*lineEntry{}, checks: map[string]*widget.Check{}, wrong: map[string]*widget.Label{}}
	p.appearance()
	p.readings()
	p.network()
	p.budgets()
	p.habits()
	p.scroll = container.NewVScroll(container.NewPadded(p.form))
	p.content = p.scroll
	return p
}

// A choice is a value of a setting with the words for it.
type choice struct{ value, text string }

func (p *settingsPage) heading(text string) {
	l := widget.NewLabelWithStyle(text, fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
	l.SizeName = theme.SizeNameSubHeadingText
	p.form.Add(l)
}

// settingLabel is how wide the names of settings are, settingField their fields.
const (
	settingLabel = 190
	settingField = 380
)

func (p *settingsPage) row(label string, field fyne.CanvasObject, hint string) {
	height := field.MinSize().Height
	line := container.NewHBox(
		container.NewGridWrap(fyne.NewSize(settingLabel, height), widget.NewLabel(label)),
		container.NewGridWrap(fyne.NewSize(settingField, height), field))
	p.form.Add(line)
	if hint != "" {
		h := widget.NewLabel(hint)
		h.Importance, h.Wrapping = widget.LowImportance, fyne.TextWrapWord
		h.SizeName = theme.SizeNameCaptionText
		p.form.Add(container.NewBorder(nil, nil, container.NewGridWrap(fyne.NewSize(settingLabel, 1)), nil, h))
	}
}

// choose is a setting with a few values.
func (p *settingsPage) choose(pref, label, hint, now string, choices []choice, set func(value string)) {
	var words []string
	at := -1
	for i, c := range choices {
		words = append(words, c.text)
		if c.value == now {
			at = i
		}
	}
	s := widget.NewSelect(words, nil)
	s.SetSelectedIndex(at)
	s.OnChanged = func(string) {
		if i := s.SelectedIndex(); i >= 0 {
			set(choices[i].value)
		}
	}
	p.saved[pref] = s
	p.row(label, s, hint)
}

// write is a setting that is written. check says what is wrong with a text, ""
// if nothing is; what is wrong is not kept.
func (p *settingsPage) write(pref, label, hint, placeholder, now string, browse bool, check func(string) string, set func(string)) {
	e := newLineEntry(now, placeholder)
	wrong := widget.NewLabel("")
	wrong.Importance, wrong.Wrapping = widget.DangerImportance, fyne.TextWrapWord
	wrong.Hide()
	e.OnChanged = func(text string) {
		text = strings.TrimSpace(text)
		if why := check(text); why != "" {
			wrong.SetText(why)
			wrong.Show()
			return
		}
		wrong.Hide()
		set(text)
	}
	p.fields[pref], p.wrong[pref] = e, wrong
	var field fyne.CanvasObject = e
	if browse {
		field = container.NewBorder(nil, nil, nil, widget.NewButtonWithIcon("", theme.FolderOpenIcon(), p.window.browse(e)), e)
	}
	p.row(label, field, hint)
	p.form.Add(container.NewBorder(nil, nil, container.NewGridWrap(fyne.NewSize(settingLabel, 1)), nil, wrong))
}

// check is a setting that is on or off.
func (p *settingsPage) check(pref, label string, now bool, set func(bool)) {
	c := widget.NewCheck(label, nil)
	c.SetChecked(now)
	c.OnChanged = set
	p.checks[pref] = c
	p.form.Add(c)
}

func (p *settingsPage) appearance() {
	a := p.window.app
	q := a.fyne.Preferences()
	p.heading(texts.T("Appearance"))
	p.choose(prefVariant, texts.T("Theme"), "", q.StringWithFallback(prefVariant, string(System)), []choice{
		{string(System), texts.T("As the system")}, {string(Light), texts.T("Light")}, {string(Dark), texts.T("Dark")}},
		func(v string) { a.SetVariant(Variant(v)) })
	var scales []choice
	for _, percent := range []int{80, 90, 100, 110, 120, 150, 200} {
		scales = append(scales, choice{strconv.Itoa(percent), strconv.Itoa(percent) + " %"})
	}
	p.choose(prefScale, texts.T("Scale"), "", strconv.Itoa(int(a.Scale()*100+0.5)), scales, func(v string) {
		if percent, err := strconv.Atoi(v); err == nil {
			a.SetScale(float32(percent) / 100)
		}
	})
	p.choose(prefBinary, texts.T("Units"), texts.T("The exact number of bytes is in the tooltip of every size."), strconv.FormatBool(q.Bool(prefBinary)), []choice{
		{"false", texts.T("kB, MB, GB: as docker, pip and registries print")}, {"true", texts.T("KiB, MiB, GiB: 1024 bytes each")}},
		func(v string) { a.SetBinary(v == "true") })
	languages := []choice{{"", texts.T("As the system")}}
	for _, l := range texts.Languages {
		languages = append(languages, choice{l.Code, l.Name})
	}
	p.choose(prefLanguage, texts.T("Language"), "", a.Language(), languages, a.SetLanguage)
}

func (p *settingsPage) readings() {
	a := p.window.app
	q := a.fyne.Preferences()
	set := func(pref string) func(string) {
		return func(v string) { q.SetString(pref, v); a.configure() }
	}
	p.heading(texts.T("Requirements"))
	var pythons, platforms []choice
	for _, v := range []string{"3.9", "3.10", "3.11", "3.12", "3.13", "3.14"} {
		pythons = append(pythons, choice{v, texts.F("Python %s", v)})
	}
	for _, v := range pep.Platforms {
		platforms = append(platforms, choice{v, v})
	}
	def := pep.DefaultTarget()
	p.choose(prefPython, texts.T("Python"), "", q.StringWithFallback(prefPython, def.Python()), pythons, set(prefPython))
	p.choose(prefPlatform, texts.T("Platform"), texts.T("For what is opened from now on; F5 reads again what is open."),
		q.StringWithFallback(prefPlatform, def.Platform()), platforms, set(prefPlatform))
	index := q.String(prefIndex)
	kind := index
	if index != indexOff && index != indexSettings {
		kind = "url"
	}
	p.choose(prefIndex, texts.T("Package index"), texts.T("An index that is asked learns which packages you use. Without one, versions and sizes come from the catalogue in the program."), kind, []choice{
		{indexOff, texts.T("Ask none")}, {indexSettings, texts.T("Those that pip and uv are set to")}, {"url", texts.T("The one below")}},
		func(v string) {
			e := p.fields["index.url"]
			enable(e, v == "url")
			if v == "url" {
				v = e.Text
			}
			q.SetString(prefIndex, strings.TrimSpace(v))
			a.configure()
		})
	address := ""
	if kind == "url" {
		address = index
	}
	p.write("index.url", texts.T("Its address"), "", "https://pypi.org/simple", address, false, wrongAddress, func(v string) {
		if p.saved[prefIndex].SelectedIndex() == 2 {
			q.SetString(prefIndex, v)
			a.configure()
		}
	})
	enable(p.fields["index.url"], kind == "url")
}

// wrongAddress says what is wrong with the address of an index or a proxy.
func wrongAddress(text string) string {
	if text == "" || strings.HasPrefix(text, "http://") || strings.HasPrefix(text, "https://") {
		return ""
	}
	return texts.T("An address begins with https:// or http://.")
}

func (p *settingsPage) network() {
	a := p.window.app
	q := a.fyne.Preferences()
	set := func(pref string) func(string) {
		return func(v string) { q.SetString(pref, v); a.configure() }
	}
	fine := func(string) string { return "" }
	p.heading(texts.T("Network"))
	p.write(prefCA, texts.T("CA file"), texts.T("Certificates in PEM that are trusted beside those of the system, by registries and indexes."), texts.T("none"), q.String(prefCA), true, fine, set(prefCA))
	p.write(prefProxy, texts.T("Proxy"), texts.T("Empty: what HTTPS_PROXY and NO_PROXY say."), "http://proxy:3128", q.String(prefProxy), false, wrongAddress, set(prefProxy))
	p.write(prefPlainHTTP, texts.T("Without encryption"), texts.T("Registries that may be asked by plain HTTP, with blanks between: name and port."), "registry.local:5000", q.String(prefPlainHTTP), false, fine, set(prefPlainHTTP))
}

func (p *settingsPage) budgets() {
	q := p.window.app.fyne.Preferences()
	p.heading(texts.T("Budgets of your own"))
	p.write(prefBudgets, texts.T("Limits"), texts.T("With commas between: 500MB:unpacked, 1GB:download, 2GiB:largest-layer, 14GB:disk, 10m:time. Those of platforms are known."), "500MB:unpacked",
		strings.Join(q.StringList(prefBudgets), ", "), false, wrongBudget, func(v string) {
			q.SetStringList(prefBudgets, budgetTexts(v))
			p.window.app.budgetsChanged()
		})
}

// budgetTexts takes a list of budgets apart.
func budgetTexts(text string) (out []string) {
	for b := range strings.SplitSeq(text, ",") {
		if b = strings.TrimSpace(b); b != "" {
			out = append(out, b)
		}
	}
	return out
}

func wrongBudget(text string) string {
	for _, b := range budgetTexts(text) {
		if _, err := plan.ParseBudget(b); err != nil {
			return sentence(err.Error())
		}
	}
	return ""
}

func (p *settingsPage) habits() {
	a := p.window.app
	q := a.fyne.Preferences()
	p.heading(texts.T("Habits"))
	p.check(prefRestore, texts.T("Begin with what was open last"), a.Restore(), func(on bool) { q.SetBool(prefRestore, on) })
	p.check(prefAutosave, texts.T("Keep unsaved plans, and offer them after a crash"), a.Autosave(), func(on bool) { q.SetBool(prefAutosave, on); a.configure() })
	p.check(prefNotify, texts.T("Tell when a long reading ends while another program is in front"), q.BoolWithFallback(prefNotify, true), func(on bool) { q.SetBool(prefNotify, on) })
}

// showSetting shows the field of a setting in the middle of the page, ready to be
// typed into.
func (w *Window) showSetting(pref string) {
	w.show("settings")
	p := w.settings
	e := p.fields[pref]
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(e).Y - fyne.CurrentApp().Driver().AbsolutePositionForObject(p.form).Y
	p.scroll.ScrollToOffset(fyne.NewPos(0, max(at-p.scroll.Size().Height/2, 0)))
	w.win.Canvas().Focus(e)
}

// refresh shows what was changed elsewhere, as by a command or another window.
func (p *settingsPage) refresh() {
	a := p.window.app
	if s := p.saved[prefVariant]; s != nil {
		want := map[Variant]int{System: 0, Light: 1, Dark: 2}[Variant(a.fyne.Preferences().StringWithFallback(prefVariant, string(System)))]
		if s.SelectedIndex() != want {
			changed := s.OnChanged
			s.OnChanged = nil
			s.SetSelectedIndex(want)
			s.OnChanged = changed
		}
	}
	for _, pref := range []string{prefCA, prefPlainHTTP} { // which messages ask for
		now := a.fyne.Preferences().String(pref)
		if e := p.fields[pref]; e != nil && strings.TrimSpace(e.Text) != now {
			e.SetText(now)
		}
	}
}
