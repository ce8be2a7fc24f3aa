package state

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"weighline/analysis/fileclass"
	"weighline/analysis/oci/ocitest"
	"weighline/analysis/pep"
)

// The founding story: its CPU build takes torch's CUDA packages away, but not
// triton, which openai-whisper needs.
func TestSwap(t *testing.T) {
	s, l := newSession(t, nil)
	s.OpenSample()
	l.idle()
	torch := row(t, s, "torch")
	variants := s.Variants(torch)
	if len(variants) != 1 || variants[0].Variant != "cpu" {
		t.Fatalf("variants of torch: %+v", variants)
	}
	s.Swap("torch", "cpu")
	if torch = row(t, s, "torch"); torch.Status != Swapped || !torch.Gone() {
		t.Errorf("torch is %v", torch.Status)
	}
	gone := 0
	for i := range s.Rows {
		if r := &s.Rows[i]; strings.HasPrefix(string(r.Name), "nvidia-") && r.Gone() {
			gone++
		}
	}
	if gone != 14 || row(t, s, "triton").Gone() {
		t.Errorf("%d of 14 nvidia packages go, triton goes: %v", gone, row(t, s, "triton").Gone())
	}
	if text := s.Describe(torch)[0].Lines[0]; !strings.Contains(text, "2.7.1+cpu") {
		t.Errorf("the details tell %q", text)
	}
	if lines := s.PlanLines(); !slices.ContainsFunc(lines, func(l string) bool { return strings.HasPrefix(l, "torch is swapped for") }) {
		t.Errorf("the plan in words: %q", lines)
	}
	s.KeepAll([]pep.Name{"torch"})
	if !s.Plan.Empty() || row(t, s, "torch").Status != Stays {
		t.Errorf("kept again, torch is %v", row(t, s, "torch").Status)
	}
}

func TestDevStripSquash(t *testing.T) {
	s, l := newSession(t, nil)
	s.OpenSample()
	l.idle()
	s.SetDev([]pep.Name{"librosa"}, true)
	if r := row(t, s, "librosa"); r.Status != DevOnly {
		t.Errorf("librosa is %v", r.Status)
	}
	choices := s.StripChoices()
	if len(choices) != len(fileclass.All) || choices[0].Class != fileclass.All[0] || choices[0].On {
		t.Fatalf("classes to strip: %+v", choices)
	}
	s.SetStrip(fileclass.Tests, true)
	if !s.StripChoices()[0].On {
		t.Error("a class that is stripped is not on")
	}
	waste, ok := s.CanSquash()
	if !ok || waste == 0 {
		t.Error("the sample's image has waste")
	}
	s.SetSquash(true)
	if v := s.Preview.Image; v == nil || v.Squashed != waste {
		t.Errorf("squashed %+v, want %d", v, waste)
	}
	if n := len(s.PlanLines()); n < 3 {
		t.Errorf("%d lines tell of three decisions: %q", n, s.PlanLines())
	}
	for range 3 {
		s.Undo()
	}
	if !s.Plan.Empty() {
		t.Errorf("after undoing all: %+v", s.Plan)
	}
}

// TestHeavierPlan says larger where a plan makes the build larger.
func TestHeavierPlan(t *testing.T) {
	s, l := newSession(t, nil)
	s.OpenSample()
	l.idle()
	s.Swap("openai-whisper", "faster-whisper")
	f := s.Totals()[0]
	if !strings.HasPrefix(f.Delta, "+") || !strings.HasSuffix(f.Delta, "% larger") || strings.Contains(f.Delta, "-") {
		t.Errorf("the difference of %s is %q", f.Label, f.Delta)
	}
}

// TestImageTotals tells of an image what it would be under the plan, as weigh does.
func TestImageTotals(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "image")
	const site = "usr/lib/python3.11/site-packages/"
	err := ocitest.Build(ocitest.Layer{CreatedBy: "RUN pip install demo", Entries: []ocitest.Entry{
		{Name: site + "demo-1.0.dist-info/METADATA", Body: "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n"},
		{Name: site + "demo-1.0.dist-info/RECORD", Body: "demo/data,,\n"},
		{Name: site + "demo/data", Size: 50_000}, {Name: "srv/app", Size: 1000},
	}}).WriteLayout(dir)
	if err != nil {
		t.Fatal(err)
	}
	s, l := newSession(t, nil)
	s.Open(dir)
	l.idle()
	labels := func() (out []string) {
		for _, f := range s.Totals() {
			out = append(out, f.Label)
		}
		return out
	}
	want := []string{"Download", "Unpacked", "Build time", "Waste"}
	if got := labels(); !slices.Equal(got, want) {
		t.Errorf("the totals are %q, want %q", got, want)
	}
	s.SetDropped("demo", true)
	if got := labels(); !slices.Equal(got, append(want, "Layers rewritten")) {
		t.Errorf("under a plan the totals are %q", got)
	}
	v := s.Preview.Image
	if f := s.Totals()[0]; v == nil || f.Before != v.DownloadBefore.String() || f.After != v.DownloadAfter.String() {
		t.Errorf("to download: %+v, the preview says %+v", f, v)
	}
	if f := s.Totals()[2]; !strings.HasPrefix(f.Before, "≈ ") || !strings.HasPrefix(f.After, "≈ ") {
		t.Errorf("times are estimates: %+v", f)
	}
}
