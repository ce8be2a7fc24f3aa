package analysis_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"weighline/analysis"
	"weighline/analysis/layer"
	"weighline/analysis/oci"
	"weighline/analysis/oci/ocitest"
	"weighline/analysis/report"
)

// stargz makes an eStargz layer of files with these sizes, followed by noise
// that takes most of it: reading it is noticed by the bytes.
func stargz(t *testing.T, files map[string]int64, spoil func(toc []byte) []byte) ocitest.Blob {
	t.Helper()
	type entry struct {
		Name   string `json:"name"`
		Type   string `json:"type"`
		Size   int64  `json:"size"`
		Mode   int64  `json:"mode"`
		Digest string `json:"digest"`
	}
	var list []entry
	var stream []byte
	for _, name := range slices.Sorted(keys(files)) {
		list = append(list, entry{name, "reg", files[name], 0o644, ocitest.Digest([]byte(name))})
		stream = append(stream, member(name, '0', make([]byte, files[name]))...)
	}
	toc, err := json.Marshal(map[string]any{"version": 1, "entries": list})
	check(t, err)
	var blob bytes.Buffer
	z, _ := gzip.NewWriterLevel(&blob, gzip.NoCompression)
	_, err = z.Write(stream)
	check(t, err)
	check(t, z.Close())
	off := blob.Len()
	z.Reset(&blob)
	w := tar.NewWriter(z)
	written := toc
	if spoil != nil {
		written = spoil(toc)
	}
	check(t, w.WriteHeader(&tar.Header{Name: "stargz.index.json", Size: int64(len(written)), Mode: 0o444}))
	_, err = w.Write(written)
	check(t, err)
	check(t, w.Close())
	check(t, z.Close())
	z.Reset(&blob)
	z.Extra = fmt.Appendf(nil, "SG\x16\x00%016xSTARGZ", off)
	check(t, z.Close())
	return ocitest.Blob{MediaType: ocitest.LayerType + "+gzip", Digest: ocitest.Digest(blob.Bytes()), Size: int64(blob.Len()), Bytes: blob.Bytes(),
		Annotations: map[string]string{"containerd.io/snapshot/stargz/toc.digest": ocitest.Digest(toc)}}
}

func keys(m map[string]int64) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

func TestTOC(t *testing.T) {
	plain := ocitest.Build(layerOf(append(dist("demo", "1.0", 500), ocitest.Entry{Name: "big/a", Body: "old"})...))
	first := stargz(t, map[string]int64{"big/a": 400_000, "big/b": 300_000, site + "demo2-1.dist-info/METADATA": 10}, nil)
	bad := stargz(t, map[string]int64{"bad/a": 200_000}, func(toc []byte) []byte { return bytes.Replace(toc, []byte("200000"), []byte("200001"), 1) })
	path := t.TempDir()
	writeManifest(t, path, plain.ConfigBlob(), []ocitest.Blob{plain.LayerBlob(0), first, bad})

	var read atomic.Int64
	o := analysis.Options{TOC: true, Image: oci.Options{Progress: func(n int64) { read.Add(n) }}}
	b, err := analysis.Analyze(t.Context(), analysis.Input{Image: path}, o)
	check(t, err)
	l := b.Image.Layers
	if !l[1].Listed || l[0].Listed || l[1].Content != 700_010 || l[1].Kept != 700_010 || l[1].Files != 3 || b.Image.Partial {
		t.Errorf("layer 2 = %+v, want it listed with 700,010 bytes", l[1])
	}
	if l[2].Listed || l[2].Files != 2 || read.Load() > 300_000 {
		t.Errorf("layer 3 has %d files after %d bytes, want it read, since its table fits no digest", l[2].Files, read.Load())
	}
	if w := b.Image.Tree.Waste(0); len(w) != 1 || w[0].Path != "/big/a" || w[0].Why != layer.Overwritten {
		t.Errorf("waste = %+v", w)
	}
	if n := len(b.Image.Ledger.Packages); n != 1 || len(b.Image.Ledger.Problems) > 0 {
		t.Errorf("%d packages, problems %q; want the one of the layer that was read", n, b.Image.Ledger.Problems)
	}
	j := report.Image(b, false, nil)
	if j.Layers[1].Uncompressed.Known() || j.Totals.Uncompressed.Known() || !j.Layers[0].Uncompressed.Known() {
		t.Errorf("the size of a tar that nobody read is told: %v", j.Layers[1].Uncompressed)
	}
	i := slices.IndexFunc(b.Warnings, func(w analysis.Warning) bool { return w.Code == "from-toc" })
	if i < 0 || !strings.HasPrefix(b.Warnings[i].Text, "Layer 2 of 3 is listed from the table of contents") {
		t.Errorf("warnings = %+v, want one about layer 2", b.Warnings)
	}
}

// What a cache knows of a layer is better than its table.
func TestTOCFromCache(t *testing.T) {
	plain := ocitest.Build(layerOf(file("a", "1")))
	path := t.TempDir()
	writeManifest(t, path, plain.ConfigBlob(), []ocitest.Blob{stargz(t, map[string]int64{"a": 5}, nil)})
	cache := memory{}
	in := analysis.Input{Image: path}
	if b, err := analysis.Analyze(t.Context(), in, analysis.Options{TOC: true, Cache: cache}); err != nil || !b.Image.Layers[0].Listed || len(cache) > 0 {
		t.Errorf("first = %v, %d cached; want it listed, and that kept nowhere", err, len(cache))
	}
	_, err := analysis.Analyze(t.Context(), in, analysis.Options{Cache: cache})
	check(t, err)
	if b, err := analysis.Analyze(t.Context(), in, analysis.Options{TOC: true, Cache: cache}); err != nil || b.Image.Layers[0].Listed {
		t.Errorf("third = %v; want the index that was read", err)
	}
}
