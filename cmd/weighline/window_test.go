//go:build window

// These tests drive the real window under Xvfb with xdotool, and look at what
// the library and the exported files then hold. They need what `make
// deps-window` installs, and the programs in $WEIGHLINE_BIN.
package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"weighline/analysis/oci/ocitest"
	"weighline/analysis/pep"
	"weighline/analysis/plan"
	"weighline/store"
)

// A desk is a screen with a window manager, and at most one running app.
type desk struct {
	t       testing.TB
	display string
	dir     string // home of the app
	library string
	app     *exec.Cmd
	ended   <-chan struct{} // closed when the app is gone
	log     bytes.Buffer
	watch   string // what the watchdog reports, "" for no watchdog
	window  string // ID of the app's window
}

func newDesk(t testing.TB) *desk {
	d := &desk{t: t, dir: t.TempDir()}
	d.library = filepath.Join(d.dir, "weighline.db")
	if _, measures := t.(*testing.B); !measures {
		d.watch = "50ms"
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	x := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", "1280x800x24", "+extension", "GLX", "-nolisten", "tcp")
	x.ExtraFiles = []*os.File{w}
	if err := x.Start(); err != nil {
		t.Fatalf("Xvfb: %v (make deps-window installs it)", err)
	}
	t.Cleanup(func() { x.Process.Kill(); x.Wait() })
	w.Close()
	var number [16]byte
	n, err := r.Read(number[:])
	if err != nil {
		t.Fatalf("Xvfb did not start: %v", err)
	}
	d.display = ":" + strings.TrimSpace(string(number[:n]))
	wm := d.command("openbox")
	wm.Env = append(wm.Env, "XDG_CACHE_HOME="+d.dir+"/openbox", "XDG_CONFIG_HOME="+d.dir+"/openbox")
	if err := wm.Start(); err != nil {
		t.Fatalf("openbox: %v (make deps-window installs it)", err)
	}
	t.Cleanup(func() { wm.Process.Kill(); wm.Wait() })
	return d
}

func (d *desk) command(name string, args ...string) *exec.Cmd {
	c := exec.Command(name, args...)
	c.Env = append(os.Environ(), "DISPLAY="+d.display, "LANG=en_US.UTF-8", "HOME="+d.dir, "XDG_CONFIG_HOME="+d.dir+"/config", "XDG_CACHE_HOME="+d.dir+"/cache")
	if d.watch != "" {
		c.Env = append(c.Env, "WEIGHLINE_WATCHDOG="+d.watch)
	}
	return c
}

// start runs the app and waits for its window.
func (d *desk) start(args ...string) {
	d.t.Helper()
	d.run(args...)
	d.until("a window", func() bool {
		out, err := d.command("xdotool", "search", "--onlyvisible", "--name", "Weighline$").Output()
		d.window = strings.TrimSpace(string(out))
		return err == nil && d.window != ""
	})
	d.xdo("windowfocus", "--sync", d.window)
	d.until("something in the window", func() bool { return d.colours("1000x600+120+100") > 8 })
	d.pause()
}

func (d *desk) run(args ...string) {
	d.t.Helper()
	bin := os.Getenv("WEIGHLINE_BIN")
	if bin == "" {
		d.t.Fatal("WEIGHLINE_BIN names no folder with the programs: run make test-window")
	}
	d.app = d.command(filepath.Join(bin, "weighline"), append([]string{"--library", d.library}, args...)...)
	d.app.Dir = d.dir // what it writes without a folder goes there
	d.app.Stdout, d.app.Stderr = &d.log, &d.log
	if err := d.app.Start(); err != nil {
		d.t.Fatal(err)
	}
	app, ended := d.app, make(chan struct{})
	d.ended = ended
	go func() { // the one call of Wait: of two one may never return
		app.Wait()
		close(ended)
	}()
	d.t.Cleanup(func() {
		app.Process.Kill()
		<-ended
		if strings.Contains(d.log.String(), "Failed to create") {
			d.t.Errorf("Fyne has no folder of its own:\n%s", d.log.String())
		}
		if busy := strings.Count(d.log.String(), watchdogWord); busy > 0 {
			d.t.Logf("the window's goroutine was busy for more than 50 ms %d times:\n%s", busy, d.log.String())
		}
	})
}

// kill ends the app as a crash does.
func (d *desk) kill() {
	d.t.Helper()
	if err := d.app.Process.Kill(); err != nil {
		d.t.Fatal(err)
	}
	<-d.ended
}

// quit closes the window as a user does, and waits for the app to end.
func (d *desk) quit() {
	d.t.Helper()
	// Sent to the window itself, the release of the key would find it gone.
	d.xdo("key", "alt+F4")
	select {
	case <-d.ended:
	case <-time.After(patience):
		d.t.Fatal("the app did not end when its window was closed")
	}
}

func (d *desk) xdo(args ...string) {
	d.t.Helper()
	if out, err := d.command("xdotool", args...).CombinedOutput(); err != nil {
		d.t.Fatalf("xdotool %v: %v\n%s%s", args, err, out, d.log.String())
	}
}

// keys presses keys, with the time between them that a person takes.
func (d *desk) keys(keys ...string) {
	d.t.Helper()
	for _, k := range keys {
		d.xdo("key", k)
		d.pause()
	}
}

func (d *desk) write(text string) {
	d.t.Helper()
	d.xdo("type", "--delay", "25", text)
	d.pause()
}

func (d *desk) click(x, y int) {
	d.t.Helper()
	d.xdo("mousemove", "--window", d.window, strconv.Itoa(x), strconv.Itoa(y), "click", "1")
	d.pause()
}

// pause gives the app the time between two keys: it has no other sign that it
// has taken the first.
func (d *desk) pause() { <-time.After(120 * time.Millisecond) }

// patience is how long a test waits before it gives something up: a machine
// that builds other things meanwhile may be ten times slower than this one.
const patience = 90 * time.Second

// until waits for something that the app will do.
func (d *desk) until(what string, ready func() bool) {
	d.t.Helper()
	for end := time.Now().Add(patience); !ready(); {
		if time.Now().After(end) {
			shot := filepath.Join(os.TempDir(), "weighline-"+strings.ReplaceAll(d.t.Name(), "/", "-")+".png")
			d.command("import", "-window", "root", shot).Run() // it is only a help
			d.t.Fatalf("waited for %s in vain; the title is %q; the screen is in %s\n%s", what, d.title(), shot, d.log.String())
		}
		<-time.After(20 * time.Millisecond)
	}
}

func (d *desk) title() string {
	out, _ := d.command("xdotool", "getwindowname", d.window).Output()
	return strings.TrimSpace(string(out))
}

func (d *desk) untilTitle(want string) {
	d.t.Helper()
	d.until("the title "+want, func() bool { return d.title() == want })
}

// insist presses a key again and again until the window has a title: for a key
// that does nothing before something is there that comes by itself.
func (d *desk) insist(title, key string) {
	d.t.Helper()
	var last time.Time
	d.until("the title "+title, func() bool {
		if d.title() == title {
			return true
		}
		if time.Since(last) > 2*time.Second {
			d.xdo("key", key)
			last = time.Now()
		}
		return false
	})
}

// saved opens the library as another program and returns its builds.
func (d *desk) saved() []store.Build {
	d.t.Helper()
	lib, err := store.Open(d.t.Context(), d.library)
	if err != nil {
		d.t.Fatal(err)
	}
	defer lib.Close()
	list, err := lib.List(d.t.Context())
	if err != nil {
		d.t.Fatal(err)
	}
	return list
}

const sampleTitle = "speech-api (sample) – Weighline"

// page goes to a page by the palette.
func (d *desk) page(title string) {
	d.t.Helper()
	d.keys("ctrl+k")
	d.write(title)
	d.keys("Return")
}

// forget removes what the app remembers of earlier runs, but for the library.
func (d *desk) forget() {
	d.t.Helper()
	for _, dir := range []string{"config", "cache"} {
		if err := os.RemoveAll(filepath.Join(d.dir, dir)); err != nil {
			d.t.Fatal(err)
		}
	}
}

// drop drops a package by the palette.
func (d *desk) drop(name string) {
	d.t.Helper()
	d.keys("ctrl+k")
	d.write("drop " + name)
	d.keys("Return")
}

// TestStory goes the whole way in the real window: open the sample, drop,
// undo, save, close, reopen from the library, export.
func TestStory(t *testing.T) {
	d := newDesk(t)
	d.start("--sample")
	d.untilTitle(sampleTitle)

	// By the keyboard: filter, go to the row, Space.
	d.keys("ctrl+f")
	d.write("whisper")
	d.keys("Escape") // empties the filter and goes to the table
	d.write("libr")  // type-ahead goes to the row
	d.keys("space")
	d.untilTitle("• " + sampleTitle)
	d.keys("ctrl+z")
	d.untilTitle(sampleTitle)
	d.keys("ctrl+shift+z")
	d.untilTitle("• " + sampleTitle)
	d.drop("torch")
	d.drop("openai-whisper")

	d.keys("ctrl+s")
	d.write("slim speech")
	d.keys("Return")
	d.untilTitle("slim speech – Weighline")
	list := d.saved()
	if len(list) != 1 {
		t.Fatalf("the library holds %d builds, want 1", len(list))
	}
	p, err := plan.Decode(list[0].Plan)
	if err != nil || !p.Equal(plan.New("torch", "librosa", "openai-whisper")) {
		t.Errorf("the saved plan is %s (%v), want torch, librosa, openai-whisper", list[0].Plan, err)
	}
	if u := list[0].Summary; u.Packages != 72 || u.Download != 3_118_856_420 || u.DownloadAfter != 3_118_856_420-3_047_917_251 {
		t.Errorf("the library says %+v, want 72 packages, 3118856420 bytes, 70939169 after", u)
	}
	d.quit()

	d.start() // with what was open last
	d.untilTitle("slim speech – Weighline")
	d.quit()
	d.forget()
	d.start()
	d.untilTitle("Weighline")
	d.page("Library")
	d.insist("slim speech – Weighline", "Return") // the list of what is saved may not have come yet
	out := filepath.Join(d.dir, "slim.txt")
	d.keys("ctrl+e")
	d.write(out)
	d.keys("Return")
	d.until("the exported file", func() bool { _, err := os.Stat(out); return err == nil })
	data, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"# speech-api: transcribes", "\nfastapi==0.115.14\n", "\n# weighline: dropped", "scikit-learn==1.7.2   # speaker clusters, an experiment\n"} {
		if !strings.Contains("\n"+string(data), want) {
			t.Errorf("the slim file has no %q:\n%s", want, data)
		}
	}
	for line := range strings.Lines(string(data)) {
		if r, err := pep.ParseRequirement(strings.TrimSpace(line)); err == nil && r.Name == "torch" {
			t.Errorf("the slim file still asks for torch:\n%s", data)
		}
	}
}

