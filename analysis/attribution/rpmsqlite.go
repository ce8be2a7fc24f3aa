package attribution

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// sqliteHeaders reads the blobs of the table Packages (SQLite file format,
// "B-tree Pages" and "Record Format").
func sqliteHeaders(db []byte) ([][]byte, error) {
	size := int(binary.BigEndian.Uint16(db[16:]))
	if size == 1 {
		size = 65536
	}
	if size < 512 || size&(size-1) != 0 || int(db[20]) > size-480 {
		return nil, errRPMDamaged
	}
	s := &sqlite{db: db, size: size, usable: size - int(db[20]), seen: make([]bool, len(db)/size+1)}
	root := 0
	err := s.table(1, 0, func(record []byte) {
		// type, name, tbl_name, rootpage, sql
		if f := fields(record, 4); len(f) == 4 && string(f[0]) == "table" && string(f[1]) == "Packages" {
			for _, b := range f[3] {
				root = root<<8 | int(b)
			}
		}
	})
	if err != nil {
		return nil, err
	}
	if root == 0 {
		return nil, errors.New("the database has no table Packages")
	}
	var all [][]byte
	err = s.table(root, 0, func(record []byte) {
		if f := fields(record, 2); len(f) == 2 { // hnum, blob
			all = append(all, f[1])
		}
	})
	return all, err
}

type sqlite struct {
	db     []byte
	size   int // of a page
	usable int // without what is reserved at its end
	seen   []bool
}

// page returns page n, which must be one that was not used before: no page of
// a sound file belongs to two things.
func (s *sqlite) page(n int) ([]byte, error) {
	if n < 1 || n > len(s.db)/s.size || s.seen[n] {
		return nil, errRPMDamaged
	}
	s.seen[n] = true
	return s.db[(n-1)*s.size:][:s.size], nil
}

// table calls f for each record of the table whose tree begins at page n.
func (s *sqlite) table(n, depth int, f func(record []byte)) error {
	page, err := s.page(n)
	if err != nil || depth > 40 {
		return errRPMDamaged
	}
	head := page
	if n == 1 {
		head = page[100:] // the file's header
	}
	cells := int(binary.BigEndian.Uint16(head[3:]))
	interior := head[0] == 0x05
	if head[0] != 0x0d && !interior {
		return fmt.Errorf("%w: page %d is no part of a table", errRPMDamaged, n)
	}
	pointers := head[8:]
	if interior {
		pointers = head[12:]
	}
	if cells*2 > len(pointers) {
		return errRPMDamaged
	}
	for i := range cells {
		at := int(binary.BigEndian.Uint16(pointers[2*i:]))
		if at+4 > s.usable {
			return errRPMDamaged
		}
		if interior {
			err = s.table(int(binary.BigEndian.Uint32(page[at:])), depth+1, f)
		} else {
			err = s.cell(page[at:s.usable], f)
		}
		if err != nil {
			return err
		}
	}
	if interior {
		return s.table(int(binary.BigEndian.Uint32(head[8:])), depth+1, f)
	}
	return nil
}

// cell reads a record with what of it lies on overflow pages.
func (s *sqlite) cell(b []byte, f func(record []byte)) error {
	length, k := varint(b)
	_, k2 := varint(b[k:]) // the row's number
	b = b[k+k2:]
	if k == 0 || k2 == 0 || length > uint64(len(s.db)) {
		return errRPMDamaged
	}
	n := int(length)
	local := n
	if most := s.usable - 35; n > most { // "Cell Payload Overflow Pages"
		least := (s.usable-12)*32/255 - 23
		local = least + (n-least)%(s.usable-4)
		if local > most {
			local = least
		}
	}
	if local > len(b) {
		return errRPMDamaged
	}
	if local == n {
		f(b[:n])
		return nil
	}
	if local+4 > len(b) {
		return errRPMDamaged
	}
	record := append(make([]byte, 0, n), b[:local]...)
	next := int(binary.BigEndian.Uint32(b[local:]))
	for len(record) < n {
		page, err := s.page(next)
		if err != nil {
			return err
		}
		next = int(binary.BigEndian.Uint32(page))
		record = append(record, page[4:4+min(n-len(record), s.usable-4)]...)
	}
	f(record)
	return nil
}

// fields returns the first n columns of a record; fewer if it is damaged.
func fields(record []byte, n int) [][]byte {
	length, k := varint(record)
	if k == 0 || length > uint64(len(record)) || length < uint64(k) {
		return nil
	}
	types, body := record[k:length], record[length:]
	var all [][]byte
	for len(all) < n && len(types) > 0 {
		t, k := varint(types)
		if k == 0 {
			return all
		}
		types = types[k:]
		size := uint64(0)
		switch {
		case t >= 12:
			size = (t - 12) / 2
		case t < 8:
			size = [...]uint64{0, 1, 2, 3, 4, 6, 8, 8}[t]
		}
		if size > uint64(len(body)) {
			return all
		}
		all = append(all, body[:size])
		body = body[size:]
	}
	return all
}

// varint reads SQLite's big-endian numbers of up to nine bytes; k is their
// length, 0 if b ends first.
func varint(b []byte) (n uint64, k int) {
	for k < len(b) && k < 9 {
		c := b[k]
		k++
		if k == 9 {
			return n<<8 | uint64(c), k
		}
		n = n<<7 | uint64(c&0x7f)
		if c&0x80 == 0 {
			return n, k
		}
	}
	return 0, 0
}
