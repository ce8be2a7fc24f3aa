package attribution

import "strings"

// readApk reads the database of installed packages of Alpine (apk-db(5)): a
// block of "KEY:value" lines a package, F: a folder, R: a file in it.
func (a *attributor) readApk() {
	for _, file := range []string{"/lib/apk/db/installed", "/usr/lib/apk/db/installed"} {
		n, ok := a.t.Lookup(file)
		// Where /lib leads to /usr/lib both paths are the same file.
		if !ok || a.t.FullPath(n) != file {
			continue
		}
		text, ok := a.text(n)
		if !ok && a.t.Listed(n) {
			continue
		}
		if !ok {
			a.problem("%s could not be read", file)
			continue
		}
		for block := range strings.SplitSeq(strings.TrimSpace(text), "\n\n") {
			p, paths := apkPackage(block)
			if p.Name == "" {
				continue
			}
			if a.full() {
				break
			}
			p.Path = file
			nodes, claim := a.claimed(paths)
			p.Claim = claim
			i := a.add(p)
			for _, n := range nodes {
				a.take(i, n)
			}
		}
	}
}

func apkPackage(block string) (Package, []string) {
	p := Package{Kind: Apk}
	dir := ""
	var paths []string
	for line := range strings.Lines(block) {
		key, value, _ := strings.Cut(strings.TrimRight(line, "\r\n"), ":")
		switch key {
		case "P":
			p.Name = value
		case "V":
			p.Version = value
		case "A":
			p.Arch = value
		case "D":
			p.Requires = strings.Fields(value)
		case "F":
			dir = value
		case "R":
			if len(paths) < maxPaths && len(dir) < maxPath {
				paths = append(paths, "/"+dir+"/"+value)
			}
		}
	}
	return p, paths
}
