package attribution

import (
	"encoding/json"
	"net/url"
	"path"
	"slices"
	"strings"

	"weighline/analysis/layer"
	"weighline/analysis/pep"
)

// A dist is a Python distribution and where its files are listed.
type dist struct {
	pkg  int
	info layer.Node // *.dist-info, *.egg-info
	meta layer.Node // the metadata file
	site layer.Node
	list []layer.Node // claimed files; nil when nothing lists them
	deb  int          // the dpkg or conda package that brought it, -1
}

// readPython reads the distributions of all sites: site-packages of any
// Python, dist-packages, virtual environments.
func (a *attributor) readPython() {
	t := a.t
	for _, info := range a.infos {
		if a.full() {
			break
		}
		d := dist{info: info, meta: info, site: t.Parent(info), deb: -1}
		name := t.Name(info)
		wheel := strings.HasSuffix(name, ".dist-info")
		switch {
		case wheel:
			d.meta, _ = t.Child(info, "METADATA")
		case t.Kind(info) == layer.Dir:
			d.meta, _ = t.Child(info, "PKG-INFO")
		}
		text, ok := a.text(d.meta)
		if !ok {
			if wheel && t.Kind(info) == layer.Dir && !t.Listed(d.meta) {
				a.problem("%s has no readable METADATA: its files stay unowned", layer.Printable(t.FullPath(info)))
			}
			continue
		}
		h := parseMetadata(text)
		if len(h.requires) == 0 && !wheel && t.Kind(info) == layer.Dir {
			egg, _ := a.child(info, "requires.txt")
			h.requires = eggRequires(egg)
		}
		p := Package{Kind: Python, Name: string(pep.Normalize(h.name)), Version: h.version, Path: t.FullPath(info), Requires: h.requires}
		if h.name == "" {
			base, _, _ := strings.Cut(name, "-")
			p.Name = string(pep.Normalize(strings.TrimSuffix(strings.TrimSuffix(base, ".dist-info"), ".egg-info")))
		}
		a.details(&p, info)
		d.pkg = a.add(p)
		a.listDist(&d, wheel)
		a.dists = append(a.dists, d)
	}
}

// details reads the small files beside the metadata.
func (a *attributor) details(p *Package, info layer.Node) {
	if a.t.Kind(info) != layer.Dir {
		return
	}
	installer, _ := a.child(info, "INSTALLER")
	p.Installer = strings.TrimSpace(installer)
	_, p.Requested = a.t.Child(info, "REQUESTED")
	if direct, ok := a.child(info, "direct_url.json"); ok {
		var d struct {
			URL     string
			DirInfo struct{ Editable bool } `json:"dir_info"`
		}
		if json.Unmarshal([]byte(direct), &d) == nil && d.DirInfo.Editable {
			if u, err := url.Parse(d.URL); err == nil && u.Scheme == "file" {
				p.Editable = path.Clean("/" + u.Path)
			}
		}
	}
}

// listDist finds the files that a distribution lists: RECORD, or what pip and
// setuptools wrote for an egg (installed-files.txt, relative to itself).
func (a *attributor) listDist(d *dist, wheel bool) {
	if a.t.Kind(d.info) != layer.Dir {
		return
	}
	var paths []string
	if wheel {
		record, ok := a.child(d.info, "RECORD")
		if !ok {
			return
		}
		site := a.t.FullPath(d.site)
		for _, p := range recordPaths(record) {
			paths = append(paths, under(site, p))
		}
	} else {
		text, ok := a.child(d.info, "installed-files.txt")
		if !ok {
			return
		}
		base := a.t.FullPath(d.info)
		for line := range strings.Lines(text) {
			if line = strings.TrimRight(line, "\r\n"); line != "" {
				paths = append(paths, under(base, line))
			}
			if len(paths) == maxPaths {
				break
			}
		}
	}
	nodes, claim := a.claimed(paths)
	d.list = nodes
	a.l.Packages[d.pkg].Claim = claim
}

// under returns the cleaned path p, which is taken from dir unless it is
// absolute.
func under(dir, p string) string {
	if strings.HasPrefix(p, "/") {
		return path.Clean(p)
	}
	return path.Clean(dir + "/" + p)
}

// claimPython gives the distributions their files. Those of Debian, and some of
// conda, have no list of their own: they own what their package's list has in their site.
func (a *attributor) claimPython() {
	for _, d := range a.dists {
		for _, n := range d.list {
			a.take(d.pkg, n)
		}
	}
	lists := slices.Concat(a.debs, a.condas)
	from := map[layer.Node]int{} // metadata → package
	for i, p := range lists {
		for _, n := range p.list {
			from[n] = i
		}
	}
	shared := map[[2]int]int{} // distributions without a list by package and site
	for i := range a.dists {
		d := &a.dists[i]
		if deb, ok := from[d.meta]; ok && !a.l.Packages[d.pkg].Claim.Listed {
			d.deb = deb
			shared[[2]int{deb, int(d.site)}]++
		}
	}
	for _, d := range a.dists {
		if d.deb < 0 {
			continue
		}
		alone := shared[[2]int{d.deb, int(d.site)}] == 1
		modules := a.modules(d)
		for _, n := range lists[d.deb].list {
			if n > d.site && n < a.t.End(d.site) && (alone || a.belongs(n, d, modules)) {
				a.take(d.pkg, n)
			}
		}
	}
}

// modules returns the names that the distribution has in its site.
func (a *attributor) modules(d dist) map[string]bool {
	names := map[string]bool{}
	if a.t.Kind(d.info) == layer.Dir {
		top, _ := a.child(d.info, "top_level.txt")
		for _, name := range strings.Fields(top) {
			names[name] = true
		}
	}
	if len(names) == 0 {
		name := a.l.Packages[d.pkg].Name
		names[strings.ReplaceAll(name, "-", "_")] = true
	}
	return names
}

// belongs reports whether n, below d's site, is the metadata or one of the
// modules.
func (a *attributor) belongs(n layer.Node, d dist, modules map[string]bool) bool {
	for n > d.site && a.t.Parent(n) != d.site {
		n = a.t.Parent(n)
	}
	name := a.t.Name(n)
	if n == d.info || modules[name] {
		return true
	}
	base, _, dot := strings.Cut(name, ".") // name.py, name.cpython-311-x86_64-linux-gnu.so
	return dot && modules[base] && (strings.HasSuffix(name, ".py") || strings.HasSuffix(name, ".so"))
}

// claimGuesses is for distributions that nobody lists: what carries their
// name and has no owner by now. An editable one owns its modules where they
// are.
func (a *attributor) claimGuesses() {
	for _, d := range a.dists {
		p := a.l.Packages[d.pkg]
		modules := a.modules(d)
		if !p.Claim.Listed && d.deb < 0 {
			for n := range a.t.Children(d.site) {
				if n == d.info || a.belongs(n, d, modules) {
					a.takeAll(d.pkg, n)
				}
			}
		}
		if p.Editable == "" {
			continue
		}
		for _, dir := range []string{p.Editable, p.Editable + "/src"} {
			if n, ok := a.t.Follow(dir); ok && a.t.Kind(n) == layer.Dir {
				here := d
				here.site = n
				for c := range a.t.Children(n) {
					if a.belongs(c, here, modules) {
						a.takeAll(d.pkg, c)
					}
				}
			}
		}
	}
}
