package slim

import (
	"bytes"
	"compress/gzip"
	"io"
	"math"
	"os"
	"testing"
)

// What the toolchain's own library compresses to is close to its estimate.
func TestEstimate(t *testing.T) {
	b, err := os.ReadFile(os.Args[0]) // this test: code, tables, text
	if err != nil {
		t.Fatal(err)
	}
	b = append(b, noise(3<<20)...)
	e := newEstimator()
	_, _ = io.Copy(e, bytes.NewReader(b))
	got, err := e.size()
	if err != nil {
		t.Fatal(err)
	}
	want := len(compressed(t, Gzip, b, 1<<20))
	if off := math.Abs(float64(got)/float64(want) - 1); off > 0.02 {
		t.Errorf("%d bytes are estimated to come to %d, and come to %d: %.1f %% off", len(b), got, want, 100*off)
	} else {
		t.Logf("%.2f %% off", 100*off)
	}
	small := b[:1<<20]
	e = newEstimator()
	_, _ = e.Write(small)
	if got, _ := e.size(); got != int64(len(compressed(t, Gzip, small, 1<<20))) {
		t.Errorf("the estimate of a small stream is not exact: %d", got)
	}
}

func BenchmarkGzip(b *testing.B) {
	data, err := os.ReadFile(os.Args[0])
	if err != nil {
		b.Fatal(err)
	}
	for name, w := range map[string]func() io.WriteCloser{
		"slim":     func() io.WriteCloser { return newGzipWriter(io.Discard) },
		"stdlib":   func() io.WriteCloser { return gzip.NewWriter(io.Discard) },
		"estimate": func() io.WriteCloser { return estimateCloser{newEstimator()} },
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				z := w()
				_, _ = z.Write(data)
				_ = z.Close()
			}
		})
	}
}

type estimateCloser struct{ *estimator }

func (e estimateCloser) Close() error { _, err := e.size(); return err }
