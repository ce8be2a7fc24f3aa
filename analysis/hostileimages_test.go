package analysis_test

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"weighline/analysis/oci/ocitest"
)

func gz(b []byte) []byte {
	var buf bytes.Buffer
	w := gzip.NewWriter(&buf)
	w.Write(b)
	w.Close()
	return buf.Bytes()
}

func zst(b []byte) []byte {
	w, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
	if err != nil {
		panic(err)
	}
	return w.EncodeAll(b, nil)
}

// header returns a tar header in which change may do anything.
func header(name string, typ byte, size string, change func(h []byte)) []byte {
	h := make([]byte, 512)
	copy(h, name)
	copy(h[100:], "0000644\x00")
	copy(h[124:136], size)
	h[156] = typ
	copy(h[257:], "ustar\x0000")
	if change != nil {
		change(h)
	}
	copy(h[148:], "        ")
	sum := 0
	for _, c := range h {
		sum += int(c)
	}
	copy(h[148:], fmt.Sprintf("%06o\x00 ", sum))
	return h
}

func octal(n int) string { return fmt.Sprintf("%011o", n) }

// base256 is a size as GNU tar writes it where octal digits do not suffice.
func base256(n int64) string {
	b := make([]byte, 12)
	for i := range 4 {
		b[i] = byte(n >> 63)
	}
	binary.BigEndian.PutUint64(b[4:], uint64(n))
	b[0] |= 0x80
	return string(b)
}

// member returns a header with its body.
func member(name string, typ byte, body []byte) []byte {
	b := append(header(name, typ, octal(len(body)), nil), body...)
	return append(b, make([]byte, -len(body)&511)...)
}

// pax returns an extended header of records "key=value".
func pax(records ...string) []byte {
	var body []byte
	for _, r := range records {
		n := len(r) + 3
		for len(fmt.Sprintf("%d %s\n", n, r)) != n {
			n++
		}
		body = fmt.Appendf(body, "%d %s\n", n, r)
	}
	return member("pax", 'x', body)
}

var (
	smallTar = member("mid/file", '0', []byte("content"))
	// longTar has more content than one buffer of the reader.
	longTar = member("mid/file", '0', bytes.Repeat([]byte("0123456789 some text that packs, "), 40_000))
)

// file is a file of the layer in the middle.
func file(name, body string) ocitest.Entry { return ocitest.Entry{Name: name, Body: body} }

func entries(e ...ocitest.Entry) func(*testing.T, string) { return between(ocitest.Layer{Entries: e}) }

// many makes n entries.
func many(n int, make func(i int) ocitest.Entry) []ocitest.Entry {
	out := []ocitest.Entry{}
	for i := range n {
		out = append(out, make(i))
	}
	return out
}

// zeros returns about n bytes of zeros in a tar's file, as one gzip stream of
// members of 64 MB, or as zstd frames.
func zeros(n int, pack func([]byte) []byte) []byte {
	blob := pack(header("zeros", '0', base256(int64(n)), nil))
	part := pack(make([]byte, 64<<20))
	return append(blob, bytes.Repeat(part, n>>26)...) // n is one of 64 MB
}

func flip(b []byte, at int) []byte {
	b = slices.Clone(b)
	b[at] ^= 0x55
	return b
}

const site = "usr/lib/python3.11/site-packages/"

const evil = "a\x1b[31mred\x07\n\u202eexe.txt\xff\xfe"

