//go:build truth

package attribution_test

import (
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"weighline/analysis/attribution"
	"weighline/analysis/attribution/truthtest"
	"weighline/analysis/layer"
)

// TestTruth compares every figure with the ones that a script computed which
// shares no code with this module. Set CORPUS to the folder that
// shared/images/all.sh filled.
func TestTruth(t *testing.T) {
	corpus := truthtest.Corpus(t)
	layouts, _ := filepath.Glob(filepath.Join(corpus, "images", "*.oci"))
	for _, l := range layouts {
		base := strings.TrimSuffix(filepath.Base(l), ".oci")
		t.Run(base, func(t *testing.T) { checkImage(t, l, filepath.Join(corpus, "truth", base+".json"), truthtest.Same) })
	}
	variants(t, corpus)
}

// variants checks the same images in other wrappings.
func variants(t *testing.T, corpus string) {
	var list map[string]struct {
		BaseTruth   string `json:"base_truth"`
		SameDiffIDs bool   `json:"same_diff_ids"`
	}
	b, err := os.ReadFile(filepath.Join(corpus, "truth", "variants.json"))
	if err != nil {
		t.Logf("no variants: %v", err)
		return
	}
	if err := json.Unmarshal(b, &list); err != nil {
		t.Fatal(err)
	}
	for name, v := range list {
		if !strings.HasSuffix(name, ".oci") {
			continue // archives are the business of package oci
		}
		t.Run("variants/"+name, func(t *testing.T) {
			tr := filepath.Join(corpus, "truth", v.BaseTruth)
			own := filepath.Join(corpus, "truth", strings.TrimSuffix(name, ".oci")+".json")
			if _, err := os.Stat(own); err == nil {
				checkImage(t, filepath.Join(corpus, "images", "variants", name), own, truthtest.Same)
				return
			}
			how := truthtest.Wrapped
			if !v.SameDiffIDs {
				how = truthtest.Repacked // eStargz adds files of its own
			}
			checkImage(t, filepath.Join(corpus, "images", "variants", name), tr, how)
		})
	}
}

type descriptor struct {
	MediaType string
	Digest    string
	Size      int64
	Platform  *struct{ OS, Architecture string }
}

// openLayout returns the layers of a layout's image.
func openLayout(t *testing.T, dir string) []layer.Source {
	t.Helper()
	blob := func(digest string) string {
		return filepath.Join(dir, "blobs", strings.Replace(digest, ":", "/", 1))
	}
	read := func(file string, v any) {
		b, err := os.ReadFile(file)
		if err == nil {
			err = json.Unmarshal(b, v)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	var m struct {
		Manifests []descriptor
		Config    descriptor
		Layers    []descriptor
	}
	read(filepath.Join(dir, "index.json"), &m)
	m.Manifests = m.Manifests[:1]
	for len(m.Manifests) > 0 {
		i := slices.IndexFunc(m.Manifests, func(d descriptor) bool {
			return len(m.Manifests) == 1 || d.Platform != nil && d.Platform.OS == "linux" && d.Platform.Architecture == "amd64"
		})
		d := m.Manifests[i]
		m.Manifests = nil
		read(blob(d.Digest), &m)
	}
	var config struct {
		Rootfs struct {
			DiffIDs []string `json:"diff_ids"`
		}
	}
	read(blob(m.Config.Digest), &config)
	var sources []layer.Source
	for i, l := range m.Layers {
		sources = append(sources, layer.Source{
			DiffID: config.Rootfs.DiffIDs[i], Digest: l.Digest, MediaType: l.MediaType, Size: l.Size,
			Open: func(context.Context) (io.ReadCloser, error) { return os.Open(blob(l.Digest)) },
		})
	}
	return sources
}

func checkImage(t *testing.T, layout, truthFile string, how truthtest.Form) {
	want := truthtest.Load(t, truthFile)
	sources := openLayout(t, layout)
	opts := layer.LayersOptions{Read: layer.ReadOptions{Keep: attribution.Keep, Scan: attribution.Scan, VerifyDiffID: true}}
	indexes, errs := layer.ReadLayers(t.Context(), sources, opts)
	for _, err := range errs {
		if err != nil {
			t.Error(err)
		}
	}
	for i, x := range indexes {
		y, err := layer.Decode(x.Encode())
		if err != nil {
			t.Fatalf("layer %d: %v", i, err)
		}
		indexes[i] = y // all figures must be the same from the cache
	}
	tree, err := layer.Stack(t.Context(), indexes)
	if err != nil {
		t.Fatal(err)
	}
	ledger, err := attribution.Attribute(t.Context(), tree, attribution.Options{})
	if err != nil {
		t.Fatal(err)
	}
	want.Check(t, indexes, tree, ledger, how)
}
