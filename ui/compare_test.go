package ui

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/storage"
	"fyne.io/fyne/v2/test"

	"weighline/analysis/bytesize"
	"weighline/analysis/oci/ocitest"
	"weighline/analysis/plan"
	"weighline/analysis/report"
	"weighline/ui/state"
)

// version is an image of one distribution and some files.
func version(t *testing.T, app int64, mode int64, more ...ocitest.Layer) string {
	t.Helper()
	entries := append(distribution("left", app), ocitest.Entry{Name: "srv/same", Body: "as it was"},
		ocitest.Entry{Name: "srv/flag", Body: fmt.Sprint("flag", app%10)}, ocitest.Entry{Name: "srv/run", Body: "run", Mode: mode})
	return writeImage(t, append([]ocitest.Layer{{CreatedBy: "COPY . /", Entries: entries}}, more...)...)
}

// compared waits for a comparison, its files and its findings.
func (b *bench) compared() {
	b.t.Helper()
	b.until("the comparison", func() bool {
		c := b.session.Compare
		return c != nil && !b.session.Busy() && c.Looked && (c.Diffs == nil || c.Shown != nil)
	})
	b.refresh()
}

// listed waits until the files are listed anew.
func (b *bench) listed() {
	b.t.Helper()
	done := false
	b.session.Background(func() { b.post(func() { done = true }) })
	b.until("the files", func() bool { return done })
}

// TestLayersOfAnother opens an image of fewer layers while those of one with more
// are looked at.
func TestLayersOfAnother(t *testing.T) {
	b := newBench(t, nil, nil)
	b.open(version(t, 10, 0o644, ocitest.Layer{CreatedBy: "RUN a", Entries: []ocitest.Entry{{Name: "a", Body: "a"}}}, ocitest.Layer{CreatedBy: "RUN b", Entries: []ocitest.Entry{{Name: "b", Body: "b"}}}))
	b.show("layers")
	b.win.Canvas().Capture()
	b.open(version(t, 20, 0o644))
	equal(t, "layers", b.layers.table.Length(), 1)
}

// files are what the tree of files lists, without folders: path and change.
func (p *comparePage) files(n int, out map[string]string) map[string]string {
	for _, c := range p.tree.Children(n) {
		x := p.tree.Node(c)
		if x.Folder {
			p.files(c, out)
		} else {
			out[p.compare().Diffs.Path(c)] = x.Values[0]
		}
	}
	return out
}

// TestCompareOffered opens a second image, takes the offer to compare it with the
// first, and looks at each view of the comparison.
func TestCompareOffered(t *testing.T) {
	b := newBench(t, nil, nil)
	b.open(version(t, 1001, 0o644))
	equal(t, "offer for the first", b.session.Notice.Text, "")
	equal(t, "compare with what was open before", b.command("compare-before").can(), false)
	b.open(version(t, 2002, 0o755, ocitest.Layer{CreatedBy: "RUN more", Entries: []ocitest.Entry{{Name: "srv/new", Body: "new"}}}))
	equal(t, "offer", b.action(0).Text, "Compare them")
	equal(t, "compare with what was open before", b.command("compare-before").can(), true)
	b.action(0).OnTapped()
	b.compared()
	equal(t, "page", b.current, "compare")
	p := b.compare
	contains(t, "button", p.tabs[compareLayers].Text, "Layers 2")
	equal(t, "second layer", p.layers.Cell(1, "match").Text, "added")
	equal(t, "to pull", p.layers.Cell(1, "pull").Text != "0 B", true)
	equal(t, "all to pull", p.layers.Footer("pull").Text, b.session.Compare.Layers.Pull)
	words := p.files(-1, map[string]string{})
	for path, want := range map[string]string{"/srv/run": "mode only", "/srv/flag": "content, same size", "/srv/new": "added", "/srv/same": ""} {
		equal(t, path, words[path], want)
	}
	delta := p.table.Cell(0, "delta").Text
	p.swap.OnTapped()
	b.until("swapping", func() bool { return !b.session.Busy() })
	b.compared()
	equal(t, "difference turned round", p.table.Cell(0, "delta").Text != delta, true)
	equal(t, "second layer of the other", p.layers.Cell(1, "match").Text, "removed")
	p.flat.SetChecked(true)
	equal(t, "files without folders", p.tree.Lines(), len(words))
	contains(t, "whole path", p.tree.Node(p.tree.Children(-1)[0]).Name, "/")

	p.least.SetSelected(leastNames()[2])
	b.listed()
	equal(t, "files below the threshold", p.tree.Lines(), 0)
	equal(t, "packages below the threshold", p.table.Length(), 0)
	p.choose(compareFiles)
	contains(t, "hidden", p.note.Text, fmt.Sprintf("%d smaller ones", len(words)))
	p.least.SetSelectedIndex(0)
	b.session.SetFilter("flag")
	b.listed()
	equal(t, "filtered", p.tree.Lines(), 1)
	b.session.SetFilter("")
	b.listed()
	for range p.tabs {
		b.command("compare-view").run()
		b.win.Canvas().Capture()
	}
}

