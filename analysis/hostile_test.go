package analysis_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"weighline/analysis"
	"weighline/analysis/oci/ocitest"
	"weighline/analysis/report"
)

// A hostile is an image that is damaged, or made to do harm, read from one end
// of the engine to the other: opened, read, stacked, attributed and printed.
type hostile struct {
	name   string
	make   func(t *testing.T, path string)
	verify bool
	slow   bool // takes seconds, most of them to make it: only with -tags truth
	// read has a letter for each layer: y where its figures must be there, n
	// where they must not, and ? where that is chance. "" is an image that cannot be opened at all.
	read  string
	says  string // part of the one sentence for people; "" where nothing fails
	warns string // part of one of the warnings
}

// none is the read of an image that has no layers.
const none = "-"

// TestHostile reads each of the images.
func TestHostile(t *testing.T) { readHostile(t, false) }

// readHostile reads the slow images or the others. Set WEIGHLINE_HOSTILE to a
// folder to have them written there, for .ci/bench-hostile.
func readHostile(t *testing.T, slow bool) {
	for i, c := range hostileImages() {
		if c.slow != slow {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			dir := os.Getenv("WEIGHLINE_HOSTILE")
			if dir == "" {
				dir = t.TempDir()
			}
			path := filepath.Join(dir, fmt.Sprintf("%02d-%s", i+1, strings.ReplaceAll(c.name, " ", "-")))
			c.make(t, path)
			b, err := analysis.Analyze(t.Context(), analysis.Input{Image: path}, analysis.Options{Verify: c.verify})
			c.check(t, b, err)
		})
	}
}

func (c hostile) check(t *testing.T, b *analysis.Build, err error) {
	t.Helper()
	said := analysis.Explain(err)
	harmless(t, said)
	if c.says == "" && err != nil || !strings.Contains(said, c.says) {
		t.Errorf("says %q, want %q", said, c.says)
	}
	if i := strings.IndexByte(c.read, 'n'); i >= 0 && !strings.Contains(c.read, "?") && !strings.HasPrefix(said, fmt.Sprintf("layer %d of %d cannot be read: ", i+1, len(c.read))) {
		t.Errorf("says %q, want it to begin with the layer", said)
	}
	if c.read == "" {
		if b != nil {
			t.Errorf("there is a build, want only %q", c.says)
		}
		t.Log(said)
		return
	}
	if b == nil {
		t.Fatalf("nothing was read: %s", said)
	}
	c.checkLayers(t, b.Image)
	warned := c.warns == ""
	for _, w := range b.Warnings {
		harmless(t, w.Text)
		warned = warned || strings.Contains(w.Text, c.warns)
	}
	if !warned {
		t.Errorf("warns %+v, want %q", b.Warnings, c.warns)
	}
	c.checkPrints(t, b, err)
	t.Log(said, b.Warnings)
}

// checkLayers compares what was read of which layer, and that it adds up.
func (c hostile) checkLayers(t *testing.T, img *analysis.Image) {
	t.Helper()
	if c.read == none {
		c.read = ""
	}
	if len(img.Layers) != len(c.read) {
		t.Fatalf("%d layers, want %d", len(img.Layers), len(c.read))
	}
	for i, l := range img.Layers {
		if got := l.Read && l.Err == nil; c.read[i] != '?' && got != (c.read[i] == 'y') {
			t.Errorf("layer %d: read %v, error %v", i+1, l.Read, l.Err)
		}
		if l.Kept+l.Waste != l.Content || l.Kept < 0 || l.Waste < 0 {
			t.Errorf("layer %d: kept %d and waste %d of %d", i+1, l.Kept, l.Waste, l.Content)
		}
	}
	if strings.Contains(c.read, "n") != img.Partial {
		t.Errorf("partial is %v", img.Partial)
	}
	if img.Ledger == nil {
		return
	}
	sum := img.Ledger.Unowned
	for _, p := range img.Ledger.Packages {
		sum += p.Unpacked
	}
	if sum != img.Tree.Totals.Bytes {
		t.Errorf("packages and unowned bytes are %d of %d", sum, img.Tree.Totals.Bytes)
	}
}

