package pyindex

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/klauspost/compress/zstd"

	"weighline/analysis/pep"
	"weighline/assets"
)

// ErrNotFound says that an index has no project of the name.
var ErrNotFound = errors.New("no such project")

// A Catalogue answers without a network, from the figures of one day. Its
// methods may be called from several goroutines.
type Catalogue struct {
	Date string // the day of the newest figures: "2026-08-21"
	From string // where they come from, in one line

	tables  tables
	names   []string // of all projects, sorted
	bodies  []string // their encoded releases
	indexes map[string]bool

	mu      sync.Mutex
	decoded map[int]*project
}

// A project is a decoded entry of the catalogue.
type project struct {
	releases []Release
	err      error

	mu       sync.Mutex
	metadata map[*Release]Metadata
}

// Embedded returns the catalogue that is part of the program. It is unpacked
// once; a project is decoded when somebody asks for it.
var Embedded = sync.OnceValues(func() (*Catalogue, error) { return OpenCatalogue(assets.Catalogue) })

// maxCatalogue bounds what a catalogue may unpack to.
const maxCatalogue = 64 << 20

// OpenCatalogue reads a catalogue that [WriteCatalogue] wrote. The catalogue
// offers the releases of PyPI; see [Catalogue.With].
func OpenCatalogue(packed []byte) (*Catalogue, error) {
	d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxCatalogue))
	if err != nil {
		return nil, err
	}
	defer d.Close()
	raw, err := d.DecodeAll(packed, nil)
	if err != nil {
		return nil, fmt.Errorf("catalogue: %w", err)
	}
	c := &Catalogue{decoded: map[int]*project{}}
	r := reader{rest: string(raw)}
	if magic := r.take(len(catalogueMagic)); magic != catalogueMagic {
		return nil, errors.New("catalogue: not a catalogue of this version")
	}
	c.Date, c.From = r.text(), r.text()
	c.tables.indexes, c.tables.tags = r.texts(), r.texts()
	n := r.count()
	c.names, c.bodies = make([]string, n), make([]string, n)
	for i := range n {
		c.names[i] = r.text()
	}
	for i := range n {
		c.bodies[i] = r.text()
	}
	if r.err != nil || !slices.IsSorted(c.names) {
		return nil, fmt.Errorf("catalogue: %w", cmp.Or(r.err, errDamaged))
	}
	return c.With(PyPI), nil
}

// With returns the catalogue with the releases of the given indexes only.
// Without it, only PyPI's are offered: a project with a CUDA or CPU build on
// another index would otherwise be taken from there, as the higher version.
func (c *Catalogue) With(indexes ...string) *Catalogue {
	d := &Catalogue{Date: c.Date, From: c.From, tables: c.tables, names: c.names, bodies: c.bodies, decoded: map[int]*project{}, indexes: map[string]bool{}}
	for _, url := range indexes {
		d.indexes[indexKey(url)] = true
	}
	return d
}

// String says what the answers rest on, in words for people.
func (c *Catalogue) String() string {
	return "offline catalogue of " + c.Date + ", from " + c.From
}

// indexKey is the same for the spellings of one index's URL.
func indexKey(url string) string {
	return strings.TrimSuffix(strings.ToLower(strings.TrimRight(url, "/")), "/simple")
}

// Indexes lists all indexes that the catalogue has figures of.
func (c *Catalogue) Indexes() []string { return slices.Clone(c.tables.indexes) }

// Names lists all projects in the catalogue, sorted.
func (c *Catalogue) Names() []string { return slices.Clone(c.names) }

// Releases returns the releases of a project, or [ErrNotFound]. The caller
// must not change them.
func (c *Catalogue) Releases(_ context.Context, name pep.Name) ([]Release, error) {
	p := c.project(name)
	switch {
	case p == nil || p.err == nil && len(p.releases) == 0:
		return nil, fmt.Errorf("%s: %w in the offline catalogue of %s", name, ErrNotFound, c.Date)
	case p.err != nil:
		return nil, fmt.Errorf("catalogue: %s: %w", name, p.err)
	}
	return p.releases, nil
}

func (c *Catalogue) project(name pep.Name) *project {
	i, ok := slices.BinarySearch(c.names, string(name))
	if !ok {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	p := c.decoded[i]
	if p == nil {
		p = &project{metadata: map[*Release]Metadata{}}
		var all []Release
		all, p.err = c.tables.decode(name, c.bodies[i])
		for _, r := range all {
			if c.indexes[indexKey(r.Index)] {
				p.releases = append(p.releases, r)
			}
		}
		c.decoded[i] = p
	}
	return p
}

// Metadata returns what the release, one that Releases returned, requires. A
// requirement that cannot be read is left out.
func (c *Catalogue) Metadata(_ context.Context, r *Release, _ *File) (Metadata, error) {
	p := c.project(r.Name)
	if p == nil {
		return Metadata{}, fmt.Errorf("%s: %w in the offline catalogue", r.Name, ErrNotFound)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	m, ok := p.metadata[r]
	if !ok {
		m, _ = ParseMetadata(r.Requires, r.ProvidesExtras, r.RequiresPython)
		p.metadata[r] = m
	}
	return m, nil
}
