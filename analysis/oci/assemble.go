package oci

import (
	"cmp"
	"context"
	"strings"
)

// blobSource finds the bytes of layers that a manifest names.
type blobSource interface {
	// layer sets what is needed to open l, whose fields are set from d. An
	// error says what is wrong with the layer and becomes a warning.
	layer(l *Layer, d descriptor) error
}

// assemble makes the image of a chosen manifest. It reads the config through s.
func assemble(ctx context.Context, what string, c *chosen, s store, blobs blobSource, o Options) (*Image, error) {
	if err := checkImage(c.doc, what); err != nil {
		return nil, err
	}
	img := &Image{
		Reference: what, Digest: c.desc.Digest, RawManifest: c.raw,
		MediaType: cmp.Or(c.doc.MediaType, c.desc.MediaType, "application/vnd.oci.image.manifest.v1+json"),
		Platforms: c.platforms, Warnings: c.warnings, Annotations: c.doc.Annotations,
		ConfigDigest: c.doc.Config.Digest, RawIndex: c.index,
	}
	if c.desc.Platform != nil {
		img.Platform = c.desc.Platform.String()
	}
	img.Layers = make([]Layer, len(c.doc.Layers))
	for n, d := range c.doc.Layers {
		l := &img.Layers[n]
		*l = Layer{Index: n, Name: d.Digest, Digest: d.Digest, MediaType: clean(d.MediaType), Size: d.Size,
			Compression: compressionOf(d.MediaType), Annotations: d.Annotations, counted: o.Progress}
		l.Foreign = strings.Contains(d.MediaType, "foreign") || strings.Contains(d.MediaType, "nondistributable")
		if d.Size < 0 {
			l.Size = -1
			img.warn("size", "The manifest gives layer %d a size below zero.", n+1)
		}
		if !validDigest(d.Digest) {
			l.Digest, l.Name = "", "layer "+clean(d.Digest)
			l.broken = fail(Damaged, l.label(), "the manifest's digest is none: %s", d.Digest)
			img.warn("digest", "The digest of layer %d is none: %s.", n+1, d.Digest)
			continue
		}
		err := blobs.layer(l, d)
		switch {
		case l.Foreign && l.broken != nil:
			img.warn("foreign-layer", "Layer %d is not distributed with the image (%s), so only its size is known.", n+1, d.MediaType)
		case err != nil:
			img.warnLayer(n, err)
		}
	}
	return img, img.readConfig(ctx, what, s, *c.doc.Config)
}

// readConfig reads the config and describes the image by it. A config that is
// missing or damaged is a warning: the layers can be read without.
func (i *Image) readConfig(ctx context.Context, what string, s store, d descriptor) error {
	raw, err := s.document(ctx, d)
	var f *configFile
	if err == nil {
		f, err = parseConfig(raw, what)
	}
	switch CodeOf(err) {
	case "":
		if err != nil {
			return err
		}
	case Damaged, Truncated, NotFound, ManifestUnknown, Unsupported:
		i.warn("config", "The image's config cannot be read, so instructions and platform are not known: %v.", err)
		return nil
	default:
		return err
	}
	i.RawConfig = raw
	i.describe(f)
	return nil
}

// warnLayer notes that layer n cannot be read, or not to its end.
func (i *Image) warnLayer(n int, err error) {
	code := "layer-" + string(CodeOf(err))
	i.warn(code, "Layer %d of %d cannot be read whole: %v.", n+1, len(i.Layers), err)
}

// foreign is why a layer that is kept elsewhere is not read.
func foreign(l *Layer) *Error {
	return fail(Unsupported, l.label(), "this layer is not distributed with the image (%s)", l.MediaType).
		hint("Its size comes from the manifest; its files are not counted.")
}

// compressionOf tells the compression from a media type, "" if it says none.
func compressionOf(mediaType string) string {
	switch {
	case strings.HasSuffix(mediaType, "gzip"):
		return "gzip"
	case strings.HasSuffix(mediaType, "zstd"):
		return "zstd"
	case strings.HasSuffix(mediaType, "tar"):
		return "none"
	}
	return ""
}

// sniffCompression tells the compression from a blob's first bytes.
func sniffCompression(b []byte) string {
	switch {
	case len(b) >= 2 && b[0] == 0x1f && b[1] == 0x8b:
		return "gzip"
	case len(b) >= 4 && b[0] == 0x28 && b[1] == 0xb5 && b[2] == 0x2f && b[3] == 0xfd,
		len(b) >= 4 && b[0]&0xf0 == 0x50 && b[1] == 0x2a && b[2] == 0x4d && b[3] == 0x18: // skippable frame
		return "zstd"
	}
	return "none"
}
