package reqfile

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"weighline/analysis/pep"
)

// folderOrder is what is taken of a folder, the best first: a lock tells
// sizes and edges, a requirements file what is deployed, a project file what
// is asked for.
var folderOrder = []func(name string) bool{
	named("uv.lock"), named("poetry.lock"), named("pdm.lock"),
	func(n string) bool {
		return n == "pylock.toml" || strings.HasPrefix(n, "pylock.") && strings.HasSuffix(n, ".toml")
	},
	named("Pipfile.lock"), named("requirements.txt"), named("pyproject.toml"), named("Pipfile"),
	func(n string) bool { return strings.HasPrefix(n, "requirements") && strings.HasSuffix(n, ".txt") },
	func(n string) bool { return strings.HasPrefix(n, "environment") && strings.HasSuffix(n, ".yml") },
	func(n string) bool { return strings.HasPrefix(n, "environment") && strings.HasSuffix(n, ".yaml") },
	func(n string) bool { return n == "conda.yaml" || n == "conda.yml" },
}

func named(want string) func(string) bool { return func(n string) bool { return n == want } }

// Candidates returns the files of a folder that can be read, the one that
// [Load] chooses first. Files in a folder "requirements" count.
func Candidates(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("read requirements: %w", err)
	}
	var out []string
	for _, fits := range folderOrder {
		for _, e := range entries {
			if file := filepath.Join(dir, e.Name()); !e.IsDir() && fits(e.Name()) && !slices.Contains(out, file) {
				out = append(out, file)
			}
		}
	}
	more, err := os.ReadDir(filepath.Join(dir, "requirements"))
	if err != nil {
		return out, nil
	}
	for _, e := range more {
		if !e.IsDir() && strings.HasSuffix(e.Name(), ".txt") {
			out = append(out, filepath.Join(dir, "requirements", e.Name()))
		}
	}
	return out, nil
}

// loadFolder reads the best file of a folder, and the next best where that one
// asks for nothing.
func loadFolder(ctx context.Context, dir string, o Options) (*Doc, error) {
	list, err := Candidates(dir)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, &FormatError{dir, "it is a folder without requirements.txt, pyproject.toml, Pipfile, environment.yml or a lock"}
	}
	var problems []error
	for i, file := range list {
		doc, err := Load(ctx, file, o)
		if doc == nil || len(doc.Requirements) == 0 && doc.Lock == nil && i < len(list)-1 {
			if err != nil {
				problems = append(problems, err)
			}
			continue
		}
		if len(list) == 1 {
			doc.warn("folder-choice", file, 0, "chosen as the only file of the folder that can be read")
		} else {
			doc.warn("folder-choice", file, 0, "chosen from %d files of the folder; the others are %s", len(list), others(dir, list, file))
		}
		return doc, errors.Join(append([]error{err}, problems...)...)
	}
	return nil, errors.Join(problems...)
}

func others(dir string, list []string, but string) string {
	var names []string
	for _, f := range list {
		if f != but {
			rel, _ := filepath.Rel(dir, f)
			names = append(names, rel)
		}
	}
	if len(names) > 6 {
		return strings.Join(names[:5], ", ") + fmt.Sprintf(" and %d more", len(names)-5)
	}
	return strings.Join(names, ", ")
}

// beside reads the project file next to a lock. It tells what the project asks
// for where the lock does not, and on which line where it does.
func (f *files) beside(ctx context.Context, doc *Doc) {
	lock := doc.Files[0].Path
	name := "pyproject.toml"
	if doc.Format == PipfileLock || doc.Lock.Creator == "pipenv" {
		name = "Pipfile"
	}
	path := filepath.Join(filepath.Dir(lock), name)
	if f.o.isFile(path) {
		if data, err := f.open(path); err == nil {
			m, err := parse(ctx, data, path, f.o, f)
			if err != nil {
				doc.warn("manifest-damaged", path, 0, "the project file was read in part: %s", firstLine(err))
			}
			if m != nil && m.Lock == nil {
				doc.Lock.Manifest = m
			}
		}
	}
	doc.roots()
}

func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}

// roots gives a lock its roots from the project file, or guesses them.
func (d *Doc) roots() {
	l := d.Lock
	m := l.Manifest
	if m != nil {
		d.Files = append(d.Files, m.Files...)
		d.Warnings = append(d.Warnings, m.Warnings...)
		if d.Name == "" {
			d.Name = m.Name
		}
		if len(d.IndexURLs) == 0 {
			d.IndexURLs = m.IndexURLs
		}
	}
	switch {
	case len(l.Roots) > 0:
		if m != nil {
			l.place(m)
			d.Requirements = nil
			for _, r := range l.Roots {
				d.Requirements = append(d.Requirements, r.Requirements...)
			}
		}
	case m != nil && len(m.Requirements) > 0:
		l.Roots = []Root{{Name: m.Name, Package: -1, Requirements: m.Requirements}}
		d.Requirements = slices.Clone(m.Requirements)
		d.Constraints = append(d.Constraints, m.Constraints...)
	case len(l.Packages) > 0:
		d.guessRoots(d.Files[0].Path)
	}
}

// place gives the requirements of the lock the lines of the project file m.
func (l *Lock) place(m *Doc) {
	type key struct {
		name  pep.Name
		group string
	}
	written := map[key][]Requirement{}
	for _, q := range m.Requirements {
		k := key{q.Name, q.Group}
		written[k] = append(written[k], q)
	}
	for i := range l.Roots {
		if l.Roots[i].Name != m.Name {
			continue
		}
		for j := range l.Roots[i].Requirements {
			r := &l.Roots[i].Requirements[j]
			for _, q := range written[key{r.Name, r.Group}] {
				if q.Extra == r.Extra || r.Group != "" {
					r.File, r.Line, r.EndLine = q.File, q.Line, q.EndLine
					if r.Specifiers.Canonical() == q.Specifiers.Canonical() {
						break
					}
				}
			}
		}
	}
}

// project reads the project file of a local folder, or returns nil.
func (f *files) project(dir string) *Doc {
	if d, ok := f.seen[dir]; ok {
		return d
	}
	f.seen[dir] = nil // a project that leads to itself ends here
	path := filepath.Join(dir, "pyproject.toml")
	if !f.o.isFile(path) {
		return nil
	}
	data, err := f.open(path)
	if err != nil {
		return nil
	}
	d, _ := readPyproject(context.Background(), data, path, f)
	f.seen[dir] = d
	return d
}
