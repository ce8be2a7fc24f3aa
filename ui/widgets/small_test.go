package widgets

import (
	"fmt"
	"image"
	"math"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

func bars() *StackedBar {
	b := NewStackedBar(BarPart{Name: "kept"}, BarPart{Name: "waste", Fill: 1, Hatched: true})
	b.SetRows([]BarRow{
		{Key: "a", Label: "FROM python", Detail: "130 MB", Values: []float64{120, 10}, Tip: "a tip"},
		{Key: "b", Label: "RUN a command that is much too long to be shown in full", Detail: "300 MB", Values: []float64{200, 100}},
		{Key: "c", Label: "COPY .", Detail: "1 MB", Values: []float64{1, 0, 5}},
		{Key: "d", Label: "ENV X=1", Detail: "0 B", Values: []float64{0, math.NaN()}},
	})
	return b
}

func TestStackedBar(t *testing.T) {
	inTheme(t, "light")
	b := bars()
	var log []string
	b.OnSelect = func(k string) { log = append(log, "select "+k) }
	b.OnActivate = func(k string) { log = append(log, "activate "+k) }
	show(t, b, 400, 200)
	test.TapAt(b, fyne.NewPos(50, b.rowHeight()*2.5))
	b.TypedKey(key(fyne.KeyDown))
	b.TypedKey(key(fyne.KeyUp))
	b.TypedKey(key(fyne.KeyReturn))
	test.TapAt(b, fyne.NewPos(50, 2)) // the legend
	equal(t, "said", strings.Join(log, ", "), "select b, select c, select b, activate b")
	b.SetRows(nil)
	b.TypedKey(key(fyne.KeyDown))
}

func TestStackedBarLooks(t *testing.T) {
	golden(t, "stackedbar", 320, 140, func() fyne.CanvasObject {
		b := bars()
		b.Select("b")
		return b
	})
}

// TestStackedBarScale measures the second bar, 300 wide, and the first, 130.
func TestStackedBarScale(t *testing.T) {
	inTheme(t, "light")
	b := bars()
	show(t, b, 500, 200)
	img := image.NewRGBA(image.Rect(0, 0, 500, 200))
	b.paint(img, 1)
	wide := func(row int) (n int) {
		y := int(b.rowHeight()*(float32(row)+1.5)) - 3
		for x := range 500 {
			if c := nrgba(img.At(x, y)); c != b.colors.Track && c.A > 0 {
				n++
			}
		}
		return n
	}
	if a, z := wide(0), wide(1); math.Abs(float64(a)/float64(z)-130.0/300) > 0.02 {
		t.Errorf("130 of 300 is drawn as %d of %d pixels", a, z)
	}
}

func TestSparkbars(t *testing.T) {
	inTheme(t, "light")
	s := NewSparkbars(1, 2, math.NaN(), 4)
	s.Tip = func(i int) string { return fmt.Sprint("value ", i) }
	var tapped int
	s.OnTap = func(i int) { tapped = i }
	l := tipLayer(s)
	show(t, l, 80, 30)
	test.TapAt(s, fyne.NewPos(50, 5))
	equal(t, "tapped", tapped, 2)
	s.MouseMoved(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(79, 5)}})
	equal(t, "tip", l.text, "value 3")
	s.SetValues()
	test.TapAt(s, fyne.NewPos(50, 5))
}

func meters() fyne.CanvasObject {
	return container.NewVBox(
		NewBudgetMeter(BudgetState{Label: "Download", Text: "1.2 GB of 2 GB", Value: 1.2, Before: 1.9, Limit: 2}),
		NewBudgetMeter(BudgetState{Label: "Unpacked", Text: "3 GB, 1 GB over 2 GB", Value: 3, Before: 3.2, Limit: 2}),
		NewBudgetMeter(BudgetState{Label: "Layer", Text: "at least 1 GB of 2 GB", Value: 1, Limit: 2, Unknown: true}),
		NewBudgetMeter(BudgetState{Label: "Time", Text: "not known"}),
		NewSparkbars(3, 5, 4, math.NaN(), 8, 7, 9, 2),
	)
}

func TestMetersLook(t *testing.T) { golden(t, "meters", 260, 190, meters) }

