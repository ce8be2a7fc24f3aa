package depgraph

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"weighline/analysis/bytesize"
	"weighline/analysis/pep"
	"weighline/analysis/reqfile"
)

// names lists the nodes as "name==version", those without a version by name.
func lockPins(g *Graph) string {
	var out []string
	for _, n := range g.Nodes() {
		out = append(out, strings.TrimSuffix(string(n.Name)+"=="+n.Version, "=="))
	}
	return strings.Join(out, " ")
}

const uvText = `
version = 1
revision = 3
requires-python = ">=3.10"
resolution-markers = ["sys_platform == 'darwin'", "sys_platform != 'darwin'"]
conflicts = [[{ package = "app", extra = "cpu" }, { package = "app", extra = "cu128" }]]

[manifest]
members = ["app", "tool"]

[[package]]
name = "app"
version = "1"
source = { editable = "." }
dependencies = [
    { name = "tool" },
    { name = "six", version = "1.16", source = { registry = "https://pypi.org/simple" }, marker = "sys_platform == 'darwin'" },
    { name = "six", version = "1.17", source = { registry = "https://pypi.org/simple" }, marker = "sys_platform != 'darwin'" },
    { name = "torch", version = "2.7.1", source = { registry = "https://pypi.org/simple" }, marker = "extra != 'extra-3-app-cpu' and extra != 'extra-3-app-cu128'" },
]
[package.optional-dependencies]
cpu = [{ name = "torch", version = "2.7.1+cpu", source = { registry = "https://download.pytorch.org/whl/cpu" }, marker = "extra == 'extra-3-app-cpu'" }]
cu128 = [{ name = "torch", version = "2.7.1+cu128", source = { registry = "https://download.pytorch.org/whl/cu128" } }]
all = [{ name = "app", extra = ["cpu"] }]
[package.dev-dependencies]
dev = [{ name = "lib", extra = ["fast"] }]
[package.metadata]
requires-dist = [
    { name = "tool", editable = "tool" },
    { name = "six", specifier = ">=1" },
    { name = "torch", specifier = "==2.7.1" },
    { name = "torch", marker = "extra == 'cpu'", index = "https://download.pytorch.org/whl/cpu" },
    { name = "torch", marker = "extra == 'cu128'", index = "https://download.pytorch.org/whl/cu128" },
]
[package.metadata.requires-dev]
dev = [{ name = "lib", extras = ["fast"] }]

[[package]]
name = "tool"
version = "1"
source = { editable = "tool" }
dependencies = [{ name = "here" }]

[[package]]
name = "here"
version = "3"
source = { git = "https://user:secret@git.example/here.git?rev=main#abc" }

[[package]]
name = "lib"
version = "5"
source = { registry = "https://pypi.org/simple" }
wheels = [
    { url = "https://x/lib-5-cp311-cp311-macosx_11_0_arm64.whl", size = 11 },
    { url = "https://x/lib-5-cp311-cp311-manylinux_2_17_x86_64.whl", size = 22 },
    { url = "https://x/lib-5-py3-none-any.whl", size = 33 },
]
[package.optional-dependencies]
fast = [{ name = "speed" }]

[[package]]
name = "speed"
version = "1"
source = { registry = "https://pypi.org/simple" }
sdist = { url = "https://x/speed-1.tar.gz", size = 44 }

[[package]]
name = "six"
version = "1.16"
source = { registry = "https://pypi.org/simple" }
resolution-markers = ["sys_platform == 'darwin'"]
wheels = [{ url = "https://x/six-1.16-py3-none-any.whl", size = 5 }]

[[package]]
name = "six"
version = "1.17"
source = { registry = "https://pypi.org/simple" }
resolution-markers = ["sys_platform != 'darwin'"]
wheels = [{ url = "https://x/six-1.17-py3-none-any.whl", size = 6 }]

[[package]]
name = "torch"
version = "2.7.1"
source = { registry = "https://pypi.org/simple" }
wheels = [{ url = "https://x/torch-2.7.1-cp312-cp312-win_amd64.whl", size = 5 }]

[[package]]
name = "torch"
version = "2.7.1+cpu"
source = { registry = "https://download.pytorch.org/whl/cpu" }
wheels = [{ url = "https://x/torch-2.7.1%2Bcpu-cp311-cp311-manylinux_2_28_x86_64.whl" }]

[[package]]
name = "torch"
version = "2.7.1+cu128"
source = { registry = "https://download.pytorch.org/whl/cu128" }
wheels = [{ url = "https://x/torch-2.7.1%2Bcu128-cp311-cp311-manylinux_2_28_x86_64.whl", size = 900 }]
`

