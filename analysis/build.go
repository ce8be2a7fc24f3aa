package analysis

import (
	"cmp"
	"time"

	"weighline/analysis/attribution"
	"weighline/analysis/bytesize"
	"weighline/analysis/depgraph"
	"weighline/analysis/evidence"
	"weighline/analysis/layer"
	"weighline/analysis/oci"
	"weighline/analysis/pep"
	"weighline/analysis/reqfile"
)

// A Build is something analysed: requirements, an image, or both. It is
// immutable; a plan makes a preview, never another Build.
type Build struct {
	Created  time.Time
	Target   pep.Target
	Deps     *Deps  // nil without requirements
	Image    *Image // nil without an image
	Warnings []Warning
	// Evidence is what uses the packages; nil if no sources were read.
	Evidence *evidence.Report
}

// Deps is what requirements come to for the target.
type Deps struct {
	Docs        []*reqfile.Doc // as they were read, with what they include
	Constraints []*reqfile.Doc // given beside them, as by pip's -c
	// Extras and Groups of the project that were asked for beside what it always
	// requires.
	Extras, Groups []string
	Graph          *depgraph.Graph
	Catalogue      string        // what the versions and sizes are from, with its date
	Took           time.Duration // to resolve

	asked *Options // how they were read; nil for a saved build
}

// Image is what was read of a container image.
type Image struct {
	Reference string
	// Given is the reference as it was given: what opens the image once more. ""
	// where the build was saved.
	Given    string
	Digest   string
	Platform string
	Created  time.Time
	Scale    string // of a scale model, such as "1:1000"; "" for a real image
	Layers   []Layer
	Partial  bool // not all layers were read
	// Tree, Ledger and Graph are nil while no layer is read. The Graph holds the
	// installed Python distributions, so that Frees works without a lock.
	Tree   *layer.Tree
	Ledger *attribution.Ledger
	Graph  *depgraph.Graph

	owners []byte // as they were saved, for a build that is saved again without its files
}

// A Layer is one layer of an image with what it brought.
type Layer struct {
	oci.Layer
	Download bytesize.Amount // compressed blob
	Read     bool            // the figures below are known
	Listed   bool            // from a table of contents: Uncompressed is not known, and nothing proves the rest
	Err      error           // why the layer could not be read
	// Uncompressed is the tar stream, Content the regular files of all
	// entries; Kept + Waste = Content.
	Uncompressed, Content, Kept, Waste bytesize.Size
	Files                              int
	Index                              *layer.Index
}

// A Warning is something odd that did not stop the analysis. One with a Fix is a
// finding about a file: then it tells the bytes at stake, too.
type Warning struct {
	Code string // stable
	Text string // one sentence
	File string // "" if it is about no file
	Line int    // 0 if it is about no line
	// Fix is what to do, "" where there is nothing that one could do.
	Fix string `json:",omitempty"`
	// Bytes are at stake: of downloads, for the target. Stake says in words which.
	Bytes bytesize.Amount `json:"-"`
	Stake string          `json:",omitempty"`
}

// Progress is how far an analysis is.
type Progress struct {
	What  string // such as "Reading layers"
	Done  int64  // bytes
	Total int64  // bytes; 0 when nobody knows
}

// LayersRead returns how many layers of the image were read.
func (img *Image) LayersRead() int {
	n := 0
	for _, l := range img.Layers {
		if l.Read {
			n++
		}
	}
	return n
}

// Graph returns who needs whom: by the requirements if there are any, else by
// what is installed in the image. nil if neither is known.
func (b *Build) Graph() *depgraph.Graph {
	switch {
	case b == nil:
		return nil
	case b.Deps != nil:
		return b.Deps.Graph
	case b.Image != nil:
		return b.Image.Graph
	}
	return nil
}

// Ledger returns who owns the bytes of the image, nil if that is not known.
func (b *Build) Ledger() *attribution.Ledger {
	if b == nil || b.Image == nil {
		return nil
	}
	return b.Image.Ledger
}

// again returns by what the image is opened once more.
func (img *Image) again() string { return cmp.Or(img.Given, img.Reference) }
