package oci

import (
	"cmp"
	"context"
	"runtime"
	"slices"
	"strings"
)

// A platform is the operating system and processor that an image is for.
type platform struct {
	OS           string `json:"os"`
	Architecture string `json:"architecture"`
	Variant      string `json:"variant"`
	OSVersion    string `json:"os.version"`
}

func (p platform) String() string {
	s := cmp.Or(p.OS, "linux") + "/" + p.Architecture
	if p.Variant != "" {
		s += "/" + p.Variant
	}
	return clean(s)
}

// parsePlatform reads "linux/arm/v7", "arm64" or "linux/x86_64".
func parsePlatform(s string) (platform, error) {
	parts := strings.Split(strings.ToLower(strings.TrimSpace(s)), "/")
	if len(parts) == 1 {
		parts = []string{"linux", parts[0]}
	}
	if len(parts) > 3 || slices.Contains(parts, "") {
		return platform{}, fail(BadReference, s, "a platform looks like linux/amd64 or linux/arm/v7")
	}
	p := platform{OS: parts[0], Architecture: parts[1]}
	if len(parts) == 3 {
		p.Variant = parts[2]
	}
	switch p.Architecture {
	case "x86_64", "x86-64", "x64":
		p.Architecture = "amd64"
	case "aarch64":
		p.Architecture = "arm64"
	case "i386", "i686", "x86":
		p.Architecture = "386"
	case "armv7", "armv7l", "armhf":
		p.Architecture, p.Variant = "arm", "v7"
	}
	return p, nil
}

// hostPlatform is what images run as on this computer.
func hostPlatform() platform { return platform{OS: "linux", Architecture: runtime.GOARCH} }

// fit says how well an image for p serves somebody who wants w: 0 not at all,
// else the higher the better.
func (p platform) fit(w platform) int {
	if cmp.Or(p.OS, "linux") != w.OS || p.Architecture != w.Architecture {
		return 0
	}
	have, want := p.Variant, w.Variant
	if p.Architecture == "arm64" {
		have, want = cmp.Or(have, "v8"), cmp.Or(want, "v8")
	}
	switch {
	case have == want:
		return 100
	case p.Architecture == "arm":
		// An older variant runs on a newer processor, not the other way round.
		limit := cmp.Or(want, "v7")
		if cmp.Or(have, "v7") > limit {
			return 0
		}
		return 10 + strings.Index("v5v6v7v8", cmp.Or(have, "v7"))
	case want == "":
		return 50
	case have == "":
		return 20
	}
	return 0
}

// runnable is false for what rides along in an index: attestations,
// signatures and other documents that belong to an image.
func (d descriptor) runnable() bool {
	if d.Annotations["vnd.docker.reference.type"] != "" {
		return false
	}
	if p := d.Platform; p != nil && p.OS == "unknown" && p.Architecture == "unknown" {
		return false
	}
	return d.ArtifactType == "" || strings.Contains(d.ArtifactType, "image.config")
}

func (d descriptor) isIndex() bool {
	return strings.Contains(d.MediaType, "image.index") || strings.Contains(d.MediaType, "manifest.list")
}

// A chosen manifest is one image, with the index around it.
type chosen struct {
	doc       *document
	raw       []byte
	desc      descriptor
	platforms []PlatformInfo
	warnings  []Warning
	index     []byte // the document of the index, nil without one
}

// A chooser walks an index down to the image of one platform.
type chooser struct {
	what     string   // for messages
	want     platform // as asked for, or the host's
	explicit bool     // the user asked for it
	store    store

	seen     map[string]bool // digests of the indexes above
	total    int             // descriptors so far
	found    []descriptor    // runnable images
	warnings []Warning
}

func newChooser(what, platformText string, s store) (*chooser, error) {
	c := &chooser{what: what, want: hostPlatform(), store: s, seen: make(map[string]bool)}
	if platformText != "" {
		p, err := parsePlatform(platformText)
		if err != nil {
			return nil, err
		}
		c.want, c.explicit = p, true
	}
	return c, nil
}

