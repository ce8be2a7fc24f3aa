package slim

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"weighline/analysis/oci"
)

// A Destination is a place that images are written to.
type Destination interface {
	// check finds out, before anything is done, whether the image can be
	// written: a name that is taken is not taken over unasked.
	check(ctx context.Context, img *oci.Image) error
	// reference returns by what the image of a digest is opened again.
	reference(digest string) string
	// scratch returns a folder for layers on their way.
	scratch() (string, error)
	// write puts the image there, its name last. It returns the bytes of
	// layers that were there already.
	write(ctx context.Context, im *bundle, step func(int64)) (reused int64, err error)
	// discard takes away what is no image.
	discard()
}

// An ExistsError says that a name is taken.
type ExistsError struct{ Name string }

func (e *ExistsError) Error() string { return fmt.Sprintf("%s exists already", e.Name) }

// digestOf reads b for its digest and size.
func digestOf(ctx context.Context, b *blob) (string, int64, error) {
	r, err := b.open(ctx)
	if err != nil {
		return "", 0, err
	}
	defer r.Close()
	stop := context.AfterFunc(ctx, func() { r.Close() })
	defer stop()
	sum := newSummer(io.Discard)
	if _, err := io.Copy(sum, r); err != nil {
		return "", 0, err
	}
	return sum.digest(), sum.n, nil
}

// scratch makes a temporary folder once.
func scratch(dir *string) (string, error) {
	if *dir != "" {
		return *dir, nil
	}
	var err error
	*dir, err = os.MkdirTemp("", "weighline-*")
	return *dir, err
}

func discard(dir string) {
	if dir != "" {
		_ = os.RemoveAll(dir) // what cannot be removed is no harm to the image
	}
}

// beside makes a temporary folder in the one that path is to be in, so that
// renaming is all that is left in the end.
func beside(path string) (string, error) {
	parent := filepath.Dir(filepath.Clean(path))
	dir, err := os.MkdirTemp(parent, ".weighline-*")
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", &OutputError{path, "there is no folder " + parent}
	case errors.Is(err, fs.ErrPermission):
		return "", &OutputError{path, "you may not write in " + parent}
	}
	return dir, err
}
