package inflate

import (
	"bytes"
	"io"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestValid decodes what two encoders make at all levels, alone and as members of one stream.
func TestValid(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	var all, allData []byte
	for kind := range 6 {
		for level := -2; level <= 9; level++ {
			for _, k := range []bool{false, true} {
				n := rnd.IntN(1 << (6 + rnd.IntN(13)))
				data := sample(rnd, kind, n)
				raw := deflate(t, rnd, data, k, level, rnd.IntN(3) == 0)
				stream := member(byte(rnd.IntN(32)), raw, data)
				got, err := ways(t, rnd, stream)
				if err != nil || !bytes.Equal(got, data) {
					t.Fatalf("kind %d level %d klauspost %v: %d bytes, %v; want %d", kind, level, k, len(got), err, len(data))
				}
				all, allData = append(all, stream...), append(allData, data...)
			}
		}
	}
	got, err := ways(t, rnd, all)
	if err != nil || !bytes.Equal(got, allData) {
		t.Fatalf("all as one stream: %d bytes, %v; want %d", len(got), err, len(allData))
	}
}

// TestDamaged compares verdicts with compress/gzip and klauspost on streams with
// changed, missing and added bytes.
func TestDamaged(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	refused, prefixes := 0, 0
	for i := range 500 {
		data := sample(rnd, i, rnd.IntN(3000))
		stream := member(byte(rnd.IntN(32)), deflate(t, rnd, data, i&1 == 0, i%12-2, i%5 == 0), data)
		if i%7 == 0 {
			stream = append(stream, stream...)
		}
		switch i % 4 {
		case 0:
			stream = stream[:rnd.IntN(len(stream))]
		case 1:
			stream = slices.Delete(stream, rnd.IntN(len(stream)), len(stream))
			stream = append(stream, sample(rnd, 0, rnd.IntN(50))...)
		default:
			for range 1 + rnd.IntN(3) {
				stream[rnd.IntN(min(len(stream), 200))] ^= 1 << rnd.IntN(8)
			}
		}
		if sameVerdict(t, rnd, stream) {
			refused++
			got, _ := fillAll(NewGzip(bytes.NewReader(stream)), 4096)
			want, _ := stdlib(stream)
			if bytes.Equal(got, want) {
				prefixes++
			}
			// klauspost takes a second member that is cut off within its header.
			if k, err := klauspostGzip(stream); err == nil && !bytes.Equal(got, k) {
				t.Errorf("%x: klauspost takes it", stream)
			}
		}
	}
	t.Logf("%d of 500 refused, %d of them after the same bytes as compress/gzip", refused, prefixes)
}

// sameVerdict fails unless we and compress/gzip make the same of stream, and reports
// whether it was refused.
func sameVerdict(t testing.TB, rnd *rand.Rand, stream []byte) (refused bool) {
	t.Helper()
	got, err := ways(t, rnd, stream)
	want, wantErr := stdlib(stream)
	if wantErr != nil && err == nil && laxer(stream) {
		return false
	}
	if (err == nil) != (wantErr == nil) {
		t.Fatalf("%x: error %v, compress/gzip %v", stream, err, wantErr)
	}
	n := min(len(got), len(want))
	if err == nil && len(got) != len(want) || !bytes.Equal(got[:n], want[:n]) {
		t.Fatalf("%x: %d bytes, compress/gzip %d", stream, len(got), len(want))
	}
	return err != nil
}

// laxer reports whether stream may be one that we take and compress/gzip does not: it
// ends with zeros, or has a name of more than 511 bytes.
func laxer(stream []byte) bool {
	if n := len(stream); n > 0 && stream[n-1] == 0 {
		return true
	}
	run := 0
	for _, b := range stream {
		if b == 0 {
			run = 0
		} else if run++; run >= 512 {
			return true
		}
	}
	return false
}

func FuzzGzip(f *testing.F) {
	rnd := rand.New(rand.NewPCG(5, 6))
	for i := range 36 {
		data := sample(rnd, i, 40+rnd.IntN(600))
		f.Add(member(byte(i), deflate(f, rnd, data, i&1 == 0, i%12-2, i%3 == 0), data))
	}
	f.Fuzz(func(t *testing.T, stream []byte) {
		sameVerdict(t, rand.New(rand.NewPCG(uint64(len(stream)), 7)), stream)
	})
}

// FuzzDeflate wraps its input, so that the fuzzer need not find out headers and checksums.
func FuzzDeflate(f *testing.F) {
	rnd := rand.New(rand.NewPCG(8, 9))
	for i := range 36 {
		f.Add(deflate(f, rnd, sample(rnd, i, 40+rnd.IntN(600)), i&1 == 0, i%12-2, i%3 == 0))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		data, _ := stdlib(member(0, raw, nil))
		sameVerdict(t, rand.New(rand.NewPCG(uint64(len(raw)), 7)), member(0, raw, data))
	})
}

func TestHistory(t *testing.T) {
	rnd := rand.New(rand.NewPCG(10, 11))
	data := sample(rnd, 1, 100000)
	d := NewGzip(bytes.NewReader(member(0, deflate(t, rnd, data, false, 6, false), data)))
	dst := make([]byte, 60000)
	if n, err := d.Fill(dst, 0); n != 60000 || err != nil {
		t.Fatalf("Fill = %d, %v", n, err)
	}
	if n, err := d.Fill(dst, 32767); n != 0 || err != ErrHistory {
		t.Errorf("Fill with too little history = %d, %v", n, err)
	}
	if n, err := d.Fill(dst, len(dst)); n != 0 || err != nil {
		t.Errorf("Fill without room = %d, %v", n, err)
	}
	copy(dst, data[60000-40000:60000])
	n, err := d.Fill(dst, 40000)
	if n != 20000 || err != nil || !bytes.Equal(dst[40000:], data[60000:80000]) {
		t.Errorf("Fill with much history = %d, %v", n, err)
	}
	if n, err := d.Fill(dst[40000-32768:], 32768+20000-32768+100); err != ErrHistory {
		t.Errorf("Fill with less than 32 KiB = %d, %v", n, err)
	}
	copy(dst, data[80000-32768:80000])
	if n, err := d.Fill(dst[:32768+20000], 32768); n != 20000 || err != nil && err != io.EOF {
		t.Errorf("last Fill = %d, %v", n, err)
	}
	if n, err := d.Fill(dst, 32768); n != 0 || err != io.EOF {
		t.Errorf("Fill at the end = %d, %v", n, err)
	}
}
