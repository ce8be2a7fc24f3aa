package analysis_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"weighline/analysis"
	"weighline/analysis/attribution"
	"weighline/analysis/bytesize"
	"weighline/analysis/oci/ocitest"
)

// read writes an image and reads it.
func read(t *testing.T, img *ocitest.Image) *analysis.Build {
	t.Helper()
	path := filepath.Join(t.TempDir(), "image.oci")
	if err := img.WriteOCIArchive(path); err != nil {
		t.Fatal(err)
	}
	b, err := analysis.Analyze(t.Context(), analysis.Input{Image: path}, analysis.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// dist returns the entries of a distribution with one module of size bytes.
func dist(name, version string, size int64) []ocitest.Entry {
	site := "usr/lib/python3.11/site-packages/"
	info := name + "-" + version + ".dist-info/"
	return []ocitest.Entry{
		{Name: site + info + "METADATA", Body: "Metadata-Version: 2.1\nName: " + name + "\nVersion: " + version + "\n"},
		{Name: site + info + "RECORD", Body: name + ".py,,\n" + info + "METADATA,,\n" + info + "RECORD,,\n"},
		{Name: site + name + ".py", Size: size},
	}
}

func layerOf(entries ...ocitest.Entry) ocitest.Layer { return ocitest.Layer{Entries: entries} }

func changeOf(t *testing.T, c *analysis.Comparison, name string) analysis.PackageChange {
	t.Helper()
	i := slices.IndexFunc(c.Changes, func(x analysis.PackageChange) bool { return x.Name == name })
	if i < 0 {
		t.Fatalf("no change of %s in %+v", name, c.Changes)
	}
	return c.Changes[i]
}

func TestCompareWithItself(t *testing.T) {
	img := ocitest.Build(layerOf(dist("demo", "1.0", 500)...), layerOf(ocitest.Entry{Name: "app/main.py", Body: "import demo"}))
	c := analysis.Compare(read(t, img), read(t, img))
	if len(c.Layers.Shared) != 2 || len(c.Layers.OnlyA)+len(c.Layers.OnlyB) != 0 || c.Layers.Pull != bytesize.Of(0) {
		t.Errorf("layers = %+v, want two shared ones and nothing to pull", c.Layers)
	}
	if x := changeOf(t, c, "demo"); x.Change != attribution.Same || x.Delta != bytesize.Of(0) {
		t.Errorf("demo = %+v, want the same", x)
	}
	if f := c.Files; f.Added+f.Removed+f.Changed != 0 || len(f.List) > 0 {
		t.Errorf("files = %+v, want none", f)
	}
	if d := c.Unpacked.Delta(); d != bytesize.Of(0) {
		t.Errorf("unpacked delta = %v", d)
	}
}

// TestComparePartial compares an image a layer of which cannot be read: its size
// is at least what is known, and the difference no exact one.
func TestComparePartial(t *testing.T) {
	img := ocitest.Build(layerOf(dist("demo", "1.0", 500)...), layerOf(ocitest.Entry{Name: "app/main.py", Body: "import demo"}))
	whole, part := read(t, img), read(t, img)
	unread := *part.Image
	unread.Layers = slices.Clone(unread.Layers)
	unread.Layers[1] = analysis.Layer{Layer: unread.Layers[1].Layer, Download: unread.Layers[1].Download}
	c := analysis.Compare(whole, &analysis.Build{Image: &unread})
	if c.Unpacked.B.Unknown != 1 || c.Unpacked.Delta().Basis != bytesize.Estimated {
		t.Errorf("unpacked = %v, difference %+v, want at least so much, and an estimate", c.Unpacked.B, c.Unpacked.Delta())
	}
}

// TestCompareLayers puts a layer in front: the others are still shared.
func TestCompareLayers(t *testing.T) {
	base, app := layerOf(ocitest.Entry{Name: "etc/os-release", Body: "ID=debian"}), layerOf(dist("demo", "1.0", 500)...)
	front, last := layerOf(ocitest.Entry{Name: "certs.pem", Size: 4000}), layerOf(ocitest.Entry{Name: "app/x", Body: "x"})
	a, b := ocitest.Build(base, app, last), ocitest.Build(front, base, app)
	c := analysis.Compare(read(t, a), read(t, b))
	if len(c.Layers.Shared) != 2 || len(c.Layers.OnlyA) != 1 || len(c.Layers.OnlyB) != 1 {
		t.Fatalf("layers = %+v, want 2 shared, 1 and 1", c.Layers)
	}
	if want := bytesize.Of(int64(len(b.LayerBlob(0).Bytes))); c.Layers.Pull != want {
		t.Errorf("pull = %v, want %v: the layer in front", c.Layers.Pull, want)
	}
	if x := changeOf(t, c, "demo"); x.Change != attribution.Same {
		t.Errorf("demo = %+v, want the same", x)
	}
}

// TestCompareCompression compares an image with itself compressed in another
// way: a host that has the files need not fetch them again.
func TestCompareCompression(t *testing.T) {
	a, b := layerOf(dist("demo", "1.0", 500)...), layerOf(dist("demo", "1.0", 500)...)
	b.Compression = "zstd"
	c := analysis.Compare(read(t, ocitest.Build(a)), read(t, ocitest.Build(b)))
	if len(c.Layers.Shared) != 1 || c.Layers.Pull != bytesize.Of(0) {
		t.Errorf("layers = %+v, want one shared by its diff ID", c.Layers)
	}
	if !c.Identical || c.SameImage() || c.Delta(c.Unpacked) != bytesize.Of(0) {
		t.Errorf("identical %v, one image %v, want the same layers of two images", c.Identical, c.SameImage())
	}
	if d := c.Delta(c.Download); d == bytesize.Of(0) || d != c.Download.Delta() {
		t.Errorf("download differs by %v, want the difference of the blobs", d)
	}
}

func TestComparePackages(t *testing.T) {
	a := read(t, ocitest.Build(layerOf(slices.Concat(dist("grown", "1.0", 500), dist("gone", "1.0", 70), dist("same", "1.0", 5))...)))
	b := read(t, ocitest.Build(layerOf(slices.Concat(dist("grown", "1.1", 900), dist("came", "1.0", 3000), dist("same", "1.0", 5))...)))
	c := analysis.Compare(a, b)
	test := func(name, change string, delta bytesize.Size) {
		t.Helper()
		x := changeOf(t, c, name)
		if x.Change != change || x.Delta != bytesize.Of(delta) {
			t.Errorf("%s = %s %v, want %s %v", name, x.Change, x.Delta, change, delta)
		}
		if (x.A == nil) != (change == attribution.Added) || (x.B == nil) != (change == attribution.Removed) {
			t.Errorf("%s has sides %v and %v", name, x.A, x.B)
		}
	}
	gone := changeOf(t, c, "gone").A.Unpacked.Size
	came := changeOf(t, c, "came").B.Unpacked.Size
	test("grown", attribution.Changed, 400)
	test("gone", attribution.Removed, -gone)
	test("came", attribution.Added, came)
	test("same", attribution.Same, 0)
	if c.Changes[0].Name != "came" || c.Changes[len(c.Changes)-1].Name != "same" {
		t.Errorf("order = %v, want the largest difference first and what is the same last", c.Changes)
	}
	if d, want := c.Unpacked.Delta(), bytesize.Of(400-gone+came); d != want {
		t.Errorf("unpacked delta = %v, want %v: the packages'", d, want)
	}
}

func TestCompareFiles(t *testing.T) {
	e := func(name, body string) ocitest.Entry { return ocitest.Entry{Name: name, Body: body} }
	a := read(t, ocitest.Build(layerOf(e("etc/same", "1"), e("etc/turned", "abc"), e("etc/mode", "12345"), e("gone/deep/file", "1234567"), e("kind", "12"),
		ocitest.Entry{Name: "link", Link: "etc/same"})))
	mode := e("etc/mode", "12345")
	mode.Mode = 0o600
	b := read(t, ocitest.Build(layerOf(e("etc/same", "1"), e("etc/turned", "abd"), mode, e("came", "123456789"), e("kind/inside", "1"),
		ocitest.Entry{Name: "link", Link: "etc/turned"}, ocitest.Entry{Name: "twin", HardLink: "came"})))
	f := analysis.Compare(a, b).Files
	// kind was a file and is a folder; links are no files; twin is a name without bytes.
	if f.Added != 3 || f.Removed != 2 || f.Changed != 2 || f.Modes != 1 {
		t.Errorf("files = %d added, %d removed, %d changed, %d by mode; want 3, 2, 2, 1: %+v", f.Added, f.Removed, f.Changed, f.Modes, f.List)
	}
	var deltas []int64
	var paths []string
	for _, x := range f.List {
		deltas, paths = append(deltas, x.Delta), append(paths, x.Path)
	}
	if want := []int64{9, -7, -2, 1, 0, 0, 0}; !slices.Equal(deltas, want) {
		t.Errorf("deltas = %v of %v, want %v", deltas, paths, want)
	}
	if x := f.List[4]; x.Path != "/etc/mode" || !x.Mode {
		t.Errorf("list[4] = %+v, want a change of mode", x)
	}
}

// TestCompareChmod adds a layer that only changes a mode: the file is the same,
// its bytes come with the new layer.
func TestCompareChmod(t *testing.T) {
	base := dist("demo", "1.0", 500)
	chmod := base[2]
	chmod.Mode = 0o700
	c := analysis.Compare(read(t, ocitest.Build(layerOf(base...))), read(t, ocitest.Build(layerOf(base...), layerOf(chmod))))
	if f := c.Files; f.Added+f.Removed != 0 || f.Changed != 1 || f.Modes != 1 || !f.List[0].Mode {
		t.Errorf("files = %+v, want one of another mode", f)
	}
	if x := changeOf(t, c, "demo"); !x.Moved || x.Change != attribution.Changed || x.Delta != bytesize.Of(0) || x.A.Layer != 0 || x.B.Layer != 1 {
		t.Errorf("demo = %+v, want moved from layer 0 to 1 with as many bytes", x)
	}
	if c.Unpacked.Delta() != bytesize.Of(0) || c.Identical {
		t.Errorf("unpacked delta = %v, identical %v", c.Unpacked.Delta(), c.Identical)
	}
}

// TestCompareMoved installs a package one layer later; one that only lies behind a
// new layer has not moved.
func TestCompareMoved(t *testing.T) {
	by := func(instruction string, entries ...ocitest.Entry) ocitest.Layer {
		l := layerOf(entries...)
		l.CreatedBy = instruction
		return l
	}
	one, two := dist("one", "1.0", 500), dist("two", "1.0", 70)
	a := ocitest.Build(by("RUN pip install one", one...), by("RUN pip install two", two...))
	b := ocitest.Build(by("ADD certs", ocitest.Entry{Name: "certs", Size: 9}), by("RUN make", ocitest.Entry{Name: "x", Size: 3}), by("RUN pip install two", append(one, two...)...))
	c := analysis.Compare(read(t, a), read(t, b))
	if x := changeOf(t, c, "one"); !x.Moved {
		t.Errorf("one = %+v, want moved", x)
	}
	if x := changeOf(t, c, "two"); x.Moved || x.Change != attribution.Same {
		t.Errorf("two = %+v, want the same: its layer was rebuilt and stands one later", x)
	}
}

func TestCompareRenamed(t *testing.T) {
	old, fresh := dist("demo", "1.0", 0), dist("demo-ng", "1.0", 0)
	body := strings.Repeat("x", 5000)
	old[2].Body, fresh[2].Body = body, body
	other := dist("other", "1.0", 4000)
	c := analysis.Compare(read(t, ocitest.Build(layerOf(old...))), read(t, ocitest.Build(layerOf(append(fresh, other...)...))))
	if x := changeOf(t, c, "demo"); x.Change != attribution.Removed || x.Renamed != "demo-ng" {
		t.Errorf("demo = %+v, want removed, and called demo-ng now", x)
	}
	if x := changeOf(t, c, "demo-ng"); x.Change != attribution.Added || x.Renamed != "demo" {
		t.Errorf("demo-ng = %+v, want added, and called demo before", x)
	}
	if x := changeOf(t, c, "other"); x.Renamed != "" {
		t.Errorf("other = %+v, want no other name", x)
	}
}

// TestCompareRequirements compares files with each other and with an image.
func TestCompareRequirements(t *testing.T) {
	resolve := func(text string) *analysis.Build {
		b, err := analysis.Analyze(t.Context(), analysis.Input{Files: []string{"r.txt"}}, analysis.Options{Texts: map[string][]byte{"r.txt": []byte(text)}})
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	a, b := resolve("idna==3.10\nclick==8.2.1\n"), resolve("idna==3.10\nh11==0.16.0\n")
	c := analysis.Compare(a, b)
	if !c.ByGraph || c.Packages != [2]int{2, 2} || c.Files != nil || c.Layers.Pull.Basis != bytesize.Unknown {
		t.Errorf("comparison = %+v", c)
	}
	for name, want := range map[string]string{"idna": attribution.Same, "click": attribution.Removed, "h11": attribution.Added} {
		if x := changeOf(t, c, name); x.Change != want {
			t.Errorf("%s = %+v, want %s", name, x, want)
		}
	}
	// The estimate of a wheel is no news beside the files of an image.
	img := read(t, ocitest.Build(layerOf(slices.Concat(dist("idna", "3.10", 500), dist("click", "8.0", 5))...)))
	c = analysis.Compare(a, img)
	if x := changeOf(t, c, "idna"); x.Change != attribution.Same || x.Delta.Basis != bytesize.Unknown {
		t.Errorf("idna = %+v, want the same, without a delta", x)
	}
	if x := changeOf(t, c, "click"); x.Change != attribution.Changed || x.Delta.Basis != bytesize.Estimated {
		t.Errorf("click = %+v, want changed by about some bytes", x)
	}
}
