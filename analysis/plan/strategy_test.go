package plan

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"weighline/analysis/attribution"
	"weighline/analysis/bytesize"
	"weighline/analysis/depgraph"
	"weighline/analysis/pep"
)

// service asks for torch with its CUDA libraries, a framework and pytest.
func service() *depgraph.Graph {
	node := func(name, version, file string, mb int64) depgraph.Node {
		return depgraph.Node{Name: pep.Name(name), Version: version, File: file, Download: bytesize.Of(mb * 1e6), Unpacked: bytesize.About(mb * 2e6)}
	}
	root := func(line string) depgraph.Root { return depgraph.Root{Requirement: pep.MustRequirement(line)} }
	return depgraph.NewGraph(
		[]depgraph.Node{node("torch", "2.7.1", "torch-2.7.1-cp311-cp311-manylinux_2_28_x86_64.whl", 800), node("nvidia-cudnn-cu12", "9", "nvidia_cudnn_cu12-9-py3-none-manylinux.whl", 600),
			node("web", "1", "web-1-py3-none-any.whl", 10), node("pytest", "8", "pytest-8-py3-none-any.whl", 2)},
		[]depgraph.Edge{{From: 0, To: 1}}, []depgraph.Root{root("torch==2.7.1"), root("web"), root("pytest")})
}

func TestStrategies(t *testing.T) {
	s := &Subject{Graph: service()}
	out := s.Strategies(New("torch"), StrategyOptions{Python: "3.11"})
	base := int64(45_520_747)
	want := map[string]int64{AsIs: 1_412e6 + base, Production: 1_410e6 + base, CPUOnly: 12e6 + 175_833_687 + base, MultiStage: 1_412e6 + base, BaseImage: 1_412e6 + base, Current: 12e6 + base}
	for _, x := range out.List {
		if int64(x.Download.Size) != want[x.Name] {
			t.Errorf("%s: download %v, want %d", x.Name, x.Download.Size.Exact(), want[x.Name])
		}
		if x.Seconds.Low <= 0 || x.Seconds.High < x.Seconds.Low {
			t.Errorf("%s takes %v", x.Name, x.Seconds)
		}
		var low, high float64
		for _, p := range x.Parts {
			low, high = low+p.Seconds.Low, high+p.Seconds.High
		}
		if fmt.Sprintf("%.6f %.6f", low, high) != fmt.Sprintf("%.6f %.6f", x.Seconds.Low, x.Seconds.High) {
			t.Errorf("%s: the parts take %v to %v s, all %v", x.Name, low, high, x.Seconds)
		}
	}
	if out.Recommended != Current || !strings.Contains(out.Why, "instead of 1.46 GB") {
		t.Errorf("recommended %s: %s", out.Recommended, out.Why)
	}
	onBase, _ := out.Find(BaseImage)
	if fmt.Sprint(onBase.Heavy) != "[nvidia-cudnn-cu12 torch]" || onBase.Edit.Size != 12e6 || onBase.Edit.Estimated == 0 {
		t.Errorf("base with %v, edit pulls %v", onBase.Heavy, onBase.Edit)
	}
	production, _ := out.Find(Production)
	if !production.Plan.Equal(Plan{}.WithDev("pytest", true)) {
		t.Errorf("production is %s", production.Plan.Encode())
	}
	// A Python of which no image is written down: by another's figures, said so.
	other, _ := s.Strategies(Plan{}, StrategyOptions{Python: "3.9"}).Find(AsIs)
	if other.Base.Reference() != "python:3.9-slim" || other.Download.Estimated == 0 {
		t.Errorf("3.9 starts from %s, download %v", other.Base.Reference(), other.Download)
	}
}

