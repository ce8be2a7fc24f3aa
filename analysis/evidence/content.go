package evidence

import (
	"io"
	"os"
	"path/filepath"
	"slices"
)

// readInto reads r to its end into b, which has room for about size bytes; not
// more than a source may have.
func readInto(b []byte, r io.Reader, size int) ([]byte, error) {
	b = slices.Grow(b, size+1)
	for {
		n, err := r.Read(b[len(b):cap(b)])
		b = b[:len(b)+n]
		switch {
		case err == io.EOF:
			return b, nil
		case err != nil:
			return b, err
		case len(b) > maxSource:
			return b, tooLarge{}
		case len(b) == cap(b):
			b = slices.Grow(b, len(b))
		}
	}
}

// small returns a file of settings or a script, of which the largest that are
// written by hand have some hundred kilobytes.
func (l *listing) small(name string) ([]byte, error) {
	f, err := os.Open(filepath.Join(l.root, filepath.FromSlash(name)))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, 4<<20))
}
