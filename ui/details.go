package ui

import (
	"fmt"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"weighline/analysis"
	"weighline/ui/state"
	"weighline/ui/texts"
)

// details answer of the selected package: why it is here, what goes with it,
// where its numbers come from. With nothing selected they tell the build's
// warnings and what the colours mean.
type details struct {
	window  *Window
	content fyne.CanvasObject
	title   *widget.Label
	text    *widget.RichText
	scroll  *container.Scroll
	drawn   string // what the text was made from
}

func newDetails(w *Window) *details {
	d := &details{window: w, text: widget.NewRichText(), title: widget.NewLabelWithStyle("", fyne.TextAlignLeading, fyne.TextStyle{Bold: true})}
	d.title.SizeName = theme.SizeNameSubHeadingText
	d.title.Truncation = fyne.TextTruncateEllipsis
	d.text.Wrapping = fyne.TextWrapWord
	d.scroll = container.NewVScroll(d.text)
	d.content = container.NewBorder(d.title, nil, nil, nil, d.scroll)
	return d
}

// A page of text: headings and paragraphs.
type prose struct{ segments []widget.RichTextSegment }

func (p *prose) heading(text string) {
	p.segments = append(p.segments, &widget.TextSegment{Text: text, Style: widget.RichTextStyle{
		SizeName: theme.SizeNameText, TextStyle: fyne.TextStyle{Bold: true}}})
}

func (p *prose) line(text string) {
	p.segments = append(p.segments, &widget.TextSegment{Text: text, Style: widget.RichTextStyleParagraph})
}

func (p *prose) parts(list []state.Part) {
	for _, part := range list {
		p.heading(part.Heading)
		for _, l := range part.Lines {
			p.line(l)
		}
	}
}

func (d *details) refresh() {
	s := d.window.session
	drawn := fmt.Sprint(s.Shown, s.Selected, s.Plan)
	if drawn == d.drawn {
		return
	}
	d.drawn = drawn
	p := &prose{}
	if r := s.Row(s.Selected); r != nil {
		d.title.SetText(strings.TrimSpace(string(r.Name) + " " + r.Version))
		p.parts(s.Describe(r))
	} else if title, parts := s.DescribeFolder(s.Selected); title != "" {
		d.title.SetText(title)
		p.parts(parts)
	} else {
		d.title.SetText(texts.T("What is shown"))
		describeBuild(p, s)
	}
	d.text.Segments = p.segments
	d.text.Refresh()
	d.scroll.ScrollToTop()
}

func describeBuild(p *prose, s *state.Session) {
	if s.ByUnpackedSize() {
		p.line(texts.T("Each tile is as large as the package's files in the image. What goes under the plan is hatched, what a variant takes the place of is framed."))
	} else {
		p.line(texts.T("Each tile is as large as the package's download; the packages of your list are blue, those they pull in are not. What goes under the plan is hatched, what a variant takes the place of is framed."))
	}
	p.line(texts.T("Select a package to see why it is here and what would go with it. Space drops it and takes it back; nothing on disk changes, and Ctrl+Z undoes."))
	if warnings := s.Warnings(); len(warnings) > 0 {
		p.heading(texts.T("Worth knowing"))
		for i, w := range warnings {
			if i == maxWarnings {
				p.line(texts.F("and %d more; weigh deps lists them all.", len(warnings)-i))
				break
			}
			p.line(warningText(w))
		}
	}
}

// maxWarnings is how many warnings the details show.
const maxWarnings = 20

func warningText(w analysis.Warning) string {
	text := printable(w.Text)
	if w.File == "" {
		return text
	}
	if w.Line > 0 {
		return fmt.Sprintf("%s:%d: %s", w.File, w.Line, text)
	}
	return w.File + ": " + text
}
