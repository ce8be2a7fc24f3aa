package report

import (
	"slices"
	"time"

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
	Built     time.Time       `json:"built,omitzero"`  // when the image was built, as its config has it
	Read      time.Time       `json:"read,omitzero"`   // when these figures were read
	Totals    ImageTotals     `json:"totals"`
	Layers    []LayerJSON     `json:"layers"`
	Packages  []InstalledJSON `json:"packages"`
	Unowned   bytesize.Amount `json:"unowned"`
	Folders   []FolderJSON    `json:"folders"` // the unowned bytes, grouped; they add up to unowned
	Waste     []WasteJSON     `json:"waste"`
	// WasteOwners is the waste by package; it adds up to totals.waste.
	WasteOwners []WasteOwnerJSON `json:"waste_packages"`
	// Duplicates are files of the final file system with the same content, those that
	// one copy would free most first; as many as of waste.
	Duplicates []DuplicateJSON `json:"duplicates"`
	Files      []FileJSON      `json:"files,omitempty"`    // with --files: every file of the final file system
	Insights   []InsightJSON   `json:"insights,omitempty"` // what could go, see weigh insights
	Warnings   []WarningJSON   `json:"warnings"`
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
	Kind     string       `json:"kind"` // python, node, conda, deb, apk, rpm, go or rust
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

// FolderJSON is a folder with unowned files.
type FolderJSON struct {
	Path  string `json:"path"`
	Bytes int64  `json:"bytes"`
	Files int    `json:"files"`
	What  string `json:"what"` // "model weights", "cache", "app" or ""
}

// WasteOwnerJSON is the waste of what a package had. Its kind is "" for the
// waste that no package had.
type WasteOwnerJSON struct {
	Kind      string `json:"kind"`
	Name      string `json:"name"`
	Version   string `json:"version"`
	Installed bool   `json:"installed"` // in the final file system as well
	Bytes     int64  `json:"bytes"`
	Files     int    `json:"files"`
}

// DuplicateJSON is a group of files with the same content.
type DuplicateJSON struct {
	Bytes int64    `json:"bytes"` // that one copy in place of all would free
	Size  int64    `json:"size"`  // of each
	Paths []string `json:"paths"`
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
		Partial: img.Partial, Scale: img.Scale, Built: moment(img.Created), Read: moment(b.Created),
		Totals: imageTotals(img), Layers: make([]LayerJSON, 0, len(img.Layers)),
		Packages: []InstalledJSON{}, Folders: []FolderJSON{}, Waste: []WasteJSON{}, WasteOwners: []WasteOwnerJSON{}, Duplicates: []DuplicateJSON{}, Warnings: warnings(b, problems),
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
	for _, f := range img.Ledger.Folders {
		j.Folders = append(j.Folders, FolderJSON{layer.Printable(f.Path), f.Bytes, f.Files, f.What})
	}
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
	for _, w := range img.Ledger.Waste() {
		j.WasteOwners = append(j.WasteOwners, WasteOwnerJSON{string(w.Kind), layer.Printable(w.Name), layer.Printable(w.Version), w.Installed, w.Bytes, w.Files})
	}
	if img.Scale == "" { // the files of a scale model have made-up contents
		j.Duplicates = duplicates(img.Tree, limit)
	}
	return j
}

// duplicates lists at most limit groups of files with the same content, and
// at most limit paths of each; 0 for all.
func duplicates(t *layer.Tree, limit int) []DuplicateJSON {
	out := []DuplicateJSON{}
	for _, g := range t.Duplicates() {
		if limit > 0 && len(out) == limit {
			break
		}
		d := DuplicateJSON{Bytes: g.Bytes(), Size: g.Size}
		for _, n := range g.Nodes {
			if limit > 0 && len(d.Paths) == limit {
				break
			}
			d.Paths = append(d.Paths, layer.Printable(t.FullPath(n)))
		}
		out = append(out, d)
	}
	return out
}

// downloads sums up what the layers are to download.
func downloads(img *analysis.Image) (t bytesize.Total) {
	for _, l := range img.Layers {
		t.Add(l.Download)
	}
	return t
}

func imageTotals(img *analysis.Image) ImageTotals {
	t := ImageTotals{Layers: len(img.Layers)}
	if down := downloads(img); down.Unknown == 0 {
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
