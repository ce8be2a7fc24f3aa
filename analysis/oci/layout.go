package oci

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// A layout reads the OCI image layout, in a folder or an archive (OCI image
// spec, "image layout").
type layout struct {
	files
	what string
}

func (l layout) blobName(digest string) string {
	return "blobs/" + strings.Replace(digest, ":", "/", 1)
}

func (l layout) document(ctx context.Context, d descriptor) ([]byte, error) {
	return readDocument(ctx, l.files, d, l.blobName, l.what)
}

// readDocument reads the document of d from the file that name gives it, and
// checks its digest.
func readDocument(ctx context.Context, f files, d descriptor, name func(digest string) string, what string) ([]byte, error) {
	if b, err := d.inline(what); b != nil || err != nil {
		return b, err
	}
	b, err := f.read(ctx, name(d.Digest))
	if err != nil {
		return nil, err
	}
	return b, checkDigest(b, d, what)
}

func (l layout) layer(dst *Layer, d descriptor) error {
	return placeBlob(l.files, dst, l.blobName(d.Digest))
}

// openLayout opens the image of a layout that the options choose.
func openLayout(ctx context.Context, f files, what string, o Options) (*Image, error) {
	l := layout{f, what}
	raw, err := f.read(ctx, "index.json")
	if err != nil {
		return nil, err
	}
	index, err := parseDocument(raw, what)
	if err != nil {
		return nil, err
	}
	if !index.isIndex() {
		return nil, fail(Damaged, what, "index.json is not an index")
	}
	c, err := newChooser(what, o.Platform, l)
	if err != nil {
		return nil, err
	}
	picked, err := l.choose(ctx, index, c, o.Tag)
	if err != nil {
		return nil, err
	}
	return assemble(ctx, what, picked, l, l, o)
}

// choose picks an entry of index.json by tag, and then by platform.
func (l layout) choose(ctx context.Context, index *document, c *chooser, tag string) (*chosen, error) {
	var entries []tagged
	for _, d := range index.Manifests {
		if d.runnable() || d.isIndex() {
			entries = append(entries, tagged{names: refNames(d), digest: d.Digest, desc: d})
		}
	}
	if len(entries) == 0 { // nothing but artifacts: let the error name them
		for _, d := range index.Manifests {
			entries = append(entries, tagged{names: refNames(d), digest: d.Digest, desc: d})
		}
	}
	entries, err := pickTag(entries, tag, l.what)
	if err != nil {
		return nil, err
	}
	if len(entries) == 1 {
		d := entries[0].desc
		raw, err := l.document(ctx, d)
		if err != nil {
			return nil, err
		}
		return c.choose(ctx, raw, d)
	}
	// One image in several platforms, side by side.
	descs := make([]descriptor, len(entries))
	for i, e := range entries {
		descs[i] = e.desc
	}
	if err := c.collect(ctx, &document{Manifests: descs}, "index.json", 0); err != nil {
		return nil, err
	}
	return c.pick(ctx)
}

// refNames returns the names that tools write beside a descriptor.
func refNames(d descriptor) []string {
	var names []string
	for _, key := range []string{"io.containerd.image.name", "org.opencontainers.image.ref.name"} {
		if n := d.Annotations[key]; n != "" {
			names = append(names, n)
		}
	}
	return names
}

// A tagged is one of several images in one place.
type tagged struct {
	names  []string
	digest string
	desc   descriptor // of a layout
	pos    int        // in a docker-archive
}

// label is how a list of images calls it.
func (t tagged) label() string {
	if len(t.names) > 0 {
		return clean(t.names[0])
	}
	return clean(t.digest)
}

// pickTag returns the entries that tag names, or all if tag is "" and they are
// one image: the same, or one in several platforms.
func pickTag(all []tagged, tag, what string) ([]tagged, error) {
	if len(all) == 0 {
		return nil, fail(NotAnImage, what, "there is no image in it")
	}
	if tag == "" {
		names := make(map[string]bool)
		for _, e := range all {
			names[strings.Join(e.names, " ")] = true
		}
		if len(names) == 1 && all[0].desc.Digest != "" || len(all) == 1 {
			return distinct(all), nil
		}
		if d := distinct(all); len(d) == 1 {
			return d, nil
		}
		return nil, ambiguous(all, what)
	}
	for _, same := range tagRules {
		var hits []tagged
		for _, e := range all {
			if e.digest == tag || slices.ContainsFunc(e.names, func(n string) bool { return same(n, tag) }) {
				hits = append(hits, e)
			}
		}
		if hits = distinct(hits); len(hits) > 0 {
			return hits, nil
		}
	}
	return nil, fail(ManifestUnknown, what, "No image %s in it. It holds %s.", tag, labels(all))
}

// tagRules say when a name found is the one asked for, the strictest first:
// the whole name, the name without its registry, the tag alone, the
// repository alone.
var tagRules = []func(have, want string) bool{
	func(have, want string) bool { return have == want },
	func(have, want string) bool {
		return strings.HasSuffix(have, "/"+want) || strings.HasSuffix(have, "/"+want+":latest")
	},
	func(have, want string) bool { return strings.HasSuffix(have, ":"+want) },
	func(have, want string) bool {
		i := strings.LastIndexByte(have, ':')
		return i > 0 && (have[:i] == want || strings.HasSuffix(have[:i], "/"+want))
	},
	func(have, want string) bool { return strings.HasSuffix(want, ":"+have) }, // a layout names the tag only
}

// distinct leaves out entries with a digest that came before.
func distinct(all []tagged) []tagged {
	seen := make(map[string]bool)
	var out []tagged
	for _, e := range all {
		if e.digest != "" && seen[e.digest] {
			continue
		}
		seen[e.digest] = true
		out = append(out, e)
	}
	return out
}

func labels(all []tagged) string {
	var names []string
	for _, e := range all {
		if n := e.label(); n != "" && !slices.Contains(names, n) {
			names = append(names, n)
		}
	}
	return list(names, 12)
}

func ambiguous(all []tagged, what string) *Error {
	e := fail(Ambiguous, what, "It holds %d images: %s.", len(distinct(all)), labels(all))
	return e.hint("Say which: %s", fmt.Sprintf("%s@%s", clean(what), all[0].label()))
}
