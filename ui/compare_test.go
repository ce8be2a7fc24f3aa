package ui

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"fyne.io/fyne/v2"

	"weighline/analysis/bytesize"
	"weighline/analysis/oci/ocitest"
	"weighline/analysis/report"
)

// version is an image of one distribution and some files.
func version(t *testing.T, app int64, mode int64, more ...ocitest.Layer) string {
	t.Helper()
	entries := append(distribution("left", app), ocitest.Entry{Name: "srv/same", Body: "as it was"},
		ocitest.Entry{Name: "srv/flag", Body: fmt.Sprint("flag", app%10)}, ocitest.Entry{Name: "srv/run", Body: "run", Mode: mode})
	return writeImage(t, append([]ocitest.Layer{{CreatedBy: "COPY . /", Entries: entries}}, more...)...)
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

// TestCompareOffered opens a second image, takes the offer to compare it with the
// first, and looks at each view of the comparison.
func TestCompareOffered(t *testing.T) {
	b := newBench(t, nil, nil)
	b.open(version(t, 1001, 0o644))
	equal(t, "offer for the first", b.session.Notice.Text, "")
	b.open(version(t, 2002, 0o755, ocitest.Layer{CreatedBy: "RUN more", Entries: []ocitest.Entry{{Name: "srv/new", Body: "new"}}}))
	equal(t, "offer", b.action(0).Text, "Compare them")
	b.action(0).OnTapped()
	b.until("the comparison", func() bool { return b.session.Compare != nil && !b.session.Busy() })
	b.refresh()
	equal(t, "page", b.current, "compare")
	p := b.compare
	equal(t, "layers", p.layers.Length(), 2)
	equal(t, "second layer", p.layers.Cell(1, "change").Text, "added")
	words := map[string]string{}
	for i := range p.files.Length() {
		words[p.files.Cell(i, "path").Text] = p.files.Cell(i, "change").Text
	}
	for path, want := range map[string]string{"/srv/run": "permissions only", "/srv/flag": "changed, same size", "/srv/new": "added", "/srv/same": ""} {
		equal(t, path, words[path], want)
	}
	delta := p.table.Cell(0, "delta").Text
	p.swap.OnTapped()
	b.until("swapping", func() bool { return !b.session.Busy() })
	b.refresh()
	equal(t, "difference turned round", p.table.Cell(0, "delta").Text != delta, true)
	equal(t, "second layer of the other", p.layers.Cell(1, "change").Text, "removed")

	all := p.files.Length()
	p.least.SetSelected(leastWord(10_000))
	equal(t, "files below the threshold", p.files.Length(), 0)
	contains(t, "hidden", p.hidden.Text, fmt.Sprint(all+1+2)) // a package and two layers, too
	p.least.SetSelected(leastWord(0))
	b.session.SetFilter("flag")
	equal(t, "filtered", p.files.Length(), 1)
	b.session.SetFilter("")
	p.table.OnSort("delta", true)
	equal(t, "sorted", b.session.Compare.Packages.By, "delta")
	for range p.tabs.Items {
		b.command("compare-view").run()
		b.win.Canvas().Capture()
	}
}

// TestCompareMaps points at a package of one map and sees it on the other, on one
// scale.
func TestCompareMaps(t *testing.T) {
	b := newBench(t, nil, nil)
	b.open(version(t, 1000, 0o644))
	b.session.CompareWith(version(t, 9000, 0o644))
	b.until("the comparison", func() bool { return b.session.Compare != nil && !b.session.Busy() })
	m := b.compare.maps
	equal(t, "one scale", m.a.Total == m.b.Total && m.a.Total > 9000, true)
	key := b.compare.table.Key(0)
	m.a.OnSelect([]string{key})
	equal(t, "selected beside", m.b.Selected(), []string{key})
	equal(t, "selected in the table", b.compare.table.Selected(), []string{key})
}

// TestCompareTwoImages names two images at once.
func TestCompareTwoImages(t *testing.T) {
	b := newBench(t, nil, nil)
	b.session.Open(version(t, 10, 0o644), version(t, 30, 0o644))
	b.until("the refusal", func() bool { return !b.session.Busy() && b.session.Notice.Text != "" })
	equal(t, "way on", b.action(0).Text, "Compare them")
	b.action(0).OnTapped()
	b.until("the comparison", func() bool { return b.session.Compare != nil && !b.session.Busy() })
	contains(t, "difference", b.compare.totals.Text(), "+20 B")
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
	b.refresh()
	v := b.compare.history
	equal(t, "versions", v.table.Length(), 3)
	equal(t, "oldest", v.cell(0, "name").Text, "1.0")
	equal(t, "first step", v.cell(1, "delta").Text, "+100 B")
	equal(t, "second step", v.cell(2, "largest").Text, "left +300 B")
	contains(t, "first with last", b.compare.totals.Text(), "+400 B")
	v.table.OnActivate("2")
	b.until("the step", func() bool { return !b.session.Busy() && b.session.Compare.Names[0] == "1.1" })
	contains(t, "one step", b.compare.totals.Text(), "+300 B")
}

// TestCompareReport writes the comparison; the JSON has the figures of the screen.
func TestCompareReport(t *testing.T) {
	b := newBench(t, nil, nil)
	b.open(version(t, 10, 0o644))
	b.session.CompareWith(version(t, 30, 0o644))
	b.until("the comparison", func() bool { return b.session.Compare != nil && !b.session.Busy() })
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
			equal(t, "packages", len(j.Packages) > 0 && j.Packages[0].Name == c.Package(0).Name, true)
			equal(t, "difference", j.Totals.Unpacked.Delta.Size, bytesize.Size(20))
			equal(t, "pull", j.Layers.Pull, c.Comparison.Layers.Pull)
			equal(t, "files", j.Files.Changed+j.Files.Added+j.Files.Removed, c.Files.Len())
		}
	}
}
