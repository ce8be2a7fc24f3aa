package evidence

import (
	"slices"
	"strings"
	"sync"

	"weighline/analysis/pep"
	"weighline/assets"
)

// A Certainty says how it is known by which names code imports a distribution.
type Certainty string

// The certainties, the best first.
const (
	ByFiles Certainty = "files" // its files, its RECORD, or the directory of its wheel
	ByTable Certainty = "table" // the table in assets/evidence
	ByName  Certainty = "name"  // guessed: the same name, but for "-", "_", "." and case
)

// A Dist is a distribution of the build that uses are looked for.
type Dist struct {
	Name pep.Name
	// Imports are the dotted names that its files make importable, if they are
	// known. A top-level name alone, such as "google", may be shared.
	Imports []string
	// Scripts are the commands that it installs, if its entry points are known.
	Scripts []string
}

// Names tells which distribution an imported name belongs to. It does not
// change and may be used by several goroutines.
type Names struct {
	owners  map[string][]pep.Name // dotted name → who has it
	dists   map[pep.Name]*named
	shared  map[string]bool       // names below which others have something
	scripts map[string][]pep.Name // command → who installs it
}

type named struct {
	imports   []string
	certainty Certainty
}

// NewNames returns the names of dists: from their files where these are known,
// else from the table, else their own names. Where the files tell no more than
// a top-level name, the table may tell what is below it.
func NewNames(dists []Dist) *Names {
	n := &Names{owners: map[string][]pep.Name{}, dists: map[pep.Name]*named{}, shared: map[string]bool{}, scripts: map[string][]pep.Name{}}
	for _, d := range merged(dists) {
		x := &named{imports: d.Imports, certainty: ByFiles}
		table := tabled(d.Name)
		switch {
		case len(d.Imports) > 0:
			for _, name := range table {
				top, _, deep := strings.Cut(name, ".")
				if deep && slices.Contains(d.Imports, top) {
					x.imports = append(slices.Clone(x.imports), name)
				}
			}
		case len(table) > 0:
			x.imports, x.certainty = table, ByTable
		default:
			x.imports, x.certainty = []string{strings.ReplaceAll(string(d.Name), "-", "_")}, ByName
		}
		n.dists[d.Name] = x
		n.share(d.Name, x)
		for _, s := range d.Scripts {
			n.scripts[s] = append(n.scripts[s], d.Name)
		}
		for _, name := range x.imports {
			if x.certainty != ByName && !slices.Contains(n.owners[name], d.Name) {
				n.owners[name] = append(n.owners[name], d.Name)
			}
		}
	}
	return n
}

// merged returns dists with those of one name put together: an image may have a
// distribution in several sites.
func merged(dists []Dist) []Dist {
	at := map[pep.Name]int{}
	var out []Dist
	for _, d := range dists {
		i, twice := at[d.Name]
		if !twice {
			at[d.Name] = len(out)
			out = append(out, d)
			continue
		}
		for _, name := range d.Imports {
			if !slices.Contains(out[i].Imports, name) {
				out[i].Imports = append(slices.Clone(out[i].Imports), name)
			}
		}
		for _, name := range d.Scripts {
			if !slices.Contains(out[i].Scripts, name) {
				out[i].Scripts = append(slices.Clone(out[i].Scripts), name)
			}
		}
	}
	return out
}

// share notes the names that x lies below: "google" and "google.cloud" of
// google.cloud.storage. What "from google.cloud import storage" takes tells whose it is.
func (n *Names) share(name pep.Name, x *named) {
	names := x.imports
	if x.certainty == ByName {
		names = []string{strings.ReplaceAll(string(name), "-", ".")}
	}
	for _, dotted := range names {
		for i := range len(dotted) {
			if dotted[i] == '.' {
				n.shared[dotted[:i]] = true
			}
		}
	}
}

// Of returns the names by which code imports a distribution, and how well that
// is known; "" if it is none of the build.
func (n *Names) Of(name pep.Name) ([]string, Certainty) {
	if x := n.dists[name]; x != nil {
		return x.imports, x.certainty
	}
	return nil, ""
}

// Owners returns whose module a dotted name is, by the longest part of it that
// somebody has: several where distributions share it, none if it is not known.
func (n *Names) Owners(module string) []pep.Name {
	for part := module; ; {
		if who := n.owners[part]; len(who) > 0 {
			return who
		}
		if len(part) < 200 {
			name := pep.Normalize(part)
			if x := n.dists[name]; x != nil && x.certainty == ByName && !n.below(part) {
				return []pep.Name{name}
			}
		}
		dot := strings.LastIndexByte(part, '.')
		if dot < 0 {
			return nil
		}
		part = part[:dot]
	}
}

