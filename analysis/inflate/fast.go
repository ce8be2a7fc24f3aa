package inflate

const (
	// fastInput is the input that a turn of the fast loop needs: three loads
	// of 8 bytes, of which the first two move on by up to 7 each.
	fastInput = 32
	// fastOutput is the room that a turn of the fast loop needs: four
	// literals, a match of 258 bytes, and up to 31 bytes that copies in
	// words write too much.
	fastOutput = 320
	// sumEvery is the output after which the fast loop stops, so that the
	// checksum is taken while the bytes are still in the first cache.
	sumEvery = 32 << 10
)

// fast decodes symbols while there is ample input and room, fastInput and
// fastOutput at first. It returns without an error when one of them is short,
// after sumEvery bytes, or when the block has ended.
//
// It is one long function because all of its state must stay in registers. What keeps
// its unchecked loads and stores within bounds: pos and at are compared with
// their limits once in each turn, the constants above cover the farthest that a turn can get, and
// a match starts at low or later.
func (d *Decoder) fast(w *writer) error {
	var (
		dst   = w.dst
		at    = w.at
		in    = d.in
		pos   = d.pos
		acc   = d.acc
		nacc  = uint64(d.nacc) // only the lowest 6 bits count
		ended = false
		wrong = ""
	)
	w.last = min(len(dst)-fastOutput, at+sumEvery)
	d.last = len(in) - fastInput
	acc, pos, nacc = refill(in, acc, pos, nacc)
	e := d.lit[acc&litMask]
	for {
		// e is the next entry; acc has 56 bits or more, enough for three literals of the first level
		// (33) and a length with its extra bits (20).
		if e&flagLiteral != 0 {
			acc >>= e & 63
			nacc -= uint64(e)
			store8(dst, at, uint8(e>>16))
			at++
			e = d.lit[acc&litMask]
			if e&flagLiteral != 0 {
				acc >>= e & 63
				nacc -= uint64(e)
				store8(dst, at, uint8(e>>16))
				at++
				e = d.lit[acc&litMask]
				if e&flagLiteral != 0 {
					acc >>= e & 63
					nacc -= uint64(e)
					store8(dst, at, uint8(e>>16))
					at++
					e = d.lit[acc&litMask]
					if e&flagLiteral != 0 {
						acc >>= e & 63
						nacc -= uint64(e)
						store8(dst, at, uint8(e>>16))
						at++
						if pos > d.last || at > w.last {
							break
						}
						acc, pos, nacc = refill(in, acc, pos, nacc)
						e = d.lit[acc&litMask]
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
				e = d.lit[second(uint64(e), acc)&(litSize-1)]
				saved = acc
				acc >>= e & 63
				nacc -= uint64(e)
				if e&flagLiteral != 0 {
					store8(dst, at, uint8(e>>16))
					at++
					if pos > d.last || at > w.last {
						break
					}
					acc, pos, nacc = refill(in, acc, pos, nacc)
					e = d.lit[acc&litMask]
					continue
				}
			}
			if e&flagSpecial != 0 {
				if ended = e&flagEnd != 0; !ended {
					wrong = wrongLiteral
				}
				break
			}
		}
		length := int(e>>16&511) + int(uint32(saved>>(e>>8&63))&(e>>25))

		if nacc&63 < 28 { // the most that a distance takes
			acc, pos, nacc = refill(in, acc, pos, nacc)
		}
		f := d.dist[acc&distMask]
		saved = acc
		acc >>= f & 63
		nacc -= f
		if f&flagSpecial != 0 {
			if f&flagLink != 0 {
				f = d.dist[second(f, acc)&(distSize-1)]
				saved = acc
				acc >>= f & 63
				nacc -= f
			}
			if f&flagSpecial != 0 {
				wrong = wrongDistance
				break
			}
		}
		far := int(f>>16&0xffff) + int(saved>>(f>>8&63)&(f>>32))
		from := at - far
		if from < w.low {
			wrong = wrongStart
			break
		}

		// The next look-up is under way while the match is copied.
		acc, pos, nacc = refill(in, acc, pos, nacc)
		e = d.lit[acc&litMask]

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
			r := &repeats[far&7]
			word := load64(dst, from) << (r.drop & 63) >> (r.drop & 63) * r.times
			for ; to < at; to += r.stride {
				store64(dst, to, word)
			}
		}
		if pos > d.last || at > w.last {
			break
		}
	}
	nacc &= 63
	w.at, d.pos, d.acc, d.nacc = at, pos, acc&(1<<nacc-1), uint(nacc)
	if wrong != "" {
		return d.corrupt(wrong, nil)
	}
	if ended {
		d.endBlock()
	}
	return nil
}

// refill brings acc to 56 to 63 bits without a branch: it loads 8 bytes, moves on by as
// many as fit whole and leaves the rest of the load above them, where the next refill puts the
// same bits again.
func refill(in []byte, acc uint64, pos int, nacc uint64) (uint64, int, uint64) {
	return acc | load64(in, pos)<<(nacc&63), pos + 7 - int(nacc>>3&7), nacc | 56
}

// second returns where link continues in the second level for the bits acc.
func second(link, acc uint64) uint64 {
	return link>>16&0xffff + acc&(1<<(link>>8&15)-1)
}

// repeats tells how to fill a word with a pattern of so many bytes.
var repeats = [8]struct {
	times  uint64 // the factor that repeats the pattern
	stride int    // bytes of whole patterns in a word
	drop   uint8  // bits of a word above the pattern
}{
	1: {0x0101010101010101, 8, 56},
	2: {0x0001000100010001, 8, 48},
	3: {0x0001000001000001, 6, 40},
	4: {0x0000000100000001, 8, 32},
	5: {0x0000010000000001, 5, 24},
	6: {0x0001000000000001, 6, 16},
	7: {0x0100000000000001, 7, 8},
}
