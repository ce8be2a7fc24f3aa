package analysis_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"weighline/analysis"
	"weighline/analysis/bytesize"
	"weighline/analysis/oci"
	"weighline/analysis/oci/ocitest"
)

// blobCount counts how often a registry was asked for each blob.
type blobCount struct {
	mu    sync.Mutex
	blobs map[string]int
	inner http.Handler
}

func (c *blobCount) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if _, digest, ok := strings.Cut(r.URL.Path, "/blobs/"); ok && r.Method == http.MethodGet {
		c.mu.Lock()
		c.blobs[digest]++
		c.mu.Unlock()
	}
	c.inner.ServeHTTP(w, r)
}

// counted serves images and counts what is asked for.
func counted(t *testing.T, images ...ocitest.Source) (*blobCount, string) {
	t.Helper()
	c := &blobCount{blobs: map[string]int{}, inner: ocitest.Handler(t, images...)}
	s := httptest.NewServer(c)
	t.Cleanup(s.Close)
	return c, strings.TrimPrefix(s.URL, "http://") + "/"
}

func (c *blobCount) layers(img *ocitest.Image) (asked []int) {
	for i := range img.Layers {
		asked = append(asked, c.blobs[img.LayerBlob(i).Digest])
	}
	return asked
}

// TestKnown reads two versions of an image, no layer twice and with no cache.
func TestKnown(t *testing.T) {
	base := layerOf(ocitest.Entry{Name: "etc/os-release", Body: "ID=debian"})
	a, b := ocitest.Build(base, layerOf(dist("demo", "1.0", 500)...)), ocitest.Build(base, layerOf(dist("demo", "1.1", 700)...))
	a.Tag, b.Tag = "acme/api:1.0", "acme/api:1.1"
	count, host := counted(t, a, b)
	left, err := analysis.Analyze(t.Context(), analysis.Input{Image: host + a.Tag}, analysis.Options{})
	if err != nil {
		t.Fatal(err)
	}
	right, err := analysis.Analyze(t.Context(), analysis.Input{Image: host + b.Tag}, analysis.Options{Known: []*analysis.Build{nil, left}})
	if err != nil {
		t.Fatal(err)
	}
	for name, asked := range map[string][]int{"A": count.layers(a), "B": count.layers(b)} {
		for i, n := range asked {
			if n != 1 {
				t.Errorf("layer %d of %s was read %d times, want once", i, name, n)
			}
		}
	}
	if c := analysis.Compare(left, right); len(c.Layers.Shared) != 1 || c.Unpacked.Delta() != bytesize.Of(200) || c.Files == nil {
		t.Errorf("comparison = %+v, want one shared layer and 200 bytes more", c)
	}
}

// TestSameImage finds out that two references name one image, and compares it
// with itself: no layer is read for that.
func TestSameImage(t *testing.T) {
	img := ocitest.Build(layerOf(dist("demo", "1.0", 500)...))
	img.Tag = "acme/api:1.0"
	other := ocitest.Build(layerOf(dist("demo", "1.1", 500)...))
	other.Tag = "acme/api:1.1"
	count, host := counted(t, img, other)
	ref := host + img.Tag
	digest, err := oci.Digest(t.Context(), ref, oci.Options{})
	if err != nil {
		t.Fatal(err)
	}
	pinned := host + "acme/api@" + digest
	same := func(a, b string, want bool) {
		t.Helper()
		if got := analysis.SameImage(t.Context(), a, b, oci.Options{}, oci.Options{}); got != want {
			t.Errorf("SameImage(%s, %s) = %v", a, b, got)
		}
	}
	same(ref, ref, true)
	same(ref, pinned, true)
	same(ref, host+other.Tag, false)
	same(ref, host+"acme/api:9", false)
	same("", "", false)
	if len(count.blobs) > 0 {
		t.Errorf("blobs were asked for: %v", count.blobs)
	}
	b, err := analysis.Analyze(t.Context(), analysis.Input{Image: pinned}, analysis.Options{CachedOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	if n := count.layers(img)[0]; n != 0 {
		t.Errorf("the layer was read %d times", n)
	}
	c := analysis.Compare(b, b)
	if !c.Identical || c.Delta(c.Unpacked) != bytesize.Of(0) || c.Layers.Pull != bytesize.Of(0) || c.Packages != [2]int{-1, -1} {
		t.Errorf("comparison = %+v, want nothing to differ and no packages known", c)
	}
}
