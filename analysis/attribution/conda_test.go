package attribution_test

import (
	"strings"
	"testing"
)

const conda = "opt/conda/"

// meta is what conda writes about a package.
func meta(name string, files ...string) file {
	return file{conda + "conda-meta/" + name + "-1.0-py311_0.json", `{"build":"py311_0","depends":["python >=3.11"],"name":"` + name +
		`","version":"1.0","subdir":"linux-64","paths_data":{"paths":[{"_path":"x"}]},"files":["` + strings.Join(files, `","`) + `"]}`}
}

func TestConda(t *testing.T) {
	const inner = "lib/python3.11/site-packages/"
	site := conda + inner
	l := ledgerOf(t, []file{
		// A library: all of it is conda's.
		meta("zlib", "lib/libz.so", "lib/libz.so.1", "include/zlib.h", "gone"),
		{conda + "lib/libz.so", "12345"}, {conda + "lib/libz.so.1 -> libz.so", ""}, {conda + "include/zlib.h", "123"},
		// A distribution with a RECORD, and one without.
		meta("numpy", inner+"numpy/a.py", inner+"numpy-1.0.dist-info/METADATA", inner+"numpy-1.0.dist-info/RECORD", "include/numpy.h"),
		{site + "numpy/a.py", "1234567"}, {site + "numpy-1.0.dist-info/METADATA", "Name: numpy\nVersion: 1.0\n"},
		{site + "numpy-1.0.dist-info/RECORD", "numpy/a.py,,\n"}, {conda + "include/numpy.h", "12"},
		meta("old", inner+"old/b.py", inner+"old-1.egg-info", "bin/old"),
		{site + "old/b.py", "12345678"}, {site + "old-1.egg-info", "Name: old\nVersion: 1\n"}, {conda + "bin/old", "1"},
		// Hard links to the cache of packages are names of the same file.
		{conda + "pkgs/zlib/lib/libz.so => " + conda + "lib/libz.so", ""},
		// Not all is well.
		{conda + "conda-meta/bad.json", "{"}, {conda + "conda-meta/history", "x"},
	})
	owner := func(path, want string) {
		t.Helper()
		got := ""
		n, ok := l.Tree().Lookup(conda + path)
		if i, owned := l.Owner(n); ok && owned {
			got = string(l.Packages[i].Kind) + " " + l.Packages[i].Name
		}
		if got != want {
			t.Errorf("%s belongs to %q, want %q", path, got, want)
		}
	}
	owner("lib/libz.so", "conda zlib")
	owner("pkgs/zlib/lib/libz.so", "conda zlib")
	owner("conda-meta/zlib-1.0-py311_0.json", "conda zlib")
	owner(inner+"numpy/a.py", "python numpy")
	owner("include/numpy.h", "conda numpy")
	owner(inner+"old/b.py", "python old")
	owner("bin/old", "conda old")
	owner("conda-meta/history", "")
	p := l.Packages[len(l.Packages)-1] // the last by name
	if p.Name != "zlib" || p.Version != "1.0" || p.Arch != "linux-64" || p.Claim.Bytes != 8 || p.Claim.Files != 2 || p.Claim.Missing != 1 || len(p.Requires) != 1 {
		t.Errorf("zlib = %+v", p)
	}
	if len(l.Problems) != 1 || !strings.Contains(l.Problems[0], "bad.json is damaged") {
		t.Errorf("problems = %q, want one about bad.json", l.Problems)
	}
}
