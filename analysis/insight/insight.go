// Package insight finds what could go from a build, and says what that would
// free, how to do it, and what could break.
//
//  1. An [Input] holds what was read: the graph of the requirements, the tree
//     and the ledger of an image, the instructions of its layers, the warnings.
//     Each may be missing; the rules that need it then say nothing.
//  2. [Find] puts every rule against it and returns the [Insight] values, the
//     one that frees most first. Each has one file, named as what it finds.
//  3. Findings overlap: tests inside a package that could go as a whole. So they
//     are never added up: [Total] is the union of the files and packages that
//     they name, and [Frees] what goes when their packages are dropped together.
//
// A finding is a fact about bytes and a guess about need. The bytes are known or
// estimated; [Possible] says that only the user knows whether they are needed.
package insight

import (
	"iter"

	"weighline/analysis/bytesize"
	"weighline/analysis/depgraph"
	"weighline/analysis/fileclass"
	"weighline/analysis/layer"
	"weighline/analysis/pep"
)

// An Insight is one finding. It is a value and does not change.
type Insight struct {
	ID    string // stable: "cuda", "waste-deleted", "strip-tests"
	Title string // with its figures, one line
	// Bytes is what would go, in the bytes that Counts names.
	Bytes  bytesize.Amount
	Counts Counts
	// Download is what the requirements would download less; unknown where the
	// finding is not about packages of the requirements.
	Download  bytesize.Amount
	Certainty Certainty
	Rows      []Row  // evidence, the heaviest first
	More      int    // rows that are left out
	Text      string // what was found and why it matters: one or two sentences
	Fix       []string
	Risk      string // what could break, honestly; "" if nothing that is known
	Apply     Change // what "Apply to plan" switches on; empty: a plan cannot do it

	extent extent
}

// Counts names the bytes that a finding is about.
type Counts string

// What [Insight.Bytes] may count.
const (
	Unpacked Counts = "unpacked" // files of the image's final file system
	Waste    Counts = "waste"    // files that a lower layer brought and a later one hides
	Download Counts = "download" // files that the requirements download
	Again    Counts = "again"    // bytes that each change pushes and pulls again: they do not go
)

// Certainty says how sure a finding is.
type Certainty string

// The certainties.
const (
	Known     Certainty = "known"     // the bytes are exact and nothing needs them
	Estimated Certainty = "estimated" // nothing needs them, and the bytes are an estimate
	Possible  Certainty = "possible"  // whether they are needed only the user knows
)

// A Row is one piece of evidence. What does not apply is empty; Layer is -1.
type Row struct {
	Path    string // in the image; make it [layer.Printable] before people see it
	Package pep.Name
	Version string
	Layer   int // from 0
	Bytes   bytesize.Amount
	Files   int    // how many, where the row stands for several
	File    string // of the requirements or of the source, with Line
	Line    int
	Note    string
}

// A Change is what a finding would switch on in a plan. In JSON it reads as a
// plan does.
type Change struct {
	Drop   []pep.Name          `json:"drop,omitempty"`   // roots to take out
	Swap   map[pep.Name]string `json:"swap,omitempty"`   // package → variant, such as torch → cpu
	Strip  []fileclass.Class   `json:"strip,omitempty"`  // classes of files inside packages
	Dev    []pep.Name          `json:"dev,omitempty"`    // roots to move to a file for development
	Squash bool                `json:"squash,omitempty"` // write the layers without their waste
}

// Empty reports whether c changes nothing.
func (c Change) Empty() bool {
	return len(c.Drop)+len(c.Swap)+len(c.Strip)+len(c.Dev) == 0 && !c.Squash
}

// Nodes yields the files of the final file system that x names, in the order of
// their paths. A file of which only a part would go is among them, and of files
// with one content all but the first.
func (x Insight) Nodes() iter.Seq[layer.Node] {
	return func(yield func(layer.Node) bool) {
		for _, n := range x.extent.nodes() {
			if !yield(n) {
				return
			}
		}
	}
}

// Packages returns the names of the packages that would go, sorted.
func (x Insight) Packages() []pep.Name { return x.extent.names }

// An extent is what a finding names, in a form that can be united with others.
type extent struct {
	in    *finder
	files []layer.Node         // ascending
	same  [][]layer.Node       // groups of one content, of which one file stays
	parts map[layer.Node]int64 // of files that would stay without these bytes
	waste map[layer.Why]int64  // causes in lower layers
	owned []int                // packages of a ledger whose files are not known
	deps  []int                // nodes of the requirements' graph
	wheel map[wheelPart]int64  // parts of packages of the requirements
	names []pep.Name           // packages that would go, sorted
}

// A wheelPart is the files of a class that a package of the requirements has.
type wheelPart struct {
	node  int
	class fileclass.Class
}

// A Sum is what several findings come to.
type Sum struct {
	Unpacked     bytesize.Size // of the image's final file system, each file once
	Waste        bytesize.Size // of its lower layers
	Requirements depgraph.Sum  // packages of the requirements, each once
	Stripped     bytesize.Size // parts of packages of the requirements that are not among those
}

// Total returns the union of what the findings name: each file, each package and
// each cause counts once, however many findings name it. Of copies of one content
// those count that are left over when the others have gone. All must be of one
// [Find].
func Total(list ...Insight) Sum {
	u := union{waste: map[layer.Why]int64{}, parts: map[layer.Node]int64{}, wheel: map[wheelPart]int64{}}
	for _, x := range list {
		u.add(x.extent)
	}
	return u.sum()
}

// Frees returns what goes from the requirements when the findings that drop
// packages, or move them to a file for development, are all applied: what
// several hold together goes, too.
func Frees(g *depgraph.Graph, list ...Insight) depgraph.Sum {
	var names []pep.Name
	for _, x := range list {
		names = append(append(names, x.Apply.Drop...), x.Apply.Dev...)
	}
	return g.Without(names...).Total()
}
