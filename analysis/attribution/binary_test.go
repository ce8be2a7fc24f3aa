package attribution

import (
	"archive/tar"
	"bytes"
	"compress/zlib"
	"debug/buildinfo"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"weighline/analysis/layer"
)

// scanned returns the excerpt of a binary that comes in pieces of n bytes.
func scanned(b []byte, n int) string {
	s := Scan("/usr/bin/x", int64(len(b)), 0o755)
	for p := range slices.Chunk(b, n) {
		if !s.Scan(p) {
			break
		}
	}
	return string(s.Excerpt())
}

// TestGoBinary: the test's own binary says the same as debug/buildinfo does.
func TestGoBinary(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	want, err := buildinfo.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{13, 16, 512, 4096, 256 << 10, 1 << 30} {
		p, ok := binaryPackage(scanned(b, n), "/x")
		if !ok || p.Kind != Go || p.Name != want.Main.Path || p.Version != want.Main.Version || len(p.Requires) != len(want.Deps) {
			t.Fatalf("in pieces of %d bytes: %v %+v, want %+v", n, ok, p, want)
		}
		for i, m := range want.Deps {
			if p.Requires[i] != m.Path+" "+m.Version {
				t.Errorf("module %d is %q, want %v", i, p.Requires[i], m)
			}
		}
	}
}

// elf is an executable with text in it, at an odd place.
func elf(text string) []byte {
	b := make([]byte, minBinary+777)
	random := rand.NewChaCha8([32]byte{1})
	random.Read(b)
	copy(b, "\x7fELF")
	return append(append(b, text...), b[16:]...)
}

func audited(json string) string {
	var z bytes.Buffer
	w := zlib.NewWriter(&z)
	fmt.Fprint(w, json)
	w.Close()
	return z.String()
}

const ripgrep = `{"packages":[{"name":"memchr","version":"2.7.1","source":"crates.io"},` +
	`{"name":"cc","version":"1.0.83","source":"crates.io","kind":"build"},` +
	`{"name":"ripgrep","version":"14.1.0","source":"local","dependencies":[0,1],"root":true}]}`

func TestRustBinary(t *testing.T) {
	b := elf(audited(ripgrep))
	for _, n := range []int{1, 13, 64, 127, 128, 129, 4096, 1 << 30} {
		p, ok := binaryPackage(scanned(b, n), "/x")
		if !ok || p.Kind != Rust || p.Name != "ripgrep" || p.Version != "14.1.0" || !slices.Equal(p.Requires, []string{"memchr 2.7.1"}) {
			t.Errorf("in pieces of %d bytes: %v %+v", n, ok, p)
		}
	}
	for name, text := range map[string]string{
		"no packages": audited(`{"packages":[]}`), "no JSON": audited(`{"packages":` + strings.Repeat("x", 200)),
		"a bomb": audited(`{"packages":[` + strings.Repeat(" ", maxAudit) + "]}"), "cut": audited(ripgrep)[:60],
	} {
		if p, ok := binaryPackage(scanned(elf(text), 4096), "/x"); ok {
			t.Errorf("%s gives %+v", name, p)
		}
	}
}

