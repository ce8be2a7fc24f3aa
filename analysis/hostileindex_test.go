package analysis_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// endless is a reader without end.
type endless struct{ of byte }

func (z endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = z.of
	}
	return len(p), nil
}

// page answers for the page of a project, and file for all else.
func page(kind, body string, file http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/simple/") || file == nil {
			w.Header().Set("Content-Type", kind)
			_, _ = io.WriteString(w, body)
			return
		}
		file(w, r)
	}
}

const jsonPage = "application/vnd.pypi.simple.v1+json"

// filePage is a page with one file of the project app.
func filePage(name string, size int, more string) string {
	return fmt.Sprintf(`{"meta": {"api-version": "1.1"}, "name": "app", "files": [{"filename": %q, "url": "/files/%s", "hashes": {}, "size": %d%s}]}`, name, name, size, more)
}

// wheelZip returns a wheel of app with the METADATA; change may do anything to it.
func wheelZip(metadata io.Reader, change func([]byte) []byte) []byte {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	f, _ := z.Create("app-1.0.dist-info/METADATA")
	_, _ = io.Copy(f, metadata)
	_ = z.Close()
	if change == nil {
		return out.Bytes()
	}
	return change(out.Bytes())
}

// wheelIndex serves one wheel, by ranges.
func wheelIndex(data []byte) http.HandlerFunc {
	const name = "app-1.0-py3-none-any.whl"
	return page(jsonPage, filePage(name, len(data), ""), func(w http.ResponseWriter, r *http.Request) {
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(data))
	})
}

