package slim

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync/atomic"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/remote/transport"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"weighline/analysis/oci"
)

// A Registry is a repository of a registry. Layers that it has already are not
// sent: those of an earlier push that broke, and those of a repository on the
// same registry that the image comes from.
type Registry struct {
	name  string
	force bool
	o     oci.Options
	from  name.Reference // of the source, nil if that is no registry
	push  *oci.Push
	temp  string
}

func newRegistry(reference string, force bool, o oci.Options) (*Registry, error) {
	if _, err := name.NewTag(reference, name.WeakValidation); err != nil {
		return nil, &OutputError{reference, "it is neither a path nor a name with a tag, such as ghcr.io/acme/api:slim"}
	}
	return &Registry{name: reference, force: force, o: o}, nil
}

func (r *Registry) check(ctx context.Context, img *oci.Image) error {
	if img.Source == oci.Registry {
		r.from, _ = name.ParseReference(img.Reference, name.WeakValidation)
	}
	var err error
	if r.push, err = oci.OpenPush(ctx, r.name, r.o); err != nil {
		return err
	}
	return r.free(ctx)
}

// free says whether the tag may be written.
func (r *Registry) free(ctx context.Context) error {
	if r.force {
		return nil
	}
	_, err := remote.Head(r.push.Ref, r.options(ctx)...)
	var status *transport.Error
	switch {
	case err == nil:
		return &ExistsError{r.name}
	case errors.As(err, &status) && status.StatusCode == http.StatusNotFound:
		return nil
	}
	return r.push.Explain(ctx, err)
}

func (r *Registry) options(ctx context.Context) []remote.Option {
	return []remote.Option{remote.WithContext(ctx), remote.WithAuth(r.push.Auth), remote.WithTransport(r.push.Transport)}
}

func (r *Registry) reference(string) string { return "docker://" + r.name }

func (r *Registry) scratch() (string, error) { return scratch(&r.temp) }

func (r *Registry) discard() {
	discard(r.temp)
	if r.push != nil {
		r.push.Close()
	}
}

func (r *Registry) write(ctx context.Context, im *bundle, step func(int64)) (reused int64, err error) {
	p, err := remote.NewPusher(r.options(ctx)...)
	if err != nil {
		return 0, err
	}
	for _, b := range im.blobs() {
		l := &pushed{ctx: ctx, b: b, step: step}
		if err := p.Upload(ctx, r.push.Ref.Context(), r.mountable(l)); err != nil {
			return reused, r.push.Explain(ctx, err)
		}
		if !l.opened.Load() {
			reused += b.size
			step(b.size)
		}
	}
	for _, d := range im.documents() {
		ref := r.push.Ref
		if d != im.top() {
			ref = r.push.Ref.Context().Digest(d.digest)
		} else if err := r.free(ctx); err != nil { // it may have come while layers were sent
			return reused, err
		}
		if err := p.Put(ctx, ref, put{d}); err != nil {
			return reused, r.push.Explain(ctx, err)
		}
	}
	return reused, nil
}

// mountable lets a layer that is as it was be taken from the source's repository.
func (r *Registry) mountable(l *pushed) v1.Layer {
	if l.b.source == nil || r.from == nil || r.from.Context().RegistryStr() != r.push.Ref.Context().RegistryStr() {
		return l
	}
	return &remote.MountableLayer{Layer: l, Reference: r.from}
}

// pushed shows a blob to go-containerregistry. Nothing of it is computed: that
// library unpacks whole layers to answer small questions.
type pushed struct {
	ctx    context.Context //nolint:containedctx // of one upload
	b      *blob
	step   func(int64)
	opened atomic.Bool
}

func (p *pushed) Digest() (v1.Hash, error)             { return v1.NewHash(p.b.digest) }
func (p *pushed) DiffID() (v1.Hash, error)             { return v1.NewHash(p.b.diffID) }
func (p *pushed) Size() (int64, error)                 { return p.b.size, nil }
func (p *pushed) MediaType() (types.MediaType, error)  { return types.MediaType(p.b.mediaType), nil }
func (p *pushed) Uncompressed() (io.ReadCloser, error) { return nil, errors.ErrUnsupported }

func (p *pushed) Compressed() (io.ReadCloser, error) {
	p.opened.Store(true)
	r, err := p.b.open(p.ctx)
	if err != nil {
		return nil, err
	}
	return counted{r, p.step}, nil
}

type counted struct {
	io.ReadCloser
	step func(int64)
}

func (c counted) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	c.step(int64(n))
	return n, err
}

// put shows a manifest or index to go-containerregistry.
type put struct{ b *blob }

func (p put) RawManifest() ([]byte, error)        { return p.b.bytes, nil }
func (p put) MediaType() (types.MediaType, error) { return types.MediaType(p.b.mediaType), nil }
