package oci

import (
	"context"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"weighline/analysis/oci/ocitest"
)

// serve starts a server and returns its host.
func serve(t *testing.T, h http.Handler) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return strings.TrimPrefix(s.URL, "http://")
}

// bad wraps a registry: the function returns true when it has answered.
func bad(inner http.Handler, f func(w http.ResponseWriter, r *http.Request) bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !f(w, r) {
			inner.ServeHTTP(w, r)
		}
	})
}

// noSignIns keeps the sign-ins and mirrors of this computer out of the test.
func noSignIns(t *testing.T) {
	t.Helper()
	dir := t.TempDir()
	for _, v := range []string{"HOME", "DOCKER_CONFIG", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME"} {
		t.Setenv(v, dir)
	}
	t.Setenv("REGISTRY_AUTH_FILE", "")
	t.Setenv("CONTAINERS_REGISTRIES_CONF", "")
}

// big is an image whose one layer is large enough to be cut: 300 kB that do
// not compress.
func big() *ocitest.Image {
	noise, x := make([]byte, 300_000), uint32(1)
	for i := range noise {
		x = x*1664525 + 1013904223
		noise[i] = byte(x >> 24)
	}
	img := ocitest.Build(ocitest.Layer{Compression: "none", Entries: []ocitest.Entry{{Name: "noise", Body: string(noise)}}})
	img.Tag = "acme/api:1.4"
	return img
}

// readLayer opens the image and reads its first layer.
func readLayer(t *testing.T, ref string, o Options) ([]byte, error) {
	t.Helper()
	img, err := Open(t.Context(), ref, o)
	if err != nil {
		return nil, err
	}
	defer img.Close()
	rc, err := img.Layers[0].Open(t.Context())
	if err != nil {
		return nil, err
	}
	defer rc.Close()
	return io.ReadAll(rc)
}

func TestRegistryResumes(t *testing.T) {
	noSignIns(t)
	want := big()
	layer := want.LayerBlob(0)
	inner := ocitest.Handler(t, want)
	isLayer := func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, layer.Digest) }

	test := func(name string, f func(w http.ResponseWriter, r *http.Request, try int) bool) {
		t.Helper()
		var mu sync.Mutex
		tries := 0
		host := serve(t, bad(inner, func(w http.ResponseWriter, r *http.Request) bool {
			if !isLayer(r) {
				return false
			}
			mu.Lock()
			tries++
			n := tries
			mu.Unlock()
			return f(w, r, n)
		}))
		o := testOptions()
		o.Stall = 100 * time.Millisecond
		var counted int64
		o.Progress = func(n int64) { counted += n }
		got, err := readLayer(t, host+"/acme/api:1.4", o)
		if err != nil || string(got) != string(layer.Bytes) || counted != int64(len(got)) {
			t.Errorf("%s: %d bytes after %d tries, %d counted, %v; want %d", name, len(got), tries, counted, err, len(layer.Bytes))
		}
	}
	test("whole", func(http.ResponseWriter, *http.Request, int) bool { return false })
	test("cut once", func(w http.ResponseWriter, r *http.Request, try int) bool {
		return cut(w, r, layer.Bytes, 100_000, try < 2)
	})
	test("cut at every 70,000 bytes", func(w http.ResponseWriter, r *http.Request, try int) bool {
		return cut(w, r, layer.Bytes, 70_000, true)
	})
	test("cut before the first byte", func(w http.ResponseWriter, r *http.Request, try int) bool {
		return try < 3 && cut(w, r, layer.Bytes, 0, true)
	})
	test("stalls", func(w http.ResponseWriter, r *http.Request, try int) bool {
		if try > 1 {
			return cut(w, r, layer.Bytes, 1<<30, false)
		}
		w.Header().Set("Content-Length", strconv.Itoa(len(layer.Bytes)))
		w.Write(layer.Bytes[:90_000])
		w.(http.Flusher).Flush()
		<-r.Context().Done()
		panic(http.ErrAbortHandler)
	})
	test("knows no ranges", func(w http.ResponseWriter, r *http.Request, try int) bool {
		r.Header.Del("Range")
		return cut(w, r, layer.Bytes, 150_000, try < 2)
	})
	test("busy", func(w http.ResponseWriter, r *http.Request, try int) bool {
		if try < 3 {
			w.Header().Set("Retry-After", "7")
			w.WriteHeader([]int{429, 503}[try%2])
		}
		return try < 3
	})
}

