package report

import (
	"encoding/json"
	"strings"
	"testing"

	"weighline/analysis"
	"weighline/analysis/bytesize"
	"weighline/analysis/depgraph"
	"weighline/analysis/pep"
	"weighline/analysis/plan"
	"weighline/analysis/pyindex"
)

// build returns requirements of a and b; a needs big, whose size is unknown,
// and both need both.
func build() *analysis.Build {
	nodes := []depgraph.Node{
		{Name: "a", Version: "1", Download: bytesize.Of(10), Unpacked: bytesize.Of(30), Source: "lock"},
		{Name: "b", Version: "1", Download: bytesize.Of(20), Unpacked: bytesize.About(60), Source: "catalogue"},
		{Name: "both", Version: "1", Download: bytesize.Of(5), Unpacked: bytesize.About(9), Source: "index"},
		{Name: "big", Reason: "the index does not say"},
	}
	edges := []depgraph.Edge{{From: 0, To: 2}, {From: 1, To: 2}, {From: 0, To: 3}}
	roots := []depgraph.Root{{Requirement: pep.MustRequirement("a"), File: "r.txt", Line: 1}, {Requirement: pep.MustRequirement("b"), File: "r.txt", Line: 2},
		{Requirement: pep.MustRequirement("both>=1"), File: "r.txt", Line: 3}}
	return &analysis.Build{Deps: &analysis.Deps{Graph: depgraph.NewGraph(nodes, edges, roots)}}
}

func find(t *testing.T, j DepsJSON, name string) PackageJSON {
	t.Helper()
	for _, p := range j.Packages {
		if p.Name == name {
			return p
		}
	}
	t.Fatalf("no package %s", name)
	return PackageJSON{}
}

// TestDepsUnknown looks at what is null, and at what is a sum without it.
func TestDepsUnknown(t *testing.T) {
	b := build()
	j := Deps(b, b.Deps.Graph.Without(), nil)
	if j.Totals.Packages != 4 || j.Totals.Download != bytesize.Of(35) || j.Totals.Unknown != 1 || j.Totals.UnpackedUnknown != 1 {
		t.Errorf("totals = %+v, want 35 bytes of 3 packages and one unknown", j.Totals)
	}
	text, err := json.Marshal(find(t, j, "a").Frees)
	if want := `{"packages":2,"download":null,"unpacked":null}`; err != nil || string(text) != want {
		t.Errorf("a frees %s, %v, want %s: big goes with it, and nobody knows its size", text, err, want)
	}
	if p := find(t, j, "b"); p.Frees.Download != bytesize.Of(20) || p.UnpackedBasis != "estimate" {
		t.Errorf("b = %+v", p)
	}
	if p := find(t, j, "big"); p.UnpackedBasis != "none" || p.Reason == "" {
		t.Errorf("big = %+v, want the reason", p)
	}
	if p := find(t, j, "both"); strings.Join(p.HeldBy, " ") != "a b" || p.Frees.Packages != 0 || strings.Join(p.Roots, " ") != "a b both" {
		t.Errorf("both = %+v, want it held by a and b", p)
	}
	if j.Packages[0].Name != "b" || j.Packages[3].Name != "big" {
		t.Errorf("order = %v, want the heaviest first and the unknown one last", j.Packages)
	}
}

// TestDepsUnderPlan counts what goes in addition to what is dropped already.
func TestDepsUnderPlan(t *testing.T) {
	b := build()
	v := plan.Apply(plan.New("both", "a"), b.Deps.Graph, nil)
	j := Deps(b, v.Removal, nil)
	if p := find(t, j, "b"); p.Frees.Packages != 2 || p.Frees.Download != bytesize.Of(25) {
		t.Errorf("b frees %+v, want both with it", p.Frees)
	}
	for name, want := range map[string]string{"a": "dropped", "big": "goes too", "both": "held", "b": ""} {
		if p := find(t, j, name); p.Status != want {
			t.Errorf("status of %s = %q, want %q", name, p.Status, want)
		}
	}
	p := Preview(b, v)
	if len(p.Held) != 1 || p.Held[0].Name != "both" || strings.Join(p.Held[0].By, " ") != "b" {
		t.Errorf("held = %+v, want both by b", p.Held)
	}
	if p.Download.Before != bytesize.Of(35) || p.Download.After != bytesize.Of(25) || p.Download.Unknown != (CountJSON{1, 0}) {
		t.Errorf("download = %+v", p.Download)
	}
	text, err := json.Marshal(p)
	if err != nil || !strings.Contains(string(text), `"layers_changed":null`) || strings.Contains(string(text), "evidence") {
		t.Errorf("preview = %s, %v: what is not known must not look like an answer", text, err)
	}
}

