package layer

import (
	"bytes"
	"fmt"
	"strconv"

	"github.com/zeebo/xxh3"
)

// A TarError says where a tar stream stops making sense. What stood before is
// in the index.
type TarError struct {
	Offset int64 // in the tar stream
	Msg    string
}

func (e *TarError) Error() string {
	return fmt.Sprintf("tar stream: byte %d: %s", e.Offset, e.Msg)
}

type walkState uint8

const (
	inHeader  walkState = iota
	inMeta              // long name or pax records
	inMapExt            // further blocks of an old GNU sparse map
	inMapData           // map in front of the data (pax sparse 1.0)
	inData              // content of the current file
	inSkip              // bytes that nobody needs
	atEnd               // behind the end of the archive
)

// A walker is a tar reader into which the stream is pushed in pieces of any
// size. It copies nothing but names, and the contents that are kept.
type walker struct {
	b    *builder
	opts *ReadOptions

	state walkState
	block []byte // the part of a block that earlier pieces brought
	off   int64  // bytes consumed
	left  int64  // bytes that the state still wants
	pad   int64  // bytes to skip after them

	meta     []byte
	metaType byte
	ext      extension // for the next entry
	global   extension // for all following entries

	cur struct { // the file whose data comes
		entry    int // -1: not listed
		perm     uint16
		physical int64
		size     int64
		sp       *sparse
		rest     []byte // of the lines of a 1.0 map
		want     int64  // numbers still missing from it, -1: their count
		list     []int64
		keep     bool
		content  []byte
		scan     Scanner // nil for most
		scanning bool    // it wants to see more
	}
	hash      *xxh3.Hasher
	sparseSum sparseHash
	started   bool  // hash holds a part of the file
	holes     int64 // bytes of holes hashed so far
	keptBytes int64
	charged   int64 // bytes of the index that the budget knows of
	nameBuf   []byte
	split     *splitter // nil: nobody wants the entries themselves
	probe     probe     // of the current file
}

// An extension is what pax records and GNU long names say about an entry.
type extension struct {
	path, link []byte
	longPath   []byte
	longLink   []byte
	size       int64
	sparse     paxSparse
}

func (e *extension) reset() {
	*e = extension{size: -1, sparse: paxSparse{size: -1}}
}

// chargeStep is how many bytes an index grows before the budget is asked.
const chargeStep = 256 << 10

func newWalker(b *builder, opts *ReadOptions) *walker {
	if opts.Budget == nil {
		opts.Budget = &Budget{}
	}
	w := &walker{b: b, opts: opts, hash: xxh3.New(), nameBuf: make([]byte, 0, blockSize)}
	if opts.Parts != nil {
		w.split = &splitter{w: w, to: opts.Parts}
	}
	w.ext.reset()
	w.global.reset()
	return w
}

func (w *walker) fail(format string, args ...any) error {
	return &TarError{w.off, fmt.Sprintf(format, args...)}
}

// write takes the next piece of the stream.
func (w *walker) write(p []byte) error {
	for len(p) > 0 {
		var n int
		var err error
		switch w.state {
		case atEnd:
			n = len(p)
		case inSkip:
			n = int(min(w.left, int64(len(p))))
			err = w.split.rest(p[:n])
			w.left -= int64(n)
			if w.left == 0 {
				w.state = inHeader
			}
		case inData:
			n = int(min(w.left, int64(len(p))))
			err = w.split.rest(p[:n])
			w.data(p[:n])
		case inMeta:
			n = int(min(w.left, int64(len(p))))
			w.split.hold(p[:n])
			w.meta = append(w.meta, p[:n]...)
			if w.left -= int64(n); w.left == 0 {
				err = w.endMeta()
			}
		default:
			n, err = w.takeBlock(p)
		}
		w.off += int64(n)
		if err == nil {
			err = w.split.turn()
		}
		if err != nil {
			return err
		}
		p = p[n:]
	}
	return nil
}

// takeBlock uses up to a block of p and hands a whole one on.
func (w *walker) takeBlock(p []byte) (int, error) {
	if len(w.block) == 0 && len(p) >= blockSize {
		w.split.hold(p[:blockSize])
		return blockSize, w.handle(p[:blockSize])
	}
	n := min(len(p), blockSize-len(w.block))
	w.split.hold(p[:n])
	w.block = append(w.block, p[:n]...)
	if len(w.block) < blockSize {
		return n, nil
	}
	err := w.handle(w.block)
	w.block = w.block[:0]
	return n, err
}

func (w *walker) handle(block []byte) error {
	switch w.state {
	case inMapExt:
		return w.mapExt(block)
	case inMapData:
		return w.mapData(block)
	}
	return w.header(block)
}

// skip goes over n bytes and the padding.
func (w *walker) skip(n int64) {
	w.state, w.left = inSkip, n
	if n == 0 {
		w.state = inHeader
	}
}

func padding(n int64) int64 { return -n & (blockSize - 1) }

