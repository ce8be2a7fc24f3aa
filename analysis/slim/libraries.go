package slim

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"weighline/analysis/layer"
)

// A Want is what a program or library that stays wants from the loader.
type Want struct {
	File      string   // its path
	Libraries []string // names (DT_NEEDED)
	Paths     []string // its own search path, $ORIGIN and all
}

// A Missing is a library that a file wants and that was there before.
type Missing struct {
	File    string // path of who wants it
	Library string
}

// GoneLibraries returns the names of shared libraries that c takes away from
// some folder: what stays may want one of them.
func (c *Cut) GoneLibraries() map[string]bool {
	gone := map[string]bool{}
	for n := layer.Root; int(n) < c.Tree.Len(); n++ {
		if c.gone[n] && isLibrary(c.Tree.Name(n)) {
			gone[c.Tree.Name(n)] = true
		}
	}
	return gone
}

func isLibrary(name string) bool {
	return strings.HasSuffix(name, ".so") || strings.Contains(name, ".so.")
}

// Missing returns what of wants was met before and is not in after, the tree of
// the result. A library is met where the loader finds it: in the file's own search
// path or in a folder of the system. One that it found in neither before was
// loaded by somebody else, or by LD_LIBRARY_PATH: it is missing when no file has
// its name any more.
func (c *Cut) Missing(after *layer.Tree, wants []Want) []Missing {
	gone, left := c.GoneLibraries(), map[string]bool{}
	for n := layer.Root; int(n) < after.Len(); n++ {
		if name := after.Name(n); gone[name] {
			left[name] = true
		}
	}
	system := systemFolders(c.Tree)
	var out []Missing
	for _, w := range wants {
		if _, stays := after.Lookup(w.File); !stays {
			continue
		}
		folders := slices.Concat(w.folders(), system)
		for _, name := range w.Libraries {
			if !gone[name] {
				continue
			}
			met := left[name]
			if found(c.Tree, folders, name) {
				met = found(after, folders, name)
			}
			if !met {
				out = append(out, Missing{w.File, name})
			}
		}
	}
	slices.SortFunc(out, func(a, b Missing) int {
		return cmp.Or(strings.Compare(a.File, b.File), strings.Compare(a.Library, b.Library))
	})
	return out
}

// folders returns the search path of the file.
func (w Want) folders() []string {
	var out []string
	origin := strings.NewReplacer("$ORIGIN", path.Dir(w.File), "${ORIGIN}", path.Dir(w.File))
	for _, p := range w.Paths {
		if p = origin.Replace(p); strings.HasPrefix(p, "/") {
			out = append(out, path.Clean(p))
		}
	}
	return out
}

// systemFolders are where the loaders of glibc and musl look, and what Debian's
// ld.so.conf adds: the folders of architectures.
func systemFolders(t *layer.Tree) []string {
	out := []string{"/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/usr/local/lib64"}
	for _, dir := range slices.Clone(out) {
		n, ok := t.Follow(dir)
		if !ok || t.Kind(n) != layer.Dir {
			continue
		}
		for m := range t.Children(n) {
			if t.Kind(m) == layer.Dir && strings.Contains(t.Name(m), "-linux-") {
				out = append(out, dir+"/"+t.Name(m))
			}
		}
	}
	return out
}

// found reports whether a file called name is in one of the folders.
func found(t *layer.Tree, folders []string, name string) bool {
	return slices.ContainsFunc(folders, func(dir string) bool {
		n, ok := t.Follow(dir + "/" + name)
		return ok && t.Kind(n) == layer.File
	})
}
