package report

import (
	"slices"

	"weighline/analysis"
	"weighline/analysis/bytesize"
	"weighline/analysis/layer"
)

// maxWaste is how many wasted files a report lists unless all are asked for.
const maxWaste = 100

// ImageJSON is the object that weigh image prints: schema weighline/image@1.
// Sizes are bytes; what is not known, because no layer was read, is null.
type ImageJSON struct {
	Schema    string          `json:"schema"`
	Reference string          `json:"reference"`
	Digest    string          `json:"digest"`
	Platform  string          `json:"platform"`
	Partial   bool            `json:"partial"`
	Scale     string          `json:"scale,omitempty"` // of a scale model such as the sample's images
	Totals    ImageTotals     `json:"totals"`
	Layers    []LayerJSON     `json:"layers"`
	Packages  []InstalledJSON `json:"packages"`
	Unowned   bytesize.Amount `json:"unowned"`
	Waste     []WasteJSON     `json:"waste"`
	Files     []FileJSON      `json:"files,omitempty"` // with --files: every file of the final file system
	Warnings  []WarningJSON   `json:"warnings"`
}

// ImageTotals are the sums of an image.
type ImageTotals struct {
	Layers       int             `json:"layers"`
	Download     bytesize.Amount `json:"download"`     // compressed blobs
	Uncompressed bytesize.Amount `json:"uncompressed"` // tar streams
	Content      bytesize.Amount `json:"content"`      // regular files of all entries
	Unpacked     bytesize.Amount `json:"unpacked"`     // regular-file inodes of the final file system
	Files        *int            `json:"files"`        // how many of those
	Waste        bytesize.Amount `json:"waste"`
	Efficiency   *float64        `json:"efficiency"` // unpacked / content
}

// LayerJSON is one layer.
type LayerJSON struct {
	Index        int             `json:"index"`
	Digest       string          `json:"digest"`
	DiffID       string          `json:"diff_id"`
	MediaType    string          `json:"media_type"`
	Compression  string          `json:"compression"` // gzip, zstd, none; "" if unknown
	CreatedBy    string          `json:"created_by"`
	Download     bytesize.Amount `json:"download"`
	Uncompressed bytesize.Amount `json:"uncompressed"`
	Content      bytesize.Amount `json:"content"`
	Files        *int            `json:"files"`
	Kept         bytesize.Amount `json:"kept"`
	Waste        bytesize.Amount `json:"waste"`
	Error        string          `json:"error,omitempty"` // why it could not be read
}

// InstalledJSON is a package that is installed in an image.
type InstalledJSON struct {
	Kind     string       `json:"kind"` // python, deb, apk, rpm or node
	Name     string       `json:"name"`
	Version  string       `json:"version"`
	Path     string       `json:"path"`
	Unpacked int64        `json:"unpacked"`
	Pyc      int64        `json:"pyc"` // bytes of unpacked that are bytecode of its modules
	Files    int          `json:"files"`
	Layers   []LayerBytes `json:"layers"`
	Requires []string     `json:"requires"`
}

// LayerBytes is how much of something a layer brought.
type LayerBytes struct {
	Index int   `json:"index"`
	Bytes int64 `json:"bytes"`
}

// WasteJSON is a file that a layer brought and that is gone in the end.
type WasteJSON struct {
	Path      string `json:"path"`
	Bytes     int64  `json:"bytes"`
	Layer     int    `json:"layer"`
	RemovedBy int    `json:"removed_by"`
	Why       string `json:"why"`
}

// FileJSON is a file of the final file system.
type FileJSON struct {
	Path  string `json:"path"`
	Bytes int64  `json:"bytes"`
	Layer int    `json:"layer"`
}

