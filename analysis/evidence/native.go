package evidence

import (
	"cmp"
	"io"
	"path"
	"slices"
	"strings"

	"weighline/analysis/pep"
)

// A library is a native library of a package with what it is linked to.
type library struct {
	pkg    pep.Name
	file   string
	needed []string
}

// IsLibrary reports whether a file is a native library by its name:
// "libcudnn.so.9", "_core.cpython-311-x86_64-linux-gnu.so".
func IsLibrary(name string) bool {
	base := path.Base(name)
	return strings.HasSuffix(base, ".so") || strings.Contains(base, ".so.")
}

// Provides takes in that package pkg brings a library; "" for one that no
// Python package has: the loader may find it, too.
func (in *Installed) Provides(pkg pep.Name, name string) {
	base := path.Base(name)
	if pkg == "" {
		in.system[base] = true
		return
	}
	if !slices.Contains(in.providers[base], pkg) {
		in.providers[base] = append(in.providers[base], pkg)
	}
}

// Library takes in what a library of package pkg is linked to. What is no ELF
// file is passed over.
func (in *Installed) Library(pkg pep.Name, name string, r io.ReaderAt) {
	d, err := readDynamic(r)
	if err != nil {
		return
	}
	in.looked[pkg] = true
	if d.soname != "" {
		in.Provides(pkg, d.soname)
	}
	if len(d.needed) > 0 {
		in.libraries = append(in.libraries, library{pkg, name, d.needed})
	}
}

// native returns the uses of libraries that only other packages bring. The
// loader finds them by the name alone where the search path of the library, or
// what was loaded before, leads there; that is not looked at.
func (in *Installed) native() []Use {
	var out []Use
	libraries := slices.Clone(in.libraries) // they come in any order
	slices.SortFunc(libraries, func(a, b library) int { return cmp.Or(cmp.Compare(a.pkg, b.pkg), cmp.Compare(a.file, b.file)) })
	for _, l := range libraries {
		for _, soname := range l.needed {
			who := in.providers[soname]
			if len(who) == 0 || in.system[soname] || slices.Contains(who, l.pkg) {
				continue
			}
			who = slices.Sorted(slices.Values(who))
			out = append(out, Use{Packages: who, By: l.pkg, File: l.file, Text: "needs " + shown([]byte(soname)), Module: soname, Kind: Native})
		}
	}
	return out
}
