// Package fileclass tells what a file of an installed distribution is for, as
// far as its path says so: the parts of a package that an application can mostly
// do without. What is read of a wheel's directory and what lies in an image are
// told apart by the same rules, so a plan strips exactly what a finding named.
package fileclass

import (
	"path"
	"strings"
)

// A Class is a sort of files inside packages, as plans and JSON name it.
type Class string

// The classes. A file has at most one of them, the first that fits.
const (
	None     Class = ""         // what the package works with, or nothing is known
	Bytecode Class = "bytecode" // __pycache__ and *.pyc: made again at the first import
	Tests    Class = "tests"    // the package's own tests and their data
	Static   Class = "static"   // static libraries: *.a, *.lib
	Headers  Class = "headers"  // headers and CMake files: for who compiles against the package
)

// All are the classes that can be stripped, in the order in which they are shown.
var All = []Class{Tests, Bytecode, Static, Headers}

// Known reports whether c can be stripped.
func (c Class) Known() bool { return c == Tests || c == Bytecode || c == Static || c == Headers }

// Of returns the class of the file at name, a path with slashes from the folder
// that holds the package's modules (site-packages). Metadata has none: nothing
// may strip it.
func Of(name string) Class {
	dir, base := path.Split(name)
	var d Dir
	for part := range strings.SplitSeq(dir, "/") {
		d = d.In(part)
	}
	return d.File(base)
}

// A Dir is what the folders above a file say of it: [Of] for who walks a tree and
// does not want to make a path of each file. The zero Dir is the folder that holds
// the package's modules.
type Dir uint8

const (
	inTests Dir = 1 << iota
	inMetadata
)

// In returns what the folder called name in d says.
func (d Dir) In(name string) Dir {
	if name == "tests" || name == "test" {
		d |= inTests
	}
	if metadata(name) {
		d |= inMetadata
	}
	return d
}

// File returns the class of the file called base in d.
func (d Dir) File(base string) Class {
	if d&inMetadata != 0 || metadata(base) {
		return None
	}
	ext := path.Ext(base)
	if ext == ".pyc" || ext == ".pyo" {
		return Bytecode
	}
	if d&inTests != 0 || base == "conftest.py" || strings.HasPrefix(base, "test_") && ext == ".py" {
		return Tests
	}
	switch ext {
	case ".a", ".lib":
		return Static
	case ".h", ".hh", ".hpp", ".hxx", ".cuh", ".pxd", ".cmake":
		return Headers
	}
	return None
}

// Metadata reports whether the file at name describes a distribution, a part of
// "….dist-info" or "….egg-info" (PEP 376, PEP 427).
func Metadata(name string) bool {
	for part := range strings.SplitSeq(name, "/") {
		if metadata(part) {
			return true
		}
	}
	return false
}

func metadata(part string) bool {
	return strings.HasSuffix(part, ".dist-info") || strings.HasSuffix(part, ".egg-info")
}
