package main

import (
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"weighline/analysis/oci/ocitest"
)

// A tree is what one layer changes, by path. A path has no slash at either end.
type tree map[string]ocitest.Entry

// put adds a file.
func (t tree) put(name, body string) { t[name] = ocitest.Entry{Name: name, Body: body} }

// program adds a file that may be executed.
func (t tree) program(name, body string) {
	t[name] = ocitest.Entry{Name: name, Body: body, Mode: 0o755}
}

// link adds a symbolic link.
func (t tree) link(name, to string) { t[name] = ocitest.Entry{Name: name, Link: to} }

// remove adds a whiteout.
func (t tree) remove(name string) {
	dir, base := path.Split(name)
	t.put(dir+".wh."+base, "")
}

// modes are the permissions of folders that are not 0755.
var modes = map[string]int64{"root": 0o700, "root/.cache": 0o700, "tmp": 0o1777, "root/.cache/pip": 0o700}

// entries returns the entries of the layer's tar in the order of their names,
// with the folders that they lie in, all of them of the given time.
func (t tree) entries(when time.Time) []ocitest.Entry {
	all := maps.Clone(t)
	for name, e := range t {
		for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
			if _, ok := all[dir]; !ok {
				all[dir] = ocitest.Entry{Name: dir + "/", Mode: modes[dir], UID: e.UID, GID: e.GID}
			}
		}
	}
	out := make([]ocitest.Entry, 0, len(all))
	for _, name := range slices.Sorted(maps.Keys(all)) {
		e := all[name]
		e.ModTime = when
		out = append(out, e)
	}
	return out
}

// under returns the part of the tree below the folders.
func (t tree) under(dirs ...string) tree {
	out := tree{}
	for name, e := range t {
		for _, d := range dirs {
			if name == d || strings.HasPrefix(name, d+"/") {
				out[name] = e
			}
		}
	}
	return out
}

// stack returns the files that are there when the trees lie upon each other.
func stack(trees ...tree) tree {
	out := tree{}
	for _, t := range trees {
		for name := range t {
			dir, base := path.Split(name)
			hidden, whiteout := strings.CutPrefix(base, ".wh.")
			if base == ".wh..wh..opq" {
				hidden, whiteout = "", true
			}
			if whiteout {
				maps.DeleteFunc(out, func(p string, _ ocitest.Entry) bool {
					p, in := strings.CutPrefix(p, dir+hidden)
					return in && (hidden == "" || p == "" || p[0] == '/')
				})
			}
		}
		for name, e := range t {
			if !strings.HasPrefix(path.Base(name), ".wh.") {
				out[name] = e
			}
		}
	}
	return out
}

// without returns the whiteouts that remove the files from below, one for a
// folder that loses all it has.
func without(below tree, files []string) tree {
	gone := map[string]bool{}
	for _, f := range files {
		gone[f] = true
	}
	alive := map[string]bool{}
	for name := range below {
		for p := name; !gone[name] && p != "."; p = path.Dir(p) {
			alive[p] = true
		}
	}
	out := tree{}
	for _, f := range files {
		top := f
		for dir := path.Dir(f); dir != "." && !alive[dir]; dir = path.Dir(dir) {
			top = dir
		}
		out.remove(top)
	}
	return out
}
