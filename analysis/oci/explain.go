package oci

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/remote/transport"
)

// host is the registry as people know it.
func (r *repository) host() string {
	h := r.ref.Context().RegistryStr()
	if h == name.DefaultRegistry {
		return "Docker Hub"
	}
	return h
}

// explain turns an error of reading documents into an [*Error].
func (r *repository) explain(ctx context.Context, err error) error {
	what := r.ref.String()
	var e *Error
	var terr *transport.Error
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.As(err, &e):
		return e
	case errors.Is(err, errTooLarge):
		return fail(Unsupported, what, "the manifest is larger than 8 MiB; no image has such a one").because(err)
	case errors.As(err, &terr) && !untrusted(err):
		return r.explainStatus(ctx, what, terr)
	}
	return r.explainNetwork(what, err)
}

// untrusted is whether a certificate is the trouble. At local addresses plain
// HTTP is tried as well, so that err may hold both failures.
func untrusted(err error) bool {
	var unknownCA x509.UnknownAuthorityError
	var wrongName x509.HostnameError
	var invalid x509.CertificateInvalidError
	return errors.As(err, &unknownCA) || errors.As(err, &wrongName) || errors.As(err, &invalid)
}

// explainBlob does the same for a layer or config.
func (r *repository) explainBlob(ctx context.Context, what string, err error) error {
	var terr *transport.Error
	if errors.As(err, &terr) && terr.StatusCode == http.StatusNotFound {
		return fail(NotFound, what, "%s does not have it", r.host()).because(err)
	}
	e := r.explain(ctx, err)
	var x *Error
	if errors.As(e, &x) {
		return asError(x, what)
	}
	return e
}

func (r *repository) explainStatus(ctx context.Context, what string, terr *transport.Error) *Error {
	has := func(codes ...transport.ErrorCode) bool {
		return slices.ContainsFunc(terr.Errors, func(d transport.Diagnostic) bool { return slices.Contains(codes, d.Code) })
	}
	host := r.host()
	switch {
	case terr.StatusCode == http.StatusTooManyRequests || has(transport.TooManyRequestsErrorCode):
		if host == "Docker Hub" {
			return fail(RateLimit, what, "Docker Hub's pull limit is reached for this address.").because(terr).at(r.ref.Context().RegistryStr()).
				hint("It resets by itself; signing in raises it. Saved images still open.")
		}
		return fail(RateLimit, what, "%s wants fewer requests.", host).because(terr).at(r.ref.Context().RegistryStr()).hint("Try again in some minutes.")
	case terr.StatusCode == http.StatusProxyAuthRequired:
		return fail(Proxy, what, "the proxy wants a sign-in").because(terr).hint("Set HTTPS_PROXY=http://user:password@proxy.")
	case terr.StatusCode == http.StatusUnauthorized || terr.StatusCode == http.StatusForbidden || has(transport.UnauthorizedErrorCode, transport.DeniedErrorCode):
		return r.unauthorized(what, terr)
	case terr.StatusCode == http.StatusNotFound || has(transport.ManifestUnknownErrorCode, transport.NameUnknownErrorCode):
		return r.unknown(ctx, what, terr)
	case terr.StatusCode >= 500:
		return fail(Unavailable, what, "%s has trouble of its own (%d %s).", host, terr.StatusCode, http.StatusText(terr.StatusCode)).because(terr).
			hint("Try again later.")
	}
	return fail(Unavailable, what, "%s answered %d %s: %v", host, terr.StatusCode, http.StatusText(terr.StatusCode), error(terr))
}

func (r *repository) unauthorized(what string, err error) *Error {
	e := fail(Unauthorized, what, "%s wants you to sign in to read it. (A private image that does not exist gives the same answer.)", r.host()).because(err).at(r.ref.Context().RegistryStr())
	switch {
	case r.sign.trouble != "":
		e.Why += " " + r.sign.trouble
		e.Hint = "Repair the settings, or sign in again: docker login."
	case r.sign.found:
		e.Why = clean(r.host()) + " does not accept the saved sign-in for it. (A private image that does not exist gives the same answer.)"
		e.Hint = "Sign in again: docker login " + r.ref.Context().RegistryStr()
	default:
		e.Hint = "Sign in first: docker login " + r.ref.Context().RegistryStr()
	}
	return e
}

