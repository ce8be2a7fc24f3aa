package layer

// binaries writes whether compiled code was looked at, and what was found.
func (e *encoder) binaries(x *Index) {
	looked := uint64(0)
	if x.Looked {
		looked = 1
	}
	e.uint(looked)
	e.uint(uint64(len(x.bins)))
	last := uint32(0)
	for i, b := range x.bins {
		e.uint(uint64(x.binEntry[i] - last))
		last = x.binEntry[i]
		flags := uint64(b.Format) << 1
		if b.Sections {
			flags |= 1
		}
		for _, n := range []uint64{flags, uint64(b.Machine), uint64(b.Debug), uint64(b.Symbols)} {
			e.uint(n)
		}
	}
}

// binaries reads what encoder.binaries wrote.
func (d *decoder) binaries(x *Index) {
	x.Looked = d.below(2) == 1
	last, first := uint64(0), true
	for range d.count(5) {
		step := d.below(uint64(x.Len()) + 1)
		if last += step; last >= uint64(x.Len()) || !first && step == 0 {
			d.fail("compiled code in no entry")
			return
		}
		first = false
		flags := d.below((uint64(PE) + 1) << 1)
		b := Binary{Format: Format(flags >> 1), Sections: flags&1 == 1, Machine: uint16(d.below(1 << 16))}
		b.Debug, b.Symbols = int64(d.below(maxStream)), int64(d.below(maxStream))
		if d.err != nil {
			return
		}
		x.binEntry, x.bins = append(x.binEntry, uint32(last)), append(x.bins, b)
	}
}
