package analysis

import (
	"os"
	"path/filepath"

	"weighline/analysis/reqfile"
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
	var exist, paths []string
	var whole []reqfile.OutFile
	for _, f := range files {
		info, err := os.Stat(f.Path)
		switch {
		case err == nil && info.IsDir():
			return &os.PathError{Op: "write", Path: f.Path, Err: errIsFolder}
		case err == nil && !info.Mode().IsRegular():
			if err := os.WriteFile(f.Path, f.Data, 0o644); err != nil {
				return err
			}
			continue
		case err == nil && !overwrite && !holds(f.Path, f.Data):
			exist = append(exist, f.Path)
		}
		paths, whole = append(paths, filepath.Clean(f.Path)), append(whole, reqfile.OutFile{Data: f.Data})
	}
	if len(exist) > 0 {
		return &ExistsError{exist}
	}
	return writeAll(paths, whole)
}

type folderError struct{}

func (folderError) Error() string { return "it is a folder" }

var errIsFolder = folderError{}
