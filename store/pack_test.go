package store

import (
	"testing"

	"weighline/analysis"
	"weighline/analysis/plan"
)

// TestPack saves the sample under a plan and opens it again; the summary says
// what is known and what is not.
func TestPack(t *testing.T) {
	b, err := analysis.Analyze(t.Context(), analysis.SampleInput(), analysis.Options{})
	if err != nil {
		t.Fatal(err)
	}
	p := plan.New("librosa", "openai-whisper")
	packed, err := Pack(b, plan.Apply(p, b.Graph(), b.Ledger()))
	if err != nil {
		t.Fatal(err)
	}
	s := packed.Summary
	if s.Packages != 72 || s.PackagesAfter != 49 || s.Download != 3_118_856_420 || s.DownloadAfter != 3_118_856_420-52_662_914 || s.Layers != 9 {
		t.Errorf("the summary is %+v", s)
	}
	if s.UnknownUnpacked != 1 || !s.EstimatedUnpack {
		t.Errorf("the summary says %d unknown sizes, estimates %v; want 1 (openai-whisper is built from source), true", s.UnknownUnpacked, s.EstimatedUnpack)
	}
	got, q, err := packed.Unpack(t.Context(), nil)
	if err != nil || !q.Equal(p) || got.Graph().Total().Download.Size != 3_118_856_420 {
		t.Errorf("Unpack = %v, %v, %v", got, q, err)
	}

	whole, err := analysis.Analyze(t.Context(), analysis.Input{Image: analysis.SampleBefore}, analysis.Options{})
	if err != nil {
		t.Fatal(err)
	}
	packed, err = Pack(whole, whole.Subject().Apply(plan.New("torch", "openai-whisper")))
	if err != nil {
		t.Fatal(err)
	}
	if s := packed.Summary; s.Packages != len(whole.Ledger().Packages) || s.PackagesAfter != s.Packages-29 || s.Download <= 0 || s.DownloadAfter >= s.Download || !s.EstimatedDownload {
		t.Errorf("of an image of %d packages the summary is %+v", len(whole.Ledger().Packages), s)
	}

	image, err := analysis.Analyze(t.Context(), analysis.Input{Image: analysis.SampleBefore}, analysis.Options{LayersOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	packed, err = Pack(image, plan.Preview{})
	if err != nil {
		t.Fatal(err)
	}
	if s := packed.Summary; s.Unpacked != -1 || s.Download != -1 || s.Layers != 9 || packed.Digest == "" {
		t.Errorf("of an image whose layers were not read the summary is %+v, digest %q", s, packed.Digest)
	}
}
