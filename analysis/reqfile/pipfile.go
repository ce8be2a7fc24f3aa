package reqfile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"weighline/analysis/pep"
)

// pipSource is an index in Pipfile and Pipfile.lock.
type pipSource struct {
	Name string `toml:"name" json:"name"`
	URL  string `toml:"url" json:"url"`
}

// indexes adds the sources. The first stands in place of pypi.org; the others
// serve the packages that name them.
func (d *Doc) pipSources(list []pipSource, file string) {
	for i, s := range list {
		if i == 0 && strings.TrimSuffix(s.URL, "/") == "https://pypi.org/simple" {
			continue
		}
		d.IndexURLs = append(d.IndexURLs, Index{URL: URL{s.URL}, Name: s.Name, Default: i == 0, Explicit: i > 0, File: file})
	}
}

// readPipfile reads a Pipfile: [packages], [dev-packages] and other categories.
func readPipfile(data []byte, file string) (*Doc, []error) {
	var tables map[string]any
	errs := decodeTOML(data, file, &tables, func() { tables = nil })
	doc := newDoc(Pipfile, file, data)
	b := newBuilder(doc, file)
	b.errs = errs
	loc := newLocator(string(data))
	for _, name := range sortedKeys(tables) {
		table, ok := tables[name].(map[string]any)
		switch {
		case name == "source":
			doc.pipSources(pipfileSources(tables[name]), file)
		case name == "requires" && ok:
			for _, key := range []string{"python_version", "python_full_version"} {
				if v, _ := table[key].(string); v != "" {
					doc.TargetHints = append(doc.TargetHints, "=="+v+map[bool]string{true: ".*"}[key == "python_version"])
				}
			}
		case name == "pipenv" && ok:
			doc.Pre, _ = table["allow_prereleases"].(bool)
		case name == "scripts" || !ok:
		default:
			group := strings.TrimSuffix(name, "-packages")
			if name == "packages" {
				group = ""
			}
			for _, pkg := range sortedKeys(table) {
				line := loc.key("["+name+"]", pkg)
				doc.Requirements = append(doc.Requirements, b.pipRequirement(pkg, table[pkg], group, line))
			}
		}
	}
	doc.Files[0].Items, doc.Files[0].Read = len(doc.Requirements)+len(errs), len(doc.Requirements)
	return doc, b.errs
}

func pipfileSources(v any) []pipSource {
	var out []pipSource
	list, _ := v.([]any)
	for _, x := range list {
		if t, ok := x.(map[string]any); ok {
			name, _ := t["name"].(string)
			address, _ := t["url"].(string)
			out = append(out, pipSource{name, address})
		}
	}
	return out
}

// pipMarkerKeys are the markers that Pipfile writes as keys of their own.
var pipMarkerKeys = []string{"os_name", "sys_platform", "platform_machine", "platform_python_implementation", "platform_release",
	"platform_system", "platform_version", "python_version", "python_full_version", "implementation_name", "implementation_version"}

// pipRequirement reads one entry of a Pipfile.
func (b *builder) pipRequirement(name string, value any, group string, line int) Requirement {
	r := Requirement{File: b.file, Line: line, EndLine: line, Group: group}
	r.Name, r.RawName = pep.Normalize(name), name
	version := ""
	switch v := value.(type) {
	case string:
		version = v
	case map[string]any:
		str := func(key string) string { s, _ := v[key].(string); return s }
		version = str("version")
		r.Extras = texts(v["extras"])
		r.Editable, _ = v["editable"].(bool)
		r.Index = str("index")
		marker := str("markers")
		for _, key := range pipMarkerKeys {
			if m := str(key); m != "" {
				marker = andText(marker, key+" "+m)
			}
		}
		r.Marker = b.marker(marker, line)
		r.pipPlace(str)
	default:
		b.fail(line, name, "the package has a value that is neither a text nor a table")
	}
	specs, err := pep.ParseSpecifiers(pipVersion(version))
	if err != nil {
		b.fail(line, name+" = "+version, "the versions cannot be read, and all are taken: %s", reason(err))
	}
	r.Specifiers = specs
	r.Text = r.Requirement.String()
	if r.Path != "" {
		r.Text = r.Path
	}
	return r
}

// pipVersion returns a version of Pipfile as specifiers: "*" is any, and a bare
// version is "==".
func pipVersion(v string) string {
	v = strings.TrimSpace(v)
	switch {
	case v == "*" || v == "":
		return ""
	case strings.ContainsAny(v[:1], "0123456789"):
		return "==" + v
	}
	return v
}

// pipPlace fills in where a Pipfile's entry comes from.
func (r *Requirement) pipPlace(str func(string) string) {
	link := str("file")
	switch {
	case str("git") != "":
		link = "git+" + strings.TrimPrefix(str("git"), "git+")
		if ref := str("ref"); ref != "" {
			link += "@" + ref
		}
	case str("path") != "":
		r.Path = str("path")
	}
	if link != "" {
		r.link, r.URL = URL{link}, redact(link)
	}
}

// pipLocked is a package in Pipfile.lock.
type pipLocked struct {
	Version  string   `json:"version"`
	Hashes   []string `json:"hashes"`
	Markers  string   `json:"markers"`
	Extras   []string `json:"extras"`
	Index    string   `json:"index"`
	Git      string   `json:"git"`
	Ref      string   `json:"ref"`
	Subdir   string   `json:"subdirectory"`
	Path     string   `json:"path"`
	File     string   `json:"file"`
	Editable bool     `json:"editable"`
}

