package ui

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/storage"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"weighline/analysis/oci/ocitest"
	"weighline/ui/widgets"
)

// TestSample opens the sample and drops by the table, by the map and by
// keyboard: session, table and foot agree.
func TestSample(t *testing.T) {
	b := newBench(t, newLibrary(t), nil)
	equal(t, "page before", b.current, "start")
	b.sample()
	equal(t, "page", b.current, "packages")
	equal(t, "window title", b.win.Title(), "speech-api (sample) – Weighline")
	contains(t, "title line", b.title.Text+" "+b.subtitle.Text, "speech-api (sample)", "Python 3.11", "linux/amd64", "image sample:before")
	contains(t, "idle line", b.Window.status.idle.Text, "catalogue of", "scale model", "sha256:")
	contains(t, "foot", b.packages.footer.main.Text(), "Download 3.12 GB", "Packages 72")

	b.drops("torch")
	contains(t, "foot with torch dropped", b.packages.footer.main.Text(), "(no change)", "(as many)")
	cell := b.packages.table.Cell(b.rowOf("torch"), "name")
	equal(t, "status of torch", cell.Secondary, "held")
	contains(t, "held by", b.packages.table.Cell(b.rowOf("torch"), "held").Text, "openai-whisper")
	before := b.rowOf("torch")
	b.drops("openai-whisper")
	equal(t, "row of torch after a toggle", b.rowOf("torch"), before)
	contains(t, "foot with two dropped", b.packages.footer.main.Text(), "3.12 GB  ›  121 MB", "(29 fewer)")
	equal(t, "struck", b.packages.table.Cell(b.rowOf("triton"), "name").Struck, true)
	equal(t, "window title", b.win.Title(), "• speech-api (sample) – Weighline")
	equal(t, "button to keep everything", b.packages.footer.keep.Visible(), true)

	b.command("undo").run()
	b.command("undo").run()
	equal(t, "plan after two undos", b.session.Plan.Empty(), true)
	b.command("redo").run()
	equal(t, "torch after redo", b.session.Plan.Drops("torch"), true)
	b.command("reset").run()
	equal(t, "plan after reset", b.session.Plan.Empty(), true)

	b.packages.treemap.OnSelect([]string{"python:librosa"})
	equal(t, "selected in the table", b.packages.table.Selected(), []string{"python:librosa"})
	equal(t, "title of the details", b.packages.details.title.Text, "librosa 0.11.0")
	b.packages.treemap.OnToggle("python:librosa")
	equal(t, "librosa", b.session.Plan.Drops("librosa"), true)
}

// TestKeyboardSelection extends the selection row by row and drops all of it.
func TestKeyboardSelection(t *testing.T) {
	b := newBench(t, nil, nil)
	b.sample()
	b.session.SortBy("name", false)
	list := b.packages.table.Focusable()
	equal(t, "the table has the focus", b.win.Canvas().Focused() == list, true)
	b.press(fyne.KeyHome)
	keys := b.packages.table.Selected()
	equal(t, "selected", len(keys), 1)
	for range 3 { // what the table calls while Shift is held
		n := len(b.packages.table.Selected())
		b.packages.table.OnSelect(append(b.packages.table.Selected(), b.session.At(n).Key))
	}
	equal(t, "selected in the session", b.session.Selected, b.session.At(3).Key)
	equal(t, "selected", len(b.packages.table.Selected()), 4)
	contains(t, "sum of the selected", b.packages.footer.picked.Text, "4 selected: ")
	b.press(fyne.KeySpace)
	equal(t, "dropped", len(b.session.Plan.Drop), 4)
}

// TestFilter types into the filter: rows go, the map dims, Escape shows all.
func TestFilter(t *testing.T) {
	b := newBench(t, nil, nil)
	b.sample()
	all := b.session.Visible()
	b.command("filter").run()
	b.write("nvidia")
	equal(t, "rows of nvidia", b.session.Visible(), 14)
	equal(t, "dimmed tiles", len(b.packages.states()), all-14)
	b.write(" zzz")
	equal(t, "rows of nothing", b.session.Visible(), 0)
	equal(t, "explained", b.packages.waiting.Visible(), true)
	contains(t, "explanation", b.packages.waiting.Text, `No package matches "nvidia zzz"`)
	b.press(fyne.KeyEscape)
	equal(t, "rows after Escape", b.session.Visible(), all)
	equal(t, "filter", b.filter.Text, "")
	equal(t, "explained", b.packages.waiting.Visible(), false)
	equal(t, "focus is in the table", b.win.Canvas().Focused() == b.packages.table.Focusable(), true)

	b.show("layers")
	b.command("filter").run()
	equal(t, "page of the filter", b.current, "layers")
	b.show("charts")
	b.command("filter").run()
	equal(t, "page of the filter", b.current, "packages")
}

