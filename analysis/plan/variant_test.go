package plan

import (
	"errors"
	"net/url"
	"testing"
	"time"

	"weighline/analysis/pep"
)

func TestVariants(t *testing.T) {
	seen := map[string]bool{}
	for _, v := range AllVariants() {
		key := string(v.Package) + "=" + v.Variant
		if u, err := url.Parse(v.Source); err != nil || u.Scheme != "https" || seen[key] || v.Title == "" || v.Note == "" || v.Download > 0 && v.Of == "" {
			t.Errorf("%s: no source, title or note, or there twice: %+v", key, v)
		}
		if _, err := time.Parse(time.DateOnly, v.CheckedOn); err != nil {
			t.Errorf("%s: %v", key, err)
		}
		seen[key] = true
	}
	if v, err := FindVariant("torch", "CPU"); err != nil || v.Index != "https://download.pytorch.org/whl/cpu" {
		t.Errorf("FindVariant(torch, CPU) = %+v, %v", v, err)
	}
	for _, n := range []pep.Name{"torch", "numpy"} {
		if _, err := FindVariant(n, "tpu"); !errors.Is(err, ErrNoVariant) {
			t.Errorf("FindVariant(%s, tpu) = %v", n, err)
		}
	}
}

func TestVariantLines(t *testing.T) {
	test := func(name pep.Name, variant, line, present, want string) {
		t.Helper()
		v, err := FindVariant(name, variant)
		if err != nil {
			t.Fatal(err)
		}
		if got := v.Requirement(pep.MustRequirement(line), present).String(); got != want {
			t.Errorf("%s by %s: %q becomes %q, want %q", name, variant, line, got, want)
		}
	}
	test("torch", "cpu", "torch==2.7.1", "2.7.1", "torch==2.7.1+cpu")
	test("torch", "cpu", "torch==2.7.1+cu128", "2.7.1+cu128", "torch==2.7.1+cpu")
	test("torch", "cpu", "torch>=2; python_version > '3.8'", "2.7.1", "torch==2.7.1+cpu; python_version > \"3.8\"")
	test("torch", "cpu", "torch>=2", "", "torch>=2") // nobody knows the version
	test("torch", "cpu", "torch @ https://example.org/torch.whl", "2.7.1", "torch==2.7.1+cpu")
	test("opencv-python", "headless", "opencv-python>=4.10", "4.11.0.86", "opencv-python-headless>=4.10")
	test("uvicorn", "minimal", "uvicorn[standard]>=0.30", "0.35.0", "uvicorn>=0.30")
	test("openai-whisper", "faster-whisper", "openai-whisper==20250625", "20250625", "faster-whisper")
}
