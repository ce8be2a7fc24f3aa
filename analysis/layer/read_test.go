package layer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"
)

func TestRead(t *testing.T) {
	plain := tarOf("a/", "a/b="+strings.Repeat("hello ", 200_000), "c->a")
	for _, f := range []struct {
		name string
		blob []byte
	}{{"none", plain}, {"gzip", gz(plain)}, {"zstd", zst(plain)}, {"gzip", append(gz(plain[:5000]), gz(plain[5000:])...)}} {
		for _, verify := range []bool{false, true} {
			var seen int64
			x, err := Read(t.Context(), iotest.HalfReader(bytes.NewReader(f.blob)), ReadOptions{
				Digest: sha(f.blob), DiffID: sha(plain), VerifyDiffID: verify, Size: int64(len(f.blob)),
				Progress: func(n int64) { seen = n },
			})
			if err != nil {
				t.Fatalf("%s: %v", f.name, err)
			}
			if x.Compression != f.name || x.Digest != sha(f.blob) || x.DiffID != sha(plain) || x.Proved != (verify || f.name == "none") {
				t.Errorf("%s: %s, digest %s, diff ID %s, proved %v", f.name, x.Compression, x.Digest, x.DiffID, x.Proved)
			}
			if x.CompressedSize != int64(len(f.blob)) || seen != x.CompressedSize || x.UncompressedSize != int64(len(plain)) {
				t.Errorf("%s: sizes %d (%d), %d", f.name, x.CompressedSize, seen, x.UncompressedSize)
			}
			if x.Counts != (Counts{Entries: 3, Files: 1, Dirs: 1, Symlinks: 1}) || x.ContentBytes != 1_200_000 {
				t.Errorf("%s: %+v, %d bytes", f.name, x.Counts, x.ContentBytes)
			}
		}
		x, err := Read(t.Context(), bytes.NewReader(f.blob), ReadOptions{})
		if err != nil || x.DiffID != sha(plain) || !x.Proved {
			t.Errorf("%s without a digest: diff ID %s, proved %v, %v", f.name, x.DiffID, x.Proved, err)
		}
	}
}

func TestReadBad(t *testing.T) {
	plain := tarOf("a=1", "b="+strings.Repeat("x", 3000), "c=3")
	blob := gz(plain)
	flip := func(b []byte, at int) []byte {
		b = bytes.Clone(b)
		b[at] ^= 0xff
		return b
	}
	test := func(name string, r io.Reader, opts ReadOptions, entries int, want ...string) {
		t.Helper()
		x, err := Read(t.Context(), r, opts)
		got := fmt.Sprint(err)
		for _, w := range want {
			if !strings.Contains(got, w) {
				t.Errorf("%s: %s\nwant %s", name, got, w)
			}
		}
		if x.Len() != entries {
			t.Errorf("%s: %d entries, want %d", name, x.Len(), entries)
		}
	}
	of := func(b []byte) io.Reader { return bytes.NewReader(b) }
	size := int64(len(blob))
	test("empty blob", of(nil), ReadOptions{}, 0, "<nil>")
	test("empty blob that should have a size", of(nil), ReadOptions{Size: 10}, 0, "blob ends after 0 of 10 bytes")
	test("empty gzip", of(gz(nil)), ReadOptions{}, 0, "<nil>")
	test("wrong digest", of(blob), ReadOptions{Digest: sha(plain)}, 3, "blob has digest "+sha(blob)+", not "+sha(plain))
	test("wrong diff ID", of(blob), ReadOptions{DiffID: sha(blob)}, 3, "tar stream has digest "+sha(plain)+", not "+sha(blob))
	test("wrong diff ID that nobody checks", of(blob), ReadOptions{DiffID: sha(blob), Digest: sha(blob)}, 3, "<nil>")
	test("wrong diff ID that is checked", of(blob), ReadOptions{DiffID: sha(blob), Digest: sha(blob), VerifyDiffID: true}, 3, "not "+sha(blob))
	test("wrong diff ID of a plain layer", of(plain), ReadOptions{DiffID: sha(blob)}, 3, "not "+sha(blob))
	test("cut blob", of(blob[:60]), ReadOptions{Size: size, Digest: sha(blob)}, 0, "blob ends after 60 of", "gzip stream is damaged", "has digest")
	test("longer than said", of(blob), ReadOptions{Size: size - 1}, 3, "longer than the")
	test("trailing garbage", of(append(bytes.Clone(blob), "garbage"...)), ReadOptions{}, 3, "gzip stream is damaged")
	test("damaged gzip", of(flip(blob, 40)), ReadOptions{Digest: sha(blob)}, 0, "gzip stream is damaged", "blob has digest")
	test("damaged checksum", of(flip(blob, len(blob)-6)), ReadOptions{}, 3, "gzip stream is damaged")
	test("damaged zstd", of(flip(zst(plain), 20)), ReadOptions{}, 0, "zstd stream is damaged")
	test("cut zstd", of(zst(plain)[:50]), ReadOptions{}, 0, "zstd stream is damaged")
	test("gzip in gzip", of(gz(gz(noise(2000)))), ReadOptions{}, 0, "no tar archive")
	test("HTML", of([]byte(strings.Repeat("<html>", 200))), ReadOptions{}, 0, "no tar archive")
	test("cut plain tar", of(plain[:2000]), ReadOptions{}, 1, "middle of a file")
	test("reader fails", io.MultiReader(of(plain[:1024]), iotest.ErrReader(errors.New("connection reset"))), ReadOptions{}, 1, "connection reset")
	test("too many entries", of(blob), ReadOptions{Limits: Limits{Entries: 2}}, 2, "more than 2 entries")
	long := tarOf("a=1", "b="+strings.Repeat("x", 3000), "c="+strings.Repeat("y", 1<<20))
	test("too many bytes", of(gz(long)), ReadOptions{Limits: Limits{Uncompressed: 1000}}, 2, "more than 1000 bytes when decoded")
	test("too many entries, with a diff ID to check", of(blob), ReadOptions{DiffID: "sha256:00", Limits: Limits{Entries: 2}}, 2, "more than 2 entries")
	var digest *DigestError
	if _, err := Read(t.Context(), of(blob), ReadOptions{Digest: "sha256:00"}); !errors.As(err, &digest) || digest.Want != "sha256:00" || digest.Got != sha(blob) {
		t.Errorf("no DigestError: %v", err)
	}
}

