package slim

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"math/rand/v2"
	"runtime"
	"testing"
)

// noise returns n bytes that compress a little.
func noise(n int) []byte {
	r := rand.New(rand.NewPCG(1, 2))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.IntN(20))
	}
	return b
}

func compressed(t *testing.T, format string, b []byte, piece int) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := newCompressor(format, &out)
	if err != nil {
		t.Fatal(err)
	}
	for len(b) > 0 {
		n := min(piece, len(b))
		_, _ = w.Write(b[:n])
		b = b[n:]
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestGzipIsRead(t *testing.T) {
	for _, n := range []int{0, 1, gzipBlock - 1, gzipBlock, gzipBlock + 1, 5*gzipBlock + 77} {
		b := noise(n)
		r, err := gzip.NewReader(bytes.NewReader(compressed(t, Gzip, b, 100_000)))
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(r)
		if err != nil || !bytes.Equal(got, b) {
			t.Errorf("%d bytes come back as %d: %v", n, len(got), err)
		}
	}
}

// The digest of a layer must not tell how many cores wrote it.
func TestSameOnAnyComputer(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	b := noise(7 * gzipBlock / 2)
	for _, format := range []string{Gzip, Zstd} {
		runtime.GOMAXPROCS(1)
		one := compressed(t, format, b, 1<<20)
		runtime.GOMAXPROCS(4)
		if four := compressed(t, format, b, 12_345); !bytes.Equal(one, four) {
			t.Errorf("%s: one core writes %d bytes and four cores %d others", format, len(one), len(four))
		}
	}
}

type full struct{ left int }

var errFull = errors.New("no space left on device")

func (f *full) Write(p []byte) (int, error) {
	if f.left -= len(p); f.left < 0 {
		return 0, errFull
	}
	return len(p), nil
}

func TestGzipTellsOfAFullDisk(t *testing.T) {
	w := newGzipWriter(&full{3 << 20})
	for range 20 {
		_, _ = w.Write(noise(1 << 20))
	}
	if err := w.Close(); !errors.Is(err, errFull) {
		t.Errorf("Close = %v, want %v", err, errFull)
	}
}
