package analysis

import (
	"cmp"
	"slices"

	"weighline/analysis/attribution"
	"weighline/analysis/bytesize"
)

// A Comparison is what became of build A when it turned into build B.
type Comparison struct {
	A, B *Build
	// Identical tells that A and B have the same layers: no file differs, even where
	// it is not known what there is, as no layer was read. Their blobs may be
	// compressed in other ways.
	Identical bool
	// ByGraph tells that packages and sizes are those of the graphs of the two
	// builds, as at least one of them has no image to compare.
	ByGraph            bool
	Download, Unpacked Totals
	// Unowned are the bytes of images that no package claims, which change, too:
	// unknown where packages and sizes are those of graphs.
	Unowned  Totals
	Packages [2]int          // -1 for an image no layer of which is read
	Changes  []PackageChange // the largest differences first, what is the same last
	Layers   LayerChanges    // of the images, if both have one
	Files    *FileChanges    // nil unless the files of both images are at hand
}

// Delta returns how much t grew: what [Totals.Delta] says, and nothing where A and
// B have the same layers, as far as they are known.
func (c *Comparison) Delta(t Totals) bytesize.Amount {
	if c.Identical && t.A == t.B {
		return bytesize.Of(0)
	}
	return t.Delta()
}

// A PackageChange is what became of one package. Change is one of
// [attribution.Added], Removed, Changed and Same.
type PackageChange struct {
	Kind   attribution.Kind
	Name   string
	Change string
	// Moved tells that another layer brings it: not the one that stands beside
	// the old one in [LayerChanges.Pairs]. Of several layers the one with most of
	// its bytes counts.
	Moved bool
	// Renamed is what a removed package is called in B, or an added one was in A:
	// more than half of the bytes of both are the same files.
	Renamed string
	A, B    *PackageSide    // nil where the package is not there
	Delta   bytesize.Amount // unpacked bytes of B less those of A; unknown if one of the two is
	// DeltaDownload is the same for the bytes on the wire, unknown for images.
	DeltaDownload bytesize.Amount
}

// A PackageSide is a package in one of the two builds.
type PackageSide struct {
	Version            string
	Path               string          // in the image, "" in a graph
	Download, Unpacked bytesize.Amount // Download is unknown in an image
	Layer              int             // of the image, the one with most of its bytes; -1 in a graph
}

// ByDownload reports whether both builds are requirements: then downloads, which
// are exact, tell more than unpacked sizes, which are mostly estimated.
func (c *Comparison) ByDownload() bool { return c.ByGraph && c.A.Deps != nil && c.B.Deps != nil }

// Weight returns how many bytes x makes of what the builds are compared by.
func (c *Comparison) Weight(x *PackageChange) bytesize.Amount {
	if c.ByDownload() {
		return x.DeltaDownload
	}
	return x.Delta
}

// Timeline compares each build with the one before it: what changed at each
// step from the first version to the last.
func Timeline(builds ...*Build) []*Comparison {
	var steps []*Comparison
	for i := 1; i < len(builds); i++ {
		steps = append(steps, Compare(builds[i-1], builds[i]))
	}
	return steps
}

// Compare tells what became of a when it turned into b. The packages of two
// images are compared as they are installed; where one of the builds has no
// image, those of the graphs are.
func Compare(a, b *Build) *Comparison {
	c := &Comparison{A: a, B: b}
	left, right := a.Ledger(), b.Ledger()
	if a.Image != nil && b.Image != nil {
		c.Layers = compareLayers(a.Image, b.Image)
		c.Identical = a.Deps == nil && b.Deps == nil && sameImage(a.Image, b.Image)
	}
	if left == nil || right == nil {
		c.ByGraph = true
		c.Unowned = Totals{A: bytesize.Total{Unknown: 1}, B: bytesize.Total{Unknown: 1}}
		c.compareGraphs(a.Graph(), b.Graph())
		return c
	}
	c.Download, c.Packages = Totals{A: imageDownload(a.Image), B: imageDownload(b.Image)}, [2]int{len(left.Packages), len(right.Packages)}
	c.Unpacked = Totals{A: unpacked(a.Image), B: unpacked(b.Image)}
	c.Unowned = Totals{A: unowned(a.Image), B: unowned(b.Image)}
	for _, x := range attribution.Diff(left, right) {
		c.Changes = append(c.Changes, c.installedChange(&x))
	}
	c.findRenamed()
	c.sort()
	if a.Image.Tree != nil && b.Image.Tree != nil {
		c.Files = compareFiles(a.Image.Tree, b.Image.Tree)
	}
	return c
}

