package treemap

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"
)

func ExampleLayout() {
	items := []Item{
		{ID: 1, Weight: 60},
		{ID: 2, Weight: 30},
		{ID: 3, Weight: 10},
	}
	for _, t := range Layout(items, 100, 100, Options{}) {
		fmt.Println(t.ID, t.X, t.Y, t.W, t.H)
	}
	// Output:
	// 1 0 0 60 100
	// 2 60 0 40 75
	// 3 60 75 40 25
}

func TestTextbook(t *testing.T) {
	// The example of the paper: 6, 6, 4, 3, 2, 2, 1 in a 6 by 4 rectangle.
	var items []Item
	for i, w := range []float64{6, 6, 4, 3, 2, 2, 1} {
		items = append(items, Item{ID: i, Weight: w})
	}
	tiles := Layout(items, 600, 400, Options{})
	want := []Tile{
		{ID: 0, X: 0, Y: 0, W: 300, H: 200},
		{ID: 1, X: 0, Y: 200, W: 300, H: 200},
	}
	for i, w := range want {
		got := tiles[i]
		if got.ID != w.ID || got.X != w.X || got.Y != w.Y || got.W != w.W || got.H != w.H {
			t.Errorf("tile %d is %+v, want the rectangle of %+v", i, got, w)
		}
	}
	if tiles[2].W != 171 && tiles[2].H != 233 {
		t.Errorf("third tile %+v, want 1.71 by 2.33 as in the paper", tiles[2])
	}
}

func TestLayoutNothing(t *testing.T) {
	test := func(why string, items []Item, w, h int) {
		t.Helper()
		if got := Layout(items, w, h, Options{}); len(got) != 0 {
			t.Errorf("%s: %v, want no tiles", why, got)
		}
	}
	one := []Item{{ID: 1, Weight: 1}}
	test("no items", nil, 10, 10)
	test("no width", one, 0, 10)
	test("negative height", one, 10, -1)
	test("no weight", []Item{{ID: 1}, {ID: 2, Weight: -4}, {ID: 3, Weight: math.NaN()}, {ID: 4, Weight: math.Inf(1)}}, 10, 10)
	test("empty group", []Item{{ID: 1, Weight: 5, Children: []Item{{ID: 2}}}}, 10, 10)
}

func TestSmallItemsAreMerged(t *testing.T) {
	items := []Item{{ID: 1, Weight: 1e6}}
	for i := range 50 {
		items = append(items, Item{ID: 100 + i, Weight: 1})
	}
	tiles := Layout(items, 200, 200, Options{})
	last := tiles[len(tiles)-1]
	if last.Kind != Rest || last.Count != 50 && last.Count != 51 {
		t.Fatalf("last tile %+v, want a rest of 50", last)
	}
	var n int
	for _, x := range tiles {
		n += x.Count
	}
	if n != 51 {
		t.Errorf("the tiles stand for %d items, want 51", n)
	}
}

func TestOneSmallItemStaysItself(t *testing.T) {
	tiles := Layout([]Item{{ID: 1, Weight: 100}, {ID: 2, Weight: 100}, {ID: 3, Weight: 0.2}}, 100, 100, Options{})
	for _, x := range tiles {
		if x.Kind == Rest && x.Count == 1 {
			t.Errorf("%+v: a rest of one says nothing", x)
		}
	}
}

func TestHeaders(t *testing.T) {
	items := []Item{
		{ID: 1, Children: []Item{{ID: 10, Weight: 50}, {ID: 11, Weight: 30}}},
		{ID: 2, Children: []Item{{ID: 20, Weight: 1}}},
		{ID: 3, Weight: 19},
	}
	tiles := Layout(items, 400, 300, Options{Header: 18, Border: 2})
	group := tiles[0]
	if group.Kind != Group || group.ID != 1 || group.Header != 18 {
		t.Fatalf("first tile %+v, want group 1 with its header", group)
	}
	for _, x := range tiles {
		if x.Parent == 0 && x.Y < group.Y+18 {
			t.Errorf("%+v lies on the header of %+v", x, group)
		}
	}
	if got := Layout(items, 400, 300, Options{Depth: 1}); len(got) != 3 {
		t.Errorf("one level has %d tiles, want 3", len(got))
	}
}

// check reports what is wrong with tiles of a w by h map: each level must
// cover its surroundings, once.
func check(t *testing.T, tiles []Tile, w, h int, o Options) {
	t.Helper()
	owner := make([]int32, w*h) // innermost tile so far, + 1
	for i, x := range tiles {
		if x.W < 0 || x.H < 0 || x.X < 0 || x.Y < 0 || x.X+x.W > w || x.Y+x.H > h {
			t.Fatalf("tile %d %+v leaves the %d by %d map", i, x, w, h)
		}
		if x.Parent >= i {
			t.Fatalf("tile %d %+v comes before its group", i, x)
		}
		for py := x.Y; py < x.Y+x.H; py++ {
			for px := x.X; px < x.X+x.W; px++ {
				if at := owner[py*w+px]; at != int32(x.Parent+1) {
					t.Fatalf("tile %d %+v overlaps tile %d %+v", i, x, at-1, tiles[at-1])
				}
				owner[py*w+px] = int32(i + 1)
			}
		}
	}
	index := NewIndex(tiles)
	for py := range h {
		for px := range w {
			at := int(owner[py*w+px]) - 1
			if at < 0 {
				t.Fatalf("pixel %d,%d of %d by %d is not covered", px, py, w, h)
			}
			if got := index.At(px, py); got != at {
				t.Fatalf("At(%d, %d) = %d, want %d", px, py, got, at)
			}
		}
	}
}

