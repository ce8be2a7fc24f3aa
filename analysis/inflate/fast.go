package inflate

const (
	// fastInput is the input that must be at hand for a turn of the fast loop: two refills of 8 bytes
	// and some more.
	fastInput = 32
	// fastOutput is the room that a turn of the fast loop needs: three pairs of
	// literals, a match of 258 bytes and what a copy in words writes too much.
	fastOutput = 320
)

// fast decodes symbols while there is ample input and room. It returns without
// an error when one of them is short or the block has ended.
func (d *Decoder) fast(w *writer) error {
	var (
		dst    = w.dst
		at     = w.at
		low    = w.low
		last   = len(dst) - fastOutput
		in     = d.in
		pos    = d.pos
		inLast = len(in) - fastInput
		acc    = d.acc
		nacc   = uint64(d.nacc) // only the lowest 8 bits count
		what   = ""
	)
	for pos <= inLast && at <= last {
		// 56 bits or more
		acc |= load64(in, pos) << (nacc & 63)
		pos += 7 - int(nacc>>3&7)
		nacc |= 56
		e := d.lit[acc&(1<<litBits-1)]
		if e&flagLiteral != 0 {
			acc >>= e & 63
			nacc -= uint64(e)
			store16(dst, at, uint16(e>>16))
			at += int(e >> 12 & 3)
			e = d.lit[acc&(1<<litBits-1)]
			if e&flagLiteral != 0 {
				acc >>= e & 63
				nacc -= uint64(e)
				store16(dst, at, uint16(e>>16))
				at += int(e >> 12 & 3)
				e = d.lit[acc&(1<<litBits-1)]
				if e&flagLiteral != 0 {
					acc >>= e & 63
					nacc -= uint64(e)
					store16(dst, at, uint16(e>>16))
					at += int(e >> 12 & 3)
					continue
				}
			}
		}
		// at most 22 bits used
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
					store16(dst, at, uint16(e>>16))
					at++
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
		acc |= load64(in, pos) << (nacc & 63)
		pos += 7 - int(nacc>>3&7)
		nacc |= 56
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
		if from < low {
			what = farBack
			break
		}
		end := at + length
		switch {
		case far >= 16:
			copy16(dst, at, from)
			for i := 16; i < length; i += 16 {
				copy16(dst, at+i, from+i)
			}
		case far >= 8:
			for i := 0; i < length; i += 8 {
				store64(dst, at+i, load64(dst, from+i))
			}
		default:
			word := load64(dst, from) & (1<<(far*8&63) - 1)
			for n := far * 8; n < 64; n *= 2 {
				word |= word << (n & 63)
			}
			for i := at; i < end; i += strides[far&7] {
				store64(dst, i, word)
			}
		}
		at = end
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
