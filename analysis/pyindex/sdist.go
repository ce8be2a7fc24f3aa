package pyindex

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"weighline/analysis/bytesize"
)

// maxSdist is the largest source distribution that is read for what it
// requires.
const maxSdist = 32 << 20

// sdistMetadata reads PKG-INFO of a source distribution, up to which it is
// downloaded. What its build would say may differ; to know it, one must build.
func (c *Client) sdistMetadata(ctx context.Context, f *File) ([]byte, error) {
	const why = "what it requires is known when it is built"
	if !strings.HasSuffix(f.Filename, ".tar.gz") && !strings.HasSuffix(f.Filename, ".tgz") {
		return nil, errors.New("a source distribution: " + why)
	}
	if f.Size.Basis == bytesize.Known && f.Size.Size > maxSdist {
		return nil, errors.New("a large source distribution: " + why)
	}
	key := "pkg-info " + f.URL
	if e := c.web.cache.load(key); !f.local() && e != nil && e.fresh(c.o.Now()) {
		return e.Body, nil
	}
	var text []byte
	err := c.body(ctx, f.URL, func(r io.Reader) (err error) {
		text, err = pkgInfo(io.LimitReader(r, maxSdist))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("a source distribution, %s: %w", why, err)
	}
	if f.local() {
		return text, nil
	}
	c.web.cache.store(key, &entry{URL: f.URL, Status: http.StatusOK, Body: text, Until: c.o.Now().Add(keepContents)})
	return text, nil
}

// pkgInfo finds NAME-VERSION/PKG-INFO in a .tar.gz.
func pkgInfo(r io.Reader) ([]byte, error) {
	z, err := gzip.NewReader(r)
	if err != nil {
		return nil, err
	}
	t := tar.NewReader(io.LimitReader(z, 8*maxSdist))
	for range 100_000 {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if dir, ok := strings.CutSuffix(strings.TrimPrefix(h.Name, "./"), "/PKG-INFO"); ok && !strings.Contains(dir, "/") {
			return readAll(t, maxMetadata)
		}
	}
	return nil, errors.New("it has no PKG-INFO")
}