// cut answers with body, or the range that is asked for, and hangs up after n
// bytes.
func cut(w http.ResponseWriter, r *http.Request, body []byte, n int, really bool) bool {
	from := 0
	fmt.Sscanf(r.Header.Get("Range"), "bytes=%d-", &from)
	rest := body[from:]
	w.Header().Set("Content-Length", strconv.Itoa(len(rest)))
	if r.Header.Get("Range") != "" {
		w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, len(body)-1, len(body)))
		w.WriteHeader(http.StatusPartialContent)
	}
	if !really || n >= len(rest) {
		w.Write(rest)
		return true
	}
	w.Write(rest[:n])
	w.(http.Flusher).Flush()
	panic(http.ErrAbortHandler)
}

func TestRegistryFailures(t *testing.T) {
	noSignIns(t)
	want := big()
	layer, config := want.LayerBlob(0), want.ConfigBlob()
	inner := ocitest.Handler(t, want, &ocitest.Image{Tag: "acme/api:1.4.1"}, &ocitest.Image{Tag: "acme/api:2024-nightly"}, &ocitest.Image{Tag: "acme/api:1.6"})
	test := func(name, ref string, code Code, part string, f func(w http.ResponseWriter, r *http.Request) bool) {
		t.Helper()
		host := serve(t, bad(inner, f))
		o := testOptions()
		o.Stall = 50 * time.Millisecond
		_, err := readLayer(t, host+"/"+ref, o)
		if CodeOf(err) != code || code != "" && !strings.Contains(err.Error(), part) || errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v [%s], want %q [%s], and nobody cancelled", name, err, CodeOf(err), part, code)
		}
	}
	layerOnly := func(f func(w http.ResponseWriter, r *http.Request)) func(w http.ResponseWriter, r *http.Request) bool {
		return func(w http.ResponseWriter, r *http.Request) bool {
			if strings.HasSuffix(r.URL.Path, layer.Digest) {
				f(w, r)
				return true
			}
			return false
		}
	}
	manifest := func(contentType, body string) func(w http.ResponseWriter, r *http.Request) bool {
		return func(w http.ResponseWriter, r *http.Request) bool {
			if strings.Contains(r.URL.Path, "/manifests/") {
				w.Header().Set("Content-Type", contentType)
				io.WriteString(w, body)
				return true
			}
			return false
		}
	}
	status := func(code int, body string) func(w http.ResponseWriter, r *http.Request) bool {
		return func(w http.ResponseWriter, r *http.Request) bool {
			if strings.Contains(r.URL.Path, "/manifests/") {
				w.WriteHeader(code)
				io.WriteString(w, body)
				return true
			}
			return false
		}
	}
	none := func(http.ResponseWriter, *http.Request) bool { return false }
	const api = "acme/api:1.4"

	test("unknown tag", "acme/api:1.5", ManifestUnknown, "No tag 1.5 in acme/api. Nearest: 1.4, 1.6, 1.4.1.", none)
	test("unknown repository", "acme/nope:1", NotFound, "No repository acme/nope", none)
	test("unknown digest", "acme/api@"+ocitest.Digest(nil), ManifestUnknown, "No image with this digest", none)
	test("denied", api, Unauthorized, "wants you to sign in", status(403, `{"errors":[{"code":"DENIED"}]}`))
	test("rate limit", api, RateLimit, "wants fewer requests", status(429, `{"errors":[{"code":"TOOMANYREQUESTS"}]}`))
	test("500", api, Unavailable, "trouble of its own (500", status(500, "oops"))
	test("teapot", api, Unavailable, "418", status(418, "\x1b[31m"))
	test("captive portal", api, Offline, "a web page came", manifest("text/html", "<html>sign in</html>"))
	test("empty manifest", api, Damaged, "is empty", manifest("application/json", ""))
	test("no JSON", api, Damaged, "cannot be read", manifest("application/json", "{"))
	test("giant manifest", api, Unsupported, "larger than 8 MiB", manifest("application/json", `{"x":"`+strings.Repeat("x", 9<<20)+`"}`))
	test("schema 1", api, Schema1, "schema 1", manifest("application/vnd.docker.distribution.manifest.v1+prettyjws", `{"schemaVersion":1,"fsLayers":[{"blobSum":"x"}]}`))
	test("a million layers", api, Unsupported, "lists 12000 layers", manifest(ocitest.ManifestType, `{"schemaVersion":2,"config":{},"layers":[`+strings.Repeat("{},", 11_999)+`{}]}`))
	test("Helm chart", api, NotAnImage, "this is a Helm chart (application/vnd.cncf.helm.config.v1+json), not an image",
		manifest(ocitest.ManifestType, `{"schemaVersion":2,"config":{"mediaType":"application/vnd.cncf.helm.config.v1+json"},"layers":[{"mediaType":"application/vnd.cncf.helm.chart.content.v1.tar+gzip"}]}`))
	test("cosign signature", api, NotAnImage, "this is a cosign signature",
		manifest(ocitest.ManifestType, `{"schemaVersion":2,"config":{"mediaType":"`+ocitest.ConfigType+`"},"layers":[{"mediaType":"application/vnd.dev.cosign.simplesigning.v1+json"}]}`))
	test("some artifact", api, NotAnImage, "this is an artifact (application/x-thing)",
		manifest(ocitest.ManifestType, `{"schemaVersion":2,"artifactType":"application/x-thing","config":{"mediaType":"application/vnd.oci.empty.v1+json"},"layers":[]}`))
	test("both at once", api, Damaged, "an image and an index at once", manifest(ocitest.ManifestType, `{"schemaVersion":2,"config":{},"layers":[],"manifests":[]}`))

	test("no such blob", api, NotFound, "layer 1: ", layerOnly(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(404) }))
	test("blob cut for ever", api, Unavailable, "layer 1: the connection to", layerOnly(func(w http.ResponseWriter, r *http.Request) { cut(w, r, layer.Bytes, 10, true) }))
	test("blob hangs", api, Unavailable, "sent nothing for 50ms, after 3 connections; 0 of", layerOnly(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", strconv.Itoa(len(layer.Bytes)))
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}))
	test("blob too short", api, Damaged, "the manifest says 301568 bytes", layerOnly(func(w http.ResponseWriter, _ *http.Request) { w.Write(layer.Bytes[:1000]) }))
	test("blob too long", api, Damaged, "layer 1: ", layerOnly(func(w http.ResponseWriter, _ *http.Request) {
		w.Write(layer.Bytes)
		w.(http.Flusher).Flush() // no Content-Length
		w.Write([]byte("more"))
	}))
	test("another range", api, Damaged, "another range", layerOnly(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Range") == "" {
			cut(w, r, layer.Bytes, 100_000, true)
		}
		w.Header().Set("Content-Range", fmt.Sprintf("bytes 0-9/%d", len(layer.Bytes)))
		w.WriteHeader(206)
		w.Write(layer.Bytes[:10])
	}))
	test("blob 401 at the end", api, Unauthorized, "layer 1 in ", layerOnly(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Range") == "" {
			cut(w, r, layer.Bytes, 100_000, true)
		}
		w.WriteHeader(401)
	}))
	test("redirects in a circle", api, Unavailable, "stopped after 10 redirects", layerOnly(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, r.URL.Path, http.StatusTemporaryRedirect)
	}))
	test("wrong config", api, "", "", func(w http.ResponseWriter, r *http.Request) bool {
		if strings.HasSuffix(r.URL.Path, config.Digest) {
			w.Write([]byte(strings.Repeat("x", int(config.Size))))
			return true
		}
		return false
	})
}

