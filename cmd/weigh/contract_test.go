package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"weighline/analysis/oci/ocitest"
)

// fields are what scripts rely on, by command: names may be added and never
// change. "x[]" is a list that must not be empty here, "x?" may be null.
var fields = map[string]string{
	"image IMAGE": `schema reference digest platform partial built read
		totals.layers totals.download totals.uncompressed totals.content totals.unpacked totals.files totals.waste totals.efficiency
		layers[].index layers[].digest layers[].diff_id layers[].media_type layers[].created_by layers[].download layers[].uncompressed
		layers[].content layers[].files layers[].kept layers[].waste
		packages[].kind packages[].name packages[].version packages[].path packages[].unpacked packages[].files packages[].layers[].index
		packages[].layers[].bytes packages[].requires unowned waste[].path waste[].bytes waste[].layer waste[].removed_by waste[].why warnings`,
	"deps sample": `schema read catalogue target.python target.platform totals.packages totals.download totals.unpacked totals.unknown
		packages[].name packages[].version packages[].file packages[].download packages[].unpacked packages[].unpacked_basis packages[].source
		packages[].roots packages[].requires packages[].required_by packages[].frees.packages packages[].frees.download? packages[].frees.unpacked?
		roots[].name roots[].requirement roots[].file roots[].line roots[].frees.packages warnings`,
	"plan sample --drop torch --drop openai-whisper": `schema preview.dropped[] preview.freed[] preview.held preview.download.before preview.download.after
		preview.unpacked.before preview.unpacked.after preview.packages.before preview.packages.after preview.layers_changed[]`,
	"compare IMAGE OTHER": `schema a.reference a.digest a.built a.read b.reference b.digest
		totals.download.a totals.download.b totals.download.delta totals.unpacked.a totals.unpacked.b totals.unpacked.delta
		totals.packages.a totals.packages.b totals.packages.delta totals.layers.a totals.layers.b totals.layers.delta
		layers.shared[] layers.only_a layers.only_b[] layers.pull
		packages[].kind packages[].name packages[].change packages[].a.version packages[].a.unpacked packages[].b.version packages[].b.unpacked packages[].delta
		files.added files.removed files.changed files.top[].path files.top[].a? files.top[].b? files.top[].delta insights.new insights.fixed insights.changed`,
	"compare IMAGE OTHER IMAGE": `schema versions[].reference versions[].unpacked steps[].schema steps[].layers.pull`,
	"check IMAGE --budget 1GB":  `schema reference digest passed failed limits[].counts limits[].bytes limits[].used limits[].left limits[].verdict limits[].blame.packages limits[].blame.layers baseline? growth? warnings`,
	"version":                   `schema version go platform catalogue`,
	"list":                      `schema library builds`,
}

// TestContract runs each command with --json on real input and looks for every
// field that the contract has.
func TestContract(t *testing.T) {
	dir := t.TempDir()
	image := func(name string, more ...ocitest.Layer) string {
		site := "usr/lib/python3.11/site-packages/"
		layers := append([]ocitest.Layer{
			{CreatedBy: "RUN pip install demo", Entries: []ocitest.Entry{
				{Name: site + "demo-1.0.dist-info/METADATA", Body: "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\nRequires-Dist: click\n"},
				{Name: site + "demo-1.0.dist-info/RECORD", Body: "demo.py,,\n"}, {Name: site + "demo.py", Size: 900}, {Name: "tmp/x", Size: 7},
			}},
			{CreatedBy: "RUN rm /tmp/x", Entries: []ocitest.Entry{{Name: "tmp/.wh.x"}}},
		}, more...)
		path := filepath.Join(dir, name)
		if err := ocitest.Build(layers...).WriteOCIArchive(path); err != nil {
			t.Fatal(err)
		}
		return path
	}
	words := strings.NewReplacer("IMAGE", image("a.oci"), "OTHER", image("b.oci", ocitest.Layer{Entries: []ocitest.Entry{{Name: "new", Size: 5}}}))
	for command, want := range fields {
		args := append(strings.Fields(words.Replace(command)), "--json", "--library", filepath.Join(dir, "library.db"))
		var out, errOut bytes.Buffer
		if code := run(t.Context(), args, nil, &out, &errOut); code != exitDone {
			t.Errorf("weigh %s: exit code %d: %s", command, code, errOut.String())
			continue
		}
		var v any
		d := json.NewDecoder(&out)
		if err := d.Decode(&v); err != nil || d.More() {
			t.Errorf("weigh %s does not print one JSON object: %v", command, err)
			continue
		}
		for _, path := range strings.Fields(want) {
			if err := lookUp(v, strings.Split(path, ".")); err != nil {
				t.Errorf("weigh %s: %s: %v", command, path, err)
			}
		}
	}
}

// lookUp returns an error unless v has the field, in some element of each list.
func lookUp(v any, path []string) error {
	if len(path) == 0 {
		return nil
	}
	name, list := strings.CutSuffix(path[0], "[]")
	name, null := strings.CutSuffix(name, "?")
	m, ok := v.(map[string]any)
	if !ok {
		return fmt.Errorf("%v is no object", v)
	}
	x, ok := m[name]
	switch {
	case !ok:
		return fmt.Errorf("there is no %q", name)
	case x == nil && !null:
		return fmt.Errorf("%q is null", name)
	case !list:
		return lookUp(x, path[1:])
	}
	items, ok := x.([]any)
	if !ok || len(items) == 0 {
		return fmt.Errorf("%q is no list, or an empty one", name)
	}
	var err error
	for _, item := range items {
		if err = lookUp(item, path[1:]); err == nil {
			return nil
		}
	}
	return err
}

// TestNullForUnknown reads the manifest alone: what no layer tells is null, and
// not 0.
func TestNullForUnknown(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.oci")
	if err := ocitest.Build(ocitest.Layer{Entries: []ocitest.Entry{{Name: "x", Size: 5}}}).WriteOCIArchive(path); err != nil {
		t.Fatal(err)
	}
	var out, errOut bytes.Buffer
	if code := run(t.Context(), []string{"image", path, "--layers-only", "--json"}, nil, &out, &errOut); code != exitDone {
		t.Fatal(errOut.String())
	}
	var j struct {
		Totals map[string]any
		Layers []map[string]any
	}
	if err := json.Unmarshal(out.Bytes(), &j); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"uncompressed", "content", "unpacked", "files", "waste", "efficiency"} {
		if x, ok := j.Totals[name]; !ok || x != nil {
			t.Errorf("totals.%s = %v, want null", name, x)
		}
	}
	for _, name := range []string{"uncompressed", "content", "files", "kept", "waste"} {
		if x, ok := j.Layers[0][name]; !ok || x != nil {
			t.Errorf("layers[0].%s = %v, want null", name, x)
		}
	}
	if j.Totals["download"] == nil {
		t.Error("totals.download is null: the manifest tells it")
	}
}