// TestPages goes through every page with each kind of build, in both sizes and
// themes: nothing panics, and what has nothing to show cannot be shown.
func TestPages(t *testing.T) {
	image := packagesImage(t, 4)
	broken := writeImage(t, ocitest.Layer{Entries: distribution("left", 5)}, ocitest.Layer{CreatedBy: "RUN something", Entries: []ocitest.Entry{{Name: "app/x", Body: "x"}}})
	blobs, err := filepath.Glob(filepath.Join(broken, "blobs", "sha256", "*"))
	if err != nil {
		t.Fatal(err)
	}
	last := ocitest.Build(ocitest.Layer{Entries: distribution("left", 5)}, ocitest.Layer{CreatedBy: "RUN something", Entries: []ocitest.Entry{{Name: "app/x", Body: "x"}}}).LayerBlob(1)
	for _, path := range blobs {
		if "sha256:"+filepath.Base(path) == last.Digest {
			if err := os.WriteFile(path, make([]byte, 100), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	list := writeFile(t, "requirements.txt", requirements)
	kinds := map[string]struct {
		open  func(b *bench)
		pages string
	}{
		"nothing":    {func(*bench) {}, "start library settings"},
		"list":       {func(b *bench) { b.open(list) }, "start packages insights strategies charts compare library settings"},
		"image":      {func(b *bench) { b.open(image) }, "start packages layers files insights strategies charts compare library settings"},
		"both":       {func(b *bench) { b.open(list, image) }, "start packages layers files insights strategies charts compare library settings"},
		"bare image": {func(b *bench) { b.open(writeImage(t, ocitest.Layer{Entries: []ocitest.Entry{{Name: "a", Size: 9}}})) }, "start packages layers files insights strategies charts compare library settings"},
		"one row":    {func(b *bench) { b.open(packagesImage(t, 1)) }, "start packages layers files insights strategies charts compare library settings"},
		"partial": {func(b *bench) {
			b.Open(broken)
			b.until("what could be read", func() bool { return !b.session.Busy() })
		}, "start packages layers files insights strategies charts compare library settings"},
	}
	for name, k := range kinds {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, newLibrary(t), nil)
			b.t = t
			k.open(b)
			pages := ""
			for _, p := range b.pages {
				if p.enabled == nil || p.enabled() {
					pages += " " + p.id
				}
				equal(t, "button of "+p.id, p.button.Disabled(), !(p.enabled == nil || p.enabled()))
			}
			equal(t, "pages", pages, " "+k.pages)
			for v, size := range map[Variant]fyne.Size{Light: fyne.NewSize(1280, 800), Dark: fyne.NewSize(480, 320)} {
				b.app.SetVariant(v)
				b.win.Resize(size)
				for _, p := range b.pages {
					b.show(p.id)
					if p.enabled == nil || p.enabled() {
						b.win.Canvas().Capture()
					}
				}
			}
			for _, p := range b.pages { // pages that are not shown must not mind either
				p.refresh()
			}
		})
	}
}

// TestGroundIsPaintedOnce adds up the rectangles of each page that have the colour
// of the window below them: without a graphics card they cost more than all the rest.
func TestGroundIsPaintedOnce(t *testing.T) {
	b := newBench(t, newLibrary(t), nil)
	b.sample()
	ground := theme.Color(theme.ColorNameBackground)
	var again func(o fyne.CanvasObject) float32
	again = func(o fyne.CanvasObject) (area float32) {
		if !o.Visible() {
			return 0
		}
		var parts []fyne.CanvasObject
		switch o := o.(type) {
		case *canvas.Rectangle:
			if o.FillColor == ground {
				return o.Size().Width * o.Size().Height
			}
		case *fyne.Container:
			parts = o.Objects
		case fyne.Widget:
			parts = test.WidgetRenderer(o).Objects()
		}
		for _, p := range parts {
			area += again(p)
		}
		return area
	}
	size := b.win.Canvas().Size()
	for _, p := range b.pages {
		b.show(p.id)
		b.win.Canvas().Capture()
		if part := again(b.win.Content()) / (size.Width * size.Height); part > 0.02 {
			t.Errorf("%.0f %% of the page %s are painted twice in one colour", 100*part, p.id)
		}
	}
}

