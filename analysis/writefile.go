package analysis

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// An Output is a file to be written whole.
type Output struct {
	Path string
	Data []byte
}

// WriteFiles writes all files or, when one of them cannot be written, none;
// existing ones only with overwrite, else the error is an [*ExistsError]. A
// device such as /dev/stdout is written to as it is.
func WriteFiles(overwrite bool, files ...Output) error {
	_, err := writeTargets(outputs(files), overwrite)
	return err
}

func outputs(files []Output) (list []target) {
	for _, f := range files {
		t := target{path: filepath.Clean(f.Path)}
		t.Data = f.Data
		list = append(list, t)
	}
	return list
}

// writeTargets writes all files whole or none. Existing ones are replaced only
// with overwrite, unless they are to stay as they are and were not named.
func writeTargets(list []target, overwrite bool) (written []string, err error) {
	var exist []string
	at := map[string]target{} // by path, the file that is written there
	var devices, files []target
	for _, t := range list {
		shown := t.path
		if t.path, err = destination(shown); err != nil {
			return nil, err
		}
		if other, twice := at[t.path]; twice {
			if bytes.Equal(other.Data, t.Data) {
				continue // two files include it
			}
			return nil, fmt.Errorf("%s would be written twice, with different contents, so nothing was written: name another file, or export them one by one", shown)
		}
		at[t.path] = t
		written = append(written, shown)
		switch info, err := os.Lstat(t.path); {
		case err == nil && !info.Mode().IsRegular():
			devices = append(devices, t)
			continue
		case err == nil && (t.main || !holds(t.path, t.Data)):
			exist = append(exist, shown)
		}
		files = append(files, t)
	}
	if len(exist) > 0 && !overwrite {
		return nil, &ExistsError{exist}
	}
	if err := writeAll(files); err != nil {
		return nil, err
	}
	for _, t := range devices {
		if err := os.WriteFile(t.path, t.Data, 0o644); err != nil {
			return nil, err
		}
	}
	return written, nil
}

// destination returns where a file of that name is written: where it leads to
// if it is a link, so that the link stays one.
func destination(path string) (string, error) {
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return path, nil // it is not there yet, or leads nowhere
	}
	if info, err := os.Stat(real); err == nil && info.IsDir() {
		return "", &os.PathError{Op: "write", Path: path, Err: errIsFolder}
	}
	return real, nil
}

type folderError struct{}

func (folderError) Error() string { return "it is a folder" }

var errIsFolder = folderError{}

// holds reports whether the file at path is data already.
func holds(path string, data []byte) bool {
	if info, err := os.Lstat(path); err != nil || !info.Mode().IsRegular() || info.Size() != int64(len(data)) {
		return false
	}
	old, err := os.ReadFile(path)
	return err == nil && bytes.Equal(old, data)
}

// mode returns who may read a file that is written to path: those who may read
// what stood there, else those who may read what it was made from, as it may
// hold the password of an index.
func mode(path, source string) fs.FileMode {
	for _, name := range []string{path, source} {
		if info, err := os.Stat(name); name != "" && err == nil && info.Mode().IsRegular() {
			return info.Mode().Perm() | 0o600
		}
	}
	return 0o644
}

// writeAll writes the files under other names first, so that none is there
// half, and none at all when one of them cannot be written.
func writeAll(files []target) (err error) {
	var temps []string
	defer func() {
		for _, t := range temps {
			_ = os.Remove(t)
		}
	}()
	for _, t := range files {
		if err := os.MkdirAll(filepath.Dir(t.path), 0o777); err != nil {
			return err
		}
		f, err := os.CreateTemp(filepath.Dir(t.path), "."+filepath.Base(t.path)+".*")
		if err != nil {
			return err
		}
		temps = append(temps, f.Name())
		_, err = f.Write(t.Data)
		if err := errors.Join(err, f.Chmod(mode(t.path, t.Source)), f.Sync(), f.Close()); err != nil {
			return err
		}
	}
	return replaceAll(files, temps)
}

// replaceAll gives each of temps the place of its file. Where that fails, what
// stood in the places before stands there again.
func replaceAll(files []target, temps []string) error {
	var undo []func() error
	for i, t := range files {
		old := temps[i] + ".old"
		before := os.Link(t.path, old)
		if before != nil && !errors.Is(before, fs.ErrNotExist) {
			before = copyWhole(t.path, old) // this file system has no links
		}
		defer os.Remove(old) //nolint:errcheck // mostly it was never made
		if err := os.Rename(temps[i], t.path); err != nil {
			for _, f := range undo {
				err = errors.Join(err, f())
			}
			return err
		}
		undo = append(undo, func() error {
			if before != nil {
				return os.Remove(t.path)
			}
			return os.Rename(old, t.path)
		})
	}
	return nil
}

// copyWhole copies a file with its mode.
func copyWhole(from, to string) error {
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, data, info.Mode().Perm())
}