// TestCompareOrder sorts by growth, by the header and by the choice.
func TestCompareOrder(t *testing.T) {
	b := newBench(t, nil, nil)
	two := func(a, z int64) string {
		return writeImage(t, ocitest.Layer{CreatedBy: "COPY . /", Entries: append(distribution("alpha", a), distribution("zeta", z)...)})
	}
	b.open(two(9000, 100))
	b.session.CompareWith(two(1000, 300))
	b.compared()
	p := b.compare
	first := func() string { return p.table.Cell(0, "name").Text }
	equal(t, "largest change", first(), "alpha")
	p.table.OnSort("delta", true)
	equal(t, "growth", first(), "zeta")
	equal(t, "the choice says so", p.order.Selected, "Growth first")
	p.order.SetSelectedIndex(int(state.ByShrinkage))
	equal(t, "shrinkage", first(), "alpha")
	p.table.OnSort("b", true)
	equal(t, "heaviest of B", first(), "alpha")
	p.order.SetSelectedIndex(int(state.ByPlace))
	equal(t, "by name", first(), "alpha")
}

// TestCompareMaps points at a package of one map and sees it on the other, on one
// scale; a file selects what owns it.
func TestCompareMaps(t *testing.T) {
	b := newBench(t, nil, nil)
	b.open(version(t, 1000, 0o644))
	b.session.CompareWith(version(t, 9000, 0o644))
	b.compared()
	p, m := b.compare, b.compare.maps
	b.win.Canvas().Capture()
	equal(t, "one scale", m.side[0].Total == m.side[1].Total && m.side[0].Total > 9000, true)
	key := p.table.Key(0)
	m.side[0].OnSelect([]string{key})
	equal(t, "selected beside", m.side[1].Selected(), []string{key})
	equal(t, "selected in the table", p.table.Selected(), []string{key})
	m.side[0].OnHover(key)
	p.table.OnSelect(nil)
	equal(t, "nothing selected", len(m.side[0].Selected()), 0)
	p.choose(compareFiles)
	for n, c := range map[string]int{"left": b.session.Compare.Shown.Flat[0]} {
		p.tree.OnSelect(c)
		equal(t, "owner of the largest file: "+n, m.side[1].Selected(), []string{key})
	}
	p.choose(compareLayers)
	equal(t, "maps of layers", m.layers, true)
	m.side[1].OnSelect([]string{layerKey(0)})
	equal(t, "selected layer", p.layers.Selected(), []string{layerKey(0)})
	b.command("map").run()
	equal(t, "maps hidden", p.body.Objects[0] == fyne.CanvasObject(p.split), false)
	b.command("map").run()
	equal(t, "maps shown", p.body.Objects[0] == fyne.CanvasObject(p.split), true)
	b.win.Canvas().Capture()
}

// TestCompareTwoImages names two images at once.
func TestCompareTwoImages(t *testing.T) {
	b := newBench(t, nil, nil)
	b.session.Open(version(t, 10, 0o644), version(t, 30, 0o644))
	b.until("the refusal", func() bool { return !b.session.Busy() && b.session.Notice.Text != "" })
	equal(t, "way on", b.action(0).Text, "Compare them")
	b.action(0).OnTapped()
	b.compared()
	contains(t, "difference", b.compare.totals.Text(), "+20 B")
}

