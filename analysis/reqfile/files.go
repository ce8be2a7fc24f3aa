package reqfile

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"weighline/analysis/bytesize"
)

// files opens what a file names, within the limits of the options.
type files struct {
	o    Options
	root string // the folder of the first file
	left int    // files that may still be opened
	seen map[string]*Doc
}

func (o Options) withDefaults(file string) Options {
	if o.Env == nil {
		o.Env = os.Getenv
	}
	if o.Dir == "" {
		o.Dir = filepath.Dir(file)
	}
	if o.MaxBytes == 0 {
		o.MaxBytes = 64e6
	}
	if o.MaxFiles == 0 {
		o.MaxFiles = 500
	}
	return o
}

func newFiles(o Options, file string) *files {
	return &files{o: o, root: filepath.Dir(file), left: o.MaxFiles, seen: map[string]*Doc{}}
}

// can reports whether other files may be looked at.
func (f *files) can() bool { return f.o.disk }

// read returns the content of a file.
func (f *files) read(name string) ([]byte, error) {
	if f.left--; f.left < 0 {
		return nil, fmt.Errorf("more than %d files are included, which no real project does", f.o.MaxFiles)
	}
	if f.o.Progress != nil {
		f.o.Progress(name)
	}
	r, err := openRegular(name)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return readAll(r, f.o.MaxBytes)
}

// isFile reports whether name is a file.
func (o Options) isFile(name string) bool {
	info, err := os.Stat(name)
	return o.disk && err == nil && !info.IsDir()
}

// isDir reports whether name is a folder.
func (o Options) isDir(name string) bool {
	info, err := os.Stat(name)
	return o.disk && err == nil && info.IsDir()
}

// readAll reads r, and refuses what is larger than most bytes.
func readAll(r io.Reader, most int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, most+1))
	if err != nil {
		return nil, err
	}
	if int64(len(data)) > most {
		return nil, fmt.Errorf("it has more than %s, and no requirements or lock file is that large", bytesize.Size(most))
	}
	return data, nil
}

// openRegular opens a regular file. A pipe or a device could block for ever or
// never end.
func openRegular(name string) (io.ReadCloser, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return nil, errors.New(name + " is a folder")
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New(name + " is not a regular file")
	}
	return os.Open(name)
}
