package widgets

import (
	"sync"
	"time"
	"weighline/ui/texts"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// A Severity says how a message is meant; it is shown as an icon.
type Severity uint8

// Severities of a message.
const (
	Info Severity = iota
	Done
	Warning
	Failure
)

// A Message is what a [StatusBar] says: a sentence, and the raw text behind
// it folded away.
type Message struct {
	Severity Severity
	Text     string
	Detail   string // shown on demand, and copied
}

// A StatusBar is the line at the bottom of a window: a message, and while
// something is being read its progress with a button to cancel. Progress
// stands here because a dialog would blur the whole window at every frame.
type StatusBar struct {
	widget.BaseWidget

	OnCancel func()
	Post     func(func())                   // runs a function on the interface's goroutine; nil: fyne.Do
	Format   func(done, total int64) string // total 0: not known; nil: nothing is written
	Words    StatusWords

	icon    *widget.Icon
	text    *widget.Label
	details *widget.Button
	raw     *widget.Label
	fold    *fyne.Container
	what    *canvas.Text
	figures *canvas.Text
	bar     *canvas.Rectangle
	track   *canvas.Rectangle
	cancel  *widget.Button
	line    *fyne.Container
	running bool
	part    float32 // of the progress, or -1 if it is not known
	all     *fyne.Container
	message Message

	mu      sync.Mutex
	next    progress // what is to be shown
	waiting bool     // a call of show is on its way
	last    time.Time
	now     func() time.Time            // for tests
	after   func(time.Duration, func()) // runs a function on the interface's goroutine
}

// StatusWords are the words on the buttons; the zero value is English.
type StatusWords struct{ Cancel, Details, Copy string }

type progress struct {
	running     bool
	what        string
	done, total int64
}

// progressPause is the least time between two updates of the progress: ten a
// second can be read, more cost frames.
const progressPause = 100 * time.Millisecond

// NewStatusBar makes an empty status bar.
func NewStatusBar(words StatusWords) *StatusBar {
	s := &StatusBar{Words: words, now: time.Now}
	s.after = func(d time.Duration, f func()) {
		if s.Post == nil {
			afterOnUI(d, f)
			return
		}
		time.AfterFunc(d, func() { s.Post(f) })
	}
	s.icon = widget.NewIcon(nil)
	s.text = widget.NewLabel("")
	s.text.Truncation = fyne.TextTruncateEllipsis
	s.details = widget.NewButtonWithIcon(or(words.Details, texts.T("Details")), theme.MenuExpandIcon(), s.ToggleDetails)
	s.details.Importance = widget.LowImportance
	s.raw = widget.NewLabel("")
	s.raw.TextStyle.Monospace = true
	s.raw.Wrapping = fyne.TextWrapBreak
	s.raw.Selectable = true
	scroll := container.NewVScroll(s.raw)
	scroll.SetMinSize(fyne.NewSize(100, 120))
	copyButton := widget.NewButtonWithIcon(or(words.Copy, texts.T("Copy")), theme.ContentCopyIcon(), s.CopyDetails)
	s.fold = container.NewBorder(nil, nil, nil, container.NewVBox(copyButton), scroll)
	s.what, s.figures = canvas.NewText("", nil), canvas.NewText("", nil)
	s.bar, s.track = newRect(), newRect()
	s.cancel = widget.NewButtonWithIcon(or(words.Cancel, texts.T("Cancel")), theme.CancelIcon(), s.Cancel)
	s.line = container.New(&statusLine{s}, s.icon, s.text, s.details, s.what, s.track, s.bar, s.figures, s.cancel)
	s.all = container.New(layout.NewCustomPaddedVBoxLayout(0), widget.NewSeparator(), s.fold, s.line)
	s.fold.Hide()
	s.details.Hide()
	setVisible(false, s.what, s.track, s.bar, s.figures, s.cancel)
	s.icon.Hide()
	s.ExtendBaseWidget(s)
	return s
}

func or(word, otherwise string) string {
	if word == "" {
		return otherwise
	}
	return word
}

// Say replaces the message.
func (s *StatusBar) Say(m Message) {
	s.message = m
	s.text.SetText(m.Text)
	s.raw.SetText(m.Detail)
	s.icon.SetResource(severityIcon(m.Severity))
	setVisible(m.Text != "", s.icon)
	s.setFold(false)
}

func severityIcon(v Severity) fyne.Resource {
	switch v {
	case Done:
		return theme.NewSuccessThemedResource(theme.ConfirmIcon())
	case Warning:
		return theme.NewWarningThemedResource(theme.WarningIcon())
	case Failure:
		return theme.NewErrorThemedResource(theme.ErrorIcon())
	}
	return theme.InfoIcon()
}

// Message returns what is shown.
func (s *StatusBar) Message() Message { return s.message }

// ToggleDetails folds the raw text out or in.
func (s *StatusBar) ToggleDetails() { s.setFold(!s.fold.Visible() && s.message.Detail != "") }

func (s *StatusBar) setFold(open bool) {
	setVisible(open, s.fold)
	if open {
		s.details.SetIcon(theme.MenuDropDownIcon())
	} else {
		s.details.SetIcon(theme.MenuExpandIcon())
	}
	s.all.Refresh()
	s.Refresh()
}

// CopyDetails puts message and raw text on the clipboard.
func (s *StatusBar) CopyDetails() {
	text := s.message.Text
	if s.message.Detail != "" {
		text += "\n\n" + s.message.Detail
	}
	fyne.CurrentApp().Clipboard().SetContent(text)
}

// Cancel does what the button does.
func (s *StatusBar) Cancel() {
	if s.OnCancel != nil {
		s.OnCancel()
	}
}

// Progress shows how far a job is, in bytes; total 0 means that it is not
// known. It may be called from any goroutine and as often as there is news:
// at most ten times a second it is shown, the last call always.
func (s *StatusBar) Progress(what string, done, total int64) {
	s.setProgress(progress{true, what, done, total})
}

// Finish takes the progress away. It may be called from any goroutine.
func (s *StatusBar) Finish() { s.setProgress(progress{}) }

func (s *StatusBar) setProgress(p progress) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next = p
	if s.waiting {
		return
	}
	s.waiting = true
	s.after(max(progressPause-s.now().Sub(s.last), 0), s.showProgress)
}

