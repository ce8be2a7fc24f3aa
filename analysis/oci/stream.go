package oci

import (
	"archive/tar"
	"bufio"
	"compress/bzip2"
	"context"
	"errors"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// maxKept bounds the documents that are kept of a stream, in bytes.
const maxKept = 64 << 20

// streamFiles are the files of an archive that is compressed as a whole. There
// is no way into its middle: the first pass keeps the documents and notes the
// rest, a second one ([Image.Walk]) reads the layers.
type streamFiles struct {
	*tarIndex
	docs   map[string][]byte
	kept   int // bytes of docs
	magic  map[string][]byte
	unpack func(ctx context.Context) (io.ReadCloser, error) // nil: it came once
}

func newStreamFiles(name string) *streamFiles {
	return &streamFiles{
		tarIndex: &tarIndex{name: name, entries: make(map[string]tarEntry)},
		docs:     make(map[string][]byte),
		magic:    make(map[string][]byte),
	}
}

// keep stores the file if it is a document, and says whether it is.
func (s *streamFiles) keep(name string, size int64, magic []byte, r io.Reader) (bool, error) {
	if !looksLikeDocument(magic) || size > maxDocument || s.kept > maxKept {
		return false, nil
	}
	b, err := io.ReadAll(r)
	if err != nil {
		return true, fail(Truncated, s.name, "the archive ends within %s", name).because(err)
	}
	s.docs[name] = b
	s.kept += len(b)
	return true, nil
}

// openCompressed opens an archive inside gzip, zstd or bzip2.
func openCompressed(ctx context.Context, f io.ReaderAt, size int64, name, kind string, o Options) (*Image, error) {
	s := newStreamFiles(name)
	s.unpack = func(ctx context.Context) (io.ReadCloser, error) {
		return unpacker(&contextReader{ctx, io.NewSectionReader(f, 0, size)}, kind, name)
	}
	if err := s.scan(ctx); err != nil {
		return nil, err
	}
	img, err := openFiles(ctx, s, name, o)
	if err != nil {
		if img, err = s.rescue(ctx, s, name, o, err); err != nil {
			return nil, err
		}
	}
	if s.damage != nil {
		img.warn("archive", "The archive is damaged; what could be read is shown: %v.", s.damage)
	}
	img.RandomAccess = false
	img.walk = func(ctx context.Context, fn WalkFunc) error { return s.walk(ctx, img, fn) }
	img.stream = s.unpack
	return img, nil
}

func unpacker(r io.Reader, kind, name string) (io.ReadCloser, error) {
	switch kind {
	case "gzip":
		z, err := gzip.NewReader(bufio.NewReaderSize(r, 256<<10))
		if err != nil {
			return nil, fail(Damaged, name, "the gzip header cannot be read: %v", err)
		}
		return z, nil
	case "zstd":
		z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(128<<20))
		if err != nil {
			return nil, fail(Damaged, name, "the zstd header cannot be read: %v", err)
		}
		return z.IOReadCloser(), nil
	}
	return io.NopCloser(bzip2.NewReader(r)), nil
}

// each calls fn with every entry of the archive.
func (s *streamFiles) each(ctx context.Context, fn func(h *tar.Header, r io.Reader) error) error {
	z, err := s.unpack(ctx)
	if err != nil {
		return err
	}
	defer z.Close()
	return eachEntry(ctx, z, s.name, fn)
}

// eachEntry calls fn with every entry of the tar r. The error is fn's, or
// ctx's, or an [*Error] that says why the archive cannot be read on.
func eachEntry(ctx context.Context, r io.Reader, name string, fn func(h *tar.Header, r io.Reader) error) error {
	tr := tar.NewReader(r)
	for n := 0; n < maxEntries; n++ {
		h, err := tr.Next()
		switch {
		case err == io.EOF:
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, io.ErrUnexpectedEOF):
			return fail(Truncated, name, "the archive ends too early, after %d entries", n).because(err)
		case err != nil && n == 0:
			return fail(NotAnImage, name, "what is packed in it is no archive: %v", err)
		case err != nil:
			return fail(Damaged, name, "the archive cannot be read after %d entries: %v", n, err)
		}
		if err := fn(h, tr); err != nil {
			return err
		}
	}
	return fail(NotAnImage, name, "the archive has more than %d entries", maxEntries)
}

