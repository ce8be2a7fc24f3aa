package inflate

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"
)

// bitWriter writes DEFLATE data by hand.
type bitWriter struct {
	b []byte
	n uint
}

// bits writes the lowest n bits of v, lowest first.
func (w *bitWriter) bits(v uint64, n uint) *bitWriter {
	for i := range n {
		if w.n%8 == 0 {
			w.b = append(w.b, 0)
		}
		w.b[w.n/8] |= byte(v>>i&1) << (w.n % 8)
		w.n++
	}
	return w
}

// code writes the n bits of a Huffman code, highest first.
func (w *bitWriter) code(v uint64, n uint) *bitWriter {
	for i := range n {
		w.bits(v>>(n-1-i)&1, 1)
	}
	return w
}

// dynamic begins a final dynamic block whose code length code has lengths cl.
func dynamic(hlit, hdist uint64, cl map[int]uint64) *bitWriter {
	w := new(bitWriter).bits(1, 1).bits(2, 2).bits(hlit, 5).bits(hdist, 5).bits(15, 4)
	for _, s := range codeOrder {
		w.bits(cl[int(s)], 3)
	}
	return w
}

// lengths writes symbols of the code length code cl. Extra bits v come after their symbol as -v-1.
func (w *bitWriter) lengths(cl map[int]uint64, symbols ...int) *bitWriter {
	var last int
	for _, s := range symbols {
		if s < 0 {
			w.bits(uint64(-s-1), map[int]uint{16: 2, 17: 3, 18: 7}[last])
			continue
		}
		code, n := uint64(0), cl[s]
		for l := uint64(1); l <= n; l++ {
			for x := 0; x <= 18; x++ {
				if cl[x] == l && (l < n || x < s) {
					code++
				}
			}
			if l < n {
				code <<= 1
			}
		}
		w.code(code, uint(n))
		last = s
	}
	return w
}

// fixed begins a final block with the fixed codes.
func fixed() *bitWriter { return new(bitWriter).bits(1, 1).bits(1, 2) }

