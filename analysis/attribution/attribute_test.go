package attribution_test

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"weighline/analysis/attribution"
	"weighline/analysis/layer"
)

// A file is an entry of a layer: a name with content, or "name -> target",
// "name => target" for links.
type file struct{ name, body string }

func treeOf(t testing.TB, layers ...[]file) *layer.Tree {
	t.Helper()
	var all []*layer.Index
	for _, files := range layers {
		var b bytes.Buffer
		w := tar.NewWriter(&b)
		for _, f := range files {
			h := &tar.Header{Name: f.name, Mode: 0o644, Typeflag: tar.TypeReg, Size: int64(len(f.body))}
			if name, target, ok := strings.Cut(f.name, " -> "); ok {
				h.Name, h.Linkname, h.Typeflag = name, target, tar.TypeSymlink
			} else if name, target, ok := strings.Cut(f.name, " => "); ok {
				h.Name, h.Linkname, h.Typeflag = name, target, tar.TypeLink
			}
			if err := w.WriteHeader(h); err != nil {
				t.Fatal(err)
			}
			w.Write([]byte(f.body))
		}
		w.Close()
		x, err := layer.Read(t.Context(), &b, layer.ReadOptions{Keep: attribution.Keep, Scan: attribution.Scan})
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, x)
	}
	tree, err := layer.Stack(t.Context(), all)
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

// ledgerOf attributes and checks that every byte is counted once.
func ledgerOf(t testing.TB, layers ...[]file) *attribution.Ledger {
	t.Helper()
	tree := treeOf(t, layers...)
	l, err := attribution.Attribute(t.Context(), tree, attribution.Options{MinFolder: 5})
	if err != nil {
		t.Fatal(err)
	}
	checkSums(t, l)
	return l
}

func checkSums(t testing.TB, l *attribution.Ledger) {
	t.Helper()
	sum, files := l.Unowned, 0
	for i, p := range l.Packages {
		sum += p.Unpacked
		files += p.Files
		var layers, nodes int64
		for _, b := range p.Layers {
			layers += b.Bytes
		}
		for n := range l.Nodes(i) {
			nodes += l.Tree().Own(n)
			if o, ok := l.Owner(n); !ok || o != i {
				t.Errorf("owner of %s is %d, want %d", l.Tree().FullPath(n), o, i)
			}
		}
		if layers != p.Unpacked || nodes != p.Unpacked || p.Pyc > p.Unpacked {
			t.Errorf("%s: unpacked %d, by layer %d, by file %d, bytecode %d", p.Name, p.Unpacked, layers, nodes, p.Pyc)
		}
	}
	if sum != l.Tree().Totals.Bytes || sum != l.Unpacked {
		t.Errorf("packages and unowned bytes are %d, the tree has %d", sum, l.Tree().Totals.Bytes)
	}
	for _, f := range l.Folders {
		sum, files = sum-f.Bytes, files+f.Files
	}
	if sum != l.Unpacked-l.Unowned || files != l.Files {
		t.Errorf("folders: %d bytes too few, %d of %d files", sum-l.Unpacked+l.Unowned, files, l.Files)
	}
}

// brief writes a ledger as text, a line a package.
func brief(l *attribution.Ledger) string {
	var b strings.Builder
	for _, p := range l.Packages {
		fmt.Fprintf(&b, "%s %s %s: %d in %d", p.Kind, p.Name, p.Version, p.Unpacked, p.Files)
		if p.Pyc > 0 {
			fmt.Fprintf(&b, ", pyc %d", p.Pyc)
		}
		if c := p.Claim; c.Listed {
			fmt.Fprintf(&b, ", claims %d in %d", c.Bytes, c.Files)
			if c.Missing > 0 {
				fmt.Fprintf(&b, ", %d missing", c.Missing)
			}
		}
		b.WriteByte('\n')
	}
	for _, f := range l.Folders {
		fmt.Fprintf(&b, "unowned %s: %d in %d\n", f.Path, f.Bytes, f.Files)
	}
	for _, p := range l.Problems {
		fmt.Fprintf(&b, "problem: %s\n", p)
	}
	return b.String()
}