// below reports whether a dotted name lies below one that a distribution has:
// flask.login is a module of flask, not flask-login.
func (n *Names) below(dotted string) bool {
	for i := range len(dotted) {
		if dotted[i] != '.' {
			continue
		}
		if len(n.owners[dotted[:i]]) > 0 {
			return true
		}
		if x := n.dists[pep.Normalize(dotted[:i])]; x != nil && x.certainty == ByName {
			return true
		}
	}
	return false
}

// A pattern of the table: a family of distributions.
type pattern struct {
	before, after string // of the star
	names         []string
}

type importTable struct {
	names    map[pep.Name][]string
	patterns []pattern
}

var table = sync.OnceValue(func() *importTable {
	t := &importTable{names: map[pep.Name][]string{}}
	for line := range strings.Lines(assets.ImportNames) {
		fields := strings.Fields(line)
		if len(fields) < 2 || fields[0][0] == '#' {
			continue
		}
		if before, after, ok := strings.Cut(fields[0], "*"); ok {
			t.patterns = append(t.patterns, pattern{before, after, fields[1:]})
			continue
		}
		name := pep.Normalize(fields[0])
		t.names[name] = append(t.names[name], fields[1:]...)
	}
	return t
})

// tabled returns what the table says of a distribution.
func tabled(name pep.Name) []string {
	t := table()
	if names := t.names[name]; names != nil {
		return names
	}
	for _, p := range t.patterns {
		rest, ok := strings.CutPrefix(string(name), p.before)
		if rest, ok = cutSuffix(rest, p.after, ok); !ok || rest == "" {
			continue
		}
		out := []string{strings.ReplaceAll(string(name), "-", "_")}
		for _, form := range p.names {
			if x := expand(form, rest); !slices.Contains(out, x) {
				out = append(out, x)
			}
		}
		return out
	}
	return nil
}

func cutSuffix(s, suffix string, ok bool) (string, bool) {
	if !ok {
		return "", false
	}
	return strings.CutSuffix(s, suffix)
}

// expand puts what a star stood for into a name of the table.
func expand(form, star string) string {
	for mark, sep := range map[string]string{"*.": ".", "*~": ""} {
		if before, after, ok := strings.Cut(form, mark); ok {
			return before + strings.ReplaceAll(star, "-", sep) + after
		}
	}
	return strings.Replace(form, "*", strings.ReplaceAll(star, "-", "_"), 1)
}

var standard = sync.OnceValue(func() map[string]bool {
	m := map[string]bool{}
	for line := range strings.Lines(assets.StandardLibrary) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			m[line] = true
		}
	}
	return m
})

// isStandard reports whether a top-level module comes with Python.
func isStandard(top string) bool { return standard()[top] }

// ImportNames returns the dotted names that files of a distribution make
// importable. The paths are relative to site-packages. Folders without
// __init__.py are namespaces (PEP 420): what is in them counts.
func ImportNames(paths []string) []string {
	regular := map[string]bool{}
	for _, p := range paths {
		if dir, ok := strings.CutSuffix(p, "/__init__.py"); ok {
			regular[dir] = true
		}
	}
	seen := map[string]bool{}
	var out []string
	for _, p := range paths {
		name := topName(p, regular)
		if name != "" && !seen[name] {
			seen[name] = true
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// topName returns the dotted name of the topmost regular package that the file
// p is in, or of its module.
func topName(p string, regular map[string]bool) string {
	base := p[strings.LastIndexByte(p, '/')+1:]
	stem, ext, _ := strings.Cut(base, ".")
	code := ext == "py" || strings.HasSuffix(base, ".so") || strings.HasSuffix(base, ".pyd")
	if !code || !isIdentifier(stem) || stem == "__init__" && !strings.Contains(p, "/") {
		return ""
	}
	dotted := ""
	for i := range len(p) {
		if p[i] != '/' {
			continue
		}
		part := p[:i][strings.LastIndexByte(p[:i], '/')+1:]
		if !isIdentifier(part) {
			return ""
		}
		if dotted != "" {
			dotted += "."
		}
		if dotted += part; regular[p[:i]] {
			return dotted
		}
	}
	if dotted == "" {
		return stem
	}
	return dotted + "." + stem
}

func isIdentifier(s string) bool {
	for i := range len(s) {
		if !isName(s[i]) || i == 0 && s[0] >= '0' && s[0] <= '9' {
			return false
		}
	}
	return s != ""
}
