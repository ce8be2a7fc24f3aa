package oci

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// Annotations of layers that carry a table of contents.
const (
	stargzDigest  = "containerd.io/snapshot/stargz/toc.digest"
	chunkedPlace  = "io.github.containers.zstd-chunked.manifest-position"
	chunkedPlace2 = "io.containers.zstd-chunked.manifest-position"
	chunkedSum    = "io.github.containers.zstd-chunked.manifest-checksum"
	chunkedSum2   = "io.containers.zstd-chunked.manifest-checksum"

	maxTOC    = 64 << 20 // bytes of a table as it is stored
	maxTOCRaw = 2 << 30  // and unpacked; it is streamed
)

// A TOCEntry is one entry of a layer's tar, from its table of contents.
type TOCEntry struct {
	Name     string // as in the tar
	Type     byte   // a type flag of archive/tar
	Size     int64  // of the content, in bytes
	Mode     int64
	UID, GID int
	ModTime  time.Time
	Link     string // target of a symbolic or hard link
	Digest   string // of a file's content, or ""
}

// HasTOC is whether the layer says that it carries a table of contents
// (eStargz, zstd:chunked), which [Layer.TOC] reads without the layer.
func (l *Layer) HasTOC() bool {
	return l.readAt != nil && l.broken == nil && l.Size > 0 && (l.Annotations[stargzDigest] != "" || l.chunkedPlace() != "")
}

func (l *Layer) chunkedPlace() string {
	if p := l.Annotations[chunkedPlace]; p != "" {
		return p
	}
	return l.Annotations[chunkedPlace2]
}

// TOC calls fn with each entry of the layer's table of contents, in the order
// of the tar. It reads a few hundred kilobytes of the blob by ranged requests.
// The entry is only valid during the call.
//
// The table is what the layer's maker claims: it is checked against the digest
// in the manifest, but only reading the layer proves the files. When an error
// is returned, the entries so far mean nothing. The table does not list itself
// ("stargz.index.json" in an eStargz layer).
//
// Unsupported is the code of a layer without a table and of a registry that
// sends no parts of blobs: then read the layer.
func (l *Layer) TOC(ctx context.Context, fn func(*TOCEntry) error) error {
	if !l.HasTOC() {
		return fail(Unsupported, l.label(), "it carries no table of contents")
	}
	open, digest := l.openStargz, l.Annotations[stargzDigest]
	if l.chunkedPlace() != "" {
		open, digest = l.openChunked, "" // checked before it is unpacked
	}
	r, err := open(ctx)
	if err != nil {
		return err
	}
	defer r.Close()
	sum := sha256.New()
	scan := newTOCScanner(io.TeeReader(&contextReader{ctx, io.LimitReader(r, maxTOCRaw)}, sum))
	var stopped error
	err = scan.entries(func(e *TOCEntry) error { stopped = fn(e); return stopped })
	switch {
	case stopped != nil:
		return stopped
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return asError(err, l.label())
	}
	return l.checkTOC(sum, digest)
}

func (l *Layer) checkTOC(sum hash.Hash, want string) error {
	if got := "sha256:" + hex.EncodeToString(sum.Sum(nil)); want != "" && got != want {
		return fail(Damaged, l.label(), "the table of contents does not match its digest: it is %s, the manifest says %s", got, want)
	}
	return nil
}

// openStargz finds the table of an eStargz layer: the last 51 bytes are an
// empty gzip member that tells where it begins.
func (l *Layer) openStargz(ctx context.Context) (io.ReadCloser, error) {
	const footer = 51
	if l.Size < footer {
		return nil, fail(Damaged, l.label(), "it is too short for an eStargz layer")
	}
	end, err := l.readAt(ctx, l.Size-footer, footer)
	if err != nil {
		return nil, err
	}
	// Header of 10 bytes, length of the extra field, "SG", length 22.
	off, perr := strconv.ParseInt(string(end[16:32]), 16, 64)
	if string(end[12:16]) != "SG\x16\x00" || string(end[32:38]) != "STARGZ" || perr != nil || off < 0 || off >= l.Size-footer {
		return nil, fail(Damaged, l.label(), "the footer of the eStargz layer is damaged")
	}
	b, err := l.readTable(ctx, off, l.Size-footer-off)
	if err != nil {
		return nil, err
	}
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, fail(Damaged, l.label(), "the table of contents is no gzip: %v", err)
	}
	tr := tar.NewReader(z)
	h, err := tr.Next()
	if err != nil || h.Name != "stargz.index.json" {
		return nil, fail(Damaged, l.label(), "the table of contents is not where the footer says")
	}
	return readCloser{tr, z}, nil
}

// openChunked finds the table of a zstd:chunked layer by its annotation,
// OFFSET:LENGTH:UNPACKED:1.
func (l *Layer) openChunked(ctx context.Context) (io.ReadCloser, error) {
	place := strings.Split(l.chunkedPlace(), ":")
	if len(place) != 4 || place[3] != "1" {
		return nil, fail(Unsupported, l.label(), "the table of contents is of a form not known: %s", l.chunkedPlace())
	}
	off, err1 := strconv.ParseInt(place[0], 10, 64)
	n, err2 := strconv.ParseInt(place[1], 10, 64)
	if err1 != nil || err2 != nil || off < 0 || n < 0 || off > l.Size-n {
		return nil, fail(Damaged, l.label(), "the table of contents lies outside of the layer: %s", l.chunkedPlace())
	}
	b, err := l.readTable(ctx, off, n)
	if err != nil {
		return nil, err
	}
	sum := sha256.New()
	sum.Write(b)
	want := l.Annotations[chunkedSum]
	if want == "" {
		want = l.Annotations[chunkedSum2]
	}
	if err := l.checkTOC(sum, want); err != nil {
		return nil, err
	}
	// The pledge in the frame's header says what it unpacks to.
	if len(b) >= 4 && binary.LittleEndian.Uint32(b) != 0xFD2FB528 {
		return nil, fail(Damaged, l.label(), "the table of contents is no zstd")
	}
	z, err := zstd.NewReader(bytes.NewReader(b), zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(128<<20))
	if err != nil {
		return nil, fail(Damaged, l.label(), "the table of contents is no zstd: %v", err)
	}
	return z.IOReadCloser(), nil
}

func (l *Layer) readTable(ctx context.Context, off, n int64) ([]byte, error) {
	if n > maxTOC {
		return nil, fail(Unsupported, l.label(), "the table of contents has %d bytes; at most %d are read", n, int64(maxTOC))
	}
	b, err := l.readAt(ctx, off, n)
	if err == nil && l.counted != nil {
		l.counted(n)
	}
	return b, err
}
