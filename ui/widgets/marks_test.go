package widgets

import (
	"bytes"
	"fmt"
	"image"
	"math/rand/v2"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// TestMarksAreWhereTheyBelong goes through a table and a tree at random, and
// compares what was painted step by step with what a full refresh paints.
func TestMarksAreWhereTheyBelong(t *testing.T) {
	inTheme(t, "light")
	rows := make([]fruit, 300)
	for i := range rows {
		rows[i] = fruit{name: fmt.Sprint("fruit ", i), grams: i}
	}
	s := newStand(rows...)
	s.Key = func(i int) string { return s.rows[i].name }
	w := newWood()
	keys := []fyne.KeyName{fyne.KeyDown, fyne.KeyUp, fyne.KeyPageDown, fyne.KeyPageUp, fyne.KeyHome, fyne.KeyEnd, fyne.KeyRight, fyne.KeyLeft, fyne.KeySpace}
	for _, x := range []struct {
		name string
		o    fyne.CanvasObject
		list *keyList
	}{{"table", s.DataTable, s.list}, {"tree", w.FileTree, w.list}} {
		win := show(t, x.o, 300, 200)
		win.Canvas().Focus(x.list)
		r := rand.New(rand.NewPCG(1, 2))
		for step := range 60 {
			for range 1 + r.IntN(5) {
				if r.IntN(4) == 0 {
					x.list.scrollBy(float32(r.IntN(400)-200), s.rowHeight())
				}
				if r.IntN(6) == 0 {
					x.list.KeyDown(key(desktop.KeyShiftLeft))
				} else {
					x.list.KeyUp(key(desktop.KeyShiftLeft))
				}
				x.list.TypedKey(key(keys[r.IntN(len(keys))]))
			}
			got := win.Canvas().Capture()
			x.o.Refresh()
			if want := win.Canvas().Capture(); !bytes.Equal(got.(*image.NRGBA).Pix, want.(*image.NRGBA).Pix) {
				t.Fatalf("%s: step %d painted something else than a refresh", x.name, step)
			}
		}
	}
}
