package reqfile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
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
	read map[string][]byte // what was read, by name
}

func (o Options) withDefaults(file string) Options {
	if o.Env == nil {
		o.Env = os.Getenv
	}
	if o.Dir == "" {
		o.Dir = filepath.Dir(file)
	}
	if o.MaxBytes == 0 {
		o.MaxBytes = 32e6
	}
	if o.MaxFiles == 0 {
		o.MaxFiles = 500
	}
	return o
}

// ErrNotRegular says that a file is one that could block for ever or never end.
var ErrNotRegular = errors.New("it is a pipe or a device, not a regular file")

// errTooMany says that the limit of Options.MaxFiles is reached.
var errTooMany = errors.New("too many files are included")

func newFiles(o Options, file string) *files {
	return &files{o: o, root: filepath.Dir(file), left: o.MaxFiles, seen: map[string]*Doc{}, read: map[string][]byte{}}
}

// can reports whether other files may be looked at.
func (f *files) can() bool { return f.o.disk }

// open returns the content of a file.
func (f *files) open(name string) ([]byte, error) {
	if f.left--; f.left < 0 {
		return nil, errTooMany
	}
	if f.o.Progress != nil {
		f.o.Progress(name)
	}
	data, err := f.o.open(name)
	if err == nil {
		f.read[name] = data
	}
	return data, err
}

func (o Options) open(name string) ([]byte, error) {
	if o.Texts != nil {
		data, ok := o.Texts[name]
		if !ok {
			return nil, fs.ErrNotExist
		}
		return data, nil
	}
	if data, ok := o.Given[name]; ok {
		if int64(len(data)) > o.MaxBytes {
			return nil, tooLarge(bytesize.Size(len(data)), o.MaxBytes)
		}
		return data, nil
	}
	r, size, err := openRegular(name)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	if size > o.MaxBytes {
		return nil, tooLarge(bytesize.Size(size), o.MaxBytes)
	}
	return readAll(r, o.MaxBytes)
}

// isFile reports whether name is a file.
func (o Options) isFile(name string) bool {
	if o.Texts != nil {
		_, ok := o.Texts[name]
		return ok
	}
	info, err := os.Stat(name)
	return o.disk && err == nil && !info.IsDir()
}

// isDir reports whether name is a folder.
func (o Options) isDir(name string) bool {
	if o.Texts != nil {
		return false
	}
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
		return nil, tooLarge(bytesize.Size(most), most)
	}
	return data, nil
}

func tooLarge(size bytesize.Size, most int64) error {
	return fmt.Errorf("it has %s or more; files over %s are not read, since no requirements or lock file is that large", size, bytesize.Size(most))
}

// openRegular opens a regular file and returns its size. A pipe or a device
// could block for ever or never end.
func openRegular(name string) (io.ReadCloser, int64, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, 0, err
	}
	if info.IsDir() {
		return nil, 0, errors.New("it is a folder")
	}
	if !info.Mode().IsRegular() {
		return nil, 0, ErrNotRegular
	}
	r, err := os.Open(name)
	return r, info.Size(), err
}
