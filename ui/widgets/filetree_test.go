package widgets

import (
	"fmt"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
)

// A wood is a tree of numbers: node n has the children n*10+1 … n*10+3, down
// to numbers of three digits.
type wood struct {
	*FileTree
	log   []string
	asked map[int]bool
}

func newWood() *wood {
	w := &wood{asked: map[int]bool{}}
	w.FileTree = NewFileTree(TreeColumn{Title: "Size", Tooltip: "in bytes"}, TreeColumn{Title: "Share", Width: 70})
	w.Children = func(n int) []int {
		w.asked[n] = true
		if n < 0 {
			return []int{1, 2, 3}
		}
		if n >= 100 {
			return nil
		}
		return []int{n*10 + 1, n*10 + 2, n*10 + 3}
	}
	w.Parent = func(n int) int {
		if n < 10 {
			return -1
		}
		return n / 10
	}
	w.Node = func(n int) TreeNode {
		name := fmt.Sprint("file ", n)
		if n < 100 {
			name = fmt.Sprint("folder ", n)
		}
		return TreeNode{Name: name, Folder: n < 100, Mark: Mark(n % 4), Values: []string{fmt.Sprint(n, " kB"), "3 %"}, Bar: float32(n%10) / 5}
	}
	w.MarkWord = func(m Mark) string { return []string{"", "added", "changed", "removed"}[m] }
	say := func(format string, a ...any) { w.log = append(w.log, fmt.Sprintf(format, a...)) }
	w.OnSelect = func(n int) { say("select %d", n) }
	w.OnActivate = func(n int) { say("activate %d", n) }
	w.OnOpen = func(n int, open bool) { say("open %d %v", n, open) }
	w.OnMenu = func(n int, _ fyne.Position) { say("menu %d", n) }
	w.DataChanged()
	return w
}

func (w *wood) said() string {
	out := strings.Join(w.log, ", ")
	w.log = nil
	return out
}

// nodes lists the visible ones.
func (w *wood) nodes() string {
	var out []string
	for _, l := range w.lines {
		out = append(out, fmt.Sprint(l.node))
	}
	return strings.Join(out, " ")
}

func (w *wood) row(t *testing.T, index int) *treeRow {
	t.Helper()
	for _, o := range test.LaidOutObjects(w.list) {
		if r, ok := o.(*treeRow); ok && r.index == index && r.Visible() {
			return r
		}
	}
	t.Fatalf("line %d is not shown", index)
	return nil
}

func TestFileTreeKeys(t *testing.T) {
	inTheme(t, "light")
	w := newWood()
	win := show(t, w.FileTree, 400, 300)
	win.Canvas().Focus(w.Focusable())
	press := func(wantSaid, wantNodes string, keys ...fyne.KeyName) {
		t.Helper()
		for _, k := range keys {
			win.Canvas().Focused().TypedKey(key(k))
		}
		equal(t, "said", w.said(), wantSaid)
		equal(t, "nodes", w.nodes(), wantNodes)
	}
	press("select 2", "1 2 3", fyne.KeyDown)
	press("open 2 true", "1 2 21 22 23 3", fyne.KeyRight)
	press("select 21, open 21 true", "1 2 21 211 212 213 22 23 3", fyne.KeyRight, fyne.KeyRight)
	press("select 211", "1 2 21 211 212 213 22 23 3", fyne.KeyRight)
	press("activate 211", "1 2 21 211 212 213 22 23 3", fyne.KeyRight, fyne.KeyReturn)
	press("select 21, open 21 false, select 2", "1 2 21 22 23 3", fyne.KeyLeft, fyne.KeyLeft, fyne.KeyLeft)
	press("open 2 false", "1 2 3", fyne.KeySpace)
	press("open 2 true", "1 2 21 22 23 3", fyne.KeySpace)
	press("select 3, select 1, menu 1", "1 2 21 22 23 3", fyne.KeyEnd, fyne.KeyHome, desktop.KeyMenu)
	for _, r := range "folder 22" { // a space is a key, not part of what is looked for
		w.list.TypedRune(r)
	}
	w.list.TypedShortcut(&fyne.ShortcutCopy{})
	if got := fyne.CurrentApp().Clipboard().Content(); !strings.HasPrefix(got, "folder") {
		t.Errorf("copied %q", got)
	}
}

