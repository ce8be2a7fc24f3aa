//go:build truth

package attribution_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"

	"weighline/analysis/attribution"
	"weighline/analysis/layer"
)

// truth is what shared/images/60-truth.py writes about an image.
type truth struct {
	Totals struct {
		Layers            int
		CompressedBytes   int64 `json:"compressed_bytes"`
		UncompressedBytes int64 `json:"uncompressed_bytes"`
		ContentBytes      int64 `json:"content_bytes"`
		Entries, Files    int
	}
	Rootfs struct {
		Files, Dirs, Symlinks, Devices int
		FileNames                      int `json:"file_names"`
		Bytes                          int64
		BytesByName                    int64 `json:"bytes_by_name"`
	}
	Waste struct {
		Bytes int64
		Files int
		ByWhy map[string]struct {
			Bytes int64
			Files int
		} `json:"by_why"`
		Top []struct {
			Path     string
			Bytes    int64
			Layer    int
			KilledBy int `json:"killed_by"`
			Why      string
		}
	}
	Duplicates struct {
		Groups int
		Bytes  int64
		Top    []struct {
			BytesSaved int64 `json:"bytes_saved"`
			Size       int64
			Count      int
			Paths      []string
		}
	}
	Largest []struct {
		Path  string
		Bytes int64
		Layer int
	}
	Setuid []struct{ Path, Mode string }
	Dirs   map[string]int64
	Layers []struct {
		Digest, Compression                                           string
		DiffID                                                        string `json:"diff_id"`
		Missing                                                       bool   `json:"missing_blob"`
		Entries, Files, Dirs, Symlinks, Hardlinks, Devices, Whiteouts int
		Opaque                                                        int
		AufsMeta                                                      int   `json:"aufs_meta"`
		ContentBytes                                                  int64 `json:"content_bytes"`
		CompressedBytes                                               int64 `json:"compressed_bytes"`
		UncompressedBytes                                             int64 `json:"uncompressed_bytes"`
		SurvivingBytes                                                int64 `json:"surviving_bytes"`
		WastedBytes                                                   int64 `json:"wasted_bytes"`
		WastedFiles                                                   int   `json:"wasted_files"`
	}
	Python struct {
		Count, WithRecord int
		Bytes             int64
		Dists             []struct {
			Name, Normalized, Version, Kind, Metadata, Site string
			Installer                                       string
			Requires                                        []string
			Record                                          bool
			Bytes                                           int64
			Files, Missing                                  int
			PycBytes                                        int64 `json:"pyc_bytes"`
		}
	}
	Dpkg struct {
		Count    int
		Bytes    int64
		Packages []struct {
			Name, Version, Arch string
			Bytes               int64
			Files, Missing      int
			Statusd             bool
		}
	}
	Apk []struct {
		Name, Version  string
		Bytes          int64
		Files, Missing int
	}
	Node struct {
		Count int
		Bytes int64
		Top   []struct {
			Path  string
			Bytes int64
			Files int
		}
	}
}

