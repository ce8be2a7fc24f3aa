package oci

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"weighline/analysis/oci/ocitest"
)

const story = `
tag acme/api:1.4
layer base gzip /bin/sh -c pip install numpy
step ENV A=B
layer slim zstd RUN /bin/sh -c rm -r /app/numpy # buildkit
layer twin none COPY twin / # buildkit
env A=B
user 1000
label org.example=yes
entrypoint /app/run
-- base/app/numpy/core.so --
0123456789
-- slim/app/.wh.numpy --
-- twin/app/x --
twin
`

func noSleep(ctx context.Context, _ time.Duration) error { return ctx.Err() }

// testOptions do not wait between tries and want the platform of the texts.
func testOptions() Options {
	return Options{Platform: "linux/amd64", sleep: noSleep, Stall: 2 * time.Second}
}

// blobs walks the image and returns each layer's bytes by its index.
func blobs(t *testing.T, img *Image) map[int]string {
	t.Helper()
	got := make(map[int]string)
	byName := make(map[string]string)
	err := img.Walk(t.Context(), func(_ context.Context, l *Layer, r io.Reader) error {
		b, err := io.ReadAll(r)
		byName[l.Name] = string(b)
		return err
	})
	if err != nil {
		t.Errorf("%s: Walk: %v", img.Reference, err)
	}
	for _, l := range img.Layers {
		b, ok := byName[l.Name]
		if !ok {
			t.Errorf("%s: layer %d was not visited", img.Reference, l.Index)
		}
		got[l.Index] = b
	}
	return got
}

// check compares an opened image with the one that was written.
func check(t *testing.T, img *Image, want *ocitest.Image, stored func(n int) []byte) {
	t.Helper()
	if len(img.Layers) != len(want.Layers) {
		t.Fatalf("%s: %d layers, want %d", img.Reference, len(img.Layers), len(want.Layers))
	}
	if img.Platform != "linux/amd64" || img.Config.User != "1000" || img.Config.Labels["org.example"] != "yes" || !slices.Equal(img.Config.Entrypoint, []string{"/app/run"}) {
		t.Errorf("%s: platform %q, config %+v", img.Reference, img.Platform, img.Config)
	}
	if len(img.Warnings) > 0 {
		t.Errorf("%s: warnings %v", img.Reference, img.Warnings)
	}
	got := blobs(t, img)
	for n, l := range img.Layers {
		b := stored(n)
		if got[n] != string(b) {
			t.Errorf("%s: layer %d has other bytes (%d, want %d)", img.Reference, n, len(got[n]), len(b))
		}
		if l.Index != n || l.Size != int64(len(b)) || l.DiffID != ocitest.Digest(want.Tar(n)) || l.Compression != sniffCompression(b) {
			t.Errorf("%s: layer %d is %+v", img.Reference, n, l)
		}
		if l.Digest != "" && l.Digest != ocitest.Digest(b) {
			t.Errorf("%s: layer %d has the digest %s", img.Reference, n, l.Digest)
		}
		if wantI := []string{"RUN pip install numpy", "RUN rm -r /app/numpy", "COPY twin /"}[n]; l.Instruction != wantI {
			t.Errorf("%s: layer %d is made by %q, want %q", img.Reference, n, l.Instruction, wantI)
		}
	}
}

