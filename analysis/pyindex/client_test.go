package pyindex

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"weighline/analysis/bytesize"
	"weighline/analysis/fileclass"
	"weighline/analysis/pep"
	"weighline/analysis/pyindex/indextest"
)

// client asks the index at an address, keeps nothing, and never sleeps.
func client(t testing.TB, o ClientOptions) *Client {
	t.Helper()
	if o.CacheDir == "" {
		o.CacheDir = "none"
	}
	if o.Env == nil {
		o.Env = func(string) string { return "" }
	}
	if o.Wait == nil {
		o.Wait = func(ctx context.Context, _ time.Duration) error { return ctx.Err() }
	}
	c, err := NewClient(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

var demo = []indextest.Wheel{
	{File: "demo-1.0-py3-none-any.whl", Requires: []string{"six>=1", "cv; extra == 'x'"}, Extras: []string{"x"}, Python: ">=3.8"},
	{File: "demo-2.0-py3-none-any.whl", Yanked: "broken"},
	{File: "demo-2.0-cp311-cp311-manylinux_2_17_x86_64.whl", Content: map[string]int{
		"demo/__init__.py": 1000, "demo/core.cpython-311-x86_64-linux-gnu.so": 50_000, "demo/tests/test_a.py": 300, "demo/lib/libcore.a": 400, "demo/core.h": 77,
		"other.py": 20, "demo-2.0.data/scripts/demo": 7, "demo-2.0.data/purelib/more/x.py": 80,
	}},
}

// TestReleases reads both forms of an index's pages.
func TestReleases(t *testing.T) {
	for _, html := range []bool{false, true} {
		x := indextest.Serve(t, demo...)
		x.HTML = html
		c := client(t, ClientOptions{Indexes: []string{x.URL}})
		all, err := c.Releases(t.Context(), "demo")
		if err != nil || len(all) != 2 || len(all[1].Files) != 2 || all[0].Index != x.URL {
			t.Fatalf("html %v: %+v, %v", html, all, err)
		}
		f, g := all[0].Files[0], all[1].Files[0]
		if f.RequiresPython != ">=3.8" || f.Yanked != nil || f.URL != x.Base+"/files/demo-1.0-py3-none-any.whl" || f.Metadata["sha256"] == "" || g.Yanked == nil || *g.Yanked != "broken" {
			t.Errorf("html %v: %+v\n%+v", html, f, g)
		}
		if f.Size.Known() == html {
			t.Errorf("html %v: size %v", html, f.Size)
		}
		m, err := c.Metadata(t.Context(), &all[0], &all[0].Files[0])
		if err != nil || len(m.Requires) != 2 || m.Requires[0].String() != "six>=1" || !slices.Equal(m.ProvidesExtras, []string{"x"}) || m.RequiresPython.String() != ">=3.8" {
			t.Errorf("html %v: metadata %+v, %v", html, m, err)
		}
		if _, err := c.Releases(t.Context(), "nothing"); !errors.Is(err, ErrNotFound) {
			t.Errorf("nothing: %v", err)
		}
	}
}

// TestMetadataFromWheel reads METADATA by ranges where no file lies beside.
func TestMetadataFromWheel(t *testing.T) {
	x := indextest.Serve(t, demo...)
	x.NoMetadata = true
	c := client(t, ClientOptions{Indexes: []string{x.URL}})
	all, err := c.Releases(t.Context(), "demo")
	if err != nil {
		t.Fatal(err)
	}
	m, err := c.Metadata(t.Context(), &all[0], &all[0].Files[0])
	if err != nil || len(m.Requires) != 2 {
		t.Errorf("metadata %+v, %v", m, err)
	}
}

func TestContents(t *testing.T) {
	for _, sizes := range []bool{true, false} {
		x := indextest.Serve(t, demo...)
		x.NoSizes = !sizes
		c := client(t, ClientOptions{Indexes: []string{x.URL}})
		f, ok := c.File(t.Context(), "demo", "demo-2.0-cp311-cp311-manylinux_2_17_x86_64.whl")
		if !ok {
			t.Fatal("no such file")
		}
		got, err := c.Contents(t.Context(), f)
		if err != nil {
			t.Fatal(err)
		}
		meta := int64(len("Metadata-Version: 2.1\nName: demo\nVersion: 2.0\n\nA description.\n"))
		if got.Unpacked != 51_884+meta || got.Files != 9 || got.Tests != 300 || got.Static != 400 || got.Headers != 77 || got.Class(fileclass.None) != got.Unpacked-777 || got.Pyc != 1400*13/10 || got.Size != int64(len(x.Wheel(f.Filename))) {
			t.Errorf("%+v", got)
		}
		if !slices.Equal(got.Imports, []string{"demo", "more", "other"}) || len(got.Libraries) != 1 || got.Libraries[0].Size != 50_000 {
			t.Errorf("imports %v, libraries %v", got.Imports, got.Libraries)
		}
		for _, r := range x.Requests() {
			if strings.HasPrefix(r, "HEAD") || strings.HasSuffix(r, " -") || strings.HasSuffix(r, ".whl") {
				t.Errorf("request %q: want explicit ranges alone", r)
			}
		}
	}
}

// TestRangeFaults meets servers that answer ranges in wrong ways. None gives a
// size, none is asked twice, and no wheel is downloaded.
func TestRangeFaults(t *testing.T) {
	big := make([]byte, 8<<20)
	test := func(name string, answer func(http.ResponseWriter, *http.Request) bool, want error, part string) {
		t.Helper()
		x := indextest.Serve(t, demo...)
		x.Before = func(w http.ResponseWriter, r *http.Request) bool {
			return strings.HasPrefix(r.URL.Path, "/files/") && r.Header.Get("Range") != "" && answer(w, r)
		}
		c := client(t, ClientOptions{Indexes: []string{x.URL}})
		all, err := c.Releases(t.Context(), "demo")
		if err != nil {
			t.Fatal(err)
		}
		_, err = c.Contents(t.Context(), &all[0].Files[0])
		if err == nil || want != nil && !errors.Is(err, want) || !strings.Contains(err.Error(), part) {
			t.Errorf("%s: error %v, want one with %q", name, err, part)
		}
		before := len(x.Requests())
		_, err = c.Contents(t.Context(), &all[1].Files[1])
		if after := len(x.Requests()); errors.Is(want, ErrNoRanges) && (after != before || !errors.Is(err, ErrNoRanges)) {
			t.Errorf("%s: the host was asked again: %v", name, err)
		}
		if c.Fetched() > 1<<20 {
			t.Errorf("%s: %d bytes were fetched", name, c.Fetched())
		}
	}
	status := func(code int) func(http.ResponseWriter, *http.Request) bool {
		return func(w http.ResponseWriter, _ *http.Request) bool { w.WriteHeader(code); return true }
	}
	test("whole file", func(w http.ResponseWriter, _ *http.Request) bool { _, _ = w.Write(big); return true }, ErrNoRanges, "answered 200")
	test("501", status(501), ErrNoRanges, "answered 501")
	test("405", status(405), ErrNoRanges, "answered 405")
	test("400", status(400), ErrNoRanges, "answered 400")
	test("416", status(416), nil, "shorter than the index says")
	test("403", status(403), nil, "wants a user and a password")
	test("no Content-Range", func(w http.ResponseWriter, _ *http.Request) bool {
		w.WriteHeader(206)
		return true
	}, ErrNoRanges, "does not say which part")
	test("another part", func(w http.ResponseWriter, _ *http.Request) bool {
		w.Header().Set("Content-Range", "bytes 5-9/10")
		w.WriteHeader(206)
		_, _ = w.Write(big[:5])
		return true
	}, ErrNoRanges, "it sends bytes 5-9/10")
	test("truncated", func(w http.ResponseWriter, r *http.Request) bool {
		var a, b int64
		_, _ = fmt.Sscanf(r.Header.Get("Range"), "bytes=%d-%d", &a, &b)
		w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", a, b, b+1))
		w.Header().Set("Content-Length", fmt.Sprint(b-a+1))
		w.WriteHeader(206)
		return true
	}, nil, "ends early")
}

// TestPageFaults meets indexes that send what is no page.
func TestPageFaults(t *testing.T) {
	test := func(name, part string, asked int, answer http.HandlerFunc) {
		t.Helper()
		x := indextest.Serve(t, demo...)
		x.Before = func(w http.ResponseWriter, r *http.Request) bool { answer(w, r); return true }
		c := client(t, ClientOptions{Indexes: []string{x.URL}, Stall: 100 * time.Millisecond})
		_, err := c.Releases(t.Context(), "demo")
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%s: error %v, want one with %q", name, err, part)
		}
		if n := len(x.Requests()); asked > 0 && n != asked {
			t.Errorf("%s: %d requests, want %d", name, n, asked)
		}
	}
	send := func(kind, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", kind)
			_, _ = w.Write([]byte(body))
		}
	}
	test("HTML for JSON", "a web page where an index was announced", 1, send("application/json", "<!DOCTYPE html><p>Welcome"))
	test("broken JSON", "damaged", 1, send("application/json", `{"files": [`))
	test("JSON of another version", "version 2.0", 1, send("application/json", `{"meta": {"api-version": "2.0"}}`))
	test("a login page", "to sign in", 1, send("text/html", `<form><input TYPE="password"></form>`))
	test("a picture", "no page of an index", 1, send("image/png", "\x89PNG"))
	test("redirect loop", "redirects more than 8 times", 9, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.Path, http.StatusFound) })
	test("redirect to a file", "unsupported protocol scheme", 1, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "file:///etc/passwd", http.StatusFound)
	})
	test("401", "wants a user and a password", 1, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(401) })
	test("500", "answered 500", 4, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) })
	test("long Retry-After", "come back in 1h0m0s", 1, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "3600")
		w.WriteHeader(429)
	})
	test("reset", "", 4, func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err == nil {
			_ = conn.Close()
		}
	})
	test("slow-loris", "sent nothing, or next to nothing, for 100ms", 1, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte("{"))
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	})
	test("a drip", "sent nothing, or next to nothing, for 100ms", 1, func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			_, _ = w.Write([]byte(" "))
			_ = http.NewResponseController(w).Flush()
			time.Sleep(20 * time.Millisecond)
		}
	})
	test("silence", "", 0, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
}