// unknown says which tags there are instead.
func (r *repository) unknown(ctx context.Context, what string, err error) *Error {
	repo := r.ref.Context()
	short := shortName(repo)
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	tags, terr := remote.List(repo, remote.WithContext(ctx), remote.WithTransport(r.rt))
	if _, digest := r.ref.(name.Digest); digest {
		if terr != nil {
			return fail(NotFound, what, "No repository %s at %s, or no image with this digest in it.", short, r.host()).because(err)
		}
		return fail(ManifestUnknown, what, "No image with this digest in %s.", short).because(err)
	}
	tag := r.ref.Identifier()
	if terr != nil || len(tags) == 0 {
		return fail(NotFound, what, "No repository %s at %s, or no tag %s in it.", short, r.host(), tag).because(err).at(repo.RegistryStr()).
			hint("Check the spelling. A private repository may need a sign-in: docker login %s", repo.RegistryStr())
	}
	near := nearest(tag, tags, 3)
	return fail(ManifestUnknown, what, "No tag %s in %s. Nearest: %s.", tag, short, strings.Join(near, ", ")).because(err).instead(near)
}

// shortName is a repository as it is typed.
func shortName(repo name.Repository) string {
	s := repo.RepositoryStr()
	if repo.RegistryStr() == name.DefaultRegistry {
		return strings.TrimPrefix(s, "library/")
	}
	return s
}

func (r *repository) explainNetwork(what string, err error) *Error {
	host := r.host()
	var (
		dns       *net.DNSError
		unknownCA x509.UnknownAuthorityError
		wrongName x509.HostnameError
		invalid   x509.CertificateInvalidError
		alert     *tls.CertificateVerificationError
		record    tls.RecordHeaderError
		op        *net.OpError
		uerr      *url.Error
	)
	text := err.Error()
	if errors.As(err, &uerr) {
		err = uerr.Err // without the address: the store of the blobs may have signed it
	}
	switch {
	case errors.As(err, &op) && op.Op == "proxyconnect", strings.Contains(text, "Proxy Authentication Required"):
		return fail(Proxy, what, "the proxy %s did not connect to %s: %v", r.proxy(), host, err).
			hint("%s", r.proxyHint())
	case errors.As(err, &wrongName):
		return fail(TLS, what, "The certificate of %s is for another name: %v", host, err)
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return fail(TLS, what, "The certificate of %s has expired.", host).because(err)
	case errors.As(err, &unknownCA), errors.As(err, &invalid), errors.As(err, &alert):
		return fail(TLS, what, "The certificate of %s is not trusted by this computer.", host).because(err).at(r.ref.Context().RegistryStr()).
			hint("Add your company's CA file: --ca FILE.")
	case errors.Is(err, errPlainHTTP), errors.As(err, &record), strings.Contains(text, "server gave HTTP response to HTTPS client"):
		return fail(TLS, what, "%s speaks plain HTTP only.", host).because(err).at(r.ref.Context().RegistryStr()).
			hint("If you trust the network: --plain-http %s", r.ref.Context().RegistryStr())
	case errors.As(err, &dns):
		return fail(Offline, what, "the name %s is not known; this computer may be offline", dns.Name).because(err).
			hint("Saved images still open.")
	case uerr != nil && uerr.Timeout():
		return fail(Offline, what, "%s does not answer", host).because(err).hint("Try again, or check the network and HTTPS_PROXY.")
	case errors.As(err, &op) && op.Op == "dial":
		return fail(Offline, what, "%s was not reached: %v", host, op.Err).because(err).hint("Check the network, or HTTPS_PROXY.")
	case strings.Contains(text, "does not match requested digest"):
		return fail(Damaged, what, "%s sent another manifest than the digest names: %v", host, err)
	}
	return fail(Unavailable, what, "%s cannot be read: %v", host, err)
}

// proxy names the proxy that stands before the registry, without its password.
func (r *repository) proxy() string {
	u, err := url.Parse(r.o.Proxy)
	if r.o.Proxy == "" {
		u, err = http.ProxyFromEnvironment(&http.Request{URL: &url.URL{Scheme: "https", Host: r.ref.Context().RegistryStr()}})
	}
	if err != nil || u == nil {
		return "of the environment"
	}
	return u.Host
}

func (r *repository) proxyHint() string {
	if r.o.Proxy != "" {
		return "Check its address."
	}
	return "Check HTTPS_PROXY and NO_PROXY."
}
