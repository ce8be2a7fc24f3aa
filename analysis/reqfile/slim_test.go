package reqfile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"weighline/analysis/oracletest"
	"weighline/analysis/pep"
)

// TestSlimRealFiles drops random requirements of each real file, writes the
// result and reads it again: exactly the kept requirements are left.
func TestSlimRealFiles(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(oracletest.Path(t, "python/oracles"), "pip_reads_requirements.json"))
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]any
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	projects := oracletest.Path(t, "python/projects")
	for file := range all {
		for seed := range uint64(4) {
			checkSlim(t, filepath.Join(projects, file), projects, seed)
		}
	}
}

// checkSlim makes a slim version of the file at path and reads it again.
func checkSlim(t *testing.T, path, dir string, seed uint64) {
	t.Helper()
	o := Options{Dir: dir, Env: func(string) string { return "" }}
	doc, _ := Load(t.Context(), path, o)
	if doc == nil {
		t.Fatalf("%s cannot be read", path)
	}
	rnd := rand.New(rand.NewPCG(seed, 1))
	drop := map[pep.Name]string{}
	for _, r := range doc.Requirements {
		if seed > 0 && rnd.IntN(3) == 0 {
			drop[r.Key()] = "not imported; coding: latin-1,\n“seen” in app.py"
		}
	}
	for _, flat := range []bool{false, true} {
		out, err := Slim(doc, drop, SlimOptions{Flatten: flat})
		if err != nil {
			t.Fatal(err)
		}
		folder := t.TempDir()
		for _, f := range out {
			old, err := os.ReadFile(f.Source)
			if err != nil {
				t.Fatal(err)
			}
			if f.Changed == bytes.Equal(f.Data, old) {
				t.Errorf("%s: Changed is %v, which is wrong", f.Name, f.Changed)
			}
			to := filepath.Join(folder, f.Name)
			if err := errors.Join(os.MkdirAll(filepath.Dir(to), 0o777), os.WriteFile(to, f.Data, 0o666)); err != nil {
				t.Fatal(err)
			}
		}
		again, _ := Load(t.Context(), filepath.Join(folder, out[0].Name), o)
		var want []Requirement
		for _, r := range doc.Requirements {
			if drop[r.Key()] == "" {
				want = append(want, r)
			}
		}
		if got, want := fingerprints(again.Requirements, flat), fingerprints(want, flat); !slices.Equal(got, want) {
			t.Errorf("%s, seed %d, flat %v: read again:\n%s\nwant:\n%s", path, seed, flat, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		if got, want := fingerprints(again.Constraints, flat), fingerprints(doc.Constraints, flat); !slices.Equal(got, want) {
			t.Errorf("%s, seed %d, flat %v: constraints are %v, want %v", path, seed, flat, got, want)
		}
		a := fmt.Sprint(doc.Indexes(), doc.Pre, doc.NoBinary, doc.TrustedHosts, len(doc.FindLinks))
		if b := fmt.Sprint(again.Indexes(), again.Pre, again.NoBinary, again.TrustedHosts, len(again.FindLinks)); len(doc.IndexURLs) == 0 && a != b {
			t.Errorf("%s: options are %s, want %s", path, b, a)
		}
	}
}

// fingerprints tells all that matters of rs.
func fingerprints(rs []Requirement, flat bool) []string {
	var out []string
	for _, r := range rs {
		s := fmt.Sprint(r.raw, r.Hashes, r.Options, r.Editable, r.Requirement, r.Comment)
		if !flat {
			s += fmt.Sprint(filepath.Base(r.File), r.Line, r.EndLine)
		}
		out = append(out, s)
	}
	return out
}

// write puts files into a new folder; names end in "=" for bytes as they are.
func writeFiles(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		to := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(to), 0o777), os.WriteFile(to, []byte(text), 0o666)); err != nil && !errors.Is(err, fs.ErrExist) {
			t.Fatal(err)
		}
	}
	return dir
}

