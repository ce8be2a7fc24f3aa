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

// SlimFile returns the build's requirement files without the lines that the plan
// drops or moves, and with those that it swaps, as one file; what cannot be part of
// it, such as a constraints file, follows. The versions that the lines leave open
// are in keep: they stand at the end as lines, or in the constraints file that is
// named, for the caller to write.
func (b *Build) SlimFile(ctx context.Context, v plan.Preview, constraints string) (files []reqfile.OutFile, keep []reqfile.Pin, err error) {
	docs, err := b.slimDocs(v, reqfile.SlimOptions{Flatten: true})
	if err != nil {
		return nil, nil, err
	}
	list := place(docs, filepath.Join(filepath.Dir(b.Deps.Docs[0].Files[0].Path), "requirements.slim.txt"))
	if keep = b.loose(ctx, v, tops(list), list); len(keep) > 0 {
		o := reqfile.SlimOptions{Flatten: true, Constraints: filepath.ToSlash(constraints)}
		if constraints == "" {
			o.Keep = keep
		}
		docs, err = b.slimDocs(v, o)
	}
	return slices.Concat(docs...), keep, err
}

// slimDocs returns for each document its files, the document's own first.
func (b *Build) slimDocs(v plan.Preview, o reqfile.SlimOptions) (out [][]reqfile.OutFile, err error) {
	if b.Deps == nil || len(b.Deps.Docs) == 0 {
		return nil, ErrNoRequirements
	}
	lines, reasons := replacements(v), b.Deps.reasons(v)
	for i, doc := range b.Deps.Docs {
		// What no file names is told and written once, with the first.
		elsewhere := func(name pep.Name) bool {
			return !names(doc, name) && (i > 0 || slices.ContainsFunc(b.Deps.Docs, func(d *reqfile.Doc) bool { return names(d, name) }))
		}
		of := maps.Clone(reasons)
		maps.DeleteFunc(of, func(name pep.Name, _ string) bool { return elsewhere(name) })
		if i > 0 {
			o.Constraints, o.Keep = "", nil // they stand in the first
		}
		o.Replace = maps.Clone(lines)
		maps.DeleteFunc(o.Replace, func(name pep.Name, _ reqfile.Replacement) bool { return elsewhere(name) })
		files, err := reqfile.Slim(b.Deps.only(doc), of, o)
		if err != nil {
			return nil, err
		}
		out = append(out, files)
	}
	for _, name := range b.Deps.hashed(v) {
		out[0][0].Notes = append(out[0][0].Notes, fmt.Sprintf("%s keeps its line: it is still needed, and with hashes pip wants a line for each package", name))
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

// slimTargets returns the slim files with the paths that they are to be written
// to: the first to path, the others beside it. Where the lines alone would not come
// to the versions of the preview there is a constraints file, too.
func (b *Build) slimTargets(ctx context.Context, v plan.Preview, to Exports, x *Exported) ([]target, error) {
	o := reqfile.SlimOptions{Flatten: to.Flatten}
	list, err := b.placed(v, to.Requirements, &o)
	if err != nil {
		return nil, err
	}
	x.Kept = b.loose(ctx, v, tops(list), list)
	if len(x.Kept) == 0 {
		return list, nil
	}
	limits := to.Constraints
	if limits == "" {
		limits = b.limitsBeside(to.Requirements, list)
	}
	switch rel, err := filepath.Rel(filepath.Dir(to.Requirements), limits); {
	case err != nil || isDevice(to.Requirements):
		o.Keep = x.Kept
	default:
		o.Constraints, x.KeptBy = filepath.ToSlash(rel), limits
	}
	if list, err = b.placed(v, to.Requirements, &o); err != nil || x.KeptBy == "" || to.Constraints != "" {
		return list, err
	}
	text := "# The versions of the preview that " + filepath.Base(to.Requirements) + " would leave open (by Weighline)\n" + reqfile.Constraints(x.Kept)
	return append(list, target{OutFile: reqfile.OutFile{Data: []byte(text)}, path: limits, beside: true}), nil
}

// placed returns the slim files with their paths. o is flattened where a file of the
// user's own would be written over.
func (b *Build) placed(v plan.Preview, path string, o *reqfile.SlimOptions) ([]target, error) {
	docs, err := b.slimDocs(v, *o)
	if err != nil {
		return nil, err
	}
	list := place(docs, path)
	own := b.hitsSource(list)
	if own != "" && !o.Flatten {
		// Beside the file lie others that it includes, and these are the user's own:
		// what they hold goes into the one file.
		o.Flatten = true
		return b.placed(v, path, o)
	}
	if own != "" {
		return nil, fmt.Errorf("%s was read for this build and would be overwritten, so nothing was written: name a file in another folder", own)
	}
	return list, nil
}

// A target is a file with where it is to be written.
type target struct {
	reqfile.OutFile
	path   string
	main   bool // it was named by the user
	top    bool // requirements that no other file includes
	beside bool // another file includes it, and it was made from none
}

// place says where the files of documents go: the first to path, the others
// beside it.
func place(docs [][]reqfile.OutFile, path string) (list []target) {
	for i, files := range docs {
		for j, f := range files {
			t := target{OutFile: f, path: filepath.Join(filepath.Dir(path), filepath.FromSlash(f.Name)), main: i+j == 0, top: j == 0}
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
