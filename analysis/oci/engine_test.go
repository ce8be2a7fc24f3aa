package oci

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"weighline/analysis/oci/ocitest"
)

// fakeEngine answers like Docker on a socket of its own, and returns the
// socket's address. edit may change the archive it sends.
func fakeEngine(t *testing.T, img *ocitest.Image, style ocitest.Style, edit func([]byte) []byte) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "engine") // t.TempDir is too long for a socket
	must(t, err)
	t.Cleanup(func() { os.RemoveAll(dir) })
	mux := http.NewServeMux()
	mux.HandleFunc("/_ping", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "OK") })
	mux.HandleFunc("/images/json", func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, `[{"RepoTags":["acme/api:1.4"]},{"RepoTags":null}]`)
	})
	name := "/images/acme/api:1.4"
	mux.HandleFunc(name+"/json", func(w http.ResponseWriter, _ *http.Request) {
		var ids []string
		for n := range img.Layers {
			ids = append(ids, ocitest.Digest(img.Tar(n)))
		}
		json.NewEncoder(w).Encode(map[string]any{"Id": img.ConfigBlob().Digest, "Os": "linux", "Architecture": "amd64",
			"Created": "2024-01-02T03:04:05Z", "RootFS": map[string]any{"Layers": ids}, "Config": img.Config,
			"RepoDigests": []string{"acme/api@" + ocitest.Digest([]byte("m"))}})
	})
	mux.HandleFunc(name+"/history", func(w http.ResponseWriter, _ *http.Request) {
		var steps []map[string]any
		for _, s := range slices.Backward(img.History) {
			steps = append(steps, map[string]any{"CreatedBy": s.CreatedBy, "Size": 0, "Created": 1})
		}
		json.NewEncoder(w).Encode(steps)
	})
	mux.HandleFunc(name+"/get", func(w http.ResponseWriter, _ *http.Request) {
		b := ocitest.TarOf(ocitest.DockerFiles(style, img))
		if edit != nil {
			b = edit(b)
		}
		w.Write(b)
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprintf(w, `{"message":"No such image: %s"}`, r.URL.Path)
	})
	s := httptest.NewUnstartedServer(mux)
	s.Listener.Close()
	path := filepath.Join(dir, "s")
	s.Listener, err = net.Listen("unix", path)
	must(t, err)
	s.Start()
	t.Cleanup(s.Close)
	return "unix://" + path
}

func TestEngine(t *testing.T) {
	want := ocitest.Text(t, story)
	for _, style := range []ocitest.Style{ocitest.Legacy, ocitest.Modern, ocitest.Podman} {
		t.Setenv("DOCKER_HOST", fakeEngine(t, want, style, nil))
		t.Setenv("CONTAINER_HOST", os.Getenv("DOCKER_HOST"))
		for _, ref := range []string{"docker:acme/api:1.4", "podman:acme/api:1.4", "docker-daemon:acme/api:1.4"} {
			img, err := Open(t.Context(), ref, testOptions())
			if err != nil {
				t.Errorf("Open(%s): %v", ref, err)
				continue
			}
			if img.RandomAccess || img.Layers[0].Instruction != "RUN pip install numpy" || img.Layers[0].Size != -1 || img.Digest != ocitest.Digest([]byte("m")) {
				t.Errorf("Open(%s) = %+v", ref, img)
			}
			if _, err := img.Layers[0].Open(t.Context()); CodeOf(err) != Unsupported {
				t.Errorf("a layer of an engine opens: %v", err)
			}
			places := make(map[int]bool)
			err = img.Walk(t.Context(), func(_ context.Context, l *Layer, r io.Reader) error {
				b, err := io.ReadAll(r)
				if l.Index < 0 || l.DiffID != ocitest.Digest(b) {
					t.Errorf("after reading, the layer is %+v", l)
				}
				places[l.Index] = true
				return err
			})
			if err != nil || len(places) != 3 {
				t.Errorf("Walk visited %v, %v", places, err)
			}
			img.Digest = ""
			check(t, img, want, want.Tar) // walks again
			img.Close()
		}
	}
}

func TestEngineFailures(t *testing.T) {
	want := ocitest.Text(t, story)
	noSignIns(t)
	t.Setenv("DOCKER_HOST", "unix:///nonexistent/d.sock")
	_, err := Open(t.Context(), "docker:x", testOptions())
	if CodeOf(err) != NoEngine || !strings.Contains(err.Error(), "Docker is not running; only local images need it. Tried unix:///nonexistent/d.sock.") {
		t.Errorf("no engine: %v", err)
	}
	t.Setenv("DOCKER_HOST", "ssh://host")
	if _, err := Open(t.Context(), "docker:x", testOptions()); CodeOf(err) != Unsupported {
		t.Errorf("ssh: %v", err)
	}
	t.Setenv("CONTAINER_HOST", "")
	if _, err := Open(t.Context(), "podman:x", testOptions()); CodeOf(err) != NoEngine && CodeOf(err) != NotFound {
		t.Errorf("no podman: %v", err)
	}
	t.Setenv("DOCKER_HOST", fakeEngine(t, want, ocitest.Legacy, func(b []byte) []byte { return b[:4000] }))
	_, err = Open(t.Context(), "docker:acme/ap:1.4", testOptions())
	if CodeOf(err) != NotFound || !strings.Contains(err.Error(), "Nearest: acme/api:1.4.") {
		t.Errorf("unknown image: %v", err)
	}
	o := testOptions()
	o.Platform = "linux/arm64"
	if _, err := Open(t.Context(), "docker:acme/api:1.4", o); CodeOf(err) != NoPlatform {
		t.Errorf("other platform: %v", err)
	}
	img, err := Open(t.Context(), "docker:acme/api:1.4", testOptions())
	must(t, err)
	defer img.Close()
	err = img.Walk(t.Context(), func(_ context.Context, _ *Layer, r io.Reader) error {
		_, err := io.Copy(io.Discard, r)
		return err
	})
	if CodeOf(err) != Truncated {
		t.Errorf("a stream that ends early: %v", err)
	}
}

func TestDockerContext(t *testing.T) {
	noSignIns(t)
	saved(t, `{"currentContext":"desktop-linux"}`)
	t.Setenv("DOCKER_HOST", "")
	t.Setenv("DOCKER_CONTEXT", "")
	// The folder's name is the SHA-256 of "desktop-linux".
	dir := filepath.Join(os.Getenv("DOCKER_CONFIG"), "contexts/meta", strings.TrimPrefix(ocitest.Digest([]byte("desktop-linux")), "sha256:"))
	must(t, os.MkdirAll(dir, 0o755))
	must(t, os.WriteFile(filepath.Join(dir, "meta.json"), []byte(`{"Name":"desktop-linux","Endpoints":{"docker":{"Host":"unix:///home/u/.docker/desktop/docker.sock"}}}`), 0o644))
	if got := dockerAddresses()[0]; got != "unix:///home/u/.docker/desktop/docker.sock" {
		t.Errorf("the current context is not the first address: %s", got)
	}
}
