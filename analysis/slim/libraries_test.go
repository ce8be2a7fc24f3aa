package slim

import (
	"path/filepath"
	"slices"
	"testing"
)

// What the loader finds elsewhere is not missing; what it found only where
// something went is, though another file has that name.
func TestMissingLibraries(t *testing.T) {
	l := save(t, `
-- one/site/a/lib/libx.so.1 --
x of a
-- one/site/a/lib/libonly.so --
only
-- one/site/b/libs/libx.so.1 --
x of b
-- one/usr/lib/x86_64-linux-gnu/libsys.so.2 --
system
-- one/site/a/lib/libsys.so.2 --
system of a
-- one/site/a/lib/liblink.so -> libx.so.1 --
-- one/lib -> usr/lib --
-- one/site/c/mod.so --
c
`)
	c := without(t, l, "/site/a")
	dir := filepath.Join(t.TempDir(), "after")
	if _, err := Write(t.Context(), l.img, c, &Layout{Dir: dir}, Options{}); err != nil {
		t.Fatal(err)
	}
	after := load(t, dir)
	test := func(libraries, paths []string, want ...string) {
		t.Helper()
		var got []string
		for _, m := range c.Missing(after.tree, []Want{{"/site/c/mod.so", libraries, paths}, {"/site/a/lib/libx.so.1", libraries, paths}}) {
			if m.File != "/site/c/mod.so" {
				t.Errorf("%s went and wants nothing", m.File)
			}
			got = append(got, m.Library)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q by %q: missing are %q, want %q", libraries, paths, got, want)
		}
	}
	test([]string{"libc.so.6"}, nil)                                          // it was never there
	test([]string{"libonly.so"}, nil, "libonly.so")                           // no file has the name
	test([]string{"libx.so.1"}, []string{"$ORIGIN/../a/lib"}, "libx.so.1")    // b's is not looked at
	test([]string{"libx.so.1"}, []string{"$ORIGIN/../a/lib", "/site/b/libs"}) // the second folder has it
	test([]string{"libx.so.1"}, nil)                                          // loaded by somebody else
	test([]string{"libsys.so.2"}, []string{"${ORIGIN}/../a/lib"})             // the system's takes its place
	test([]string{"liblink.so"}, []string{"/site/a/lib"}, "liblink.so")       // a name that leads to it
	test([]string{"libonly.so", "libx.so.1"}, []string{"/site/a/lib"}, "libonly.so", "libx.so.1")
}
