package analysis

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"weighline/analysis/depgraph"
	"weighline/analysis/pep"
	"weighline/analysis/plan"
	"weighline/analysis/reqfile"
)

// ErrNoRequirements says that there is nothing to write slim requirements from.
var ErrNoRequirements = errors.New("the build was opened without requirement files, so there are none to write")

// SlimFiles returns the build's requirement files without the lines that the
// plan drops or moves, and with those that it swaps. Names are relative to the
// folder of the first file.
func (b *Build) SlimFiles(v plan.Preview, o reqfile.SlimOptions) ([]reqfile.OutFile, error) {
	if b.Deps == nil || len(b.Deps.Docs) == 0 {
		return nil, ErrNoRequirements
	}
	if o.Replace = replacements(v); len(b.Deps.Docs) > 1 && len(o.Replace) > 0 {
		o.Replace = maps.Clone(o.Replace) // a line that no file has is written to the first alone
	}
	var out []reqfile.OutFile
	for i, doc := range b.Deps.Docs {
		if i > 0 {
			for name := range o.Replace {
				if !names(doc, name) {
					delete(o.Replace, name)
				}
			}
		}
		files, err := reqfile.Slim(b.Deps.only(doc), v.Reasons(), o)
		if err != nil {
			return nil, err
		}
		out = append(out, files...)
	}
	return out, nil
}

// replacements returns what the plan writes in the place of lines.
func replacements(v plan.Preview) map[pep.Name]reqfile.Replacement {
	m := map[pep.Name]reqfile.Replacement{}
	for _, x := range v.Swapped {
		m[x.Package] = reqfile.Replacement{Index: x.Index, Line: func(old pep.Requirement) string { return x.Line(old).String() }}
	}
	return m
}

func names(doc *reqfile.Doc, name pep.Name) bool {
	return slices.ContainsFunc(doc.Requirements, func(r reqfile.Requirement) bool { return r.Key() == name })
}

// An ExistsError says that files stand where others were to be written.
type ExistsError struct{ Paths []string }

func (e *ExistsError) Error() string {
	if len(e.Paths) > 1 {
		return fmt.Sprintf("%s and %d more exist already", e.Paths[0], len(e.Paths)-1)
	}
	return e.Paths[0] + " exists already"
}

// ExportSlim writes the slim requirements to path; see [Build.Export].
func (b *Build) ExportSlim(ctx context.Context, v plan.Preview, path string, overwrite bool) (written []string, err error) {
	x, err := b.Export(ctx, v, Exports{Requirements: path}, overwrite)
	if x == nil {
		return nil, err
	}
	return x.Written, err
}

// slimTargets returns the slim files with the paths that they are to be written
// to: the first to path, the others beside it.
func (b *Build) slimTargets(v plan.Preview, path string) ([]target, error) {
	files, err := b.SlimFiles(v, reqfile.SlimOptions{})
	if err != nil {
		return nil, err
	}
	list := place(files, path)
	if b.hitsSource(list) == "" {
		return list, nil
	}
	// Beside the file lie others that it includes, and these are the user's own:
	// what they hold goes into the one file.
	if files, err = b.SlimFiles(v, reqfile.SlimOptions{Flatten: true}); err != nil {
		return nil, err
	}
	list = place(files, path)
	if own := b.hitsSource(list); own != "" {
		return nil, fmt.Errorf("%s was read for this build and would be overwritten, so nothing was written: name a file in another folder", own)
	}
	return list, nil
}

// A target is a file with where it is to be written.
type target struct {
	reqfile.OutFile
	path string
	main bool // it was named by the user
}

func place(files []reqfile.OutFile, path string) (list []target) {
	for i, f := range files {
		t := target{f, filepath.Join(filepath.Dir(path), filepath.FromSlash(f.Name)), i == 0}
		if i == 0 {
			t.path = filepath.Clean(path)
		}
		list = append(list, t)
	}
	return list
}