func hostileImages() []hostile {
	packed, long := gz(smallTar), gz(longTar)
	return slices.Concat([]hostile{
		// Blobs that are not what the manifest says.
		{name: "truncated blob", make: betweenBlob(long[:len(long)/2], func(b *ocitest.Blob) { b.Digest, b.Size = ocitest.Digest(long), int64(len(long)) }),
			read: "yny", says: "layer 2 of 3 cannot be read: "},
		{name: "truncated blob whose manifest knows", make: betweenBlob(long[:len(long)/2], nil), read: "yny", says: "layer 2 of 3 cannot be read: gzip stream is damaged"},
		{name: "missing blob", make: betweenBlob(nil, func(b *ocitest.Blob) { b.Digest, b.Size = ocitest.Digest([]byte("x")), 1 }), read: "yny", says: "layer 2 of 3 cannot be read: "},
		{name: "wrong digest", make: betweenBlob(packed, func(b *ocitest.Blob) { b.Digest = ocitest.Digest([]byte("other")) }),
			read: "yny", says: "layer 2 of 3 cannot be read: blob has digest sha256:"},
		{name: "wrong diff ID", verify: true, make: betweenBlob(packed, nil), read: "yny", says: "layer 2 of 3 cannot be read: tar stream has digest sha256:"},
		{name: "wrong diff ID that nobody asked for", make: betweenBlob(packed, nil), read: "yyy"},
		{name: "size too small", make: betweenBlob(packed, func(b *ocitest.Blob) { b.Size = 10 }), read: "yny", says: "layer 2 of 3 cannot be read: blob is longer than the 10 bytes"},
		{name: "size too large", make: betweenBlob(packed, func(b *ocitest.Blob) { b.Size = 1 << 60 }), read: "yny", says: "layer 2 of 3 cannot be read: "},
		{name: "size below zero", make: betweenBlob(packed, func(b *ocitest.Blob) { b.Size = -5 }), read: "yyy", warns: "size below zero"},
		{name: "media type of another compression", make: betweenBlob(packed, func(b *ocitest.Blob) { b.MediaType = ocitest.LayerType + "+zstd" }), read: "yyy"},
		{name: "media type of something else", make: betweenBlob(packed, func(b *ocitest.Blob) { b.MediaType = "text/html; " + evil }), read: "yyy"},
		{name: "digest that is a path", make: betweenBlob(nil, func(b *ocitest.Blob) { b.Digest = "sha256:../../../../etc/passwd" }), read: "yny", says: "layer 2 of 3 cannot be read: ", warns: "layer 2"},
		{name: "foreign layer", make: betweenBlob(nil, func(b *ocitest.Blob) {
			b.MediaType, b.Digest, b.Size = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", ocitest.Digest([]byte("w")), 4000
		}), read: "yny", says: "layer 2 of 3 cannot be read: ", warns: "not distributed"},
		{name: "empty blob", make: betweenBlob([]byte{}, nil), read: "yyy"},
		{name: "blob that is no archive", make: betweenBlob([]byte(strings.Repeat("<html>", 200)), nil), read: "yny", says: "this is no tar archive"},

		// Compressed streams.
		{name: "gzip with a damaged header", make: betweenBlob(flip(packed, 2), nil), read: "yny", says: "layer 2 of 3 cannot be read: gzip stream is damaged"},
		{name: "gzip with a damaged middle", make: betweenBlob(flip(long, len(long)/2), nil), read: "yny", says: "layer 2 of 3 cannot be read: gzip stream is damaged"},
		{name: "gzip with a wrong checksum", make: betweenBlob(flip(packed, len(packed)-6), nil), read: "yny", says: "layer 2 of 3 cannot be read: gzip stream is damaged"},
		{name: "gzip with a wrong length", make: betweenBlob(flip(packed, len(packed)-1), nil), read: "yny", says: "layer 2 of 3 cannot be read: gzip stream is damaged"},
		{name: "gzip of ten bytes", make: betweenBlob(packed[:10], nil), read: "yny", says: "layer 2 of 3 cannot be read: gzip stream is damaged"},
		{name: "zstd with a damaged middle", make: betweenBlob(flip(zst(longTar), len(zst(longTar))/2), nil), read: "yny", says: "layer 2 of 3 cannot be read: zstd stream is damaged"},
		{name: "zstd cut", make: betweenBlob(zst(longTar)[:len(zst(longTar))-5], nil), read: "yny", says: "layer 2 of 3 cannot be read: zstd stream is damaged"},
		{name: "zstd with a window of 3 GB", make: betweenBlob([]byte("\x28\xb5\x2f\xfd\x00\xac\x01\x00\x00"), nil), read: "yny", says: "layer 2 of 3 cannot be read: zstd stream is damaged"},
		{name: "gzip bomb of 10 GB in 10 MB", make: betweenBlob(zeros(10<<30, gz), nil), read: "yny", says: "this looks like a decompression bomb"},
		{name: "zstd bomb", slow: true, make: betweenBlob(zeros(2240<<20, zst), nil), read: "yny", says: "this looks like a decompression bomb"},
		{name: "bomb in 40 layers", slow: true, make: bombs(40, 64<<20), read: strings.Repeat("y", 30) + strings.Repeat("?", 8) + "nn", says: "looks like a decompression bomb"},
	}, hostileTars(), hostileNames(), hostileDocuments(), hostilePackages())
}

