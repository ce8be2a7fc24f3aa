package slim

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
	"os"
	"strings"

	"weighline/analysis/layer"
	"weighline/analysis/oci"
)

// A blob is a layer or a document of the result.
type blob struct {
	mediaType   string
	digest      string // "sha256:…"
	size        int64  // bytes
	diffID      string // of a layer
	annotations map[string]string

	bytes  []byte     // of a document
	file   string     // of a layer that was written: a temporary file
	source *oci.Layer // of one that is as it was
	index  *layer.Index
}

// open returns the bytes of b.
func (b *blob) open(ctx context.Context) (io.ReadCloser, error) {
	switch {
	case b.file != "":
		return os.Open(b.file)
	case b.source != nil:
		return b.source.Open(ctx)
	}
	return io.NopCloser(strings.NewReader(string(b.bytes))), nil
}

// hex returns the digest without its algorithm.
func (b *blob) hex() string { return strings.TrimPrefix(b.digest, "sha256:") }

// copyTo writes b and checks that it is what its digest says.
func (b *blob) copyTo(ctx context.Context, w io.Writer) error {
	r, err := b.open(ctx)
	if err != nil {
		return err
	}
	defer r.Close()
	stop := context.AfterFunc(ctx, func() { r.Close() })
	defer stop()
	sum := newSummer(w)
	_, err = io.CopyBuffer(sum, struct{ io.Reader }{r}, make([]byte, 256<<10))
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case err != nil:
		return err
	case sum.digest() != b.digest:
		return &layer.DigestError{What: "blob", Want: b.digest, Got: sum.digest()}
	}
	return nil
}

// document returns the blob of a document.
func document(mediaType string, b []byte) *blob {
	sum := sha256.Sum256(b)
	return &blob{mediaType: mediaType, bytes: b, size: int64(len(b)), digest: "sha256:" + hex.EncodeToString(sum[:])}
}

// A summer hashes and counts what goes through it.
type summer struct {
	w io.Writer
	h hash.Hash
	n int64
}

func newSummer(w io.Writer) *summer { return &summer{w: w, h: sha256.New()} }

func (s *summer) Write(p []byte) (int, error) {
	n, err := s.w.Write(p)
	s.h.Write(p[:n])
	s.n += int64(n)
	return n, err
}

func (s *summer) digest() string { return "sha256:" + hex.EncodeToString(s.h.Sum(nil)) }
