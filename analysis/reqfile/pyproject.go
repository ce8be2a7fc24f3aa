package reqfile

import (
	"context"
	"path/filepath"
	"slices"
	"strings"

	"weighline/analysis/pep"
)

// projectFile is what is read of pyproject.toml.
type projectFile struct {
	Project struct {
		Name           string              `toml:"name"`
		RequiresPython string              `toml:"requires-python"`
		Dependencies   []string            `toml:"dependencies"`
		Optional       map[string][]string `toml:"optional-dependencies"`
		Dynamic        []string            `toml:"dynamic"`
	} `toml:"project"`
	Groups      map[string][]any `toml:"dependency-groups"`
	BuildSystem struct {
		Backend string `toml:"build-backend"`
	} `toml:"build-system"`
	Tool struct {
		Poetry poetryTool `toml:"poetry"`
		Uv     uvTool     `toml:"uv"`
		Pdm    struct {
			Dev    map[string][]string `toml:"dev-dependencies"`
			Source []pipSource         `toml:"source"`
		} `toml:"pdm"`
		Setuptools struct {
			Dynamic struct {
				Dependencies any `toml:"dependencies"`
				Optional     any `toml:"optional-dependencies"`
			} `toml:"dynamic"`
		} `toml:"setuptools"`
	} `toml:"tool"`
}

type poetryTool struct {
	Name         string         `toml:"name"`
	Dependencies map[string]any `toml:"dependencies"`
	Dev          map[string]any `toml:"dev-dependencies"`
	Group        map[string]struct {
		Optional     bool           `toml:"optional"`
		Dependencies map[string]any `toml:"dependencies"`
	} `toml:"group"`
	Extras map[string][]string `toml:"extras"`
	Source []struct {
		Name     string `toml:"name"`
		URL      string `toml:"url"`
		Priority string `toml:"priority"`
	} `toml:"source"`
}

type uvTool struct {
	Dev         []string       `toml:"dev-dependencies"`
	Constraints []string       `toml:"constraint-dependencies"`
	Overrides   []any          `toml:"override-dependencies"`
	Excludes    []any          `toml:"exclude-dependencies"`
	Sources     map[string]any `toml:"sources"`
	IndexURL    string         `toml:"index-url"`
	Extra       []string       `toml:"extra-index-url"`
	FindLinks   []string       `toml:"find-links"`
	Index       []struct {
		Name     string `toml:"name"`
		URL      string `toml:"url"`
		Explicit bool   `toml:"explicit"`
		Default  bool   `toml:"default"`
	} `toml:"index"`
}

// A projectReader reads pyproject.toml.
type projectReader struct {
	*builder
	ctx    context.Context
	f      *projectFile
	loc    *locator
	files  *files
	visits int // of groups
	total  int
}

// readPyproject reads pyproject.toml: PEP 621, dependency groups (PEP 735), and
// what poetry, uv and pdm add.
func readPyproject(ctx context.Context, data []byte, file string, fs *files) (*Doc, []error) {
	var f projectFile
	errs := decodeTOML(data, file, &f, func() { f = projectFile{} })
	doc := newDoc(Pyproject, file, data)
	b := newBuilder(doc, file)
	b.errs = errs
	r := &projectReader{b, ctx, &f, newLocator(string(data)), fs, 0, 0}
	doc.Name = pep.Normalize(f.Project.Name)
	if doc.Name == "" {
		doc.Name = pep.Normalize(f.Tool.Poetry.Name)
	}
	if f.Project.RequiresPython != "" {
		doc.TargetHints = append(doc.TargetHints, f.Project.RequiresPython)
	}
	r.pep621()
	r.groups()
	r.poetry()
	r.uv()
	r.dynamic()
	for _, g := range sortedKeys(f.Tool.Pdm.Dev) {
		r.list("[tool.pdm", f.Tool.Pdm.Dev[g], g, "")
	}
	doc.pipSources(f.Tool.Pdm.Source, file)
	doc.Files[0].Items, doc.Files[0].Read = r.total+len(errs), len(doc.Requirements)
	return doc, b.errs
}

func (r *projectReader) pep621() {
	p := &r.f.Project
	r.list("[project", p.Dependencies, "", "")
	for _, e := range sortedKeys(p.Optional) {
		r.list("[project", p.Optional[e], "", e)
	}
}