// bombs is an image of n layers of size zeros each, none of which is a bomb.
func bombs(n, size int) func(*testing.T, string) {
	return func(t *testing.T, path string) {
		var layers []ocitest.Blob
		rest := zeros(size, gz)
		for i := range n {
			b := append(gz(member(fmt.Sprint(i), '0', nil)), rest...)
			layers = append(layers, ocitest.Blob{MediaType: ocitest.LayerType + "+gzip", Digest: ocitest.Digest(b), Size: int64(len(b)), Bytes: b})
		}
		writeManifest(t, path, ocitest.Build().ConfigBlob(), layers)
	}
}

func hostileTars() []hostile {
	tooLong := "a" + strings.Repeat("/b", 20_000)
	return []hostile{
		{name: "size of a header below zero", make: betweenRaw(header("x", '0', base256(-1), nil)), read: "yny", says: "layer 2 of 3 cannot be read: tar stream: byte 0: impossible size in a header"},
		{name: "size of a header beyond numbers", make: betweenRaw(header("x", '0', base256(1<<62), nil)), read: "yny", says: "impossible size in a header"},
		{name: "size of a header that is no number", make: betweenRaw(header("x", '0', "9zzzzzzzzzz", nil)), read: "yny", says: "impossible size in a header"},
		{name: "size of a header that is too large", make: betweenRaw(header("x", '0', octal(1<<30), nil)), read: "yny", says: "the stream ends in the middle of a file"},
		{name: "damaged header behind a good one", make: betweenRaw(smallTar, bytes.Repeat([]byte("x"), 512)), read: "yny", says: "damaged header"},
		{name: "pax size below zero", make: betweenRaw(pax("size=-1"), smallTar), read: "yny", says: `impossible size "-1" in a pax header`},
		{name: "pax header of 100 MB", make: betweenRaw(header("pax", 'x', octal(100<<20), nil)), read: "yny", says: "extended header"},
		{name: "long name of 100 MB", make: betweenRaw(header("long", 'L', octal(100<<20), nil)), read: "yny", says: "extended header"},
		{name: "pax records with wrong lengths", make: betweenRaw(member("pax", 'x', []byte("999999999999 path=x\n")), smallTar), read: "yyy", warns: "Layer 2 of 3: pax header"},
		{name: "name of 40 kB", make: betweenRaw(pax("path="+tooLong), smallTar), read: "yyy", warns: "longer than 32768 bytes"},
		{name: "folders 8,000 deep", make: betweenRaw(pax("path="+strings.Repeat("b/", 8000)+"f"), smallTar), read: "yyy", warns: "1 entries are left out"},
		{name: "sparse file of 8 EB", make: betweenRaw(header("x", 'S', octal(0), func(h []byte) { copy(h[257:], "ustar  \x00"); copy(h[483:], base256(1<<62)) })), read: "yny", says: "impossible size of a sparse file"},
		{name: "sparse map of 1.0 that never ends", make: betweenRaw(pax("GNU.sparse.major=1", "GNU.sparse.minor=0", "GNU.sparse.realsize=10"), member("x", '0', []byte(strings.Repeat("9", 512)))), read: "yny", says: "damaged map of a sparse file"},
		{name: "stream without an end", make: between(ocitest.Layer{Raw: smallTar}), read: "yyy"},
		{name: "only zeros", make: between(ocitest.Layer{Raw: make([]byte, 1<<20)}), read: "yyy"},
		{name: "unknown types of entries", make: betweenRaw(member("x", 'Z', []byte("what")), smallTar), read: "yyy"},
		{name: "the same path 100,000 times", slow: true, make: entries(many(100_000, func(int) ocitest.Entry { return file("x", "1") })...), read: "yyy"},
		{name: "50,000 whiteouts of one name", slow: true, make: entries(many(50_000, func(int) ocitest.Entry { return file("below/.wh.file", "") })...), read: "yyy"},
		{name: "path escapes", make: entries(file("../../../etc/passwd", "x"), file("/abs", "x"), file("below/../../up", "x"), file("..", "x"), file("below/.wh...", ""), file(".wh..", ""), file(".wh.", "")), read: "yyy"},
		{name: "symlinks in a circle", make: entries(ocitest.Entry{Name: "a", Link: "b"}, ocitest.Entry{Name: "b", Link: "a"}, file("a/x", "1"), ocitest.Entry{Name: "self", Link: "self"}, file("self/y", "1")), read: "yyy", warns: "entries are left out"},
		{name: "symlink to everything above", make: entries(ocitest.Entry{Name: "up", Link: "../../../../.."}, ocitest.Entry{Name: "up/up", Link: "up"}, file("up/up/up/below/file", "1")), read: "yyy"},
		{name: "symlinks that double", make: entries(doubling(40)...), read: "yyy"},
		{name: "hard links in a circle", make: entries(ocitest.Entry{Name: "a", HardLink: "b"}, ocitest.Entry{Name: "b", HardLink: "a"}, ocitest.Entry{Name: "c", HardLink: "c"}, ocitest.Entry{Name: "d", HardLink: "../../etc/shadow"}), read: "yyy"},
		{name: "hard link to a folder", make: entries(ocitest.Entry{Name: "a", HardLink: "below"}), read: "yyy"},
	}
}

