package state

import (
	"io"
	"os"
	"path/filepath"
	"testing"
)

// TestLibraryOfTwoWindows renames and deletes in one window what is open in
// another.
func TestLibraryOfTwoWindows(t *testing.T) {
	lib := library(t, filepath.Join(t.TempDir(), "weighline.db"))
	s, l := newSession(t, lib)
	other, m := newSession(t, lib)
	other.config.LibraryChanged = s.LoadLibrary
	s.OpenSample()
	l.idle()
	s.Save("one", "")
	l.until(func() bool { return s.Saved != nil })
	other.LoadLibrary()
	m.until(func() bool { return len(other.Library) == 1 })

	id := s.Saved.ID
	other.Rename(id, "two", "notes")
	m.until(func() bool { return other.Library[0].Name == "two" })
	l.until(func() bool { return s.Title == "two" })
	if s.Saved.Name != "two" || s.Saved.Notes != "notes" || s.Dirty() {
		t.Errorf("renamed elsewhere: %q, notes %q, unsaved %v", s.Saved.Name, s.Saved.Notes, s.Dirty())
	}
	other.Delete(id)
	m.until(func() bool { return len(other.Library) == 0 })
	l.until(func() bool { return s.Saved == nil })
	s.Save("two", "")
	l.until(func() bool { return s.Saved != nil })
	if len(s.Library) != 1 || s.Saved.ID == id {
		t.Errorf("saved again: %d builds, id %d of %d", len(s.Library), s.Saved.ID, id)
	}
}

// TestNameTaken saves under a name that another build has: the way on is another
// name.
func TestNameTaken(t *testing.T) {
	lib := library(t, filepath.Join(t.TempDir(), "weighline.db"))
	s, l := newSession(t, lib)
	asked := 0
	s.config.Asks.Save = func() { asked++ }
	s.OpenSample()
	l.idle()
	s.Save("one", "")
	l.until(func() bool { return s.Saved != nil })
	s.Save("two", "")
	l.until(func() bool { return s.Saved.Name == "two" })
	s.Save("one", "")
	n := l.notice()
	if n.Severity != Failure || len(n.Actions) != 1 {
		t.Fatalf("a name that is taken: %+v", n)
	}
	n.Actions[0].Do()
	if asked != 1 || s.Saved.Name != "two" {
		t.Errorf("asked %d times for a name; saved as %s", asked, s.Saved.Name)
	}
}

// TestTryAgain writes into a folder that is not there, makes it, and tries again.
func TestTryAgain(t *testing.T) {
	s, l := newSession(t, nil)
	path := filepath.Join(t.TempDir(), "folder", "x.txt")
	s.Write(path, false, func(w io.Writer) error {
		_, err := io.WriteString(w, "x")
		return err
	})
	n := l.notice()
	if n.Severity != Failure || len(n.Actions) != 1 {
		t.Fatalf("without the folder: %+v", n)
	}
	if err := os.Mkdir(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	n.Actions[0].Do()
	l.until(func() bool { return s.Notice.Severity == Info })
	if got, err := os.ReadFile(path); string(got) != "x" {
		t.Errorf("wrote %q, %v", got, err)
	}
}