// hostileIndexes are indexes. What the client makes of smaller faults is in
// pyindex's tests.
func hostileIndexes() []hostileDeps {
	const head = "Metadata-Version: 2.1\nName: app\nVersion: 1.0\n"
	small := wheelZip(strings.NewReader(head), nil)
	end := func(b []byte) []byte { return b[len(b)-22:] } // of the directory
	slow := func(c hostileDeps) hostileDeps { c.slow = true; return c }
	status := func(code int, header, value string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set(header, value)
			w.WriteHeader(code)
		}
	}
	forever := func(kind, coding string, body io.Reader) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", kind)
			if coding != "" {
				w.Header().Set("Content-Encoding", coding)
				z := gzip.NewWriter(w)
				_, _ = io.Copy(z, io.LimitReader(body, 20<<30))
				return
			}
			_, _ = io.Copy(w, body)
		}
	}
	drip := func(before string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", jsonPage)
			_, _ = io.WriteString(w, before)
			for r.Context().Err() == nil {
				_, _ = w.Write([]byte(" "))
				_ = http.NewResponseController(w).Flush()
				time.Sleep(300 * time.Millisecond)
			}
		}
	}
	files := func(n int) string {
		var b strings.Builder
		b.WriteString(`{"meta": {"api-version": "1.0"}, "files": [`)
		for i := range n {
			if i > 0 {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, `{"filename": "app-1.%d-py3-none-any.whl", "url": "/f", "hashes": {}}`, i)
		}
		return b.String() + "]}"
	}
	return []hostileDeps{
		{name: "HTML for JSON", serve: page("application/json", "<!DOCTYPE html><html><body>Welcome</body></html>", nil), says: "a web page where an index was announced"},
		{name: "a page to sign in", serve: page("text/html", `<form><input type="password"></form>`, nil), says: "to sign in"},
		{name: "a picture", serve: page("image/png", "\x89PNG", nil), says: "no page of an index"},
		{name: "redirects in a loop", serve: func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.Path, http.StatusFound) }, says: "redirects more than 8 times"},
		{name: "redirects without end", serve: func(w http.ResponseWriter, r *http.Request) {
			n, _ := strconv.Atoi(r.URL.RawQuery)
			http.Redirect(w, r, fmt.Sprintf("%s?%d", r.URL.Path, n+1), http.StatusFound)
		}, says: "redirects more than 8 times"},
		{name: "a redirect to a file", serve: func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "file:///etc/passwd", http.StatusFound)
		}, says: "unsupported protocol scheme"},
		slow(hostileDeps{name: "slow-loris", serve: drip(`{"files": [`), says: "next to nothing"}),
		slow(hostileDeps{name: "no answer at all", serve: func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, says: "next to nothing"}),
		slow(hostileDeps{name: "no answer for many projects", files: map[string]string{"requirements.txt": "a\nb\nc\nd\ne\nf\n"}, serve: func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, says: "next to nothing"}),
		slow(hostileDeps{name: "wheels that drip", serve: page(jsonPage, filePage("app-1.0-py3-none-any.whl", 5000, ""), drip("")), says: "app-1.0-py3-none-any.whl"}),
		slow(hostileDeps{name: "a page without end", serve: forever("text/html", "", endless{'a'}), says: "larger than 64 MB"}),
		slow(hostileDeps{name: "a packed page that unpacks without end", serve: forever("text/html", "gzip", endless{'a'}), says: "larger than 64 MB"}),
		slow(hostileDeps{name: "half a million files", serve: later(func() http.HandlerFunc { return page(jsonPage, files(500_000), nil) }), says: "more than 60000 files"}),
		{name: "a truncated page", serve: page(jsonPage, filePage("app-1.0-py3-none-any.whl", 1, "")[:80], nil), says: "damaged"},
		{name: "a page of deep JSON", serve: page(jsonPage, `{"files": [{"x": `+strings.Repeat("[", 1_000_000), nil), says: "damaged"},
		{name: "many links in HTML", serve: page("text/html", strings.Repeat("<a href=x>", 200_000), nil), says: "app"},
		{name: "another version of the language", serve: page(jsonPage, `{"meta": {"api-version": "2.0"}, "files": []}`, nil), says: "version 2.0"},
		slow(hostileDeps{name: "always 500", serve: status(500, "X", ""), says: "answered 500"}),
		{name: "asks to come back in a year", serve: status(429, "Retry-After", "31536000"), says: "come back"},
		slow(hostileDeps{name: "asks for 2 seconds again and again", files: map[string]string{"requirements.txt": "a\nb\nc\n"}, serve: status(503, "Retry-After", "2"), says: "answered 503"}),
		{name: "a key is asked for", serve: status(401, "WWW-Authenticate", "Basic"), says: "wants a user and a password"},
		{name: "headers without end", serve: func(w http.ResponseWriter, _ *http.Request) {
			for i := range 3000 {
				w.Header().Set(fmt.Sprintf("X-%d", i), strings.Repeat("x", 1000))
			}
		}, says: "header"},
		{name: "files of other places", serve: page(jsonPage, `{"meta": {"api-version": "1.0"}, "files": [{"filename": "app-1.0-py3-none-any.whl", "url": "file:///etc/passwd", "hashes": {}}, {"filename": "app-1.1-py3-none-any.whl", "url": "javascript:alert(1)", "hashes": {}}]}`, nil), says: "app"},
		{name: "names that climb", serve: page(jsonPage, filePage("../../app-1.0-py3-none-any.whl", 1, ""), nil), says: "app"},
		{name: "a wheel of a size below zero", serve: page(jsonPage, strings.Replace(filePage("app-1.0-py3-none-any.whl", 1, `, "core-metadata": true`), `"size": 1`, `"size": -1`, 1), func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, head)
		}), says: "app"},
		{name: "the whole file for a part", serve: page(jsonPage, filePage("app-1.0-py3-none-any.whl", 1<<40, ""), func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", strconv.FormatInt(1<<40, 10))
			_, _ = io.Copy(w, io.LimitReader(endless{}, 1<<20))
		}), says: "gives no parts of files"},
		{name: "another part", serve: page(jsonPage, filePage("app-1.0-py3-none-any.whl", 5000, ""), func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Range", "bytes 0-9/9999999999999")
			w.WriteHeader(206)
		}), says: "gives no parts of files"},
		{name: "a directory of four billion files", serve: wheelIndex(wheelZip(strings.NewReader(head), func(b []byte) []byte {
			binary.LittleEndian.PutUint16(end(b)[8:], 0xfffe)
			binary.LittleEndian.PutUint16(end(b)[10:], 0xfffe)
			return b
		})), says: "app-1.0-py3-none-any.whl"},
		{name: "a directory of 4 GB", serve: wheelIndex(wheelZip(strings.NewReader(head), func(b []byte) []byte {
			binary.LittleEndian.PutUint32(end(b)[12:], 0xfffffffe)
			return b
		})), says: "app-1.0-py3-none-any.whl"},
		{name: "a directory behind the end", serve: wheelIndex(wheelZip(strings.NewReader(head), func(b []byte) []byte {
			binary.LittleEndian.PutUint32(end(b)[16:], 0x7fffffff)
			return b
		})), says: "app-1.0-py3-none-any.whl"},
		{name: "zip64 without a record", serve: wheelIndex(wheelZip(strings.NewReader(head), func(b []byte) []byte {
			copy(end(b)[8:], bytes.Repeat([]byte{0xff}, 12))
			return b
		})), says: "app-1.0-py3-none-any.whl"},
		{name: "no zip at all", serve: wheelIndex(bytes.Repeat([]byte("x"), 100_000)), says: "app-1.0-py3-none-any.whl"},
		slow(hostileDeps{name: "METADATA that unpacks to 256 MB", serve: later(func() http.HandlerFunc { return wheelIndex(wheelZip(io.LimitReader(endless{'a'}, 256<<20), nil)) }), says: "METADATA is too large"}),
		slow(hostileDeps{name: "METADATA that says it is small", serve: later(func() http.HandlerFunc {
			return wheelIndex(wheelZip(io.LimitReader(endless{'a'}, 64<<20), func(b []byte) []byte {
				i := bytes.LastIndex(b, []byte("PK\x01\x02"))
				binary.LittleEndian.PutUint32(b[i+24:], 10)
				return b
			}))
		}), says: "app-1.0-py3-none-any.whl"}),
		slow(hostileDeps{name: "a metadata file without end", serve: page(jsonPage, filePage("app-1.0-py3-none-any.whl", len(small), `, "core-metadata": true`), forever("text/plain", "", endless{'a'})), says: "larger than 16 MB"}),
		{name: "another metadata file than announced", serve: page(jsonPage, filePage("app-1.0-py3-none-any.whl", len(small), `, "core-metadata": {"sha256": "00"}`), func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, head)
		}), says: "not the one that the index announced"},
		slow(hostileDeps{name: "a hundred thousand requirements", serve: metadataIndex(func(_ string) string {
			var b strings.Builder
			for i := range 100_000 {
				fmt.Fprintf(&b, "Requires-Dist: p%d; extra == 'x'\n", i)
			}
			return b.String()
		}), says: ""}),
		slow(hostileDeps{name: "packages without end", serve: metadataIndex(func(name string) string {
			n, _ := strconv.Atoi(strings.TrimPrefix(name, "p"))
			return fmt.Sprintf("Requires-Dist: p%d\n", n+1)
		}), says: "too many"}),
		slow(hostileDeps{name: "packages that double", serve: metadataIndex(func(name string) string {
			n, _ := strconv.Atoi(strings.TrimPrefix(name, "p"))
			return fmt.Sprintf("Requires-Dist: p%d\nRequires-Dist: p%d\n", 2*n+1, 2*n+2)
		}), says: "too many"}),
		slow(hostileDeps{name: "a source distribution that unpacks without end", serve: later(func() http.HandlerFunc { return sdistIndex(bombTar()) }), says: "app"}),
		{name: "a source distribution of noise", serve: sdistIndex(bytes.Repeat([]byte("noise"), 1000)), says: "app-1.0.tar.gz"},
	}
}