// doubling are links each of which leads twice through the one before.
func doubling(n int) []ocitest.Entry {
	all := []ocitest.Entry{{Name: "l0/"}}
	for i := range n {
		all = append(all, ocitest.Entry{Name: fmt.Sprintf("l%d", i+1), Link: fmt.Sprintf("l%d/../l%d", i, i)})
	}
	return append(all, file(fmt.Sprintf("l%d/x", n), "1"))
}

func hostileNames() []hostile {
	records := func(r ...string) []byte { return append(pax(r...), smallTar...) }
	metadata := "Metadata-Version: 2.1\nName: " + strings.ReplaceAll(evil, "\n", "") + "\nVersion: 1\x1b[2J\nRequires-Dist: x\u202ey\n"
	named := func(img *ocitest.Image) func(*testing.T, string) {
		return func(t *testing.T, path string) { check(t, img.WriteDockerArchive(path, ocitest.ArchiveOptions{})) }
	}
	wordy := ocitest.Build(goodLayer("below"), goodLayer("mid"), goodLayer("above"))
	wordy.Layers[1].CreatedBy = "RUN echo " + evil
	wordy.Tag = "acme/api:1\x1b[31m\u202e"
	wordy.Config.Labels = map[string]string{evil: evil, "io.weighline.scale": evil}
	return []hostile{
		{name: "evil names of files", make: betweenRaw(records("path=mid/"+evil), records("path=mid/"+evil+"2")), read: "yyy"},
		{name: "evil name of a wasted file", make: betweenRaw(records("path=mid/"+evil), member("mid", '0', nil)), read: "yyy"},
		{name: "evil name of a package", make: betweenRaw(member(site+"x-1.dist-info/METADATA", '0', []byte(metadata)), member(site+"x-1.dist-info/RECORD", '0', []byte("x.py,,\n"))), read: "yyy"},
		{name: "evil path of a package", make: betweenRaw(append(pax("path="+site+evil+"-1.dist-info/METADATA"), member("x", '0', []byte("Name: a\n"))...)), read: "yyy"},
		{name: "evil path of a package without metadata", make: betweenRaw(append(pax("path="+site+evil+"-1.dist-info/x"), member("x", '0', nil)...)), read: "yyy", warns: "no readable METADATA"},
		{name: "evil instruction, tag and labels", make: named(wordy), read: "yyy"},
		{name: "NUL in names", make: betweenRaw(records("path=a\x00b", "linkpath=c\x00d")), read: "yyy"},
		{name: "empty names", make: betweenRaw(header("", '0', octal(0), nil), header("/", '5', octal(0), nil), header("./", '5', octal(0), nil)), read: "yyy"},
	}
}

