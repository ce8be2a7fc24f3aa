package reqfile

import (
	"fmt"
	"regexp"
	"strings"

	"weighline/analysis/pep"
)

// uvFile is uv.lock of version 1, revisions 0 to 3. Locks before uv 0.4 say
// [[distribution]] instead of [[package]].
type uvFile struct {
	Version           int          `toml:"version"`
	Revision          int          `toml:"revision"`
	RequiresPython    string       `toml:"requires-python"`
	ResolutionMarkers []string     `toml:"resolution-markers"`
	SupportedMarkers  []string     `toml:"supported-markers"`
	Conflicts         [][]Conflict `toml:"conflicts"`
	Package           []uvPackage  `toml:"package"`
	Distribution      []uvPackage  `toml:"distribution"`
	Manifest          uvManifest   `toml:"manifest"`
}

type uvManifest struct {
	Members          []string                   `toml:"members"`
	Requirements     []uvRequirement            `toml:"requirements"`
	DependencyGroups map[string][]uvRequirement `toml:"dependency-groups"`
	Constraints      []uvRequirement            `toml:"constraints"`
	Overrides        []uvRequirement            `toml:"overrides"`
	Excludes         []any                      `toml:"excludes"`
}

type uvPackage struct {
	Name              string             `toml:"name"`
	Version           string             `toml:"version"`
	Source            uvSource           `toml:"source"`
	ResolutionMarkers []string           `toml:"resolution-markers"`
	Dependencies      []uvDep            `toml:"dependencies"`
	Optional          map[string][]uvDep `toml:"optional-dependencies"`
	Dev               map[string][]uvDep `toml:"dev-dependencies"`
	Sdist             *uvWheel           `toml:"sdist"`
	Wheels            []uvWheel          `toml:"wheels"`
	Metadata          struct {
		RequiresDist   []uvRequirement            `toml:"requires-dist"`
		RequiresDev    map[string][]uvRequirement `toml:"requires-dev"`
		ProvidesExtras []string                   `toml:"provides-extras"`
	} `toml:"metadata"`
}

type uvDep struct {
	Name    string    `toml:"name"`
	Version string    `toml:"version"`
	Source  *uvSource `toml:"source"`
	Extra   []string  `toml:"extra"`
	Marker  string    `toml:"marker"`
}

type uvSource struct {
	Registry  string `toml:"registry"`
	Git       string `toml:"git"`
	URL       string `toml:"url"`
	Path      string `toml:"path"`
	Directory string `toml:"directory"`
	Editable  string `toml:"editable"`
	Virtual   string `toml:"virtual"`
	Subdir    string `toml:"subdirectory"`
}

type uvWheel struct {
	URL      string `toml:"url"`
	Path     string `toml:"path"`
	Filename string `toml:"filename"`
	Hash     string `toml:"hash"`
	Size     *int64 `toml:"size"`
}

type uvRequirement struct {
	uvSource
	Name      string   `toml:"name"`
	Extras    []string `toml:"extras"`
	Marker    string   `toml:"marker"`
	Specifier string   `toml:"specifier"`
	Index     string   `toml:"index"`
	Rev       string   `toml:"rev"`
}

// readUvLock reads uv.lock.
func readUvLock(data []byte, file string) (*Doc, []error) {
	var f uvFile
	errs := decodeTOML(data, file, &f, func() { f = uvFile{} })
	header := "[[package]]"
	if len(f.Package) == 0 && len(f.Distribution) > 0 {
		f.Package, header = f.Distribution, "[[distribution]]"
	}
	doc := newDoc(UvLock, file, data)
	doc.Lock = &Lock{Format: UvLock, Version: fmt.Sprint(f.Version), Revision: f.Revision, Creator: "uv", Edges: true,
		RequiresPython: f.RequiresPython, ResolutionMarkers: f.ResolutionMarkers, Environments: f.SupportedMarkers, Conflicts: f.Conflicts}
	for _, set := range f.Conflicts {
		for i := range set {
			set[i].Package = pep.Normalize(string(set[i].Package))
		}
	}
	if f.Version > 1 {
		doc.warn("lock-version", file, 0, "uv.lock of version %d is newer than version 1, which is known here; some of it may be missing", f.Version)
	}
	b := newBuilder(doc, file)
	b.errs = errs
	if len(errs) == 0 {
		b.lines = headerLines(data, header)
	}
	doc.Lock.Packages = make([]LockPackage, 0, len(f.Package))
	for i := range f.Package {
		if f.Package[i].Name == "" {
			b.fail(b.line(i), "", "a package without a name was left out")
			continue
		}
		doc.Lock.Packages = append(doc.Lock.Packages, b.uvPackage(&f.Package[i], b.line(i)))
	}
	b.uvRoots(&f)
	b.finish(len(f.Package) + len(errs))
	return doc, b.errs
}

