package truthtest

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"weighline/analysis/layer"
)

func checkLayers(c *checker, want *Truth, indexes []*layer.Index, tree *layer.Tree, wrapped bool) {
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

func checkRoot(c *checker, want *Truth, tree *layer.Tree) {
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

func checkWaste(c *checker, want *Truth, tree *layer.Tree) {
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

func checkDuplicates(c *checker, want *Truth, tree *layer.Tree) {
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
