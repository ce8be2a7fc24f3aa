package inflate

// block reads the header of a block and, for a dynamic one, its codes.
func (d *Decoder) block() error {
	if !d.need(3) {
		return d.cut("a block header")
	}
	d.final = d.bits(1) == 1
	switch d.bits(2) {
	case 0:
		return d.storedHeader()
	case 1:
		if !d.fixed {
			copy(d.lit[:1<<litBits], fixedLit[:])
			copy(d.dist[:1<<distBits], fixedDist[:])
			d.fixed = true
		}
	case 2:
		d.fixed = false
		if err := d.dynamicHeader(); err != nil {
			return err
		}
	default:
		return d.corrupt("reserved block type", nil)
	}
	d.state = inCodes
	return nil
}

// storedHeader reads the two lengths of a stored block.
func (d *Decoder) storedHeader() error {
	d.dropBits(d.nacc & 7)
	if !d.need(32) {
		return d.cut("a block header")
	}
	n, inverse := d.bits(16), d.bits(16)
	if n != ^inverse&0xffff {
		return d.corrupt("lengths of a stored block disagree", nil)
	}
	if d.length = int(n); n == 0 {
		d.endBlock()
		return nil
	}
	d.state = inStored
	return nil
}

// codeOrder is the order of the code length code's lengths (RFC 1951, 3.2.7).
var codeOrder = [19]uint8{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}

// codeWidth is the longest code of the code length code.
const codeWidth = 7

// codeValue tells what the symbols of the code length code stand for:
// the number itself.
var codeValue = func() (v [19]litEntry) {
	for i := range v {
		v[i] = litEntry(i) << 16
	}
	return v
}()

// dynamicHeader reads the codes of a dynamic block and makes its tables.
func (d *Decoder) dynamicHeader() error {
	if !d.need(14) {
		return d.cut("a block header")
	}
	nlit, ndist, ncode := int(d.bits(5))+257, int(d.bits(5))+1, int(d.bits(4))+4
	if nlit > maxLit || ndist > maxDist {
		return d.corrupt("too many codes in a block header", nil)
	}
	var lens [19]uint8
	for _, s := range codeOrder[:ncode] {
		if !d.need(3) {
			return d.cut("a block header")
		}
		lens[s] = uint8(d.bits(3))
	}
	var table [1 << codeWidth]litEntry
	if !build(table[:], codeWidth, lens[:], codeValue[:]) {
		return d.corrupt("invalid code length code", nil)
	}
	if err := d.codeLengths(d.lens[:nlit+ndist], &table); err != nil {
		return err
	}
	if !build(d.lit[:], litBits, d.lens[:nlit], litValue[:]) {
		return d.corrupt("invalid literal/length code lengths", nil)
	}
	if !build(d.dist[:], distBits, d.lens[nlit:nlit+ndist], distValue[:]) {
		return d.corrupt("invalid distance code lengths", nil)
	}
	return nil
}

// codeLengths decodes lens, which are packed with the code of table.
func (d *Decoder) codeLengths(lens []uint8, table *[1 << codeWidth]litEntry) error {
	for i := 0; i < len(lens); {
		if d.nacc < codeWidth+7 {
			d.topUp()
		}
		e := table[d.acc&(1<<codeWidth-1)]
		n := uint(e & 15)
		if n > d.nacc {
			return d.cut("a block header")
		}
		if e&flagSpecial != 0 {
			return d.corrupt("invalid code length", nil)
		}
		d.dropBits(n)
		s := uint8(e >> 16)
		if s < 16 {
			lens[i] = s
			i++
			continue
		}
		value, again, extra := uint8(0), 3, uint(3)
		switch s {
		case 16:
			if i == 0 {
				return d.corrupt("repeat of no code length", nil)
			}
			value, extra = lens[i-1], 2
		case 18:
			again, extra = 11, 7
		}
		if d.nacc < extra {
			return d.cut("a block header")
		}
		again += int(d.bits(extra))
		if i+again > len(lens) {
			return d.corrupt("too many code lengths", nil)
		}
		for range again {
			lens[i] = value
			i++
		}
	}
	return nil
}
