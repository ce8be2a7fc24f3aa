package analysis_test

import (
	"errors"
	"slices"
	"testing"

	"weighline/analysis"
	"weighline/analysis/bytesize"
	"weighline/analysis/oci/ocitest"
	"weighline/analysis/plan"
)

func TestParseGrowth(t *testing.T) {
	test := func(text string, want analysis.Growth, ok bool) {
		t.Helper()
		got, err := analysis.ParseGrowth(text)
		if (err == nil) != ok || ok && got != want {
			t.Errorf("ParseGrowth(%q) = %+v, %v, want %+v, %v", text, got, err, want, ok)
		}
	}
	test("5%", analysis.Growth{Percent: 5}, true)
	test(" 2.5 % :download", analysis.Growth{Percent: 2.5, Counts: plan.Download}, true)
	test("20MB", analysis.Growth{Bytes: 20 * bytesize.MB}, true)
	test("20MB:largest-layer", analysis.Growth{Bytes: 20 * bytesize.MB, Counts: plan.LargestLayer}, true)
	test("0%", analysis.Growth{}, true)
	for _, bad := range []string{"", "%", "-5%", "NaN%", "lots", "5%:colours", "5%:time", "-1MB"} {
		test(bad, analysis.Growth{}, false)
	}
}

func TestCheckImage(t *testing.T) {
	a := read(t, ocitest.Build(layerOf(dist("demo", "1.0", 5000)...)))
	b := read(t, ocitest.Build(layerOf(dist("demo", "1.0", 5000)...), layerOf(append(dist("fresh", "2.0", 9000), ocitest.Entry{Name: "model", Size: 700})...)))
	c := analysis.Compare(a, b)
	budgets := []plan.Budget{
		{Limit: 10_000, Counts: plan.Unpacked}, {Limit: 1 << 30, Counts: plan.Unpacked},
		{Limit: 1, Counts: plan.LargestLayer}, {Limit: 60, Counts: plan.Time}, {Limit: 14_100, Counts: plan.Unpacked, Scope: plan.Bundle},
	}
	v, err := analysis.Check(b, budgets, c, analysis.Growth{Percent: 10}, analysis.Growth{Bytes: 20_000})
	if err != nil {
		t.Fatal(err)
	}
	var over, decided []bool
	for _, x := range v {
		over, decided = append(over, x.Over), append(decided, x.Decided)
	}
	if want := []bool{true, false, true, false, true, true, false}; !slices.Equal(over, want) {
		t.Errorf("over = %v, want %v", over, want)
	}
	if want := []bool{true, true, true, true, true, true, true}; !slices.Equal(decided, want) {
		t.Errorf("decided = %v, want %v", decided, want)
	}
	blamed := func(list []analysis.Blame) (names []string) {
		for _, x := range list {
			names = append(names, x.Name)
		}
		return names
	}
	if got, want := blamed(v[0].Packages), []string{"fresh", "demo", analysis.UnownedName}; !slices.Equal(got, want) {
		t.Errorf("to blame for the unpacked bytes: %v, want %v", got, want)
	}
	if got, want := blamed(v[5].Packages), []string{"fresh", analysis.UnownedName}; !slices.Equal(got, want) {
		t.Errorf("to blame for the growth: %v, want %v: demo did not grow", got, want)
	}
	if l := v[5].Layers; len(l) != 1 || l[0].Layer != 1 || l[0].Bytes != c.Unpacked.Delta() {
		t.Errorf("layers to blame for the growth: %+v, want the second with all that came", l)
	}
	if x := v[4]; x.Used.Size >= 14_700 || len(x.Layers) != 0 || x.Note == "" {
		t.Errorf("bundle = %+v, want the Python packages alone", x)
	}
}

// TestCheckPartial checks what is not known whole: a limit that the known part
// passes is passed, one that it does not is no proof.
func TestCheckPartial(t *testing.T) {
	img := ocitest.Build(layerOf(dist("demo", "1.0", 5000)...), layerOf(ocitest.Entry{Name: "app/main.py", Body: "import demo"}))
	b := read(t, img)
	b.Image.Layers[1] = analysis.Layer{Layer: b.Image.Layers[1].Layer}
	v, err := analysis.Check(b, []plan.Budget{{Limit: 100, Counts: plan.Unpacked}, {Limit: 1 << 20, Counts: plan.Unpacked}}, nil)
	if err != nil || !v[0].Over || v[1].Over || v[1].Used.Unknown != 1 || v[1].Distance.Missing != 1 {
		t.Errorf("verdicts = %+v, %v", v, err)
	}
	if _, err := analysis.Check(b, nil, analysis.Compare(b, b), analysis.Growth{Percent: 5}); !errors.Is(err, analysis.ErrUndecided) {
		t.Errorf("growth from a baseline that is known in part: %v, want %v", err, analysis.ErrUndecided)
	}
	manifest := &analysis.Build{Image: &analysis.Image{Layers: b.Image.Layers[:1]}}
	if v, _ := analysis.Check(manifest, []plan.Budget{{Limit: 1 << 20, Counts: plan.Unpacked}, {Limit: 1, Counts: plan.Download}}, nil); v[0].Decided || !v[1].Over {
		t.Errorf("verdicts on a manifest alone = %+v, want undecided, and over", v)
	}
}

func TestCompareInsights(t *testing.T) {
	cache := ocitest.Entry{Name: "root/.cache/pip/wheel", Size: 50_000_000}
	gone := ocitest.Entry{Name: "root/.cache/.wh.pip"}
	a := read(t, ocitest.Build(layerOf(dist("demo", "1.0", 5000)...)))
	b := read(t, ocitest.Build(layerOf(append(dist("demo", "1.0", 5000), cache)...), layerOf(gone)))
	x := analysis.Compare(a, b).Insights(t.Context())
	if x == nil || len(x.New) == 0 || len(x.Fixed) != 0 {
		t.Fatalf("insights = %+v, want the deleted cache as a new one", x)
	}
	if y := analysis.Compare(b, a).Insights(t.Context()); y == nil || len(y.Fixed) != len(x.New) || len(y.New) != 0 {
		t.Errorf("insights the other way round = %+v, want as many fixed ones", y)
	}
	cache.Size += 1000
	more := read(t, ocitest.Build(layerOf(append(dist("demo", "1.0", 5000), cache)...), layerOf(gone)))
	y := analysis.Compare(b, more).Insights(t.Context())
	if y == nil || len(y.New)+len(y.Fixed) != 0 || len(y.Changed) == 0 || y.Changed[0].Delta() != bytesize.Of(1000) {
		t.Errorf("insights of a larger cache = %+v, want the same ones, 1,000 bytes larger", y)
	}
	kept := *b
	img := *b.Image
	img.Tree, kept.Image = nil, &img
	if z := analysis.Compare(a, &kept).Insights(t.Context()); z != nil {
		t.Errorf("insights without files = %+v, want none told", z)
	}
}
