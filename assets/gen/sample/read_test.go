package main

import (
	"bytes"
	"errors"
	"path/filepath"
	"testing"

	"weighline/analysis/attribution"
	"weighline/analysis/layer"
	"weighline/analysis/oci"
	"weighline/assets"
)

// read opens an embedded image as the program does.
func read(t *testing.T, tag string) (*oci.Image, *attribution.Ledger) {
	t.Helper()
	archive := bytes.NewReader(assets.SampleImages)
	img, err := oci.OpenArchive(t.Context(), "images.tar", archive, archive.Size(), oci.Options{Tag: tag})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = img.Close() })
	var sources []layer.Source
	for i := range img.Layers {
		l := &img.Layers[i]
		sources = append(sources, layer.Source{DiffID: l.DiffID, Digest: l.Digest, Size: l.Size, Open: l.Open})
	}
	indexes, errs := layer.ReadLayers(t.Context(), sources, layer.LayersOptions{Read: layer.ReadOptions{Keep: attribution.Keep, VerifyDiffID: true}})
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	tree, err := layer.Stack(t.Context(), indexes)
	if err != nil {
		t.Fatal(err)
	}
	ledger, err := attribution.Attribute(t.Context(), tree, attribution.Options{MinFolder: 1})
	if err != nil {
		t.Fatal(err)
	}
	if len(ledger.Problems) > 0 {
		t.Errorf("%s: problems: %q", tag, ledger.Problems)
	}
	return img, ledger
}

// TestReadByTheProgram: what the generator put in is what the readers find.
func TestReadByTheProgram(t *testing.T) {
	before, after := build(t)
	test := func(tag string, unpacked, python, debs int) *attribution.Ledger {
		t.Helper()
		_, ledger := read(t, tag)
		count := map[attribution.Kind]int{}
		for _, p := range ledger.Packages {
			count[p.Kind]++
		}
		if count[attribution.Python] != python || count[attribution.Deb] != debs {
			t.Errorf("%s: %v packages, want %d Python distributions and %d Debian packages", tag, count, python, debs)
		}
		if ledger.Unpacked != int64(unpacked) {
			t.Errorf("%s: %d bytes unpacked, want %d", tag, ledger.Unpacked, unpacked)
		}
		return ledger
	}
	a := test("speech-api:before", size(files(before)), 74, 45)
	test("speech-api:after", size(files(after)), 44, 45)

	waste := a.Tree().WasteByWhy()
	for _, why := range []layer.Why{layer.Deleted, layer.Overwritten, layer.RewrittenIdentical} {
		if waste[why].Bytes < 20_000 {
			t.Errorf("before: %v costs %d bytes, want more: there is nothing to see", why, waste[why].Bytes)
		}
	}
	if waste[layer.SameLayerDuplicate].Bytes != 0 {
		t.Error("before: a file is twice in one layer")
	}
	if kept := a.Unpacked - a.Unowned; kept < a.Unpacked*95/100 {
		t.Errorf("before: only %d of %d bytes have an owner", kept, a.Unpacked)
	}
}

// TestOpenByReference: the archive is one that can be given to weigh image.
func TestOpenByReference(t *testing.T) {
	for _, tag := range []string{"speech-api:before", "speech-api:after"} {
		byTag, _ := read(t, tag)
		img, err := oci.Open(t.Context(), filepath.Join("..", "..", "sample", "images.tar")+"@"+tag, oci.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = img.Close() })
		if img.Digest != byTag.Digest || img.Platform != "linux/amd64" || img.Config.Labels["io.weighline.scale"] != "1:1000" {
			t.Errorf("%s: %s for %s, labels %v; want %s", tag, img.Digest, img.Platform, img.Config.Labels, byTag.Digest)
		}
		if len(img.Warnings) > 0 {
			t.Errorf("%s: warnings: %v", tag, img.Warnings)
		}
		for _, l := range img.Layers {
			if l.Instruction == "" {
				t.Errorf("%s: layer %d has no instruction", tag, l.Index)
			}
		}
	}
}
