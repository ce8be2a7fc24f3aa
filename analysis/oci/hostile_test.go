package oci

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"unicode"

	"weighline/analysis/oci/ocitest"
)

// A hostileCase is something on disk that is no whole image. Either it is
// refused with a code and a sentence, or opened with a warning, and then the
// layers that are whole can be read.
type hostileCase struct {
	name  string
	make  func(t *testing.T, path string)
	code  Code   // refused
	text  string // part of the sentence, or of a warning
	warn  string // opened, with this warning's code
	whole int    // layers that can be read to their end
}

func file(b []byte) func(*testing.T, string) {
	return func(t *testing.T, path string) { must(t, os.WriteFile(path, b, 0o644)) }
}

func archiveOf(files ...ocitest.File) func(*testing.T, string) { return file(ocitest.TarOf(files)) }

func doc(name, body string) ocitest.File { return ocitest.File{Name: name, Body: []byte(body)} }

// edited is a layout of the story in which edit changed the files.
func edited(edit func(files map[string]*ocitest.File)) func(*testing.T, string) {
	return func(t *testing.T, path string) {
		files := ocitest.LayoutFiles(ocitest.Text(t, story))
		byName := make(map[string]*ocitest.File)
		for n := range files {
			byName[files[n].Name] = &files[n]
		}
		edit(byName)
		var kept []ocitest.File
		for _, f := range files {
			if f.Name != "" {
				kept = append(kept, f)
			}
		}
		must(t, ocitest.WriteFolder(path, kept))
	}
}

// manifestOf is a layout whose only manifest is the given text.
func manifestOf(text string) func(*testing.T, string) {
	d := ocitest.Digest([]byte(text))
	return func(t *testing.T, path string) {
		must(t, ocitest.WriteFolder(path, []ocitest.File{
			doc("blobs/"+strings.Replace(d, ":", "/", 1), text),
			doc("index.json", fmt.Sprintf(`{"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":%q,"size":%d}]}`, d, len(text))),
		}))
	}
}

func blobFile(img *ocitest.Image, n int) string {
	return "blobs/" + strings.Replace(img.LayerBlob(n).Digest, ":", "/", 1)
}

func storyArchive(t *testing.T, style ocitest.Style) []byte {
	return ocitest.TarOf(ocitest.DockerFiles(style, ocitest.Text(t, story)))
}

