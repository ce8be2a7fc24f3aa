package reqfile

import (
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"

	"weighline/analysis/bytesize"
	"weighline/analysis/pep"
)

// A Lock is what a lock file says: every package that may be installed on some
// target, and as much as the format tells of files, sizes and edges.
//
// To follow a lock for a target: start at the roots, take the edges whose
// marker holds, and of several packages with one name the one that the edge
// names by version and source; where the edge names none, the one whose
// ResolutionMarkers (uv) or Marker (poetry, pdm, pylock) hold. An edge to a
// name that is not locked was left out by the tool that wrote the lock.
type Lock struct {
	Format   Format
	Version  string // of the format: "1", "2.1", "4.5.1"
	Revision int    // of uv.lock
	Creator  string // who wrote it, where it says so
	Packages []LockPackage
	Roots    []Root
	// Edges is false where the format has no dependencies between packages
	// (pylock.toml, Pipfile.lock); then every package is a root.
	Edges          bool
	RequiresPython string
	// ResolutionMarkers are the forks of uv; one of them holds on each target.
	ResolutionMarkers []string
	// Environments are the targets the lock was made for; none means all.
	Environments []string
	// Conflicts are sets of which at most one may be asked for.
	Conflicts     [][]Conflict
	Extras        map[string][]pep.Name // of the project, where the lock lists them
	Groups        []string
	DefaultGroups []string
	// Manifest is the project file beside the lock, where it was read.
	Manifest *Doc
}

// A Conflict is an extra or a group of a package; one of the two is "".
type Conflict struct {
	Package      pep.Name
	Extra, Group string
}

// A Root is a project that the lock was made for, or a member of a workspace.
type Root struct {
	Name         pep.Name // "" for a script or a file without a project
	Package      int      // index in Lock.Packages, or -1
	Requirements []Requirement
}

// A LockPackage is one version of a package from one source.
type LockPackage struct {
	Name         pep.Name
	Version      pep.Version // zero where the lock has none, as for folders
	Source       Source
	Files        []LockFile
	Dependencies []LockDep              // a marker may ask for an extra of this package
	OptionalDeps map[string][]LockDep   // by extra
	DevDeps      map[string][]LockDep   // by dependency group
	Marker       *pep.Marker            // where the package is wanted at all
	GroupMarkers map[string]*pep.Marker // the same by group (poetry 2)
	// ResolutionMarkers are uv's forks this version is for; none means all.
	ResolutionMarkers []string
	RequiresPython    string
	Groups            []string // that want it; none means that the lock does not say
	Extras            []string // that the package offers, or that were asked for (Pipfile.lock)
	Optional          bool
	Line              int // 0 where unknown
}

// A LockFile is a wheel or an sdist that a lock names.
type LockFile struct {
	Filename string // "" where the lock has only the hash
	URL      URL
	Path     string
	Size     bytesize.Amount
	Hashes   []Hash
	Sdist    bool
}

// A LockDep is an edge.
type LockDep struct {
	Name       pep.Name
	Version    pep.Version // of the fork it leads to, zero where the name alone says it
	Extras     []string
	Marker     *pep.Marker
	Source     *Source        // of the fork it leads to, or nil
	Specifiers pep.Specifiers // of poetry and pdm; nil where the lock has none
	Optional   bool
}

// A SourceKind is where a package comes from.
type SourceKind string

// The kinds of sources. "" means that the lock does not say, which is the
// default index.
const (
	FromRegistry  SourceKind = "registry"
	FromGit       SourceKind = "git" // or another version control system
	FromURL       SourceKind = "url"
	FromPath      SourceKind = "path"      // an archive on the computer
	FromDirectory SourceKind = "directory" // a project on the computer
	FromEditable  SourceKind = "editable"  // the same, installed as a link
	FromVirtual   SourceKind = "virtual"   // a project that is not installed itself
)

// A Source is where a package comes from.
type Source struct {
	Kind   SourceKind
	URL    URL    // index, repository or file
	Path   string // of the local kinds
	Commit string // of git
	Subdir string
}

// String returns the kind and the place, without passwords.
func (s Source) String() string {
	place := s.Path
	if place == "" {
		place = s.URL.String()
	}
	if s.Commit != "" {
		place += "@" + s.Commit
	}
	return strings.TrimSpace(string(s.Kind) + " " + place)
}

// Equal reports whether both name the same place.
func (s Source) Equal(t Source) bool { return s == t }

// Local reports whether the package lies on the computer.
func (s Source) Local() bool {
	switch s.Kind {
	case FromPath, FromDirectory, FromEditable, FromVirtual:
		return true
	}
	return false
}

