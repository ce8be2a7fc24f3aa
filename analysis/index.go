package analysis

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
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

// The rules by which several indexes are asked, as [Options.IndexStrategy].
const (
	BestMatch  = "best-match"  // pip's: the highest version of all indexes
	FirstIndex = "first-index" // uv's: the first index that has a project at all
)

// asksIndex reports whether a package index is to be asked.
func (o Options) asksIndex() bool {
	return !o.Offline && len(o.Index)+len(o.ExtraIndex) > 0
}

// linksAlone reports whether the files forbid to ask an index and name folders on
// the disk in its place: then these are looked at, and no network is needed.
func (d *Deps) linksAlone() bool {
	links, alone := 0, true
	for _, doc := range d.Docs {
		alone = alone && doc.NoIndex && doc.Lock == nil
		for _, x := range doc.FindLinks {
			links++
			alone = alone && !strings.Contains(strings.TrimPrefix(x.Secret(), "file://"), "://")
		}
	}
	return alone && links > 0
}

// client returns a client for the indexes that were given and those that the
// files name, and changes the options of the resolution as the settings of pip
// and uv ask for.
func (d *Deps) client(o Options, limits map[pep.Name]pep.Specifiers, ro *depgraph.Options) (*pyindex.Client, error) {
	catalogue, err := pyindex.Embedded()
	if err != nil {
		return nil, err
	}
	co := pyindex.ClientOptions{
		Target: o.Target, Limits: limits, Fallback: catalogue, CacheDir: o.IndexCache, CAFile: o.Image.CAFile, Proxy: o.Image.Proxy, Pinned: map[pep.Name]string{},
		Progress: func(bytes int64) { o.progress(Progress{What: "Asking the package index", Done: bytes}) },
	}
	given, firstIndex, err := d.given(o, &co, ro)
	if err != nil {
		return nil, err
	}
	for _, doc := range d.Docs {
		if o.asksIndex() {
			co.Indexes = append(co.Indexes, d.addresses(doc, given, co.Pinned, o)...)
		}
		for _, x := range doc.FindLinks {
			co.FindLinks = append(co.FindLinks, x.Secret())
		}
	}
	if co.NoIndex = co.NoIndex || len(co.Indexes) == 0; co.NoIndex && len(co.FindLinks) == 0 {
		return nil, &UsageError{d.Docs[0].Files[0].Path + ": it says --no-index, so that no package index may be asked: leave out the address of one"}
	}
	c, err := pyindex.NewClient(co)
	if err == nil && firstIndex {
		ro.FirstIndex = c.Indexes()
	}
	return c, err
}

// given returns the indexes that o names, with what the settings of pip and uv
// say beside. firstIndex tells that the first index that has a project is to be
// asked for it alone.
func (d *Deps) given(o Options, co *pyindex.ClientOptions, ro *depgraph.Options) (given []reqfile.Index, firstIndex bool, err error) {
	for i, address := range append(slices.Clone(o.Index), o.ExtraIndex...) {
		if address != IndexSettings {
			given = append(given, reqfile.Index{URL: reqfile.NewURL(address), Default: i == 0 && len(o.Index) > 0})
			continue
		}
		s, err := pyindex.ReadSettings(pyindex.SettingsOptions{Dir: filepath.Dir(d.Docs[0].Files[0].Path)})
		if err != nil {
			return nil, false, err
		}
		firstIndex = firstIndex || s.FirstIndex
		for j, known := range s.Indexes {
			given = append(given, reqfile.Index{URL: reqfile.NewURL(known), Default: j == 0})
		}
		co.CAFile, co.Proxy = cmp.Or(co.CAFile, s.CAFile), cmp.Or(co.Proxy, s.Proxy)
		co.NoIndex, co.FindLinks = s.NoIndex, append(co.FindLinks, s.FindLinks...)
		ro.Pre, ro.PreferBinary = ro.Pre || s.Pre, ro.PreferBinary || s.PreferBinary
		ro.NoBinary, ro.OnlyBinary = append(ro.NoBinary, s.NoBinary...), append(ro.OnlyBinary, s.OnlyBinary...)
	}
	if len(o.Index) == 0 {
		given = append([]reqfile.Index{{URL: reqfile.NewURL(pyindex.PyPI), Default: true}}, given...)
	}
	switch o.IndexStrategy {
	case "":
	case BestMatch:
		firstIndex = false
	case FirstIndex:
		firstIndex = true
	default:
		return nil, false, &UsageError{fmt.Sprintf("the index strategy %q is not known: it is %s, as pip does it, or %s, as uv does it", o.IndexStrategy, BestMatch, FirstIndex)}
	}
	return given, firstIndex, nil
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
		d.Catalogue = "index " + strings.Join(c.Asked(), ", ")
	} else {
		d.Catalogue = "lock, and the index " + strings.Join(c.Asked(), ", ")
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
