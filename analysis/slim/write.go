package slim

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
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
	Digest   string // of the manifest, or of the index if there is one
	Manifest string // digest of the image's manifest
	Promised Sizes
	Actual   Sizes
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

// Write makes what c leaves of img, whose layers gave c's tree, and puts it to
// out. Nothing of it has a name before all of it is there and is what c
// promises. The source must be one whose layers can be opened one by one.
func Write(ctx context.Context, img *oci.Image, c *Cut, out Destination, o Options) (*Result, error) {
	p, err := prepare(ctx, img, c, o)
	if err != nil {
		return nil, err
	}
	if err := out.check(ctx); err != nil {
		return nil, err
	}
	defer out.discard()
	im, err := p.make(ctx, out)
	if err != nil {
		return nil, err
	}
	r := p.result(im)
	if r.Reused, err = out.write(ctx, im, p.counter("Writing the image", im.size())); err != nil {
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
	if !slices.ContainsFunc(cuts, func(l LayerCut) bool { return l.Rewritten() }) {
		return nil, ErrNothing
	}
	return &work{img: img, c: c, o: o, cuts: cuts,
		m: maker{img: img, layers: make([]*blob, len(cuts)), note: o.Note, created: o.Created}}, nil
}

// An image is a result with all that belongs to it.
type image struct {
	manifest, config *blob
	layers           []*blob // distinct or not, in order
	index            *blob   // nil without one
	platform         json.RawMessage
}

// documents returns the manifest and the index.
func (im *image) documents() []*blob {
	if im.index != nil {
		return []*blob{im.manifest, im.index}
	}
	return []*blob{im.manifest}
}

// top returns the document that the image's name leads to.
func (im *image) top() *blob {
	if im.index != nil {
		return im.index
	}
	return im.manifest
}

// blobs returns everything but the manifest and the index, each once.
func (im *image) blobs() []*blob {
	seen := map[string]bool{}
	var out []*blob
	for _, b := range slices.Concat(im.layers, []*blob{im.config}) {
		if !seen[b.digest] {
			seen[b.digest] = true
			out = append(out, b)
		}
	}
	return out
}

func (im *image) size() int64 {
	var n int64
	for _, b := range im.blobs() {
		n += b.size
	}
	return n
}

// make writes the layers and makes the documents.
func (p *work) make(ctx context.Context, out Destination) (*image, error) {
	dir, err := out.scratch()
	if err != nil {
		return nil, err
	}
	if err := p.layers(ctx, dir); err != nil {
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

// layers makes the blobs of all layers, as many at a time as there are cores.
func (p *work) layers(ctx context.Context, dir string) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	step := p.counter("Writing layers", p.toRead())
	next := make(chan int, len(p.cuts))
	for i := range p.cuts {
		next <- i
	}
	close(next)
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(p.cuts)) {
		workers.Go(func() {
			for i := range next {
				if ctx.Err() != nil {
					return
				}
				if err := p.layer(ctx, dir, i, step); err != nil {
					cancel(fmt.Errorf("layer %d of %d: %w", i+1, len(p.cuts), err))
				}
			}
		})
	}
	workers.Wait()
	return context.Cause(ctx)
}

// toRead returns the compressed bytes of the layers that are written anew.
func (p *work) toRead() int64 {
	var n int64
	for i, c := range p.cuts {
		if c.Rewritten() {
			n += max(0, p.img.Layers[i].Size)
		}
	}
	return n
}

// layer makes the blob of layer i.
func (p *work) layer(ctx context.Context, dir string, i int, step func(int64)) error {
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
	mediaType, err := p.m.layerType(format)
	if err != nil {
		return err
	}
	var before int64
	b, err := rewrite(ctx, dir, src, was, cut, format, func(n int64) { step(n - before); before = n })
	if err != nil {
		return err
	}
	b.mediaType, b.annotations = mediaType, annotations(src)
	p.m.layers[i] = b
	return nil
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
	return p.c.Check(t)
}

func (p *work) result(im *image) *Result {
	r := &Result{Digest: im.top().digest, Manifest: im.manifest.digest}
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
	r.Promised.Unpacked, _ = p.c.Unpacked()
	r.Actual.Unpacked = r.Promised.Unpacked // proved
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
