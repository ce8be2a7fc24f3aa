package ui

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
)

// TestCommands: every command stands in the menu once, no two have the same
// shortcut or title, and menu, buttons and palette agree on what can be done.
func TestCommands(t *testing.T) {
	b := newBench(t, newLibrary(t), nil)
	shortcuts, titles := map[string]string{}, map[string]string{}
	for _, c := range b.commands {
		if other, ok := titles[c.title]; ok {
			t.Errorf("%s and %s are both called %q", c.id, other, c.title)
		}
		titles[c.title] = c.id
		if c.shortcut == nil {
			continue
		}
		k := keyText(c.shortcut)
		if other, ok := shortcuts[k]; ok {
			t.Errorf("%s and %s both have %s", c.id, other, k)
		}
		shortcuts[k] = c.id
	}
	seen := map[string]int{}
	for _, m := range b.win.MainMenu().Items {
		for _, item := range m.Items {
			seen[item.Label]++
		}
	}
	for _, c := range b.commands {
		equal(t, "places of "+c.id+" in the menu", seen[c.title], 1)
		equal(t, c.id+" disabled in the menu", b.items[c.id].Disabled, !c.can())
	}

	enabled := func() (out []string) {
		for _, c := range b.commands {
			if c.can() && c.enabled != nil {
				out = append(out, c.id)
			}
		}
		return out
	}
	equal(t, "with nothing open", enabled(), []string{})
	b.sample()
	equal(t, "with the sample", enabled(), []string{"code", "save", "export", "commands", "load-plan", "strip-tests", "strip-bytecode", "strip-static", "strip-headers", "squash", "filter", "go-packages", "go-layers", "go-files", "go-insights", "go-strategies", "go-charts", "go-compare", "allfiles", "chart-png", "chart-svg", "chart-copy", "columns", "reload", "map", "compare", "compare-plan-file", "compare-sample", "compare-0", "compare-1", "compare-2", "compare-3", "compare-4"})
	b.drops("torch")
	for _, id := range []string{"undo", "reset"} {
		equal(t, id+" after a drop", b.command(id).can(), true)
		equal(t, id+" in the menu", b.items[id].Disabled, false)
	}
	equal(t, "undo's button", b.tools["undo"].Disabled(), false)
	equal(t, "redo's button", b.tools["redo"].Disabled(), true)
	b.command("go-files").run()
	equal(t, "page", b.current, "files")
	b.press(fyne.KeyF9) // reaches the command from a tree with the focus
	equal(t, "map", b.packages.treemap.Visible(), false)
	b.press(fyne.KeyF9)
	equal(t, "map", b.packages.treemap.Visible(), true)
}

// TestUndoInField: Ctrl+Z belongs to a field that has the focus.
func TestUndoInField(t *testing.T) {
	b := newBench(t, nil, nil)
	b.sample()
	b.drops("librosa")
	b.command("filter").run()
	b.write("x")
	b.items["undo"].Action()
	equal(t, "librosa", b.session.Plan.Drops("librosa"), true)
	b.packages.focus()
	b.items["undo"].Action()
	equal(t, "librosa", b.session.Plan.Drops("librosa"), false)
}

// TestPalette lists every command and package, and runs what is chosen.
func TestPalette(t *testing.T) {
	b := newBench(t, nil, nil)
	b.sample()
	b.drops("uvicorn")
	var titles []string
	for _, c := range b.paletteList() {
		titles = append(titles, c.Title)
	}
	for _, c := range b.commands {
		if c.id != "palette" && !slices.Contains(titles, trimEllipsis(c.title)) {
			t.Errorf("the palette has no %q", c.title)
		}
	}
	for _, want := range []string{"Show torch", "Drop torch", "Keep uvicorn"} {
		equal(t, want, slices.Contains(titles, want), true)
	}
	b.command("palette").run()
	b.write("drop librosa")
	b.press(fyne.KeyReturn)
	equal(t, "librosa", b.session.Plan.Drops("librosa"), true)
	b.command("palette").run()
	b.command("palette").run() // it is no second one
	equal(t, "overlays", len(b.win.Canvas().Overlays().List()), 0)
	b.command("palette").run()
	b.write("torch")
	equal(t, "torch alone", b.palette.Found()[0], "Show torch")
	b.command("keys").run() // as by its shortcut
	equal(t, "the palette gave way", b.palette.Visible(), false)
	b.press(fyne.KeyEscape)
	equal(t, "overlays", len(b.win.Canvas().Overlays().List()), 0)
}