func TestOffline(t *testing.T) {
	noSignIns(t)
	s := httptest.NewServer(nil)
	host := strings.TrimPrefix(s.URL, "http://")
	s.Close()
	_, err := Open(t.Context(), host+"/acme/api", testOptions())
	if CodeOf(err) != Offline {
		t.Errorf("a closed port gives %v", err)
	}
	t.Setenv("HTTPS_PROXY", "http://user:secret@"+host)
	proxied := testOptions()
	_, err = Open(t.Context(), "registry.invalid/acme/api", proxied)
	if CodeOf(err) != Proxy && CodeOf(err) != Offline || strings.Contains(err.Error(), "secret") {
		t.Errorf("a dead proxy gives %v", err)
	}
}

func TestTLS(t *testing.T) {
	noSignIns(t)
	want := big()
	s := httptest.NewUnstartedServer(ocitest.Handler(t, want))
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	t.Cleanup(s.Close)
	host := strings.TrimPrefix(s.URL, "https://")
	_, err := Open(t.Context(), host+"/acme/api:1.4", testOptions())
	if CodeOf(err) != TLS || !strings.Contains(err.Error(), "is not trusted by this computer") {
		t.Errorf("an unknown CA gives %v", err)
	}
	ca := filepath.Join(t.TempDir(), "ca.pem")
	must(t, os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}), 0o644))
	o := testOptions()
	o.CAFile = ca
	if b, err := readLayer(t, host+"/acme/api:1.4", o); err != nil || len(b) != int(want.LayerBlob(0).Size) {
		t.Errorf("with the CA file: %d bytes, %v", len(b), err)
	}
	o.CAFile = filepath.Join(t.TempDir(), "none")
	if _, err := Open(t.Context(), host+"/acme/api:1.4", o); CodeOf(err) != TLS {
		t.Errorf("a missing CA file gives %v", err)
	}
}