// TestHostile decodes streams made by hand to hurt. Each must be refused with
// the message given, or taken if it is empty, and compress/gzip must agree.
func TestHostile(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 1))
	test := func(name string, stream []byte, want string) {
		t.Helper()
		sameVerdict(t, rnd, stream)
		_, err := ways(t, rnd, stream)
		var c *CorruptError
		switch {
		case want == "":
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
		case !errors.As(err, &c) || !strings.Contains(err.Error(), want):
			t.Errorf("%s: %v, want %q", name, err, want)
		case c.Offset < 0 || c.Offset > int64(len(stream)):
			t.Errorf("%s: offset %d of %d", name, c.Offset, len(stream))
		}
	}
	// Enough follows each for the fast loop to run.
	raw := func(name string, w *bitWriter, want string) {
		t.Helper()
		data, _ := stdlib(member(0, w.b, nil))
		test(name, append(member(0, w.b, data), 0), want)
		test(name+", with more behind", append(member(0, w.b, data), bytes.Repeat([]byte{0x55}, 400)...), want+orTrailing(want))
	}

	raw("empty block", fixed().code(0, 7), "")
	raw("distance 1 at the start", fixed().code(1, 7).code(0, 5).code(0, 7), "before the start")
	raw("distance 2 after one byte", fixed().code(0x30+'a', 8).code(1, 7).code(1, 5).code(0, 7), "before the start")
	raw("distance 1 after one byte", fixed().code(0x30+'a', 8).code(1, 7).code(0, 5).code(0, 7), "")
	raw("distance 30", fixed().code(0x30+'a', 8).code(1, 7).code(30, 5).code(0, 7), wrongDistance)
	raw("length 286", fixed().code(0x30+'a', 8).code(0xc6, 8).code(0, 5).code(0, 7), wrongLiteral)
	raw("length 284 with 31", fixed().code(0x30+'a', 8).code(0xc4, 8).bits(31, 5).code(0, 5).code(0, 7), "")
	raw("block type 3", new(bitWriter).bits(7, 3), "reserved block type")
	raw("stored lengths disagree", new(bitWriter).bits(1, 8).bits(5, 16).bits(0xfffb, 16).bits(0, 40), "lengths of a stored block")
	raw("stored, empty", new(bitWriter).bits(1, 8).bits(0, 16).bits(0xffff, 16), "")

	cl := map[int]uint64{0: 3, 1: 3, 2: 3, 8: 3, 16: 3, 17: 3, 18: 2}
	raw("287 length codes", dynamic(30, 0, cl), "too many codes")
	raw("288 length codes", dynamic(31, 0, cl), "too many codes")
	raw("31 distance codes", dynamic(0, 30, cl), "too many codes")
	raw("code length code empty", dynamic(0, 0, nil).bits(0, 40), "invalid code length")
	raw("code length code over-subscribed", dynamic(0, 0, map[int]uint64{0: 1, 1: 1, 2: 1}).bits(0, 40), "invalid code length code")
	raw("code length code incomplete", dynamic(0, 0, map[int]uint64{0: 2, 1: 2, 2: 2}).bits(0, 40), "invalid code length code")
	raw("repeat of nothing", dynamic(0, 0, cl).lengths(cl, 16, -1), "repeat of no code length")
	raw("repeat too long", dynamic(0, 0, cl).lengths(cl, 18, -128, 18, -128), "too many code lengths")
	raw("single code length code of zeros", dynamic(0, 0, map[int]uint64{18: 1}).lengths(map[int]uint64{18: 1}, 18, -128, 18, -110).bits(0, 30), wrongLiteral)
	raw("length codes over-subscribed", dynamic(0, 0, cl).lengths(cl, 1, 1, 1, 18, -128, 18, -106, 1).bits(0, 40), "invalid literal/length code lengths")
	raw("length codes incomplete", dynamic(0, 0, cl).lengths(cl, 2, 2, 18, -128, 18, -106, 2, 1).bits(0, 40), "invalid literal/length code lengths")
	// Literal 0 and the end of block have one bit each: 0 and 1.
	two := func(dist ...int) *bitWriter {
		w := dynamic(0, uint64(len(dist)-1), cl).lengths(cl, 1, 18, -128, 18, -107)
		return w.lengths(cl, 1).lengths(cl, dist...)
	}
	raw("distance code empty and not used", two(0).code(0, 1).code(1, 1), "")
	raw("distance codes over-subscribed", two(1, 1, 1).bits(0, 40), "invalid distance code lengths")
	raw("distance codes incomplete", two(2, 2, 2).bits(0, 40), "invalid distance code lengths")
	raw("single distance code of two bits", two(2).bits(0, 40), "invalid distance code lengths")
	raw("no end of block", dynamic(0, 0, cl).lengths(cl, 1, 1, 18, -128, 18, -106, 0, 0).bits(0, 300), "input ends within a block")

	rest := member(0, fixed().code(1, 7).code(0, 5).code(0, 7).b, []byte("aaa"))
	first := member(0, fixed().code(0x30+'a', 8).code(0, 7).b, []byte("a"))
	test("distance into the member before", append(first, rest...), "before the start")
}

// orTrailing returns the message for streams that are good up to the garbage behind them.
func orTrailing(want string) string {
	if want == "" {
		return "trailing garbage"
	}
	return ""
}