func TestFollowUv(t *testing.T) {
	lock := parseLock(t, "uv.lock", uvText)
	test := func(platform string, o LockOptions, want string) *Graph {
		t.Helper()
		g := follow(t, lock, "3.11", platform, o)
		if got := lockPins(g); got != want {
			t.Errorf("%s %v = %s, want %s", platform, o, got, want)
		}
		return g
	}
	g := test("linux/amd64", LockOptions{}, "here==3 six==1.17 tool==1 torch==2.7.1")
	reason := func(name pep.Name, part string) {
		t.Helper()
		i, _ := g.Index(name)
		if n := g.Nodes()[i]; !strings.Contains(n.Reason, part) || n.Download.Basis != bytesize.Unknown || strings.Contains(n.Reason, "secret") {
			t.Errorf("%s: %v, reason %q, want one with %q", name, n.Download, n.Reason, part)
		}
	}
	reason("here", "built from git https://")
	reason("tool", "a project on the computer (tool)")
	reason("torch", "none of its 1 locked files is for Python 3.11")
	if got := g.Freed("tool"); !slices.Equal(got, []pep.Name{"here", "tool"}) {
		t.Errorf("dropping tool frees %v", got)
	}
	test("macos/arm64", LockOptions{}, "here==3 six==1.16 tool==1 torch==2.7.1")
	g = test("linux/amd64", LockOptions{Extras: []string{"cpu"}}, "here==3 six==1.17 tool==1 torch==2.7.1+cpu")
	reason("torch", "does not state the size")
	test("linux/amd64", LockOptions{Extras: []string{"all"}}, "here==3 six==1.17 tool==1 torch==2.7.1+cpu")
	test("linux/amd64", LockOptions{Extras: []string{"cu128"}}, "here==3 six==1.17 tool==1 torch==2.7.1+cu128")
	g = test("linux/amd64", LockOptions{Groups: []string{"dev"}}, "here==3 lib==5 six==1.17 speed==1 tool==1 torch==2.7.1")
	for name, want := range map[pep.Name]int64{"lib": 22, "speed": 44} {
		if i, _ := g.Index(name); g.Nodes()[i].Download != bytesize.Of(want) {
			t.Errorf("%s: download %v, want %d", name, g.Nodes()[i].Download, want)
		}
	}
	if _, err := FromLock(t.Context(), lock, pep.DefaultTarget(), LockOptions{Extras: []string{"cpu", "cu128"}}); err == nil || !strings.Contains(err.Error(), "exclude each other") {
		t.Errorf("error = %v, want that the extras exclude each other", err)
	}
}

