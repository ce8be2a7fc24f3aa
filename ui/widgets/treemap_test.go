package widgets

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"weighline/ui/treemap"
)

// garden is a small map of two levels.
func garden() []MapItem {
	return []MapItem{
		{Key: "fruit", Name: "fruit", Detail: "600 g", Children: []MapItem{
			{Key: "apple", Name: "apple", Detail: "300 g", Weight: 300},
			{Key: "pear", Name: "pear", Detail: "200 g", Weight: 200},
			{Key: "fig", Name: "a fig with a very long name", Detail: "100 g", Weight: 100},
		}},
		{Key: "nuts", Name: "nuts", Detail: "300 g", Fill: 1, Children: []MapItem{
			{Key: "hazel", Name: "hazel", Detail: "200 g", Weight: 200, Fill: 1},
			{Key: "walnut", Name: "walnut", Detail: "100 g", Weight: 100, Fill: 1},
		}},
		{Key: "salt", Name: "salt", Detail: "100 g", Weight: 100, Fill: 2},
	}
}

// A gardener hears what the map tells.
type gardener struct {
	*Treemap
	log []string
}

func newGardener(items []MapItem) *gardener {
	g := &gardener{Treemap: NewTreemap()}
	say := func(format string, a ...any) { g.log = append(g.log, fmt.Sprintf(format, a...)) }
	g.OnHover = func(key string) { say("hover %s", key) }
	g.OnSelect = func(keys []string) { say("select %s", strings.Join(keys, "+")) }
	g.OnToggle = func(key string) { say("toggle %s", key) }
	g.OnMenu = func(key string, _ fyne.Position) { say("menu %s", key) }
	g.OnZoom = func(path []MapItem) {
		var names []string
		for _, p := range path {
			names = append(names, p.Name)
		}
		say("zoom %s", strings.Join(names, "/"))
	}
	g.SetItems(items)
	return g
}

func (g *gardener) said() string {
	out := strings.Join(g.log, ", ")
	g.log = nil
	return out
}

// middle is a point on the tile with that key; for a group, on its header.
func (g *gardener) middle(t testing.TB, key string) fyne.Position {
	t.Helper()
	i, ok := g.tileOf[g.byKey[key]]
	if !ok {
		t.Fatalf("no tile for %q", key)
	}
	tile := g.tiles[i]
	y := tile.Y + tile.H/2
	if tile.Kind == treemap.Group {
		y = tile.Y + tile.Header/2
	}
	return fyne.NewPos(float32(tile.X+tile.W/2)/g.scale, float32(y)/g.scale)
}

func (g *gardener) mouse(t testing.TB, key string, m fyne.KeyModifier) *desktop.MouseEvent {
	t.Helper()
	return &desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: g.middle(t, key)}, Button: desktop.MouseButtonPrimary, Modifier: m}
}

func TestTreemapPointer(t *testing.T) {
	inTheme(t, "light")
	g := newGardener(garden())
	show(t, g.Treemap, 400, 300)
	say := func(want string) {
		t.Helper()
		equal(t, "said", g.said(), want)
	}
	g.MouseMoved(g.mouse(t, "pear", 0))
	say("hover pear")
	equal(t, "path", g.path.Text, "fruit / pear  200 g")
	equal(t, "read", g.AccessibilityLabel(), "fruit / pear  200 g")
	g.MouseMoved(g.mouse(t, "pear", 0))
	say("")
	g.MouseMoved(g.mouse(t, "nuts", 0))
	say("hover nuts")
	g.MouseOut()
	say("hover ")
	if g.outline.outer.Visible() {
		t.Error("the outline stays when the pointer has gone")
	}
	g.MouseDown(g.mouse(t, "apple", 0))
	say("select apple")
	g.MouseDown(g.mouse(t, "salt", fyne.KeyModifierControl))
	say("select apple+salt")
	g.MouseDown(g.mouse(t, "apple", fyne.KeyModifierControl))
	say("select salt")
	g.TappedSecondary(&fyne.PointEvent{Position: g.middle(t, "fig")})
	say("select fig, menu fig")

	g.DoubleTapped(&fyne.PointEvent{Position: g.middle(t, "fig")})
	say("zoom fruit")
	if g.TileAt(fyne.NewPos(5, 5)) == "" || g.tile(g.byKey["hazel"]) >= 0 {
		t.Error("the zoomed map shows more than its group")
	}
	g.DoubleTapped(&fyne.PointEvent{Position: g.middle(t, "apple")})
	say("")
	g.ZoomOut()
	say("zoom ")
	g.Zoom("nuts")
	say("zoom nuts")
	g.SetItems(garden())
	equal(t, "zoom after SetItems", len(g.Zoomed()), 1)
	g.SetItems(nil)
	equal(t, "zoom without items", len(g.Zoomed()), 0)
	g.MouseMoved(&desktop.MouseEvent{})
	g.TypedKey(key(fyne.KeyRight))
}

