package analysis

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"weighline/analysis/pep"
	"weighline/analysis/plan"
	"weighline/analysis/reqfile"
)

// ErrNoRequirements says that there is nothing to write slim requirements from.
var ErrNoRequirements = errors.New("the build was opened without requirement files, so there are none to write")

// SlimFiles returns the build's requirement files without the lines that the
// plan drops. Names are relative to the folder of the first file.
func (b *Build) SlimFiles(v plan.Preview, o reqfile.SlimOptions) ([]reqfile.OutFile, error) {
	if b.Deps == nil || len(b.Deps.Docs) == 0 {
		return nil, ErrNoRequirements
	}
	var out []reqfile.OutFile
	for _, doc := range b.Deps.Docs {
		files, err := reqfile.Slim(b.Deps.only(doc), v.Reasons(), o)
		if err != nil {
			return nil, err
		}
		out = append(out, files...)
	}
	return out, nil
}

// An ExistsError says that files stand where others were to be written.
type ExistsError struct{ Paths []string }

func (e *ExistsError) Error() string {
	if len(e.Paths) > 1 {
		return fmt.Sprintf("%s and %d more exist already", e.Paths[0], len(e.Paths)-1)
	}
	return e.Paths[0] + " exists already"
}

// ExportSlim writes the slim requirements to path, with the files that they
// include beside it, and returns what was written. Either all files are written
// whole or none is; existing ones only with overwrite, unless it is an included
// one that stays as it is, else the error is an [*ExistsError]. What was written
// is read and resolved again: an error tells if it is not what the preview
// promised.
func (b *Build) ExportSlim(ctx context.Context, v plan.Preview, path string, overwrite bool) (written []string, err error) {
	files, err := b.SlimFiles(v, reqfile.SlimOptions{})
	if err != nil {
		return nil, err
	}
	dir := filepath.Dir(path)
	var exist []string
	at := map[string]int{} // by target, the file that is written there
	var out []reqfile.OutFile
	for i, f := range files {
		target := filepath.Join(dir, filepath.FromSlash(f.Name))
		if i == 0 {
			target = filepath.Clean(path)
		}
		if j, twice := at[target]; twice {
			if bytes.Equal(out[j].Data, f.Data) {
				continue // two files include it
			}
			return nil, fmt.Errorf("%s and %s would both be written to %s, so nothing was: name another file, or export them one by one", out[j].Source, f.Source, target)
		}
		at[target], out = len(out), append(out, f)
		if _, err := os.Lstat(target); err == nil && (i == 0 || !holds(target, f.Data)) {
			exist = append(exist, target)
		}
		written = append(written, target)
	}
	if len(exist) > 0 && !overwrite {
		return nil, &ExistsError{exist}
	}
	if err := writeAll(written, out); err != nil {
		return nil, err
	}
	return written, b.checkExport(ctx, v, path)
}

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
func writeAll(paths []string, files []reqfile.OutFile) (err error) {
	var temps []string
	defer func() {
		for _, t := range temps {
			_ = os.Remove(t)
		}
	}()
	for i, path := range paths {
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			return err
		}
		f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
		if err != nil {
			return err
		}
		temps = append(temps, f.Name())
		_, err = f.Write(files[i].Data)
		if err := errors.Join(err, f.Chmod(mode(path, files[i].Source)), f.Sync(), f.Close()); err != nil {
			return err
		}
	}
	for i, path := range paths {
		if err := os.Rename(temps[i], path); err != nil {
			return err
		}
	}
	return nil
}

// checkExport reads and resolves what was written and compares it with what
// the preview keeps.
func (b *Build) checkExport(ctx context.Context, v plan.Preview, path string) error {
	doc, err := reqfile.Load(ctx, path, reqfile.Options{})
	if doc == nil {
		return fmt.Errorf("%s was written, but cannot be read again: %w", path, err)
	}
	d := &Deps{Docs: []*reqfile.Doc{doc}, Constraints: b.Deps.Constraints}
	if len(b.Deps.Docs) > 1 || len(v.Excluded) > 0 || doc.Lock != nil || b.Deps.lock() != nil || b.Deps.fromIndex() {
		return nil // several files are installed together; pip knows no exclusions; the catalogue is not what was asked
	}
	if _, err := d.resolve(ctx, Options{Target: b.Target}); err != nil {
		return fmt.Errorf("%s was written, but does not resolve: %w", path, err)
	}
	var want, got []pep.Name
	for i, n := range b.Deps.Graph.Nodes() {
		if v.Removal.Kept(i) {
			want = append(want, n.Name)
		}
	}
	for _, n := range d.Graph.Nodes() {
		got = append(got, n.Name)
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(slices.Compact(want), slices.Compact(got)) {
		return fmt.Errorf("%s was written, but resolves to %d packages instead of the preview's %d", path, len(got), len(want))
	}
	return nil
}
