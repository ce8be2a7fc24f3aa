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

// TestInterrupt cancels reads from a registry that does not answer.
func TestInterrupt(t *testing.T) {
	t.Setenv("WEIGHLINE_LIBRARY", filepath.Join(t.TempDir(), "weighline.db"))
	for _, command := range []string{
		"image IMAGE --json", "compare IMAGE sample:before --json", "compare IMAGE IMAGE --json", "check IMAGE --budget 1GB --json",
		"check sample:before --against IMAGE --max-growth 1GB --json", "plan IMAGE --json", "export IMAGE --report " + filepath.Join(t.TempDir(), "r.html"),
	} {
		ctx, cancel := context.WithCancel(t.Context())
		server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			cancel()
			<-r.Context().Done()
		}))
		image := strings.TrimPrefix(server.URL, "http://") + "/acme/api:1"
		var out, errOut bytes.Buffer
		code := run(ctx, strings.Fields(strings.ReplaceAll(command, "IMAGE", image)), strings.NewReader(""), &out, &errOut)
		if code != exitInterrupted || out.Len() > 0 || errOut.String() != interrupted+"\n" {
			t.Errorf("weigh %s = %d, %q, %q; want %d, nothing on standard output, and a word", command, code, out.String(), errOut.String(), exitInterrupted)
		}
		server.Close()
		cancel()
	}
}
