package oci

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
)

// Archives of images have some hundred entries. One with more than this is a
// file system, not an image.
const maxEntries = 200_000

// A tarEntry is one file of an archive that holds an image.
type tarEntry struct {
	off, size int64
	link      string // target of a symbolic or hard link, as a clean path
	short     bool   // the archive ends before the entry does
}

// A tarIndex knows where each file of an archive lies. It is made from the
// headers; between them it seeks.
type tarIndex struct {
	name    string // of the archive, for messages
	entries map[string]tarEntry
	order   []string // the names of files, as they stand in the archive
	first   string   // name of the first entry, for messages
	damage  error    // why the headers could not be read to the end, or nil
}

// indexTar reads the headers of the size bytes of r. A damaged or truncated
// archive gives what could be read, and damage says the rest.
func indexTar(ctx context.Context, r io.ReaderAt, size int64, name string) (*tarIndex, error) {
	x := &tarIndex{name: name, entries: make(map[string]tarEntry)}
	sr := io.NewSectionReader(r, 0, size)
	tr := tar.NewReader(sr)
	for n := 0; ; n++ {
		if n%256 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if n == maxEntries {
			x.damage = fail(NotAnImage, name, "the archive has more than %d entries before any image was found", maxEntries)
			return x, nil
		}
		h, err := tr.Next()
		switch {
		case err == io.EOF:
			return x, nil
		case errors.Is(err, io.ErrUnexpectedEOF):
			x.damage = fail(Truncated, name, "the archive ends too early, after %d entries", n).because(err)
			return x, nil
		case err != nil:
			x.damage = fail(Damaged, name, "the archive cannot be read after %d entries: %v", n, err)
			return x, nil
		}
		off, _ := sr.Seek(0, io.SeekCurrent)
		x.add(h, off, size)
	}
}

func (x *tarIndex) add(h *tar.Header, off, size int64) {
	name, ok := cleanName(h.Name)
	if x.first == "" {
		x.first = h.Name
	}
	if !ok {
		return // "../" leads out of the archive: nothing in an image needs it
	}
	e := tarEntry{off: off, size: h.Size, short: h.Size > size-off}
	switch h.Typeflag {
	case tar.TypeReg, tar.TypeCont:
		ok = !sparse(h) // its bytes do not lie there in one piece
	case tar.TypeSymlink:
		e.link, ok = cleanName(path.Join(path.Dir(name), h.Linkname))
		if path.IsAbs(h.Linkname) {
			e.link, ok = cleanName(h.Linkname)
		}
	case tar.TypeLink:
		e.link, ok = cleanName(h.Linkname)
	default:
		return
	}
	if ok {
		if _, again := x.entries[name]; !again {
			x.order = append(x.order, name)
		}
		x.entries[name] = e // the last of several wins, as when extracting
	}
}

func sparse(h *tar.Header) bool {
	for k := range h.PAXRecords {
		if strings.HasPrefix(k, "GNU.sparse.") {
			return true
		}
	}
	return false
}

// cleanName returns an archive member's name without "./" and doubled or
// trailing slashes, and whether it stays within the archive.
func cleanName(s string) (string, bool) {
	s = path.Clean(strings.TrimLeft(s, "/"))
	return s, s != ".." && !strings.HasPrefix(s, "../") && s != "."
}

const maxLinks = 16 // symbolic links followed for one name

// lookup finds a file and follows links.
func (x *tarIndex) lookup(name string) (tarEntry, error) {
	_, e, err := x.follow(name)
	return e, err
}

// follow returns the name under which the file really lies as well.
func (x *tarIndex) follow(name string) (string, tarEntry, error) {
	at, ok := cleanName(name)
	for range maxLinks {
		if !ok {
			break
		}
		e, found := x.entries[at]
		if !found {
			return at, e, x.missing(name)
		}
		if e.link == "" {
			return at, e, nil
		}
		at = e.link
	}
	return "", tarEntry{}, fail(Damaged, x.name, "%s is a link that leads nowhere", name)
}

