package main

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"weighline/analysis/oci/ocitest"
)

// TestCompareReads counts what weigh compare asks a registry for: no layer of an
// image that is compared with itself, each distinct layer of two images once, and
// none that the library has.
func TestCompareReads(t *testing.T) {
	file := func(name string) ocitest.Layer {
		return ocitest.Layer{CreatedBy: "COPY " + name, Entries: []ocitest.Entry{{Name: name, Size: 4000}}}
	}
	old, latest := ocitest.Build(file("base"), file("one")), ocitest.Build(file("front"), file("base"), file("two"))
	old.Tag, latest.Tag = "acme/api:1.0", "acme/api:1.1"
	var mu sync.Mutex
	asked := map[string]int{}
	inner := ocitest.Handler(t, old, latest)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, digest, ok := strings.Cut(r.URL.Path, "/blobs/"); ok && r.Method == http.MethodGet {
			mu.Lock()
			asked[digest]++
			mu.Unlock()
		}
		inner.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	host := strings.TrimPrefix(s.URL, "http://") + "/"
	library := filepath.Join(t.TempDir(), "library.db")
	test := func(what, a, b string, want int) {
		t.Helper()
		clear(asked)
		var out, errOut bytes.Buffer
		if code := run(t.Context(), []string{"compare", host + a, host + b, "--json", "--library", library}, nil, &out, &errOut); code != exitDone {
			t.Fatalf("%s: exit code %d: %s", what, code, errOut.String())
		}
		for _, img := range []*ocitest.Image{old, latest} {
			for i := range img.Layers {
				if n := asked[img.LayerBlob(i).Digest]; n > 1 || n > want {
					t.Errorf("%s: layer %d of %s was asked for %d times, want %d", what, i, img.Tag, n, want)
				} else if n < want {
					t.Errorf("%s: layer %d of %s was not asked for", what, i, img.Tag)
				}
			}
		}
	}
	test("an image with itself", old.Tag, old.Tag, 0)
	test("the same by its digest", old.Tag, "acme/api@"+old.Manifest().Digest, 0)
	test("two images", old.Tag, latest.Tag, 1)
	test("the two once more", old.Tag, latest.Tag, 0)
	test("the other way round", latest.Tag, old.Tag, 0)
}
