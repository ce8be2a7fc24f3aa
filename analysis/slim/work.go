package slim

import (
	"cmp"
	"context"
	"errors"
	"runtime"
	"slices"
	"sync"

	"weighline/analysis/layer"
	"weighline/analysis/oci"
)

// plan finds the layers that are written anew, and gives the others their blobs.
func (p *work) plan(ctx context.Context, dir string) (map[int]*job, error) {
	jobs := map[int]*job{}
	var mu sync.Mutex
	err := p.each(ctx, len(p.cuts), func(ctx context.Context, i int) error {
		src, was, cut := &p.img.Layers[i], p.c.Tree.Layer(i), &p.cuts[i]
		format := was.Compression
		if p.o.Compression != Same {
			format = p.o.Compression
		}
		switch {
		case cut.Emptied() && p.removable(i):
			return nil
		case !cut.Rewritten() && (was.Compression != None || format == None):
			b, err := p.unchanged(ctx, src, was)
			p.m.layers[i] = b
			return err
		}
		if _, err := p.m.layerType(format); err != nil {
			return err
		}
		j := &job{src: src, was: was, cut: cut, format: format, step: func(int64) {}}
		if p.img.Source == oci.Registry {
			if err := j.fetch(ctx, dir, i); err != nil {
				return err
			}
		}
		mu.Lock()
		defer mu.Unlock()
		jobs[i] = j
		return nil
	})
	return jobs, err
}

// each calls fn for the numbers below n, as many at a time as there are cores,
// until one fails.
func (p *work) each(ctx context.Context, n int, fn func(ctx context.Context, i int) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	next := make(chan int, n)
	for i := range n {
		next <- i
	}
	close(next)
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), n) {
		workers.Go(func() {
			for i := range next {
				if ctx.Err() != nil {
					return
				}
				if err := fn(ctx, i); err != nil {
					cancel(p.inLayer(i, err))
				}
			}
		})
	}
	workers.Wait()
	return context.Cause(ctx)
}

// inLayer says which layer err is about.
func (p *work) inLayer(i int, err error) error {
	if errors.Is(err, context.Canceled) {
		return err
	}
	return &layer.PlaceError{Layer: i, Layers: len(p.cuts), Writing: true, Err: err}
}

// toRead returns the compressed bytes of the layers that are written anew.
func toRead(jobs map[int]*job) int64 {
	var n int64
	for _, j := range jobs {
		n += max(0, j.src.Size)
	}
	return n
}

// promise estimates what the image will be, before it is written.
func (p *work) promise(ctx context.Context, jobs map[int]*job) (Sizes, error) {
	step := p.counter("Estimating layers", toRead(jobs))
	var s Sizes
	s.Unpacked, _ = p.c.Unpacked()
	var mu sync.Mutex
	err := p.each(ctx, len(p.cuts), func(ctx context.Context, i int) error {
		j, b := jobs[i], p.m.layers[i]
		var n int64
		switch {
		case b != nil:
			n = b.size
		case j != nil:
			j.step = step
			var err error
			if n, err = j.estimate(ctx); err != nil {
				return err
			}
		}
		mu.Lock()
		defer mu.Unlock()
		s.Download += n
		return nil
	})
	return s, err
}

// rewrite writes the layers of jobs.
func (p *work) rewrite(ctx context.Context, dir string, jobs map[int]*job) error {
	step := p.counter("Writing layers", toRead(jobs))
	return p.each(ctx, len(p.cuts), func(ctx context.Context, i int) error {
		j := jobs[i]
		if j == nil {
			return nil
		}
		j.step = step
		b, err := j.rewrite(ctx, dir)
		if err != nil {
			return err
		}
		b.mediaType, _ = p.m.layerType(j.format) // it was asked before
		b.annotations = annotations(j.src)
		p.m.layers[i] = b
		return nil
	})
}

// removable reports whether layer i can be left out: the history must tell which
// step made it, to say that it made nothing.
func (p *work) removable(i int) bool {
	all := true
	for _, c := range p.cuts {
		all = all && c.Emptied()
	}
	return !all && (len(p.img.History) == 0 || slices.ContainsFunc(p.img.History, func(h oci.History) bool { return h.Layer == i }))
}

// unchanged returns the blob of a layer that stays as it is. Where nobody says
// its digest it is read for that.
func (p *work) unchanged(ctx context.Context, src *oci.Layer, was *layer.Index) (*blob, error) {
	b := &blob{mediaType: src.MediaType, digest: cmp.Or(src.Digest, was.Digest), size: src.Size, diffID: cmp.Or(src.DiffID, was.DiffID),
		annotations: src.Annotations, source: src, index: was}
	var err error
	if b.mediaType == "" {
		if b.mediaType, err = p.m.layerType(was.Compression); err != nil {
			return nil, err
		}
	}
	if b.digest != "" && b.size >= 0 {
		return b, nil
	}
	b.digest, b.size, err = digestOf(ctx, b)
	return b, err
}
