package inflate

import (
	"fmt"
	"hash/crc32"
	"io"
)

// Flags of a member's header (RFC 1952, 2.3.1).
const (
	flagHeaderCRC = 1 << 1
	flagExtra     = 1 << 2
	flagName      = 1 << 3
	flagComment   = 1 << 4
)

// headerReader reads a member's header byte by byte and sums it.
type headerReader struct {
	d   *Decoder
	sum uint32
	err error // why the header could not be read
}

// next returns the next byte of the header, or 0 after an error.
func (h *headerReader) next() byte {
	if h.err != nil {
		return 0
	}
	if !h.d.need(8) {
		h.err = h.d.cut("a header")
		return 0
	}
	b := byte(h.d.bits(8))
	h.sum = crc32.IEEETable[byte(h.sum)^b] ^ h.sum>>8
	return b
}

// skipText skips text that ends with a zero.
func (h *headerReader) skipText() {
	for h.err == nil && h.next() != 0 {
	}
}

// header reads the header of a member. It returns [io.EOF] if there are no
// more members.
func (d *Decoder) header() error {
	if err := d.magic(); err != nil {
		return err
	}
	h := headerReader{d: d, sum: ^uint32(0)}
	h.next()
	h.next()
	if m := h.next(); m != 8 && h.err == nil {
		return d.corrupt(fmt.Sprintf("unknown compression method %d", m), ErrNotGzip)
	}
	flags := h.next()
	for range 6 { // time, extra flags, system
		h.next()
	}
	if flags&flagExtra != 0 {
		n := int(h.next()) | int(h.next())<<8
		for ; n > 0; n-- {
			h.next()
		}
	}
	if flags&flagName != 0 {
		h.skipText()
	}
	if flags&flagComment != 0 {
		h.skipText()
	}
	if flags&flagHeaderCRC != 0 {
		want := uint16(^h.sum)
		if got := uint16(h.next()) | uint16(h.next())<<8; got != want && h.err == nil {
			return d.corrupt("header damaged", ErrChecksum)
		}
	}
	return h.err
}

// magic looks at the first two bytes of a member without using them up.
func (d *Decoder) magic() error {
	two := d.need(16)
	if two && d.acc&0xffff == 0x8b1f {
		return nil
	}
	if d.state == atStart {
		if two || d.nacc > 0 && d.acc&0xff != 0x1f {
			return d.corrupt("no gzip header", ErrNotGzip)
		}
		return d.cut("a header")
	}
	for d.need(8) && d.acc&0xff == 0 {
		d.dropBits(8)
	}
	switch {
	case d.nacc == 0 && d.readErr == io.EOF:
		return io.EOF
	case d.nacc == 0:
		return d.readErr
	case !two && d.acc&0xff == 0x1f:
		return d.cut("a header")
	}
	return d.corrupt("trailing garbage", ErrTrailing)
}

// trailer checks the end of a member.
func (d *Decoder) trailer() error {
	var v [2]uint32
	for i := range v {
		if !d.need(32) {
			return d.cut("a trailer")
		}
		v[i] = uint32(d.bits(32))
	}
	switch {
	case v[0] != d.sum:
		return d.corrupt(fmt.Sprintf("CRC-32 is %08x, not %08x as promised,", d.sum, v[0]), ErrChecksum)
	case v[1] != uint32(d.member):
		return d.corrupt(fmt.Sprintf("size is %d, not %d as promised,", uint32(d.member), v[1]), ErrChecksum)
	}
	return nil
}
