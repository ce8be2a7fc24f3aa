package ui

import (
	"cmp"
	"strings"

	"weighline/analysis"
	"weighline/analysis/bytesize"
	"weighline/analysis/pep"
	"weighline/analysis/plan"
)

// The names under which preferences are kept.
const (
	prefVariant   = "variant"
	prefScale     = "scale"
	prefLanguage  = "language"
	prefBinary    = "units.binary"
	prefIndex     = "index"
	prefCA        = "network.ca"
	prefProxy     = "network.proxy"
	prefPlainHTTP = "network.plain-http"
	prefCache     = "cache.bytes"
	prefPython    = "target.python"
	prefPlatform  = "target.platform"
	prefBudgets   = "budgets"
	prefLimit     = "budgets.watched"
	prefAutosave  = "autosave"
	prefRestore   = "restore"
	prefNotify    = "notify"

	prefColumns        = "packages.columns"
	prefLayers         = "layers.columns"
	prefSaved          = "library.columns"
	prefCompared       = "compare.columns"
	prefComparedLayers = "compare.layers.columns"
	prefVersions       = "compare.versions.columns"
	prefWidth          = "window.width"
	prefHeight         = "window.height"
	prefPanes          = "window.panes"
	prefPage           = "window.page"
	prefMap            = "window.map"
	prefLast           = "last"
	prefRecent         = "recent"
	prefWays           = "strategies.columns"
)

// The values of prefIndex besides the address of an index.
const (
	indexOff      = ""         // the catalogue in the program
	indexSettings = "settings" // what pip and uv are set to
)

// options are those of every analysis, as the user set them.
func (a *App) options() analysis.Options {
	p := a.fyne.Preferences()
	var o analysis.Options
	if t, err := pep.ParseTarget(p.String(prefPython), p.String(prefPlatform)); err == nil {
		o.Target = t
	}
	switch index := p.String(prefIndex); index {
	case indexOff:
	case indexSettings:
		o.Index = []string{analysis.IndexSettings}
	default:
		o.Index = []string{index}
	}
	o.Image.CAFile, o.Image.Proxy = p.String(prefCA), p.String(prefProxy)
	o.Image.PlainHTTP = strings.Fields(p.String(prefPlainHTTP))
	return o
}

// configure hands the settings to all windows; they hold for what is read next.
func (a *App) configure() {
	for _, w := range a.windows {
		w.session.Configure(a.options())
	}
}

// Scale returns how much larger than usual everything is: 1 is as usual.
func (a *App) Scale() float32 {
	return float32(cmp.Or(a.fyne.Preferences().Float(prefScale), 1))
}

// SetScale makes everything larger or smaller and remembers that.
func (a *App) SetScale(scale float32) {
	a.fyne.Preferences().SetFloat(prefScale, float64(scale))
	a.applyLook()
}

// SetBinary shows sizes in MiB instead of MB, everywhere.
func (a *App) SetBinary(on bool) {
	a.fyne.Preferences().SetBool(prefBinary, on)
	bytesize.UseBinary(on)
	for _, w := range a.windows {
		w.rebuild()
	}
}

// Budgets returns the presets and the limits that the user set, the latter first.
func (a *App) Budgets() []plan.Budget {
	var out []plan.Budget
	for _, text := range a.fyne.Preferences().StringList(prefBudgets) {
		if b, err := plan.ParseBudget(text); err == nil {
			out = append(out, b)
		}
	}
	return append(out, plan.Presets()...)
}

// Autosave reports whether unsaved plans are kept for the case of a crash.
func (a *App) Autosave() bool { return a.fyne.Preferences().BoolWithFallback(prefAutosave, true) }

// Restore reports whether the program begins with what was open last.
func (a *App) Restore() bool { return a.fyne.Preferences().BoolWithFallback(prefRestore, true) }
