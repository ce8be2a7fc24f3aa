package oci

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/remote/transport"
)

// A Push is a repository that an image may be written to, with the sign-in and
// the rules about TLS that reading has.
type Push struct {
	Ref       name.Reference
	Auth      authn.Authenticator
	Transport http.RoundTripper // without the sign-in
	r         *repository
}

// OpenPush finds the registry of a reference. It does not ask whether anything
// may be written there.
func OpenPush(ctx context.Context, reference string, o Options) (*Push, error) {
	r, err := connect(ctx, reference, false, o.withDefaults())
	if err != nil {
		return nil, err
	}
	if _, tagged := r.ref.(name.Tag); !tagged {
		return nil, fail(BadReference, reference, "an image is written under a tag; its digest is known only then")
	}
	return &Push{Ref: r.ref, Auth: r.sign.auth, Transport: r.base, r: r}, nil
}

// Explain turns an error of writing into an [*Error].
func (p *Push) Explain(ctx context.Context, err error) error {
	var terr *transport.Error
	if errors.As(err, &terr) && ctx.Err() == nil {
		switch terr.StatusCode {
		case http.StatusUnauthorized, http.StatusForbidden:
			e := p.r.unauthorized(p.Ref.String(), err)
			e.Why = strings.Replace(e.Why, "to read it. (A private image that does not exist gives the same answer.)", "to write it.", 1)
			if p.r.sign.found && p.r.sign.trouble == "" {
				e.Why = clean(p.r.host()) + " does not let the saved sign-in write there."
			}
			return e
		case http.StatusMethodNotAllowed:
			return fail(Unsupported, p.Ref.String(), "%s takes no images", p.r.host()).because(err)
		case http.StatusNotFound:
			return fail(NotFound, p.Ref.String(), "%s has no such repository to write to, or it wants one to be made first", p.r.host()).because(err)
		}
	}
	return p.r.explain(ctx, err)
}

// Close ends its connections.
func (p *Push) Close() { p.r.client.CloseIdleConnections() }
