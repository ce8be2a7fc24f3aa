package layer

import (
	"context"
	"sync"
	"sync/atomic"
)

// Sizes of the buffers between the steps of a reading. Each step works on one
// while the next one works on another; more of them only cost memory.
const (
	rawSize  = 256 << 10 // compressed bytes in one buffer
	outSize  = 256 << 10 // decoded bytes in one buffer
	histSize = 32 << 10  // the decoder's window in front of them (RFC 1951)
	ringSize = 6
)

var bufPool = sync.Pool{New: func() any { return new([histSize + outSize]byte) }}

// A chunk is a piece of a stream in a buffer of a ring. Who has it reads data
// and then calls release.
type chunk struct {
	array *[histSize + outSize]byte
	data  []byte
	refs  atomic.Int32
	home  chan *chunk
}

// release gives the buffer back when all its readers have done so.
func (c *chunk) release() {
	if c.refs.Add(-1) == 0 {
		c.home <- c // has room for all chunks of the ring
	}
}

// A ring is a fixed number of buffers, made when first needed.
type ring struct {
	free chan *chunk
	made int
}

func newRing() *ring { return &ring{free: make(chan *chunk, ringSize)} }

// take waits for a free buffer that readers will release; nil when ctx is
// done. Only one goroutine may take.
func (r *ring) take(ctx context.Context, readers int32) *chunk {
	var c *chunk
	select {
	case c = <-r.free:
	default:
		if r.made < ringSize {
			r.made++
			c = &chunk{array: bufPool.Get().(*[histSize + outSize]byte), home: r.free}
			break
		}
		select {
		case c = <-r.free:
		case <-ctx.Done():
			return nil
		}
	}
	c.refs.Store(readers)
	return c
}

// put returns the free buffers to the pool. Those that a reader still has are
// left to the garbage collector.
func (r *ring) put() {
	for {
		select {
		case c := <-r.free:
			bufPool.Put(c.array)
		default:
			return
		}
	}
}

// send hands c on, or releases it and reports false when ctx is done.
func send(ctx context.Context, to chan<- *chunk, c *chunk) bool {
	select {
	case to <- c:
		return true
	case <-ctx.Done():
		return false
	}
}
