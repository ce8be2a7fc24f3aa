package analysis

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"weighline/analysis/attribution"
	"weighline/analysis/depgraph"
	"weighline/analysis/evidence"
	"weighline/analysis/layer"
	"weighline/analysis/pep"
)

// readEvidence looks for what uses the packages of b: in the user's sources, and
// in the packages' own files where there is an image. With an error it returns
// what could be read nevertheless.
func readEvidence(ctx context.Context, b *Build, o Options) (*evidence.Report, []Warning, error) {
	names := b.importNames()
	r := evidence.NewReport(names)
	var warnings []Warning
	var errs []error
	if o.Code != "" {
		own, told, err := readCode(ctx, b, names, o)
		if errs = append(errs, err); err == nil {
			r, warnings = own, told
		}
	}
	switch {
	case b.Image == nil || b.Image.Tree == nil || ctx.Err() != nil:
	case b.Image.Scale != "":
		warnings = append(warnings, Warning{Code: "code", Text: "The image is a scale model: its files hold no code, so what its packages use of each other is not known."})
	default:
		more, err := readInstalled(ctx, b, r, names, o)
		if errs = append(errs, err); more != nil {
			r = more
		}
	}
	if r.Files == 0 && len(r.Looked) == 0 { // in nothing, nothing can be found
		return nil, warnings, errors.Join(errs...)
	}
	return r, warnings, errors.Join(errs...)
}

// readCode looks for uses in the user's sources.
func readCode(ctx context.Context, b *Build, names *evidence.Names, o Options) (*evidence.Report, []Warning, error) {
	o.progress(Progress{What: "Looking for sources"})
	r, err := evidence.Scan(ctx, o.Code, evidence.Options{
		Names: names, Except: b.listedIn(),
		Progress: func(done, total int) {
			o.progress(Progress{What: fmt.Sprintf("Reading sources: %d of %d", done, total)})
		},
	})
	if err != nil {
		return nil, nil, err
	}
	var warnings []Warning
	for _, p := range r.Problems {
		warnings = append(warnings, Warning{Code: "code", Text: layer.Printable(p.Text) + ".", File: path.Join(o.Code, p.File), Line: p.Line})
	}
	if r.More > 0 {
		warnings = append(warnings, Warning{Code: "code", Text: fmt.Sprintf("%d more like these.", r.More), File: o.Code})
	}
	if r.Files == 0 {
		warnings = append(warnings, Warning{Code: "code", Text: "There is no Python source in it.", File: o.Code})
	}
	return r, warnings, nil
}

// listedIn returns the files that ask for the packages of b.
func (b *Build) listedIn() []string {
	var out []string
	if b.Deps == nil {
		return nil
	}
	for _, doc := range b.Deps.all() {
		for _, f := range doc.Files {
			out = append(out, f.Path)
		}
	}
	return out
}

// importNames returns by which names code imports the packages of b: by the
// files in the image, else by the directories of the wheels.
func (b *Build) importNames() *evidence.Names {
	dists := b.Image.imports()
	if b.Deps != nil {
		for _, n := range b.Deps.Graph.Nodes() {
			d := evidence.Dist{Name: n.Name}
			if n.Contents != nil {
				d.Imports = n.Contents.Imports
			}
			dists = append(dists, d)
		}
	}
	return evidence.NewNames(dists)
}

// imports returns what the files of the image's distributions make importable.
func (img *Image) imports() []evidence.Dist {
	if img == nil || img.Ledger == nil {
		return nil
	}
	files := img.moduleFiles()
	var out []evidence.Dist
	for i, p := range img.Ledger.Packages {
		if p.Kind == attribution.Python {
			out = append(out, evidence.Dist{Name: pep.Name(p.Name), Imports: evidence.ImportNames(files[i]), Scripts: img.scripts(p)})
		}
	}
	return out
}

// moduleFiles returns the modules of each distribution, by its place in the
// ledger: paths below its site-packages folder.
func (img *Image) moduleFiles() map[int][]string {
	out := map[int][]string{}
	t, l := img.Tree, img.Ledger
	if t == nil {
		return nil
	}
	for n := range layer.Node(t.Len()) {
		name := t.Name(n)
		if !strings.HasSuffix(name, ".py") && !strings.HasSuffix(name, ".so") {
			continue
		}
		i, ok := l.Owner(n)
		if !ok || l.Packages[i].Kind != attribution.Python {
			continue
		}
		if rel, below := strings.CutPrefix(t.FullPath(n), path.Dir(l.Packages[i].Path)+"/"); below {
			out[i] = append(out[i], rel)
		}
	}
	return out
}

// scripts returns the commands that a distribution installs (entry_points.txt).
func (img *Image) scripts(p attribution.Package) []string {
	return evidence.Scripts(img.entryPoints(p))
}

// entryPoints returns the entry_points.txt of a distribution, "" if it has none.
func (img *Image) entryPoints(p attribution.Package) string {
	if img.Tree == nil {
		return ""
	}
	n, ok := img.Tree.Lookup(p.Path + "/entry_points.txt")
	if !ok {
		return ""
	}
	text, _ := img.Tree.Content(n)
	return string(text)
}

// An Unused is a root that nothing in the user's sources runs, with what goes
// if it is dropped.
type Unused struct {
	evidence.Finding
	Frees depgraph.Sum
}

// Unused returns the roots that nothing in the user's sources runs, those first
// that free most. It is nil if no sources were read.
func (b *Build) Unused() []Unused {
	g := b.Graph()
	if b.Evidence == nil || g == nil {
		return nil
	}
	var roots []pep.Name
	for i := range g.Roots() {
		roots = append(roots, g.Nodes()[g.RootNode(i)].Name)
	}
	frees := g.Without().Frees()
	var out []Unused
	for _, f := range b.Evidence.Unused(roots) {
		if i, ok := g.Index(f.Package); ok {
			out = append(out, Unused{f, frees[i]})
		}
	}
	slices.SortStableFunc(out, func(a, b Unused) int {
		return cmp.Or(cmp.Compare(b.Frees.Download.Size, a.Frees.Download.Size), cmp.Compare(b.Frees.Unpacked.Size, a.Frees.Unpacked.Size))
	})
	return out
}

// Findings returns what happens to what stays if packages go: what evidence was
// found, and which packages that stay require them by their metadata. It is nil
// if no evidence was looked for.
func (b *Build) Findings(gone []pep.Name) []evidence.Finding {
	out := b.Evidence.Verdicts(gone)
	g := b.Graph()
	if len(out) == 0 || g == nil {
		return out
	}
	at := make(map[pep.Name]int, len(out))
	for i, f := range out {
		at[f.Package] = i
	}
	for _, e := range g.Edges() {
		from, to := g.Nodes()[e.From].Name, g.Nodes()[e.To].Name
		i, goes := at[to]
		if _, both := at[from]; !goes || both || slices.ContainsFunc(out[i].Rows, func(r evidence.Row) bool { return r.By == from }) {
			continue
		}
		use := evidence.Use{Packages: []pep.Name{to}, By: from, Text: layer.Printable(fmt.Sprintf("%s requires %s", from, e.Requirement)), Module: string(to), Kind: evidence.Requires}
		out[i].Rows = append(out[i].Rows, evidence.Row{Use: use, Verdict: evidence.MayBreak})
		out[i].Verdict = max(out[i].Verdict, evidence.MayBreak)
	}
	for _, f := range out {
		slices.SortStableFunc(f.Rows, func(a, b evidence.Row) int { return int(b.Verdict) - int(a.Verdict) })
	}
	return out
}
