package ocitest

import (
	"archive/tar"
	"bytes"
	"cmp"
	"compress/gzip"
	"strings"
	"time"

	"github.com/klauspost/compress/zstd"
)

// A Layer is one layer of an [Image].
type Layer struct {
	Compression string // "gzip" (also ""), "zstd" or "none"
	Level       int    // of the compression; 0 is its default
	Entries     []Entry
	CreatedBy   string // of the history; "" is made up
	Annotations map[string]string
	MediaType   string // "" fits Compression
	Raw         []byte // if not nil, the tar itself instead of Entries
}

// An Entry is one entry of a layer's tar. What it is, its Name and Link tell:
// a name with a slash at its end is a folder, Link makes a symbolic link,
// HardLink a hard link, else it is a file.
type Entry struct {
	Name     string
	Body     string
	Size     int64 // if larger than Body, zeros fill the file
	Link     string
	HardLink string
	Mode     int64 // 0 is 0755 for folders, else 0644
	UID, GID int
	ModTime  time.Time         // zero is [Created]
	PAX      map[string]string // extended header records
	Type     byte              // a tar type flag, for what the above cannot say
}

func (e Entry) header() *tar.Header {
	h := &tar.Header{Typeflag: tar.TypeReg, Name: e.Name, Mode: cmp.Or(e.Mode, 0o644), Uid: e.UID, Gid: e.GID, ModTime: e.ModTime, PAXRecords: e.PAX, Format: tar.FormatPAX}
	if h.ModTime.IsZero() {
		h.ModTime = Created
	}
	switch {
	case e.Type != 0:
		h.Typeflag, h.Linkname = e.Type, cmp.Or(e.Link, e.HardLink)
	case strings.HasSuffix(e.Name, "/"):
		h.Typeflag, h.Mode = tar.TypeDir, cmp.Or(e.Mode, 0o755)
	case e.HardLink != "":
		h.Typeflag, h.Linkname = tar.TypeLink, e.HardLink
	case e.Link != "":
		h.Typeflag, h.Linkname, h.Mode = tar.TypeSymlink, e.Link, cmp.Or(e.Mode, 0o777)
	}
	if h.Typeflag == tar.TypeReg {
		h.Size = max(e.Size, int64(len(e.Body)))
	}
	return h
}

// tar returns the layer's tar. A name that tar cannot hold panics: tests and
// generators write their own.
func (l Layer) tar() []byte {
	if l.Raw != nil {
		return l.Raw
	}
	var buf bytes.Buffer
	w := tar.NewWriter(&buf)
	for _, e := range l.Entries {
		h := e.header()
		must(w.WriteHeader(h))
		if h.Typeflag == tar.TypeReg {
			body := []byte(e.Body)
			if h.Size > int64(len(body)) {
				body = append(body, make([]byte, h.Size-int64(len(body)))...)
			}
			_, err := w.Write(body)
			must(err)
		}
	}
	must(w.Close())
	return buf.Bytes()
}

func (l Layer) blob() Blob {
	raw, mediaType := l.tar(), LayerType
	switch l.Compression {
	case "", "gzip":
		var buf bytes.Buffer
		w, err := gzip.NewWriterLevel(&buf, cmp.Or(l.Level, gzip.DefaultCompression))
		must(err)
		w.Write(raw)
		must(w.Close())
		raw, mediaType = buf.Bytes(), mediaType+"+gzip"
	case "zstd":
		w, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.EncoderLevelFromZstd(cmp.Or(l.Level, 3))))
		must(err)
		raw, mediaType = w.EncodeAll(raw, nil), mediaType+"+zstd"
	}
	b := newBlob(cmp.Or(l.MediaType, mediaType), raw)
	b.Annotations = l.Annotations
	return b
}

func must(err error) {
	if err != nil {
		panic("ocitest: " + err.Error())
	}
}
