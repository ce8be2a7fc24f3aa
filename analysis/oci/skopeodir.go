package oci

import (
	"context"
	"strings"
)

// A dirLayout is a folder as skopeo's "dir:" writes it: manifest.json is the
// manifest itself, and blobs lie beside it under the hex of their digest.
type dirLayout struct {
	files
	what string
}

func (d dirLayout) blobName(digest string) string {
	_, hex, _ := strings.Cut(digest, ":")
	return hex
}

func (d dirLayout) document(ctx context.Context, desc descriptor) ([]byte, error) {
	b, err := readDocument(ctx, d.files, desc, d.blobName, d.what)
	if err != nil && d.has(d.blobName(desc.Digest)+".manifest.json") { // one of a list
		return readDocument(ctx, d.files, desc, func(s string) string { return d.blobName(s) + ".manifest.json" }, d.what)
	}
	return b, err
}

func (d dirLayout) layer(dst *Layer, desc descriptor) error {
	return placeBlob(d.files, dst, d.blobName(desc.Digest))
}

func openSkopeoDir(ctx context.Context, f files, what string, o Options) (*Image, error) {
	d := dirLayout{f, what}
	raw, err := f.read(ctx, "manifest.json")
	if err != nil {
		return nil, err
	}
	c, err := newChooser(what, o.Platform, d)
	if err != nil {
		return nil, err
	}
	picked, err := c.choose(ctx, raw, descriptor{Digest: digestOf(raw, "")})
	if err != nil {
		return nil, err
	}
	return assemble(ctx, what, picked, d, d, o)
}
