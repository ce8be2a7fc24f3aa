package analysis

import (
	"context"
	"errors"
	"fmt"
	"maps"
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
// plan drops or moves, and with those that it swaps. Names are relative to the
// folder of the first file.
func (b *Build) SlimFiles(v plan.Preview, o reqfile.SlimOptions) ([]reqfile.OutFile, error) {
	docs, err := b.slimDocs(v, o)
	return slices.Concat(docs...), err
}

// slimDocs returns for each document its files, the document's own first.
func (b *Build) slimDocs(v plan.Preview, o reqfile.SlimOptions) (out [][]reqfile.OutFile, err error) {
	if b.Deps == nil || len(b.Deps.Docs) == 0 {
		return nil, ErrNoRequirements
	}
	lines, reasons := replacements(v), v.Reasons()
	for i, doc := range b.Deps.Docs {
		// What no file names is told and written once, with the first.
		elsewhere := func(name pep.Name) bool {
			return !names(doc, name) && (i > 0 || slices.ContainsFunc(b.Deps.Docs, func(d *reqfile.Doc) bool { return names(d, name) }))
		}
		of := maps.Clone(reasons)
		maps.DeleteFunc(of, func(name pep.Name, _ string) bool { return elsewhere(name) })
		o.Replace = maps.Clone(lines)
		maps.DeleteFunc(o.Replace, func(name pep.Name, _ reqfile.Replacement) bool { return elsewhere(name) })
		files, err := reqfile.Slim(b.Deps.only(doc), of, o)
		if err != nil {
			return nil, err
		}
		out = append(out, files)
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
func (b *Build) slimTargets(v plan.Preview, path string, flatten bool) ([]target, error) {
	docs, err := b.slimDocs(v, reqfile.SlimOptions{Flatten: flatten})
	if err != nil {
		return nil, err
	}
	list := place(docs, path)
	if b.hitsSource(list) == "" {
		return list, nil
	}
	// Beside the file lie others that it includes, and these are the user's own:
	// what they hold goes into the one file.
	if docs, err = b.slimDocs(v, reqfile.SlimOptions{Flatten: true}); err != nil {
		return nil, err
	}
	list = place(docs, path)
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
	top  bool // requirements that no other file includes
}

// place says where the files of documents go: the first to path, the others
// beside it.
func place(docs [][]reqfile.OutFile, path string) (list []target) {
	for i, files := range docs {
		for j, f := range files {
			t := target{f, filepath.Join(filepath.Dir(path), filepath.FromSlash(f.Name)), i+j == 0, j == 0}
			if t.main {
				t.path = filepath.Clean(path)
			}
			list = append(list, t)
		}
	}
	return list
}

// tops returns the paths of the requirements that no other file includes.
func tops(list []target) (paths []string) {
	for _, t := range list {
		if t.top {
			paths = append(paths, t.path)
		}
	}
	return paths
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
