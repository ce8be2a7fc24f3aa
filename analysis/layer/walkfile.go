package layer

import "github.com/zeebo/xxh3"

// maxStream bounds sizes in headers, so that sums of them cannot overflow.
const maxStream = 1 << 56

// file begins a regular file with physical bytes in the stream; its path has
// been given to the builder.
func (w *walker) file(physical int64, sp *sparse) error {
	c := &w.cur
	c.physical, c.size, c.sp = physical, physical, nil
	if physical > maxStream {
		return w.fail("impossible size in a header")
	}
	if sp != nil {
		c.size = sp.size
		switch {
		case sp.size > maxStream:
			return w.fail("impossible size of a sparse file")
		case !sp.valid(physical):
			w.b.problem("the map of the sparse file before byte %d contradicts itself", w.off)
		case w.holes+sp.holes(physical) > maxHoles:
			w.b.problem("the holes of the sparse files are too large to be hashed: a copy may not be recognised")
		default:
			c.sp, w.holes = sp, w.holes+sp.holes(physical)
		}
	}
	if w.b.x.ContentBytes > maxStream {
		return &LimitError{"bytes of content", maxStream}
	}
	c.entry = w.b.add(File, c.perm, c.size, nil)
	if c.entry < 0 || w.b.x.Kind(c.entry) != File {
		w.skip(physical + padding(physical))
		return nil
	}
	c.keep = sp == nil && w.wantContent(c.size)
	if c.content, c.scan = nil, nil; c.keep {
		c.content = make([]byte, 0, c.size)
	} else if sp == nil && w.opts.Scan != nil {
		c.scan = w.opts.Scan(w.b.current(), c.size, c.perm)
	}
	c.scanning = c.scan != nil
	if c.sp != nil {
		w.hash.Reset()
		w.sparseSum = sparseHash{h: w.hash, s: c.sp}
	}
	w.started = false
	if w.probe.on = false; sp == nil {
		w.probe.begin(physical)
	}
	w.state, w.left, w.pad = inData, physical, padding(physical)
	if physical == 0 {
		w.data(nil)
	}
	return nil
}

func (w *walker) wantContent(size int64) bool {
	o := w.opts
	if o.Keep == nil || !o.Keep(w.b.current(), size) {
		return false
	}
	if size > o.Limits.KeepFile || w.keptBytes+size > o.Limits.KeepTotal {
		w.b.problem("the content of %s is not looked at: it has %d bytes, and at most %d a file and %d in all are kept",
			Printable(w.b.current()), size, o.Limits.KeepFile, o.Limits.KeepTotal)
		return false
	}
	if !o.Budget.takeKeep(size) {
		w.b.problem("the content of %s is not looked at: the image has too much of its kind", Printable(w.b.current()))
		w.b.x.Cut = true
		return false
	}
	w.keptBytes += size
	return true
}

// data takes a part of the current file's content.
func (w *walker) data(p []byte) {
	c := &w.cur
	if c.keep {
		c.content = append(c.content, p...)
	}
	if c.scanning {
		c.scanning = c.scan.Scan(p)
	}
	if w.probe.on {
		w.probe.write(c.physical-w.left, p)
	}
	w.left -= int64(len(p))
	var sum uint64
	switch {
	case c.sp != nil:
		w.sparseSum.write(p)
		if w.left == 0 {
			sum = w.sparseSum.sum()
		}
	case !w.started && w.left == 0:
		sum = xxh3.Hash(p)
	default:
		if !w.started {
			w.hash.Reset()
			w.started = true
		}
		w.hash.Write(p)
		if w.left == 0 {
			sum = w.hash.Sum64()
		}
	}
	if w.left > 0 {
		return
	}
	w.b.x.hash[c.entry] = sum
	w.probe.end(w.b.x, c.entry)
	if c.keep {
		w.b.keep(c.entry, c.content)
		c.content = nil
	}
	if c.scan != nil {
		w.excerpt(c.scan.Excerpt())
		c.scan = nil
	}
	w.skip(w.pad)
}

// excerpt keeps what a scanner found in the current file.
func (w *walker) excerpt(b []byte) {
	size := int64(len(b))
	if size == 0 || size > w.opts.Limits.KeepFile || w.keptBytes+size > w.opts.Limits.KeepTotal {
		return
	}
	if !w.opts.Budget.takeKeep(size) {
		w.b.x.Cut = true
		return
	}
	w.keptBytes += size
	w.b.keep(w.cur.entry, b)
}

// oldSparse begins a file of the old GNU format, whose map stands in the
// header and in blocks after it.
func (w *walker) oldSparse(h []byte, size int64) error {
	if !isGNU(h) {
		w.b.problem("the sparse file before byte %d is in a format of another program; its map is passed over", w.off)
		return w.file(size, nil)
	}
	c := &w.cur
	realSize, ok := number(h[483:495])
	if !ok || realSize < 0 {
		return w.fail("impossible size of a sparse file")
	}
	c.physical, c.sp = size, &sparse{size: realSize}
	if c.sp.spans, ok = oldSparse(nil, h[386:482]); !ok {
		return w.fail("damaged map of a sparse file")
	}
	if h[482] != 0 {
		w.state = inMapExt
		return nil
	}
	return w.file(size, c.sp)
}

func (w *walker) mapExt(block []byte) error {
	c := &w.cur
	var ok bool
	if c.sp.spans, ok = oldSparse(c.sp.spans, block[:504]); !ok {
		return w.fail("damaged map of a sparse file")
	}
	if block[504] != 0 {
		return nil
	}
	w.state = inHeader
	return w.file(c.physical, c.sp)
}

// paxSparse begins a file whose map came in pax records, or comes in front of
// its data.
func (w *walker) paxSparse(s *paxSparse, size int64) error {
	if s.bad {
		return w.fail("damaged map of a sparse file")
	}
	if !s.inData() {
		return w.file(size, s.sparse())
	}
	c := &w.cur
	c.physical, c.sp = size, &sparse{size: s.size}
	c.rest, c.list, c.want = c.rest[:0], nil, -1
	w.state = inMapData
	return nil
}

// mapData reads a block of a 1.0 map: decimal lines, the first one says how
// many pairs follow.
func (w *walker) mapData(block []byte) error {
	c := &w.cur
	if c.physical -= blockSize; c.physical < 0 {
		return w.fail("damaged map of a sparse file")
	}
	b := append(c.rest, block...)
	for c.want != 0 {
		n, rest, more, ok := mapLine(b)
		if !ok || c.want < 0 && n > maxSparse {
			return w.fail("damaged map of a sparse file")
		}
		if more {
			c.rest = append(c.rest[:0], b...)
			return nil
		}
		if b = rest; c.want < 0 {
			c.want = 2 * n
			continue
		}
		c.list = append(c.list, n)
		c.want--
	}
	c.sp.spans = pairs(c.list)
	w.state = inHeader
	return w.file(c.physical, c.sp)
}

// close tells that the stream has ended.
func (w *walker) close() error {
	switch {
	case w.state == inData:
		w.b.dropLast()
		return w.fail("the stream ends in the middle of a file")
	case w.state == inSkip && w.left >= blockSize:
		return w.fail("the stream ends in the middle of an entry")
	case w.state != inHeader && w.state != atEnd && w.state != inSkip, len(w.block) > 0:
		return w.fail("the stream ends in the middle of a header")
	}
	return nil
}
