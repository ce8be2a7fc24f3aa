package oci

import (
	"context"
	"encoding/json"
	"path"
	"regexp"
	"strconv"
	"strings"
)

// An archiveItem is one image of a docker-archive's manifest.json.
type archiveItem struct {
	Config       string
	RepoTags     []string
	Layers       []string
	LayerSources map[string]descriptor // by diff ID
}

// openDockerArchive opens what "docker save" wrote: of old, with a folder for
// each layer; of today, with blobs by digest; and what podman, skopeo and
// crane write in its name.
func openDockerArchive(ctx context.Context, f files, what string, o Options) (*Image, error) {
	raw, err := f.read(ctx, "manifest.json")
	if err != nil {
		return nil, err
	}
	item, err := pickItem(raw, what, o.Tag)
	if err != nil {
		return nil, err
	}
	return item.image(ctx, f, what, o)
}

// pickItem returns the image that tag chooses; "@1" is the second.
func pickItem(raw []byte, what, tag string) (*archiveItem, error) {
	var items []archiveItem
	if err := json.Unmarshal(raw, &items); err != nil {
		return nil, fail(Damaged, what, "manifest.json cannot be read: %v", err)
	}
	all := make([]tagged, len(items))
	for n, it := range items {
		all[n] = tagged{names: it.RepoTags, digest: it.Config, pos: n}
	}
	if n, err := strconv.Atoi(strings.TrimPrefix(tag, "@")); err == nil && strings.HasPrefix(tag, "@") {
		if n < 0 || n >= len(items) {
			return nil, fail(ManifestUnknown, what, "There is no image %d in it; it holds %d.", n, len(items))
		}
		return &items[n], nil
	}
	hits, err := pickTag(all, tag, what)
	if err != nil {
		return nil, err
	}
	if len(hits) > 1 {
		return nil, ambiguous(hits, what)
	}
	it := &items[hits[0].pos]
	if len(it.Layers) > maxLayers {
		return nil, fail(Unsupported, what, "the manifest lists %d layers; at most %d are read", len(it.Layers), maxLayers)
	}
	return it, nil
}

// image makes the image of the item.
func (it *archiveItem) image(ctx context.Context, f files, what string, o Options) (*Image, error) {
	img := &Image{Reference: what, Layers: it.layers(o)}
	if err := img.readConfig(ctx, what, archiveStore{f, it.Config}, descriptor{}); err != nil {
		return nil, err
	}
	if img.RawConfig != nil {
		img.ConfigDigest = digestOf(img.RawConfig, "")
		if m := hexName.FindStringSubmatch(it.Config); m != nil && "sha256:"+m[1] != img.ConfigDigest {
			img.warn("config-digest", "The config does not match its digest: it is called %s and is %s.", it.Config, img.ConfigDigest)
		}
	}
	for n := range img.Layers {
		l := &img.Layers[n]
		if err := place(f, l, it.Layers[n]); err != nil {
			img.warnLayer(n, err)
		}
		if l.broken == nil {
			l.Name = keyOf(l.file)
			it.identify(l)
		}
	}
	img.shareNames()
	if err := img.checkPlatform(what, o.Platform); err != nil {
		return nil, err
	}
	return img, nil
}

func (it *archiveItem) layers(o Options) []Layer {
	layers := make([]Layer, len(it.Layers))
	for n, file := range it.Layers {
		name, _ := cleanName(file)
		layers[n] = Layer{Index: n, Name: name, Size: -1, counted: o.Progress}
	}
	return layers
}

var hexName = regexp.MustCompile(`(?:^|[/:])([0-9a-f]{64})(?:\.json|\.tar\.gz|)$`)

// identify sets the digest and the media type of a layer, as far as the
// archive tells: by the name of the file, or because the blob is the tar
// itself, so that its digest is the diff ID.
func (it *archiveItem) identify(l *Layer) {
	if src, ok := it.LayerSources[l.DiffID]; ok && l.DiffID != "" && src.Size == l.Size && validDigest(src.Digest) {
		l.Digest, l.MediaType = src.Digest, clean(src.MediaType)
	}
	switch l.Compression {
	case "none":
		l.Digest = l.DiffID
		l.MediaType = "application/vnd.oci.image.layer.v1.tar"
	default:
		if m := hexName.FindStringSubmatch(l.Name); m != nil && l.Digest == "" && "sha256:"+m[1] != l.DiffID {
			l.Digest = "sha256:" + m[1]
		}
		l.MediaType = "application/vnd.oci.image.layer.v1.tar+" + l.Compression
	}
}

// shareNames gives layers with the same contents the same Name: archives of
// podman and old Docker hold them once, and links beside.
func (i *Image) shareNames() {
	first := make(map[string]string)
	for n := range i.Layers {
		l := &i.Layers[n]
		if l.DiffID == "" || l.broken != nil {
			continue
		}
		if name, ok := first[l.DiffID]; ok {
			l.Name = name
		} else {
			first[l.DiffID] = l.Name
		}
	}
}

// checkPlatform refuses a single image of another platform than was asked for.
func (i *Image) checkPlatform(what, asked string) error {
	if asked == "" || i.Platform == "" {
		return nil
	}
	want, err := parsePlatform(asked)
	if err != nil {
		return err
	}
	have, err := parsePlatform(i.Platform)
	if err == nil && have.fit(want) == 0 {
		return fail(NoPlatform, what, "This image has no %s build. It has %s.", want.String(), i.Platform).
			hint("Leave --platform out, or use --platform %s.", i.Platform)
	}
	return nil
}

// archiveStore finds the one document that a docker-archive's manifest names.
type archiveStore struct {
	files
	config string
}

func (s archiveStore) document(ctx context.Context, _ descriptor) ([]byte, error) {
	if path.Clean(s.config) == "." {
		return nil, fail(Damaged, "manifest.json", "it names no config")
	}
	return s.read(ctx, s.config)
}