// TestPainted asks for the time of a toggle.
func TestPainted(t *testing.T) {
	b := newBench(t, nil, nil)
	b.sample()
	took := make(chan time.Duration)
	b.app.OnPainted = func(d time.Duration) { took <- d }
	start := time.Now()
	b.packages.toggle([]string{b.session.At(0).Key})
	if d := <-took; d <= 0 || d > time.Since(start) {
		t.Errorf("the toggle took %v", d)
	}
}

// TestNarrow leaves out in a narrow window what can be seen elsewhere, and
// keeps what the user has hidden hidden.
func TestNarrow(t *testing.T) {
	b := newBench(t, nil, nil)
	b.sample()
	hiddenIn := func(table *widgets.DataTable, id string) bool {
		for _, c := range table.State().Columns {
			if c.ID == id {
				return c.Hidden
			}
		}
		t.Fatalf("no column %s", id)
		return false
	}
	hidden := func(id string) bool { return hiddenIn(b.packages.table, id) }
	b.packages.table.ShowColumn("version", false) // by the user
	b.win.Resize(fyne.NewSize(900, 600))
	equal(t, "words in the rail", b.pages[1].button.Text, "")
	equal(t, "column Why", hidden("from"), true)
	equal(t, "packages of layers", hiddenIn(b.layers.table, "packages"), true)
	equal(t, "chart of layers", b.layers.picture.raster.Visible(), false)
	b.packages.table.SetColumnWidth("frees", 90) // something that is remembered
	b.win.Resize(fyne.NewSize(1280, 800))
	equal(t, "words in the rail", b.pages[1].button.Text, "Packages")
	equal(t, "column Why", hidden("from"), false)
	equal(t, "packages of layers", hiddenIn(b.layers.table, "packages"), false)
	equal(t, "chart of layers", b.layers.picture.raster.Visible(), true)
	equal(t, "column Version", hidden("version"), true)
	b.written()
	equal(t, "columns remembered", b.app.fyne.Preferences().String(prefColumns) != "", true)

	again := newWindow(b.app, b.config())
	equal(t, "Why in another window", again.packages.table.State().Columns[7].Hidden, false)
}

// TestErrors shows what went wrong and what can be done, and puts it away.
func TestErrors(t *testing.T) {
	b := newBench(t, nil, errors.New("the library is of a newer Weighline"))
	contains(t, "at the start", b.status(), "newer Weighline", "everything else works")
	equal(t, "save", b.command("save").can(), false)
	b.press(fyne.KeyEscape)
	equal(t, "after Escape", b.status(), "")

	b.Open(filepath.Join(t.TempDir(), "missing.txt"))
	b.until("a notice", func() bool { return b.session.Notice.Text != "" })
	contains(t, "status", b.status(), "missing.txt", "no such file")
	equal(t, "buttons", len(b.Window.status.actions.Objects), 1)
	equal(t, "button's word", b.action(0).Text, "Try again")
	equal(t, "recent", b.app.recent(), []string{})
	equal(t, "details", b.Window.status.bar.Message().Detail != "", true)
	b.Window.status.close.OnTapped()
	equal(t, "after closing", b.status(), "")
	equal(t, "buttons", len(b.Window.status.actions.Objects), 0)

	b.Open(writeFile(t, "poem.txt", "Shall I compare thee\n"))
	b.until("a notice", func() bool { return b.session.Notice.Text != "" })
	contains(t, "status", b.status(), "poem.txt")
	b.sample() // goes on to work
	equal(t, "after opening", b.status(), "")
}

// TestEscape closes what lies on top first, then stops the reading, then puts
// the message away.
func TestEscape(t *testing.T) {
	b := newBench(t, newLibrary(t), nil)
	b.sample()
	b.session.Notice.Text = "Something."
	b.command("keys").run()
	equal(t, "dialog", b.win.Canvas().Overlays().Top() != nil, true)
	b.press(fyne.KeyEscape)
	equal(t, "dialog", b.win.Canvas().Overlays().Top() == nil, true)
	equal(t, "notice", b.session.Notice.Text, "Something.")
	b.command("save").run()
	b.command("export").run() // takes the place of the dialog before
	equal(t, "dialogs", len(b.win.Canvas().Overlays().List()), 1)
	b.press(fyne.KeyEscape)
	equal(t, "dialogs", len(b.win.Canvas().Overlays().List()), 0)
	b.session.Notice.Text = "Something."
	b.press(fyne.KeyEscape)
	equal(t, "notice", b.session.Notice.Text, "")

	b.OpenSample()
	equal(t, "busy", b.session.Busy(), true)
	b.press(fyne.KeyEscape)
	equal(t, "what is running", b.session.Progress.What, "Stopping")
	b.until("the end", func() bool { return !b.session.Busy() })
	equal(t, "still open", b.session.Build != nil, true)
}

