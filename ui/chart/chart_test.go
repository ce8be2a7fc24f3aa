package chart

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"errors"
	"image"
	"image/color"
	"image/png"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// kinds are all charts over the same values.
func kinds(values []float64, labels []string, o Options) map[string]*Chart {
	return map[string]*Chart{
		"bars":    Bars(values, labels, o),
		"lines":   Lines([]Series{{"first", values}, {"second", values}}, labels, o),
		"donut":   Donut(values, labels, o),
		"stacked": Stacked([]Series{{"first", values}, {"second", values}}, labels, o),
	}
}

var (
	fruit   = []string{"apples", "pears", "plums with a name that is long enough for two", "figs", "<&>\""}
	weights = []float64{120, 80, 45.5, 20, 3}
)

func TestImageHasTheSizeAskedFor(t *testing.T) {
	test := func(w, h int, scale float64, wantW, wantH int) {
		t.Helper()
		for name, c := range kinds(weights, fruit, Options{Width: w, Height: h, Scale: scale}) {
			img, err := c.Image()
			if err != nil {
				t.Fatalf("%s %dx%d: %v", name, w, h, err)
			}
			if got := img.Bounds().Size(); got != image.Pt(wantW, wantH) {
				t.Errorf("%s %dx%d at %v is %v, want %dx%d", name, w, h, scale, got, wantW, wantH)
			}
		}
	}
	test(0, 0, 0, 640, 360)
	test(400, 300, 2, 800, 600)
	test(333, 201, 1.5, 500, 302)
}

func TestPNG(t *testing.T) {
	for name, c := range kinds(weights, fruit, Options{}) {
		b, err := c.PNG()
		if err != nil {
			t.Fatal(name, err)
		}
		if _, err := png.Decode(bytes.NewReader(b)); err != nil {
			t.Error(name, err)
		}
	}
}

func TestSVGIsXML(t *testing.T) {
	for name, c := range kinds(weights, fruit, Options{Width: 900, Title: "a < b & c"}) {
		b, err := c.SVG()
		if err != nil {
			t.Fatal(name, err)
		}
		d := xml.NewDecoder(bytes.NewReader(b))
		for err == nil {
			_, err = d.Token()
		}
		if err != io.EOF {
			t.Errorf("%s: %v", name, err)
		}
		if !strings.Contains(string(b), "&lt;&amp;&gt;") {
			t.Errorf("%s: the label %q is missing", name, fruit[4])
		}
	}
}

// TestAnySize draws at all small and some odd sizes: an image or an error,
// never a panic.
func TestAnySize(t *testing.T) {
	many := make([]float64, 3000)
	for i := range many {
		many[i] = float64(i)
	}
	sizes := []int{-5, 1, 2, 40, 89, 90, 119, 120, 121, 233}
	for _, w := range sizes {
		for _, h := range sizes {
			for _, values := range [][]float64{weights, many[:57]} {
				for name, c := range kinds(values, fruit, Options{Width: w, Height: h, Title: "title"}) {
					img, err := c.Image()
					if w > 0 && h > 0 && img == nil {
						t.Fatalf("%s %dx%d: no image, %v", name, w, h, err)
					}
					if small := w < leastWidth || h < leastHeight; small != errors.Is(err, ErrTooSmall) {
						t.Fatalf("%s %dx%d: error %v", name, w, h, err)
					}
					if _, err := c.SVG(); err != nil && !errors.Is(err, ErrTooSmall) {
						t.Fatalf("%s %dx%d as SVG: %v", name, w, h, err)
					}
				}
			}
		}
	}
	for name, c := range kinds(many, nil, Options{Width: 1200, Height: 200}) {
		if _, err := c.Image(); err != nil {
			t.Error(name, err)
		}
	}
	if _, err := Bars(weights, fruit, Options{Width: 1 << 20, Height: 1 << 20, Scale: 4}).Image(); !errors.Is(err, ErrTooBig) {
		t.Errorf("an image of terabytes: %v, want %v", err, ErrTooBig)
	}
}