func TestFollowOthers(t *testing.T) {
	test := func(file, text string, o LockOptions, want string, codes ...string) {
		t.Helper()
		g := follow(t, parseLock(t, file, text), "3.11", "linux/amd64", o)
		if got := lockPins(g); got != want {
			t.Errorf("%s %v = %s, want %s", file, o, got, want)
		}
		for _, code := range codes {
			if !slices.ContainsFunc(g.Warnings(), func(w Warning) bool { return w.Code == code }) {
				t.Errorf("%s: no warning %q in %v", file, code, g.Warnings())
			}
		}
	}
	poetry := `
[[package]]
name = "a"
version = "1"
optional = false
python-versions = ">=3.8"
groups = ["main"]
files = [{file = "a-1-py3-none-any.whl", hash = "sha256:1"}]
[package.dependencies]
b = {version = "*", optional = true, markers = "extra == \"x\""}
c = [
    {version = ">=2", markers = "python_version >= \"3.11\""},
    {version = "<2", markers = "python_version < \"3.11\""},
]
d = {version = "*", markers = "sys_platform == \"win32\""}
[[package]]
name = "b"
version = "1"
optional = true
python-versions = "*"
groups = ["main"]
markers = "extra == \"y\""
files = []
[[package]]
name = "c"
version = "1"
optional = false
python-versions = "*"
groups = ["main"]
markers = "python_version < \"3.11\""
files = []
[[package]]
name = "c"
version = "2"
optional = false
python-versions = "*"
groups = ["main", "dev"]
files = []
[package.markers]
main = "python_version >= \"3.11\""
dev = "python_version >= \"3.13\""
[[package]]
name = "d"
version = "1"
optional = false
python-versions = "*"
groups = ["main"]
markers = "sys_platform == \"win32\""
files = []
[metadata]
lock-version = "2.1"
python-versions = ">=3.8"
content-hash = "0"
`
	test("poetry.lock", poetry, LockOptions{}, "a==1 c==2")
	pylock := `
lock-version = "1.0"
created-by = "x"
extras = ["gpu"]
dependency-groups = ["dev"]
default-groups = ["main"]
[[packages]]
name = "a"
version = "1"
marker = "python_version < '3.10'"
[[packages]]
name = "b"
version = "1"
marker = "'gpu' in extras"
[[packages]]
name = "c"
version = "1"
marker = "'dev' in dependency_groups"
[[packages]]
name = "d"
version = "1"
wheels = [{name = "d-1-py3-none-any.whl", url = "https://x/d-1-py3-none-any.whl", size = 7, hashes = {sha256 = "0"}}]
[[packages]]
name = "e"
version = "1"
marker = "'main' in dependency_groups"
`
	test("pylock.toml", pylock, LockOptions{}, "d==1 e==1", "lock-edges")
	test("pylock.toml", pylock, LockOptions{Extras: []string{"gpu"}, Groups: []string{"dev"}}, "b==1 c==1 d==1")
	pipfile := `{"_meta": {"pipfile-spec": 6, "sources": []},
"default": {"numpy": {"version": "==2.2.6", "hashes": ["sha256:0"]}, "here": {"editable": true, "path": "."}, "w": {"version": "==1", "markers": "sys_platform == 'win32'"}},
"develop": {"pytest": {"version": "==8.0.0"}}}`
	test("Pipfile.lock", pipfile, LockOptions{}, "here numpy==2.2.6", "lock-edges")
	for _, r := range follow(t, parseLock(t, "Pipfile.lock", pipfile), "3.11", "linux/amd64", LockOptions{File: "at/Pipfile.lock"}).Roots() {
		if r.File != "at/Pipfile.lock" {
			t.Errorf("%s is asked for by %q, want the lock", r.Requirement, r.File)
		}
	}
	test("Pipfile.lock", pipfile, LockOptions{Groups: []string{"dev"}}, "here numpy==2.2.6 pytest==8.0.0")
	pdm := `
[metadata]
groups = ["default"]
lock_version = "4.5.0"
[[package]]
name = "a"
version = "1"
requires_python = ">=3.8"
groups = ["default"]
dependencies = ["b; sys_platform != 'win32'", "c[x]>=1"]
files = [{file = "a-1-py3-none-any.whl", hash = "sha256:1"}]
[[package]]
name = "b"
version = "1"
groups = ["default"]
[[package]]
name = "c"
version = "1"
groups = ["default"]
[[package]]
name = "c"
version = "1"
extras = ["x"]
groups = ["default"]
dependencies = ["c==1", "d>=1"]
[[package]]
name = "d"
version = "2"
git = "https://git.example/d"
revision = "abc"
groups = ["default"]
`
	test("pdm.lock", pdm, LockOptions{}, "a==1 b==1 c==1 d==2", "unresolved")
}