func (b *builder) uvPackage(p *uvPackage, line int) LockPackage {
	out := LockPackage{
		Name: pep.Normalize(p.Name), Version: b.version(p.Version, line), Source: p.Source.source(),
		ResolutionMarkers: p.ResolutionMarkers, Extras: p.Metadata.ProvidesExtras, Line: line,
		Dependencies: b.uvDeps(p.Dependencies, line),
		OptionalDeps: b.uvDepMap(p.Optional, line), DevDeps: b.uvDepMap(p.Dev, line),
	}
	out.Files = make([]LockFile, 0, len(p.Wheels)+1)
	for _, w := range p.Wheels {
		out.Files = append(out.Files, w.file(p.Source))
	}
	if p.Sdist != nil {
		f := p.Sdist.file(p.Source)
		f.Sdist = true
		out.Files = append(out.Files, f)
	}
	return out
}

func (w *uvWheel) file(s uvSource) LockFile {
	address := w.URL
	switch {
	case address != "":
	case w.Path != "":
		address = w.Path
	case w.Filename == "":
		address = s.URL + s.Path // a direct file: the source is the file
	}
	f := LockFile{Filename: w.Filename, URL: URL{w.URL}, Path: w.Path, Size: sizeOf(w.Size)}
	if f.Filename == "" {
		f.Filename = fileName(address)
	}
	if w.Hash != "" {
		f.Hashes = []Hash{Hash(w.Hash)}
	}
	if w.URL == "" && s.URL != "" {
		f.URL = URL{s.URL}
	}
	return f
}

func (b *builder) uvDeps(deps []uvDep, line int) []LockDep {
	if len(deps) == 0 {
		return nil
	}
	out := make([]LockDep, len(deps))
	for i, d := range deps {
		out[i] = LockDep{Name: pep.Normalize(d.Name), Version: b.version(d.Version, line), Extras: d.Extra, Marker: b.marker(d.Marker, line)}
		if d.Source != nil {
			s := d.Source.source()
			out[i].Source = &s
		}
	}
	return out
}

func (b *builder) uvDepMap(m map[string][]uvDep, line int) map[string][]LockDep {
	if len(m) == 0 {
		return nil
	}
	out := make(map[string][]LockDep, len(m))
	for k, deps := range m {
		out[k] = b.uvDeps(deps, line)
	}
	return out
}

func (s uvSource) source() Source {
	switch {
	case s.Registry != "":
		return Source{Kind: FromRegistry, URL: URL{s.Registry}}
	case s.Git != "":
		place, commit, _ := strings.Cut(s.Git, "#")
		place, query, _ := strings.Cut(place, "?")
		out := Source{Kind: FromGit, URL: URL{place}, Commit: commit, Subdir: s.Subdir}
		for _, q := range strings.Split(query, "&") {
			if v, ok := strings.CutPrefix(q, "subdirectory="); ok {
				out.Subdir = v
			}
		}
		return out
	case s.URL != "":
		return Source{Kind: FromURL, URL: URL{s.URL}, Subdir: s.Subdir}
	case s.Path != "":
		return Source{Kind: FromPath, Path: s.Path}
	case s.Directory != "":
		return Source{Kind: FromDirectory, Path: s.Directory}
	case s.Editable != "":
		return Source{Kind: FromEditable, Path: s.Editable}
	case s.Virtual != "":
		return Source{Kind: FromVirtual, Path: s.Virtual}
	}
	return Source{}
}

