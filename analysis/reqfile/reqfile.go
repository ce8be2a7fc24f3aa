// Package reqfile reads the files in which Python projects say what they need,
// and writes them again without what was dropped.
//
// Reading goes from left to right:
//
//  1. [Load] opens a file or looks through a folder; Detect tells the format
//     by the content, since names lie.
//  2. The reader of the format turns the file into a [Doc]: requirements, each
//     with its file and line, and for a lock also the locked packages with
//     their files, sizes and edges ([Lock]).
//  3. A requirements file is read as pip reads it (pip 23.2 and later; its
//     req_file.py), including what pip ignores without a word: that becomes a
//     [Warning].
//
// A line that cannot be read does not stop the reading: the good lines come
// together with joined [SyntaxError] values.
//
// Writing keeps everything that it need not touch: [Slim] turns the lines of
// dropped requirements into comments with a reason, and leaves comments, order,
// continuation lines, line ends and encoding as they are.
//
// Nothing here opens the network, and no package is resolved: package depgraph
// does that.
package reqfile

import (
	"fmt"

	"weighline/analysis/pep"
)

// A Format is a kind of file.
type Format string

// The formats, named as the files are usually called.
const (
	Requirements Format = "requirements.txt"
	Pyproject    Format = "pyproject.toml"
	UvLock       Format = "uv.lock"
	PoetryLock   Format = "poetry.lock"
	PdmLock      Format = "pdm.lock"
	Pipfile      Format = "Pipfile"
	PipfileLock  Format = "Pipfile.lock"
	Pylock       Format = "pylock.toml" // PEP 751
	Conda        Format = "environment.yml"
)

// Options are the circumstances of a reading. The zero value is good.
type Options struct {
	// Format is what the file is; "" means that the content tells.
	Format Format
	// Env returns an environment variable, or "". The default is os.Getenv.
	Env func(name string) string
	// Dir is the folder in which pip would run, against which it reads
	// local paths. The default is the folder of the file.
	Dir string
	// MaxBytes is the largest file that is read: 32 MB by default, ten
	// times the largest lock that was seen.
	MaxBytes int64
	// MaxFiles is how many files may be included: 500 by default.
	MaxFiles int
	// Texts, if not nil, are the files, by name: the disk is not looked at.
	Texts map[string][]byte
	// Given are further files, by name, that need not lie on disk, such as what
	// came through a pipe.
	Given map[string][]byte
	// Progress, if set, is told each file before it is read.
	Progress func(file string)

	disk bool // other files of the computer may be read: set by Load
}

// A Doc is what one file, with all that it includes, says.
type Doc struct {
	Format       Format
	Files        []File        // the file first, then those it includes or was read with
	Requirements []Requirement // in the order of the lines
	Constraints  []Requirement // of files named by -c: they ask for nothing
	Overrides    []Requirement // of uv: they take the place of what packages ask for
	Excluded     []pep.Name    // that uv leaves out whatever asks for them
	IndexURLs    []Index       // as declared; see Doc.Indexes
	FindLinks    []URL
	NoIndex      bool
	Pre          bool // pre-releases are welcome
	PreferBinary bool
	NeedHashes   bool
	TrustedHosts []string
	NoBinary     []string // names, or ":all:"
	OnlyBinary   []string
	Lock         *Lock // nil if the format is not a lock
	// Name is the project's own name, where the file has one.
	Name pep.Name
	// TargetHints are the Requires-Python texts of the file: ">=3.10,<4".
	TargetHints []string
	// Unknown lists what the file asks for and no Python index can answer,
	// such as conda packages, each with the reason.
	Unknown  []Unknown
	Warnings []Warning

	texts   map[string][]byte // of the files that were read
	sources []*source         // for Slim; empty in a Doc that was not read here
}

// A File is a file that took part.
type File struct {
	Path  string
	Lines int   // in the file
	Items int   // requirements, options and packages in it
	Read  int   // how many of the items could be read
	Bytes int64 // on disk
}

