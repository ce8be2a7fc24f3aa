package pep

import (
	"encoding/json"
	"errors"
	"os"
	"slices"
	"testing"

	"weighline/analysis/oracletest"
)

// Each row of the grid is an answer of packaging 26.4; null says that the
// specifier is refused.
func TestGrid(t *testing.T) {
	data, err := os.ReadFile(oracletest.Path(t, "python/oracles/pep440_grid.json"))
	if err != nil {
		t.Fatal(err)
	}
	var grid struct{ Rows [][4]any }
	if err := json.Unmarshal(data, &grid); err != nil {
		t.Fatal(err)
	}
	for _, row := range grid.Rows {
		spec, version := row[0].(string), row[1].(string)
		l, err := ParseSpecifiers(spec)
		if (err != nil) != (row[2] == nil) {
			t.Errorf("ParseSpecifiers(%q) error = %v, want %v", spec, err, row[2] == nil)
		}
		if err != nil {
			continue
		}
		v := MustVersion(version)
		if got := len(l.Filter([]Version{v}, false)) == 1; got != row[2] {
			t.Errorf("%q filters %q = %v, want %v", spec, version, got, row[2])
		}
		if got := l.Contains(v, true); got != row[3] {
			t.Errorf("%q contains %q = %v, want %v", spec, version, got, row[3])
		}
	}
	if len(grid.Rows) < 3000 {
		t.Errorf("%d rows, want the whole grid", len(grid.Rows))
	}
}

func TestNormalize(t *testing.T) {
	test := func(in string, want Name) {
		t.Helper()
		if got := Normalize(in); got != want {
			t.Errorf("Normalize(%q) = %q, want %q", in, got, want)
		}
	}
	test("Foo.Bar_baz", "foo-bar-baz")
	test("a-_.b", "a-b")
	test("a--b", "a-b")
	test("_x_", "-x-")
	test("already-normal", "already-normal")
	test("", "")
	test("A\x1b[2J\u202eb\n", "a?[2j???b?") // of a file that means harm
}

func TestVersionOrder(t *testing.T) {
	// From the lowest to the highest, each strictly below the next.
	order := []string{
		"0.dev0", "1.0.dev1", "1.0a1.dev2", "1.0a1", "1.0a1.post1.dev1", "1.0a1.post1", "1.0b2", "1.0rc1", "1.0",
		"1.0+abc", "1.0+abc.1", "1.0+5", "1.0.post1.dev1", "1.0.post1", "1.0.1", "1.1", "1.10", "2024.1.1", "1!0.1",
	}
	for i, a := range order {
		for j, b := range order {
			want := 0
			if i < j {
				want = -1
			} else if i > j {
				want = 1
			}
			if got := MustVersion(a).Compare(MustVersion(b)); got != want {
				t.Errorf("Compare(%s, %s) = %d, want %d", a, b, got, want)
			}
		}
	}
}

func TestVersionString(t *testing.T) {
	test := func(in, want string) {
		t.Helper()
		v, err := ParseVersion(in)
		if err != nil || v.String() != want {
			t.Errorf("ParseVersion(%q) = %q, %v, want %q", in, v, err, want)
		}
	}
	test(" v1.0 ", "1.0")
	test("1.0-1", "1.0.post1")
	test("1.0.RC1", "1.0rc1")
	test("1.0alpha", "1.0a0")
	test("1.0c2", "1.0rc2")
	test("1.0rev3", "1.0.post3")
	test("1.0-preview-4_post-5.dev-6+CU.128-0", "1.0rc4.post5.dev6+cu.128.0")
	test("01!007.0", "1!7.0")
	test("1.0a.", "1.0a0")

	for _, bad := range []string{"", "1.", "1.0+", "1.0 2", "french toast", "1.0-x", "99999999999999999999", "1.0.*", "1!", "+1"} {
		if v, err := ParseVersion(bad); err == nil {
			t.Errorf("ParseVersion(%q) = %v, want an error", bad, v)
		}
	}
	if got := MustVersion("2.7.1+cu128"); got.Local() != "cu128" || got.Public().String() != "2.7.1" {
		t.Errorf("local, public = %q, %q", got.Local(), got.Public())
	}
}