// later makes an index when it is asked first.
func later(of func() http.HandlerFunc) http.HandlerFunc {
	get := sync.OnceValue(of)
	return func(w http.ResponseWriter, r *http.Request) { get()(w, r) }
}

// metadataIndex has each project that is asked for, in one version, with what
// requires says of it.
func metadataIndex(requires func(name string) string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if name, ok := strings.CutPrefix(r.URL.Path, "/simple/"); ok {
			name = strings.Trim(name, "/")
			w.Header().Set("Content-Type", jsonPage)
			_, _ = io.WriteString(w, strings.ReplaceAll(filePage("app-1.0-py3-none-any.whl", 100, `, "core-metadata": true`), "app", name))
			return
		}
		name, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/files/"), "-")
		if !strings.HasSuffix(r.URL.Path, ".metadata") {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		_, _ = fmt.Fprintf(w, "Metadata-Version: 2.1\nName: %s\nVersion: 1.0\nProvides-Extra: x\n%s", name, requires(name))
	}
}

func sdistIndex(data []byte) http.HandlerFunc {
	const name = "app-1.0.tar.gz"
	return page(jsonPage, filePage(name, len(data), ""), func(w http.ResponseWriter, r *http.Request) {
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(data))
	})
}

// bombTar is a source distribution whose first file has 8 GB.
func bombTar() []byte {
	var out bytes.Buffer
	z, _ := gzip.NewWriterLevel(&out, gzip.BestSpeed)
	w := tar.NewWriter(z)
	_ = w.WriteHeader(&tar.Header{Name: "app-1.0/big", Size: 8 << 30, Typeflag: tar.TypeReg, Mode: 0o644})
	_, _ = io.Copy(w, io.LimitReader(endless{}, 600<<20))
	_ = z.Close()
	return out.Bytes()
}