// fileName returns the last part of an address, decoded.
func fileName(address string) string {
	address, _, _ = strings.Cut(address, "#")
	address, _, _ = strings.Cut(address, "?")
	base := path.Base(strings.ReplaceAll(address, `\`, "/"))
	if strings.Contains(base, "%") {
		if u, err := url.PathUnescape(base); err == nil {
			base = u
		}
	}
	if base == "." || base == "/" {
		return ""
	}
	return base
}

// maxFile is the largest size of a file that is believed, far more than any index
// takes: sums of sizes must not run over.
const maxFile = 1 << 44

// sizeOf returns the amount of a size field, which is absent in some locks.
func sizeOf(n *int64) bytesize.Amount {
	if n == nil || *n < 0 || *n > maxFile {
		return bytesize.Amount{}
	}
	return bytesize.Of(*n)
}

// A builder makes a Lock from what a reader decoded: it keeps the problems and
// parses each marker once, since locks repeat them by the thousand.
type builder struct {
	doc     *Doc
	file    string
	lines   []int // of the packages
	errs    []error
	bad     int
	markers map[string]*pep.Marker
}

func newBuilder(doc *Doc, file string) *builder {
	return &builder{doc: doc, file: file, markers: map[string]*pep.Marker{}}
}

func (b *builder) line(i int) int {
	if i < len(b.lines) {
		return b.lines[i]
	}
	return 0
}

func (b *builder) fail(line int, text, format string, args ...any) {
	if b.bad++; b.bad <= maxErrors {
		b.errs = append(b.errs, &SyntaxError{b.file, line, fmt.Sprintf(format, args...), excerpt(text)})
	}
}

// marker parses text; a marker that cannot be read is told and taken as true,
// so that nothing is left out by mistake.
func (b *builder) marker(text string, line int) *pep.Marker {
	if strings.TrimSpace(text) == "" {
		return nil
	}
	m, seen := b.markers[text]
	if !seen {
		var err error
		if m, err = pep.ParseMarker(text); err != nil {
			b.fail(line, text, "the marker cannot be read, and is taken as true: %s", reason(err))
			m = nil
		}
		b.markers[text] = m
	}
	return m
}

// version parses text; "" gives the zero version.
func (b *builder) version(text string, line int) pep.Version {
	if text == "" {
		return pep.Version{}
	}
	v, err := pep.ParseVersion(text)
	if err != nil {
		b.fail(line, text, "this version is not one that pip knows: %s", reason(err))
	}
	return v
}

// edge parses a PEP 508 text into an edge.
func (b *builder) edge(text string, line int) (LockDep, bool) {
	r, err := pep.ParseRequirement(text)
	if err != nil {
		b.fail(line, text, "this dependency cannot be read: %s", reason(err))
		return LockDep{}, false
	}
	d := LockDep{Name: r.Name, Extras: r.Extras, Marker: r.Marker, Specifiers: r.Specifiers}
	if r.URL != "" {
		s := linkSource(r.URL)
		d.Source = &s
	}
	return d, true
}

// linkSource tells what kind of source an address is.
func linkSource(link string) Source {
	_, rest, ok := strings.Cut(link, "+")
	switch {
	case ok && isVCS(link):
		return Source{Kind: FromGit, URL: URL{rest}}
	case strings.HasPrefix(link, "file:"):
		if u, err := url.Parse(link); err == nil {
			return Source{Kind: FromPath, Path: u.Path}
		}
	}
	return Source{Kind: FromURL, URL: URL{link}}
}

// finish fills in what all locks share: the file's count, the target hints and
// roots where the lock names none.
func (b *builder) finish(total int) {
	d := b.doc
	d.Files[0].Items, d.Files[0].Read = total, len(d.Lock.Packages)
	if d.Lock.RequiresPython != "" {
		d.TargetHints = append(d.TargetHints, d.Lock.RequiresPython)
	}
	if b.bad > maxErrors {
		b.errs = append(b.errs, &SyntaxError{File: b.file, Msg: fmt.Sprintf("%d more places could not be read", b.bad-maxErrors)})
	}
	for _, r := range d.Lock.Roots {
		d.Requirements = append(d.Requirements, r.Requirements...)
	}
}

// guessRoots takes the packages that no other needs for the roots.
func (d *Doc) guessRoots(file string) {
	l := d.Lock
	needed := map[pep.Name]bool{}
	for _, p := range l.Packages {
		for _, dep := range p.Dependencies {
			if dep.Name != p.Name {
				needed[dep.Name] = true
			}
		}
		for _, deps := range p.OptionalDeps {
			for _, dep := range deps {
				if dep.Name != p.Name {
					needed[dep.Name] = true
				}
			}
		}
	}
	root := Root{Package: -1}
	for _, p := range l.Packages {
		if l.Edges && needed[p.Name] {
			continue
		}
		root.Requirements = append(root.Requirements, p.requirement(file))
	}
	l.Roots = []Root{root}
	d.Requirements = slices.Clone(root.Requirements)
	why := "so the packages that no other needs are taken for the roots"
	if !l.Edges {
		why = "so every package is taken for a root"
	}
	d.warn("roots-guessed", file, 0, "%s does not say what the project asks for, %s; open it beside its project file", d.Format, why)
}

// requirement returns what asks for exactly p.
func (p LockPackage) requirement(file string) Requirement {
	r := Requirement{File: file, Line: p.Line, EndLine: p.Line}
	r.Name, r.RawName, r.Marker = p.Name, string(p.Name), p.Marker
	if !p.Version.IsZero() && !p.Source.Local() {
		if s, err := pep.ParseSpecifiers("==" + p.Version.String()); err == nil {
			r.Specifiers = s
		}
	}
	if len(p.Groups) > 0 && !slices.ContainsFunc(p.Groups, isMainGroup) {
		r.Group = p.Groups[0]
	}
	r.Text = r.Requirement.String()
	return r
}

// isMainGroup reports whether a group is what is installed without asking.
func isMainGroup(g string) bool { return g == "main" || g == "default" }

// Sizes returns how many files of the lock have a known size, and how many do
// not.
func (l *Lock) Sizes() (known, unknown int) {
	for _, p := range l.Packages {
		for _, f := range p.Files {
			if f.Size.Known() {
				known++
			} else {
				unknown++
			}
		}
	}
	return known, unknown
}