// TestRetry comes back after as long as the server says.
func TestRetry(t *testing.T) {
	x := indextest.Serve(t, demo...)
	var n atomic.Int32
	x.Before = func(w http.ResponseWriter, _ *http.Request) bool {
		if n.Add(1) > 2 {
			return false
		}
		w.Header().Set("Retry-After", "3")
		w.WriteHeader(429)
		return true
	}
	var waits []time.Duration
	c := client(t, ClientOptions{Indexes: []string{x.URL}, Wait: func(_ context.Context, d time.Duration) error { waits = append(waits, d); return nil }})
	if all, err := c.Releases(t.Context(), "demo"); err != nil || len(all) != 2 {
		t.Errorf("%v, %v", all, err)
	}
	if !slices.Equal(waits, []time.Duration{3 * time.Second, 3 * time.Second}) {
		t.Errorf("waits = %v", waits)
	}
}

// TestCache asks again only when an answer has aged, and then only whether it
// changed.
func TestCache(t *testing.T) {
	x := indextest.Serve(t, demo...)
	header, tag := "max-age=60", `"v1"`
	x.Before = func(w http.ResponseWriter, r *http.Request) bool {
		if header != "" {
			w.Header().Set("Cache-Control", header)
		}
		if tag == "" {
			return false
		}
		w.Header().Set("ETag", tag)
		if r.Header.Get("If-None-Match") != tag {
			return false
		}
		w.WriteHeader(http.StatusNotModified)
		return true
	}
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	dir := t.TempDir()
	ask := func(what string, later time.Duration, want int) {
		t.Helper()
		now = now.Add(later)
		c := client(t, ClientOptions{Indexes: []string{x.URL}, CacheDir: dir, Now: func() time.Time { return now }})
		before := len(x.Requests())
		if all, err := c.Releases(t.Context(), "demo"); err != nil || len(all) != 2 {
			t.Errorf("%s: %v, %v", what, all, err)
		}
		if got := len(x.Requests()) - before; got != want {
			t.Errorf("%s: %d requests, want %d", what, got, want)
		}
	}
	ask("empty", 0, 1)
	ask("fresh", 59*time.Second, 0)
	ask("aged", 2*time.Second, 1)
	ask("fresh again after 304", 30*time.Second, 0)
	header = "no-cache"
	ask("aged", time.Hour, 1)
	ask("no-cache asks each time", 0, 1)
	header, tag = "no-store", ""
	ask("aged", time.Hour, 1)
	files, err := filepath.Glob(filepath.Join(dir, "*", "*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%v, %v", files, err)
	}
	header = "max-age=60"
	ask("aged", time.Hour, 1)
	for _, f := range files {
		if err := os.WriteFile(f, []byte("{}\n{damaged"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	ask("damaged", 0, 1)
	header = ""
	ask("aged", time.Hour, 1)
	ask("an answer that says nothing holds for 10 minutes", 9*time.Minute, 0)
	ask("and then no longer", 2*time.Minute, 1)
}

// TestKeys sends users and passwords to the place that they are for, never
// along a redirect, and prints none.
func TestKeys(t *testing.T) {
	var leaked atomic.Int32
	other := indextest.Serve(t, demo...)
	other.Before = func(_ http.ResponseWriter, r *http.Request) bool {
		if r.Header.Get("Authorization") != "" {
			leaked.Add(1)
		}
		return false
	}
	x := indextest.Serve(t)
	x.Before = func(w http.ResponseWriter, r *http.Request) bool {
		if user, password, ok := r.BasicAuth(); !ok || user != "me" || password != "s3cret" {
			w.WriteHeader(401)
			return true
		}
		http.Redirect(w, r, other.Base+r.URL.Path, http.StatusFound)
		return true
	}
	with := strings.Replace(x.URL, "://", "://me:s3cret@", 1)
	c := client(t, ClientOptions{Indexes: []string{with}})
	if all, err := c.Releases(t.Context(), "demo"); err != nil || len(all) != 2 || strings.Contains(fmt.Sprintf("%+v %v", all, c.Indexes()), "s3cret") {
		t.Errorf("%+v, %v", all, err)
	}
	netrc := filepath.Join(t.TempDir(), "netrc")
	if err := os.WriteFile(netrc, []byte("machine 127.0.0.1 login me password s3cret\ndefault login me password s3cret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c = client(t, ClientOptions{Indexes: []string{strings.Replace(x.URL, "127.0.0.1", "localhost", 1)}, Env: func(name string) string {
		return map[string]string{"NETRC": netrc}[name]
	}})
	if _, err := c.Releases(t.Context(), "demo"); err == nil || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("localhost is not in the file: %v", err)
	}
	if leaked.Load() > 0 {
		t.Error("the password went along with the redirect")
	}
	c = client(t, ClientOptions{Indexes: []string{x.URL}, Env: func(name string) string { return map[string]string{"NETRC": netrc}[name] }})
	if _, err := c.Releases(t.Context(), "demo"); err != nil {
		t.Errorf("with netrc: %v", err)
	}
	dead := client(t, ClientOptions{Indexes: []string{"http://me:s3cret@127.0.0.1:1/simple"}, Retries: -1})
	if _, err := dead.Releases(t.Context(), "demo"); err == nil || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("error = %v", err)
	}
}

