package pyindex

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/net/http/httpproxy"
)

// A web fetches by HTTP, within the bounds that the options set.
type web struct {
	http    *http.Client
	o       ClientOptions
	keys    *keys
	cache   cache
	slots   chan struct{} // one for each request that may be under way
	fetched atomic.Int64
	noRange hosts // whose servers answer ranges with the whole file or not at all
	silent  hosts // that sent nothing for too long, or asked to come back much later
}

// A document is what an address gave.
type document struct {
	url  string // after redirects, without user and password
	kind string // media type
	body []byte
}

// maxRedirects is enough for any mirror; pip's is 30.
const maxRedirects = 8

// maxWait is the longest Retry-After that is worth waiting for.
const maxWait = 5 * time.Second

// maxWaits is how long one address is waited for in all.
const maxWaits = 6 * time.Second

// slowLine is the least number of bytes a second that an answer must bring on the
// average, after a first grace of [ClientOptions.Stall].
const slowLine = 2000

func newWeb(o ClientOptions) (*web, error) {
	w := &web{o: o, keys: newKeys(o.Env), slots: make(chan struct{}, o.Jobs), cache: cache{dir: o.CacheDir, now: o.Now}}
	if o.CacheDir == "none" {
		w.cache.dir = ""
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if o.CAFile != "" {
		pem, err := os.ReadFile(o.CAFile)
		if err != nil {
			return nil, fmt.Errorf("certificates: %w", err)
		}
		if config.RootCAs, err = x509.SystemCertPool(); err != nil {
			config.RootCAs = x509.NewCertPool()
		}
		if !config.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("certificates: %s has no certificate in PEM form", o.CAFile)
		}
	}
	proxies := httpproxy.Config{
		HTTPProxy: first(o.Env, "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"), HTTPSProxy: first(o.Env, "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"),
		NoProxy: first(o.Env, "no_proxy", "NO_PROXY"),
	}
	if o.Proxy != "" { // of pip's settings, which come before the environment
		proxies = httpproxy.Config{HTTPProxy: o.Proxy, HTTPSProxy: o.Proxy}
	}
	proxy := proxies.ProxyFunc()
	w.http = &http.Client{
		Transport: &http.Transport{
			Proxy:           func(r *http.Request) (*url.URL, error) { return proxy(r.URL) },
			DialContext:     w.dial,
			TLSClientConfig: config, TLSHandshakeTimeout: o.Stall, ResponseHeaderTimeout: o.Stall,
			MaxIdleConnsPerHost: o.Jobs, MaxConnsPerHost: o.Jobs, IdleConnTimeout: time.Minute,
			ForceAttemptHTTP2: true, MaxResponseHeaderBytes: 1 << 20,
		},
		CheckRedirect: w.redirect,
	}
	return w, nil
}

func first(env func(string) string, names ...string) string {
	for _, n := range names {
		if v := env(n); v != "" {
			return v
		}
	}
	return ""
}

// redirect bounds redirects, never leaves TLS, and puts the key of the new
// host in the place of the old one's.
func (w *web) redirect(r *http.Request, via []*http.Request) error {
	if len(via) > maxRedirects {
		return fmt.Errorf("it redirects more than %d times", maxRedirects)
	}
	if via[len(via)-1].URL.Scheme == "https" && r.URL.Scheme != "https" {
		return errors.New("it redirects from https to " + r.URL.Scheme)
	}
	r.URL.User = nil
	r.Header.Del("Authorization")
	r.Header.Del("Referer")
	w.keys.sign(r)
	return nil
}

// A statusError is an answer that is none.
type statusError struct {
	url    string
	host   string
	status int
	after  time.Duration // that the server asks to wait; 0 if it does not
}

func (e *statusError) Error() string {
	text := fmt.Sprintf("%s answered %d", e.url, e.status)
	switch {
	case e.status == http.StatusUnauthorized || e.status == http.StatusForbidden:
		return text + ": it wants a user and a password; put them into ~/.netrc or the address of the index"
	case e.status == http.StatusTooManyRequests && e.after > maxWait:
		return text + fmt.Sprintf(": it asks to come back in %s", e.after)
	}
	return strings.TrimSpace(text + " " + http.StatusText(e.status))
}

// get fetches an address, or takes it from the cache. An address that is not
// there gives an error that wraps [ErrNotFound].
func (w *web) get(ctx context.Context, address, accept string, limit int64) (*document, error) {
	key := accept + " " + address
	kept := w.cache.load(key)
	if kept != nil && kept.fresh(w.o.Now()) {
		return kept.document()
	}
	var doc *document
	err := w.try(ctx, func() error {
		r, err := w.request(ctx, address)
		if err != nil {
			return err
		}
		r.Header.Set("Accept", accept)
		kept.conditions(r.Header)
		return w.do(r, func(resp *http.Response) error {
			if resp.StatusCode == http.StatusNotModified && kept != nil {
				kept.refresh(resp.Header, w.o.Now())
				w.cache.store(key, kept)
				doc, err = kept.document()
				return err
			}
			if resp.StatusCode != http.StatusOK && resp.StatusCode != http.StatusNotFound && resp.StatusCode != http.StatusGone {
				return w.status(resp)
			}
			e := newEntry(resp, w.o.Now())
			if resp.StatusCode == http.StatusOK {
				if e.Body, err = readAll(resp.Body, limit); err != nil {
					return fmt.Errorf("%s: %w", clean(e.URL), err)
				}
			}
			w.cache.store(key, e)
			doc, err = e.document()
			return err
		})
	})
	return doc, err
}