// noise is what does not compress.
func noise(n int) []byte {
	b := make([]byte, n)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

// A few megabytes that become many gigabytes are given up early.
func TestReadBomb(t *testing.T) {
	if testing.Short() {
		t.Skip("decodes two gigabytes")
	}
	piece := zst(make([]byte, 64<<20))
	header := zst(rawHeader("zeros", '0', 1<<40, func(h []byte) { copy(h[124:], "\x80\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00") }))
	blob := append(header, bytes.Repeat(piece, 64)...)
	_, err := Read(t.Context(), bytes.NewReader(blob), ReadOptions{Digest: sha(blob)})
	var ratio *RatioError
	if !errors.As(err, &ratio) || ratio.Uncompressed > 3<<30 {
		t.Errorf("bomb: %v", err)
	}
}

func TestReadKeep(t *testing.T) {
	var asked []string
	blob := tarOf("./a/METADATA=hello", "a/RECORD=123456", "b=12", "c=x", "a/l->b")
	x, err := Read(t.Context(), bytes.NewReader(blob), ReadOptions{
		Limits: Limits{KeepFile: 5, KeepTotal: 7},
		Keep: func(path string, size int64) bool {
			asked = append(asked, fmt.Sprint(path, size))
			return path != "/c"
		},
	})
	if err != nil || strings.Join(asked, " ") != "/a/METADATA5 /a/RECORD6 /b2 /c1" {
		t.Errorf("asked for %q, %v", asked, err)
	}
	kept := ""
	for i := range x.Len() {
		if b, ok := x.Content(i); ok {
			kept += fmt.Sprintf("%s=%s ", x.Path(i), b)
		}
	}
	if kept != "/a/METADATA=hello /b=12 " || x.Kept() != 2 || len(x.Problems) != 1 || !strings.Contains(x.Problems[0], "/a/RECORD is not looked at") {
		t.Errorf("kept %q, problems %q", kept, x.Problems)
	}
}

// stuck is a reader that hangs once it has said something.
type stuck struct {
	first   []byte
	hanging chan struct{}
}

func (s *stuck) Read(b []byte) (int, error) {
	if len(s.first) > 0 {
		n := copy(b, s.first)
		s.first = s.first[n:]
		return n, nil
	}
	close(s.hanging)
	select {}
}

// A canceled reading ends although its reader hangs, and keeps what it has.
func TestReadCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	r := &stuck{first: tarOf("a=1", "b="+strings.Repeat("x", 100_000)), hanging: make(chan struct{})}
	go func() { <-r.hanging; cancel() }()
	x, err := Read(ctx, r, ReadOptions{})
	if !errors.Is(err, context.Canceled) || x == nil {
		t.Errorf("canceled: %v", err)
	}
}

func TestPrintable(t *testing.T) {
	test := func(name, want string) {
		t.Helper()
		if got := Printable(name); got != want {
			t.Errorf("Printable(%q) = %s, want %s", name, got, want)
		}
	}
	test("/usr/lib/python3", "/usr/lib/python3")
	test("größe 大小", "größe 大小")
	test("a\nb\tc\rd\x00", `a\nb\tc\rd\x00`)
	test("\x1b[31mred\x1b[0m", `\x1b[31mred\x1b[0m`)
	test("\x9b31m", `\x9b31m`)
	test("bad\xff\xfe", `bad\xff\xfe`)
	test("exe.\u202egpj", `exe.\u202egpj`)
	test("zero\u200bwidth\u00a0space\u2028line", `zero\u200bwidth\u00a0space\u2028line`)
	test("\U000e0041tag", `\U000e0041tag`)
	test("\u0085", `\x85`)
	test("\ufffd", "\ufffd")
}