// TestCompareDropped drops two lists at once: they are one build, and may be
// compared instead.
func TestCompareDropped(t *testing.T) {
	b := newBench(t, nil, nil)
	old, now := writeFile(t, "old.txt", "fastapi==0.115.14\n"), writeFile(t, "now.txt", "fastapi==0.115.14\nlibrosa==0.11.0\n")
	b.dropped([]fyne.URI{storage.NewFileURI(old), storage.NewFileURI(now)})
	b.until("the build", func() bool { return !b.session.Busy() && b.session.Build != nil })
	b.until("the offer", func() bool { return b.session.Notice.Text != "" })
	equal(t, "offer", b.action(0).Text, "Compare them")
	b.action(0).OnTapped()
	b.compared()
	contains(t, "sides", b.compare.with.Text, "A is old.txt", "B is now.txt")
	var names []string
	for i := range b.compare.table.Length() {
		names = append(names, b.compare.table.Cell(i, "name").Text)
	}
	contains(t, "added", strings.Join(names, " "), "librosa")
}

// TestComparePlan compares the sample with what a plan makes of it.
func TestComparePlan(t *testing.T) {
	b := newBench(t, nil, nil)
	b.sample()
	b.drops("librosa")
	b.command("compare-plan").run()
	b.compared()
	contains(t, "sides", b.compare.with.Text, "with the plan")
	removed := 0
	for i := range b.compare.table.Length() {
		if b.compare.table.Cell(i, "change").Text == "removed" {
			removed++
		}
	}
	equal(t, "packages that go", removed > 0, true)
}

// TestVersions saves three versions and compares them in a row, then one step.
func TestVersions(t *testing.T) {
	b := newBench(t, newLibrary(t), nil)
	for i, name := range []string{"1.0", "1.1", "1.2"} {
		b.open(version(t, int64(1000+i*i*100), 0o644))
		b.command("save").run()
		b.write(name)
		b.press(fyne.KeyReturn)
		b.until("saving", func() bool { return b.session.Saved != nil && b.session.Saved.Name == name })
	}
	b.show("library")
	b.library.table.Select(b.library.table.Key(0), b.library.table.Key(1), b.library.table.Key(2))
	b.library.buttons()
	b.library.compare.OnTapped()
	b.until("the versions", func() bool { return b.session.History != nil && !b.session.Busy() })
	b.compared()
	p, v := b.compare, b.compare.history
	equal(t, "view", p.view, compareHistory)
	equal(t, "versions", v.table.Length(), 3)
	equal(t, "oldest", v.table.Cell(0, "version").Text, "1.0")
	equal(t, "first step", v.table.Cell(1, "dunpacked").Text, "+100 B")
	contains(t, "second step", v.table.Cell(2, "most").Text, "left +300 B")
	contains(t, "first with last", p.totals.Text(), "+400 B")
	v.table.Select("2")
	v.refresh()
	b.win.Canvas().Capture()
	v.step.OnTapped()
	b.until("the step", func() bool { return !b.session.Busy() && b.session.Compare.TitleA == "1.1" })
	b.compared()
	equal(t, "view of the step", p.view, comparePackages)
	contains(t, "one step", p.totals.Text(), "+300 B")
}

// TestFilesOfAnother takes a comparison of fewer files while the files of one with
// more are looked at.
func TestFilesOfAnother(t *testing.T) {
	b := newBench(t, newLibrary(t), nil)
	for _, name := range []string{"1.0", "1.1"} {
		b.open(version(t, 1000, 0o644))
		b.session.Save(name, "")
		b.until("saving", func() bool { return b.session.Saved != nil && b.session.Saved.Name == name })
	}
	var entries []ocitest.Entry
	for i := range 20 {
		entries = append(entries, ocitest.Entry{Name: fmt.Sprint("srv/more/", i), Body: "x"})
	}
	b.session.CompareWith(version(t, 2000, 0o755, ocitest.Layer{CreatedBy: "RUN more", Entries: entries}))
	b.compared()
	b.compare.choose(compareFiles)
	b.win.Canvas().Capture()
	b.session.CompareVersions("image")
	b.until("the versions", func() bool { return b.session.History != nil && !b.session.Busy() })
	b.compare.choose(compareFiles)
	b.win.Canvas().Capture()
	equal(t, "what is compared", [2]string{b.session.Compare.TitleA, b.session.Compare.TitleB}, [2]string{"1.0", "1.1"})
}

