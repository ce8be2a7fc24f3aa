package widgets

import (
	"cmp"
	"image/color"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// A Command is something that can be done from a [Palette].
type Command struct {
	Title    string
	Hint     string // at the right: its shortcut, or what kind of thing it is
	Icon     fyne.Resource
	Disabled bool
	Run      func()
}

// A Palette is a field to type into above a list of commands that match what
// was typed. It is a plain pop-up: a modal one would blur the window.
//
// With the keyboard: Up and Down go, Enter runs, Escape closes.
type Palette struct {
	commands []Command
	found    []int // indexes in commands, best first
	at       int   // in found

	popup *widget.PopUp
	entry *paletteEntry
	list  *widget.List
	flush *container.ThemeOverride
	none  *widget.Label
}

// mostFound bounds what is listed.
const mostFound = 200

// ShowPalette opens a palette over a canvas. prompt stands in the empty
// field, none is said when nothing matches.
func ShowPalette(c fyne.Canvas, prompt, none string, commands []Command) *Palette {
	p := &Palette{commands: commands}
	p.entry = newPaletteEntry(p)
	p.entry.SetPlaceHolder(prompt)
	p.entry.OnChanged = p.Filter
	p.entry.OnSubmitted = func(string) { p.Run() }
	p.none = widget.NewLabelWithStyle(none, fyne.TextAlignCenter, fyne.TextStyle{})
	p.list = widget.NewList(func() int { return len(p.found) },
		func() fyne.CanvasObject { return newPaletteRow(p) },
		func(i int, o fyne.CanvasObject) { o.(*paletteRow).update(i) })
	p.list.HideSeparators = true
	p.flush = container.NewThemeOverride(p.list, flushTheme{})
	content := container.NewBorder(p.entry, nil, nil, nil, container.NewStack(p.flush, container.NewCenter(p.none)))
	p.popup = widget.NewPopUp(content, c)
	p.Filter("")
	s := c.Size()
	wide, high := min(560, s.Width-40), min(420, s.Height-80)
	p.popup.Resize(fyne.NewSize(max(wide, 120), max(high, 100)))
	p.popup.ShowAtPosition(fyne.NewPos((s.Width-wide)/2, min(60, s.Height/8)))
	c.Focus(p.entry)
	return p
}

// Filter lists the commands that match query, best first. Those that only have its
// letters are listed where none has its words.
func (p *Palette) Filter(query string) {
	type hit struct{ i, score, off, at int }
	first, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(query)), " ")
	var hits []hit
	for i, c := range p.commands {
		if score := match(c.Title, query); score > 0 {
			off := 0
			if c.Disabled {
				off = 1 // another of that name may do
			}
			hits = append(hits, hit{i, score, off, atWord(strings.ToLower(c.Title), first)})
		}
	}
	if whole := func(h hit) bool { return hasWords(p.commands[h.i].Title, query) }; slices.ContainsFunc(hits, whole) {
		hits = slices.DeleteFunc(hits, func(h hit) bool { return !whole(h) })
	}
	slices.SortStableFunc(hits, func(a, b hit) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.off, b.off), cmp.Compare(a.at, b.at))
	})
	p.found = p.found[:0]
	for _, h := range hits[:min(len(hits), mostFound)] {
		p.found = append(p.found, h.i)
	}
	p.at = 0
	setVisible(len(p.found) == 0, p.none)
	if p.list.Size().Height > 0 {
		p.list.ScrollToTop()
	}
	p.list.Refresh()
}

// Found returns the titles that are listed.
func (p *Palette) Found() []string {
	var out []string
	for _, i := range p.found {
		out = append(out, p.commands[i].Title)
	}
	return out
}

// Run closes the palette and runs the command under the cursor.
func (p *Palette) Run() {
	if p.at >= len(p.found) {
		return
	}
	c := p.commands[p.found[p.at]]
	if c.Disabled {
		return
	}
	p.Close()
	if c.Run != nil {
		c.Run()
	}
}

// Close takes the palette away. Fyne keeps its rows for a while: they must not keep
// the commands as well.
func (p *Palette) Close() {
	p.popup.Hide()
	p.commands, p.found = nil, nil
}

// Visible reports whether the palette is open.
func (p *Palette) Visible() bool { return p.popup.Visible() }

func (p *Palette) move(by int) {
	if len(p.found) == 0 {
		return
	}
	p.at = min(max(p.at+by, 0), len(p.found)-1)
	p.list.ScrollTo(p.at)
	p.list.Refresh()
}

// match says how well query matches a title; 0 is not at all. All words of
// the query must be found: best at the beginning, then at the beginning of a
// word, then inside one, then as letters in this order.
func match(title, query string) int {
	t := strings.ToLower(title)
	total := 1
	switch whole := strings.ToLower(strings.TrimSpace(query)); {
	case t == whole:
		total += 8 // the whole of it, before what only begins so
	case strings.Contains(whole, " ") && strings.HasPrefix(t, whole):
		total += 4 // before what has the words in other places
	}
	for _, word := range strings.Fields(strings.ToLower(query)) {
		at := strings.Index(t, word)
		switch {
		case at == 0:
			total += 8
		case at > 0 && atWord(t, word) > 0:
			total += 6
			if slices.Contains(strings.Fields(t), word) {
				total++ // torch, before torchaudio
			}
		case at > 0:
			total += 4
		case inOrder(t, word):
			total++
		default:
			return 0
		}
	}
	return total
}

