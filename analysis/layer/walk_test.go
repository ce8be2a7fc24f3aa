package layer

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"testing"

	"github.com/zeebo/xxh3"
)

// walkAll pushes a stream into a walker in pieces of n bytes.
func walkAll(b []byte, n int, opts ReadOptions) (*Index, error) {
	opts.Limits = opts.Limits.withDefaults()
	bd := newBuilder(&Index{})
	w := newWalker(bd, &opts)
	var err error
	for len(b) > 0 && err == nil {
		k := min(n, len(b))
		err = w.write(b[:k])
		b = b[k:]
	}
	if err == nil {
		err = w.close()
	}
	return bd.finish(), err
}

// entryLine is how the tests compare entries.
func entryLine(k Kind, name, link string, size int64, perm int64, hash uint64) string {
	return fmt.Sprintf("%s %q %q %d %o %x", k, name, link, size, perm&0o7777, hash)
}

func indexLines(x *Index) []string {
	var lines []string
	for i := range x.Len() {
		lines = append(lines, entryLine(x.Kind(i), x.Path(i), x.Link(i), x.Size(i), int64(x.Perm(i)), x.hash[i]))
	}
	return lines
}

// oracleLines reads an archive with archive/tar. ok is false when the archive
// is one of those that the two must not agree on.
func oracleLines(b []byte) (lines []string, err error, ok bool) {
	r := tar.NewReader(bytes.NewReader(b))
	for {
		h, err := r.Next()
		if err != nil {
			return lines, err, true
		}
		p := path.Clean("/" + h.Name)
		base := path.Base(p)
		k, link, size := Device, "", int64(0)
		switch h.Typeflag {
		case tar.TypeReg, tar.TypeCont, tar.TypeGNUSparse:
			k, size = File, h.Size
		case tar.TypeDir:
			k = Dir
		case tar.TypeSymlink:
			k, link = Symlink, h.Linkname
		case tar.TypeLink:
			k, link = Hardlink, path.Clean("/"+h.Linkname)
		case tar.TypeXGlobalHeader, 'X':
			return nil, nil, false // archive/tar lets the caller apply them
		}
		if len(h.Name) > 32<<10 || len(h.Linkname) > 32<<10 || size > 1<<24 || strings.ContainsRune(h.Name+h.Linkname, 0) {
			return nil, nil, false
		}
		if p == "/" {
			continue
		}
		var sum uint64
		if strings.HasPrefix(base, ".wh.") {
			k, link, size = whiteoutKind([]byte(base)), "", 0
		} else if k == File {
			content, err := io.ReadAll(r)
			if err != nil {
				return lines, err, true
			}
			sum = xxh3.Hash(content)
		}
		lines = append(lines, entryLine(k, p, link, size, h.Mode, sum))
	}
}

// compareWithOracle checks that all entries which archive/tar accepts are read
// alike, whatever the pieces.
func compareWithOracle(t *testing.T, b []byte) {
	t.Helper()
	want, wantErr, ok := oracleLines(b)
	if !ok {
		return
	}
	for _, piece := range []int{1 << 20, 512, 700, 13} {
		x, err := walkAll(b, piece, ReadOptions{})
		var limit *LimitError
		if errors.As(err, &limit) {
			return
		}
		got := indexLines(x)
		if len(got) < len(want) || wantErr == io.EOF && len(got) != len(want) {
			t.Fatalf("in pieces of %d: %d entries (%v), archive/tar has %d (%v)", piece, len(got), err, len(want), wantErr)
		}
		for i := range want {
			if got[i] != want[i] {
				t.Fatalf("in pieces of %d: entry %d = %s, archive/tar has %s", piece, i, got[i], want[i])
			}
		}
	}
}