func TestAnyValue(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	test := func(want error, values ...float64) {
		t.Helper()
		for name, c := range kinds(values, fruit, Options{}) {
			if img, err := c.Image(); !errors.Is(err, want) || img == nil {
				t.Errorf("%s %v: %v, want %v", name, values, err, want)
			}
		}
	}
	test(ErrNoData)
	test(ErrNoData, 0)
	test(ErrNoData, nan, inf, -inf)
	test(ErrNoData, 5e-324)
	test(nil, 7)
	test(nil, 7, nan, 3, inf)
	test(nil, 3.2e9, 1)
	test(nil, 1e300, 1)
	test(nil, 1e-200, 2e-200)
	for name, c := range map[string]*Chart{
		"bars":  Bars([]float64{-3, 5, -1}, nil, Options{}),
		"lines": Lines([]Series{{"", []float64{-3}}}, nil, Options{}),
	} {
		if _, err := c.Image(); err != nil {
			t.Error(name, err)
		}
	}
}

// TestBarsStartAtZero measures the bars in pixels.
func TestBarsStartAtZero(t *testing.T) {
	img, err := Bars([]float64{100, 50, 75}, nil, Options{Width: 400, Height: 300}).Image()
	if err != nil {
		t.Fatal(err)
	}
	heights := map[int]int{} // pixels of bar colour in a column, by column
	for x := range 400 {
		for y := range 300 {
			if sameColor(img.At(x, y), Light.Series[0]) {
				heights[x]++
			}
		}
	}
	var tall []int
	for x := 1; x < 400; x++ {
		if heights[x] > 40 && heights[x-1] <= 40 {
			tall = append(tall, heights[x+3])
		}
	}
	if len(tall) != 3 {
		t.Fatalf("%d bars %v, want 3", len(tall), tall)
	}
	// Grid lines lie above the bars, hence the slack.
	if half := float64(tall[1]) / float64(tall[0]); math.Abs(half-0.5) > 0.02 {
		t.Errorf("50 is drawn with %.2f of the height of 100: %v", half, tall)
	}
}

// TestStacked measures the parts of the bars in pixels: they stand on each other, on
// one scale, and the least of them is seen.
func TestStacked(t *testing.T) {
	kept, waste := Series{"kept", []float64{100, 50, 0}}, Series{"waste", []float64{50, math.NaN(), 0.01}}
	c := Stacked([]Series{kept, waste}, nil, Options{Width: 400, Height: 300})
	img, err := c.Image()
	if err != nil {
		t.Fatal(err)
	}
	type column struct{ kept, waste, top, bottom int }
	var columns []column
	for x := range 400 {
		k := column{top: -1}
		for y := 40; y < 300; y++ { // below the key
			switch at := img.At(x, y); {
			case sameColor(at, Light.Series[0]):
				k.kept++
			case sameColor(at, Light.Series[1]):
				if k.waste++; k.top < 0 {
					k.top = y
				}
				k.bottom = y
			}
		}
		columns = append(columns, k)
	}
	widest := slices.MaxFunc(columns, func(a, b column) int { return cmp.Compare(a.kept+a.waste, b.kept+b.waste) })
	if whole := widest.bottom - widest.top + 1; math.Abs(float64(whole)/float64(widest.kept)-0.5) > 0.05 {
		t.Errorf("50 above 100 is %d pixels above %d", whole, widest.kept)
	}
	if widest.waste == widest.bottom-widest.top+1 {
		t.Error("waste is not hatched")
	}
	last := 0
	for _, k := range columns {
		if k.kept == 0 && k.waste > 0 {
			last = max(last, k.waste)
		}
	}
	if last == 0 {
		t.Error("a hundredth of what is shown is not seen")
	}
}

func TestNiceStep(t *testing.T) {
	test := func(raw, want float64) {
		t.Helper()
		if got := niceStep(raw); math.Abs(got-want) > want*1e-9 {
			t.Errorf("niceStep(%v) = %v, want %v", raw, got, want)
		}
	}
	test(1, 1)
	test(1.2, 2)
	test(2.1, 2.5)
	test(3, 5)
	test(7, 10)
	test(0.03, 0.05)
	test(1.1e9, 2e9)
}

func TestDonutMergesSmallSlices(t *testing.T) {
	c := Donut(nil, nil, Options{})
	values := make([]float64, 40)
	for i := range values {
		values[i] = 10
	}
	got, total, err := c.slices(values, nil)
	if err != nil || total != 400 || len(got) != mostSlices {
		t.Fatalf("%d slices of %v, %v, want %d of 400", len(got), total, err, mostSlices)
	}
	if last := got[len(got)-1]; last.label != "33 more" || last.value != 330 {
		t.Errorf("last slice %+v, want 33 more with 330", last)
	}
	if got, _, _ := c.slices([]float64{1000, 1}, []string{"big", "small"}); got[1].label != "small" {
		t.Errorf("a single small slice is called %q, want its name", got[1].label)
	}
}