// An Index is a package index that a file declares.
type Index struct {
	URL      URL
	Name     string // of uv and poetry, else ""
	Explicit bool   // only for packages whose source names it
	Default  bool   // stands in place of pypi.org
	File     string
	Line     int // 0 where the format's reader knows none
}

// A Requirement is one thing that a file asks for.
type Requirement struct {
	pep.Requirement        // Name is "" where only building the project would tell it
	Text            string // as written, without options, comment and passwords
	File            string
	Line, EndLine   int // from 1; 0 where the format's reader knows none
	Hashes          []Hash
	Options         []Option // --global-option and --config-settings
	Editable        bool
	Constraint      bool
	Group           string // dependency group, "" for none
	Extra           string // the project's extra that asks for it, "" for none
	Comment         string // behind the requirement, on its last line
	Path            string // of a local project or file, joined with the folder of pip
	Index           string // name or address of the one index that it may come from
	Sources         []ReqSource
	// Project is the local project at Path, where it could be read.
	Project *Doc

	link URL
	raw  string // Text with its passwords, for writing
}

// A ReqSource is a rule of [tool.uv.sources] or of poetry: where a requirement
// comes from where the marker holds.
type ReqSource struct {
	Marker       *pep.Marker
	Index        string // name of an index
	Link         URL    // of git or of a file
	Path         string
	Workspace    bool // it is a member of the workspace
	Extra, Group string
}

// Link returns the address of a requirement that names one: a VCS address, a
// file's address or a file: address. Print its String only.
func (r Requirement) Link() URL { return r.link }

// Key returns what a drop of r is called: its name, or its text where it has
// none.
func (r Requirement) Key() pep.Name {
	if r.Name == "" {
		return pep.Name(r.Text)
	}
	return r.Name
}

// Where returns "file:line", or the file alone.
func (r Requirement) Where() string { return where(r.File, r.Line) }

// A Hash is a digest with its algorithm: "sha256:9f86…".
type Hash string

// An Unknown is something asked for that no Python index knows.
type Unknown struct {
	Text, Reason string
	File         string
	Line         int
}

// A Warning says what a file does not do although it looks as if it did, or
// what was left out.
type Warning struct {
	Code  string // stable, such as "index-on-line"
	Text  string // one sentence
	File  string
	Line  int
	Name  pep.Name // the package, or ""
	Fix   string   // what to do, in words that name the text to write; "" where the Text says all
	Index URL      // of "index-on-line": the index that was meant
}

func (w Warning) String() string {
	return fmt.Sprintf("%s: %s (%s)", where(w.File, w.Line), w.Text, w.Code)
}

// A SyntaxError is a place that could not be read.
type SyntaxError struct {
	File string
	Line int    // 0 for the whole file
	Msg  string // what and why
	Text string // the line, short and without passwords
}

func (e *SyntaxError) Error() string {
	s := where(e.File, e.Line) + ": " + e.Msg
	if e.Text != "" {
		s += ": " + e.Text
	}
	return s
}

func where(file string, line int) string {
	if line == 0 {
		return file
	}
	return fmt.Sprintf("%s:%d", file, line)
}

// Indexes returns the indexes in the order in which pip asks them, given those
// that it knows from its settings: an --index-url takes the place of all that
// came before it.
func (d *Doc) Indexes(settings ...Index) []Index {
	if d.NoIndex {
		return nil
	}
	last := -1
	for i, x := range d.IndexURLs {
		if x.Default {
			last = i
		}
	}
	if last < 0 {
		return append(settings[:len(settings):len(settings)], d.IndexURLs...)
	}
	return d.IndexURLs[last:]
}

func (d *Doc) warn(code, file string, line int, format string, args ...any) {
	d.Warnings = append(d.Warnings, Warning{Code: code, Text: fmt.Sprintf(format, args...), File: file, Line: line})
}

// pinned reports whether r asks for one version with "==".
func (r Requirement) pinned() bool { return r.Specifiers.Pinned() }
