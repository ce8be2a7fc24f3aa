package depgraph

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"weighline/analysis/bytesize"
	"weighline/analysis/oracletest"
	"weighline/analysis/pep"
	"weighline/analysis/reqfile"
)

var update = flag.Bool("update", false, "write the table of followed locks in docs/formats.md")

// load reads a lock with its project file.
func load(t testing.TB, path string) *reqfile.Lock {
	t.Helper()
	doc, err := reqfile.Load(t.Context(), path, reqfile.Options{Env: func(string) string { return "" }})
	if err != nil {
		t.Fatal(err)
	}
	return doc.Lock
}

// parseLock reads a lock from text.
func parseLock(t testing.TB, name, text string) *reqfile.Lock {
	t.Helper()
	doc, err := reqfile.Parse(t.Context(), strings.NewReader(text), name, reqfile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return doc.Lock
}

func follow(t testing.TB, lock *reqfile.Lock, python, platform string, o LockOptions) *Graph {
	t.Helper()
	target, err := pep.ParseTarget(python, platform)
	if err != nil {
		t.Fatal(err)
	}
	g, err := FromLock(t.Context(), lock, target, o)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// allIndexes is the catalogue with the figures of all its indexes.
func allIndexes(t testing.TB) Source {
	c := catalogue(t)
	return c.With(c.Indexes()...)
}

func locks(t testing.TB) (root string, list []string) {
	root = oracletest.Path(t, "python/projects")
	err := filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
		if base := filepath.Base(path); strings.HasSuffix(base, ".lock") || base == "pylock.toml" {
			list = append(list, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return root, list
}

const formatsSection = `## What locks come to

Followed for linux/amd64, CPython 3.11, without extras and groups, with the
catalogue for what the lock does not tell. Unknown: packages whose download has
no known size.

| lock | packages | download | unknown | edges | warnings |
|---|---|---|---|---|---|
`

// TestFollowProjects follows every real lock for three targets. Each package
// must be reached from a root, and have a size or the reason why not.
func TestFollowProjects(t *testing.T) {
	root, list := locks(t)
	var rows []string
	for _, path := range list {
		rel, _ := filepath.Rel(root, path)
		lock := load(t, path)
		for i, on := range [][2]string{{"3.11", "linux/amd64"}, {"3.12", "linux/amd64"}, {"3.12", "macos/arm64"}} {
			g := follow(t, lock, on[0], on[1], LockOptions{Source: allIndexes(t)})
			total := g.Total()
			if total.Packages != len(g.Nodes()) || total.Packages == 0 {
				t.Errorf("%s for %v: %d of %d packages hang on roots", rel, on, total.Packages, len(g.Nodes()))
			}
			for _, n := range g.Nodes() {
				if (n.Download.Basis == bytesize.Unknown) != (n.Reason != "") {
					t.Errorf("%s for %v: %s: download %v, reason %q", rel, on, n.Name, n.Download, n.Reason)
				}
			}
			if i == 0 {
				codes := map[string]int{}
				for _, w := range g.Warnings() {
					codes[w.Code]++
				}
				var words []string
				for _, c := range slices.Sorted(maps.Keys(codes)) {
					words = append(words, fmt.Sprintf("%d %s", codes[c], c))
				}
				rows = append(rows, fmt.Sprintf("| %s | %d | %s | %d | %d | %s |\n", rel, total.Packages, total.Download.Size, total.Download.Unknown, len(g.Edges()), strings.Join(words, ", ")))
			}
		}
	}
	text := formatsSection + strings.Join(rows, "")
	target := filepath.Join("..", "..", "docs", "formats.md")
	old, err := os.ReadFile(target)
	if err != nil {
		t.Fatal(err)
	}
	head, section, _ := bytes.Cut(old, []byte("\n"+formatsSection[:strings.Index(formatsSection, "\n")]))
	if *update {
		if err := os.WriteFile(target, append(head, "\n"+text...), 0o666); err != nil {
			t.Fatal(err)
		}
	} else if want := text[strings.Index(text, "\n"):]; string(section) != want {
		t.Errorf("docs/formats.md is not what the locks come to now: run go test ./analysis/depgraph -run TestFollowProjects -update")
	}
}

// uvReader follows a uv.lock in Python, by its own reading of the format, with
// the markers of the library "packaging", which pip carries.
const uvReader = `
import functools, json, sys, tomllib
from pip._vendor.packaging.markers import Marker
lock = tomllib.load(open(sys.argv[1], "rb"))
def read(python, extras, groups):
    env = {"python_version": python, "python_full_version": python + ".5", "implementation_version": python + ".5", "implementation_name": "cpython",
           "os_name": "posix", "sys_platform": "linux", "platform_machine": "x86_64", "platform_system": "Linux",
           "platform_python_implementation": "CPython", "platform_release": "", "platform_version": "", "extra": ""}
    holds = functools.cache(lambda text: not text or Marker(text).evaluate(env))
    def find(d):
        hits = [p for p in lock["package"] if p["name"] == d["name"]
                and ("version" not in d or p.get("version") == d["version"]) and ("source" not in d or p["source"] == d["source"])]
        assert len(hits) == 1, (d, hits)
        return hits[0]
    top = [p for p in lock["package"] if p["source"].get("editable", p["source"].get("virtual")) == "."][0]
    seen, found = set(), {}
    def go(deps):
        for d in deps:
            if not holds(d.get("marker", "")): continue
            p = find(d)
            for x in [None] + d.get("extra", []):
                key = (p["name"], p.get("version"), x)
                if key in seen: continue
                seen.add(key)
                if p is not top: found[p["name"]] = p.get("version", "")
                go(p.get("optional-dependencies", {}).get(x, []) if x else p.get("dependencies", []))
    go(top.get("dependencies", []))
    for x in extras: go(top.get("optional-dependencies", {}).get(x, []))
    for g in groups: go(top.get("dev-dependencies", {}).get(g, []))
    return found
json.dump([read(*q) for q in json.loads(sys.argv[2])], sys.stdout)
`

// TestFollowUvAgainstPython compares with the independent reading.
func TestFollowUvAgainstPython(t *testing.T) {
	t.Parallel()
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("no python3 here")
	}
	if err := exec.Command(python, "-c", "import tomllib, pip._vendor.packaging.markers").Run(); err != nil {
		t.Skip("this python3 has no tomllib or no pip")
	}
	type query struct {
		python         string
		extras, groups []string
	}
	test := func(project string, queries ...query) {
		t.Helper()
		path := oracletest.Path(t, "python/projects/"+project+"/uv.lock")
		var words [][]any
		for _, q := range queries {
			words = append(words, []any{q.python, append([]string{}, q.extras...), append([]string{}, q.groups...)})
		}
		text, err := json.Marshal(words)
		if err != nil {
			t.Fatal(err)
		}
		out, err := exec.CommandContext(t.Context(), python, "-c", uvReader, path, string(text)).Output()
		if err != nil {
			t.Fatal(err)
		}
		var answers []map[string]string
		if err := json.Unmarshal(out, &answers); err != nil {
			t.Fatal(err)
		}
		lock := load(t, path)
		for i, q := range queries {
			want := answers[i]
			g := follow(t, lock, q.python, "linux/amd64", LockOptions{Extras: q.extras, Groups: q.groups})
			if len(want) < 10 || len(g.Nodes()) != len(want) {
				t.Errorf("%s %v: %d packages, the independent reading has %d", project, q, len(g.Nodes()), len(want))
			}
			for _, n := range g.Nodes() {
				if v, ok := want[string(n.Name)]; !ok || v != n.Version {
					t.Errorf("%s %v: %s %q, the independent reading has %q", project, q, n.Name, n.Version, v)
				}
			}
		}
	}
	test("docling-2025-06-30", query{"3.11", nil, nil}, query{"3.9", nil, nil}, query{"3.12", []string{"vlm", "asr"}, []string{"dev", "examples"}})
	test("whisperX-2025-10-16", query{"3.11", nil, nil}, query{"3.13", nil, nil})
	test("codecarbon-2026-08-08", query{"3.11", []string{"viz"}, []string{"dev"}})
}

// TestFollowTorch takes the wheel for the target, not the first with a size.
func TestFollowTorch(t *testing.T) {
	test := func(path, platform, file string, low, high bytesize.Size) {
		t.Helper()
		g := follow(t, load(t, oracletest.Path(t, "python/projects/"+path)), "3.12", platform, LockOptions{Source: allIndexes(t)})
		i, ok := g.Index("torch")
		if !ok {
			t.Fatalf("%s: no torch", path)
		}
		n := g.Nodes()[i]
		if n.File != file || n.Download.Size < low || n.Download.Size > high {
			t.Errorf("%s for %s: %s of %s, want %s of %s to %s", path, platform, n.File, n.Download, file, low, high)
		}
	}
	test("docling-2025-06-30/uv.lock", "linux/amd64", "torch-2.7.1-cp312-cp312-manylinux_2_28_x86_64.whl", 820_900_000, 821_100_000)
	test("docling-2025-06-30/uv.lock", "linux/arm64", "torch-2.7.1-cp312-cp312-manylinux_2_28_aarch64.whl", 98_000_000, 100_000_000)
	test("docling-2025-06-30/uv.lock", "macos/arm64", "torch-2.7.1-cp312-none-macosx_11_0_arm64.whl", 60_000_000, 80_000_000)
	test("docling-poetry-2025-06-02/poetry.lock", "linux/amd64", "torch-2.7.0-cp312-cp312-manylinux_2_28_x86_64.whl", 0, 0) // in no source
}

func BenchmarkFollowDocling(b *testing.B) {
	lock := load(b, oracletest.Path(b, "python/projects/docling-2025-06-30/uv.lock"))
	for b.Loop() {
		if _, err := FromLock(b.Context(), lock, pep.DefaultTarget(), LockOptions{Extras: []string{"vlm", "asr"}}); err != nil {
			b.Fatal(err)
		}
	}
}
