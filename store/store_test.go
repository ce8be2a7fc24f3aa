package store

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestMain lets a test start this binary as a second program that saves builds
// until it is killed.
func TestMain(m *testing.M) {
	if path := os.Getenv("WEIGHLINE_TEST_SAVER"); path != "" {
		saver(path, os.Getenv("WEIGHLINE_TEST_PREFIX"))
		return
	}
	os.Exit(m.Run())
}

// saver saves one build after the other and prints the name of each when the
// store said that it is saved.
func saver(path, prefix string) {
	s, err := Open(context.Background(), path)
	if err != nil {
		fmt.Println("error:", err)
		return
	}
	for i := 0; ; i++ {
		b := Build{Name: fmt.Sprintf("%s-%d", prefix, i), Reference: "r", Result: bytes.Repeat([]byte{byte(i)}, 20_000)}
		if _, err := s.Save(context.Background(), b); err != nil {
			fmt.Println("error:", err)
			return
		}
		fmt.Println(b.Name)
	}
}

func open(t *testing.T, path string) *Store {
	t.Helper()
	s, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func newStore(t *testing.T) *Store {
	s := open(t, filepath.Join(t.TempDir(), "sub", "weighline.db"))
	at := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	s.now = func() time.Time { at = at.Add(time.Second); return at }
	return s
}

func TestSaveGetList(t *testing.T) {
	s := newStore(t)
	a, err := s.Save(t.Context(), Build{
		Name: "speech-api", Notes: "before", Reference: "requirements.txt", Digest: "sha256:00",
		Summary: Summary{Packages: 72, Download: 3_118_856_420, Unpacked: -1},
		Plan:    []byte(`{"drop":["torch"]}`), Result: []byte("result"), Layers: []string{"sha256:b", "sha256:a", "sha256:a"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Save(t.Context(), Build{Name: "other", Reference: "requirements.txt"}); err != nil {
		t.Fatal(err)
	}
	got, err := s.Get(t.Context(), "speech-api")
	if err != nil {
		t.Fatal(err)
	}
	if string(got.Result) != "result" || got.Summary != a.Summary || string(got.Plan) != `{"drop":["torch"]}` || !got.Created.Equal(a.Created) {
		t.Errorf("Get = %+v, want what was saved: %+v", got, a)
	}
	if strings.Join(got.Layers, " ") != "sha256:a sha256:b" {
		t.Errorf("Layers = %v, want sha256:a sha256:b", got.Layers)
	}
	list, err := s.List(t.Context())
	if err != nil || len(list) != 2 || list[0].Name != "other" || list[1].Summary.Download != 3_118_856_420 {
		t.Errorf("List = %+v, %v, want other, speech-api", list, err)
	}
	history, err := s.History(t.Context(), "requirements.txt")
	if err != nil || len(history) != 2 || history[0].Name != "speech-api" {
		t.Errorf("History = %+v, %v, want speech-api, other", history, err)
	}

	// Saving again under its ID replaces; under its name alone it does not.
	got.Plan = []byte(`{}`)
	if _, err := s.Save(t.Context(), got); err != nil {
		t.Fatal(err)
	}
	if again, err := s.GetID(t.Context(), got.ID); err != nil || string(again.Plan) != "{}" || !again.Updated.After(again.Created) {
		t.Errorf("GetID after a second save = %+v, %v", again, err)
	}
	if _, err := s.Save(t.Context(), Build{Name: "other"}); !errors.Is(err, ErrNameTaken) {
		t.Errorf("Save under a taken name = %v, want ErrNameTaken", err)
	}
}

func TestRenameDeleteRestore(t *testing.T) {
	s := newStore(t)
	b, err := s.Save(t.Context(), Build{Name: "a"})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Rename(t.Context(), b.ID, "b", "note"); err != nil {
		t.Fatal(err)
	}
	if err := s.Delete(t.Context(), b.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Get(t.Context(), "b"); !errors.Is(err, ErrNotFound) {
		t.Errorf("Get of a deleted build = %v, want ErrNotFound", err)
	}
	if err := s.Delete(t.Context(), b.ID); !errors.Is(err, ErrNotFound) {
		t.Errorf("Delete of a deleted build = %v, want ErrNotFound", err)
	}
	if err := s.Restore(t.Context(), b.ID); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Get(t.Context(), "b"); err != nil || got.Notes != "note" {
		t.Errorf("Get after Restore = %+v, %v", got, err)
	}
	// A name that was given away in the meantime is not taken back.
	if err := s.Delete(t.Context(), b.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Save(t.Context(), Build{Name: "b"}); err != nil {
		t.Fatal(err)
	}
	if err := s.Restore(t.Context(), b.ID); !errors.Is(err, ErrNameTaken) {
		t.Errorf("Restore of a name in use = %v, want ErrNameTaken", err)
	}
	// After 30 days in the bin it is gone.
	later := s.now().AddDate(0, 0, binDays+1)
	s.now = func() time.Time { return later }
	c, err := s.Save(t.Context(), Build{Name: "c"})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Delete(t.Context(), c.ID); err != nil {
		t.Fatal(err)
	}
	if err := s.Restore(t.Context(), b.ID); !errors.Is(err, ErrNotFound) {
		t.Errorf("Restore after %d days = %v, want ErrNotFound", binDays+1, err)
	}
}

// TestBadLibraries opens what is no library of this version: each is one
// error to branch on, with a hint, and the file is left as it was.
func TestBadLibraries(t *testing.T) {
	test := func(name string, want error, make func(path string)) {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "weighline.db")
			make(path)
			before, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			_, err = Open(t.Context(), path)
			if !errors.Is(err, want) {
				t.Errorf("Open = %v, want %v", err, want)
			}
			var e *Error
			if !errors.As(err, &e) || e.Hint() == "" || strings.Contains(e.Error(), "\n") {
				t.Errorf("Open = %v, want one line and a hint", err)
			}
			after, err := os.ReadFile(path)
			if err != nil || !bytes.Equal(before, after) {
				t.Errorf("the file was changed (%v)", err)
			}
		})
	}
	exec := func(path string, statements ...string) {
		db, err := sql.Open("sqlite3", path)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		for _, q := range statements {
			if _, err := db.Exec(q); err != nil {
				t.Fatal(err)
			}
		}
	}
	write := func(path string, data []byte) {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	test("newer", ErrNewer, func(path string) {
		exec(path, fmt.Sprintf("PRAGMA application_id = %d", applicationID), "PRAGMA user_version = 999", "CREATE TABLE x (y)")
	})
	test("of another program", ErrForeign, func(path string) { exec(path, "CREATE TABLE photos (id)") })
	test("a text", ErrCorrupt, func(path string) { write(path, []byte(strings.Repeat("torch==2.7.1\n", 100))) })
	test("a damaged header page", ErrCorrupt, func(path string) {
		s, err := Open(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		s.Close()
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		write(path, append(data[:100:100], bytes.Repeat([]byte{0xff}, len(data)-100)...))
	})
}

func TestOpenUnwritableFolder(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), filepath.Join(file, "weighline.db")); err == nil {
		t.Error("Open below a file = nil error")
	}
}

// openReadOnly is what Open does when the file may not be written; root may write
// anything, so the file's mode alone does not show it.
func openReadOnly(t *testing.T, path string) *Store {
	t.Helper()
	s := &Store{path: path, now: time.Now, readOnly: true}
	if err := s.ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestReadOnly(t *testing.T) {
	path := filepath.Join(t.TempDir(), "weighline.db")
	w := open(t, path)
	if _, err := w.Save(t.Context(), Build{Name: "a", Result: []byte("r")}); err != nil {
		t.Fatal(err)
	}
	w.Close()
	s := openReadOnly(t, path)
	if b, err := s.Get(t.Context(), "a"); err != nil || string(b.Result) != "r" {
		t.Errorf("Get = %+v, %v", b, err)
	}
	if _, err := s.Save(t.Context(), Build{Name: "b"}); !errors.Is(err, ErrReadOnly) {
		t.Errorf("Save = %v, want ErrReadOnly", err)
	}
}

// TestTwoPrograms has several stores write to one file at the same time.
func TestTwoPrograms(t *testing.T) {
	path := filepath.Join(t.TempDir(), "weighline.db")
	var wg sync.WaitGroup
	for p := range 4 {
		s := open(t, path)
		wg.Go(func() {
			for i := range 20 {
				if _, err := s.Save(t.Context(), Build{Name: fmt.Sprintf("%d-%d", p, i)}); err != nil {
					t.Errorf("Save: %v", err)
				}
			}
		})
	}
	wg.Wait()
	if list, err := open(t, path).List(t.Context()); err != nil || len(list) != 80 {
		t.Errorf("List has %d builds, %v, want 80", len(list), err)
	}
}

// TestKill kills a program at any moment of its saving, 100 times: what it was
// told is saved must be there.
func TestKill(t *testing.T) {
	path := filepath.Join(t.TempDir(), "weighline.db")
	open(t, path).Close()
	saved := 0
	for round := range 100 {
		cmd := exec.Command(os.Args[0])
		prefix := fmt.Sprint("round", round)
		cmd.Env = append(os.Environ(), "WEIGHLINE_TEST_SAVER="+path, "WEIGHLINE_TEST_PREFIX="+prefix)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		var names []string
		for lines.Scan() {
			names = append(names, lines.Text())
			if len(names) > round%7 {
				if err := cmd.Process.Kill(); err != nil {
					t.Fatal(err)
				}
			}
		}
		_ = cmd.Wait() // killed: that is its error
		s := open(t, path)
		for i, name := range names {
			b, err := s.Get(t.Context(), name)
			if err != nil || len(b.Result) != 20_000 || b.Result[0] != byte(i) {
				t.Fatalf("round %d: %q was saved, then: %v (%d bytes)", round, name, err, len(b.Result))
			}
		}
		saved += len(names)
		s.Close()
	}
	if saved < 100 {
		t.Errorf("%d builds were saved in 100 rounds: the program did not run", saved)
	}
}
