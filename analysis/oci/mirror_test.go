package oci

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"

	"weighline/analysis/oci/ocitest"
)

// conf writes the user's registries.conf, after noSignIns.
func conf(t *testing.T, file, text string) {
	t.Helper()
	p := filepath.Join(os.Getenv("XDG_CONFIG_HOME"), "containers", file)
	if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(p, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestMirrors(t *testing.T) {
	noSignIns(t)
	want := big()
	inner := ocitest.Handler(t, want)
	other := &ocitest.Image{Tag: "acme/api:1.4"}
	var seen atomic.Int32 // requests with credentials
	watched := func(h http.Handler) string {
		return serve(t, bad(h, func(_ http.ResponseWriter, r *http.Request) bool {
			if r.Header.Get("Authorization") != "" {
				seen.Add(1)
			}
			return false
		}))
	}
	mirror, liar, empty := watched(inner), watched(ocitest.Handler(t, other)), watched(ocitest.Handler(t))
	home := serve(t, inner)

	test := func(name, ref, text string, warnings ...string) *Image {
		t.Helper()
		conf(t, "registries.conf", text)
		seen.Store(0)
		o := testOptions()
		o.Username, o.Password = "me", "secret"
		img, err := Open(t.Context(), ref, o)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			return nil
		}
		defer img.Close()
		if img.Reference != ref || seen.Load() != 0 {
			t.Errorf("%s: the reference is %q, and %d requests took the credentials of another host with them", name, img.Reference, seen.Load())
		}
		got := ""
		for _, w := range img.Warnings {
			got += w.Code + ": " + w.Text + "\n"
		}
		if strings.Count(got, "\n") != len(warnings) {
			t.Errorf("%s: the warnings are %q, want %d", name, got, len(warnings))
		}
		for _, w := range warnings {
			if !strings.Contains(got, w) {
				t.Errorf("%s: the warnings are %q, want %q", name, got, w)
			}
		}
		if img.Digest != want.Manifest().Digest {
			t.Errorf("%s: the image is %s, want %s", name, img.Digest, want.Manifest().Digest)
		}
		return img
	}
	ref := home + "/acme/api:1.4"
	byDigest := home + "/acme/api@" + want.Manifest().Digest
	two := func(first, second string) string {
		return fmt.Sprintf("[[registry]]\nlocation=%q\n[[registry.mirror]]\nlocation=%q\n[[registry.mirror]]\nlocation=%q\ninsecure=true\n", home, first, second)
	}
	test("the first mirror", ref, two(mirror, empty), "mirror: It was read from "+mirror+"/acme/api:1.4, as ")
	test("the second mirror", ref, two(empty, mirror), "It was read from "+mirror, "It could not be read from "+empty+"/acme/api:1.4: ")
	test("no mirror has it", ref, two(empty, "127.0.0.1:1"), "read from "+empty, "read from 127.0.0.1:1/acme/api:1.4: ")
	test("a mirror lies about a digest", byDigest, two(liar, mirror), "It was read from "+mirror, "It could not be read from "+liar)
	test("only for digests", ref, two(liar, liar)+"pull-from-mirror=\"digest-only\"\n[[registry]]\nprefix=\""+home+"/acme\"\nlocation=\""+home+"/acme\"\nmirror-by-digest-only=true\n[[registry.mirror]]\nlocation=\""+liar+"/acme\"\n")
	test("another place", "docker.io/library/x:1.4", fmt.Sprintf("[[registry]]\nprefix=\"docker.io/library/x\"\nlocation=\"%s/acme/api\"\n", mirror), "It was read from "+mirror+"/acme/api:1.4")
	test("the short name", "x:1.4", fmt.Sprintf("[[registry]]\nprefix=\"docker.io/library/x\"\nlocation=\"%s/acme/api\"\n", mirror), "It was read from "+mirror+"/acme/api:1.4")
	test("damaged settings", ref, "[[registry\n", "registries-conf: ")

	conf(t, "registries.conf.d/50-own.conf", fmt.Sprintf("[[registry]]\nlocation=%q\n[[registry.mirror]]\nlocation=%q\n", home, mirror))
	test("a file of the folder overrides", ref, two(liar, liar), "It was read from "+mirror)

	conf(t, "registries.conf.d/60-block.conf", fmt.Sprintf("[[registry]]\nprefix=\"%s/acme\"\nblocked=true\n", home))
	if _, err := Open(t.Context(), ref, testOptions()); CodeOf(err) != Blocked || !strings.Contains(err.Error(), "60-block.conf block pulls from "+home+"/acme") {
		t.Errorf("a blocked registry: %v", err)
	}
	os.RemoveAll(filepath.Join(os.Getenv("XDG_CONFIG_HOME"), "containers", "registries.conf.d"))
	conf(t, "registries.conf", fmt.Sprintf("[[registry]]\nlocation=%q\n[[registry.mirror]]\nlocation=%q\n", empty, "127.0.0.1:1"))
	if _, err := Open(t.Context(), empty+"/acme/api:1.4", testOptions()); CodeOf(err) != NotFound || !strings.Contains(err.Error(), "Nor could it be read from the 1 mirrors") {
		t.Errorf("nobody has it: %v", err)
	}
}

// TestMirrorSignIn: the saved sign-in for a mirror goes to the mirror alone.
func TestMirrorSignIn(t *testing.T) {
	noSignIns(t)
	want := big()
	inner := ocitest.Handler(t, want)
	basic := func(user string) string {
		return serve(t, bad(inner, func(w http.ResponseWriter, r *http.Request) bool {
			if got, _, _ := r.BasicAuth(); got != user {
				w.Header().Set("WWW-Authenticate", `Basic realm="x"`)
				w.WriteHeader(http.StatusUnauthorized)
				return true
			}
			return false
		}))
	}
	mirror, home := basic("mirror-user"), basic("home-user")
	auths := fmt.Sprintf(`{"auths":{%q:{"auth":%q},%q:{"auth":%q}}}`, mirror, base64.StdEncoding.EncodeToString([]byte("mirror-user:x")),
		home, base64.StdEncoding.EncodeToString([]byte("home-user:x")))
	if err := os.WriteFile(filepath.Join(os.Getenv("DOCKER_CONFIG"), "config.json"), []byte(auths), 0o600); err != nil {
		t.Fatal(err)
	}
	conf(t, "registries.conf", fmt.Sprintf("[[registry]]\nlocation=%q\n[[registry.mirror]]\nlocation=%q\n", home, mirror))
	b, err := readLayer(t, home+"/acme/api:1.4", testOptions())
	if err != nil || string(b) != string(want.LayerBlob(0).Bytes) {
		t.Errorf("from the mirror come %d bytes, %v", len(b), err)
	}
}

func TestRegistryMatch(t *testing.T) {
	test := func(prefix, ref, covered string) {
		t.Helper()
		parsed, err := name.ParseReference(ref, name.WeakValidation)
		if err != nil {
			t.Fatal(err)
		}
		full := fullName(parsed)
		r := registryConf{Prefix: prefix}
		if got := full[:r.match(full)]; got != covered {
			t.Errorf("the prefix %s covers %q of %s, want %q", prefix, got, full, covered)
		}
	}
	test("docker.io", "python:3", "docker.io")
	test("docker.io/library", "python:3", "docker.io/library")
	test("docker.io/library/python:3", "python:3", "docker.io/library/python:3")
	test("docker.io/lib", "python:3", "")
	test("docker.io", "docker.io.example.com/a/b", "")
	test("example.com", "example.com:5000/a/b", "")
	test("example.com:5000", "example.com:5000/a/b", "example.com:5000")
	test("*.example.com", "eu.example.com:5000/a/b", "eu.example.com:5000")
	test("*.example.com", "example.com/a/b", "")
	test("*", "python:3", "")
	test("", "python:3", "")
}
