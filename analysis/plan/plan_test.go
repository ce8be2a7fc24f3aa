package plan

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"weighline/analysis/attribution"
	"weighline/analysis/bytesize"
	"weighline/analysis/depgraph"
	"weighline/analysis/pep"
)

// demo is a service: app needs web; web and science need shared; science needs
// heavy.
func demo() *depgraph.Graph {
	node := func(name string, size int64) depgraph.Node {
		return depgraph.Node{Name: pep.Name(name), Version: "1", Download: bytesize.Of(size), Unpacked: bytesize.About(3 * size)}
	}
	nodes := []depgraph.Node{node("web", 10), node("science", 20), node("shared", 5), node("heavy", 100)}
	edges := []depgraph.Edge{{From: 0, To: 2}, {From: 1, To: 2}, {From: 1, To: 3}}
	return depgraph.NewGraph(nodes, edges, []depgraph.Root{
		{Requirement: pep.MustRequirement("web"), File: "requirements.txt", Line: 1},
		{Requirement: pep.MustRequirement("science"), File: "requirements.txt", Line: 2},
		{Requirement: pep.MustRequirement("shared"), File: "requirements.txt", Line: 3},
	})
}

func ledger() *attribution.Ledger {
	return &attribution.Ledger{Unpacked: 500, Unowned: 95, Packages: []attribution.Package{
		{Kind: attribution.Python, Name: "heavy", Unpacked: 300, Layers: []attribution.LayerBytes{{Index: 4, Bytes: 290}, {Index: 2, Bytes: 10}}},
		{Kind: attribution.Python, Name: "science", Unpacked: 60, Layers: []attribution.LayerBytes{{Index: 4, Bytes: 60}, {Index: 5, Bytes: 0}}},
		{Kind: attribution.Python, Name: "shared", Unpacked: 15, Layers: []attribution.LayerBytes{{Index: 1, Bytes: 15}}},
		{Kind: attribution.Deb, Name: "science", Unpacked: 30, Layers: []attribution.LayerBytes{{Index: 0, Bytes: 30}}},
	}}
}

func TestApply(t *testing.T) {
	test := func(want string, drop ...pep.Name) {
		t.Helper()
		v := Apply(New(drop...), demo(), ledger())
		got := fmt.Sprintf("freed %v held %v excluded %v, download %d to %d, image %d to %d, layers %v",
			v.Freed, v.Held, v.Excluded, v.Before.Download.Size, v.After.Download.Size, v.Image.Before, v.Image.After, v.Image.LayersChanged)
		if got != want {
			t.Errorf("drop %v:\n got %s\nwant %s", drop, got, want)
		}
	}
	test("freed [] held [] excluded [], download 135 to 135, image 500 to 500, layers []")
	// heavy goes with science, shared stays for web and its own line; the Debian
	// package of that name stays.
	test("freed [heavy science] held [] excluded [], download 135 to 15, image 500 to 140, layers [2 4]", "science")
	// The line of shared goes, but web and science need it.
	test("freed [] held [{shared [science web]}] excluded [], download 135 to 135, image 500 to 500, layers []", "shared")
	// No line asks for heavy: it is taken out although science requires it.
	test("freed [heavy] held [] excluded [heavy], download 135 to 35, image 500 to 200, layers [2 4]", "heavy")
	// Dropped together with what requires it, it is no exclusion.
	test("freed [heavy science] held [] excluded [], download 135 to 15, image 500 to 140, layers [2 4]", "heavy", "science")
	test("freed [] held [] excluded [], download 135 to 135, image 500 to 500, layers []", "no-such-package")
}

func TestApplyLeavesItsArguments(t *testing.T) {
	g, l := demo(), ledger()
	Apply(New("science"), g, l)
	if g.Total().Download.Size != 135 || l.Unpacked != 500 || len(l.Packages) != 4 {
		t.Error("Apply changed the graph or the ledger")
	}
}

func TestReasons(t *testing.T) {
	r := Apply(New("science", "shared"), demo(), nil).Reasons()
	if r["science"] != "by plan" || r["shared"] != "still needed by web" {
		t.Errorf("Reasons = %v", r)
	}
}

