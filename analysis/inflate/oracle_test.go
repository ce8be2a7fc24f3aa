package inflate

import (
	"bytes"
	"compress/flate"
	stdgzip "compress/gzip"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"math/rand/v2"
	"testing"
	"testing/iotest"

	kflate "github.com/klauspost/compress/flate"
	kgzip "github.com/klauspost/compress/gzip"
)

// fillAll decodes stream with Fill calls that have room for size bytes each, and
// gives each just the history that it must have.
func fillAll(d *Decoder, size int) (out []byte, err error) {
	for {
		hist := min(len(out), windowSize)
		dst := make([]byte, hist+size)
		copy(dst, out[len(out)-hist:])
		n, err := d.Fill(dst, hist)
		out = append(out, dst[hist:hist+n]...)
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return out, err
		}
		if n != size {
			return out, errors.New("Fill stopped early")
		}
	}
}

// slowReader gives pieces of random sizes up to most.
type slowReader struct {
	r    io.Reader
	rnd  *rand.Rand
	most int
}

func (s slowReader) Read(p []byte) (int, error) {
	return s.r.Read(p[:min(len(p), 1+s.rnd.IntN(s.most))])
}

// sample returns n bytes of one of several kinds.
func sample(rnd *rand.Rand, kind, n int) []byte {
	out := make([]byte, 0, n+600)
	words := make([][]byte, 300)
	for i := range words {
		words[i] = make([]byte, 1+rnd.IntN(11))
		for j := range words[i] {
			words[i][j] = "etaoin shrdlucmfwypvbgkjqxz,.-_0123456789"[min(rnd.IntN(41), rnd.IntN(41))]
		}
	}
	for len(out) < n {
		switch kind % 6 {
		case 0: // noise
			out = append(out, byte(rnd.Uint32()))
		case 1: // text
			out = append(append(out, words[min(rnd.IntN(300), rnd.IntN(300))]...), ' ')
		case 2: // runs of short patterns
			p := words[rnd.IntN(300)]
			out = append(out, bytes.Repeat(p, 1+rnd.IntN(500/len(p)+1))...)
		case 3: // words of a machine
			out = binary.LittleEndian.AppendUint32(out, 0x48000000|rnd.Uint32N(1<<rnd.IntN(24)))
		case 4: // zeros with something in between
			out = append(append(out, make([]byte, rnd.IntN(900))...), byte(rnd.Uint32()))
		case 5: // repeats from afar
			if len(out) < 100 || rnd.IntN(3) == 0 {
				out = append(out, words[rnd.IntN(300)]...)
				continue
			}
			far := 1 + rnd.IntN(min(len(out), 40000))
			for range 3 + rnd.IntN(300) {
				out = append(out, out[len(out)-far])
			}
		}
	}
	return out[:n]
}

type flateWriter interface {
	io.Writer
	Flush() error
	Close() error
}

// deflate compresses data with one of two encoders at a level from -2 to 9,
// with a flush now and then if flush is set.
func deflate(t testing.TB, rnd *rand.Rand, data []byte, klauspost bool, level int, flush bool) []byte {
	t.Helper()
	var b bytes.Buffer
	var w flateWriter
	var err error
	if klauspost {
		w, err = kflate.NewWriter(&b, level)
	} else {
		w, err = flate.NewWriter(&b, level)
	}
	if err != nil {
		t.Fatal(err)
	}
	for len(data) > 0 {
		n := len(data)
		if flush {
			n = min(n, 1+rnd.IntN(20000))
		}
		if _, err := w.Write(data[:n]); err != nil {
			t.Fatal(err)
		}
		data = data[n:]
		if flush {
			w.Flush()
		}
	}
	w.Close()
	return b.Bytes()
}

// member wraps DEFLATE data into a member with the flags given.
func member(flags byte, raw, data []byte) []byte {
	b := []byte{0x1f, 0x8b, 8, flags, 1, 2, 3, 4, 0, 3}
	if flags&flagExtra != 0 {
		b = append(b, 5, 0, 'S', 'G', 1, 0, 'x')
	}
	if flags&flagName != 0 {
		b = append(b, "layer.tar\x00"...)
	}
	if flags&flagComment != 0 {
		b = append(b, "a comment\xe9\x00"...)
	}
	if flags&flagHeaderCRC != 0 {
		b = binary.LittleEndian.AppendUint16(b, uint16(crc32.ChecksumIEEE(b)))
	}
	b = append(b, raw...)
	b = binary.LittleEndian.AppendUint32(b, crc32.ChecksumIEEE(data))
	return binary.LittleEndian.AppendUint32(b, uint32(len(data)))
}

// stdlib decodes stream with compress/gzip.
func stdlib(stream []byte) ([]byte, error) {
	z, err := stdgzip.NewReader(bytes.NewReader(stream))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}

func klauspostGzip(stream []byte) ([]byte, error) {
	z, err := kgzip.NewReader(bytes.NewReader(stream))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}

// reused is reset before each use, as a pipeline does it.
var reused = NewReader(nil)

// ways decodes stream in several ways, which must agree, and returns the result.
func ways(t testing.TB, rnd *rand.Rand, stream []byte) ([]byte, error) {
	t.Helper()
	d := reused.d
	d.Reset(bytes.NewReader(stream))
	want, wantErr := fillAll(d, 1<<16)
	test := func(name string, got []byte, err error) {
		t.Helper()
		if !bytes.Equal(got, want) {
			t.Errorf("%s: %d bytes, want %d as in one call", name, len(got), len(want))
		}
		if (err == nil) != (wantErr == nil) || err != nil && err.Error() != wantErr.Error() {
			t.Errorf("%s: error %v, want %v", name, err, wantErr)
		}
	}
	try := func(name string, r io.Reader, size int) {
		t.Helper()
		d.Reset(r)
		got, err := fillAll(d, size)
		test(name, got, err)
	}
	size := 1 + rnd.IntN(3000)
	if len(want) > 1<<18 {
		size += 5000
	}
	try("small buffers", bytes.NewReader(stream), size)
	try("pieces of input", slowReader{bytes.NewReader(stream), rnd, 1 + rnd.IntN(5000)}, 33000)
	try("error with data", iotest.DataErrReader(bytes.NewReader(stream)), 33000)
	if len(want) < 5000 && len(stream) < 5000 {
		try("one byte of output", bytes.NewReader(stream), 1)
		try("one byte of input", iotest.OneByteReader(bytes.NewReader(stream)), 1+rnd.IntN(500))
	}
	reused.Reset(bytes.NewReader(stream))
	got, err := io.ReadAll(reused)
	test("Read", got, err)
	var b bytes.Buffer
	reused.Reset(bytes.NewReader(stream))
	_, err = reused.WriteTo(&b)
	test("WriteTo", b.Bytes(), err)
	return want, wantErr
}