// showProgress runs on the goroutine of the user interface.
func (s *StatusBar) showProgress() {
	s.mu.Lock()
	p := s.next
	s.waiting = false
	s.last = s.now()
	s.mu.Unlock()

	c := ColorsOf(s)
	size := theme.SizeForWidget(theme.SizeNameText, s)
	figures := ""
	if s.Format != nil && p.running {
		figures = s.Format(p.done, p.total)
	}
	s.what.Text, s.what.Color, s.what.TextSize = p.what, c.Text, size
	s.figures.Text, s.figures.Color, s.figures.TextSize = figures, c.Text, size
	s.track.FillColor, s.bar.FillColor = c.Track, c.Good
	s.running, s.part = p.running, -1
	if p.total > 0 {
		s.part = min(max(float32(float64(p.done)/float64(p.total)), 0), 1)
	}
	s.line.Layout.Layout(nil, s.line.Size())
	for _, o := range []fyne.CanvasObject{s.what, s.figures, s.track, s.bar} {
		o.Refresh()
	}
}

// CreateRenderer is part of fyne.Widget.
func (s *StatusBar) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(s.all) }

// MinSize is part of fyne.Widget.
func (s *StatusBar) MinSize() fyne.Size { return s.all.MinSize() }

const meterWidth = 140

// A statusLine lays the bar out from the right: Cancel, the figures, the bar
// and what is being done, each as long as there is room beside a message that
// can still be read.
type statusLine struct{ s *StatusBar }

const leastMessage = 130

func (l *statusLine) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(200, l.s.cancel.MinSize().Height)
}

func (l *statusLine) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	s := l.s
	left, right := float32(0), size.Width
	center := func(o fyne.CanvasObject, x float32, m fyne.Size) {
		o.Move(fyne.NewPos(x, (size.Height-m.Height)/2))
		o.Resize(m)
	}
	if s.message.Text != "" {
		center(s.icon, 6, fyne.NewSquareSize(iconSize))
		left = iconSize + 6
	}
	put := func(on bool, o fyne.CanvasObject, m fyne.Size) bool {
		keep := left
		if s.message.Text != "" {
			keep += leastMessage
		}
		on = on && right-m.Width-cellPad >= keep
		setVisible(on, o)
		if on {
			right -= m.Width
			center(o, right, m)
			right -= cellPad
		}
		return on
	}
	if s.running { // there is always a way to stop
		right -= s.cancel.MinSize().Width
		center(s.cancel, right, s.cancel.MinSize())
		right -= cellPad
	}
	setVisible(s.running, s.cancel)
	put(s.message.Detail != "", s.details, s.details.MinSize())
	put(s.running && s.figures.Text != "", s.figures, s.figures.MinSize())
	meter := fyne.NewSize(meterWidth, meterHeight)
	if put(s.running && s.part >= 0, s.track, meter) {
		center(s.bar, s.track.Position().X, fyne.NewSize(max(s.part, 0)*meterWidth, meterHeight))
		s.bar.Show()
	} else {
		s.bar.Hide()
	}
	put(s.running && s.what.Text != "", s.what, s.what.MinSize())
	s.text.Move(fyne.NewPos(left, (size.Height-s.text.MinSize().Height)/2))
	s.text.Resize(fyne.NewSize(max(right-left, 0), s.text.MinSize().Height))
}