// TestOpenedBase installs onto an image that has one of four packages as it is
// asked for, and another one at another version.
func TestOpenedBase(t *testing.T) {
	has := func(name, version string) attribution.Package {
		return attribution.Package{Kind: attribution.Python, Name: name, Version: version}
	}
	s := &Subject{Graph: service(), Ledger: &attribution.Ledger{Packages: []attribution.Package{has("torch", "2.7.1"), has("web", "0.9"), {Kind: attribution.Deb, Name: "pytest", Version: "8"}}}}
	if _, ok := s.Strategies(Plan{}, StrategyOptions{}).Find(OpenedBase); ok {
		t.Error("no image was given as a base, and there is a strategy for it")
	}
	base := &Base{Image: "acme/torch:2", Digest: "sha256:00", Pullable: true, Download: 900e6, Layers: []int64{850e6, 50e6}, Unpacked: 2e9}
	x, _ := s.Strategies(Plan{}, StrategyOptions{Base: base}).Find(OpenedBase)
	if x.Download.Size != 900e6+612e6 || x.Edit.Size != 612e6 || x.Edit.Estimated == 0 || x.LargestLayer.Size != 850e6 || x.Unpacked.Size != 2e9+1224e6 || x.Packages != 4 {
		t.Errorf("download %v, edit %v, largest %v, unpacked %v, %d packages", x.Download, x.Edit, x.LargestLayer, x.Unpacked, x.Packages)
	}
	if !strings.Contains(x.Remarks[0], "Of 4 packages 1 are in acme/torch:2") || !strings.Contains(x.Remarks[0], "1 at another one, and 2 are not") {
		t.Errorf("it says %q", x.Remarks)
	}
	file := x.Dockerfiles(DockerfileOptions{})[0].Text
	if !strings.Contains(file, "ARG BASE=acme/torch:2@sha256:00\nFROM ${BASE}") || strings.Contains(file, "venv") {
		t.Errorf("the Dockerfile is\n%s", file)
	}
	for name, holds := range rules {
		if !holds(file) {
			t.Errorf("it breaks %q:\n%s", name, file)
		}
	}
	// Of an archive nobody knows where it is pulled from, and of a layer without a
	// size not what it weighs.
	x, _ = s.Strategies(Plan{}, StrategyOptions{Base: &Base{Image: "app.tar"}}).Find(OpenedBase)
	if file := x.Dockerfiles(DockerfileOptions{})[0].Text; strings.Contains(file, "app.tar") || x.Download.Unknown == 0 {
		t.Errorf("download %v, Dockerfile\n%s", x.Download, file)
	}
}

// TestTimes computes one estimate by hand: 100 MB at 80 Mbit/s are 10 s, and so
// on.
func TestTimes(t *testing.T) {
	s := Speeds{Download: Speed{80, 80}, Unpack: Speed{50, 100}, Compile: Speed{5, 5}, Compress: Speed{50, 50}, Push: Speed{80, 160}, Start: Speed{1, 2}}
	total := func(mb int64) bytesize.Total { return bytesize.Total{Size: bytesize.Size(mb * 1e6)} }
	parts, sum := s.times(total(10), total(100), total(300), total(10), total(100))
	// start 1 to 2, pull 1, download 10, unpack 3 to 6, compile 2, compress 6, push 5 to 10
	if sum.Low != 28 || sum.High != 37 || len(parts) != 7 {
		t.Errorf("times = %v, %v, want 28 to 37 s", parts, sum)
	}
	if d := (Speeds{}).withDefaults(); d != DefaultSpeeds() {
		t.Errorf("the zero Speeds become %+v", d)
	}
}

func TestMeasure(t *testing.T) {
	dir := t.TempDir()
	s, err := Speeds{}.Measure(t.Context(), dir)
	if err != nil || !s.Measured || s.Unpack.Low <= 0 || s.Compress.High < s.Compress.Low || s.Download != DefaultSpeeds().Download {
		t.Errorf("Measure = %+v, %v", s, err)
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("Measure left %v behind", left)
	}
	if _, err := (Speeds{}).Measure(t.Context(), dir+"/absent"); err == nil {
		t.Error("Measure in no folder: no error")
	}
}

