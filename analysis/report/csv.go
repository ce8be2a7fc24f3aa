package report

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"

	"weighline/analysis"
	"weighline/analysis/attribution"
	"weighline/analysis/bytesize"
	"weighline/analysis/layer"
	"weighline/analysis/plan"
)

// A sheet writes rows for a spreadsheet (RFC 4180).
type sheet struct{ w *csv.Writer }

// row writes texts, which no spreadsheet takes for a formula.
func (s sheet) row(cells ...any) {
	out := make([]string, len(cells))
	for i, c := range cells {
		switch c := c.(type) {
		case string:
			out[i] = harmless(layer.Printable(c))
		case int:
			out[i] = strconv.Itoa(c)
		case int64:
			out[i] = strconv.FormatInt(c, 10)
		case bytesize.Amount:
			if c.Basis != bytesize.Unknown {
				out[i] = strconv.FormatInt(int64(c.Size), 10)
			}
		}
	}
	_ = s.w.Write(out) // Flush tells
}

// harmless keeps a spreadsheet from running a text: one that begins as a formula
// does gets an apostrophe in front (OWASP, "CSV Injection").
func harmless(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r\n|%", rune(s[0])) && s != "-" {
		return "'" + s
	}
	return s
}

func (s sheet) done() error {
	s.w.Flush()
	return s.w.Error()
}

// WriteBuildCSV writes the packages and layers of b, one a row. Sizes are bytes;
// one that nobody knows is an empty cell.
func WriteBuildCSV(w io.Writer, b *analysis.Build, v plan.Preview) error {
	s := sheet{csv.NewWriter(w)}
	s.row("what", "kind", "name", "version", "download", "unpacked", "unpacked_basis", "files", "layer", "plan")
	if b.Deps != nil && v.Removal != nil {
		g := v.Removal.Graph()
		for _, i := range heaviest(g) {
			n := g.Nodes()[i]
			s.row("requirement", "python", string(n.Name), n.Version, n.Download, n.Unpacked, basis(n.Unpacked), "", "", status(v.Removal, i))
		}
	}
	if b.Image == nil {
		return s.done()
	}
	if l := b.Image.Ledger; l != nil {
		for _, i := range heaviestFirst(l.Packages, func(p *attribution.Package) bytesize.Size { return bytesize.Size(p.Unpacked) }) {
			p := l.Packages[i]
			goes := ""
			if p.Kind == attribution.Python && frees(v, p.Name) {
				goes = "goes"
			}
			s.row("package", string(p.Kind), p.Name, p.Version, "", p.Unpacked, "files", p.Files, layersOf(p), goes)
		}
		s.row("unowned", "", "", "", "", l.Unowned, "files", "", "", "")
	}
	for i, l := range b.Image.Layers {
		j := layerJSON(i, l)
		s.row("layer", j.Compression, l.Instruction, l.ID(), l.Download, j.Content, "files", count0(j.Files), i, "")
	}
	return s.done()
}

func count0(n *int) any {
	if n == nil {
		return ""
	}
	return *n
}

// WriteCompareCSV writes what differs, one package, layer or file a row. Sizes are
// bytes; one that nobody knows is an empty cell.
func WriteCompareCSV(w io.Writer, c *analysis.Comparison, o CompareOptions) error {
	s := sheet{csv.NewWriter(w)}
	s.row("what", "kind", "name", "change", "version_a", "version_b", "unpacked_a", "unpacked_b", "unpacked_delta", "download_a", "download_b", "download_delta")
	total := compareTotals(c)
	s.row("total", "", "", "", "", "", total.Unpacked.A, total.Unpacked.B, total.Unpacked.Delta, total.Download.A, total.Download.B, total.Download.Delta)
	if u := total.Unowned; u.A.Basis != bytesize.Unknown && u.B.Basis != bytesize.Unknown {
		s.row("unowned", "", "", "", "", "", u.A, u.B, u.Delta, "", "", "")
	}
	for _, x := range c.Changes {
		if o.hides(c.Weight(&x)) {
			continue
		}
		var a, b analysis.PackageSide
		if x.A != nil {
			a = *x.A
		}
		if x.B != nil {
			b = *x.B
		}
		s.row("package", string(x.Kind), x.Name, changeText(&x), a.Version, b.Version, a.Unpacked, b.Unpacked, x.Delta, a.Download, b.Download, x.DeltaDownload)
	}
	for _, r := range layerRows(c) {
		var a, b LayerSide
		if r.A != nil {
			a = *r.A
		}
		if r.B != nil {
			b = *r.B
		}
		s.row("layer", "", r.instruction(), r.word(), a.DiffID, b.DiffID, a.Content, b.Content, r.Delta.Content, a.Download, b.Download, r.Delta.Download)
	}
	if c.Files == nil {
		return s.done()
	}
	for _, x := range c.Files.List {
		if o.hides(bytesize.Of(x.Delta)) {
			break
		}
		s.row("file", "", x.Path, fileChange(x), "", "", optional(x.A), optional(x.B), x.Delta, "", "", "")
	}
	return s.done()
}

func optional(n *int64) bytesize.Amount {
	if n == nil {
		return bytesize.Amount{}
	}
	return bytesize.Of(*n)
}