// Image returns what weigh image --json prints. With files, all wasted files
// are listed and all files of the final file system as well. problems are the
// errors of what could not be read.
func Image(b *analysis.Build, files bool, problems error) ImageJSON {
	img := b.Image
	j := ImageJSON{
		Schema: "weighline/image@1", Reference: img.Reference, Digest: img.Digest, Platform: img.Platform,
		Partial: img.Partial, Scale: img.Scale,
		Totals: imageTotals(img), Layers: make([]LayerJSON, 0, len(img.Layers)),
		Packages: []InstalledJSON{}, Waste: []WasteJSON{}, Warnings: warnings(b, problems),
	}
	for i, l := range img.Layers {
		j.Layers = append(j.Layers, layerJSON(i, l))
	}
	if img.Ledger == nil {
		return j
	}
	for _, p := range img.Ledger.Packages {
		q := InstalledJSON{Kind: string(p.Kind), Name: layer.Printable(p.Name), Version: layer.Printable(p.Version), Path: layer.Printable(p.Path),
			Unpacked: p.Unpacked, Pyc: p.Pyc, Files: p.Files, Layers: []LayerBytes{}, Requires: []string{}}
		for _, r := range p.Requires {
			q.Requires = append(q.Requires, layer.Printable(r))
		}
		for _, l := range p.Layers {
			q.Layers = append(q.Layers, LayerBytes{l.Index, l.Bytes})
		}
		j.Packages = append(j.Packages, q)
	}
	j.Unowned = bytesize.Of(img.Ledger.Unowned)
	if img.Tree == nil {
		return j
	}
	limit := maxWaste
	if files {
		limit = 0
		j.Files = fileList(img.Tree)
	}
	for _, w := range img.Tree.Waste(limit) {
		j.Waste = append(j.Waste, WasteJSON{layer.Printable(w.Path), w.Bytes, w.Layer, w.RemovedBy, w.Why.String()})
	}
	return j
}

func imageTotals(img *analysis.Image) ImageTotals {
	t := ImageTotals{Layers: len(img.Layers)}
	var down bytesize.Total
	for _, l := range img.Layers {
		down.Add(l.Download)
	}
	if down.Unknown == 0 {
		t.Download = bytesize.Of(down.Size)
	}
	if img.Ledger == nil {
		return t
	}
	var uncompressed, content, waste bytesize.Size
	for _, l := range img.Layers {
		uncompressed += l.Uncompressed
		content += l.Content
		waste += l.Waste
	}
	files := img.Ledger.Files
	t.Content, t.Waste = bytesize.Of(content), bytesize.Of(waste)
	if !slices.ContainsFunc(img.Layers, func(l analysis.Layer) bool { return l.Listed }) {
		t.Uncompressed = bytesize.Of(uncompressed)
	}
	t.Unpacked, t.Files = bytesize.Of(img.Ledger.Unpacked), &files
	if content > 0 {
		e := float64(img.Ledger.Unpacked) / float64(content)
		t.Efficiency = &e
	}
	return t
}

func layerJSON(i int, l analysis.Layer) LayerJSON {
	j := LayerJSON{Index: i, Digest: l.Digest, DiffID: l.DiffID, MediaType: l.MediaType, Compression: l.Compression, CreatedBy: layer.Printable(l.CreatedBy), Download: l.Download}
	if l.Read {
		files := l.Files
		j.Content, j.Files = bytesize.Of(l.Content), &files
		if !l.Listed {
			j.Uncompressed = bytesize.Of(l.Uncompressed)
		}
		j.Kept, j.Waste = bytesize.Of(l.Kept), bytesize.Of(l.Waste)
	}
	if l.Err != nil {
		j.Error = layer.Printable(analysis.Explain(l.Err))
	}
	return j
}

func fileList(t *layer.Tree) []FileJSON {
	var out []FileJSON
	for n := range layer.Node(t.Len()) {
		if t.Kind(n) == layer.File && !t.Secondary(n) {
			out = append(out, FileJSON{layer.Printable(t.FullPath(n)), t.Size(n), t.LayerOf(n)})
		}
	}
	return out
}
