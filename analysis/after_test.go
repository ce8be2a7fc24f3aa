package analysis_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"weighline/analysis"
	"weighline/analysis/attribution"
	"weighline/analysis/bytesize"
	"weighline/analysis/pep"
	"weighline/analysis/plan"
)

// requirements returns the sample without its image.
func requirements(t testing.TB) *analysis.Build {
	t.Helper()
	in := analysis.SampleInput()
	in.Image = ""
	b, err := analysis.Analyze(t.Context(), in, analysis.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// image returns the sample's image alone.
func image(t testing.TB) *analysis.Build {
	t.Helper()
	b, err := analysis.Analyze(t.Context(), analysis.Input{Image: analysis.SampleBefore}, analysis.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func preview(t testing.TB, b *analysis.Build, p plan.Plan) plan.Preview {
	t.Helper()
	v, ok := analysis.Preview(b, p)
	if !ok {
		t.Fatal("the build has no graph")
	}
	return v
}

// TestSwapTorch takes torch's build for CPUs in the founding story. The sizes
// were summed up from the oracle with other means: 3,118,856,420 in all, less
// 821,174,704 for torch and 2,007,966,458 for fourteen packages of NVIDIA, and
// 175,833,687 for the wheel of the CPU build. triton stays for openai-whisper.
func TestSwapTorch(t *testing.T) {
	v := preview(t, requirements(t), plan.Plan{}.WithSwap("torch", "cpu"))
	if len(v.Swapped) != 1 || !v.Swapped[0].Exact || v.Swapped[0].To.Version != "2.7.1+cpu" || v.Swapped[0].To.Download != bytesize.About(175_833_687) {
		t.Fatalf("swapped %+v, problems %v", v.Swapped, v.Problems)
	}
	if got := v.Swapped[0].Line(pep.MustRequirement("torch==2.7.1")).String(); got != "torch==2.7.1+cpu" {
		t.Errorf("the line becomes %s", got)
	}
	if len(v.Freed) != 14 || slices.ContainsFunc(v.Freed, func(n pep.Name) bool { return !strings.HasPrefix(string(n), "nvidia-") }) {
		t.Errorf("freed %v, want the 14 of NVIDIA", v.Freed)
	}
	const want = 3_118_856_420 - 2_007_966_458 - 821_174_704 + 175_833_687
	if v.After.Packages != 58 || v.After.Download.Size != want || v.After.Download.Estimated != 1 || len(v.Added)+len(v.Held)+len(v.Problems) > 0 {
		t.Errorf("after: %+v, want 58 packages and about %d bytes; added %v held %v problems %v", v.After, want, v.Added, v.Held, v.Problems)
	}
	// Without openai-whisper triton goes, too: the rest of the CUDA set.
	v = preview(t, requirements(t), plan.New("openai-whisper").WithSwap("torch", "cpu"))
	if !slices.Contains(v.Freed, "triton") || !slices.Contains(v.Freed, "openai-whisper") || slices.Contains(v.Freed, "torch") {
		t.Errorf("freed %v, want triton and openai-whisper among them, torch not", v.Freed)
	}
}

func TestSwapOthers(t *testing.T) {
	b := requirements(t)
	// uvicorn without its extra: what only "standard" asks for goes. PyYAML is
	// asked for by nobody else. facts: 5.9 MB with uvicorn itself.
	v := preview(t, b, plan.Plan{}.WithSwap("uvicorn", "minimal"))
	if got := fmt.Sprint(v.Freed); got != "[httptools python-dotenv pyyaml uvloop watchfiles websockets]" {
		t.Errorf("uvicorn without extras frees %s", got)
	}
	if d := v.Before.Download.Size - v.After.Download.Size; d < 5*bytesize.MB || d > 6*bytesize.MB {
		t.Errorf("uvicorn without extras frees %v", d)
	}
	if v.Swapped[0].To.Version != "0.35.0" {
		t.Errorf("uvicorn without extras is %s, want the version that was there", v.Swapped[0].To.Version)
	}
	// faster-whisper in the place of openai-whisper brings packages of its own;
	// torch is still asked for by a line.
	v = preview(t, b, plan.New("torch").WithSwap("openai-whisper", "faster-whisper"))
	if !slices.Contains(v.Added, "faster-whisper") || !slices.Contains(v.Added, "ctranslate2") || !slices.Contains(v.Freed, "torch") || !slices.Contains(v.Freed, "openai-whisper") {
		t.Errorf("added %v, freed %v", v.Added, v.Freed)
	}
	// The lines do not name the packages: nothing happens without a word.
	v = preview(t, b, plan.Plan{}.WithSwap("opencv-python", "headless").WithSwap("torch", "tpu"))
	if len(v.Problems) != 2 || v.After != v.Before {
		t.Errorf("problems %q, after %v", v.Problems, v.After)
	}
}

// TestAfter compares a build with its own preview: what Compare says is what
// the preview said.
func TestAfter(t *testing.T) {
	for _, p := range []plan.Plan{{}, plan.New("torch", "openai-whisper"), plan.New("librosa").WithSwap("torch", "cpu").WithStrip("tests", true).WithSquash(true)} {
		for name, b := range map[string]*analysis.Build{"requirements": requirements(t), "image": image(t), "both": sample(t, nil)} {
			v := preview(t, b, p)
			c := analysis.Compare(b, analysis.After(b, p))
			switch {
			case name == "requirements" && (c.Download.B != v.After.Download || c.Unpacked.B.Size != v.After.Unpacked.Size || c.Packages[1] != v.After.Packages):
				t.Errorf("%s under %s: compare has %v and %v, the preview %v", name, p.Encode(), c.Download.B, c.Packages, v.After)
			case name != "requirements" && (c.Unpacked.B.Size != v.Image.After || c.Download.B.Size != v.Image.DownloadAfter.Size || len(c.Layers.OnlyB) != len(v.Image.LayersChanged)):
				t.Errorf("%s under %s: compare has %v, %v and layers %v, the preview %+v", name, p.Encode(), c.Unpacked.B, c.Download.B, c.Layers.OnlyB, v.Image)
			}
			checkLedger(t, name+" "+string(p.Encode()), b, analysis.After(b, p))
		}
	}
}

// checkLedger checks that the packages and the unowned bytes add up, in all and
// by layer.
func checkLedger(t *testing.T, what string, before, after *analysis.Build) {
	t.Helper()
	l := after.Ledger()
	if l == nil {
		return
	}
	sum := l.Unowned
	byLayer := make([]int64, len(after.Image.Layers))
	for _, p := range l.Packages {
		sum += p.Unpacked
		var own int64
		for _, x := range p.Layers {
			own += x.Bytes
			byLayer[x.Index] += x.Bytes
		}
		if own != p.Unpacked {
			t.Errorf("%s: %s has %d bytes and %d in layers", what, p.Name, p.Unpacked, own)
		}
	}
	if sum != l.Unpacked {
		t.Errorf("%s: packages and unowned are %d bytes, the image %d", what, sum, l.Unpacked)
	}
	for i, n := range byLayer {
		if was := before.Image.Layers[i]; int64(was.Kept) < n {
			t.Errorf("%s: layer %d has %d bytes of packages, and kept %d before", what, i, n, was.Kept)
		}
	}
}

// isTest is written anew, not taken from fileclass, to check that.
var isTest = regexp.MustCompile(`-packages/([^/]+/)*(tests?/.*[^c]|conftest\.py|test_[^/]*\.py)$`)

// TestImagePreview strips and squashes the sample's image and sums the files up
// by another way: over the tree.
func TestImagePreview(t *testing.T) {
	b := image(t)
	var tests, waste bytesize.Size
	files := 0
	for i, p := range b.Ledger().Packages {
		if p.Kind != attribution.Python {
			continue
		}
		for n := range b.Ledger().Nodes(i) {
			if isTest.MatchString(b.Image.Tree.FullPath(n)) {
				tests += bytesize.Size(b.Image.Tree.Size(n))
				files++
			}
		}
	}
	for _, l := range b.Image.Layers {
		waste += l.Waste
	}
	v := preview(t, b, plan.Plan{}.WithStrip("tests", true).WithSquash(true))
	if tests == 0 || v.Stripped[0].Image != bytesize.Of(tests) || v.Stripped[0].Files != files || v.Image.Before-v.Image.After != tests {
		t.Errorf("stripped %+v, image %v to %v, want %d bytes of %d files", v.Stripped, v.Image.Before, v.Image.After, tests, files)
	}
	if waste == 0 || v.Image.Squashed != waste {
		t.Errorf("squashed %v, want %v", v.Image.Squashed, waste)
	}
	if v.Image.Push.Size >= v.Image.DownloadBefore.Size || v.Image.DownloadAfter.Size >= v.Image.DownloadBefore.Size || v.Image.Push.Estimated != len(v.Image.LayersChanged) {
		t.Errorf("download %v to %v, push %v", v.Image.DownloadBefore, v.Image.DownloadAfter, v.Image.Push)
	}
	if v.Before.Unpacked.Size-v.After.Unpacked.Size != tests {
		t.Errorf("packages %v to %v, want %d less", v.Before.Unpacked, v.After.Unpacked, tests)
	}
}
