package depgraph

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"weighline/analysis/pep"
	"weighline/analysis/pyindex"
)

// A Source is what a resolution needs to know of the package indexes. Its
// methods are called from one goroutine at a time.
type Source interface {
	// Releases returns all releases of a project, on all indexes in the order in
	// which they are asked, or an error that wraps [pyindex.ErrNotFound].
	Releases(ctx context.Context, name pep.Name) ([]pyindex.Release, error)

	// Metadata returns what a file of a release says of itself. Both are
	// pointers into what Releases returned.
	Metadata(ctx context.Context, r *pyindex.Release, f *pyindex.File) (pyindex.Metadata, error)
}

// A Hinter is a source that can make ready what will be asked for.
type Hinter interface {
	// Hint says that the releases of the projects will be asked for soon. It
	// must not wait.
	Hint(names ...pep.Name)
}

// Input is what is to be resolved.
type Input struct {
	Roots       []Root // the lines of requirements files, in their order
	Constraints []Root // lines of constraints files: they ask for nothing, but limit versions
	Target      pep.Target
	Options     Options
}

// Limits returns what the lines and constraints say of the versions of each
// project: what a source may fetch ahead.
func (in Input) Limits() map[pep.Name]pep.Specifiers {
	limits := map[pep.Name]pep.Specifiers{}
	env := in.Target.Env()
	for _, r := range slices.Concat(in.Roots, in.Constraints) {
		if q := r.Requirement; q.Marker.Eval(env) {
			limits[q.Name] = append(limits[q.Name][:len(limits[q.Name]):len(limits[q.Name])], q.Specifiers...)
		}
	}
	return limits
}

// Options change how requirements are resolved. The zero value is what pip does
// unless it is told otherwise.
type Options struct {
	Pre          bool // pre-releases count like others (--pre)
	PreferBinary bool // an older wheel rather than a newer source distribution (--prefer-binary)
	NoDeps       bool // nothing but the roots themselves (--no-deps)

	// NoBinary and OnlyBinary are the projects, or ":all:", of which no wheels or
	// no source distributions are taken (--no-binary, --only-binary). As with pip,
	// a name counts before ":all:", and OnlyBinary before NoBinary.
	NoBinary, OnlyBinary []string

	// FirstIndex is uv's rule for several indexes: of the URLs, the first that
	// has a project at all is asked for it. By pip's rule, the zero value, the
	// highest version of all indexes wins.
	FirstIndex []string

	// SourceName is what the nodes say of where their figures come from: "index"
	// unless it is set.
	SourceName string

	// MaxRounds bounds the search: so many packages are chosen, or chosen again
	// after a conflict. 0 means 20,000, some seconds; pip's own bound is 200,000.
	MaxRounds int

	// Progress is called now and then with the numbers of packages that are
	// chosen and that are known to be needed. It may be nil.
	Progress func(chosen, needed int)
}

func (o Options) withDefaults() Options {
	if o.MaxRounds <= 0 {
		o.MaxRounds = 20_000
	}
	if o.SourceName == "" {
		o.SourceName = "index"
	}
	if o.Progress == nil {
		o.Progress = func(int, int) {}
	}
	return o
}

// formats reports which kinds of files of a project are taken.
func (o Options) formats(name pep.Name) (wheels, sdists bool) {
	only, none := slices.Contains(o.OnlyBinary, string(name)), slices.Contains(o.NoBinary, string(name))
	if !only && !none {
		only = slices.Contains(o.OnlyBinary, ":all:")
		none = !only && slices.Contains(o.NoBinary, ":all:")
	}
	switch {
	case only:
		return true, false
	case none:
		return false, true
	}
	return true, true
}

// maxProjects is how many packages a resolution may come to; large projects have
// some hundred.
const maxProjects = 4_000

// ErrTooMany says that the packages require more and more others.
var ErrTooMany = fmt.Errorf("too many packages are required, more than %d", maxProjects)

// ErrTooComplex says that the search was given up: too many combinations of
// versions were tried.
var ErrTooComplex = errors.New("too many combinations of versions were tried")

// A ConflictError says that no set of versions satisfies all requirements.
type ConflictError struct {
	Name    pep.Name // of the project that no version can be found for
	Demands []Demand // that cannot be satisfied together
}

// A Demand is a requirement and how it came about.
type Demand struct {
	Requirement string
	Chain       Chain // from a root to the requirement itself; one step if it is a line of a file
	File        string
	Line        int  // of the root
	Constraint  bool // it is a line of a constraints file
}

// String returns "numpy<2 (requirements.txt:3: numba → numpy<2)".
func (d Demand) String() string {
	at := d.File
	if d.File != "" && d.Line > 0 {
		at = fmt.Sprintf("%s:%d", d.File, d.Line)
	}
	if d.Constraint {
		at = strings.TrimSpace("constraint " + at)
	}
	if len(d.Chain) > 1 {
		if at != "" {
			at += ": "
		}
		at += d.Chain.String()
	}
	if at == "" {
		return d.Requirement
	}
	return d.Requirement + " (" + at + ")"
}

// Error names the project and all demands with their chains.
func (e *ConflictError) Error() string {
	words := make([]string, len(e.Demands))
	for i, d := range e.Demands {
		words[i] = d.String()
	}
	return fmt.Sprintf("no version of %s satisfies %s", e.Name, strings.Join(words, " and "))
}
