package ui

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"weighline/analysis"
	"weighline/analysis/bytesize"
)

// choose picks the i-th value of a setting, as a click in its list does.
func (b *bench) choose(pref string, i int) { b.settings.saved[pref].SetSelectedIndex(i) }

// TestShowSetting brings a setting into sight that a message or a menu names.
func TestShowSetting(t *testing.T) {
	b := newBench(t, nil, nil)
	b.win.Resize(fyne.NewSize(900, 600))
	for _, pref := range []string{prefProxy, prefBudgets} {
		b.showSetting(pref)
		e := b.settings.fields[pref]
		equal(t, pref+" has the keys", b.win.Canvas().Focused(), fyne.Focusable(e))
		y := fyne.CurrentApp().Driver().AbsolutePositionForObject(e).Y
		equal(t, pref+" is in sight", y > 0 && y+e.Size().Height < 600, true)
	}
	b.trustPlain("registry.local:5000")
	b.settings.refresh()
	equal(t, "what a message let through", b.settings.fields[prefPlainHTTP].Text, "registry.local:5000")
}

// TestSettings changes each setting in an open window: it holds at once.
func TestSettings(t *testing.T) {
	b := newBench(t, nil, nil)
	t.Cleanup(func() {
		bytesize.UseBinary(false)
		b.app.SetLanguage("en")
		os.Unsetenv("FYNE_SCALE")
	})
	b.sample()
	b.show("settings")
	prefs := b.app.fyne.Preferences()

	b.choose(prefVariant, 2)
	equal(t, "theme", prefs.String(prefVariant), string(Dark))
	b.choose(prefBinary, 1)
	equal(t, "page", b.current, "settings")
	equal(t, "download", b.session.Totals()[0].Before, "2.90 GiB")
	equal(t, "the heaviest", b.packages.cell(b.session.At(0), "download").Text, "783 MiB")
	b.choose(prefBinary, 0)
	equal(t, "download", b.session.Totals()[0].Before, "3.12 GB")
	b.choose(prefScale, 4)
	equal(t, "scale", os.Getenv("FYNE_SCALE"), "1.20")
	b.choose(prefLanguage, 2)
	equal(t, "title of the page", b.pages[len(b.pages)-1].title, "Einstellungen")
	b.choose(prefLanguage, 1)

	b.choose(prefPython, 3)
	b.choose(prefPlatform, 1)
	equal(t, "target", b.app.options().Target, "Python 3.12, linux/arm64")
	b.choose(prefIndex, 1)
	equal(t, "index", b.app.options().Index, []string{analysis.IndexSettings})
	b.choose(prefIndex, 2)
	b.settings.fields["index.url"].SetText("mirror.local/simple")
	equal(t, "what is wrong with the address", b.settings.wrong["index.url"].Visible(), true)
	b.settings.fields["index.url"].SetText("https://mirror.local/simple")
	equal(t, "what is wrong with the address", b.settings.wrong["index.url"].Visible(), false)
	equal(t, "index", b.app.options().Index, "[https://mirror.local/simple]")
	b.choose(prefIndex, 0)
	equal(t, "index", len(b.app.options().Index), 0)

	b.settings.fields[prefPlainHTTP].SetText("one.local:5000  two.local")
	b.settings.fields[prefProxy].SetText("http://proxy:3128")
	b.settings.fields[prefCA].SetText("/etc/corp.pem")
	equal(t, "network", b.app.options().Image, func() any {
		o := analysis.Options{}.Image
		o.PlainHTTP, o.Proxy, o.CAFile = []string{"one.local:5000", "two.local"}, "http://proxy:3128", "/etc/corp.pem"
		return o
	}())

	presets := len(b.app.Budgets())
	b.settings.fields[prefBudgets].SetText("500MB:unpacked, 10 bananas")
	contains(t, "what is wrong with the limits", b.settings.wrong[prefBudgets].Text, "bananas")
	equal(t, "budgets", len(b.app.Budgets()), presets)
	b.settings.fields[prefBudgets].SetText("500MB:unpacked, 10m:time")
	equal(t, "budgets", len(b.app.Budgets()), presets+2)
	equal(t, "the first", b.app.Budgets()[0].Limit, 500_000_000)
}

// TestTargetOfSettings opens requirements for the target of the settings.
func TestTargetOfSettings(t *testing.T) {
	b := newBench(t, nil, nil)
	b.choose(prefPython, 3)
	b.open(writeFile(t, "requirements.txt", "fastapi==0.115.14\n"))
	contains(t, "the line under the title", b.subtitle.Text, "Python 3.12")
}

// TestTrail goes back and forward through the pages and what was selected there.
func TestTrail(t *testing.T) {
	b := newBench(t, nil, nil)
	b.sample()
	b.packages.selected([]string{"python:torch"})
	b.show("layers")
	b.show("charts")
	b.packages.selected([]string{"python:librosa"})
	b.command("back").run()
	equal(t, "page", b.current, "layers")
	b.command("back").run()
	equal(t, "page", b.current, "packages")
	equal(t, "selected", b.session.Selected, "python:torch")
	b.command("forward").run()
	b.command("forward").run()
	equal(t, "page", b.current, "charts")
	equal(t, "selected", b.session.Selected, "python:librosa")
	equal(t, "further forward", b.command("forward").can(), false)
}

