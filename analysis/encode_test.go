package analysis_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"

	"weighline/analysis"
	"weighline/analysis/bytesize"
	"weighline/analysis/layer"
	"weighline/analysis/pep"
	"weighline/analysis/plan"
)

// memory is a cache of layer indexes that a test can empty.
type memory map[string]*layer.Index

// remembering guards every memory: layers are read at the same time.
var remembering sync.Mutex

func (m memory) Index(_ context.Context, diffID string) (*layer.Index, error) {
	remembering.Lock()
	defer remembering.Unlock()
	if x := m[diffID]; x != nil {
		return x, nil
	}
	return nil, layer.ErrNotCached
}

func (m memory) PutIndex(_ context.Context, x *layer.Index) error {
	remembering.Lock()
	defer remembering.Unlock()
	m[x.DiffID] = x
	return nil
}

func sample(t testing.TB, cache layer.Cache) *analysis.Build {
	t.Helper()
	b, err := analysis.Analyze(context.Background(), analysis.SampleInput(), analysis.Options{Cache: cache})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestEncode saves the sample and opens it again: every figure is the same, with
// the indexes of its layers at hand or not.
func TestEncode(t *testing.T) {
	cache := memory{}
	b := sample(t, cache)
	data, err := b.Encode()
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]layer.Cache{"with its layers": cache, "without its layers": memory{}, "without a cache": nil} {
		t.Run(name, func(t *testing.T) {
			got, err := analysis.Decode(t.Context(), data, c)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got.Deps.Graph.Nodes(), b.Deps.Graph.Nodes()) || !reflect.DeepEqual(got.Deps.Graph.Edges(), b.Deps.Graph.Edges()) {
				t.Error("the graph has changed")
			}
			if !reflect.DeepEqual(got.Image.Ledger.Packages, b.Image.Ledger.Packages) || got.Image.Ledger.Unowned != b.Image.Ledger.Unowned {
				t.Error("the ledger has changed")
			}
			if files := got.Image.Tree != nil; files != (name == "with its layers") {
				t.Errorf("the files are there: %v", files)
			}
			p := plan.New("torch", "openai-whisper")
			want, v := plan.Apply(p, b.Graph(), b.Ledger()), plan.Apply(p, got.Graph(), got.Ledger())
			if v.After != want.After || v.Image.After != want.Image.After || !reflect.DeepEqual(v.Held, want.Held) {
				t.Errorf("the preview is %+v, want %+v", v.After, want.After)
			}
			for i, l := range got.Image.Layers {
				if w := b.Image.Layers[i]; l.Kept != w.Kept || l.Waste != w.Waste || l.Download != w.Download || l.Instruction != w.Instruction {
					t.Errorf("layer %d is %+v, want %+v", i, l, w)
				}
			}
			again, err := got.Encode()
			if err != nil || string(again) != string(data) {
				t.Errorf("encoding it again gives other bytes (%v)", err)
			}
		})
	}
}

func TestDecodeBad(t *testing.T) {
	data, err := sample(t, nil).Encode()
	if err != nil {
		t.Fatal(err)
	}
	var raw map[string]any
	if err := json.Unmarshal(data, &raw); err != nil {
		t.Fatal(err)
	}
	raw["Version"] = 999
	newer, err := json.Marshal(raw)
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"empty": nil, "no JSON": []byte("torch"), "cut": data[:len(data)/2], "newer": newer, "nothing in it": []byte(`{"Version":1}`),
		"a layer that is not there": []byte(`{"Version":1,"Python":"3.11","Platform":"linux/amd64","Image":{"Layers":[{"Read":true}],"Ledger":{"Packages":[{"Kind":"python","Name":"a","Layers":[{"Index":1,"Bytes":5}]}]}}}`)} {
		b, err := analysis.Decode(t.Context(), data, nil)
		if err == nil || b != nil || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: Decode = %v, %v, want an error of one line", name, b, err)
		}
	}
}

// TestDecodeOddities opens a saved build whose bases are none that there are:
// its sizes are unknown.
func TestDecodeOddities(t *testing.T) {
	b, err := analysis.Decode(t.Context(), []byte(`{"Version":1,"Python":"3.11","Platform":"linux/amd64","Deps":{"Files":["x.txt"],"Texts":{"x.txt":""},
		"Nodes":[{"Name":"a","Download":{"Size":5,"Basis":7},"Unpacked":{"Size":5,"Basis":2}}]}}`), nil)
	if err != nil {
		t.Fatal(err)
	}
	if n := b.Graph().Nodes()[0]; n.Download != (bytesize.Amount{}) || n.Unpacked != bytesize.Of(5) {
		t.Errorf("the node is %+v, want an unknown download and 5 bytes unpacked", n)
	}
}

// TestDecodeForeignLayers opens a saved image of whose layers the cache has
// another one's claim: the figures stay what was saved.
func TestDecodeForeignLayers(t *testing.T) {
	cache := memory{}
	b := sample(t, cache)
	data, err := b.Encode()
	if err != nil {
		t.Fatal(err)
	}
	for id, x := range cache {
		claim := *x
		claim.Proved, claim.Digest = false, "sha256:of another blob"
		cache[id] = &claim
	}
	got, err := analysis.Decode(t.Context(), data, cache)
	if err != nil {
		t.Fatal(err)
	}
	if got.Image.Tree != nil || got.Ledger().Unpacked != b.Ledger().Unpacked {
		t.Errorf("the files are those of blobs that the saved image did not have")
	}
}

