package oci

import (
	"archive/tar"
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
	"regexp"
	"strings"
)

// walk reads the engine's "save" stream once, as it comes. What the stream
// tells about the image, img knows in the end.
func (e *engine) walk(ctx context.Context, ref Ref, img *Image, o Options, fn WalkFunc) error {
	resp, err := e.do(ctx, "/images/"+ref.Name+"/get")
	if err != nil {
		return e.explain(ctx, ref, err)
	}
	defer resp.Body.Close()
	w := &saveWalk{img: img, o: o, fn: fn, streamFiles: newStreamFiles(ref.Text)}
	if err := eachEntry(ctx, resp.Body, ref.Text, func(h *tar.Header, r io.Reader) error { return w.entry(ctx, h, r) }); err != nil {
		return err
	}
	return w.finish(ctx)
}

// A saveWalk reads one "save" stream.
type saveWalk struct {
	*streamFiles
	img *Image
	o   Options
	fn  WalkFunc
}

var hexInName = regexp.MustCompile(`[0-9a-f]{64}`)

func (w *saveWalk) entry(ctx context.Context, h *tar.Header, r io.Reader) error {
	w.add(h, 0, maxStream)
	name, ok := cleanName(h.Name)
	if !ok || h.Typeflag != tar.TypeReg {
		return nil
	}
	br := bufio.NewReaderSize(r, 16)
	magic, _ := br.Peek(4)
	w.magic[name] = append([]byte(nil), magic...)
	if document, err := w.keep(name, h.Size, magic, br); document || err != nil {
		return err
	}
	if !strings.Contains(name, ".tar") && !strings.HasPrefix(name, "blobs/") {
		return nil // VERSION
	}
	l := &Layer{Index: -1, Name: keyOf(name), Size: h.Size, Compression: sniffCompression(magic), counted: w.o.Progress}
	w.known(l, "sha256:"+hexInName.FindString(name))
	id := &identifier{r: br, sum: sha256.New(), found: func(digest string) {
		if l.Compression != "none" {
			l.Digest = digest
			return
		}
		w.known(l, digest)
	}}
	if l.Index >= 0 {
		id.sum = nil // its name says it; hashing is the caller's business
	}
	whole := &wholeReader{r: id, left: h.Size, what: l.label()}
	if err := w.fn(ctx, l, &countingReader{rc: io.NopCloser(whole), count: l.counted}); err != nil {
		return err
	}
	_, err := io.Copy(io.Discard, whole)
	return err
}

// known sets the place of a layer with the given diff ID.
func (w *saveWalk) known(l *Layer, diffID string) {
	for _, have := range w.img.Layers {
		if have.DiffID == diffID {
			l.Index, l.DiffID, l.CreatedBy, l.Instruction = have.Index, diffID, have.CreatedBy, have.Instruction
			return
		}
	}
}

// finish takes over what the stream's own documents say.
func (w *saveWalk) finish(ctx context.Context) error {
	o := w.o
	o.Tag, o.Platform = "", w.img.Platform
	if o.Platform == "linux/" {
		o.Platform = ""
	}
	full, err := openFiles(ctx, w.streamFiles, w.name, o)
	if err != nil {
		return err
	}
	if len(full.Layers) != len(w.img.Layers) {
		return fail(Damaged, w.name, "the engine sent %d layers and had announced %d", len(full.Layers), len(w.img.Layers))
	}
	for n := range full.Layers {
		full.Layers[n].open, full.Layers[n].readAt = nil, nil
	}
	i := w.img
	i.Layers, i.History, i.RawConfig = full.Layers, full.History, full.RawConfig
	i.RawManifest, i.MediaType = full.RawManifest, full.MediaType
	i.Warnings = append(i.Warnings, full.Warnings...)
	if i.Digest == "" {
		i.Digest = full.Digest
	}
	return nil
}

// keyOf returns the Name of a layer that lies in the file name: blobs go by
// their digest, as in a layout.
func keyOf(name string) string {
	if rest, ok := strings.CutPrefix(name, "blobs/sha256/"); ok {
		return "sha256:" + rest
	}
	return name
}

// An identifier hashes what is read and tells the digest at the end.
type identifier struct {
	r     io.Reader
	sum   hash.Hash // nil: do not
	found func(digest string)
}

func (i *identifier) Read(p []byte) (int, error) {
	n, err := i.r.Read(p)
	if i.sum == nil {
		return n, err
	}
	i.sum.Write(p[:n])
	if err == io.EOF {
		i.found("sha256:" + hex.EncodeToString(i.sum.Sum(nil)))
		i.sum = nil
	}
	return n, err
}
