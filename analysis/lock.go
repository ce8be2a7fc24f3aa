package analysis

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"weighline/analysis/depgraph"
	"weighline/analysis/pyindex"
	"weighline/analysis/reqfile"
)

// lockAlone returns the first lock alone if there is one among several files,
// with an error for each of the others: what is locked is not resolved together
// with something else.
func lockAlone(docs []*reqfile.Doc) (kept []*reqfile.Doc, errs []error) {
	i := slices.IndexFunc(docs, func(d *reqfile.Doc) bool { return d.Lock != nil })
	if i < 0 || len(docs) == 1 {
		return docs, nil
	}
	for j, doc := range docs {
		if j != i {
			errs = append(errs, &UsageError{fmt.Sprintf("%s: it was left out: %s is a lock, which is followed as it is; give one of them alone", doc.Files[0].Path, docs[i].Files[0].Path)})
		}
	}
	return docs[i : i+1], errs
}

// lock returns the lock that was read, or nil.
func (d *Deps) lock() *reqfile.Lock {
	if len(d.Docs) == 1 {
		return d.Docs[0].Lock
	}
	return nil
}

// lockExtras lists the extras of the projects that a lock was made for.
func lockExtras(l *reqfile.Lock) []string {
	extras := slices.Collect(maps.Keys(l.Extras))
	for _, r := range l.Roots {
		if r.Package >= 0 {
			extras = append(extras, l.Packages[r.Package].Extras...)
			extras = slices.AppendSeq(extras, maps.Keys(l.Packages[r.Package].OptionalDeps))
		}
	}
	return extras
}

// lockGroups lists the groups of the projects that a lock was made for.
func lockGroups(l *reqfile.Lock) []string {
	groups := slices.Clone(l.Groups)
	for _, r := range l.Roots {
		if r.Package >= 0 {
			groups = slices.AppendSeq(groups, maps.Keys(l.Packages[r.Package].DevDeps))
		}
	}
	if slices.Contains(groups, "develop") { // Pipfile.lock's name for the Pipfile's "dev"
		groups = append(groups, "dev")
	}
	return groups
}

// follow makes the graph from the lock. What the lock does not tell comes from
// the package index if one is to be asked, else from the catalogue.
func (d *Deps) follow(ctx context.Context, o Options) ([]Warning, error) {
	start := time.Now()
	defer func() { d.Took = time.Since(start) }()
	lo := depgraph.LockOptions{Extras: o.Extras, Groups: o.Groups, File: d.Docs[0].Files[0].Path}
	if o.asksIndex() {
		c, err := d.client(o, limitsOf(d.lock()), &depgraph.Options{})
		if err != nil {
			return nil, err
		}
		defer c.Close()
		lo.Source, lo.SourceName = c, "index"
		if d.Graph, err = depgraph.FromLock(ctx, d.lock(), o.Target, lo); err != nil {
			return nil, err
		}
		return d.weigh(ctx, c, o)
	}
	catalogue, err := pyindex.Embedded()
	if err != nil {
		return nil, err
	}
	d.Catalogue = "lock, and the catalogue of " + catalogue.Date
	lo.Source = catalogue.With(catalogue.Indexes()...)
	d.Graph, err = depgraph.FromLock(ctx, d.lock(), o.Target, lo)
	return nil, err
}
