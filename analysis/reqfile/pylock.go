package reqfile

import (
	"strings"

	"weighline/analysis/pep"
)

// pylockFile is pylock.toml (PEP 751).
type pylockFile struct {
	LockVersion      string          `toml:"lock-version"`
	Environments     []string        `toml:"environments"`
	RequiresPython   string          `toml:"requires-python"`
	Extras           []string        `toml:"extras"`
	DependencyGroups []string        `toml:"dependency-groups"`
	DefaultGroups    []string        `toml:"default-groups"`
	CreatedBy        string          `toml:"created-by"`
	Packages         []pylockPackage `toml:"packages"`
}

type pylockPackage struct {
	Name           string          `toml:"name"`
	Version        string          `toml:"version"`
	Marker         string          `toml:"marker"`
	RequiresPython string          `toml:"requires-python"`
	Index          string          `toml:"index"`
	Dependencies   []pylockDep     `toml:"dependencies"`
	Vcs            *pylockPlace    `toml:"vcs"`
	Directory      *pylockPlace    `toml:"directory"`
	Archive        *pylockFileRef  `toml:"archive"`
	Sdist          *pylockFileRef  `toml:"sdist"`
	Wheels         []pylockFileRef `toml:"wheels"`
}

type pylockDep struct {
	Name    string       `toml:"name"`
	Version string       `toml:"version"`
	Vcs     *pylockPlace `toml:"vcs"`
	Index   string       `toml:"index"`
}

type pylockPlace struct {
	Type     string `toml:"type"`
	URL      string `toml:"url"`
	Path     string `toml:"path"`
	Commit   string `toml:"commit-id"`
	Subdir   string `toml:"subdirectory"`
	Editable bool   `toml:"editable"`
}

type pylockFileRef struct {
	Name   string            `toml:"name"`
	URL    string            `toml:"url"`
	Path   string            `toml:"path"`
	Size   *int64            `toml:"size"`
	Hashes map[string]string `toml:"hashes"`
	Subdir string            `toml:"subdirectory"`
}

// readPylock reads pylock.toml. uv writes sizes and no edges, pipenv neither.
func readPylock(data []byte, file string) (*Doc, []error) {
	var f pylockFile
	errs := decodeTOML(data, file, &f, func() { f = pylockFile{} })
	doc := newDoc(Pylock, file, data)
	doc.Lock = &Lock{Format: Pylock, Version: f.LockVersion, Creator: f.CreatedBy, RequiresPython: f.RequiresPython,
		Environments: f.Environments, Groups: f.DependencyGroups, DefaultGroups: f.DefaultGroups}
	if len(f.Extras) > 0 {
		doc.Lock.Extras = map[string][]pep.Name{}
		for _, e := range f.Extras {
			doc.Lock.Extras[e] = nil // the format tells by markers what belongs to it
		}
	}
	if f.LockVersion != "" && !strings.HasPrefix(f.LockVersion, "1.") {
		doc.warn("lock-version", file, 0, "pylock.toml of version %s is newer than 1.0, which is known here; some of it may be missing", quote(f.LockVersion))
	}
	b := newBuilder(doc, file)
	b.errs = errs
	if len(errs) == 0 {
		b.lines = headerLines(data, "[[packages]]")
	}
	madeUp := 0
	for i := range f.Packages {
		p := &f.Packages[i]
		if p.Name == "" {
			b.fail(b.line(i), "", "a package without a name was left out")
			continue
		}
		if p.madeUp() {
			madeUp++
		}
		out := b.pylockPackage(p, b.line(i))
		doc.Lock.Edges = doc.Lock.Edges || len(out.Dependencies) > 0
		doc.Lock.Packages = append(doc.Lock.Packages, out)
	}
	if madeUp > 0 {
		doc.warn("filenames-made-up", file, 0, "%d packages list one wheel name with several hashes, as pipenv writes it; the names and addresses are made up and were left out, the hashes kept", madeUp)
	}
	b.finish(len(f.Packages) + len(errs))
	return doc, b.errs
}

// madeUp reports whether two wheels of p have one name and different hashes.
func (p *pylockPackage) madeUp() bool {
	seen := map[string]string{}
	for _, w := range p.Wheels {
		hash := w.Hashes["sha256"]
		if h, ok := seen[w.Name]; ok && w.Name != "" && h != hash {
			for i := range p.Wheels {
				p.Wheels[i].Name, p.Wheels[i].URL = "", ""
			}
			return true
		}
		seen[w.Name] = hash
	}
	return false
}

func (b *builder) pylockPackage(p *pylockPackage, line int) LockPackage {
	out := LockPackage{Name: pep.Normalize(p.Name), Version: b.version(p.Version, line), Marker: b.marker(p.Marker, line),
		RequiresPython: p.RequiresPython, Line: line, Source: p.source()}
	for _, w := range p.Wheels {
		out.Files = append(out.Files, w.file(false))
	}
	if p.Sdist != nil {
		out.Files = append(out.Files, p.Sdist.file(true))
	}
	if p.Archive != nil {
		f := p.Archive.file(false)
		f.Sdist = !strings.HasSuffix(f.Filename, ".whl")
		out.Files = append(out.Files, f)
	}
	for _, d := range p.Dependencies {
		out.Dependencies = append(out.Dependencies, LockDep{Name: pep.Normalize(d.Name), Version: b.version(d.Version, line)})
	}
	return out
}

func (p *pylockPackage) source() Source {
	switch {
	case p.Vcs != nil:
		return Source{Kind: FromGit, URL: URL{p.Vcs.URL}, Path: p.Vcs.Path, Commit: p.Vcs.Commit, Subdir: p.Vcs.Subdir}
	case p.Directory != nil && p.Directory.Editable:
		return Source{Kind: FromEditable, Path: p.Directory.Path, Subdir: p.Directory.Subdir}
	case p.Directory != nil:
		return Source{Kind: FromDirectory, Path: p.Directory.Path, Subdir: p.Directory.Subdir}
	case p.Archive != nil && p.Archive.URL != "":
		return Source{Kind: FromURL, URL: URL{p.Archive.URL}, Subdir: p.Archive.Subdir}
	case p.Archive != nil:
		return Source{Kind: FromPath, Path: p.Archive.Path, Subdir: p.Archive.Subdir}
	case p.Index != "":
		return Source{Kind: FromRegistry, URL: URL{p.Index}}
	}
	return Source{}
}

func (w *pylockFileRef) file(sdist bool) LockFile {
	f := LockFile{Filename: w.Name, URL: URL{w.URL}, Path: w.Path, Size: sizeOf(w.Size), Sdist: sdist}
	if f.Filename == "" {
		f.Filename = fileName(w.URL + w.Path)
	}
	for _, algo := range sortedKeys(w.Hashes) {
		f.Hashes = append(f.Hashes, Hash(algo+":"+w.Hashes[algo]))
	}
	return f
}
