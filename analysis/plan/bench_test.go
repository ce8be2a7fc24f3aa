package plan

import (
	"fmt"
	"testing"

	"weighline/analysis/bytesize"
	"weighline/analysis/depgraph"
	"weighline/analysis/pep"
)

// bigGraph has n packages, each of which requires three others; a tenth are
// roots, and one is called torch.
func bigGraph(n int) *depgraph.Graph {
	nodes := make([]depgraph.Node, n)
	var edges []depgraph.Edge
	var roots []depgraph.Root
	for i := range nodes {
		name := fmt.Sprintf("package-%d", i)
		if i == 7 {
			name = "torch"
		}
		nodes[i] = depgraph.Node{Name: pep.Name(name), Version: "1.0", Download: bytesize.Of(int64(i) * 1000), Unpacked: bytesize.About(int64(i) * 3000)}
		for _, to := range []int{2*i + 1, 2*i + 2, i * 7 % n} {
			if to < n && to > i {
				edges = append(edges, depgraph.Edge{From: i, To: to})
			}
		}
		if i%10 == 0 || i == 7 {
			roots = append(roots, depgraph.Root{Requirement: pep.MustRequirement(name)})
		}
	}
	return depgraph.NewGraph(nodes, edges, roots)
}

// BenchmarkApply is a toggle at 5,000 packages: it must stay under 2 ms, so that
// the screen answers in one frame.
func BenchmarkApply(b *testing.B) {
	s := &Subject{Graph: bigGraph(5000)}
	for name, p := range map[string]Plan{"drop": New("package-10", "package-400"), "drop beside a swap": New("package-10").WithSwap("torch", "cpu")} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				s.Apply(p)
			}
		})
	}
}