// TestCompareReport writes the comparison; the JSON has the figures of the screen.
func TestCompareReport(t *testing.T) {
	b := newBench(t, nil, nil)
	b.open(version(t, 10, 0o644))
	b.session.CompareWith(version(t, 30, 0o644))
	b.compared()
	dir := t.TempDir()
	for ending, want := range map[string]string{".html": "<html", ".md": "|", ".csv": ",", ".json": `"weighline/compare@1"`} {
		b.command("compare-report").run()
		path := filepath.Join(dir, "report"+ending)
		b.write(path)
		b.press(fyne.KeyReturn)
		b.until("the report", func() bool { _, err := os.Stat(path); return err == nil })
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		contains(t, ending, string(data), want)
		if ending == ".json" {
			var j report.CompareJSON
			if err := json.Unmarshal(data, &j); err != nil {
				t.Fatal(err)
			}
			c := b.session.Compare
			equal(t, "packages", len(j.Packages) > 0 && j.Packages[0].Name == c.Change(0).Name, true)
			equal(t, "difference", j.Totals.Unpacked.Delta.Size, bytesize.Size(20))
			equal(t, "pull", j.Layers.Pull, c.Layers.Pull)
			equal(t, "files", j.Files.Changed+j.Files.Added+j.Files.Removed, c.Shown.Files)
		}
	}
}

// TestCompareNarrow shows what is to be pulled beside the views where the line of
// totals has no room for it, and a limit that is watched in neither place twice.
func TestCompareNarrow(t *testing.T) {
	b := newBench(t, nil, nil)
	b.sample()
	limit, err := plan.Preset("heroku-slug")
	if err != nil {
		t.Fatal(err)
	}
	b.app.SetLimit(&limit)
	b.command("compare-sample").run()
	b.compared()
	contains(t, "all in one line", b.compare.totals.Text(), "Download", "To pull for a host that has A", "Shared layers 3 of 6", "Limit")
	equal(t, "beside the views", b.compare.pulls.Text(), "")
	b.win.Resize(fyne.NewSize(900, 600))
	contains(t, "beside the views", b.compare.pulls.Text(), "To pull for a host that has A", "Shared layers 3 of 6")
	equal(t, "limit beside the views", strings.Contains(b.compare.pulls.Text(), "Limit"), false)
	contains(t, "totals", b.compare.totals.Text(), "Download", "30 fewer", "Limit")
	equal(t, "pulls among the totals", strings.Contains(b.compare.totals.Text(), "Shared"), false)
}

// TestCompareUnderPlans ticks the box that has the plans of both regarded.
func TestCompareUnderPlans(t *testing.T) {
	b := newBench(t, nil, nil)
	b.sample()
	b.command("compare-sample").run()
	b.compared()
	equal(t, "the box without a plan", b.compare.planned.Visible(), false)
	b.drops("librosa")
	b.command("compare-sample").run()
	b.compared()
	equal(t, "the box", b.compare.planned.Visible(), true)
	before := b.compare.totals.Text()
	test.Tap(b.compare.planned)
	b.until("the plans", func() bool { return b.session.Compare.Planned && !b.session.Busy() })
	contains(t, "sides", b.compare.with.Text, "with the plan")
	equal(t, "other totals", b.compare.totals.Text() != before, true)
	b.command("compare-planned").run()
	b.until("as they are", func() bool { return !b.session.Compare.Planned && !b.session.Busy() })
	equal(t, "totals as before", b.compare.totals.Text(), before)
	equal(t, "the box is empty again", b.compare.planned.Checked, false)
}
