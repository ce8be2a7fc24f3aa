// Package oracletest gives tests the answers of the real tools, and the tools
// themselves: locks of real projects, what pip, uv and packaging said of them, and a
// snapshot of a package index that is served on this machine.
//
// The material is no part of the repository: it lies in the folder "shared" beside
// it, or where WEIGHLINE_SHARED says. A test that needs what is not there is
// skipped.
package oracletest

import (
	"os"
	"path/filepath"
	"testing"
)

// Path returns where a file or folder of the material is, by its path with slashes
// within it, as "python/projects".
func Path(t testing.TB, path string) string {
	t.Helper()
	found, ok := Look(t, path)
	if !ok {
		t.Skipf("%s is not there (set WEIGHLINE_SHARED)", found)
	}
	return found
}

// Look returns what Path does, for tests that do without what is not there.
func Look(t testing.TB, path string) (found string, ok bool) {
	t.Helper()
	dir := os.Getenv("WEIGHLINE_SHARED")
	if dir == "" {
		dir = filepath.Join(root(t), "..", "shared")
	}
	found = filepath.Join(dir, filepath.FromSlash(path))
	_, err := os.Stat(found)
	return found, err == nil
}

// root returns the folder of the repository: tests run in that of their package.
func root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for at := dir; ; at = filepath.Dir(at) {
		if _, err := os.Stat(filepath.Join(at, "go.mod")); err == nil {
			return at
		}
		if at == filepath.Dir(at) {
			t.Fatalf("there is no go.mod above %s", dir)
		}
	}
}
