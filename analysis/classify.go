package analysis

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"weighline/analysis/oci"
	"weighline/analysis/reqfile"
)

// A UsageError says that what was asked for makes no sense.
type UsageError struct{ Text string }

func (e *UsageError) Error() string { return e.Text }

// A TwoImagesError says that two images were named where one can be opened. It is
// a [UsageError].
type TwoImagesError struct{ A, B string }

func (e *TwoImagesError) Error() string {
	return fmt.Sprintf("%s and %s are both images; compare them instead", oci.Redact(e.A), oci.Redact(e.B))
}

func (e *TwoImagesError) Unwrap() error { return &UsageError{e.Error()} }

// Classify tells requirement and lock files apart from images, by what lies
// there: at most one source may be an image. A source behind "-c" is a
// constraints file, as on pip's command line.
func Classify(sources []string) (Input, error) {
	var in Input
	for i, s := range sources {
		switch {
		case s == constraintFlag && i == len(sources)-1:
			return in, &UsageError{"behind -c the name of a constraints file is missing"}
		case s == constraintFlag:
		case i > 0 && sources[i-1] == constraintFlag:
			in.Constraints = append(in.Constraints, s)
		case s == SampleName && len(sources) == 1:
			return SampleInput(), nil
		case s == SampleName:
			return in, &UsageError{"the sample is requirements and an image in one, so it is opened alone; its images are " + SampleBefore + " and " + SampleAfter}
		case strings.HasPrefix(s, samplePrefix) || !isRequirements(s):
			if in.Image != "" {
				return in, &TwoImagesError{in.Image, s}
			}
			in.Image = s
		default:
			in.Files = append(in.Files, s)
		}
	}
	if len(in.Files) == 0 && in.Image == "" {
		return in, &UsageError{"nothing to open was named"}
	}
	return in, nil
}

// constraintFlag says that the source behind it is a constraints file.
const constraintFlag = "-c"

// isRequirements reports whether a source is a file of requirements, or a
// folder with such files, rather than an image.
func isRequirements(source string) bool {
	info, err := os.Stat(source)
	if err != nil {
		// A file that is not there is told by its name: what looks like an
		// archive or a reference is for the reader of images to refuse.
		switch strings.ToLower(filepath.Ext(source)) {
		case ".txt", ".toml", ".lock", ".in", ".yml", ".yaml":
			return !strings.Contains(source, ":")
		}
		return false
	}
	if info.IsDir() {
		for _, name := range []string{"oci-layout", "index.json", "manifest.json"} {
			if _, err := os.Stat(filepath.Join(source, name)); err == nil {
				return false
			}
		}
		return !IsInstallation(source)
	}
	head, err := Head(source, 64<<10)
	return err == nil && (reqfile.Detect(head, filepath.Base(source)) != "" || isText(head))
}

// Head reads the beginning of a file, of at most size bytes: enough to tell what it
// is. The caller has looked whether it is a regular one, if that matters.
func Head(path string, size int) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	head := make([]byte, size)
	n, err := io.ReadFull(f, head)
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		err = nil
	}
	return head[:n], err
}

// isText reports whether the beginning of a file reads as text: the reader of
// requirements then says better what is wrong with it.
func isText(head []byte) bool {
	for _, c := range head {
		if c < ' ' && c != '\n' && c != '\r' && c != '\t' && c != '\f' {
			return false
		}
	}
	return true
}