// TestGoBinaryDamaged: what looks like build info and is none is passed over.
func TestGoBinaryDamaged(t *testing.T) {
	test := func(name, info, want string) {
		t.Helper()
		b := make([]byte, minBinary)
		copy(b, "\x7fELF")
		b = append(append(b, info...), make([]byte, 64)...)
		if got := scanned(b, 1000); got != want {
			t.Errorf("%s gives %q, want %q", name, got, want)
		}
	}
	pad := strings.Repeat("\x00", 16)
	frame := strings.Repeat("\x01", 16)
	mod := frame + "path\tx\nmod\ta/b\tv1.0.0\n" + frame
	test("a good one", string(goMagic)+"\x00\x02"+pad+"\x06go1.30"+string(rune(len(mod)))+mod, goExcerpt+"go1.30\npath\tx\nmod\ta/b\tv1.0.0\n")
	test("no modules", string(goMagic)+"\x00\x02"+pad+"\x06go1.30\x00", goExcerpt+"go1.30\n")
	test("no version", string(goMagic)+"\x00\x02"+pad+"\x06xx1.30\x00", "")
	test("a long version", string(goMagic)+"\x00\x02"+pad+"\xff\x7fgo1.30\x00", "")
	test("long modules", string(goMagic)+"\x00\x02"+pad+"\x06go1.30\xff\xff\xff\x7f", "")
	test("cut", string(goMagic)+"\x00\x02"+pad+"\x06go1.30\xff\x7f", "")
	test("an old one", string(goMagic)+"\x08\x00"+pad, goExcerpt+"\n")
	test("a program that looks for it", string(goMagic)+"go version"+pad, "")
	if s := Scan("/usr/lib/x.so.1", 1<<20, 0o755); s != nil {
		t.Error("a shared library is looked into")
	}
	if s := Scan("/usr/bin/x", 1<<20, 0o644); s != nil {
		t.Error("a file that cannot be executed is looked into")
	}
}

// TestBinaries: a binary is a package unless another one lists it, and the
// figures still add up.
func TestBinaries(t *testing.T) {
	rg := string(elf(audited(ripgrep)))
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	add := func(name, body string, mode int64) {
		t.Helper()
		if err := w.WriteHeader(&tar.Header{Name: name, Size: int64(len(body)), Mode: mode, Typeflag: tar.TypeReg}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(body)); err != nil {
			t.Fatal(err)
		}
	}
	add("usr/local/bin/rg", rg, 0o755)
	add("usr/bin/rg", rg, 0o755)
	add("usr/share/rg", rg, 0o644)
	add("lib/apk/db/installed", "P:ripgrep\nV:14\nF:usr/bin\nR:rg\n", 0o644)
	add("app/node_modules/x/package.json", rustExcerpt+ripgrep+strings.Repeat(" ", minBinary), 0o755) // not believed
	w.Close()
	x, err := layer.Read(t.Context(), &b, layer.ReadOptions{Keep: Keep, Scan: Scan})
	if err != nil {
		t.Fatal(err)
	}
	if x, err = layer.Decode(x.Encode()); err != nil { // as from a cache
		t.Fatal(err)
	}
	tree, err := layer.Stack(t.Context(), []*layer.Index{x})
	if err != nil {
		t.Fatal(err)
	}
	l, err := Attribute(t.Context(), tree, Options{})
	if err != nil {
		t.Fatal(err)
	}
	got, sum := "", l.Unowned
	for _, p := range l.Packages {
		got += fmt.Sprintf("%s %s %s %s %d\n", p.Kind, p.Name, p.Version, p.Path, p.Unpacked)
		sum += p.Unpacked
	}
	want := fmt.Sprintf("node x  /app/node_modules/x %d\napk ripgrep 14 /lib/apk/db/installed %d\nrust ripgrep 14.1.0 /usr/local/bin/rg %[2]d\n", len(rustExcerpt+ripgrep)+minBinary, len(rg))
	if got != want {
		t.Errorf("the packages are\n%swant\n%s", got, want)
	}
	if sum != l.Unpacked || l.Unowned != int64(len(rg)+len("P:ripgrep\nV:14\nF:usr/bin\nR:rg\n")) {
		t.Errorf("packages and unowned are %d, want %d; unowned are %d", sum, l.Unpacked, l.Unowned)
	}
}

// BenchmarkScan reads bytes of machine code in which nothing is found.
func BenchmarkScan(b *testing.B) {
	self, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	code, err := os.ReadFile(self)
	if err != nil {
		b.Fatal(err)
	}
	code = bytes.ReplaceAll(code, goMagic, bytes.Repeat([]byte{1}, len(goMagic)))
	b.SetBytes(int64(len(code)))
	for b.Loop() {
		if got := scanned(code, 256<<10); got != "" {
			b.Fatalf("found %q", got)
		}
	}
}
