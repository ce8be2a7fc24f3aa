package evidence

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"

	"weighline/analysis/fileclass"
	"weighline/analysis/layer"
	"weighline/analysis/pep"
)

// Options say how [Scan] works. The zero value finds nothing, for want of Names.
type Options struct {
	// Names tell whose the imports are.
	Names *Names
	// Except are files of requirements that make the build itself: that they
	// list a package is no evidence.
	Except []string
	// Jobs is how many files are read at a time; by default as many as there are
	// processors.
	Jobs int
	// Progress, if not nil, is told how many of the files were read. It may be
	// called from several goroutines.
	Progress func(done, total int)
}

func (o Options) withDefaults() Options {
	if o.Names == nil {
		o.Names = NewNames(nil)
	}
	if o.Jobs <= 0 {
		o.Jobs = runtime.GOMAXPROCS(0)
	}
	if o.Progress == nil {
		o.Progress = func(int, int) {}
	}
	return o
}

// Scan reads the sources below a folder. Of files that cannot be read, or only
// in part, the report has a sentence each. The error is for a folder that cannot
// be read at all, and for a ctx that is done: then the report is nil.
func Scan(ctx context.Context, dir string, o Options) (*Report, error) {
	o = o.withDefaults()
	list, err := list(ctx, dir)
	if err != nil {
		return nil, folderError(ctx, dir, err)
	}
	r := NewReport(o.Names)
	r.Folder = dir
	c := newCollector(r)
	for _, p := range list.problems {
		c.problem(p)
	}
	files := list.read(ctx, o)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	for _, f := range files {
		c.file(f)
	}
	for _, f := range list.readOthers(ctx, o) {
		c.other(f)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	c.done()
	return r, nil
}

// A FolderError tells that a folder of sources cannot be read.
type FolderError struct {
	Dir string
	Err error
}

func (e *FolderError) Error() string {
	return fmt.Sprintf("the sources in %s cannot be read: %s", e.Dir, cause(e.Err))
}

func (e *FolderError) Unwrap() error { return e.Err }

func folderError(ctx context.Context, dir string, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return &FolderError{dir, err}
}

// A file is what one source came to.
type file struct {
	bytes    int64
	unread   bool
	uses     []Use
	unlisted []Use
	starts   []string
	problems []Problem
}

// read reads all sources, several at a time, and returns what they came to in
// the order of the listing.
func (l *listing) read(ctx context.Context, o Options) []file {
	out := make([]file, len(l.sources))
	var done atomic.Int64
	share(ctx, o.Jobs, len(out), func() func(from, to int) {
		r := reader{list: l, names: o.Names, owners: map[string][]pep.Name{}}
		return func(from, to int) {
			for i := from; i < to && ctx.Err() == nil; i++ {
				out[i] = r.file(l.sources[i])
			}
			o.Progress(int(done.Add(int64(to-from))), len(out))
		}
	})
	return out
}

// readOthers does the same for files that are no sources.
func (l *listing) readOthers(ctx context.Context, o Options) []file {
	out := make([]file, len(l.others))
	share(ctx, o.Jobs, len(out), func() func(from, to int) {
		return func(from, to int) {
			for i := from; i < to && ctx.Err() == nil; i++ {
				out[i].uses, out[i].problems = l.other(l.others[i], o)
			}
		}
	})
	return out
}

// share has n things done by several workers; each takes some at a time until
// none are left or ctx is done.
func share(ctx context.Context, jobs, n int, worker func() func(from, to int)) {
	const step = 64
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(jobs, n/step+1) {
		workers.Go(func() {
			do := worker()
			for ctx.Err() == nil {
				from := int(next.Add(step)) - step
				if from >= n {
					return
				}
				do(from, min(from+step, n))
			}
		})
	}
	workers.Wait()
}

// A reader reads one source after the other.
type reader struct {
	list   *listing
	names  *Names
	parser parser
	owners map[string][]pep.Name // what names say of modules
	one    [1]asked
	buf    []byte
}

func (r *reader) file(name string) file {
	src, err := r.content(name)
	if err != nil {
		return file{unread: true, problems: []Problem{{File: name, Text: "it cannot be read: " + cause(err)}}}
	}
	f := file{bytes: int64(len(src))}
	if !strings.HasSuffix(name, ".ipynb") {
		r.source(&f, name, 0, src)
		return f
	}
	list, err := cells(src)
	if err != nil {
		f.unread, f.problems = true, []Problem{{File: name, Text: "it is no notebook that can be read: " + layer.Printable(err.Error())}}
	}
	for _, c := range list {
		r.source(&f, name, c.number, c.source)
	}
	return f
}

type tooLarge struct{}

func (tooLarge) Error() string { return "it has more than 64 MiB" }

// content returns what is in a source. It is overwritten by the next one.
func (r *reader) content(name string) ([]byte, error) {
	f, err := os.Open(filepath.Join(r.list.root, filepath.FromSlash(name)))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.Size() > maxSource {
		return nil, tooLarge{}
	}
	r.buf, err = readInto(r.buf[:0], f, int(info.Size()))
	return r.buf, err
}

// source puts the uses of one source into f.
func (r *reader) source(f *file, name string, cell int, src []byte) {
	s := r.parser.parse(src)
	for _, p := range s.Problems {
		p.File = name
		f.problems = append(f.problems, p)
	}
	roots := r.list.tree.roots(name)
	aside := isAside(name)
	count := map[useKey]int{}
	for _, x := range s.Imports {
		top, _, _ := strings.Cut(x.Module, ".")
		if x.Level > 0 || isStandard(top) {
			continue
		}
		if r.owns(x, roots) {
			continue
		}
		if x.Kind == Unguarded && !aside {
			f.starts = append(f.starts, x.Module)
			for _, name := range x.Names {
				f.starts = append(f.starts, x.Module+"."+name)
			}
		}
		for _, a := range r.modules(x) {
			if r.list.tree.owns(a.module, roots, len(a.who) > 0) {
				continue
			}
			u := Use{Packages: a.who, File: name, Line: x.Line, Cell: cell, Module: a.module, Kind: x.Kind, Aside: aside}
			f.put(u, src, count)
		}
	}
}

// put takes in a use of the user's, unless the source has enough of its sort.
func (f *file) put(u Use, src []byte, count map[useKey]int) {
	k := useKey{kind: u.Kind}
	if len(u.Packages) > 0 {
		k.pkg = u.Packages[0]
	} else if u.Kind == TypeChecking || u.Kind == Dynamic || len(f.unlisted) == maxUnlisted {
		return
	} else {
		k = useKey{by: pep.Name(u.Module)}
	}
	count[k]++
	switch {
	case len(u.Packages) == 0 && count[k] == 1:
		u.Text = lineText(src, u.Line)
		f.unlisted = append(f.unlisted, u)
	case len(u.Packages) > 0 && count[k] <= maxOwnUses:
		u.Text = lineText(src, u.Line)
		f.uses = append(f.uses, u)
	}
}

func (r *reader) ownersOf(module string) []pep.Name {
	who, ok := r.owners[module]
	if !ok {
		who = r.names.Owners(module)
		r.owners[module] = who
	}
	return who
}

// owns reports whether an import asks for the user's own modules alone.
func (r *reader) owns(x Import, roots []string) bool {
	for _, a := range r.modules(x) {
		if !r.list.tree.owns(a.module, roots, len(a.who) > 0) {
			return false
		}
	}
	return true
}

// modules is [Names.modules] that remembers.
func (r *reader) modules(x Import) []asked {
	if len(x.Names) == 0 || !r.names.shared[x.Module] {
		r.one[0] = asked{x.Module, r.ownersOf(x.Module)}
		return r.one[:]
	}
	return r.names.modules(x)
}

// isAside reports whether a source of the user's does not run with the program.
func isAside(name string) bool {
	top, _, _ := strings.Cut(name, "/")
	switch top {
	case "docs", "doc", "examples", "example", "benchmarks", "setup.py", "noxfile.py":
		return true
	}
	return fileclass.Of(name) == fileclass.Tests || strings.HasSuffix(name, "_test.py")
}