func TestBudgetOver(t *testing.T) {
	check := func(s BudgetState, want bool) {
		t.Helper()
		equal(t, fmt.Sprintf("%+v over", s), s.Over(), want)
	}
	check(BudgetState{Value: 3, Limit: 2}, true)
	check(BudgetState{Value: 2, Limit: 2}, false)
	check(BudgetState{Value: 2}, false)
}

func TestBreadcrumb(t *testing.T) {
	inTheme(t, "light")
	b := NewBreadcrumb("all", "torch", "lib", "python", "site-packages")
	var tapped []int
	b.OnTap = func(i int) { tapped = append(tapped, i) }
	win := show(t, b, 800, 40)
	test.Tap(b.buttons[2])
	if b.dots.Visible() {
		t.Error("there is room for all steps, and still there are dots")
	}
	win.Resize(fyne.NewSize(250, 40))
	if !b.dots.Visible() || !b.buttons[0].Visible() || !b.buttons[4].Visible() || b.buttons[2].Visible() {
		t.Error("a narrow path must show its ends and dots between")
	}
	test.Tap(b.dots)
	equal(t, "tapped", tapped, []int{2, 3})
	b.SetSteps()
	b.SetSteps("one")
}

// A clock is a time that the test sets, and what waits for it.
type clock struct {
	at      time.Time
	waiting []func()
	delays  []time.Duration
}

func (c *clock) after(d time.Duration, f func()) {
	c.waiting = append(c.waiting, f)
	c.delays = append(c.delays, d)
}

func (c *clock) run() {
	w := c.waiting
	c.waiting = nil
	for _, f := range w {
		f()
	}
}

func statusBar(c *clock) *StatusBar {
	s := NewStatusBar(StatusWords{})
	s.now, s.after = func() time.Time { return c.at }, c.after
	s.Format = func(done, total int64) string { return fmt.Sprintf("%d of %d B", done, total) }
	return s
}

func TestStatusBarProgressIsThrottled(t *testing.T) {
	inTheme(t, "light")
	c := &clock{at: time.Unix(1000, 0)}
	s := statusBar(c)
	show(t, s, 700, 60)
	for i := range int64(1000) {
		s.Progress("reading", i, 2000)
	}
	equal(t, "updates after 1000 calls", len(c.waiting), 1)
	c.run()
	equal(t, "figures", s.figures.Text, "999 of 2000 B")
	if !s.cancel.Visible() || s.bar.Size().Width < meterWidth*0.49 || s.bar.Size().Width > meterWidth*0.51 {
		t.Errorf("the bar is %v wide, want half of %v", s.bar.Size().Width, meterWidth)
	}
	c.at = c.at.Add(30 * time.Millisecond)
	s.Progress("reading", 1500, 0)
	s.Finish()
	equal(t, "pause before the next update", c.delays[len(c.delays)-1], 70*time.Millisecond)
	c.run()
	if s.cancel.Visible() {
		t.Error("the progress stays after Finish")
	}
}

func TestStatusBarInLittleRoom(t *testing.T) {
	inTheme(t, "light")
	c := &clock{}
	s := statusBar(c)
	win := show(t, s, 900, 40)
	s.Say(Message{Severity: Failure, Text: "ghcr.io wants you to sign in", Detail: "UNAUTHORIZED"})
	s.Progress("Layer 2 of 4", 300, 1000)
	c.run()
	for _, wide := range []float32{900, 500, 400, 320, 250} {
		win.Resize(fyne.NewSize(wide, 40))
		if !s.cancel.Visible() {
			t.Errorf("no way to cancel at %v", wide)
		}
		if at := s.text.Position().X + s.text.Size().Width; s.what.Visible() && at > s.what.Position().X {
			t.Errorf("at %v the message lies on the progress", wide)
		}
		if got := s.what.Visible(); got != (wide == 900) {
			t.Errorf("at %v what is being done is shown: %v", wide, got)
		}
	}
}

