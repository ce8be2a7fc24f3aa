package inflate

import (
	"archive/tar"
	"bytes"
	stdgzip "compress/gzip"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	kgzip "github.com/klauspost/compress/gzip"
)

// benchData makes about 16 MiB of each kind of data that a layer holds. Go's own
// toolchain stands for sources and programs; where it is absent, made-up data does.
func benchData(b *testing.B) map[string][]byte {
	const size = 16 << 20
	rnd := rand.New(rand.NewPCG(1, 2))
	data := map[string][]byte{
		"text":   sample(rnd, 1, size),
		"binary": sample(rnd, 3, size),
		"far":    sample(rnd, 5, size),
	}
	for name, dir := range map[string]string{"go-src": "src", "go-bin": "pkg/tool"} {
		if x := tarOf(b, filepath.Join(runtime.GOROOT(), dir), size); len(x) > size/2 { //nolint:staticcheck // benchmarks run where they were built
			data[name] = x
		}
	}
	return data
}

// tarOf returns the beginning of a tar archive of the files below dir.
func tarOf(b *testing.B, dir string, size int) []byte {
	b.Helper()
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return nil
		}
		if out.Len() >= size {
			return fs.SkipAll
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return nil
		}
		w.WriteHeader(&tar.Header{Name: filepath.ToSlash(path), Mode: 0o644, Size: int64(len(text))})
		w.Write(text)
		return nil
	})
	return out.Bytes()[:min(size, out.Len())]
}

func compress(b *testing.B, data []byte) []byte {
	b.Helper()
	var out bytes.Buffer
	w, _ := stdgzip.NewWriterLevel(&out, 6)
	w.Write(data)
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}
	return out.Bytes()
}

// decoders are the rivals. Each decodes all of r and throws it away.
func decoders() map[string]func(r io.Reader) error {
	d, dst := NewGzip(nil), make([]byte, windowSize+256<<10)
	var std stdgzip.Reader
	var klauspost kgzip.Reader
	return map[string]func(io.Reader) error{
		"ours": func(r io.Reader) error {
			d.Reset(r)
			for hist := 0; ; {
				n, err := d.Fill(dst, hist)
				if err == io.EOF {
					return nil
				}
				if err != nil {
					return err
				}
				end := hist + n
				hist = min(end, windowSize)
				copy(dst, dst[end-hist:end])
			}
		},
		"stdlib": func(r io.Reader) error {
			if err := std.Reset(r); err != nil {
				return err
			}
			_, err := io.Copy(io.Discard, &std)
			return err
		},
		"klauspost": func(r io.Reader) error {
			if err := klauspost.Reset(r); err != nil {
				return err
			}
			_, err := io.Copy(io.Discard, &klauspost)
			return err
		},
	}
}

func benchmark(b *testing.B, stream []byte, size int) {
	for who, decode := range decoders() {
		b.Run(who, func(b *testing.B) {
			b.SetBytes(int64(size))
			for b.Loop() {
				if err := decode(bytes.NewReader(stream)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkFill measures long streams of several kinds.
func BenchmarkFill(b *testing.B) {
	for kind, data := range benchData(b) {
		stream := compress(b, data)
		b.Run(kind, func(b *testing.B) { benchmark(b, stream, len(data)) })
	}
}

// BenchmarkMembers measures streams of many small members, as eStargz has.
func BenchmarkMembers(b *testing.B) {
	data := sample(rand.New(rand.NewPCG(1, 2)), 1, 4<<20)
	test := func(name string, size int) {
		var stream []byte
		for i := 0; i < len(data); i += size {
			stream = append(stream, compress(b, data[i:i+size])...)
		}
		b.Run(name, func(b *testing.B) { benchmark(b, stream, len(data)) })
	}
	test("512B", 512)
	test("16KiB", 16<<10)
}
