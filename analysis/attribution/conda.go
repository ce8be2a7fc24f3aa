package attribution

import (
	"encoding/json"
	"strings"

	"weighline/analysis/layer"
)

// readConda reads what conda writes about each package of an environment:
// PREFIX/conda-meta/NAME-VERSION-BUILD.json with the files below PREFIX. Like
// dpkg's lists they are read before they count.
func (a *attributor) readConda() {
	t := a.t
	for _, n := range a.metas {
		if a.full() {
			break
		}
		text, ok := a.t.Content(n)
		if !ok {
			if !t.Listed(n) {
				a.problem("%s could not be read: the files of its package stay unowned", layer.Printable(t.FullPath(n)))
			}
			continue
		}
		var meta struct {
			Name, Version, Build, Subdir string
			Depends, Files               []string
		}
		if err := json.Unmarshal(text, &meta); err != nil || meta.Name == "" {
			a.problem("%s is damaged: the files of its package stay unowned", layer.Printable(t.FullPath(n)))
			continue
		}
		p := Package{Kind: Conda, Name: meta.Name, Version: meta.Version, Arch: meta.Subdir, Path: t.FullPath(n), Requires: meta.Depends}
		prefix := t.FullPath(t.Parent(t.Parent(n)))
		paths := make([]string, 0, min(len(meta.Files), maxPaths))
		for _, file := range meta.Files[:min(len(meta.Files), maxPaths)] {
			paths = append(paths, under(prefix, strings.TrimLeft(file, "/")))
		}
		d := deb{}
		d.list, p.Claim = a.claimed(paths)
		d.list = append(d.list, n) // its own file is in no list
		d.pkg = a.add(p)
		a.condas = append(a.condas, d)
	}
}

func (a *attributor) claimConda() {
	for _, d := range a.condas {
		for _, n := range d.list {
			a.take(d.pkg, n)
		}
	}
}

// condaMeta reports whether a file in dir is about a package of conda.
func condaMeta(dir, base string) bool {
	return strings.HasSuffix(base, ".json") && strings.HasSuffix(dir, "/conda-meta")
}
