package evidence

import (
	"path"
	"strings"
)

// A tree knows which modules the user's folder makes importable.
type tree struct {
	packages map[string]bool            // folders with __init__.py, "" for the root itself
	modules  map[string]map[string]bool // folder → stems of modules and names of folders with sources
	anywhere map[string]bool            // all of these names
}

func newTree() tree {
	return tree{packages: map[string]bool{}, modules: map[string]map[string]bool{}, anywhere: map[string]bool{}}
}

// add puts in the source at name.
func (t *tree) add(name string) {
	if strings.HasSuffix(name, ".ipynb") {
		return
	}
	dir, base := split(name)
	stem := strings.TrimSuffix(strings.TrimSuffix(base, "w"), ".py")
	if stem == "__init__" {
		t.packages[dir] = true
	} else {
		t.put(dir, stem)
	}
	for dir != "" {
		parent, name := split(dir)
		if !t.put(parent, name) {
			return // and so are the folders around it
		}
		dir = parent
	}
}

// put notes a name in a folder and reports whether it is new there.
func (t *tree) put(dir, name string) bool {
	m := t.modules[dir]
	if m == nil {
		m = map[string]bool{}
		t.modules[dir] = m
	}
	if m[name] {
		return false
	}
	m[name], t.anywhere[name] = true, true
	return true
}

// split returns the folder and the last part of a path; the folder of what lies
// in the root is "".
func split(name string) (dir, base string) {
	i := strings.LastIndexByte(name, '/')
	if i < 0 {
		return "", name
	}
	return name[:i], name[i+1:]
}

// roots returns the folders that are on the module search path when the source
// at name runs, as far as can be told: those around it that are no packages,
// the user's folder, and src in it.
func (t *tree) roots(name string) []string {
	out := []string{"", "src"}
	for dir, _ := split(name); dir != ""; dir, _ = split(dir) {
		if !t.packages[dir] && dir != "src" {
			out = append(out, dir)
		}
	}
	return out
}

// owns reports whether an imported module is one of the user's own. known says
// that some distribution has it. A package or a module goes before a
// distribution where it is found first; a folder without __init__.py does not,
// unless what is in it does (PEP 420), nor does what lies elsewhere in the tree.
func (t *tree) owns(module string, roots []string, known bool) bool {
	top, _, _ := strings.Cut(module, ".")
	if !t.anywhere[top] {
		return false
	}
	for _, dir := range roots {
		if t.finds(dir, module) {
			return true
		}
	}
	return !known
}

// finds reports whether a folder has a package or a module on the way that a
// dotted name leads.
func (t *tree) finds(dir, dotted string) bool {
	for dotted != "" {
		var name string
		name, dotted, _ = strings.Cut(dotted, ".")
		if !t.modules[dir][name] {
			return false
		}
		if dir = path.Join(dir, name); t.packages[dir] || t.modules[dir] == nil {
			return true
		}
	}
	return false
}
