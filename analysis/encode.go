package analysis

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"time"

	"weighline/analysis/attribution"
	"weighline/analysis/bytesize"
	"weighline/analysis/depgraph"
	"weighline/analysis/evidence"
	"weighline/analysis/layer"
	"weighline/analysis/oci"
	"weighline/analysis/pep"
)

// savedVersion is the version of the form that Encode writes. Decode reads it
// and all before it.
const savedVersion = 1

type savedBuild struct {
	Version          int
	Created          time.Time
	Python, Platform string
	Deps             *savedDeps       `json:",omitempty"`
	Image            *savedImage      `json:",omitempty"`
	Warnings         []savedWarning   `json:",omitempty"`
	Evidence         *evidence.Report `json:",omitempty"`
}

// savedDeps keeps the texts of the files, so that slim files can be written
// from a saved build, and the resolved graph, which is not resolved again.
type savedDeps struct {
	Files, Constraints []string          // what was asked for, in order
	Extras, Groups     []string          `json:",omitempty"`
	Texts              map[string][]byte // of those and all that they include
	Catalogue          string
	Nodes              []savedNode
	Edges              []depgraph.Edge
	Roots              []savedRoot
	Warnings           []depgraph.Warning
}

type savedNode struct {
	depgraph.Node
	Download, Unpacked savedAmount // with their basis, which plain JSON loses
}

type savedWarning struct {
	Warning
	Bytes savedAmount
}

type savedAmount struct {
	Size  bytesize.Size
	Basis bytesize.Basis
}

// amount returns a, unknown if its basis is none that there is.
func (a savedAmount) amount() bytesize.Amount {
	if a.Basis > bytesize.Known {
		return bytesize.Amount{}
	}
	return bytesize.Amount(a)
}

type savedRoot struct {
	Requirement string
	File        string
	Line        int
}

type savedImage struct {
	Reference, Digest, Platform, Scale string
	Created                            time.Time
	Partial                            bool
	Layers                             []savedLayer
	Ledger                             *attribution.Ledger
	Owners                             []byte `json:",omitempty"` // of the files, see attribution.Ledger.Owners
}

type savedLayer struct {
	Digest, DiffID, MediaType, Compression string
	CreatedBy, Instruction                 string
	Size                                   int64
	Download                               savedAmount
	Read, Listed                           bool
	Error                                  string `json:",omitempty"`
	Uncompressed, Content, Kept, Waste     bytesize.Size
	Files                                  int
}

// Encode returns b in the form that [Decode] reads. What an image's layers hold
// is not in it: their indexes are kept by diff ID ([Build.DiffIDs]).
func (b *Build) Encode() ([]byte, error) {
	s := savedBuild{Version: savedVersion, Created: b.Created, Python: b.Target.Python(), Platform: b.Target.Platform(), Evidence: b.Evidence}
	for _, w := range b.Warnings {
		s.Warnings = append(s.Warnings, savedWarning{w, savedAmount(w.Bytes)})
	}
	if b.Deps != nil {
		s.Deps = b.Deps.save()
	}
	if b.Image != nil {
		s.Image = b.Image.save()
	}
	return json.Marshal(s)
}

func (d *Deps) save() *savedDeps {
	s := &savedDeps{Extras: d.Extras, Groups: d.Groups, Texts: map[string][]byte{}, Catalogue: d.Catalogue, Edges: d.Graph.Edges(), Warnings: d.Graph.Warnings()}
	for _, doc := range d.all() {
		for path, text := range doc.Texts() {
			s.Texts[path] = text
		}
	}
	for _, doc := range d.Docs {
		s.Files = append(s.Files, doc.Files[0].Path)
	}
	for _, doc := range d.Constraints {
		s.Constraints = append(s.Constraints, doc.Files[0].Path)
	}
	for _, n := range d.Graph.Nodes() {
		s.Nodes = append(s.Nodes, savedNode{Node: n, Download: savedAmount(n.Download), Unpacked: savedAmount(n.Unpacked)})
	}
	for _, r := range append(d.Graph.Roots(), d.Graph.Skipped()...) {
		s.Roots = append(s.Roots, savedRoot{r.Requirement.String(), r.File, r.Line})
	}
	return s
}

