package oci

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// files is what an image on disk lies in: a folder, a tar, or a compressed
// tar. Names use slashes. Errors are [*Error]s.
type files interface {
	has(name string) bool
	// real returns the name under which a file lies when links are followed.
	real(name string) string
	// read returns a whole document of at most maxDocument bytes.
	read(ctx context.Context, name string) ([]byte, error)
	// stat returns a file's size and its first bytes, up to four. With a
	// Truncated error both are set, and what is there can be opened.
	stat(name string) (size int64, magic []byte, err error)
	open(ctx context.Context, name string) (io.ReadCloser, error)
	readAt(ctx context.Context, name string, off, n int64) ([]byte, error)
}

// A folder holds the files of an image in a directory. Symbolic links are
// followed: Bazel makes layouts of them, and a blob that is not what its
// digest says is found out when it is read.
type folder struct{ dir string }

func (f folder) path(name string) (string, error) {
	if !filepath.IsLocal(filepath.FromSlash(name)) {
		return "", fail(Damaged, f.dir, "%s leads out of the folder", name)
	}
	return filepath.Join(f.dir, filepath.FromSlash(name)), nil
}

// file opens a regular file: no pipe that never ends, no device.
func (f folder) file(name string) (*os.File, int64, error) {
	p, err := f.path(name)
	if err != nil {
		return nil, 0, err
	}
	info, err := os.Stat(p)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, 0, fail(Damaged, f.dir, "%s is not in the folder", name).because(err)
	case err != nil:
		return nil, 0, fail(Damaged, f.dir, "%s cannot be read: %v", name, err)
	case !info.Mode().IsRegular():
		return nil, 0, fail(Damaged, f.dir, "%s is not a regular file", name)
	}
	file, err := os.Open(p)
	if err != nil {
		return nil, 0, fail(Damaged, f.dir, "%s cannot be read: %v", name, err)
	}
	return file, info.Size(), nil
}

func (f folder) has(name string) bool {
	p, err := f.path(name)
	if err != nil {
		return false
	}
	info, err := os.Stat(p)
	return err == nil && info.Mode().IsRegular()
}

func (f folder) real(name string) string { return name }

func (f folder) read(_ context.Context, name string) ([]byte, error) {
	file, size, err := f.file(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	if size > maxDocument {
		return nil, tooLarge(f.dir, name, size)
	}
	b, err := io.ReadAll(io.LimitReader(file, maxDocument))
	if err != nil {
		return nil, fail(Damaged, f.dir, "%s cannot be read: %v", name, err)
	}
	return b, nil
}

func (f folder) stat(name string) (int64, []byte, error) {
	file, size, err := f.file(name)
	if err != nil {
		return -1, nil, err
	}
	defer file.Close()
	magic := make([]byte, 4)
	n, _ := io.ReadFull(file, magic)
	return size, magic[:n], nil
}

func (f folder) open(_ context.Context, name string) (io.ReadCloser, error) {
	file, _, err := f.file(name)
	if err != nil {
		return nil, err
	}
	return file, nil
}

func (f folder) readAt(_ context.Context, name string, off, n int64) ([]byte, error) {
	file, size, err := f.file(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return section(file, off, n, size, name)
}

// placeBlob is place for a layer that may be foreign: one that is, and is not
// there, is no damage.
func placeBlob(f files, l *Layer, name string) error {
	if l.Foreign && !f.has(name) {
		l.broken = foreign(l)
		return l.broken
	}
	return place(f, l, name)
}

// place sets how the layer, which lies in the file name, is read, and what its
// first bytes and its real size tell.
// The error says why not all of the layer can be read.
func place(f files, l *Layer, name string) error {
	size, magic, err := f.stat(name)
	if err != nil && (CodeOf(err) != Truncated || size < 0) {
		l.broken = asError(err, l.label())
		return err
	}
	switch {
	case l.Size < 0:
		l.Size = size
	case err == nil && size < l.Size:
		err = fail(Truncated, name, "it has %d bytes and the manifest says %d", size, l.Size)
	case err == nil && size > l.Size:
		err = fail(Damaged, name, "it has %d bytes and the manifest says %d", size, l.Size)
	}
	l.Compression = sniffCompression(magic)
	l.file = f.real(name)
	if d, ok := f.(folder); ok {
		l.path, _ = d.path(name)
	}
	l.open = func(ctx context.Context) (io.ReadCloser, error) {
		rc, err := f.open(ctx, name)
		if err != nil {
			return nil, asError(err, l.label())
		}
		return rc, nil
	}
	l.readAt = func(ctx context.Context, off, n int64) ([]byte, error) { return f.readAt(ctx, name, off, n) }
	return err
}

// asError returns err as an [*Error] that says what is concerned.
func asError(err error, what string) *Error {
	var e *Error
	if !errors.As(err, &e) {
		return fail(Damaged, what, "%v", err)
	}
	c := *e
	if !strings.Contains(c.What, what) {
		c.What = strings.TrimSuffix(what+" in "+e.What, " in ")
	}
	return &c
}
