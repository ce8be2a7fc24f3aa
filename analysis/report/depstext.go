package report

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"weighline/analysis"
	"weighline/analysis/bytesize"
	"weighline/analysis/depgraph"
	"weighline/analysis/layer"
	"weighline/analysis/pep"
)

// writeDepsHead prints what the graph of b is of, and its total.
func writeDepsHead(w io.Writer, b *analysis.Build, total depgraph.Sum, width int) {
	writeWrapped(w, fmt.Sprintf("%s for %s", titleOf(b), b.Target), width)
	sums := plural(total.Packages, "package") + ", "
	if b.Deps != nil {
		sums += fmt.Sprintf("download %s, ", total.Download)
	}
	writeWrapped(w, sums+fmt.Sprintf("unpacked %s", total.Unpacked), width)
	if line := unknownDownload(total.Download, total.Packages, "package"); line != "" && b.Deps != nil {
		writeWrapped(w, line, width)
	}
}

// WriteDeps prints the packages of b's graph as a table, heaviest first, with
// what goes if one is dropped now besides what r removes already. Lines are at
// most width characters long, if width is not 0. limit is how many packages are
// listed, 0 for all.
func WriteDeps(w io.Writer, b *analysis.Build, r *depgraph.Removal, width, limit int) error {
	g := r.Graph()
	total := g.Total()
	writeDepsHead(w, b, total, width)
	if line := sizesFrom(b); line != "" {
		writeWrapped(w, line, width)
	}
	if names := fromSource(g); len(names) > 0 {
		writeWrapped(w, fmt.Sprintf("Built from source, so what it unpacks to is not known before: %s.", some(names, 5)), width)
	}
	if in := insideOf(g); in.looked > 0 || b.Deps == nil {
		in.write(w, width)
	} else if total.Packages > 0 {
		writeWrapped(w, "What pip adds by compiling is unknown: no wheel was looked into (--index does).", width)
	}
	fmt.Fprintln(w)
	t := Table{Columns: []Column{{Title: "PACKAGE", Min: 16}, {Title: "VERSION", Min: 8}, {Title: "DOWNLOAD", Right: true},
		{Title: "UNPACKED", Right: true}, {Title: "FREES", Right: true}, {Title: "WHY IT IS THERE", Min: 16, Spare: 1}}}
	frees := r.Frees()
	order := heaviest(g)
	for at, i := range order {
		if limit > 0 && at == limit && len(order) > limit+1 {
			rest := sumOf(g, order[at:])
			t.Row(fmt.Sprintf("and %d more", len(order)-at), "", rest.Download.String(), rest.Unpacked.String(), "", "")
			break
		}
		n := g.Nodes()[i]
		t.Row(string(n.Name), n.Version, n.Download.String(), n.Unpacked.String(), freesText(b, frees[i]), why(b, r, i, frees[i]))
	}
	t.Row("total", "", total.Download.String(), total.Unpacked.String(), "", "")
	if b.Deps == nil {
		t.Drop("DOWNLOAD") // an image does not tell
	}
	if err := t.Write(w, width); err != nil {
		return err
	}
	if err := writeSkipped(w, g); err != nil {
		return err
	}
	return writeUnused(w, b, width)
}

// unknownDownload says what t, the sum of what n packages or layers are to download,
// tells where not all of it is known; "" if all is.
func unknownDownload(t bytesize.Total, n int, what string) string {
	switch {
	case t.Unknown == 0:
		return ""
	case t.Unknown == n && n == 1:
		return fmt.Sprintf("The download size of the %s is unknown, so no total can be told.", what)
	case t.Unknown == n:
		return fmt.Sprintf("The download size of none of the %s is known, so no total can be told.", plural(n, what))
	}
	return fmt.Sprintf("The download size of %d of %s is unknown; the total is at least that of the others.", t.Unknown, plural(n, what))
}

