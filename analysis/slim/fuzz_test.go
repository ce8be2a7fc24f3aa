package slim

import (
	"archive/tar"
	"bytes"
	"errors"
	"io"
	"path"
	"reflect"
	"strings"
	"testing"

	"weighline/analysis/layer"
)

// rewritten passes a tar stream through a rewriter.
func rewritten(t testing.TB, stream []byte, cut *LayerCut) ([]byte, error) {
	t.Helper()
	var out bytes.Buffer
	rw := &rewriter{out: &out, fates: cut.fates, edits: cut.edits}
	if _, err := layer.Read(t.Context(), bytes.NewReader(stream), layer.ReadOptions{Parts: rw}); err != nil {
		return nil, err
	}
	err := rw.end()
	return out.Bytes(), err
}

// headers reads a tar with archive/tar.
func headers(b []byte) (all []*seen, err error) {
	for r := tar.NewReader(bytes.NewReader(b)); ; {
		h, err := r.Next()
		if err == io.EOF {
			return all, nil
		}
		if err != nil {
			return all, err
		}
		body, err := io.ReadAll(r)
		if err != nil {
			return all, err
		}
		all = append(all, &seen{*h, string(body)})
	}
}

func every(w *tar.Writer) error {
	long := strings.Repeat("long/", 30) + "name"
	for _, h := range []*tar.Header{
		{Name: "./", Typeflag: tar.TypeDir, Mode: 0o755},
		{Name: "dir/", Typeflag: tar.TypeDir, Mode: 0o1777, Uid: 5, Gid: 6},
		{Name: "dir/file", Typeflag: tar.TypeReg, Mode: 0o4755, Uid: 3_000_000, Size: 700},
		{Name: "dir/xattr", Typeflag: tar.TypeReg, Size: 3, PAXRecords: map[string]string{"SCHILY.xattr.security.capability": "\x01\x00\x02", "SCHILY.xattr.user.a": "ä=b\n"}},
		{Name: long, Typeflag: tar.TypeReg, Size: 512, Format: tar.FormatGNU},
		{Name: "pax/" + long, Typeflag: tar.TypeReg, Size: 1, Format: tar.FormatPAX},
		{Name: "dir/hard", Linkname: "dir/file", Typeflag: tar.TypeLink},
		{Name: "dir/hardlong", Linkname: long, Typeflag: tar.TypeLink, Format: tar.FormatGNU},
		{Name: "dir/soft", Linkname: "../" + long, Typeflag: tar.TypeSymlink},
		{Name: "dev/null", Typeflag: tar.TypeChar, Devmajor: 1, Devminor: 3},
		{Name: "dir/.wh.gone", Typeflag: tar.TypeReg},
	} {
		if err := w.WriteHeader(h); err != nil {
			return err
		}
		if _, err := w.Write(bytes.Repeat([]byte("x"), int(h.Size))); err != nil {
			return err
		}
	}
	return w.Close()
}

// FuzzRewrite leaves entries of made-up archives out and compares what is left
// with archive/tar: the same headers and contents, in the same order.
func FuzzRewrite(f *testing.F) {
	var buf bytes.Buffer
	if err := every(tar.NewWriter(&buf)); err != nil {
		f.Fatal(err)
	}
	f.Add(buf.Bytes(), uint64(0))
	f.Add(buf.Bytes(), uint64(0b1010101010))
	f.Add(oldSparse(), uint64(2))
	f.Fuzz(func(t *testing.T, stream []byte, mask uint64) {
		x, err := layer.Read(t.Context(), bytes.NewReader(stream), layer.ReadOptions{})
		if err != nil || x.Compression != "none" {
			return
		}
		want, err := headers(stream)
		if err != nil {
			return // the walker reads some things that archive/tar refuses
		}
		cut := &LayerCut{Entries: x.Len(), fates: make([]fate, x.Len()), edits: map[int]edit{}}
		for i := range cut.fates {
			if mask>>(i%64)&1 == 1 {
				cut.fates[i] = goes
			}
		}
		got, err := rewritten(t, stream, cut)
		if err != nil {
			t.Fatalf("a stream that was read is not written: %v", err)
		}
		kept, err := headers(got)
		if err != nil {
			t.Fatalf("archive/tar does not read what was written: %v", err)
		}
		for _, k := range kept {
			for len(want) > 0 && !(reflect.DeepEqual(want[0].h, k.h) && want[0].body == k.body) {
				want = want[1:]
			}
			if len(want) == 0 {
				t.Fatalf("%+v was not there before, or not in this order", k.h)
			}
			want = want[1:]
		}
		if y, err := layer.Read(t.Context(), bytes.NewReader(got), layer.ReadOptions{}); mask == 0 && (err != nil || !x.SameEntries(y)) {
			t.Fatalf("nothing was left out, and the index is another one: %v", err)
		}
	})
}