func check(t *testing.T, name string, l *attribution.Ledger, want string) {
	t.Helper()
	want = strings.TrimLeft(strings.ReplaceAll(want, "\t", ""), "\n")
	if got := brief(l); got != want {
		t.Errorf("%s:\n%swant\n%s", name, got, want)
	}
}

const site = "usr/lib/python3.11/site-packages/"

func TestPython(t *testing.T) {
	check(t, "RECORD", ledgerOf(t, []file{
		{site + "Foo_Bar.dist-info/METADATA", "Name: Foo.Bar\nVersion: 1.0\n"},
		{site + "Foo_Bar.dist-info/RECORD", "foo/__init__.py,,\n\"foo/a,b.py\",,\n../../../bin/foo,,\n/opt/foo.conf,,\ngone.py,,\nfoo/__init__.py,,\nFoo_Bar.dist-info/METADATA,,\n"},
		{site + "foo/__init__.py", "12345"},
		{site + "foo/a,b.py", "1"},
		{site + "foo/model.bin", "1234567"},
		{site + "foo/__pycache__/__init__.cpython-311.pyc", "123"},
		{site + "foo/__pycache__/__init__.cpython-311.opt-1.pyc", "12"},
		{site + "foo/__pycache__/deleted.cpython-311.pyc", "123456"},
		{"usr/bin/foo", "#!"},
		{"opt/foo.conf", "a"},
	}), `
		python foo-bar 1.0: 41 in 7, pyc 5, claims 36 in 5, 1 missing
		unowned /usr/lib/python3.11/site-packages/Foo_Bar.dist-info: 125 in 1
		unowned /usr/lib/python3.11/site-packages/foo: 7 in 1
		unowned /usr/lib/python3.11/site-packages/foo/__pycache__: 6 in 1
		`)
	check(t, "through symlinks, in the layer that brought it", ledgerOf(t, []file{
		{"lib64 -> usr/lib", ""}, {"usr/lib/x -> y", ""}, {"usr/lib/y/m.py", "123"},
	}, []file{
		{"usr/lib/x/A-1.dist-info/METADATA", "Name: a\nVersion: 1\n"},
		{"usr/lib/x/A-1.dist-info/RECORD", "m.py,,\n../../../lib64/y/m.py,,\n"},
	}), `
		python a 1: 3 in 1, claims 3 in 1
		unowned /usr/lib/y/A-1.dist-info: 50 in 2
		`)
	check(t, "two distributions list a file: the first has it", ledgerOf(t, []file{
		{site + "a.dist-info/METADATA", "Name: a"}, {site + "a.dist-info/RECORD", "ns/__init__.py,,\n"},
		{site + "b.dist-info/METADATA", "Name: b"}, {site + "b.dist-info/RECORD", "ns/__init__.py,,\nns/b.py,,\n"},
		{site + "ns/__init__.py", "1234"}, {site + "ns/b.py", "12"},
	}), "\npython a : 4 in 1, claims 4 in 1\npython b : 2 in 1, claims 6 in 2\nunowned /usr/lib/python3.11/site-packages/b.dist-info: 34 in 2\nunowned /usr/lib/python3.11/site-packages/a.dist-info: 24 in 2\n")
	check(t, "eggs", ledgerOf(t, []file{
		{site + "old-1.egg-info/PKG-INFO", "Name: old\nVersion: 1\n"},
		{site + "old-1.egg-info/installed-files.txt", "../old/x.py\nPKG-INFO\ninstalled-files.txt\n"},
		{site + "old/x.py", "123"},
		{site + "single-2.egg-info", "Name: single\nVersion: 2\n"},
		{site + "single.py", "1"},
		{site + "other.py", "1234567"},
	}), `
		python old 1: 65 in 3, claims 65 in 3
		python single 2: 25 in 2
		unowned /usr/lib/python3.11/site-packages: 7 in 1
		`)
	check(t, "damaged and empty metadata", ledgerOf(t, []file{
		{site + "x.dist-info/RECORD", "x.py,,\n"}, {site + "x.py", "1"},
		{site + "y-1.dist-info/METADATA", "\n"}, {site + "y-1.dist-info/RECORD", "\n,,\n\"x"},
	}), `
		python y : 0 in 0, claims 0 in 0, 1 missing
		unowned /usr: 15 in 4
		problem: /usr/lib/python3.11/site-packages/x.dist-info has no readable METADATA: its files stay unowned
		`)
}