// TestLibrary saves, opens again, renames, deletes and takes that back.
func TestLibrary(t *testing.T) {
	b := newBench(t, newLibrary(t), nil)
	b.show("library")
	equal(t, "nothing saved", b.library.empty.Visible(), true)
	equal(t, "open", b.library.open.Disabled(), true)
	b.sample()
	equal(t, "page after opening", b.current, "packages")
	for _, name := range []string{"one", "two", "a very long name of a build that nobody would give to anything"} {
		b.drops("torch")
		b.command("save").run()
		b.write(name)
		b.press(fyne.KeyReturn)
		b.until("saving", func() bool {
			return b.session.Saved != nil && b.session.Saved.Name == name || b.session.Notice.Severity != 0
		})
	}
	b.show("library")
	equal(t, "saved builds", b.library.table.Length(), 3)
	equal(t, "a row to act on", b.library.chosen() != nil, true)
	equal(t, "nothing saved", b.library.empty.Visible(), false)
	b.library.table.Select(b.library.table.Key(2))
	b.library.buttons()
	b.library.open.OnTapped()
	b.until("opening", func() bool { return !b.session.Busy() })
	equal(t, "page", b.current, "packages")
	equal(t, "page on the stage", b.stage.Objects[0] == b.packages.content, true)
	equal(t, "title", b.session.Title, "one")

	b.show("library")
	b.library.rename.OnTapped()
	b.write("first")
	b.press(fyne.KeyReturn)
	b.until("renaming", func() bool { return b.session.Title == "first" })
	b.library.remove.OnTapped()
	b.until("deleting", func() bool { return b.library.table.Length() == 2 })
	equal(t, "undo", b.action(0).Text, "Undo")
	b.action(0).OnTapped()
	b.until("undoing", func() bool { return b.library.table.Length() == 3 })
}

// TestCompare compares the sample with its slim image.
func TestCompare(t *testing.T) {
	b := newBench(t, nil, nil)
	b.sample()
	b.show("compare")
	equal(t, "choose", b.compare.empty.Visible(), true)
	b.compare.sample.OnTapped()
	b.compared()
	contains(t, "sides", b.compare.with.Text, "sample:before", "sample:after")
	contains(t, "totals", b.compare.totals.Text(), "Unpacked", "Shared layers 3")
	rows := b.compare.table.Length()
	equal(t, "first change", b.compare.table.Cell(0, "change").Text, "changed")
	b.compare.only.SetChecked(false)
	equal(t, "more rows", b.compare.table.Length() > rows, true)
	b.win.Canvas().Capture()

	b.CompareFile(writeFile(t, "requirements.txt", requirements))
	b.until("the comparison", func() bool { return !b.session.Busy() })
	contains(t, "sides", b.compare.with.Text, "requirements.txt")
}

// CompareFile answers the dialog of the command.
func (b *bench) CompareFile(path string) {
	b.command("compare").run()
	b.write(path)
	b.press(fyne.KeyReturn)
}

