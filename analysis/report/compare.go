package report

import (
	"time"

	"weighline/analysis"
	"weighline/analysis/bytesize"
	"weighline/analysis/layer"
)

// maxFiles is how many changed files a comparison lists.
const maxFiles = 100

// CompareJSON is the object that weigh compare prints: schema
// weighline/compare@1.
type CompareJSON struct {
	Schema string   `json:"schema"`
	A      SideJSON `json:"a"`
	B      SideJSON `json:"b"`
	// Identical tells that both have the same layers, of which none is read but from
	// the library if they are one image: no file differs even where the figures are
	// unknown.
	Identical bool `json:"identical"`
	// PythonOnly tells that requirements are compared with an image, of which only the
	// Python packages count: totals, too.
	PythonOnly bool                `json:"python_only,omitempty"`
	Totals     CompareTotals       `json:"totals"`
	Layers     LayerChangesJSON    `json:"layers"`
	Packages   []PackageChangeJSON `json:"packages"` // the largest differences first
	Files      *FileChangesJSON    `json:"files"`    // null unless two images were read
	// Insights are null where they cannot be compared, as one of the two keeps no
	// files.
	Insights *InsightChangesJSON `json:"insights"`
	Warnings []WarningJSON       `json:"warnings"`
}

// SideJSON names one of the two.
type SideJSON struct {
	Reference string `json:"reference"`
	Digest    string `json:"digest"`
	Platform  string `json:"platform,omitempty"`
	Partial   bool   `json:"partial,omitempty"`
	Scale     string `json:"scale,omitempty"`
	// When the image was built and the figures were read; what those of requirements
	// are from.
	Built     time.Time `json:"built,omitzero"`
	Read      time.Time `json:"read,omitzero"`
	Catalogue string    `json:"catalogue,omitempty"`
}

// CompareTotals are the sums of the two and B less A.
type CompareTotals struct {
	Download DeltaJSON  `json:"download"`
	Unpacked DeltaJSON  `json:"unpacked"`
	Unowned  DeltaJSON  `json:"unowned"`  // of unpacked, what no package claims; null unless two images were read
	Packages CountDelta `json:"packages"` // null where no layer is read
	Layers   CountDelta `json:"layers"`
}

// DeltaJSON is a sum of sizes; Unknown counts the sizes that are missing.
type DeltaJSON struct {
	A       bytesize.Amount `json:"a"`
	B       bytesize.Amount `json:"b"`
	Delta   bytesize.Amount `json:"delta"`           // null where sizes are missing that may make it larger or smaller
	Known   *bytesize.Size  `json:"known,omitempty"` // of a delta that is null or misses sizes, what is known of it
	Unknown struct {
		A int `json:"a"`
		B int `json:"b"`
	} `json:"unknown"`
}

// CountDelta is a number of things, null where nobody knows.
type CountDelta struct {
	A     *int `json:"a"`
	B     *int `json:"b"`
	Delta *int `json:"delta"`
}

// countDelta takes numbers below 0 for unknown ones.
func countDelta(n [2]int) (c CountDelta) {
	a, b, delta := n[0], n[1], n[1]-n[0]
	if a >= 0 {
		c.A = &a
	}
	if b >= 0 {
		c.B = &b
	}
	if a >= 0 && b >= 0 {
		c.Delta = &delta
	}
	return c
}

// PackageChangeJSON is what became of a package.
type PackageChangeJSON struct {
	Kind   string `json:"kind"`
	Name   string `json:"name"`
	Change string `json:"change"` // added, removed, changed or same
	// Moved tells that another layer brings it than the one that took the place
	// of the old layer.
	Moved   bool            `json:"moved,omitempty"`
	Renamed string          `json:"renamed,omitempty"` // what it is called in the other one
	A       *PackageSide    `json:"a"`
	B       *PackageSide    `json:"b"`
	Delta   bytesize.Amount `json:"delta"` // of the unpacked bytes
	// DeltaDownload is null in images.
	DeltaDownload bytesize.Amount `json:"delta_download"`
}

// PackageSide is a package in one of the two.
type PackageSide struct {
	Version  string          `json:"version"`
	Unpacked bytesize.Amount `json:"unpacked"`
	Download bytesize.Amount `json:"download"` // null in an image
	Path     string          `json:"path,omitempty"`
	Layer    *int            `json:"layer,omitempty"` // of the image, the one with most of its bytes
}

// FileChangesJSON tells which regular files differ, by content and mode.
type FileChangesJSON struct {
	Added   int              `json:"added"`
	Removed int              `json:"removed"`
	Changed int              `json:"changed"`
	Modes   int              `json:"modes"` // of changed, those with the same content
	Top     []FileChangeJSON `json:"top"`   // the largest differences first
}

// FileChangeJSON is what became of a file.
type FileChangeJSON struct {
	Path  string `json:"path"`
	A     *int64 `json:"a"`
	B     *int64 `json:"b"`
	Delta int64  `json:"delta"`
	Mode  bool   `json:"mode,omitempty"` // only the permissions differ
}

