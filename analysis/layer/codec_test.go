package layer

import (
	"bytes"
	"errors"
	"reflect"
	"testing"

	"github.com/klauspost/compress/zstd"
)

func codecSamples(t testing.TB) []*Index {
	all := []*Index{indexOf(t), indexOf(t, "a=1", "b/c/d=22", "b/e->c", "b/c/f=>a", "x/.wh.y=", "x/.wh..wh..opq=", "g!", "h/")}
	for _, b := range archives() {
		x, err := Read(t.Context(), bytes.NewReader(gz(b)), ReadOptions{Keep: func(p string, n int64) bool { return n < 1000 }})
		if err != nil {
			t.Fatal(err)
		}
		x.Problems = append(x.Problems, "a problem")
		all = append(all, x)
	}
	return all
}

func TestEncode(t *testing.T) {
	for i, x := range codecSamples(t) {
		y, err := Decode(x.Encode())
		if err != nil {
			t.Fatalf("index %d: %v", i, err)
		}
		if !reflect.DeepEqual(indexLines(x), indexLines(y)) {
			t.Errorf("index %d: entries differ", i)
		}
		for n := range x.Len() {
			a, ok1 := x.Content(n)
			b, ok2 := y.Content(n)
			if ok1 != ok2 || !bytes.Equal(a, b) {
				t.Errorf("index %d: content of %d differs", i, n)
			}
		}
		if !bytes.Equal(x.Encode(), y.Encode()) {
			t.Errorf("index %d: the second encoding differs", i)
		}
		if x.Counts != y.Counts || x.ContentBytes != y.ContentBytes || x.Proved != y.Proved || x.DiffID != y.DiffID ||
			x.CompressedSize != y.CompressedSize || x.UncompressedSize != y.UncompressedSize || x.Compression != y.Compression ||
			!reflect.DeepEqual(x.Problems, y.Problems) {
			t.Errorf("index %d: %+v became %+v", i, x, y)
		}
	}
}

// Every cut and every changed byte is an error or another sound index, and
// never a panic.
func TestDecodeDamaged(t *testing.T) {
	for _, x := range codecSamples(t)[:3] {
		b := x.Encode()
		for i := range b {
			if _, err := Decode(b[:i]); !errors.Is(err, ErrDamaged) {
				t.Fatalf("cut to %d bytes: %v", i, err)
			}
			c := bytes.Clone(b)
			c[i] ^= 1 << (i & 7)
			if y, err := Decode(c); err == nil {
				use(t, y)
			}
		}
		if _, err := Decode(append(bytes.Clone(b), 0)); !errors.Is(err, ErrDamaged) {
			t.Errorf("with a byte more: %v", err)
		}
		b[len(codecMagic)]++
		if _, err := Decode(b); !errors.Is(err, ErrDamaged) {
			t.Errorf("newer version: %v", err)
		}
	}
}

// use touches all of an index.
func use(t *testing.T, x *Index) {
	indexLines(x)
	x.Content(0)
	if _, err := Stack(t.Context(), []*Index{x, x}); err != nil {
		var limit *LimitError
		if !errors.As(err, &limit) {
			t.Error(err)
		}
	}
}

// FuzzDecode takes the inside of an encoded index: no fuzzer gets past the
// checksum of the compression.
func FuzzDecode(f *testing.F) {
	r, _ := zstd.NewReader(nil)
	for _, x := range codecSamples(f) {
		raw, _ := r.DecodeAll(x.Encode()[len(codecMagic)+1:], nil)
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		d := decoder{b: raw}
		if x := d.index(); d.err == nil {
			use(t, x)
			y, err := Decode(x.Encode())
			if err != nil || !reflect.DeepEqual(indexLines(x), indexLines(y)) {
				t.Errorf("encoded again: %v", err)
			}
		}
	})
}