// list adds requirements given as PEP 508 texts below the header.
func (r *projectReader) list(header string, texts []string, group, extra string) {
	for _, t := range texts {
		r.total++
		if req, ok := r.text(t, r.loc.quoted(header, t)); ok {
			req.Group, req.Extra = group, extra
			r.doc.Requirements = append(r.doc.Requirements, req)
		}
	}
}

// text reads one PEP 508 text.
func (r *projectReader) text(t string, line int) (Requirement, bool) {
	parsed, err := pep.ParseRequirement(t)
	if err != nil {
		r.fail(line, t, "not a requirement: %s", reason(err))
		return Requirement{}, false
	}
	req := Requirement{Requirement: parsed, Text: redact(t), raw: t, File: r.file, Line: line, EndLine: line}
	if parsed.URL != "" {
		req.link, req.URL = URL{parsed.URL}, redact(parsed.URL)
	}
	return req, true
}

// groups adds the dependency groups with what they include.
func (r *projectReader) groups() {
	byName := map[pep.Name]string{}
	for g := range r.f.Groups {
		byName[pep.Normalize(g)] = g
	}
	for _, g := range sortedKeys(r.f.Groups) {
		r.group(g, g, byName, nil)
	}
}

// group adds the requirements of group to the group named as.
func (r *projectReader) group(group, as string, byName map[pep.Name]string, chain []string) {
	if slices.Contains(chain, group) {
		r.fail(r.loc.find("[dependency-groups", "include-group"), "", "the dependency group %s includes itself (%s), so that was passed over", quote(group), strings.Join(append(chain, group), " → "))
		return
	}
	if r.visits++; r.visits+r.total > 100_000 {
		return // groups that include each other many times over
	}
	chain = append(slices.Clone(chain), group)
	for _, x := range r.f.Groups[group] {
		switch x := x.(type) {
		case string:
			if group == as {
				r.list("[dependency-groups", []string{x}, as, "")
				continue
			}
			r.total++
			if req, ok := r.text(x, r.lineOf(x)); ok {
				req.Group = as
				r.doc.Requirements = append(r.doc.Requirements, req)
			}
		case map[string]any:
			name, _ := x["include-group"].(string)
			real, ok := byName[pep.Normalize(name)]
			if !ok {
				r.fail(0, "", "the dependency group %s includes %s, which does not exist", quote(group), quote(name))
				continue
			}
			r.group(real, as, byName, chain)
		}
	}
}

// lineOf returns the line of a text that was or will be found again.
func (r *projectReader) lineOf(t string) int {
	return newLocator(r.loc.text).quoted("[dependency-groups", t)
}

// poetry adds [tool.poetry]. Where [project] has dependencies, poetry takes
// its own table for more detail on the same packages, not for more packages.
func (r *projectReader) poetry() {
	p := &r.f.Tool.Poetry
	for _, s := range p.Source {
		x := Index{URL: URL{s.URL}, Name: s.Name, Default: s.Priority == "" || s.Priority == "default" || s.Priority == "primary", Explicit: s.Priority == "explicit", File: r.file}
		r.doc.IndexURLs = append(r.doc.IndexURLs, x)
	}
	extraOf := map[pep.Name][]string{}
	for _, e := range sortedKeys(p.Extras) {
		for _, n := range p.Extras[e] {
			extraOf[pep.Normalize(n)] = append(extraOf[pep.Normalize(n)], e)
		}
	}
	declared := len(r.f.Project.Dependencies) > 0 && !slices.Contains(r.f.Project.Dynamic, "dependencies")
	r.poetryTable("[tool.poetry.dependencies]", p.Dependencies, "", extraOf, declared)
	r.poetryTable("[tool.poetry.dev-dependencies]", p.Dev, "dev", nil, false)
	for _, g := range sortedKeys(p.Group) {
		r.poetryTable("[tool.poetry.group."+g+".dependencies]", p.Group[g].Dependencies, g, nil, false)
	}
}

