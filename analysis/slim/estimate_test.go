package slim

import (
	"bytes"
	"compress/gzip"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"testing"
)

// What is compressed in the end is close to its estimate, and the same where the
// stream is small.
func TestEstimate(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	b := make([]byte, 12<<20)
	for at := 0; at < len(b); at += 48 << 10 {
		letters := 1 + r.IntN(200) // some parts compress well, others do not
		for i := at; i < min(at+48<<10, len(b)); i++ {
			b[i] = byte(r.IntN(letters))
		}
	}
	e := newEstimator()
	e.exact = 4 << 20
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
