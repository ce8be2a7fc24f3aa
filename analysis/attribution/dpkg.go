package attribution

import (
	"strings"

	"weighline/analysis/layer"
)

const dpkgDir = "/var/lib/dpkg"

// A deb is a package of dpkg's status file, or one of conda: a list of files
// that may be of Python distributions.
type deb struct {
	pkg  int
	list []layer.Node
}

// readDpkg reads the status file and the lists of files, and follows
// diversions. The packages get their files later, in claimDebs.
func (a *attributor) readDpkg() {
	status, ok := a.content(dpkgDir + "/status")
	if !ok {
		return
	}
	diversions := a.diversions()
	for _, f := range paragraphs(status) {
		if !installed(f["Status"]) {
			continue
		}
		if a.full() {
			break
		}
		name, arch := f["Package"], f["Architecture"]
		file := dpkgDir + "/info/" + name + ".list"
		if _, ok := a.t.Lookup(file); !ok {
			file = dpkgDir + "/info/" + name + ":" + arch + ".list"
		}
		p := Package{Kind: Deb, Name: name, Version: f["Version"], Arch: arch, Path: file, Requires: debRequires(f)}
		var d deb
		if text, ok := a.content(file); ok {
			paths := listPaths(text)
			d.list, p.Claim = a.claimed(paths)
			d.list = a.diverted(d.list, paths, diversions, name)
		} else {
			a.problem("package %s has no list of files in %s/info", layer.Printable(name), dpkgDir)
		}
		d.pkg = a.add(p)
		a.debs = append(a.debs, d)
	}
}

func installed(status string) bool {
	for _, w := range strings.Fields(status) {
		if w == "installed" {
			return true
		}
	}
	return false
}

// debRequires returns the alternatives that a package depends on.
func debRequires(f map[string]string) []string {
	var all []string
	for _, field := range []string{"Pre-Depends", "Depends"} {
		for _, r := range strings.Split(f[field], ",") {
			if r = strings.TrimSpace(r); r != "" {
				all = append(all, r)
			}
		}
	}
	return all
}

func listPaths(text string) []string {
	var paths []string
	for line := range strings.Lines(text) {
		if line = strings.TrimRight(line, "\r\n"); line != "" && line != "/." {
			paths = append(paths, line)
		}
		if len(paths) == maxPaths {
			break
		}
	}
	return paths
}

// A diversion says that a file which other packages list at one path lies at
// another one (dpkg-divert(1)).
type diversion struct{ to, by string }

func (a *attributor) diversions() map[string]diversion {
	text, ok := a.content(dpkgDir + "/diversions")
	if !ok {
		return nil
	}
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	all := make(map[string]diversion, len(lines)/3)
	for ; len(lines) >= 3; lines = lines[3:] {
		all[lines[0]] = diversion{to: lines[1], by: lines[2]}
	}
	return all
}

// diverted replaces those of a list's nodes that are really elsewhere.
func (a *attributor) diverted(nodes []layer.Node, paths []string, all map[string]diversion, name string) []layer.Node {
	if len(all) == 0 {
		return nodes
	}
	for _, p := range paths {
		d, ok := all[p]
		if !ok || d.by == name {
			continue
		}
		if !a.spend(len(nodes)) {
			break
		}
		if from, ok := a.t.Lookup(p); ok {
			for i, n := range nodes {
				if n == from {
					nodes = append(nodes[:i], nodes[i+1:]...)
					break
				}
			}
		}
		if to, ok := a.t.Lookup(d.to); ok {
			nodes = append(nodes, to)
		}
	}
	return nodes
}

func (a *attributor) claimDebs() {
	for _, d := range a.debs {
		for _, n := range d.list {
			a.take(d.pkg, n)
		}
	}
}

// readStatusD reads what Bazel's images (distroless) have instead of a status
// file: a paragraph and a list of checksums for each package.
func (a *attributor) readStatusD() {
	dir, ok := a.t.Lookup(dpkgDir + "/status.d")
	if !ok {
		return
	}
	for n := range a.t.Children(dir) {
		file := a.t.Name(n)
		text, ok := a.text(n)
		if !ok || strings.HasSuffix(file, ".md5sums") {
			continue
		}
		if a.full() {
			break
		}
		all := paragraphs(text)
		if len(all) == 0 {
			continue
		}
		f := all[0]
		p := Package{Kind: Deb, Name: f["Package"], Version: f["Version"], Arch: f["Architecture"], Path: a.t.FullPath(n), Requires: debRequires(f)}
		var nodes []layer.Node
		if sums, ok := a.child(dir, file+".md5sums"); ok {
			nodes, p.Claim = a.claimed(md5Paths(sums))
		}
		i := a.add(p)
		for _, n := range nodes {
			a.take(i, n)
		}
	}
}

// md5Paths reads lines of "CHECKSUM  PATH", paths from the root.
func md5Paths(text string) []string {
	var paths []string
	for line := range strings.Lines(text) {
		if _, p, ok := strings.Cut(strings.TrimRight(line, "\r\n"), " "); ok {
			paths = append(paths, "/"+strings.TrimPrefix(strings.TrimLeft(p, " *"), "./"))
		}
		if len(paths) == maxPaths {
			break
		}
	}
	return paths
}

// paragraphs reads control data (deb822(5)): fields, with continuation lines,
// and empty lines between paragraphs. Only those with a Package are returned.
func paragraphs(text string) []map[string]string {
	var all []map[string]string
	fields, last := map[string]string{}, ""
	flush := func() {
		if fields["Package"] != "" {
			all = append(all, fields)
		}
		fields, last = map[string]string{}, ""
	}
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		if strings.TrimSpace(line) == "" {
			if flush(); len(all) > maxPackages {
				return all
			}
			continue
		}
		if line[0] == ' ' || line[0] == '\t' {
			if wanted[last] {
				fields[last] += "\n" + line
			}
			continue
		}
		key, value, ok := strings.Cut(line, ":")
		if !ok {
			continue
		}
		if last = key; wanted[key] {
			fields[key] = strings.TrimSpace(value)
		}
	}
	flush()
	return all
}

// wanted are the fields that paragraphs returns.
var wanted = map[string]bool{"Package": true, "Version": true, "Architecture": true, "Status": true, "Depends": true, "Pre-Depends": true}