func (x *tarIndex) missing(name string) *Error {
	e := fail(Damaged, x.name, "%s is not in the archive", name)
	if x.damage != nil {
		e.Code, e.Err = CodeOf(x.damage), x.damage
		e.Why = fmt.Sprintf("%s is not in the part of the archive that can be read", clean(name))
		e.Hint = "Save or copy the archive again."
	}
	return e
}

// tarFiles are the files of a plain tar on disk.
type tarFiles struct {
	*tarIndex
	r io.ReaderAt
}

func (t tarFiles) has(name string) bool { _, err := t.lookup(name); return err == nil }

func (t tarFiles) real(name string) string {
	at, _, _ := t.follow(name)
	return at
}

func (t tarFiles) read(_ context.Context, name string) ([]byte, error) {
	e, err := t.lookup(name)
	switch {
	case err != nil:
		return nil, err
	case e.size > maxDocument:
		return nil, tooLarge(t.name, name, e.size)
	}
	b := make([]byte, e.size)
	if _, err := t.r.ReadAt(b, e.off); err != nil && !(err == io.EOF && !e.short) {
		return nil, fail(Truncated, t.name, "the archive ends within %s", name).because(err)
	}
	return b, nil
}

func (t tarFiles) stat(name string) (size int64, magic []byte, err error) {
	e, err := t.lookup(name)
	if err != nil {
		return -1, nil, err
	}
	magic = make([]byte, min(e.size, 4))
	if _, err := t.r.ReadAt(magic, e.off); err != nil && err != io.EOF {
		return e.size, nil, fail(Damaged, t.name, "%s cannot be read: %v", name, err)
	}
	if e.short {
		return e.size, magic, fail(Truncated, t.name, "the archive ends within %s", name)
	}
	return e.size, magic, nil
}

func (t tarFiles) open(_ context.Context, name string) (io.ReadCloser, error) {
	e, err := t.lookup(name)
	if err != nil {
		return nil, err
	}
	return io.NopCloser(&wholeReader{r: io.NewSectionReader(t.r, e.off, e.size), left: e.size, what: name}), nil
}

func (t tarFiles) readAt(_ context.Context, name string, off, n int64) ([]byte, error) {
	e, err := t.lookup(name)
	if err != nil {
		return nil, err
	}
	return section(io.NewSectionReader(t.r, e.off, e.size), off, n, e.size, name)
}

// section reads n bytes at off of a blob of the given size.
func section(r io.ReaderAt, off, n, size int64, name string) ([]byte, error) {
	if off < 0 || n < 0 || n > size || off > size-n {
		return nil, fail(Damaged, name, "bytes %d to %d lie outside of the layer's %d", off, off+n, size)
	}
	b := make([]byte, n)
	if got, err := r.ReadAt(b, off); int64(got) < n {
		return nil, fail(Truncated, name, "the layer ends at byte %d of %d", off+int64(got), size).because(err)
	}
	return b, nil
}

func tooLarge(what, name string, size int64) *Error {
	return fail(Unsupported, what, "%s is said to be %d bytes; at most %d are read of a manifest or config", name, size, int64(maxDocument))
}

// A wholeReader fails with Truncated when its source ends before left bytes.
type wholeReader struct {
	r    io.Reader
	left int64
	what string
}

func (w *wholeReader) Read(p []byte) (int, error) {
	n, err := w.r.Read(p)
	w.left -= int64(n)
	if err == io.EOF && w.left > 0 || errors.Is(err, io.ErrUnexpectedEOF) {
		return n, fail(Truncated, w.what, "it ends %d bytes too early", w.left).because(io.ErrUnexpectedEOF)
	}
	var e *Error
	if err != nil && err != io.EOF && !errors.As(err, &e) && !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded) {
		return n, fail(Damaged, w.what, "it cannot be read: %v", err)
	}
	return n, err
}

// looksLikeDocument is whether b may begin a JSON document.
func looksLikeDocument(b []byte) bool {
	b = bytes.TrimLeft(b, " \t\r\n")
	return len(b) > 0 && (b[0] == '{' || b[0] == '[')
}