func TestStatusBarFromManyGoroutines(t *testing.T) {
	inTheme(t, "light")
	s := NewStatusBar(StatusWords{})
	s.after = func(time.Duration, func()) {}
	done := make(chan bool)
	for range 8 {
		go func() {
			for i := range int64(100) {
				s.Progress("reading", i, 100)
			}
			done <- true
		}()
	}
	for range 8 {
		<-done
	}
}

func TestStatusBarMessages(t *testing.T) {
	inTheme(t, "light")
	s := statusBar(&clock{})
	show(t, s, 500, 200)
	canceled := false
	s.OnCancel = func() { canceled = true }
	test.Tap(s.cancel)
	equal(t, "canceled", canceled, true)
	s.Say(Message{Severity: Failure, Text: "it does not work", Detail: "raw\ntext"})
	equal(t, "detail folded", s.fold.Visible(), false)
	test.Tap(s.details)
	equal(t, "detail unfolded", s.fold.Visible(), true)
	s.CopyDetails()
	equal(t, "copied", fyne.CurrentApp().Clipboard().Content(), "it does not work\n\nraw\ntext")
	s.Say(Message{Text: "fine"})
	if s.fold.Visible() || s.details.Visible() {
		t.Error("the details of an earlier message stay")
	}
}

func TestStatusBarLooks(t *testing.T) {
	golden(t, "statusbar", 560, 40, func() fyne.CanvasObject {
		c := &clock{}
		s := statusBar(c)
		s.Say(Message{Severity: Warning, Text: "Read 57 of 58 lines", Detail: "line 3"})
		s.Progress("Layer 2 of 4", 300, 1000)
		c.run()
		return container.NewBorder(nil, s, nil, nil)
	})
}

func emptyState(log *[]string) fyne.CanvasObject {
	say := func(s string) func() { return func() { *log = append(*log, s) } }
	return NewEmptyState("What do you want to weigh?", "Nothing is uploaded.", widget.NewLabel("Recent files"),
		Target{theme.FileTextIcon(), "Open requirements or lock…", "Ctrl+O", say("open")},
		Target{theme.StorageIcon(), "Inspect an image…", "Ctrl+I", say("image")},
		Target{theme.MediaPlayIcon(), "Open the sample", "works offline", say("sample")})
}

func TestEmptyState(t *testing.T) {
	inTheme(t, "light")
	var log []string
	win := show(t, emptyState(&log), 800, 400)
	for range 3 {
		win.Canvas().FocusNext()
		win.Canvas().Focused().TypedKey(key(fyne.KeySpace))
	}
	test.Tap(win.Canvas().Focused().(fyne.Tappable))
	equal(t, "said", strings.Join(log, " "), "open image sample sample")
}

func TestEmptyStateLooks(t *testing.T) {
	golden(t, "emptystate", 560, 300, func() fyne.CanvasObject { return emptyState(new([]string)) })
}

func card() *InsightCard {
	return NewInsightCard(Insight{
		Title: "CUDA without a GPU", Amount: "2.9 GB", Certainty: "certain", Severity: Warning,
		Summary:  "The libraries for graphics cards are not used by a service that has none.",
		Evidence: []string{"requirements.txt:3 torch==2.7.1", "a second line of evidence that is very long and goes on and on and on"},
		FixTitle: "How to fix it", Fix: "--index-url https://download.pytorch.org/whl/cpu", Risk: "None known.", Action: "Apply to plan", Done: "In the plan",
	}, CardWords{})
}

func TestInsightCard(t *testing.T) {
	inTheme(t, "light")
	c := card()
	var log []string
	c.OnAction = func() { log = append(log, "apply") }
	c.OnEvidence = func(i int) { log = append(log, fmt.Sprint("evidence ", i)) }
	c.OnFold = func(open bool) { log = append(log, fmt.Sprint("open ", open)) }
	show(t, container.NewVBox(c), 500, 400)
	folded := c.MinSize().Height
	test.Tap(c.action)
	test.Tap(c.fold)
	if c.MinSize().Height <= folded {
		t.Error("unfolding shows nothing more")
	}
	test.Tap(c.links[1])
	c.CopyFix()
	equal(t, "copied", fyne.CurrentApp().Clipboard().Content(), c.insight.Fix)
	c.SetApplied(true)
	if c.action.Icon == nil {
		t.Error("an applied insight has no sign")
	}
	equal(t, "the button of an applied insight", c.action.Text, "In the plan")
	c.SetApplied(false)
	equal(t, "the button when it is taken back", c.action.Text, "Apply to plan")
	equal(t, "said", strings.Join(log, ", "), "apply, open true, evidence 1")
}

