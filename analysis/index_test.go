package analysis

import (
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"weighline/analysis/bytesize"
	"weighline/analysis/depgraph"
	"weighline/analysis/fileclass"
	"weighline/analysis/plan"
	"weighline/analysis/pyindex/indextest"
)

var indexWheels = []indextest.Wheel{
	{File: "app-1.0-py3-none-any.whl", Requires: []string{"lib>=1"}},
	{File: "lib-1.5-cp311-cp311-manylinux_2_17_x86_64.whl", Content: map[string]int{"lib/core.so": 5000, "lib/tests/t.py": 40}},
	{File: "lib-1.6-cp312-cp312-manylinux_2_17_x86_64.whl"},
}

func fileWith(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestIndex resolves against an index, with exact sizes, and says where they
// come from; the password of the index is nowhere.
func TestIndex(t *testing.T) {
	x := indextest.Serve(t, indexWheels...)
	address := strings.Replace(x.URL, "://", "://me:s3cret@", 1)
	file := fileWith(t, "requirements.txt", "app\n")
	var received atomic.Int64
	b, err := Analyze(t.Context(), Input{Files: []string{file}}, Options{Index: []string{address}, IndexCache: "none",
		Progress: func(p Progress) { received.Add(p.Done) }})
	if err != nil {
		t.Fatal(err)
	}
	g := b.Deps.Graph
	if len(g.Nodes()) != 2 || received.Load() == 0 || !strings.Contains(b.Deps.Catalogue, x.URL) {
		t.Errorf("%+v, %d bytes, from %q", g.Nodes(), received.Load(), b.Deps.Catalogue)
	}
	i, _ := g.Index("lib")
	if n := g.Nodes()[i]; n.Version != "1.5" || n.Source != "index" || n.Index != x.URL || n.UnpackedBasis != depgraph.WheelBasis || n.Unpacked.Size < 5000 || n.Unpacked.Size > 5200 {
		t.Errorf("lib = %+v", n)
	}
	saved, err := b.Encode()
	if err != nil || strings.Contains(string(saved), "s3cret") {
		t.Errorf("the password is in what is saved: %v", err)
	}
	again, err := Decode(t.Context(), saved, nil)
	if err != nil {
		t.Fatal(err)
	}
	if c := again.Graph().Nodes()[i].Contents; c == nil || c.Compiled() != 5000 || c.Class(fileclass.Tests) != 40 {
		t.Errorf("of lib was saved %+v, want its contents", c)
	}
	before := len(x.Requests())
	if _, err := Analyze(t.Context(), Input{Files: []string{file}}, Options{Index: []string{address}, IndexCache: "none", Offline: true}); err != nil {
		t.Fatal(err)
	}
	if len(x.Requests()) != before {
		t.Error("the index was asked although offline")
	}
}

// TestIndexLock takes from the index what the lock does not tell.
func TestIndexLock(t *testing.T) {
	x := indextest.Serve(t, indexWheels...)
	file := fileWith(t, "Pipfile.lock", `{"_meta": {"pipfile-spec": 6, "sources": []}, "default": {"app": {"version": "==1.0"}, "lib": {"version": "==1.5"}}}`)
	b, err := Analyze(t.Context(), Input{Files: []string{file}}, Options{Index: []string{x.URL}, IndexCache: "none"})
	if err != nil {
		t.Fatal(err)
	}
	total := b.Deps.Graph.Total()
	if total.Packages != 2 || total.Unpacked.Unknown+total.Unpacked.Estimated > 0 || total.Download.Size != bytesize.Size(len(x.Wheel(indexWheels[0].File))+len(x.Wheel(indexWheels[1].File))) {
		t.Errorf("total = %+v", total)
	}
	if got := b.Deps.Graph.RequiredBy("lib"); len(got) != 1 {
		t.Errorf("lib is required by %v", got)
	}
}

// TestIndexPinned takes a package from the one index that its line names.
func TestIndexPinned(t *testing.T) {
	x := indextest.Serve(t, indexWheels...)
	cpu := indextest.Serve(t, indextest.Wheel{File: "lib-1.5+cpu-py3-none-any.whl"})
	file := fileWith(t, "pyproject.toml", `[project]
name = "p"
version = "1"
dependencies = ["app", "lib"]
[tool.uv.sources]
lib = { index = "cpu" }
[[tool.uv.index]]
name = "cpu"
url = "`+cpu.URL+`"
explicit = true
`)
	b, err := Analyze(t.Context(), Input{Files: []string{file}}, Options{Index: []string{x.URL}, IndexCache: "none"})
	if err != nil {
		t.Fatal(err)
	}
	i, _ := b.Deps.Graph.Index("lib")
	if n := b.Deps.Graph.Nodes()[i]; n.Version != "1.5+cpu" || n.Index != cpu.URL {
		t.Errorf("lib = %+v", n)
	}
}

// TestNoIndex asks nobody where the file forbids it.
func TestNoIndex(t *testing.T) {
	x := indextest.Serve(t, indexWheels...)
	_, err := Analyze(t.Context(), Input{Files: []string{fileWith(t, "requirements.txt", "--no-index\napp\n")}}, Options{Index: []string{x.URL}, IndexCache: "none"})
	if err == nil || !strings.Contains(err.Error(), "--no-index") || len(x.Requests()) > 0 {
		t.Errorf("error = %v, requests %q", err, x.Requests())
	}
}

// TestIndexDown says in one sentence that the index cannot be reached.
func TestIndexDown(t *testing.T) {
	file := fileWith(t, "requirements.txt", "app\n")
	x := indextest.Serve(t)
	x.HTML = true
	for address, part := range map[string]string{
		"ftp://host/simple":       "begins with https:// or http://",
		x.Base + "/files/missing": "",
	} {
		b, err := Analyze(t.Context(), Input{Files: []string{file}}, Options{Index: []string{address}, IndexCache: "none"})
		if part != "" && (err == nil || !strings.Contains(err.Error(), part)) {
			t.Errorf("%s: %v, want %q", address, err, part)
		}
		if part == "" && (err != nil || len(b.Deps.Graph.Warnings()) == 0) {
			t.Errorf("%s: %v", address, err)
		}
	}
}

// TestFindLinks takes wheels from the folder that the file names: alone, where it
// forbids indexes, without asking anybody; else beside those of the index.
func TestFindLinks(t *testing.T) {
	x := indextest.Serve(t, indexWheels...)
	file := fileWith(t, "requirements.txt", "--find-links wheels\n--no-index\napp\n")
	dir := filepath.Join(filepath.Dir(file), "wheels")
	if err := os.Mkdir(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	for _, w := range indexWheels {
		if err := os.WriteFile(filepath.Join(dir, w.File), x.Wheel(w.File), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	test := func(o Options, where string) {
		t.Helper()
		b, err := Analyze(t.Context(), Input{Files: []string{file}}, o)
		if err != nil {
			t.Fatal(err)
		}
		i, _ := b.Graph().Index("lib")
		if n := b.Graph().Nodes()[i]; n.Version != "1.5" || n.Index != where || n.UnpackedBasis != depgraph.WheelBasis || n.Contents == nil {
			t.Errorf("lib = %+v, want it from %s; %+v", n, where, b.Warnings)
		}
	}
	test(Options{IndexCache: "none"}, dir)
	if len(x.Requests()) > 0 {
		t.Errorf("asked: %q", x.Requests())
	}
	if err := os.WriteFile(file, []byte("--find-links wheels\napp\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	test(Options{IndexCache: "none", Index: []string{x.URL}}, x.URL) // of equal ones pip takes the index's
}

// TestIndexStrategy takes the highest version of all indexes, as pip does, or that
// of the first index, as uv does.
func TestIndexStrategy(t *testing.T) {
	x := indextest.Serve(t, indextest.Wheel{File: "lib-1.5-py3-none-any.whl"})
	y := indextest.Serve(t, indextest.Wheel{File: "lib-2.0-py3-none-any.whl"})
	file := fileWith(t, "requirements.txt", "lib\n")
	for strategy, want := range map[string]string{"": "2.0", BestMatch: "2.0", FirstIndex: "1.5"} {
		b, err := Analyze(t.Context(), Input{Files: []string{file}}, Options{IndexCache: "none", Index: []string{x.URL}, ExtraIndex: []string{y.URL}, IndexStrategy: strategy})
		if err != nil {
			t.Fatal(err)
		}
		if got := b.Graph().Nodes()[0].Version; got != want {
			t.Errorf("%q gives lib %s, want %s", strategy, got, want)
		}
	}
	if _, err := Analyze(t.Context(), Input{Files: []string{file}}, Options{IndexCache: "none", Index: []string{x.URL}, IndexStrategy: "best"}); err == nil || !strings.Contains(err.Error(), "first-index, as uv does it") {
		t.Errorf("error = %v", err)
	}
}

// TestExportFromIndex: what was resolved by an index is checked by the same one,
// and the Dockerfile asks it, too, but for one with a password.
func TestExportFromIndex(t *testing.T) {
	x := indextest.Serve(t, indexWheels...)
	for _, address := range []string{x.URL, strings.Replace(x.URL, "://", "://me:s3cret@", 1)} {
		b, err := Analyze(t.Context(), Input{Files: []string{fileWith(t, "requirements.txt", "app\n")}}, Options{Index: []string{address}, IndexCache: "none"})
		if err != nil {
			t.Fatal(err)
		}
		v, _ := Preview(b, plan.Plan{})
		dir := t.TempDir()
		slim, docker := filepath.Join(dir, "slim.txt"), filepath.Join(dir, "Dockerfile")
		before := len(x.Requests())
		out, err := b.Export(t.Context(), v, Exports{Requirements: slim, Dockerfile: docker}, false)
		if err != nil || len(x.Requests()) == before {
			t.Errorf("Export = %v, with %d requests to the index", err, len(x.Requests())-before)
		}
		text, err := os.ReadFile(docker)
		if err != nil {
			t.Fatal(err)
		}
		private := address != x.URL
		if told := strings.Join(out.Notes, "\n"); strings.Contains(string(text), "--index-url "+x.URL) == private || strings.Contains(told, "has a password") != private || strings.Contains(string(text)+told, "s3cret") {
			t.Errorf("notes %q, Dockerfile\n%s", told, text)
		}
		if err := os.WriteFile(slim, []byte("app\nabsent\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := b.checkExport(t.Context(), v, []string{slim}); err == nil || !strings.Contains(err.Error(), "absent") {
			t.Errorf("a line too many: %v", err)
		}
	}
}
