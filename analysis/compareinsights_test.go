package analysis_test

import (
	"testing"

	"weighline/analysis"
	"weighline/analysis/bytesize"
	"weighline/analysis/insight"
	"weighline/analysis/oci/ocitest"
)

// A finding that both images have, and that grew, is neither new nor fixed: it is
// told with the bytes of both.
func TestFindingsThatGrow(t *testing.T) {
	cache := func(size int64) *analysis.Build {
		return read(t, ocitest.Build(layerOf(ocitest.Entry{Name: "root/.cache/pip/wheel", Size: size}, ocitest.Entry{Name: "tmp/log", Size: 77})))
	}
	x := analysis.Compare(cache(500), cache(90_000)).Insights(t.Context())
	if len(x.New)+len(x.Fixed) != 0 || len(x.Changed) != 1 {
		t.Fatalf("findings = %+v, want one that changed: what lies in /tmp is as much", x)
	}
	c := x.Changed[0]
	if c.B.ID != "cache-pip" || c.A.Bytes != bytesize.Of(500) || c.B.Bytes != bytesize.Of(90_000) || c.Delta() != bytesize.Of(89_500) {
		t.Errorf("changed %s from %v to %v by %v, want cache-pip from 500 to 90,000", c.B.ID, c.A.Bytes, c.B.Bytes, c.Delta())
	}
	back := analysis.Compare(cache(90_000), cache(500)).Insights(t.Context()).Changed
	if len(back) != 1 || back[0].Delta() != bytesize.Of(-89_500) {
		t.Errorf("the other way round %+v, want 89,500 less", back)
	}
	c.A.Counts = insight.Download
	if d := c.Delta(); d.Basis != bytesize.Unknown {
		t.Errorf("a difference of unpacked and downloaded bytes is %v, want none", d)
	}
}

// The sample is requirements beside an image: with its slimmer image it has the
// findings in common that the two images have.
func TestFindingsOfImagesAlone(t *testing.T) {
	open := func(in analysis.Input) *analysis.Build {
		b, err := analysis.Analyze(t.Context(), in, analysis.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	both, before, after := open(analysis.SampleInput()), open(analysis.Input{Image: analysis.SampleBefore}), open(analysis.Input{Image: analysis.SampleAfter})
	x, want := analysis.Compare(both, after).Insights(t.Context()), analysis.Compare(before, after).Insights(t.Context())
	if x == nil || len(want.Fixed) == 0 || len(x.New) != len(want.New) || len(x.Fixed) != len(want.Fixed) || len(x.Changed) != len(want.Changed) {
		t.Fatalf("findings %+v, want those of the images: %+v", x, want)
	}
	for i := range x.Fixed {
		if x.Fixed[i].ID != want.Fixed[i].ID || x.Fixed[i].Bytes != want.Fixed[i].Bytes {
			t.Errorf("%s of %v is fixed, want %s of %v", x.Fixed[i].ID, x.Fixed[i].Bytes, want.Fixed[i].ID, want.Fixed[i].Bytes)
		}
	}
	if both.Deps == nil || analysis.Compare(after, both).Insights(t.Context()) == nil {
		t.Error("the other way round there are none, or the build lost its requirements")
	}
}
