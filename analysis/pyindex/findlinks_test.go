package pyindex

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"weighline/analysis/bytesize"
	"weighline/analysis/pep"
	"weighline/analysis/pyindex/indextest"
)

// linked returns the versions of demo that the places have, and what the client
// warns of.
func linked(t *testing.T, o ClientOptions) (string, *Client) {
	t.Helper()
	o.NoIndex = len(o.Indexes) == 0
	c := client(t, o)
	all, err := c.Releases(t.Context(), "demo")
	if err != nil {
		return err.Error(), c
	}
	var out []string
	for _, r := range all {
		for _, f := range r.Files {
			out = append(out, r.Version.String()+" "+f.Filename)
		}
	}
	return strings.Join(out, "\n"), c
}

// TestFindLinks takes files from folders, pages and addresses as pip does, beside
// those of an index or alone.
func TestFindLinks(t *testing.T) {
	x := indextest.Serve(t, demo...)
	pure := "demo-1.0-py3-none-any.whl"
	x.Before = func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path == "/links.html" {
			_, _ = w.Write([]byte(`<html><a href="files/` + pure + `">it</a><a href="file:///etc/demo-9-py3-none-any.whl">no</a></html>`))
		}
		return r.URL.Path == "/links.html"
	}
	dir := t.TempDir()
	put := func(name string, data []byte) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	put(pure, x.Wheel(pure))
	put("demo-3.0.tar.gz", nil)
	put("other-1.0-py3-none-any.whl", nil)
	put("demo.txt", nil)
	if err := os.Mkdir(filepath.Join(dir, "demo-5.0-py3-none-any.whl"), 0o777); err != nil {
		t.Fatal(err)
	}
	page := t.TempDir()
	if err := os.WriteFile(filepath.Join(page, "list.html"), []byte(`<a href="`+filepath.ToSlash(dir)+`/`+pure+`">it</a>`), 0o666); err != nil {
		t.Fatal(err)
	}
	test := func(want string, places ...string) {
		t.Helper()
		if got, _ := linked(t, ClientOptions{FindLinks: places}); !strings.HasPrefix(got, want) || want == "" {
			t.Errorf("%q: got %q, want %q", places, got, want)
		}
	}
	test("1.0 "+pure+"\n3.0 demo-3.0.tar.gz", dir)
	test("1.0 "+pure+"\n3.0 demo-3.0.tar.gz", "file://"+filepath.ToSlash(dir))
	test("1.0 "+pure, filepath.Join(dir, pure))
	test("1.0 "+pure, page)
	test("1.0 "+pure, filepath.Join(page, "list.html"))
	test("1.0 "+pure, x.Base+"/links.html")
	test("1.0 "+pure, x.Base+"/files/"+pure)
	test("--find-links "+filepath.Join(dir, "none")+": stat ", filepath.Join(dir, "none"))
	test("--find-links ftp://host/x: it is neither", "ftp://host/x")
	test("--find-links file://host/x: a file: address of another computer", "file://host/x")
	test("1.0 "+pure, filepath.Join(dir, "none"), page)

	got, c := linked(t, ClientOptions{Indexes: []string{x.URL}, FindLinks: []string{page}})
	if want := "1.0 " + pure + "\n1.0 " + pure + "\n2.0 "; !strings.HasPrefix(got, want) || len(c.Asked()) != 2 {
		t.Errorf("with an index: %q, %q", got, c.Asked())
	}
}

// TestFindLinksContents looks into wheels on the disk, and does not trust what it
// saw before: they may change.
func TestFindLinksContents(t *testing.T) {
	x := indextest.Serve(t, demo...)
	name := "demo-2.0-cp311-cp311-manylinux_2_17_x86_64.whl"
	dir, cache := t.TempDir(), t.TempDir()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, x.Wheel(name), 0o666); err != nil {
		t.Fatal(err)
	}
	_, c := linked(t, ClientOptions{FindLinks: []string{dir}, CacheDir: cache})
	f, ok := c.File(t.Context(), "demo", name)
	if !ok || f.Size != bytesize.Of(len(x.Wheel(name))) {
		t.Fatalf("file = %+v", f)
	}
	got, err := c.Contents(t.Context(), f)
	if err != nil || got.Tests != 300 {
		t.Errorf("contents = %+v, %v", got, err)
	}
	if err := os.WriteFile(path, x.Wheel(name)[:100], 0o666); err != nil {
		t.Fatal(err)
	}
	_, c = linked(t, ClientOptions{FindLinks: []string{dir}, CacheDir: cache})
	f, _ = c.File(t.Context(), "demo", name)
	if got, err := c.Contents(t.Context(), f); err == nil {
		t.Errorf("of a damaged wheel: %+v", got)
	}
	all, _ := c.Releases(t.Context(), "demo")
	if _, err := c.Metadata(t.Context(), &all[0], f); err == nil {
		t.Error("a damaged wheel has metadata")
	}
}

// TestFindLinksMetadata reads what local files require.
func TestFindLinksMetadata(t *testing.T) {
	x := indextest.Serve(t, demo...)
	pure := "demo-1.0-py3-none-any.whl"
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, pure), x.Wheel(pure), 0o666); err != nil {
		t.Fatal(err)
	}
	_, c := linked(t, ClientOptions{FindLinks: []string{dir}})
	all, err := c.Releases(t.Context(), "demo")
	if err != nil {
		t.Fatal(err)
	}
	m, err := c.Metadata(t.Context(), &all[0], &all[0].Files[0])
	if err != nil || len(m.Requires) != 2 || m.Requires[0].Name != pep.Name("six") {
		t.Errorf("metadata = %+v, %v", m, err)
	}
}
