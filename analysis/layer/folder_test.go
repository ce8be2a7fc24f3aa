package layer

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
)

func TestReadFolder(t *testing.T) {
	dir := t.TempDir()
	write := func(name, body string) {
		t.Helper()
		p := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(body), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("numpy/core.so", "0123456789")
	write("numpy-1.0.dist-info/METADATA", "Name: numpy\n")
	if err := os.Link(filepath.Join(dir, "numpy/core.so"), filepath.Join(dir, "numpy/same.so")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("numpy", filepath.Join(dir, "np")); err != nil {
		t.Fatal(err)
	}
	keep := func(path string, _ int64) bool { return filepath.Base(path) == "METADATA" }
	x, err := ReadFolder(t.Context(), dir, "/venv/lib", ReadOptions{Keep: keep})
	if err != nil {
		t.Fatal(err)
	}
	tree, err := Stack(t.Context(), []*Index{x})
	if err != nil {
		t.Fatal(err)
	}
	if tree.Totals.Bytes != 22 || tree.Totals.Files != 2 {
		t.Errorf("the folder has %d bytes in %d files, want 22 in 2: a hard link adds none", tree.Totals.Bytes, tree.Totals.Files)
	}
	n, ok := tree.Follow("/venv/lib/np/core.so")
	if !ok || tree.Size(n) != 10 {
		t.Errorf("through the symlink: %v, %d bytes, want 10", ok, tree.Size(n))
	}
	n, _ = tree.Lookup("/venv/lib/numpy-1.0.dist-info/METADATA")
	if c, ok := tree.Content(n); !ok || string(c) != "Name: numpy\n" {
		t.Errorf("METADATA is kept as %q, %v", c, ok)
	}
}

func TestReadFolderBad(t *testing.T) {
	if _, err := ReadFolder(t.Context(), filepath.Join(t.TempDir(), "missing"), "/", ReadOptions{}); err == nil {
		t.Error("a folder that is not there = nil error")
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "f"), make([]byte, 1<<20), 0o644); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := ReadFolder(ctx, dir, "/", ReadOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("after a cancel: %v, want context.Canceled", err)
	}
	if x, err := ReadFolder(t.Context(), t.TempDir(), "/", ReadOptions{}); err != nil || x.ContentBytes != 0 {
		t.Errorf("an empty folder: %v, %v", x, err)
	}
}

// TestReadFolderBadDisk: a file that cannot be read to its end is said, and
// keeps its size.
func TestReadFolderBadDisk(t *testing.T) {
	f := &folderTar{}
	got, err := io.ReadAll(noting{iotest.TimeoutReader(iotest.OneByteReader(strings.NewReader("abc"))), f, "/models/w.bin"})
	if string(got) != "a" || err != nil {
		t.Errorf("the readable part is %q, %v; want a and no error", got, err)
	}
	if len(f.problems) != 1 || !strings.Contains(f.problems[0], "/models/w.bin counts with its size, but could not be read to its end: timeout") {
		t.Errorf("the problems are %q", f.problems)
	}
}
