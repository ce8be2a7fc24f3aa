package reqfile

import (
	"path/filepath"

	"weighline/analysis/pep"
)

// uv adds [tool.uv].
func (r *projectReader) uv() {
	u := &r.f.Tool.Uv
	r.list("[tool.uv", u.Dev, "dev", "")
	for _, t := range u.Constraints {
		if req, ok := r.text(t, r.loc.quoted("[tool.uv", t)); ok {
			req.Constraint = true
			r.doc.Constraints = append(r.doc.Constraints, req)
		}
	}
	for _, t := range u.Overrides {
		s, ok := t.(string)
		if !ok {
			r.doc.warn("uv-scoped", r.file, r.loc.find("[tool.uv", "override-dependencies"), "an override for a single package is not applied")
			continue
		}
		if req, ok := r.text(s, r.loc.quoted("[tool.uv", s)); ok {
			r.doc.Overrides = append(r.doc.Overrides, req)
		}
	}
	for _, t := range u.Excludes {
		s, ok := t.(string)
		if !ok {
			r.doc.warn("uv-scoped", r.file, r.loc.find("[tool.uv", "exclude-dependencies"), "an exclusion for a single package is not applied")
			continue
		}
		r.doc.Excluded = append(r.doc.Excluded, pep.Normalize(s))
	}
	r.uvIndexes()
	for _, name := range sortedKeys(u.Sources) {
		r.uvSource(pep.Normalize(name), u.Sources[name])
	}
}

func (r *projectReader) uvIndexes() {
	u := &r.f.Tool.Uv
	for _, x := range u.Index {
		r.doc.IndexURLs = append(r.doc.IndexURLs, Index{URL: URL{x.URL}, Name: x.Name, Explicit: x.Explicit, Default: x.Default,
			File: r.file, Line: r.loc.quoted("[[tool.uv.index]]", x.URL)})
	}
	for _, x := range u.Extra {
		r.doc.IndexURLs = append(r.doc.IndexURLs, Index{URL: URL{x}, File: r.file, Line: r.loc.quoted("[tool.uv", x)})
	}
	if u.IndexURL != "" {
		r.doc.IndexURLs = append(r.doc.IndexURLs, Index{URL: URL{u.IndexURL}, Default: true, File: r.file, Line: r.loc.quoted("[tool.uv", u.IndexURL)})
	}
	for _, l := range u.FindLinks {
		r.doc.FindLinks = append(r.doc.FindLinks, URL{l})
	}
}

// uvSource applies one entry of [tool.uv.sources] to the requirements that it
// names.
func (r *projectReader) uvSource(name pep.Name, value any) {
	list, ok := value.([]any)
	if !ok {
		list = []any{value}
	}
	var rules []ReqSource
	for _, x := range list {
		if t, ok := x.(map[string]any); ok {
			rules = append(rules, r.uvRule(t))
		}
	}
	for i := range r.doc.Requirements {
		q := &r.doc.Requirements[i]
		if q.Name != name || q.File != r.file {
			continue
		}
		q.Sources = rules
		if len(rules) == 1 && rules[0].Marker == nil && (rules[0].Extra == "" || rules[0].Extra == q.Extra) && (rules[0].Group == "" || rules[0].Group == q.Group) {
			q.Index, q.Path = rules[0].Index, rules[0].Path
			if l := rules[0].Link; l.raw != "" {
				q.link, q.URL = l, l.String()
			}
		}
	}
}

func (r *projectReader) uvRule(t map[string]any) ReqSource {
	str := func(key string) string { s, _ := t[key].(string); return s }
	out := ReqSource{Marker: r.marker(str("marker"), 0), Index: str("index"), Extra: str("extra"), Group: str("group")}
	out.Workspace, _ = t["workspace"].(bool)
	switch {
	case str("git") != "":
		link := "git+" + str("git")
		if ref := str("rev") + str("tag") + str("branch"); ref != "" {
			link += "@" + ref
		}
		if d := str("subdirectory"); d != "" {
			link += "#subdirectory=" + d
		}
		out.Link = URL{link}
	case str("url") != "":
		out.Link = URL{str("url")}
	case str("path") != "":
		out.Path = filepath.Join(filepath.Dir(r.file), str("path"))
	}
	return out
}
