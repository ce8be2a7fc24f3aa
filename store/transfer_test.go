package store

import (
	"bytes"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"weighline/analysis"
	"weighline/analysis/layer"
	"weighline/analysis/plan"
)

func save(t *testing.T, s *Store, b Build) Build {
	t.Helper()
	b, err := s.Save(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// index makes the index of a layer with some files of random names.
func index(t *testing.T, diffID string, files int) *layer.Index {
	t.Helper()
	l := layer.NewListing(layer.ReadOptions{DiffID: diffID})
	for i := range files {
		if err := l.Add(layer.ListEntry{Name: fmt.Sprint(i, rand.Text()), Type: '0', Size: 1}); err != nil {
			t.Fatal(err)
		}
	}
	return l.Index()
}

func TestExportImport(t *testing.T) {
	from := newStore(t)
	for _, id := range []string{"sha256:needed", "sha256:cached"} {
		if err := from.PutIndex(t.Context(), index(t, id, 10)); err != nil {
			t.Fatal(err)
		}
	}
	save(t, from, Build{Name: "a", Notes: "why", Reference: "r", Result: []byte("result a"), Layers: []string{"sha256:needed"}, Plan: []byte(`{"drop":["torch"]}`)})
	save(t, from, Build{Name: "b", Result: []byte("result b")})
	gone := save(t, from, Build{Name: "gone"})
	if err := from.Delete(t.Context(), gone.ID); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "out.db")
	if err := from.Export(t.Context(), file); err != nil {
		t.Fatal(err)
	}
	if left, err := filepath.Glob(filepath.Join(filepath.Dir(file), "*")); err != nil || len(left) != 1 {
		t.Errorf("beside the exported file lies %v (%v)", left, err)
	}
	if err := from.Export(t.Context(), file); !errors.Is(err, os.ErrExist) {
		t.Errorf("Export over a file = %v, want that it exists", err)
	}

	to := newStore(t)
	save(t, to, Build{Name: "a", Result: []byte("another a")})
	before, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	done, err := to.Import(t.Context(), file)
	if err != nil || done.Added != 2 || fmt.Sprint(done.Renamed) != "[a (2)]" || done.Same != 0 || done.Layers != 1 {
		t.Fatalf("Import = %+v, %v", done, err)
	}
	a, err := to.Get(t.Context(), "a (2)")
	if err != nil || string(a.Result) != "result a" || a.Notes != "why" || string(a.Plan) != `{"drop":["torch"]}` || fmt.Sprint(a.Layers) != "[sha256:needed]" {
		t.Errorf("imported: %+v, %v", a, err)
	}
	if _, err := to.Index(t.Context(), "sha256:needed"); err != nil {
		t.Errorf("the layer that a build needs: %v", err)
	}
	if _, err := to.Index(t.Context(), "sha256:cached"); !errors.Is(err, layer.ErrNotCached) {
		t.Errorf("the cache came along: %v", err)
	}
	// Again: all is there.
	if done, err := to.Import(t.Context(), file); err != nil || done.Added != 0 || done.Same != 2 {
		t.Errorf("second Import = %+v, %v", done, err)
	}
	if after, err := os.ReadFile(file); err != nil || !bytes.Equal(before, after) {
		t.Errorf("Import changed the file (%v)", err)
	}
	if list, err := open(t, file).List(t.Context()); err != nil || len(list) != 2 {
		t.Errorf("the exported file as a library has %d builds, %v", len(list), err)
	}
}

// TestImportBad imports what is no library: an error that names the file, and
// nothing changes.
func TestImportBad(t *testing.T) {
	s := newStore(t)
	save(t, s, Build{Name: "a"})
	dir := t.TempDir()
	text := filepath.Join(dir, "text")
	if err := os.WriteFile(text, bytes.Repeat([]byte("no library\n"), 50), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := s.Import(t.Context(), text)
	if !errors.Is(err, ErrCorrupt) || !strings.Contains(err.Error(), text) {
		t.Errorf("Import of a text = %v", err)
	}
	if _, err := s.Import(t.Context(), filepath.Join(dir, "missing")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("Import of nothing = %v", err)
	}
	if list, err := s.List(t.Context()); err != nil || len(list) != 1 {
		t.Errorf("afterwards: %v, %v", list, err)
	}
}

func TestDuplicate(t *testing.T) {
	s := newStore(t)
	a := save(t, s, Build{Name: "a", Notes: "n", Result: []byte("r"), Layers: []string{"sha256:x"}, Plan: []byte(`{"squash":true}`)})
	for _, want := range []string{"a (2)", "a (3)"} {
		b, err := s.Duplicate(t.Context(), a.ID)
		if err != nil || b.Name != want || b.ID == a.ID {
			t.Fatalf("Duplicate = %+v, %v, want %s", b, err, want)
		}
		got, err := s.Get(t.Context(), want)
		if err != nil || string(got.Result) != "r" || string(got.Plan) != `{"squash":true}` || fmt.Sprint(got.Layers) != "[sha256:x]" || !got.Created.After(a.Created) {
			t.Errorf("the duplicate: %+v, %v", got, err)
		}
	}
	if _, err := s.Duplicate(t.Context(), 99); !errors.Is(err, ErrNotFound) {
		t.Errorf("Duplicate of nothing = %v", err)
	}
}

// TestCacheLimit sets a limit that outlasts the program, and evicts by it.
func TestCacheLimit(t *testing.T) {
	s := newStore(t)
	for i := range 5 {
		if err := s.PutIndex(t.Context(), index(t, fmt.Sprint("sha256:", i), 50)); err != nil {
			t.Fatal(err)
		}
	}
	save(t, s, Build{Name: "a", Layers: []string{"sha256:0"}})
	st, err := s.Stats(t.Context())
	if err != nil || st.Builds != 1 || st.Layers != 5 || st.Needed != 1 || st.NeededBytes == 0 || st.FileBytes == 0 || st.CacheLimit != defaultCacheLimit {
		t.Fatalf("Stats = %+v, %v", st, err)
	}
	// Room for the two that were used last, beside the one that is needed.
	if err := s.SetCacheLimit(t.Context(), st.LayerBytes/5*5/2); err != nil {
		t.Fatal(err)
	}
	kept := ""
	for i := range 5 {
		if _, err := s.Index(t.Context(), fmt.Sprint("sha256:", i)); err == nil {
			kept += fmt.Sprint(i)
		}
	}
	if kept != "034" {
		t.Errorf("kept %s, want 034", kept)
	}
	if again := open(t, s.Path()); again.CacheLimit() != st.LayerBytes/5*5/2 {
		t.Errorf("after reopening the limit is %d", again.CacheLimit())
	}
	if err := s.Shrink(t.Context()); err != nil {
		t.Fatal(err)
	}
	if st, err := s.Stats(t.Context()); err != nil || st.Layers != 1 {
		t.Errorf("after Shrink: %+v, %v", st, err)
	}
}

// TestFull fills the disk: what does not fit is one error, what was saved before
// is there, and saving goes on when there is room again.
func TestFull(t *testing.T) {
	s := newStore(t)
	s.db.SetMaxOpenConns(1) // the pragma holds for one connection
	save(t, s, Build{Name: "before"})
	pragma := func(q string) {
		t.Helper()
		if _, err := s.db.Exec(q); err != nil {
			t.Fatal(err)
		}
	}
	pragma("PRAGMA max_page_count = 30")
	noise := make([]byte, 1<<20)
	if _, err := rand.Read(noise); err != nil {
		t.Fatal(err)
	}
	_, err := s.Save(t.Context(), Build{Name: "large", Result: noise})
	var e *Error
	if !errors.Is(err, ErrFull) || !errors.As(err, &e) || e.Hint() == "" {
		t.Fatalf("Save on a full disk = %v, want ErrFull", err)
	}
	if list, err := s.List(t.Context()); err != nil || len(list) != 1 || list[0].Name != "before" {
		t.Errorf("List on a full disk = %v, %v", list, err)
	}
	pragma("PRAGMA max_page_count = 1000000")
	save(t, s, Build{Name: "large", Result: noise})
}

// TestReadOnlyWAL reads what was saved and not yet merged into the file, as after
// a kill of the program, also where no file can be made beside it.
func TestReadOnlyWAL(t *testing.T) {
	w := newStore(t)
	save(t, w, Build{Name: "merged"})
	if _, err := w.db.Exec("PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
		t.Fatal(err)
	}
	save(t, w, Build{Name: "in the wal"})
	dir := t.TempDir()
	file := filepath.Join(dir, "weighline.db")
	if err := copyLibrary(w.Path(), file); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(file + "-wal"); err != nil || info.Size() == 0 {
		t.Fatalf("there is no -wal: %v", err)
	}
	test := func(name string, s *Store) {
		t.Helper()
		list, err := s.List(t.Context())
		if err != nil || len(list) != 2 {
			t.Errorf("%s: List = %d builds, %v, want 2", name, len(list), err)
		}
		if _, err := s.Save(t.Context(), Build{Name: "c"}); !errors.Is(err, ErrReadOnly) {
			t.Errorf("%s: Save = %v, want ErrReadOnly", name, err)
		}
	}
	test("beside the file", openReadOnly(t, file))
	s := &Store{path: file, readOnly: true, now: w.now}
	if err := s.openCopy(); err != nil {
		t.Fatal(err)
	}
	test("in a copy", s)
	temp := s.temp
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(temp); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the copy is still there: %v", err)
	}
}

// TestReadOnlyOlder reads a library of an older version that may not be written.
func TestReadOnlyOlder(t *testing.T) {
	w := newStore(t)
	save(t, w, Build{Name: "a"})
	for _, q := range []string{"DROP TABLE settings", "PRAGMA user_version = 1"} {
		if _, err := w.db.Exec(q); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	s := openReadOnly(t, w.Path())
	if list, err := s.List(t.Context()); err != nil || len(list) != 1 {
		t.Errorf("List = %v, %v", list, err)
	}
	db, err := sql.Open("sqlite3", w.Path())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, version, _, err := stamp(t.Context(), db); err != nil || version != 1 {
		t.Errorf("the file is of version %d (%v), want 1 as before", version, err)
	}
}

// TestExportWithoutPasswords: the library keeps the texts of requirements as they
// are, and what is given to others does not, down to the free pages of the file.
func TestExportWithoutPasswords(t *testing.T) {
	requirements := filepath.Join(t.TempDir(), "requirements.txt")
	text := "--extra-index-url https://alice:hunter2@index.example/simple\nsix @ https://s3cret-token@files.example/six-1.17.0-py2.py3-none-any.whl\nidna==3.10\n"
	if err := os.WriteFile(requirements, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	b, err := analysis.Analyze(t.Context(), analysis.Input{Files: []string{requirements}}, analysis.Options{})
	if err != nil {
		t.Fatal(err)
	}
	packed, err := Pack(b, plan.Preview{})
	if err != nil {
		t.Fatal(err)
	}
	packed.Name = "private"
	from := newStore(t)
	save(t, from, packed)
	file := filepath.Join(t.TempDir(), "out.db")
	if err := from.Export(t.Context(), file); err != nil {
		t.Fatal(err)
	}
	texts := func(s *Store) string {
		saved, err := s.Get(t.Context(), "private")
		if err != nil {
			t.Fatal(err)
		}
		got, _, err := saved.Unpack(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		if n := got.Deps.Graph.Total().Packages; n != 2 {
			t.Errorf("%d packages, want 2", n)
		}
		return string(got.Deps.Docs[0].Texts()[requirements])
	}
	if got := texts(from); got != text {
		t.Errorf("the library has\n%swant\n%s", got, text)
	}
	want := strings.NewReplacer("hunter2", "****", "s3cret-token", "****").Replace(text)
	if got := texts(open(t, file)); got != want {
		t.Errorf("the export has\n%swant\n%s", got, want)
	}
}

// TestUseIsNoted: a layer that was used again outlives one that was read later; a
// use soon after another writes nothing.
func TestUseIsNoted(t *testing.T) {
	s := newStore(t)
	for _, id := range []string{"sha256:old", "sha256:new"} {
		if err := s.PutIndex(t.Context(), index(t, id, 50)); err != nil {
			t.Fatal(err)
		}
	}
	used := func() (at int64) {
		if err := s.db.QueryRowContext(t.Context(), "SELECT used_at FROM layers WHERE diff_id = 'sha256:old'").Scan(&at); err != nil {
			t.Fatal(err)
		}
		return at
	}
	before := used()
	if _, err := s.Index(t.Context(), "sha256:old"); err != nil || used() != before {
		t.Errorf("a use within %v was noted (%v)", usedApart, err)
	}
	later := s.now().Add(2 * usedApart)
	s.now = func() time.Time { return later }
	if _, err := s.Index(t.Context(), "sha256:old"); err != nil {
		t.Fatal(err)
	}
	st, err := s.Stats(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := s.SetCacheLimit(t.Context(), st.LayerBytes*3/4); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Index(t.Context(), "sha256:old"); err != nil {
		t.Errorf("the layer that was used last is gone: %v", err)
	}
	if _, err := s.Index(t.Context(), "sha256:new"); err == nil {
		t.Error("the layer that was not used is there still")
	}
}
