package layer

import (
	"archive/tar"
	"context"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// ReadFolder indexes the files below a folder of this computer as if they were
// one layer, with root (clean, "/" or beginning with a slash) as the folder's
// own path. Hard links within the folder are one file. What may not be read is
// named in [Index.Problems] and left out; digests and Size of opts are not
// looked at.
func ReadFolder(ctx context.Context, dir, root string, opts ReadOptions) (*Index, error) {
	pr, pw := io.Pipe()
	f := &folderTar{ctx: ctx, w: tar.NewWriter(pw), dir: dir, root: strings.TrimPrefix(root, "/"), links: map[fileID]string{}}
	written := make(chan struct{})
	go func() {
		pw.CloseWithError(f.write())
		close(written)
	}()
	opts.Digest, opts.DiffID, opts.Size = "", "", 0
	x, err := Read(ctx, pr, opts)
	pr.Close() // ends the writer where the reader gave up
	<-written
	if x != nil {
		x.Problems = append(x.Problems, f.problems...)
	}
	return x, err
}

// A folderTar writes a folder as a tar stream. A layer is such a stream, so
// that a folder needs no second way through this package.
type folderTar struct {
	ctx      context.Context
	w        *tar.Writer
	dir      string
	root     string
	links    map[fileID]string // names of files that have several
	problems []string
}

// A fileID tells files of a computer apart.
type fileID struct{ device, inode uint64 }

const maxFolderProblems = 20

func (f *folderTar) write() error {
	err := filepath.WalkDir(f.dir, func(p string, d fs.DirEntry, err error) error {
		if f.ctx.Err() != nil {
			return f.ctx.Err()
		}
		if err != nil {
			if p == f.dir {
				return err
			}
			f.problem(p, err)
			return nil
		}
		return f.entry(p, d)
	})
	if err != nil {
		return err
	}
	return f.w.Close()
}

func (f *folderTar) problem(p string, err error) {
	f.note(Printable(p) + " was left out: " + Printable(err.Error()))
}

func (f *folderTar) note(sentence string) {
	if len(f.problems) < maxFolderProblems {
		f.problems = append(f.problems, sentence)
	}
}

func (f *folderTar) entry(p string, d fs.DirEntry) error {
	rel, err := filepath.Rel(f.dir, p)
	if err != nil {
		return err
	}
	info, err := d.Info()
	if err != nil {
		f.problem(p, err)
		return nil
	}
	target := ""
	if info.Mode()&fs.ModeSymlink != 0 {
		if target, err = os.Readlink(p); err != nil {
			f.problem(p, err)
			return nil
		}
	}
	if m := info.Mode(); !m.IsRegular() && !m.IsDir() && target == "" {
		return nil // sockets, pipes and devices weigh nothing
	}
	h, err := tar.FileInfoHeader(info, filepath.ToSlash(target))
	if err != nil {
		f.problem(p, err)
		return nil
	}
	h.Name = path.Join(f.root, filepath.ToSlash(rel))
	h.Format = tar.FormatPAX
	if info.IsDir() {
		h.Name += "/"
	}
	if !info.Mode().IsRegular() {
		return f.w.WriteHeader(h)
	}
	return f.file(p, h, info)
}

func (f *folderTar) file(p string, h *tar.Header, info fs.FileInfo) error {
	if id, several := identify(info); several {
		if first, ok := f.links[id]; ok {
			h.Typeflag, h.Linkname, h.Size = tar.TypeLink, first, 0
			return f.w.WriteHeader(h)
		}
		f.links[id] = h.Name
	}
	r, err := os.Open(p)
	if err != nil {
		f.problem(p, err)
		return nil
	}
	defer r.Close()
	if err := f.w.WriteHeader(h); err != nil {
		return err
	}
	// A file that changes while it is read keeps the size that it had, and so
	// does one whose disk is bad.
	n, err := io.Copy(f.w, io.LimitReader(noting{r, f, p}, h.Size))
	if err != nil {
		return err
	}
	_, err = io.CopyN(f.w, blank{}, h.Size-n)
	return err
}

// noting reads a file, and ends it where it cannot be read on.
type noting struct {
	io.Reader
	f    *folderTar
	path string
}

func (r noting) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	if err != nil && err != io.EOF {
		r.f.note(Printable(r.path) + " counts with its size, but could not be read to its end: " + Printable(err.Error()))
		err = io.EOF
	}
	return n, err
}

// blank reads as zeros without end.
type blank struct{}

func (blank) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}
