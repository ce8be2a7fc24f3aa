package analysis

import (
	"fmt"
	"testing"

	"weighline/analysis/attribution"
	"weighline/analysis/depgraph"
	"weighline/analysis/pep"
)

func TestJoin(t *testing.T) {
	g := depgraph.NewGraph([]depgraph.Node{{Name: "app", Version: "1.0"}, {Name: "lib", Version: "2.0"}, {Name: "new", Version: "3"}, {Name: "unsure"}},
		[]depgraph.Edge{{From: 0, To: 1}}, []depgraph.Root{{Requirement: pep.MustRequirement("app")}, {Requirement: pep.MustRequirement("new")}, {Requirement: pep.MustRequirement("unsure")}})
	dist := func(name, version string, layer int, bytes int64) attribution.Package {
		return attribution.Package{Kind: attribution.Python, Name: name, Version: version, Unpacked: bytes, Layers: []attribution.LayerBytes{{Index: layer, Bytes: bytes}}}
	}
	l := &attribution.Ledger{Packages: []attribution.Package{
		dist("app", "1.0.0", 1, 10), // PEP 440: the same version
		dist("lib", "1.9", 2, 20), dist("lib", "1.9", 3, 5), dist("old", "7", 2, 30), dist("unsure", "4", 1, 1),
		{Kind: attribution.Deb, Name: "new", Version: "3", Unpacked: 99},
	}}
	b := &Build{Deps: &Deps{Graph: g}, Image: &Image{Ledger: l}}
	got := ""
	for _, x := range b.Join() {
		got += fmt.Sprintf("%s %s %q %q %v %v %d\n", x.Name, x.Status, x.Required, x.Installed, x.Roots, x.Layers, x.Unpacked)
	}
	const want = `lib differs "2.0" "1.9, 1.9" [app] [{2 20} {3 5}] 25
new only-required "3" "" [new] [] 0
old only-installed "" "7" [] [{2 30}] 30
app same "1.0" "1.0.0" [app] [{1 10}] 10
unsure same "?" "4" [unsure] [{1 1}] 1
`
	if got != want {
		t.Errorf("Join:\n%swant\n%s", got, want)
	}
	got = ""
	for _, x := range b.Brought() {
		got += fmt.Sprintf("%s %q %d %v %d\n", x.By, x.Root, x.Packages, x.Layers, x.Unpacked)
	}
	const brought = `line "app" 2 [{1 10} {2 20} {3 5}] 35
line "unsure" 1 [{1 1}] 1
nobody "" 1 [{2 30}] 30
`
	if got != brought {
		t.Errorf("Brought:\n%swant\n%s", got, brought)
	}
	if (&Build{Deps: b.Deps}).Join() != nil || (&Build{Image: b.Image}).Join() != nil {
		t.Error("one alone is joined with nothing")
	}
}
