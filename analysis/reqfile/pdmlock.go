package reqfile

import (
	"slices"
	"strings"

	"weighline/analysis/pep"
)

// pdmFile is pdm.lock of version 4.
type pdmFile struct {
	Package  []pdmPackage `toml:"package"`
	Metadata struct {
		Groups         []string                `toml:"groups"`
		Strategy       []string                `toml:"strategy"`
		LockVersion    string                  `toml:"lock_version"`
		RequiresPython string                  `toml:"requires_python"`
		Files          map[string][]lockedFile `toml:"files"` // until 4.3, by "name version"
		Targets        []struct {
			RequiresPython string `toml:"requires_python"`
			Platform       string `toml:"platform"`
			Implementation string `toml:"implementation"`
		} `toml:"targets"`
	} `toml:"metadata"`
}

type pdmPackage struct {
	Name           string       `toml:"name"`
	Version        string       `toml:"version"`
	RequiresPython string       `toml:"requires_python"`
	Groups         []string     `toml:"groups"`
	Marker         string       `toml:"marker"`
	Extras         []string     `toml:"extras"`
	Dependencies   []string     `toml:"dependencies"`
	Files          []lockedFile `toml:"files"`
	Git            string       `toml:"git"`
	Hg             string       `toml:"hg"`
	Revision       string       `toml:"revision"`
	Subdirectory   string       `toml:"subdirectory"`
	URL            string       `toml:"url"`
	Path           string       `toml:"path"`
	Editable       bool         `toml:"editable"`
}

// readPdmLock reads pdm.lock. It repeats a package for each set of extras that
// is asked for; here that becomes OptionalDeps of the one package.
func readPdmLock(data []byte, file string) (*Doc, []error) {
	var f pdmFile
	errs := decodeTOML(data, file, &f, func() { f = pdmFile{} })
	doc := newDoc(PdmLock, file, data)
	l := &Lock{Format: PdmLock, Version: f.Metadata.LockVersion, Creator: "pdm", Edges: true,
		Groups: f.Metadata.Groups, DefaultGroups: []string{"default"}, RequiresPython: f.Metadata.RequiresPython}
	doc.Lock = l
	for _, t := range f.Metadata.Targets {
		if l.RequiresPython == "" {
			l.RequiresPython = t.RequiresPython
		}
		if t.Platform+t.Implementation != "" {
			l.Environments = append(l.Environments, strings.Join(strings.Fields(t.Platform+" "+t.Implementation), " "))
		}
	}
	b := newBuilder(doc, file)
	b.errs = errs
	if len(errs) == 0 {
		b.lines = headerLines(data, "[[package]]")
	}
	type key struct {
		name    pep.Name
		version string
		marker  string
	}
	seen := map[key]int{}
	for pass := range 2 { // packages first, then their extras
		for i := range f.Package {
			p := &f.Package[i]
			if (len(p.Extras) > 0) != (pass == 1) {
				continue
			}
			if p.Name == "" {
				b.fail(b.line(i), "", "a package without a name was left out")
				continue
			}
			if len(p.Files) == 0 {
				p.Files = f.Metadata.Files[p.Name+" "+p.Version]
			}
			k := key{pep.Normalize(p.Name), p.Version, ""}
			at, ok := seen[k]
			if pass == 1 && ok {
				b.pdmExtras(&l.Packages[at], p, b.line(i))
				continue
			}
			k.marker = p.Marker
			seen[key{k.name, k.version, ""}] = len(l.Packages)
			l.Packages = append(l.Packages, b.pdmPackage(p, b.line(i)))
			if pass == 1 {
				b.pdmExtras(&l.Packages[len(l.Packages)-1], p, b.line(i))
			}
		}
	}
	b.finish(len(f.Package) + len(errs))
	doc.Files[0].Read = len(f.Package) // the repetitions too
	return doc, b.errs
}

func (b *builder) pdmPackage(p *pdmPackage, line int) LockPackage {
	out := LockPackage{Name: pep.Normalize(p.Name), Version: b.version(p.Version, line), Marker: b.marker(p.Marker, line),
		RequiresPython: p.RequiresPython, Groups: p.Groups, Source: p.source(), Line: line}
	for _, f := range p.Files {
		out.Files = append(out.Files, f.file())
	}
	if len(p.Extras) == 0 {
		out.Dependencies = b.edges(p.Dependencies, line)
	}
	return out
}

// pdmExtras adds what the extras of p bring to the package itself.
func (b *builder) pdmExtras(to *LockPackage, p *pdmPackage, line int) {
	var deps []LockDep
	for _, d := range b.edges(p.Dependencies, line) {
		if d.Name != to.Name {
			deps = append(deps, d)
		}
	}
	if to.OptionalDeps == nil {
		to.OptionalDeps = map[string][]LockDep{}
	}
	for _, e := range p.Extras {
		to.OptionalDeps[e] = append(to.OptionalDeps[e], deps...)
	}
	for _, g := range p.Groups {
		if !slices.Contains(to.Groups, g) {
			to.Groups = append(to.Groups, g)
		}
	}
}

func (b *builder) edges(texts []string, line int) []LockDep {
	out := make([]LockDep, 0, len(texts))
	for _, t := range texts {
		if d, ok := b.edge(t, line); ok {
			out = append(out, d)
		}
	}
	return out
}

func (p *pdmPackage) source() Source {
	switch {
	case p.Git+p.Hg != "":
		return Source{Kind: FromGit, URL: URL{p.Git + p.Hg}, Commit: p.Revision, Subdir: p.Subdirectory}
	case p.URL != "":
		return Source{Kind: FromURL, URL: URL{p.URL}, Subdir: p.Subdirectory}
	case p.Path != "" && p.Editable:
		return Source{Kind: FromEditable, Path: p.Path}
	case p.Path != "" && isArchive(p.Path):
		return Source{Kind: FromPath, Path: p.Path}
	case p.Path != "":
		return Source{Kind: FromDirectory, Path: p.Path}
	}
	return Source{}
}