func TestTreemapKeys(t *testing.T) {
	inTheme(t, "light")
	g := newGardener(garden())
	win := show(t, g.Treemap, 400, 300)
	win.Canvas().Focus(g.Treemap)
	press := func(want string, keys ...fyne.KeyName) {
		t.Helper()
		for _, k := range keys {
			g.TypedKey(key(k))
		}
		equal(t, "said", g.said(), want)
	}
	equal(t, "begins at", g.key(g.hover), "apple")
	// fruit is at the left, apple above pear and fig; nuts above salt.
	press("hover pear, select pear", fyne.KeyDown)
	press("toggle pear", fyne.KeySpace)
	press("hover fig, select fig, hover salt, select salt, hover walnut, select walnut", fyne.KeyRight, fyne.KeyRight, fyne.KeyUp)
	press("zoom nuts", fyne.KeyReturn)
	press("zoom ", fyne.KeyBackspace)
}

// TestTreemapTogglePaintsInPlace: states move nothing, and what is painted
// piece by piece is what would be painted at once.
func TestTreemapTogglePaintsInPlace(t *testing.T) {
	inTheme(t, "light")
	g := newGardener(garden())
	show(t, g.Treemap, 400, 300)
	tiles := slices.Clone(g.tiles)
	clean := bytes.Clone(g.img.Pix)
	g.SetStates(map[string]TileState{"pear": TileDropped, "nuts": TileDropped, "salt": TileNew, "gone": TileNew})
	if !slices.Equal(tiles, g.tiles) {
		t.Error("a toggle moved tiles")
	}
	if bytes.Equal(clean, g.img.Pix) {
		t.Error("a toggle painted nothing")
	}
	once := bytes.Clone(g.img.Pix)
	g.paintAll()
	if !bytes.Equal(once, g.img.Pix) {
		t.Error("painting in place and painting at once differ")
	}
	g.SetStates(nil)
	if !bytes.Equal(clean, g.img.Pix) {
		t.Error("taking the states back leaves something behind")
	}
}

func TestTreemapOneScale(t *testing.T) {
	inTheme(t, "light")
	area := func(total float64) (px int) {
		g := newGardener(garden())
		g.Total = total
		show(t, g.Treemap, 400, 300)
		for _, x := range g.tiles {
			if x.Parent == -1 {
				px += x.W * x.H
			}
		}
		return px
	}
	all, half := area(0), area(2000)
	if r := float64(half) / float64(all); math.Abs(r-0.5) > 0.01 {
		t.Errorf("1000 of 2000 take %.3f of the area, want half", r)
	}
}

func TestTreemapContrast(t *testing.T) {
	for name := range variants {
		inTheme(t, name)
		c := ColorsOf(NewTreemap())
		for n := range c.Fills {
			for _, s := range []TileState{0, TileDropped, TileNew, TileDimmed} {
				ground, stripe, text := c.tileColors(n, s)
				for what, col := range map[string]struct {
					on bool
					r  float64
				}{"ground": {true, contrast(text, ground)}, "stripe": {s == TileDropped, contrast(text, stripe)}} {
					if col.on && col.r < 4.5 {
						t.Errorf("%s: text on the %s of fill %d in state %d has contrast %.2f, want 4.5", name, what, n, s, col.r)
					}
				}
				if s&TileDimmed == 0 && contrast(c.fill(n), c.Background) < 3 {
					t.Errorf("%s: the edge of fill %d has contrast %.2f, want 3", name, n, contrast(c.fill(n), c.Background))
				}
			}
		}
		if r := contrast(c.Text, mix(c.Text, c.Background, 0.75)); r < 3 {
			t.Errorf("%s: text on the dots of a rest has contrast %.2f, want 3 where they touch", name, r)
		}
		if r := contrast(c.Text, c.Track); r < 4.5 {
			t.Errorf("%s: text on a header has contrast %.2f, want 4.5", name, r)
		}
	}
}

