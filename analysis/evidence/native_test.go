package evidence

import (
	"bytes"
	"debug/elf"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestReadDynamic compares with debug/elf on the libraries of the machine, read
// from the file and as a stream in pieces.
func TestReadDynamic(t *testing.T) {
	var files []string
	for _, pattern := range []string{"/usr/lib/x86_64-linux-gnu/lib[a-h]*.so*", "/usr/lib/aarch64-linux-gnu/lib[a-h]*.so*", "/usr/lib/python3*/*/*.so"} {
		found, _ := filepath.Glob(pattern)
		files = append(files, found...)
	}
	n := 0
	for _, name := range files {
		if compareDynamic(t, name) {
			n++
		}
	}
	if n == 0 {
		t.Skip("there are no ELF files here")
	}
	t.Logf("%d libraries", n)
}

func compareDynamic(t *testing.T, name string) bool {
	f, err := os.Open(name)
	if err != nil {
		return false
	}
	defer f.Close()
	x, err := elf.NewFile(f)
	if err != nil {
		return false
	}
	want, err := x.DynString(elf.DT_NEEDED)
	if err != nil {
		return false
	}
	soname, _ := x.DynString(elf.DT_SONAME)
	paths, _ := x.DynString(elf.DT_RUNPATH)
	if len(paths) == 0 {
		paths, _ = x.DynString(elf.DT_RPATH)
	}
	d, err := readDynamic(f)
	if got := strings.Join(d.paths, ":"); len(paths) > 0 && got != paths[0] || len(paths) == 0 && got != "" {
		t.Errorf("%s: search path %q, want %q", name, got, paths)
	}
	if err != nil || !slices.Equal(d.needed, want) || len(soname) > 0 && d.soname != soname[0] {
		t.Errorf("%s: %v %q (%v), want %v %v", name, d.needed, d.soname, err, want, soname)
	}
	var s ELFStream
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	if _, err := io.CopyBuffer(struct{ io.Writer }{&s}, struct{ io.Reader }{f}, make([]byte, 1000)); err != nil {
		t.Fatal(err)
	}
	streamed, err := readDynamic(&s)
	if err != nil || !slices.Equal(streamed.needed, want) || streamed.soname != d.soname {
		t.Errorf("%s as a stream: %v %q (%v), want %v %v", name, streamed.needed, streamed.soname, err, want, soname)
	}
	return true
}

func FuzzReadDynamic(f *testing.F) {
	f.Add([]byte("\x7fELF\x02\x01\x01"))
	if b, err := os.ReadFile("/usr/lib/x86_64-linux-gnu/libdl.so.2"); err == nil {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		_, _ = readDynamic(bytes.NewReader(b))
		var s ELFStream
		_, _ = s.Write(b)
		_, _ = readDynamic(&s)
	})
}