func TestPythonDetails(t *testing.T) {
	l := ledgerOf(t, []file{
		{"app/.venv/lib/site-packages/a.dist-info/METADATA", "Metadata-Version: 2.1\nName: A\nVersion: 1\nRequires-Dist: b>=1\nRequires-Dist: c ;\n extra == \"x\"\n\nRequires-Dist: no\n"},
		{"app/.venv/lib/site-packages/a.dist-info/INSTALLER", "uv\n"},
		{"app/.venv/lib/site-packages/a.dist-info/REQUESTED", ""},
		{"app/.venv/lib/site-packages/a.dist-info/RECORD", "a.dist-info/METADATA,,\n__editable__.a.pth,,\n"},
		{"app/.venv/lib/site-packages/a.dist-info/direct_url.json", `{"url":"file:///app","dir_info":{"editable":true}}`},
		{"app/.venv/lib/site-packages/__editable__.a.pth", "/app/src"},
		{"app/src/a/main.py", "12345"},
		{"app/data/model", "1234567"},
	})
	p := l.Packages[0]
	if p.Installer != "uv" || !p.Requested || p.Editable != "/app" || fmt.Sprintf("%q", p.Requires) != `["b>=1" "c ;\n extra == \"x\""]` {
		t.Errorf("%+v", p)
	}
	if n, _ := l.Tree().Lookup("/app/src/a/main.py"); true {
		if i, ok := l.Owner(n); !ok || i != 0 {
			t.Error("the editable distribution does not own its module")
		}
	}
}

const status = `Package: python3-numpy
Status: install ok installed
Architecture: amd64
Version: 1:1.24
Depends: python3 (<< 3.12), libc6 (>= 2.4) |
 libfoo
Description: words
 Package: no

Package: gone
Status: deinstall ok config-files
Version: 1

Package: dash
Status: install ok installed
Architecture: amd64
Version: 0.5
Pre-Depends: libc6

Package: bash
Status: hold ok installed
Architecture: amd64
Version: 5
`

func TestDpkg(t *testing.T) {
	l := ledgerOf(t, []file{
		{"bin -> usr/bin", ""},
		{"var/lib/dpkg/status", status},
		{"var/lib/dpkg/diversions", "/bin/sh\n/bin/sh.distrib\ndash\n"},
		{"var/lib/dpkg/info/python3-numpy.list", "/.\n/usr\n/usr/lib/python3/dist-packages/numpy/a.py\n/usr/lib/python3/dist-packages/numpy-1.24.egg-info/PKG-INFO\n/usr/share/doc/numpy\n/usr/share/doc/gone\n"},
		{"var/lib/dpkg/info/dash:amd64.list", "/.\n/bin/dash\n/bin/sh\n"},
		{"var/lib/dpkg/info/bash.list", "/bin/bash\n/bin/sh\n"},
		{"usr/lib/python3/dist-packages/numpy/a.py", "12345"},
		{"usr/lib/python3/dist-packages/numpy/__pycache__/a.cpython-311.pyc", "123"},
		{"usr/lib/python3/dist-packages/numpy-1.24.egg-info/PKG-INFO", "Name: numpy\nVersion: 1.24\n"},
		{"usr/share/doc/numpy", "12"},
		{"usr/bin/dash", "1234"}, {"usr/bin/bash", "123456"}, {"usr/bin/sh", "1"}, {"usr/bin/sh.distrib", "12"},
	})
	check(t, "dpkg", l, `
		python numpy 1.24: 34 in 3, pyc 3
		deb bash 5: 8 in 2, claims 7 in 2
		deb dash 0.5: 5 in 2, claims 5 in 2
		deb python3-numpy 1:1.24: 2 in 1, claims 33 in 3, 1 missing
		unowned /var: 620 in 5
		`)
	if p := l.Packages[len(l.Packages)-1]; fmt.Sprintf("%q", p.Requires) != `["python3 (<< 3.12)" "libc6 (>= 2.4) |\n libfoo"]` || p.Arch != "amd64" {
		t.Errorf("%+v", p)
	}
}

