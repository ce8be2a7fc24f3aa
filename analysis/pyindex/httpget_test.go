package pyindex

import (
	"context"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"weighline/analysis/pep"
	"weighline/analysis/pyindex/indextest"
)

// TestProxy goes through the proxy that the environment or pip's settings name,
// and past it where it is told to.
func TestProxy(t *testing.T) {
	x := indextest.Serve(t, demo...)
	target, err := url.Parse(x.Base)
	if err != nil {
		t.Fatal(err)
	}
	var through atomic.Int32
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Host != "index.example" {
			http.Error(w, "not for this proxy", http.StatusBadGateway)
			return
		}
		through.Add(1)
		(&httputil.ReverseProxy{Rewrite: func(p *httputil.ProxyRequest) { p.SetURL(target) }}).ServeHTTP(w, r)
	}))
	t.Cleanup(proxy.Close)
	for name, c := range map[string]struct {
		env   map[string]string
		proxy string
		want  bool
	}{
		"http_proxy":             {map[string]string{"http_proxy": proxy.URL}, "", true},
		"HTTP_PROXY":             {map[string]string{"HTTP_PROXY": proxy.URL}, "", true},
		"all_proxy":              {map[string]string{"ALL_PROXY": proxy.URL}, "", true},
		"no_proxy":               {map[string]string{"http_proxy": proxy.URL, "no_proxy": "other.example,index.example"}, "", false},
		"of another scheme":      {map[string]string{"https_proxy": proxy.URL}, "", false},
		"pip's before variables": {map[string]string{"http_proxy": "http://127.0.0.1:1", "no_proxy": "index.example"}, proxy.URL, true},
	} {
		through.Store(0)
		o := ClientOptions{Indexes: []string{"http://index.example/simple"}, Proxy: c.proxy, Retries: -1, Stall: 5 * time.Second, Env: func(name string) string { return c.env[name] }}
		all, err := client(t, o).Releases(t.Context(), "demo")
		if got := err == nil && len(all) == 2; got != c.want || (through.Load() > 0) != c.want {
			t.Errorf("%s: %d releases, %v, %d requests through the proxy", name, len(all), err, through.Load())
		}
	}
}

// TestCAFile trusts the certificates of the file that is named, and no server
// without it.
func TestCAFile(t *testing.T) {
	x := indextest.Serve(t, demo...)
	s := httptest.NewTLSServer(x)
	t.Cleanup(s.Close)
	s.Config.ErrorLog = nil
	good, bad := filepath.Join(t.TempDir(), "ca.pem"), filepath.Join(t.TempDir(), "none.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
	for path, data := range map[string][]byte{good: text, bad: []byte("nothing")} {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	index := []string{s.URL + "/simple"}
	if all, err := client(t, ClientOptions{Indexes: index, CAFile: good}).Releases(t.Context(), "demo"); err != nil || len(all) != 2 {
		t.Errorf("with the file: %v, %v", all, err)
	}
	for _, name := range []string{"PIP_CERT", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"} {
		c := client(t, ClientOptions{Indexes: index, Env: func(n string) string { return map[string]string{name: good}[n] }})
		if all, err := c.Releases(t.Context(), "demo"); err != nil || len(all) != 2 {
			t.Errorf("with %s: %v, %v", name, all, err)
		}
	}
	if _, err := client(t, ClientOptions{Indexes: index, Retries: -1}).Releases(t.Context(), "demo"); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("without a file: %v", err)
	}
	for path, want := range map[string]string{bad: "has no certificate in PEM form", bad + "x": "certificates: "} {
		if _, err := NewClient(ClientOptions{Indexes: index, CAFile: path, CacheDir: "none"}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", filepath.Base(path), err, want)
		}
	}
}

// TestConnections has no more requests under way than it may, and as many.
func TestConnections(t *testing.T) {
	const jobs = 3
	var now, most atomic.Int32
	full := make(chan struct{})
	var once sync.Once
	x := indextest.Serve(t, demo...)
	x.Before = func(_ http.ResponseWriter, r *http.Request) bool {
		n := now.Add(1)
		defer now.Add(-1)
		for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
		}
		if n == jobs {
			once.Do(func() { close(full) })
		}
		select { // the first ones wait for each other, so that all places are taken
		case <-full:
		case <-r.Context().Done():
		}
		return false
	}
	c := client(t, ClientOptions{Indexes: []string{x.URL}, Jobs: jobs})
	var wg sync.WaitGroup
	for i := range 12 {
		wg.Go(func() { _, _ = c.Releases(t.Context(), pep.Name(fmt.Sprintf("p%d", i))) })
	}
	wg.Wait()
	if most.Load() != jobs {
		t.Errorf("%d requests at once, want %d", most.Load(), jobs)
	}
}

// TestBackOff waits longer before each new attempt, and not for what will not
// pass.
func TestBackOff(t *testing.T) {
	for status, attempts := range map[int]int{500: 4, 502: 4, 503: 4, 504: 4, 429: 4, 400: 1, 403: 1, 404: 1} {
		x := indextest.Serve(t, demo...)
		x.Before = func(w http.ResponseWriter, _ *http.Request) bool {
			w.WriteHeader(status)
			return true
		}
		var waits []time.Duration
		c := client(t, ClientOptions{Indexes: []string{x.URL}, Wait: func(_ context.Context, d time.Duration) error { waits = append(waits, d); return nil }})
		if _, err := c.Releases(t.Context(), "demo"); err == nil {
			t.Errorf("%d: no error", status)
		}
		if len(waits) != attempts-1 || len(x.Requests()) > attempts {
			t.Errorf("%d: waits %v, requests %v", status, waits, x.Requests())
		}
		for i, d := range waits {
			if least := 125 * time.Millisecond << i; d < least || d >= 2*least {
				t.Errorf("%d: waits %v before attempt %d, want %v to %v", status, d, i+2, least, 2*least)
			}
		}
	}
}