func TestOpenEverySource(t *testing.T) {
	want := ocitest.Text(t, story)
	dir := t.TempDir()
	asStored := func(n int) []byte { return want.LayerBlob(n).Bytes }
	plain := want.Tar
	test := func(ref string, source Source, random bool, stored func(int) []byte) {
		t.Helper()
		img, err := Open(t.Context(), ref, testOptions())
		if err != nil {
			t.Errorf("Open(%s): %v", ref, err)
			return
		}
		defer img.Close()
		if img.Source != source || img.RandomAccess != random {
			t.Errorf("Open(%s): source %s, random access %v", ref, img.Source, img.RandomAccess)
		}
		if img.RawManifest != nil && img.Digest != ocitest.Digest(img.RawManifest) {
			t.Errorf("Open(%s): digest %s is not the manifest's", ref, img.Digest)
		}
		check(t, img, want, stored)
		if random {
			again(t, img, stored)
		}
	}

	layout := filepath.Join(dir, "layout")
	must(t, want.WriteLayout(layout))
	test(layout, OCILayout, true, asStored)
	test("oci:"+layout+":acme/api:1.4", OCILayout, true, asStored)

	archive := filepath.Join(dir, "oci.tar")
	must(t, want.WriteOCIArchive(archive))
	test(archive, OCIArchive, true, asStored)

	for name, style := range map[string]ocitest.Style{"legacy": ocitest.Legacy, "modern": ocitest.Modern, "podman": ocitest.Podman, "crane": ocitest.Crane} {
		for _, compress := range []string{"", "gzip", "zstd"} {
			for _, dot := range []bool{false, true} {
				// The name says nothing: contents do.
				file := filepath.Join(dir, fmt.Sprintf("%s-%s-%v.bin", name, compress, dot))
				must(t, want.WriteDockerArchive(file, ocitest.ArchiveOptions{Style: style, Compress: compress, DotSlash: dot}))
				stored := plain
				if style == ocitest.Crane {
					stored = asStored
				}
				test(file, DockerArchive, compress == "", stored)
			}
		}
	}

	host := ocitest.Serve(t, want)
	test(host+"/acme/api:1.4", Registry, true, asStored)
	test(host+"/acme/api@"+want.Manifest().Digest, Registry, true, asStored)
	test("docker pull "+host+"/acme/api:1.4", Registry, true, asStored)

	skopeo := filepath.Join(dir, "skopeo")
	files := []ocitest.File{{Name: "version", Body: []byte("Directory Transport Version: 1.1\n")}}
	for _, b := range want.Blobs() {
		name := strings.TrimPrefix(b.Digest, "sha256:")
		if b.MediaType == ocitest.ManifestType {
			name = "manifest.json"
		}
		files = append(files, ocitest.File{Name: name, Body: b.Bytes})
	}
	must(t, ocitest.WriteFolder(skopeo, files))
	test("dir:"+skopeo, SkopeoDir, true, asStored)
}

