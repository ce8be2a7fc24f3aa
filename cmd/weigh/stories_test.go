package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestEveryCommandHasStories looks for a story in which each command is done, and one
// in which it cannot be; weigh check has one more, in which the check fails.
func TestEveryCommandHasStories(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(text)
	}
	want := []string{"code 1 weigh check ", "exec weigh help ", "code 2 weigh help "}
	for _, c := range (&app{}).rootCommand().Commands() {
		if c.IsAvailableCommand() {
			want = append(want, "exec weigh "+c.Name(), "code 2 weigh "+c.Name())
		}
	}
	for _, w := range want {
		if !strings.Contains(all.String(), "\n"+w) {
			t.Errorf("no story has %q", w)
		}
	}
}
