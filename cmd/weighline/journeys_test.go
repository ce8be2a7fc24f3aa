//go:build window

package main

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"weighline/analysis/oci/ocitest"
	"weighline/analysis/plan"
)

// savedPlan saves the open build under a name and returns the plan that the
// library then holds.
func (d *desk) savedPlan(name string) plan.Plan {
	d.t.Helper()
	d.keys("ctrl+s")
	d.write(name)
	d.keys("Return")
	d.untilTitle(name + " – Weighline")
	for _, b := range d.saved() {
		if b.Name != name {
			continue
		}
		p, err := plan.Decode(b.Plan)
		if err != nil {
			d.t.Fatal(err)
		}
		return p
	}
	d.t.Fatalf("the library has no %s", name)
	return plan.Plan{}
}

// colours counts the colours in a part of the window: an empty page has few.
func (d *desk) colours(geometry string) int {
	out, err := d.command("import", "-silent", "-window", d.window, "-crop", geometry, "-format", "%k", "info:").Output()
	if err != nil {
		return 0
	}
	n, _ := strconv.Atoi(strings.TrimSpace(string(out)))
	return n
}

// light is how light a spot of the window is, from 0 to 255.
func (d *desk) light(x, y string) int {
	out, err := d.command("import", "-silent", "-window", d.window, "-crop", "1x1+"+x+"+"+y, "-colorspace", "gray", "-depth", "8", "-format", "%[fx:int(255*mean)]", "info:").Output()
	if err != nil {
		return -1
	}
	n, _ := strconv.Atoi(strings.TrimSpace(string(out)))
	return n
}

// TestDropSeveral selects three packages with Shift, drops them at once, and
// takes that back as one step.
func TestDropSeveral(t *testing.T) {
	d := newDesk(t)
	d.start("--sample")
	d.untilTitle(sampleTitle)
	d.keys("Home", "shift+Down", "shift+Down", "space") // torch, cudnn, cublas
	d.untilTitle("• " + sampleTitle)
	d.keys("ctrl+z")
	d.untilTitle(sampleTitle)
	d.keys("ctrl+shift+z")
	d.untilTitle("• " + sampleTitle)
	if p, want := d.savedPlan("three"), plan.New("torch", "nvidia-cudnn-cu12", "nvidia-cublas-cu12"); !p.Equal(want) {
		t.Errorf("the saved plan drops %v, want %v", p.Drop, want.Drop)
	}
}

// TestCompareSample compares the sample with its slim image: a table fills the
// page.
func TestCompareSample(t *testing.T) {
	d := newDesk(t)
	d.start("--sample")
	d.untilTitle(sampleTitle)
	const rows = "800x150+150+180"
	d.until("the packages", func() bool { return d.colours(rows) > 20 })
	d.page("Compare")
	d.until("an empty page", func() bool { return d.colours(rows) == 1 })
	d.page("Compare with the sample")
	d.until("a table", func() bool { return d.colours(rows) > 20 })
	d.checkReport(d.writeReport("sample.json"), "sample:before", "sample:after", "totals", "packages", "layers", "files")
	d.page("Packages") // and on
	d.drop("librosa")
	d.untilTitle("• " + sampleTitle)
}

