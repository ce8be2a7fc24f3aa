package layer

import "encoding/binary"

// columns reads what each entry has, and checks that it makes sense: the rest
// of the package trusts an index.
func (d *decoder) columns(x *Index) {
	n := len(x.nameEnd)
	if n > len(d.b)/4 { // directory, mode and size take four bytes at least
		d.fail("more entries than bytes")
		return
	}
	x.dir = make([]uint32, n)
	last := int64(0)
	for i := range x.dir {
		delta, k := binary.Varint(d.b)
		if k <= 0 {
			d.fail("no number")
			return
		}
		d.b = d.b[k:]
		if last += delta; last < 0 || last >= int64(len(x.dirParent)) {
			d.fail("an entry in no directory")
			return
		}
		x.dir[i] = uint32(last)
	}
	x.mode = make([]uint16, n)
	modes := d.bytes(2 * n)
	if modes == nil && n > 0 {
		return
	}
	for i := range x.mode {
		x.mode[i] = binary.LittleEndian.Uint16(modes[2*i:])
	}
	d.sizes(x)
	x.hash = make([]uint64, n)
	for i := range x.hash {
		if x.Kind(i) != File {
			continue
		}
		b := d.bytes(8)
		if b == nil {
			return
		}
		x.hash[i] = binary.LittleEndian.Uint64(b)
	}
}

func (d *decoder) sizes(x *Index) {
	x.size = make([]int64, len(x.mode))
	b := builder{x: x}
	for i := range x.size {
		k := x.Kind(i)
		size := int64(d.below(maxStream + 1))
		switch {
		case k > Aufs:
			d.fail("an entry of no kind")
		case (k == Symlink || k == Hardlink) && size >= int64(len(x.linkEnd)):
			d.fail("a link to nowhere")
		case k >= Whiteout && !isWhiteout(k, x.Name(i)):
			d.fail("a whiteout by another name")
		case x.ContentBytes > maxStream:
			d.fail("too many bytes")
		}
		if d.err != nil {
			return
		}
		x.size[i] = size
		b.x.Counts.Entries++
		b.count(k, size)
	}
}

func isWhiteout(k Kind, name string) bool {
	return len(name) >= len(whiteoutPrefix) && name[:len(whiteoutPrefix)] == whiteoutPrefix && whiteoutKind([]byte(name)) == k
}