func hostileDocuments() []hostile {
	arm := strings.Repeat(`{"digest":"`+ocitest.Digest(nil)+`","size":1,"platform":{"os":"plan9","architecture":"mips"}},`, 10_000)
	nested := func(depth int) func(*testing.T, string) {
		return func(t *testing.T, path string) {
			var blobs []ocitest.Blob
			b := ocitest.IndexBlob()
			for range depth {
				blobs = append(blobs, b)
				b = ocitest.IndexBlob(b)
			}
			writeBlobs(t, path, b.Bytes, blobs...)
		}
	}
	return []hostile{
		{name: "index that names itself", make: func(t *testing.T, path string) {
			b := ocitest.Blob{MediaType: ocitest.IndexType, Digest: ocitest.Digest([]byte("self")), Size: 300}
			b.Bytes = ocitest.IndexBlob(b).Bytes
			writeBlobs(t, path, b.Bytes, b)
		}, says: "digest"},
		{name: "indexes in indexes", make: nested(6), says: "index"},
		{name: "index of 10,000 entries", make: manifestOnly(`{"schemaVersion":2,"manifests":[` + strings.TrimSuffix(arm, ",") + `]}`), says: "no linux/"},
		{name: "manifest of a million layers", make: manifestOnly(`{"schemaVersion":2,"config":{},"layers":[` + strings.Repeat("{},", 999_999) + `{}]}`), says: "the manifest lists 1000000 layers; at most 10000 are read"},
		{name: "5,000 times the same layer", slow: true, make: repeated(5000, goodLayer("x")), read: strings.Repeat("y", 5000)},
		{name: "a layer of 100,000 files 100 times", slow: true, make: repeated(100, ocitest.Layer{Entries: many(100_000, func(i int) ocitest.Entry { return file(fmt.Sprint(i), "") })}),
			read: strings.Repeat("y", 40) + strings.Repeat("n", 60), says: "layer 41 of 100 cannot be read: layer has more than 4000000 entries"},
		{name: "manifest of another kind", make: manifestOnly(`{"schemaVersion":2,"artifactType":"application/vnd.cncf.helm.chart","config":{"mediaType":"application/vnd.cncf.helm.config.v1+json","digest":"` + ocitest.Digest([]byte("{}")) + `","size":2},"layers":[]}`), says: "Helm chart"},
		{name: "signature", make: manifestOnly(`{"schemaVersion":2,"config":{"mediaType":"application/vnd.oci.empty.v1+json"},"layers":[{"mediaType":"application/vnd.dev.cosign.simplesigning.v1+json","digest":"` + ocitest.Digest([]byte("{}")) + `","size":2}]}`), says: "not an image"},
		{name: "empty manifest", make: manifestOnly(`{}`), says: "neither a manifest nor an index"},
		{name: "manifest that is null", make: manifestOnly(`null`), says: "neither a manifest nor an index"},
		{name: "empty file", make: func(t *testing.T, path string) { check(t, os.WriteFile(path, nil, 0o644)) }, says: "an empty file"},
		{name: "empty folder", make: func(t *testing.T, path string) { check(t, os.MkdirAll(path, 0o755)) }, says: "neither manifest.json nor index.json"},
		{name: "image without layers", make: func(t *testing.T, path string) { check(t, ocitest.Build().WriteLayout(path)) }, read: none},
		{name: "empty layers", make: func(t *testing.T, path string) {
			check(t, ocitest.Build(ocitest.Layer{}, ocitest.Layer{}).WriteLayout(path))
		}, read: "yy"},
		{name: "no config", make: func(t *testing.T, path string) {
			img := ocitest.Build(goodLayer("a"))
			config := img.ConfigBlob()
			config.Bytes = nil
			writeManifest(t, path, config, []ocitest.Blob{img.LayerBlob(0)})
		}, read: "y", warns: "config cannot be read"},
		{name: "fewer diff IDs than layers", make: func(t *testing.T, path string) {
			img := ocitest.Build(goodLayer("a"), goodLayer("b"))
			writeManifest(t, path, ocitest.Build(goodLayer("a")).ConfigBlob(), []ocitest.Blob{img.LayerBlob(0), img.LayerBlob(1)})
		}, read: "yy", warns: "layer"},
	}
}

