package reqfile

import (
	"fmt"
	"strings"

	"weighline/analysis/pep"
)

// poetryFile is poetry.lock of version 1.0 to 2.1.
type poetryFile struct {
	Package  []poetryPackage     `toml:"package"`
	Extras   map[string][]string `toml:"extras"`
	Metadata struct {
		LockVersion    string                  `toml:"lock-version"`
		PythonVersions string                  `toml:"python-versions"`
		Files          map[string][]lockedFile `toml:"files"` // until 1.1
	} `toml:"metadata"`
}

type poetryPackage struct {
	Name           string              `toml:"name"`
	Version        string              `toml:"version"`
	Optional       bool                `toml:"optional"`
	Category       string              `toml:"category"` // until 1.1
	PythonVersions string              `toml:"python-versions"`
	Groups         []string            `toml:"groups"`  // since 2.1
	Markers        any                 `toml:"markers"` // a text, or a table by group
	Marker         string              `toml:"marker"`  // until 1.0
	Files          []lockedFile        `toml:"files"`
	Dependencies   map[string]any      `toml:"dependencies"`
	Extras         map[string][]string `toml:"extras"`
	Develop        bool                `toml:"develop"`
	Source         struct {
		Type      string `toml:"type"`
		URL       string `toml:"url"`
		Reference string `toml:"reference"`
		Resolved  string `toml:"resolved_reference"`
		Subdir    string `toml:"subdirectory"`
	} `toml:"source"`
}

// lockedFile is a file in poetry.lock and pdm.lock.
type lockedFile struct {
	File string `toml:"file"`
	URL  string `toml:"url"`
	Hash string `toml:"hash"`
	Size *int64 `toml:"size"`
}

func (f lockedFile) file() LockFile {
	out := LockFile{Filename: f.File, URL: URL{f.URL}, Size: sizeOf(f.Size)}
	if out.Filename == "" {
		out.Filename = fileName(f.URL)
	}
	if f.Hash != "" {
		out.Hashes = []Hash{Hash(f.Hash)}
	}
	out.Sdist = isArchive(out.Filename) && !strings.HasSuffix(out.Filename, ".whl")
	return out
}

// readPoetryLock reads poetry.lock. It has edges with specifiers and no sizes;
// what the project asks for stands in pyproject.toml alone.
func readPoetryLock(data []byte, file string) (*Doc, []error) {
	var f poetryFile
	errs := decodeTOML(data, file, &f, func() { f = poetryFile{} })
	doc := newDoc(PoetryLock, file, data)
	doc.Lock = &Lock{Format: PoetryLock, Version: f.Metadata.LockVersion, Creator: "poetry", Edges: true}
	b := newBuilder(doc, file)
	b.errs = errs
	if specs, _, err := poetrySpecifiers(f.Metadata.PythonVersions); err == nil {
		doc.Lock.RequiresPython = specs.String()
	}
	if len(errs) == 0 {
		b.lines = headerLines(data, "[[package]]")
	}
	if v := f.Metadata.LockVersion; v != "" && !strings.HasPrefix(v, "1.") && !strings.HasPrefix(v, "2.") {
		doc.warn("lock-version", file, 0, "poetry.lock of version %s is newer than 2.1, which is known here; some of it may be missing", quote(v))
	}
	for e, names := range f.Extras {
		if doc.Lock.Extras == nil {
			doc.Lock.Extras = map[string][]pep.Name{}
		}
		for _, n := range names {
			doc.Lock.Extras[e] = append(doc.Lock.Extras[e], pep.Normalize(strings.Fields(n + " ")[0]))
		}
	}
	groups := map[string]bool{}
	for i := range f.Package {
		p := &f.Package[i]
		if p.Name == "" {
			b.fail(b.line(i), "", "a package without a name was left out")
			continue
		}
		if len(p.Files) == 0 {
			p.Files = f.Metadata.Files[p.Name]
		}
		out := b.poetryPackage(p, b.line(i))
		for _, g := range out.Groups {
			groups[g] = true
		}
		doc.Lock.Packages = append(doc.Lock.Packages, out)
	}
	doc.Lock.Groups = sortedKeys(groups)
	doc.Lock.DefaultGroups = []string{"main"}
	b.finish(len(f.Package) + len(errs))
	return doc, b.errs
}

func (b *builder) poetryPackage(p *poetryPackage, line int) LockPackage {
	out := LockPackage{
		Name: pep.Normalize(p.Name), Version: b.version(p.Version, line), Optional: p.Optional, Line: line,
		Groups: p.Groups, Extras: sortedKeys(p.Extras), Source: p.source(),
		Files: make([]LockFile, 0, len(p.Files)), Dependencies: make([]LockDep, 0, len(p.Dependencies)),
	}
	if specs, _, err := poetrySpecifiers(p.PythonVersions); err == nil {
		out.RequiresPython = specs.String()
	} else {
		b.fail(line, p.PythonVersions, "the Python versions of %s cannot be read: %s", p.Name, reason(err))
	}
	if p.Category != "" && len(out.Groups) == 0 {
		out.Groups = []string{p.Category}
	}
	switch m := p.Markers.(type) {
	case nil:
		out.Marker = b.marker(p.Marker, line)
	case string:
		out.Marker = b.marker(m, line)
	case map[string]any:
		out.GroupMarkers = map[string]*pep.Marker{}
		for g, text := range m {
			if s, ok := text.(string); ok {
				out.GroupMarkers[g] = b.marker(s, line)
			}
		}
	}
	for _, f := range p.Files {
		out.Files = append(out.Files, f.file())
	}
	for _, name := range sortedKeys(p.Dependencies) {
		for _, d := range b.poetryDeps(name, p.Dependencies[name], line) {
			out.Dependencies = append(out.Dependencies, d.dep)
		}
	}
	return out
}