// archives returns tar archives of all formats.
func archives() [][]byte {
	var all [][]byte
	long := strings.Repeat("long/", 40) + "name"
	for _, f := range []tar.Format{tar.FormatUSTAR, tar.FormatPAX, tar.FormatGNU} {
		var b bytes.Buffer
		w := tar.NewWriter(&b)
		add := func(h tar.Header, body string) {
			h.Format, h.Size = f, int64(len(body))
			if err := w.WriteHeader(&h); err == nil {
				io.WriteString(w, body)
			}
		}
		add(tar.Header{Name: "./", Typeflag: tar.TypeDir, Mode: 0o755}, "")
		add(tar.Header{Name: "./dir/", Typeflag: tar.TypeDir, Mode: 0o1777}, "")
		add(tar.Header{Name: "dir/empty", Typeflag: tar.TypeReg, Mode: 0o4755}, "")
		add(tar.Header{Name: "dir/block", Typeflag: tar.TypeReg, Mode: 0o644}, strings.Repeat("x", 512))
		add(tar.Header{Name: "dir/large", Typeflag: tar.TypeReg, Mode: 0o644}, strings.Repeat("y", 3000))
		add(tar.Header{Name: strings.Repeat("p/", 60) + "prefix", Typeflag: tar.TypeReg, Mode: 0o644}, "prefix")
		add(tar.Header{Name: long, Typeflag: tar.TypeReg, Mode: 0o644}, "long")
		add(tar.Header{Name: "umlaut-ä-" + long, Typeflag: tar.TypeReg, Mode: 0o644, Uid: 1 << 30}, "ä")
		add(tar.Header{Name: "link", Linkname: long + "-target", Typeflag: tar.TypeSymlink, Mode: 0o777}, "")
		add(tar.Header{Name: "hard", Linkname: "./dir//large", Typeflag: tar.TypeLink, Mode: 0o644}, "")
		add(tar.Header{Name: "fifo", Typeflag: tar.TypeFifo, Mode: 0o600}, "")
		add(tar.Header{Name: "null", Typeflag: tar.TypeChar, Devmajor: 1, Devminor: 3, Mode: 0o666}, "")
		add(tar.Header{Name: "dir/.wh.gone", Typeflag: tar.TypeReg}, "")
		add(tar.Header{Name: "dir/.wh..wh..opq", Typeflag: tar.TypeReg}, "")
		w.Close()
		all = append(all, b.Bytes())
	}
	return append(all, sparseArchives()...)
}

// rawHeader makes a header block by hand, for what archive/tar cannot write.
func rawHeader(name string, typ byte, size int64, change func(h []byte)) []byte {
	h := make([]byte, 512)
	copy(h, name)
	copy(h[100:], "0000644\x00")
	copy(h[124:], fmt.Sprintf("%011o\x00", size))
	h[156] = typ
	copy(h[257:], "ustar\x0000")
	if change != nil {
		change(h)
	}
	return sealed(h)
}

// sealed sets the checksum.
func sealed(h []byte) []byte {
	copy(h[148:], "        ")
	sum := 0
	for _, c := range h {
		sum += int(c)
	}
	copy(h[148:], fmt.Sprintf("%06o\x00 ", sum))
	return h
}

func padded(b string) []byte { return append([]byte(b), make([]byte, padding(int64(len(b))))...) }

func paxHeader(records ...string) []byte {
	body := ""
	for _, r := range records {
		n := len(r) + 3
		for len(fmt.Sprintf("%d %s\n", n, r)) != n {
			n++
		}
		body += fmt.Sprintf("%d %s\n", n, r)
	}
	return append(rawHeader("pax", 'x', int64(len(body)), nil), padded(body)...)
}

// sparseArchives returns one file, "ab", 1000 zeros, "cd", 98 zeros, in each of the formats.
func sparseArchives() [][]byte {
	end := make([]byte, 1024)
	old := rawHeader("sparse", 'S', 4, func(h []byte) {
		copy(h[257:], "ustar  \x00")
		copy(h[386:], fmt.Sprintf("%011o\x00%011o\x00", 0, 2))
		copy(h[410:], fmt.Sprintf("%011o\x00%011o\x00", 1002, 2))
		copy(h[434:], fmt.Sprintf("%011o\x00%011o\x00", 1102, 0))
		copy(h[483:], fmt.Sprintf("%011o\x00", 1102))
	})
	extended := rawHeader("sparse", 'S', 4, func(h []byte) {
		copy(h[257:], "ustar  \x00")
		for i := range int64(4) {
			copy(h[386+24*i:], fmt.Sprintf("%011o\x00%011o\x00", 0, 0))
		}
		h[482] = 1
		copy(h[483:], fmt.Sprintf("%011o\x00", 1102))
	})
	ext := make([]byte, 512)
	copy(ext, fmt.Sprintf("%011o\x00%011o\x00%011o\x00%011o\x00", 0, 2, 1002, 2))
	data := padded("abcd")
	join := func(parts ...[]byte) []byte { return bytes.Join(append(parts, end), nil) }
	return [][]byte{
		join(old, data),
		join(extended, ext, data),
		join(paxHeader("GNU.sparse.size=1102", "GNU.sparse.numblocks=2", "GNU.sparse.offset=0", "GNU.sparse.numbytes=2",
			"GNU.sparse.offset=1002", "GNU.sparse.numbytes=2"), rawHeader("sparse", '0', 4, nil), data),
		join(paxHeader("GNU.sparse.size=1102", "GNU.sparse.numblocks=2", "GNU.sparse.map=0,2,1002,2", "GNU.sparse.name=sparse"),
			rawHeader("GNUSparseFile.0/sparse", '0', 4, nil), data),
		join(paxHeader("GNU.sparse.major=1", "GNU.sparse.minor=0", "GNU.sparse.name=sparse", "GNU.sparse.realsize=1102"),
			rawHeader("GNUSparseFile.0/sparse", '0', 516, nil), padded("2\n0\n2\n1002\n2\n"), data),
	}
}