func TestTreemapLooks(t *testing.T) {
	golden(t, "treemap", 320, 220, func() fyne.CanvasObject {
		m := NewTreemap()
		m.DroppedWord, m.NewWord = "dropped", "new"
		items := garden()
		for i := range 60 {
			items[2].Children = append(items[2].Children, MapItem{Key: fmt.Sprint("s", i), Name: "grain", Weight: 1.5})
		}
		items[2].Children[0].Weight = 40
		for i := range 400 {
			items[1].Children = append(items[1].Children, MapItem{Key: fmt.Sprint("n", i), Name: "seed", Weight: 0.1, Fill: 1})
		}
		m.SetItems(items)
		m.Resize(fyne.NewSize(320, 220))
		m.SetStates(map[string]TileState{"pear": TileDropped, "hazel": TileNew, "s0": TileDropped | TileNew, "fig": TileDimmed})
		m.Select("apple")
		m.Hover("pear")
		return m
	})
}

func bigMap(n int) []MapItem {
	r := rand.New(rand.NewPCG(1, 2))
	items := make([]MapItem, 150)
	for i := range items {
		items[i] = MapItem{Key: fmt.Sprint("g", i), Name: fmt.Sprint("group ", i), Fill: i}
	}
	for i := range n {
		g := &items[i%len(items)]
		g.Children = append(g.Children, MapItem{Key: fmt.Sprint(i), Name: fmt.Sprint("file", i), Weight: 1 + 3*r.Float64(), Fill: g.Fill})
	}
	return items
}

func bigGarden(b *testing.B) *gardener {
	inTheme(b, "light")
	g := newGardener(bigMap(20_000))
	show(b, g.Treemap, 1280, 800)
	b.ReportMetric(float64(len(g.tiles)), "tiles")
	return g
}

func BenchmarkTreemapSetItems20000(b *testing.B) {
	g := bigGarden(b)
	items := bigMap(20_000)
	for b.Loop() {
		g.SetItems(items)
	}
}

func BenchmarkTreemapHover20000(b *testing.B) {
	g := bigGarden(b)
	i := 0
	for b.Loop() {
		i += 7919
		g.MouseMoved(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(float32(i%1280), float32(i*31%780))}})
	}
}

// BenchmarkTreemapToggle20000 toggles one group of 133 tiles.
func BenchmarkTreemapToggle20000(b *testing.B) {
	g := bigGarden(b)
	on := map[string]TileState{"g7": TileDropped}
	i := 0
	for b.Loop() {
		if i++; i&1 == 0 {
			g.SetStates(on)
		} else {
			g.SetStates(nil)
		}
	}
}

func BenchmarkTreemapPaintAll20000(b *testing.B) {
	g := bigGarden(b)
	for b.Loop() {
		g.paintAll()
	}
}

// TestTreemapSpaceWithoutPointer toggles what is selected when the pointer is
// elsewhere.
func TestTreemapSpaceWithoutPointer(t *testing.T) {
	m := NewTreemap()
	m.SetItems([]MapItem{{Key: "a", Name: "a", Weight: 2}, {Key: "b", Name: "b", Weight: 1}})
	got := ""
	m.OnToggle = func(key string) { got = key }
	m.TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace})
	if got != "" {
		t.Errorf("Space with nothing selected toggled %q", got)
	}
	m.Select("b")
	m.TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace})
	if got != "b" {
		t.Errorf("Space toggled %q, want the selected b", got)
	}
}