// Plain HTTP is for this computer, and for hosts that were named.
func TestPlainHTTP(t *testing.T) {
	noSignIns(t)
	host := serve(t, ocitest.Handler(t, big()))
	_, port, _ := strings.Cut(host, ":")
	if _, err := Open(t.Context(), "localhost:"+port+"/acme/api:1.4", testOptions()); err != nil {
		t.Errorf("localhost: %v", err)
	}
	// 127.0.0.2 is served as well, and no name for this computer.
	_, err := Open(t.Context(), "127.0.0.2:"+port+"/acme/api:1.4", testOptions())
	if CodeOf(err) != TLS && CodeOf(err) != Offline {
		t.Errorf("without --plain-http: %v", err)
	}
}

// A guard is a registry that wants a sign-in.
type guard struct {
	inner http.Handler
	realm string
	basic bool
	mu    sync.Mutex
	short int // requests a token is good for; 0: any number
	used  int
}

var alice = "Basic " + base64.StdEncoding.EncodeToString([]byte("alice:secret"))

func (g *guard) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	auth := r.Header.Get("Authorization")
	if r.URL.Path == "/token" {
		if auth != "" && auth != alice {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		g.used = 0
		fmt.Fprintf(w, `{"token":"for %s"}`, map[bool]string{true: "alice", false: "nobody"}[auth == alice])
		return
	}
	ok := auth == "Bearer for alice" && (g.short == 0 || g.used < g.short)
	challenge := `Bearer realm="` + g.realm + `",service="test"`
	if g.basic {
		ok, challenge = auth == alice, `Basic realm="test"`
	}
	if !ok {
		w.Header().Set("WWW-Authenticate", challenge)
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	g.used++
	g.inner.ServeHTTP(w, r)
}

func TestSignIn(t *testing.T) {
	noSignIns(t)
	want := big()
	var elsewhere []string
	store := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if a := r.Header.Get("Authorization"); a != "" {
			elsewhere = append(elsewhere, a)
		}
		http.ServeContent(w, r, "", time.Time{}, strings.NewReader(string(want.LayerBlob(0).Bytes)))
	}))
	inner := bad(ocitest.Handler(t, want), func(w http.ResponseWriter, r *http.Request) bool {
		if strings.HasSuffix(r.URL.Path, want.LayerBlob(0).Digest) {
			// The same address and another port: net/http alone would let
			// credentials through.
			http.Redirect(w, r, "http://"+store+"/layer?signed", http.StatusTemporaryRedirect)
			return true
		}
		return false
	})
	for _, basic := range []bool{true, false} {
		g := &guard{inner: inner, basic: basic, short: 3}
		host := serve(t, g)
		token := serve(t, g) // beside the registry, on a port of its own
		g.realm = "http://" + token + "/token"
		ref := host + "/acme/api:1.4"

		_, err := readLayer(t, ref, testOptions())
		if CodeOf(err) != Unauthorized || !strings.Contains(err.(*Error).Hint, "docker login "+host) {
			t.Errorf("basic %v: without a sign-in: %v", basic, err)
		}
		o := testOptions()
		o.Username, o.Password = "alice", "wrong"
		if _, err := readLayer(t, ref, o); CodeOf(err) != Unauthorized {
			t.Errorf("basic %v: with a wrong password: %v", basic, err)
		}
		o.Password = "secret"
		if b, err := readLayer(t, ref, o); err != nil || len(b) != int(want.LayerBlob(0).Size) {
			t.Errorf("basic %v: with the right password: %d bytes, %v", basic, len(b), err)
		}
		saved(t, `{"auths":{"`+host+`":{"auth":"`+base64.StdEncoding.EncodeToString([]byte("alice:secret"))+`"}}}`)
		if _, err := readLayer(t, ref, testOptions()); err != nil {
			t.Errorf("basic %v: with what docker login saved: %v", basic, err)
		}
		saved(t, `{}`)
		podman := filepath.Join(t.TempDir(), "auth.json")
		must(t, os.WriteFile(podman, []byte(`{"auths":{"`+host+`/acme":{"auth":"`+strings.TrimPrefix(alice, "Basic ")+`"}}}`), 0o600))
		t.Setenv("REGISTRY_AUTH_FILE", podman)
		if _, err := readLayer(t, ref, testOptions()); err != nil {
			t.Errorf("basic %v: with what podman login saved: %v", basic, err)
		}
		t.Setenv("REGISTRY_AUTH_FILE", "")
		t.Setenv("CONTAINERS_REGISTRIES_CONF", "")
		saved(t, `{"credsStore":"nowhere-to-be-found"}`)
		_, err = readLayer(t, ref, testOptions())
		if CodeOf(err) != Unauthorized || !strings.Contains(err.Error(), "name docker-credential-nowhere-to-be-found, which is not on this computer") {
			t.Errorf("basic %v: a missing helper: %v", basic, err)
		}
		saved(t, `{}`)
	}
	if len(elsewhere) > 0 {
		t.Errorf("credentials followed a redirect: %v", elsewhere)
	}
}