// TestMouse drops a package with its check box, takes that back, and drops it
// on the map.
func TestMouse(t *testing.T) {
	d := newDesk(t)
	d.start("--sample")
	d.untilTitle(sampleTitle)
	d.click(128, 122) // the box of the second row
	d.untilTitle("• " + sampleTitle)
	d.click(128, 122)
	d.untilTitle(sampleTitle)
	d.click(960, 320) // a tile of the map
	d.keys("space")
	d.untilTitle("• " + sampleTitle)
}

// TestImages opens images from a layout, an archive and a registry, and saves
// them: the library then holds the digest of what was opened.
func TestImages(t *testing.T) {
	img := ocitest.Build(ocitest.Layer{CreatedBy: "COPY app /app", Entries: []ocitest.Entry{
		{Name: "app/main.py", Body: "import torch\n"},
		{Name: "usr/local/lib/python3.11/site-packages/demo/core.py", Body: "x = 1\n"},
		{Name: "usr/local/lib/python3.11/site-packages/demo-1.0.dist-info/METADATA", Body: "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n"},
		{Name: "usr/local/lib/python3.11/site-packages/demo-1.0.dist-info/RECORD", Body: "demo/core.py,,\ndemo-1.0.dist-info/METADATA,,\ndemo-1.0.dist-info/RECORD,,\n"},
	}})
	dir := t.TempDir()
	layout, archive := filepath.Join(dir, "layout"), filepath.Join(dir, "image.tar")
	if err := img.WriteLayout(layout); err != nil {
		t.Fatal(err)
	}
	if err := img.WriteDockerArchive(archive, ocitest.ArchiveOptions{}); err != nil {
		t.Fatal(err)
	}
	for _, source := range []string{layout, archive} {
		t.Run(filepath.Base(source), func(t *testing.T) {
			d := newDesk(t)
			d.start(source)
			d.untilTitle(filepath.Base(source) + " – Weighline")
			d.keys("ctrl+s")
			d.write("demo image")
			d.keys("Return")
			d.untilTitle("demo image – Weighline")
			list := d.saved()
			if len(list) != 1 || list[0].Summary.Layers != 1 || list[0].Summary.Packages != 1 {
				t.Errorf("the library holds %+v, want one build of 1 layer and 1 package", list)
			}
		})
	}
}

