package slim

import (
	"encoding/json"
	"errors"
	"fmt"
)

// An image is one image of a result.
type image struct {
	manifest, config *blob
	layers           []*blob // in order; the same one may come twice
}

// A bundle is a result with all that belongs to it.
type bundle struct {
	images []*image
	index  *blob // nil for a single image
}

// top returns the document that the result's name leads to.
func (b *bundle) top() *blob {
	if b.index != nil {
		return b.index
	}
	return b.images[0].manifest
}

// documents returns the manifests, and the index last.
func (b *bundle) documents() []*blob {
	var out []*blob
	for _, im := range b.images {
		out = append(out, im.manifest)
	}
	if b.index != nil {
		out = append(out, b.index)
	}
	return out
}

// blobs returns the layers and configs, each once.
func (b *bundle) blobs() []*blob {
	seen := map[string]bool{}
	var out []*blob
	add := func(x *blob) {
		if !seen[x.digest] {
			seen[x.digest] = true
			out = append(out, x)
		}
	}
	for _, im := range b.images {
		for _, l := range im.layers {
			add(l)
		}
		add(im.config)
	}
	return out
}

func (b *bundle) size() int64 {
	var n int64
	for _, x := range b.blobs() {
		n += x.size
	}
	return n
}

// errNested is why an index is not written anew.
var errNested = errors.New("the image's index does not list it itself but another index that does; such a one is not written anew")

// indexOf returns the index of several platforms: the old one with the images
// that are left, in its order. What rides along in it (attestations, signatures)
// is about other bytes, and goes.
func indexOf(sources []Source, images []*image) (*blob, error) {
	raw := sources[0].Image.RawIndex
	if raw == nil {
		return nil, errNested
	}
	o, err := parseObject(raw)
	var entries []object
	if err == nil {
		err = o.get("manifests", &entries)
	}
	if err != nil {
		return nil, fmt.Errorf("the image's index cannot be read: %w", err)
	}
	var out []object
	for _, e := range entries {
		var digest string
		if err := e.get("digest", &digest); err != nil {
			return nil, fmt.Errorf("the image's index cannot be read: %w", err)
		}
		for i, s := range sources {
			if s.Image.Digest == digest {
				m := images[i].manifest
				e.set("digest", m.digest)
				e.set("size", m.size)
				delete(e, "data")
				out = append(out, e)
			}
		}
	}
	if len(out) != len(sources) {
		return nil, errNested
	}
	mediaType := ociIndex
	if json.Unmarshal(o["mediaType"], &mediaType) != nil || mediaType == "" {
		mediaType = ociIndex
	}
	o.set("manifests", out)
	return document(mediaType, o.bytes()), nil
}
