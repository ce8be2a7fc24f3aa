package report

import (
	"fmt"
	"io"

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

// WarningJSON is something odd that did not stop the analysis.
type WarningJSON struct {
	Code string `json:"code"`
	Text string `json:"text"`
	File string `json:"file,omitempty"`
	Line int    `json:"line,omitempty"`
}

// Image returns what weigh image --json prints. With files, all wasted files
// are listed and all files of the final file system as well.
func Image(b *analysis.Build, files bool) ImageJSON {
	img := b.Image
	j := ImageJSON{
		Schema: "weighline/image@1", Reference: img.Reference, Digest: img.Digest, Platform: img.Platform,
		Partial: img.Partial, Scale: img.Scale,
		Totals: imageTotals(img), Layers: make([]LayerJSON, 0, len(img.Layers)),
		Packages: []InstalledJSON{}, Waste: []WasteJSON{}, Warnings: warnings(b),
	}
	for i, l := range img.Layers {
		j.Layers = append(j.Layers, layerJSON(i, l))
	}
	if img.Tree == nil {
		return j
	}
	for _, p := range img.Ledger.Packages {
		q := InstalledJSON{Kind: string(p.Kind), Name: p.Name, Version: p.Version, Path: layer.Printable(p.Path),
			Unpacked: p.Unpacked, Files: p.Files, Layers: []LayerBytes{}, Requires: append([]string{}, p.Requires...)}
		for _, l := range p.Layers {
			q.Layers = append(q.Layers, LayerBytes{l.Index, l.Bytes})
		}
		j.Packages = append(j.Packages, q)
	}
	j.Unowned = bytesize.Of(img.Ledger.Unowned)
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
	if img.Tree == nil {
		return t
	}
	var uncompressed, content bytesize.Size
	for _, l := range img.Layers {
		uncompressed += l.Uncompressed
		content += l.Content
	}
	files := img.Tree.Totals.Files
	t.Uncompressed, t.Content = bytesize.Of(uncompressed), bytesize.Of(content)
	t.Unpacked, t.Files = bytesize.Of(img.Tree.Totals.Bytes), &files
	t.Waste = bytesize.Of(img.Tree.WasteTotal().Bytes)
	if content > 0 {
		e := float64(img.Tree.Totals.Bytes) / float64(content)
		t.Efficiency = &e
	}
	return t
}

func layerJSON(i int, l analysis.Layer) LayerJSON {
	j := LayerJSON{Index: i, Digest: l.Digest, DiffID: l.DiffID, MediaType: l.MediaType, CreatedBy: layer.Printable(l.CreatedBy), Download: l.Download}
	if l.Read {
		files := l.Files
		j.Uncompressed, j.Content, j.Files = bytesize.Of(l.Uncompressed), bytesize.Of(l.Content), &files
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

func warnings(b *analysis.Build) []WarningJSON {
	out := make([]WarningJSON, 0, len(b.Warnings))
	for _, w := range b.Warnings {
		out = append(out, WarningJSON{w.Code, layer.Printable(w.Text), w.File, w.Line})
	}
	return out
}

// WriteImage prints the image as text: its totals, its layers, its heaviest
// packages and wasted files. Lines are at most width characters long, if width
// is not 0.
func WriteImage(w io.Writer, b *analysis.Build, width int) error {
	img := b.Image
	t := imageTotals(img)
	fmt.Fprintf(w, "%s  %s\n", layer.Printable(img.Reference), img.Platform)
	if img.Scale != "" {
		fmt.Fprintf(w, "Scale model %s: each file stands for a larger one.\n", img.Scale)
	}
	if img.Tree == nil {
		fmt.Fprintf(w, "%d layers, download %s; no layer was read\n\n", t.Layers, t.Download)
	} else {
		fmt.Fprintf(w, "%d layers, download %s, unpacked %s in %d files, waste %s\n", t.Layers, t.Download, t.Unpacked, *t.Files, t.Waste)
		if img.Partial {
			fmt.Fprintf(w, "Partial: %d of %d layers were read; the figures are at least these.\n", readLayers(img), t.Layers)
		}
		fmt.Fprintln(w)
	}
	layers := Table{Columns: []Column{{Title: "LAYER", Right: true}, {Title: "DOWNLOAD", Right: true}, {Title: "UNPACKED", Right: true}, {Title: "KEPT", Right: true}, {Title: "WASTE", Right: true}, {Title: "INSTRUCTION", Min: 20}}}
	for i, l := range img.Layers {
		content, kept, waste, by := "-", "-", "-", l.Instruction
		if l.Read {
			content, kept, waste = l.Content.String(), l.Kept.String(), l.Waste.String()
		}
		if l.Err != nil {
			by = "not read: " + analysis.Explain(l.Err)
		}
		layers.Row(fmt.Sprint(i), l.Download.String(), content, kept, waste, by)
	}
	if err := layers.Write(w, width); err != nil || img.Tree == nil {
		return err
	}
	return writeOwners(w, img, width)
}

func readLayers(img *analysis.Image) int {
	n := 0
	for _, l := range img.Layers {
		if l.Read {
			n++
		}
	}
	return n
}

// top is how many packages and wasted files the text shows; --json has all.
const top = 15

func writeOwners(w io.Writer, img *analysis.Image, width int) error {
	packages := Table{Columns: []Column{{Title: "PACKAGE", Min: 16}, {Title: "VERSION", Min: 8}, {Title: "KIND"}, {Title: "UNPACKED", Right: true}, {Title: "FILES", Right: true}, {Title: "LAYERS", Min: 6}}}
	var rest bytesize.Size
	for i, p := range img.Ledger.Packages {
		if i >= top {
			rest += bytesize.Size(p.Unpacked)
			continue
		}
		in := ""
		for _, l := range p.Layers {
			in += fmt.Sprintf("%d ", l.Index)
		}
		packages.Row(p.Name, p.Version, string(p.Kind), bytesize.Size(p.Unpacked).String(), fmt.Sprint(p.Files), in)
	}
	if n := len(img.Ledger.Packages) - top; n > 0 {
		packages.Row(fmt.Sprintf("and %d more", n), "", "", rest.String(), "", "")
	}
	packages.Row("unowned", "", "", bytesize.Size(img.Ledger.Unowned).String(), "", "")
	fmt.Fprintln(w)
	if err := packages.Write(w, width); err != nil {
		return err
	}
	waste := img.Tree.Waste(top)
	if len(waste) == 0 {
		return nil
	}
	table := Table{Columns: []Column{{Title: "WASTE", Right: true}, {Title: "BROUGHT", Right: true}, {Title: "REMOVED", Right: true}, {Title: "WHY"}, {Title: "FILE", Min: 20}}}
	for _, x := range waste {
		table.Row(bytesize.Size(x.Bytes).String(), fmt.Sprint(x.Layer), fmt.Sprint(x.RemovedBy), x.Why.String(), x.Path)
	}
	fmt.Fprintln(w)
	return table.Write(w, width)
}
