package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"weighline/analysis"
	"weighline/analysis/attribution"
	"weighline/analysis/bytesize"
	"weighline/analysis/layer"
)

// WriteImage prints the image as text: its totals, its layers, its heaviest
// packages and wasted files; with files all of them, and all files. Lines are at
// most width characters long, if width is not 0.
func WriteImage(w io.Writer, b *analysis.Build, width int, files bool) error {
	if err := WriteImageSummary(w, b, width); err != nil || b.Image.Ledger == nil {
		return err
	}
	return writeOwners(w, b.Image, width, files)
}

// writeImageHead prints what image it is, and its totals.
func writeImageHead(w io.Writer, img *analysis.Image, width int) {
	t := imageTotals(img)
	say := func(format string, args ...any) { writeWrapped(w, fmt.Sprintf(format, args...), width) }
	say("%s  %s", layer.Printable(img.Reference), img.Platform)
	if img.Scale != "" {
		say("Scale model %s: each file stands for a larger one.", img.Scale)
	}
	if img.Ledger == nil {
		say("%s, download %s; no layer was read", plural(t.Layers, "layer"), downloads(img))
	} else {
		say("%s, download %s, unpacked %s in %s, waste %s", plural(t.Layers, "layer"), downloads(img), t.Unpacked, plural(*t.Files, "file"), t.Waste)
		if img.Partial {
			say("Partial: %d of %d layers were read; unpacked, files and waste are those of these.", img.LayersRead(), t.Layers)
		}
		if img.Uncompressed() {
			say("The layers are stored uncompressed here: a registry would send less than DOWNLOAD says.")
		}
	}
	if line := unknownDownload(downloads(img), t.Layers, "layer"); line != "" {
		say("%s", line)
	}
}

// WriteImageSummary prints the totals of an image and its layers.
func WriteImageSummary(w io.Writer, b *analysis.Build, width int) error {
	img := b.Image
	writeImageHead(w, img, width)
	fmt.Fprintln(w)
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
	return layers.Write(w, width)
}

// top is how many packages and wasted files the text shows; --json has all.
const top = 15

func writeOwners(w io.Writer, img *analysis.Image, width int, files bool) error {
	packages := Table{Columns: []Column{{Title: "PACKAGE", Min: 16}, {Title: "VERSION", Min: 8}, {Title: "KIND"}, {Title: "UNPACKED", Right: true}, {Title: "FILES", Right: true}, {Title: "LAYERS", Min: 6, Spare: 1}}}
	list := slices.Clone(img.Ledger.Packages)
	slices.SortStableFunc(list, func(a, b attribution.Package) int { return cmp.Compare(b.Unpacked, a.Unpacked) })
	var rest bytesize.Size
	for i, p := range list {
		if i >= top && !files {
			rest += bytesize.Size(p.Unpacked)
			continue
		}
		packages.Row(p.Name, p.Version, string(p.Kind), bytesize.Size(p.Unpacked).String(), fmt.Sprint(p.Files), layersOf(p))
	}
	if n := len(list) - top; n > 0 && !files {
		packages.Row(fmt.Sprintf("and %d more", n), "", "", rest.String(), "", "")
	}
	packages.Row("unowned", "", "", bytesize.Size(img.Ledger.Unowned).String(), "", "")
	fmt.Fprintln(w)
	if err := packages.Write(w, width); err != nil {
		return err
	}
	if err := writeFolders(w, img, width, files); err != nil || img.Tree == nil {
		return err
	}
	for _, write := range []func(io.Writer, *analysis.Image, int, bool) error{writeWaste, writeWasteOwners, writeDuplicates} {
		if err := write(w, img, width, files); err != nil {
			return err
		}
	}
	if !files {
		return nil
	}
	return writeFiles(w, img, width)
}

// writeFolders prints what no package owns, by folder.
func writeFolders(w io.Writer, img *analysis.Image, width int, all bool) error {
	if len(img.Ledger.Folders) == 0 {
		return nil
	}
	table := Table{Columns: []Column{{Title: "UNOWNED", Right: true}, {Title: "FILES", Right: true}, {Title: "WHAT"}, {Title: "FOLDER", Min: 20, Tail: true}}}
	var rest bytesize.Size
	for i, f := range img.Ledger.Folders {
		if i >= top && !all {
			rest += bytesize.Size(f.Bytes)
			continue
		}
		table.Row(bytesize.Size(f.Bytes).String(), fmt.Sprint(f.Files), f.What, f.Path)
	}
	if n := len(img.Ledger.Folders) - top; n > 0 && !all {
		table.Row(rest.String(), "", "", fmt.Sprintf("and %d more", n))
	}
	fmt.Fprintln(w)
	return table.Write(w, width)
}