// repeated is an image with n times one layer.
func repeated(n int, l ocitest.Layer) func(*testing.T, string) {
	return func(t *testing.T, path string) {
		b := ocitest.Build(l).LayerBlob(0)
		writeManifest(t, path, ocitest.Build().ConfigBlob(), slices.Repeat([]ocitest.Blob{b}, n))
	}
}

// hostilePackages are images whose lists of packages are damaged or made to
// take time and memory.
func hostilePackages() []hostile {
	deep, err := json.Marshal(strings.Repeat("[", 10))
	if err != nil {
		panic(err)
	}
	long := "p" + strings.Repeat("/../p", 500)
	return []hostile{
		{name: "package databases of noise", make: entries(
			file("var/lib/rpm/rpmdb.sqlite", "SQLite format 3\x00"+strings.Repeat("\xff", 5000)), file("var/lib/rpm/Packages.db", "RpmP"+strings.Repeat("\xff", 5000)),
			file("var/lib/dpkg/status", strings.Repeat("\xff: \n\n", 1000)), file("lib/apk/db/installed", strings.Repeat("P\n", 1000)),
			file("app/node_modules/x/package.json", string(deep)+strings.Repeat("[", 500_000)), file(site+"y-1.dist-info/METADATA", "\x00\x01"), file(site+"y-1.dist-info/RECORD", `"`+strings.Repeat("x", 1000))),
			read: "yyy", warns: "rpmdb.sqlite"},
		{name: "RECORD of two million lines", slow: true, make: entries(file(site+"y-1.dist-info/METADATA", "Name: y\n"), file(site+"y-1.dist-info/RECORD", strings.Repeat("a,,\n", 2_000_000))), read: "yyy"},
		{name: "RECORD through long links", slow: true, make: entries(ocitest.Entry{Name: site + "l", Link: long}, ocitest.Entry{Name: site + "p/"}, file(site+"y-1.dist-info/METADATA", "Name: y\n"),
			file(site+"y-1.dist-info/RECORD", strings.Repeat("l/x,,\n", 300_000))), read: "yyy", warns: "too many folders and links"},
		{name: "RECORD that lists a file wasted 100,000 times", slow: true, make: entries(append(many(100_000, func(int) ocitest.Entry { return file(site+"a", "1") }),
			file(site+"y-1.dist-info/METADATA", "Name: y\n"), file(site+"y-1.dist-info/RECORD", strings.Repeat("a,,\n", 1_000_000)))...), read: "yyy"},
		{name: "binaries that lie about themselves", make: entries(many(300, func(i int) ocitest.Entry {
			return ocitest.Entry{Name: fmt.Sprintf("b%d", i), Mode: 0o755, Body: "\x7fELF" + strings.Repeat("x", 12) + "\xff Go buildinf:\x08\x02" + strings.Repeat("\x00", 16) + "\x04go1.\xff\xff\x3f" + strings.Repeat("\x78\x9c{\"packages\":", 8000)}
		})...), read: "yyy"},
		{name: "METADATA of 20 MB", make: entries(file(site+"y-1.dist-info/METADATA", "Name: y\n"+strings.Repeat("Requires-Dist: y\n", 1_250_000))), read: "yyy", warns: "no readable METADATA"},
		{name: "packages that all require each other", slow: true, make: entries(many(3000, func(i int) ocitest.Entry {
			return file(fmt.Sprintf("%sy-%d.dist-info/METADATA", site, i), "Name: y\nVersion: 1\nRequires-Dist: y[a"+fmt.Sprint(i)+"]; extra == 'a"+fmt.Sprint(i-1)+"' or extra == ''\n")
		})...), read: "yyy"},
		{name: "110,000 node packages", slow: true, make: entries(many(110_000, func(i int) ocitest.Entry { return file(fmt.Sprintf("node_modules/%d/package.json", i), "{}") })...),
			read: "yyy", warns: "more than 100000 packages"},
	}
}
