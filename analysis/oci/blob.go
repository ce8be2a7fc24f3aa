package oci

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/google/go-containerregistry/pkg/v1/remote/transport"
)

const (
	maxIdleTries  = 3       // connections in a row that brought next to nothing
	maxReconnects = 100     // for one blob
	someProgress  = 1 << 16 // bytes that make a connection worth another
)

// A blobReader reads a blob from a registry. When the connection drops, stalls
// or ends too early it asks for the rest with a ranged request, so that its
// reader notices nothing but the time.
type blobReader struct {
	ctx    context.Context
	r      *repository
	url    string
	what   string // for messages
	size   int64  // from the manifest; -1: not known
	off    int64  // bytes handed out
	body   io.ReadCloser
	cancel context.CancelFunc
	idle   *time.Timer // cuts a connection that is silent

	tries, idleTries int
	got              int64 // bytes of this connection
	err              error // final
}

func (r *repository) blob(ctx context.Context, digest string, size int64, what string) *blobReader {
	return &blobReader{ctx: ctx, r: r, url: r.blobURL(digest), what: what, size: size}
}

func (b *blobReader) Read(p []byte) (int, error) {
	for b.err == nil {
		if b.size >= 0 && b.off == b.size {
			return 0, b.finish()
		}
		if b.body == nil {
			if b.err = b.connect(); b.err != nil {
				break
			}
		}
		if b.size >= 0 && int64(len(p)) > b.size-b.off {
			p = p[:b.size-b.off]
		}
		b.idle.Reset(b.r.o.Stall)
		n, err := b.body.Read(p)
		b.idle.Stop()
		b.off, b.got = b.off+int64(n), b.got+int64(n)
		switch {
		case err == nil || n > 0 && err == io.EOF && b.size >= 0 && b.off == b.size:
		case err == io.EOF && b.size < 0:
			b.err = io.EOF
		default:
			b.dropped(err)
		}
		if n > 0 {
			return n, nil
		}
	}
	return 0, b.err
}

// finish ends a blob of known size. One byte more is a registry that lies.
func (b *blobReader) finish() error {
	b.err = io.EOF
	if b.body != nil {
		b.idle.Reset(b.r.o.Stall)
		if n, _ := b.body.Read(make([]byte, 1)); n > 0 {
			b.err = fail(Damaged, b.what, "the registry sends more than the %d bytes that the manifest says", b.size)
		}
		b.drop()
	}
	return b.err
}

// dropped notes the end of a connection and whether another is worth it.
func (b *blobReader) dropped(err error) {
	b.drop()
	if cerr := b.ctx.Err(); cerr != nil {
		b.err = cerr
		return
	}
	err = silence(err)
	if b.tries++; b.got >= someProgress {
		b.idleTries = 0
	} else {
		b.idleTries++
	}
	if b.idleTries >= maxIdleTries || b.tries >= maxReconnects {
		b.err = b.gaveUp(err)
		return
	}
	if b.idleTries > 0 {
		if err := b.r.o.sleep(b.ctx, backOff(b.idleTries, nil)); err != nil {
			b.err = err
		}
	}
}

// errSilent is a connection on which nothing came for too long.
var errSilent = errors.New("the connection was silent for too long")

// silence takes the cancel of a silent connection for what it is: nobody has
// stopped the reading. The reader's own context must have been looked at.
func silence(err error) error {
	if errors.Is(err, context.Canceled) {
		return errSilent
	}
	return err
}

func (b *blobReader) gaveUp(err error) *Error {
	of := ""
	if b.size >= 0 {
		of = fmt.Sprintf(" of %d", b.size)
	}
	e := fail(Unavailable, b.what, "the connection to %s broke %d times; %d%s bytes came", b.r.host(), b.tries, b.off, of)
	if errors.Is(err, errSilent) {
		e = fail(Unavailable, b.what, "%s sent nothing for %v, after %d connections; %d%s bytes came", b.r.host(), b.r.o.Stall, b.tries, b.off, of)
	}
	return e.because(err).hint("Try again: layers that were read whole are kept.")
}

func (b *blobReader) drop() {
	if b.body != nil {
		b.idle.Stop()
		b.cancel()
		b.body.Close()
		b.body = nil
	}
}

// connect asks for the bytes from b.off on.
func (b *blobReader) connect() error {
	if b.body != nil {
		return nil
	}
	resp, cancel, err := b.request(b.off, -1) //nolint:bodyclose // drop closes it
	if err != nil {
		return err
	}
	b.body, b.cancel, b.got = resp.Body, cancel, 0
	b.idle = time.AfterFunc(b.r.o.Stall, cancel)
	b.idle.Stop()
	if err := b.checkLength(resp); err != nil {
		b.drop()
		return err
	}
	if resp.StatusCode == http.StatusOK && b.off > 0 {
		return b.skip()
	}
	return nil
}

