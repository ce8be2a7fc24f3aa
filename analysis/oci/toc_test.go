package oci

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"weighline/analysis/oci/ocitest"
)

const tocText = `{
	"version": 1,
	"unknown": {"a": ["]", "}", "\"entries\""], "b": -1.5e3},
	"entries": [
		{"name": "app/", "type": "dir", "mode": 493, "modtime": "2024-01-02T03:04:05Z", "NumLink": 0},
		{"name": "app/core.so", "type": "reg", "size": 5000000, "uid": 1000, "gid": 5, "digest": "sha256:ab", "xattrs": {"user.x": "eA=="}, "chunkSize": 4194304},
		{"name": "app/core.so", "type": "chunk", "chunkOffset": 4194304, "chunkSize": 805696},
		{"name": "app/py \"th\\ön\n", "type": "symlink", "linkName": "core.so"},
		{"name": "app/again", "type": "hardlink", "linkName": "app/core.so"},
		{"name": "app/.wh.old", "type": "reg"},
		{"name": "odd", "type": "something new"}
	]
}
`

const tocWant = `5 "app/" 0 0:0 ""
0 "app/core.so" 5000000 1000:5 ""
2 "app/py \"th\\ön\n" 0 0:0 "core.so"
1 "app/again" 0 0:0 "app/core.so"
0 "app/.wh.old" 0 0:0 ""
`

// stargz makes a blob whose end is that of an eStargz layer.
func stargz(toc []byte) []byte {
	var buf bytes.Buffer
	buf.WriteString("pretend that layers come first")
	off := buf.Len()
	z := gzip.NewWriter(&buf)
	w := tar.NewWriter(z)
	w.WriteHeader(&tar.Header{Name: "stargz.index.json", Size: int64(len(toc)), Mode: 0o444})
	w.Write(toc)
	w.Close()
	z.Close()
	z, _ = gzip.NewWriterLevel(&buf, gzip.NoCompression)
	z.Extra = fmt.Appendf(nil, "SG\x16\x00%016xSTARGZ", off)
	z.Close()
	return buf.Bytes()
}

// chunked makes a zstd:chunked layer's end, and its annotations.
func chunked(toc []byte) ([]byte, map[string]string) {
	w, _ := zstd.NewWriter(nil)
	packed := w.EncodeAll(toc, nil)
	b := append([]byte("layers"), packed...)
	place := fmt.Sprintf("6:%d:%d:1", len(packed), len(toc))
	return append(b, "footer"...), map[string]string{chunkedPlace: place, chunkedSum: ocitest.Digest(packed)}
}

// layerOf is a layer that can be read in parts.
func layerOf(blob []byte, annotations map[string]string) *Layer {
	return &Layer{Size: int64(len(blob)), Annotations: annotations,
		readAt: func(_ context.Context, off, n int64) ([]byte, error) {
			return section(bytes.NewReader(blob), off, n, int64(len(blob)), "x")
		}}
}

func readTOC(l *Layer) (string, error) {
	var b strings.Builder
	err := l.TOC(context.Background(), func(e *TOCEntry) error {
		fmt.Fprintf(&b, "%c %q %d %d:%d %q\n", e.Type, e.Name, e.Size, e.UID, e.GID, e.Link)
		return nil
	})
	return b.String(), err
}

func TestTOC(t *testing.T) {
	compact := func(s string) []byte { var b bytes.Buffer; json.Compact(&b, []byte(s)); return b.Bytes() }
	for _, text := range [][]byte{[]byte(tocText), compact(tocText)} {
		layers := []*Layer{layerOf(stargz(text), map[string]string{stargzDigest: ocitest.Digest(text)})}
		layers = append(layers, layerOf(chunked(text)))
		for n, l := range layers {
			got, err := readTOC(l)
			if err != nil || got != tocWant {
				t.Errorf("TOC of layer %d:\n%s%v\nwant\n%s", n, got, err, tocWant)
			}
		}
	}
	stop := errors.New("stop")
	l := layerOf(chunked([]byte(tocText)))
	if err := l.TOC(t.Context(), func(*TOCEntry) error { return stop }); err != stop {
		t.Errorf("TOC = %v, want the function's error", err)
	}
}

