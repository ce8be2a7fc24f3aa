package slim

import (
	"io"

	"github.com/klauspost/compress/flate"
)

// Sizes of an estimate, in bytes. The begin of a stream is compressed whole. Of
// the rest one piece of each stretch is compressed, with
// what stands before it in the window, and counts for the whole stretch. What
// pieces cost beside blocks is measured on one block of many.
const (
	piece      = 16 << 10
	stretch    = 8 * piece
	gaugeEvery = 64       // stretches of a block's size between two gauges
	exactPart  = 32 << 20 // up to here everything is compressed
)

// An estimator tells how many bytes a gzip of what is written to it would have,
// at about a sixth of the work.
type estimator struct {
	exact  int64  // bytes that are compressed whole
	buf    []byte // window, then the block that is being filled
	from   int
	blocks int

	total   int64 // bytes written
	rest    int64 // of them behind the exact part
	sampled int64 // of them compressed
	packed  int64 // bytes these came to

	gaugeBlocks, gaugePieces int64       // of the same bytes: in one block, and in pieces
	whole                    *gzipWriter // of the exact part
	small                    *summer
	w                        *flate.Writer
	out                      counter
}

func newEstimator() *estimator {
	e := &estimator{exact: exactPart, buf: make([]byte, 0, gzipWindow+gzipBlock), small: newSummer(io.Discard)}
	e.whole = newGzipWriter(e.small)
	return e
}

type counter int64

func (c *counter) Write(p []byte) (int, error) { *c += counter(len(p)); return len(p), nil }

func (e *estimator) Write(p []byte) (int, error) {
	n := len(p)
	if left := e.exact - e.total; left > 0 {
		k := int(min(left, int64(n)))
		if _, err := e.whole.Write(p[:k]); err != nil {
			return 0, err
		}
		e.total += int64(k)
		p = p[k:]
	}
	e.total, e.rest = e.total+int64(len(p)), e.rest+int64(len(p))
	for len(p) > 0 {
		k := min(len(p), gzipBlock-(len(e.buf)-e.from))
		e.buf = append(e.buf, p[:k]...)
		if p = p[k:]; len(e.buf)-e.from == gzipBlock {
			if err := e.block(); err != nil {
				return 0, err
			}
		}
	}
	return n, nil
}

// block samples the block in the buffer, and makes its end the window.
func (e *estimator) block() error {
	gauge := e.blocks%gaugeEvery == gaugeEvery/2 || e.blocks == 1
	e.blocks++
	var all int64
	for at := e.from; at < len(e.buf); at += piece {
		sample := e.blocks == 1 || (at-e.from)/piece%(stretch/piece) == e.blocks%(stretch/piece)
		if !sample && !gauge {
			continue
		}
		n, err := e.deflate(at, min(at+piece, len(e.buf)))
		if err != nil {
			return err
		}
		if all += n; sample {
			e.sampled += int64(min(piece, len(e.buf)-at))
			e.packed += n
		}
	}
	if gauge {
		n, err := e.deflate(e.from, len(e.buf))
		if err != nil {
			return err
		}
		e.gaugeBlocks, e.gaugePieces = e.gaugeBlocks+n, e.gaugePieces+all
	}
	keep := min(gzipWindow, len(e.buf))
	copy(e.buf, e.buf[len(e.buf)-keep:])
	e.buf, e.from = e.buf[:keep], keep
	return nil
}

// deflate returns how many bytes buf[from:to] comes to.
func (e *estimator) deflate(from, to int) (int64, error) {
	e.out = 0
	dict := e.buf[max(0, from-gzipWindow):from]
	var err error
	if e.w == nil {
		e.w, err = flate.NewWriterDict(&e.out, gzipLevel, dict)
	} else {
		e.w.ResetDict(&e.out, dict)
	}
	if err == nil {
		_, err = e.w.Write(e.buf[from:to])
	}
	if err == nil {
		err = e.w.Flush()
	}
	return int64(e.out), err
}

// size returns the estimate. Of a small stream it is exact.
func (e *estimator) size() (int64, error) {
	if err := e.whole.Close(); err != nil || e.rest == 0 {
		return e.small.n, err
	}
	if err := e.block(); err != nil {
		return 0, err
	}
	if e.sampled == 0 {
		return e.small.n + e.rest, nil
	}
	ratio := float64(e.packed) / float64(e.sampled)
	if e.gaugePieces > 0 {
		ratio *= float64(e.gaugeBlocks) / float64(e.gaugePieces)
	}
	return e.small.n + int64(ratio*float64(e.rest)), nil
}