// skip reads over what was handed out already, where the server knows no
// ranges: dear, but the digest tells in the end whether the halves fit.
func (b *blobReader) skip() error {
	buf := make([]byte, 64<<10)
	for left := b.off; left > 0; {
		b.idle.Reset(b.r.o.Stall)
		n, err := b.body.Read(buf[:min(left, int64(len(buf)))])
		b.idle.Stop()
		if left -= int64(n); err != nil && left > 0 {
			b.dropped(err)
			return b.err
		}
	}
	return nil
}

// checkLength compares what the server promises with what is wanted.
func (b *blobReader) checkLength(resp *http.Response) error {
	from := int64(0)
	if resp.StatusCode == http.StatusPartialContent {
		var start, end, total int64
		n, _ := fmt.Sscanf(resp.Header.Get("Content-Range"), "bytes %d-%d/%d", &start, &end, &total)
		if n < 2 || start != b.off || n == 3 && b.size >= 0 && total != b.size {
			return fail(Damaged, b.what, "%s sent another range than it was asked for: %s", b.r.host(), resp.Header.Get("Content-Range"))
		}
		from = start
	}
	if b.size >= 0 && resp.ContentLength >= 0 && from+resp.ContentLength != b.size {
		return fail(Damaged, b.what, "the manifest says %d bytes, %s has %d", b.size, b.r.host(), from+resp.ContentLength)
	}
	return nil
}

// request asks for bytes from on, up to the end or for n of them. The body
// must be closed, then cancel called.
func (b *blobReader) request(from, n int64) (*http.Response, context.CancelFunc, error) {
	ctx, cancel := context.WithCancel(b.ctx)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, b.url, nil)
	if err != nil {
		cancel()
		return nil, nil, fail(BadReference, b.what, "%v", err)
	}
	switch {
	case n >= 0:
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-%d", from, from+n-1))
	case from > 0:
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-", from))
	}
	resp, err := b.r.client.Do(req)
	if err == nil {
		ok := []int{http.StatusOK, http.StatusPartialContent}
		if from == 0 && n < 0 {
			ok = ok[:1]
		}
		if err = transport.CheckError(resp, ok...); err != nil {
			resp.Body.Close()
		}
	}
	if err != nil {
		cancel()
		return nil, nil, b.r.explainBlob(b.ctx, b.what, err)
	}
	return resp, cancel, nil
}

// readRange reads n bytes at off; only a 206 for just these bytes counts.
func (b *blobReader) readRange(off, n int64) ([]byte, error) {
	for try := 1; ; try++ {
		buf, err := b.tryRange(off, n)
		if err == nil || try == maxIdleTries || CodeOf(err) != Unavailable || b.ctx.Err() != nil {
			return buf, err
		}
		if err := b.r.o.sleep(b.ctx, backOff(try, nil)); err != nil {
			return nil, err
		}
	}
}

func (b *blobReader) tryRange(off, n int64) ([]byte, error) {
	resp, cancel, err := b.request(off, n)
	if err != nil {
		return nil, err
	}
	defer cancel()
	defer resp.Body.Close()
	var start, end int64
	_, err = fmt.Sscanf(resp.Header.Get("Content-Range"), "bytes %d-%d/", &start, &end)
	if err != nil || resp.StatusCode != http.StatusPartialContent || start != off || end != off+n-1 {
		return nil, fail(Unsupported, b.what, "%s does not send parts of a layer", b.r.host())
	}
	idle := time.AfterFunc(b.r.o.Stall, cancel)
	defer idle.Stop()
	var buf bytes.Buffer // grows as bytes come: n is what a stranger says
	for {
		got, err := io.CopyN(&buf, resp.Body, min(n-int64(buf.Len()), 64<<10))
		idle.Reset(b.r.o.Stall)
		switch {
		case int64(buf.Len()) == n:
			return buf.Bytes(), nil
		case err != nil:
			if b.ctx.Err() == nil {
				err = silence(err)
			}
			return nil, b.r.explainBlob(b.ctx, b.what, fmt.Errorf("after %d bytes of %d: %w", int64(buf.Len())-got, n, err))
		}
	}
}

func (b *blobReader) Close() error {
	b.drop()
	if b.err == nil {
		b.err = fail(Unsupported, b.what, "it was closed")
	}
	return nil
}
