//go:build bench

package analysis_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"weighline/analysis"
	"weighline/analysis/oci/ocitest"
	"weighline/store"
)

// TestWriteBenchImages writes the images that .ci/bench-image measures beside
// real ones into the folder WEIGHLINE_BENCH: 200,000 files, the same with 10,000
// of them deleted, and the first layers of the image REAL, which grow.
func TestWriteBenchImages(t *testing.T) {
	dir, real := os.Getenv("WEIGHLINE_BENCH"), os.Getenv("REAL")
	if dir == "" {
		t.Skip("WEIGHLINE_BENCH names no folder")
	}
	layers := manyFiles(200_000)
	gone := make([]ocitest.Entry, 0, 10_000)
	for i := range 10_000 {
		gone = append(gone, ocitest.Entry{Name: whiteout(manyName(i * 20))})
	}
	check(t, ocitest.Build(layers...).WriteLayout(filepath.Join(dir, "files-200k")))
	// The last layer of the one writes again what that of the other deletes.
	same := make([]ocitest.Entry, 0, 10_000)
	for i := range 10_000 {
		same = append(same, ocitest.Entry{Name: manyName(i * 20), Body: "x"})
	}
	check(t, ocitest.Build(append(layers, layerOf(same...))...).WriteLayout(filepath.Join(dir, "files-200k-written")))
	check(t, ocitest.Build(append(layers, layerOf(gone...))...).WriteLayout(filepath.Join(dir, "files-200k-deleted")))
	if real != "" {
		writePrefixes(t, real, dir)
	}
}

func manyName(i int) string {
	return fmt.Sprintf("usr/lib/python3/site-packages/package_%d/sub/module_%07d.py", i/10, i)
}

func whiteout(path string) string {
	i := strings.LastIndexByte(path, '/') + 1
	return path[:i] + ".wh." + path[i:]
}

// manyFiles returns n small files in four layers.
func manyFiles(n int) []ocitest.Layer {
	var layers []ocitest.Layer
	for part := range 4 {
		var e []ocitest.Entry
		for i := part * n / 4; i < (part+1)*n/4; i++ {
			e = append(e, ocitest.Entry{Name: manyName(i), Body: fmt.Sprintf("def f%d(): return %d\n", i, i)})
		}
		layers = append(layers, layerOf(e...))
	}
	return layers
}

// writePrefixes writes layouts of the first layers of another one, which share
// its blobs.
func writePrefixes(t *testing.T, real, dir string) {
	t.Helper()
	read := func(name string, v any) {
		b, err := os.ReadFile(filepath.Join(real, name))
		check(t, err)
		check(t, json.Unmarshal(b, v))
	}
	var doc struct {
		Manifests []ocitest.Blob
		Config    ocitest.Blob
		Layers    []ocitest.Blob
	}
	read("index.json", &doc)
	read("blobs/"+strings.Replace(doc.Manifests[0].Digest, ":", "/", 1), &doc)
	for n := range doc.Layers {
		path := filepath.Join(dir, fmt.Sprintf("grow-%02d", n+1))
		// Only the documents are written; the blobs are links.
		writeManifest(t, path, doc.Config, doc.Layers[:n+1])
		for _, b := range append(doc.Layers[:n+1:n+1], doc.Config) {
			name := "blobs/" + strings.Replace(b.Digest, ":", "/", 1)
			if err := os.Symlink(filepath.Join(real, name), filepath.Join(path, name)); err != nil && !os.IsExist(err) {
				t.Fatal(err)
			}
		}
	}
}

// BenchmarkSecondOpen opens the image of 200,000 files whose layers are in the
// library.
func BenchmarkSecondOpen(b *testing.B) {
	dir := os.Getenv("WEIGHLINE_BENCH")
	if dir == "" {
		b.Skip("WEIGHLINE_BENCH names no folder")
	}
	lib, err := store.Open(b.Context(), filepath.Join(b.TempDir(), "lib.db"))
	if err != nil {
		b.Fatal(err)
	}
	defer lib.Close()
	open := func() {
		if _, err := analysis.Analyze(b.Context(), analysis.Input{Image: filepath.Join(dir, "files-200k")}, analysis.Options{Cache: lib}); err != nil {
			b.Fatal(err)
		}
	}
	open()
	for b.Loop() {
		open()
	}
}
