package slim

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"weighline/analysis/oci"
	"weighline/analysis/oci/ocitest"
)

// A name that somebody else takes while the layers are written is not taken over.
func TestNameTakenMeanwhile(t *testing.T) {
	l := save(t, service)
	dir := t.TempDir()
	layout, file := filepath.Join(dir, "layout"), filepath.Join(dir, "a.tar")
	if _, err := Write(t.Context(), l.img, Choose(l.ledger, l.drop("big")), &Layout{Dir: layout, Tag: "other"}, Options{}); err != nil {
		t.Fatal(err)
	}
	other := func(out Destination) {
		t.Helper()
		if _, err := Write(t.Context(), l.img, Choose(l.ledger, l.drop("small")), out, Options{}); err != nil {
			t.Error(err)
		}
	}
	host := ocitest.Serve(t)
	registry := func() Destination {
		out, err := ParseOutput(host+"/acme/app:slim", false, oci.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	for _, make := range []func() Destination{
		func() Destination { return &Layout{Dir: layout, Tag: "slim"} },
		func() Destination { return &Archive{File: file} },
		registry,
	} {
		out, done := make(), false
		_, err := Write(t.Context(), l.img, Choose(l.ledger, l.drop("big")), out, Options{Promised: func(Sizes) {
			if !done {
				done = true
				other(make())
			}
		}})
		var taken *ExistsError
		if !errors.As(err, &taken) {
			t.Errorf("%T: %v, want that the name is taken", out, err)
		}
	}
	entries, _ := os.ReadDir(dir)
	if len(entries) != 2 {
		t.Errorf("in the folder are %v", entries)
	}
}
