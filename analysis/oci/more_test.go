package oci

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"

	"weighline/analysis/oci/ocitest"
)

func ExampleOpenArchive() {
	img, _ := ocitest.Parse(`
layer base RUN /bin/sh -c pip install numpy # buildkit
step CMD ["/app/run"]
layer slim none COPY app /app # buildkit
-- base/numpy/core.so --
0123456789
-- slim/app/run --
`)
	archive := ocitest.TarOf(ocitest.LayoutFiles(img))

	opened, err := OpenArchive(context.Background(), "sample.tar", bytes.NewReader(archive), int64(len(archive)), Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer opened.Close()
	for _, l := range opened.Layers {
		fmt.Println(l.Index, l.Compression, l.Instruction)
	}
	fmt.Println(opened.History[1].Instruction, opened.History[1].Layer)
	// Output:
	// 0 gzip RUN pip install numpy
	// 1 none COPY app /app
	// CMD ["/app/run"] -1
}

// An archive that is compressed as a whole opens its layers one by one too,
// if slowly.
func TestOpenLayerOfCompressedArchive(t *testing.T) {
	want := ocitest.Text(t, story)
	path := filepath.Join(t.TempDir(), "x")
	must(t, want.WriteDockerArchive(path, ocitest.ArchiveOptions{Style: ocitest.Podman, Compress: "zstd"}))
	img, err := Open(t.Context(), path, testOptions())
	must(t, err)
	defer img.Close()
	again(t, img, want.Tar)
	if _, err := img.Layers[0].readAt(t.Context(), 0, 1); CodeOf(err) != Unsupported {
		t.Errorf("a part of it: %v", err)
	}
}

// Some tools leave the platforms out of an index: then the configs tell.
func TestPlatformsFromConfigs(t *testing.T) {
	a, b := ocitest.Text(t, "platform linux/arm64\n-- a/x --\n"), ocitest.Text(t, "platform linux/amd64\n-- a/y --\n")
	var files []ocitest.File
	var entries []ocitest.Blob
	for _, i := range []*ocitest.Image{a, b} {
		for _, f := range ocitest.LayoutFiles(i) {
			if f.Name != "index.json" {
				files = append(files, f)
			}
		}
		m := i.Manifest()
		m.Platform = nil
		entries = append(entries, m)
	}
	dir := t.TempDir()
	must(t, ocitest.WriteFolder(dir, append(files, ocitest.File{Name: "index.json", Body: ocitest.IndexBlob(entries...).Bytes})))
	for _, platform := range []string{"linux/amd64", "linux/arm64"} {
		img, err := Open(t.Context(), dir, Options{Platform: platform})
		if err != nil || img.Platform != platform {
			t.Errorf("Open(%s) = %+v, %v", platform, img, err)
		}
	}
}

// An index with one image serves whoever does not insist.
func TestOnlyPlatform(t *testing.T) {
	index := &ocitest.Index{Images: []*ocitest.Image{ocitest.Text(t, "platform linux/mips64\n-- a/x --\n")}, Attestations: true}
	dir := t.TempDir()
	must(t, index.WriteLayout(dir))
	img, err := Open(t.Context(), dir, Options{})
	if err != nil || len(img.Warnings) != 1 || img.Warnings[0].Code != "platform" {
		t.Errorf("Open = %+v, %v; want a warning", img, err)
	}
	if _, err := Open(t.Context(), dir, testOptions()); CodeOf(err) != NoPlatform {
		t.Errorf("Open for another platform = %v", err)
	}
}

func TestParsePlatform(t *testing.T) {
	test := func(in, want string) {
		t.Helper()
		if got, err := parsePlatform(in); err != nil || got.String() != want {
			t.Errorf("parsePlatform(%q) = %s, %v; want %s", in, got, err, want)
		}
	}
	test("linux/amd64", "linux/amd64")
	test("Linux/x86_64", "linux/amd64")
	test("aarch64", "linux/arm64")
	test("armhf", "linux/arm/v7")
	test("windows/amd64", "windows/amd64")
	for _, bad := range []string{"", "a/b/c/d", "linux/", "/"} {
		if _, err := parsePlatform(bad); CodeOf(err) != BadReference {
			t.Errorf("parsePlatform(%q) = %v", bad, err)
		}
	}
}

func TestExplainNetwork(t *testing.T) {
	noSignIns(t)
	ref, _ := name.ParseReference("registry.corp/acme/api:1")
	r := &repository{ref: ref}
	t.Setenv("HTTPS_PROXY", "")
	test := func(err error, code Code, part string) {
		t.Helper()
		got := r.explainNetwork("acme/api", &url.Error{Op: "Get", URL: "https://registry.corp/v2/", Err: err})
		if got.Code != code || !strings.Contains(got.Why, part) || !errors.Is(got, err) {
			t.Errorf("%v is explained as [%s] %s", err, got.Code, got.Why)
		}
	}
	test(&net.DNSError{Err: "no such host", Name: "registry.corp"}, Offline, "the name registry.corp is not known")
	test(&net.OpError{Op: "dial", Err: errors.New("connection refused")}, Offline, "registry.corp was not reached")
	test(&net.OpError{Op: "proxyconnect", Err: errors.New("refused")}, Proxy, "the proxy")
	test(errors.New("Proxy Authentication Required"), Proxy, "the proxy")
	r.o.Proxy = "http://me:secret@proxy.corp:3128"
	test(&net.OpError{Op: "proxyconnect", Err: errors.New("refused")}, Proxy, "the proxy proxy.corp:3128 did not connect")
	r.o.Proxy = ""
	test(x509.UnknownAuthorityError{}, TLS, "The certificate of registry.corp is not trusted by this computer.")
	test(x509.CertificateInvalidError{Reason: x509.Expired}, TLS, "has expired")
	test(x509.HostnameError{Certificate: &x509.Certificate{}, Host: "registry.corp"}, TLS, "another name")
	test(errors.New("http: server gave HTTP response to HTTPS client"), TLS, "plain HTTP only")
	test(errPlainHTTP, TLS, "plain HTTP only")
	test(timeout{}, Offline, "does not answer")
	test(errors.New("something else"), Unavailable, "something else")
}

type timeout struct{}

func (timeout) Error() string { return "timeout" }
func (timeout) Timeout() bool { return true }

func TestErrorIs(t *testing.T) {
	err := fmt.Errorf("around: %w", fail(NotFound, "x", "gone: %v", io.EOF))
	if !errors.Is(err, &Error{Code: NotFound}) || errors.Is(err, &Error{Code: TLS}) || !errors.Is(err, io.EOF) {
		t.Errorf("%v is not what it should be", err)
	}
}

func TestCanceled(t *testing.T) {
	noSignIns(t)
	ctx, cancel := context.WithCancel(t.Context())
	host := serve(t, bad(ocitest.Handler(t, big()), func(_ http.ResponseWriter, r *http.Request) bool {
		if strings.Contains(r.URL.Path, "/manifests/") {
			cancel()
			<-r.Context().Done()
		}
		return false
	}))
	if _, err := Open(ctx, host+"/acme/api:1.4", testOptions()); !errors.Is(err, context.Canceled) {
		t.Errorf("Open = %v, want context.Canceled", err)
	}
}

// A layer that the registry serves while the caller gives up.
func TestCanceledWithinLayer(t *testing.T) {
	noSignIns(t)
	want := big()
	host := serve(t, bad(ocitest.Handler(t, want), func(w http.ResponseWriter, r *http.Request) bool {
		if strings.HasSuffix(r.URL.Path, want.LayerBlob(0).Digest) {
			w.Write(want.LayerBlob(0).Bytes[:1000])
			w.(http.Flusher).Flush()
			<-r.Context().Done()
			return true
		}
		return false
	}))
	img, err := Open(t.Context(), host+"/acme/api:1.4", testOptions())
	must(t, err)
	defer img.Close()
	ctx, cancel := context.WithCancel(t.Context())
	rc, err := img.Layers[0].Open(ctx)
	must(t, err)
	defer rc.Close()
	if _, err := io.ReadFull(rc, make([]byte, 1000)); err != nil {
		t.Fatal(err)
	}
	cancel()
	if _, err := rc.Read(make([]byte, 1000)); !errors.Is(err, context.Canceled) {
		t.Errorf("Read = %v, want context.Canceled", err)
	}
}

func BenchmarkOpenArchive(b *testing.B) {
	var layers []ocitest.Layer
	for n := range 50 {
		layers = append(layers, ocitest.Layer{Entries: []ocitest.Entry{{Name: fmt.Sprint(n), Size: 10_000}}})
	}
	archive := ocitest.TarOf(ocitest.DockerFiles(ocitest.Legacy, ocitest.Build(layers...)))
	for b.Loop() {
		img, err := OpenArchive(b.Context(), "x", bytes.NewReader(archive), int64(len(archive)), Options{})
		if err != nil || len(img.Layers) != 50 {
			b.Fatal(err)
		}
	}
}
