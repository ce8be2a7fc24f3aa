package ocitest

import (
	"archive/tar"
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/zstd"
)

// A Source is what the writers take: an [*Image] or an [*Index].
type Source interface {
	// Blobs returns all blobs, the manifest or index last.
	Blobs() []Blob
	name() string
}

func (i *Image) name() string { return cmp.Or(i.Tag, "test:latest") }
func (x *Index) name() string { return cmp.Or(x.Tag, "test:latest") }

// A File is a file of an archive or folder.
type File struct {
	Name string
	Body []byte
	Link string // a symbolic link instead
}

// LayoutFiles returns the files of an OCI layout with the sources.
func LayoutFiles(sources ...Source) []File {
	files := []File{{Name: "oci-layout", Body: []byte(`{"imageLayoutVersion":"1.0.0"}`)}}
	var entries []Blob
	seen := make(map[string]bool)
	for _, s := range sources {
		blobs := s.Blobs()
		for _, b := range blobs {
			if !seen[b.Digest] {
				files = append(files, File{Name: blobPath(b), Body: b.Bytes})
			}
			seen[b.Digest] = true
		}
		top := blobs[len(blobs)-1]
		top.Annotations = map[string]string{"org.opencontainers.image.ref.name": s.name()}
		entries = append(entries, top)
	}
	return append(files, File{Name: "index.json", Body: IndexBlob(entries...).Bytes})
}

func blobPath(b Blob) string { return "blobs/" + strings.Replace(b.Digest, ":", "/", 1) }

// WriteLayout writes the image as an OCI layout into the folder dir.
func (i *Image) WriteLayout(dir string) error { return WriteFolder(dir, LayoutFiles(i)) }

// WriteLayout writes the index as an OCI layout into the folder dir.
func (x *Index) WriteLayout(dir string) error { return WriteFolder(dir, LayoutFiles(x)) }

// WriteOCIArchive writes the image as an OCI layout in a tar.
func (i *Image) WriteOCIArchive(path string) error {
	return os.WriteFile(path, TarOf(LayoutFiles(i)), 0o644)
}

// WriteFolder writes files into dir.
func WriteFolder(dir string, files []File) error {
	for _, f := range files {
		path := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if f.Link != "" {
			if err := os.Symlink(f.Link, path); err != nil {
				return err
			}
			continue
		}
		if err := os.WriteFile(path, f.Body, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// TarOf returns a tar of the files.
func TarOf(files []File) []byte {
	var buf bytes.Buffer
	w := tar.NewWriter(&buf)
	for _, f := range files {
		h := &tar.Header{Typeflag: tar.TypeReg, Name: f.Name, Mode: 0o644, Size: int64(len(f.Body)), ModTime: Created}
		if f.Link != "" {
			h = &tar.Header{Typeflag: tar.TypeSymlink, Name: f.Name, Linkname: f.Link, Mode: 0o777, ModTime: Created}
		}
		must(w.WriteHeader(h))
		_, err := w.Write(f.Body)
		must(err)
	}
	must(w.Close())
	return buf.Bytes()
}

// A Style is the way a tool writes docker-archives.
type Style int

// The styles.
const (
	Legacy Style = iota // Docker up to 24: <id>/layer.tar, manifest.json near the end
	Modern              // Docker 25 and later: an OCI layout with manifest.json
	Podman              // <diff id>.tar, and links to it in folders
	Crane               // gzipped layers, manifest.json last
)

// ArchiveOptions say how a docker-archive is written.
type ArchiveOptions struct {
	Style    Style
	Compress string   // "gzip" or "zstd" around the whole, or ""
	DotSlash bool     // names begin with "./"
	Others   []*Image // more images in the same archive
}

// WriteDockerArchive writes the image as a docker-archive.
func (i *Image) WriteDockerArchive(path string, o ArchiveOptions) error {
	files := DockerFiles(o.Style, append([]*Image{i}, o.Others...)...)
	if o.DotSlash {
		for n := range files {
			files[n].Name = "./" + files[n].Name
		}
	}
	b := TarOf(files)
	switch o.Compress {
	case "gzip":
		var buf bytes.Buffer
		w := gzip.NewWriter(&buf)
		w.Write(b)
		must(w.Close())
		b = buf.Bytes()
	case "zstd":
		w, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
		must(err)
		b = w.EncodeAll(b, nil)
	}
	return os.WriteFile(path, b, 0o644)
}

type archiveItem struct {
	Config   string
	RepoTags []string
	Layers   []string
}

// DockerFiles returns the files of a docker-archive.
func DockerFiles(style Style, images ...*Image) []File {
	var files []File
	var items []archiveItem
	seen := make(map[string]bool)
	add := func(f File) {
		if !seen[f.Name] {
			files = append(files, f)
		}
		seen[f.Name] = true
	}
	if style == Modern {
		var sources []Source
		for _, i := range images {
			sources = append(sources, i.unpacked())
		}
		for _, f := range LayoutFiles(sources...) {
			add(f)
		}
	}
	for _, i := range images {
		items = append(items, i.dockerFiles(style, add))
	}
	manifest, err := json.Marshal(items)
	must(err)
	add(File{Name: "manifest.json", Body: manifest})
	return files
}

// unpacked returns the image with plain layers, as Docker keeps them.
func (i *Image) unpacked() *Image {
	c := *i
	c.Layers = append([]Layer(nil), i.Layers...)
	for n := range c.Layers {
		c.Layers[n].Compression, c.Layers[n].MediaType = "none", ""
	}
	return &c
}

func (i *Image) dockerFiles(style Style, add func(File)) archiveItem {
	config := i.ConfigBlob()
	item := archiveItem{Config: hexOf(config.Digest) + ".json", RepoTags: []string{i.name()}}
	switch style {
	case Modern:
		item.Config = blobPath(config)
	case Crane:
		item.Config = config.Digest
	}
	parent := ""
	for n := range i.Layers {
		raw, blob := i.Tar(n), i.LayerBlob(n)
		diff := hexOf(Digest(raw))
		id := hexOf(Digest([]byte(fmt.Sprintf("%s %d", diff, n))))
		name := id + "/layer.tar"
		switch style {
		case Legacy:
			add(File{Name: id + "/VERSION", Body: []byte("1.0")})
			add(File{Name: id + "/json", Body: []byte(`{"id":"` + id + `"` + parent + `}`)})
			parent = `,"parent":"` + id + `"`
			add(File{Name: name, Body: raw})
		case Podman:
			name = diff + ".tar"
			add(File{Name: name, Body: raw})
			add(File{Name: id + "/layer.tar", Link: "../" + name})
		case Crane:
			name = hexOf(blob.Digest) + ".tar.gz"
			add(File{Name: name, Body: blob.Bytes})
		case Modern:
			name = "blobs/sha256/" + diff
		}
		item.Layers = append(item.Layers, name)
	}
	add(File{Name: item.Config, Body: config.Bytes})
	return item
}

func hexOf(digest string) string {
	_, hex, _ := strings.Cut(digest, ":")
	return hex
}
