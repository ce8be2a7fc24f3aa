package report

import (
	"fmt"
	"io"

	"weighline/analysis"
	"weighline/analysis/bytesize"
)

// WriteCompare prints what became of A when it turned into B: totals, layers,
// the packages and files that changed most. Lines are at most width characters
// long, if width is not 0.
func WriteCompare(w io.Writer, c *analysis.Comparison, o CompareOptions, width int) error {
	a, b := sideJSON(c.A, o.NameA), sideJSON(c.B, o.NameB)
	writeWrapped(w, "A: "+nameSide(a), width)
	writeWrapped(w, "B: "+nameSide(b), width)
	if a.Scale != "" || b.Scale != "" {
		fmt.Fprintln(w, "Scale models: each file stands for a larger one.")
	}
	if c.Identical {
		fmt.Fprintln(w, identical(c))
	}
	if c.PythonOnly() {
		writeWrapped(w, pythonOnly, width)
	}
	if text := uncompressed(c); text != "" {
		writeWrapped(w, text, width)
	}
	fmt.Fprintln(w)
	if err := writeCompareTotals(w, c, width); err != nil {
		return err
	}
	if c.A.Image != nil && c.B.Image != nil {
		fmt.Fprintln(w)
		writeWrapped(w, fmt.Sprintf("Layers: %d shared, %d only in A, %d only in B. A host that has A pulls %s for B.",
			len(c.Layers.Shared), len(c.Layers.OnlyA), len(c.Layers.OnlyB), c.Layers.Pull), width)
		if err := writeLayerChanges(w, c, width); err != nil {
			return err
		}
	}
	if err := writePackageChanges(w, c, o, width); err != nil {
		return err
	}
	if err := writeInsightChanges(w, o.Insights, o, width); err != nil || c.Files == nil {
		return err
	}
	return writeFileChanges(w, c.Files, o, width)
}

// uncompressed says whose downloads are no downloads, "" for nobody's.
func uncompressed(c *analysis.Comparison) string {
	a, b := c.A.Image != nil && c.A.Image.Uncompressed(), c.B.Image != nil && c.B.Image.Uncompressed()
	switch {
	case a && b:
		return "The layers of both are stored uncompressed where they were read: a registry would send less than the downloads say."
	case a:
		return "The layers of A are stored uncompressed where they were read, so that the downloads cannot be compared: a registry would send less for A."
	case b:
		return "The layers of B are stored uncompressed where they were read, so that the downloads cannot be compared: a registry would send less for B."
	}
	return ""
}

// pythonOnly says what of an image is compared with requirements.
const pythonOnly = "Of the image only the Python packages count, as requirements name no others."

// identical says in which way two images are the same.
func identical(c *analysis.Comparison) string {
	if c.SameImage() {
		return "A and B are the same image."
	}
	return "A and B have the same layers."
}

func nameSide(s SideJSON) string {
	text := s.Reference
	if s.Platform != "" {
		text += "  " + s.Platform
	}
	if s.Partial {
		text += "  (partial: not all layers were read)"
	}
	return text
}

func writeCompareTotals(w io.Writer, c *analysis.Comparison, width int) error {
	j := compareTotals(c)
	t := Table{Columns: []Column{{Title: "", Min: 8}, {Title: "A", Right: true}, {Title: "B", Right: true}, {Title: "DIFFERENCE", Right: true}}}
	row := func(name string, x analysis.Totals) {
		t.Row(name, x.A.String(), x.B.String(), totalsDelta(c, x))
	}
	row("Download", c.Download)
	row("Unpacked", c.Unpacked)
	t.Row("Packages", number(j.Packages.A), number(j.Packages.B), deltaNumber(j.Packages.Delta))
	if c.A.Image != nil && c.B.Image != nil {
		t.Row("Layers", number(j.Layers.A), number(j.Layers.B), deltaNumber(j.Layers.Delta))
	}
	return t.Write(w, width)
}

