package attribution

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// The three formats of rpm's database are read here from memory, without the
// libraries that know them: those want a file on disk, and one of them a
// second SQLite. Only the table of packages is read, front to back.

// errRPMDamaged is what a damaged database ends with; the packages before are
// good.
var errRPMDamaged = errors.New("the database is damaged")

// rpmHeaders returns the headers of all packages in a database: SQLite, NDB
// (SUSE) or BerkeleyDB (before 2020).
func rpmHeaders(db []byte) ([][]byte, error) {
	switch {
	case len(db) >= 100 && string(db[:16]) == "SQLite format 3\x00":
		return sqliteHeaders(db)
	case len(db) >= 32 && string(db[:4]) == "RpmP":
		return ndbHeaders(db)
	case len(db) >= 512 && (binary.LittleEndian.Uint32(db[12:]) == bdbHashMagic || binary.BigEndian.Uint32(db[12:]) == bdbHashMagic):
		return bdbHeaders(db)
	}
	return nil, errors.New("no format of rpm's database is known that begins like this")
}

// ndbHeaders reads the format that rpm calls ndb (rpm, lib/backend/ndb/rpmpkg.c):
// pages of slots, each with the place of a package's blob.
func ndbHeaders(db []byte) ([][]byte, error) {
	le := binary.LittleEndian
	if v := le.Uint32(db[4:]); v != 0 {
		return nil, fmt.Errorf("version %d of rpm's ndb format is not known", v)
	}
	end := uint64(le.Uint32(db[12:])) * 4096
	if end > uint64(len(db)) {
		return nil, errRPMDamaged
	}
	var all [][]byte
	for at := uint64(32); at+16 <= end; at += 16 { // the header has the place of two slots
		slot := db[at:]
		if string(slot[:4]) != "Slot" {
			return all, errRPMDamaged
		}
		index := le.Uint32(slot[4:])
		if index == 0 {
			continue
		}
		off := uint64(le.Uint32(slot[8:])) * 16
		if off+16 > uint64(len(db)) {
			return all, errRPMDamaged
		}
		blob := db[off:]
		n := uint64(le.Uint32(blob[12:]))
		if string(blob[:4]) != "BlbS" || le.Uint32(blob[4:]) != index || n > uint64(len(blob)-16) {
			return all, errRPMDamaged
		}
		all = append(all, blob[16:16+n])
	}
	return all, nil
}

// Of BerkeleyDB (libdb, src/dbinc/db_page.h).
const (
	bdbHashMagic    = 0x00061561
	bdbHeader       = 26 // bytes in front of a page
	bdbHashUnsorted = 2  // page types
	bdbOverflow     = 7
	bdbHash         = 13
	bdbOffPage      = 3 // an item that lies on overflow pages
)

// bdbHeaders reads a hash database: every value that lies on overflow pages is
// a package.
func bdbHeaders(db []byte) ([][]byte, error) {
	var order binary.ByteOrder = binary.LittleEndian
	if order.Uint32(db[12:]) != bdbHashMagic {
		order = binary.BigEndian
	}
	size := uint64(order.Uint32(db[20:]))
	if size < 512 || size > 65536 || size&(size-1) != 0 || db[24] != 0 {
		return nil, errRPMDamaged
	}
	b := bdb{db: db, size: size, order: order, budget: len(db)}
	var all [][]byte
	for at := uint64(0); at+size <= uint64(len(db)); at += size {
		page := db[at : at+size]
		if page[25] != bdbHash && page[25] != bdbHashUnsorted {
			continue
		}
		n := uint64(order.Uint16(page[20:]))
		if bdbHeader+2*n > size {
			return all, errRPMDamaged
		}
		for i := uint64(1); i < n; i += 2 { // keys and values take turns
			item := uint64(order.Uint16(page[bdbHeader+2*i:]))
			if item >= size {
				return all, errRPMDamaged
			}
			if page[item] != bdbOffPage {
				continue
			}
			if item+12 > size {
				return all, errRPMDamaged
			}
			blob, err := b.overflow(order.Uint32(page[item+4:]), order.Uint32(page[item+8:]))
			if err != nil {
				return all, err
			}
			all = append(all, blob)
		}
	}
	return all, nil
}

type bdb struct {
	db     []byte
	size   uint64
	order  binary.ByteOrder
	budget int // bytes that may still be read: none belongs to two values
}

// overflow joins the pages that begin at one.
func (b *bdb) overflow(page, length uint32) ([]byte, error) {
	if b.budget -= int(length); b.budget < 0 {
		return nil, errRPMDamaged
	}
	blob := make([]byte, 0, length)
	for page != 0 && uint32(len(blob)) < length {
		at := uint64(page) * b.size
		if at+b.size > uint64(len(b.db)) || b.db[at+25] != bdbOverflow {
			return nil, errRPMDamaged
		}
		p := b.db[at : at+b.size]
		n := b.size - bdbHeader
		if page = b.order.Uint32(p[16:]); page == 0 {
			n = min(n, uint64(b.order.Uint16(p[22:])))
		}
		if n == 0 {
			return nil, errRPMDamaged
		}
		blob = append(blob, p[bdbHeader:bdbHeader+n]...)
	}
	if uint32(len(blob)) < length {
		return nil, errRPMDamaged
	}
	return blob[:length], nil
}