// TestCompareImages opens a second image while one is open, compares the two, turns
// them round, and writes reports: they say what weigh says.
func TestCompareImages(t *testing.T) {
	entries := func(size int64, mode int64) []ocitest.Entry {
		return []ocitest.Entry{{Name: "srv/data", Size: size}, {Name: "srv/run", Body: "run", Mode: mode}, {Name: "srv/same", Body: "same"}}
	}
	dir := t.TempDir()
	old, now := filepath.Join(dir, "old.tar"), filepath.Join(dir, "now.tar")
	base := ocitest.Layer{CreatedBy: "FROM base", Entries: []ocitest.Entry{{Name: "etc/base", Size: 3000}}}
	for path, img := range map[string]*ocitest.Image{old: ocitest.Build(base, ocitest.Layer{CreatedBy: "COPY . /", Entries: entries(1000, 0o644)}),
		now: ocitest.Build(base, ocitest.Layer{CreatedBy: "COPY . /", Entries: entries(5000, 0o755)})} {
		if err := img.WriteDockerArchive(path, ocitest.ArchiveOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	d := newDesk(t)
	d.start(old)
	d.untilTitle("old.tar – Weighline")
	d.keys("ctrl+o")
	d.write(now)
	d.keys("Return")
	d.untilTitle("now.tar – Weighline")
	all := []string{"a", "b", "totals", "packages", "layers", "files", "insights"}
	d.until("the maps of a comparison", func() bool { // the second image may still be read
		d.page("Compare with what was open before")
		return d.colours("1100x180+120+520") > 20
	})
	d.checkReport(d.writeReport("grown.json"), old, now, all...)
	d.page("Swap A and B")
	d.checkReport(d.writeReport("shrunk.json"), now, old, all...)
}

// writeReport has the comparison written to a file, by the palette. It asks again
// until the app has something to write: commands that cannot be run do nothing.
func (d *desk) writeReport(name string) string {
	d.t.Helper()
	path := filepath.Join(d.dir, name)
	d.until("the report "+name, func() bool {
		d.page("Write the comparison as a report")
		d.write(path)
		d.keys("Return")
		_, err := os.Stat(path)
		return err == nil
	})
	return path
}

// checkReport compares parts of a report with what weigh compare says.
func (d *desk) checkReport(path, a, b string, keys ...string) {
	d.t.Helper()
	out, err := d.command(filepath.Join(os.Getenv("WEIGHLINE_BIN"), "weigh"), "compare", a, b, "--json").Output()
	if err != nil {
		d.t.Fatalf("weigh compare: %v", err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		d.t.Fatal(err)
	}
	var got, want map[string]any
	if err := errors.Join(json.Unmarshal(data, &got), json.Unmarshal(out, &want)); err != nil {
		d.t.Fatal(err)
	}
	for _, side := range []any{got["a"], got["b"], want["a"], want["b"]} {
		if m, ok := side.(map[string]any); ok {
			delete(m, "read") // each has read it at a time of its own
		}
	}
	for _, k := range keys {
		if want[k] == nil || !reflect.DeepEqual(got[k], want[k]) {
			d.t.Errorf("%s of %s is %v, weigh says %v", k, path, got[k], want[k])
		}
	}
}

// slowRegistry serves img, but stops in the middle of its last layer until the
// test is over.
func slowRegistry(t *testing.T, img *ocitest.Image) string {
	h := ocitest.Handler(t, img)
	last := img.LayerBlob(len(img.Layers) - 1)
	over := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet || !strings.HasSuffix(r.URL.Path, last.Digest) {
			h.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Length", strconv.Itoa(len(last.Bytes)))
		w.Write(last.Bytes[:len(last.Bytes)/2]) // the app hangs up
		w.(http.Flusher).Flush()
		select {
		case <-r.Context().Done():
		case <-over:
		}
	}))
	t.Cleanup(func() { close(over); s.Close() })
	return strings.TrimPrefix(s.URL, "http://")
}

// TestCancel stops the reading of an image whose last layer does not come: what
// was read stays and can be saved.
func TestCancel(t *testing.T) {
	img := ocitest.Build(
		ocitest.Layer{CreatedBy: "RUN one", Entries: []ocitest.Entry{{Name: "usr/one", Size: 1000}}},
		ocitest.Layer{CreatedBy: "RUN two", Entries: []ocitest.Entry{{Name: "usr/two", Body: strings.Repeat("slow ", 100_000)}}},
	)
	img.Tag = "acme/api:1.4"
	ref := slowRegistry(t, img) + "/acme/api:1.4"
	d := newDesk(t)
	d.start(ref)
	d.untilTitle(ref + " – Weighline") // the manifest is there
	d.keys("Escape")
	d.savedPlan("half")
	b := d.saved()[0]
	if b.Summary.Layers != 2 || b.Summary.Unpacked < 1000 || b.Summary.Unpacked > 100_000 {
		t.Errorf("the library holds %+v, want two layers, one of them with its 1000 bytes", b.Summary)
	}
	d.drop("nothing of that name")
	d.keys("Escape")
	d.quit()
}

// TestRemembers closes the window and opens it again: it has its size and its
// theme, and what was opened is one click away.
func TestRemembers(t *testing.T) {
	d := newDesk(t)
	d.start("--sample")
	d.untilTitle(sampleTitle)
	for i, theme := range []string{"Light", "Dark"} {
		d.keys("ctrl+k")
		d.write(theme)
		d.keys("Return")
		d.until(theme, func() bool { return (d.light("700", "745") > 128) == (i == 0) })
	}
	d.xdo("windowsize", "--sync", d.window, "940", "620")
	d.pause()
	d.quit()
	d.start()
	d.until("its size", func() bool {
		out, _ := d.command("xdotool", "getwindowgeometry", "--shell", d.window).Output()
		return strings.Contains(string(out), "WIDTH=940") && strings.Contains(string(out), "HEIGHT=620")
	})
	d.until("its theme", func() bool { return d.light("600", "590") < 64 })
}