// choose starts at the document raw, which desc describes.
func (c *chooser) choose(ctx context.Context, raw []byte, desc descriptor) (*chosen, error) {
	doc, err := parseDocument(raw, c.what)
	if err != nil {
		return nil, err
	}
	if !doc.isIndex() {
		return &chosen{doc: doc, raw: raw, desc: desc}, nil
	}
	if err := c.collect(ctx, doc, desc.Digest, 1); err != nil {
		return nil, err
	}
	picked, err := c.pick(ctx)
	if err == nil {
		picked.index = raw
	}
	return picked, err
}

// collect gathers the runnable images of an index and of those within it.
func (c *chooser) collect(ctx context.Context, index *document, digest string, depth int) error {
	c.seen[digest] = true
	if c.total += len(index.Manifests); c.total > maxIndex {
		return fail(Unsupported, c.what, "the index lists more than %d images", maxIndex)
	}
	for _, d := range index.Manifests {
		if !d.isIndex() {
			if d.runnable() {
				c.found = append(c.found, d)
			}
			continue
		}
		switch {
		case c.seen[d.Digest]:
			c.warnings = append(c.warnings, Warning{"index-cycle", "An index of the image contains itself or comes twice; it is read once."})
			continue
		case depth == maxNesting:
			return fail(Unsupported, c.what, "indexes are nested more than %d deep", maxNesting)
		}
		raw, err := c.store.document(ctx, d)
		if err != nil {
			return err
		}
		doc, err := parseDocument(raw, c.what)
		if err != nil {
			return err
		}
		if !doc.isIndex() {
			c.found = append(c.found, d)
			continue
		}
		if err := c.collect(ctx, doc, d.Digest, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// pick takes the image that fits best, the first of equals.
func (c *chooser) pick(ctx context.Context) (*chosen, error) {
	if len(c.found) == 0 {
		return nil, fail(NotAnImage, c.what, "the index lists no image")
	}
	infos, best, score := make([]PlatformInfo, len(c.found)), -1, 0
	for i, d := range c.found {
		p := c.platformOf(ctx, d)
		infos[i] = PlatformInfo{Platform: p.String(), Digest: d.Digest, MediaType: d.MediaType, Size: d.Size}
		if s := p.fit(c.want); s > score {
			best, score = i, s
		}
	}
	if best < 0 {
		if c.explicit || len(c.found) > 1 {
			return nil, c.noPlatform(infos)
		}
		best = 0
		c.warnings = append(c.warnings, Warning{"platform", "The image has no " + c.want.String() + " build; this is " + infos[0].Platform + ", its only one."})
	}
	d := c.found[best]
	raw, err := c.store.document(ctx, d)
	if err != nil {
		return nil, err
	}
	doc, err := parseDocument(raw, c.what)
	if err != nil {
		return nil, err
	}
	if doc.isIndex() {
		return nil, fail(Damaged, c.what, "the index calls %s an image, and it is an index", d.Digest)
	}
	return &chosen{doc: doc, raw: raw, desc: d, platforms: infos, warnings: c.warnings}, nil
}

// platformOf returns what d says, or what its config says where d is silent
// and the index short enough to look.
func (c *chooser) platformOf(ctx context.Context, d descriptor) platform {
	if d.Platform != nil && d.Platform.Architecture != "" {
		return *d.Platform
	}
	if len(c.found) <= 16 {
		if raw, err := c.store.document(ctx, d); err == nil {
			if doc, err := parseDocument(raw, c.what); err == nil && doc.Config != nil {
				if b, err := c.store.document(ctx, *doc.Config); err == nil {
					if f, err := parseConfig(b, c.what); err == nil && f.Architecture != "" {
						return f.platform
					}
				}
			}
		}
	}
	return platform{OS: "linux", Architecture: "amd64"} // as registries' clients assume
}

func (c *chooser) noPlatform(infos []PlatformInfo) *Error {
	var have []string
	for _, p := range infos {
		if !slices.Contains(have, p.Platform) {
			have = append(have, p.Platform)
		}
	}
	e := fail(NoPlatform, c.what, "This image has no %s build. It has %s.", c.want.String(), list(have, 12)).instead(have)
	return e.hint("Use --platform %s.", have[0])
}

// list joins names for a sentence, at most n of them.
func list(names []string, n int) string {
	if len(names) > n {
		return strings.Join(names[:n], ", ") + " and more"
	}
	return strings.Join(names, ", ")
}