// TestSeveralIndexes puts the releases of all together; one that fails is told.
func TestSeveralIndexes(t *testing.T) {
	a, b, broken := indextest.Serve(t, demo...), indextest.Serve(t, indextest.Wheel{File: "demo-3.0+cpu-py3-none-any.whl"}), indextest.Serve(t)
	broken.Before = func(w http.ResponseWriter, _ *http.Request) bool { w.WriteHeader(400); return true }
	c := client(t, ClientOptions{Indexes: []string{a.URL, b.URL + "/", broken.URL}, Pinned: map[pep.Name]string{"torch": b.URL}})
	all, err := c.Releases(t.Context(), "demo")
	if err != nil || len(all) != 3 || all[2].Version.String() != "3.0+cpu" || all[2].Index != b.URL {
		t.Errorf("%+v, %v", all, err)
	}
	if w := c.Warnings(); len(w) != 1 || !strings.Contains(w[0], "answered 400") {
		t.Errorf("warnings = %q", w)
	}
	if _, err := c.Releases(t.Context(), "torch"); !errors.Is(err, ErrNotFound) {
		t.Errorf("torch: %v", err)
	}
	if slices.Contains(a.Requests(), "GET /simple/torch/") {
		t.Error("torch was asked for on an index that it does not come from")
	}
}

