package inflate

import "io"

// readerSize is the output that a Reader decodes at once. With the history it
// stays within a usual second-level cache.
const readerSize = 256 << 10

// A Reader decodes a gzip stream as an [io.Reader] and [io.WriterTo].
type Reader struct {
	d    *Decoder
	buf  []byte // history, then output
	next int    // of buf, the first byte that was not yet handed out
	end  int    // of buf, the end of the output
	err  error  // comes after the output
}

// NewReader returns a Reader of the gzip stream r. Nothing is read before the
// first call. Its errors are those of [Decoder.Fill].
func NewReader(r io.Reader) *Reader {
	return &Reader{d: NewGzip(r), buf: make([]byte, windowSize+readerSize)}
}

// Reset makes r what NewReader(src) returns, but keeps its memory.
func (r *Reader) Reset(src io.Reader) {
	r.d.Reset(src)
	r.next, r.end, r.err = 0, 0, nil
}

// fill gets new output, or an error, when all was handed out.
func (r *Reader) fill() {
	hist := min(r.end, windowSize)
	copy(r.buf, r.buf[r.end-hist:r.end])
	n, err := r.d.Fill(r.buf, hist)
	r.next, r.end, r.err = hist, hist+n, err
}

// Read implements [io.Reader].
func (r *Reader) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for r.next == r.end {
		if r.err != nil {
			return 0, r.err
		}
		r.fill()
	}
	n := copy(p, r.buf[r.next:r.end])
	r.next += n
	return n, nil
}

// WriteTo implements [io.WriterTo].
func (r *Reader) WriteTo(w io.Writer) (total int64, err error) {
	for {
		if r.next < r.end {
			n, err := w.Write(r.buf[r.next:r.end])
			r.next += n
			total += int64(n)
			if err == nil && r.next < r.end {
				err = io.ErrShortWrite
			}
			if err != nil {
				return total, err
			}
		}
		switch r.err {
		case nil:
			r.fill()
		case io.EOF:
			return total, nil
		default:
			return total, r.err
		}
	}
}