func hostileCases(t *testing.T) []hostileCase {
	img := ocitest.Text(t, story)
	legacy, modern := storyArchive(t, ocitest.Legacy), storyArchive(t, ocitest.Modern)
	config := "blobs/" + strings.Replace(img.ConfigBlob().Digest, ":", "/", 1)
	manifest := "blobs/" + strings.Replace(img.Manifest().Digest, ":", "/", 1)
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	z.Write(legacy)
	z.Close()
	last := blobFile(img, 2)
	index := func(entries ...string) func(*testing.T, string) {
		return edited(func(f map[string]*ocitest.File) {
			f["index.json"].Body = []byte(`{"schemaVersion":2,"manifests":[` + strings.Join(entries, ",") + `]}`)
		})
	}
	return []hostileCase{
		// Other files.
		{name: "requirements file", make: file([]byte("torch==2.7.1\n")), code: NotAnImage, text: "it is a text file, not an image"},
		{name: "UTF-8 text", make: file([]byte("größer\n")), code: NotAnImage, text: "text file"},
		{name: "empty file", make: file(nil), code: NotAnImage, text: "an empty file"},
		{name: "ZIP", make: file([]byte("PK\x03\x04....")), code: NotAnImage, text: "a ZIP file or wheel"},
		{name: "xz", make: file([]byte("\xfd7zXZ\x00....")), code: NotAnImage, text: "xz -d"},
		{name: "noise", make: file([]byte("\x01\x02\xfe\xff")), code: NotAnImage, text: "not an image archive"},
		{name: "empty folder", make: func(t *testing.T, p string) { must(t, os.Mkdir(p, 0o755)) }, code: NotAnImage, text: "neither manifest.json nor index.json"},
		{name: "pipe", make: func(t *testing.T, p string) { must(t, syscall.Mkfifo(p, 0o644)) }, code: NotAnImage, text: "neither a file nor a folder"},
		{name: "empty tar", make: file(make([]byte, 1024)), code: NotAnImage, text: "the archive is empty"},
		{name: "docker export", make: archiveOf(doc("bin/sh", "x"), doc("etc/passwd", "x")), code: NotAnImage, text: "docker export"},
		{name: "other tar", make: archiveOf(doc("README", "x")), code: NotAnImage, text: "neither manifest.json nor index.json"},
		{name: "gzip of text", make: file(gz([]byte(strings.Repeat("hello ", 200)))), code: NotAnImage, text: "no archive"},
		{name: "gzip cut in its header", make: file(zipped.Bytes()[:4]), code: Damaged, text: "gzip header"},
		{name: "Docker before 1.10", make: archiveOf(doc("repositories", "{}"), doc("x/layer.tar", "")), code: Unsupported, text: "older than 1.10"},
		{name: "zeros", make: file(make([]byte, 4<<20)), code: NotAnImage, text: "the archive is empty"},

		// Cut archives.
		{name: "legacy archive cut in the first layer", make: file(legacy[:3200]), warn: "layer-truncated", text: "Layer 1 of 1"},
		{name: "legacy archive cut before any layer", make: file(legacy[:1600]), code: Truncated, text: "ends too early"},
		{name: "legacy archive without its end", make: file(legacy[:len(legacy)-1024]), whole: 3},
		{name: "archive with its manifest first, cut", make: file(manifestFirst(t, false)), warn: "layer-truncated", text: "Layer 2 of 3", whole: 1},
		{name: "the same in gzip", make: file(manifestFirst(t, true)), warn: "archive", whole: 1},
		{name: "modern archive cut before manifest.json", make: file(cutBefore(modern, "manifest.json")), whole: 3},
		{name: "gzip cut in the middle", make: file(zipped.Bytes()[:zipped.Len()/2]), warn: "archive", text: "ends too early", whole: 3},
		{name: "blob of a layout cut", make: edited(func(f map[string]*ocitest.File) { f[last].Body = f[last].Body[:100] }), warn: "layer-truncated", text: "Layer 3 of 3", whole: 3},
		{name: "blob of a layout missing", make: edited(func(f map[string]*ocitest.File) { f[last].Name = "" }), warn: "layer-damaged", text: "Layer 3 of 3", whole: 2},
		{name: "layer of an archive missing", make: archiveOf(doc("manifest.json", `[{"Config":"c.json","Layers":["gone.tar","here.tar"]}]`), doc("c.json", `{"rootfs":{"diff_ids":["",""]}}`), doc("here.tar", "x")), warn: "layer-damaged", text: "gone.tar is not in the archive", whole: 1},

		// Documents that lie.
		{name: "manifest changed", make: edited(func(f map[string]*ocitest.File) { f[manifest].Body = append(f[manifest].Body, ' ') }), code: Damaged, text: "do not match their digest"},
		{name: "config changed", make: edited(func(f map[string]*ocitest.File) { f[config].Body = append(f[config].Body, ' ') }), warn: "config", text: "do not match their digest", whole: 3},
		{name: "config missing", make: edited(func(f map[string]*ocitest.File) { f[config].Name = "" }), warn: "config", whole: 3},
		{name: "config of an archive missing", make: archiveOf(doc("manifest.json", `[{"Config":"gone.json","Layers":["l.tar"]}]`), doc("l.tar", "x")), warn: "config", whole: 1},
		{name: "index.json is no JSON", make: edited(func(f map[string]*ocitest.File) { f["index.json"].Body = []byte("{") }), code: Damaged, text: "cannot be read"},
		{name: "index.json is a manifest", make: edited(func(f map[string]*ocitest.File) { f["index.json"].Body = f[manifest].Body }), code: Damaged, text: "not an index"},
		{name: "index.json is empty", make: index(), code: NotAnImage, text: "there is no image in it"},
		{name: "manifest.json is no list", make: archiveOf(doc("manifest.json", `"x"`)), code: Damaged, text: "cannot be read"},
		{name: "manifest.json is empty", make: archiveOf(doc("manifest.json", `[]`)), code: NotAnImage, text: "there is no image"},
		{name: "null in manifest.json", make: archiveOf(doc("manifest.json", `[null]`)), warn: "config"},
		{name: "digest that climbs out", make: index(`{"digest":"sha256:../../../../etc/passwd"}`), code: Damaged, text: "is no digest"},
		{name: "layer digest that climbs out", make: manifestOf(`{"schemaVersion":2,"config":{},"layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"../../x"}]}`), warn: "digest", text: "../../x"},
		{name: "layer of a negative size", make: manifestOf(`{"schemaVersion":2,"config":{},"layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar","size":-5,"digest":"` + ocitest.Digest(nil) + `"}]}`), warn: "size", text: "below zero"},
		{name: "size beyond numbers", make: manifestOf(`{"schemaVersion":2,"config":{},"layers":[{"size":1e400}]}`), code: Damaged, text: "cannot be read"},
		{name: "schema 1", make: manifestOf(`{"schemaVersion":1}`), code: Schema1, text: "schema 1"},
		{name: "deep JSON", make: manifestOf(`{"annotations":` + strings.Repeat("[", 100_000)), code: Damaged, text: "cannot be read"},
		{name: "giant index.json", make: edited(func(f map[string]*ocitest.File) { f["index.json"].Body = bytes.Repeat([]byte(" "), 9<<20) }), code: Unsupported, text: "at most 8388608 are read"},
		{name: "foreign layer", make: manifestOf(`{"schemaVersion":2,"config":{},"layers":[{"mediaType":"application/vnd.docker.image.rootfs.foreign.diff.tar.gzip","size":1234,"urls":["https://mcr.microsoft.com/x"],"digest":"` + ocitest.Digest(nil) + `"}]}`), warn: "foreign-layer", text: "Layer 1"},
		{name: "evil names", make: archiveOf(doc("manifest.json", `[{"Config":"\u001b[31m\u202e\n","RepoTags":["\u0007"],"Layers":["\u001b]0;x"]}]`)), warn: "config"},
		{name: "10,000 entries", make: index(many(10_000)...), code: NoPlatform, text: "This image has no linux/amd64 build."},
		{name: "30,000 entries", make: index(many(30_000)...), code: Unsupported, text: "more than 20000"},
		{name: "index without images", make: index(fmt.Sprintf(`{"digest":%q,"mediaType":"application/vnd.oci.image.index.v1+json"}`, ocitest.IndexBlob().Digest)), code: Damaged},

		// Archives that lead astray.
		{name: "links in a circle", make: archiveOf(ocitest.File{Name: "manifest.json", Link: "a"}, ocitest.File{Name: "a", Link: "b"}, ocitest.File{Name: "b", Link: "a"}), code: NotAnImage},
		{name: "layer link in a circle", make: archiveOf(doc("manifest.json", `[{"Config":"c","Layers":["a"]}]`), doc("c", "{}"), ocitest.File{Name: "a", Link: "a"}), warn: "layer-damaged", text: "leads nowhere"},
		{name: "link out of the archive", make: archiveOf(doc("manifest.json", `[{"Config":"c","Layers":["a"]}]`), doc("c", "{}"), ocitest.File{Name: "a", Link: "../../../etc/passwd"}), warn: "layer-damaged"},
		{name: "member out of the archive", make: archiveOf(doc("../manifest.json", `[]`)), code: NotAnImage},
		{name: "layer path out of the archive", make: archiveOf(doc("manifest.json", `[{"Config":"c","Layers":["/../../etc/passwd"]}]`), doc("c", "{}")), warn: "layer-damaged"},
		{name: "member of a huge size", make: file(hugeMember()), code: Truncated, text: "ends too early"},
		{name: "manifest of a huge size", make: file(append(rawHeader("manifest.json", 1<<40), make([]byte, 1024)...)), code: Unsupported, text: "at most 8388608"},
	}
}

