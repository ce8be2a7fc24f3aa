package inflate

const (
	// fastInput is the input that must be at hand for a turn of the fast loop: two refills of 8 bytes
	// and some more.
	fastInput = 32
	// sumEvery is the output after which the fast loop stops for the checksum to be taken
	// while the bytes are still in the first cache.
	sumEvery = 32 << 10
	// fastOutput is the room that a turn of the fast loop needs: three pairs of
	// literals, a match of 258 bytes and what a copy in words writes too much.
	fastOutput = 320
)

// fast decodes symbols while there is ample input and room. It returns without
// an error when one of them is short or the block has ended.
func (d *Decoder) fast(w *writer) error {
	var (
		dst  = w.dst
		at   = w.at
		in   = d.in
		pos  = d.pos
		acc  = d.acc
		nacc = uint64(d.nacc) // only the lowest 8 bits count
		what = ""
	)
	w.last = min(len(dst)-fastOutput, at+sumEvery)
	d.inLast = len(in) - fastInput
	acc |= load64(in, pos) << (nacc & 63)
	pos += 7 - int(nacc>>3&7)
	nacc |= 56
	e := d.lit[acc&(1<<litBits-1)]
	for {
		if e&flagLiteral != 0 {
			acc >>= e & 63
			nacc -= uint64(e)
			store8(dst, at, uint8(e>>16))
			at++
			e = d.lit[acc&(1<<litBits-1)]
			if e&flagLiteral != 0 {
				acc >>= e & 63
				nacc -= uint64(e)
				store8(dst, at, uint8(e>>16))
				at++
				e = d.lit[acc&(1<<litBits-1)]
				if e&flagLiteral != 0 {
					acc >>= e & 63
					nacc -= uint64(e)
					store8(dst, at, uint8(e>>16))
					at++
					e = d.lit[acc&(1<<litBits-1)]
					if e&flagLiteral != 0 {
						acc >>= e & 63
						nacc -= uint64(e)
						store8(dst, at, uint8(e>>16))
						at++
						if pos > d.inLast || at > w.last {
							break
						}
						acc |= load64(in, pos) << (nacc & 63)
						pos += 7 - int(nacc>>3&7)
						nacc |= 56
						e = d.lit[acc&(1<<litBits-1)]
						continue
					}
				}
			}
		}
		saved := acc
		acc >>= e & 63
		nacc -= uint64(e)
		if e&flagSpecial != 0 {
			if e&flagLink != 0 {
				e = d.lit[(uint64(e>>16)+acc&(1<<(e>>8&15)-1))&(litSize-1)]
				saved = acc
				acc >>= e & 63
				nacc -= uint64(e)
				if e&flagLiteral != 0 {
					store8(dst, at, uint8(e>>16))
					at++
					if pos > d.inLast || at > w.last {
						break
					}
					acc |= load64(in, pos) << (nacc & 63)
					pos += 7 - int(nacc>>3&7)
					nacc |= 56
					e = d.lit[acc&(1<<litBits-1)]
					continue
				}
			}
			if e&flagSpecial != 0 {
				if e&flagEnd != 0 {
					d.endBlockSoon = true
				} else {
					what = "invalid literal/length code"
				}
				break
			}
		}
		length := int(e>>16&511) + int(uint32(saved>>(e>>8&63))&(e>>25))
		if nacc&63 < 28 {
			acc |= load64(in, pos) << (nacc & 63)
			pos += 7 - int(nacc>>3&7)
			nacc |= 56
		}
		f := d.dist[acc&(1<<distBits-1)]
		saved = acc
		acc >>= f & 63
		nacc -= f
		if f&flagSpecial != 0 {
			if f&flagLink != 0 {
				f = d.dist[(f>>16+acc&(1<<(f>>8&15)-1))&(distSize-1)]
				saved = acc
				acc >>= f & 63
				nacc -= f
			}
			if f&flagSpecial != 0 {
				what = "invalid distance code"
				break
			}
		}
		far := int(f>>16&0xffff) + int(saved>>(f>>8&63)&(f>>32))
		from := at - far
		if from < w.low {
			what = farBack
			break
		}
		acc |= load64(in, pos) << (nacc & 63)
		pos += 7 - int(nacc>>3&7)
		nacc |= 56
		e = d.lit[acc&(1<<litBits-1)]

		to := at
		at += length
		switch {
		case far >= 16:
			copy16(dst, to, from)
			copy16(dst, to+16, from+16)
			for to += 32; to < at; to += 32 {
				from += 32
				copy16(dst, to, from)
				copy16(dst, to+16, from+16)
			}
		case far >= 8:
			for ; to < at; to += 8 {
				store64(dst, to, load64(dst, from))
				from += 8
			}
		default:
			word := load64(dst, from) & (1<<(far*8&63) - 1)
			for n := far * 8; n < 64; n *= 2 {
				word |= word << (n & 63)
			}
			for ; to < at; to += strides[far&7] {
				store64(dst, to, word)
			}
		}
		if pos > d.inLast || at > w.last {
			break
		}
	}
	nacc &= 63
	w.at, d.pos, d.acc, d.nacc = at, pos, acc&(1<<nacc-1), uint(nacc)
	if what != "" {
		return d.corrupt(what, nil)
	}
	if d.endBlockSoon {
		d.endBlockSoon = false
		d.endBlock()
	}
	return nil
}

// strides says how far a word filled with a pattern of so many bytes reaches
// in whole patterns.
var strides = [8]int{8, 8, 8, 6, 8, 5, 6, 7}
