package layer

import (
	"context"
	"errors"
	"io"
	"runtime"
	"sync"
)

// A Source is a layer blob that can be opened.
type Source struct {
	DiffID    string // as the image's config says, "" when unknown
	Digest    string // of the blob, "" when unknown
	MediaType string // for people; the content decides
	Size      int64  // of the blob in bytes, 0 or less when unknown
	Open      func(ctx context.Context) (io.ReadCloser, error)

	// List, if not nil, is called in place of Open where no cache has the
	// layer; when it returns nil and no error the layer is read nevertheless.
	List func(ctx context.Context) (*Index, error)
}

// A Cache keeps indexes between runs. Its methods may be called from
// several goroutines.
type Cache interface {
	// Index returns the index stored for diffID, or ErrNotCached.
	Index(ctx context.Context, diffID string) (*Index, error)
	// PutIndex stores x under x.DiffID.
	PutIndex(ctx context.Context, x *Index) error
}

// LayersOptions say how [ReadLayers] reads.
type LayersOptions struct {
	// Read holds for all layers. Its Digest, DiffID, Size and Progress are
	// not looked at.
	Read ReadOptions

	Cache Cache // may be nil
	Jobs  int   // layers read at a time; 0 for as many as there are cores

	// Progress, if not nil, is told how far all layers are together. Its
	// calls do not overlap, but come from other goroutines.
	Progress func(Progress)
	// Done, if not nil, is told of each layer when it has been read, like
	// Progress; i counts the sources.
	Done func(i int, x *Index, err error)
}

// Progress of reading layers.
type Progress struct {
	Layers, LayersDone int   // sources, with those that share a blob
	Read               int64 // compressed bytes, those from the cache included
	Total              int64 // compressed bytes; of the layers whose size is known
}

// ReadLayers indexes layers, each distinct one once, several at a time. It
// returns one index and one error for each source; the errors do not say which. When a layer fails the
// others go on; its index is nil if nothing could be read, and must not be
// trusted otherwise. When ctx is done, what has been read until then is there.
func ReadLayers(ctx context.Context, sources []Source, opts LayersOptions) ([]*Index, []error) {
	d := &driver{ctx: ctx, opts: opts, sources: sources, out: make([]*Index, len(sources)), errs: make([]error, len(sources)), bytes: make([]int64, len(sources))}
	if d.opts.Read.Budget == nil {
		d.opts.Read.Budget = &Budget{}
	}
	d.progress.Layers = len(sources)
	for _, s := range sources {
		d.progress.Total += max(0, s.Size)
	}
	jobs := opts.Jobs
	if jobs <= 0 {
		jobs = runtime.GOMAXPROCS(0)
	}
	groups := d.groups()
	next := make(chan []int, len(groups))
	for _, g := range groups {
		next <- g
	}
	close(next)
	var workers sync.WaitGroup
	for range min(jobs, len(groups)) {
		workers.Go(func() {
			for g := range next {
				x, err := d.one(g[0])
				d.done(g, x, err)
			}
		})
	}
	workers.Wait()
	return d.out, d.errs
}

type driver struct {
	ctx     context.Context
	opts    LayersOptions
	sources []Source
	out     []*Index
	errs    []error

	mu       sync.Mutex
	progress Progress
	bytes    []int64 // read of each source
}

// groups returns the sources by the layer that they name, in order.
func (d *driver) groups() [][]int {
	var groups [][]int
	at := map[string]int{}
	for i, s := range d.sources {
		key := s.Digest
		if key == "" {
			key = s.DiffID
		}
		if g, ok := at[key]; ok && key != "" {
			groups[g] = append(groups[g], i)
			continue
		}
		at[key] = len(groups)
		groups = append(groups, []int{i})
	}
	return groups
}

// one reads source i, or takes it from the cache.
func (d *driver) one(i int) (*Index, error) {
	if err := d.ctx.Err(); err != nil {
		return nil, err
	}
	s := d.sources[i]
	if x := d.cached(s); x != nil {
		return x, nil
	}
	if s.List != nil {
		if x, err := s.List(d.ctx); x != nil || err != nil {
			return x, err
		}
	}
	r, err := s.Open(d.ctx)
	if err != nil {
		return nil, err
	}
	// Closing is what ends a Read that waits for the network.
	stop := context.AfterFunc(d.ctx, func() { r.Close() })
	defer func() {
		if stop() {
			r.Close()
		}
	}()
	o := d.opts.Read
	o.Digest, o.DiffID, o.Size = s.Digest, s.DiffID, s.Size
	o.Progress = func(n int64) { d.advance(i, n) }
	x, err := Read(d.ctx, r, o)
	if err != nil {
		return x, err
	}
	if d.opts.Cache != nil && x.DiffID != "" && !x.Cut {
		// A cache that cannot be written only costs time.
		_ = d.opts.Cache.PutIndex(d.ctx, x)
	}
	return x, nil
}

// cached asks the cache. An index whose diff ID is only what some image
// claimed is taken for a blob of the same digest alone: else an image could
// put words into the mouth of another one. One that was made before compiled
// code was looked at is read again.
func (d *driver) cached(s Source) *Index {
	if d.opts.Cache == nil || s.DiffID == "" {
		return nil
	}
	x, err := d.opts.Cache.Index(d.ctx, s.DiffID)
	if err != nil || x.DiffID != s.DiffID || !x.Looked && !x.Listed || !x.Proved && (s.Digest == "" || x.Digest != s.Digest || d.opts.Read.VerifyDiffID) {
		return nil
	}
	if x.Digest != s.Digest || s.Size > 0 && x.CompressedSize != s.Size {
		y := *x // the same tar stream in another wrapping
		y.Digest, y.CompressedSize = s.Digest, max(s.Size, 0)
		x = &y
	}
	return x
}

func (d *driver) advance(i int, n int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.progress.Read += n - d.bytes[i]
	d.bytes[i] = n
	d.report()
}

func (d *driver) report() {
	if d.opts.Progress != nil && d.ctx.Err() == nil {
		d.opts.Progress(d.progress)
	}
}

// done stores the result of a group of sources that name one layer.
func (d *driver) done(group []int, x *Index, err error) {
	if x != nil && x.Counts.Entries == 0 && x.CompressedSize == 0 && err != nil {
		x = nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, i := range group {
		d.out[i], d.errs[i] = x, err
		d.progress.LayersDone++
		if err == nil {
			d.progress.Read += max(d.sources[i].Size, d.bytes[i]) - d.bytes[i]
			d.bytes[i] = max(d.sources[i].Size, d.bytes[i])
		}
	}
	d.report()
	for _, i := range group {
		if d.opts.Done != nil && !errors.Is(err, context.Canceled) {
			d.opts.Done(i, x, err)
		}
	}
}