// scan is the first pass. Damage is kept in s.damage.
func (s *streamFiles) scan(ctx context.Context) error {
	last := ""
	err := s.each(ctx, func(h *tar.Header, r io.Reader) error {
		s.add(h, 0, maxStream)
		name, ok := cleanName(h.Name)
		if !ok || h.Typeflag != tar.TypeReg {
			return nil
		}
		last = name
		br := bufio.NewReaderSize(r, 16)
		first, _ := br.Peek(4)
		s.magic[name] = append([]byte(nil), first...)
		_, err := s.keep(name, h.Size, first, br)
		return err
	})
	if ctx.Err() != nil {
		return ctx.Err()
	}
	_, whole := s.docs[last]
	if e, ok := s.entries[last]; ok && err != nil && !whole {
		e.short = true // the damage may lie in it
		s.entries[last] = e
	}
	s.damage = err
	return nil
}

const maxStream = 1 << 62 // a stream's length is not known

func (s *streamFiles) real(name string) string {
	at, _, _ := s.follow(name)
	return at
}

func (s *streamFiles) has(name string) bool { _, err := s.lookup(name); return err == nil }

func (s *streamFiles) read(_ context.Context, name string) ([]byte, error) {
	at, e, err := s.follow(name)
	if err != nil {
		return nil, err
	}
	if b, ok := s.docs[at]; ok {
		return b, nil
	}
	if e.size > maxDocument {
		return nil, tooLarge(s.name, name, e.size)
	}
	return nil, fail(Damaged, s.name, "%s is not a JSON document", name)
}

func (s *streamFiles) stat(name string) (int64, []byte, error) {
	at, e, err := s.follow(name)
	if err != nil {
		return -1, nil, err
	}
	if e.short {
		return e.size, s.magic[at], fail(Truncated, s.name, "the archive ends within %s", name)
	}
	return e.size, s.magic[at], nil
}

// open reads from the start of the archive up to the file: right, and slow.
func (s *streamFiles) open(ctx context.Context, name string) (io.ReadCloser, error) {
	at, e, err := s.follow(name)
	if err != nil {
		return nil, err
	}
	z, err := s.unpack(ctx)
	if err != nil {
		return nil, err
	}
	tr := tar.NewReader(z)
	for {
		h, err := tr.Next()
		if err != nil {
			z.Close()
			return nil, fail(Truncated, s.name, "the archive ends before %s", name).because(err)
		}
		if n, ok := cleanName(h.Name); ok && n == at && h.Size == e.size && h.Typeflag == tar.TypeReg {
			return readCloser{&wholeReader{r: tr, left: e.size, what: name}, z}, nil
		}
	}
}

func (s *streamFiles) readAt(context.Context, string, int64, int64) ([]byte, error) {
	return nil, fail(Unsupported, s.name, "an archive that is compressed as a whole cannot be read in parts")
}

// walk is the second pass.
func (s *streamFiles) walk(ctx context.Context, img *Image, fn WalkFunc) error {
	at := make(map[string]*Layer) // by the file that really holds it
	for n := range img.Layers {
		l := img.Layers[n]
		if where, _, err := s.follow(l.file); err == nil && at[where] == nil {
			at[where] = &l
		}
	}
	err := s.each(ctx, func(h *tar.Header, r io.Reader) error {
		name, ok := cleanName(h.Name)
		l := at[name]
		if !ok || l == nil || h.Typeflag != tar.TypeReg {
			return nil
		}
		delete(at, name)
		whole := &wholeReader{r: r, left: h.Size, what: l.label()}
		return fn(ctx, l, &countingReader{rc: io.NopCloser(whole), count: l.counted})
	})
	if err == nil && len(at) > 0 {
		return fail(Truncated, s.name, "%d layers are not in the part of the archive that can be read", len(at))
	}
	return err
}

type readCloser struct {
	io.Reader
	io.Closer
}

// A contextReader stops reading when its context is done.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (c *contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}
