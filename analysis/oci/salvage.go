package oci

import (
	"context"
	"encoding/json"
	"errors"
	"path"
	"regexp"
	"slices"
	"strings"
)

// maxRead is how many documents of a cut archive are looked into.
const maxRead = 1000

// salvageable are the names that tools give to layers and documents: of OCI
// layouts and Docker since 25, of podman and crane, of Docker before.
var salvageable = regexp.MustCompile(`^(?:blobs/sha256/|sha256:|)[0-9a-f]{64}(?:\.json|\.tar|\.tar\.gz|/layer\.tar|)$`)

// A wreck is an archive that was cut off before the document that says which
// image it holds: "docker save" writes that last.
type wreck struct {
	what   string
	layers []string            // files that are no documents, as they stand
	found  []*chosen           // manifests
	config []string            // files with a config
	ids    map[string]string   // diff ID → file, for names that are diff IDs
	parent map[string][]string // by its parent's, the folders of layers of an old Docker
}

// salvage opens what is left of such an archive. It returns nil if nothing in
// it looks like a part of an image. The image's Incomplete is set.
func salvage(ctx context.Context, f files, x *tarIndex, what string, o Options) *Image {
	w := &wreck{what: what, ids: map[string]string{}, parent: map[string][]string{}}
	w.sort(ctx, f, x)
	if ctx.Err() != nil || len(w.layers) == 0 || len(w.layers) > maxLayers || len(w.found) > 1 {
		return nil
	}
	var img *Image
	var err error
	if len(w.found) == 1 {
		l := layout{f, what}
		img, err = assemble(ctx, what, w.found[0], l, l, o)
	} else {
		img, err = w.stack(ctx, f, o)
	}
	if err != nil || img.checkPlatform(what, o.Platform) != nil {
		return nil
	}
	img.Source, img.RandomAccess = DockerArchive, true
	if len(w.found) == 1 {
		img.Source = OCIArchive
	}
	why := "The archive ends before it says which image it holds"
	if e := (*Error)(nil); errors.As(x.damage, &e) {
		why += " (" + e.Why + ")"
	}
	img.Incomplete = fail(CodeOf(x.damage), what, "%s", why).because(x.damage).hint("Save or copy it again.")
	return img
}

// sort looks at each file of the archive.
func (w *wreck) sort(ctx context.Context, f files, x *tarIndex) {
	docs := 0
	for _, name := range x.order {
		e, ok := x.entries[name]
		if !ok || e.link != "" || ctx.Err() != nil {
			continue
		}
		if dir, base := path.Split(name); base == "json" && salvageable.MatchString(strings.TrimSuffix(dir, "/")) {
			w.oldDocker(ctx, f, name, strings.TrimSuffix(dir, "/"))
			continue
		}
		if !salvageable.MatchString(name) || e.size == 0 {
			continue
		}
		_, magic, err := f.stat(name)
		if !looksLikeDocument(magic) {
			w.layers = append(w.layers, name)
			if hex := hexIn.FindString(name); hex != "" && sniffCompression(magic) == "none" && !strings.HasSuffix(name, "/layer.tar") {
				w.ids["sha256:"+hex] = name
			}
			continue
		}
		if docs++; err == nil && docs <= maxRead {
			w.document(ctx, f, name)
		}
	}
}

var hexIn = regexp.MustCompile(`[0-9a-f]{64}`)

// document notes a manifest or config.
func (w *wreck) document(ctx context.Context, f files, name string) {
	raw, err := f.read(ctx, name)
	if err != nil {
		return
	}
	digest := digestOf(raw, "")
	if d, err := parseDocument(raw, w.what); err == nil && d.Config != nil && len(d.Layers) > 0 && checkImage(d, w.what) == nil &&
		name == (layout{}).blobName(digest) {
		w.found = append(w.found, &chosen{doc: d, raw: raw, desc: descriptor{Digest: digest, MediaType: d.MediaType, Size: int64(len(raw))}})
		return
	}
	if c, err := parseConfig(raw, w.what); err == nil && len(c.RootFS.DiffIDs) > 0 {
		w.config = append(w.config, name)
	}
}

// oldDocker notes which layer a folder's layer lies on.
func (w *wreck) oldDocker(ctx context.Context, f files, name, dir string) {
	var v1 struct{ Parent string }
	if raw, err := f.read(ctx, name); err == nil && json.Unmarshal(raw, &v1) == nil {
		w.parent[v1.Parent] = append(w.parent[v1.Parent], dir+"/layer.tar")
	}
}

// stack puts the layers in their order, as far as the archive tells.
func (w *wreck) stack(ctx context.Context, f files, o Options) (*Image, error) {
	item, known := &archiveItem{Layers: w.layers}, false
	if len(w.config) == 1 {
		item.Config = w.config[0]
		raw, err := f.read(ctx, item.Config)
		if err != nil {
			return nil, err
		}
		c, err := parseConfig(raw, w.what)
		if err != nil {
			return nil, err
		}
		item.Layers, known = w.byConfig(c.RootFS.DiffIDs)
	} else if chain := w.chain(); len(chain) == len(w.layers) {
		item.Layers, known = chain, true
	}
	if !known {
		item.Config, item.Layers = "", w.layers
	}
	img, err := item.image(ctx, f, w.what, o)
	if err != nil {
		return nil, err
	}
	if item.Config == "" {
		img.Warnings = slices.DeleteFunc(img.Warnings, func(w Warning) bool { return w.Code == "config" })
		img.warn("config", "Which instructions made the layers, and for which platform they are, is not in the part of the archive that can be read.")
	}
	if !known {
		img.warn("order", "In which order the layers lie on each other is said at the end of the archive, which is missing: what is kept, and what is waste, holds for the order in which they stand there.")
	}
	return img, nil
}

// byConfig returns the file of each layer that a config names. known is false
// if there are layers that it does not place.
func (w *wreck) byConfig(diffIDs []string) (layers []string, known bool) {
	chain := w.chain()
	placed := map[string]bool{}
	for n, id := range diffIDs {
		file := w.ids[id]
		if file == "" && n < len(chain) {
			file = chain[n]
		}
		if file == "" {
			file = "the layer " + clean(id) // which is not there
		}
		placed[file] = true
		layers = append(layers, file)
	}
	for _, file := range w.layers {
		known = known || placed[file]
		if !placed[file] {
			return nil, false
		}
	}
	return layers, known
}

// chain returns the layers of an old Docker from the base up, as far as they
// are there and each has one above it.
func (w *wreck) chain() []string {
	var out []string
	have := map[string]bool{}
	for _, l := range w.layers {
		have[l] = true
	}
	for above := w.parent[""]; len(above) == 1 && have[above[0]] && len(out) < len(w.layers); {
		out = append(out, above[0])
		above = w.parent[strings.TrimSuffix(above[0], "/layer.tar")]
	}
	return out
}

// rescue is what opening an archive gives when opening it failed with err: what
// is left of it, or the error said better.
func (x *tarIndex) rescue(ctx context.Context, f files, what string, o Options, err error) (*Image, error) {
	switch CodeOf(err) {
	case NotAnImage, Truncated, Damaged:
		if code := CodeOf(x.damage); code == Truncated || code == Damaged {
			if img := salvage(ctx, f, x, what, o); img != nil {
				return img, nil
			}
		}
	}
	return nil, x.explain(err)
}