func TestStatusD(t *testing.T) {
	check(t, "distroless", ledgerOf(t, []file{
		{"./var/lib/dpkg/status.d/libc6", "Package: libc6\nVersion: 2.36\nArchitecture: amd64\n"},
		{"./var/lib/dpkg/status.d/libc6.md5sums", "d41d8cd98f00b204e9800998ecf8427e  lib/libc.so.6\nd41d8cd98f00b204e9800998ecf8427e  lib/gone\n"},
		{"./lib/libc.so.6", "1234"},
	}), `
		deb libc6 2.36: 4 in 1, claims 4 in 1, 1 missing
		unowned /var: 140 in 2
		`)
}

func TestApk(t *testing.T) {
	check(t, "apk", ledgerOf(t, []file{
		{"lib/apk/db/installed", "C:Q1\nP:musl\nV:1.2\nA:x86_64\nD:so:a b\nF:lib\nR:ld.so\na:0:0:755\nR:libc.so\nF:\nR:top\n\nP:busybox\nV:1.36\nF:bin\nR:busybox\nF:lib\nR:ld.so\n"},
		{"lib/ld.so", "1234"}, {"lib/libc.so -> ld.so", ""}, {"top", "1"}, {"bin/busybox", "12"},
	}), `
		apk busybox 1.36: 2 in 1, claims 6 in 2
		apk musl 1.2: 5 in 2, claims 5 in 2
		unowned /lib/apk: 127 in 1
		`)
}

func TestNode(t *testing.T) {
	m := "srv/node_modules/"
	check(t, "node", ledgerOf(t, []file{
		{m + ".package-lock.json", "12345678"},
		{m + "a/package.json", `{"name":"a","version":"1.0.0","dependencies":{"b":"^1"}}`},
		{m + "a/index.js", "1"},
		{m + "a/lib/x.js => " + m + "a/index.js", ""},
		{m + "a/test/fixture/package.json", `{"name":"no"}`},
		{m + "a/node_modules/b/package.json", "{broken"},
		{m + "@s/c/package.json", `{"name":"@s/c","version":"2.0.0"}`},
		{m + ".pnpm/d@3.0.0/node_modules/d/package.json", `{"name":"d","version":"3.0.0"}`},
		{m + "d -> .pnpm/d@3.0.0/node_modules/d", ""},
		{"srv/package.json", `{"name":"app"}`},
	}), "node @s/c 2.0.0: 33 in 1, claims 33 in 1\nnode a 1.0.0: 70 in 3, claims 71 in 4\nnode b : 7 in 1, claims 7 in 1\nnode d 3.0.0: 30 in 1, claims 30 in 1\nunowned /srv: 14 in 1\nunowned /srv/node_modules: 8 in 1\n")
}

// Python before npm before OS package.
func TestPriority(t *testing.T) {
	check(t, "priority", ledgerOf(t, []file{
		{"s/nodejs/node_modules/x/package.json", "{}"}, {"s/nodejs/node_modules/x/a.js", "123"}, {"s/nodejs/node_modules/x/b.js", "12"},
		{"s/p.dist-info/METADATA", "Name: p"}, {"s/p.dist-info/RECORD", "nodejs/node_modules/x/a.js,,\n"},
		{"var/lib/dpkg/status", "Package: d\nStatus: install ok installed\nVersion: 1\nArchitecture: all\n"},
		{"var/lib/dpkg/info/d.list", "/s/nodejs/node_modules/x/a.js\n/s/nodejs/node_modules/x/b.js\n/etc/d\n"},
		{"etc/d", "1"},
	}), "python p : 3 in 1, claims 3 in 1\nnode x : 4 in 2, claims 7 in 3\ndeb d 1: 1 in 1, claims 6 in 3\nunowned /var: 136 in 2\nunowned /s/p.dist-info: 36 in 2\n")
}

