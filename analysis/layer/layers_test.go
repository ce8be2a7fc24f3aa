package layer

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
)

// A memory is a cache that remembers what was asked.
type memory struct {
	mu    sync.Mutex
	index map[string][]byte
}

func (m *memory) Index(_ context.Context, diffID string) (*Index, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if b, ok := m.index[diffID]; ok {
		return Decode(b)
	}
	return nil, ErrNotCached
}

func (m *memory) PutIndex(_ context.Context, x *Index) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.index[x.DiffID] = x.Encode()
	return nil
}

// opened counts how often blobs are opened.
type opened struct {
	mu sync.Mutex
	n  map[string]int
}

func (o *opened) source(name string, blob, plain []byte) Source {
	return Source{
		DiffID: sha(plain), Digest: sha(blob), Size: int64(len(blob)),
		Open: func(context.Context) (io.ReadCloser, error) {
			o.mu.Lock()
			defer o.mu.Unlock()
			o.n[name]++
			return io.NopCloser(bytes.NewReader(blob)), nil
		},
	}
}

func TestReadLayers(t *testing.T) {
	o := &opened{n: map[string]int{}}
	a, b := tarOf("a=1"), tarOf("b="+strings.Repeat("b", 5000))
	broken := o.source("broken", gz(b)[:50], b)
	broken.Digest = sha(gz(b))
	sources := []Source{
		o.source("a", gz(a), a), o.source("b", zst(b), b), o.source("a", gz(a), a), broken,
		{DiffID: "sha256:no", Open: func(context.Context) (io.ReadCloser, error) { return nil, io.ErrClosedPipe }},
	}
	cache := &memory{index: map[string][]byte{}}
	var last Progress
	done := map[int]bool{}
	opts := LayersOptions{Cache: cache, Jobs: 2, Progress: func(p Progress) { last = p }, Done: func(i int, x *Index, err error) { done[i] = err == nil }}
	x, errs := ReadLayers(t.Context(), sources, opts)
	if x[0].Path(0) != "/a" || x[1].Path(0) != "/b" || x[2] != x[0] || errs[0] != nil || errs[1] != nil || errs[2] != nil {
		t.Errorf("good layers: %v", errs)
	}
	if errs[3] == nil || x[4] != nil || !errors.Is(errs[4], io.ErrClosedPipe) {
		t.Errorf("bad layers: %v, %v", errs[3], errs[4])
	}
	if o.n["a"] != 1 || o.n["b"] != 1 || len(cache.index) != 2 {
		t.Errorf("opened %v, cached %d", o.n, len(cache.index))
	}
	if last.Layers != 5 || last.LayersDone != 5 || last.Read != last.Total || len(done) != 5 || !done[2] || done[3] {
		t.Errorf("progress %+v, done %v", last, done)
	}
	// Again: nothing good is opened.
	if _, errs = ReadLayers(t.Context(), sources[:3], opts); errors.Join(errs...) != nil || o.n["a"] != 1 || o.n["b"] != 1 {
		t.Errorf("from the cache: opened %v, %v", o.n, errs)
	}
}

// A cached index is only good for the blob that it was read from, or if its
// diff ID was computed: an image may claim any diff ID.
func TestReadLayersClaim(t *testing.T) {
	o := &opened{n: map[string]int{}}
	evil, good := tarOf("evil=1"), tarOf("good=1")
	lie := o.source("evil", gz(evil), good)
	cache := &memory{index: map[string][]byte{}}
	opts := LayersOptions{Cache: cache}
	ReadLayers(t.Context(), []Source{lie}, opts)
	x, errs := ReadLayers(t.Context(), []Source{o.source("good", gz(good), good)}, opts)
	if errs[0] != nil || x[0].Path(0) != "/good" {
		t.Errorf("the lie was believed: %v, %v", x[0].Path(0), errs)
	}
	// A plain layer proves its diff ID; then every wrapping of it is known.
	plain := o.source("plain", good, good)
	plain.Digest = ""
	ReadLayers(t.Context(), []Source{plain}, opts)
	y := o.source("zstd", zst(good), good)
	x, errs = ReadLayers(t.Context(), []Source{y}, opts)
	if errs[0] != nil || o.n["zstd"] != 0 || x[0].Digest != y.Digest || x[0].CompressedSize != y.Size {
		t.Errorf("opened %v, %+v, %v", o.n, x[0], errs)
	}
	opts.Read.VerifyDiffID = true
	if _, errs = ReadLayers(t.Context(), []Source{lie}, LayersOptions{Read: opts.Read}); errs[0] == nil {
		t.Error("verifying did not find the lie")
	}
}

// hang is a blob whose Read waits until it is closed.
type hang struct {
	closed chan struct{}
	once   sync.Once
	began  chan struct{}
}

func (h *hang) Read([]byte) (int, error) {
	close(h.began)
	<-h.closed
	return 0, io.ErrClosedPipe
}

func (h *hang) Close() error {
	h.once.Do(func() { close(h.closed) })
	return nil
}

func TestReadLayersCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	o := &opened{n: map[string]int{}}
	a := tarOf("a=1")
	h := &hang{closed: make(chan struct{}), began: make(chan struct{})}
	go func() { <-h.began; cancel() }()
	x, errs := ReadLayers(ctx, []Source{
		o.source("a", a, a),
		{DiffID: "sha256:1", Open: func(context.Context) (io.ReadCloser, error) { return h, nil }},
		{DiffID: "sha256:2", Open: func(ctx context.Context) (io.ReadCloser, error) { return nil, ctx.Err() }},
	}, LayersOptions{Jobs: 1})
	if errs[0] != nil || x[0].Path(0) != "/a" || !errors.Is(errs[1], context.Canceled) || !errors.Is(errs[2], context.Canceled) {
		t.Errorf("canceled: %v", errs)
	}
	<-h.closed
}