func (img *Image) save() *savedImage {
	s := &savedImage{Reference: img.Reference, Digest: img.Digest, Platform: img.Platform, Scale: img.Scale,
		Created: img.Created, Partial: img.Partial, Ledger: img.Ledger}
	s.Owners = img.owners
	if img.Tree != nil && img.Ledger != nil {
		s.Owners = img.Ledger.Owners()
	}
	for _, l := range img.Layers {
		x := savedLayer{Digest: l.Digest, DiffID: l.DiffID, MediaType: l.MediaType, Compression: l.Compression,
			CreatedBy: l.CreatedBy, Instruction: l.Instruction, Size: l.Size, Download: savedAmount(l.Download), Read: l.Read, Listed: l.Listed,
			Uncompressed: l.Uncompressed, Content: l.Content, Kept: l.Kept, Waste: l.Waste, Files: l.Files}
		if l.Err != nil {
			x.Error = Explain(l.Err)
		}
		s.Layers = append(s.Layers, x)
	}
	return s
}

// DiffIDs returns the layers whose indexes the build needs to show its files.
func (b *Build) DiffIDs() []string {
	if b.Image == nil {
		return nil
	}
	var out []string
	for _, l := range b.Image.Layers {
		if l.Read && l.DiffID != "" {
			out = append(out, l.DiffID)
		}
	}
	return out
}

// Decode returns the build that [Build.Encode] wrote. cache, which may be nil,
// has the indexes of its layers; without them all figures are there, but not
// the files.
func Decode(ctx context.Context, data []byte, cache layer.Cache) (*Build, error) {
	var s savedBuild
	if err := json.Unmarshal(data, &s); err != nil {
		return nil, fmt.Errorf("the saved build is damaged: %w", err)
	}
	switch {
	case s.Version > savedVersion:
		return nil, errors.New("the build was saved by a newer Weighline")
	case s.Deps == nil && s.Image == nil:
		return nil, errors.New("the saved build is damaged: there is nothing in it")
	}
	target, err := pep.ParseTarget(s.Python, s.Platform)
	if err != nil {
		return nil, fmt.Errorf("the saved build is damaged: %w", err)
	}
	b := &Build{Created: s.Created, Target: target, Evidence: s.Evidence}
	for _, w := range s.Warnings {
		w.Warning.Bytes = w.Bytes.amount()
		b.Warnings = append(b.Warnings, w.Warning)
	}
	if s.Deps != nil {
		if b.Deps, err = s.Deps.restore(ctx); err != nil {
			return nil, err
		}
	}
	if s.Image != nil {
		if b.Image, err = s.Image.restore(ctx, cache); err != nil {
			return nil, err
		}
	}
	return b, nil
}

func (s *savedDeps) restore(ctx context.Context) (*Deps, error) {
	o := Options{Texts: s.Texts}
	d := &Deps{Extras: s.Extras, Groups: s.Groups, Catalogue: s.Catalogue}
	for _, name := range append(slices.Clone(s.Files), s.Constraints...) {
		if _, ok := s.Texts[name]; !ok {
			return nil, fmt.Errorf("the saved build is damaged: the text of %s is missing", name)
		}
	}
	// What was wrong with the files was told when the build was made.
	d.Docs, _ = loadAll(ctx, s.Files, o)
	d.Constraints, _ = loadAll(ctx, s.Constraints, o)
	if len(d.Docs) != len(s.Files) || len(d.Constraints) != len(s.Constraints) {
		return nil, errors.New("the saved build is damaged: the texts of its files are missing")
	}
	nodes := make([]depgraph.Node, len(s.Nodes))
	for i, n := range s.Nodes {
		nodes[i] = n.Node
		nodes[i].Download, nodes[i].Unpacked = n.Download.amount(), n.Unpacked.amount()
	}
	roots := make([]depgraph.Root, 0, len(s.Roots))
	for _, r := range s.Roots {
		req, err := pep.ParseRequirement(r.Requirement)
		if err != nil {
			return nil, fmt.Errorf("the saved build is damaged: %w", err)
		}
		roots = append(roots, depgraph.Root{Requirement: req, File: r.File, Line: r.Line})
	}
	d.Graph = depgraph.NewGraph(nodes, s.Edges, roots, s.Warnings...)
	return d, nil
}