func TestInsightCardLooks(t *testing.T) {
	golden(t, "insightcard", 440, 330, func() fyne.CanvasObject {
		c := card()
		c.SetOpen(true)
		return container.NewVBox(c)
	})
}

func TestToast(t *testing.T) {
	inTheme(t, "light")
	l := NewToastLayer(newRect())
	var end func()
	l.after = func(_ time.Duration, f func()) *time.Timer {
		end = f
		tm := time.NewTimer(time.Hour)
		tm.Stop()
		return tm
	}
	show(t, l, 500, 300)
	undone := 0
	l.Say("Deleted a build", "Undo", func() { undone++ })
	equal(t, "said", l.Said(), "Deleted a build")
	first := end
	l.Say("Saved", "", nil)
	first() // the time of the first is up, but it is the second's turn
	equal(t, "said", l.Said(), "Saved")
	equal(t, "button without action", l.action.Visible(), false)
	end()
	equal(t, "said", l.Said(), "")
	l.Say("Deleted", "Undo", func() { undone++ })
	test.Tap(l.action)
	equal(t, "undone", undone, 1)
	equal(t, "said", l.Said(), "")
}

func TestToastLooks(t *testing.T) {
	golden(t, "toast", 360, 110, func() fyne.CanvasObject {
		l := NewToastLayer(newRect())
		l.after = func(time.Duration, func()) *time.Timer { return nil }
		l.Resize(fyne.NewSize(360, 110))
		l.Say("Dropped 3 packages", "Undo", func() {})
		return l
	})
}

func TestMatch(t *testing.T) {
	check := func(title, query string, want int) {
		t.Helper()
		if got := match(title, query); got != want {
			t.Errorf("match(%q, %q) = %d, want %d", title, query, got, want)
		}
	}
	check("Open image", "", 1)
	check("Open image", "op", 9)
	check("Open image", "ima", 7)
	check("Open image", "mag", 5)
	check("Open image", "oim", 2)
	check("Open image", "IMAGE open", 16)
	check("Open image", "open x", 0)
	check("drop étoile", "éto", 7)
	check("drop torch", "torch", 8) // before drop torchaudio
	check("drop torchaudio", "torch", 7)
}

func commands(log *[]string) []Command {
	run := func(s string) func() { return func() { *log = append(*log, s) } }
	return []Command{
		{Title: "Open requirements…", Hint: "Ctrl+O", Icon: theme.FolderOpenIcon(), Run: run("open")},
		{Title: "Export the slim requirements", Hint: "Ctrl+E", Icon: theme.DocumentSaveIcon(), Run: run("export")},
		{Title: "Undo", Hint: "Ctrl+Z", Icon: theme.ContentUndoIcon(), Disabled: true, Run: run("undo")},
		{Title: "drop librosa", Hint: "package", Run: run("librosa")},
	}
}

