package oci

import (
	"cmp"
	"context"
)

// Open opens the image that reference names; see [ParseRef] for its forms. It
// reads documents only: no layer, unless an archive is compressed as a whole,
// which has no other way to its documents than through it.
//
// Errors are [*Error]s, or ctx's. An image whose config or some of whose
// layers are missing or damaged is opened, with [Warning]s. The caller closes
// the image.
func Open(ctx context.Context, reference string, o Options) (*Image, error) {
	if r, ok := o.Archives[reference]; ok {
		return OpenArchive(ctx, reference, r, r.Size(), o)
	}
	o = o.withDefaults()
	ref, err := ParseRef(reference)
	if err != nil {
		return nil, err
	}
	o.Platform = cmp.Or(o.Platform, ref.Platform)
	var img *Image
	switch ref.Place {
	case OnDisk:
		img, err = openPath(ctx, ref, o)
	case InDocker, InPodman:
		img, err = openEngine(ctx, ref, o)
	default:
		img, err = openRegistry(ctx, ref, o)
	}
	if ctx.Err() != nil {
		img.Close()
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, err
	}
	img.Reference = ref.Name
	if ref.Place == OnDisk && ref.Tag != "" {
		img.Reference += "@" + ref.Tag
	}
	return img, nil
}
