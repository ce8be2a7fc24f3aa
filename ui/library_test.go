package ui

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"fyne.io/fyne/v2"
)

// TestLibraryNotes saves versions with notes, duplicates one, looks at how they
// grew and at their chart, and carries all to another library.
func TestLibraryNotes(t *testing.T) {
	b := newBench(t, newLibrary(t), nil)
	for i, name := range []string{"1.0", "1.1"} {
		b.open(version(t, int64(1000+100*i), 0o644))
		b.session.Save(name, "for the demo")
		b.until("saving", func() bool { return b.session.Saved != nil && b.session.Saved.Name == name })
	}
	b.show("library")
	contains(t, "notes", b.library.notes.Text, "for the demo", "2 saved versions")
	equal(t, "versions", len(b.library.versions), 2)
	equal(t, "trend", b.library.trend.Visible(), true)
	b.library.twice.OnTapped()
	b.until("the copy", func() bool { return b.library.table.Length() == 3 })
	b.library.rename.OnTapped()
	b.write("two")
	b.press(fyne.KeyReturn)
	b.until("the name", func() bool { return b.library.chosen() != nil && b.library.chosen().Name == "two" })
	equal(t, "notes stay", b.library.chosen().Notes, "for the demo")

	b.library.table.Select(fmt.Sprint(b.session.Library[0].ID), fmt.Sprint(b.session.Library[1].ID))
	b.library.buttons()
	equal(t, "two are not opened", b.library.open.Disabled() && b.library.rename.Disabled() && b.library.twice.Disabled(), true)
	gone := b.session.Library[0].ID
	b.win.Canvas().Focus(b.library.table.Focusable())
	b.press(fyne.KeyDelete)
	b.until("two are deleted", func() bool { return len(b.session.Library) == 1 })
	b.session.Notice.Actions[0].Do()
	b.until("both are back", func() bool { return len(b.session.Library) == 3 })
	b.library.table.Select(fmt.Sprint(gone))
	b.press(fyne.KeyF2)
	equal(t, "F2 asks for the name", b.overlay != nil, true)
	b.press(fyne.KeyEscape)

	b.show("charts")
	b.charts.kind.SetSelectedIndex(chartHistory)
	contains(t, "title", b.charts.title.Text, "Saved versions of image")
	contains(t, "copied of the history", b.charts.copyText(), "Download\tUnpacked\n")
	b.win.Canvas().Capture()

	out := filepath.Join(t.TempDir(), "all.db")
	b.command("library-out").run()
	b.write(out)
	b.press(fyne.KeyReturn)
	b.until("the export", func() bool { _, err := os.Stat(out); return err == nil && b.session.Notice.Text == "Wrote all.db." })
	other := newBench(t, newLibrary(t), nil)
	other.command("library-in").run()
	other.write(out)
	other.press(fyne.KeyReturn)
	other.until("the import", func() bool { return len(other.session.Library) == 3 })
	contains(t, "imported", other.session.Notice.Text, "3 builds were imported")
}