// uvRoots finds the members of the workspace, or the one project at ".", or the
// requirements of a script.
func (b *builder) uvRoots(f *uvFile) {
	l := b.doc.Lock
	member := map[pep.Name]bool{}
	for _, m := range f.Manifest.Members {
		member[pep.Normalize(m)] = true
	}
	at := 0
	for i := range f.Package {
		p := &f.Package[i]
		if p.Name == "" {
			continue
		}
		lp := &l.Packages[at]
		alone := len(member) == 0 && (p.Source.Editable == "." || p.Source.Virtual == "." || p.Source.Directory == ".")
		if alone || member[lp.Name] && lp.Source.Local() {
			root := Root{Name: lp.Name, Package: at, Requirements: b.uvRequirements(p.Metadata.RequiresDist, "", lp.Line)}
			for _, g := range sortedKeys(p.Metadata.RequiresDev) {
				root.Requirements = append(root.Requirements, b.uvRequirements(p.Metadata.RequiresDev[g], g, lp.Line)...)
			}
			if len(p.Metadata.RequiresDist) == 0 && len(p.Metadata.RequiresDev) == 0 {
				root.Requirements = rootEdges(lp, b.file)
			}
			l.Roots = append(l.Roots, root)
		}
		at++
	}
	script := Root{Package: -1, Requirements: b.uvRequirements(f.Manifest.Requirements, "", 0)}
	for _, g := range sortedKeys(f.Manifest.DependencyGroups) {
		script.Requirements = append(script.Requirements, b.uvRequirements(f.Manifest.DependencyGroups[g], g, 0)...)
	}
	if len(script.Requirements) > 0 {
		l.Roots = append(l.Roots, script)
	}
	b.doc.Constraints = b.uvRequirements(f.Manifest.Constraints, "", 0)
	b.doc.Overrides = b.uvRequirements(f.Manifest.Overrides, "", 0)
	if len(l.Roots) == 1 {
		b.doc.Name = l.Roots[0].Name
	}
	if len(l.Roots) == 0 && len(l.Packages) > 0 {
		b.doc.guessRoots(b.file)
		b.doc.Requirements = nil // finish adds those of the roots
	}
}

// rootEdges returns what a project asks for where the lock lists only what it
// got, as for some dynamic metadata.
func rootEdges(p *LockPackage, file string) []Requirement {
	var out []Requirement
	add := func(deps []LockDep, extra, group string) {
		for _, d := range deps {
			r := Requirement{File: file, Line: p.Line, EndLine: p.Line, Extra: extra, Group: group}
			r.Name, r.RawName, r.Extras, r.Marker = d.Name, string(d.Name), d.Extras, d.Marker
			r.Text = r.Requirement.String()
			out = append(out, r)
		}
	}
	add(p.Dependencies, "", "")
	for _, e := range sortedKeys(p.OptionalDeps) {
		add(p.OptionalDeps[e], e, "")
	}
	for _, g := range sortedKeys(p.DevDeps) {
		add(p.DevDeps[g], "", g)
	}
	return out
}

// extraRE finds the extra that a marker asks for.
var extraRE = regexp.MustCompile(`\bextra\s*==\s*['"]([^'"]+)['"]`)

func (b *builder) uvRequirements(list []uvRequirement, group string, line int) []Requirement {
	var out []Requirement
	for _, u := range list {
		r := Requirement{File: b.file, Line: line, EndLine: line, Group: group}
		r.Name, r.RawName, r.Extras, r.Marker = pep.Normalize(u.Name), u.Name, u.Extras, b.marker(u.Marker, line)
		if m := extraRE.FindStringSubmatch(u.Marker); m != nil {
			r.Extra = m[1]
		}
		specs, err := pep.ParseSpecifiers(u.Specifier)
		if err != nil {
			b.fail(line, u.Specifier, "the versions of %s cannot be read: %s", quote(u.Name), reason(err))
		}
		r.Specifiers = specs
		r.Editable = u.Editable != ""
		if u.Index != "" {
			r.Index = redact(u.Index)
		}
		b.uvPlace(&r, u)
		r.Text = r.Requirement.String()
		out = append(out, r)
	}
	return out
}

// uvPlace fills in where a requirement comes from if not from an index.
func (b *builder) uvPlace(r *Requirement, u uvRequirement) {
	switch s := u.source(); {
	case s.Kind == "" || s.Kind == FromRegistry:
	case s.Local():
		r.Path = s.Path
	default:
		link := s.URL.raw
		if s.Kind == FromGit {
			link = "git+" + link
			if ref := u.ref(); ref != "" {
				link += "@" + ref
			}
		}
		r.link, r.URL = URL{link}, redact(link)
	}
}

// ref returns the commit, tag or branch of a git requirement, or "".
func (u uvRequirement) ref() string {
	place, commit, _ := strings.Cut(u.Git, "#")
	if commit != "" {
		return commit
	}
	_, query, _ := strings.Cut(place, "?")
	for _, q := range strings.Split(query, "&") {
		key, v, _ := strings.Cut(q, "=")
		if key == "rev" || key == "tag" || key == "branch" {
			return v
		}
	}
	return u.Rev
}
