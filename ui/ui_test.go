package ui

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"weighline/analysis/oci/ocitest"
	"weighline/store"
	"weighline/ui/state"
)

// A bench is a window without a screen. The test is its event loop.
type bench struct {
	*Window
	t     testing.TB
	posts chan func()
}

// newBench opens an empty window of 1280×800. lib may be nil.
func newBench(t testing.TB, lib *store.Store, err error) *bench {
	t.Helper()
	fyneApp := test.NewTempApp(t)
	fyneApp.Preferences().SetString(prefLanguage, "en") // not that of the computer
	app := NewApp(fyneApp, nil, lib, err)
	b := &bench{t: t, posts: make(chan func(), 10_000)}
	b.Window = newWindow(app, state.Config{Post: func(f func()) { b.posts <- f }, Library: lib, LibraryErr: err})
	app.windows = append(app.windows, b.Window)
	b.win.Show()
	b.win.Resize(fyne.NewSize(1280, 800))
	t.Cleanup(func() {
		if !b.closed() {
			b.win.Close()
		}
	})
	return b
}

// config is that of another window without a library.
func (b *bench) config() state.Config {
	return state.Config{Post: func(f func()) { b.posts <- f }}
}

func (b *bench) closed() bool {
	for _, w := range b.app.windows {
		if w == b.Window {
			return false
		}
	}
	return true
}

func newLibrary(t testing.TB) *store.Store {
	t.Helper()
	lib, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "weighline.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { lib.Close() })
	return lib
}

// written waits until all is on the disk that is written elsewhere.
func (b *bench) written() {
	done := make(chan struct{})
	b.session.Background(func() { close(done) })
	<-done
}

// until runs what is posted until ready holds.
func (b *bench) until(what string, ready func() bool) {
	b.t.Helper()
	for deadline := time.After(30 * time.Second); !ready(); {
		select {
		case f := <-b.posts:
			f()
		case <-deadline:
			b.t.Fatalf("waited for %s in vain; notice %+v", what, b.session.Notice)
		}
	}
}

// open opens sources and waits until they are read.
func (b *bench) open(sources ...string) {
	b.t.Helper()
	b.Open(sources...)
	b.until("the sources", func() bool { return !b.session.Busy() })
	if b.session.Build == nil || b.session.Notice.Severity != 0 {
		b.t.Fatalf("opening %q: %+v", sources, b.session.Notice)
	}
}

func (b *bench) sample() {
	b.t.Helper()
	b.OpenSample()
	b.until("the sample", func() bool { return !b.session.Busy() })
	if b.session.Build == nil {
		b.t.Fatalf("no sample: %+v", b.session.Notice)
	}
}

// press gives a key to what has the focus.
func (b *bench) press(names ...fyne.KeyName) {
	for _, n := range names {
		e := &fyne.KeyEvent{Name: n}
		if f := b.win.Canvas().Focused(); f != nil {
			f.TypedKey(e)
		} else if typed := b.win.Canvas().OnTypedKey(); typed != nil {
			typed(e)
		}
	}
}

func (b *bench) write(text string) {
	b.t.Helper()
	f := b.win.Canvas().Focused()
	if f == nil {
		b.t.Fatalf("nothing has the focus to write %q", text)
	}
	test.Type(f, text)
}

// equal compares by what is printed, as people do.
func equal(t testing.TB, what string, got, want any) {
	t.Helper()
	if g, w := fmt.Sprint(got), fmt.Sprint(want); g != w {
		t.Errorf("%s is %s, want %s", what, g, w)
	}
}

// distribution are the entries of an installed Python distribution.
func distribution(name string, size int64, requires ...string) []ocitest.Entry {
	const site = "usr/local/lib/python3.11/site-packages/"
	meta := "Metadata-Version: 2.1\nName: " + name + "\nVersion: 1.0\n"
	for _, r := range requires {
		meta += "Requires-Dist: " + r + "\n"
	}
	info := name + "-1.0.dist-info/"
	return []ocitest.Entry{
		{Name: site + name + "/core.so", Size: size},
		{Name: site + info + "METADATA", Body: meta},
		{Name: site + info + "RECORD", Body: name + "/core.so,,\n" + info + "METADATA,,\n" + info + "RECORD,,\n"},
	}
}

// writeImage writes an image as a folder and returns its path.
func writeImage(t testing.TB, layers ...ocitest.Layer) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "image")
	if err := ocitest.Build(layers...).WriteLayout(dir); err != nil {
		t.Fatal(err)
	}
	return dir
}

// packagesImage holds n distributions; each third one needs the next.
func packagesImage(t testing.TB, n int) string {
	t.Helper()
	var entries []ocitest.Entry
	for i := range n {
		var requires []string
		if i%3 == 0 && i+1 < n {
			requires = append(requires, fmt.Sprintf("package%04d", i+1))
		}
		entries = append(entries, distribution(fmt.Sprintf("package%04d", i), int64(1000+17*i), requires...)...)
	}
	return writeImage(t, ocitest.Layer{CreatedBy: "RUN pip install -r requirements.txt", Entries: entries})
}

func writeFile(t testing.TB, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

const requirements = "fastapi==0.115.14\nlibrosa==0.11.0\nno-such-project-of-anybody==1.0\n"

// status is what the foot of the window says.
func (b *bench) status() string { return b.Window.status.bar.Message().Text }

// action is a button of the notice.
func (b *bench) action(i int) *widget.Button {
	return b.Window.status.actions.Objects[i].(*widget.Button)
}

// rowOf returns the visible row of a package.
func (b *bench) rowOf(name string) int {
	b.t.Helper()
	for i := range b.session.Visible() {
		if string(b.session.At(i).Name) == name {
			return i
		}
	}
	b.t.Fatalf("no row for %s", name)
	return -1
}

// drops toggles a package as the table does.
func (b *bench) drops(names ...string) {
	var keys []string
	for _, n := range names {
		keys = append(keys, "python:"+n)
	}
	b.packages.table.OnToggle(keys)
}

func contains(t testing.TB, what, text string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(text, p) {
			t.Errorf("%s has no %q: %s", what, p, text)
		}
	}
}
