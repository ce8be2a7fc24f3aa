package widgets

import (
	"bytes"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
)

var update = flag.Bool("update", false, "write the golden images anew")

// oneTheme is Fyne's theme, always light or always dark.
type oneTheme struct {
	fyne.Theme
	variant fyne.ThemeVariant
}

func (o oneTheme) Color(n fyne.ThemeColorName, _ fyne.ThemeVariant) color.Color {
	return o.Theme.Color(n, o.variant)
}

var variants = map[string]fyne.ThemeVariant{"light": theme.VariantLight, "dark": theme.VariantDark}

// inTheme makes an app with one theme for the time of the test.
func inTheme(t testing.TB, name string) {
	t.Helper()
	app := test.NewTempApp(t)
	app.Settings().SetTheme(oneTheme{theme.DefaultTheme(), variants[name]})
}

// show puts o into a window of the given size.
func show(t testing.TB, o fyne.CanvasObject, w, h float32) fyne.Window {
	t.Helper()
	win := test.NewTempWindow(t, o)
	win.SetPadded(false)
	win.Resize(fyne.NewSize(w, h))
	return win
}

// golden compares what make returns, drawn in light and in dark, with the
// images in testdata.
func golden(t *testing.T, name string, w, h float32, make func() fyne.CanvasObject) {
	t.Helper()
	for variant := range variants {
		inTheme(t, variant)
		win := show(t, make(), w, h)
		same(t, name+"-"+variant, win.Canvas().Capture())
	}
}

// same compares img with testdata/name.png, pixel for pixel.
func same(t *testing.T, name string, img image.Image) {
	t.Helper()
	file := filepath.Join("testdata", name+".png")
	if *update {
		var b bytes.Buffer
		e := png.Encoder{CompressionLevel: png.BestCompression}
		if err := e.Encode(&b, img); err != nil {
			t.Fatal(err)
		}
		os.MkdirAll("testdata", 0o755)
		if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	want, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(file, err)
	}
	if img.Bounds() != want.Bounds() {
		t.Fatalf("%s is %v, want %v", name, img.Bounds(), want.Bounds())
	}
	for y := range img.Bounds().Dy() {
		for x := range img.Bounds().Dx() {
			if g, w := nrgba(img.At(x, y)), nrgba(want.At(x, y)); g != w {
				t.Fatalf("%s differs at %d,%d: %v, want %v (run with -update and look at the change)", name, x, y, g, w)
			}
		}
	}
}

func equal(t *testing.T, what string, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s = %v, want %v", what, got, want)
	}
}

func key(name fyne.KeyName) *fyne.KeyEvent { return &fyne.KeyEvent{Name: name} }

// TestContrast computes what the promise in [Colors] says, in both themes.
func TestContrast(t *testing.T) {
	for name := range variants {
		inTheme(t, name)
		c := ColorsOf(NewDataTable())
		check := func(what string, a, b color.NRGBA, least float64) {
			t.Helper()
			if r := contrast(a, b); r < least {
				t.Errorf("%s, %s: contrast %.2f, want %.1f", name, what, r, least)
			}
		}
		check("text", c.Text, c.Background, 4.5)
		check("muted", c.Muted, c.Background, 4.5)
		check("good", c.Good, c.Background, 4.5)
		check("bad", c.Bad, c.Background, 4.5)
		check("text on header", c.Text, c.Header, 4.5)
		check("muted on header", c.Muted, c.Header, 4.5)
		check("text on selection", c.Text, over(c.Selection, c.Background), 4.5)
		check("muted on selection", c.Muted, over(c.Selection, c.Background), 4.5)
		check("accent", c.Accent, c.Background, 3)
		for i, f := range c.Fills {
			check(fmt.Sprintf("fill %d", i), f, c.Background, 3)
			check(fmt.Sprintf("text on fill %d", i), c.OnFill, f, 4.5)
		}
	}
}

func TestContrastIsThatOfWCAG(t *testing.T) {
	test := func(a, b color.NRGBA, want float64) {
		t.Helper()
		if got := contrast(a, b); got < want-0.01 || got > want+0.01 {
			t.Errorf("contrast(%v, %v) = %.2f, want %.2f", a, b, got, want)
		}
	}
	black, white := color.NRGBA{A: 255}, color.NRGBA{255, 255, 255, 255}
	test(black, white, 21)
	test(white, white, 1)
	test(color.NRGBA{0x77, 0x77, 0x77, 255}, white, 4.48)
}

// TestFiguresHaveEqualWidths: columns of figures need no other font.
func TestFiguresHaveEqualWidths(t *testing.T) {
	inTheme(t, "light")
	for _, style := range []fyne.TextStyle{{}, {Bold: true}} {
		want := fyne.MeasureText("0000", 14, style).Width
		for _, d := range "123456789" {
			if got := fyne.MeasureText(string([]rune{d, d, d, d}), 14, style).Width; got != want {
				t.Errorf("four times %c is %v wide, 0000 is %v", d, got, want)
			}
		}
	}
}

// tipLayer shows no tips by itself: in a test, a timer would draw on another
// goroutine.
func tipLayer(content fyne.CanvasObject) *TipLayer {
	l := NewTipLayer(content)
	l.after = func(time.Duration, func()) *time.Timer { return nil }
	return l
}

// TestShorten cuts texts at their end, names and paths in the middle; what is cut
// fits.
func TestShorten(t *testing.T) {
	inTheme(t, "light")
	var s shortener
	const name = "an-internal-distribution-of-the-company-number-27"
	for _, width := range []float32{60, 120, 200, 1000} {
		for what, got := range map[string]string{
			"text": s.fit(name, width, 13, fyne.TextStyle{}),
			"name": s.fitName(name, width, 13, fyne.TextStyle{}),
			"path": s.fitMiddle(name, width, 13, fyne.TextStyle{}),
		} {
			if w := fyne.MeasureText(got, 13, fyne.TextStyle{}).Width; w > width || got == "" {
				t.Errorf("%s of %v pixels: %q has %v", what, width, got, w)
			}
			if ends := strings.HasSuffix(got, "27"); ends != (what != "text" || width == 1000) {
				t.Errorf("%s of %v pixels: %q", what, width, got)
			}
			if !strings.HasPrefix(got, "an") && (what != "path" || width > 60) {
				t.Errorf("%s of %v pixels: %q", what, width, got)
			}
		}
	}
	if got := s.fitName(strings.Repeat("ä", 1000)+"Ω", 100, 13, fyne.TextStyle{}); !strings.HasSuffix(got, "äΩ") {
		t.Errorf("a very long name becomes %q", got)
	}
}
