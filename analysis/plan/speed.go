package plan

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand"
	"os"
	"path/filepath"
	"time"

	"weighline/analysis/bytesize"
)

// A Speed is how fast something goes, from slow to fast.
type Speed struct {
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// Speeds are the inputs of an estimate of time. What is not set (0) takes the
// default; see docs/strategies.md for where that comes from.
type Speeds struct {
	Download Speed `json:"download_mbit"` // of the network, Mbit/s
	Unpack   Speed `json:"unpack_mb"`     // wheels to files, MB/s of files
	Compile  Speed `json:"compile_mb"`    // Python code to bytecode, MB/s of code
	Compress Speed `json:"compress_mb"`   // files to a layer, MB/s of files
	Push     Speed `json:"push_mbit"`     // layers to the registry, Mbit/s
	Start    Speed `json:"start_seconds"` // what each build takes before and between, in seconds
	Measured bool  `json:"measured"`      // Unpack and Compress were measured on this computer
}

// DefaultSpeeds are those of common build machines.
func DefaultSpeeds() Speeds {
	return Speeds{Download: Speed{50, 300}, Unpack: Speed{60, 200}, Compile: Speed{2, 6}, Compress: Speed{30, 100}, Push: Speed{50, 300}, Start: Speed{10, 30}}
}

func (s Speeds) withDefaults() Speeds {
	d := DefaultSpeeds()
	for _, x := range []struct{ have, want *Speed }{{&s.Download, &d.Download}, {&s.Unpack, &d.Unpack}, {&s.Compile, &d.Compile}, {&s.Compress, &d.Compress}, {&s.Push, &d.Push}, {&s.Start, &d.Start}} {
		if x.have.Low <= 0 {
			x.have.Low = x.want.Low
		}
		if x.have.High <= 0 {
			x.have.High = x.want.High
		}
		if x.have.High < x.have.Low {
			x.have.Low, x.have.High = x.have.High, x.have.Low
		}
	}
	return s
}

// A TimePart is one step of an estimate.
type TimePart struct {
	What    string `json:"what"` // such as "download 3.12 GB at 50 to 300 Mbit/s"
	Seconds Range  `json:"seconds"`
}

// at returns the time for so many units at a speed.
func (s Speed) at(units float64) Range { return Range{units / s.High, units / s.Low} }

// Times adds up how long a build takes that downloads, unpacks and pushes so
// much. code is the Python code that is compiled.
func (s Speeds) times(pull, download, unpacked, code, push bytesize.Total) (parts []TimePart, sum Range) {
	s = s.withDefaults()
	add := func(r Range, format string, args ...any) {
		parts = append(parts, TimePart{fmt.Sprintf(format, args...), r})
		sum.Low, sum.High = sum.Low+r.Low, sum.High+r.High
	}
	bits := func(t bytesize.Total) float64 { return 8 * float64(t.Size) / 1e6 }
	mb := func(t bytesize.Total) float64 { return float64(t.Size) / 1e6 }
	add(Range{s.Start.Low, s.Start.High}, "start of the build and its steps")
	if pull.Size > 0 {
		add(s.Download.at(bits(pull)), "pull %s of the base at %v Mbit/s", pull, s.Download)
	}
	add(s.Download.at(bits(download)), "download %s at %v Mbit/s", download, s.Download)
	add(s.Unpack.at(mb(unpacked)), "unpack %s at %v MB/s", unpacked, s.Unpack)
	add(s.Compile.at(mb(code)), "compile %s of Python code at %v MB/s", code, s.Compile)
	add(s.Compress.at(mb(unpacked)), "compress %s at %v MB/s", unpacked, s.Compress)
	add(s.Push.at(bits(push)), "push %s at %v Mbit/s", push, s.Push)
	return parts, sum
}

// String returns "50 to 300".
func (s Speed) String() string {
	if s.Low == s.High {
		return fmt.Sprintf("%.3g", s.Low)
	}
	return fmt.Sprintf("%.3g to %.3g", s.Low, s.High)
}

// sampleSize is how much is unpacked and compressed to measure: less than a
// second's work on the slowest machine.
const sampleSize = 16 << 20

// Measure returns s with the speeds of unpacking and compressing of this
// computer: it unzips a made-up wheel of 16 MB into a temporary folder below dir
// ("" is the system's) and compresses it again, for at most two seconds, and
// leaves nothing behind. pip's own unpacking is in Python and about half as fast,
// which the low end allows for.
func (s Speeds) Measure(ctx context.Context, dir string) (Speeds, error) {
	ctx, stop := context.WithTimeout(ctx, 2*time.Second)
	defer stop()
	tmp, err := os.MkdirTemp(dir, "weighline-measure-*")
	if err != nil {
		return s, fmt.Errorf("measure this computer: %w", err)
	}
	defer func() { _ = os.RemoveAll(tmp) }()
	files, wheel, err := madeUpWheel()
	if err != nil {
		return s, err
	}
	start := time.Now()
	n, err := unzip(ctx, wheel, tmp)
	if err != nil {
		return s, fmt.Errorf("measure this computer: %w", err)
	}
	unpack := float64(n) / 1e6 / time.Since(start).Seconds()
	start = time.Now()
	n, err = compress(ctx, files)
	if err != nil {
		return s, fmt.Errorf("measure this computer: %w", err)
	}
	pack := float64(n) / 1e6 / time.Since(start).Seconds()
	s = s.withDefaults()
	s.Unpack, s.Compress, s.Measured = Speed{unpack / 2, unpack}, Speed{pack / 1.5, pack}, true
	return s, nil
}

// madeUpWheel returns files that compress about as those of wheels do, to a
// third, and the same as a zip.
func madeUpWheel() ([][]byte, []byte, error) {
	r := rand.New(rand.NewSource(1))
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	var files [][]byte
	const size = 256 << 10
	for i := range sampleSize / size {
		data := make([]byte, size)
		for at := 0; at < size; at += 16 {
			r.Read(data[at : at+5]) // the rest is zeros
		}
		w, err := z.Create(fmt.Sprintf("package/part%d.so", i))
		if err == nil {
			_, err = w.Write(data)
		}
		if err != nil {
			return nil, nil, err
		}
		files = append(files, data)
	}
	err := z.Close()
	return files, b.Bytes(), err
}

// unzip writes the files of a zip below dir and returns how many bytes were
// written until ctx ended.
func unzip(ctx context.Context, data []byte, dir string) (n int64, err error) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return 0, err
	}
	for i, f := range z.File {
		if ctx.Err() != nil && n > 0 {
			return n, nil
		}
		r, err := f.Open()
		if err != nil {
			return n, err
		}
		out, err := os.Create(filepath.Join(dir, fmt.Sprint(i)))
		if err != nil {
			return n, err
		}
		m, err := io.Copy(out, r)
		if err = errors.Join(err, out.Close(), r.Close()); err != nil {
			return n, err
		}
		n += m
	}
	return n, nil
}

func compress(ctx context.Context, files [][]byte) (n int64, err error) {
	z := gzip.NewWriter(io.Discard)
	for _, data := range files {
		if ctx.Err() != nil && n > 0 {
			return n, nil
		}
		m, err := z.Write(data)
		n += int64(m)
		if err != nil {
			return n, err
		}
	}
	return n, z.Close()
}
