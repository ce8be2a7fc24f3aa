package slim

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"weighline/analysis/layer"
	"weighline/analysis/oci"
)

// ErrNothing is why nothing is written: the result would be the image itself.
var ErrNothing = errors.New("nothing in the image changes by this plan")

// Options say how an image is written. The zero value is good.
type Options struct {
	// Compression of the layers that are written anew: Same (also ""), Gzip, Zstd
	// or None. Any but Same also compresses layers that lie uncompressed.
	Compression string
	// Note is what the history says was done.
	Note string
	// Created, if not zero, is the time that the result says it is from; else it
	// keeps that of the image.
	Created time.Time
	// Promised, if not nil, is told what the image will be before it is written;
	// the download is an estimate.
	Promised func(Sizes)
	// Progress, if not nil, is told how far the writing is, from several
	// goroutines.
	Progress func(Progress)
}

// Progress is how far the writing is.
type Progress struct {
	What  string // such as "Writing layers"
	Done  int64  // bytes
	Total int64  // bytes; 0 when nobody knows
}

// A Result is an image that was written.
type Result struct {
	Reference string // by which the result is opened
	Digest    string // of the manifest, or of the index if there is one
	Manifest  string // digest of the image's manifest
	Promised  Sizes
	Actual    Sizes
	// Layers that are as they were, were written anew, and had nothing left.
	Kept, Rewritten, Removed int
	// Reused are the bytes of layers that the place had already.
	Reused int64
	Notes  []string // sentences about what is different from the image before
}

// Sizes of an image in bytes.
type Sizes struct {
	Download int64 // compressed layers
	Unpacked int64 // files
}

// A Source is an image and what is to go from it. Its layers can be opened one by
// one.
type Source struct {
	Image *oci.Image
	Cut   *Cut // nil: the image stays as it is
}

// Write makes what c leaves of img, whose layers gave c's tree, and puts it to
// out. Nothing of it has a name before all of it is there and is what c
// promises.
func Write(ctx context.Context, img *oci.Image, c *Cut, out Destination, o Options) (*Result, error) {
	return WriteAll(ctx, []Source{{img, c}}, out, o)
}

// WriteAll is Write for the images of several platforms: with more than one they
// come under an index. The result is about the first one.
func WriteAll(ctx context.Context, sources []Source, out Destination, o Options) (*Result, error) {
	if _, engine := out.(*Engine); engine && len(sources) > 1 {
		return nil, errOnePlatform
	}
	works := make([]*work, len(sources))
	for i, s := range sources {
		if s.Cut == nil {
			continue
		}
		var err error
		works[i], err = prepare(ctx, s.Image, s.Cut, o)
		if i > 0 && errors.Is(err, ErrNothing) {
			continue // it stays as it is
		}
		if err != nil {
			return nil, err
		}
	}
	if err := out.check(ctx, sources[0].Image); err != nil {
		return nil, err
	}
	defer out.discard()
	b := &bundle{}
	for i, s := range sources {
		var im *image
		var err error
		if w := works[i]; w != nil {
			im, err = w.make(ctx, out)
		} else {
			im, err = asImage(ctx, s.Image)
		}
		if err != nil {
			return nil, err
		}
		b.images = append(b.images, im)
	}
	if len(sources) > 1 {
		var err error
		if b.index, err = indexOf(sources, b.images); err != nil {
			return nil, err
		}
	}
	return finish(ctx, works[0], b, out)
}

// finish puts what was made to its place.
func finish(ctx context.Context, w *work, b *bundle, out Destination) (*Result, error) {
	r := w.result(b.images[0])
	r.Digest = b.top().digest
	r.Reference = out.reference(r.Digest)
	var err error
	if r.Reused, err = out.write(ctx, b, w.counter("Writing the image", b.size())); err != nil {
		return nil, err
	}
	return r, nil
}

// A work is one image on its way.
type work struct {
	img  *oci.Image
	c    *Cut
	o    Options
	cuts []LayerCut
	m    maker

	promised Sizes
	unpacked int64 // as what was written stacks
}

// prepare decides what becomes of the layers.
func prepare(ctx context.Context, img *oci.Image, c *Cut, o Options) (*work, error) {
	o.Compression = cmp.Or(o.Compression, Same)
	cuts, err := Decide(ctx, c)
	if err != nil {
		return nil, err
	}
	if len(cuts) != len(img.Layers) {
		return nil, errChanged
	}
	for i, l := range img.Layers {
		if was := c.Tree.Layer(i).DiffID; l.DiffID != "" && was != "" && l.DiffID != was {
			return nil, errChanged
		}
	}
	if !slices.ContainsFunc(cuts, func(l LayerCut) bool { return l.Rewritten() }) {
		return nil, ErrNothing
	}
	return &work{img: img, c: c, o: o, cuts: cuts,
		m: maker{img: img, layers: make([]*blob, len(cuts)), note: o.Note, created: o.Created}}, nil
}

// make writes the layers and makes the documents.
func (p *work) make(ctx context.Context, out Destination) (*image, error) {
	dir, err := out.scratch()
	if err != nil {
		return nil, err
	}
	jobs, err := p.plan(ctx, dir)
	if err != nil {
		return nil, err
	}
	if p.promised, err = p.promise(ctx, jobs); err != nil {
		return nil, err
	}
	if p.o.Promised != nil {
		p.o.Promised(p.promised)
	}
	if err := p.rewrite(ctx, dir, jobs); err != nil {
		return nil, err
	}
	if err := p.proved(ctx); err != nil {
		return nil, err
	}
	im := &image{}
	for _, b := range p.m.layers {
		if b != nil {
			im.layers = append(im.layers, b)
		}
	}
	if im.config, err = p.m.config(); err != nil {
		return nil, err
	}
	im.manifest, err = p.m.manifest(im.config)
	return im, err
}

// proved stacks what was written and compares it with the promise.
func (p *work) proved(ctx context.Context) error {
	var indexes []*layer.Index
	for _, b := range p.m.layers {
		if b != nil {
			indexes = append(indexes, b.index)
		}
	}
	t, err := layer.Stack(ctx, indexes)
	if err != nil {
		return err
	}
	p.unpacked = t.Totals.Bytes
	return p.c.Check(t)
}

func (p *work) result(im *image) *Result {
	r := &Result{Manifest: im.manifest.digest}
	for i, b := range p.m.layers {
		switch {
		case b == nil:
			r.Removed++
		case p.cuts[i].Rewritten():
			r.Rewritten++
		default:
			r.Kept++
		}
	}
	for _, b := range im.layers {
		r.Actual.Download += b.size
	}
	r.Promised = p.promised
	r.Actual.Unpacked = p.unpacked
	return r
}

// counter returns a function that adds up bytes for the progress.
func (p *work) counter(what string, total int64) func(int64) {
	var mu sync.Mutex
	var done int64
	return func(n int64) {
		mu.Lock()
		defer mu.Unlock()
		if done += n; p.o.Progress != nil {
			p.o.Progress(Progress{what, done, total})
		}
	}
}