func TestFileTreePointer(t *testing.T) {
	inTheme(t, "light")
	w := newWood()
	show(t, w.FileTree, 400, 300)
	at := func(x float32) *desktop.MouseEvent {
		return &desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(x, 8)}, Button: desktop.MouseButtonPrimary}
	}
	w.row(t, 0).MouseDown(at(10))
	equal(t, "said", w.said(), "open 1 true")
	w.row(t, 1).MouseDown(at(200))
	equal(t, "said", w.said(), "select 11")
	w.row(t, 1).DoubleTapped(&fyne.PointEvent{Position: fyne.NewPos(200, 8)})
	equal(t, "said", w.said(), "open 11 true")
	w.row(t, 2).DoubleTapped(&fyne.PointEvent{Position: fyne.NewPos(200, 8)})
	equal(t, "said", w.said(), "activate 111")
	w.row(t, 3).TappedSecondary(&fyne.PointEvent{})
	equal(t, "said", w.said(), "select 112, menu 112")
}

func TestFileTreeIsLazy(t *testing.T) {
	inTheme(t, "light")
	w := newWood()
	show(t, w.FileTree, 400, 300)
	if len(w.asked) != 1 {
		t.Errorf("a closed tree asked for the children of %d nodes, want 1", len(w.asked))
	}
}

func TestFileTreeReveal(t *testing.T) {
	inTheme(t, "light")
	w := newWood()
	show(t, w.FileTree, 400, 120)
	w.Reveal(322)
	equal(t, "nodes", w.nodes(), "1 2 3 31 32 321 322 323 33")
	equal(t, "selected", w.Selected(), 322)
	w.row(t, 6)
	equal(t, "said", w.said(), "")
	w.SetOpen(1, true)
	equal(t, "selected after opening above", w.Selected(), 322)
	w.SetOpen(3, false)
	if n := w.Selected(); n < 0 {
		t.Error("closing a folder around the cursor lost it")
	}
	w.CloseAll()
	equal(t, "nodes", w.nodes(), "1 2 3")
	equal(t, "selected", w.Selected(), -1)
}

func TestFileTreeTips(t *testing.T) {
	inTheme(t, "light")
	w := newWood()
	l := tipLayer(w.FileTree)
	show(t, l, 400, 200)
	r := w.row(t, 0)
	r.MouseIn(&desktop.MouseEvent{})
	equal(t, "tip", l.text, "added")
	equal(t, "read", r.AccessibilityLabel(), "folder 1, added, Size 1 kB, Share 3 %")
	r.MouseOut()
	equal(t, "tip", l.text, "")
}

func TestFileTreeLooks(t *testing.T) {
	golden(t, "filetree", 320, 200, func() fyne.CanvasObject {
		w := newWood()
		w.Reveal(21)
		w.setFocused(true)
		return w.FileTree
	})
}

// bigTree has a million open nodes in folders of 1000.
func bigTree(b *testing.B) *FileTree {
	inTheme(b, "light")
	t := NewFileTree(TreeColumn{Title: "Size"})
	t.Children = func(n int) []int {
		if n >= 1000 {
			return nil
		}
		out := make([]int, 1000)
		for i := range out {
			out[i] = (n+1)*1000 + i
			if n < 0 {
				out[i] = i
			}
		}
		return out
	}
	t.Node = func(n int) TreeNode {
		return TreeNode{Name: fmt.Sprint("node ", n), Folder: n < 1000, Values: []string{"12 kB"}}
	}
	folders := make([]int, 1000)
	for i := range folders {
		folders[i] = i
	}
	t.OpenAll(folders...)
	show(b, t, 800, 800)
	b.ReportMetric(float64(t.Lines()), "lines")
	return t
}

func BenchmarkFileTreeScroll1M(b *testing.B) {
	t := bigTree(b)
	var y float32
	for b.Loop() {
		if y += 700; y > 20_000_000 {
			y = 0
		}
		t.list.ScrollToOffset(y)
	}
}

func BenchmarkFileTreeOpen1M(b *testing.B) {
	t := bigTree(b)
	i := 0
	for b.Loop() {
		i++
		t.SetOpen(0, i&1 == 0)
	}
}
