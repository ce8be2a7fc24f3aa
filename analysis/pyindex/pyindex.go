// Package pyindex knows what a Python package index offers: the releases of a
// project, their files with sizes, and what each requires.
//
// A [Release] is one version of a project on one index, with its [File]s; its
// [Metadata] says what it requires. Where they come from:
//
//   - [Catalogue] is the offline answer: the figures of the packages in the
//     lock files of well-known projects, a part of the program ([Embedded]).
//     It is a snapshot of a day and knows but a few versions of each project.
//   - [Client] asks indexes over HTTP: pages with sizes, metadata files, and the
//     directory of a wheel by ranges ([Client.Contents]), which tells what a wheel
//     of any size holds for a few kB. Answers are kept on disk as long as their
//     server allows. [ReadSettings] tells which indexes pip and uv are set to.
//   - Files whose size after installation nobody has looked up get an estimate
//     by their kind from [EstimateUnpacked].
//
// The package answers; who resolves with the answers says in an interface of
// its own what it needs of them.
package pyindex

import (
	"weighline/analysis/bytesize"
	"weighline/analysis/pep"
)

// PyPI is the index that pip asks unless it is told otherwise.
const PyPI = "https://pypi.org/simple"

// A File is one wheel or source distribution of a release, as an index lists it.
type File struct {
	Filename       string
	URL            string            // "" in the catalogue
	Size           bytesize.Amount   // of the download; unknown where the index does not say (PEP 700)
	RequiresPython string            // PEP 440 specifiers; "" if the index does not say
	Yanked         *string           // the reason; nil unless yanked (PEP 592)
	Hashes         map[string]string // by algorithm, in hex
	Metadata       map[string]string // hashes of the metadata file beside it (PEP 658); nil if there is none

	// LastResort marks a file that counts only where no other file of the
	// whole project fits. The catalogue marks the source distributions of
	// releases that have wheels: it seldom knows the Requires-Python that would
	// keep a release away from an older Python, the missing wheel must do.
	LastResort bool
}

// IsWheel reports whether the file is a wheel, not a source distribution.
func (f *File) IsWheel() bool {
	n := len(f.Filename)
	return n > 4 && f.Filename[n-4:] == ".whl"
}

// A Release is one version of a project on one index.
type Release struct {
	Name    pep.Name
	Version pep.Version
	Index   string // URL of the index it was found on
	Files   []File

	// Requires (in the form of Requires-Dist, extras as markers) and
	// ProvidesExtras are set where the index told them together with the
	// release, which an offline catalogue does; then HasMetadata is set.
	Requires       []string
	ProvidesExtras []string
	RequiresPython string
	HasMetadata    bool

	// Exact tells that Requires holds the specifiers of the project itself.
	// Otherwise they come from a lock file that keeps only names and markers,
	// so that any version seems to do.
	Exact bool
}

// Metadata is what a distribution says of itself (core metadata).
type Metadata struct {
	Requires       []pep.Requirement
	ProvidesExtras []string // in normal form
	RequiresPython pep.Specifiers
}

// ParseMetadata reads the texts of core metadata fields. What cannot be read is
// left out and returned as a list of errors: pip refuses such a release, an
// estimate of its size need not.
func ParseMetadata(requires, extras []string, requiresPython string) (m Metadata, bad []error) {
	for _, text := range requires {
		r, err := pep.ParseRequirement(text)
		if err != nil {
			bad = append(bad, err)
			continue
		}
		m.Requires = append(m.Requires, r)
	}
	for _, x := range extras {
		m.ProvidesExtras = append(m.ProvidesExtras, string(pep.Normalize(x)))
	}
	var err error
	if m.RequiresPython, err = pep.ParseSpecifiers(requiresPython); err != nil {
		bad = append(bad, err)
	}
	return m, bad
}
