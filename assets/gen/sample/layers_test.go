package main

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"weighline/analysis/oci/ocitest"
)

// files are the files of an image, by path.
func files(img *ocitest.Image) tree {
	var trees []tree
	for _, l := range img.Layers {
		t := tree{}
		for _, e := range l.Entries {
			if !strings.HasSuffix(e.Name, "/") {
				t[e.Name] = e
			}
		}
		trees = append(trees, t)
	}
	return stack(trees...)
}

func size(t tree) (n int) {
	for _, e := range t {
		n += len(e.Body)
	}
	return n
}

func TestWholeImages(t *testing.T) {
	before, after := build(t)
	if got := size(files(before)); got < 6_500_000 || got > 7_500_000 {
		t.Errorf("before: %d bytes", got)
	}
	if got := size(files(after)); got < 1_500_000 || got > 2_000_000 {
		t.Errorf("after: %d bytes", got)
	}
	have := files(before)
	for _, name := range []string{"app/main.py", "app/.git/HEAD", "usr/bin/ffmpeg", "usr/local/bin/torchrun", sitePackages + "/torch/lib/libtorch_cuda.so"} {
		if _, ok := have[name]; !ok {
			t.Errorf("before: %s is missing", name)
		}
	}
	for name := range have {
		if strings.HasPrefix(name, "root/.cache/") || strings.Contains(name, "gcc-12/") && !strings.Contains(name, "doc/gcc-12-base") ||
			strings.Contains(name, "setuptools-65.5.1.dist-info") {
			t.Errorf("before: %s is still there", name)
		}
	}
	slim := files(after)
	for name := range slim {
		if strings.Contains(name, "tests/data") && strings.HasPrefix(name, "app/") || strings.Contains(name, "/nvidia/cu") {
			t.Errorf("after: %s is there", name)
		}
	}
}

// TestChownCopies: the last layer of before stores again what is there.
func TestChownCopies(t *testing.T) {
	before, _ := build(t)
	last := len(before.Layers) - 1
	below := files(&ocitest.Image{Layers: before.Layers[:last]})
	same := 0
	for _, e := range before.Layers[last].Entries {
		if old, ok := below[e.Name]; ok && old.Body == e.Body && e.UID == appUser {
			same++
		}
	}
	if same < 40 {
		t.Errorf("only %d files were stored again unchanged", same)
	}
}

func TestStatus(t *testing.T) {
	before, _ := build(t)
	groups, err := debGroups()
	if err != nil {
		t.Fatal(err)
	}
	status := func(n int) string {
		for _, e := range before.Layers[n].Entries {
			if e.Name == "var/lib/dpkg/status" {
				return e.Body
			}
		}
		t.Fatalf("layer %d has no status file", n)
		return ""
	}
	base, media, tools := len(groups["base"]), len(groups["media"]), len(groups["build"])
	for layer, want := range map[int]int{0: base, 1: base + media, 3: base + media + tools, 6: base + media} {
		if got := strings.Count(status(layer), "\nStatus: install ok installed\n"); got != want {
			t.Errorf("layer %d: %d packages, want %d", layer, got, want)
		}
	}
	if base < 25 || tools < 15 {
		t.Errorf("%d packages in the base, %d to build", base, tools)
	}
}

func TestWithout(t *testing.T) {
	below := tree{}
	for _, name := range []string{"a/b/c/1", "a/b/c/2", "a/b/3", "a/4", "d/e/5"} {
		below.put(name, "")
	}
	test := func(want string, files ...string) {
		t.Helper()
		got := strings.Join(slices.Sorted(maps.Keys(without(below, files))), " ")
		if got != want {
			t.Errorf("without(%q) = %q, want %q", files, got, want)
		}
	}
	test("a/b/.wh.3", "a/b/3")
	test("a/b/.wh.c", "a/b/c/1", "a/b/c/2")
	test("a/.wh.b", "a/b/c/1", "a/b/c/2", "a/b/3")
	test(".wh.d a/b/c/.wh.1", "d/e/5", "a/b/c/1")
}

func TestExpand(t *testing.T) {
	test := func(word string, want ...shapeFile) {
		t.Helper()
		got, err := expand(word)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("expand(%q) = %v, %v; want %v", word, got, err, want)
		}
	}
	test("a/x.so", shapeFile{path: "a/x.so", weight: 100})
	test("a/{x,y=7}.py", shapeFile{path: "a/x.py", weight: 10}, shapeFile{path: "a/y.py", weight: 7})
	test("{x,y=7}=2", shapeFile{path: "x", weight: 2}, shapeFile{path: "y", weight: 7})
	test("{,i/}z.py=0", shapeFile{path: "z.py"}, shapeFile{path: "i/z.py"})
	test("bin/sh->dash", shapeFile{path: "bin/sh", link: "dash", weight: 1})
	for _, bad := range []string{"a/{b", "a=x"} {
		if got, err := expand(bad); err == nil {
			t.Errorf("expand(%q) = %v, want an error", bad, got)
		}
	}
}
