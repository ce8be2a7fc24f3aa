package attribution

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestRecordPaths(t *testing.T) {
	test := func(text string, want ...string) {
		t.Helper()
		if got := recordPaths(text); !slices.Equal(got, want) {
			t.Errorf("recordPaths(%q) = %q, want %q", text, got, want)
		}
	}
	test("")
	test("a.py,sha256=x,12\nb/c.py,,\n", "a.py", "b/c.py")
	test("a.py,sha256=x,12\r\nb\r\n", "a.py", "b")
	test("\"a,b\"\"c.py\",x,1\n\n,,\nlast", "a,b\"c.py", "last")
	test("\"two\nlines\",,\n\"open", "two\nlines", "open")
}

// rpmBlob makes the header of a package with two files.
func rpmBlob(name string) []byte {
	var data []byte
	var entries [][4]uint32
	add := func(tag, typ, count uint32, b []byte) {
		for typ == rpmInt32 && len(data)%4 != 0 {
			data = append(data, 0)
		}
		entries = append(entries, [4]uint32{tag, typ, uint32(len(data)), count})
		data = append(data, b...)
	}
	add(rpmName, rpmString, 1, []byte(name+"\x00"))
	add(rpmVersion, rpmString, 1, []byte("1.0\x00"))
	add(rpmRelease, rpmString, 1, []byte("2.el9\x00"))
	add(rpmEpoch, rpmInt32, 1, []byte{0, 0, 0, 3})
	add(rpmArch, rpmString, 1, []byte("x86_64\x00"))
	add(rpmDirIndex, rpmInt32, 3, []byte{0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 9})
	add(rpmBaseName, rpmStrings, 3, []byte("a\x00b\x00c\x00"))
	add(rpmDirNames, rpmStrings, 2, []byte("/usr/bin/\x00/etc/\x00"))
	add(rpmRequires, rpmStrings, 2, []byte("libc.so.6\x00rpmlib(X)\x00"))
	b := binary.BigEndian.AppendUint32(nil, uint32(len(entries)))
	b = binary.BigEndian.AppendUint32(b, uint32(len(data)))
	for _, e := range entries {
		for _, v := range e {
			b = binary.BigEndian.AppendUint32(b, v)
		}
	}
	return append(b, data...)
}

// ndb makes a database in SUSE's format.
func ndb(blobs ...[]byte) []byte {
	le := binary.LittleEndian
	db := make([]byte, 4096)
	copy(db, "RpmP")
	le.PutUint32(db[12:], 1)
	for at := 32; at < 4096; at += 16 {
		copy(db[at:], "Slot")
	}
	for i, b := range blobs {
		slot := db[32+16*i:]
		le.PutUint32(slot[4:], uint32(i+1))
		le.PutUint32(slot[8:], uint32(len(db)/16))
		head := make([]byte, 16)
		copy(head, "BlbS")
		le.PutUint32(head[4:], uint32(i+1))
		le.PutUint32(head[12:], uint32(len(b)))
		db = append(append(db, head...), b...)
		db = append(db, make([]byte, -len(db)&15)...)
	}
	return db
}

// bdbFile makes a hash database with one value on two overflow pages.
func bdbFile(blob []byte) []byte {
	le := binary.LittleEndian
	db := make([]byte, 512*(2+(len(blob)+485)/486))
	le.PutUint32(db[12:], bdbHashMagic)
	le.PutUint32(db[20:], 512)
	page := db[512:]
	page[25] = bdbHash
	le.PutUint16(page[20:], 2)
	le.PutUint16(page[26:], 510) // a key of one byte, near the page's end
	le.PutUint16(page[28:], 490)
	page[490] = bdbOffPage
	le.PutUint32(page[494:], 2)
	le.PutUint32(page[498:], uint32(len(blob)))
	for n := 2; len(blob) > 0; n++ {
		page := db[512*n:]
		page[25] = bdbOverflow
		k := copy(page[bdbHeader:512], blob)
		if blob = blob[k:]; len(blob) > 0 {
			le.PutUint32(page[16:], uint32(n+1))
		} else {
			le.PutUint16(page[22:], uint16(k))
		}
	}
	return db
}

// sqliteFile makes a database of three kinds of pages: the schema, a table
// with one inner page and one leaf, and overflow pages.
func sqliteFile(blob []byte) []byte {
	be := binary.BigEndian
	const size = 512
	db := make([]byte, 3*size)
	copy(db, "SQLite format 3\x00")
	be.PutUint16(db[16:], size)
	leaf := func(page []byte, head, at int, cell []byte) {
		page[head] = 0x0d
		be.PutUint16(page[head+3:], 1)
		be.PutUint16(page[head+8:], uint16(at))
		copy(page[at:], cell)
	}
	sql := "tablePackagesPackages\x02sql"
	record := append([]byte{6, 13 + 2*5, 13 + 2*8, 13 + 2*8, 1, 13 + 2*3}, sql...)
	leaf(db[:size], 100, 400, append([]byte{byte(len(record)), 1}, record...))
	db[size] = 0x05 // an inner page without cells, whose right child is page 3
	be.PutUint32(db[size+8:], 3)
	head := binaryVarint(uint64(12 + 2*len(blob)))
	record = append(append([]byte{byte(2 + len(head)), 0}, head...), blob...)
	cell := append(binaryVarint(uint64(len(record))), 1)
	n, usable := len(record), size
	local := n
	if most := usable - 35; n > most {
		least := (usable-12)*32/255 - 23
		if local = least + (n-least)%(usable-4); local > most {
			local = least
		}
	}
	cell = append(cell, record[:local]...)
	if local < n {
		cell = be.AppendUint32(cell, 4)
	}
	leaf(db[2*size:], 0, size-len(cell), cell)
	for rest := record[local:]; len(rest) > 0; {
		page := make([]byte, size)
		k := copy(page[4:], rest)
		if rest = rest[k:]; len(rest) > 0 {
			be.PutUint32(page, uint32(len(db)/size+2))
		}
		db = append(db, page...)
	}
	return db
}