// TestDepsContents shows what wheels hold where that was read, and nothing where
// it was not.
func TestDepsContents(t *testing.T) {
	b := build()
	if j := Deps(b, b.Graph().Without(), nil); j.Totals.Pyc.Basis != bytesize.Unknown || j.Totals.PycUnknown != 4 || find(t, j, "a").Contents != nil {
		t.Errorf("nothing was looked into, and there is %+v", j.Totals)
	}
	g := b.Graph().WithNodes(func(_ int, n depgraph.Node) depgraph.Node {
		if n.Name == "a" {
			n.Contents = &pyindex.Contents{Unpacked: 30, Files: 3, Tests: 4, Headers: 5, Pyc: 7, Imports: []string{"a"}, Libraries: []pyindex.Library{{Path: "a/x.so", Size: 9}}}
		}
		return n
	})
	b = &analysis.Build{Deps: &analysis.Deps{Graph: g}}
	j := Deps(b, g.Without(), nil)
	if j.Totals.Pyc != bytesize.About(7) || j.Totals.PycUnknown != 3 {
		t.Errorf("totals = %+v, want 7 bytes of pyc and 3 unknown", j.Totals)
	}
	text, err := json.Marshal(find(t, j, "a").Contents)
	if want := `{"files":3,"tests":4,"static":0,"headers":5,"bytecode":0,"pyc":7,"libraries":[{"path":"a/x.so","bytes":9}],"imports":["a"]}`; err != nil || string(text) != want {
		t.Errorf("%s, %v, want %s", text, err, want)
	}
	var out strings.Builder
	if err := WriteDeps(&out, b, g.Without(), 100, 0); err != nil {
		t.Fatal(err)
	}
	if want := "Of it (3 packages could not be looked into): compiled code 9 B in 1 file, tests 4 B, headers 5 B.\npip would add about 7 B of bytecode by compiling it.\n"; !strings.Contains(out.String(), want) {
		t.Errorf("%s\nwant %q in it", &out, want)
	}
}

// TestUnknownDownloads: what is said of a total is true with all sizes, some or none.
func TestUnknownDownloads(t *testing.T) {
	test := func(want string, nodes ...bytesize.Amount) {
		t.Helper()
		var all []depgraph.Node
		var roots []depgraph.Root
		for i, d := range nodes {
			name := string(rune('a' + i))
			all = append(all, depgraph.Node{Name: pep.Name(name), Version: "1", Download: d})
			roots = append(roots, depgraph.Root{Requirement: pep.MustRequirement(name), File: "r.txt", Line: i + 1})
		}
		b := &analysis.Build{Deps: &analysis.Deps{Graph: depgraph.NewGraph(all, nil, roots)}}
		var out strings.Builder
		if err := WriteDeps(&out, b, b.Deps.Graph.Without(), 0, 0); err != nil {
			t.Fatal(err)
		}
		_, said, _ := strings.Cut(out.String(), "1, linux/amd64\n")
		if !strings.HasPrefix(said, want) {
			t.Errorf("of %v it says\n%s\nwant\n%s", nodes, said, want)
		}
	}
	none := bytesize.Amount{}
	test("2 packages, download 30 B, unpacked unknown\nWhat pip adds", bytesize.Of(10), bytesize.Of(20))
	test("2 packages, download ≥ 10 B, unpacked unknown\nThe download size of 1 of 2 packages is unknown; the total is at least that of the others.\n", bytesize.Of(10), none)
	test("2 packages, download unknown, unpacked unknown\nThe download size of none of the 2 packages is known, so no total can be told.\n", none, none)
	test("1 package, download unknown, unpacked unknown\nThe download size of the package is unknown, so no total can be told.\n", none)
}

// TestUnknownLayers is the same for the layers of an image.
func TestUnknownLayers(t *testing.T) {
	test := func(want string, layers ...bytesize.Amount) {
		t.Helper()
		img := &analysis.Image{Reference: "x.tar", Platform: "linux/amd64"}
		for _, d := range layers {
			img.Layers = append(img.Layers, analysis.Layer{Download: d})
		}
		var out strings.Builder
		if err := WriteImageSummary(&out, &analysis.Build{Image: img}, 0); err != nil {
			t.Fatal(err)
		}
		if said := strings.TrimPrefix(out.String(), "x.tar  linux/amd64\n"); !strings.HasPrefix(said, want) {
			t.Errorf("of %v it says\n%s\nwant\n%s", layers, said, want)
		}
	}
	none := bytesize.Amount{}
	test("2 layers, download 30 B; no layer was read\n\nLAYER", bytesize.Of(10), bytesize.Of(20))
	test("2 layers, download ≥ 10 B; no layer was read\nThe download size of 1 of 2 layers is unknown; ", bytesize.Of(10), none)
	test("2 layers, download unknown; no layer was read\nThe download size of none of the 2 layers is known, ", none, none)
}
