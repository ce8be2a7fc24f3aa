package store

import (
	"archive/tar"
	"bytes"
	"fmt"
	"testing"

	"weighline/analysis"
	"weighline/analysis/attribution"
	"weighline/analysis/layer"
	"weighline/analysis/oci"
	"weighline/analysis/plan"
)

// largeBuild makes a build of an image with 1,000 Python distributions and
// 200,000 files in ten layers, and the indexes of its layers.
func largeBuild(b *testing.B) (*analysis.Build, []*layer.Index) {
	b.Helper()
	const layers, packages, files = 10, 100, 200
	img := &analysis.Image{Reference: "large", Platform: "linux/amd64"}
	var indexes []*layer.Index
	for l := range layers {
		var out bytes.Buffer
		w := tar.NewWriter(&out)
		add := func(name, body string) {
			if err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(body))}); err != nil {
				b.Fatal(err)
			}
			w.Write([]byte(body))
		}
		for p := range packages {
			name := fmt.Sprintf("p%d-%d", l, p)
			record := ""
			for f := range files - 2 {
				file := fmt.Sprintf("%s/sub%d/module_%d.py", name, f%7, f)
				add("usr/lib/python3.11/site-packages/"+file, fmt.Sprint(l, p, f))
				record += file + ",sha256=0123456789012345678901234567890123456789012,100\n"
			}
			info := "usr/lib/python3.11/site-packages/" + name + "-1.dist-info/"
			add(info+"METADATA", "Name: "+name+"\nVersion: 1\nRequires-Dist: p0-0\n")
			add(info+"RECORD", record)
		}
		w.Close()
		x, err := layer.Read(b.Context(), &out, layer.ReadOptions{Keep: attribution.Keep})
		if err != nil {
			b.Fatal(err)
		}
		indexes = append(indexes, x)
		img.Layers = append(img.Layers, analysis.Layer{Layer: oci.Layer{Index: l, DiffID: x.DiffID, Digest: x.Digest}, Read: true, Index: x})
	}
	tree, err := layer.Stack(b.Context(), indexes)
	if err != nil {
		b.Fatal(err)
	}
	img.Tree = tree
	if img.Ledger, err = attribution.Attribute(b.Context(), tree, attribution.Options{}); err != nil {
		b.Fatal(err)
	}
	return &analysis.Build{Image: img}, indexes
}

// BenchmarkOpen opens a saved build of 1,000 packages and 200,000 files.
func BenchmarkOpen(b *testing.B) {
	s, err := Open(b.Context(), b.TempDir()+"/weighline.db")
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	build, indexes := largeBuild(b)
	for _, x := range indexes {
		if err := s.PutIndex(b.Context(), x); err != nil {
			b.Fatal(err)
		}
	}
	packed, err := Pack(build, plan.Preview{})
	if err != nil {
		b.Fatal(err)
	}
	packed.Name = "large"
	if _, err := s.Save(b.Context(), packed); err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	for b.Loop() {
		saved, err := s.Get(b.Context(), "large")
		if err != nil {
			b.Fatal(err)
		}
		got, _, err := saved.Unpack(b.Context(), s)
		if err != nil || got.Image.Tree == nil || got.Image.Tree.Totals.Files != 200_000 || len(got.Image.Ledger.Packages) != 1000 {
			b.Fatalf("the build did not come back whole: %v", err)
		}
	}
}
