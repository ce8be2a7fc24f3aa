// Package indextest serves package indexes that tests describe: real wheels,
// the pages of PEP 691 and PEP 503, metadata files, ranges.
package indextest

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// A Wheel is a file of the index.
type Wheel struct {
	File     string   // "numpy-2.2.6-cp311-cp311-manylinux_2_17_x86_64.whl"
	Requires []string // Requires-Dist
	Extras   []string // Provides-Extra
	Python   string   // Requires-Python
	Yanked   string   // the reason
	// Content is the wheel's files by name; METADATA is added. Nil makes a wheel
	// with one module of 1000 bytes.
	Content map[string]int
	Data    []byte // in the place of the wheel that would be made
}

// An Index is a running server.
type Index struct {
	URL string // of the index: "http://127.0.0.1:1234/simple"
	// Base is URL without the "/simple".
	Base string

	// Before, if not nil, sees each request first, and reports whether it has
	// answered. HTML, NoSizes, NoMetadata and NoRanges make the index a simpler
	// one. They are set before the first request.
	Before                              func(w http.ResponseWriter, r *http.Request) bool
	HTML, NoSizes, NoMetadata, NoRanges bool

	wheels   map[string]*Wheel
	order    []string
	mu       sync.Mutex
	requests []string
}

// Serve starts an index with the wheels. It ends with the test.
func Serve(t testing.TB, wheels ...Wheel) *Index {
	t.Helper()
	x := &Index{wheels: map[string]*Wheel{}}
	for i := range wheels {
		w := wheels[i]
		if w.Data == nil {
			w.Data = w.build(t)
		}
		x.wheels[w.File] = &w
		x.order = append(x.order, w.File)
	}
	s := httptest.NewServer(x)
	t.Cleanup(s.Close)
	x.Base, x.URL = s.URL, s.URL+"/simple"
	return x
}

// Requests returns what was asked for, in order: "GET /simple/numpy/", with the
// range behind it if there was one.
func (x *Index) Requests() []string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return slices.Clone(x.requests)
}

// Wheel returns the bytes of a file.
func (x *Index) Wheel(file string) []byte { return x.wheels[file].Data }

func (w *Wheel) metadata() []byte {
	parts := strings.SplitN(w.File, "-", 3)
	var b strings.Builder
	fmt.Fprintf(&b, "Metadata-Version: 2.1\nName: %s\nVersion: %s\n", parts[0], parts[1])
	if w.Python != "" {
		fmt.Fprintf(&b, "Requires-Python: %s\n", w.Python)
	}
	for _, x := range w.Extras {
		fmt.Fprintf(&b, "Provides-Extra: %s\n", x)
	}
	for _, r := range w.Requires {
		fmt.Fprintf(&b, "Requires-Dist: %s\n", r)
	}
	return []byte(b.String() + "\nA description.\n")
}

func (w *Wheel) build(t testing.TB) []byte {
	parts := strings.SplitN(w.File, "-", 3)
	content := w.Content
	if content == nil {
		content = map[string]int{parts[0] + "/__init__.py": 1000}
	}
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	put := func(name string, data []byte) {
		f, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate})
		if err == nil {
			_, err = f.Write(data)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	names := make([]string, 0, len(content))
	for n := range content {
		names = append(names, n)
	}
	slices.Sort(names)
	for _, n := range names {
		put(n, bytes.Repeat([]byte{'x'}, content[n]))
	}
	put(parts[0]+"-"+parts[1]+".dist-info/METADATA", w.metadata())
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// ServeHTTP answers as an index does.
func (x *Index) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	x.mu.Lock()
	x.requests = append(x.requests, strings.TrimSpace(r.Method+" "+r.URL.Path+" "+strings.TrimPrefix(r.Header.Get("Range"), "bytes=")))
	x.mu.Unlock()
	if x.Before != nil && x.Before(w, r) {
		return
	}
	if name, ok := strings.CutPrefix(r.URL.Path, "/simple/"); ok {
		x.page(w, strings.Trim(name, "/"))
		return
	}
	file := strings.TrimPrefix(r.URL.Path, "/files/")
	if wheel, ok := x.wheels[strings.TrimSuffix(file, ".metadata")]; ok && strings.HasSuffix(file, ".metadata") && !x.NoMetadata {
		_, _ = w.Write(wheel.metadata())
		return
	}
	wheel, ok := x.wheels[file]
	if !ok {
		http.NotFound(w, r)
		return
	}
	if x.NoRanges {
		r.Header.Del("Range")
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(wheel.Data))
}

func (x *Index) page(w http.ResponseWriter, name string) {
	var list []map[string]any
	var links strings.Builder
	for _, file := range x.order {
		wheel := x.wheels[file]
		if project, _, _ := strings.Cut(file, "-"); strings.ReplaceAll(strings.ToLower(project), "_", "-") != name {
			continue
		}
		sum := fmt.Sprintf("%x", sha256.Sum256(wheel.metadata()))
		f := map[string]any{"filename": file, "url": "../../files/" + file, "hashes": map[string]string{}, "yanked": false}
		attrs := ""
		if wheel.Python != "" {
			f["requires-python"] = wheel.Python
			attrs += fmt.Sprintf(` data-requires-python="%s"`, html.EscapeString(wheel.Python))
		}
		if wheel.Yanked != "" {
			f["yanked"] = wheel.Yanked
			attrs += fmt.Sprintf(` data-yanked="%s"`, html.EscapeString(wheel.Yanked))
		}
		if !x.NoSizes {
			f["size"] = len(wheel.Data)
		}
		if !x.NoMetadata {
			f["core-metadata"] = map[string]string{"sha256": sum}
			attrs += fmt.Sprintf(` data-core-metadata="sha256=%s"`, sum)
		}
		list = append(list, f)
		fmt.Fprintf(&links, "<a href=\"../../files/%s#sha256=0\"%s>%s</a><br/>\n", file, attrs, file)
	}
	switch {
	case list == nil:
		http.Error(w, "no such project", http.StatusNotFound)
	case x.HTML:
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, "<!DOCTYPE html><html><body>\n%s</body></html>", &links)
	default:
		w.Header().Set("Content-Type", "application/vnd.pypi.simple.v1+json")
		_ = json.NewEncoder(w).Encode(map[string]any{"meta": map[string]string{"api-version": "1.1"}, "name": name, "files": list})
	}
}