type pipMeta struct {
	Requires map[string]string `json:"requires"`
	Sources  []pipSource       `json:"sources"`
	Spec     int               `json:"pipfile-spec"`
}

// readPipfileLock reads Pipfile.lock as a stream, so that what stands before a
// damage is kept. It has hashes without file names, no sizes and no edges.
func readPipfileLock(data []byte, file string) (*Doc, []error) {
	doc := newDoc(PipfileLock, file, data)
	doc.Lock = &Lock{Format: PipfileLock, Creator: "pipenv", DefaultGroups: []string{"default"}}
	b := newBuilder(doc, file)
	p := &pipLockReader{b: b, dec: json.NewDecoder(bytes.NewReader(data)), data: data, at: map[string]int{}}
	if err := p.read(); err != nil {
		line := 1 + bytes.Count(data[:min(int(p.dec.InputOffset()), len(data))], []byte("\n"))
		msg := "the reading ended here: " + excerpt(err.Error())
		var bad *json.SyntaxError
		if errors.As(err, &bad) {
			msg = "this is not valid JSON: " + excerpt(err.Error())
		}
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			msg = "the file ends in the middle; it seems to be cut off"
		}
		b.fail(line, "", "%s; %d packages before it were read", msg, len(doc.Lock.Packages))
	}
	b.finish(p.total)
	doc.Files[0].Read = p.good
	return doc, b.errs
}

type pipLockReader struct {
	b           *builder
	dec         *json.Decoder
	data        []byte
	at          map[string]int // package and version → index
	total, good int
	line        int
	lineAt      int // offset up to which line counts
}

// object reads an object and calls f for each key; f reads the value.
func (p *pipLockReader) object(f func(key string) error) error {
	t, err := p.dec.Token()
	if err != nil {
		return err
	}
	if t != json.Delim('{') {
		return fmt.Errorf("an object was expected, and %v found", t)
	}
	for p.dec.More() {
		k, err := p.dec.Token()
		if err != nil {
			return err
		}
		if err := f(k.(string)); err != nil {
			return err
		}
	}
	_, err = p.dec.Token()
	return err
}

func (p *pipLockReader) read() error {
	doc := p.b.doc
	return p.object(func(section string) error {
		if section == "_meta" {
			var m pipMeta
			if err := p.value(&m, section); err != nil {
				return err
			}
			doc.pipSources(m.Sources, p.b.file)
			doc.Lock.Version = fmt.Sprint(m.Spec)
			if v := m.Requires["python_full_version"]; v != "" {
				doc.Lock.RequiresPython = "==" + v
			} else if v := m.Requires["python_version"]; v != "" {
				doc.Lock.RequiresPython = "==" + v + ".*"
			}
			return nil
		}
		doc.Lock.Groups = append(doc.Lock.Groups, section)
		return p.object(func(name string) error { return p.locked(section, name) })
	})
}

// value reads a value; a value of the wrong type is told and passed over.
func (p *pipLockReader) value(v any, what string) error {
	err := p.dec.Decode(v)
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) {
		p.b.fail(p.here(), what, "a value has the wrong type: %s where %s was expected", wrong.Value, wrong.Type)
		return nil
	}
	return err
}

// maxPackages is how many packages are read.
const maxPackages = 10_000

// here returns the line that was read last.
func (p *pipLockReader) here() int {
	off := min(int(p.dec.InputOffset()), len(p.data))
	p.line += bytes.Count(p.data[p.lineAt:off], []byte("\n"))
	p.lineAt = off
	return p.line + 1
}

func (p *pipLockReader) locked(section, name string) error {
	line := p.here()
	if len(p.b.doc.Lock.Packages) >= maxPackages {
		return fmt.Errorf("more than %d packages, a hundred times what a large lock has", maxPackages)
	}
	p.total++
	var v pipLocked
	if err := p.value(&v, name); err != nil {
		return err
	}
	p.good++
	l := p.b.doc.Lock
	if i, ok := p.at[name+" "+v.Version+v.Ref]; ok {
		l.Packages[i].Groups = append(l.Packages[i].Groups, section)
		return nil
	}
	out := LockPackage{Name: pep.Normalize(name), Version: p.b.version(strings.TrimPrefix(v.Version, "=="), line),
		Marker: p.b.marker(v.Markers, line), Extras: v.Extras, Groups: []string{section}, Line: line, Source: v.source(p.b.doc)}
	for _, h := range v.Hashes {
		out.Files = append(out.Files, LockFile{Hashes: []Hash{Hash(h)}})
	}
	p.at[name+" "+v.Version+v.Ref] = len(l.Packages)
	l.Packages = append(l.Packages, out)
	return nil
}

func (v *pipLocked) source(d *Doc) Source {
	switch {
	case v.Git != "":
		return Source{Kind: FromGit, URL: URL{v.Git}, Commit: v.Ref, Subdir: v.Subdir}
	case v.File != "":
		return linkSource(v.File)
	case v.Path != "" && v.Editable:
		return Source{Kind: FromEditable, Path: v.Path}
	case v.Path != "":
		return Source{Kind: FromDirectory, Path: v.Path}
	}
	if i := slices.IndexFunc(d.IndexURLs, func(x Index) bool { return x.Name == v.Index && v.Index != "" }); i >= 0 {
		return Source{Kind: FromRegistry, URL: d.IndexURLs[i].URL}
	}
	return Source{}
}