// CompareOptions say what of a comparison is listed. The zero value is good.
type CompareOptions struct {
	// MinChange hides packages and files that changed by fewer bytes. Totals
	// stay what they are.
	MinChange bytesize.Size
	// NameA and NameB are what the two are called, if not by what they are of.
	NameA, NameB string
	// Insights are those of the comparison, nil if nobody looked.
	Insights *analysis.InsightChanges
	// Names are those of the builds of a timeline, "" for what they are of.
	Names []string
}

func (o CompareOptions) hides(delta bytesize.Amount) bool {
	return o.MinChange > 0 && delta.Basis != bytesize.Unknown && max(delta.Size, -delta.Size) < o.MinChange
}

// Compare returns what weigh compare --json prints.
func Compare(c *analysis.Comparison, o CompareOptions, problems error) CompareJSON {
	j := CompareJSON{
		Schema: "weighline/compare@1", A: sideJSON(c.A, o.NameA), B: sideJSON(c.B, o.NameB), Identical: c.Identical, PythonOnly: c.PythonOnly(), Totals: compareTotals(c),
		Layers:   LayerChangesJSON{append([]string{}, c.Layers.Shared...), append([]string{}, c.Layers.OnlyA...), append([]string{}, c.Layers.OnlyB...), c.Layers.Pull, layerRows(c)},
		Packages: []PackageChangeJSON{}, Files: fileChanges(c.Files, o), Insights: insightChanges(o.Insights),
		Warnings: append(warnings(c.A, problems), warnings(c.B, nil)...),
	}
	for _, x := range c.Changes {
		if !o.hides(c.Weight(&x)) {
			j.Packages = append(j.Packages, PackageChangeJSON{string(x.Kind), layer.Printable(x.Name), x.Change, x.Moved, layer.Printable(x.Renamed),
				packageSide(x.A), packageSide(x.B), x.Delta, x.DeltaDownload})
		}
	}
	return j
}

// moment returns t as JSON has it: in UTC, to the second.
func moment(t time.Time) time.Time { return t.UTC().Truncate(time.Second) }

func sideJSON(b *analysis.Build, name string) SideJSON {
	s := SideJSON{Reference: name, Read: moment(b.Created)}
	if b.Deps != nil {
		s.Catalogue = b.Deps.Catalogue
	}
	if img := b.Image; img != nil {
		s.Digest, s.Platform, s.Partial, s.Scale, s.Built = img.Digest, img.Platform, img.Partial, img.Scale, moment(img.Created)
	}
	if name == "" {
		s.Reference = referenceOf(b)
	}
	s.Reference = layer.Printable(s.Reference)
	return s
}

// referenceOf returns what b was opened from.
func referenceOf(b *analysis.Build) string {
	if b.Image != nil {
		return b.Image.Reference
	}
	return titleOf(b)
}

func compareTotals(c *analysis.Comparison) CompareTotals {
	layers := [2]int{-1, -1}
	for i, b := range []*analysis.Build{c.A, c.B} {
		if b.Image != nil {
			layers[i] = len(b.Image.Layers)
		}
	}
	t := CompareTotals{Download: deltaJSON(c, c.Download), Unpacked: deltaJSON(c, c.Unpacked), Unowned: deltaJSON(c, c.Unowned),
		Packages: countDelta(c.Packages), Layers: countDelta(layers)}
	if c.Identical {
		t.Packages.Delta = new(int)
	}
	return t
}

func deltaJSON(c *analysis.Comparison, t analysis.Totals) DeltaJSON {
	some := func(x bytesize.Total) bytesize.Amount {
		if x.Size == 0 && x.Unknown > 0 {
			return bytesize.Amount{}
		}
		return atLeast(x, -1)
	}
	d := DeltaJSON{A: some(t.A), B: some(t.B), Delta: c.Delta(t)}
	d.Unknown.A, d.Unknown.B = t.A.Unknown, t.B.Unknown
	if more, less := t.Missing(); more+less > 0 && t.A.Size > 0 && t.B.Size > 0 {
		known := t.Known()
		d.Known = &known
	}
	return d
}

func packageSide(s *analysis.PackageSide) *PackageSide {
	if s == nil {
		return nil
	}
	p := &PackageSide{Version: layer.Printable(s.Version), Unpacked: s.Unpacked, Download: s.Download, Path: layer.Printable(s.Path)}
	if s.Layer >= 0 {
		p.Layer = &s.Layer
	}
	return p
}

func fileChanges(f *analysis.FileChanges, o CompareOptions) *FileChangesJSON {
	if f == nil {
		return nil
	}
	j := &FileChangesJSON{f.Added, f.Removed, f.Changed, f.Modes, []FileChangeJSON{}}
	for _, x := range f.List {
		if len(j.Top) == maxFiles || o.hides(bytesize.Of(x.Delta)) {
			break // the list goes down
		}
		j.Top = append(j.Top, FileChangeJSON{layer.Printable(x.Path), x.A, x.B, x.Delta, x.Mode})
	}
	return j
}
