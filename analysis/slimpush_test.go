package analysis_test

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"weighline/analysis"
	"weighline/analysis/oci"
	"weighline/analysis/oci/ocitest"
	"weighline/analysis/plan"
)

// A push that breaks leaves no tag, and when it is run again sends only what is
// missing.
func TestSlimPushAgain(t *testing.T) {
	registry := ocitest.Handler(t)
	var refuse atomic.Bool
	var sent atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPut && strings.Contains(r.URL.Path, "/manifests/") && refuse.Load() {
			http.Error(w, `{"errors":[{"code":"DENIED"}]}`, http.StatusForbidden)
			return
		}
		if r.Method == http.MethodPatch {
			sent.Add(1)
		}
		registry.ServeHTTP(w, r)
	}))
	defer server.Close()
	host := strings.TrimPrefix(server.URL, "http://")
	file := filepath.Join(t.TempDir(), "a.tar")
	check(t, slimText(t, "linux/amd64").WriteOCIArchive(file))
	b := analyzed(t, file, oci.Options{Platform: "linux/amd64"})
	refuse.Store(true)
	_, err := analysis.Slim(t.Context(), b, plan.New("demo"), host+"/acme/app:slim", analysis.SlimOptions{})
	if oci.CodeOf(err) != oci.Unauthorized || !strings.Contains(analysis.Explain(err), "to write it") {
		t.Errorf("a registry that refuses: %v", err)
	}
	if _, err := analysis.Analyze(t.Context(), analysis.Input{Image: host + "/acme/app:slim"}, analysis.Options{}); err == nil {
		t.Error("the tag is there although the push broke")
	}
	if n := sent.Swap(0); n != 3 {
		t.Errorf("%d blobs were sent, want two layers and a config", n)
	}
	refuse.Store(false)
	r, err := analysis.Slim(t.Context(), b, plan.New("demo"), host+"/acme/app:slim", analysis.SlimOptions{Verify: true})
	check(t, err)
	holds(t, r)
	if n := sent.Load(); n != 0 || r.Reused < r.Actual.Download {
		t.Errorf("run again: %d blobs were sent, %d bytes were there", n, r.Reused)
	}
}