func TestFilter(t *testing.T) {
	test := func(spec string, pre bool, want ...string) {
		t.Helper()
		l, err := ParseSpecifiers(spec)
		if err != nil {
			t.Fatal(err)
		}
		var in []Version
		for _, s := range []string{"0.9", "1.0", "2.0rc1", "3.0.dev1"} {
			in = append(in, MustVersion(s))
		}
		var got []string
		for _, v := range l.Filter(in, pre) {
			got = append(got, v.String())
		}
		if !slices.Equal(got, want) {
			t.Errorf("Filter(%q, %v) = %v, want %v", spec, pre, got, want)
		}
	}
	test("", false, "0.9", "1.0")
	test("", true, "0.9", "1.0", "2.0rc1", "3.0.dev1")
	test(">1", false, "2.0rc1", "3.0.dev1") // nothing else matches
	test(">=0.9rc1", false, "0.9", "1.0", "2.0rc1", "3.0.dev1")
	test("!=0.9rc1", false, "0.9", "1.0")
	test(">=0.9,<2", false, "0.9", "1.0")
}

func TestSpecifiers(t *testing.T) {
	l, err := ParseSpecifiers(" >= 1.0 , <2,, !=1.5.* ,")
	if err != nil || l.String() != ">=1.0,<2,!=1.5.*" || l.Canonical() != "!=1.5.*,<2,>=1.0" {
		t.Errorf("got %q, %q, %v", l, l.Canonical(), err)
	}
	for _, bad := range []string{">=1.0 <2", "1.0", ">=", "~=1", ">=1.*", "==1.0rc1.*", "==1.0+a.*", "<=1.0+a", "=1.0", "===", "==french"} {
		if l, err := ParseSpecifiers(bad); err == nil {
			t.Errorf("ParseSpecifiers(%q) = %v, want an error", bad, l)
		}
	}
	pinned := func(s string, want bool) {
		t.Helper()
		if l, _ := ParseSpecifiers(s); l.Pinned() != want {
			t.Errorf("%q pinned = %v", s, !want)
		}
	}
	pinned("==1.0", true)
	pinned("===1.0", true)
	pinned("==1.*", false)
	pinned(">=1.0", false)
}

func TestMarker(t *testing.T) {
	env := DefaultTarget().Env()
	test := func(in string, want bool, extras ...string) {
		t.Helper()
		m, err := ParseMarker(in)
		if err != nil {
			t.Errorf("ParseMarker(%q): %v", in, err)
			return
		}
		if got := m.Eval(env, extras...); got != want {
			t.Errorf("Eval(%q, %v) = %v, want %v", in, extras, got, want)
		}
		again, err := ParseMarker(m.String())
		if err != nil || again.String() != m.String() || again.Eval(env, extras...) != want {
			t.Errorf("%q prints as %q, which reads as %q, %v", in, m, again, err)
		}
	}
	test(`python_version >= "3.10"`, true)
	test(`python_version<'3.9'`, false)
	test(`'3.8' <= python_version`, true)
	test(`python_version in "3.10, 3.11"`, true)
	test(`python_full_version == "3.11.*"`, true)
	test(`python_version ~= "3.10"`, true)
	test(`sys_platform == "linux" and platform_machine == "x86_64"`, true)
	test(`sys_platform == "win32" or os_name == "posix" and platform_system != "Darwin"`, true)
	test(`(sys_platform == "win32" or os_name == "posix") and platform_system == "Darwin"`, false)
	test(`"lin" in sys_platform`, true)
	test(`platform_machine not in "s390x, ppc64le"`, true)
	test(`platform_release >= "20"`, false)
	test(`implementation_name == "cpython" and python_implementation == 'CPython' and os.name == "posix"`, true)
	test(`sys_platform > "a"`, false) // no order of texts
	test(`extra == "Standard_X"`, true, "standard-x")
	test(`extra == "standard"`, false)
	test(`extra != "standard"`, true)
	test(`extra == "a" and extra == "b"`, false, "a", "b") // one at a time
	test(`extra == "b"`, true, "a", "b")
	test(`((extra == "b"))`, true, "b")
	test(`os_name == "it's"`, false)
	test(`os_name == 'say "x"'`, false)

	for _, bad := range []string{"", "python_version", "python_version >", "x == 'y'", "os_name == 'a", "(os_name == 'a'", "os_name == 'a' and", "os_name == 'a' xor os_name == 'b'", "os_name not 'a'"} {
		if m, err := ParseMarker(bad); err == nil {
			t.Errorf("ParseMarker(%q) = %v, want an error", bad, m)
		}
	}
}

