package slim

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"weighline/analysis/layer"
	"weighline/analysis/oci"
)

// errChanged says that a layer is not the one that the cut was made for.
var errChanged = errors.New("the layer's entries are not the ones that were read before")

// A job is a layer that is written anew.
type job struct {
	src    *oci.Layer
	was    *layer.Index
	cut    *LayerCut
	format string
	file   string      // a copy of the blob on this computer, "" to open src
	step   func(int64) // is told of bytes that were read
}

// fetch keeps the blob of a layer in dir while it is read twice.
func (j *job) fetch(ctx context.Context, dir string, i int) error {
	rc, err := j.src.Open(ctx)
	if err != nil {
		return err
	}
	defer rc.Close()
	name := filepath.Join(dir, fmt.Sprintf("source-%d", i))
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, rc)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	j.file = name
	return err
}

func (j *job) open(ctx context.Context) (io.ReadCloser, error) {
	if j.file != "" {
		return os.Open(j.file)
	}
	return j.src.Open(ctx)
}

// pass reads the layer once and writes what stays of its tar stream to w.
func (j *job) pass(ctx context.Context, w io.Writer) error {
	rc, err := j.open(ctx)
	if err != nil {
		return err
	}
	defer rc.Close()
	stop := context.AfterFunc(ctx, func() { rc.Close() })
	defer stop()
	rw := &rewriter{out: w, fates: j.cut.fates, edits: j.cut.edits}
	var before int64
	x, err := layer.Read(ctx, rc, layer.ReadOptions{Digest: j.src.Digest, DiffID: j.src.DiffID, Size: j.src.Size, Parts: rw,
		Progress: func(n int64) { j.step(n - before); before = n }})
	if err != nil {
		return err
	}
	if !x.SameEntries(j.was) {
		return errChanged
	}
	return rw.end()
}

// rewrite writes what stays of the layer to a temporary file in dir.
func (j *job) rewrite(ctx context.Context, dir string) (_ *blob, err error) {
	f, err := os.CreateTemp(dir, "layer-*")
	if err != nil {
		return nil, err
	}
	defer func() {
		if cerr := f.Close(); err == nil {
			err = cerr
		}
		if err != nil {
			_ = os.Remove(f.Name()) // with its folder otherwise
		}
	}()
	packed := newSummer(f)
	comp, err := newCompressor(j.format, packed)
	if err != nil {
		return nil, err
	}
	index, tar := layer.NewIndexer(nil), newSummer(comp)
	err = j.pass(ctx, io.MultiWriter(index, tar))
	if cerr := comp.Close(); cerr != nil && ctx.Err() == nil {
		err = cerr // the cause of the other
	}
	if err != nil {
		return nil, err
	}
	b := &blob{file: f.Name(), digest: packed.digest(), size: packed.n, diffID: tar.digest()}
	if b.index, err = index.Index(); err != nil {
		return nil, fmt.Errorf("what was written is no layer: %w", err)
	}
	x := b.index
	x.Digest, x.CompressedSize, x.DiffID, x.Proved, x.Compression = b.digest, b.size, b.diffID, true, j.format
	return b, nil
}

// estimate tells how many bytes the layer will have.
func (j *job) estimate(ctx context.Context) (int64, error) {
	if j.format == Gzip {
		e := newEstimator()
		err := j.pass(ctx, e)
		n, cerr := e.size()
		return n, errors.Join(err, cerr)
	}
	n := newSummer(io.Discard)
	comp, err := newCompressor(j.format, n)
	if err != nil {
		return 0, err
	}
	err = j.pass(ctx, comp)
	return n.n, errors.Join(err, comp.Close())
}
