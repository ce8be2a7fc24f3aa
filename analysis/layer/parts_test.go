package layer

import (
	"archive/tar"
	"bytes"
	"io"
	"testing"
)

// joined writes what it is given one after the other, as the contract of Parts
// has it, and notes the numbers of the entries.
type joined struct {
	bytes.Buffer
	numbers []int
}

func (j *joined) Entry(i int, h Header) error {
	j.numbers = append(j.numbers, i)
	j.Buffer.Write(h.Blocks)
	return nil
}

func (j *joined) Data(p []byte) error {
	j.Buffer.Write(p)
	return nil
}

// split reads stream and returns its parts joined again.
func split(t *testing.T, stream []byte) (*joined, *Index) {
	t.Helper()
	j := &joined{}
	x, err := Read(t.Context(), bytes.NewReader(stream), ReadOptions{Parts: j})
	if err != nil {
		t.Fatal(err)
	}
	return j, x
}

func TestPartsAreTheStream(t *testing.T) {
	var buf bytes.Buffer
	w := tar.NewWriter(&buf)
	add := func(h *tar.Header, body string) {
		t.Helper()
		h.Size = int64(len(body))
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(w, body)
	}
	long := "a/" + string(bytes.Repeat([]byte("long"), 60)) + "/x"
	add(&tar.Header{Typeflag: tar.TypeXGlobalHeader, PAXRecords: map[string]string{"comment": "for all"}}, "")
	add(&tar.Header{Name: "./", Typeflag: tar.TypeDir}, "")
	add(&tar.Header{Name: "a/file", Typeflag: tar.TypeReg, PAXRecords: map[string]string{"SCHILY.xattr.user.a": "b"}}, "hello")
	add(&tar.Header{Name: long, Typeflag: tar.TypeReg, Format: tar.FormatGNU}, string(make([]byte, 300<<10)))
	add(&tar.Header{Name: "a/link", Linkname: long, Typeflag: tar.TypeLink, Format: tar.FormatGNU}, "")
	add(&tar.Header{Name: "a/empty", Typeflag: tar.TypeReg}, "")
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	j, x := split(t, buf.Bytes())
	if got, want := j.Bytes(), buf.Bytes()[:buf.Len()-1024]; !bytes.Equal(got, want) {
		t.Errorf("the parts have %d bytes, the stream %d, or they differ", len(got), len(want))
	}
	if want := []int{-1, -1, 0, 1, 2, 3}; len(j.numbers) != len(want) || j.numbers[2] != 0 || j.numbers[5] != 3 {
		t.Errorf("entries are numbered %v, want %v", j.numbers, want)
	}
	d := NewIndexer(nil)
	_, _ = d.Write(j.Bytes())
	y, err := d.Index()
	if err != nil || !x.SameEntries(y) {
		t.Errorf("the parts do not index as the stream: %v", err)
	}
}
