//go:build window

package main

import (
	"os"
	"path/filepath"
	"testing"

	"weighline/analysis/plan"
)

// TestPlanTravels exports the slim requirements and the plan by one dialog, takes
// the plan back, and loads it from its file again.
func TestPlanTravels(t *testing.T) {
	d := newDesk(t)
	d.start("--sample")
	d.untilTitle(sampleTitle)
	d.drop("librosa")
	d.untilTitle("• " + sampleTitle)

	slim, file := filepath.Join(t.TempDir(), "slim.txt"), filepath.Join(t.TempDir(), "plan.json")
	d.keys("ctrl+e")
	d.write(slim)
	d.keys("Tab", "Tab", "Tab", "Tab", "Tab", "Tab", "Tab", "ctrl+a")
	d.write(file)
	d.keys("Return")
	d.until("both files", func() bool {
		_, err := os.Stat(slim)
		_, other := os.Stat(file)
		return err == nil && other == nil
	})
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	want := plan.New("librosa")
	if p, err := plan.Decode(data); err != nil || !p.Equal(want) {
		t.Fatalf("the file holds %s (%v), want %s", data, err, want.Encode())
	}

	d.keys("ctrl+z")
	d.untilTitle(sampleTitle)
	d.keys("ctrl+l")
	d.write(file)
	d.keys("Return")
	d.untilTitle("• " + sampleTitle)
	if p := d.savedPlan("loaded"); !p.Equal(want) {
		t.Errorf("the loaded plan is %+v, want %+v", p, want)
	}
}