// hitsSource returns a file that was read for the build and that would be
// changed, though the user did not name it; "" if there is none.
func (b *Build) hitsSource(list []target) string {
	for _, t := range list {
		if t.main || holds(t.path, t.Data) {
			continue
		}
		there, err := os.Stat(t.path)
		if err != nil {
			continue
		}
		for _, doc := range b.Deps.all() {
			for _, f := range doc.Files {
				if own, err := os.Stat(f.Path); err == nil && os.SameFile(own, there) {
					return t.path
				}
			}
		}
	}
	return ""
}

// writeTargets writes all files whole or none. Existing ones are replaced only
// with overwrite, unless they are to stay as they are and were not named.
func writeTargets(list []target, overwrite bool) (written []string, err error) {
	var exist []string
	at := map[string]int{} // by path, the file that is written there
	var out []reqfile.OutFile
	for _, t := range list {
		if j, twice := at[t.path]; twice {
			if bytes.Equal(out[j].Data, t.Data) {
				continue // two files include it
			}
			return nil, fmt.Errorf("%s and %s would both be written to %s, so nothing was: name another file, or export them one by one", out[j].Source, t.Source, t.path)
		}
		at[t.path], out = len(out), append(out, t.OutFile)
		if _, err := os.Lstat(t.path); err == nil && (t.main || !holds(t.path, t.Data)) {
			exist = append(exist, t.path)
		}
		written = append(written, t.path)
	}
	if len(exist) > 0 && !overwrite {
		return nil, &ExistsError{exist}
	}
	return written, writeAll(written, out)
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
// the preview keeps. A package at another version is no error, as pip itself
// would choose that: notes tell it.
func (b *Build) checkExport(ctx context.Context, v plan.Preview, path string) (notes []string, err error) {
	doc, err := reqfile.Load(ctx, path, reqfile.Options{})
	if doc == nil {
		return nil, fmt.Errorf("%s was written, but cannot be read again: %w", path, err)
	}
	d := &Deps{Docs: []*reqfile.Doc{doc}, Constraints: b.Deps.Constraints}
	if len(b.Deps.Docs) > 1 || len(v.Excluded) > 0 || doc.Lock != nil || b.Deps.lock() != nil || b.Deps.fromIndex() {
		return nil, nil // several files are installed together; pip knows no exclusions; the catalogue is not what was asked
	}
	o := Options{Target: b.Target}
	for _, x := range v.Swapped {
		if x.Index != "" {
			o.variants = append(o.variants, x.Index)
		}
		if !x.Exact {
			return []string{fmt.Sprintf("%s was written and reads well; what it resolves to was not checked, as the catalogue does not know %s", path, x.To.Name)}, nil
		}
	}
	if _, err := d.resolve(ctx, o); err != nil {
		return nil, fmt.Errorf("%s was written, but does not resolve: %w", path, err)
	}
	want, got := versions(v.Graph()), versions(d.Graph)
	var other []string
	for name, version := range got {
		if w, ok := want[name]; ok && w != version {
			other = append(other, fmt.Sprintf("%s %s instead of %s", name, version, w))
		}
	}
	if len(want) != len(got) || len(maps.Collect(both(want, got))) != len(want) {
		return nil, fmt.Errorf("%s was written, but resolves to %d packages instead of the preview's %d", path, len(got), len(want))
	}
	if len(other) > 0 {
		slices.Sort(other)
		notes = append(notes, fmt.Sprintf("now that it is free to, pip chooses other versions: %s; a constraints file keeps them", strings.Join(other, ", ")))
	}
	return notes, nil
}

// versions returns the versions of what the roots of g lead to.
func versions(g *depgraph.Graph) map[pep.Name]string {
	m := map[pep.Name]string{}
	all := g.Without()
	for i, n := range g.Nodes() {
		if all.Kept(i) {
			m[n.Name] = n.Version
		}
	}
	return m
}

// both yields the packages that stand in a and in b.
func both(a, b map[pep.Name]string) iter.Seq2[pep.Name, string] {
	return func(yield func(pep.Name, string) bool) {
		for name, version := range a {
			if _, ok := b[name]; ok && !yield(name, version) {
				return
			}
		}
	}
}
