package ui

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"weighline/analysis/plan"
)

// TestExportDialog exports by the dialog what is checked there, and nothing else.
func TestExportDialog(t *testing.T) {
	b := newBench(t, nil, nil)
	b.open(writeFile(t, "requirements.txt", requirements))
	b.drops("librosa")
	d := newExportDialog(b.Window)
	dir := t.TempDir()
	for i, name := range map[int]string{0: "slim.txt", 4: "plan.json", 5: "report.md"} {
		d.rows[i].path.SetText(filepath.Join(dir, name))
	}
	if d.rows[1] != nil {
		t.Error("the dialog offers a file for development, though the plan moves nothing there")
	}
	d.submit()
	b.until("the files", func() bool { return strings.HasPrefix(b.session.Notice.Text, "Wrote") })
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range files {
		names = append(names, f.Name())
	}
	equal(t, "what was written", names, []string{"plan.json", "report.md", "slim.txt"})

	b.command("reset").run()
	b.session.LoadPlan(filepath.Join(dir, "plan.json"))
	b.until("the plan", func() bool { return !b.session.Plan.Empty() })
	if want := plan.New("librosa"); !b.session.Plan.Equal(want) {
		t.Errorf("loaded %+v, want %+v", b.session.Plan, want)
	}

	b.command("commands").run()
	contains(t, "the clipboard", b.app.fyne.Clipboard().Content(), "pip install", "uv pip install")

	d = newExportDialog(b.Window)
	for _, r := range d.rows {
		if r != nil {
			r.on.SetChecked(false)
		}
	}
	d.submit()
	contains(t, "the dialog", d.note.Text, "at least one file")
}