func TestTOCDamaged(t *testing.T) {
	text := []byte(tocText)
	good := stargz(text)
	sum := map[string]string{stargzDigest: ocitest.Digest(text)}
	test := func(name string, l *Layer, code Code) {
		t.Helper()
		if _, err := readTOC(l); CodeOf(err) != code {
			t.Errorf("%s: %v, want %s", name, err, code)
		}
	}
	test("no table", layerOf(good, nil), Unsupported)
	test("other digest", layerOf(good, map[string]string{stargzDigest: ocitest.Digest(nil)}), Damaged)
	test("too short", layerOf([]byte("x"), sum), Damaged)
	test("no footer", layerOf(bytes.Repeat([]byte("x"), 100), sum), Damaged)
	test("footer that points past the end", layerOf([]byte(strings.Replace(string(good), "000000000000001e", "00000000ffffffff", 1)), sum), Damaged)
	test("footer that points elsewhere", layerOf([]byte(strings.Replace(string(good), "000000000000001e", "0000000000000001", 1)), sum), Damaged)
	b, a := chunked(text)
	place := func(s string) map[string]string { return map[string]string{chunkedPlace: s, chunkedSum: a[chunkedSum]} }
	for _, s := range []string{"1:2", "x:1:1:1", "-1:5:5:1", "5:-1:5:1", "9223372036854775807:9:9:1", "6:9000:9:1", "0:6:9:1"} {
		test("place "+s, layerOf(b, place(s)), map[bool]Code{true: Unsupported, false: Damaged}[s == "1:2"])
	}
	for _, s := range []string{"", "{", "[]", `{"entries":`, `{"entries":[`, `{"entries":[{`, `{"entries":[{"name":"x","size":-1}]}`, `{"entries":[{"size":1e99}]}`, `{"entries":{}}`, `{"entries":[{"name`, `{"x":"\`} {
		blob, anno := chunked([]byte(s))
		if _, err := readTOC(layerOf(blob, anno)); CodeOf(err) != Damaged && CodeOf(err) != Truncated {
			t.Errorf("TOC %q: %v", s, err)
		}
	}
}

// The registry sends parts, or says that it does not.
func TestRegistryParts(t *testing.T) {
	noSignIns(t)
	want := big()
	layer := want.LayerBlob(0)
	inner := ocitest.Handler(t, want)
	tries := 0
	host := serve(t, bad(inner, func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.HasSuffix(r.URL.Path, layer.Digest) {
			return false
		}
		if tries++; tries == 1 {
			panic(http.ErrAbortHandler)
		}
		if tries > 3 {
			w.Write(layer.Bytes)
			return true
		}
		return false
	}))
	img, err := Open(t.Context(), host+"/acme/api:1.4", testOptions())
	must(t, err)
	defer img.Close()
	for _, off := range []int64{0, layer.Size - 51} {
		b, err := img.Layers[0].readAt(t.Context(), off, 51)
		if err != nil || !bytes.Equal(b, layer.Bytes[off:off+51]) {
			t.Errorf("51 bytes at %d: %d came, %v", off, len(b), err)
		}
	}
	if _, err := img.Layers[0].readAt(t.Context(), 5, 51); CodeOf(err) != Unsupported {
		t.Errorf("a registry without ranges: %v", err)
	}
}

func FuzzTOC(f *testing.F) {
	f.Add(tocText)
	f.Add(`{"entries":[]}`)
	f.Fuzz(func(t *testing.T, s string) {
		var want struct{ Entries []struct{ Name, Type string } }
		valid := json.Unmarshal([]byte(s), &want) == nil
		var got []string
		err := newTOCScanner(strings.NewReader(s)).entries(func(e *TOCEntry) error { got = append(got, e.Name); return nil })
		if err == nil && valid && len(got) > len(want.Entries) && strings.Count(s, "entries") == 1 {
			t.Errorf("%q: %q, encoding/json says %v", s, got, want.Entries)
		}
	})
}

func BenchmarkTOC(b *testing.B) {
	var text bytes.Buffer
	text.WriteString(`{"version":1,"entries":[`)
	for i := range 100_000 {
		if i > 0 {
			text.WriteByte(',')
		}
		fmt.Fprintf(&text, `{"name":"usr/local/lib/python3.12/site-packages/p%d/m.py","type":"reg","size":%d,"modtime":"2024-01-02T03:04:05Z","mode":420,"digest":%q,"chunkDigest":%[3]q}`, i, i, ocitest.Digest(nil))
	}
	text.WriteString("]}")
	b.SetBytes(int64(text.Len()))
	b.ReportAllocs()
	for b.Loop() {
		if err := newTOCScanner(bytes.NewReader(text.Bytes())).entries(func(*TOCEntry) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
}
