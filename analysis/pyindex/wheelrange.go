package pyindex

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
)

// ErrNoRanges says that a server does not hand out parts of a file.
var ErrNoRanges = errors.New("the server gives no parts of files")

var contentRange = regexp.MustCompile(`^bytes (\d+)-(\d+)/(\d+)$`)

// span fetches the bytes from a to b of a file, both included; b may lie behind
// its end. It returns the size of the whole file. Only an answer 206 with
// exactly these bytes is taken: some servers announce ranges and send the whole
// file (Artifactory), some fail on ranges from the end (files.pythonhosted.org).
// The whole file is never read, and the host is not asked for parts again.
func (w *web) span(ctx context.Context, address string, a, b int64) (data []byte, size int64, err error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, 0, fmt.Errorf("%s: this is no address", clean(address))
	}
	if u.Scheme == "file" {
		return localSpan(u, a, b)
	}
	if why := w.noRange.why(u.Host); why != "" {
		return nil, 0, fmt.Errorf("%s: %w (%s)", u.Host, ErrNoRanges, why)
	}
	err = w.try(ctx, func() error {
		r, err := w.request(ctx, address)
		if err != nil {
			return err
		}
		r.Header.Set("Range", fmt.Sprintf("bytes=%d-%d", a, b))
		r.Header.Set("Accept-Encoding", "identity")
		return w.do(r, func(resp *http.Response) error {
			data, size, err = w.part(resp, a, b)
			if errors.Is(err, ErrNoRanges) {
				w.noRange.add(u.Host, fmt.Sprintf("it answered %d", resp.StatusCode))
			}
			return err
		})
	})
	return data, size, err
}

// part reads an answer to a request for the bytes from a to b.
func (w *web) part(resp *http.Response, a, b int64) (data []byte, size int64, err error) {
	place := clean(resp.Request.URL.String())
	switch resp.StatusCode {
	case http.StatusPartialContent:
	case http.StatusOK, http.StatusBadRequest, http.StatusMethodNotAllowed, http.StatusNotImplemented:
		// Closing the body unread gives the connection up.
		return nil, 0, fmt.Errorf("%s: %w (it answered %d)", place, ErrNoRanges, resp.StatusCode)
	case http.StatusRequestedRangeNotSatisfiable:
		return nil, 0, fmt.Errorf("%s: the file is shorter than the index says", place)
	case http.StatusNotFound, http.StatusGone:
		return nil, 0, fmt.Errorf("%w: %s", ErrNotFound, place)
	default:
		return nil, 0, w.status(resp)
	}
	m := contentRange.FindStringSubmatch(resp.Header.Get("Content-Range"))
	if m == nil {
		return nil, 0, fmt.Errorf("%s: %w (it does not say which part it sends)", place, ErrNoRanges)
	}
	from, _ := strconv.ParseInt(m[1], 10, 64)
	to, _ := strconv.ParseInt(m[2], 10, 64)
	size, err = strconv.ParseInt(m[3], 10, 64)
	if err != nil || size <= 0 || from != a || to != min(b, size-1) {
		return nil, 0, fmt.Errorf("%s: %w (asked for bytes %d to %d, it sends %s)", place, ErrNoRanges, a, b, m[0])
	}
	data = make([]byte, to-from+1)
	if _, err := io.ReadFull(resp.Body, data); err != nil {
		return nil, 0, fmt.Errorf("%s: the answer ends early: %w", place, io.ErrUnexpectedEOF)
	}
	return data, size, nil
}
