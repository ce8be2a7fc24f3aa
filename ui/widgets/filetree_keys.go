package widgets

import (
	"strings"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// TypedKey does what a key means in the tree.
func (t *FileTree) TypedKey(e *fyne.KeyEvent) {
	page := max(int(t.list.Size().Height/t.rowHeight())-1, 1)
	switch e.Name {
	case fyne.KeyDown:
		t.goTo(t.cursor + 1)
	case fyne.KeyUp:
		t.goTo(t.cursor - 1)
	case fyne.KeyPageDown:
		t.goTo(t.cursor + page)
	case fyne.KeyPageUp:
		t.goTo(t.cursor - page)
	case fyne.KeyHome:
		t.goTo(0)
	case fyne.KeyEnd:
		t.goTo(len(t.lines) - 1)
	case fyne.KeyRight, fyne.KeyLeft:
		t.inOrOut(e.Name == fyne.KeyRight)
	case fyne.KeySpace:
		t.openOrClose()
	case fyne.KeyReturn, fyne.KeyEnter:
		if n := t.Selected(); n >= 0 && t.OnActivate != nil {
			t.OnActivate(n)
		} else {
			t.openOrClose()
		}
	case desktop.KeyMenu:
		if n := t.Selected(); n >= 0 && t.OnMenu != nil {
			at := fyne.CurrentApp().Driver().AbsolutePositionForObject(t.list)
			y := float32(t.cursor+1)*t.rowHeight() - t.list.GetScrollOffset()
			t.OnMenu(n, at.AddXY(cellPad, max(min(y, t.list.Size().Height), 0)))
		}
	default:
		if t.OnKey != nil {
			t.OnKey(e)
		}
	}
}

// openOrClose opens the selected folder, or closes it.
func (t *FileTree) openOrClose() {
	if n := t.Selected(); n >= 0 && t.Node(n).Folder {
		t.SetOpen(n, !t.open[n])
	}
}

// inOrOut opens, or goes to the first child; closes, or goes to the parent.
func (t *FileTree) inOrOut(in bool) {
	n := t.Selected()
	if n < 0 {
		return
	}
	line := t.lines[t.cursor]
	switch {
	case in && !t.open[n] && t.Node(n).Folder:
		t.SetOpen(n, true)
	case in && t.cursor+1 < len(t.lines) && t.lines[t.cursor+1].depth > line.depth:
		t.goTo(t.cursor + 1)
	case !in && t.open[n]:
		t.SetOpen(n, false)
	case !in:
		for i := t.cursor - 1; i >= 0; i-- {
			if t.lines[i].depth < line.depth {
				t.goTo(i)
				return
			}
		}
	}
}

// TypedShortcut copies the selected node with Ctrl+C.
func (t *FileTree) TypedShortcut(s fyne.Shortcut) {
	if _, ok := s.(*fyne.ShortcutCopy); !ok || t.Selected() < 0 {
		return
	}
	if t.Copy != nil {
		fyne.CurrentApp().Clipboard().SetContent(t.Copy(t.Selected()))
	} else {
		n := t.Node(t.Selected())
		fyne.CurrentApp().Clipboard().SetContent(strings.Join(append([]string{n.Name}, n.Values...), "\t"))
	}
}

func (t *FileTree) typedRune(r rune) {
	if r == ' ' || !unicode.IsPrint(r) || len(t.lines) == 0 {
		return
	}
	prefix := t.typed.add(r)
	from := t.cursor
	if len(prefix) == 1 {
		from++
	}
	for i := range t.lines {
		row := (max(from, 0) + i) % len(t.lines)
		if strings.HasPrefix(strings.ToLower(t.Node(t.lines[row].node).Name), prefix) {
			t.goTo(row)
			return
		}
	}
}
