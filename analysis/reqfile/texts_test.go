package reqfile

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"
)

// TestTexts reads files from the disk and again from their texts alone, as a
// saved build is opened on another machine.
func TestTexts(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("requirements.txt", "-r more.txt\n-c pins.txt\nfastapi\n")
	write("more.txt", "torch # heavy\n")
	write("pins.txt", "torch==2.7.1\n")
	path := filepath.Join(dir, "requirements.txt")
	first, err := Load(t.Context(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(first.Texts()); n != 3 {
		t.Fatalf("Texts has %d files, want 3", n)
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	again, err := Load(t.Context(), path, Options{Texts: first.Texts()})
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(first.Requirements, again.Requirements) || !reflect.DeepEqual(first.Constraints, again.Constraints) {
		t.Errorf("from the texts: %v %v, want %v %v", again.Requirements, again.Constraints, first.Requirements, first.Constraints)
	}
	if _, err := Load(t.Context(), "/etc/hostname", Options{Texts: first.Texts()}); err == nil {
		t.Error("a file that is not among the texts was read from the disk")
	}
}