// TestDialogs opens, inspects and exports by the fields of the dialogs.
func TestDialogs(t *testing.T) {
	b := newBench(t, nil, nil)
	list := writeFile(t, "requirements.txt", requirements)
	b.command("open").run()
	b.write(list)
	b.press(fyne.KeyReturn)
	b.until("the list", func() bool { return !b.session.Busy() && b.session.Build != nil })
	b.written()
	equal(t, "recent", b.app.recent(), []string{list})
	b.command("image").run()
	b.write(packagesImage(t, 2))
	b.press(fyne.KeyReturn)
	b.until("both", func() bool { return !b.session.Busy() && b.session.Build.Image != nil })
	equal(t, "list and image", b.session.Build.Deps != nil, true)
	b.open(list)
	b.command("image").run()
	for _, o := range test.LaidOutObjects(b.win.Canvas().Overlays().Top()) {
		if box, ok := o.(*widget.Check); ok {
			test.Tap(box)
		}
	}
	b.write(packagesImage(t, 2))
	b.press(fyne.KeyReturn)
	b.until("the image", func() bool { return !b.session.Busy() && b.session.Build.Image != nil })
	equal(t, "image alone", b.session.Build.Deps == nil, true)
	b.open(list)

	b.drops("librosa")
	b.command("export").run()
	b.press(fyne.KeyReturn) // beside the file
	b.until("the export", func() bool { return b.session.Notice.Text != "" })
	data, err := os.ReadFile(filepath.Join(filepath.Dir(list), "requirements-slim.txt"))
	if err != nil {
		t.Fatal(err)
	}
	contains(t, "slim file", string(data), "fastapi==0.115.14", "# weighline: dropped")

	for _, ending := range []string{".png", ".svg"} {
		out := filepath.Join(t.TempDir(), "chart")
		b.session.Dismiss()
		contains(t, "the numbers of the chart", b.charts.copyText(), "Package\tDownload\npydantic-core\t2089685\n")
		b.askChart(ending)
		b.write(out)
		b.press(fyne.KeyReturn)
		b.until("the chart", func() bool { return b.session.Notice.Text != "" })
		contains(t, "where it is", b.session.Notice.Why, filepath.Dir(out))
		if info, err := os.Stat(out + ending); err != nil || info.Size() < 1000 {
			t.Errorf("the chart is %v, %v; %+v", info, err, b.session.Notice)
		}
	}
}

// TestDropFiles gives files to the window as a file manager does.
func TestDropFiles(t *testing.T) {
	b := newBench(t, nil, nil)
	uri := storage.NewFileURI(writeFile(t, "requirements.txt", requirements))
	b.dropped([]fyne.URI{uri})
	b.until("the file", func() bool { return !b.session.Busy() && b.session.Build != nil })
	equal(t, "title", b.title.Text, "requirements.txt")
}

// TestWindows opens a second window: it has a session of its own, and both
// follow the theme.
func TestWindows(t *testing.T) {
	b := newBench(t, nil, nil)
	b.sample()
	w := b.app.NewWindow()
	equal(t, "windows", len(b.app.windows), 2)
	equal(t, "second window", w.session.Build == nil, true)
	b.command("dark").run()
	equal(t, "theme kept", b.app.fyne.Preferences().String(prefVariant), string(Dark))
	w.win.Resize(fyne.NewSize(700, 500))
	w.win.Close()
	equal(t, "windows", len(b.app.windows), 1)
	equal(t, "width kept", b.app.fyne.Preferences().Float(prefWidth), 700.0)
}

// TestFilterAcrossPages writes one filter: it holds for layers, files and saved
// builds as for packages, and the files' folders open where something matches.
func TestFilterAcrossPages(t *testing.T) {
	b := newBench(t, newLibrary(t), nil)
	b.open(writeImage(t,
		ocitest.Layer{CreatedBy: "RUN pip install", Entries: append(distribution("torch", 500), distribution("flask", 50)...)},
		ocitest.Layer{CreatedBy: "COPY app /app", Entries: []ocitest.Entry{{Name: "app/torch_model/weights.bin", Size: 10}, {Name: "app/main.py", Size: 5}}}))
	b.show("files")
	all := b.files.tree.Lines()
	b.press(fyne.KeyHome)
	b.command("filter").run()
	equal(t, "page", b.current, "files")
	b.write("torch")
	b.until("the files", func() bool { return b.session.Found != nil && b.session.Found.Matches == 3 })
	// app, torch_model; usr, local, lib, python3.11, site-packages, torch, torch-1.0.dist-info
	equal(t, "lines", b.files.tree.Lines(), 9)
	contains(t, "the line below", b.files.where.Text, "3 names match")
	equal(t, "packages", b.session.Visible(), 1)
	b.show("layers")
	equal(t, "layers", b.layers.view, []int{0}) // the layer with torch in it
	equal(t, "nothing to say", b.layers.empty.Visible(), false)
	b.session.SetFilter("torch COPY")
	equal(t, "layers", len(b.layers.view), 0)
	contains(t, "why", b.layers.empty.Text, `No layer matches "torch COPY"`)
	equal(t, "shown", b.layers.empty.Visible(), true)
	b.session.SetFilter("copy APP")
	equal(t, "layers", len(b.layers.view), 1)
	equal(t, "the layer", b.layers.cell(0, "layer").Text, "1")
	b.show("files")
	b.command("filter").run()
	b.press(fyne.KeyEscape)
	equal(t, "lines", b.files.tree.Lines(), all)
	equal(t, "filter", b.session.Filter, "")
}
