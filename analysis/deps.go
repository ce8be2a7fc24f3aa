package analysis

import (
	"context"
	"errors"
	"fmt"
	"time"

	"weighline/analysis/depgraph"
	"weighline/analysis/pep"
	"weighline/analysis/pyindex"
	"weighline/analysis/reqfile"
)

// readDeps reads the requirement files and resolves them for the target. When
// it returns an error together with Deps, that holds what could be read.
func readDeps(ctx context.Context, in Input, o Options) (*Deps, []Warning, error) {
	o.progress(Progress{What: "Reading requirements"})
	d := &Deps{Extras: o.Extras, Groups: o.Groups, asked: o.forDeps()}
	docs, problems := loadAll(ctx, in.Files, o)
	docs, mixed := lockAlone(docs)
	d.Docs, problems = docs, append(problems, mixed...)
	if len(docs) > 0 {
		problems = append(problems, d.unknownChoices()...)
	}
	constraints, more := loadAll(ctx, in.Constraints, o)
	d.Constraints, problems = constraints, append(problems, more...)
	var warnings []Warning
	of := func() []Warning { return append(d.warnings(ctx, o.Target), warnings...) }
	if d.asksForNothing() {
		if err := errors.Join(problems...); err != nil || len(docs) == 0 {
			return nil, of(), err
		}
		warnings = append(warnings, Warning{Code: "empty", Text: "It asks for no package.", File: docs[0].Files[0].Path})
	}
	find := d.resolve
	if d.lock() != nil {
		find = d.follow
		if len(constraints) > 0 {
			warnings = append(warnings, Warning{Code: "constraints-ignored", Text: "A lock is followed as it is: constraints change nothing.", File: constraints[0].Files[0].Path})
		}
	}
	o.progress(Progress{What: "Resolving"})
	told, err := find(ctx, o)
	if err != nil {
		return nil, of(), errors.Join(append(problems, err)...)
	}
	warnings = append(append(warnings, told...), d.otherPython(o.Target)...)
	for _, w := range d.Graph.Warnings() {
		warnings = append(warnings, d.ofGraph(ctx, w, o.Target))
	}
	return d, of(), errors.Join(problems...)
}

// forDeps returns what of o decides how requirements resolve.
func (o Options) forDeps() *Options {
	return &Options{Target: o.Target, Index: o.Index, ExtraIndex: o.ExtraIndex, Offline: o.Offline, IndexStrategy: o.IndexStrategy, IndexCache: o.IndexCache, Image: o.Image}
}

// loadAll reads the files. Of one that is broken here and there the rest is
// returned, with its errors.
func loadAll(ctx context.Context, names []string, o Options) (docs []*reqfile.Doc, problems []error) {
	for _, name := range names {
		doc, err := reqfile.Load(ctx, name, reqfile.Options{Texts: o.texts(name), Given: o.Given})
		if err != nil {
			problems = append(problems, err)
		}
		if doc != nil {
			docs = append(docs, doc)
		}
	}
	return docs, problems
}

func (d *Deps) asksForNothing() bool {
	for _, doc := range d.Docs {
		if len(d.chosen(doc)) > 0 || doc.Lock != nil && len(doc.Lock.Packages) > 0 {
			return false
		}
	}
	return true
}

// all returns the documents and the constraint files.
func (d *Deps) all() []*reqfile.Doc {
	return append(append([]*reqfile.Doc(nil), d.Docs...), d.Constraints...)
}

// warnings returns those of the files. With the graph, they tell what is at stake.
func (d *Deps) warnings(ctx context.Context, target pep.Target) []Warning {
	var out []Warning
	for _, doc := range d.all() {
		for _, w := range doc.Warnings {
			out = append(out, d.ofDoc(ctx, w, target))
		}
		for _, u := range doc.Unknown {
			out = append(out, Warning{Code: "unknown", Text: fmt.Sprintf("%s: %s", u.Text, u.Reason), File: u.File, Line: u.Line})
		}
	}
	return out
}

// resolve makes the graph, from the package index if one is to be asked.
func (d *Deps) resolve(ctx context.Context, o Options) ([]Warning, error) {
	in := depgraph.Input{Target: o.Target}
	for _, doc := range d.Docs {
		in.Roots = append(in.Roots, roots(d.chosen(doc))...)
		in.Constraints = append(in.Constraints, roots(doc.Constraints)...)
		in.Options.Pre = in.Options.Pre || doc.Pre
		in.Options.PreferBinary = in.Options.PreferBinary || doc.PreferBinary
		in.Options.NoBinary = append(in.Options.NoBinary, doc.NoBinary...)
		in.Options.OnlyBinary = append(in.Options.OnlyBinary, doc.OnlyBinary...)
	}
	for _, doc := range d.Constraints {
		in.Constraints = append(in.Constraints, roots(doc.Requirements)...)
		in.Constraints = append(in.Constraints, roots(doc.Constraints)...)
	}
	start := time.Now()
	defer func() { d.Took = time.Since(start) }()
	if o.asksIndex() || d.linksAlone() {
		c, err := d.client(o, in.Limits(), &in.Options)
		if err != nil {
			return nil, err
		}
		defer c.Close()
		if d.Graph, err = depgraph.Resolve(ctx, c, in); err != nil {
			return nil, err
		}
		return d.weigh(ctx, c, o)
	}
	catalogue, err := pyindex.Embedded()
	if err != nil {
		return nil, err
	}
	d.Catalogue = "catalogue of " + catalogue.Date
	if len(o.variants) > 0 {
		catalogue = catalogue.With(append([]string{pyindex.PyPI}, o.variants...)...)
	}
	in.Options.SourceName = "catalogue"
	d.Graph, err = depgraph.Resolve(ctx, catalogue, in)
	return nil, err
}

func roots(requirements []reqfile.Requirement) []depgraph.Root {
	var out []depgraph.Root
	for _, r := range requirements {
		if r.Name == "" {
			continue
		}
		out = append(out, depgraph.Root{Requirement: r.Requirement, File: r.File, Line: r.Line})
	}
	return out
}
