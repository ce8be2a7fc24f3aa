package evidence

import (
	"slices"
	"strings"

	"weighline/analysis/fileclass"
	"weighline/analysis/pep"
)

// Installed takes in the files of installed packages, one after the other, and
// finds what they use of each other. Its methods must not be called at the same
// time.
//
// Not each import at the top of some module of a package runs: uvicorn has one
// of httptools that is loaded only if it is there. So those of modules count as
// unguarded uses that are reached by unguarded imports from the top module of a
// package, or from the user's own sources; the others stand aside. Conditions
// on the platform and the version of Python are evaluated, for packages are made
// for many; that other conditions hold is taken for granted where a package loads
// its own modules under them.
type Installed struct {
	names  *Names
	parser parser
	sites  map[string]map[string]*module // site-packages → dotted name → module
	looked map[pep.Name]bool

	plugins   []plugin
	libraries []library
	providers map[string][]pep.Name // base name or soname of a library → who has it
	system    map[string]bool       // libraries that lie elsewhere
	problems  []Problem
}

// A module is one source of a package.
type module struct {
	pkg   pep.Name
	file  string
	loads []string // what its unguarded imports load, of what is no part of Python
	uses  []Use    // of other packages
}

// NewInstalled returns an Installed that knows distributions by names, of
// packages that run in env.
func NewInstalled(names *Names, env Env) *Installed {
	return &Installed{names: names, parser: parser{env: &env}, sites: map[string]map[string]*module{}, looked: map[pep.Name]bool{},
		providers: map[string][]pep.Name{}, system: map[string]bool{}}
}

// Source takes in a source of package pkg, whose path is relative to its
// site-packages folder. src is not retained. Sources of tests are passed over.
func (in *Installed) Source(pkg pep.Name, site, path string, src []byte) {
	in.looked[pkg] = true
	dotted, isPackage, ok := moduleName(path)
	if !ok || fileclass.Of(path) == fileclass.Tests {
		return
	}
	if in.sites[site] == nil {
		in.sites[site] = map[string]*module{}
	}
	m := &module{pkg: pkg, file: path}
	in.sites[site][dotted] = m
	base := dotted
	if !isPackage {
		base = parent(dotted)
	}
	count := map[useKey]int{}
	s := in.parser.parse(src)
	for _, x := range s.Imports {
		if x, ok = absolute(x, base); !ok || x.Kind == TypeChecking {
			continue
		}
		top, _, _ := strings.Cut(x.Module, ".")
		if isStandard(top) {
			continue
		}
		own, _, _ := strings.Cut(dotted, ".")
		if x.Kind == Unguarded || x.onlyIf && top == own {
			m.loads = append(m.loads, x.Module)
			for _, n := range x.Names {
				if n != "*" {
					m.loads = append(m.loads, x.Module+"."+n)
				}
			}
		}
		in.foreign(m, x, src, count)
	}
}

// foreign puts down what an import uses of other packages.
func (in *Installed) foreign(m *module, x Import, src []byte, count map[useKey]int) {
	for _, a := range in.names.modules(x) {
		if len(a.who) == 0 || slices.Contains(a.who, m.pkg) {
			continue
		}
		k := useKey{pkg: a.who[0], kind: x.Kind}
		if count[k]++; count[k] <= maxPackageUses {
			m.uses = append(m.uses, Use{Packages: a.who, By: m.pkg, File: m.file, Line: x.Line, Text: lineText(src, x.Line), Module: a.module, Kind: x.Kind})
		}
	}
}

// moduleName returns the dotted name of a source below site-packages.
func moduleName(path string) (dotted string, isPackage, ok bool) {
	stem, ok := strings.CutSuffix(path, ".py")
	if !ok || strings.HasPrefix(path, "..") {
		return "", false, false
	}
	stem, isPackage = strings.CutSuffix(stem, "/__init__")
	dotted = strings.ReplaceAll(stem, "/", ".")
	for part := range strings.SplitSeq(dotted, ".") {
		if !isIdentifier(part) {
			return "", false, false
		}
	}
	return dotted, isPackage, true
}

// parent returns the package that a module lies in, "" for none.
func parent(dotted string) string {
	i := strings.LastIndexByte(dotted, '.')
	if i < 0 {
		return ""
	}
	return dotted[:i]
}

// absolute returns x without leading dots, which count from the package base.
func absolute(x Import, base string) (Import, bool) {
	if x.Level == 0 {
		return x, x.Module != ""
	}
	for range x.Level - 1 {
		base = parent(base)
	}
	if base == "" {
		return x, false
	}
	x.Level = 0
	if x.Module == "" {
		x.Module = base
	} else {
		x.Module = base + "." + x.Module
	}
	return x, true
}

// Report returns r with what was found added: r itself does not change.
func (in *Installed) Report(r *Report) *Report {
	out := *r
	out.Uses, out.Problems = slices.Clone(r.Uses), slices.Clone(r.Problems)
	c := newCollector(&out)
	for name := range in.looked {
		out.Looked = append(out.Looked, name)
	}
	for _, name := range sortedKeys(in.sites) {
		site := in.sites[name]
		loaded := startsWith(site, r.starts)
		for _, dotted := range sortedKeys(site) {
			for _, u := range site[dotted].uses {
				u.Aside = !loaded[dotted]
				c.use(u)
			}
		}
	}
	for _, u := range append(in.native(), in.plugged()...) {
		c.use(u)
	}
	for _, p := range in.problems {
		c.problem(p)
	}
	c.done()
	return &out
}

func sortedKeys[T any](m map[string]T) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// startsWith returns which modules of a site are loaded when its top modules
// and starts are: by unguarded imports, each with the packages around it.
func startsWith(site map[string]*module, starts []string) map[string]bool {
	loaded := map[string]bool{}
	var todo []string
	load := func(dotted string) {
		for i := 0; i <= len(dotted); i++ {
			if i < len(dotted) && dotted[i] != '.' {
				continue
			}
			if name := dotted[:i]; site[name] != nil && !loaded[name] {
				loaded[name] = true
				todo = append(todo, name)
			}
		}
	}
	for dotted := range site {
		if isTop(site, dotted) {
			load(dotted)
		}
	}
	for _, s := range starts {
		load(s)
	}
	for len(todo) > 0 {
		m := site[todo[len(todo)-1]]
		todo = todo[:len(todo)-1]
		for _, l := range m.loads {
			load(l)
		}
	}
	return loaded
}

// isTop reports whether no regular package is around a module.
func isTop(site map[string]*module, dotted string) bool {
	for p := parent(dotted); p != ""; p = parent(p) {
		if site[p] != nil {
			return false
		}
	}
	return true
}
