package insight_test

import (
	"archive/tar"
	"bytes"
	"fmt"
	"testing"

	"weighline/analysis"
	"weighline/analysis/attribution"
	"weighline/analysis/insight"
	"weighline/analysis/layer"
	"weighline/analysis/oci"
)

// large makes an image of 200,000 files in 1,000 packages and four layers, of
// which a fifth are tests, a fifth bytecode, and one in seven a copy.
func large(b *testing.B) *analysis.Build {
	b.Helper()
	img := &analysis.Image{Platform: "linux/amd64"}
	var indexes []*layer.Index
	for l := range 4 {
		var out bytes.Buffer
		w := tar.NewWriter(&out)
		add := func(name, body string) {
			if err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(body))}); err != nil {
				b.Fatal(err)
			}
			w.Write([]byte(body))
		}
		for p := range 250 {
			site, name := "usr/lib/python3.11/site-packages/", fmt.Sprintf("p%d-%d", l, p)
			record := ""
			for f := range 198 {
				file := fmt.Sprintf("%s/%s/module_%d.%s", name, []string{"core", "tests", "io", "__pycache__", "util"}[f%5], f, []string{"py", "py", "so", "cpython-311.pyc", "h"}[f%5])
				add(site+file, fmt.Sprint(l*1000+p, f/7*7))
				record += file + ",,\n"
			}
			add(site+name+"-1.dist-info/METADATA", "Name: "+name+"\nVersion: 1\nRequires-Dist: p0-0\n")
			add(site+name+"-1.dist-info/RECORD", record)
		}
		w.Close()
		x, err := layer.Read(b.Context(), &out, layer.ReadOptions{Keep: attribution.Keep})
		if err != nil {
			b.Fatal(err)
		}
		indexes = append(indexes, x)
		img.Layers = append(img.Layers, analysis.Layer{Layer: oci.Layer{Index: l, DiffID: x.DiffID}, Read: true, Index: x})
	}
	tree, err := layer.Stack(b.Context(), indexes)
	if err != nil {
		b.Fatal(err)
	}
	img.Tree = tree
	if img.Ledger, err = attribution.Attribute(b.Context(), tree, attribution.Options{}); err != nil {
		b.Fatal(err)
	}
	return &analysis.Build{Image: img}
}

// BenchmarkFind puts all rules against an image of 200,000 files.
func BenchmarkFind(b *testing.B) {
	build := large(b)
	b.ReportAllocs()
	for b.Loop() {
		if list := build.Insights(b.Context()); len(list) < 4 {
			b.Fatalf("found %d", len(list))
		}
	}
}

// BenchmarkTotal unites what all rules named.
func BenchmarkTotal(b *testing.B) {
	list := large(b).Insights(b.Context())
	for b.Loop() {
		if insight.Total(list...).Unpacked == 0 {
			b.Fatal("nothing")
		}
	}
}
