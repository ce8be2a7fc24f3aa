package insight_test

import (
	"slices"
	"strings"
	"testing"

	"weighline/analysis/fileclass"
	"weighline/analysis/insight"
)

// stripImage has a package with files of every class, and files of the same
// names that belong to no package.
const stripImage = `
layer pip RUN pip install a
-- pip/s/site-packages/a/__init__.py size=10 --
-- pip/s/site-packages/a/tests/one.py size=100 --
-- pip/s/site-packages/a/tests/two.bin size=200 --
-- pip/s/site-packages/a/tests/__pycache__/one.cpython-311.pyc size=7 --
-- pip/s/site-packages/a/__pycache__/__init__.cpython-311.pyc size=40 --
-- pip/s/site-packages/a/lib/x.a size=5000 --
-- pip/s/site-packages/a/include/x.h size=600 --
-- pip/s/site-packages/a/include/x.hpp size=60 --
-- pip/s/site-packages/a-1.dist-info/METADATA --
Name: a
Version: 1
-- pip/s/site-packages/a-1.dist-info/RECORD --
a/__init__.py,,
a/tests/one.py,,
a/tests/two.bin,,
a/lib/x.a,,
a/include/x.h,,
a/include/x.hpp,,
a/tests/__pycache__/one.cpython-311.pyc,,
a-1.dist-info/METADATA,,
-- pip/srv/app/tests/test_x.py size=9000 --
-- pip/srv/app/x.h size=9000 --
`

func TestStrip(t *testing.T) {
	list := read(t, stripImage, "").Insights(t.Context())
	const row = " /s/site-packages/a-1.dist-info a layer 0\n"
	want(t, find(t, list, "strip-tests"), "strip-tests 300 unpacked possible\n  300"+row)
	want(t, find(t, list, "strip-bytecode"), "strip-bytecode 47 unpacked known\n  47"+row)
	want(t, find(t, list, "strip-static"), "strip-static 5000 unpacked possible\n  5000"+row)
	x := find(t, list, "strip-headers")
	want(t, x, "strip-headers 660 unpacked possible\n  660"+row)
	if len(x.Apply.Strip) != 1 || x.Apply.Strip[0] != fileclass.Headers {
		t.Errorf("Apply = %+v, want the headers stripped", x.Apply)
	}
	if got := insight.Total(list...).Unpacked; got != 300+47+5000+660+9000 {
		t.Errorf("together %d bytes, want 15007: the classes, and the copy of what has no owner", got)
	}
}

func TestCaches(t *testing.T) {
	list := read(t, `
layer base ADD file:1 in /
layer pip RUN pip install
-- base/var/lib/apt/lists/deb.debian.org_Packages size=700 --
-- base/var/cache/apt/pkgcache.bin size=30 --
-- pip/root/.cache/pip/http/a size=1000 --
-- pip/root/.cache/pip/http/b size=200 --
-- pip/root/.cache/huggingface/hub/model.bin size=50000 --
-- pip/root/.cache/other/x size=4 --
-- pip/opt/conda/pkgs/numpy/shared size=800 --
-- pip/opt/conda/pkgs/numpy/own size=90 --
-- pip/opt/conda/pkgs/numpy/twice size=11 --
-- pip/opt/conda/pkgs/numpy/again => opt/conda/pkgs/numpy/twice --
-- pip/opt/conda/envs/shared => opt/conda/pkgs/numpy/shared --
-- pip/tmp/build.log size=5 --
-- pip/srv/tmp/data size=6666 --
`, "").Insights(t.Context())
	want(t, find(t, list, "cache-apt"), `
		cache-apt 730 unpacked known
		  700 /var/lib/apt/lists layer 0
		  30 /var/cache/apt layer 0
		`)
	want(t, find(t, list, "cache-pip"), "cache-pip 1200 unpacked known\n  1200 /root/.cache/pip layer 1\n")
	want(t, find(t, list, "cache-hf"), "cache-hf 50000 unpacked possible\n  50000 /root/.cache/huggingface layer 1\n")
	// What the environment shares with the cache by a hard link stays.
	want(t, find(t, list, "cache-conda"), "cache-conda 101 unpacked known\n  101 /opt/conda/pkgs layer 1\n")
	want(t, find(t, list, "cache-other"), `
		cache-other 9 unpacked possible
		  5 /tmp layer 1
		  4 /root/.cache layer 1
		`)
	if strings.Contains(ids(list), "cache-npm") {
		t.Error("there is no cache of npm")
	}
}