func FuzzDecode(f *testing.F) {
	data, err := sample(f, nil).Encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte(`{"Version":1,"Python":"3.11","Platform":"linux/amd64","Deps":{"Files":["x"],"Nodes":[{}],"Edges":[{"From":-1,"To":9}]}}`))
	f.Add([]byte(`{"Version":1,"Python":"3.11","Platform":"linux/amd64","Image":{"Layers":[{"Read":true}],"Ledger":{"Packages":[{"Layers":[{"Index":-5}]}]}}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		b, err := analysis.Decode(t.Context(), data, memory{})
		if err == nil && b.Graph() != nil {
			plan.Apply(plan.New("torch"), b.Graph(), b.Ledger())
		}
	})
}

func exportSlim(t *testing.T, b *analysis.Build, v plan.Preview, path string, overwrite bool) (written []string, err error) {
	t.Helper()
	x, err := b.Export(t.Context(), v, analysis.Exports{Requirements: path}, overwrite)
	if x == nil {
		return nil, err
	}
	return x.Written, err
}

// TestExport writes the slim requirements beside others: nothing is overwritten
// unasked, and nothing is left half.
func TestExport(t *testing.T) {
	b := sample(t, nil)
	v := plan.Apply(plan.New("librosa", "openai-whisper"), b.Graph(), nil)
	path := filepath.Join(t.TempDir(), "slim.txt")
	if err := os.WriteFile(path, []byte("mine\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := exportSlim(t, b, v, path, false)
	var exists *analysis.ExistsError
	if !errors.As(err, &exists) {
		t.Errorf("export onto a file = %v, want an ExistsError", err)
	}
	if data, _ := os.ReadFile(path); string(data) != "mine\n" {
		t.Errorf("the file was overwritten unasked: %q", data)
	}
	written, err := exportSlim(t, b, v, path, true)
	if err != nil || len(written) != 1 {
		t.Fatalf("Export = %v, %v", written, err)
	}
	data, err := os.ReadFile(path)
	if err != nil || !strings.Contains(string(data), "scikit-learn==1.7.2   # speaker clusters") || strings.Contains("\n"+string(data), "\nlibrosa") {
		t.Errorf("the slim file is\n%s(%v)", data, err)
	}
	left, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(left) != 1 {
		t.Errorf("the folder holds %v (%v), want the one file", left, err)
	}
	if _, err := exportSlim(t, b, v, filepath.Join(path, "below", "a-file.txt"), false); err == nil {
		t.Error("export below a file = nil error")
	}
}

// TestExportFiles exports requirements that include files: what stays as it is
// is no obstacle, and no file is written over another one.
func TestExportFiles(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string, mode os.FileMode) string {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	read := func(name string) string {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	open := func(files ...string) (*analysis.Build, plan.Preview) {
		b, err := analysis.Analyze(t.Context(), analysis.Input{Files: files}, analysis.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return b, plan.Apply(plan.New("idna"), b.Graph(), nil)
	}
	main := write("requirements.txt", "-r base.txt\nidna==3.10\n", 0o600)
	write("base.txt", "certifi==2025.6.15\n", 0o644)
	b, v := open(main)

	slim := filepath.Join(dir, "slim.txt")
	if _, err := exportSlim(t, b, v, slim, false); err != nil {
		t.Errorf("export beside an included file that stays as it is = %v, want no error", err)
	}
	if info, err := os.Stat(slim); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the export of a file that others may not read has the mode %v (%v)", info.Mode(), err)
	}
	if _, err := exportSlim(t, b, v, filepath.Join(dir, "base.txt"), true); err == nil || read("base.txt") != "certifi==2025.6.15\n" {
		t.Errorf("export onto an included file = %v, and leaves %q; want an error and the file as it was", err, read("base.txt"))
	}

	b, v = open(write("a/requirements.txt", "idna==3.10\n", 0o644), write("b/requirements.txt", "certifi==2025.6.15\n", 0o644), write("c/requirements.txt", "six==1.17.0\n", 0o644))
	written, err := exportSlim(t, b, v, filepath.Join(dir, "out", "slim.txt"), false)
	if err == nil || !strings.Contains(err.Error(), "written twice") {
		t.Errorf("export of files of the same name = %v, %v, want an error: one of them would be lost", written, err)
	}
	// Two files may include the same one.
	b, v = open(main, write("tests.txt", "-r base.txt\nsix==1.17.0\n", 0o644))
	if written, err := exportSlim(t, b, v, filepath.Join(dir, "both", "slim.txt"), false); err != nil || len(written) != 3 {
		t.Errorf("export of two files that include a third = %v, %v, want three files", written, err)
	}
	if _, err := os.Stat(filepath.Join(dir, "out")); err == nil {
		t.Error("an export that failed left a folder")
	}
}

// TestEncodeEvidence saves a build with what its sources use.
func TestEncodeEvidence(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"requirements.txt": "six==1.17.0\npyyaml==6.0.2\n", "src/app.py": "import six\ntry:\n    import yaml\nexcept ImportError:\n    pass\n"} {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	b, err := analysis.Analyze(t.Context(), analysis.Input{Files: []string{filepath.Join(dir, "requirements.txt")}}, analysis.Options{Code: filepath.Join(dir, "src")})
	if err != nil {
		t.Fatal(err)
	}
	data, err := b.Encode()
	if err != nil {
		t.Fatal(err)
	}
	got, err := analysis.Decode(t.Context(), data, nil)
	if err != nil {
		t.Fatal(err)
	}
	gone := []pep.Name{"six", "pyyaml"}
	want := b.Evidence.Verdicts(gone)
	if have := got.Evidence.Verdicts(gone); len(want[0].Rows) != 1 || len(want[1].Rows) != 1 || !reflect.DeepEqual(have, want) {
		t.Errorf("opened again: %+v\nwant %+v", have, want)
	}
	if got.Unused() != nil || got.Evidence.Folder != b.Evidence.Folder || got.Evidence.Files != 1 {
		t.Errorf("opened again: %+v", got.Evidence)
	}
}