func TestWalkOracle(t *testing.T) {
	for i, b := range archives() {
		want, err, ok := oracleLines(b)
		if err != io.EOF || !ok || len(want) == 0 {
			t.Fatalf("archive %d: archive/tar says %v after %d entries", i, err, len(want))
		}
		compareWithOracle(t, b)
	}
}

func TestSparse(t *testing.T) {
	content := "ab" + strings.Repeat("\x00", 1000) + "cd" + strings.Repeat("\x00", 98)
	for i, b := range sparseArchives() {
		x, err := walkAll(b, 512, ReadOptions{})
		if err != nil || x.Len() != 1 {
			t.Fatalf("archive %d: %v", i, err)
		}
		if x.Path(0) != "/sparse" || x.Size(0) != 1102 || x.Hash(0) != xxh3.HashString(content) || x.ContentBytes != 1102 {
			t.Errorf("archive %d: %v, problems %q", i, indexLines(x), x.Problems)
		}
	}
}

func TestWalkBad(t *testing.T) {
	good := tarOf("a=1", "b=22")
	test := func(name string, b []byte, entries int, want string) {
		t.Helper()
		x, err := walkAll(b, 1000, ReadOptions{Limits: Limits{Entries: 50, Names: 4096}})
		got := "nil"
		if err != nil {
			got = err.Error()
		} else if len(x.Problems) > 0 {
			got = x.Problems[0]
		}
		if x.Len() != entries || !strings.Contains(got, want) {
			t.Errorf("%s: %d entries, %s; want %d, %s", name, x.Len(), got, entries, want)
		}
	}
	change := func(b []byte, at int, s string) []byte {
		b = bytes.Clone(b)
		copy(b[at:], s)
		return b
	}
	test("nothing", nil, 0, "nil")
	test("only the end", make([]byte, 1024), 0, "nil")
	test("no end", good[:2048], 2, "nil")
	test("data behind the end", append(bytes.Clone(good), "garbage"...), 2, "nil")
	test("no tar", []byte(strings.Repeat("hello ", 200)), 0, "no tar archive")
	test("JSON", []byte(`{"schemaVersion":2}`), 0, "middle of a header")
	test("second header damaged", change(good, 1024, "xxx"), 1, "byte 1024: damaged header")
	test("cut in a header", good[:1100], 1, "middle of a header")
	test("cut in a file", tarOf("a=1", "b="+strings.Repeat("x", 600))[:1600], 1, "middle of a file")
	test("negative size", append(rawHeader("a", '0', 0, func(h []byte) { copy(h[124:], strings.Repeat("\xff", 12)) }), good...), 0, "impossible size")
	test("huge size", append(rawHeader("a", '0', 0, func(h []byte) { copy(h[124:], "\x80\x00\x00\x00\x7f\xff\xff\xff\xff\xff\xff\xff") }), good...), 0, "impossible size")
	test("size that is no number", append(rawHeader("a", '0', 0, func(h []byte) { copy(h[124:], "99999999999\x00") }), good...), 0, "impossible size")
	test("huge size of a device", append(rawHeader("a", 'Z', 0, func(h []byte) { copy(h[124:], "\x80\x00\x00\x00\x7f\xff\xff\xff\xff\xff\xff\xff") }), good...), 1, "impossible size")
	test("giant pax header", append(rawHeader("a", 'x', 1<<30, nil), good...), 0, "more than 1048576 bytes in an extended header")
	test("giant long name", append(rawHeader("a", 'L', 1<<30, nil), good...), 0, "more than 1048576 bytes in an extended header")
	test("damaged pax record", append(append(rawHeader("a", 'x', 10, nil), padded("99 path=a\n")...), good...), 2, "record is damaged")
	test("negative pax size", append(paxHeader("size=-1"), good...), 0, "impossible size")
	test("long path", append(paxHeader("path="+strings.Repeat("x/", 20000)), good...), 1, "longer than 32768")
	test("sparse of another program", append(rawHeader("a", 'S', 0, nil), good...), 3, "format of another program")
	test("sparse file that contradicts itself", append(append(paxHeader("GNU.sparse.size=10", "GNU.sparse.map=5,1,3,1"), rawHeader("a", '0', 2, nil)...), append(padded("ab"), good...)...), 3, "contradicts itself")
	test("sparse file of any size", append(append(paxHeader("GNU.sparse.size=9000000000000000000", "GNU.sparse.map=0,0"), rawHeader("a", '0', 0, nil)...), good...), 0, "impossible size")
	test("holes of any size", append(append(paxHeader("GNU.sparse.size=90000000000000", "GNU.sparse.map=0,0"), rawHeader("a", '0', 0, nil)...), good...), 3, "too large to be hashed")
	test("sparse map cut", append(paxHeader("GNU.sparse.major=1", "GNU.sparse.minor=0", "GNU.sparse.realsize=1"), rawHeader("a", '0', 0, nil)...), 0, "middle of a header")
	test("sparse map without numbers", append(append(paxHeader("GNU.sparse.major=1", "GNU.sparse.minor=0", "GNU.sparse.realsize=1"), rawHeader("a", '0', 512, nil)...), padded("hello\n")...), 0, "damaged map")
	test("too many entries", tarOf(strings.Fields(strings.Repeat("a= ", 60))...), 50, "more than 50 entries")
	test("too many bytes of names", tarOf(strings.Fields(strings.Repeat(strings.Repeat("n", 90)+"= ", 49))...), 46, "more than 4096 bytes of names")
}