// elfText is an ELF file without sections, of 100 bytes, for a machine.
func elfText(machine byte) string {
	return "\x7fELF\x02\x01\x01" + strings.Repeat("\x00", 9) + "\x03\x00" + string([]byte{machine, 0}) + strings.Repeat("\x00", 80)
}

func TestForeign(t *testing.T) {
	list := read(t, "-- a/bin/here --\n"+elfText(62)+"\n-- a/bin/arm --\n"+elfText(0xb7)[:20]+"\x00"+elfText(0xb7)[21:]+"\n"+
		"-- a/pip/t64.exe --\nMZ"+strings.Repeat("x", 200)+"\n-- a/boot/vmlinuz --\nMZ"+strings.Repeat("y", 200)+"\n-- a/gpu/k.cubin --\n"+elfText(190)+"\n", "").Insights(t.Context())
	x := find(t, list, "foreign-binaries")
	want(t, x, `
		foreign-binaries 304 unpacked possible
		  203 /pip layer 0 (for Windows)
		  101 /bin layer 0 (for linux/arm64)
		`)
}

// elfDebug is an ELF library of 2,048 bytes with 1,000 bytes of .debug_info and a
// symbol table of 96 bytes with 50 bytes of names.
func elfDebug() string {
	b := make([]byte, 2048)
	copy(b, elfText(62))
	put := func(at int, n uint64, size int) {
		for i := range size {
			b[at+i] = byte(n >> (8 * i))
		}
	}
	const table, names = 1500, 1400
	put(40, table, 8) // e_shoff
	put(58, 64, 2)    // e_shentsize
	put(60, 5, 2)     // e_shnum
	put(62, 4, 2)     // e_shstrndx
	section := func(i int, name, kind, off, size, link uint64) {
		at := table + 64*i
		put(at, name, 4)
		put(at+4, kind, 4)
		put(at+24, off, 8)
		put(at+32, size, 8)
		put(at+40, link, 4)
	}
	section(1, 1, 1, 64, 1000, 0)
	section(2, 13, 2, 1100, 96, 3)
	section(3, 21, 3, 1200, 50, 0)
	section(4, 29, 3, names, 40, 0)
	copy(b[names:], "\x00.debug_info\x00.symtab\x00.strtab\x00.shstrtab\x00")
	return string(b)
}

func TestDebugSymbols(t *testing.T) {
	list := read(t, "-- pip/s/site-packages/a/x.so --\n"+elfDebug()+"\n-- pip/s/site-packages/a/y.so --\n"+elfText(62)+"\n"+
		"-- pip/s/site-packages/a-1.dist-info/METADATA --\nName: a\nVersion: 1\n-- pip/s/site-packages/a-1.dist-info/RECORD --\na/x.so,,\na/y.so,,\n", "").Insights(t.Context())
	x := find(t, list, "debug-symbols")
	want(t, x, `
		debug-symbols 1146 unpacked known
		  1146 /s/site-packages/a/x.so a layer 0 (of 2.05 kB)
		`)
	// Of the file only a part goes, unless another finding takes it whole.
	if got := insight.Total(x).Unpacked; got != 1146 {
		t.Errorf("Total = %d, want 1146", got)
	}
	if got := insight.Total(x, x).Unpacked; got != 1146 {
		t.Errorf("Total of the same twice = %d, want 1146", got)
	}
}

// A copy that another finding lets go is no copy any more: of two files with one
// content, one of which is in the pip cache, both cannot go as copies.
func TestCopiesOfWhatGoes(t *testing.T) {
	list := read(t, `
layer pip RUN pip install
-- pip/root/.cache/pip/first size=500 --
-- pip/srv/same size=500 --
-- pip/srv/a size=70 --
-- pip/srv/b size=70 --
-- pip/srv/c size=70 --
`, "").Insights(t.Context())
	d := find(t, list, "duplicates")
	if d.Bytes.Size != 640 {
		t.Errorf("duplicates = %d bytes, want 640", d.Bytes.Size)
	}
	if got := len(slices.Collect(d.Nodes())); got != 3 {
		t.Errorf("duplicates names %d files, want 3: all but one of each content", got)
	}
	if got := insight.Total(d).Unpacked; got != 640 {
		t.Errorf("alone %d bytes, want 640", got)
	}
	if got := insight.Total(list...).Unpacked; got != 640 {
		t.Errorf("together %d bytes, want 640: the file in the cache, and two of three copies", got)
	}
}
