package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"weighline/ui/texts"
	"weighline/ui/widgets"
)

// startPage is the empty window: three ways in, and what was opened lately. The
// whole window takes files that are dropped on it.
type startPage struct {
	window  *Window
	content fyne.CanvasObject
	recent  *fyne.Container
	drawn   string
}

func newStartPage(w *Window) *startPage {
	p := &startPage{window: w, recent: container.NewVBox()}
	p.content = container.NewVScroll(widgets.NewEmptyState(
		texts.T("Weigh what a build carries, and see it lighter before you build it"),
		texts.T("Nothing is uploaded. Docker is not needed. Files can be dropped anywhere."),
		p.recent,
		widgets.Target{Icon: theme.DocumentIcon(), Title: texts.T("Open requirements or lock…"), Hint: texts.T("requirements.txt, uv.lock, poetry.lock … or a folder (Ctrl+O)"), OnTap: w.askFile},
		widgets.Target{Icon: theme.StorageIcon(), Title: texts.T("Inspect an image…"), Hint: texts.T("python:3.12-slim, a saved .tar, an OCI folder (Ctrl+I)"), OnTap: w.askImage},
		widgets.Target{Icon: theme.MediaPlayIcon(), Title: texts.T("Open the sample"), Hint: texts.T("A speech service that carries CUDA, and its image; works offline"), OnTap: w.session.OpenSample},
	))
	return p
}

func (p *startPage) refresh() {
	list := p.window.app.recent()
	drawn := ""
	for _, r := range list {
		drawn += r + "\n"
	}
	for _, b := range p.window.session.Library {
		drawn += "\t" + b.Name
	}
	if drawn == p.drawn {
		return
	}
	p.drawn = drawn
	columns := container.New(layout.NewGridLayoutWithColumns(2))
	if len(list) > 0 {
		box := container.NewVBox(widget.NewLabelWithStyle(texts.T("Opened lately"), fyne.TextAlignLeading, fyne.TextStyle{Bold: true}))
		for _, r := range list {
			box.Add(p.link(theme.HistoryIcon(), r, func() { p.window.Open(strings.Split(r, "\n")...) }))
		}
		columns.Add(box)
	}
	if saved := p.window.session.Library; len(saved) > 0 {
		box := container.NewVBox(widget.NewLabelWithStyle(texts.T("Saved in the library"), fyne.TextAlignLeading, fyne.TextStyle{Bold: true}))
		for i, b := range saved {
			if i == maxRecent {
				break
			}
			box.Add(p.link(theme.DocumentSaveIcon(), b.Name, func() { p.window.session.OpenSaved(b.ID) }))
		}
		columns.Add(box)
	}
	p.recent.Objects = []fyne.CanvasObject{columns}
	p.recent.Refresh()
}

func (p *startPage) link(icon fyne.Resource, text string, tapped func()) fyne.CanvasObject {
	b := widget.NewButtonWithIcon(recentText(text), icon, tapped)
	b.Importance, b.Alignment = widget.LowImportance, widget.ButtonAlignLeading
	return b
}

// recentText names what was opened: several files by their last names, as the folder of
// the first would leave no room for the others.
func recentText(sources string) string {
	parts := strings.Split(sources, "\n")
	if len(parts) > 1 {
		for i, p := range parts {
			parts[i] = p[strings.LastIndexAny(p, `/\`)+1:]
		}
	}
	return shortenPath(printable(strings.Join(parts, " ")))
}

// shortenPath keeps the end of a long path, which is what tells it apart.
func shortenPath(s string) string {
	const longest = 52
	if r := []rune(s); len(r) > longest {
		return "…" + string(r[len(r)-longest+1:])
	}
	return s
}
