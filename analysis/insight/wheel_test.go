package insight_test

import (
	"encoding/json"
	"testing"

	"weighline/analysis"
	"weighline/analysis/bytesize"
	"weighline/analysis/depgraph"
	"weighline/analysis/insight"
	"weighline/analysis/pep"
	"weighline/analysis/plan"
	"weighline/analysis/pyindex"
)

// TestStripWheels goes by the wheels' directories where there is no image. pytest
// goes as a whole: its tests are not counted beside it.
func TestStripWheels(t *testing.T) {
	node := func(name string, tests, static, pyc int64) depgraph.Node {
		return depgraph.Node{Name: pep.Name(name), Version: "1", Download: bytesize.Of(1000), Unpacked: bytesize.Of(5000),
			Contents: &pyindex.Contents{Unpacked: 5000, Tests: tests, Static: static, Pyc: pyc}}
	}
	g := depgraph.NewGraph([]depgraph.Node{node("numpy", 300, 40, 7), node("pytest", 20, 0, 3), {Name: "unknown"}}, nil, []depgraph.Root{
		{Requirement: pep.MustRequirement("numpy"), File: "requirements.txt", Line: 1},
		{Requirement: pep.MustRequirement("pytest"), File: "requirements.txt", Line: 2},
	})
	list := insight.Find(t.Context(), insight.Input{Deps: g})
	want(t, find(t, list, "strip-tests"), `
		strip-tests 320 unpacked possible
		  300 numpy requirements.txt:1
		  20 pytest requirements.txt:2
		`)
	x := find(t, list, "strip-bytecode")
	if x.Bytes != bytesize.About(10) {
		t.Errorf("bytecode that pip adds: %v, want about 10 bytes", x.Bytes)
	}
	sum := insight.Total(list...)
	if sum.Stripped != 300+40+7 || sum.Requirements.Packages != 1 || sum.Requirements.Download.Size != 1000 {
		t.Errorf("Total = %+v, want pytest, and 347 bytes inside numpy", sum)
	}
}

// TestApply puts what each finding of the sample switches on into a plan.
func TestApply(t *testing.T) {
	b, err := analysis.Analyze(t.Context(), analysis.SampleInput(), analysis.Options{})
	if err != nil {
		t.Fatal(err)
	}
	list := b.Insights(t.Context())
	if len(list) < 8 {
		t.Errorf("the sample has %d findings: %s", len(list), ids(list))
	}
	for _, x := range list {
		complete(t, x)
		text, err := json.Marshal(x.Apply)
		if err != nil {
			t.Fatal(err)
		}
		p, err := plan.Decode(text)
		if err != nil || p.Empty() != x.Apply.Empty() {
			t.Errorf("%s: the plan of %s is %+v, %v", x.ID, text, p, err)
		}
	}
	if list[0].ID != "cuda" {
		t.Errorf("the first finding of the sample is %s, want cuda", list[0].ID)
	}
	// No more than the image has, however many findings overlap.
	sum := insight.Total(list...)
	if int64(sum.Unpacked) > b.Image.Ledger.Unpacked || sum.Waste != wasteOf(b) {
		t.Errorf("Total = %+v of an image with %d bytes and %d of waste", sum, b.Image.Ledger.Unpacked, wasteOf(b))
	}
	var naive bytesize.Size
	for _, x := range list {
		if x.Counts == insight.Unpacked {
			naive += x.Bytes.Size
		}
	}
	if sum.Unpacked >= naive {
		t.Errorf("the union, %v, is not below the sum, %v: CUDA's packages have bytecode", sum.Unpacked, naive)
	}
}

func wasteOf(b *analysis.Build) (n bytesize.Size) {
	for _, l := range b.Image.Layers {
		n += l.Waste
	}
	return n
}