// sizesFrom says where versions and sizes come from, and what to think of it
// where no index was asked; "" where there is nothing to say.
func sizesFrom(b *analysis.Build) string {
	if b.Deps == nil || b.Deps.Catalogue == "" {
		return ""
	}
	line := "Versions and sizes from the " + layer.Printable(b.Deps.Catalogue)
	if strings.HasPrefix(b.Deps.Catalogue, "catalogue") {
		line += ", made of real locks; --index asks an index"
	}
	return line + "."
}

// fromSource returns the packages that the roots lead to which have no wheel for
// the target, and an unknown unpacked size therefore.
func fromSource(g *depgraph.Graph) (names []pep.Name) {
	all := g.Without()
	for i, n := range g.Nodes() {
		if all.Kept(i) && n.File != "" && n.Unpacked.Basis == bytesize.Unknown && !strings.HasSuffix(strings.ToLower(n.File), ".whl") {
			names = append(names, n.Name)
		}
	}
	return names
}

// titleOf names what the graph of b is of.
func titleOf(b *analysis.Build) string {
	if b.Deps == nil {
		return "Python packages in " + layer.Printable(b.Image.Reference)
	}
	return strings.Join(filesOf(b.Deps), ", ")
}

// filesOf returns the names of the files that were opened.
func filesOf(d *analysis.Deps) (names []string) {
	for _, doc := range d.Docs {
		names = append(names, layer.Printable(doc.Files[0].Path))
	}
	return names
}

func sumOf(g *depgraph.Graph, places []int) (s depgraph.Sum) {
	for _, i := range places {
		s.Packages++
		s.Download.Add(g.Nodes()[i].Download)
		s.Unpacked.Add(g.Nodes()[i].Unpacked)
	}
	return s
}

// freesText prints what a package frees in what the build is weighed by.
func freesText(b *analysis.Build, s depgraph.Sum) string {
	switch {
	case s.Packages == 0:
		return "0 B"
	case b.Deps == nil:
		return s.Unpacked.String()
	}
	return s.Download.String()
}

// why tells what asks for the i-th package, and what holds it if it frees
// nothing.
func why(b *analysis.Build, r *depgraph.Removal, i int, frees depgraph.Sum) string {
	g := r.Graph()
	name := g.Nodes()[i].Name
	var parts []string
	switch status(r, i) {
	case "dropped":
		parts = append(parts, "dropped")
	case "goes too":
		parts = append(parts, "goes too")
	}
	if held := heldBy(r, i, frees); len(held) > 0 {
		parts = append(parts, "held by "+some(held, 2))
	}
	if line := asking(b, g, i); line != "" {
		parts = append(parts, line)
	} else if by := g.RequiredBy(name); len(by) > 0 {
		parts = append(parts, "required by "+some(by, 3))
	}
	return strings.Join(parts, "; ")
}

// asking returns the line that asks for the i-th package, "" if none does.
func asking(b *analysis.Build, g *depgraph.Graph, i int) string {
	if !g.IsRoot(i) {
		return ""
	}
	if b.Deps == nil {
		return "nothing requires it"
	}
	for k, root := range g.Roots() {
		if g.RootNode(k) != i {
			continue
		}
		if root.Line == 0 {
			return filepath.Base(root.File)
		}
		return fmt.Sprintf("%s:%d", filepath.Base(root.File), root.Line)
	}
	return ""
}

// some lists the first n of the names and counts the others.
func some(names []pep.Name, n int) string {
	var words []string
	for i, name := range names {
		if i == n && len(names) > n+1 {
			words = append(words, fmt.Sprintf("%d more", len(names)-n))
			break
		}
		words = append(words, string(name))
	}
	return strings.Join(words, ", ")
}

func writeSkipped(w io.Writer, g *depgraph.Graph) error {
	if len(g.Skipped()) == 0 {
		return nil
	}
	fmt.Fprintln(w, "\nThese lines do not apply to the target:")
	for _, root := range g.Skipped() {
		if _, err := fmt.Fprintf(w, "  %s\n", layer.Printable(root.Requirement.String())); err != nil {
			return err
		}
	}
	return nil
}

// plural returns "1 package" or "72 packages".
func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
