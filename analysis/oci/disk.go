package oci

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"
)

// openPath opens the image in a file or folder. What it is shows in its
// contents, not in its name.
func openPath(ctx context.Context, ref Ref, o Options) (*Image, error) {
	info, err := os.Stat(ref.Name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fail(NotFound, ref.Name, "there is no such file or folder").because(err)
	case err != nil:
		return nil, fail(NotFound, ref.Name, "it cannot be opened: %v", err)
	}
	if o.Tag == "" {
		o.Tag = ref.Tag
	}
	var img *Image
	switch {
	case info.IsDir() && !holdsImage(folder{ref.Name}):
		err = noImageFolder(ref)
	case info.IsDir():
		img, err = openFiles(ctx, folder{ref.Name}, ref.Name, o)
	case info.Mode().IsRegular():
		img, err = openFile(ctx, ref.Name, info.Size(), o)
	default:
		err = fail(NotAnImage, ref.Name, "it is neither a file nor a folder").hint("Save the image to a file: docker save IMAGE -o image.tar")
	}
	if err != nil {
		return nil, err
	}
	if info.IsDir() && img.Source != SkopeoDir {
		img.Source = OCILayout
	}
	return img, nil
}

// holdsImage reports whether f has a file that an image on disk begins with.
func holdsImage(f files) bool {
	return f.has("index.json") || f.has("manifest.json") || f.has("oci-layout") || f.has("repositories")
}

// noImageFolder says what a folder is not.
func noImageFolder(ref Ref) error {
	e := fail(NotAnImage, ref.Name, "it is a folder with neither manifest.json nor index.json, so it is no OCI layout and no unpacked archive of an image")
	if isName(ref.Text) {
		return e.hint("If the image of that name in a registry is meant: docker://%s", ref.Text)
	}
	return e.hint(accepted)
}

// accepted says what an image may be given as.
const accepted = "Images are archives (docker save IMAGE -o image.tar), OCI folders, or names such as python:3.12-slim."

// openFile opens an archive.
func openFile(ctx context.Context, name string, size int64, o Options) (*Image, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fail(NotFound, name, "it cannot be opened: %v", err)
	}
	img, err := openArchive(ctx, f, size, name, o)
	if err != nil {
		f.Close()
		return nil, err
	}
	img.close = f.Close
	return img, nil
}

// OpenArchive opens the image in an archive of size bytes that need not lie on
// disk; name is what messages call it. Otherwise it is [Open].
func OpenArchive(ctx context.Context, name string, r io.ReaderAt, size int64, o Options) (*Image, error) {
	img, err := openArchive(ctx, r, size, name, o.withDefaults())
	if err != nil {
		return nil, err
	}
	img.Reference = name
	return img, nil
}

// openArchive opens the image in the size bytes of f; name is for messages.
func openArchive(ctx context.Context, f io.ReaderAt, size int64, name string, o Options) (*Image, error) {
	head := make([]byte, min(size, 4096))
	if _, err := f.ReadAt(head, 0); err != nil {
		return nil, fail(Damaged, name, "it cannot be read: %v", err)
	}
	switch kind := sniffFile(head); kind {
	case "tar":
		x, err := indexTar(ctx, f, size, name)
		if err != nil {
			return nil, err
		}
		img, err := openFiles(ctx, tarFiles{x, f}, name, o)
		if err != nil {
			if img, err = x.rescue(ctx, tarFiles{x, f}, name, o, err); err != nil {
				return nil, err
			}
		}
		if x.damage != nil {
			img.warn("archive", "The archive is damaged; what could be read is shown: %v.", x.damage)
		}
		return img, nil
	case "gzip", "zstd", "bzip2":
		return openCompressed(ctx, f, size, name, kind, o)
	case "text":
		return nil, fail(NotAnImage, name, "it is a text file, not an image").
			hint(accepted)
	case "":
		return nil, fail(NotAnImage, name, "it is not an image archive").
			hint("Save an image first: docker save IMAGE -o image.tar")
	default:
		return nil, fail(NotAnImage, name, "it is %s, not an image archive", kind).
			hint("Save an image first: docker save IMAGE -o image.tar")
	}
}

// openFiles opens the image in f by what lies there.
func openFiles(ctx context.Context, f files, what string, o Options) (*Image, error) {
	docker, oci := f.has("manifest.json"), f.has("index.json")
	var img *Image
	var err error
	switch {
	case oci:
		img, err = openLayout(ctx, f, what, o)
		if code := CodeOf(err); docker && (code == Damaged || code == Truncated || code == NoPlatform) {
			// Docker saves one platform of an index and leaves the others out.
			if other, err2 := openDockerArchive(ctx, f, what, o); err2 == nil {
				img, err = other, nil
			}
		}
	case docker:
		raw, rerr := f.read(ctx, "manifest.json")
		if rerr == nil && bytes.HasPrefix(bytes.TrimSpace(raw), []byte("{")) {
			img, err = openSkopeoDir(ctx, f, what, o)
			if err == nil {
				img.Source = SkopeoDir
			}
		} else {
			img, err = openDockerArchive(ctx, f, what, o)
		}
	case f.has("repositories"):
		return nil, fail(Unsupported, what, "it was saved by a Docker older than 1.10, without manifest.json").
			hint("Load it into a current Docker and save it again.")
	default:
		return nil, fail(NotAnImage, what, "it holds neither manifest.json nor index.json, so it is no image")
	}
	if err != nil {
		return nil, err
	}
	if img.Source == "" {
		img.Source = OCIArchive
		if docker {
			img.Source = DockerArchive
		}
	}
	img.RandomAccess = true
	return img, img.checkPlatform(what, o.Platform)
}

// explain says more about an archive that holds no image.
func (x *tarIndex) explain(err error) error {
	var e *Error
	if !errors.As(err, &e) || e.Code != NotAnImage {
		return err
	}
	if errors.As(x.damage, &e) {
		if len(x.entries) > 0 && e.Code == Truncated {
			cut := *e
			cut.Why += "; what it holds is said at its end, so nothing can be told of its layers"
			return cut.hint("Save or copy it again.")
		}
		return e
	}
	if len(x.entries) == 0 && x.first == "" {
		return fail(NotAnImage, x.name, "the archive is empty")
	}
	for _, top := range []string{"etc/", "usr/", "bin/", "lib/", "app/", "var/", "root/", "home/", "opt/"} {
		for n := range x.entries {
			if strings.HasPrefix(n, top) {
				return fail(NotAnImage, x.name, "the archive holds the files of a container or of one layer, but no manifest: docker export makes such archives").
					hint("Save the image instead: docker save IMAGE -o image.tar")
			}
		}
	}
	return err
}
