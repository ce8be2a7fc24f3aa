package analysis

import (
	"cmp"
	"context"
	"errors"
	"io"
	"os"

	"weighline/analysis/layer"
	"weighline/analysis/oci"
)

// ErrNotRead says of a layer that it is in no cache and was not to be read; see
// [Options.CachedOnly].
var ErrNotRead = errors.New("it was not read, and is in no cache")

func notCached(context.Context) (io.ReadCloser, error) { return nil, ErrNotRead }

// cache returns the cache of o with the layers of the known builds in front.
func (o Options) cache() layer.Cache {
	k := knownLayers{behind: o.Cache, byDiffID: map[string]*layer.Index{}}
	for _, b := range o.Known {
		if b == nil || b.Image == nil {
			continue
		}
		for _, l := range b.Image.Layers {
			if l.Read && !l.Listed && l.Index != nil && !l.Index.Cut && l.Index.DiffID != "" {
				k.byDiffID[l.Index.DiffID] = l.Index
			}
		}
	}
	if len(k.byDiffID) == 0 {
		return o.Cache
	}
	return k
}

// knownLayers are the layers of builds in memory, in front of a cache.
type knownLayers struct {
	behind   layer.Cache // may be nil
	byDiffID map[string]*layer.Index
}

func (k knownLayers) Index(ctx context.Context, diffID string) (*layer.Index, error) {
	if x, ok := k.byDiffID[diffID]; ok {
		return x, nil
	}
	if k.behind == nil {
		return nil, layer.ErrNotCached
	}
	return k.behind.Index(ctx, diffID)
}

func (k knownLayers) PutIndex(ctx context.Context, x *layer.Index) error {
	if k.behind == nil {
		return nil
	}
	return k.behind.PutIndex(ctx, x)
}

// SameImage reports whether two references, opened as o and p say, name the same
// image, without reading a layer of either: by the digests of their manifests in
// registries, by the file on the disk. What cannot be told is not the same; that
// an image cannot be opened is for [Analyze] to say.
func SameImage(ctx context.Context, a, b string, o, p oci.Options) bool {
	if a == "" || b == "" || IsInstallation(a) || IsInstallation(b) {
		return false
	}
	if a == b && o.Platform == p.Platform && o.Tag == p.Tag {
		return true
	}
	left, errA := oci.ParseRef(a)
	right, errB := oci.ParseRef(b)
	if errA != nil || errB != nil || left.Place != right.Place {
		return false
	}
	switch left.Place {
	case oci.InRegistry:
		digest, err := oci.Digest(ctx, a, o)
		if err != nil {
			return false
		}
		other, err := oci.Digest(ctx, b, p)
		return err == nil && digest == other
	case oci.OnDisk:
		infoA, errA := os.Stat(left.Name)
		infoB, errB := os.Stat(right.Name)
		return errA == nil && errB == nil && os.SameFile(infoA, infoB) &&
			o.Platform == p.Platform && cmp.Or(left.Tag, o.Tag) == cmp.Or(right.Tag, p.Tag)
	}
	return false
}
