package analysis

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"weighline/analysis/depgraph"
	"weighline/analysis/pep"
	"weighline/analysis/pyindex"
	"weighline/analysis/reqfile"
)

// IndexSettings in the place of an index's address stands for what pip and uv
// are set to on this computer.
const IndexSettings = "settings"

// asksIndex reports whether a package index is to be asked.
func (o Options) asksIndex() bool {
	return !o.Offline && len(o.Index)+len(o.ExtraIndex) > 0
}

// client returns a client for the indexes that were given and those that the
// files name. firstIndex tells that they come from uv's settings, by whose rule
// the first index that has a project is asked for it alone.
func (d *Deps) client(o Options, limits map[pep.Name]pep.Specifiers) (c *pyindex.Client, firstIndex bool, err error) {
	catalogue, err := pyindex.Embedded()
	if err != nil {
		return nil, false, err
	}
	co := pyindex.ClientOptions{
		Target: o.Target, Limits: limits, Fallback: catalogue, CacheDir: o.IndexCache, CAFile: o.Image.CAFile, Pinned: map[pep.Name]string{},
		Progress: func(bytes int64) { o.progress(Progress{What: "Asking the package index", Done: bytes}) },
	}
	var given []reqfile.Index
	for i, address := range append(slices.Clone(o.Index), o.ExtraIndex...) {
		if address == IndexSettings {
			s, err := pyindex.ReadSettings(pyindex.SettingsOptions{})
			if err != nil {
				return nil, false, err
			}
			firstIndex = firstIndex || s.FirstIndex
			for j, known := range s.Indexes {
				given = append(given, reqfile.Index{URL: reqfile.NewURL(known), Default: j == 0})
			}
			if co.CAFile == "" {
				co.CAFile = s.CAFile
			}
			continue
		}
		given = append(given, reqfile.Index{URL: reqfile.NewURL(address), Default: i == 0 && len(o.Index) > 0})
	}
	if len(o.Index) == 0 {
		given = append([]reqfile.Index{{URL: reqfile.NewURL(pyindex.PyPI), Default: true}}, given...)
	}
	for _, doc := range d.Docs {
		co.Indexes = append(co.Indexes, d.addresses(doc, given, co.Pinned, o)...)
	}
	if len(co.Indexes) == 0 {
		return nil, false, &UsageError{d.Docs[0].Files[0].Path + ": it says --no-index, so that no package index may be asked: leave out the address of one"}
	}
	c, err = pyindex.NewClient(co)
	return c, firstIndex, err
}

// addresses lists the indexes for one file. Those that only serve the packages
// whose line names them are put into pinned.
func (d *Deps) addresses(doc *reqfile.Doc, given []reqfile.Index, pinned map[pep.Name]string, o Options) (list []string) {
	named := map[string]string{}
	for _, x := range doc.Indexes(given...) {
		if x.Name != "" {
			named[x.Name] = x.URL.Secret()
		}
		if !x.Explicit {
			list = append(list, x.URL.Secret())
		}
	}
	env := o.Target.Env()
	for _, q := range d.chosen(doc) {
		if doc.Lock != nil {
			break // its packages name their indexes themselves
		}
		index := q.Index
		for _, s := range q.Sources {
			if s.Index != "" && s.Marker.Eval(env, d.Extras...) && (s.Extra == "" || asked(d.Extras, s.Extra)) && (s.Group == "" || asked(d.Groups, s.Group)) {
				index = s.Index
				break
			}
		}
		if address := named[index]; address != "" {
			pinned[q.Name] = address
		} else if strings.Contains(index, "://") {
			pinned[q.Name] = index
		}
	}
	if doc.Lock != nil {
		for _, p := range doc.Lock.Packages {
			if url := p.Source.URL.Secret(); p.Source.Kind == reqfile.FromRegistry && !strings.Contains(url, "//pypi.org/") && !slices.Contains(list, url) {
				list = append(list, url)
			}
		}
	}
	return list
}

// weigh puts the exact sizes into the graph, and says what the answers rest on.
func (d *Deps) weigh(ctx context.Context, c *pyindex.Client, o Options) ([]Warning, error) {
	if d.lock() == nil {
		d.Catalogue = "index " + strings.Join(c.Indexes(), ", ")
	} else {
		d.Catalogue = "lock, and the index " + strings.Join(c.Indexes(), ", ")
	}
	if err := d.reached(ctx, c); err != nil {
		return nil, err
	}
	g, err := d.Graph.Weigh(ctx, c, nil)
	if err != nil {
		return nil, err
	}
	d.Graph = g
	var out []Warning
	for _, text := range c.Warnings() {
		out = append(out, Warning{Code: "index", Text: text})
	}
	return out, nil
}

// fromIndex reports whether an index was asked.
func (d *Deps) fromIndex() bool {
	return d.Graph != nil && slices.ContainsFunc(d.Graph.Nodes(), func(n depgraph.Node) bool { return n.Source == "index" })
}

// reached returns an error if no package at all was found and the index is to
// blame: nothing of the result would be worth showing.
func (d *Deps) reached(ctx context.Context, c *pyindex.Client) error {
	nodes := d.Graph.Nodes()
	if len(nodes) == 0 || slices.ContainsFunc(nodes, func(n depgraph.Node) bool { return n.File != "" }) {
		return nil
	}
	_, err := c.Releases(ctx, nodes[0].Name)
	if err == nil || errors.Is(err, pyindex.ErrNotFound) {
		return nil
	}
	return fmt.Errorf("no package could be looked up on the package index: %w", err)
}

// limitsOf returns what the versions of a lock leave open: nothing.
func limitsOf(l *reqfile.Lock) map[pep.Name]pep.Specifiers {
	limits := map[pep.Name]pep.Specifiers{}
	for _, p := range l.Packages {
		if s, err := pep.ParseSpecifiers("==" + p.Version.String()); err == nil && !p.Version.IsZero() {
			limits[p.Name] = s
		}
	}
	return limits
}
