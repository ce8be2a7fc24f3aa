package layer

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"github.com/klauspost/compress/zstd"
)

// codecVersion changes with the layout of an encoded index, and with what
// readings put into one (kept contents and excerpts, hashes). What version 3 lacks, the
// headers of compiled code, is optional: [Index.Looked] tells.
const (
	codecVersion   = 4
	withoutLooking = 3
)

// codecMagic begins every encoded index; the version follows.
const codecMagic = "weighline-layer\x00"

// maxEncoded bounds the memory that decoding takes.
const maxEncoded = 1 << 30

// Encode returns x as one blob: a magic, a version, and the columns compressed
// with zstd. About 12 bytes a file.
func (x *Index) Encode() []byte {
	e := encoder{b: make([]byte, 0, x.Len()*32+len(x.names)+1024)}
	e.text(x.Digest)
	e.text(x.DiffID)
	e.text(x.Compression)
	proved := uint64(0)
	if x.Proved {
		proved = 1
	}
	for _, n := range []uint64{proved, uint64(x.CompressedSize), uint64(x.UncompressedSize), uint64(x.Counts.Entries)} {
		e.uint(n)
	}
	e.uint(uint64(len(x.Problems)))
	for _, p := range x.Problems {
		e.text(p)
	}
	e.names(x.dirNames, x.dirNameEnd[1:])
	for i, p := range x.dirParent[1:] {
		e.uint(uint64(i) + 1 - uint64(p)) // the parent is mostly near
	}
	e.names(x.linkText, x.linkEnd)
	for _, d := range x.linkDir {
		e.uint(uint64(d))
	}
	e.names(x.names, x.nameEnd)
	last := uint32(0)
	for _, d := range x.dir {
		e.b = binary.AppendVarint(e.b, int64(d)-int64(last))
		last = d
	}
	for _, m := range x.mode {
		e.b = binary.LittleEndian.AppendUint16(e.b, m)
	}
	for _, s := range x.size {
		e.uint(uint64(s))
	}
	for i, h := range x.hash {
		if x.Kind(i) == File {
			e.b = binary.LittleEndian.AppendUint64(e.b, h)
		}
	}
	e.uint(uint64(len(x.keptEntry)))
	for i, n := range x.keptEntry {
		e.uint(uint64(n))
		e.text(string(x.kept[i]))
	}
	e.binaries(x)
	z, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1))
	if err != nil {
		panic(err) // wrong options
	}
	return z.EncodeAll(e.b, append([]byte(codecMagic), codecVersion))
}

type encoder struct{ b []byte }

func (e *encoder) uint(n uint64) { e.b = binary.AppendUvarint(e.b, n) }

func (e *encoder) text(s string) {
	e.uint(uint64(len(s)))
	e.b = append(e.b, s...)
}

func (e *encoder) names(text string, ends []uint32) {
	e.uint(uint64(len(ends)))
	last := uint32(0)
	for _, end := range ends {
		e.uint(uint64(end - last))
		last = end
	}
	e.text(text)
}

// Decode returns the index that [Index.Encode] wrote. Anything else is an
// error around [ErrDamaged].
func Decode(b []byte) (*Index, error) {
	rest, ok := strings.CutPrefix(string(b[:min(len(b), len(codecMagic)+1)]), codecMagic)
	if !ok || rest == "" {
		return nil, fmt.Errorf("%w: it does not begin like one", ErrDamaged)
	}
	if rest[0] != codecVersion && rest[0] != withoutLooking {
		return nil, fmt.Errorf("%w: version %d, want %d", ErrDamaged, rest[0], codecVersion)
	}
	z, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxEncoded))
	if err != nil {
		return nil, err
	}
	defer z.Close()
	raw, err := z.DecodeAll(b[len(codecMagic)+1:], nil)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	d := decoder{b: raw}
	x := d.index()
	if rest[0] != withoutLooking {
		d.binaries(x)
	}
	if d.err == nil && len(d.b) > 0 {
		d.fail("it goes on after its end")
	}
	if d.err != nil {
		return nil, d.err
	}
	return x, nil
}

// A decoder reads columns; after an error it returns zeros.
type decoder struct {
	b   []byte
	err error
}

func (d *decoder) fail(what string) {
	if d.err == nil {
		d.err = fmt.Errorf("%w: %s", ErrDamaged, what)
	}
	d.b = nil
}

func (d *decoder) uint() uint64 {
	n, k := binary.Uvarint(d.b)
	if k <= 0 {
		d.fail("no number")
		return 0
	}
	d.b = d.b[k:]
	return n
}

// below reads a number smaller than max.
func (d *decoder) below(max uint64) uint64 {
	n := d.uint()
	if n >= max {
		d.fail("a number is too large")
		return 0
	}
	return n
}

// count reads the number of things that take at least least bytes each.
func (d *decoder) count(least int) int {
	n := d.uint()
	if n > uint64(len(d.b)/least) {
		d.fail("more things than bytes")
		return 0
	}
	return int(n)
}

func (d *decoder) text() string { return string(d.bytes(d.count(1))) }

func (d *decoder) bytes(n int) []byte {
	if n > len(d.b) {
		d.fail("it is too short")
		return nil
	}
	b := d.b[:n]
	d.b = d.b[n:]
	return b
}

// names reads what encoder.names wrote; the ends are appended to ends.
func (d *decoder) names(ends []uint32) (string, []uint32) {
	n := d.count(1)
	ends = slices.Grow(ends, n)
	sum := uint64(0)
	for range n {
		sum += d.below(maxEncoded)
		ends = append(ends, uint32(sum))
	}
	text := d.text()
	if sum != uint64(len(text)) {
		d.fail("names and their lengths differ")
	}
	return text, ends
}

func (d *decoder) index() *Index {
	x := &Index{Digest: d.text(), DiffID: d.text(), Compression: d.text()}
	x.Proved = d.below(2) == 1
	x.CompressedSize, x.UncompressedSize = int64(d.below(1<<62)), int64(d.below(1<<62))
	entries := int(d.below(1 << 31))
	for range d.count(1) {
		x.Problems = append(x.Problems, d.text())
	}
	x.dirNames, x.dirNameEnd = d.names([]uint32{0})
	x.dirParent = make([]uint32, len(x.dirNameEnd))
	for i := 1; i < len(x.dirParent); i++ {
		back := d.below(uint64(i) + 1)
		if back == 0 {
			d.fail("a directory is its own parent")
			break
		}
		x.dirParent[i] = uint32(i) - uint32(back)
	}
	x.linkText, x.linkEnd = d.names(nil)
	x.linkDir = make([]uint32, len(x.linkEnd))
	for i := range x.linkDir {
		x.linkDir[i] = uint32(d.below(uint64(len(x.dirParent))))
	}
	x.names, x.nameEnd = d.names(nil)
	d.columns(x)
	n := d.count(2)
	for range n {
		e := d.below(uint64(max(1, x.Len())))
		if k := len(x.keptEntry); k > 0 && x.keptEntry[k-1] >= uint32(e) || x.Len() == 0 {
			d.fail("contents out of order")
			break
		}
		x.keptEntry = append(x.keptEntry, uint32(e))
		x.kept = append(x.kept, slices.Clone(d.bytes(d.count(1))))
	}
	x.Counts.Entries = max(entries, x.Counts.Entries)
	return x
}