func (w *walker) header(h []byte) error {
	if h[0] == 0 && bytes.Equal(h, zeros[:blockSize]) {
		w.state = atEnd
		return nil
	}
	if !checksumOK(h) {
		if w.off < blockSize {
			return w.fail("this is no tar archive")
		}
		return w.fail("damaged header")
	}
	size, ok := number(h[124:136])
	if !ok || size < 0 {
		return w.fail("impossible size in a header")
	}
	switch typ := h[156]; typ {
	case tarPax, tarPaxSun, tarGlobal, tarLong, tarLongLnk:
		if size > w.opts.Limits.Meta {
			return &LimitError{"bytes in an extended header", w.opts.Limits.Meta}
		}
		w.meta, w.metaType = w.meta[:0], typ
		w.split.extended()
		w.state, w.left, w.pad = inMeta, size, padding(size)
		if size == 0 {
			return w.endMeta()
		}
		return nil
	default:
		return w.entry(h, typ, size)
	}
}

func (w *walker) endMeta() error {
	w.skip(w.pad)
	switch w.metaType {
	case tarLong:
		w.ext.longPath = append([]byte(nil), cstr(w.meta)...)
	case tarLongLnk:
		w.ext.longLink = append([]byte(nil), cstr(w.meta)...)
	case tarGlobal:
		w.split.global()
		var size int64 = -1 // a size for all entries makes no sense
		return w.records(&w.global, &size)
	default:
		return w.records(&w.ext, &w.ext.size)
	}
	return nil
}

// records reads pax records (POSIX pax "Extended Header").
func (w *walker) records(e *extension, size *int64) error {
	for b := w.meta; len(b) > 0; {
		key, v, rest, ok := paxRecord(b)
		if !ok {
			w.b.problem("pax header before byte %d: a record is damaged; the rest of the header is passed over", w.off)
			return nil
		}
		switch key {
		case "path":
			e.path = append([]byte(nil), v...)
		case "linkpath":
			e.link = append([]byte(nil), v...)
		case "size":
			n, err := strconv.ParseInt(string(v), 10, 64)
			if err != nil || n < 0 {
				return w.fail("impossible size %q in a pax header", v)
			}
			*size = n
		default:
			if len(key) > 11 && key[:11] == "GNU.sparse." {
				e.sparse.record(key, v)
			}
		}
		b = rest
	}
	return nil
}

// entry reads the header of a file, link, directory or device.
func (w *walker) entry(h []byte, typ byte, size int64) error {
	e := w.ext
	w.ext.reset()
	w.split.header()
	if !e.sparse.present() {
		e.sparse.name = nil
	}
	name := first(e.sparse.name, e.longPath, e.path, w.global.path, headerName(w.nameBuf, h))
	link := first(e.longLink, e.link, w.global.link, cstr(h[157:257]))
	if e.size >= 0 {
		size = e.size
	}
	mode, _ := number(h[100:108])
	w.cur.perm = uint16(mode) & 0o7777
	if len(name) > w.opts.Limits.Name || len(link) > w.opts.Limits.Name {
		w.b.problem("an entry's name or link is longer than %d bytes; the entry is left out", w.opts.Limits.Name)
		w.b.x.Counts.Entries++
		if hasData(typ) {
			return w.skipData(size)
		}
		return nil
	}
	w.b.path(name)
	if err := w.room(); err != nil {
		return err
	}
	switch {
	case typ == tarRegA && bytes.HasSuffix(name, []byte("/")) || typ == tarDir:
		w.b.add(Dir, w.cur.perm, 0, nil)
	case typ == tarLink:
		w.b.add(Hardlink, w.cur.perm, 0, link)
	case typ == tarSymlink:
		w.b.add(Symlink, w.cur.perm, 0, link)
	case typ == tarReg || typ == tarRegA || typ == tarCont:
		if e.sparse.present() {
			return w.paxSparse(&e.sparse, size)
		}
		return w.file(size, nil)
	case typ == tarSparse:
		return w.oldSparse(h, size)
	default:
		w.b.add(Device, w.cur.perm, 0, nil)
	}
	if hasData(typ) && typ != tarRegA {
		return w.skipData(size)
	}
	return nil
}

// room reports whether the index may have another entry.
func (w *walker) room() error {
	if w.b.x.Counts.Entries >= w.opts.Limits.Entries {
		return &LimitError{"entries", int64(w.opts.Limits.Entries)}
	}
	if int64(w.b.arena()) > w.opts.Limits.Names {
		return &LimitError{"bytes of names", w.opts.Limits.Names}
	}
	if m := w.b.memory(); m > w.charged+chargeStep {
		if err := w.opts.Budget.take(m - w.charged); err != nil {
			return err
		}
		w.charged = m
	}
	return nil
}

// hasData reports whether a header of this type is followed by its content.
func hasData(typ byte) bool { return typ < tarLink || typ > tarFifo }

func (w *walker) skipData(size int64) error {
	if size > maxStream {
		return w.fail("impossible size in a header")
	}
	w.skip(size + padding(size))
	return nil
}

func first(candidates ...[]byte) []byte {
	for _, c := range candidates {
		if len(c) > 0 {
			return c
		}
	}
	return nil
}