func TestMarkerLock(t *testing.T) {
	test := func(in string, want bool) {
		t.Helper()
		if got := MustMarker(in).EvalLock(Env{}, []string{"a", "extra-3-foo-cpu"}, []string{"dev"}); got != want {
			t.Errorf("EvalLock(%q) = %v, want %v", in, got, want)
		}
	}
	test(`extra == 'a' and extra == 'extra-3-foo-cpu'`, true)
	test(`extra != 'a'`, false)
	test(`'a' in extras`, true)
	test(`'b' not in extras and 'dev' in dependency_groups`, true)
}

func TestRequirement(t *testing.T) {
	test := func(in, want string) {
		t.Helper()
		r, err := ParseRequirement(in)
		if err != nil {
			t.Errorf("ParseRequirement(%q): %v", in, err)
			return
		}
		if got := r.String(); got != want {
			t.Errorf("ParseRequirement(%q) = %q, want %q", in, got, want)
		}
	}
	test("Foo.Bar", "Foo.Bar")
	test("uvicorn [standard] >= 0.30 , < 1.0", "uvicorn[standard]>=0.30,<1.0")
	test(`requests[socks, Security_X]>=2.8.1,==2.*;python_version<"4"`, `requests[socks,security-x]>=2.8.1,==2.*; python_version < "4"`)
	test("name (>=1,<2)", "name>=1,<2")
	test("name()", "name")
	test("name[]", "name")
	test("name-at @ https://example.org/a-2.0.tar.gz ; python_version >= '3.9'", `name-at @ https://example.org/a-2.0.tar.gz ; python_version >= "3.9"`)
	test("pip@git+https://github.com/pypa/pip.git@24.0", "pip @ git+https://github.com/pypa/pip.git@24.0")
	test("foo===1.0-weird", "foo===1.0-weird")
	test("a>=1,", "a>=1")
	test("a_; (os_name == 'nt') and (extra == 'x' or extra == 'y')", `a_; os_name == "nt" and (extra == "x" or extra == "y")`)
	test("\ttorch==2.7.1+cpu\n", "torch==2.7.1+cpu")

	bad := func(in string, offset int) {
		t.Helper()
		r, err := ParseRequirement(in)
		var syntax *SyntaxError
		if !errors.As(err, &syntax) {
			t.Errorf("ParseRequirement(%q) = %v, %v, want a SyntaxError", in, r, err)
		} else if syntax.Offset != offset {
			t.Errorf("ParseRequirement(%q) fails at %d, want %d: %v", in, syntax.Offset, offset, err)
		}
	}
	bad("", 0)
	bad("-e .", 0)
	bad("a,", 1)
	bad("a>=1,,<2", 5)
	bad("torch==2.5.1 --index-url https://x", 13)
	bad("torch 2.5", 6)
	bad("torch=2.5", 5)
	bad("a[b", 1)
	bad("a[b c]", 4)
	bad("a[b,]", 3)
	bad("a (>=1", 2)
	bad("a @ ", 4)
	bad("a; python_version", 17)
	bad("a>=1.*", 4)
	bad("./wheels/a.whl", 0)
}