// TestPlanCommands strips and squashes by commands, and undoes each.
func TestPlanCommands(t *testing.T) {
	b := newBench(t, nil, nil)
	b.sample()
	for _, id := range []string{"strip-tests", "strip-bytecode", "strip-static", "strip-headers", "squash"} {
		b.command(id).run()
		equal(t, id+" in the plan", b.session.Plan.Empty(), false)
		equal(t, id+" has its mark in the menu", b.items[id].Checked, true)
		b.command("undo").run()
		equal(t, id+" undone", b.session.Plan.Empty(), true)
		equal(t, id+" has no mark", b.items[id].Checked, false)
		b.command("redo").run()
		b.command(id).run()
		equal(t, id+" off again", b.session.Plan.Empty(), true)
	}
	b.command("strip-tests").run()
	for _, c := range b.paletteList() {
		if c.Title == "Strip: Tests of packages" {
			equal(t, "the palette says what is in the plan", c.Hint, "is on")
		}
	}
	equal(t, "what nobody weighed", b.session.Totals()[1].Delta, "less by an unknown size")
}

func TestSentence(t *testing.T) {
	test := func(in, want string) {
		t.Helper()
		equal(t, in, sentence(in), want)
	}
	test("", "")
	test("give a file", "Give a file.")
	test("Is it there?", "Is it there?")
	test("/tmp/x: no such file", "/tmp/x: no such file.")
	test("pip cannot do that", "pip cannot do that.")
	test("ghcr.io wants you to sign in", "ghcr.io wants you to sign in.")
}

// TestFigures leaves out differences, then figures, and never cuts a number.
func TestFigures(t *testing.T) {
	b := newBench(t, nil, nil)
	b.sample()
	b.drops("torch", "openai-whisper")
	l := newFigureLine()
	l.Set(b.session.Totals())
	full := l.Text()
	contains(t, "all of it", full, "96 % smaller", "(29 fewer)")
	count := func(width float32) int {
		l.Resize(fyne.NewSize(width, 30))
		texts, wide := l.texts, float32(0)
		for _, o := range texts {
			wide = max(wide, o.Position().X+o.Size().Width)
		}
		if wide > width {
			t.Errorf("at %v the line ends at %v", width, wide)
		}
		return len(texts)
	}
	last := 0
	for _, width := range []float32{200, 300, 420, 560, 700, 900, 1200, 1500} {
		n := count(width)
		if n < last {
			t.Errorf("at %v there are %d pieces, fewer than before", width, n)
		}
		last = n
	}
	equal(t, "pieces of the whole line", last, 19)
	l.Resize(fyne.NewSize(890, 30))
	short := ""
	for _, o := range l.texts {
		short += o.(*canvas.Text).Text
	}
	contains(t, "with less room", short, "(−96 %)", "Build time")
}

// TestKeysScroll scrolls the list of shortcuts by keys, and closes it by one.
func TestKeysScroll(t *testing.T) {
	b := newBench(t, nil, nil)
	b.win.Resize(fyne.NewSize(900, 600))
	b.command("keys").run()
	var s *container.Scroll
	for _, o := range test.LaidOutObjects(b.win.Canvas().Overlays().Top()) {
		if x, ok := o.(*container.Scroll); ok && s == nil {
			s = x
		}
	}
	b.press(fyne.KeyEnd)
	end := s.Offset.Y
	equal(t, "the last is in sight", end, s.Content.MinSize().Height-s.Size().Height)
	b.press(fyne.KeyPageUp)
	equal(t, "a page up", s.Offset.Y < end, true)
	b.press(fyne.KeyHome)
	b.press(fyne.KeyUp)
	equal(t, "the first", s.Offset.Y, float32(0))
	b.press(fyne.KeyEscape)
	equal(t, "overlays", len(b.win.Canvas().Overlays().List()), 0)
}
