package pyindex

import (
	"bytes"
	"compress/flate"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"weighline/analysis/bytesize"
	"weighline/analysis/fileclass"
)

// Contents is what the directory of a wheel tells, which is read by ranges: a
// few kB of a wheel of any size.
type Contents struct {
	Size     int64 // of the wheel
	Unpacked int64 // what "pip install --no-compile" writes, but for 1 or 2 kB
	Files    int
	// Pyc is about what pip adds by compiling: 1.3 times the Python code (1.2 to
	// 1.4 were measured).
	Pyc       int64
	Imports   []string  // names that code imports, sorted: "cv2"
	Libraries []Library // compiled code outside of tests, the largest first

	// The bytes that can be stripped, by class. A wheel seldom brings bytecode:
	// see Pyc for what pip adds.
	Tests, Static, Headers, Bytecode int64
}

// A Library is a file with compiled code.
type Library struct {
	Path string
	Size int64
}

// Class returns the bytes of the files of a class; of [fileclass.None] those
// that are in no class.
func (x *Contents) Class(c fileclass.Class) int64 {
	switch c {
	case fileclass.Tests:
		return x.Tests
	case fileclass.Static:
		return x.Static
	case fileclass.Headers:
		return x.Headers
	case fileclass.Bytecode:
		return x.Bytecode
	}
	return x.Unpacked - x.Tests - x.Static - x.Headers - x.Bytecode
}

// Compiled returns the bytes of compiled code.
func (x *Contents) Compiled() (n int64) {
	for _, l := range x.Libraries {
		n += l.Size
	}
	return n
}

// tailGuess is how much of a wheel's end is asked for first: the directory of
// most small wheels. The rest of a larger one costs a second request.
const tailGuess = 4 << 10

// keepContents is how long what a wheel holds is kept: the files of an index do
// not change.
const keepContents = 90 * 24 * time.Hour

// Contents returns what a wheel holds. The error wraps [ErrNoRanges] if the
// server gives no parts of files; the wheel itself is never downloaded.
func (c *Client) Contents(ctx context.Context, f *File) (*Contents, error) {
	if !f.IsWheel() {
		return nil, fmt.Errorf("%s: it is no wheel", f.Filename)
	}
	return share(ctx, c, c.contents, f.URL, func(ctx context.Context) (*Contents, error) {
		key := fmt.Sprintf("contents2 %s %d %s", f.URL, f.Size.Size, f.Hashes["sha256"])
		if e := c.web.cache.load(key); !f.local() && e != nil && e.fresh(c.o.Now()) {
			x := &Contents{}
			if json.Unmarshal(e.Body, x) == nil {
				return x, nil
			}
		}
		list, size, err := c.directory(ctx, f)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Filename, err)
		}
		x := describe(list)
		x.Size = size
		if body, err := json.Marshal(x); err == nil && !f.local() {
			c.web.cache.store(key, &entry{URL: f.URL, Status: http.StatusOK, Body: body, Until: c.o.Now().Add(keepContents)})
		}
		return x, nil
	})
}

// directory reads the directory of a wheel, and the wheel's size.
func (c *Client) directory(ctx context.Context, f *File) (list []zipEntry, size int64, err error) {
	size = int64(f.Size.Size)
	if f.Size.Basis != bytesize.Known || size <= 0 {
		if _, size, err = c.web.span(ctx, f.URL, 0, 0); err != nil {
			return nil, 0, err
		}
	}
	at := max(0, size-tailGuess)
	tail, real, err := c.web.span(ctx, f.URL, at, size-1)
	if err != nil {
		return nil, 0, err
	}
	if real != size {
		return nil, 0, fmt.Errorf("it has %d bytes, and the index says %d", real, size)
	}
	end, err := findEnd(tail, at, size)
	if errors.Is(err, errNoZip) && at > 0 { // a comment, or the locator before it
		at = max(0, size-maxComment-endLen-locatorLen)
		if tail, _, err = c.web.span(ctx, f.URL, at, size-1); err == nil {
			end, err = findEnd(tail, at, size)
		}
	}
	if err != nil {
		return nil, 0, err
	}
	piece := func(from, n int64) ([]byte, error) {
		switch {
		case n == 0:
			return nil, nil
		case from >= at:
			return tail[from-at : from-at+n], nil
		}
		to := min(from+n, at) // the rest is in the tail
		b, _, err := c.web.span(ctx, f.URL, from, to-1)
		if err == nil && from+n > at {
			b = append(b, tail[:from+n-at]...)
		}
		return b, err
	}
	if end.more > 0 {
		b, err := piece(end.more, end64Len)
		if err == nil {
			end, err = end.zip64(b)
		}
		if err != nil {
			return nil, 0, err
		}
	}
	dir, err := piece(end.offset, end.size)
	if err != nil {
		return nil, 0, err
	}
	list, err = readEntries(dir, end)
	return list, size, err
}

// wheelMetadata reads the METADATA of a wheel that lies beside no metadata file.
func (c *Client) wheelMetadata(ctx context.Context, f *File) ([]byte, error) {
	list, _, err := c.directory(ctx, f)
	if err != nil {
		return nil, err
	}
	for _, x := range list {
		dir, ok := strings.CutSuffix(x.name, ".dist-info/METADATA")
		if !ok || strings.Contains(dir, "/") {
			continue
		}
		if x.packed > maxMetadata || x.plain > maxMetadata {
			return nil, errors.New("its METADATA is too large")
		}
		const headLen = 30
		// The name is the same in the local header; its extra field may not be.
		b, _, err := c.web.span(ctx, f.URL, x.offset, x.offset+headLen+int64(len(x.name))+64+x.packed)
		if err != nil {
			return nil, err
		}
		if len(b) < headLen || !bytes.HasPrefix(b, []byte("PK\x03\x04")) {
			return nil, errLyingZ
		}
		from := headLen + int(le.Uint16(b[26:])) + int(le.Uint16(b[28:]))
		if int64(len(b)-from) < x.packed {
			return nil, errLyingZ
		}
		b = b[from : int64(from)+x.packed]
		switch x.method {
		case 0:
			return b, nil
		case 8:
			return readAll(flate.NewReader(bytes.NewReader(b)), maxMetadata)
		}
		return nil, fmt.Errorf("its METADATA is packed by method %d, which is not known", x.method)
	}
	return nil, errors.New("it has no METADATA")
}