func TestHostile(t *testing.T) {
	cases := hostileCases(t)
	if len(cases) < 40 {
		t.Errorf("only %d cases", len(cases))
	}
	for _, c := range cases {
		path := filepath.Join(t.TempDir(), "x")
		c.make(t, path)
		img, err := Open(t.Context(), path, testOptions())
		if err != nil {
			if c.code == "" || CodeOf(err) != c.code || !strings.Contains(err.Error(), c.text) {
				t.Errorf("%s: %v [%s], want %q [%s]", c.name, err, CodeOf(err), c.text, c.code)
			}
			harmless(t, c.name, err.Error())
			t.Logf("%s: %v", c.name, err)
			continue
		}
		if c.code != "" {
			t.Errorf("%s: opened, want [%s] %q", c.name, c.code, c.text)
		}
		c.checkOpened(t, img)
		img.Close()
	}
}

func (c hostileCase) checkOpened(t *testing.T, img *Image) {
	t.Helper()
	found := c.warn == ""
	for _, w := range img.Warnings {
		harmless(t, c.name, w.Text)
		t.Logf("%s: %s", c.name, w.Text)
		found = found || w.Code == c.warn && strings.Contains(w.Text, c.text)
	}
	if !found {
		t.Errorf("%s: warnings %q, want %q [%s]", c.name, img.Warnings, c.text, c.warn)
	}
	whole := 0
	img.Walk(t.Context(), func(_ context.Context, l *Layer, r io.Reader) error {
		if _, err := io.Copy(io.Discard, r); err == nil {
			whole++
		}
		return nil
	})
	if whole != c.whole {
		t.Errorf("%s: %d layers were whole, want %d", c.name, whole, c.whole)
	}
}

func harmless(t *testing.T, name, text string) {
	t.Helper()
	for _, r := range text {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			t.Errorf("%s: %q is not harmless to print", name, text)
			return
		}
	}
}