// again opens all layers at a time, which random access allows.
func again(t *testing.T, img *Image, stored func(int) []byte) {
	t.Helper()
	for n := range img.Layers {
		rc, err := img.Layers[n].Open(t.Context())
		if err != nil {
			t.Errorf("%s: layer %d: %v", img.Reference, n, err)
			continue
		}
		defer rc.Close()
		if b, err := io.ReadAll(rc); err != nil || string(b) != string(stored(n)) {
			t.Errorf("%s: layer %d: %d bytes, %v", img.Reference, n, len(b), err)
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestPlatforms(t *testing.T) {
	img := func(platform string) *ocitest.Image {
		i := ocitest.Text(t, "platform "+platform+"\n-- a/"+strings.ReplaceAll(platform, "/", "-")+" --\n")
		return i
	}
	index := &ocitest.Index{Images: []*ocitest.Image{img("linux/amd64"), img("linux/arm64/v8"), img("linux/arm/v6"), img("linux/arm/v7")}, Attestations: true}
	layout := t.TempDir()
	must(t, index.WriteLayout(layout))
	host := ocitest.Serve(t, index)
	for _, ref := range []string{layout, host + "/test"} {
		test := func(asked, want string) {
			t.Helper()
			o := testOptions()
			o.Platform = asked
			got, err := Open(t.Context(), ref, o)
			if err != nil {
				t.Errorf("Open(%s, %q): %v", ref, asked, err)
				return
			}
			defer got.Close()
			if got.Platform != want || len(got.Platforms) != 4 {
				t.Errorf("Open(%s, %q) = %s of %v, want %s", ref, asked, got.Platform, got.Platforms, want)
			}
		}
		test("linux/amd64", "linux/amd64")
		test("x86_64", "linux/amd64")
		test("linux/arm64", "linux/arm64/v8")
		test("linux/arm/v7", "linux/arm/v7")
		test("linux/arm", "linux/arm/v7")
		test("linux/arm/v6", "linux/arm/v6")

		o := testOptions()
		o.Platform = "linux/s390x"
		_, err := Open(t.Context(), ref, o)
		if CodeOf(err) != NoPlatform || !strings.Contains(err.Error(), "no linux/s390x build. It has linux/amd64, linux/arm64/v8, linux/arm/v6, linux/arm/v7.") {
			t.Errorf("Open(%s, s390x) = %v", ref, err)
		}
	}
}

func TestSeveralImages(t *testing.T) {
	a, b := ocitest.Text(t, "tag acme/api:1.4\n-- a/x --\n1"), ocitest.Text(t, "tag acme/web:2\n-- a/y --\n22")
	dir := t.TempDir()
	file, zipped, layout := filepath.Join(dir, "a.tar"), filepath.Join(dir, "a.tgz"), filepath.Join(dir, "l")
	must(t, a.WriteDockerArchive(file, ocitest.ArchiveOptions{Others: []*ocitest.Image{b}}))
	must(t, a.WriteDockerArchive(zipped, ocitest.ArchiveOptions{Others: []*ocitest.Image{b}, Compress: "gzip"}))
	must(t, ocitest.WriteFolder(layout, ocitest.LayoutFiles(a, b)))
	for _, place := range []string{file, zipped, layout} {
		_, err := Open(t.Context(), place, testOptions())
		if CodeOf(err) != Ambiguous || !strings.Contains(err.Error(), "It holds 2 images: acme/api:1.4, acme/web:2.") {
			t.Errorf("Open(%s) = %v", place, err)
		}
		_, err = Open(t.Context(), place+"@3", testOptions())
		if CodeOf(err) != ManifestUnknown {
			t.Errorf("Open(%s@3) = %v", place, err)
		}
		for _, tag := range []string{"acme/web:2", "web:2", "2", "web"} {
			img, err := Open(t.Context(), place+"@"+tag, testOptions())
			if err != nil {
				t.Errorf("Open(%s@%s): %v", place, tag, err)
				continue
			}
			if img.Layers[0].DiffID != ocitest.Digest(b.Tar(0)) || len(blobs(t, img)) != 1 {
				t.Errorf("Open(%s@%s) took the wrong image", place, tag)
			}
			img.Close()
		}
	}
}

func TestSharedLayersAreVisitedOnce(t *testing.T) {
	same := ocitest.Layer{Entries: []ocitest.Entry{{Name: "x", Body: "1"}}}
	img := ocitest.Build(same, ocitest.Layer{Entries: []ocitest.Entry{{Name: "y"}}}, same)
	dir := t.TempDir()
	for n, style := range []ocitest.Style{ocitest.Legacy, ocitest.Modern, ocitest.Podman, ocitest.Crane} {
		file := filepath.Join(dir, fmt.Sprint(n))
		must(t, img.WriteDockerArchive(file, ocitest.ArchiveOptions{Style: style}))
		got, err := Open(t.Context(), file, testOptions())
		must(t, err)
		visits := 0
		got.Walk(t.Context(), func(context.Context, *Layer, io.Reader) error { visits++; return nil })
		if visits != 2 {
			t.Errorf("style %d: %d visits of 2 distinct layers", style, visits)
		}
		got.Close()
	}
}

func TestWalkStops(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a")
	must(t, ocitest.Text(t, story).WriteDockerArchive(file, ocitest.ArchiveOptions{Compress: "gzip"}))
	img, err := Open(t.Context(), file, testOptions())
	must(t, err)
	defer img.Close()
	n := 0
	err = img.Walk(t.Context(), func(context.Context, *Layer, io.Reader) error { n++; return os.ErrClosed })
	if err != os.ErrClosed || n != 1 {
		t.Errorf("Walk = %v after %d layers, want the function's error after 1", err, n)
	}
	ctx, cancel := context.WithCancel(t.Context())
	err = img.Walk(ctx, func(_ context.Context, _ *Layer, r io.Reader) error {
		cancel()
		_, err := io.Copy(io.Discard, r)
		return err
	})
	if err == nil {
		t.Error("Walk went on after it was canceled")
	}
}
