package depgraph

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"weighline/analysis/bytesize"
	"weighline/analysis/pep"
)

// graph reads a graph: each line is a package, its size, and what it requires;
// a line that begins with ">" is a root.
//
//	> pandas 100 numpy
//	numpy 20
func graph(text string) *Graph {
	var nodes []Node
	var roots []Root
	at := map[pep.Name]int{}
	lines := strings.Split(strings.TrimSpace(text), "\n")
	for i, line := range lines {
		f := strings.Fields(line)
		if f[0] == ">" {
			f = f[1:]
			roots = append(roots, Root{pep.MustRequirement(f[0]), "requirements.txt", i + 1})
		}
		var size int64
		fmt.Sscan(f[1], &size)
		at[pep.Name(f[0])] = len(nodes)
		nodes = append(nodes, Node{Name: pep.Name(f[0]), Version: "1", Download: bytesize.Of(size)})
	}
	var edges []Edge
	for i, line := range lines {
		for _, to := range strings.Fields(strings.TrimPrefix(line, ">"))[2:] {
			r := pep.MustRequirement(to)
			edges = append(edges, Edge{From: i, To: at[r.Name], Requirement: to})
		}
	}
	return NewGraph(nodes, edges, roots)
}

const small = `
> pandas 100 numpy>=1.22 dateutil
> requests 5 idna urllib3
numpy 20
dateutil 3 six
six 1
> idna 4
urllib3 2`

func ExampleGraph_Why() {
	g := graph(small)
	chains, _ := g.Why("six", 0)
	for _, c := range chains {
		fmt.Println(c)
	}
	// Output:
	// pandas → dateutil → six
}

func ExampleGraph_Freed() {
	g := graph(small)
	fmt.Println(g.Freed("pandas"))
	fmt.Println(g.Freed("idna"), "held by", g.HeldBy("idna"))
	fmt.Println(g.Freed("idna", "requests"))
	// Output:
	// [dateutil numpy pandas six]
	// [] held by [requests]
	// [idna requests urllib3]
}

func TestWithout(t *testing.T) {
	g := graph(small)
	test := func(want int64, names ...pep.Name) {
		t.Helper()
		r := g.Without(names...)
		if got := int64(r.Total().Download.Size); got != want {
			t.Errorf("Without(%v) frees %d, want %d", names, got, want)
		}
		if r.Total().Packages+r.Rest().Packages != g.Total().Packages {
			t.Errorf("Without(%v): %d go and %d stay, of %d", names, r.Total().Packages, r.Rest().Packages, g.Total().Packages)
		}
	}
	test(0)
	test(0, "no-such-package")
	test(124, "pandas")
	test(7, "requests")          // idna has a line of its own
	test(0, "idna")              // requests needs it
	test(11, "requests", "idna") // together they free it
	test(20, "numpy")            // no line asks for it: it is taken out
	test(4, "dateutil")          // and six with it
	test(135, "pandas", "requests", "idna")

	if got := g.Remove(nil, []pep.Name{"idna"}).Freed(); !slices.Equal(got, []pep.Name{"idna"}) {
		t.Errorf("taking idna out frees %v", got)
	}
	held := g.Without("idna", "pandas").Held()
	if len(held) != 1 || held[0].Name != "idna" || !slices.Equal(held[0].By, []pep.Name{"requests"}) {
		t.Errorf("held = %v", held)
	}
}

func TestNeighbours(t *testing.T) {
	g := graph(small)
	test := func(what string, got []pep.Name, want ...pep.Name) {
		t.Helper()
		if !slices.Equal(got, want) {
			t.Errorf("%s = %v, want %v", what, got, want)
		}
	}
	test("requires pandas", g.Requires("pandas"), "dateutil", "numpy")
	test("required by idna", g.RequiredBy("idna"), "requests")
	test("roots of six", g.RootsOf("six"), "pandas")
	test("roots of idna", g.RootsOf("idna"), "idna", "requests")
	test("held by pandas", g.HeldBy("pandas"))
	test("nobody", g.RequiredBy("nobody"))
}