// PythonOnly reports whether requirements are compared with an image: of that only
// the Python packages count, as requirements name no others.
func (c *Comparison) PythonOnly() bool {
	return c.ByGraph && (c.A.Deps == nil) != (c.B.Deps == nil) && c.Packages[0] >= 0 && c.Packages[1] >= 0
}

// SameImage reports whether A and B are one image, by their manifests.
func (c *Comparison) SameImage() bool {
	if !c.Identical || c.A == c.B {
		return c.Identical
	}
	return c.A.Image.Digest != "" && c.A.Image.Digest == c.B.Image.Digest
}

// sameImage reports whether two images are of one manifest, or of the same layers
// in the same order.
func sameImage(a, b *Image) bool {
	if a.Digest != "" && a.Digest == b.Digest {
		return true
	}
	return len(a.Layers) > 0 && slices.EqualFunc(a.Layers, b.Layers, func(x, y Layer) bool {
		return x.DiffID != "" && x.DiffID == y.DiffID
	})
}

func (c *Comparison) installedChange(x *attribution.Change) PackageChange {
	p := PackageChange{Kind: x.Kind, Name: x.Name, Change: x.Change, A: installed(x.A), B: installed(x.B), Delta: bytesize.Of(x.Delta)}
	if p.A != nil && p.B != nil && p.A.Layer >= 0 && p.B.Layer >= 0 && c.Layers.moved(p.A.Layer, p.B.Layer) {
		p.Moved, p.Change = true, attribution.Changed
	}
	return p
}

func installed(s *attribution.Side) *PackageSide {
	if s == nil {
		return nil
	}
	p := &PackageSide{Version: s.Version, Path: s.Path, Unpacked: bytesize.Of(s.Unpacked), Layer: -1}
	var most int64 = -1
	for _, l := range s.Layers {
		if l.Bytes > most {
			p.Layer, most = l.Index, l.Bytes
		}
	}
	return p
}

// unpacked returns the bytes of the final files, and how many layers are
// missing from them.
func unpacked(img *Image) bytesize.Total {
	t := bytesize.Total{Size: bytesize.Size(img.Ledger.Unpacked)}
	for _, l := range img.Layers {
		if !l.Read {
			t.Unknown++
		}
	}
	return t
}

// unowned is the part of [unpacked] that no package claims.
func unowned(img *Image) bytesize.Total {
	t := unpacked(img)
	t.Size = bytesize.Size(img.Ledger.Unowned)
	return t
}

func imageDownload(img *Image) (t bytesize.Total) {
	for _, l := range img.Layers {
		t.Add(l.Download)
	}
	return t
}

// sort puts the largest changes first and what is the same last. What nobody knows
// by how much it changed may have done so by all that it had.
func (c *Comparison) sort() {
	slices.SortStableFunc(c.Changes, func(x, y PackageChange) int {
		return cmp.Or(cmp.Compare(x.order(), y.order()), cmp.Compare(c.weight(&y), c.weight(&x)), cmp.Compare(x.Kind, y.Kind), cmp.Compare(x.Name, y.Name))
	})
}

// weight is how much a change moves.
func (c *Comparison) weight(x *PackageChange) bytesize.Size {
	d := c.Weight(x)
	if d.Basis == bytesize.Unknown {
		return max(c.sizeOf(x.A).Size, c.sizeOf(x.B).Size)
	}
	return max(d.Size, -d.Size)
}

// sizeOf returns what the builds are compared by, of one side.
func (c *Comparison) sizeOf(s *PackageSide) bytesize.Amount {
	switch {
	case s == nil:
		return bytesize.Amount{}
	case c.ByDownload():
		return s.Download
	}
	return s.Unpacked
}

func (x *PackageChange) order() int {
	if x.Change == attribution.Same {
		return 1
	}
	return 0
}