// FuzzEdit renames, relinks and rewrites an entry, and reads the result with
// archive/tar.
func FuzzEdit(f *testing.F) {
	f.Add("new", "to", []byte("content"), 2)
	f.Add(strings.Repeat("n/", 90)+"x", strings.Repeat("l", 200), []byte{}, 6)
	f.Add("ä/ö", "dir/ü", []byte("x"), 5)
	f.Fuzz(func(t *testing.T, name, link string, content []byte, i int) {
		name, link = strings.TrimPrefix(path.Clean("/"+name), "/"), strings.TrimPrefix(path.Clean("/"+link), "/")
		if name == "" || link == "" || strings.ContainsAny(name+link, "\x00") || len(name)+len(link) > 2000 || strings.HasPrefix(path.Base(name), ".wh.") {
			return
		}
		var buf bytes.Buffer
		if err := every(tar.NewWriter(&buf)); err != nil {
			t.Fatal(err)
		}
		x, err := layer.Read(t.Context(), bytes.NewReader(buf.Bytes()), layer.ReadOptions{})
		if err != nil {
			t.Fatal(err)
		}
		i = max(i, 0) % x.Len()
		e := edit{name: name}
		switch x.Kind(i) {
		case layer.File:
			e.content, e.replace = content, true
		case layer.Hardlink:
			e.link = link
		default:
			return
		}
		cut := &LayerCut{Entries: x.Len(), fates: make([]fate, x.Len()), edits: map[int]edit{i: e}}
		cut.fates[i] = changes
		got, err := rewritten(t, buf.Bytes(), cut)
		if err != nil {
			t.Fatal(err)
		}
		before, _ := headers(buf.Bytes())
		after, err := headers(got)
		if err != nil || len(after) != len(before) {
			t.Fatalf("archive/tar reads %d entries of %d: %v", len(after), len(before), err)
		}
		b, a := before[i+1], after[i+1] // the root is in no index
		if a.h.Name != name || e.replace && a.body != string(content) || e.link != "" && a.h.Linkname != link {
			t.Errorf("entry %d is %q -> %q %q, want %q -> %q %q", i, a.h.Name, a.h.Linkname, a.body, name, link, content)
		}
		if a.h.Mode != b.h.Mode || a.h.Uid != b.h.Uid || !a.h.ModTime.Equal(b.h.ModTime) || a.h.PAXRecords["SCHILY.xattr.user.a"] != b.h.PAXRecords["SCHILY.xattr.user.a"] {
			t.Errorf("entry %d lost something: %+v, was %+v", i, a.h, b.h)
		}
	})
}

// oldSparse is an archive with a sparse file of the old GNU format, which
// archive/tar reads and does not write, between two others.
func oldSparse() []byte {
	var buf bytes.Buffer
	w := tar.NewWriter(&buf)
	_ = w.WriteHeader(&tar.Header{Name: "first", Typeflag: tar.TypeReg, Size: 1})
	_, _ = w.Write([]byte("1"))
	_ = w.Flush()
	h := make([]byte, block)
	copy(h, "sparse")
	copy(h[100:], "0000644\x000000000\x000000000\x0000000001000\x0000000000000\x00")
	h[156] = 'S'
	copy(h[257:], "ustar  \x00")
	copy(h[386:], "00000010000\x0000000001000\x00") // 512 bytes at 4096
	copy(h[483:], "00000020000\x00")                // 8192 in all
	seal(h)
	buf.Write(h)
	buf.Write(bytes.Repeat([]byte("d"), block))
	_ = w.WriteHeader(&tar.Header{Name: "last", Typeflag: tar.TypeReg, Size: 1})
	_, _ = w.Write([]byte("2"))
	_ = w.Close()
	return buf.Bytes()
}

func TestOldSparseStays(t *testing.T) {
	stream := oldSparse()
	all, err := headers(stream)
	if err != nil || len(all) != 3 || all[1].h.Size != 8192 {
		t.Fatalf("archive/tar does not read the sparse file: %v", err)
	}
	got, err := rewritten(t, stream, &LayerCut{fates: []fate{goes, stays, stays}})
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, stream[2*block:]) {
		t.Errorf("the sparse file is not what it was: %d bytes, want %d", len(got), len(stream)-2*block)
	}
}

func TestDamagedStreams(t *testing.T) {
	var buf bytes.Buffer
	if err := every(tar.NewWriter(&buf)); err != nil {
		t.Fatal(err)
	}
	var bad *layer.TarError
	for _, n := range []int{block / 2, 3 * block, 4*block + 10, 8*block + 1} {
		if _, err := rewritten(t, buf.Bytes()[:n], &LayerCut{}); !errors.As(err, &bad) {
			t.Errorf("a stream of %d bytes that ends too early: %v", n, err)
		}
	}
}