// TestTruth compares every figure with the ones that a script computed which
// shares no code with this module. Set CORPUS to the folder that
// shared/images/all.sh filled.
func TestTruth(t *testing.T) {
	corpus := os.Getenv("CORPUS")
	if corpus == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			t.Fatal(err)
		}
		corpus = filepath.Join(home, ".cache", "weighline-corpus")
	}
	layouts, _ := filepath.Glob(filepath.Join(corpus, "images", "*.oci"))
	if len(layouts) == 0 {
		t.Skipf("no images in %s: run shared/images/all.sh", corpus)
	}
	for _, l := range layouts {
		base := strings.TrimSuffix(filepath.Base(l), ".oci")
		t.Run(base, func(t *testing.T) { checkImage(t, l, filepath.Join(corpus, "truth", base+".json"), same) })
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
				checkImage(t, filepath.Join(corpus, "images", "variants", name), own, same)
				return
			}
			how := wrapped
			if !v.SameDiffIDs {
				how = repacked // eStargz adds files of its own
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

// A checker compares figures.
type checker struct {
	t      *testing.T
	checks int
}

func equal[T comparable](c *checker, what string, got, want T) {
	c.t.Helper()
	if c.checks++; got != want {
		c.t.Errorf("%s = %v, want %v", what, got, want)
	}
}

// How an image relates to the one that the truth is about.
const (
	same     = iota
	wrapped  // the same tar streams, compressed otherwise
	repacked // the same files, in other tar streams
)

func checkImage(t *testing.T, layout, truthFile string, how int) {
	b, err := os.ReadFile(truthFile)
	if err != nil {
		t.Skipf("no truth: %v", err)
	}
	var want truth
	if err := json.Unmarshal(b, &want); err != nil {
		t.Fatal(err)
	}
	sources := openLayout(t, layout)
	opts := layer.LayersOptions{Read: layer.ReadOptions{Keep: attribution.Keep, VerifyDiffID: true}}
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
	c := &checker{t: t}
	if how != repacked {
		checkLayers(c, &want, indexes, tree, how == wrapped)
		checkRoot(c, &want, tree)
		checkWaste(c, &want, tree)
		checkDuplicates(c, &want, tree)
	}
	checkPackages(c, &want, tree, strings.TrimSuffix(truthFile, ".json")+".rpm-qa.json")
	t.Logf("%d figures", c.checks)
}

func checkLayers(c *checker, want *truth, indexes []*layer.Index, tree *layer.Tree, wrapped bool) {
	equal(c, "layers", len(indexes), want.Totals.Layers)
	var compressed, uncompressed, content int64
	entries, files := 0, 0
	for i, w := range want.Layers {
		x, s := indexes[i], tree.Layers[i]
		at := func(what string) string { return fmt.Sprintf("layer %d %s", i, what) }
		if !wrapped {
			equal(c, at("digest"), x.Digest, w.Digest)
			equal(c, at("compression"), x.Compression, w.Compression)
			equal(c, at("compressed"), x.CompressedSize, w.CompressedBytes)
		}
		equal(c, at("diff ID"), x.DiffID, w.DiffID)
		equal(c, at("uncompressed"), x.UncompressedSize, w.UncompressedBytes)
		equal(c, at("content"), x.ContentBytes, w.ContentBytes)
		equal(c, at("content in the stack"), s.Content, w.ContentBytes)
		equal(c, at("kept"), s.Kept, w.SurvivingBytes)
		equal(c, at("waste"), s.Waste, w.WastedBytes)
		equal(c, at("wasted files"), s.WasteFiles, w.WastedFiles)
		equal(c, at("counts"), x.Counts, layer.Counts{
			Entries: w.Entries, Files: w.Files, Dirs: w.Dirs, Symlinks: w.Symlinks, Hardlinks: w.Hardlinks,
			Devices: w.Devices, Whiteouts: w.Whiteouts, Opaques: w.Opaque, Aufs: w.AufsMeta,
		})
		compressed, uncompressed, content = compressed+x.CompressedSize, uncompressed+x.UncompressedSize, content+x.ContentBytes
		entries, files = entries+x.Counts.Entries, files+x.Counts.Files
	}
	if !wrapped {
		equal(c, "compressed", compressed, want.Totals.CompressedBytes)
	}
	equal(c, "uncompressed", uncompressed, want.Totals.UncompressedBytes)
	equal(c, "content", content, want.Totals.ContentBytes)
	equal(c, "entries", entries, want.Totals.Entries)
	equal(c, "files", files, want.Totals.Files)
}

func checkRoot(c *checker, want *truth, tree *layer.Tree) {
	r := want.Rootfs
	equal(c, "root file system", tree.Totals, layer.Totals{
		Files: r.Files, Bytes: r.Bytes, FileNames: r.FileNames, BytesByName: r.BytesByName,
		Dirs: r.Dirs, Symlinks: r.Symlinks, Devices: r.Devices,
	})
	var files []layer.Node
	setuid := map[string]string{}
	for n := layer.Root + 1; int(n) < tree.Len(); n++ {
		if tree.Kind(n) != layer.File {
			continue
		}
		if tree.Perm(n)&0o6000 != 0 {
			setuid[tree.FullPath(n)] = fmt.Sprintf("0o%o", tree.Perm(n))
		}
		if !tree.Secondary(n) {
			files = append(files, n)
		}
	}
	sort.SliceStable(files, func(i, j int) bool {
		a, b := files[i], files[j]
		if tree.Size(a) != tree.Size(b) {
			return tree.Size(a) > tree.Size(b)
		}
		return tree.FullPath(a) < tree.FullPath(b)
	})
	for i, w := range want.Largest {
		n := files[i]
		equal(c, fmt.Sprintf("largest file %d", i), fmt.Sprint(tree.FullPath(n), tree.Size(n), tree.LayerOf(n)), fmt.Sprint(w.Path, w.Bytes, w.Layer))
	}
	equal(c, "setuid files", len(setuid), len(want.Setuid))
	for _, w := range want.Setuid {
		equal(c, "mode of "+w.Path, setuid[w.Path], w.Mode)
	}
	for p, w := range want.Dirs {
		n, ok := tree.Lookup(p)
		equal(c, p+" is there", ok, true)
		if strings.Count(p, "/") < 3 || p == "/" { // deeper ones include only files three levels down
			equal(c, "bytes in "+p, tree.Bytes(n), w)
		}
	}
}

func checkWaste(c *checker, want *truth, tree *layer.Tree) {
	equal(c, "waste", tree.WasteTotal(), layer.WasteSum{Bytes: want.Waste.Bytes, Files: want.Waste.Files})
	for i, got := range tree.WasteByWhy() {
		w := want.Waste.ByWhy[layer.Why(i).String()]
		equal(c, "waste "+layer.Why(i).String(), got, layer.WasteSum{Bytes: w.Bytes, Files: w.Files})
	}
	equal(c, "all of the waste", len(tree.Waste(0)), want.Waste.Files)
	top := tree.Waste(100)
	equal(c, "top of the waste", len(top), len(want.Waste.Top))
	for i, w := range want.Waste.Top {
		equal(c, fmt.Sprintf("waste %d", i), fmt.Sprintln(top[i].Path, top[i].Bytes, top[i].Layer, top[i].RemovedBy, top[i].Why), fmt.Sprintln(w.Path, w.Bytes, w.Layer, w.KilledBy, w.Why))
	}
}

func checkDuplicates(c *checker, want *truth, tree *layer.Tree) {
	groups := tree.Duplicates()
	equal(c, "groups of duplicates", len(groups), want.Duplicates.Groups)
	var sum int64
	for _, g := range groups {
		sum += g.Bytes()
	}
	equal(c, "bytes of duplicates", sum, want.Duplicates.Bytes)
	type group struct {
		saved, size int64
		count       int
		paths       string
	}
	var got []group
	for _, g := range groups {
		var paths []string
		for _, n := range g.Nodes {
			paths = append(paths, tree.FullPath(n))
		}
		slices.Sort(paths)
		got = append(got, group{g.Bytes(), g.Size, len(paths), strings.Join(paths[:min(10, len(paths))], " ")})
	}
	sort.SliceStable(got, func(i, j int) bool {
		if got[i].saved != got[j].saved {
			return got[i].saved > got[j].saved
		}
		return got[i].paths < got[j].paths
	})
	for i, w := range want.Duplicates.Top {
		equal(c, fmt.Sprintf("duplicates %d", i), got[i], group{w.BytesSaved, w.Size, w.Count, strings.Join(w.Paths, " ")})
	}
}
