package layer

import (
	"archive/tar"
	"errors"
	"strings"
	"testing"
)

func listed(t *testing.T, digest string, entries ...ListEntry) *Index {
	t.Helper()
	l := NewListing(ReadOptions{Digest: digest, Size: 100})
	for _, e := range entries {
		if err := l.Add(e); err != nil {
			t.Fatal(err)
		}
	}
	return l.Index()
}

// A table tells the same tree as the tar that it is about.
func TestListing(t *testing.T) {
	read := indexOf(t, "dir/", "dir/a=12345", "dir/b=>dir/a", "c->dir/a", "d!", "dir/.wh.old=", "dir/.wh..wh..opq=")
	x := listed(t, "sha256:x",
		ListEntry{Name: "dir/", Type: tar.TypeDir, Mode: 0o755}, ListEntry{Name: "dir/a", Type: tar.TypeReg, Size: 5, Mode: 0o644},
		ListEntry{Name: "dir/b", Type: tar.TypeLink, Link: "dir/a", Mode: 0o644}, ListEntry{Name: "c", Type: tar.TypeSymlink, Link: "dir/a", Mode: 0o644},
		ListEntry{Name: "d", Type: tar.TypeFifo, Mode: 0o644}, ListEntry{Name: "dir/.wh.old", Type: tar.TypeReg, Mode: 0o644}, ListEntry{Name: "dir/.wh..wh..opq", Type: tar.TypeReg, Mode: 0o644})
	if x.Counts != read.Counts || x.ContentBytes != 5 || x.CompressedSize != 100 || !x.Listed || x.Kept() != 0 {
		t.Errorf("listed %+v, %d bytes of content; want %+v", x.Counts, x.ContentBytes, read.Counts)
	}
	for i := range read.Len() {
		if x.Path(i) != read.Path(i) || x.Kind(i) != read.Kind(i) || x.Size(i) != read.Size(i) || x.Link(i) != read.Link(i) || x.Perm(i) != read.Perm(i) {
			t.Errorf("entry %d is %s %s, want %s %s", i, x.Kind(i), x.Path(i), read.Kind(i), read.Path(i))
		}
	}
}

// Without a digest of its content a file is no copy of another one.
func TestListingCopies(t *testing.T) {
	test := func(digestA, digestB string, want Why) {
		t.Helper()
		a := listed(t, "sha256:1", ListEntry{Name: "f", Type: tar.TypeReg, Size: 9, Digest: digestA})
		b := listed(t, "sha256:2", ListEntry{Name: "f", Type: tar.TypeReg, Size: 9, Digest: digestB})
		tree, err := Stack(t.Context(), []*Index{a, b})
		if err != nil {
			t.Fatal(err)
		}
		if w := tree.Waste(0); len(w) != 1 || w[0].Why != want || !tree.Listed(1) {
			t.Errorf("digests %q and %q: waste %+v, want one %s", digestA, digestB, w, want)
		}
	}
	test("sha256:x", "sha256:x", RewrittenIdentical)
	test("sha256:x", "sha256:y", Overwritten)
	test("", "", Overwritten)
}

func TestListingBad(t *testing.T) {
	l := NewListing(ReadOptions{Limits: Limits{Entries: 2}})
	var bad *TarError
	if err := l.Add(ListEntry{Name: "a", Type: tar.TypeReg, Size: -1}); !errors.As(err, &bad) {
		t.Errorf("a size below zero: %v", err)
	}
	if err := l.Add(ListEntry{Name: strings.Repeat("x", 40_000), Type: tar.TypeReg}); err != nil || len(l.w.b.x.Problems) != 1 {
		t.Errorf("a long name: %v", err)
	}
	var limit *LimitError
	err := error(nil)
	for range 3 {
		err = errors.Join(err, l.Add(ListEntry{Name: "../a", Type: tar.TypeReg}))
	}
	if !errors.As(err, &limit) {
		t.Errorf("too many entries: %v", err)
	}
}
