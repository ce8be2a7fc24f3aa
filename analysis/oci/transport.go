package oci

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// userAgent tells registries who asks.
const userAgent = "weighline"

// baseTransport is the connection to registries: proxies from the
// environment, certificates of the system and of o.CAFile.
func baseTransport(o Options) (*http.Transport, error) {
	t := &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 15 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		ForceAttemptHTTP2:     true,
		TLSHandshakeTimeout:   15 * time.Second,
		ResponseHeaderTimeout: 2 * o.Stall,
		IdleConnTimeout:       60 * time.Second,
		MaxIdleConnsPerHost:   8,
		DisableCompression:    true, // a blob comes as it is stored
	}
	if o.Proxy != "" {
		u, err := url.Parse(o.Proxy)
		if err != nil || u.Host == "" {
			return nil, fail(Proxy, "", "the address of the proxy cannot be understood").hint("It is written http://HOST:PORT.")
		}
		t.Proxy = http.ProxyURL(u)
	}
	if o.CAFile == "" {
		return t, nil
	}
	pem, err := os.ReadFile(o.CAFile)
	if err != nil {
		return nil, fail(TLS, o.CAFile, "the CA file cannot be read: %v", err)
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fail(TLS, o.CAFile, "there is no certificate in the CA file").hint("It must be PEM: -----BEGIN CERTIFICATE-----.")
	}
	t.TLSClientConfig = &tls.Config{RootCAs: pool}
	return t, nil
}

// A patient transport tries again when a registry is busy or hangs up before
// it answers. It only sees requests without a body.
type patient struct {
	inner http.RoundTripper
	o     Options
	host  string // of the registry
	plain bool   // it may be asked without TLS
}

const (
	maxTries   = 5
	maxBackOff = 30 * time.Second // a server that wants more is told to the user instead
)

func (p *patient) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.URL.Scheme == "http" && req.URL.Host == p.host && !p.plain {
		return nil, errPlainHTTP
	}
	if req.Header.Get("User-Agent") == "" {
		req.Header.Set("User-Agent", userAgent)
	}
	if req.Body != nil && req.Body != http.NoBody {
		return p.inner.RoundTrip(req)
	}
	for try := 1; ; try++ {
		resp, err := p.inner.RoundTrip(req)
		if try == maxTries || req.Context().Err() != nil || !passing(resp, err) {
			return limitDocument(req, resp), err
		}
		wait := backOff(try, resp)
		if wait > maxBackOff {
			return limitDocument(req, resp), err
		}
		if resp != nil {
			_, _ = io.CopyN(io.Discard, resp.Body, 64<<10)
			resp.Body.Close()
		}
		if err := p.o.sleep(req.Context(), wait); err != nil {
			return nil, err
		}
	}
}

var errPlainHTTP = errors.New("plain HTTP is not allowed for this host")

// passing is whether trying again may help.
func passing(resp *http.Response, err error) bool {
	if err != nil {
		return errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) ||
			errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
	}
	switch resp.StatusCode {
	case http.StatusRequestTimeout, http.StatusTooManyRequests, http.StatusInternalServerError,
		http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

// backOff is how long to wait before the next try: what the server says in
// Retry-After, else 0.25 s, 0.5 s, 1 s, 2 s.
func backOff(try int, resp *http.Response) time.Duration {
	if resp != nil {
		after := resp.Header.Get("Retry-After")
		if s, err := strconv.Atoi(after); err == nil && s >= 0 {
			return time.Duration(min(s, 1<<20)) * time.Second
		}
		if at, err := http.ParseTime(after); err == nil {
			return max(0, time.Until(at))
		}
	}
	return 250 * time.Millisecond << (try - 1)
}

// limitDocument bounds the answers that are read whole: all but blobs.
func limitDocument(req *http.Request, resp *http.Response) *http.Response {
	if resp != nil && resp.StatusCode == http.StatusOK && strings.Contains(req.URL.Path, "/manifests/") {
		resp.Body = &limitedBody{resp.Body, maxDocument}
	}
	return resp
}

type limitedBody struct {
	io.ReadCloser
	left int64
}

var errTooLarge = errors.New("the document is larger than 8 MiB")

func (l *limitedBody) Read(p []byte) (int, error) {
	n, err := l.ReadCloser.Read(p)
	if l.left -= int64(n); l.left < 0 {
		return 0, errTooLarge
	}
	return n, err
}

// checkRedirect follows up to ten redirects, but none from a public host to
// an address of the local network: a registry must not make this computer ask
// its own router or cloud metadata service. Credentials stay behind by
// themselves: the transports set them for the registry's host and port only.
func checkRedirect(req *http.Request, via []*http.Request) error {
	if len(via) >= 10 {
		return errors.New("stopped after 10 redirects")
	}
	if private(req.URL.Hostname()) && !private(via[0].URL.Hostname()) {
		return errors.New("redirect from " + via[0].URL.Host + " to " + req.URL.Host + " in the local network refused")
	}
	if via[0].URL.Hostname() == req.URL.Hostname() && via[0].URL.Host != req.URL.Host {
		req.Header.Del("Authorization") // net/http takes another port for the same host
	}
	return nil
}

func private(host string) bool {
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && (ip.IsLoopback() || ip.IsPrivate() || ip.IsLinkLocalUnicast() || ip.IsUnspecified())
}

// A neighbour transport lets a token server live beside its registry, on
// another port of the same address. go-containerregistry refuses every token
// server at a private address that is not the registry itself, so it is shown
// one at the registry's, and requests are led to the real one.
type neighbour struct {
	inner http.RoundTripper
	host  string // of the registry, with port
}

const neighbourPath = "/.token-server/"

func (n *neighbour) RoundTrip(req *http.Request) (*http.Response, error) {
	if port, path, ok := strings.Cut(strings.TrimPrefix(req.URL.Path, neighbourPath), "/"); ok && strings.HasPrefix(req.URL.Path, neighbourPath) && req.URL.Host == n.host {
		scheme, port, _ := strings.Cut(port, "-")
		req = req.Clone(req.Context())
		req.URL.Scheme, req.URL.Host, req.URL.Path = scheme, net.JoinHostPort(hostOnly(n.host), port), "/"+path
		req.URL.RawPath, req.Host = "", ""
		return n.inner.RoundTrip(req)
	}
	resp, err := n.inner.RoundTrip(req)
	if err == nil && req.URL.Host == n.host && private(hostOnly(n.host)) {
		for i, h := range resp.Header["Www-Authenticate"] {
			resp.Header["Www-Authenticate"][i] = n.rewrite(h)
		}
	}
	return resp, err
}

func (n *neighbour) rewrite(challenge string) string {
	before, rest, ok := strings.Cut(challenge, `realm="`)
	realm, after, ok2 := strings.Cut(rest, `"`)
	u, err := url.Parse(realm)
	if !ok || !ok2 || err != nil || u.Host == n.host || u.Hostname() != hostOnly(n.host) {
		return challenge
	}
	port := cmp.Or(u.Port(), map[string]string{"http": "80", "https": "443"}[u.Scheme])
	u.Path = neighbourPath + u.Scheme + "-" + port + "/" + strings.TrimPrefix(u.Path, "/")
	u.Host = n.host
	return before + `realm="` + u.String() + `"` + after
}

func hostOnly(hostport string) string {
	if h, _, err := net.SplitHostPort(hostport); err == nil {
		return h
	}
	return strings.Trim(hostport, "[]")
}
