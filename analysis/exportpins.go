package analysis

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"weighline/analysis/depgraph"
	"weighline/analysis/pep"
	"weighline/analysis/plan"
	"weighline/analysis/reqfile"
)

// loose returns the versions of the preview that the slim files of list leave open:
// a line that goes, or a package that goes, limited what stays. paths are those of
// the requirements among them. They are resolved as often as that finds another
// version; nil where pins would not help, which the check of the export tells.
func (b *Build) loose(ctx context.Context, v plan.Preview, paths []string, list []target) []reqfile.Pin {
	if b.Deps == nil || b.Deps.lock() != nil {
		return nil // a lock's requirements leave all versions open
	}
	texts := map[string][]byte{}
	for _, t := range list {
		texts[t.path] = t.Data
	}
	docs, _ := loadAll(ctx, paths, Options{Given: texts})
	if len(docs) < len(paths) {
		return nil
	}
	promised := versions(v.Graph())
	o, why := b.checkOptions(v, docs)
	if why != "" || len(b.Deps.localElsewhere(paths)) > 0 {
		return pinsOf(v, b.loosened(v, promised))
	}
	keep, after := map[pep.Name]string{}, v.Graph()
	for {
		found, err := b.Deps.versionsOf(ctx, docs, pinsOf(v, keep), o)
		switch {
		case err != nil && len(keep) == 0: // left open, versions contradict what stays
			if keep = b.loosened(v, promised); len(keep) > 0 {
				continue
			}
			return nil
		case err != nil:
			return nil // the versions contradict what comes new
		}
		known := len(keep)
		for name, version := range both(promised, found) {
			if version[0] != version[1] && version[0] != "" && !fixedBy(after, name) {
				keep[name] = version[0]
			}
		}
		if len(keep) == known {
			// A pin without a local version cannot keep one with it away.
			maps.DeleteFunc(keep, func(name pep.Name, version string) bool { return found[name] != version })
			return pinsOf(v, keep)
		}
	}
}

// versionsOf returns what docs resolve to with more constraints.
func (d *Deps) versionsOf(ctx context.Context, docs []*reqfile.Doc, keep []reqfile.Pin, o Options) (map[pep.Name]string, error) {
	limits, err := reqfile.Parse(ctx, strings.NewReader(reqfile.Constraints(keep)), "constraints.txt", reqfile.Options{Format: reqfile.Requirements})
	if err != nil {
		return nil, err
	}
	again := &Deps{Docs: docs, Constraints: append(slices.Clone(d.Constraints), limits)}
	if _, err := again.resolve(ctx, o); err != nil {
		return nil, err
	}
	return versions(again.Graph), nil
}

// loosened returns the versions of what stays and lost a line or a package that
// requires it. That may be more than needs a pin: it is for what cannot be resolved.
func (b *Build) loosened(v plan.Preview, promised map[pep.Name]string) map[pep.Name]string {
	keep := map[pep.Name]string{}
	gone, after := v.Reasons(), v.Graph()
	for name, version := range promised {
		i, there := b.Graph().Index(name)
		_, line := gone[name]
		if there && version != "" && !fixedBy(after, name) && (line && b.Graph().IsRoot(i) || len(after.RequiredBy(name)) < len(b.Graph().RequiredBy(name))) {
			keep[name] = version
		}
	}
	return keep
}

// fixedBy reports whether a package of g requires one version of name, so that no
// pin is needed.
func fixedBy(g *depgraph.Graph, name pep.Name) bool {
	return slices.ContainsFunc(g.Edges(), func(e depgraph.Edge) bool {
		if g.Nodes()[e.To].Name != name {
			return false
		}
		r, err := pep.ParseRequirement(e.Requirement)
		return err == nil && slices.ContainsFunc(r.Specifiers, func(s pep.Specifier) bool {
			return s.Op == "==" && !strings.HasSuffix(s.Text, ".*") || s.Op == "==="
		})
	})
}

// pinsOf makes pins of versions, each with who requires it.
func pinsOf(v plan.Preview, versions map[pep.Name]string) (list []reqfile.Pin) {
	g := v.Graph()
	for name, version := range versions {
		list = append(list, reqfile.Pin{Name: name, Version: version, Why: requirers(g, name)})
	}
	slices.SortFunc(list, func(a, b reqfile.Pin) int { return cmp.Compare(a.Name, b.Name) })
	return list
}

// requirers says who requires name, "" for nobody.
func requirers(g *depgraph.Graph, name pep.Name) string {
	const most = 3
	by := g.RequiredBy(name)
	var words []string
	for _, n := range by[:min(len(by), most)] {
		words = append(words, string(n))
	}
	switch {
	case len(by) == 0:
		return ""
	case len(by) > most:
		return fmt.Sprintf("required by %s and %d more", strings.Join(words, ", "), len(by)-most)
	}
	return "required by " + strings.Join(words, ", ")
}

// reasons returns for the packages whose lines the plan takes out why; not for those
// that keep their line.
func (d *Deps) reasons(v plan.Preview) map[pep.Name]string {
	reasons := v.Reasons()
	for _, name := range d.hashed(v) {
		delete(reasons, name)
	}
	return reasons
}

// hashed returns the packages that keep a line with hashes though the plan drops it,
// as others need them: with hashes, pip wants a line for each package that it
// installs, and takes none from a constraints file.
func (d *Deps) hashed(v plan.Preview) (names []pep.Name) {
	for _, h := range v.Held {
		is := func(r reqfile.Requirement) bool { return r.Key() == h.Name && len(r.Hashes) > 0 }
		if v.Plan.Swaps(h.Name) == "" && slices.ContainsFunc(d.Docs, func(doc *reqfile.Doc) bool { return slices.ContainsFunc(doc.Requirements, is) }) {
			names = append(names, h.Name)
		}
	}
	return names
}

// limitsBeside returns a path for a constraints file beside the one at path, where
// nothing of the list and nothing that was read for the build stands.
func (b *Build) limitsBeside(path string, list []target) string {
	begin := strings.TrimSuffix(path, filepath.Ext(path)) + "-constraints"
	for i := 1; ; i++ {
		t := target{path: begin + ".txt"}
		if i > 1 {
			t.path = fmt.Sprintf("%s-%d.txt", begin, i)
		}
		taken := slices.ContainsFunc(list, func(other target) bool { return other.path == filepath.Clean(t.path) })
		if !taken && b.hitsSource([]target{t}) == "" {
			return t.path
		}
	}
}

// isDevice reports whether path is something that no file can lie beside, such as
// standard output.
func isDevice(path string) bool {
	info, err := os.Stat(path)
	return err == nil && !info.Mode().IsRegular() && !info.IsDir()
}
