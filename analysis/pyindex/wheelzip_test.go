package pyindex

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"weighline/analysis/pyindex/indextest"
)

// readZip reads the directory of a whole zip.
func readZip(data []byte) ([]zipEntry, error) {
	size := int64(len(data))
	e, err := findEnd(data, 0, size)
	if err == nil && e.more > 0 {
		if e.more > size {
			return nil, errLyingZ
		}
		e, err = e.zip64(data[e.more:])
	}
	if err != nil {
		return nil, err
	}
	return readEntries(data[e.offset:e.offset+e.size], e)
}

func makeZip(t testing.TB, comment string, files ...string) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range files {
		f, err := z.Create(name)
		if err == nil {
			_, err = f.Write(bytes.Repeat([]byte("x"), 1000))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.SetComment(comment); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// as64 turns the end of a zip into one whose numbers stand in the zip64 record.
func as64(data []byte) []byte {
	i := len(data) - endLen
	end := bytes.Clone(data[i:])
	out := bytes.Clone(data[:i])
	at := uint64(len(out))
	out = append(out, "PK\x06\x06"...)
	out = binary.LittleEndian.AppendUint64(out, end64Len-12)
	out = append(out, make([]byte, 20)...)
	out = binary.LittleEndian.AppendUint64(out, uint64(le.Uint16(end[10:])))
	out = binary.LittleEndian.AppendUint64(out, uint64(le.Uint32(end[12:])))
	out = binary.LittleEndian.AppendUint64(out, uint64(le.Uint32(end[16:])))
	out = append(out, "PK\x06\x07\x00\x00\x00\x00"...)
	out = binary.LittleEndian.AppendUint64(out, at)
	out = append(out, 1, 0, 0, 0)
	for i := 8; i < 20; i++ {
		end[i] = 0xff
	}
	return append(out, end...)
}

func TestZipDirectory(t *testing.T) {
	plain := makeZip(t, "", "a/b.py", "c.so")
	for name, data := range map[string][]byte{"plain": plain, "comment": makeZip(t, "PK\x05\x06 is in the comment too", "a/b.py", "c.so"), "zip64": as64(plain)} {
		list, err := readZip(data)
		if err != nil || len(list) != 2 || list[1].name != "c.so" || list[1].plain != 1000 {
			t.Errorf("%s: %v, %v", name, list, err)
		}
	}
}

// TestZipLies meets directories that cannot be true.
func TestZipLies(t *testing.T) {
	at := func(data []byte, magic string) int { return bytes.Index(data, []byte(magic)) }
	test := func(name string, change func(d []byte) []byte, want error) {
		t.Helper()
		if list, err := readZip(change(makeZip(t, "", "a/b.py", "c.so"))); !errors.Is(err, want) {
			t.Errorf("%s: %v, %v", name, list, err)
		}
	}
	test("cut off", func(d []byte) []byte { return d[:len(d)-1] }, errNoZip)
	test("empty", func([]byte) []byte { return nil }, errNoZip)
	test("huge file", func(d []byte) []byte { le.PutUint32(d[at(d, "PK\x01\x02")+24:], 1<<31); return d }, errLyingZ)
	test("packed larger than the zip", func(d []byte) []byte { le.PutUint32(d[at(d, "PK\x01\x02")+20:], 1<<20); return d }, errLyingZ)
	test("offset behind the end", func(d []byte) []byte { le.PutUint32(d[at(d, "PK\x01\x02")+42:], 1<<30); return d }, errLyingZ)
	test("too many entries", func(d []byte) []byte { le.PutUint16(d[len(d)-12:], 2000); return d }, errLyingZ)
	test("too few entries", func(d []byte) []byte { le.PutUint16(d[len(d)-12:], 1); return d }, errLyingZ)
	test("directory behind the end", func(d []byte) []byte { le.PutUint32(d[len(d)-6:], 1<<30); return d }, errLyingZ)
	test("name longer than the directory", func(d []byte) []byte { le.PutUint16(d[at(d, "PK\x01\x02")+28:], 60000); return d }, errLyingZ)
	test("zip64 leads nowhere", func(d []byte) []byte {
		d = as64(d)
		le.PutUint64(d[at(d, "PK\x06\x07")+8:], 1<<62)
		return d
	}, errLyingZ)
	test("zip64 with impossible numbers", func(d []byte) []byte {
		d = as64(d)
		le.PutUint64(d[at(d, "PK\x06\x06")+40:], 1<<63)
		return d
	}, errLyingZ)
}

// TestLyingWheel keeps the estimate, in one sentence.
func TestLyingWheel(t *testing.T) {
	data := makeZip(t, "", "demo/a.py")
	le.PutUint32(data[bytes.Index(data, []byte("PK\x01\x02"))+24:], 1<<31)
	x := indextest.Serve(t, indextest.Wheel{File: "demo-1-py3-none-any.whl", Data: data}, indextest.Wheel{File: "demo-2-py3-none-any.whl", Data: make([]byte, 100_000)})
	c := client(t, ClientOptions{Indexes: []string{x.URL}})
	for file, part := range map[string]string{"demo-1-py3-none-any.whl": "contradicts itself", "demo-2-py3-none-any.whl": "no directory at its end"} {
		f, _ := c.File(t.Context(), "demo", file)
		if _, err := c.Contents(t.Context(), f); err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%s: error %v, want one with %q", file, err, part)
		}
	}
}

// TestLargeDirectory asks twice: for the tail, then for the rest.
func TestLargeDirectory(t *testing.T) {
	content := map[string]int{}
	for i := range 2000 {
		content["demo/"+strings.Repeat("m", 20)+string(rune('a'+i%26))+strings.Repeat("n", i/26)+".py"] = 10
	}
	x := indextest.Serve(t, indextest.Wheel{File: "demo-1-py3-none-any.whl", Content: content})
	c := client(t, ClientOptions{Indexes: []string{x.URL}})
	f, _ := c.File(t.Context(), "demo", "demo-1-py3-none-any.whl")
	got, err := c.Contents(t.Context(), f)
	if err != nil || got.Files != 2001 {
		t.Fatalf("%+v, %v", got, err)
	}
	if n := len(x.Requests()); n != 3 {
		t.Errorf("requests = %q", x.Requests())
	}
}

func FuzzZip(f *testing.F) {
	plain := makeZip(f, "x", "a/b.py", "c.so")
	f.Add(plain)
	f.Add(as64(makeZip(f, "", "a.py")))
	f.Add(plain[len(plain)-endLen:])
	f.Fuzz(func(t *testing.T, data []byte) {
		list, err := readZip(data)
		if err != nil {
			return
		}
		if x := describe(list); x.Unpacked < 0 || x.Unpacked > int64(len(data))*deflateRatio*2 && !strange(list) {
			t.Errorf("%d bytes unpacked from %d", x.Unpacked, len(data))
		}
	})
}

// strange reports whether a zip has files of other methods than wheels have.
func strange(list []zipEntry) bool {
	for _, e := range list {
		if e.method != 0 && e.method != 8 {
			return true
		}
	}
	return false
}

func FuzzPage(f *testing.F) {
	f.Add("application/json", `{"meta":{"api-version":"1.1"},"files":[{"filename":"a-1-py3-none-any.whl","url":"a.whl","hashes":{"sha256":"0"},"yanked":"x","core-metadata":true,"size":1}]}`)
	f.Add("text/html", `<base href="x/"><a href="a-1.tar.gz#sha256=0" data-yanked data-requires-python="&gt;=3">a</a>`)
	f.Fuzz(func(t *testing.T, kind, body string) {
		files, err := parsePage(&document{url: "https://host/simple/a/", kind: kind, body: []byte(body)})
		if err != nil {
			return
		}
		for _, r := range group("a", "https://host/simple", files) {
			for _, f := range r.Files {
				if !strings.HasPrefix(f.URL, "http") {
					t.Errorf("URL %q", f.URL)
				}
			}
		}
	})
}

func FuzzMetadata(f *testing.F) {
	f.Add([]byte("Name: a\nRequires-Dist: b>=1; extra == 'x'\nProvides-Extra: x\nRequires-Python: >=3.8\n\ntext"))
	f.Fuzz(func(_ *testing.T, text []byte) { _, _ = ReadMetadata(text) })
}

func FuzzSettings(f *testing.F) {
	f.Add("[global]\nindex-url = https://x/simple\nextra-index-url =\n  https://y\n  https://z\n")
	f.Fuzz(func(_ *testing.T, text string) {
		readINI(text, map[string]string{})
		newKeys(func(string) string { return "" }).netrc(text)
	})
}

// FuzzJSON accepts what encoding/json accepts.
func FuzzJSON(f *testing.F) {
	f.Add([]byte(`{"a": [1, -2.5e3, true, null, "x\"\\"], "b": {"c": {}}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		s := &jsonScanner{text: text}
		err := s.skip()
		if err == nil && s.peek() != 0 {
			err = s.fail()
		}
		if json.Valid(text) && err != nil && !strings.Contains(err.Error(), "deeply") && !bytes.Contains(text, []byte("e")) && !bytes.Contains(text, []byte("E")) {
			t.Errorf("%q: %v", text, err)
		}
	})
}
