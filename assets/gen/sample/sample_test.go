package main

import (
	"archive/tar"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"weighline/analysis/oci/ocitest"
	"weighline/analysis/oracletest"
	"weighline/analysis/pep"
	"weighline/assets"
)

// built are both images, which no test changes.
var built = sync.OnceValues(func() ([2]*ocitest.Image, error) {
	before, after, err := images(context.Background())
	return [2]*ocitest.Image{before, after}, err
})

func build(t *testing.T) (before, after *ocitest.Image) {
	t.Helper()
	both, err := built()
	if err != nil {
		t.Fatal(err)
	}
	return both[0], both[1]
}

// diffIDs are the digests of the uncompressed layers.
func diffIDs(img *ocitest.Image) []string {
	var out []string
	for n := range img.Layers {
		out = append(out, ocitest.Digest(img.Tar(n)))
	}
	return out
}

// The compressed blobs may differ between Go releases, the layers may not.
func TestEmbeddedIsUpToDate(t *testing.T) {
	files := map[string][]byte{}
	r := tar.NewReader(bytes.NewReader(assets.SampleImages))
	for {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("sample/images.tar: %v; run go generate ./assets", err)
		}
		if files[h.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
	blob := func(digest string, v any) {
		t.Helper()
		if err := json.Unmarshal(files["blobs/"+strings.Replace(digest, ":", "/", 1)], v); err != nil {
			t.Fatalf("%s: %v", digest, err)
		}
	}
	type descriptor struct{ Digest string }
	var index struct{ Manifests []descriptor }
	if err := json.Unmarshal(files["index.json"], &index); err != nil || len(index.Manifests) != 2 {
		t.Fatalf("index.json: %d images, %v; want 2", len(index.Manifests), err)
	}
	before, after := build(t)
	for n, img := range []*ocitest.Image{before, after} {
		var manifest struct{ Config descriptor }
		blob(index.Manifests[n].Digest, &manifest)
		if want := img.ConfigBlob(); manifest.Config.Digest != want.Digest {
			t.Errorf("%s: the embedded config is %s, the generator makes %s; run go generate ./assets", img.Tag, manifest.Config.Digest, want.Digest)
		}
		var config struct {
			RootFS struct {
				DiffIDs []string `json:"diff_ids"`
			}
			Config ocitest.Config
		}
		blob(manifest.Config.Digest, &config)
		if want := diffIDs(img); !slices.Equal(config.RootFS.DiffIDs, want) {
			t.Errorf("%s: the embedded layers are %q, the generator makes %q; run go generate ./assets", img.Tag, config.RootFS.DiffIDs, want)
		}
		if got := config.Config.Labels["io.weighline.scale"]; got != "1:1000" {
			t.Errorf("%s: label io.weighline.scale = %q", img.Tag, got)
		}
	}
	if n := len(assets.SampleImages); n > 4_400_000 {
		t.Errorf("sample/images.tar takes %d bytes of the program, which is too much", n)
	}
}

func TestReproducible(t *testing.T) {
	a, b := build(t)
	c, d, err := images(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(diffIDs(a), diffIDs(c)) || !slices.Equal(diffIDs(b), diffIDs(d)) {
		t.Error("the same program made other layers the second time")
	}
}

func TestSharedLayers(t *testing.T) {
	before, after := build(t)
	a, b := diffIDs(before), diffIDs(after)
	if len(a) != 9 || len(b) != 6 {
		t.Fatalf("%d and %d layers, want 9 and 6", len(a), len(b))
	}
	if !slices.Equal(a[:3], b[:3]) || a[3] == b[3] {
		t.Error("exactly the first three layers must be the same")
	}
}

// TestFoundingStory checks the packages against the answer of pip.
func TestFoundingStory(t *testing.T) {
	var oracle struct {
		Packages []struct {
			Name, Version string
			Download      int64
		}
		Totals struct{ Download int64 }
	}
	b, err := os.ReadFile(oracletest.Path(t, "python/oracles/founding_story.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &oracle); err != nil {
		t.Fatal(err)
	}
	projects := projectsOf(t, "before")
	var total int64
	for i, want := range oracle.Packages {
		if i >= len(projects) {
			break
		}
		got := projects[i]
		total += got.download
		if got.release.Name != pep.Normalize(want.Name) || got.release.Version.String() != want.Version || got.download != want.Download {
			t.Errorf("package %d = %s %s of %d bytes, want %s %s of %d", i, got.release.Name, got.release.Version, got.download, want.Name, want.Version, want.Download)
		}
	}
	if len(projects) != len(oracle.Packages) || total != oracle.Totals.Download {
		t.Errorf("%d packages of %d bytes, want %d of %d", len(projects), total, len(oracle.Packages), oracle.Totals.Download)
	}
}

func TestAfterIsWithoutCUDA(t *testing.T) {
	names := map[pep.Name]string{}
	for _, p := range projectsOf(t, "after") {
		names[p.release.Name] = p.release.Version.String()
		if strings.HasPrefix(string(p.release.Name), "nvidia-") {
			t.Errorf("%s is there", p.release.Name)
		}
	}
	if names["torch"] != "2.7.1+cpu" {
		t.Errorf("torch %s, want 2.7.1+cpu", names["torch"])
	}
	for _, gone := range []pep.Name{"librosa", "scikit-learn", "scipy", "joblib", "threadpoolctl", "soundfile"} {
		if _, ok := names[gone]; ok {
			t.Errorf("%s is there", gone)
		}
	}
	if _, ok := names["triton"]; !ok {
		t.Error("triton is gone, but openai-whisper requires it")
	}
}
