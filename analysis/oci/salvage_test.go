package oci

import (
	"bytes"
	"context"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"weighline/analysis/oci/ocitest"
)

// TestSalvage cuts archives off before the document that says what they hold.
func TestSalvage(t *testing.T) {
	img := ocitest.Text(t, story)
	config := img.ConfigBlob()
	diff := make([]string, len(img.Layers))
	for i := range diff {
		diff[i] = ocitest.Digest(img.Tar(i))
	}
	test := func(name string, files []ocitest.File, cutAt string, whole int, ids []string, warnings ...string) {
		t.Helper()
		archive := ocitest.TarOf(files)
		for _, zip := range []bool{false, true} {
			b := bytes.Clone(cutBefore(archive, cutAt))
			b = append(b, make([]byte, 100)...) // within the header
			if zip {
				b = gz(b)
			}
			path := filepath.Join(t.TempDir(), "x.tar")
			file(b)(t, path)
			got, err := Open(t.Context(), path, testOptions())
			if err != nil {
				t.Errorf("%s, gzip %v: %v", name, zip, err)
				continue
			}
			if CodeOf(got.Incomplete) != Truncated || !strings.Contains(got.Incomplete.Error(), "ends before it says which image it holds") {
				t.Errorf("%s: incomplete is %v", name, got.Incomplete)
			}
			read := 0
			got.Walk(t.Context(), func(_ context.Context, _ *Layer, r io.Reader) error {
				n, err := io.Copy(io.Discard, r)
				if n > 0 && err == nil {
					read++
				}
				return nil
			})
			if read != whole {
				t.Errorf("%s, gzip %v: %d layers can be read, want %d", name, zip, read, whole)
			}
			have := ""
			for _, l := range got.Layers {
				have += l.DiffID + " "
			}
			if want := strings.Join(ids, " ") + " "; have != want {
				t.Errorf("%s, gzip %v: the diff IDs are %s, want %s", name, zip, have, want)
			}
			codes := ""
			for _, w := range got.Warnings {
				codes += w.Code + " "
			}
			for _, w := range warnings {
				if !strings.Contains(codes, w+" ") {
					t.Errorf("%s, gzip %v: the warnings are %s, want %s", name, zip, codes, w)
				}
			}
			if strings.Contains(codes, "order") != strings.Contains(strings.Join(warnings, " "), "order") {
				t.Errorf("%s, gzip %v: the warnings are %s, want %s", name, zip, codes, warnings)
			}
			got.Close()
		}
	}
	none := []string{"", "", ""}
	legacy, podman, crane := ocitest.DockerFiles(ocitest.Legacy, img), ocitest.DockerFiles(ocitest.Podman, img), ocitest.DockerFiles(ocitest.Crane, img)
	test("old Docker, with its config", legacy, "manifest.json", 3, diff, "archive")
	test("old Docker, before its config", legacy, hexOf(config.Digest)+".json", 3, none, "config")
	test("podman, with its config", podman, "manifest.json", 3, diff)
	test("podman, before its config", podman, hexOf(config.Digest)+".json", 3, none, "config", "order")
	test("podman, the config before the layers", last(podman, hexOf(diff[2])), hexOf(diff[2])+".tar", 2, diff, "layer-truncated")
	test("crane: its names say nothing of diff IDs", crane, "manifest.json", 3, none, "order")
	layout := ocitest.LayoutFiles(img)
	test("OCI, with its manifest", last(layout, "index.json"), "index.json", 3, diff)

	// What is no part of an image is not taken for one.
	hex := strings.Repeat("ab", 32)
	for _, files := range [][]ocitest.File{
		{{Name: "etc/passwd", Body: []byte("x")}, {Name: "z", Body: []byte("x")}},
		{{Name: "blobs/sha256/" + hex, Body: []byte("{}")}, {Name: "z", Body: []byte("x")}},
	} {
		b := cutBefore(ocitest.TarOf(files), "z")
		b = append(b, make([]byte, 100)...)
		if _, err := OpenArchive(t.Context(), "x", bytes.NewReader(b), int64(len(b)), testOptions()); CodeOf(err) != Truncated {
			t.Errorf("%s: %v, want that the archive is cut", files[0].Name, err)
		}
	}
}

// last puts the file whose name contains part behind the others, and the
// archive's own documents away.
func last(files []ocitest.File, part string) []ocitest.File {
	var front, back []ocitest.File
	for _, f := range files {
		switch {
		case strings.Contains(f.Name, part) && f.Link == "":
			back = append(back, f)
		case f.Name != "manifest.json" && f.Name != "index.json" && f.Name != "repositories":
			front = append(front, f)
		}
	}
	return append(front, back...)
}