// TestFollowCatalogue takes what Pipfile.lock lacks from the catalogue.
func TestFollowCatalogue(t *testing.T) {
	lock := parseLock(t, "Pipfile.lock", `{"_meta": {"pipfile-spec": 6, "sources": []}, "default": {
"pandas": {"version": "==2.3.0"}, "numpy": {"version": "==2.2.6"}, "nothing": {"version": "==1.0"}}}`)
	g := follow(t, lock, "3.11", "linux/amd64", LockOptions{Source: catalogue(t)})
	if got := g.RequiredBy("numpy"); !slices.Equal(got, []pep.Name{"pandas"}) {
		t.Errorf("numpy is required by %v, want pandas", got)
	}
	if len(g.Roots()) != 2 {
		t.Errorf("roots = %v, want pandas and nothing", g.Roots())
	}
	i, _ := g.Index("numpy")
	if n := g.Nodes()[i]; n.Source != "catalogue" || n.File != "numpy-2.2.6-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl" || !n.Download.Known() {
		t.Errorf("numpy = %+v", n)
	}
}

// stale follows uvText with a project file, and returns what is stale.
func stale(t *testing.T, project string) (list []Warning) {
	t.Helper()
	lock := parseLock(t, "uv.lock", uvText)
	manifest, err := reqfile.Parse(t.Context(), strings.NewReader(project), "pyproject.toml", reqfile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	lock.Manifest = manifest
	c := catalogue(t)
	for _, w := range follow(t, lock, "3.11", "linux/amd64", LockOptions{Source: c.With(c.Indexes()...)}).Warnings() {
		if w.Code == "stale-lock" {
			list = append(list, w)
		}
	}
	return list
}

// TestFollowStale says when a lock is older than its project file: the CPU index
// was set, and CUDA stayed locked; a line was written or deleted.
func TestFollowStale(t *testing.T) {
	const cpu = `
[[tool.uv.index]]
name = "cpu"
url = "https://download.pytorch.org/whl/cpu"
`
	test := func(project string, want ...string) {
		t.Helper()
		got := stale(t, project)
		if len(got) != len(want) {
			t.Errorf("warnings = %+v, want %q", got, want)
			return
		}
		for i, w := range got {
			text := fmt.Sprintf("%s:%d: %s; %s", w.File, w.Line, w.Text, w.Fix)
			if !strings.Contains(text, want[i]) {
				t.Errorf("got %s, want %s", text, want[i])
			}
		}
	}
	const head = "[project]\nname = \"app\"\nversion = \"1\"\n"
	test(head+`dependencies = ["six>=2", "torch", "tool"]
[tool.uv.sources]
torch = { index = "cpu" }
`+cpu+"explicit = true\n",
		"pyproject.toml:4: the project file asks for six>=2, and 1.17 is locked: the lock is older than the project file; lock again; run uv lock --upgrade-package six",
		"pyproject.toml:4: torch is to come from https://download.pytorch.org/whl/cpu, and 2.7.1 of https://pypi.org/simple is locked")
	test(head+`dependencies = ["six", "torch", "tool"]`+cpu, "torch is to come from https://download.pytorch.org/whl/cpu, and 2.7.1")
	test(head + `dependencies = ["six", "torch", "tool"]` + cpu + "explicit = true\n")
	test(head + `dependencies = ["six", "torch", "tool"]` + cpu + "default = true\n")
	test(head+`dependencies = ["six", "tool", "rich"]`,
		"pyproject.toml:4: the project file asks for rich, and the lock does not know that",
		"torch is locked, and the project file asks for it no more")
	test(head + `dynamic = ["dependencies"]`)
}
