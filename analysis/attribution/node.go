package attribution

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"weighline/analysis/layer"
)

// readNode makes a package of each folder in node_modules that has a
// package.json, nested ones, scopes and pnpm's store included. A file belongs
// to the nearest such folder above it.
func (a *attributor) readNode() {
	if len(a.roots) == 0 {
		return
	}
	t := a.t
	at := map[layer.Node]int{} // folder → package
	for _, n := range a.roots {
		if a.full() {
			break
		}
		dir := t.Parent(n)
		at[dir] = a.add(a.nodePackage(n, t.FullPath(dir)))
	}
	owner := map[layer.Node]int{} // every folder in one of them
	for n := layer.Root + 1; int(n) < t.Len(); n++ {
		i, ok := owner[t.Parent(n)]
		if t.Kind(n) == layer.Dir {
			if own, is := at[n]; is {
				i, ok = own, true
			}
			if ok {
				owner[n] = i
			}
			continue
		}
		if !ok || t.Kind(n) != layer.File {
			continue
		}
		c := &a.l.Packages[i].Claim
		c.Bytes += t.Size(n)
		c.Files++
		a.take(i, n)
	}
}

func (a *attributor) nodePackage(n layer.Node, dir string) Package {
	p := Package{Kind: Node, Path: dir, Claim: Claim{Listed: true}}
	var d struct {
		Name, Version any
		Dependencies  map[string]any
	}
	if b, ok := a.t.Content(n); ok {
		_ = json.Unmarshal(b, &d) // a test's broken package.json is no news
	}
	p.Name, _ = d.Name.(string)
	p.Version, _ = d.Version.(string)
	if p.Name == "" {
		p.Name = dir[strings.LastIndex(dir, "/node_modules/")+len("/node_modules/"):]
	}
	for _, name := range slices.Sorted(maps.Keys(d.Dependencies)) {
		version, _ := d.Dependencies[name].(string)
		p.Requires = append(p.Requires, strings.TrimSpace(name+" "+version))
	}
	return p
}
