package analysis

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"weighline/analysis/bytesize"
	"weighline/analysis/pep"
)

// lints returns the findings of a file as "line code bytes basis: fix".
func lints(t *testing.T, file string, o Options) (out []string) {
	t.Helper()
	b, err := Analyze(t.Context(), Input{Files: []string{file}}, o)
	if err != nil {
		t.Fatal(err)
	}
	data, err := b.Encode()
	if err != nil {
		t.Fatal(err)
	}
	again, err := Decode(t.Context(), data, nil)
	if err != nil {
		t.Fatal(err)
	}
	if fmt.Sprintf("%+v", again.Warnings) != fmt.Sprintf("%+v", b.Warnings) {
		t.Errorf("saved and opened again: %+v, want %+v", again.Warnings, b.Warnings)
	}
	for _, w := range b.Warnings {
		if w.Fix != "" {
			out = append(out, fmt.Sprintf("%d %s %d %s: %s", w.Line, w.Code, w.Bytes.Size, w.Bytes.Basis, w.Fix))
		}
		if (w.Bytes.Basis != bytesize.Unknown) != (w.Stake != "") {
			t.Errorf("%+v: bytes without words, or the other way round", w)
		}
	}
	return out
}

// TestLints has the place, the bytes at stake and the fix of each finding.
func TestLints(t *testing.T) {
	file := fileWith(t, "requirements.txt", `torch==2.7.1 --index-url https://download.pytorch.org/whl/cpu
opencv-python==4.12.0.88
opencv-python-headless==4.12.0.88
numpy==2.2.6
numpy<2.3
pillow
requests==2.32.3
tqdm==4.67.1
fastapi==0.115.14
click==8.2.1
`)
	got := lints(t, file, Options{})
	want := []string{
		`1 index-on-line 2995206567 estimated: write "--index-url https://download.pytorch.org/whl/cpu" on a line of its own above the requirements`,
		`5 required-twice 16821570 known: keep one of the two lines: numpy==2.2.6,<2.3`,
		`5 unpinned 16821570 known: write numpy==2.2.6, which is taken now`,
		`6 unpinned 6934408 known: write pillow==12.3.0, which is taken now`,
		`2 same-import 54023419 known: keep one line of opencv-python, opencv-python-headless`,
	}
	if len(got) != len(want) {
		t.Fatalf("findings:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	for i := range want {
		if !strings.HasPrefix(got[i], want[i]) {
			t.Errorf("got  %s\nwant %s", got[i], want[i])
		}
	}
}

// TestLintStaleLock knows what the wheel of the index would weigh that was set
// after CUDA was locked.
func TestLintStaleLock(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"pyproject.toml": `[project]
name = "app"
version = "1"
dependencies = ["torch"]
[tool.uv.sources]
torch = { index = "cpu" }
[[tool.uv.index]]
name = "cpu"
url = "https://download.pytorch.org/whl/cpu"
explicit = true
`,
		"uv.lock": `version = 1
revision = 2
requires-python = ">=3.11"
[[package]]
name = "app"
version = "1"
source = { virtual = "." }
dependencies = [{ name = "torch" }]
[package.metadata]
requires-dist = [{ name = "torch" }]
[[package]]
name = "cuda"
version = "12"
source = { registry = "https://pypi.org/simple" }
wheels = [{ url = "https://files.example/cuda-12-py3-none-any.whl", size = 1000000000 }]
[[package]]
name = "torch"
version = "2.8.0"
source = { registry = "https://pypi.org/simple" }
dependencies = [{ name = "cuda" }]
wheels = [{ url = "https://files.example/torch-2.8.0-cp311-none-macosx_11_0_arm64.whl", size = 500000000 }]
`} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	mac, err := pep.ParseTarget("3.11", "macos/arm64")
	if err != nil {
		t.Fatal(err)
	}
	got := lints(t, filepath.Join(dir, "uv.lock"), Options{Target: mac})
	// 1,500,000,000 bytes are locked; the wheel of the catalogue has 73,621,174.
	if want := "4 stale-lock 1426378826 known: run uv lock --upgrade-package torch"; len(got) != 1 || got[0] != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