func randomItems(r *rand.Rand, n, depth int, id *int) []Item {
	items := make([]Item, n)
	for i := range items {
		*id++
		items[i] = Item{ID: *id, Weight: math.Exp(r.Float64() * 12)}
		if depth > 1 && r.IntN(2) == 0 {
			items[i].Children = randomItems(r, 1+r.IntN(12), depth-1, id)
		}
	}
	return items
}

func TestProperties(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		var id int
		items := randomItems(r, 1+r.IntN(40), 3, &id)
		w, h := 1+r.IntN(300), 1+r.IntN(300)
		o := Options{MinArea: r.IntN(30), Header: r.IntN(20), Border: r.IntN(4)}
		tiles := Layout(items, w, h, o)
		check(t, tiles, w, h, o)
		if again := Layout(items, w, h, o); !reflect.DeepEqual(tiles, again) {
			t.Fatal("the same input gave other tiles")
		}
		var n int
		for _, x := range tiles {
			if x.Parent == -1 {
				n += x.Count
			}
		}
		if n != len(items) {
			t.Fatalf("the outer tiles stand for %d items, want %d", n, len(items))
		}
	}
}

func TestAreasFollowWeights(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 200 {
		var id int
		items := randomItems(r, 1+r.IntN(60), 1, &id)
		w, h := 50+r.IntN(900), 50+r.IntN(900)
		var total float64
		for _, it := range items {
			total += it.Weight
		}
		for _, x := range Layout(items, w, h, Options{}) {
			want := x.Weight / total * float64(w*h)
			// Each edge is at most half a pixel off, so each side at most one.
			slack := float64(x.W+x.H) + 3
			if got := float64(x.W * x.H); math.Abs(got-want) > slack {
				t.Fatalf("tile %+v of %d by %d has %v pixels, want %.1f ± %v", x, w, h, got, want, slack)
			}
		}
	}
}

func FuzzLayout(f *testing.F) {
	f.Add(uint64(1), 10, 100, 80)
	f.Add(uint64(2), 1, 1, 1)
	f.Add(uint64(3), 200, 3, 900)
	f.Fuzz(func(t *testing.T, seed uint64, n, w, h int) {
		if n < 0 || n > 300 || w > 400 || h > 400 || w < 1 || h < 1 {
			t.Skip()
		}
		r := rand.New(rand.NewPCG(seed, 0))
		items := make([]Item, n)
		var weight float64
		for i := range items {
			items[i] = Item{ID: i, Weight: math.Exp(r.Float64()*80 - 40)}
			weight += items[i].Weight
		}
		if weight > 0 {
			check(t, Layout(items, w, h, Options{}), w, h, Options{})
		}
	})
}

func many(n int) []Item {
	r := rand.New(rand.NewPCG(5, 6))
	items := make([]Item, 200)
	for i := range items {
		items[i].ID = i
	}
	for i := range n {
		g := &items[i%len(items)]
		g.Children = append(g.Children, Item{ID: 1000 + i, Weight: 1 + math.Exp(r.Float64()*3)})
	}
	return items
}

func BenchmarkLayout20000(b *testing.B) {
	items := many(20_000)
	for b.Loop() {
		Layout(items, 1280, 800, Options{Header: 16, Border: 1, MinArea: 4})
	}
	b.ReportMetric(float64(len(Layout(items, 1280, 800, Options{Header: 16, Border: 1, MinArea: 4}))), "tiles")
}

func BenchmarkIndex20000(b *testing.B) {
	tiles := Layout(many(20_000), 1280, 800, Options{Header: 16, MinArea: 4})
	for b.Loop() {
		NewIndex(tiles)
	}
}

func BenchmarkAt(b *testing.B) {
	x := NewIndex(Layout(many(20_000), 1280, 800, Options{Header: 16, MinArea: 4}))
	var i int
	for b.Loop() {
		i += 7919
		x.At(i%1280, i*31%800)
	}
}

// TestRestSwallowsNoBigItem: what is too small to be seen makes no tile with an item
// that has a good one of its own.
func TestRestSwallowsNoBigItem(t *testing.T) {
	items := []Item{{ID: 0, Weight: 1_980_000}, {ID: 1, Weight: 703_000}, {ID: 2, Weight: 220_000}, {ID: 3, Weight: 119}}
	tiles := Layout(items, 370, 345, Options{})
	if len(tiles) != 4 {
		t.Fatalf("%d tiles: %+v", len(tiles), tiles)
	}
	for i, tile := range tiles {
		if tile.Kind != Leaf || tile.ID != i || tile.Weight != items[i].Weight {
			t.Errorf("tile %d is %+v", i, tile)
		}
	}
	items = append(items, Item{ID: 4, Weight: 100}, Item{ID: 5, Weight: 90})
	tiles = Layout(items, 370, 345, Options{})
	if len(tiles) != 4 || tiles[3].Kind != Rest || tiles[3].Count != 3 || tiles[3].Weight != 309 {
		t.Errorf("with more of the smallest: %+v", tiles)
	}
}
