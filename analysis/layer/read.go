package layer

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"sync"
	"sync/atomic"
)

// Read indexes the layer blob that r brings, in one pass. It returns as soon as ctx is
// done, even if a Read of r still hangs; whoever opened r closes it.
//
// The index is never nil. With an error it holds what was read before: with a
// [*DigestError] or a [*SizeError] everything, but it is not what was asked
// for; with a [*TarError], [*DecodeError], [*LimitError] or [*RatioError] the
// entries before that place. Several errors come joined.
func Read(ctx context.Context, r io.Reader, opts ReadOptions) (*Index, error) {
	opts.Limits = opts.Limits.withDefaults()
	if opts.Budget == nil {
		opts.Budget = &Budget{}
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	x := &Index{Digest: opts.Digest, DiffID: opts.DiffID, Looked: true}
	p := &pipe{
		r: r, opts: &opts, x: x,
		raw: make(chan *chunk, ringSize), out: make(chan *chunk, ringSize), sum: make(chan *chunk, ringSize),
		rawRing: newRing(), outRing: newRing(),
		sniffed: make(chan struct{}),
	}
	sourceDone := make(chan struct{})
	go func() { defer close(sourceDone); p.source(ctx) }()
	var steps sync.WaitGroup
	steps.Go(func() { p.decode(ctx) })
	b := newBuilder(x)
	walkErr := p.walk(ctx, b)
	steps.Wait()
	select {
	case <-sourceDone: // it goes on to the end of the blob, for the digest
	case <-ctx.Done():
	}
	b.finish()
	if ctx.Err() != nil {
		return x, context.Cause(ctx)
	}
	p.rawRing.put()
	p.outRing.put()
	return x, p.verdict(walkErr)
}

// A pipe is one reading: source → decode → walk, each in a goroutine of its
// own, and one more that computes the diff ID where it is wanted.
type pipe struct {
	r    io.Reader
	opts *ReadOptions
	x    *Index

	raw, out, sum    chan *chunk
	rawRing, outRing *ring
	sniffed          chan struct{} // closed when compression is known
	enough           atomic.Bool   // the walker needs nothing more

	compression string
	plain       bool
	read        atomic.Int64 // bytes of the blob so far
	blobSum     hash.Hash    // nil when not wanted
	diffSum     hash.Hash
	sourceErr   error // of r, and of sizes

	countedRead, countedOut int64 // what the budget knows of
	decodeErr               error
}

// source reads and hashes the blob and hands its pieces on.
func (p *pipe) source(ctx context.Context) {
	defer close(p.raw)
	first := true
	for {
		c := p.rawRing.take(ctx, 1)
		if c == nil {
			break
		}
		n, err := io.ReadAtLeast(p.r, c.array[:rawSize], 64<<10)
		if err == io.ErrUnexpectedEOF {
			err = io.EOF
		}
		c.data = c.array[:n]
		if first {
			p.begin(c.data)
			first = false
		}
		if p.blobSum != nil {
			p.blobSum.Write(c.data)
		}
		total := p.read.Add(int64(n))
		if p.opts.Progress != nil && n > 0 && ctx.Err() == nil {
			p.opts.Progress(total)
		}
		if p.opts.Size > 0 && total > p.opts.Size {
			err = &SizeError{p.opts.Size, total}
		}
		if !send(ctx, p.raw, c) || err == io.EOF {
			break
		}
		if err != nil {
			p.sourceErr = err
			break
		}
	}
	if first {
		p.begin(nil)
	}
}

// begin looks at the first bytes and decides what is to be hashed.
func (p *pipe) begin(b []byte) {
	p.compression = sniff(b)
	p.plain = p.compression == "none"
	if p.plain || p.opts.Digest != "" {
		p.blobSum = sha256.New()
	}
	if !p.plain && (p.opts.VerifyDiffID || p.opts.Digest == "") {
		p.diffSum = sha256.New()
	}
	close(p.sniffed)
}

// decode turns raw pieces into pieces of the tar stream. When nothing is left
// to decode it lets the source go on to the blob's end.
func (p *pipe) decode(ctx context.Context) {
	in := &rawReader{ctx: ctx, in: p.raw}
	p.decodeErr = p.decodeFrom(ctx, in)
	close(p.out)
	close(p.sum)
	for in.next() == nil {
	}
}

func (p *pipe) decodeFrom(ctx context.Context, in *rawReader) error {
	select {
	case <-p.sniffed:
	case <-ctx.Done():
		return ctx.Err()
	}
	p.x.Compression = p.compression
	if p.plain {
		p.forward(ctx, in)
		return nil
	}
	if err := p.inflate(ctx, in); err != io.EOF { //nolint:errorlint // the end itself, as readers say it
		return err
	}
	return nil
}

// forward hands the pieces of a plain blob on as they are.
func (p *pipe) forward(ctx context.Context, in *rawReader) {
	for in.next() == nil {
		c := in.cur
		in.cur, in.rest = nil, nil
		p.x.UncompressedSize += int64(len(c.data))
		if !send(ctx, p.out, c) {
			return
		}
	}
}

func (p *pipe) inflate(ctx context.Context, in io.Reader) error {
	f, done, err := newFiller(p.compression, in, &p.opts.Limits)
	if err != nil {
		return err
	}
	defer done()
	readers := int32(1)
	if p.diffSum != nil {
		readers = 2
	}
	var last []byte // where the latest piece ends, its history included
	for {
		c := p.outRing.take(ctx, readers)
		if c == nil {
			return ctx.Err()
		}
		// The buffer of last may have been taken again, as c: nobody has
		// written to it yet.
		hist := copy(c.array[:histSize], last[max(0, len(last)-histSize):])
		n, err := f.Fill(c.array[:hist+outSize], hist)
		last = c.array[:hist+n]
		c.data = last[hist:]
		p.x.UncompressedSize += int64(n)
		if !send(ctx, p.out, c) || readers == 2 && !send(ctx, p.sum, c) {
			return ctx.Err()
		}
		if err == nil {
			err = p.tooMuch()
		}
		if err != nil || p.enough.Load() {
			return err
		}
	}
}

func (p *pipe) tooMuch() error {
	n, l, read := p.x.UncompressedSize, &p.opts.Limits, p.read.Load()
	if n > l.Uncompressed {
		return &LimitError{"bytes when decoded", l.Uncompressed}
	}
	if n > bombFloor && n/l.Ratio > read {
		return &RatioError{read, n}
	}
	err := p.opts.Budget.grown(read-p.countedRead, n-p.countedOut, l.Ratio)
	p.countedRead, p.countedOut = read, n
	return err
}

// walk feeds the tar walker, and hashes beside it where that is wanted.
func (p *pipe) walk(ctx context.Context, b *builder) (err error) {
	var sums sync.WaitGroup
	sums.Go(func() {
		for c := range p.sum {
			p.diffSum.Write(c.data)
			c.release()
		}
	})
	defer sums.Wait()
	w := newWalker(b, p.opts)
	for c := range p.out {
		if err == nil && ctx.Err() == nil {
			if err = w.write(c.data); err != nil {
				p.enough.Store(p.diffSum == nil || isLimit(err))
			}
		}
		c.release()
	}
	if err == nil {
		err = w.close()
	}
	return err
}

// verdict fills in sizes and digests and returns what was wrong.
func (p *pipe) verdict(walkErr error) error {
	x := p.x
	x.CompressedSize = p.read.Load()
	errs := []error{p.sourceErr}
	if p.sourceErr == nil && p.opts.Size > 0 && x.CompressedSize != p.opts.Size {
		errs = append(errs, &SizeError{p.opts.Size, x.CompressedSize})
	}
	switch {
	case p.decodeErr != nil && p.sourceErr != nil: // follows from it
	case p.decodeErr != nil:
		errs = append(errs, decodeError(p.compression, x.UncompressedSize, p.decodeErr))
	case walkErr != nil && p.sourceErr == nil:
		errs = append(errs, walkErr)
	}
	whole := p.sourceErr == nil
	if p.blobSum != nil && whole {
		got := digest(p.blobSum)
		if p.opts.Digest != "" && got != p.opts.Digest {
			errs = append(errs, &DigestError{"blob", p.opts.Digest, got})
		}
		x.Digest = got
		if p.plain {
			errs = append(errs, p.proveDiffID(got))
		}
	}
	if p.diffSum != nil && whole && p.decodeErr == nil && !p.enough.Load() {
		errs = append(errs, p.proveDiffID(digest(p.diffSum)))
	}
	return errors.Join(errs...)
}

func (p *pipe) proveDiffID(got string) error {
	want := p.opts.DiffID
	p.x.DiffID, p.x.Proved = got, true
	// The diff ID of a plain blob costs nothing, but is looked at only
	// when somebody asked: with a Digest that is enough said about it.
	if want == "" || got == want || p.opts.Digest != "" && !p.opts.VerifyDiffID {
		return nil
	}
	return &DigestError{"tar stream", want, got}
}

func digest(h hash.Hash) string { return "sha256:" + hex.EncodeToString(h.Sum(nil)) }

func isLimit(err error) bool {
	var limit *LimitError
	var ratio *RatioError
	return errors.As(err, &limit) || errors.As(err, &ratio)
}

func decodeError(format string, offset int64, err error) error {
	if isLimit(err) {
		return err
	}
	return &DecodeError{format, offset, err}
}

// A rawReader reads what source hands on.
type rawReader struct {
	ctx  context.Context
	in   <-chan *chunk
	cur  *chunk
	rest []byte
}

// next releases the present piece and waits for the next one.
func (r *rawReader) next() error {
	if r.cur != nil {
		r.cur.release()
		r.cur, r.rest = nil, nil
	}
	select {
	case c, ok := <-r.in:
		if !ok {
			return io.EOF
		}
		r.cur, r.rest = c, c.data
		return nil
	case <-r.ctx.Done():
		return r.ctx.Err()
	}
}

func (r *rawReader) Read(b []byte) (int, error) {
	for len(r.rest) == 0 {
		if err := r.next(); err != nil {
			return 0, err
		}
	}
	n := copy(b, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}
