package layer

import (
	"archive/tar"
	"bytes"
	"debug/elf"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// elfWant reads what [Binary] promises with the standard library's reader.
func elfWant(t *testing.T, data []byte) Binary {
	t.Helper()
	f, err := elf.NewFile(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	b := Binary{Format: ELF, Machine: uint16(f.Machine), Sections: true}
	for _, s := range f.Sections {
		switch {
		case s.Type == elf.SHT_NOBITS:
		case strings.HasPrefix(s.Name, ".debug_"), strings.HasPrefix(s.Name, ".zdebug_"), strings.HasPrefix(s.Name, ".stab"), s.Name == ".gdb_index":
			b.Debug += int64(s.FileSize)
		case s.Type == elf.SHT_SYMTAB && (f.Type == elf.ET_EXEC || f.Type == elf.ET_DYN):
			b.Symbols += int64(s.FileSize + f.Sections[s.Link].FileSize)
		}
	}
	return b
}

// readPieces indexes a tar archive that arrives in pieces of n bytes.
func readPieces(t *testing.T, archive []byte, n int) *Index {
	t.Helper()
	x := &Index{Looked: true}
	b := newBuilder(x)
	opts := ReadOptions{Limits: Limits{}.withDefaults()}
	w := newWalker(b, &opts)
	for len(archive) > 0 {
		k := min(n, len(archive))
		if err := w.write(archive[:k]); err != nil {
			t.Fatal(err)
		}
		archive = archive[k:]
	}
	if err := w.close(); err != nil {
		t.Fatal(err)
	}
	return b.finish()
}

func tarFile(name string, data []byte) []byte {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	if err := w.WriteHeader(&tar.Header{Name: name, Size: int64(len(data)), Mode: 0o755}); err != nil {
		panic(err)
	}
	w.Write(data)
	w.Close()
	return b.Bytes()
}

// TestBinary looks at a library with debug sections and symbols, in pieces of
// all sorts of sizes.
func TestBinary(t *testing.T) {
	if _, err := exec.LookPath("gcc"); err != nil {
		t.Skip("there is no gcc to make a library with")
	}
	dir := t.TempDir()
	source, library := filepath.Join(dir, "x.c"), filepath.Join(dir, "x.so")
	if err := os.WriteFile(source, []byte("int f(int x) { return x + 1; }\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, flags := range []string{"-g", "-s", "-g -gz"} {
		args := append(strings.Fields(flags), "-shared", "-fPIC", "-o", library, source)
		if out, err := exec.Command("gcc", args...).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		data, err := os.ReadFile(library)
		if err != nil {
			t.Fatal(err)
		}
		want := elfWant(t, data)
		if debug := strings.HasPrefix(flags, "-g"); debug != (want.Debug > 0) || debug != (want.Symbols > 0) {
			t.Fatalf("gcc %s made %+v", flags, want)
		}
		for _, n := range []int{len(data) * 2, 4096, 511, 37} {
			if got, ok := readPieces(t, tarFile("p", data), n).Binary(0); !ok || got != want {
				t.Errorf("gcc %s in pieces of %d bytes: %+v, want %+v", flags, n, got, want)
			}
		}
	}
}

// TestBinaryNamesBehind has the names of sections behind their table, as some
// tools that rewrite libraries leave them, and too far before it.
func TestBinaryNamesBehind(t *testing.T) {
	names := "\x00.debug_info\x00.shstrtab\x00"
	build := func(tableAt, namesAt, size int, le binary.ByteOrder) []byte {
		b := make([]byte, size)
		copy(b, "\x7fELF\x02\x01\x01")
		if le == binary.BigEndian {
			b[5] = 2
		}
		le.PutUint16(b[16:], 3)
		le.PutUint16(b[18:], 62)
		le.PutUint64(b[40:], uint64(tableAt))
		le.PutUint16(b[58:], 64)
		le.PutUint16(b[60:], 3)
		le.PutUint16(b[62:], 2)
		section := func(i, name, kind, off, n int) {
			s := b[tableAt+64*i:]
			le.PutUint32(s, uint32(name))
			le.PutUint32(s[4:], uint32(kind))
			le.PutUint64(s[24:], uint64(off))
			le.PutUint64(s[32:], uint64(n))
		}
		section(1, 1, 1, 64, 1000)
		section(2, 13, 3, namesAt, len(names))
		copy(b[namesAt:], names)
		return b
	}
	test := func(tableAt, namesAt int, want Binary) {
		t.Helper()
		want.Format, want.Machine = ELF, 62
		for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
			got, ok := readPieces(t, tarFile("p", build(tableAt, namesAt, 40_000, order)), 100).Binary(0)
			if !ok || got != want || got.Arch() != "amd64" {
				t.Errorf("table at %d, names at %d, %v: %+v, want %+v", tableAt, namesAt, order, got, want)
			}
		}
	}
	test(20_000, 19_000, Binary{Sections: true, Debug: 1000})
	test(20_000, 30_000, Binary{Sections: true, Debug: 1000})
	test(64, 39_000, Binary{Sections: true, Debug: 1000})
	test(39_000, 2_000, Binary{}) // never seen again once they went by
}

// TestBinaryOther knows other forms by their first bytes, and what only looks
// like one.
func TestBinaryOther(t *testing.T) {
	test := func(head string, want Format) {
		t.Helper()
		got, ok := readPieces(t, tarFile("p", append([]byte(head), make([]byte, 100)...)), 10).Binary(0)
		if ok != (want != 0) || got.Format != want {
			t.Errorf("%q: %+v, %v, want %d", head, got, ok, want)
		}
	}
	test("MZ\x90\x00", PE)
	test("\xcf\xfa\xed\xfe\x07\x00\x00\x01", MachO)
	test("\xca\xfe\xba\xbe\x00\x00\x00\x02", MachO)
	test("\xca\xfe\xba\xbe\x00\x00\x00\x37", 0) // a class of Java
	test("\x7fELF\x09", 0)
	test("Mzzz", 0)
	test("#!/bin/sh", 0)
}

// TestBinaryCodec keeps what was found through the cache, and reads what an
// older version wrote as not looked at.
func TestBinaryCodec(t *testing.T) {
	var archive []byte
	for i := range 5 {
		head := "text"
		if i%2 == 1 {
			head = "MZ"
		}
		archive = append(archive, tarFile(fmt.Sprint(i), append([]byte(head), make([]byte, 600)...))[:512+1024]...)
	}
	x := readPieces(t, archive, 1000)
	y, err := Decode(x.Encode())
	if err != nil {
		t.Fatal(err)
	}
	for i := range x.Len() {
		_, want := x.Binary(i)
		if _, got := y.Binary(i); got != want || want != (i%2 == 1) {
			t.Errorf("entry %d: compiled code %v, then %v", i, want, got)
		}
	}
	if !y.Looked {
		t.Error("a decoded index was not looked at")
	}
}

// FuzzBinary reads files that begin as compiled code does.
func FuzzBinary(f *testing.F) {
	f.Add([]byte("\x7fELF\x02\x01\x01"), 64, 64)
	f.Add([]byte("\x7fELF\x01\x02\x01"), 52, 40)
	f.Fuzz(func(t *testing.T, data []byte, table, entry int) {
		if len(data) < 64 {
			data = append(data, make([]byte, 64-len(data))...)
		}
		copy(data, "\x7fELF")
		binary.LittleEndian.PutUint64(data[40:], uint64(table))
		binary.LittleEndian.PutUint16(data[58:], uint16(entry))
		b, ok := readPieces(t, tarFile("p", data), 100).Binary(0)
		if ok && (b.Debug < 0 || b.Symbols < 0 || b.Debug+b.Symbols > int64(len(data))) {
			t.Errorf("%+v of %d bytes", b, len(data))
		}
	})
}
