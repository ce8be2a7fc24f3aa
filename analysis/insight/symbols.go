package insight

import (
	"fmt"
	"slices"
	"strings"

	"weighline/analysis/bytesize"
	"weighline/analysis/layer"
	"weighline/analysis/pep"
)

// debugSymbols tells of the parts of compiled code that only debuggers read. A
// row is a file; of each only a part would go.
func (f *finder) debugSymbols() {
	if f.t == nil {
		return
	}
	x := Insight{ID: "debug-symbols", Counts: Unpacked, Certainty: Known,
		Text: "Sections .debug_* serve debuggers, .symtab names functions for debuggers and profilers. Programs run without both.",
		Fix: []string{
			`RUN pip install -r requirements.txt && \`,
			`    find /usr/local/lib -path '*site-packages*' -name '*.so*' -exec strip --strip-unneeded {} +`,
		},
		Risk: "strip breaks some libraries that were rewritten by patchelf (wheels that auditwheel repaired) and signed files: import each after it. Traces of crashes name fewer functions.",
	}
	x.extent.parts = map[layer.Node]int64{}
	debug, symbols, unknown := int64(0), int64(0), 0
	for i, own := range f.own {
		n := layer.Node(i)
		if own == 0 {
			continue
		}
		b, ok := f.t.Binary(n)
		if !ok && library(f.t.Name(n)) && !f.t.Looked(n) || ok && b.Format == layer.ELF && !b.Sections {
			unknown++
		}
		if b.Debug+b.Symbols == 0 {
			continue
		}
		debug, symbols = debug+b.Debug, symbols+b.Symbols
		x.extent.files = append(x.extent.files, n)
		x.extent.parts[n] = b.Debug + b.Symbols
	}
	slices.SortFunc(x.extent.files, func(a, b layer.Node) int { return int(int64(a) - int64(b)) })
	if debug+symbols == 0 && unknown == 0 {
		return
	}
	x.Rows = f.symbolRows(x.extent.parts)
	x.Bytes = bytesize.Of(debug + symbols)
	x.Title = fmt.Sprintf("%s of debug sections and %s of symbol tables in %s", bytesize.Size(debug), bytesize.Size(symbols), files(len(x.extent.files)))
	if unknown > 0 {
		x.Text += fmt.Sprintf(" Of %s it is not known: the layer was listed and not read, or the table of sections stands in no usual place.", files(unknown))
	}
	if len(x.extent.files) == 0 {
		if !slices.ContainsFunc(f.in.Layers, func(l Layer) bool { return l.Listed }) {
			return // odd files only: nobody could do anything about it
		}
		x.Bytes, x.Title = bytesize.Amount{}, fmt.Sprintf("Debug symbols: not known of %s", files(unknown))
		x.Rows = []Row{{Layer: -1, Files: unknown, Note: "read the layers to know: weigh without --toc"}}
	}
	f.add(x)
}

func library(name string) bool {
	return strings.HasSuffix(name, ".so") || strings.Contains(name, ".so.")
}

// symbolRows returns the rows of the files from which most would go.
func (f *finder) symbolRows(parts map[layer.Node]int64) (rows []Row) {
	for n, part := range parts {
		r := Row{Path: f.t.FullPath(n), Layer: f.t.LayerOf(n), Bytes: bytesize.Of(part), Files: 1, Note: "of " + bytesize.Size(f.own[n]).String()}
		if o := f.owner[n]; o > 0 {
			p := &f.l.Packages[o-1]
			r.Package, r.Version = pep.Name(p.Name), p.Version
		}
		rows = append(rows, r)
	}
	return rows
}

// foreign tells of compiled code for another system or processor than the
// image's. A row is a folder.
func (f *finder) foreign() {
	system, rest, _ := strings.Cut(f.in.Platform, "/")
	arch, _, _ := strings.Cut(rest, "/")
	if f.t == nil || system != "linux" {
		return
	}
	x := Insight{ID: "foreign-binaries", Counts: Unpacked, Certainty: Possible,
		Text: "This code is for another system or processor and cannot run in a container of " + f.in.Platform + ".",
		Fix:  []string{"# delete it in the instruction that brings it, such as:", `RUN pip install -r requirements.txt && find /usr/local/lib -path '*site-packages*' \( -name '*.exe' -o -name '*.dll' -o -name '*.dylib' \) -delete`},
		Risk: "pip and setuptools bring starters for Windows that nothing on Linux opens. Firmware, emulators and tools that build for other systems need what they bring.",
	}
	at := map[layer.Node]int{}
	for i, own := range f.own {
		n := layer.Node(i)
		if own == 0 {
			continue
		}
		what := foreignKind(f.t, n, arch)
		if what == "" {
			continue
		}
		x.extent.files = append(x.extent.files, n)
		dir := f.t.Parent(n)
		k, ok := at[dir]
		if !ok {
			k = len(x.Rows)
			at[dir] = k
			x.Rows = append(x.Rows, Row{Path: f.t.FullPath(dir), Layer: f.t.LayerOf(n), Bytes: bytesize.Of(0), Note: "for " + what})
			if o := f.owner[i]; o > 0 {
				x.Rows[k].Package, x.Rows[k].Version = pep.Name(f.l.Packages[o-1].Name), f.l.Packages[o-1].Version
			}
		}
		x.Rows[k].Bytes.Size += bytesize.Size(own)
		x.Rows[k].Files++
	}
	if len(x.extent.files) == 0 {
		return
	}
	x.Bytes = bytesize.Of(f.sizeOf(x.extent))
	x.Title = fmt.Sprintf("%s of compiled code for other systems in %s", x.Bytes, files(len(x.extent.files)))
	f.add(x)
}

// foreignKind returns what a file's code is for if that is not Linux on arch.
func foreignKind(t *layer.Tree, n layer.Node, arch string) string {
	b, ok := t.Binary(n)
	if !ok {
		return ""
	}
	switch b.Format {
	case layer.MachO:
		return "macOS"
	case layer.PE:
		// The kernel and firmware begin so, too.
		switch name := strings.ToLower(t.Name(n)); {
		case strings.HasSuffix(name, ".exe"), strings.HasSuffix(name, ".dll"), strings.HasSuffix(name, ".pyd"):
			return "Windows"
		}
	case layer.ELF:
		if a := b.Arch(); a != "" && arch != "" && a != arch {
			return "linux/" + a
		}
	}
	return ""
}
