package main

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"debug/elf"
	"encoding/base64"
	"encoding/csv"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"weighline/analysis/oci/ocitest"
	"weighline/analysis/pyindex"
	"weighline/assets"
)

// projectsOf returns what pip installs in one of the images.
func projectsOf(t *testing.T, which string) []project {
	t.Helper()
	c, err := pyindex.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	requirements := assets.SampleRequirements
	if which == "after" {
		c = c.With(pyindex.PyPI, cpuIndex)
		if requirements, err = app.ReadFile(slimName); err != nil {
			t.Fatal(err)
		}
	}
	projects, err := closure(t.Context(), c, requirements, assets.SampleConstraints)
	if err != nil {
		t.Fatal(err)
	}
	return projects
}

// forEachDist calls f with each distribution of both images, installed.
func forEachDist(t *testing.T, f func(p project, files tree, records [][]string)) {
	for _, which := range []string{"before", "after"} {
		for _, p := range projectsOf(t, which) {
			files := tree{}
			if err := files.install(p, installed{compile: true}); err != nil {
				t.Fatal(err)
			}
			for name, e := range files {
				if strings.HasSuffix(name, ".dist-info/RECORD") {
					rows, err := csv.NewReader(strings.NewReader(e.Body)).ReadAll()
					if err != nil {
						t.Fatalf("%s: %v", name, err)
					}
					f(p, files, rows)
				}
			}
		}
	}
}

func TestRecords(t *testing.T) {
	seen := 0
	forEachDist(t, func(p project, files tree, rows [][]string) {
		seen++
		if len(rows) != len(files) {
			t.Errorf("%s: RECORD has %d rows for %d files", p.release.Name, len(rows), len(files))
		}
		for _, row := range rows {
			e, ok := files[path.Join(sitePackages, row[0])]
			if !ok {
				t.Errorf("%s: %s is not there", p.release.Name, row[0])
				continue
			}
			unhashed := strings.HasSuffix(row[0], ".pyc") || strings.HasSuffix(row[0], "/RECORD")
			if unhashed != (row[1] == "") {
				t.Errorf("%s: %s: hash %q", p.release.Name, row[0], row[1])
			}
			sum := sha256.Sum256([]byte(e.Body))
			if hash := "sha256=" + base64.RawURLEncoding.EncodeToString(sum[:]); !unhashed && (row[1] != hash || row[2] != strconv.Itoa(len(e.Body))) {
				t.Errorf("%s: %s: %s,%s; want %s,%d", p.release.Name, row[0], row[1], row[2], hash, len(e.Body))
			}
		}
	})
	if seen != 72+42 {
		t.Errorf("%d distributions, want 72 and 42", seen)
	}
}

// What is not in scale are the bytes that cannot shrink: 1 kB for the smallest
// package, 14 kB for the one with the longest list of requirements.
const floor = 14_000

func TestUnpackedInScale(t *testing.T) {
	forEachDist(t, func(p project, files tree, _ [][]string) {
		var got int64
		for name, e := range files {
			if !strings.HasSuffix(name, ".pyc") {
				got += int64(len(e.Body))
			}
		}
		want := p.unpacked / scale
		if got < want || want < floor && got > floor || want >= floor && got > want+want/50 {
			t.Errorf("%s: %d bytes; the scaled ones are %d", p.release.Name, got, want)
		}
	})
}

func TestDownloadInScale(t *testing.T) {
	forEachDist(t, func(p project, files tree, _ [][]string) {
		want := p.download / scale
		if want < 10_000 {
			return // names and headers weigh more than what they are about
		}
		img := ocitest.Build(ocitest.Layer{Level: 9, Entries: files.entries(time.Time{})})
		if got := img.LayerBlob(0).Size; got < want*85/100 || got > want*130/100 {
			t.Errorf("%s: %d bytes compressed; the scaled download is %d", p.release.Name, got, want)
		}
	})
}

func TestLibraries(t *testing.T) {
	test := func(needed []string, n int64) {
		t.Helper()
		f, err := elf.NewFile(strings.NewReader(library("key", "libx.so.1", needed, n, 0.5)))
		if err != nil {
			t.Fatalf("%d bytes needing %q: %v", n, needed, err)
		}
		if len(needed) == 0 {
			return
		}
		got, err := f.DynString(elf.DT_NEEDED)
		if err != nil || !slices.Equal(got, needed) {
			t.Errorf("needed = %q, %v; want %q", got, err, needed)
		}
		if got, err := f.DynString(elf.DT_SONAME); err != nil || !slices.Equal(got, []string{"libx.so.1"}) {
			t.Errorf("soname = %q, %v", got, err)
		}
	}
	test(nil, 64)
	test(nil, 2047)
	test([]string{"libc.so.6"}, 0)
	test([]string{"liba.so", "libb.so.2"}, 5000)
	if got := len(library("key", "libx.so.1", nil, 5000, 0.5)); got != 5000 {
		t.Errorf("library of 5000 bytes has %d", got)
	}
}

func TestContentSizes(t *testing.T) {
	for _, name := range []string{"a/x.py", "a/x.so", "a/x.h", "a/x.bin"} {
		for n := int64(64); n < 5000; n += 7 {
			if got := int64(len(content("key", name, "", n, 0.4, nil))); got != n {
				t.Fatalf("content of %s with %d bytes has %d", name, n, got)
			}
		}
	}
	head := "import torch\n"
	for n := range int64(200) {
		if got := content("key", "x.py", head, n, 0, nil); int64(len(got)) != max(n, int64(len(head))) || !strings.HasPrefix(got, head) {
			t.Fatalf("code of %d bytes with a head = %q", n, got)
		}
	}
}

// TestBlob: the share is what gzip leaves.
func TestBlob(t *testing.T) {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(blob("key", 1_000_000, 0.4))); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if b.Len() < 400_000 || b.Len() > 415_000 {
		t.Errorf("a blob of 1 MB with 40 %% noise compresses to %d", b.Len())
	}
}
