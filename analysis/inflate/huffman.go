package inflate

import "math/bits"

const (
	litBits  = 11 // width of the first level of the literal/length table
	distBits = 9  // width of the first level of the distance table

	litMask  = 1<<litBits - 1
	distMask = 1<<distBits - 1

	// A second level of 1<<w entries holds w+1 codes or more, so that 57 of 16 entries
	// and 4 of 64 are the most. Powers of two let an index be masked instead of checked.
	litSize  = 1 << (litBits + 1)
	distSize = 1 << (distBits + 1)

	maxCodeLen = 15
	maxLit     = 286 // symbols of a dynamic literal/length code
	maxDist    = 30  // symbols of a dynamic distance code
	endOfBlock = 256
)

// The entries of the tables. Bits 0 to 7 say how many bits of input an entry
// takes, extra bits included; bits 8 to 11 how many of them are the code.
// Above them:
//
//	literal    bit 15; bits 16-23: the byte
//	length     bits 16-24: smallest length; bits 25-29: mask of the extra bits
//	distance   bits 16-31: smallest distance; bits 32-47: mask of the extra bits
//	end        bits 14 and 12
//	link       bits 14 and 13; bits 8-11: width of the second level; bits 16-31: its start
//	invalid    bit 14
type (
	litEntry  = uint32
	distEntry = uint64
)

const (
	flagLiteral = 1 << 15
	flagSpecial = 1 << 14
	flagLink    = 1 << 13 // of special entries only
	flagEnd     = 1 << 12 // of special entries only

	invalid = flagSpecial

	codeUnit = 1<<8 | 1 // to be multiplied by the length of a code
)

// litValue and distValue hold what the symbols stand for, less the code length.
var (
	litValue  [288]litEntry
	distValue [32]distEntry
)

// The tables of blocks of type 1 (RFC 1951, 3.2.6).
var (
	fixedLit  [litSize]litEntry
	fixedDist [distSize]distEntry
)

func init() {
	for i := range 256 {
		litValue[i] = flagLiteral | litEntry(i)<<16
	}
	litValue[endOfBlock] = flagSpecial | flagEnd
	base := litEntry(3)
	for i := 257; i < 285; i++ {
		extra := litEntry(0)
		if i >= 265 {
			extra = litEntry(i-261) >> 2
		}
		litValue[i] = extra | base<<16 | (1<<extra-1)<<25
		base += 1 << extra
	}
	litValue[285] = 258 << 16
	litValue[286], litValue[287] = invalid, invalid

	far := distEntry(1)
	for i := range maxDist {
		extra := distEntry(0)
		if i >= 4 {
			extra = distEntry(i-2) >> 1
		}
		distValue[i] = extra | far<<16 | (1<<extra-1)<<32
		far += 1 << extra
	}
	distValue[30], distValue[31] = invalid, invalid

	var lens [288]uint8
	for i := range lens {
		switch {
		case i < 144:
			lens[i] = 8
		case i < 256:
			lens[i] = 9
		case i < 280:
			lens[i] = 7
		default:
			lens[i] = 8
		}
	}
	build(fixedLit[:], litBits, lens[:], litValue[:])
	for i := range 32 {
		lens[i] = 5
	}
	build(fixedDist[:], distBits, lens[:32], distValue[:])
}

// build makes table out of the code lengths, symbol i having length
// lens[i] and meaning value[i]. The first 1<<width entries are looked
// up with the next bits of input, the second levels follow. It reports whether the
// code is one that compress/flate accepts: complete, or empty, or of a single
// symbol of one bit.
func build[E litEntry | distEntry](table []E, width uint, lens []uint8, value []E) bool {
	var count [maxCodeLen + 1]uint16
	for _, n := range lens {
		count[n&maxCodeLen]++
	}
	space, used := 0, len(lens)-int(count[0]) // in units of the longest code
	var next [maxCodeLen + 2]uint16
	for n := 1; n <= maxCodeLen; n++ {
		next[n+1] = next[n] + count[n]
		space += int(count[n]) << (maxCodeLen - n)
	}
	if space != 1<<maxCodeLen {
		return incomplete(table[:1<<width], lens, value, used == 0 || used == 1 && count[1] == 1)
	}
	var sorted [288]uint16 // symbols by length, then by number
	for s, n := range lens {
		if n != 0 {
			sorted[next[n&maxCodeLen]] = uint16(s)
			next[n&maxCodeLen]++
		}
	}

	// The codes come in order, bit-reversed. The table doubles with each
	// length: all that is there so far repeats.
	code, end := uint(0), uint(1)
	n, todo := uint(0), uint16(0)
	i := 0
	for {
		for todo == 0 {
			n++
			todo = count[n]
			if n <= width {
				copy(table[end:2*end], table[:end])
				end *= 2
			}
		}
		if n > width {
			break
		}
		s := sorted[i]
		i++
		todo--
		table[code] = value[s] + E(n*codeUnit)
		if code == end-1 {
			for ; end < 1<<width; end *= 2 {
				copy(table[end:2*end], table[:end])
			}
			return true
		}
		code = nextCode(code, end-1)
	}

	first := ^uint(0) // the present second level's place in the first
	var start uint
	for {
		if at := code & (1<<width - 1); at != first {
			first, start = at, end
			w, room := n-width, int(todo)
			for room < 1<<w {
				w++
				room = room<<1 + int(count[width+w])
			}
			end = start + 1<<w
			table[at] = flagSpecial | flagLink | E(start<<16|w<<8|width)
		}
		e := value[sorted[i]] + E((n-width)*codeUnit)
		i++
		for j := start + code>>width; j < end; j += 1 << (n - width) {
			table[j] = e
		}
		if code == 1<<n-1 {
			return true
		}
		code = nextCode(code, 1<<n-1)
		for todo--; todo == 0; {
			n++
			todo = count[n]
		}
	}
}

// nextCode returns the bit-reversed code after code; ones is the last of that length.
func nextCode(code, ones uint) uint {
	bit := uint(1) << (bits.Len(code^ones) - 1)
	return code&(bit-1) | bit
}

// incomplete fills table for a code that leaves bits unused, if that is allowed.
func incomplete[E litEntry | distEntry](table []E, lens []uint8, value []E, ok bool) bool {
	if !ok {
		return false
	}
	for i := range table {
		table[i] = invalid
	}
	for s, n := range lens {
		if n == 1 {
			for i := 0; i < len(table); i += 2 {
				table[i] = value[s] + codeUnit
			}
		}
	}
	return true
}
