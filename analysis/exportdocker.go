package analysis

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"weighline/analysis/pep"
	"weighline/analysis/plan"
	"weighline/analysis/reqfile"
)

// A recipe is what a strategy's Dockerfile is made with: the files that it copies,
// some of which are still to be written.
type recipe struct {
	name    string // of the strategy
	dir     string // the Dockerfile's
	v       plan.Preview
	tops    []string // to install from
	beside  []string // what these include
	limits  string   // a constraints file
	heavy   string
	indexes string     // pip's options
	off     []pep.Name // what pip installs and the plan leaves out
	list    []target   // to be written with the Dockerfile
}

// dockerfiles returns the Dockerfiles of the strategy that is asked for, with the
// files that they install from and that are not there yet. written is what is
// exported beside them.
func (b *Build) dockerfiles(ctx context.Context, v plan.Preview, to Exports, written []target, x *Exported) ([]target, error) {
	s, err := b.strategy(v, to.Strategy)
	if err != nil {
		return nil, err
	}
	r := &recipe{name: s.Name, dir: filepath.Dir(to.Dockerfile), v: v}
	own := bytes.Equal(s.Plan.Encode(), v.Plan.Encode())
	if !own {
		r.v, _ = Preview(b, s.Plan)
	}
	switch {
	case own && to.Requirements != "":
		r.take(written)
	case b.Deps == nil:
		b.freeze(r, x)
	case s.Plan.Empty() && b.takeOriginals(r):
	default:
		if err := b.flatten(r); err != nil {
			return nil, err
		}
	}
	b.pin(ctx, r, own, to, x)
	if len(s.Heavy) > 0 {
		b.pinHeavy(r, s)
	}
	r.off = b.excluded(r.v)
	r.indexes = b.askedIndexes(x)
	b.warnLocal(x)
	return r.finish(s, to.Dockerfile, x), nil
}

// strategy returns the strategy of that name, the plan's if it is "".
func (b *Build) strategy(v plan.Preview, name string) (plan.Strategy, error) {
	if name == "" {
		name = plan.Current
	}
	ways := b.Strategies(v.Plan, plan.Speeds{})
	s, ok := ways.Find(name)
	if ok {
		return s, nil
	}
	var names []string
	for _, x := range ways.List {
		names = append(names, x.Name)
	}
	return s, fmt.Errorf("%q is no strategy: there are %s", name, strings.Join(names, ", "))
}

// take takes the slim files that are written in the same call.
func (r *recipe) take(written []target) {
	for _, t := range written {
		switch {
		case t.top:
			r.tops = append(r.tops, t.path)
		case t.Source != "" || t.beside:
			r.beside = append(r.beside, t.path)
		}
	}
}

// write adds a file to what is written, and returns where.
func (r *recipe) write(name, text string) string {
	t := target{path: filepath.Join(r.dir, name), main: true}
	t.Data = []byte(text)
	r.list = append(r.list, t)
	return t.path
}

// takeOriginals takes the files that the build was opened with, if nothing of
// them changes and an image can be built from a folder that holds them and the
// Dockerfile.
func (b *Build) takeOriginals(r *recipe) bool {
	var tops, beside []string
	for _, doc := range b.Deps.Docs {
		if doc.Format != reqfile.Requirements {
			return false
		}
		for i, f := range doc.Files {
			if info, err := os.Stat(f.Path); err != nil || !info.Mode().IsRegular() {
				return false
			}
			if i == 0 {
				tops = append(tops, f.Path)
			} else {
				beside = append(beside, f.Path)
			}
		}
	}
	if at := buildFolder(r.dir, slices.Concat(tops, beside)); at != absolute(r.dir) && at != absolute(filepath.Dir(tops[0])) {
		return false
	}
	r.tops, r.beside = tops, beside
	return true
}

// flatten writes the requirements of the strategy, each document as one file.
func (b *Build) flatten(r *recipe) error {
	docs, err := b.slimDocs(r.v, reqfile.SlimOptions{Flatten: true})
	if err != nil {
		return err
	}
	for i, files := range docs {
		for j, f := range files {
			t := target{OutFile: f, path: filepath.Join(r.dir, filepath.FromSlash(f.Name))}
			if j > 0 {
				r.beside = append(r.beside, t.path)
			} else {
				t.main, t.path = true, filepath.Join(r.dir, numbered("requirements-"+r.name, i))
				r.tops = append(r.tops, t.path)
			}
			r.list = append(r.list, t)
		}
	}
	if hit := b.hitsSource(r.list); hit != "" {
		return fmt.Errorf("%s was read for this build and would be overwritten, so nothing was written: name a Dockerfile in another folder", hit)
	}
	return nil
}

func numbered(name string, i int) string {
	if i > 0 {
		return fmt.Sprintf("%s-%d.txt", name, i+1)
	}
	return name + ".txt"
}

// freeze writes what an image has of Python packages, as pip's freeze does.
func (b *Build) freeze(r *recipe, x *Exported) {
	list := slices.DeleteFunc(pins(r.v, x), func(p reqfile.Pin) bool {
		return slices.Contains([]pep.Name{"pip", "setuptools", "wheel"}, p.Name) // the base brings them
	})
	r.tops = []string{r.write(numbered("requirements-"+r.name, 0), "# What the image has of Python packages, under the plan (by Weighline)\n"+reqfile.Constraints(list))}
	x.Notes = append(x.Notes, "the Dockerfile installs what the image has of Python packages; what its system brought, or what was built by hand, is on no package index: take it out or name its source")
}