// V7 archives mark a directory by its slash, and a hard link may claim a size.
func TestWalkOld(t *testing.T) {
	v7 := func(name string, typ byte, size int64) []byte {
		return rawHeader(name, typ, size, func(h []byte) { copy(h[257:], make([]byte, 255)) })
	}
	b := bytes.Join([][]byte{v7("d/", 0, 0), v7("d/f", 0, 3), padded("abc"), v7("g", '7', 2), padded("xy"), rawHeader("h", '1', 77, func(h []byte) { copy(h[157:], "d/f") }), make([]byte, 1024)}, nil)
	compareWithOracle(t, b)
	x, err := walkAll(b, 512, ReadOptions{})
	if err != nil || x.Counts != (Counts{Entries: 4, Files: 2, Dirs: 1, Hardlinks: 1}) || x.Link(3) != "/d/f" {
		t.Errorf("%v, %+v, %v", err, x.Counts, indexLines(x))
	}
	// A global header names what follows, until an entry says otherwise.
	g := append(rawHeader("g", 'g', 16, nil), padded("16 path=globals\n")...)
	x, err = walkAll(append(append(g, rawHeader("a", '0', 0, nil)...), append(paxHeader("path=own"), rawHeader("b", '0', 0, nil)...)...), 512, ReadOptions{})
	if err != nil || x.Len() != 2 || x.Path(0) != "/globals" || x.Path(1) != "/own" {
		t.Errorf("global header: %v, %v", err, indexLines(x))
	}
}

func FuzzWalk(f *testing.F) {
	for _, b := range archives() {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		// Checksums are set right: no fuzzer would find them.
		b = bytes.Clone(b)
		for i := 0; i+512 <= len(b); i += 512 {
			if h := b[i : i+512]; h[257] == 'u' || h[148] == '0' && h[154] == 0 {
				if isGNU(h) {
					clear(h[345:369]) // archive/tar allows for a bug of its own in these times
				}
				sealed(h)
			}
		}
		compareWithOracle(t, b)
	})
}
