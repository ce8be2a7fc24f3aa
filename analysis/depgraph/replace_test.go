package depgraph

import (
	"fmt"
	"testing"

	"weighline/analysis/bytesize"
	"weighline/analysis/pep"
)

// story is a small one of CUDA: app asks for torch and speech; torch needs cuda,
// triton and math; speech needs triton and torch.
func story() *Graph {
	node := func(name string, size int) Node {
		return Node{Name: pep.Name(name), Version: "1", Download: bytesize.Of(size)}
	}
	return NewGraph(
		[]Node{node("torch", 800), node("speech", 1), node("cuda", 2000), node("triton", 150), node("math", 5)},
		[]Edge{{From: 0, To: 2}, {From: 0, To: 3}, {From: 0, To: 4}, {From: 1, To: 3}, {From: 1, To: 0}},
		[]Root{{Requirement: pep.MustRequirement("torch")}, {Requirement: pep.MustRequirement("speech")}})
}

// with is the resolution of a package that needs others.
func with(line, name string, size int, needs ...string) *Graph {
	nodes := []Node{{Name: pep.Name(name), Version: "1+cpu", Download: bytesize.Of(size)}}
	var edges []Edge
	for _, n := range needs {
		edges = append(edges, Edge{From: 0, To: len(nodes)})
		nodes = append(nodes, Node{Name: pep.Name(n), Version: "9", Download: bytesize.Of(7)})
	}
	return NewGraph(nodes, edges, []Root{{Requirement: pep.MustRequirement(line)}})
}

func TestReplace(t *testing.T) {
	test := func(want string, s Substitute, drop ...pep.Name) {
		t.Helper()
		g := story()
		r := g.Replace(s).Without(drop...)
		rest := r.Rest()
		got := fmt.Sprintf("%d packages, %d B, gone %v", rest.Packages, rest.Download.Size, r.Freed())
		if after := r.Remaining().Total(); got != want || after.Packages != rest.Packages || after.Download != rest.Download {
			t.Errorf("%s by %v without %v:\n got %s, as a graph of its own %v\nwant %s", s.Old, s.With.Nodes()[0].Name, drop, got, after, want)
		}
		if g.Total().Download.Size != 2956 {
			t.Error("Replace changed the graph")
		}
	}
	cpu := Substitute{"torch", with("torch==1+cpu", "torch", 170, "math")}
	// cuda goes; triton stays for speech, math at its version.
	test("4 packages, 326 B, gone [cuda]", cpu)
	test("2 packages, 175 B, gone [cuda speech triton]", cpu, "speech")
	// speech still needs torch, so dropping its line frees nothing more.
	test("4 packages, 326 B, gone [cuda]", cpu, "torch")
	// Another package in the place of a root: what it needs comes with it, and
	// torch stays for nobody, so that dropping its line frees it.
	test("3 packages, 165 B, gone [cuda math speech torch]", Substitute{"speech", with("fast", "fast", 8, "triton", "extra")}, "torch")
	// One that others still require stays.
	test("6 packages, 2966 B, gone []", Substitute{"torch", with("jax", "jax", 10)})
	// No line asks for triton: what takes its place becomes a root.
	test("5 packages, 2810 B, gone [triton]", Substitute{"triton", with("lite", "lite", 4)})
	test("5 packages, 2956 B, gone []", Substitute{"absent", with("lite", "lite", 4)})
}