// hasWords reports whether all words of query stand in a title.
func hasWords(title, query string) bool {
	t := strings.ToLower(title)
	return !slices.ContainsFunc(strings.Fields(strings.ToLower(query)), func(word string) bool { return !strings.Contains(t, word) })
}

// atWord returns where a word of t begins with word, -1 where none does.
func atWord(t, word string) int {
	for from := 0; ; {
		i := strings.Index(t[from:], word)
		if i < 0 {
			return -1
		}
		before, _ := utf8.DecodeLastRuneInString(t[:from+i])
		if from+i == 0 || !unicode.IsLetter(before) && !unicode.IsDigit(before) {
			return from + i
		}
		from += i + 1
	}
}

// inOrder reports whether the letters of word stand in t in this order.
func inOrder(t, word string) bool {
	for _, r := range word {
		i := strings.IndexRune(t, r)
		if i < 0 {
			return false
		}
		t = t[i+utf8.RuneLen(r):]
	}
	return true
}

// A paletteEntry keeps the focus while Up and Down go through the list.
type paletteEntry struct {
	widget.Entry
	p *Palette
}

func newPaletteEntry(p *Palette) *paletteEntry {
	e := &paletteEntry{p: p}
	e.ExtendBaseWidget(e)
	return e
}

// TypedKey is part of fyne.Focusable.
func (e *paletteEntry) TypedKey(k *fyne.KeyEvent) {
	switch k.Name {
	case fyne.KeyDown:
		e.p.move(1)
	case fyne.KeyUp:
		e.p.move(-1)
	case fyne.KeyPageDown:
		e.p.move(10)
	case fyne.KeyPageUp:
		e.p.move(-10)
	case fyne.KeyEscape:
		e.p.Close()
	default:
		e.Entry.TypedKey(k)
	}
}

// A paletteRow shows a command.
type paletteRow struct {
	widget.BaseWidget
	p           *Palette
	index       int
	back        *canvas.Rectangle
	icon        *canvas.Image
	title, hint *canvas.Text
	short       shortener
}

func newPaletteRow(p *Palette) *paletteRow {
	r := &paletteRow{p: p, back: newRect(), icon: &canvas.Image{FillMode: canvas.ImageFillContain},
		title: canvas.NewText("", nil), hint: canvas.NewText("", nil)}
	r.ExtendBaseWidget(r)
	return r
}

// MinSize is part of fyne.Widget.
func (r *paletteRow) MinSize() fyne.Size { return fyne.NewSize(80, rowHeight(r)) }

// Resize is part of fyne.Widget.
func (r *paletteRow) Resize(s fyne.Size) {
	r.BaseWidget.Resize(s)
	r.update(r.index)
}

func (r *paletteRow) update(i int) {
	r.index = i
	if i >= len(r.p.found) {
		return
	}
	cmd, col, s := r.p.commands[r.p.found[i]], ColorsOf(r), r.Size()
	size := theme.SizeForWidget(theme.SizeNameText, r)
	r.back.FillColor = color.Transparent
	if i == r.p.at {
		r.back.FillColor = col.Selection
	}
	r.back.Resize(s)
	if cmd.Icon != nil && r.icon.Resource != cmd.Icon {
		r.icon.Resource = cmd.Icon
		r.icon.Refresh()
	}
	setVisible(cmd.Icon != nil, r.icon)
	r.icon.Move(fyne.NewPos(cellPad, (s.Height-iconSize)/2))
	r.icon.Resize(fyne.NewSquareSize(iconSize))
	put(&r.hint, cmd.Hint, size, fyne.TextStyle{}, col.Muted)
	wide := fyne.MeasureText(cmd.Hint, size, fyne.TextStyle{})
	r.hint.Move(fyne.NewPos(s.Width-cellPad-wide.Width, (s.Height-wide.Height)/2))
	text := col.Text
	if cmd.Disabled {
		text = col.Muted
	}
	x := float32(2*cellPad + iconSize)
	put(&r.title, r.short.fit(cmd.Title, s.Width-x-wide.Width-2*cellPad, size, fyne.TextStyle{}), size, fyne.TextStyle{Italic: cmd.Disabled}, text)
	r.title.Move(fyne.NewPos(x, (s.Height-wide.Height)/2))
	r.back.Refresh()
}

// Tapped is part of fyne.Tappable.
func (r *paletteRow) Tapped(*fyne.PointEvent) {
	if r.index < len(r.p.found) {
		r.p.at = r.index
		r.p.Run()
	}
}

// MouseIn is part of desktop.Hoverable.
func (r *paletteRow) MouseIn(*desktop.MouseEvent) {
	if r.index < len(r.p.found) && r.p.at != r.index {
		r.p.at = r.index
		r.p.list.Refresh()
	}
}

// MouseMoved is part of desktop.Hoverable.
func (r *paletteRow) MouseMoved(*desktop.MouseEvent) {}

// MouseOut is part of desktop.Hoverable.
func (r *paletteRow) MouseOut() {}

// CreateRenderer is part of fyne.Widget.
func (r *paletteRow) CreateRenderer() fyne.WidgetRenderer {
	return &simpleRenderer{
		objects: func() []fyne.CanvasObject { return []fyne.CanvasObject{r.back, r.icon, r.title, r.hint} },
		layout:  func(fyne.Size) {},
		min:     r.MinSize,
		refresh: func() {},
	}
}