// TestOpenLast closes a window with an unsaved plan: the next one begins with it,
// on its page.
func TestOpenLast(t *testing.T) {
	b := newBench(t, nil, nil)
	b.sample()
	b.drops("torch", "openai-whisper")
	b.show("layers")
	b.packages.split.SetOffset(0.5)
	b.win.Close()

	w := newWindow(b.app, b.config())
	b.app.windows = append(b.app.windows, w)
	next := &bench{t: t, posts: b.posts, Window: w}
	w.win.Show()
	equal(t, "there is something to open", w.OpenLast(), true)
	next.until("the sample", func() bool { return !w.session.Busy() })
	equal(t, "plan", w.session.Plan.Drop, "[openai-whisper torch]")
	equal(t, "page", w.current, "layers")
	equal(t, "panes", w.packages.split.Offset, 0.5)
	w.win.Close()

	b.app.fyne.Preferences().SetBool(prefRestore, false)
	w = b.app.NewWindow()
	equal(t, "there is something to open", w.OpenLast(), false)
	w.win.Close()
}

// TestDraft leaves a plan unsaved as a crash does: the next run offers it.
func TestDraft(t *testing.T) {
	b := newBench(t, nil, nil)
	dir := t.TempDir()
	c := b.config()
	c.Drafts = dir
	w := newWindow(b.app, c)
	b.app.windows = append(b.app.windows, w)
	one := &bench{t: t, posts: b.posts, Window: w}
	one.sample()
	one.drops("torch")
	file := func() string {
		found, _ := filepath.Glob(filepath.Join(dir, "*.json")) // the pattern is fine
		if len(found) != 1 {
			return ""
		}
		return found[0]
	}
	for end := time.Now().Add(20 * time.Second); file() == ""; <-time.After(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("no draft is written")
		}
	}
	left, err := os.ReadFile(file())
	if err != nil {
		t.Fatal(err)
	}
	<-w.session.Close()
	equal(t, "drafts of a closed window", file(), "")

	// A process of that number is no more.
	if err := os.WriteFile(filepath.Join(dir, "2147483646-1.json"), left, 0o600); err != nil {
		t.Fatal(err)
	}
	w2 := newWindow(b.app, c)
	b.app.windows = append(b.app.windows, w2)
	two := &bench{t: t, posts: b.posts, Window: w2}
	w2.session.OfferDrafts()
	two.until("the offer", func() bool { return w2.session.Notice.Text != "" })
	contains(t, "the offer", w2.session.Notice.Text, "speech-api (sample)")
	two.action(0).OnTapped()
	two.until("the sample", func() bool { return !w2.session.Busy() && w2.session.Build != nil })
	equal(t, "plan", w2.session.Plan.Drop, "[torch]")
	w2.win.Resize(fyne.NewSize(800, 600))
	<-w2.session.Close()
	equal(t, "drafts in the end", file(), "")
}

// TestStopHook takes what Fyne does in the end out of its queue of events.
func TestStopHook(t *testing.T) {
	l := test.NewTempApp(t).Lifecycle()
	stopped := 0
	l.(interface{ SetOnStoppedHookExecuted(f func()) }).SetOnStoppedHookExecuted(func() { stopped++ })
	hook := takeStopHook(l)
	equal(t, "left for the queue", l.(interface{ OnStopped() func() }).OnStopped() == nil, true)
	hook()
	equal(t, "stopped", stopped, 1)
	takeStopHook(l)() // there is none left
	equal(t, "stopped", stopped, 1)
}

// TestNotification tells of the end of a long reading while another program is in
// front, and of no other.
func TestNotification(t *testing.T) {
	b := newBench(t, nil, nil)
	end := func(behind bool, ago time.Duration) {
		b.OpenSample()
		b.app.behind, b.Window.job.since = behind, time.Now().Add(-ago)
		b.until("the sample", func() bool { return !b.session.Busy() })
	}
	test.AssertNotificationSent(t, nil, func() { end(false, time.Minute) })
	test.AssertNotificationSent(t, nil, func() { end(true, 0) })
	test.AssertNotificationSent(t, fyne.NewNotification("Weighline", "speech-api (sample) is read."), func() { end(true, time.Minute) })
	b.app.fyne.Preferences().SetBool(prefNotify, false)
	test.AssertNotificationSent(t, nil, func() { end(true, time.Minute) })
}

// TestContextMenus opens the context menu of each page and takes what copies.
func TestContextMenus(t *testing.T) {
	b := newBench(t, nil, nil)
	b.sample()
	clip := b.app.fyne.Clipboard()
	b.show("files")
	b.files.tree.OnMenu(b.files.children(-1)[0], fyne.NewPos(50, 50))
	b.pick("Copy the path")
	equal(t, "the path", clip.Content(), "/usr")
	b.show("layers")
	b.layers.table.OnMenu([]string{"3"}, fyne.NewPos(50, 50))
	b.pick("Copy rows as text")
	contains(t, "the rows", clip.Content(), "build-essential")
}

// pick taps an item of the menu on top.
func (b *bench) pick(title string) {
	b.t.Helper()
	for _, o := range test.LaidOutObjects(b.win.Canvas().Overlays().Top()) {
		v := reflect.Indirect(reflect.ValueOf(o))
		if v.Kind() != reflect.Struct {
			continue
		}
		if f := v.FieldByName("Item"); f.IsValid() && f.CanInterface() {
			if item, ok := f.Interface().(*fyne.MenuItem); ok && item.Label == title {
				item.Action()
				return
			}
		}
	}
	b.t.Fatalf("the menu has no %q", title)
}
