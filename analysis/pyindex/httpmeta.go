package pyindex

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/textproto"
	"strings"

	"weighline/analysis/pep"
)

// maxMetadata bounds a metadata file; the largest of pypi.org, with a whole
// manual as description, have some hundred kB.
const maxMetadata = 16 << 20

// Metadata returns what a file of a release says of itself: by the metadata
// file beside it (PEP 658), else out of the wheel by a range, else out of the
// source distribution, which is small.
func (c *Client) Metadata(ctx context.Context, r *Release, f *File) (Metadata, error) {
	if f == nil {
		if len(r.Files) == 0 {
			return Metadata{}, fmt.Errorf("%s %s has no file", r.Name, r.Version)
		}
		f = &r.Files[0]
	}
	return share(ctx, c, c.metadata, f.URL, func(ctx context.Context) (Metadata, error) {
		text, err := c.metadataText(ctx, r, f)
		if err != nil {
			if m, ok := c.fallback(ctx, r); ok {
				return m, nil
			}
			return Metadata{}, fmt.Errorf("%s: %w", f.Filename, err)
		}
		m, _ := ReadMetadata(text)
		return m, nil
	})
}

func (c *Client) metadataText(ctx context.Context, r *Release, f *File) ([]byte, error) {
	if f.Metadata != nil {
		doc, err := c.web.get(ctx, f.URL+".metadata", "*/*", maxMetadata)
		if err == nil {
			if want := f.Metadata["sha256"]; want != "" {
				if sum := sha256.Sum256(doc.body); !strings.EqualFold(want, hex.EncodeToString(sum[:])) {
					return nil, errors.New("its metadata file is not the one that the index announced (sha256)")
				}
			}
			return doc.body, nil
		}
		if !errors.Is(err, ErrNotFound) {
			return nil, err
		}
	}
	if !f.IsWheel() {
		if _, ok := c.fallback(ctx, r); ok {
			return nil, errors.New("the catalogue knows it")
		}
		return c.sdistMetadata(ctx, f)
	}
	return c.wheelMetadata(ctx, f)
}

// fallback asks the catalogue for the same version.
func (c *Client) fallback(ctx context.Context, r *Release) (Metadata, bool) {
	if c.o.Fallback == nil {
		return Metadata{}, false
	}
	all, err := c.o.Fallback.Releases(ctx, r.Name)
	if err != nil {
		return Metadata{}, false
	}
	for i := range all {
		if all[i].Version.Equal(r.Version) && all[i].HasMetadata {
			m, err := c.o.Fallback.Metadata(ctx, &all[i], nil)
			return m, err == nil
		}
	}
	return Metadata{}, false
}

// ReadMetadata reads a METADATA or PKG-INFO file (core metadata, in the form of
// a mail's head). What cannot be read is left out and returned as errors.
func ReadMetadata(text []byte) (m Metadata, bad []error) {
	if i := bytes.Index(text, []byte("\n\n")); i >= 0 {
		text = text[:i]
	} else if i := bytes.Index(text, []byte("\r\n\r\n")); i >= 0 {
		text = text[:i]
	}
	var requires, extras []string
	python := ""
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, maxMetadata+1)
	for lines.Scan() {
		key, value, ok := strings.Cut(lines.Text(), ":")
		if !ok || strings.HasPrefix(key, " ") || strings.HasPrefix(key, "\t") {
			continue // the rest of a folded field: none that matters here is folded
		}
		value = strings.TrimSpace(value)
		switch textproto.CanonicalMIMEHeaderKey(key) {
		case "Requires-Dist":
			requires = append(requires, value)
		case "Provides-Extra":
			extras = append(extras, value)
		case "Requires-Python":
			python = value
		}
	}
	if err := lines.Err(); err != nil {
		bad = append(bad, err)
	}
	m, more := ParseMetadata(requires, extras, python)
	return m, append(bad, more...)
}

// Hint fetches ahead what will be asked for: the projects' pages, and, where a
// target is set, the metadata of the versions that will probably be chosen, and
// the same for what these require. It does not wait.
func (c *Client) Hint(names ...pep.Name) {
	for _, n := range names {
		c.ahead(n, nil)
	}
}

// maxHints is how much is fetched ahead: packages may require others without end.
const maxHints = 5_000

func (c *Client) ahead(name pep.Name, extras []string) {
	key := string(name) + "[" + strings.Join(extras, ",") + "]"
	c.mu.Lock()
	known := c.hinted[key] || len(c.hinted) > maxHints
	c.hinted[key] = true
	c.mu.Unlock()
	if known || c.ctx.Err() != nil {
		return
	}
	go func() {
		releases, err := c.Releases(c.ctx, name)
		if err != nil || c.o.Target == (pep.Target{}) {
			return
		}
		r, f := c.guess(name, releases)
		if f == nil {
			return
		}
		m, err := c.Metadata(c.ctx, r, f)
		if err != nil {
			return
		}
		env := c.o.Target.Env()
		for _, q := range m.Requires {
			if q.Marker.Eval(env, extras...) {
				c.ahead(q.Name, q.Extras)
			}
		}
	}()
}

// guess returns the newest release within the limits that has a file for the
// target, and that file.
func (c *Client) guess(name pep.Name, releases []Release) (best *Release, file *File) {
	python := c.o.Target.PythonFull()
	for i := range releases {
		r := &releases[i]
		if best != nil && r.Version.Compare(best.Version) <= 0 || !c.o.Limits[name].Contains(r.Version, false) {
			continue
		}
		bestRank := 1 << 30
		var found *File
		for j := range r.Files {
			f := &r.Files[j]
			if l, err := pep.ParseSpecifiers(f.RequiresPython); f.Yanked != nil || err == nil && !l.Contains(python, true) {
				continue
			}
			rank := 1<<30 - 1
			if f.IsWheel() {
				_, tags, ok := pep.CutTags(f.Filename)
				if !ok {
					continue
				}
				if rank, ok = c.o.Target.RankTags(tags); !ok {
					continue
				}
			}
			if rank < bestRank {
				found, bestRank = f, rank
			}
		}
		if found != nil {
			best, file = r, found
		}
	}
	return best, file
}
