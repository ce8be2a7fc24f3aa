package layer

import "slices"

// An Indexer makes the [Index] of a tar stream that is written to it. What the
// index says of a blob (digests, sizes, compression) is left to its caller.
type Indexer struct {
	x *Index
	b *builder
	w *walker
}

// NewIndexer returns an Indexer that keeps what keep asks for, see
// [ReadOptions.Keep].
func NewIndexer(keep func(path string, size int64) bool) *Indexer {
	x := &Index{}
	b := newBuilder(x)
	return &Indexer{x, b, newWalker(b, &ReadOptions{Keep: keep, Limits: Limits{}.withDefaults()})}
}

// Write takes the next piece of the stream.
func (d *Indexer) Write(p []byte) (int, error) {
	if err := d.w.write(p); err != nil {
		return 0, err
	}
	d.x.UncompressedSize += int64(len(p))
	return len(p), nil
}

// Index returns the index of what was written. The Indexer must not be used
// after it.
func (d *Indexer) Index() (*Index, error) {
	err := d.w.close()
	d.b.finish()
	return d.x, err
}

// SameEntries reports whether x and y list the same entries in the same order,
// with equal content as far as sizes and hashes tell.
func (x *Index) SameEntries(y *Index) bool {
	return x.names == y.names && slices.Equal(x.nameEnd, y.nameEnd) && slices.Equal(x.mode, y.mode) &&
		slices.Equal(x.size, y.size) && slices.Equal(x.hash, y.hash) && slices.Equal(x.dir, y.dir) &&
		x.dirNames == y.dirNames && x.linkText == y.linkText
}
