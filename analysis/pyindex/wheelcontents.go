package pyindex

import (
	"cmp"
	"path"
	"regexp"
	"slices"
	"strings"

	"weighline/analysis/fileclass"
)

// describe sums up the files of a wheel.
func describe(list []zipEntry) *Contents {
	x := &Contents{}
	imports := map[string]bool{}
	code := int64(0)
	for _, e := range list {
		if strings.HasSuffix(e.name, "/") {
			continue
		}
		x.Files++
		x.Unpacked += e.plain
		name, installed := inPackages(e.name)
		base := path.Base(name)
		if installed && strings.HasSuffix(name, ".py") {
			code += e.plain
		}
		switch fileclass.Of(name) {
		case fileclass.Tests:
			x.Tests += e.plain
		case fileclass.Static:
			x.Static += e.plain
		case fileclass.Headers:
			x.Headers += e.plain
		case fileclass.Bytecode:
			x.Bytecode += e.plain
		default:
			if isLibrary(base) {
				x.Libraries = append(x.Libraries, Library{name, e.plain})
			}
		}
		if n := importName(name); installed && n != "" {
			imports[n] = true
		}
	}
	x.Pyc = code * 13 / 10
	for n := range imports {
		x.Imports = append(x.Imports, n)
	}
	slices.Sort(x.Imports)
	slices.SortFunc(x.Libraries, func(a, b Library) int {
		return cmp.Or(cmp.Compare(b.Size, a.Size), cmp.Compare(a.Path, b.Path))
	})
	return x
}

// inPackages returns where a file of a wheel lies below site-packages; installed
// is false for what goes elsewhere: scripts, headers, data (PEP 427).
func inPackages(name string) (string, bool) {
	top, rest, _ := strings.Cut(name, "/")
	if !strings.HasSuffix(top, ".data") {
		return name, true
	}
	kind, rest, _ := strings.Cut(rest, "/")
	return rest, kind == "purelib" || kind == "platlib"
}

var identifier = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// importName returns the name by which code imports what a file belongs to, or
// "": the top folder of a module, or the module itself.
func importName(name string) string {
	top, rest, inside := strings.Cut(name, "/")
	if !inside {
		rest, top = top, ""
	}
	base := path.Base(rest)
	stem, _, _ := strings.Cut(base, ".")
	module := strings.HasSuffix(base, ".py") || strings.HasSuffix(base, ".pyd") || strings.HasSuffix(base, ".so")
	if top == "" {
		top = stem
	}
	if !module || !identifier.MatchString(top) || top == "__pycache__" {
		return ""
	}
	return top
}

func isLibrary(base string) bool {
	ext := path.Ext(base)
	return ext == ".so" || ext == ".pyd" || ext == ".dll" || ext == ".dylib" || strings.Contains(base, ".so.")
}
