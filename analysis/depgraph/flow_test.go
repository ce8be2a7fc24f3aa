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

// withExtras makes a graph some of whose packages require more with an extra, which
// some lines and some packages ask for.
func withExtras(rng *rand.Rand, n int) *Graph {
	nodes := make([]Node, n)
	for i := range nodes {
		nodes[i] = Node{Name: pep.Name(fmt.Sprintf("p%03d", i)), Download: bytesize.Of(int64(1) << (i % 40))}
	}
	ask := func(i int) string {
		return string(nodes[i].Name) + []string{"", "", "[x]", "[y]", "[x,y]"}[rng.IntN(5)]
	}
	var edges []Edge
	for range n + rng.IntN(2*n) {
		to := rng.IntN(n)
		edges = append(edges, Edge{From: rng.IntN(n), To: to, Requirement: ask(to), Extras: []string{"", "", "x", "y", "x,y"}[rng.IntN(5)]})
	}
	var roots []Root
	for range 1 + rng.IntN(4) {
		roots = append(roots, Root{Requirement: pep.MustRequirement(ask(rng.IntN(n)))})
	}
	return NewGraph(nodes, edges, roots)
}

// reached is what is left without some packages, by the definition: a requirement
// holds if who has it stays and some who stays asks for the extras that it is for.
func reached(g *Graph, dropped []pep.Name) map[pep.Name]bool {
	asked, cut := map[string]bool{}, map[pep.Name]bool{} // "name" and "name[extras]"
	ask := func(r pep.Requirement) {
		if cut[r.Name] {
			return
		}
		asked[string(r.Name)] = true
		for _, set := range []string{"x", "y", "x,y"} {
			if wants(r.Extras, set) {
				asked[string(r.Name)+"["+set+"]"] = true
			}
		}
	}
	var lines []Root
	for _, r := range g.Roots() {
		if !slices.Contains(dropped, r.Requirement.Name) {
			lines = append(lines, r)
		}
	}
	for _, name := range dropped {
		i, _ := g.Index(name)
		cut[name] = !g.IsRoot(i)
	}
	for before := -1; before != len(asked); {
		before = len(asked)
		for _, r := range lines {
			ask(r.Requirement)
		}
		for _, e := range g.Edges() {
			from := string(g.Nodes()[e.From].Name)
			if e.Extras != "" {
				from += "[" + e.Extras + "]"
			}
			if asked[from] {
				ask(pep.MustRequirement(e.Requirement))
			}
		}
	}
	left := map[pep.Name]bool{}
	for key := range asked {
		name, _, _ := strings.Cut(key, "[")
		left[pep.Name(name)] = true
	}
	return left
}

// TestExtras holds what stays, what goes with each row, and who holds what stays
// against the definition, in graphs with extras.
func TestExtras(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	tried := 0
	for range 3000 {
		g := withExtras(rng, 2+rng.IntN(12))
		if len(g.flow.places) == 0 {
			continue // nobody asks for the extras of some: then they count as asked for
		}
		tried++
		var dropped []pep.Name
		for range rng.IntN(3) {
			dropped = append(dropped, g.Nodes()[rng.IntN(len(g.Nodes()))].Name)
		}
		r := g.Without(dropped...)
		left := reached(g, dropped)
		frees := r.Frees()
		for i, n := range g.Nodes() {
			if r.Kept(i) != left[n.Name] {
				t.Fatalf("without %v of %v, roots %v: %s stays: %v, want %v", dropped, g.Edges(), g.Roots(), n.Name, r.Kept(i), left[n.Name])
			}
			want := g.Without(append(slices.Clone(dropped), n.Name)...).Total()
			if got := r.Total(); frees[i].Packages != want.Packages-got.Packages || frees[i].Download.Size != want.Download.Size-got.Download.Size {
				t.Fatalf("without %v of %v, roots %v: Frees of %s = %v, want %v - %v", dropped, g.Edges(), g.Roots(), n.Name, frees[i], want, got)
			}
			if r.Kept(i) && !r.Dropped(i) && frees[i].Packages == 0 && len(r.HeldBy(n.Name)) == 0 {
				t.Fatalf("%s frees nothing, and nobody holds it", n.Name)
			}
			if chains, _ := g.Why(n.Name, 0); len(chains) > 0 != g.base.kept[i] {
				t.Fatalf("%v, roots %v: chains to %s are %v", g.Edges(), g.Roots(), n.Name, chains)
			}
		}
		if rest := r.Remaining(); rest.Total().Packages != r.Rest().Packages || rest.Total().Download.Size != r.Rest().Download.Size {
			t.Fatalf("without %v of %v, roots %v: what stays comes to %v, want %v", dropped, g.Edges(), g.Roots(), rest.Total(), r.Rest())
		}
	}
	if tried < 500 {
		t.Errorf("only %d graphs had extras that somebody asks for", tried)
	}
}

// TestExtrasGo drops the line that asks for an extra of a package that others need
// without it.
func TestExtrasGo(t *testing.T) {
	u := index(t, `
httpx 1.0 {extra socks} {extra all} core, socksio; extra == 'socks', httpx[socks]; extra == 'all', tls; extra == 'all'
unearth 1.0 httpx
hishel 1.0 httpx[all]
core 1.0
socksio 1.0
tls 1.0`)
	test := func(roots string, drop pep.Name, want ...pep.Name) {
		t.Helper()
		g := resolve(t, u, Input{}, strings.Fields(roots)...)
		r := g.Without(drop)
		if got := r.Freed(); !slices.Equal(got, want) {
			t.Errorf("%s without %s frees %v, want %v", roots, drop, got, want)
		}
		i, _ := g.Index(drop)
		if got := g.FreesAll()[i].Packages; got != len(want) {
			t.Errorf("%s: %s frees %d, want %d", roots, drop, got, len(want))
		}
	}
	test("httpx[socks] unearth", "httpx", "socksio")
	test("httpx[socks] unearth", "unearth", "unearth")
	test("httpx[all] unearth", "httpx", "socksio", "tls")
	test("httpx[socks] hishel", "httpx")
	test("httpx[socks] hishel", "hishel", "hishel", "tls")
	test("httpx hishel", "hishel", "hishel", "socksio", "tls")
	g := resolve(t, u, Input{}, "httpx[all]", "unearth")
	chains, _ := g.Why("socksio", 0)
	if len(chains) != 1 || chains[0].String() != "httpx[all] → socksio" {
		t.Errorf("chains to socksio = %v", chains)
	}
	rest := g.Without("httpx").Remaining()
	if i, _ := rest.Index("httpx"); len(rest.Nodes()[i].Extras) > 0 || len(rest.Requires("httpx")) != 1 {
		t.Errorf("httpx has extras %v then and requires %v", rest.Nodes()[i].Extras, rest.Requires("httpx"))
	}
}
