package inflate

import (
	"hash/crc32"
	"io"
)

const (
	inputSize  = 256 << 10 // bytes read at once
	windowSize = 32 << 10  // farthest distance
)

// state says what comes next in the input.
type state uint8

const (
	atStart  state = iota // header of the first member
	atMember              // header of a further member, or the end
	atBlock               // header of a block
	inStored              // bytes of a stored block
	inCodes               // symbols of a compressed block
	inMatch               // the rest of a match
	atTrailer
)

// A Decoder decodes one gzip stream of one or many members. It must be made by
// [NewGzip]. It reads ahead of what it decodes.
type Decoder struct {
	lit  [litSize]litEntry
	dist [distSize]distEntry

	in       []byte // input that was read
	pos      int    // how much of it went into acc
	acc      uint64 // bits taken from in but not used, lowest first
	nacc     uint   // how many; the bits of acc above are zero
	r        io.Reader
	readErr  error // why nothing more can be read, io.EOF at the end
	consumed int64 // bytes of input before in[0]

	state  state
	final  bool // the present block is the member's last
	fixed  bool // lit and dist hold the fixed codes
	length int  // of the match or stored block that goes on
	far    int  // distance of that match
	last   int  // highest pos from which fast goes on

	total  int64  // bytes of output in all
	member int64  // of the present member
	sum    uint32 // CRC-32 of the present member
	err    error  // sticky

	lens [maxLit + maxDist]uint8
}

// NewGzip returns a Decoder of the gzip stream r. Nothing is read before the
// first Fill.
func NewGzip(r io.Reader) *Decoder {
	d := &Decoder{in: make([]byte, 0, inputSize)}
	d.Reset(r)
	return d
}

// Reset makes d what NewGzip(r) returns, but keeps its memory.
func (d *Decoder) Reset(r io.Reader) {
	d.r, d.readErr, d.consumed = r, nil, 0
	d.in, d.pos, d.acc, d.nacc = d.in[:0], 0, 0, 0
	d.state, d.total, d.member, d.sum, d.err = atStart, 0, 0, 0, nil
}

// Fill decodes into dst[hist:] until dst is full or the stream ends, and returns
// how many bytes it wrote there. dst[:hist] must hold the output that came before:
// the last 32 KiB of it, or all if there was less yet (more does no harm); with less, Fill returns
// [ErrHistory] and does nothing. Bytes of dst after the n that were written may be overwritten.
//
// At the end of the stream the error is [io.EOF], possibly along with n > 0.
// Damaged and cut off streams give a [*CorruptError], and errors of the reader come as
// they are; the n bytes before were decoded but are not proved by a checksum. An error comes again in all later calls.
func (d *Decoder) Fill(dst []byte, hist int) (n int, err error) {
	if d.err != nil {
		return 0, d.err
	}
	if hist < int(min(d.total, windowSize)) || hist > len(dst) {
		return 0, ErrHistory
	}
	w := writer{dst: dst, at: hist, summed: hist}
	w.low = hist - int(min(d.member, int64(hist)))
	for w.at < len(dst) && err == nil {
		err = d.step(&w)
	}
	d.addSum(&w)
	d.total += int64(w.at - hist)
	d.err = err
	return w.at - hist, err
}

// writer is the output of one Fill.
type writer struct {
	dst    []byte
	at     int // where the next byte goes
	low    int // where the present member began, or 0: no match reaches below
	summed int // up to where the checksum was taken
	last   int // highest at from which fast goes on
}

// addSum takes the member's checksum over what is new in w.
func (d *Decoder) addSum(w *writer) {
	d.sum = crc32.Update(d.sum, crc32.IEEETable, w.dst[w.summed:w.at])
	d.member += int64(w.at - w.summed)
	w.summed = w.at
}

// step goes on by one header, block, or piece of a block.
func (d *Decoder) step(w *writer) error {
	switch d.state {
	case atStart, atMember:
		if err := d.header(); err != nil {
			return err
		}
		d.state, d.sum, d.member, w.low = atBlock, 0, 0, w.at
	case atBlock:
		return d.block()
	case inStored:
		return d.stored(w)
	case inCodes:
		return d.codes(w)
	case inMatch:
		d.match(w)
	case atTrailer:
		d.addSum(w)
		if err := d.trailer(); err != nil {
			return err
		}
		d.state = atMember
	}
	return nil
}