// saved writes the settings of Docker.
func saved(t *testing.T, config string) {
	t.Helper()
	dir := filepath.Join(os.Getenv("HOME"), ".docker")
	must(t, os.MkdirAll(dir, 0o755))
	must(t, os.WriteFile(filepath.Join(dir, "config.json"), []byte(config), 0o600))
	t.Setenv("DOCKER_CONFIG", dir)
}

func TestCheckRedirect(t *testing.T) {
	test := func(from, to string, ok bool) {
		t.Helper()
		a, _ := url.Parse(from)
		b, _ := url.Parse(to)
		err := checkRedirect(&http.Request{URL: b, Header: http.Header{}}, []*http.Request{{URL: a}})
		if (err == nil) != ok {
			t.Errorf("redirect from %s to %s: %v", from, to, err)
		}
	}
	test("https://registry-1.docker.io/v2/", "https://cdn.example/x", true)
	test("https://ghcr.io/v2/", "http://169.254.169.254/latest", false)
	test("https://ghcr.io/v2/", "http://127.0.0.1:8080/", false)
	test("https://ghcr.io/v2/", "http://localhost/", false)
	test("https://ghcr.io/v2/", "https://[::1]/", false)
	test("https://10.0.0.5/v2/", "https://10.0.0.6/x", true)
}

func TestNearest(t *testing.T) {
	test := func(want string, tags []string, nearestTags string) {
		t.Helper()
		if got := strings.Join(nearest(want, tags, 3), " "); got != nearestTags {
			t.Errorf("nearest(%q, %v) = %q, want %q", want, tags, got, nearestTags)
		}
	}
	test("1.5", []string{"2.0", "1.4.1", "1.4", "latest"}, "1.4 2.0 1.4.1")
	test("3.12-slm", []string{"3.12", "3.12-slim", "3.11-slim"}, "3.12-slim 3.11-slim 3.12")
	test("x", nil, "")
}
