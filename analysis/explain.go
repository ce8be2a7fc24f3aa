package analysis

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"syscall"

	"weighline/analysis/evidence"
	"weighline/analysis/layer"
	"weighline/analysis/oci"
	"weighline/analysis/reqfile"
	"weighline/analysis/slim"
)

// Explain returns one sentence for people: what could not be done, and why. Of
// several joined errors it tells the first and counts the others.
func Explain(err error) string {
	all := Flatten(err)
	if len(all) == 0 {
		return ""
	}
	text := sentence(all[0])
	if n := len(all) - 1; n > 0 {
		text += fmt.Sprintf(" (and %d more)", n)
	}
	return text
}

// Explanations returns a sentence for each of the errors joined in err.
func Explanations(err error) []string {
	var out []string
	for _, e := range Flatten(err) {
		out = append(out, sentence(e))
	}
	return out
}

// Flatten takes joined errors apart.
func Flatten(err error) []error {
	if err == nil {
		return nil
	}
	if many, ok := err.(interface{ Unwrap() []error }); ok { // only the outermost join is taken apart
		var out []error
		for _, e := range many.Unwrap() {
			out = append(out, Flatten(e)...)
		}
		return out
	}
	return []error{err}
}

func sentence(err error) string {
	var (
		inLayer *layer.PlaceError
		image   *oci.Error
		path    *fs.PathError
		code    *evidence.FolderError
	)
	switch {
	case errors.Is(err, syscall.ENOSPC):
		return "the disk is full" + full(err)
	case errors.Is(err, context.Canceled):
		return "interrupted"
	case errors.As(err, &inLayer):
		done := "read"
		if inLayer.Writing {
			done = "written anew"
		}
		return fmt.Sprintf("layer %d of %d cannot be %s: %s", inLayer.Layer+1, inLayer.Layers, done, why(inLayer.Err))
	case errors.As(err, &image):
		return image.Error()
	case errors.As(err, &code):
		return layer.Printable(code.Error())
	case errors.As(err, &path) && errors.Is(err, fs.ErrNotExist):
		return path.Path + ": there is no such file or folder"
	case errors.As(err, &path) && errors.Is(err, fs.ErrPermission):
		return path.Path + ": you may not read it"
	}
	return layer.Printable(strings.TrimSpace(err.Error()))
}

// full names the folder of a disk that is full, where the error does.
func full(err error) string {
	var path *fs.PathError
	if errors.As(err, &path) {
		dir := filepath.Dir(path.Path)
		if strings.HasPrefix(filepath.Base(dir), ".weighline-") {
			dir = filepath.Dir(dir)
		}
		return ": " + dir
	}
	return ""
}

// why is sentence for what is wrong with a layer that was named already. The
// first of several errors is the cause of the others.
func why(err error) string {
	first := Flatten(err)[0]
	var image *oci.Error
	if errors.As(first, &image) {
		return image.Why
	}
	return sentence(first)
}

// Hint returns what the user could do about err, or "".
func Hint(err error) string {
	all := Flatten(err)
	if len(all) == 0 {
		return ""
	}
	err = all[0]
	var (
		image  *oci.Error
		syntax *reqfile.SyntaxError
		digest *layer.DigestError
		code   *evidence.FolderError
		taken  *slim.ExistsError
		output *slim.OutputError
	)
	switch {
	case errors.As(err, &taken):
		return "--force takes the name over"
	case errors.As(err, &output):
		return "an output is oci:DIR:TAG, FILE.tar, docker:NAME, or the name of an image in a registry"
	case errors.Is(err, slim.ErrNothing):
		return "--drop, --strip and --squash say what is to go"
	case errors.Is(err, syscall.ENOSPC):
		return "free some space, or set TMPDIR to a folder that has it; nothing was left behind"
	case errors.As(err, &image):
		return image.Hint
	case errors.As(err, &digest):
		return "the image is damaged where it lies: pull or save it again"
	case errors.As(err, &code):
		return "name the folder that holds the program's own Python sources"
	case errors.As(err, &syntax):
		return "the other lines were read; pip refuses the file as it is"
	case errors.Is(err, reqfile.ErrNotRegular):
		return "write it to a file, and name that"
	case errors.Is(err, fs.ErrNotExist):
		return "give a requirements or lock file, an image archive, or a name such as python:3.12-slim"
	}
	return ""
}
