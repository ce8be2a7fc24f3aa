package layer

import (
	"errors"
	"fmt"
)

// ErrNotCached is what a [Cache] returns for a layer that it does not have.
var ErrNotCached = errors.New("layer is not in the cache")

// ErrDamaged is what [Decode] returns for bytes that [Index.Encode] has not
// written.
var ErrDamaged = errors.New("damaged layer index")

// A DigestError says that bytes are not the ones that were asked for. What was
// read is in the index that comes with it, but should not be trusted.
type DigestError struct {
	What      string // "blob" or "diff ID"
	Want, Got string // "sha256:…"
}

func (e *DigestError) Error() string {
	return fmt.Sprintf("%s has digest %s, not %s: the bytes were damaged or replaced", e.What, e.Got, e.Want)
}

// A SizeError says that a blob is shorter or longer than its manifest says.
type SizeError struct {
	Want int64 // bytes
	Got  int64 // bytes; at least these when the blob is too long
}

func (e *SizeError) Error() string {
	if e.Got > e.Want {
		return fmt.Sprintf("blob is longer than the %d bytes of its manifest", e.Want)
	}
	return fmt.Sprintf("blob ends after %d of %d bytes", e.Got, e.Want)
}

// A LimitError says which of the [Limits] a layer passes.
type LimitError struct {
	What string // as in "more than 2000000 entries"
	Max  int64
}

func (e *LimitError) Error() string {
	return fmt.Sprintf("layer has more than %d %s: it is not read further", e.Max, e.What)
}

// A PlaceError says which layer of an image could not be read, or written anew. The
// others are there.
type PlaceError struct {
	Layer, Layers int  // from 0; of how many
	Writing       bool // it was read, and is not written
	Err           error
}

func (e *PlaceError) Error() string {
	return fmt.Sprintf("layer %d of %d: %v", e.Layer+1, e.Layers, e.Err)
}

func (e *PlaceError) Unwrap() error { return e.Err }

// A StackError says which layer cannot be stacked upon those below it.
type StackError struct {
	Layer int // from 0
	Err   error
}

func (e *StackError) Error() string { return e.Err.Error() }

func (e *StackError) Unwrap() error { return e.Err }

// A RatioError says that a layer grows beyond belief when it is decoded.
type RatioError struct {
	Compressed, Uncompressed int64 // bytes read so far
}

func (e *RatioError) Error() string {
	return fmt.Sprintf("%d compressed bytes have become %d: this looks like a decompression bomb; the layer is not read further",
		e.Compressed, e.Uncompressed)
}

// A DecodeError says that a compressed stream cannot be decoded.
type DecodeError struct {
	Format string // "gzip" or "zstd"
	Offset int64  // bytes of the tar stream decoded before
	Err    error
}

func (e *DecodeError) Error() string {
	return fmt.Sprintf("%s stream is damaged after %d decoded bytes: %v", e.Format, e.Offset, e.Err)
}

func (e *DecodeError) Unwrap() error { return e.Err }
