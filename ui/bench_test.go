package ui

import (
	"fmt"
	"testing"

	"weighline/analysis/oci/ocitest"
)

// BenchmarkToggleToPaint is what a toggle costs with 1,000 packages: the plan,
// what it frees, the table, the map, the foot and the details. The picture
// itself is drawn by the graphics card, and here not at all.
func BenchmarkToggleToPaint(b *testing.B) {
	w := newBench(b, nil, nil)
	w.open(packagesImage(b, 1000))
	w.show("packages")
	w.win.Canvas().Capture()
	if n := w.session.Visible(); n != 1000 {
		b.Fatalf("%d packages, want 1000", n)
	}
	for i := 0; b.Loop(); i++ {
		w.packages.table.OnToggle([]string{w.session.At(i / 2 % 40).Key})
	}
}

// BenchmarkFilter is one letter into the filter of 1,000 packages.
func BenchmarkFilter(b *testing.B) {
	w := newBench(b, nil, nil)
	w.open(packagesImage(b, 1000))
	w.win.Canvas().Capture()
	for i := 0; b.Loop(); i++ {
		w.session.SetFilter(fmt.Sprint(i % 10))
	}
}

// BenchmarkRefreshLargeImage draws each page of an image of 200,000 files anew.
func BenchmarkRefreshLargeImage(b *testing.B) {
	var entries []ocitest.Entry
	for i := range 200_000 {
		entries = append(entries, ocitest.Entry{Name: fmt.Sprintf("srv/%03d/%03d/file%d.bin", i/10_000, i/100%100, i), Size: int64(1 + i%2000)})
	}
	image := writeImage(b, ocitest.Layer{CreatedBy: "COPY . /srv", Entries: entries}, ocitest.Layer{CreatedBy: "RUN pip install demo", Entries: distribution("demo", 1000)})
	w := newBench(b, nil, nil)
	w.open(image)
	for _, p := range w.pages {
		b.Run(p.id, func(b *testing.B) {
			w.show(p.id)
			w.win.Canvas().Capture()
			for b.Loop() {
				w.refresh()
			}
		})
		b.Run(p.id+"/new", func(b *testing.B) {
			w.show(p.id)
			for b.Loop() {
				w.session.Shown++ // as if another build had been opened
				w.refresh()
			}
		})
	}
}