func gz(b []byte) []byte {
	var buf bytes.Buffer
	w := gzip.NewWriter(&buf)
	w.Write(b)
	w.Close()
	return buf.Bytes()
}

// many makes entries of an index, for a platform that nobody asks for.
func many(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf(`{"digest":%q,"platform":{"os":"linux","architecture":"mips%d"}}`, ocitest.Digest([]byte(fmt.Sprint(i))), i)
	}
	return out
}

func cutBefore(archive []byte, name string) []byte {
	return archive[:bytes.LastIndex(archive, []byte(name+"\x00"))]
}

// manifestFirst is an archive of podman's kind with the documents before the
// layers, cut within the second layer.
func manifestFirst(t *testing.T, zip bool) []byte {
	files := ocitest.DockerFiles(ocitest.Podman, ocitest.Text(t, story))
	slices.SortStableFunc(files, func(a, b ocitest.File) int {
		return strings.Count(b.Name, "json") - strings.Count(a.Name, "json")
	})
	b := ocitest.TarOf(files)
	at := bytes.Index(b, []byte(hexOf(ocitest.Digest(ocitest.Text(t, story).Tar(1)))+".tar\x00")) + 512 + 100
	if !zip {
		return b[:at]
	}
	var buf bytes.Buffer
	w := gzip.NewWriter(&buf)
	w.Write(b[:at])
	w.Flush() // all of it can be read, and then the stream ends
	return buf.Bytes()
}

func hexOf(digest string) string { return strings.TrimPrefix(digest, "sha256:") }

// rawHeader is the header of a member that claims size bytes.
func rawHeader(name string, size int64) []byte {
	var buf bytes.Buffer
	tar.NewWriter(&buf).WriteHeader(&tar.Header{Name: name, Size: size, Mode: 0o644, Format: tar.FormatGNU})
	return buf.Bytes()
}

func hugeMember() []byte {
	return append(rawHeader("blobs/x", 1<<62), make([]byte, 4096)...)
}

// An index that contains itself cannot be written, its digest being that of
// its contents; a store that does not check shows that the walk ends.
func TestCyclicIndex(t *testing.T) {
	d := descriptor{MediaType: ocitest.IndexType, Digest: ocitest.Digest(nil)}
	raw, _ := json.Marshal(map[string]any{"schemaVersion": 2, "manifests": []any{map[string]any{"mediaType": d.MediaType, "digest": d.Digest}}})
	c, err := newChooser("x", "", storeFunc(func() []byte { return raw }))
	must(t, err)
	if _, err := c.choose(t.Context(), raw, d); CodeOf(err) != NotAnImage || len(c.warnings) != 1 {
		t.Errorf("a cyclic index: %v, %v", err, c.warnings)
	}
	n := 0
	c, _ = newChooser("x", "", storeFunc(func() []byte {
		n++ // each one level deeper
		return fmt.Appendf(nil, `{"schemaVersion":2,"manifests":[{"mediaType":%q,"digest":"%d"}]}`, d.MediaType, n)
	}))
	if _, err := c.choose(t.Context(), raw, descriptor{}); CodeOf(err) != Unsupported || n > 10 {
		t.Errorf("an endless index: %v after %d", err, n)
	}
}

type storeFunc func() []byte

func (f storeFunc) document(context.Context, descriptor) ([]byte, error) { return f(), nil }

func FuzzOpenArchive(f *testing.F) {
	img, err := ocitest.Parse(story)
	if err != nil {
		f.Fatal(err)
	}
	for _, s := range []ocitest.Style{ocitest.Legacy, ocitest.Modern, ocitest.Podman, ocitest.Crane} {
		b := ocitest.TarOf(ocitest.DockerFiles(s, img))
		f.Add(b)
		f.Add(gz(b))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		img, err := OpenArchive(t.Context(), "x", bytes.NewReader(b), int64(len(b)), testOptions())
		if err != nil {
			if CodeOf(err) == "" {
				t.Errorf("an error without a code: %v", err)
			}
			return
		}
		defer img.Close()
		img.Walk(t.Context(), func(_ context.Context, _ *Layer, r io.Reader) error {
			_, err := io.Copy(io.Discard, io.LimitReader(r, 1<<20))
			return err
		})
	})
}

func FuzzDocument(f *testing.F) {
	img, err := ocitest.Parse(story)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(img.Manifest().Bytes)
	f.Add(img.ConfigBlob().Bytes)
	f.Add(ocitest.IndexBlob(img.Manifest()).Bytes)
	f.Fuzz(func(t *testing.T, b []byte) {
		if d, err := parseDocument(b, "x"); err == nil {
			checkImage(d, "x")
		}
		if c, err := parseConfig(b, "x"); err == nil {
			(&Image{Layers: make([]Layer, 2)}).describe(c)
		}
	})
}
