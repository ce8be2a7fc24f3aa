package main

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
)

// TestInterrupt cancels a read from a registry that does not answer.
func TestInterrupt(t *testing.T) {
	t.Setenv("WEIGHLINE_LIBRARY", filepath.Join(t.TempDir(), "weighline.db"))
	ctx, cancel := context.WithCancel(t.Context())
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	}))
	defer server.Close()
	var out, errOut bytes.Buffer
	ref := strings.TrimPrefix(server.URL, "http://") + "/acme/api:1"
	code := run(ctx, []string{"image", ref, "--json"}, strings.NewReader(""), &out, &errOut)
	if code != exitInterrupted || out.Len() > 0 || errOut.String() != interrupted+"\n" {
		t.Errorf("run = %d, %q, %q; want %d, nothing on standard output, and a word", code, out.String(), errOut.String(), exitInterrupted)
	}
}
