package insight_test

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"weighline/analysis/evidence"
	"weighline/analysis/insight"
	"weighline/analysis/pep"
)

// dist writes a Python distribution of one file in a site.
func dist(layer, site, name, version string, size int, requires ...string) string {
	info := fmt.Sprintf("%s/%s/%s-%s.dist-info", layer, site, name, version)
	s := fmt.Sprintf("-- %s/%s/%s.so size=%d --\n-- %s/METADATA --\nName: %s\nVersion: %s\n", layer, site, name, size, info, name, version)
	for _, r := range requires {
		s += "Requires-Dist: " + r + "\n"
	}
	return s + fmt.Sprintf("-- %s/RECORD --\n%s.so,,\n", info, name)
}

const debStatus = `-- base/var/lib/dpkg/status --
Package: gcc-12
Status: install ok installed
Architecture: amd64
Version: 12.2

Package: libfoo-dev
Status: install ok installed
Architecture: amd64
Version: 1

Package: libfoo1
Status: install ok installed
Architecture: amd64
Version: 1

-- base/var/lib/dpkg/info/gcc-12.list --
/usr/bin/gcc-12
-- base/var/lib/dpkg/info/libfoo-dev.list --
/usr/include/foo.h
-- base/var/lib/dpkg/info/libfoo1.list --
/usr/lib/libfoo.so.1
-- base/usr/bin/gcc-12 size=5000 --
-- base/usr/include/foo.h size=40 --
-- base/usr/lib/libfoo.so.1 size=333 --
`

func TestBuildTools(t *testing.T) {
	x := find(t, read(t, debStatus+dist("pip", "s/site-packages", "cmake", "3", 700), "").Insights(t.Context()), "build-tools")
	if got := fmt.Sprint(x.Packages()); got != "[cmake gcc-12 libfoo-dev]" {
		t.Errorf("build tools: %s", got)
	}
	const info = "cmake-3.dist-info" // METADATA has 23 bytes and no list names it
	if x.Bytes.Size < 5000+40+700 || x.Bytes.Size > 5000+40+700+100 || x.Rows[0].Package != "gcc-12" || x.Rows[0].Note != "compilers" {
		t.Errorf("build tools: %s (%s)", show(x), info)
	}
	complete(t, x)
}

func TestDevOnly(t *testing.T) {
	// requests stays for app; iniconfig goes with pytest; pytest-plugin-lib is
	// needed by app and stays, although it is a root that nothing but it requires.
	image := dist("pip", "s/site-packages", "app", "1", 10, "requests", "mock") + dist("pip", "s/site-packages", "requests", "2", 1000) +
		dist("pip", "s/site-packages", "pytest", "8", 100, "iniconfig", "requests") + dist("pip", "s/site-packages", "iniconfig", "2", 20) +
		dist("pip", "s/site-packages", "mock", "5", 7)
	x := find(t, read(t, image, "").Insights(t.Context()), "dev-only")
	if got := fmt.Sprint(x.Packages()); got != "[iniconfig pytest]" || x.Counts != insight.Unpacked {
		t.Errorf("goes: %s, %s", got, show(x))
	}
	// By the requirements: the bytes are those of the downloads.
	b := read(t, "", "fastapi\npytest\nmypy\n")
	x = find(t, b.Insights(t.Context()), "dev-only")
	freed := b.Graph().Freed("pytest", "mypy")
	if !slices.Equal(x.Packages(), freed) || x.Counts != insight.Download || !reflect.DeepEqual(x.Apply.Dev, []pep.Name{"mypy", "pytest"}) {
		t.Errorf("dev-only names %v as %s, applies %+v; pytest and mypy free %v", x.Packages(), x.Counts, x.Apply, freed)
	}
	if got, want := insight.Frees(b.Graph(), x), b.Graph().Without("pytest", "mypy").Total(); got != want {
		t.Errorf("Frees = %+v, want %+v", got, want)
	}
	// Both together: the bytes are those in the image.
	x = find(t, read(t, image, "fastapi\npytest\n").Insights(t.Context()), "dev-only")
	if x.Counts != insight.Unpacked || x.Bytes.Size < 120 || x.Download.Size < 1000 {
		t.Errorf("joined: %s, download %v", show(x), x.Download)
	}
	complete(t, x)
}

func TestCopies(t *testing.T) {
	x := find(t, read(t, dist("a", "usr/lib/python3/dist-packages", "numpy", "1.24", 500)+dist("b", "venv/lib/python3.11/site-packages", "numpy", "2.0", 900)+
		dist("b", "venv/lib/python3.11/site-packages", "six", "1", 9), "").Insights(t.Context()), "package-copies")
	if len(x.Rows) != 1 || x.Rows[0].Version != "1.24" || x.Bytes.Size != x.Rows[0].Bytes.Size || x.Bytes.Size < 500 || x.Bytes.Size > 600 {
		t.Errorf("copies: %s", show(x))
	}
	complete(t, x)
}

// TestUnused goes by what was read of the sources: pytest has a finding of its
// own, starlette is held by fastapi.
func TestUnused(t *testing.T) {
	b := read(t, "", "fastapi\nnumpy\nscipy\npytest\n")
	b.Evidence = &evidence.Report{Folder: "src", Files: 1, Uses: []evidence.Use{{File: "main.py", Line: 3, Kind: evidence.Unguarded, Packages: []pep.Name{"fastapi"}}}}
	x := find(t, b.Insights(t.Context()), "unused")
	if got := fmt.Sprint(x.Packages(), x.Apply.Drop); got != "[numpy scipy] [numpy scipy]" {
		t.Errorf("unused: %s", got)
	}
	if x.Rows[0].File != "requirements.txt" || x.Rows[0].Line == 0 {
		t.Errorf("a row lacks its line: %+v", x.Rows[0])
	}
	complete(t, x)
	b.Evidence = nil
	for _, x := range b.Insights(t.Context()) {
		if x.ID == "unused" {
			t.Error("without sources nothing is known to be unused")
		}
	}
}