func TestPlan(t *testing.T) {
	a := New("torch", "librosa")
	b := a.With("numpy", true).With("torch", false)
	if !slices.Equal(a.Drop, []pep.Name{"librosa", "torch"}) || !slices.Equal(b.Drop, []pep.Name{"librosa", "numpy"}) {
		t.Errorf("plans are no values: %v, then %v", a.Drop, b.Drop)
	}
	if !b.Drops("numpy") || b.Drops("torch") || !(Plan{}).Empty() || b.Empty() {
		t.Errorf("Drops or Empty of %v is wrong", b)
	}
	got, err := Decode(b.Encode())
	if err != nil || !got.Equal(b) {
		t.Errorf("Decode(Encode(%v)) = %v, %v", b, got, err)
	}
	// A user's own file may spell names as PyPI does, in any order.
	got, err = Decode([]byte(`{"drop": ["Scikit_Learn", "PyYAML", "scikit-learn"]}`))
	if err != nil || !got.Equal(New("pyyaml", "scikit-learn")) {
		t.Errorf("Decode = %v, %v, want pyyaml, scikit-learn", got, err)
	}
	if _, err := Decode([]byte("torch")); err == nil {
		t.Error("Decode of no JSON = nil error")
	}
}

// A package has one decision at most, the last; what others hold stays as it was.
func TestPlanDecidesOnce(t *testing.T) {
	p := New("torch", "librosa")
	swapped := p.WithSwap("torch", "cpu")
	dev := swapped.WithDev("torch", true).WithStrip("tests", true).WithSquash(true)
	again := dev.With("torch", true)
	for _, c := range []struct {
		p    Plan
		want string
	}{
		{p, `{"drop":["librosa","torch"]}`},
		{swapped, `{"drop":["librosa"],"swap":{"torch":"cpu"}}`},
		{swapped.WithSwap("opencv-python", "headless"), `{"drop":["librosa"],"swap":{"opencv-python":"headless","torch":"cpu"}}`},
		{swapped.WithSwap("torch", ""), `{"drop":["librosa"]}`},
		{dev, `{"drop":["librosa"],"strip":["tests"],"dev":["torch"],"squash":true}`},
		{again, `{"drop":["librosa","torch"],"strip":["tests"],"squash":true}`},
		{dev.WithDev("torch", false).WithStrip("tests", false).WithSquash(false).With("librosa", false), `{}`},
		{dev.WithStrip("no-such-class", true), `{"drop":["librosa"],"strip":["tests"],"dev":["torch"],"squash":true}`},
	} {
		if got := string(c.p.Encode()); got != c.want {
			t.Errorf("plan is %s, want %s", got, c.want)
		}
		got, err := Decode(c.p.Encode())
		if err != nil || !got.Equal(c.p) {
			t.Errorf("Decode(%s) = %s, %v", c.p.Encode(), got.Encode(), err)
		}
	}
	if !dev.MovesToDev("torch") || dev.Swaps("torch") != "" || swapped.Swaps("torch") != "cpu" || !dev.Strips("tests") || dev.Equal(swapped) || dev.Empty() {
		t.Errorf("%s does not answer for itself", dev.Encode())
	}
	if names := swapped.WithDev("pytest", true).Names(); !slices.Equal(names, []pep.Name{"librosa", "pytest", "torch"}) {
		t.Errorf("Names = %v", names)
	}
}

func TestDecodeTellsWhatItDoesNotKnow(t *testing.T) {
	p, err := Decode([]byte(`{"drop":["torch"],"strip":["tests","docs"],"quantize":true,"squash":true}`))
	var unknown *UnknownError
	if !errors.As(err, &unknown) || !p.Equal(New("torch").WithStrip("tests", true).WithSquash(true)) {
		t.Errorf("Decode = %s, %v, want the plan without what is unknown", p.Encode(), err)
	}
	const want = `plan: this version does not know "quantize"; strip: there is no class "docs"`
	if err == nil || err.Error() != want {
		t.Errorf("Decode = %v, want %s", err, want)
	}
	for _, text := range []string{`{"drop":["torch"],"swap":{"Torch":"cpu"}}`, `{"drop":["torch"],"dev":["torch"]}`, `{"swap":{"torch":""}}`, `{"drop":["  "]}`, `[1]`, `{"drop":"torch"}`} {
		if p, err := Decode([]byte(text)); err == nil || errors.As(err, &unknown) || !p.Empty() {
			t.Errorf("Decode(%s) = %s, %v, want an error and no plan", text, p.Encode(), err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"drop":["a"],"swap":{"b":"cpu"},"strip":["tests"],"dev":["c"],"squash":true,"x":1}`))
	f.Add([]byte(`{"DROP":[""]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, _ := Decode(data)
		q, err := Decode(p.Encode())
		if err != nil || !q.Equal(p) {
			t.Errorf("Decode(%q) = %s, read again: %s, %v", data, p.Encode(), q.Encode(), err)
		}
	})
}

func ExampleApply() {
	v := Apply(New("science"), demo(), nil)
	fmt.Println(v.Before.Download.Size, "→", v.After.Download.Size, "without", v.Freed)
	// Output: 135 B → 15 B without [heavy science]
}
