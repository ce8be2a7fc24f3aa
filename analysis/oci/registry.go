package oci

import (
	"cmp"
	"context"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/remote/transport"
)

// A repository is one repository of a registry, signed in.
type repository struct {
	ref    name.Reference
	rt     http.RoundTripper // go-containerregistry's: it signs in
	base   http.RoundTripper // ours below it: it does not
	client *http.Client      // for blobs
	o      Options
	sign   signIn
}

// openRegistry reads the documents of an image in a registry.
func openRegistry(ctx context.Context, ref Ref, o Options) (*Image, error) {
	r, err := find(ctx, ref.Name, o)
	if err != nil {
		return nil, err
	}
	picked, err := r.pick(ctx, ref.Name, o.Platform)
	if err != nil {
		return nil, err
	}
	img, err := assemble(ctx, ref.Name, picked, r.repository, r.repository, o)
	if err != nil {
		return nil, err
	}
	img.Source, img.RandomAccess = Registry, true
	img.Warnings = append(img.Warnings, r.warnings...)
	if r.sign.trouble != "" {
		img.Warnings = append(img.Warnings, Warning{"credentials", r.sign.trouble})
	}
	if err := img.checkPlatform(ref.Name, o.Platform); err != nil {
		return nil, err
	}
	img.close = func() error { r.client.CloseIdleConnections(); return nil }
	return img, nil
}

// connect finds out how the registry is reached and signs in. insecure allows
// plain HTTP, as o.PlainHTTP does.
func connect(ctx context.Context, reference string, insecure bool, o Options) (*repository, error) {
	opts := []name.Option{name.WeakValidation}
	ref, err := name.ParseReference(reference, opts...)
	if err != nil {
		return nil, fail(BadReference, reference, "it is no name of an image: %v", err)
	}
	host := ref.Context().RegistryStr()
	plain := insecure || slices.Contains(o.PlainHTTP, host) || loopback(hostOnly(host))
	if plain {
		if ref, err = name.ParseReference(reference, append(opts, name.Insecure)...); err != nil {
			return nil, fail(BadReference, reference, "it is no name of an image: %v", err)
		}
	}
	base, err := baseTransport(o)
	if err != nil {
		return nil, err
	}
	r := &repository{ref: ref, o: o, sign: credentials(ctx, ref.Context(), o)}
	var rt http.RoundTripper = &patient{inner: base, o: o, host: host, plain: plain}
	rt = &neighbour{inner: rt, host: host}
	r.base = rt
	r.rt, err = transport.NewWithContext(ctx, ref.Context().Registry, r.sign.auth, rt, []string{ref.Scope(transport.PullScope)})
	if err != nil {
		return nil, r.explain(ctx, err)
	}
	r.client = &http.Client{Transport: r.rt, CheckRedirect: checkRedirect}
	return r, nil
}

func loopback(host string) bool {
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || host == "127.0.0.1" || host == "::1"
}

// document fetches a manifest by its digest, or a config.
func (r *repository) document(ctx context.Context, d descriptor) ([]byte, error) {
	what := r.ref.String()
	if b, err := d.inline(what); b != nil || err != nil {
		return b, err
	}
	if strings.Contains(d.MediaType, "manifest") || strings.Contains(d.MediaType, "image.index") {
		desc, err := remote.Get(r.ref.Context().Digest(d.Digest), remote.WithContext(ctx), remote.WithTransport(r.rt))
		if err != nil {
			return nil, r.explain(ctx, err)
		}
		return desc.Manifest, nil
	}
	if d.Size > maxDocument {
		return nil, tooLarge(what, "the config", d.Size)
	}
	size := d.Size
	if size <= 0 {
		size = -1
	}
	b := r.blob(ctx, d.Digest, size, "the config of "+what)
	defer b.Close()
	doc, err := io.ReadAll(io.LimitReader(b, maxDocument+1))
	switch {
	case err != nil:
		return nil, err
	case len(doc) > maxDocument:
		return nil, tooLarge(what, "the config", int64(len(doc)))
	}
	return doc, checkDigest(doc, d, what)
}

func (r *repository) layer(l *Layer, d descriptor) error {
	if l.Foreign && len(d.URLs) > 0 {
		l.broken = foreign(l)
		return l.broken
	}
	size := l.Size
	l.open = func(ctx context.Context) (io.ReadCloser, error) {
		b := r.blob(ctx, d.Digest, size, l.label())
		if err := b.connect(); err != nil {
			b.Close()
			return nil, err
		}
		return b, nil
	}
	l.readAt = func(ctx context.Context, off, n int64) ([]byte, error) {
		return r.blob(ctx, d.Digest, size, l.label()).readRange(off, n)
	}
	return nil
}

// blobURL is where the registry has a blob. The transport corrects the scheme.
func (r *repository) blobURL(digest string) string {
	repo := r.ref.Context()
	u := url.URL{Scheme: repo.Scheme(), Host: repo.RegistryStr(), Path: "/v2/" + repo.RepositoryStr() + "/blobs/" + digest}
	return u.String()
}

// Digest returns the digest of the manifest of the image in a registry that
// reference names for the platform. It reads manifests and, unless the index
// leaves a platform open, no blob.
func Digest(ctx context.Context, reference string, o Options) (string, error) {
	o = o.withDefaults()
	ref, err := ParseRef(reference)
	if err != nil {
		return "", err
	}
	if ref.Place != InRegistry {
		return "", fail(Unsupported, reference, "it is in no registry")
	}
	r, err := find(ctx, ref.Name, o)
	if err != nil {
		return "", err
	}
	defer r.client.CloseIdleConnections()
	picked, err := r.pick(ctx, ref.Name, cmp.Or(o.Platform, ref.Platform))
	if err != nil {
		return "", err
	}
	return picked.desc.Digest, nil
}

// pick chooses the manifest of what was found that is for the platform.
func (f *found) pick(ctx context.Context, what, platform string) (*chosen, error) {
	c, err := newChooser(what, platform, f.repository)
	if err != nil {
		return nil, err
	}
	return c.choose(ctx, f.desc.Manifest, descriptor{MediaType: string(f.desc.MediaType), Digest: f.desc.Digest.String(), Size: f.desc.Size})
}