func TestSlim(t *testing.T) {
	test := func(name string, in map[string]string, o SlimOptions, drop string, want map[string]string) {
		t.Helper()
		dir := writeFiles(t, in)
		doc, err := Load(t.Context(), filepath.Join(dir, "app/r.txt"), Options{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		reasons := map[pep.Name]string{}
		for _, d := range strings.Fields(drop) {
			reasons[pep.Name(d)] = "unused"
		}
		out, err := Slim(doc, reasons, o)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range out {
			if string(f.Data) != want[f.Name] {
				t.Errorf("%s: %s is\n%q, want\n%q", name, f.Name, f.Data, want[f.Name])
			}
			delete(want, f.Name)
		}
		if len(want) > 0 {
			t.Errorf("%s: not written: %v", name, want)
		}
	}
	type m = map[string]string
	test("a continuation", m{"app/r.txt": "# top\r\nnumpy\r\nTorch==2.7.1 \\\r\n    --hash=sha256:aa \\\r\n    --hash=sha256:bb  # why\r\n\r\nflask"},
		SlimOptions{}, "torch", m{"r.txt": "# top\r\nnumpy\r\n# weighline: dropped, unused: Torch==2.7.1 \\\r\n#     --hash=sha256:aa \\\r\n#     --hash=sha256:bb  # why\r\n\r\nflask"})
	test("the coding line stays on its line", m{"app/r.txt": "torch\n# coding: latin-1 \xe9\nflask\n"},
		SlimOptions{}, "torch", m{"r.txt": "# weighline: dropped, unused: torch\n# coding: latin-1 \xe9\nflask\n"})
	test("a dropped line is no coding line", m{"app/r.txt": "torch --config-settings=coding=utf-16\nflask\n"},
		SlimOptions{}, "torch", m{"r.txt": "# weighline: dropped, unused: torch --config-settings=coding =utf-16\nflask\n"})
	test("UTF-16", m{"app/r.txt": "\xff\xfet\x00o\x00r\x00c\x00h\x00\n\x00"},
		SlimOptions{}, "numpy", m{"r.txt": "\xff\xfet\x00o\x00r\x00c\x00h\x00\n\x00"})
	tree := m{"app/r.txt": "-r sub/s.txt  # more\n-c c.txt\nflask\n", "app/sub/s.txt": "torch\r\n-r t.txt\r\n-c d.txt", "app/sub/t.txt": "numpy\n# coding: x", "app/c.txt": "torch<3\n", "app/sub/d.txt": "numpy<3"}
	test("a tree", tree, SlimOptions{}, "torch numpy", m{
		"r.txt": "-r sub/s.txt  # more\n-c c.txt\nflask\n", "sub/s.txt": "# weighline: dropped, unused: torch\r\n-r t.txt\r\n-c d.txt",
		"sub/t.txt": "# weighline: dropped, unused: numpy\n# coding: x", "c.txt": "torch<3\n", "sub/d.txt": "numpy<3"})
	test("flat", tree, SlimOptions{Flatten: true}, "numpy", m{
		"r.txt": "# weighline: from sub/s.txt\ntorch\n# weighline: from t.txt\n# weighline: dropped, unused: numpy\n# coding : x\n# weighline: end of t.txt\n-c sub/d.txt\n# weighline: end of sub/s.txt\n-c c.txt\nflask\n",
		"c.txt": "torch<3\n", "sub/d.txt": "numpy<3"})
	test("outside", m{"app/r.txt": "-r ../common/base.txt\n--requirement=../other/base.txt\n", "common/base.txt": "-r more.txt\ntorch\n", "common/more.txt": "numpy\n", "other/base.txt": "flask\n"},
		SlimOptions{}, "torch", m{"r.txt": "-r outside/base.txt\n--requirement=outside/2-base.txt\n",
			"outside/base.txt": "-r more.txt\n# weighline: dropped, unused: torch\n", "outside/more.txt": "numpy\n", "outside/2-base.txt": "flask\n"})
}

func TestSlimNotes(t *testing.T) {
	doc, _ := Parse(t.Context(), strings.NewReader("torch\n"), "r.txt", Options{})
	out, err := Slim(doc, map[pep.Name]string{"triton": "no GPU"}, SlimOptions{})
	if err != nil || len(out[0].Notes) != 1 || !strings.HasPrefix(out[0].Notes[0], "triton is named by no line") {
		t.Errorf("Slim = %v, %v", out, err)
	}
	if out[0].Changed {
		t.Errorf("nothing is dropped, and the file is changed: %q", out[0].Data)
	}
}

func ExampleUvExclude() {
	fmt.Print(UvExclude([]pep.Name{"triton", "nvidia-nccl-cu12", "triton"}))
	// Output:
	// [tool.uv]
	// exclude-dependencies = [
	//     "nvidia-nccl-cu12",
	//     "triton",
	// ]
}

func ExampleConstraints() {
	fmt.Print(Constraints([]Pin{{"torch", "2.7.1+cpu", "no GPU"}, {"numpy", "2.2.6", ""}}))
	// Output:
	// numpy==2.2.6
	// torch==2.7.1+cpu  # no GPU
}

func ExampleUvSources() {
	fmt.Print(UvSources([]UvSource{
		{"torchvision", "https://download.pytorch.org/whl/cpu"}, {"torch", "https://download.pytorch.org/whl/cpu"},
		{"inhouse", "https://pypi.corp.example/simple/"},
	}))
	// Output:
	// [tool.uv.sources]
	// inhouse = { index = "corp" }
	// torch = { index = "pytorch-cpu" }
	// torchvision = { index = "pytorch-cpu" }
	//
	// [[tool.uv.index]]
	// name = "corp"
	// url = "https://pypi.corp.example/simple/"
	// explicit = true
	//
	// [[tool.uv.index]]
	// name = "pytorch-cpu"
	// url = "https://download.pytorch.org/whl/cpu"
	// explicit = true
}

func TestUvIndexNames(t *testing.T) {
	got := UvIndexNames([]UvSource{{"a", "https://x.example/simple"}, {"b", "http://x.example/simple/"}, {"c", "http://127.0.0.1:8080/simple"}, {"d", "http://[::1"}, {"e", "https://x.example/simple"}})
	want := map[string]string{"https://x.example/simple": "x", "http://x.example/simple/": "x-2", "http://127.0.0.1:8080/simple": "index", "http://[::1": "index-2"}
	if !maps.Equal(got, want) {
		t.Errorf("UvIndexNames = %v, want %v", got, want)
	}
}