// totalsDelta returns the difference of two sums and, where the first one is known,
// how large a part of it that is.
func totalsDelta(c *analysis.Comparison, t analysis.Totals) string {
	d := c.Delta(t)
	switch {
	case c.Identical && t.A == t.B:
		return d.String()
	case d.Basis == bytesize.Unknown && (t.A.Size == 0 || t.B.Size == 0 || t.Known() == 0):
		return "unknown"
	case d.Basis == bytesize.Unknown:
		return "unknown (" + t.Known().Delta() + " of known sizes)"
	case t.A.Unknown > 0:
		return bound(t) + d.Size.Delta()
	}
	return bound(t) + change(t.A.Size, t.A.Size+d.Size)
}

// bound returns the sign before a difference of sums that miss sizes or hold
// estimates.
func bound(t analysis.Totals) string {
	more, less := t.Missing()
	switch {
	case more > 0 && less == 0:
		return "≥ "
	case less > 0 && more == 0:
		return "≤ "
	case t.Delta().Basis == bytesize.Estimated:
		return "≈ "
	}
	return ""
}

func number(n *int) string {
	if n == nil {
		return "unknown"
	}
	return fmt.Sprint(*n)
}

func deltaNumber(n *int) string {
	if n == nil {
		return "unknown"
	}
	return delta(*n)
}

// writeLayerChanges prints the layers that are not shared side by side.
func writeLayerChanges(w io.Writer, c *analysis.Comparison, width int) error {
	t := Table{Columns: []Column{{Title: "A", Right: true}, {Title: "B", Right: true}, {Title: "CONTENT A", Right: true, Spare: 2}, {Title: "CONTENT B", Right: true, Spare: 1},
		{Title: "DIFFERENCE", Right: true}, {Title: "LAYER"}, {Title: "INSTRUCTION", Min: 20}}}
	rows := 0
	for _, r := range layerRows(c) {
		if r.Match == string(analysis.Shared) {
			continue
		}
		rows++
		na, ca := layerCells(r.A)
		nb, cb := layerCells(r.B)
		t.Row(na, nb, ca, cb, deltaText(r.Delta.Content), r.word(), r.instruction())
	}
	if rows == 0 {
		return nil
	}
	fmt.Fprintln(w)
	return t.Write(w, width)
}

// layerCells returns the number of a layer and its content.
func layerCells(s *LayerSide) (number, content string) {
	if s == nil {
		return "-", "-"
	}
	return fmt.Sprint(s.Index), s.Content.String()
}

func deltaText(d bytesize.Amount) string {
	switch d.Basis {
	case bytesize.Known:
		return d.Size.Delta()
	case bytesize.Estimated:
		return "≈ " + d.Size.Delta()
	}
	return "unknown"
}

func writeFileChanges(w io.Writer, f *analysis.FileChanges, o CompareOptions, width int) error {
	text := fmt.Sprintf("Files: %d added, %d removed, %d changed", f.Added, f.Removed, f.Changed)
	if f.Modes > 0 {
		text += fmt.Sprintf(" (%d of them only in mode)", f.Modes)
	}
	fmt.Fprintln(w)
	writeWrapped(w, text, width)
	t := Table{Columns: []Column{{Title: "DIFFERENCE", Right: true}, {Title: "A", Right: true}, {Title: "B", Right: true}, {Title: "FILE", Min: 20, Tail: true}}}
	rows := 0
	for _, x := range f.List {
		if rows == top || o.hides(bytesize.Of(x.Delta)) {
			break
		}
		rows++
		diff := bytesize.Size(x.Delta).Delta()
		switch {
		case x.Mode:
			diff = "mode"
		case x.A != nil && x.B != nil && x.Delta == 0:
			diff = "content"
		}
		t.Row(diff, fileSize(x.A), fileSize(x.B), x.Path)
	}
	if rows == 0 {
		return nil
	}
	if err := t.Write(w, width); err != nil {
		return err
	}
	if n := len(f.List) - rows; n > 0 {
		fmt.Fprintf(w, "and %d that changed less\n", n)
	}
	return nil
}

func fileSize(n *int64) string {
	if n == nil {
		return "-"
	}
	return bytesize.Size(*n).String()
}
