package slim

import (
	"archive/tar"
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"weighline/analysis/oci"
)

// An Archive is a file that holds the image both as an OCI archive and as docker
// save writes it today, so that docker load, podman load and skopeo read it.
type Archive struct {
	File  string
	Name  string // of the image in it, such as "acme/api:1.4"; may be ""
	Force bool   // a file that exists is replaced

	temp string // folder for layers on their way, and the archive until it is whole
}

func (a *Archive) check(context.Context, *oci.Image) error {
	info, err := os.Lstat(a.File)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case info.IsDir() || !a.Force:
		return &ExistsError{a.File}
	}
	return nil
}

func (a *Archive) reference(string) string { return a.File }

func (a *Archive) scratch() (string, error) {
	if a.temp != "" {
		return a.temp, nil
	}
	dir, err := beside(a.File)
	a.temp = dir
	return dir, err
}

func (a *Archive) discard() { discard(a.temp) }

func (a *Archive) write(ctx context.Context, im *bundle, step func(int64)) (int64, error) {
	f, err := os.OpenFile(filepath.Join(a.temp, "archive"), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644) //nolint:gosec // images are for whoever may read the folder
	if err != nil {
		return 0, err
	}
	out := bufio.NewWriterSize(f, 1<<20)
	if err := writeArchive(ctx, out, im, a.Name, step); err != nil {
		f.Close()
		return 0, err
	}
	if err := errors.Join(out.Flush(), f.Close()); err != nil {
		return 0, err
	}
	return 0, a.publish(f.Name())
}

// publish gives the file its name. Unforced it is a hard link, which never takes
// the place of a file that came meanwhile; where a file system has none, renaming
// must do.
func (a *Archive) publish(file string) error {
	if !a.Force {
		err := os.Link(file, a.File)
		if err == nil {
			return nil
		}
		if errors.Is(err, fs.ErrExist) {
			return &ExistsError{a.File}
		}
		if err := a.check(context.Background(), nil); err != nil {
			return err
		}
	}
	return os.Rename(file, a.File)
}

// writeArchive writes the image as a tar: the documents first, as readers of
// streams like it.
func writeArchive(ctx context.Context, w io.Writer, im *bundle, name string, step func(int64)) error {
	x := layoutIndex{o: object{"schemaVersion": json.RawMessage("2"), "mediaType": json.RawMessage(`"` + ociIndex + `"`)}}
	tag := ""
	if i := strings.LastIndexByte(name, ':'); i > strings.LastIndexByte(name, '/') {
		tag = name[i+1:]
	}
	index, err := x.with(im, tag, name)
	if err != nil {
		return err
	}
	t := tar.NewWriter(w)
	for _, f := range []struct {
		name string
		b    []byte
	}{{"oci-layout", []byte(layoutFile)}, {"index.json", index}, {"manifest.json", dockerList(im, name)}} {
		if err := t.WriteHeader(header(f.name, int64(len(f.b)))); err != nil {
			return err
		}
		if _, err := t.Write(f.b); err != nil {
			return err
		}
	}
	for _, b := range append(im.documents(), im.blobs()...) {
		if err := t.WriteHeader(header("blobs/sha256/"+b.hex(), b.size)); err != nil {
			return err
		}
		if err := b.copyTo(ctx, t); err != nil {
			return err
		}
		step(b.size)
	}
	return t.Close()
}

// header returns a header that is the same on each computer.
func header(name string, size int64) *tar.Header {
	return &tar.Header{Typeflag: tar.TypeReg, Name: name, Size: size, Mode: 0o644, ModTime: time.Unix(0, 0)}
}

// dockerList returns manifest.json as docker save writes it.
func dockerList(im *bundle, name string) []byte {
	list := struct {
		Config   string
		RepoTags []string
		Layers   []string
	}{Config: "blobs/sha256/" + im.images[0].config.hex(), Layers: []string{}}
	if name != "" {
		list.RepoTags = []string{name}
	}
	for _, b := range im.images[0].layers {
		list.Layers = append(list.Layers, "blobs/sha256/"+b.hex())
	}
	holder := object{}
	holder.set("m", []any{list})
	return holder["m"]
}