// A rule is one of good practice for Dockerfiles, as hadolint has them.
var rules = map[string]func(text string) bool{
	"DL3006, DL3007: images have a version and not latest": func(s string) bool {
		for _, m := range regexp.MustCompile(`(?m)^FROM (\S+)`).FindAllStringSubmatch(s, -1) {
			if m[1] != "${BASE}" && (!strings.Contains(m[1], ":") || strings.Contains(m[1], ":latest")) {
				return false
			}
		}
		return strings.Contains(s, "\nFROM ")
	},
	"DL3002: the last user is not root": func(s string) bool {
		users := regexp.MustCompile(`(?m)^USER (\S+)`).FindAllStringSubmatch(s, -1)
		return len(users) > 0 && users[len(users)-1][1] != "root"
	},
	"DL3020: COPY, not ADD": func(s string) bool { return !regexp.MustCompile(`(?m)^ADD `).MatchString(s) },
	"DL3042: no cache of pip in a layer": func(s string) bool {
		return regexp.MustCompile(`RUN --mount=type=cache,target=/root/.cache/pip \\\n +pip install`).MatchString(s) && strings.Count(s, "pip install") == strings.Count(s, "--mount=type=cache")
	},
	"DL3000: WORKDIR is absolute":    func(s string) bool { return regexp.MustCompile(`(?m)^WORKDIR /`).MatchString(s) },
	"DL3003, DL3004: no cd, no sudo": func(s string) bool { return !regexp.MustCompile(`\b(sudo|cd) `).MatchString(s) },
	"DL3025: CMD in JSON, once at most": func(s string) bool {
		return strings.Count(s, "\nCMD ") == strings.Count(s, "\nCMD [\"") && strings.Count(s, "\nCMD ") <= 1
	},
	"DL3022: COPY --from names a stage that there is": func(s string) bool {
		for _, m := range regexp.MustCompile(`--from=(\S+)`).FindAllStringSubmatch(s, -1) {
			if !strings.Contains(s, " AS "+m[1]+"\n") {
				return false
			}
		}
		return true
	},
	"requirements before sources": func(s string) bool {
		sources := strings.Index(s, "COPY . .")
		return sources < 0 || sources > strings.LastIndex(s, "pip install")
	},
	"lines that go on go on": func(s string) bool { return !regexp.MustCompile(`\\\n\s*\n`).MatchString(s) },
}

func TestDockerfiles(t *testing.T) {
	p := New("web").WithSwap("torch", "cpu").WithStrip("tests", true).WithStrip("headers", true)
	for _, x := range (&Subject{Graph: service()}).Strategies(p, StrategyOptions{Python: "3.12"}).List {
		for _, o := range []DockerfileOptions{{}, {Requirements: []string{"deploy/slim.txt", "my own.txt"}, Beside: []string{"deploy/base/web.txt"}, Constraints: "deploy/constraints.txt"}} {
			for _, f := range x.Dockerfiles(o) {
				for name, holds := range rules {
					if !holds(f.Text) {
						t.Errorf("%s of %s breaks %q:\n%s", f.Name, x.Name, name, f.Text)
					}
				}
				if x.Name == Current && (!strings.Contains(f.Text, "--extra-index-url https://download.pytorch.org/whl/cpu") || !strings.Contains(f.Text, "conftest.py")) {
					t.Errorf("%s of the plan neither names torch's index nor strips:\n%s", f.Name, f.Text)
				}
			}
		}
	}
}

// TestSwapTogether: torchvision loads only beside the torch it was built for.
func TestSwapTogether(t *testing.T) {
	g := depgraph.NewGraph([]depgraph.Node{{Name: "torch", Version: "2.7.1"}, {Name: "torchvision", Version: "0.22.1"}}, []depgraph.Edge{{From: 1, To: 0}},
		[]depgraph.Root{{Requirement: pep.MustRequirement("torchvision")}})
	alone := Apply(Plan{}.WithSwap("torch", "cpu"), g, nil)
	if len(alone.Problems) != 1 || !strings.Contains(alone.Problems[0], "torchvision=cpu") {
		t.Errorf("problems %q, want one that names torchvision=cpu", alone.Problems)
	}
	both := Apply(Plan{}.WithSwap("torch", "cpu").WithSwap("torchvision", "cpu"), g, nil)
	if len(both.Problems) > 0 || len(both.Swapped) != 2 {
		t.Errorf("both: problems %q, swapped %d", both.Problems, len(both.Swapped))
	}
	// Nobody knows its size here, and that is said.
	if both.After.Download.Unknown != 1 || both.Swapped[1].To.Reason == "" {
		t.Errorf("after %+v, %+v", both.After, both.Swapped[1].To)
	}
}

func TestBases(t *testing.T) {
	for _, b := range Bases() {
		if b.Source == "" || b.CheckedOn == "" || !strings.HasPrefix(b.Digest, "sha256:") || b.largest().Size == 0 {
			t.Errorf("base %+v lacks a source, a date or a digest", b)
		}
	}
	if !ForDevelopment("pytest") || ForDevelopment("torch") {
		t.Error("pytest is for development, torch is not")
	}
}