// pin takes or writes a constraints file where the requirements alone would not
// resolve to the versions of the preview: pip keeps what an image has, if a line
// allows it.
func (b *Build) pin(ctx context.Context, r *recipe, own bool, to Exports, x *Exported) {
	switch {
	case own && to.Constraints != "":
		r.limits = to.Constraints
	case b.Deps != nil && (len(b.Deps.Constraints) > 0 || b.Deps.lock() != nil || r.name == plan.OpenedBase || len(b.loose(ctx, r.v, r.tops, r.list)) > 0):
		r.limits = r.write(numbered("constraints-"+r.name, 0), constraints(r.v, x))
	}
}

func (b *Build) pinHeavy(r *recipe, s plan.Strategy) {
	var pins []reqfile.Pin
	all := versions(b.Graph())
	for _, n := range s.Heavy {
		if all[n] != "" {
			pins = append(pins, reqfile.Pin{Name: n, Version: all[n]})
		}
	}
	r.heavy = r.write("requirements-base.txt", "# The heavy packages of the base (by Weighline)\n"+reqfile.Constraints(pins))
}

// askedIndexes returns pip's options for the indexes that were given beside the
// files. One with a password does not belong into an image: a note tells of it.
func (b *Build) askedIndexes(x *Exported) (options string) {
	if b.Deps == nil || b.Deps.asked == nil || !b.Deps.asked.asksIndex() {
		return ""
	}
	o := b.Deps.asked
	for i, address := range append(slices.Clone(o.Index), o.ExtraIndex...) {
		option := "--extra-index-url"
		if i == 0 && len(o.Index) > 0 {
			option = "--index-url"
		}
		switch {
		case address == IndexSettings:
			x.Notes = append(x.Notes, "the settings of pip and uv of this computer are not in the Dockerfile: set PIP_INDEX_URL in the build")
		case reqfile.Redact(address) != address:
			x.Notes = append(x.Notes, fmt.Sprintf("the Dockerfile does not name the index %s, which has a password: mount pip's settings as a secret of the build", reqfile.Redact(address)))
		default:
			options += " " + option + " " + address
		}
	}
	return options
}

// excluded returns what pip installs although v leaves it out: what is excluded,
// and what goes with that alone.
func (b *Build) excluded(v plan.Preview) (names []pep.Name) {
	if len(v.Excluded) == 0 {
		return nil
	}
	p := v.Plan
	for _, name := range v.Excluded {
		p = p.With(name, false)
	}
	without, _ := Preview(b, p)
	stays := versions(v.Graph())
	for name := range versions(without.Graph()) {
		if _, ok := stays[name]; !ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// warnLocal tells of lines that name folders and files, which the Dockerfile does
// not copy.
func (b *Build) warnLocal(x *Exported) {
	if b.Deps == nil {
		return
	}
	for _, doc := range b.Deps.Docs {
		for _, r := range doc.Requirements {
			if r.Path != "" {
				x.Notes = append(x.Notes, fmt.Sprintf("%s names a file or folder beside it (%s), which the Dockerfile does not copy: add a COPY before pip install", r.Where(), r.Written()))
			}
		}
	}
}

// finish makes the Dockerfiles, the last of them to be written to file.
func (r *recipe) finish(s plan.Strategy, file string, x *Exported) []target {
	files := slices.Concat(r.tops, r.beside)
	for _, more := range []string{r.limits, r.heavy} {
		if more != "" {
			files = append(files, more)
		}
	}
	at := buildFolder(r.dir, files)
	relative := func(paths []string) (list []string) {
		for _, p := range paths {
			rel, err := filepath.Rel(at, absolute(p))
			if err != nil {
				rel = p
			}
			list = append(list, filepath.ToSlash(rel))
		}
		return list
	}
	o := plan.DockerfileOptions{Indexes: r.indexes, Requirements: relative(r.tops), Beside: relative(r.beside), Uninstall: r.off}
	if r.limits != "" {
		o.Constraints = relative([]string{r.limits})[0]
	}
	if r.heavy != "" {
		o.Heavy = relative([]string{r.heavy})[0]
	}
	texts := s.Dockerfiles(o)
	for i, f := range texts {
		t := target{path: filepath.Join(r.dir, f.Name), main: true}
		if i == len(texts)-1 {
			t.path = filepath.Clean(file)
		}
		t.Data = []byte(f.Text)
		r.list = append(r.list, t)
	}
	if at != absolute(r.dir) {
		x.Notes = append(x.Notes, fmt.Sprintf("the Dockerfile copies from %s: docker build --file %s %[1]s", at, file))
	}
	return r.list
}

// buildFolder returns the folder that holds dir and all files.
func buildFolder(dir string, files []string) string {
	at := absolute(dir)
	for _, f := range files {
		for !below(at, absolute(f)) {
			at = filepath.Dir(at)
		}
	}
	return at
}

// below reports whether a file lies in dir or in a folder below it; all lie below
// the root.
func below(dir, file string) bool {
	rel, err := filepath.Rel(dir, file)
	return dir == filepath.Dir(dir) || err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

func absolute(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		return abs
	}
	return filepath.Clean(path)
}