// indexes returns what cache has of the layers that were read, and whether that
// is all of it. Unpacking them takes long, so all processors do it.
func (s *savedImage) indexes(ctx context.Context, cache layer.Cache) (indexes []*layer.Index, whole bool) {
	indexes = make([]*layer.Index, len(s.Layers))
	if cache == nil {
		return indexes, false
	}
	var wg sync.WaitGroup
	turn := make(chan struct{}, runtime.GOMAXPROCS(0))
	for i := range s.Layers {
		if !s.Layers[i].Read {
			continue
		}
		turn <- struct{}{}
		wg.Go(func() {
			indexes[i] = s.Layers[i].index(ctx, cache)
			<-turn
		})
	}
	wg.Wait()
	for i := range s.Layers {
		if s.Layers[i].Read && indexes[i] == nil {
			return make([]*layer.Index, len(s.Layers)), false
		}
	}
	return indexes, true
}

// index returns the index of the layer if the cache has it. As when layers are
// read, one that nobody computed the diff ID of is that of its own blob alone.
func (s *savedLayer) index(ctx context.Context, cache layer.Cache) *layer.Index {
	x, err := cache.Index(ctx, s.DiffID)
	if err != nil || x.DiffID != s.DiffID || !x.Proved && (s.Digest == "" || x.Digest != s.Digest) {
		return nil
	}
	return x
}

// check returns an error if the packages lie in layers that there are not.
func (s *savedImage) check() error {
	if s.Ledger == nil {
		return nil
	}
	for _, p := range s.Ledger.Packages {
		for _, b := range p.Layers {
			if b.Index < 0 || b.Index >= len(s.Layers) {
				return fmt.Errorf("the saved build is damaged: a package lies in layer %d of %d", b.Index, len(s.Layers))
			}
		}
	}
	return nil
}

// ledger returns who owns the files of the tree: as it was saved, which takes a
// third of the time, or as they tell themselves.
func (s *savedImage) ledger(ctx context.Context, tree *layer.Tree) (*attribution.Ledger, error) {
	if s.Ledger != nil && len(s.Owners) > 0 {
		if l, err := s.Ledger.WithOwners(tree, s.Owners); err == nil {
			return l, nil
		}
	}
	return attribution.Attribute(ctx, tree, attribution.Options{})
}

func (s *savedImage) restore(ctx context.Context, cache layer.Cache) (*Image, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	img := &Image{Reference: s.Reference, Digest: s.Digest, Platform: s.Platform, Scale: s.Scale,
		Created: s.Created, Partial: s.Partial, Ledger: s.Ledger, owners: s.Owners}
	indexes, whole := s.indexes(ctx, cache)
	for i, x := range s.Layers {
		l := Layer{Layer: oci.Layer{Index: i, Name: x.Digest, Digest: x.Digest, DiffID: x.DiffID, MediaType: x.MediaType,
			Compression: x.Compression, CreatedBy: x.CreatedBy, Instruction: x.Instruction, Size: x.Size},
			Download: x.Download.amount(), Read: x.Read, Listed: x.Listed,
			Uncompressed: x.Uncompressed, Content: x.Content, Kept: x.Kept, Waste: x.Waste, Files: x.Files}
		if x.Error != "" {
			l.Err = errors.New(x.Error)
		}
		l.Index = indexes[i]
		img.Layers = append(img.Layers, l)
	}
	if whole {
		tree, err := layer.Stack(ctx, indexes)
		if err != nil {
			return nil, err
		}
		img.Tree = tree
		if img.Ledger, err = s.ledger(ctx, tree); err != nil {
			return nil, err
		}
	}
	if img.Ledger != nil {
		img.Graph = installedGraph(img)
	}
	return img, nil
}