func binaryVarint(n uint64) []byte {
	if n < 128 {
		return []byte{byte(n)}
	}
	return append(binaryVarintHigh(n>>7), byte(n&127))
}

func binaryVarintHigh(n uint64) []byte {
	if n < 128 {
		return []byte{byte(n) | 128}
	}
	return append(binaryVarintHigh(n>>7), byte(n&127)|128)
}

func TestRPMDatabases(t *testing.T) {
	long := rpmBlob("long" + strings.Repeat("g", 1500))
	test := func(what string, db []byte, want ...string) {
		t.Helper()
		headers, err := rpmHeaders(db)
		if err != nil {
			t.Errorf("%s: %v", what, err)
		}
		var got []string
		for _, b := range headers {
			h, err := parseRPMHeader(b)
			if err != nil {
				t.Fatalf("%s: %v", what, err)
			}
			got = append(got, fmt.Sprintf("%.6s %s %v %v", h.text(rpmName), h.text(rpmRelease), h.ints(rpmEpoch), h.files()))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", what, got, want)
		}
	}
	const a, l = "a 2.el9 [3] [/usr/bin/a /etc/b]", "longgg 2.el9 [3] [/usr/bin/a /etc/b]"
	test("ndb", ndb(rpmBlob("a"), long), a, l)
	test("bdb", bdbFile(rpmBlob("a")), a)
	test("bdb, long", bdbFile(long), l)
	test("sqlite", sqliteFile(rpmBlob("a")), a)
	test("sqlite, long", sqliteFile(long), l)
	for _, db := range [][]byte{ndb(long), bdbFile(long), sqliteFile(long)} {
		for i := range len(db) { // no cut may crash
			rpmHeaders(db[:i])
		}
	}
	if _, err := rpmHeaders([]byte("hello")); err == nil {
		t.Error("nonsense was read")
	}
}

func FuzzRPM(f *testing.F) {
	for _, b := range [][]byte{ndb(rpmBlob("a")), bdbFile(rpmBlob("a")), sqliteFile(rpmBlob("a")), sqliteFile(rpmBlob(strings.Repeat("x", 3000))), rpmBlob("a")} {
		f.Add(b)
	}
	f.Fuzz(func(_ *testing.T, db []byte) {
		headers, _ := rpmHeaders(db)
		for _, b := range append(headers, db) {
			if h, err := parseRPMHeader(b); err == nil {
				h.files()
				h.texts(rpmRequires)
			}
		}
	})
}

func FuzzLists(f *testing.F) {
	f.Add("Name: a\nRequires-Dist: b\n c\n\nbody")
	f.Add("Package: a\nStatus: install ok installed\nDepends: b,\n c\n\nPackage: d")
	f.Add("P:a\nF:x\nR:y\n\nP:b")
	f.Add("\"a\"\"b\",,\r\nc,,")
	f.Fuzz(func(t *testing.T, text string) {
		parseMetadata(text)
		apkPackage(text)
		md5Paths(text)
		listPaths(text)
		for _, p := range paragraphs(text) {
			debRequires(p)
		}
		for _, p := range recordPaths(text) {
			if p == "" {
				t.Error("empty path")
			}
		}
	})
}

func TestKeep(t *testing.T) {
	test := func(path string, want bool) {
		t.Helper()
		if got := Keep(path, 10); got != want {
			t.Errorf("Keep(%q) = %v", path, got)
		}
	}
	test("/usr/lib/python3/site-packages/a.dist-info/RECORD", true)
	test("/usr/lib/python3/site-packages/a.dist-info/LICENSE", false)
	test("/usr/lib/python3/site-packages/a.egg-info", true)
	test("/usr/lib/python3/site-packages/a.egg-info/PKG-INFO", true)
	test("/var/lib/dpkg/status", true)
	test("/var/lib/dpkg/status-old", false)
	test("/var/lib/dpkg/status.d/libc6", true)
	test("/var/lib/dpkg/info/libc6:amd64.list", true)
	test("/var/lib/dpkg/info/libc6.md5sums", false)
	test("/lib/apk/db/installed", true)
	test("/opt/installed", false)
	test("/var/lib/rpm/Packages", true)
	test("/usr/lib/sysimage/rpm/rpmdb.sqlite", true)
	test("/opt/Packages", false)
	test("/srv/node_modules/a/package.json", true)
	test("/srv/node_modules/@s/a/package.json", true)
	test("/srv/node_modules/a/test/package.json", false)
	test("/srv/node_modules/a@1/package.json", false)
	test("/node_modules/@s/package.json", false)
	test("/package.json", false)
	test("/etc/os-release", true)
	test("", false)
}
