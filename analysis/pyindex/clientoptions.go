package pyindex

import (
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"weighline/analysis/pep"
)

// ClientOptions say whom a [Client] asks, and how. The zero value asks pypi.org.
type ClientOptions struct {
	// Indexes are asked in this order; the default is [PyPI]. An address may
	// hold a user and a password, which no message shows.
	Indexes []string

	// FindLinks are places with files beside those of the indexes, as pip's
	// --find-links: folders, pages of links, or files, by path or address.
	FindLinks []string
	// NoIndex asks no index, only the FindLinks.
	NoIndex bool
	// Proxy, if set, is the address of the proxy for all requests.
	Proxy string

	// Pinned names the one index that a project comes from, as a line of uv or
	// poetry does.
	Pinned map[pep.Name]string

	// Target and Limits let the client guess what will be asked for next, and
	// fetch it ahead: the newest version within the limits, and what that
	// requires. Without a Target, only pages are fetched ahead.
	Target pep.Target
	Limits map[pep.Name]pep.Specifiers

	// Fallback, if not nil, is asked what a source distribution requires, since
	// an index does not tell.
	Fallback *Catalogue

	// CacheDir is where answers are kept: the user's cache directory by
	// default. "none" keeps nothing.
	CacheDir string
	// CAFile has the certificates to trust beside the system's. By default it
	// is the one that PIP_CERT, REQUESTS_CA_BUNDLE or SSL_CERT_FILE name.
	CAFile string
	// Env returns an environment variable, or ""; os.Getenv by default.
	Env func(string) string

	Jobs    int // connections at most; 16 by default, as many as pip's peers use
	Retries int // after a failure that may pass; 3 by default, -1 for none
	// Stall is how long an answer may bring nothing, or in all fewer bytes than a
	// slow line does, before it is given up: 8 s by default, or what
	// PIP_DEFAULT_TIMEOUT or UV_HTTP_TIMEOUT say. Its host is not asked again.
	Stall   time.Duration
	MaxPage int64 // bytes of the largest page; 64 MB by default, three times the largest of pypi.org

	// Wait waits between attempts; it returns early with ctx's error.
	Wait func(ctx context.Context, d time.Duration) error
	// Now is the clock for the age of kept answers.
	Now func() time.Time

	// Progress, if not nil, is told how many bytes were received in all. It may
	// be called from several goroutines at the same time.
	Progress func(bytes int64)
}

func (o ClientOptions) withDefaults() ClientOptions {
	if o.NoIndex {
		o.Indexes = nil
	} else if len(o.Indexes) == 0 {
		o.Indexes = []string{PyPI}
	}
	if o.Env == nil {
		o.Env = os.Getenv
	}
	if o.CacheDir == "" {
		o.CacheDir = "none"
		if dir, err := os.UserCacheDir(); err == nil {
			o.CacheDir = filepath.Join(dir, "weighline", "index")
		}
	}
	if o.CAFile == "" {
		for _, name := range []string{"PIP_CERT", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"} {
			if o.CAFile = o.Env(name); o.CAFile != "" {
				break
			}
		}
	}
	if o.Jobs <= 0 {
		o.Jobs = 16
	}
	if o.Retries == 0 {
		o.Retries = 3
	}
	if o.Stall <= 0 {
		o.Stall = 8 * time.Second
		for _, name := range []string{"PIP_TIMEOUT", "PIP_DEFAULT_TIMEOUT", "UV_HTTP_TIMEOUT"} {
			if n, err := strconv.Atoi(o.Env(name)); err == nil && n > 0 && n < 3600 {
				o.Stall = time.Duration(n) * time.Second
			}
		}
	}
	if o.MaxPage <= 0 {
		o.MaxPage = 64 << 20
	}
	if o.Wait == nil {
		o.Wait = wait
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Progress == nil {
		o.Progress = func(int64) {}
	}
	return o
}

func wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// backOff returns how long to wait before the n-th attempt after the first, so
// that many clients do not come back at once.
func backOff(n int) time.Duration {
	d := 250 * time.Millisecond << (n - 1)
	return d/2 + rand.N(d/2)
}