// request makes a GET, with the key of the host if there is one.
func (w *web) request(ctx context.Context, address string) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, fmt.Errorf("%s: this is no address", clean(address))
	}
	if r.URL.Scheme != "http" && r.URL.Scheme != "https" {
		return nil, fmt.Errorf("%s: only http and https are fetched", clean(address))
	}
	r.URL.User = nil
	r.Header.Set("User-Agent", "weighline")
	w.keys.sign(r)
	return r, nil
}

// try makes attempts until one succeeds or fails for good.
func (w *web) try(ctx context.Context, attempt func() error) error {
	waited := time.Duration(0)
	for n := 1; ; n++ {
		err := attempt()
		pause, again := passing(err)
		if err == nil || !again || ctx.Err() != nil {
			return err
		}
		asked := pause > 0
		if !asked {
			pause = backOff(n)
		}
		if waited += pause; n > w.o.Retries || waited > maxWaits {
			var status *statusError
			if asked && errors.As(err, &status) {
				w.silent.add(status.host, "it asks for patience again and again")
			}
			return err
		}
		if err := w.o.Wait(ctx, pause); err != nil {
			return err
		}
	}
}

// passing reports whether a failure may pass, and how long the server asks to
// wait.
func passing(err error) (pause time.Duration, again bool) {
	var status *statusError
	if errors.As(err, &status) {
		switch status.status {
		case 429, 500, 502, 503, 504:
			return status.after, status.after <= maxWait
		}
		return 0, false
	}
	return 0, errors.Is(err, syscall.ECONNRESET) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF)
}

// errStalled says that a server went silent.
var errStalled = errors.New("the server sent nothing, or next to nothing,")

// do sends a request and hands the answer to use. One slot is taken until use is
// done; the connection is given up when nothing comes for too long.
func (w *web) do(r *http.Request, use func(*http.Response) error) error {
	select {
	case w.slots <- struct{}{}:
	case <-r.Context().Done():
		return r.Context().Err()
	}
	defer func() { <-w.slots }()
	if why := w.silent.why(r.URL.Host); why != "" {
		return fmt.Errorf("%s: it is not asked any more: %s", r.URL.Host, why)
	}
	ctx, cancel := context.WithCancelCause(r.Context())
	defer cancel(nil)
	watch := time.AfterFunc(w.o.Stall, func() { cancel(errStalled) })
	defer watch.Stop()
	resp, err := w.http.Do(r.WithContext(ctx))
	if err == nil {
		resp.Body = &watched{resp.Body, watch, w.o.Stall, time.Now().Add(w.o.Stall)}
		err = use(resp)
		_ = resp.Body.Close()
	}
	var network net.Error
	if errors.Is(context.Cause(ctx), errStalled) || errors.As(err, &network) && network.Timeout() {
		w.silent.add(r.URL.Host, fmt.Sprintf("it sent nothing, or next to nothing, for %s", w.o.Stall))
		return fmt.Errorf("%s: %w for %s", clean(r.URL.String()), errStalled, w.o.Stall)
	}
	return plain(err)
}

// plain takes the method and the quotes off a network error; what is left names
// the place and the cause.
func plain(err error) error {
	var e *url.Error
	if errors.As(err, &e) {
		return fmt.Errorf("%s: %w", clean(e.URL), e.Err)
	}
	return err
}

// A watched body puts off the end of patience with each byte, but not beyond what
// a slow line would have needed.
type watched struct {
	io.ReadCloser
	watch *time.Timer
	stall time.Duration
	end   time.Time
}

func (b *watched) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if n > 0 {
		b.end = b.end.Add(time.Duration(n) * time.Second / slowLine)
		b.watch.Reset(min(b.stall, time.Until(b.end)))
	}
	return n, err
}

// dial opens a connection whose bytes are counted as they come over the wire,
// packed as they may be.
func (w *web) dial(ctx context.Context, network, address string) (net.Conn, error) {
	c, err := (&net.Dialer{Timeout: w.o.Stall}).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return &counted{c, w}, nil
}

type counted struct {
	net.Conn
	w *web
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if n > 0 {
		c.w.o.Progress(c.w.fetched.Add(int64(n)))
	}
	return n, err
}

// status returns the error for an answer.
func (w *web) status(resp *http.Response) error {
	e := &statusError{url: clean(resp.Request.URL.String()), host: resp.Request.URL.Host, status: resp.StatusCode}
	if text := resp.Header.Get("Retry-After"); text != "" {
		if n, err := strconv.Atoi(text); err == nil && n >= 0 {
			e.after = time.Duration(min(n, 1<<20)) * time.Second
		} else if at, err := http.ParseTime(text); err == nil {
			e.after = max(0, at.Sub(w.o.Now()))
		}
	}
	if e.after > maxWait {
		w.silent.add(resp.Request.URL.Host, e.Error())
	}
	return e
}

// readAll reads a body of at most limit bytes.
func readAll(r io.Reader, limit int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(data)) > limit {
		return nil, fmt.Errorf("it is larger than %d MB", limit>>20)
	}
	return data, nil
}