// TestSilentHost does not wait for a host again that sent nothing.
func TestSilentHost(t *testing.T) {
	x := indextest.Serve(t, demo...)
	x.Before = func(_ http.ResponseWriter, r *http.Request) bool { <-r.Context().Done(); return true }
	c := client(t, ClientOptions{Indexes: []string{x.URL}, Stall: 50 * time.Millisecond})
	for _, name := range []pep.Name{"demo", "six", "cv"} {
		if _, err := c.Releases(t.Context(), name); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if n := len(x.Requests()); n != 1 {
		t.Errorf("%d requests, want 1", n)
	}
}

func TestCancel(t *testing.T) {
	x := indextest.Serve(t, demo...)
	x.Before = func(_ http.ResponseWriter, r *http.Request) bool { <-r.Context().Done(); return true }
	c := client(t, ClientOptions{Indexes: []string{x.URL}})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Releases(ctx, "demo"); !errors.Is(err, context.Canceled) {
		t.Errorf("error = %v", err)
	}
}

// TestLyingIndex does not take a size for true that the wheel has not.
func TestLyingIndex(t *testing.T) {
	x := indextest.Serve(t, demo...)
	c := client(t, ClientOptions{Indexes: []string{x.URL}})
	all, err := c.Releases(t.Context(), "demo")
	if err != nil {
		t.Fatal(err)
	}
	f := all[0].Files[0]
	f.Size = bytesize.Of(int64(f.Size.Size) - 5)
	if _, err := c.Contents(t.Context(), &f); err == nil || !strings.Contains(err.Error(), "the index says") {
		t.Errorf("error = %v", err)
	}
}