// endBlock is called after the last symbol or byte of a block.
func (d *Decoder) endBlock() {
	d.state = atBlock
	if d.final {
		d.dropBits(d.nacc & 7)
		d.state = atTrailer
	}
}

// stored copies from a stored block what is at hand and has room.
func (d *Decoder) stored(w *writer) error {
	to := w.dst[w.at:min(len(w.dst), w.at+d.length)]
	n := 0
	for n < len(to) && d.nacc != 0 {
		to[n] = byte(d.acc)
		d.dropBits(8)
		n++
	}
	if n < len(to) {
		if d.pos == len(d.in) && !d.read() {
			w.at += n
			return d.cut("a stored block")
		}
		m := copy(to[n:], d.in[d.pos:])
		d.pos += m
		n += m
	}
	w.at += n
	if d.length -= n; d.length == 0 {
		d.endBlock()
	}
	return nil
}

// codes decodes symbols until the block ends, w is full or input is short.
func (d *Decoder) codes(w *writer) error {
	for d.state == inCodes && w.at < len(w.dst) {
		if len(d.in)-d.pos < fastInput {
			d.read()
		}
		if len(d.in)-d.pos >= fastInput && len(w.dst)-w.at >= fastOutput {
			if err := d.fast(w); err != nil {
				return err
			}
			d.addSum(w)
			continue
		}
		if err := d.symbol(w); err != nil {
			return err
		}
	}
	return nil
}

// symbol decodes one literal, match or end of block, checking everything. w has room for a byte.
func (d *Decoder) symbol(w *writer) error {
	d.topUp()
	e := d.lit[d.acc&litMask]
	acc, nacc := d.acc, d.nacc
	if e&flagSpecial != 0 && e&flagLink != 0 && nacc >= litBits {
		acc, nacc = acc>>litBits, nacc-litBits
		e = d.lit[second(uint64(e), acc)&(litSize-1)]
	}
	n := uint(e & 0xff)
	if n > nacc || n == 0 && nacc == 0 {
		return d.cut("a block")
	}
	d.acc, d.nacc = acc>>n, nacc-n
	switch {
	case e&flagLiteral != 0:
		w.dst[w.at] = byte(e >> 16)
		w.at++
		return nil
	case e&flagSpecial != 0 && e&flagEnd != 0:
		d.endBlock()
		return nil
	case e&flagSpecial != 0:
		return d.corrupt(wrongLiteral, nil)
	}
	d.length = int(e>>16&511) + int(uint32(acc>>(e>>8&15))&(e>>25))
	if err := d.distance(w.at - w.low); err != nil {
		return err
	}
	d.match(w)
	return nil
}

// distance decodes the distance of a match, which may be up to most.
func (d *Decoder) distance(most int) error {
	e := d.dist[d.acc&distMask]
	if e&flagLink != 0 && e&flagSpecial != 0 && d.nacc >= distBits {
		d.dropBits(distBits)
		e = d.dist[second(e, d.acc)&(distSize-1)]
	}
	n := uint(e & 0xff)
	if n > d.nacc || n == 0 && d.nacc == 0 {
		return d.cut("a block")
	}
	acc := d.acc
	d.dropBits(n)
	if e&flagSpecial != 0 {
		return d.corrupt(wrongDistance, nil)
	}
	d.far = int(e>>16&0xffff) + int(acc>>(e>>8&15)&(e>>32))
	if d.far > most {
		return d.corrupt(wrongStart, nil)
	}
	return nil
}

// match copies the present match as far as there is room.
func (d *Decoder) match(w *writer) {
	n := min(d.length, len(w.dst)-w.at)
	for i := w.at; i < w.at+n; i++ {
		w.dst[i] = w.dst[i-d.far]
	}
	w.at += n
	d.length -= n
	d.state = inCodes
	if d.length > 0 {
		d.state = inMatch
	}
}
