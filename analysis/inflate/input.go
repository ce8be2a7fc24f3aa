package inflate

import "io"

// offset returns how many bytes of input were used.
func (d *Decoder) offset() int64 {
	return d.consumed + int64(d.pos) - int64(d.nacc/8)
}

// read gets more input behind what is left of it. It reports whether there is any.
func (d *Decoder) read() bool {
	if d.readErr != nil {
		return false
	}
	if d.pos > 0 {
		d.consumed += int64(d.pos)
		d.in = d.in[:copy(d.in, d.in[d.pos:])]
		d.pos = 0
	}
	for range 100 {
		n, err := d.r.Read(d.in[len(d.in):cap(d.in)])
		d.in = d.in[:len(d.in)+n]
		d.readErr = err
		if n > 0 {
			return true
		}
		if err != nil {
			return false
		}
	}
	d.readErr = io.ErrNoProgress
	return false
}

// topUp takes bytes into acc until it has 56 to 63 bits or the input ends.
func (d *Decoder) topUp() {
	for d.nacc < 56 {
		if d.pos == len(d.in) && !d.read() {
			return
		}
		d.acc |= uint64(d.in[d.pos]) << d.nacc
		d.pos++
		d.nacc += 8
	}
}

// need makes sure that acc has n bits, n <= 56, and reports whether it has.
func (d *Decoder) need(n uint) bool {
	if d.nacc < n {
		d.topUp()
	}
	return d.nacc >= n
}

// dropBits forgets n bits of acc.
func (d *Decoder) dropBits(n uint) {
	d.acc >>= n
	d.nacc -= n
}

// bits returns the next n bits, which acc must have.
func (d *Decoder) bits(n uint) uint {
	v := uint(d.acc & (1<<n - 1))
	d.dropBits(n)
	return v
}
