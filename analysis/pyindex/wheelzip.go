package pyindex

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"unicode/utf8"
)

// A zipEntry is a line of a zip's directory.
type zipEntry struct {
	name          string
	method        uint16
	packed, plain int64 // sizes
	offset        int64 // of its local header
}

// A zipEnd is what the end of a zip says of its directory.
type zipEnd struct {
	entries, offset, size int64
	// more is where the zip64 record lies that must be read for the rest; 0 for
	// none.
	more int64
}

// Bounds of a directory: the largest known wheel has some 20,000 files in 2 MB.
const (
	maxDirectory = 64 << 20
	maxEntries   = 1 << 20
	maxFile      = 1 << 40
)

const (
	endLen       = 22
	locatorLen   = 20
	end64Len     = 56
	entryLen     = 46
	maxComment   = 1<<16 - 1
	deflateRatio = 1032 // the most that deflate can pack (zlib's documentation)
)

var (
	le        = binary.LittleEndian
	errNoZip  = errors.New("it has no directory at its end: it is no wheel, or it is cut off")
	errLyingZ = errors.New("the directory contradicts itself")
)

// findEnd looks for the end of a zip in its last bytes. at is where they begin.
func findEnd(tail []byte, at, size int64) (zipEnd, error) {
	for i := len(tail) - endLen; i >= max(0, len(tail)-endLen-maxComment); i-- {
		b := tail[i:]
		if !bytes.HasPrefix(b, []byte("PK\x05\x06")) || endLen+int(le.Uint16(b[20:])) != len(b) {
			continue
		}
		e := zipEnd{entries: int64(le.Uint16(b[10:])), size: int64(le.Uint32(b[12:])), offset: int64(le.Uint32(b[16:]))}
		if e.entries == 0xffff || e.size == 0xffffffff || e.offset == 0xffffffff {
			if i < locatorLen {
				return e, errNoZip
			}
			if l := tail[i-locatorLen : i]; bytes.HasPrefix(l, []byte("PK\x06\x07")) {
				e.more = int64(le.Uint64(l[8:]))
				if e.more <= 0 || e.more > at+int64(i)-locatorLen-end64Len {
					return e, errLyingZ
				}
				return e, nil
			}
		}
		return e, e.check(at + int64(i))
	}
	return zipEnd{}, errNoZip
}

// zip64 reads the record that e.more leads to.
func (e zipEnd) zip64(b []byte) (zipEnd, error) {
	if len(b) < end64Len || !bytes.HasPrefix(b, []byte("PK\x06\x06")) {
		return e, errLyingZ
	}
	f := zipEnd{entries: int64(le.Uint64(b[32:])), size: int64(le.Uint64(b[40:])), offset: int64(le.Uint64(b[48:]))}
	return f, f.check(e.more)
}

// check sees to it that the directory lies before its end record and that its
// numbers are possible.
func (e zipEnd) check(end int64) error {
	switch {
	case e.entries < 0 || e.size < 0 || e.offset < 0 || e.offset > end || e.size > end-e.offset:
		return errLyingZ
	case e.size > maxDirectory || e.entries > maxEntries:
		return fmt.Errorf("its directory is too large: %d entries, %d bytes", e.entries, e.size)
	case e.entries*entryLen > e.size:
		return errLyingZ
	}
	return nil
}

// readEntries reads a zip's directory. The sizes must be possible: what the
// files take packed fits into the zip, and nothing packs better than deflate
// can.
func readEntries(dir []byte, e zipEnd) ([]zipEntry, error) {
	list := make([]zipEntry, 0, e.entries)
	packed := int64(0)
	for len(dir) > 0 && int64(len(list)) < e.entries {
		if len(dir) < entryLen || !bytes.HasPrefix(dir, []byte("PK\x01\x02")) {
			return nil, errLyingZ
		}
		name, extra, comment := int(le.Uint16(dir[28:])), int(le.Uint16(dir[30:])), int(le.Uint16(dir[32:]))
		if len(dir) < entryLen+name+extra+comment {
			return nil, errLyingZ
		}
		x := zipEntry{name: string(dir[entryLen : entryLen+name]), method: le.Uint16(dir[10:]),
			packed: int64(le.Uint32(dir[20:])), plain: int64(le.Uint32(dir[24:])), offset: int64(le.Uint32(dir[42:]))}
		if !x.extend(dir[entryLen+name : entryLen+name+extra]) {
			return nil, errLyingZ
		}
		switch {
		case x.packed < 0 || x.plain < 0 || x.packed > e.offset-packed || x.offset < 0 || x.offset > e.offset:
			return nil, errLyingZ
		case x.method == 0 && x.plain != x.packed, x.method == 8 && x.plain > x.packed*deflateRatio, x.plain > maxFile:
			return nil, fmt.Errorf("%w: %.80q cannot be %d bytes", errLyingZ, x.name, x.plain)
		case !utf8.ValidString(x.name):
			return nil, errLyingZ
		}
		packed += x.packed
		list = append(list, x)
		dir = dir[entryLen+name+extra+comment:]
	}
	if int64(len(list)) != e.entries || len(dir) > 0 {
		return nil, errLyingZ
	}
	return list, nil
}

// extend takes the sizes that do not fit into 32 bits from the zip64 field.
func (x *zipEntry) extend(extra []byte) bool {
	for len(extra) >= 4 {
		id, n := le.Uint16(extra), int(le.Uint16(extra[2:]))
		if len(extra) < 4+n {
			return true // padding of some writers
		}
		field := extra[4 : 4+n]
		extra = extra[4+n:]
		if id != 1 {
			continue
		}
		for _, v := range []*int64{&x.plain, &x.packed, &x.offset} {
			if *v != 0xffffffff {
				continue
			}
			if len(field) < 8 {
				return false
			}
			*v = int64(le.Uint64(field))
			field = field[8:]
		}
	}
	return true
}