func TestTargetTags(t *testing.T) {
	test := func(python, platform, tag string, want bool) {
		t.Helper()
		target, err := ParseTarget(python, platform)
		if err != nil {
			t.Fatal(err)
		}
		w, err := ParseWheelName("x-1-" + tag + ".whl")
		if err != nil {
			t.Fatal(err)
		}
		if _, got := target.Rank(w); got != want {
			t.Errorf("%v takes %s = %v, want %v", target, tag, got, want)
		}
	}
	test("3.11", "linux/amd64", "cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64", true)
	test("3.11", "linux/amd64", "cp38-abi3-manylinux1_x86_64", true)
	test("3.11", "linux/amd64", "cp312-abi3-manylinux1_x86_64", false)
	test("3.11", "linux/amd64", "cp311-cp311-manylinux_2_39_x86_64", false)
	test("3.11", "linux-glibc2.41/amd64", "cp311-cp311-manylinux_2_39_x86_64", true)
	test("3.11", "linux/amd64", "cp311-cp311-musllinux_1_1_x86_64", false)
	test("3.11", "linux/amd64", "py2.py3-none-any", true)
	test("3.11", "linux/amd64", "py2-none-any", false)
	test("3.11", "linux/amd64", "py310-none-any", true)
	test("3.11", "linux/amd64", "cp310-none-any", false)
	test("3.11", "linux/arm64", "cp311-cp311-manylinux2014_aarch64", true)
	test("3.11", "linux/arm64", "cp311-cp311-manylinux_2_12_aarch64", false)
	test("3.12", "linux-musl/amd64", "cp312-cp312-musllinux_1_2_x86_64", true)
	test("3.12", "linux-musl/amd64", "cp312-cp312-manylinux2014_x86_64", false)
	test("3.13", "macos/arm64", "cp313-cp313-macosx_11_0_arm64", true)
	test("3.13", "macos/arm64", "cp313-cp313-macosx_10_13_universal2", true)
	test("3.13", "macos/arm64", "cp313-cp313-macosx_10_13_x86_64", false)
	test("3.13", "darwin/x86_64", "cp313-cp313-macosx_10_9_x86_64", true)
	test("3.14", "windows/amd64", "cp314-cp314-win_amd64", true)
	test("3.14", "windows/amd64", "cp314-cp314-win32", false)
	test("3.14", "windows/amd64", "cp314-cp314t-win_amd64", false)

	a, _ := ParseTarget("3.11", "linux/x86_64")
	if a != DefaultTarget() {
		t.Error("two readings of one target are not ==")
	}
	for _, bad := range [][2]string{{"2.7", ""}, {"3.8", ""}, {"3", ""}, {"x", ""}, {"", "linux/mips"}, {"", "plan9/amd64"}, {"", "windows/arm64"}, {"", "linux"}, {"", "linux9/amd64"}, {"3.11rc1", ""}} {
		if target, err := ParseTarget(bad[0], bad[1]); err == nil {
			t.Errorf("ParseTarget(%q) = %v, want an error", bad, target)
		}
	}
}

// The more specific tag wins: own ABI, stable ABI, newer glibc, platform before any.
func TestTagOrder(t *testing.T) {
	last := -1
	for _, name := range []string{
		"cp311-cp311-manylinux_2_28_x86_64", "cp311-cp311-manylinux_2_17_x86_64", "cp311-cp311-manylinux2014_x86_64", "cp311-cp311-linux_x86_64",
		"cp311-abi3-manylinux1_x86_64", "cp310-abi3-manylinux_2_28_x86_64", "py3-none-manylinux_2_17_x86_64", "cp311-none-any", "py311-none-any", "py3-none-any", "py310-none-any",
	} {
		w, err := ParseWheelName("x-1-" + name + ".whl")
		if err != nil {
			t.Fatal(err)
		}
		rank, ok := DefaultTarget().Rank(w)
		if !ok || rank <= last {
			t.Errorf("rank of %s = %d, %v; want more than %d", name, rank, ok, last)
		}
		last = rank
	}
}

func TestWheelName(t *testing.T) {
	w, err := ParseWheelName("Foo_Bar-1.0.post1+cu128-2b-cp311-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64.whl")
	if err != nil || w.Name != "foo-bar" || w.Version.String() != "1.0.post1+cu128" || w.Build != "2b" || len(w.Platform) != 2 {
		t.Errorf("got %+v, %v", w, err)
	}
	for _, bad := range []string{"", "x.whl", "x-1-py3-none-any.zip", "x-y-py3-none-any.whl", "x-1-b-py3-none-any.whl", "x-1--none-any.whl", "x-1-2-3-py3-none-any.whl"} {
		if w, err := ParseWheelName(bad); err == nil {
			t.Errorf("ParseWheelName(%q) = %+v, want an error", bad, w)
		}
	}
	if project, tags, ok := CutTags("a_b-1-2b-py2.py3-none-any.whl"); !ok || project != "a_b-1-2b" || tags != "py2.py3-none-any" {
		t.Errorf("CutTags = %q, %q, %v", project, tags, ok)
	}
	if _, _, ok := CutTags("a-1.tar.gz"); ok {
		t.Error("CutTags takes a source distribution for a wheel")
	}
	if CompareBuild("2", "10x") != -1 || CompareBuild("10x", "2") != 1 || CompareBuild("", "0") != -1 || CompareBuild("1a", "1b") != -1 || CompareBuild("2", "2") != 0 {
		t.Error("build tags are out of order")
	}
	if v, ok := SdistVersion("docopt-ng-0.9.0-1.tar.gz", "docopt-ng"); !ok || v.String() != "0.9.0.post1" {
		t.Errorf("SdistVersion = %v, %v", v, ok)
	}
	if _, ok := SdistVersion("docopt-0.9.0.exe", "docopt"); ok {
		t.Error("an .exe is no sdist")
	}
}
