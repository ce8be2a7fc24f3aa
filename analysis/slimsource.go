package analysis

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"

	"weighline/analysis/oci"
)

// ErrChangedImage is why an image is not written anew: under its name there is
// another one now.
var ErrChangedImage = errors.New("the image is another one than was read before; read it again")

// reopen opens the image of b for writing it anew. Its layers can be opened one
// by one: what comes as one stream, from an engine or a compressed archive, is
// kept in a temporary file meanwhile. done must be called in the end.
func reopen(ctx context.Context, b *Build, o SlimOptions) (src *oci.Image, done func(), err error) {
	if src, err = openImage(ctx, b.Image.again(), o.Image); err != nil {
		return nil, nil, err
	}
	if b.Image.Digest != "" && src.Digest != "" && b.Image.Digest != src.Digest {
		src.Close()
		return nil, nil, ErrChangedImage
	}
	if src.RandomAccess {
		return src, func() { src.Close() }, nil
	}
	defer func() { _ = src.Close() }() // it was read; what is kept is the copy
	dir, err := os.MkdirTemp("", "weighline-*")
	if err != nil {
		return nil, nil, err
	}
	clean := func() { _ = os.RemoveAll(dir) } // it lies among temporary files
	kept, err := spool(ctx, src, filepath.Join(dir, "image.tar"), o)
	if err != nil {
		clean()
		return nil, nil, err
	}
	kept.Reference, kept.Source = src.Reference, src.Source
	if kept.Digest == "" {
		kept.Digest = src.Digest
	}
	return kept, func() { kept.Close(); clean() }, nil
}

// spool writes the stream that src comes as to a file and opens that.
func spool(ctx context.Context, src *oci.Image, file string, o SlimOptions) (*oci.Image, error) {
	r, err := src.Stream(ctx)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	f, err := os.Create(file)
	if err != nil {
		return nil, err
	}
	w := &progressWriter{f, o.Progress, 0}
	if _, err := io.Copy(w, r); err != nil {
		f.Close()
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, err
	}
	if err := f.Close(); err != nil {
		return nil, err
	}
	image := o.Image
	image.Tag = ""
	return oci.Open(ctx, file, image)
}

type progressWriter struct {
	w    io.Writer
	step func(Progress)
	done int64
}

func (p *progressWriter) Write(b []byte) (int, error) {
	n, err := p.w.Write(b)
	if p.done += int64(n); p.step != nil {
		p.step(Progress{What: "Fetching the image", Done: p.done})
	}
	return n, err
}