// checkPrints prints the build in each form.
func (c hostile) checkPrints(t *testing.T, b *analysis.Build, err error) {
	t.Helper()
	j, jerr := json.Marshal(report.Image(b, true, err))
	if jerr != nil || !utf8.Valid(j) {
		t.Errorf("JSON: %v", jerr)
	}
	var text bytes.Buffer
	if err := report.WriteImage(&text, b, 0, false); err != nil {
		t.Error(err)
	}
	for line := range strings.Lines(text.String()) {
		harmless(t, strings.TrimSuffix(line, "\n"))
	}
}

// harmless checks that a line of text is one, and cannot act on a terminal.
func harmless(t *testing.T, line string) {
	t.Helper()
	bad := func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) }
	if !utf8.ValidString(line) || strings.ContainsFunc(line, bad) || len(line) > 100<<10 {
		t.Errorf("printed as it is: %.200q", line)
	}
}

// Makers of images.

// between puts a layer between two good ones.
func between(l ocitest.Layer) func(*testing.T, string) {
	img := ocitest.Build(goodLayer("below"), l, goodLayer("above"))
	return func(t *testing.T, path string) { check(t, img.WriteLayout(path)) }
}

func goodLayer(name string) ocitest.Layer {
	return ocitest.Layer{Entries: []ocitest.Entry{{Name: name + "/file", Size: 1000}}}
}

// betweenRaw is between for a tar that only these bytes make.
func betweenRaw(parts ...[]byte) func(*testing.T, string) {
	return between(ocitest.Layer{Raw: bytes.Join(append(parts, make([]byte, 1024)), nil)})
}

// betweenBlob is between for a layer as it is stored. lie changes what the
// manifest says about it.
func betweenBlob(blob []byte, lie func(*ocitest.Blob)) func(*testing.T, string) {
	b := ocitest.Blob{MediaType: ocitest.LayerType + "+gzip", Digest: ocitest.Digest(blob), Size: int64(len(blob)), Bytes: blob}
	if lie != nil {
		lie(&b)
	}
	return func(t *testing.T, path string) {
		img := ocitest.Build(goodLayer("below"), goodLayer("hole"), goodLayer("above"))
		layers := []ocitest.Blob{img.LayerBlob(0), b, img.LayerBlob(2)}
		writeManifest(t, path, img.ConfigBlob(), layers)
	}
}

// writeManifest writes a layout of an image with these layers.
func writeManifest(t *testing.T, path string, config ocitest.Blob, layers []ocitest.Blob) {
	t.Helper()
	m, err := json.Marshal(map[string]any{"schemaVersion": 2, "mediaType": ocitest.ManifestType, "config": config, "layers": layers})
	check(t, err)
	writeBlobs(t, path, m, append(slices.Clone(layers), config)...)
}

// writeBlobs writes a layout with one manifest, whatever that is.
func writeBlobs(t *testing.T, path string, manifest []byte, blobs ...ocitest.Blob) {
	t.Helper()
	m := ocitest.Blob{MediaType: ocitest.ManifestType, Digest: ocitest.Digest(manifest), Size: int64(len(manifest)), Bytes: manifest}
	files := []ocitest.File{
		{Name: "oci-layout", Body: []byte(`{"imageLayoutVersion":"1.0.0"}`)},
		{Name: "index.json", Body: ocitest.IndexBlob(m).Bytes},
	}
	for _, b := range append(blobs, m) {
		if b.Bytes != nil {
			files = append(files, ocitest.File{Name: "blobs/" + strings.Replace(b.Digest, ":", "/", 1), Body: b.Bytes})
		}
	}
	check(t, ocitest.WriteFolder(path, files))
}

// manifestOnly is a layout with this manifest and nothing else.
func manifestOnly(text string) func(*testing.T, string) {
	return func(t *testing.T, path string) { writeBlobs(t, path, []byte(text)) }
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
