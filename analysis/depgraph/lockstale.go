package depgraph

import (
	"fmt"
	"slices"
	"strings"

	"weighline/analysis/pep"
	"weighline/analysis/pyindex"
	"weighline/analysis/reqfile"
)

// outdated warns that the lock does not fit a line of the project file any more.
func (f *follower) outdated(q *reqfile.Requirement, index, text string) {
	w := Warning{Code: "stale-lock", Text: text + ": the lock is older than the project file; lock again",
		File: q.File, Line: q.Line, Name: q.Name, Index: index, Fix: "run " + relock(f.lock.Format, q.Name)}
	if pkg := f.followed(q.Name); pkg != nil {
		w.Bytes = f.describe(pkg).Download
	}
	if !slices.Contains(f.warnings, w) {
		f.warnings = append(f.warnings, w)
	}
}

// relock returns the command that brings one package of a lock up to date.
func relock(format reqfile.Format, name pep.Name) string {
	switch format {
	case reqfile.UvLock:
		return "uv lock --upgrade-package " + string(name)
	case reqfile.PoetryLock:
		return "poetry update --lock " + string(name)
	case reqfile.PdmLock:
		return "pdm update --no-sync " + string(name)
	case reqfile.PipfileLock:
		return "pipenv upgrade --lock-only " + string(name)
	}
	return "the tool that wrote the lock again"
}

// followed returns the locked package that is followed, or nil.
func (f *follower) followed(name pep.Name) *reqfile.LockPackage {
	for _, pkg := range f.packages {
		if p := &f.lock.Packages[pkg]; p.Name == name {
			return p
		}
	}
	return nil
}

// stale warns of roots whose locked version is not among those that the project
// file allows.
func (f *follower) stale() {
	version := map[pep.Name]pep.Version{}
	for _, pkg := range f.packages {
		version[f.lock.Packages[pkg].Name] = f.lock.Packages[pkg].Version
	}
	manifest := f.lock.Manifest
	if manifest == nil {
		return
	}
	overridden := map[pep.Name]bool{}
	for _, q := range slices.Concat(manifest.Overrides, manifest.Constraints) {
		overridden[q.Name] = true
	}
	for i := range manifest.Requirements {
		q := &manifest.Requirements[i]
		v, ok := version[q.Name]
		if !ok || v.IsZero() || q.URL != "" || overridden[q.Name] || !f.wants(q) || !q.Marker.Eval(f.env, f.o.Extras...) {
			continue
		}
		if !q.Specifiers.Contains(v, true) {
			f.outdated(q, "", fmt.Sprintf("the project file asks for %s, and %s is locked", requirementText(q.Requirement), v))
		}
	}
	f.staleIndexes(manifest)
	f.staleLines(manifest)
}

// staleLines warns of lines that the project file has and the lock does not know,
// and of those that the lock knows and the file has no more. Only uv's lock keeps
// the lines themselves.
func (f *follower) staleLines(manifest *reqfile.Doc) {
	if slices.ContainsFunc(manifest.Warnings, func(w reqfile.Warning) bool { return w.Code == "dynamic" }) {
		return
	}
	for _, r := range f.lock.Roots {
		if f.lock.Format != reqfile.UvLock || r.Package < 0 || r.Name != manifest.Name {
			continue
		}
		has := func(list []reqfile.Requirement, name pep.Name) bool {
			return slices.ContainsFunc(list, func(q reqfile.Requirement) bool { return q.Name == name })
		}
		for i := range manifest.Requirements {
			if q := &manifest.Requirements[i]; q.Name != "" && q.Name != r.Name && f.wants(q) && q.Marker.Eval(f.env, f.o.Extras...) && !has(r.Requirements, q.Name) {
				f.outdated(q, "", fmt.Sprintf("the project file asks for %s, and the lock does not know that", requirementText(q.Requirement)))
			}
		}
		for i := range r.Requirements {
			if q := &r.Requirements[i]; q.Name != r.Name && f.wants(q) && q.Marker.Eval(f.env, f.o.Extras...) && !has(manifest.Requirements, q.Name) {
				f.outdated(q, "", fmt.Sprintf("%s is locked, and the project file asks for it no more", q.Name))
			}
		}
	}
}

// staleIndexes warns of packages that are locked from another index than their
// line names: a CPU index that was set later than the CUDA build was locked.
func (f *follower) staleIndexes(manifest *reqfile.Doc) {
	byName := map[string]string{}
	for _, x := range manifest.IndexURLs {
		byName[x.Name] = x.URL.String()
	}
	locked := map[pep.Name]*reqfile.LockPackage{}
	for _, pkg := range f.packages {
		locked[f.lock.Packages[pkg].Name] = &f.lock.Packages[pkg]
	}
	for i := range manifest.Requirements {
		q := &manifest.Requirements[i]
		p := locked[q.Name]
		if p == nil || p.Source.Kind != reqfile.FromRegistry || !f.wants(q) || !q.Marker.Eval(f.env, f.o.Extras...) {
			continue
		}
		index := q.Index
		for _, s := range q.Sources {
			if s.Index != "" && s.Marker.Eval(f.env, f.o.Extras...) && (s.Extra == "" || sameName(f.o.Extras, s.Extra)) && (s.Group == "" || sameName(f.o.Groups, s.Group)) {
				index = s.Index
				break
			}
		}
		if url, ok := byName[index]; ok && index != "" {
			index = url
		}
		if index == "" {
			index = f.shadowed(manifest, p)
		}
		if !strings.Contains(index, "://") || sameIndex(index, p.Source.URL.String()) {
			continue
		}
		f.outdated(q, index, fmt.Sprintf("%s is to come from %s, and %s of %s is locked", q.Name, index, p.Version, p.Source.URL))
	}
}

func sameIndex(a, b string) bool {
	return strings.EqualFold(strings.TrimRight(a, "/"), strings.TrimRight(b, "/"))
}

// shadowed returns the address of an index that stands in the project file before
// the one that a package is locked from, and has that project: uv would take it
// from there, so the index was set after locking. "" if there is none.
func (f *follower) shadowed(manifest *reqfile.Doc, p *reqfile.LockPackage) string {
	if f.lock.Format != reqfile.UvLock || f.o.Source == nil {
		return ""
	}
	for _, x := range manifest.IndexURLs {
		url := x.URL.String()
		switch {
		case sameIndex(url, p.Source.URL.String()):
			return ""
		case x.Explicit || x.Default:
			continue
		}
		releases, err := f.o.Source.Releases(f.ctx, p.Name)
		if err == nil && slices.ContainsFunc(releases, func(r pyindex.Release) bool { return sameIndex(r.Index, url) }) {
			return url
		}
	}
	return ""
}