func (r *projectReader) poetryTable(header string, table map[string]any, group string, extraOf map[pep.Name][]string, declared bool) {
	for _, name := range sortedKeys(table) {
		line := r.loc.key(header, name)
		if strings.EqualFold(name, "python") {
			if specs, _, err := poetrySpecifiers(poetryText(table[name])); err == nil && group == "" {
				r.doc.TargetHints = append(r.doc.TargetHints, specs.String())
			}
			continue
		}
		for _, d := range r.poetryDeps(name, table[name], line) {
			r.total++
			if declared && r.enrich(d, group) {
				r.total--
				continue
			}
			req := r.poetryRequirement(name, d, group, line)
			extras := extraOf[req.Name]
			if len(extras) == 0 {
				if d.dep.Optional && group == "" {
					r.doc.warn("optional-alone", r.file, line, "%s is optional and belongs to no extra, so nothing installs it", name)
				}
				r.doc.Requirements = append(r.doc.Requirements, req)
				continue
			}
			for _, e := range extras {
				req.Extra = e
				r.doc.Requirements = append(r.doc.Requirements, req)
			}
			r.total += len(extras) - 1
		}
	}
}

func poetryText(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case map[string]any:
		s, _ := v["version"].(string)
		return s
	}
	return "*"
}

// enrich adds what [tool.poetry.dependencies] says of a package that [project]
// declares, and reports whether it does.
func (r *projectReader) enrich(d poetryDep, group string) bool {
	found := false
	for i := range r.doc.Requirements {
		q := &r.doc.Requirements[i]
		if q.Name != d.dep.Name || q.Group != group {
			continue
		}
		found = true
		if d.index != "" {
			q.Index = d.index
		}
		if d.link != "" {
			q.link, q.URL = URL{d.link}, redact(d.link)
		}
		if d.path != "" {
			q.Path, q.Editable = filepath.Join(filepath.Dir(r.file), d.path), d.develop
		}
	}
	return found
}

func (r *projectReader) poetryRequirement(name string, d poetryDep, group string, line int) Requirement {
	req := Requirement{File: r.file, Line: line, EndLine: line, Group: group, Index: d.index, Editable: d.develop}
	req.Name, req.RawName, req.Extras, req.Specifiers, req.Marker = d.dep.Name, name, d.dep.Extras, d.dep.Specifiers, d.dep.Marker
	if d.link != "" {
		req.link, req.URL = URL{d.link}, redact(d.link)
	}
	if d.path != "" {
		req.Path = filepath.Join(filepath.Dir(r.file), d.path)
	}
	if d.inexact {
		r.doc.Warnings = append(r.doc.Warnings, Warning{Code: "union-specifier", File: r.file, Line: line, Name: req.Name,
			Text: "the versions " + quote(d.text) + " of " + name + " have no form in PEP 440; " + quote(req.Specifiers.String()) + " is taken, which allows more"})
	}
	req.Text = req.Requirement.String()
	return req
}

// dynamic reads dependencies that the build back end takes from elsewhere.
func (r *projectReader) dynamic() {
	if !slices.Contains(r.f.Project.Dynamic, "dependencies") || len(r.f.Tool.Poetry.Dependencies) > 0 {
		return
	}
	table, _ := r.f.Tool.Setuptools.Dynamic.Dependencies.(map[string]any)
	names := texts(table["file"])
	if len(names) == 0 {
		backend := r.f.BuildSystem.Backend
		if backend == "" {
			backend = "setuptools"
		}
		r.doc.warn("dynamic", r.file, r.loc.find("[project", `"dependencies"`), "the dependencies are computed by the build (%s), so they are unknown here", backend)
		return
	}
	for _, n := range names {
		full := filepath.Join(filepath.Dir(r.file), n)
		if !r.files.can() {
			r.doc.warn("include-not-read", r.file, 0, "%s was not read: only the text of this file was given", full)
			continue
		}
		data, err := r.files.open(full)
		if err != nil {
			r.fail(0, "", "%s", includeProblem(full, err))
			continue
		}
		sub, err := readRequirements(r.ctx, data, full, r.files.o, r.files)
		if err != nil {
			r.errs = append(r.errs, err)
		}
		r.doc.merge(sub)
		r.total += len(sub.Requirements)
	}
}

// merge adds what another file says. Its lines are not kept for Slim.
func (d *Doc) merge(sub *Doc) {
	d.Files = append(d.Files, sub.Files...)
	d.Requirements = append(d.Requirements, sub.Requirements...)
	d.Constraints = append(d.Constraints, sub.Constraints...)
	d.IndexURLs = append(d.IndexURLs, sub.IndexURLs...)
	d.FindLinks = append(d.FindLinks, sub.FindLinks...)
	d.Warnings = append(d.Warnings, sub.Warnings...)
	d.Unknown = append(d.Unknown, sub.Unknown...)
	d.Pre = d.Pre || sub.Pre
	d.NoIndex = d.NoIndex || sub.NoIndex
}
