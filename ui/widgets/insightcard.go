package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
	"weighline/ui/texts"
)

// An Insight is what an [InsightCard] shows. Texts that are empty leave no
// gap.
type Insight struct {
	Title     string
	Amount    string // what it would bring, such as bytes
	Certainty string // a word: how sure it is
	Severity  Severity
	Summary   string // one or two sentences
	Evidence  []string
	More      string // after Evidence, of what it does not list
	Fix       string // lines to copy
	FixTitle  string
	Risk      string
	Action    string // on the button, such as "Apply to plan"; "": no button
	Done      string // on the button once it has been done, such as "In the plan"; "": Action
	Applied   bool   // it has been done: the button says so by its icon and goes back
}

// CardWords are the words of an [InsightCard]; the zero value is English.
type CardWords struct{ Evidence, Copy, Risk string }

// An InsightCard shows a finding: title and amount at once, the rest when it
// is unfolded.
type InsightCard struct {
	widget.BaseWidget
	OnAction   func()
	OnEvidence func(i int)
	OnFold     func(open bool)

	insight Insight
	words   CardWords
	open    bool
	back    *canvas.Rectangle
	fold    *widget.Button
	body    *fyne.Container
	action  *widget.Button
	links   []*widget.Button // one for each evidence
	all     *fyne.Container
	head    *fyne.Container // title, amount and button
}

// NewInsightCard makes a folded card.
func NewInsightCard(in Insight, words CardWords) *InsightCard {
	c := &InsightCard{insight: in, words: words, back: newRect()}
	c.fold = widget.NewButtonWithIcon("", theme.MenuExpandIcon(), func() { c.SetOpen(!c.open) })
	c.fold.Importance = widget.LowImportance
	title := widget.NewLabelWithStyle(in.Title, fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
	title.Truncation = fyne.TextTruncateEllipsis
	amount := widget.NewLabelWithStyle(in.Amount, fyne.TextAlignTrailing, fyne.TextStyle{Bold: true})
	right := container.NewHBox(amount)
	c.action = widget.NewButton(in.Action, func() {
		if c.OnAction != nil {
			c.OnAction()
		}
	})
	if in.Action != "" {
		right.Add(c.action)
	}
	c.head = container.NewBorder(nil, nil, container.NewHBox(c.fold, widget.NewIcon(severityIcon(in.Severity))), right, title)
	c.body = container.New(layout.NewCustomPaddedLayout(0, 0, 36, 8), c.makeBody())
	c.all = container.New(layout.NewCustomPaddedVBoxLayout(0), c.head)
	under := container.New(layout.NewCustomPaddedVBoxLayout(-6))
	if in.Certainty != "" {
		certainty := widget.NewLabelWithStyle(in.Certainty, fyne.TextAlignLeading, fyne.TextStyle{Italic: true})
		certainty.SizeName = theme.SizeNameCaptionText
		under.Add(certainty)
	}
	if in.Summary != "" {
		under.Add(wrapped(in.Summary))
	}
	c.all.Add(container.New(layout.NewCustomPaddedLayout(0, 0, 36, 8), under))
	c.all.Add(c.body)
	c.body.Hide()
	c.SetApplied(in.Applied)
	c.ExtendBaseWidget(c)
	return c
}

func wrapped(text string) *widget.Label {
	l := widget.NewLabel(text)
	l.Wrapping = fyne.TextWrapWord
	return l
}

func bold(text string) *widget.Label {
	return widget.NewLabelWithStyle(text, fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
}

func (c *InsightCard) makeBody() fyne.CanvasObject {
	in := c.insight
	box := container.New(layout.NewCustomPaddedVBoxLayout(0))
	if len(in.Evidence) > 0 {
		box.Add(bold(or(c.words.Evidence, texts.T("Evidence"))))
	}
	for i, e := range in.Evidence {
		b := widget.NewButtonWithIcon("", theme.NavigateNextIcon(), func() {
			if c.OnEvidence != nil {
				c.OnEvidence(i)
			}
		})
		b.Importance = widget.LowImportance
		c.links = append(c.links, b)
		box.Add(container.NewBorder(nil, nil, container.NewVBox(b), nil, wrapped(e)))
	}
	if in.More != "" {
		box.Add(container.New(layout.NewCustomPaddedLayout(0, 0, 30, 0), wrapped(in.More)))
	}
	if in.Fix != "" {
		box.Add(bold(in.FixTitle))
		code := widget.NewLabel(in.Fix)
		code.TextStyle.Monospace = true
		code.Wrapping = fyne.TextWrapBreak
		code.Selectable = true
		copyFix := widget.NewButtonWithIcon(or(c.words.Copy, texts.T("Copy")), theme.ContentCopyIcon(), c.CopyFix)
		box.Add(container.NewBorder(nil, nil, nil, container.NewVBox(copyFix), code))
	}
	if in.Risk != "" {
		box.Add(bold(or(c.words.Risk, texts.T("Risk"))))
		box.Add(wrapped(in.Risk))
	}
	return box
}

// CopyFix puts the lines that fix it on the clipboard.
func (c *InsightCard) CopyFix() { fyne.CurrentApp().Clipboard().SetContent(c.insight.Fix) }

// SetOpen folds the card out or in.
func (c *InsightCard) SetOpen(open bool) {
	c.open = open
	if open {
		c.fold.SetIcon(theme.MenuDropDownIcon())
	} else {
		c.fold.SetIcon(theme.MenuExpandIcon())
	}
	setVisible(open, c.body)
	c.Refresh()
	if c.OnFold != nil {
		c.OnFold(open)
	}
}

// SetApplied marks the card as done, or takes that back.
func (c *InsightCard) SetApplied(on bool) {
	c.insight.Applied = on
	c.action.Importance = widget.HighImportance // the card is as grey as a usual button
	was := c.action.Text
	c.action.Icon, c.action.Text = nil, c.insight.Action
	if on {
		c.action.Text = or(c.insight.Done, c.insight.Action)
		c.action.Icon = theme.ConfirmIcon()
		c.action.Importance = widget.LowImportance
	}
	c.action.Refresh()
	if c.action.Text != was {
		c.head.Refresh() // it takes another width
	}
}

// CreateRenderer is part of fyne.Widget.
func (c *InsightCard) CreateRenderer() fyne.WidgetRenderer {
	paint := func() {
		col := ColorsOf(c)
		c.back.FillColor, c.back.StrokeColor = col.Header, col.Line
		c.back.StrokeWidth, c.back.CornerRadius = 1, 6
		c.back.Refresh()
	}
	paint()
	return &simpleRenderer{
		objects: func() []fyne.CanvasObject { return []fyne.CanvasObject{c.back, c.all} },
		layout: func(s fyne.Size) {
			c.back.Resize(s)
			c.all.Resize(s) // wrapped text knows its height only when it has its width …
			c.all.Layout.Layout(c.all.Objects, s)
			for _, o := range c.all.Objects { // … so what is inside is laid out once more
				if box, ok := o.(*fyne.Container); ok {
					box.Refresh()
				}
			}
		},
		min: func() fyne.Size { return c.all.MinSize() },
		refresh: func() {
			paint()
			c.all.Refresh()
			canvas.Refresh(c)
		},
	}
}