// Whatever the tree, each byte is counted once.
func TestSumsRandom(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 5))
		dirs := []string{site, "usr/lib/python3/dist-packages/", "srv/node_modules/a/", "srv/node_modules/a/node_modules/b/", "opt/x/", ""}
		path := func() string { return dirs[r.IntN(len(dirs))] + string(rune('a'+r.IntN(6))) + ".py" }
		list := func(prefix, sep string) string {
			var all []string
			for range r.IntN(8) {
				all = append(all, prefix+path())
			}
			return strings.Join(all, sep) + "\n"
		}
		var layers [][]file
		for range 1 + r.IntN(3) {
			var files []file
			for range r.IntN(20) {
				p := path()
				switch r.IntN(8) {
				case 0:
					p += " => " + path()
				case 1:
					p += " -> /" + path()
				case 2:
					i := strings.LastIndexByte(p, '/') + 1
					p = p[:i] + ".wh." + p[i:]
				}
				if strings.Contains(p, "> ") || strings.Contains(p, ".wh.") {
					files = append(files, file{p, ""})
				} else {
					files = append(files, file{p, strings.Repeat("x", r.IntN(9))})
				}
			}
			files = append(files,
				file{site + "p.dist-info/METADATA", "Name: p\nVersion: 1\n"}, file{site + "p.dist-info/RECORD", list("../../../../", ",,\n")},
				file{"usr/lib/python3/dist-packages/a.egg-info", "Name: a\n"},
				file{"srv/node_modules/a/package.json", "{}"}, file{"srv/node_modules/a/node_modules/b/package.json", "{}"},
				file{"var/lib/dpkg/status", "Package: d\nStatus: a installed\nVersion: 1\n\nPackage: e\nStatus: installed\nVersion: 1\n"},
				file{"var/lib/dpkg/info/d.list", list("/", "\n")}, file{"var/lib/dpkg/info/e.list", list("/", "\n") + "/usr/lib/python3/dist-packages/a.egg-info\n"},
				file{"lib/apk/db/installed", "P:m\nF:opt/x\nR:a.py\nR:b.py\n"},
			)
			layers = append(layers, files)
		}
		if ledgerOf(t, layers...); t.Failed() {
			t.Fatalf("seed %d: %q", seed, layers)
		}
	}
}

func TestAttributeCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := attribution.Attribute(ctx, treeOf(t, []file{{"a", "1"}}), attribution.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("canceled: %v", err)
	}
}

func TestDiff(t *testing.T) {
	p := func(kind attribution.Kind, name, version, path string, bytes int64) attribution.Package {
		return attribution.Package{Kind: kind, Name: name, Version: version, Path: path, Unpacked: bytes}
	}
	a := &attribution.Ledger{Packages: []attribution.Package{
		p("python", "torch", "2.0", "/s/torch-2.0", 1000), p("python", "numpy", "1.0", "/s/numpy-1", 50),
		p("python", "numpy", "1.0", "/v/numpy-1", 60), p("deb", "libc6", "2", "/l", 5), p("deb", "same", "1", "/s", 7), p("deb", "moved", "1", "/x", 7),
	}}
	b := &attribution.Ledger{Packages: []attribution.Package{
		p("python", "numpy", "2.0", "/s/numpy-2", 80), p("python", "numpy", "1.0", "/v/numpy-1", 60),
		p("deb", "libc6", "3", "/l", 5), p("deb", "same", "1", "/s", 7), p("deb", "moved", "1", "/y", 7), p("deb", "new", "1", "/n", 20),
	}}
	var got []string
	for _, c := range attribution.Diff(a, b) {
		got = append(got, fmt.Sprintf("%s %s %s %+d", c.Change, c.Kind, c.Name, c.Delta))
	}
	want := "removed python torch -1000, changed python numpy +30, added deb new +20, changed deb libc6 +0, same python numpy +0, same deb moved +0, same deb same +0"
	if s := strings.Join(got, ", "); s != want {
		t.Errorf("Diff = %s\nwant %s", s, want)
	}
	if d := attribution.Diff(nil, b); len(d) != 6 || d[0].Change != attribution.Added || d[0].A != nil {
		t.Errorf("Diff(nil, b) = %+v", d)
	}
}
