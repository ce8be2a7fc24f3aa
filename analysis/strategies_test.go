package analysis_test

import (
	"strings"
	"testing"

	"weighline/analysis/oci/ocitest"
	"weighline/analysis/plan"
)

// Several stages copy what is seen: the waste of the image that was opened stays
// behind, and where it is most of the image that is the advice.
func TestMultiStageLeavesWaste(t *testing.T) {
	b := read(t, ocitest.Build(layerOf(append(dist("demo", "1.0", 5000), ocitest.Entry{Name: "model.bin", Body: strings.Repeat("weights ", 20_000)})...),
		layerOf(ocitest.Entry{Name: ".wh.model.bin"})))
	s := b.Strategies(plan.Plan{}, plan.Speeds{})
	now, _ := s.Find(plan.AsIs)
	x, _ := s.Find(plan.MultiStage)
	squashed, _ := b.Subject().Strategies(plan.Plan{Squash: true}, plan.StrategyOptions{}).Find(plan.Current)
	if x.Download.Size >= now.Download.Size || x.Download != squashed.Download || x.Download.Estimated == 0 {
		t.Errorf("multi-stage downloads %v, as it is %v, squashed %v; want an estimate without the waste", x.Download, now.Download, squashed.Download)
	}
	if !strings.Contains(strings.Join(x.Remarks, " "), "later layers hide in lower ones: 160 kB") {
		t.Errorf("remarks = %q, want the waste", x.Remarks)
	}
	if s.Recommended != plan.MultiStage {
		t.Errorf("recommended %s: %s", s.Recommended, s.Why)
	}
}

// Without Python packages there is no layer that an edit of the requirements
// rebuilds: no number is made up for it.
func TestStrategiesWithoutPython(t *testing.T) {
	b := read(t, ocitest.Build(layerOf(ocitest.Entry{Name: "app/run", Body: "#!/bin/sh"})))
	for _, x := range b.Strategies(plan.Plan{}, plan.Speeds{}).List {
		if x.Edit.Unknown == 0 || strings.Contains(strings.Join(x.Remarks, " "), "rebuilds layer") {
			t.Errorf("%s: an edit pulls %v, %q; want unknown", x.Name, x.Edit, x.Remarks)
		}
	}
}