// TestEnds compares what may come after, and be missing from, a good stream.
func TestEnds(t *testing.T) {
	rnd := rand.New(rand.NewPCG(2, 2))
	data := sample(rnd, 1, 400)
	good := member(31, deflate(t, rnd, data, false, 6, false), data)
	test := func(name string, stream []byte, wantData int, want error) {
		t.Helper()
		got, err := ways(t, rnd, stream)
		var c *CorruptError
		if len(got) != wantData && wantData >= 0 || !errors.Is(err, want) || err != nil && !errors.As(err, &c) {
			t.Errorf("%s: %d bytes, %v; want %d, %v", name, len(got), err, wantData, want)
		}
	}
	with := func(b ...byte) []byte { return append(bytes.Clone(good), b...) }
	changed := func(at int) []byte {
		b := with()
		b[(at+len(b))%len(b)] ^= 0x10
		return b
	}
	test("good", good, 400, nil)
	test("padded with zeros", with(make([]byte, 1000)...), 400, nil)
	test("one zero", with(0), 400, nil)
	test("garbage", with('x', 'y', 'z'), 400, ErrTrailing)
	test("garbage after zeros", with(0, 0, 'x'), 400, ErrTrailing)
	test("garbage that begins well", with(0x1f, 'x'), 400, ErrTrailing)
	test("half a magic number", with(0x1f), 400, io.ErrUnexpectedEOF)
	test("unknown method", with(0x1f, 0x8b, 7, 0), 400, ErrNotGzip)
	test("first byte damaged", changed(0), 0, ErrNotGzip)
	test("second byte damaged", changed(1), 0, ErrNotGzip)
	test("header damaged", changed(12), 0, ErrChecksum)
	test("CRC damaged", changed(-8), 400, ErrChecksum)
	test("size damaged", changed(-4), 400, ErrChecksum)
	test("nothing", nil, 0, io.ErrUnexpectedEOF)
	for n := range good {
		test("cut", good[:n], -1, io.ErrUnexpectedEOF)
		if n > 0 {
			test("second member cut", with(good[:n]...), -1, io.ErrUnexpectedEOF)
		}
	}
	name := append([]byte{0x1f, 0x8b, 8, flagName, 0, 0, 0, 0, 0, 0}, strings.Repeat("n", 300000)...)
	test("long name", append(append(name, 0), good[bytes.Index(good, []byte("comment"))+11:]...), 400, nil)
}

// TestManyMembers decodes empty members and empty blocks by the thousand.
func TestManyMembers(t *testing.T) {
	empty := member(0, fixed().code(0, 7).b, nil)
	stream := bytes.Repeat(empty, 20000)
	blocks := append(bytes.Repeat([]byte{0, 0, 0, 0xff, 0xff}, 100000), 1, 1, 0, 0xfe, 0xff, 'x')
	stream = append(stream, member(0, blocks, []byte("x"))...)
	got, err := io.ReadAll(NewReader(bytes.NewReader(stream)))
	if string(got) != "x" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
}

var errDisk = errors.New("disk full")

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 5, errDisk }

type idleReader struct{}

func (idleReader) Read([]byte) (int, error) { return 0, nil }

// TestReaderErrors checks that errors of the input come through, after all data that could be decoded.
func TestReaderErrors(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 3))
	data := sample(rnd, 1, 100000)
	good := member(0, deflate(t, rnd, data, false, 6, false), data)
	oops := errors.New("connection lost")
	got, err := io.ReadAll(NewReader(io.MultiReader(bytes.NewReader(good[:len(good)-9]), iotest.ErrReader(oops))))
	if err != oops || len(got) < 99000 || !bytes.HasPrefix(data, got) {
		t.Errorf("%d bytes, %v; want nearly 100000, %v", len(got), err, oops)
	}
	got, err = io.ReadAll(NewReader(io.MultiReader(bytes.NewReader(good), iotest.ErrReader(oops))))
	if err != oops || len(got) != 100000 {
		t.Errorf("error after the stream: %d bytes, %v; want 100000, %v", len(got), err, oops)
	}
	_, err = io.ReadAll(NewReader(idleReader{}))
	if err != io.ErrNoProgress {
		t.Errorf("idle reader: %v, want %v", err, io.ErrNoProgress)
	}
	n, err := NewReader(bytes.NewReader(good)).WriteTo(fullDisk{})
	if n != 5 || err != errDisk {
		t.Errorf("WriteTo a full disk = %d, %v", n, err)
	}
}

// TestNoAllocation: a pipeline decodes without garbage.
func TestNoAllocation(t *testing.T) {
	rnd := rand.New(rand.NewPCG(4, 4))
	data := sample(rnd, 3, 50000)
	good := bytes.Repeat(member(0, deflate(t, rnd, data, false, 6, false), data), 3)
	d, dst, r := NewGzip(nil), make([]byte, 200000), new(bytes.Reader)
	allocs := testing.AllocsPerRun(5, func() {
		r.Reset(good)
		d.Reset(r)
		if n, err := d.Fill(dst, 0); n != 150000 || err != io.EOF {
			t.Errorf("Fill = %d, %v", n, err)
		}
	})
	if allocs != 0 {
		t.Errorf("%v allocations for three members, want 0", allocs)
	}
}