// TestBadInput starts the app with what it cannot open: the window stays and
// goes on to work.
func TestBadInput(t *testing.T) {
	write := func(t *testing.T, name, text string) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for name, source := range map[string]func(t *testing.T) string{
		"no requirements": func(t *testing.T) string { return write(t, "poem.txt", "Shall I compare thee\nto a summer's day?\n") },
		"no registry":     func(*testing.T) string { return "127.0.0.1:1/acme/api:1" },
		"cut archive": func(t *testing.T) string {
			path := filepath.Join(t.TempDir(), "cut.tar")
			img := ocitest.Build(ocitest.Layer{Entries: []ocitest.Entry{{Name: "a", Size: 1 << 20}}})
			if err := img.WriteDockerArchive(path, ocitest.ArchiveOptions{}); err != nil {
				t.Fatal(err)
			}
			if err := os.Truncate(path, 700); err != nil {
				t.Fatal(err)
			}
			return path
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			d.start(source(t))
			d.keys("ctrl+k")
			d.write("open the sample")
			d.keys("Return")
			d.untilTitle(sampleTitle)
		})
	}
	t.Run("library of a newer version", func(t *testing.T) {
		d := newDesk(t)
		// The header of an SQLite file with the application ID and version 999.
		header := make([]byte, 4096)
		copy(header, "SQLite format 3\x00")
		copy(header[60:], []byte{0, 0, 3, 231})
		copy(header[68:], "WGHL")
		if err := os.WriteFile(d.library, header, 0o600); err != nil {
			t.Fatal(err)
		}
		d.start("--sample")
		d.untilTitle(sampleTitle)
		d.keys("ctrl+s") // nothing to save in: no dialog opens
		d.keys("Escape")
		d.drop("librosa")
		d.untilTitle("• " + sampleTitle)
		if after, err := os.ReadFile(d.library); err != nil || !bytes.Equal(after, header) {
			t.Errorf("the library of the newer version was changed (%v)", err)
		}
	})
}
