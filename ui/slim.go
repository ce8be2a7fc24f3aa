package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"weighline/ui/texts"
)

// askSlim asks where the lighter image goes.
func (w *Window) askSlim() {
	if !w.session.CanSlim() {
		return
	}
	e := newLineEntry(w.session.SlimPath(), texts.T("image.tar, a folder, docker:NAME, registry/name:tag …"))
	w.ask(texts.T("Write slim image"), texts.T("An archive or a folder, docker:NAME or podman:NAME for the local engine, or a registry's name. Layers that lose nothing stay as they are; the result is checked against the promise before it gets its name, and then compared with the original."),
		texts.T("Write"), e, nil, func(text string) { w.session.WriteSlim(text, false) })
}

// slimmed shows what was promised and what was written, once for each image.
func (w *Window) slimmed() {
	s := w.session
	if s.Slimmed == nil || s.Slimmed == w.proved {
		return
	}
	w.proved = s.Slimmed
	w.bring("compare")
	p := &prose{}
	var all []string
	for _, part := range s.SlimProof() {
		p.heading(part.Heading)
		all = append(all, part.Heading)
		for _, l := range part.Lines {
			p.line(l)
			all = append(all, "  "+l)
		}
	}
	text := widget.NewRichText(p.segments...)
	text.Wrapping = fyne.TextWrapWord
	copyIt := widget.NewButtonWithIcon(texts.T("Copy as text"), theme.ContentCopyIcon(), func() {
		w.app.fyne.Clipboard().SetContent(strings.Join(all, "\n"))
	})
	w.showClosable(texts.T("Promised and written"), container.NewBorder(nil, container.NewHBox(copyIt), nil, nil, container.NewVScroll(text)), fyne.NewSize(640, 460))
}
