//go:build truth

package oci

import (
	"archive/tar"
	"bufio"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// The truth about real images, computed by a script that shares no code with
// this package. Run it with
//
//	go test -tags truth -run Truth ./analysis/oci
//
// CORPUS is where the images lie, by default ~/.cache/weighline-corpus. What
// is absent, or does not run, is skipped by name.
type truth struct {
	ManifestDigest string `json:"manifest_digest"`
	ConfigDigest   string `json:"config_digest"`
	Platform       struct{ OS, Architecture string }
	Layers         []struct {
		Digest       string
		MediaType    string `json:"media_type"`
		CreatedBy    string `json:"created_by"`
		Compressed   int64  `json:"compressed_bytes"`
		Uncompressed int64  `json:"uncompressed_bytes"`
		Compression  string
		DiffID       string `json:"diff_id"`
	}
}

// A variant is the same image in another wrapping.
type variant struct {
	BaseTruth      string `json:"base_truth"`
	ManifestDigest string `json:"manifest_digest"`
	SameDiffIDs    *bool  `json:"same_diff_ids"`
	Compressed     int64  `json:"compressed_bytes"`
	Layers         []struct {
		Digest string
		Size   int64
	}
}

func corpus(t *testing.T) string {
	home, _ := os.UserHomeDir()
	dir := cmp.Or(os.Getenv("CORPUS"), filepath.Join(home, ".cache", "weighline-corpus"))
	if _, err := os.Stat(filepath.Join(dir, "truth")); err != nil {
		t.Skipf("the corpus is not at %s: shared/images/all.sh builds it", dir)
	}
	return dir
}

func load(t *testing.T, path string, v any) {
	t.Helper()
	b, err := os.ReadFile(path)
	must(t, err)
	must(t, json.Unmarshal(b, v))
}

// compare reads every layer of the image: blob digests, sizes and diff IDs
// are computed from the bytes.
func compare(t *testing.T, ref string, o Options, want truth, v *variant) {
	t.Helper()
	if testing.Short() && strings.Contains(ref, "pyapp") {
		return // gigabytes
	}
	start := time.Now()
	img, err := Open(t.Context(), ref, o)
	if err != nil {
		t.Errorf("Open(%s): %v", ref, err)
		return
	}
	defer img.Close()
	opened := time.Since(start)
	if len(img.Warnings) > 0 {
		t.Errorf("%s: warnings %v", ref, img.Warnings)
	}
	if len(img.Layers) != len(want.Layers) {
		t.Errorf("%s: %d layers, want %d", ref, len(img.Layers), len(want.Layers))
		return
	}
	manifest := want.ManifestDigest
	same := v == nil || v.SameDiffIDs == nil || *v.SameDiffIDs
	if v != nil {
		manifest = v.ManifestDigest
	}
	if img.Source != Docker && img.Source != Podman && img.Source != DockerArchive && manifest != "" && img.Digest != manifest {
		t.Errorf("%s: manifest %s, want %s", ref, img.Digest, manifest)
	}
	if same && v == nil && img.ConfigDigest != want.ConfigDigest {
		t.Errorf("%s: config %s, want %s", ref, img.ConfigDigest, want.ConfigDigest)
	}
	if got, w := img.Platform, want.Platform.OS+"/"+want.Platform.Architecture; !strings.HasPrefix(got, w) {
		t.Errorf("%s: platform %s, want %s", ref, got, w)
	}
	type measured struct {
		blob, diff string
		size, tar  int64
	}
	seen := make(map[string]measured)
	err = img.Walk(t.Context(), func(_ context.Context, l *Layer, r io.Reader) error {
		var m measured
		m.blob, m.diff, m.size, m.tar, err = measure(r)
		seen[l.Name] = m
		return err
	})
	if err != nil {
		t.Errorf("%s: Walk: %v", ref, err)
	}
	var download int64
	for n, l := range img.Layers {
		m, w := seen[l.Name], want.Layers[n]
		download += m.size
		if l.Size != m.size || l.DiffID != m.diff || l.Digest != "" && l.Digest != m.blob {
			t.Errorf("%s: layer %d says %d bytes, %s, %s; its bytes say %+v", ref, n, l.Size, l.Digest, l.DiffID, m)
		}
		if same && (m.diff != w.DiffID || m.tar != w.Uncompressed) {
			t.Errorf("%s: layer %d is %s of %d bytes, want %s of %d", ref, n, m.diff, m.tar, w.DiffID, w.Uncompressed)
		}
		if v == nil && img.RandomAccess && (m.size != w.Compressed || m.blob != w.Digest || l.MediaType != w.MediaType && img.Source != DockerArchive) {
			t.Errorf("%s: layer %d is %s %s of %d bytes, want %+v", ref, n, l.MediaType, m.blob, m.size, w)
		}
		if v != nil && v.Layers != nil && (m.blob != v.Layers[n].Digest || m.size != v.Layers[n].Size) {
			t.Errorf("%s: layer %d is %s of %d bytes, want %+v", ref, n, m.blob, m.size, v.Layers[n])
		}
		if l.CreatedBy != w.CreatedBy {
			t.Errorf("%s: layer %d was made by %q, want %q", ref, n, l.CreatedBy, w.CreatedBy)
		}
	}
	if v != nil && v.Compressed != 0 && download != v.Compressed {
		t.Errorf("%s: %d bytes to download, want %d", ref, download, v.Compressed)
	}
	t.Logf("%s: %s, opened in %v, read in %v", ref, img.Source, opened.Round(time.Millisecond), time.Since(start).Round(time.Millisecond))
}

// measure hashes a blob and what is in it.
func measure(r io.Reader) (blob, diff string, size, tar int64, err error) {
	stored, plain := sha256.New(), sha256.New()
	counted := &counter{}
	tee := io.TeeReader(r, io.MultiWriter(stored, counted))
	peek := bufio.NewReader(tee)
	magic, _ := peek.Peek(4)
	var inner io.Reader = peek
	switch sniffCompression(magic) { // a registry's media types may lie
	case "gzip":
		inner, err = gzip.NewReader(peek)
	case "zstd":
		inner, err = zstd.NewReader(peek)
	}
	if err != nil {
		return "", "", 0, 0, err
	}
	if tar, err = io.Copy(plain, inner); err == nil {
		_, err = io.Copy(io.Discard, peek)
	}
	return "sha256:" + hex.EncodeToString(stored.Sum(nil)), "sha256:" + hex.EncodeToString(plain.Sum(nil)), counted.n, tar, err
}

type counter struct{ n int64 }

func (c *counter) Write(p []byte) (int, error) { c.n += int64(len(p)); return len(p), nil }

var truthNames = []string{"alpine-like", "distroless-py", "goapp-1", "goapp-multi", "layers-76", "nodeapp-20", "rpmapp-1", "pyapp-1.0", "pyapp-1.1"}

func amd64() Options { return Options{Platform: "linux/amd64"} }

func TestTruthLayouts(t *testing.T) {
	c := corpus(t)
	for _, name := range truthNames {
		var want truth
		load(t, filepath.Join(c, "truth", name+".json"), &want)
		compare(t, filepath.Join(c, "images", name+".oci"), amd64(), want, nil)
	}
}

func TestTruthVariants(t *testing.T) {
	c := corpus(t)
	var variants map[string]variant
	load(t, filepath.Join(c, "truth", "variants.json"), &variants)
	entries, err := os.ReadDir(filepath.Join(c, "images", "variants"))
	must(t, err)
	for _, e := range entries {
		v, known := variants[e.Name()]
		if !known {
			switch {
			case strings.HasPrefix(e.Name(), "distroless-py"):
				v.BaseTruth = "distroless-py.json"
			case strings.HasPrefix(e.Name(), "goapp-multi"):
				v.BaseTruth = "goapp-multi.json"
			default:
				t.Errorf("no truth about %s", e.Name())
				continue
			}
		}
		var want truth
		load(t, filepath.Join(c, "truth", v.BaseTruth), &want)
		compare(t, filepath.Join(c, "images", "variants", e.Name()), amd64(), want, &v)
	}
}

// up skips what does not run.
func up(t *testing.T, network, address string) {
	t.Helper()
	conn, err := net.DialTimeout(network, address, time.Second)
	if err != nil {
		t.Skipf("nothing listens at %s: shared/images/70-registry.sh start, 10-daemons.sh start", address)
	}
	conn.Close()
}

func TestTruthRegistries(t *testing.T) {
	c := corpus(t)
	up(t, "tcp", "127.0.0.1:5000")
	noSignIns(t)
	var goapp, multi, node truth
	load(t, filepath.Join(c, "truth", "goapp-1.json"), &goapp)
	load(t, filepath.Join(c, "truth", "goapp-multi.json"), &multi)
	load(t, filepath.Join(c, "truth", "nodeapp-20.json"), &node)
	compare(t, "127.0.0.1:5000/corpus/goapp:1", amd64(), goapp, nil)
	compare(t, "localhost:5000/corpus/goapp-multi:latest", amd64(), multi, nil)
	compare(t, "127.0.0.1:5000/pushed/nodeapp:20", amd64(), node, &variant{}) // schema 2, other blobs

	ca := filepath.Join(c, "run", "registry", "ca.crt")
	signed := Options{Platform: "linux/amd64", CAFile: ca, Username: "alice", Password: "secret"}
	compare(t, "127.0.0.1:5443/corpus/goapp:1", signed, goapp, nil)
	compare(t, "127.0.0.1:5444/corpus/nodeapp:20", signed, node, nil)
	compare(t, "127.0.0.1:5444/corpus/goapp:1", Options{Platform: "linux/amd64", CAFile: ca}, goapp, nil)

	fails := func(ref string, o Options, code Code) {
		t.Helper()
		if _, err := Open(t.Context(), ref, o); CodeOf(err) != code {
			t.Errorf("Open(%s) = %v, want %s", ref, err, code)
		}
	}
	fails("127.0.0.1:5443/corpus/goapp:1", Options{}, TLS)
	fails("127.0.0.1:5443/corpus/goapp:1", Options{CAFile: ca}, Unauthorized)
	fails("127.0.0.1:5444/corpus/nodeapp:20", Options{CAFile: ca}, Unauthorized)
	fails("127.0.0.1:5000/corpus/goapp:9", Options{}, ManifestUnknown)
	fails("127.0.0.1:5000/corpus/nope:9", Options{}, NotFound)
}

func TestTruthRegistryVariants(t *testing.T) {
	c := corpus(t)
	up(t, "tcp", "127.0.0.1:5000")
	var variants map[string]variant
	load(t, filepath.Join(c, "truth", "variants.json"), &variants)
	var want truth
	load(t, filepath.Join(c, "truth", "distroless-py.json"), &want)
	for _, kind := range []string{"plain", "plain-labelled", "zstd", "zstdchunked", "estargz"} {
		v := variants["distroless-py."+kind+".oci"]
		compare(t, "127.0.0.1:5000/corpus/distroless-py:latest-"+kind, amd64(), want, &v)
	}
}

func TestTruthFlaky(t *testing.T) {
	c := corpus(t)
	up(t, "tcp", "127.0.0.1:5010")
	noSignIns(t)
	var want truth
	load(t, filepath.Join(c, "truth", "goapp-1.json"), &want)
	for _, mode := range []string{"e429", "e503", "cut", "redirect", "norange"} {
		compare(t, "127.0.0.1:5010/"+mode+"/corpus/goapp:1", amd64(), want, nil)
	}
	o := amd64()
	o.Stall = time.Second
	for mode, code := range map[string]Code{"e500": Unavailable, "cutalways": Unavailable, "hang": Unavailable, "html": Offline} {
		start := time.Now()
		_, err := readLayer(t, "127.0.0.1:5010/"+mode+"/corpus/goapp:1", o)
		if CodeOf(err) != code || time.Since(start) > 30*time.Second {
			t.Errorf("%s: %v after %v, want %s", mode, err, time.Since(start), code)
		}
		t.Logf("%s: %v", mode, err)
	}
}

func TestTruthEngines(t *testing.T) {
	c := corpus(t)
	docker, podman := filepath.Join(c, "run", "docker", "docker.sock"), filepath.Join(c, "run", "podman", "podman.sock")
	up(t, "unix", docker)
	up(t, "unix", podman)
	t.Setenv("DOCKER_HOST", "unix://"+docker)
	t.Setenv("CONTAINER_HOST", "unix://"+podman)
	for ref, name := range map[string]string{
		"docker:goapp:1": "goapp-1", "docker:distroless-py:1": "distroless-py", "docker:layers:76": "layers-76",
		"docker:nodeapp:20": "nodeapp-20", "docker:pyapp:1.0": "pyapp-1.0",
		"podman:distroless-py:1": "distroless-py",
	} {
		var want truth
		load(t, filepath.Join(c, "truth", name+".json"), &want)
		compare(t, ref, Options{}, want, &variant{})
	}
}

// TestTruthTOC lists layers from their tables and compares with their tars.
func TestTruthTOC(t *testing.T) {
	c := corpus(t)
	v := filepath.Join(c, "images", "variants")
	refs := []string{filepath.Join(v, "distroless-py.estargz.oci"), filepath.Join(v, "distroless-py.zstdchunked.oci")}
	if conn, err := net.DialTimeout("tcp", "127.0.0.1:5000", time.Second); err == nil {
		conn.Close()
		refs = append(refs, "127.0.0.1:5000/corpus/distroless-py:latest-estargz", "127.0.0.1:5000/corpus/distroless-py:latest-zstdchunked")
	}
	if !testing.Short() {
		refs = append(refs, filepath.Join(v, "pyapp-1.0.estargz.oci"))
	}
	for _, ref := range refs {
		var read int64
		o := amd64()
		o.Progress = func(n int64) { read += n }
		img, err := Open(t.Context(), ref, o)
		must(t, err)
		var all int64
		start, listed, entries := time.Now(), make([]string, len(img.Layers)), 0
		for n := range img.Layers {
			all += img.Layers[n].Size
			var b strings.Builder
			err := img.Layers[n].TOC(t.Context(), func(e *TOCEntry) error {
				fmt.Fprintf(&b, "%c %s %d %o %d:%d %s\n", e.Type, path.Clean("/"+e.Name), e.Size, e.Mode&0o7777, e.UID, e.GID, linkName(e.Type, e.Link))
				entries++
				return nil
			})
			if err != nil {
				t.Errorf("%s: layer %d: %v", ref, n, err)
			}
			listed[n] = b.String()
		}
		t.Logf("%s: %d entries from %d bytes of %d in %v", ref, entries, read, all, time.Since(start).Round(time.Millisecond))
		for n := range img.Layers {
			if got, want := listed[n], tarListing(t, &img.Layers[n]); got != want {
				a, b := strings.Split(got, "\n"), strings.Split(want, "\n")
				at := 0
				for at < min(len(a), len(b)) && a[at] == b[at] {
					at++
				}
				t.Errorf("%s: layer %d is listed as %d entries and holds %d; from %d on %q, want %q", ref, n, len(a), len(b), at, a[at:min(at+1, len(a))], b[at:min(at+1, len(b))])
			}
		}
		img.Close()
	}
}

// linkName returns the target of a hard link as a clean path. BuildKit's
// whiteouts are regular files with a link name that means nothing.
func linkName(typ byte, link string) string {
	switch typ {
	case tar.TypeLink:
		return path.Clean("/" + link)
	case tar.TypeSymlink:
		return link
	}
	return ""
}

func tarListing(t *testing.T, l *Layer) string {
	t.Helper()
	rc, err := l.Open(t.Context())
	must(t, err)
	defer rc.Close()
	var in io.Reader
	if l.Compression == "zstd" {
		in, err = zstd.NewReader(rc)
	} else {
		in, err = gzip.NewReader(rc)
	}
	must(t, err)
	var b strings.Builder
	for r := tar.NewReader(in); ; {
		h, err := r.Next()
		if err == io.EOF {
			return b.String()
		}
		must(t, err)
		if h.Name == "stargz.index.json" {
			continue
		}
		fmt.Fprintf(&b, "%c %s %d %o %d:%d %s\n", h.Typeflag, path.Clean("/"+h.Name), h.Size, h.Mode&0o7777, h.Uid, h.Gid, linkName(h.Typeflag, h.Linkname))
	}
}

// TestTruthListing times what a user waits for before sizes show.
func TestTruthListing(t *testing.T) {
	c := corpus(t)
	path := filepath.Join(c, "images", "variants", "pyapp-1.0.docker-save-legacy.tar")
	var took []time.Duration
	for range 5 {
		start := time.Now()
		img, err := Open(t.Context(), path, Options{})
		must(t, err)
		took = append(took, time.Since(start))
		img.Close()
	}
	fmt.Println("a docker-archive of 2.6 GB is listed in", slices.Min(took))
}
