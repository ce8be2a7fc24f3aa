package slim

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"weighline/analysis/oci"
)

// A Layout is an OCI image layout in a folder (OCI image spec, "image layout").
// A folder that is one already gets one image more.
type Layout struct {
	Dir   string
	Tag   string // name of the image in it; may be ""
	Force bool   // an image of that name is replaced

	temp string
}

const layoutFile = `{"imageLayoutVersion":"1.0.0"}`

func (l *Layout) check(context.Context, *oci.Image) error {
	index, err := l.readIndex()
	switch {
	case errors.Is(err, fs.ErrNotExist):
		entries, err := os.ReadDir(l.Dir)
		if err == nil && len(entries) > 0 {
			return fmt.Errorf("%s is a folder with other files: %w", l.Dir, &ExistsError{l.Dir})
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	case err != nil:
		return err
	}
	return l.free(index)
}

// free says whether the tag may be written.
func (l *Layout) free(index layoutIndex) error {
	for _, m := range index.Manifests {
		if m.Annotations[refName] == l.Tag && !l.Force {
			return &ExistsError{l.Dir + "@" + l.Tag}
		}
	}
	return nil
}

func (l *Layout) reference(digest string) string { return l.Dir + "@" + digest }

func (l *Layout) scratch() (string, error) {
	if l.temp != "" {
		return l.temp, nil
	}
	dir, err := beside(l.Dir)
	if err != nil {
		return "", err
	}
	l.temp = dir
	if err := os.Chmod(dir, 0o755); err != nil { //nolint:gosec // it becomes the folder of an image, for whoever may read it
		return "", err
	}
	return dir, os.MkdirAll(filepath.Join(dir, "blobs", "sha256"), 0o755) //nolint:gosec // as above
}

func (l *Layout) discard() { discard(l.temp) }

func (l *Layout) write(ctx context.Context, im *bundle, step func(int64)) (reused int64, err error) {
	for _, b := range append(im.blobs(), im.documents()...) {
		if _, err := os.Stat(filepath.Join(l.Dir, "blobs", "sha256", b.hex())); err == nil {
			reused += b.size
			continue
		}
		if err := l.put(ctx, b); err != nil {
			return reused, err
		}
		step(b.size)
	}
	if ctx.Err() != nil {
		return reused, context.Cause(ctx)
	}
	return reused, l.publish(im)
}

// put brings a blob under its name in the temporary folder.
func (l *Layout) put(ctx context.Context, b *blob) error {
	name := filepath.Join(l.temp, "blobs", "sha256", b.hex())
	if b.file != "" {
		if err := os.Chmod(b.file, 0o644); err != nil { //nolint:gosec // images are for whoever may read the folder
			return err
		}
		return os.Rename(b.file, name)
	}
	if b.source != nil && b.source.Path() != "" && os.Link(b.source.Path(), name) == nil {
		return nil
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644) //nolint:gosec // as above
	if err != nil {
		return err
	}
	if err := b.copyTo(ctx, f); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}

// publish gives the image its name: by renaming the folder if there is none,
// else by moving the blobs and then replacing index.json.
func (l *Layout) publish(im *bundle) error {
	index, err := l.readIndex()
	fresh := errors.Is(err, fs.ErrNotExist)
	if err != nil && !fresh {
		return err
	}
	if err := l.free(index); err != nil { // it may have come while layers were written
		return err
	}
	raw, err := index.with(im, l.Tag, "")
	if err != nil {
		return err
	}
	for name, b := range map[string][]byte{"oci-layout": []byte(layoutFile), "index.json": raw} {
		if err := os.WriteFile(filepath.Join(l.temp, name), b, 0o644); err != nil { //nolint:gosec // as above
			return err
		}
	}
	if fresh {
		if err := os.Remove(l.Dir); err != nil && !errors.Is(err, fs.ErrNotExist) { // an empty folder is in the way
			return err
		}
		return os.Rename(l.temp, l.Dir)
	}
	return l.merge()
}

func (l *Layout) merge() error {
	from, to := filepath.Join(l.temp, "blobs", "sha256"), filepath.Join(l.Dir, "blobs", "sha256")
	entries, err := os.ReadDir(from)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if err := os.Rename(filepath.Join(from, e.Name()), filepath.Join(to, e.Name())); err != nil {
			return err
		}
	}
	return os.Rename(filepath.Join(l.temp, "index.json"), filepath.Join(l.Dir, "index.json"))
}

const refName = "org.opencontainers.image.ref.name"

// A layoutIndex is index.json of a layout.
type layoutIndex struct {
	o         object
	Manifests []layoutEntry
	raw       []json.RawMessage
}

type layoutEntry struct {
	Annotations map[string]string `json:"annotations"`
}

func (l *Layout) readIndex() (layoutIndex, error) {
	x := layoutIndex{o: object{"schemaVersion": json.RawMessage("2"), "mediaType": json.RawMessage(`"` + ociIndex + `"`)}}
	b, err := os.ReadFile(filepath.Join(l.Dir, "index.json"))
	if err != nil {
		return x, err
	}
	if x.o, err = parseObject(b); err == nil {
		if err = x.o.get("manifests", &x.raw); err == nil {
			err = x.o.get("manifests", &x.Manifests)
		}
	}
	if err != nil {
		return x, fmt.Errorf("%s: index.json cannot be read: %w", l.Dir, err)
	}
	return x, nil
}

// with returns the document with the image under tag, in the place of one that
// has it. name, if not "", is what containerd calls the image.
func (x layoutIndex) with(im *bundle, tag, name string) ([]byte, error) {
	top := im.top()
	d := top.descriptor()
	if tag != "" || name != "" {
		d.Annotations = map[string]string{refName: cmp.Or(tag, "latest")}
	}
	if name != "" {
		d.Annotations["io.containerd.image.name"] = name
	}
	holder := object{}
	holder.set("d", d)
	out := []json.RawMessage{}
	for i, m := range x.Manifests {
		if m.Annotations[refName] != tag {
			out = append(out, x.raw[i])
		}
	}
	x.o.set("manifests", append(out, holder["d"]))
	return x.o.bytes(), nil
}