// writeWasteOwners prints whose the waste was.
func writeWasteOwners(w io.Writer, img *analysis.Image, width int, all bool) error {
	owners := img.Ledger.Waste()
	if len(owners) == 0 {
		return nil
	}
	table := Table{Columns: []Column{{Title: "WASTE", Right: true}, {Title: "FILES", Right: true}, {Title: "KIND"}, {Title: "OF PACKAGE", Min: 16}, {Title: "VERSION", Min: 8}, {Title: "STILL INSTALLED", Spare: 1}}}
	var rest bytesize.Size
	for i, o := range owners {
		if i >= top && !all {
			rest += bytesize.Size(o.Bytes)
			continue
		}
		name, still := o.Name, "no"
		if o.Installed {
			still = "yes"
		}
		if o.Kind == "" {
			name, still = "no package", ""
		}
		table.Row(bytesize.Size(o.Bytes).String(), fmt.Sprint(o.Files), string(o.Kind), name, o.Version, still)
	}
	if n := len(owners) - top; n > 0 && !all {
		table.Row(rest.String(), "", "", fmt.Sprintf("and %d more", n), "", "")
	}
	fmt.Fprintln(w)
	return table.Write(w, width)
}

// writeDuplicates prints the files of the final file system that are there
// several times. Copies that a later layer rewrote are waste, not duplicates.
func writeDuplicates(w io.Writer, img *analysis.Image, width int, all bool) error {
	groups := img.Tree.Duplicates()
	if len(groups) == 0 || img.Scale != "" { // the files of a scale model have made-up contents
		return nil
	}
	table := Table{Columns: []Column{{Title: "DUPLICATE", Right: true}, {Title: "COPIES", Right: true}, {Title: "FILES", Min: 20}}}
	var rest bytesize.Size
	for i, g := range groups {
		if i >= top && !all {
			rest += bytesize.Size(g.Bytes())
			continue
		}
		table.Row(bytesize.Size(g.Bytes()).String(), fmt.Sprint(len(g.Nodes)), img.Tree.FullPath(g.Nodes[0])+" = "+img.Tree.FullPath(g.Nodes[1]))
	}
	if n := len(groups) - top; n > 0 && !all {
		table.Row(rest.String(), "", fmt.Sprintf("and %d more", n))
	}
	fmt.Fprintln(w)
	return table.Write(w, width)
}

// layersOf returns the layers that brought bytes of a package: "5, 8".
func layersOf(p attribution.Package) string {
	var in []string
	for _, l := range p.Layers {
		if l.Bytes > 0 {
			in = append(in, fmt.Sprint(l.Index))
		}
	}
	return strings.Join(in, ", ")
}

func writeWaste(w io.Writer, img *analysis.Image, width int, all bool) error {
	limit := top
	if all {
		limit = 0
	}
	waste := img.Tree.Waste(limit)
	if len(waste) == 0 {
		return nil
	}
	table := Table{Columns: []Column{{Title: "WASTE", Right: true}, {Title: "BROUGHT", Right: true}, {Title: "REMOVED", Right: true}, {Title: "WHY"}, {Title: "FILE", Min: 20, Tail: true}}}
	for _, x := range waste {
		table.Row(bytesize.Size(x.Bytes).String(), fmt.Sprint(x.Layer), fmt.Sprint(x.RemovedBy), x.Why.String(), x.Path)
	}
	total := img.Tree.WasteTotal()
	if n := total.Files - len(waste); n > 0 {
		shown := int64(0)
		for _, x := range waste {
			shown += x.Bytes
		}
		table.Row(bytesize.Size(total.Bytes-shown).String(), "", "", "", fmt.Sprintf("and %d more", n))
	}
	fmt.Fprintln(w)
	return table.Write(w, width)
}

func writeFiles(w io.Writer, img *analysis.Image, width int) error {
	list := fileList(img.Tree)
	slices.SortStableFunc(list, func(a, b FileJSON) int { return cmp.Compare(b.Bytes, a.Bytes) })
	table := Table{Columns: []Column{{Title: "SIZE", Right: true}, {Title: "LAYER", Right: true}, {Title: "FILE", Min: 20, Tail: true}}}
	for _, f := range list {
		table.Row(bytesize.Size(f.Bytes).String(), fmt.Sprint(f.Layer), f.Path)
	}
	fmt.Fprintln(w)
	return table.Write(w, width)
}