func TestWhy(t *testing.T) {
	g := graph(`
> a 1 b c
> d 1 c
b 1 c
c 1 e>=2 a
e 1`)
	test := func(name pep.Name, limit int, wantMore bool, want ...string) {
		t.Helper()
		chains, more := g.Why(name, limit)
		var got []string
		for _, c := range chains {
			got = append(got, c.String())
		}
		if !slices.Equal(got, want) || more != wantMore {
			t.Errorf("Why(%s, %d) = %q, %v, want %q, %v", name, limit, got, more, want, wantMore)
		}
	}
	test("e", 0, false, "a → c → e>=2", "d → c → e>=2", "a → b → c → e>=2")
	test("e", 2, true, "a → c → e>=2", "d → c → e>=2")
	test("e", 3, false, "a → c → e>=2", "d → c → e>=2", "a → b → c → e>=2")
	test("a", 0, false, "a", "d → c → a")
	test("x", 0, false)
}

// A graph in which everything requires everything has more chains than anyone
// can list: the search must stop.
func TestWhyBounded(t *testing.T) {
	var nodes []Node
	var edges []Edge
	for i := range 60 {
		nodes = append(nodes, Node{Name: pep.Name(fmt.Sprint("p", i))})
		for j := range 60 {
			edges = append(edges, Edge{From: i, To: j})
		}
	}
	// The target hangs behind a ring that no other chain can leave.
	nodes = append(nodes, Node{Name: "target"})
	edges = append(edges, Edge{From: 59, To: 60})
	g := NewGraph(nodes, edges, []Root{{Requirement: pep.MustRequirement("p0")}})
	chains, more := g.Why("target", 1000)
	if len(chains) == 0 || !more {
		t.Errorf("%d chains, more = %v", len(chains), more)
	}
	for i := 1; i < len(chains); i++ {
		if len(chains[i]) < len(chains[i-1]) {
			t.Fatalf("chain %d is shorter than the one before", i)
		}
	}
}

func TestNewGraph(t *testing.T) {
	nodes := []Node{{Name: "a"}, {Name: "b"}}
	edges := []Edge{{From: 0, To: 1, Requirement: "b"}, {From: 0, To: 1, Requirement: "b>=1"}, {From: 0, To: 7, Requirement: "x"}, {From: -1, To: 0}, {From: 1, To: 1, Requirement: "b"}}
	g := NewGraph(nodes, edges, []Root{{Requirement: pep.MustRequirement("a")}, {Requirement: pep.MustRequirement("missing")}, {Requirement: pep.MustRequirement("A>=1")}})
	if len(g.Edges()) != 2 || len(g.Roots()) != 2 || len(g.Skipped()) != 1 || g.RootNode(1) != 0 || !g.IsRoot(0) || g.IsRoot(1) {
		t.Errorf("got %v, %v, %v", g.Edges(), g.Roots(), g.Skipped())
	}
	h := g.WithNodes(func(_ int, n Node) Node { n.Download = bytesize.Of(5); return n })
	if h.Total().Download.Size != 10 || g.Total().Download.Unknown != 2 {
		t.Errorf("totals = %v, before %v", h.Total(), g.Total())
	}
}

func TestUnrequired(t *testing.T) {
	test := func(text string, want ...string) {
		t.Helper()
		g := graph(text)
		var got []string
		for _, r := range Unrequired(g.Nodes(), g.Edges()) {
			got = append(got, r.Requirement.String())
		}
		if !slices.Equal(got, want) {
			t.Errorf("roots of %q = %v, want %v", text, got, want)
		}
	}
	test("a 1 b\nb 1\nc 1", "a", "c")
	test("a 1 b\nb 1 a", "a")
	test("x 1\na 1 b\nb 1 a\nc 1 d a\nd 1 c", "x", "c")
	test("tail 1\na 1 b tail\nb 1 a", "a")
}

// random makes a graph with rings, roots that others require, and nodes that no
// root leads to.
func random(rng *rand.Rand, n int) *Graph {
	nodes := make([]Node, n)
	for i := range nodes {
		nodes[i] = Node{Name: pep.Name(fmt.Sprintf("p%03d", i)), Download: bytesize.Of(int64(1) << (i % 40))}
	}
	var edges []Edge
	for range n + rng.IntN(2*n) {
		edges = append(edges, Edge{From: rng.IntN(n), To: rng.IntN(n)})
	}
	var roots []Root
	for range 1 + rng.IntN(4) {
		roots = append(roots, Root{Requirement: pep.MustRequirement(string(nodes[rng.IntN(n)].Name))})
	}
	return NewGraph(nodes, edges, roots)
}

