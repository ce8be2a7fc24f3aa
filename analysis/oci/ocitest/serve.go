package ocitest

import (
	"bytes"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/registry"
)

// Serve starts a registry with the sources under their tags for the time of
// the test, and returns its host and port: HOST/acme/api:1.4 is then an image.
func Serve(t testing.TB, sources ...Source) (host string) {
	t.Helper()
	s := httptest.NewServer(Handler(t, sources...))
	t.Cleanup(s.Close)
	return strings.TrimPrefix(s.URL, "http://")
}

// Handler is the registry of [Serve] without a server around it.
func Handler(t testing.TB, sources ...Source) http.Handler {
	t.Helper()
	h := registry.New(registry.Logger(log.New(io.Discard, "", 0)))
	for _, s := range sources {
		repo, tag := (&Image{Tag: s.name()}).tag()
		blobs := s.Blobs()
		for n, b := range blobs {
			at := tag
			if n < len(blobs)-1 {
				at = b.Digest
			}
			if err := push(h, repo, at, b); err != "" {
				t.Fatalf("ocitest: push %s: %s", s.name(), err)
			}
		}
	}
	return h
}

func push(h http.Handler, repo, at string, b Blob) (failure string) {
	method, url := http.MethodPost, "/v2/"+repo+"/blobs/uploads/?digest="+b.Digest
	if b.MediaType == ManifestType || b.MediaType == IndexType {
		method, url = http.MethodPut, "/v2/"+repo+"/manifests/"+at
	}
	req := httptest.NewRequest(method, url, bytes.NewReader(b.Bytes))
	req.Header.Set("Content-Type", b.MediaType)
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, req)
	if rec.Code >= 300 {
		return rec.Body.String()
	}
	return ""
}
