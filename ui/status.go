package ui

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"weighline/analysis/bytesize"
	"weighline/ui/state"
	"weighline/ui/texts"
	"weighline/ui/widgets"
)

// statusLine is the foot of the window: how far a reading is, with Cancel; or
// what happened, why and what next, with a button for the latter.
type statusLine struct {
	window  *Window
	content fyne.CanvasObject
	bar     *widgets.StatusBar
	actions *fyne.Container
	close   *widget.Button
	idle    *widgets.TipLabel // where what is open comes from, while there is nothing else to say
	said    string
	running bool
}

func newStatusLine(w *Window) *statusLine {
	l := &statusLine{window: w, bar: widgets.NewStatusBar(widgets.StatusWords{})}
	l.bar.OnCancel, l.bar.Post = w.session.Cancel, w.post
	l.bar.Format = func(done, total int64) string {
		if total > 0 {
			return texts.F("%s of %s", bytesize.Size(done), bytesize.Size(total))
		}
		if done > 0 {
			return bytesize.Size(done).String()
		}
		return ""
	}
	l.actions = container.NewHBox()
	l.close = widget.NewButtonWithIcon("", theme.CancelIcon(), w.session.Dismiss)
	l.close.Importance = widget.LowImportance
	l.close.Hide()
	l.idle = widgets.NewTipLabel("")
	l.idle.Importance = widget.LowImportance
	buttons := container.New(layout.NewCustomPaddedVBoxLayout(0), widget.NewSeparator(), container.NewHBox(l.actions, l.close))
	l.content = container.NewBorder(nil, nil, nil, buttons, container.NewStack(l.bar, l.idle))
	return l
}

func (l *statusLine) refresh() {
	s := l.window.session
	switch p := s.Progress; {
	case p.Running:
		l.running = true
		l.bar.Progress(p.What, p.Done, p.Total)
	case l.running:
		l.running = false
		l.bar.Finish()
	}
	l.say(s.Notice)
	idle := ""
	if !s.Progress.Running && s.Notice.Text == "" {
		idle = l.window.describe()
	}
	if l.idle.Text != idle {
		l.idle.SetText(idle)
	}
}

func (l *statusLine) say(n state.Notice) {
	said := n.Text + n.Why + n.Hint + n.Raw
	for _, a := range n.Actions {
		said += a.Text
	}
	if said == l.said {
		return
	}
	l.said = said
	severity := map[state.Severity]widgets.Severity{state.Info: widgets.Done, state.Caution: widgets.Warning, state.Failure: widgets.Failure}[n.Severity]
	m := widgets.Message{Severity: severity, Text: n.Text}
	if n.Text == "" {
		m.Severity = widgets.Info
	}
	lines := []string{n.Text}
	for _, part := range []string{n.Why, n.Hint} {
		if part != "" {
			m.Text = sentence(m.Text) + "  " + sentence(part)
			lines = append(lines, sentence(part))
		}
	}
	if n.Raw != "" && n.Raw != n.Text {
		lines = append(lines, printable(n.Raw))
	}
	if len(lines) > 1 { // one line may be too narrow for all of it
		m.Detail = strings.Join(lines, "\n")
	}
	l.bar.Say(m)
	l.actions.RemoveAll()
	for _, a := range n.Actions {
		l.actions.Add(widget.NewButton(a.Text, a.Do))
	}
	if n.Text == "" {
		l.close.Hide()
	} else {
		l.close.Show()
	}
}

// sentence begins s with a capital letter, unless that would spoil a name or a
// path, and ends it with a full stop.
func sentence(s string) string {
	if s == "" {
		return s
	}
	if word, _, _ := strings.Cut(s, " "); !strings.ContainsAny(word, "./:_-0123456789") && word != "pip" {
		r, size := utf8.DecodeRuneInString(s)
		s = string(unicode.ToUpper(r)) + s[size:]
	}
	if !strings.HasSuffix(s, ".)") && !strings.ContainsAny(s[len(s)-1:], ".!?…") {
		s += "."
	}
	return s
}