func TestPalette(t *testing.T) {
	inTheme(t, "light")
	win := show(t, newRect(), 700, 500)
	var log []string
	p := ShowPalette(win.Canvas(), "Type a command", "Nothing found", commands(&log))
	equal(t, "all", len(p.Found()), 4)
	test.Type(p.entry, "req")
	equal(t, "found", p.Found(), []string{"Open requirements…", "Export the slim requirements"})
	p.entry.TypedKey(key(fyne.KeyDown))
	p.entry.TypedKey(key(fyne.KeyDown))
	p.entry.TypedKey(key(fyne.KeyReturn))
	equal(t, "ran", strings.Join(log, " "), "export")
	equal(t, "open after running", p.Visible(), false)

	p = ShowPalette(win.Canvas(), "", "", commands(&log))
	test.Type(p.entry, "oq")
	equal(t, "letters in order", p.Found(), []string{"Open requirements…", "Export the slim requirements"})
	p.Close()
	p = ShowPalette(win.Canvas(), "", "", append(commands(&log), Command{Title: "Drop libpostal rosa"}))
	test.Type(p.entry, "librosa")
	equal(t, "letters beside words", p.Found(), []string{"drop librosa"})
	p.Close()
	p = ShowPalette(win.Canvas(), "", "", append(commands(&log), Command{Title: "Undo", Hint: "message"}))
	test.Type(p.entry, "undo")
	equal(t, "what can be run comes first", p.commands[p.found[0]].Hint, "message")
	p.Close()
	p = ShowPalette(win.Canvas(), "", "", commands(&log))
	test.Type(p.entry, "undo")
	p.entry.TypedKey(key(fyne.KeyReturn))
	equal(t, "open after a disabled command", p.Visible(), true)
	test.Type(p.entry, " xyz")
	equal(t, "found", len(p.Found()), 0)
	p.entry.TypedKey(key(fyne.KeyDown))
	p.entry.TypedKey(key(fyne.KeyReturn))
	p.entry.TypedKey(key(fyne.KeyEscape))
	equal(t, "open after Escape", p.Visible(), false)
	equal(t, "ran", strings.Join(log, " "), "export")
}

func TestPaletteLooks(t *testing.T) {
	for variant := range variants {
		inTheme(t, variant)
		win := show(t, newRect(), 440, 260)
		p := ShowPalette(win.Canvas(), "Type a command", "", commands(new([]string)))
		p.Filter("r")
		win.Canvas().Unfocus() // the cursor of the entry blinks
		same(t, "palette-"+variant, win.Canvas().Capture())
	}
}

func BenchmarkPaletteFilter10000(b *testing.B) {
	inTheme(b, "light")
	win := show(b, newRect(), 700, 500)
	var cs []Command
	for i := range 10_000 {
		cs = append(cs, Command{Title: fmt.Sprintf("drop package-%d", i)})
	}
	p := ShowPalette(win.Canvas(), "", "", cs)
	for b.Loop() {
		p.Filter("pack 77")
	}
}

func BenchmarkStackedBarPaint(b *testing.B) {
	inTheme(b, "light")
	s := bars()
	show(b, s, 800, 200)
	img := image.NewRGBA(image.Rect(0, 0, 800, 200))
	for b.Loop() {
		s.paint(img, 1)
	}
}

func BenchmarkStatusBarProgress(b *testing.B) {
	inTheme(b, "light")
	s := NewStatusBar(StatusWords{})
	s.after = func(time.Duration, func()) {}
	for b.Loop() {
		s.Progress("reading", 1, 2)
	}
}

func BenchmarkInsightCards100(b *testing.B) {
	inTheme(b, "light")
	for b.Loop() {
		box := container.NewVBox()
		for range 100 {
			box.Add(card())
		}
		box.MinSize()
	}
}

func TestBreadcrumbLooks(t *testing.T) {
	golden(t, "breadcrumb", 330, 76, func() fyne.CanvasObject {
		return container.NewVBox(NewBreadcrumb("all", "torch", "lib"), NewBreadcrumb("all", "torch", "lib", "python", "site-packages"))
	})
}

// benchmarkCapture paints o with the software painter.
func benchmarkCapture(b *testing.B, o func() fyne.CanvasObject) {
	inTheme(b, "light")
	win := show(b, o(), 600, 300)
	for b.Loop() {
		win.Canvas().Content().Refresh()
		win.Canvas().Capture()
	}
}

func BenchmarkMeters(b *testing.B) { benchmarkCapture(b, meters) }

func BenchmarkBreadcrumb(b *testing.B) {
	benchmarkCapture(b, func() fyne.CanvasObject { return NewBreadcrumb("all", "torch", "lib", "python", "site-packages") })
}

func BenchmarkEmptyState(b *testing.B) {
	benchmarkCapture(b, func() fyne.CanvasObject { return emptyState(new([]string)) })
}

func BenchmarkToast(b *testing.B) {
	benchmarkCapture(b, func() fyne.CanvasObject {
		l := NewToastLayer(newRect())
		l.after = func(time.Duration, func()) *time.Timer { return nil }
		l.Say("Dropped 3 packages", "Undo", func() {})
		return l
	})
}
