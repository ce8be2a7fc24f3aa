package evidence

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Limits of a folder: who gives "/" by mistake gets what could be read, and a
// sentence.
const (
	maxFiles  = 1_000_000
	maxDepth  = 100
	maxSource = 64 << 20 // bytes of one file; larger ones are data
)

// A listing is what lies in the user's folder.
type listing struct {
	root     string
	sources  []string // modules and notebooks, by their paths with slashes below root
	others   []string // files that may name commands and entry points
	tree     tree
	problems []Problem
	links    map[string]bool // folders that were entered, by their real paths
	full     bool
}

// skipped are folders that hold no source of the user's own: environments,
// caches, and what builds make.
var skipped = []string{"node_modules", "__pycache__", "__pypackages__", "site-packages", "dist-packages", "venv", "env"}

// list walks through the folder. Links to folders are followed, each folder once.
func list(ctx context.Context, root string) (*listing, error) {
	info, err := os.Stat(root)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return nil, &fs.PathError{Op: "read", Path: root, Err: errors.New("it is a file, not a folder")}
	}
	l := &listing{root: root, tree: newTree(), links: map[string]bool{}}
	if real, err := filepath.EvalSymlinks(root); err == nil {
		l.links[real] = true
	}
	if err := l.dir(ctx, "", 0); err != nil {
		return nil, err
	}
	if l.full {
		l.problem("", "there are more than a million files: the rest is not read")
	}
	return l, nil
}

func (l *listing) problem(file, text string) {
	l.problems = append(l.problems, Problem{File: file, Text: text})
}

// dir lists one folder, given by its path below the root.
func (l *listing) dir(ctx context.Context, rel string, depth int) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if depth > maxDepth {
		l.problem(rel, "the folder lies too deep: it is not read")
		return nil
	}
	entries, err := os.ReadDir(filepath.Join(l.root, filepath.FromSlash(rel)))
	if err != nil {
		l.problem(rel, "the folder cannot be read: "+cause(err))
	}
	if depth > 0 && slices.ContainsFunc(entries, func(e os.DirEntry) bool { return e.Name() == "pyvenv.cfg" }) {
		return nil // a virtual environment
	}
	for _, e := range entries {
		if len(l.sources)+len(l.others) >= maxFiles {
			l.full = true
			return nil
		}
		if err := l.entry(ctx, rel, e, entries, depth); err != nil {
			return err
		}
	}
	return nil
}

func (l *listing) entry(ctx context.Context, rel string, e os.DirEntry, beside []os.DirEntry, depth int) error {
	name := path.Join(rel, e.Name())
	mode := e.Type()
	if mode&fs.ModeSymlink != 0 {
		full := filepath.Join(l.root, filepath.FromSlash(name))
		info, err := os.Stat(full)
		if err != nil {
			if isSource(name) {
				l.problem(name, "the link leads nowhere, or in a circle")
			}
			return nil
		}
		if mode = info.Mode().Type(); mode.IsDir() {
			real, err := filepath.EvalSymlinks(full)
			if err != nil || l.links[real] {
				return nil
			}
			if within(real, l.links) {
				return nil // it is read where it lies
			}
			l.links[real] = true
		}
	}
	switch {
	case mode.IsDir():
		if l.root == "/" && (name == "proc" || name == "sys" || name == "dev") {
			return nil // no files of anybody's
		}
		if skips(e.Name(), beside) {
			return nil
		}
		return l.dir(ctx, name, depth+1)
	case !mode.IsRegular():
	case isSource(name):
		l.sources = append(l.sources, name)
		l.tree.add(name)
	case mayName(name):
		l.others = append(l.others, name)
	}
	return nil
}

// within reports whether path lies in one of the folders.
func within(path string, folders map[string]bool) bool {
	for dir := filepath.Dir(path); ; dir = filepath.Dir(dir) {
		if folders[dir] {
			return true
		}
		if dir == filepath.Dir(dir) {
			return false
		}
	}
}

// skips reports whether a folder holds nothing of the user's own. "build" and
// "dist" are what builds make, unless they are packages.
func skips(name string, beside []os.DirEntry) bool {
	switch {
	case strings.HasPrefix(name, "."), strings.HasSuffix(name, ".egg-info"), strings.HasSuffix(name, ".dist-info"), slices.Contains(skipped, name):
		return true
	case name == "build", name == "dist":
		return !slices.ContainsFunc(beside, func(e os.DirEntry) bool { return e.Name() == "__init__.py" })
	}
	return false
}

func isSource(name string) bool {
	return strings.HasSuffix(name, ".py") || strings.HasSuffix(name, ".pyw") || strings.HasSuffix(name, ".ipynb")
}

// cause is the reason in an error of the file system, without the path.
func cause(err error) string {
	var p *fs.PathError
	switch {
	case errors.Is(err, fs.ErrPermission):
		return "you may not read it"
	case errors.Is(err, fs.ErrNotExist):
		return "there is no such file or folder"
	case errors.As(err, &p):
		return p.Err.Error()
	}
	return err.Error()
}