func TestThemesAreReadable(t *testing.T) {
	for name, th := range map[string]Theme{"light": Light, "dark": Dark} {
		for i, c := range th.Series {
			if r := contrast(c, th.Background); r < 3 {
				t.Errorf("%s: series %d has contrast %.2f, want 3", name, i, r)
			}
		}
		for _, c := range []color.NRGBA{th.Text, th.Muted} {
			if r := contrast(c, th.Background); r < 4.5 {
				t.Errorf("%s: text %v has contrast %.2f, want 4.5", name, c, r)
			}
		}
	}
}

// contrast is the contrast ratio of WCAG 2.
func contrast(a, b color.NRGBA) float64 {
	la, lb := luminance(a), luminance(b)
	return (math.Max(la, lb) + 0.05) / (math.Min(la, lb) + 0.05)
}

func luminance(c color.NRGBA) float64 {
	lin := func(b uint8) float64 {
		v := float64(b) / 255
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*lin(c.R) + 0.7152*lin(c.G) + 0.0722*lin(c.B)
}

func sameColor(a, b color.Color) bool {
	ar, ag, ab, _ := a.RGBA()
	br, bg, bb, _ := b.RGBA()
	return ar == br && ag == bg && ab == bb
}

func megabytes(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) + " MB" }

// TestLook writes charts into the folder named by CHART_LOOK, for eyes.
func TestLook(t *testing.T) {
	dir := os.Getenv("CHART_LOOK")
	if dir == "" {
		t.Skip("CHART_LOOK names no folder to write charts into")
	}
	names := []string{"torch", "nvidia-cudnn-cu12", "nvidia-cublas-cu12", "triton", "nvidia-cusparselt-cu12-with-a-long-name", "llvmlite", "numpy", "scipy"}
	values := []float64{821, 571, 393, 155, 150, 42, 16, 35}
	long := make([]float64, 60)
	for i := range long {
		long[i] = 900 * math.Exp(-float64(i)/12)
	}
	for theme, th := range map[string]Theme{"light": Light, "dark": Dark} {
		o := Options{Theme: th, Format: megabytes, Title: "Heaviest packages, download"}
		small := o
		small.Width, small.Height = 260, 180
		big := o
		big.Scale, big.Width, big.Height = 2, 500, 300
		one := o
		one.Width = 900
		for name, c := range map[string]*Chart{
			"bars": Bars(values, names, o), "bars-short": Bars(values[:4], []string{"a", "bb", "ccc", "dddd"}, big),
			"bars-many": Bars(long, append(names, names...), one), "bars-small": Bars(values, names, small),
			"bars-negative": Bars([]float64{-30, 20, 50}, names, o),
			"donut":         Donut(values, names, o), "donut2x": Donut(values[:3], names, big), "donut-one": Donut(values[:1], names, o), "donut-small": Donut(values, names, small),
			"lines":   Lines([]Series{{"download", values}, {"unpacked", []float64{900, 1200, math.NaN(), 800, 700, 900, 950, 1000}}, {"waste", []float64{1, 50, 200, 20, 30}}}, []string{"1.0", "1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.7"}, one),
			"stacked": Stacked([]Series{{"Kept", values}, {"Waste", []float64{0, 20, 400, 1, 0, 3, 16, 2}}}, []string{"0", "1", "2", "3", "4", "5", "6", "7"}, one), "stacked-small": Stacked([]Series{{"Kept", values}, {"Waste", []float64{0, 20, 400, 1}}}, names, small),
			"lines-one": Lines([]Series{{"download", values[:1]}}, []string{"today"}, small),
			"nodata":    Lines(nil, nil, small), "tiny": Lines(nil, nil, Options{Width: 110, Height: 40, Theme: th}),
		} {
			b, err := c.PNG()
			t.Log(name, err)
			if err := os.WriteFile(filepath.Join(dir, theme+"-"+name+".png"), b, 0o644); err != nil {
				t.Fatal(err)
			}
			b, _ = c.SVG()
			if err := os.WriteFile(filepath.Join(dir, theme+"-"+name+".svg"), b, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func BenchmarkBarsImage(b *testing.B) {
	c := Bars(weights, fruit, Options{Width: 800, Height: 450})
	for b.Loop() {
		c.Image()
	}
}

func BenchmarkDonutImage2x(b *testing.B) {
	c := Donut(weights, fruit, Options{Width: 800, Height: 450, Scale: 2})
	for b.Loop() {
		c.Image()
	}
}
