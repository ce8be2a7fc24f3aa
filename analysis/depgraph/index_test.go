package depgraph

import (
	"compress/gzip"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os/exec"
	"strings"
	"testing"
	"time"

	"weighline/analysis/bytesize"
	"weighline/analysis/oracletest"
	"weighline/analysis/pep"
	"weighline/analysis/pyindex"
)

var (
	_ Source  = (*pyindex.Client)(nil)
	_ Hinter  = (*pyindex.Client)(nil)
	_ Weigher = (*pyindex.Client)(nil)
)

// serveSnapshot serves the snapshot as an index on this machine, each request
// after the given latency, pages packed by gzip as pypi.org does. It returns the
// address of the index.
func serveSnapshot(t testing.TB, latency time.Duration, flags ...string) string {
	t.Helper()
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("no python3 here to serve the snapshot")
	}
	target, err := url.Parse(oracletest.ServeIndex(t, python, "pypi", flags...))
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: target.Scheme, Host: target.Host})
	proxy.Transport = &http.Transport{MaxIdleConnsPerHost: 64}
	proxy.ErrorLog = log.New(io.Discard, "", 0) // wheels are given up in the middle
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(latency)
		if strings.HasPrefix(r.URL.Path, "/simple/") && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			defer z.Close()
			w = &zipped{w, z}
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(front.Close)
	return front.URL + target.Path
}

// zipped is an answer that is packed on its way.
type zipped struct {
	http.ResponseWriter
	z *gzip.Writer
}

func (w *zipped) WriteHeader(status int) {
	w.Header().Del("Content-Length")
	w.ResponseWriter.WriteHeader(status)
}

func (w *zipped) Write(b []byte) (int, error) { return w.z.Write(b) }

// weighFounding resolves and weighs the founding story from an index.
func weighFounding(t testing.TB, index, cache string) (*Graph, *pyindex.Client) {
	t.Helper()
	in := founding(t)
	in.Target, in.Options.SourceName = pep.DefaultTarget(), ""
	c, err := pyindex.NewClient(pyindex.ClientOptions{Indexes: []string{index}, CacheDir: cache, Target: in.Target, Limits: in.Limits(),
		Env: func(string) string { return "" }})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	g, err := Resolve(t.Context(), c, in)
	if err != nil {
		t.Fatal(err)
	}
	g, err = g.Weigh(t.Context(), c, nil)
	if err != nil {
		t.Fatal(err)
	}
	return g, c
}

// TestFoundingFromIndex has pip's versions and exact sizes, of which less than
// 1 MB is fetched; the second time nothing is.
func TestFoundingFromIndex(t *testing.T) {
	t.Parallel()
	index := serveSnapshot(t, 0)
	cache := t.TempDir()
	g, c := weighFounding(t, index, cache)
	if total := g.Total(); total.Packages != 72 || total.Download != (bytesize.Total{Size: 3_118_856_420}) {
		t.Errorf("total = %+v, want 72 packages, 3,118,856,420 bytes", total)
	}
	for _, n := range g.Nodes() {
		if n.Unpacked.Basis != bytesize.Known || n.UnpackedBasis != WheelBasis || n.Source != "index" {
			t.Errorf("%s: unpacked %v by %q from %q", n.Name, n.Unpacked, n.UnpackedBasis, n.Source)
		}
	}
	if len(g.Warnings()) > 0 {
		t.Errorf("warnings = %v", g.Warnings())
	}
	t.Logf("%d bytes fetched for %s unpacked", c.Fetched(), g.Total().Unpacked)
	if n := c.Fetched(); n > 1_000_000 {
		t.Errorf("%d bytes were fetched, want less than 1 MB", n)
	}
	warm, c := weighFounding(t, index, cache)
	if warm.Total() != g.Total() || c.Fetched() != 0 {
		t.Errorf("from the cache: %+v, %d bytes fetched", warm.Total(), c.Fetched())
	}
}

// TestFoundingWithoutRanges keeps estimates, and says why, where the server
// sends whole files, of which none is read.
func TestFoundingWithoutRanges(t *testing.T) {
	t.Parallel()
	g, c := weighFounding(t, serveSnapshot(t, 0, "--no-range"), "none")
	if total := g.Total(); total.Packages != 72 || total.Download.Size != 3_118_856_420 || total.Unpacked.Estimated == 0 {
		t.Errorf("total = %+v", total)
	}
	if w := g.Warnings(); len(w) != 1 || w[0].Code != "no-ranges" {
		t.Errorf("warnings = %v, want one about ranges", w)
	}
	if n := c.Fetched(); n > 1_000_000 {
		t.Errorf("%d bytes were fetched, want no wheel", n)
	}
}

// TestFoundingBareIndex has neither sizes nor metadata files: all comes out of
// the wheels, by ranges.
func TestFoundingBareIndex(t *testing.T) {
	t.Parallel()
	g, _ := weighFounding(t, serveSnapshot(t, 0, "--no-size", "--no-metadata"), "none")
	if total := g.Total(); total.Packages != 72 || total.Download != (bytesize.Total{Size: 3_118_856_420}) || total.Unpacked.Unknown+total.Unpacked.Estimated > 0 {
		t.Errorf("total = %+v", total)
	}
}

// BenchmarkFoundingCold and BenchmarkFoundingWarm are the founding story with
// exact sizes from an index whose every answer takes 20 ms.
func BenchmarkFoundingCold(b *testing.B) {
	index := serveSnapshot(b, 20*time.Millisecond)
	var fetched int64
	for b.Loop() {
		_, c := weighFounding(b, index, "none")
		fetched = c.Fetched()
	}
	b.ReportMetric(float64(fetched), "B-fetched/op")
}

func BenchmarkFoundingWarm(b *testing.B) {
	index := serveSnapshot(b, 20*time.Millisecond)
	cache := b.TempDir()
	weighFounding(b, index, cache)
	for b.Loop() {
		weighFounding(b, index, cache)
	}
}