// TestFrees holds the fast answer for all rows against the definition.
func TestFrees(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for round := range 600 {
		g := random(rng, 1+rng.IntN(25))
		if round%3 == 0 {
			g = withCopies(rng, g)
		}
		var dropped []pep.Name
		for range rng.IntN(3) {
			dropped = append(dropped, g.Nodes()[rng.IntN(len(g.Nodes()))].Name)
		}
		r := g.Without(dropped...)
		before := r.Total()
		for i, got := range r.Frees() {
			name := g.Nodes()[i].Name
			want := g.Without(append(slices.Clone(dropped), name)...).Total()
			if !r.Kept(i) { // a copy of it may stay
				want = before
			}
			if got.Packages != want.Packages-before.Packages || got.Download.Size != want.Download.Size-before.Download.Size {
				t.Fatalf("dropped %v of %v with roots %v: Frees of %s = %v, want %v - %v", dropped, g.Edges(), g.Roots(), name, got, want, before)
			}
			// What frees nothing although it is there is held by somebody.
			if r.Kept(i) && !r.Dropped(i) && got.Packages == 0 && len(r.HeldBy(name)) == 0 {
				t.Fatalf("%s frees nothing, and nobody holds it", name)
			}
		}
	}
}

// withCopies gives some nodes the name of another, as where a distribution is
// installed twice.
func withCopies(rng *rand.Rand, g *Graph) *Graph {
	nodes := slices.Clone(g.Nodes())
	for range 1 + len(nodes)/4 {
		nodes[rng.IntN(len(nodes))].Name = nodes[rng.IntN(len(nodes))].Name
	}
	return NewGraph(nodes, slices.Clone(g.Edges()), g.Roots())
}

// TestFreesCopies tells of a distribution that is installed twice what goes with
// it: a plan drops it by its name.
func TestFreesCopies(t *testing.T) {
	nodes := []Node{
		{Name: "scipy", Download: bytesize.Of(100)}, {Name: "numpy", Download: bytesize.Of(10)},
		{Name: "scipy", Download: bytesize.Of(70)}, {Name: "numpy", Download: bytesize.Of(7)}, {Name: "six", Download: bytesize.Of(1)},
	}
	g := NewGraph(nodes, []Edge{{From: 0, To: 1}, {From: 2, To: 3}}, []Root{{Requirement: pep.MustRequirement("scipy")}, {Requirement: pep.MustRequirement("six")}})
	var got []int64
	for _, s := range g.FreesAll() {
		got = append(got, int64(s.Download.Size))
	}
	if want := []int64{187, 17, 187, 17, 1}; !slices.Equal(got, want) {
		t.Errorf("frees %v, want %v", got, want)
	}
}

// synthetic is a graph as big as the biggest environments, with layers of
// packages that share much.
func synthetic(n int) *Graph {
	rng := rand.New(rand.NewPCG(3, 4))
	nodes := make([]Node, n)
	var edges []Edge
	var roots []Root
	for i := range nodes {
		nodes[i] = Node{Name: pep.Name(fmt.Sprintf("p%05d", i)), Download: bytesize.Of(int64(i))}
		if i%50 == 0 {
			roots = append(roots, Root{Requirement: pep.MustRequirement(string(nodes[i].Name))})
		}
		for range rng.IntN(7) {
			edges = append(edges, Edge{From: i, To: min(n-1, i+1+rng.IntN(200))})
		}
		if rng.IntN(20) == 0 {
			edges = append(edges, Edge{From: i, To: rng.IntN(i + 1)})
		}
	}
	return NewGraph(nodes, edges, roots)
}

func BenchmarkFreedOne(b *testing.B) {
	g := synthetic(5000)
	for i := 0; b.Loop(); i++ {
		g.Without(g.Nodes()[i%5000].Name).Total()
	}
}

func BenchmarkFreesAll(b *testing.B) {
	g := synthetic(5000)
	name := g.Nodes()[50].Name
	for b.Loop() {
		g.FreesAll(name)
	}
}

func BenchmarkWhy(b *testing.B) {
	g := synthetic(5000)
	for b.Loop() {
		g.Why("p04990", 20)
	}
}

func BenchmarkNewGraph(b *testing.B) {
	g := synthetic(5000)
	for b.Loop() {
		NewGraph(g.Nodes(), slices.Clone(g.Edges()), g.Roots())
	}
}

func TestVector(t *testing.T) {
	var v vector[int]
	v.put(70, 1)
	w := v.clone()
	w.put(70, 2)
	w.put(3, 3)
	if v.get(70) != 1 || v.get(3) != 0 || w.get(70) != 2 || w.get(3) != 3 || w.get(1000) != 0 {
		t.Errorf("a copy and its original share what was written: %v, %v", v.get(70), w.get(70))
	}
}