func (p *poetryPackage) source() Source {
	s := p.Source
	switch s.Type {
	case "git", "hg":
		return Source{Kind: FromGit, URL: URL{s.URL}, Commit: s.Resolved, Subdir: s.Subdir}
	case "url":
		return Source{Kind: FromURL, URL: URL{s.URL}, Subdir: s.Subdir}
	case "file":
		return Source{Kind: FromPath, Path: s.URL}
	case "directory":
		if p.Develop {
			return Source{Kind: FromEditable, Path: s.URL}
		}
		return Source{Kind: FromDirectory, Path: s.URL}
	case "":
		return Source{}
	}
	return Source{Kind: FromRegistry, URL: URL{s.URL}} // "legacy", "pypi"
}

// A poetryDep is one dependency in poetry's form, as an edge and as the parts
// that only a requirement has.
type poetryDep struct {
	dep     LockDep
	link    string
	path    string
	develop bool
	index   string
	inexact bool // the specifiers allow more than poetry's text
	text    string
}

// poetryDeps reads the value of a dependency: a text, a table or a list of them.
func (b *builder) poetryDeps(name string, value any, line int) []poetryDep {
	d := poetryDep{dep: LockDep{Name: pep.Normalize(name)}}
	switch v := value.(type) {
	case []any:
		var out []poetryDep
		for _, x := range v {
			out = append(out, b.poetryDeps(name, x, line)...)
		}
		return out
	case string:
		d.text = v
	case map[string]any:
		str := func(key string) string { s, _ := v[key].(string); return s }
		d.text = str("version")
		d.dep.Optional, _ = v["optional"].(bool)
		d.develop, _ = v["develop"].(bool)
		d.index = str("source")
		d.dep.Extras = texts(v["extras"])
		marker := str("markers")
		if p := str("platform"); p != "" {
			marker = andText(marker, fmt.Sprintf("sys_platform == %q", p))
		}
		d.dep.Marker = b.marker(marker, line)
		if py := str("python"); py != "" {
			d.dep.Marker = andMarker(d.dep.Marker, b.pythonMarker(py, line))
		}
		b.poetryPlace(&d, str)
	default:
		b.fail(line, name, "the dependency has a value that is neither a text nor a table")
		return nil
	}
	specs, exact, err := poetrySpecifiers(d.text)
	if err != nil {
		b.fail(line, name+" = "+d.text, "the versions cannot be read, and all are taken: %s", reason(err))
	}
	d.dep.Specifiers, d.inexact = specs, !exact
	return []poetryDep{d}
}

func (b *builder) poetryPlace(d *poetryDep, str func(string) string) {
	switch {
	case str("git") != "":
		d.link = "git+" + str("git")
		for _, key := range []string{"rev", "tag", "branch"} {
			if r := str(key); r != "" {
				d.link += "@" + r
				break
			}
		}
		d.dep.Source = &Source{Kind: FromGit, URL: URL{str("git")}, Commit: str("rev"), Subdir: str("subdirectory")}
	case str("url") != "":
		d.link = str("url")
		d.dep.Source = &Source{Kind: FromURL, URL: URL{d.link}}
	case str("path") != "" || str("file") != "":
		d.path = str("path") + str("file")
		d.dep.Source = &Source{Kind: FromPath, Path: d.path}
	}
}

// texts returns the texts of a list.
func texts(v any) []string {
	var out []string
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		for _, x := range v {
			if s, ok := x.(string); ok {
				out = append(out, s)
			}
		}
	}
	return out
}

func andText(a, b string) string {
	if a == "" {
		return b
	}
	return "(" + a + ") and " + b
}

func andMarker(a, b *pep.Marker) *pep.Marker {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	}
	return a.And(b)
}

// pythonMarker turns poetry's versions of Python into a marker.
func (b *builder) pythonMarker(text string, line int) *pep.Marker {
	specs, _, err := poetrySpecifiers(text)
	if err != nil {
		b.fail(line, text, "the versions of Python cannot be read, and all are taken: %s", reason(err))
		return nil
	}
	var parts []string
	for _, s := range specs {
		name := "python_version"
		if strings.Count(strings.TrimSuffix(s.Text, ".*"), ".") > 1 {
			name = "python_full_version"
		}
		parts = append(parts, fmt.Sprintf("%s %s %q", name, s.Op, s.Text))
	}
	return b.marker(strings.Join(parts, " and "), line)
}
