package reqfile

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestWarnings names the codes that a file gives.
func TestWarnings(t *testing.T) {
	test := func(text string, want ...string) {
		t.Helper()
		doc, _ := Parse(t.Context(), strings.NewReader(text), "r.txt", Options{Env: func(string) string { return "" }})
		var got []string
		for _, w := range doc.Warnings {
			got = append(got, fmt.Sprintf("%s@%d", w.Code, w.Line))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: warnings are %v, want %v", text, got, want)
		}
	}
	test("torch==2.5.1 --index-url https://x\n", "index-on-line@1")
	test("torch --extra-index-url https://x --pre -r y\n", "index-on-line@1", "option-on-line@1", "include-on-line@1")
	test("--extra-index-url https://x\n--index-url https://y\n", "index-reset@2")
	test("--index-url https://y\n--extra-index-url https://x\n")
	test("numpy<2\nflask\nNumPy>=1\n", "required-twice@3")
	test("numpy<2\nnumpy <2\n")
	test("numpy==1; python_version < '3.9'\nnumpy==2; python_version >= '3.9'\n")
	test("a==1\nb==1\nc==1\nd==1\ne>=1\n", "unpinned@5")
	test("a==1\nb==1\nc==1\nd\ne>=1\n")
	test("-e git+https://x/y#egg=y ; python_version < '3'\n", "editable-rest@1")
	test("--hash=sha256:aa\n--pre junk\n-f a -f b\n", "option-ignored@1", "words-ignored@2", "option-ignored@3")
	test("-r other.txt\n", "include-not-read@1")
	test("-c https://x/c.txt\n", "include-not-fetched@1")
	test("numpy --no-binary numpy\n")
}

func TestIndexes(t *testing.T) {
	test := func(text, want string) {
		t.Helper()
		doc, err := Parse(t.Context(), strings.NewReader(text), "r.txt", Options{})
		if err != nil {
			t.Error(err)
		}
		var got []string
		for _, x := range doc.Indexes(Index{URL: URL{"pypi"}}) {
			got = append(got, x.URL.String())
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("%q: indexes are %q, want %q", text, s, want)
		}
	}
	test("", "pypi")
	test("--extra-index-url a", "pypi a")
	test("-i a\n--extra-index-url b", "a b")
	test("--extra-index-url b\n-i a\n", "a")
	test("--extra-index-url c --index-url a -i b", "b c")
	test("-i a\n--no-index\n-i b", "")
}

func TestFormatControl(t *testing.T) {
	doc, _ := Parse(t.Context(), strings.NewReader("--no-binary Foo,bar\n--only-binary=foo\nx --no-binary y_z\n--only-binary :none:\n"), "r.txt", Options{})
	if got := fmt.Sprint(doc.NoBinary, doc.OnlyBinary); got != "[bar y-z] []" {
		t.Errorf("format control is %s", got)
	}
}

func TestRedact(t *testing.T) {
	test := func(in, want string) {
		t.Helper()
		if got := redact(in); got != want {
			t.Errorf("redact(%q) = %q, want %q", in, got, want)
		}
	}
	test("https://user:pass@host/simple", "https://user:****@host/simple")
	test("https://token@host/simple", "https://****@host/simple")
	test("https://a:p@ss@host/", "https://a:****@host/")
	test("git+ssh://git@github.com/o/r.git@v1", "git+ssh://git@github.com/o/r.git@v1")
	test("git+https://ghp_x@github.com/o/r.git@v1", "git+https://****@github.com/o/r.git@v1")
	test("https://host/a@b", "https://host/a@b")
	test("x @ https://u:p@h/x.zip # https://u:q@h", "x @ https://u:****@h/x.zip # https://u:****@h")
}

// TestSecrets sees to it that nothing that is printed or stored shows a
// password, and that what opens an address has it.
func TestSecrets(t *testing.T) {
	text := "-i https://u:s3cret@x/simple\n-f https://u:s3cret@x/f\nname @ https://u:s3cret@x/name-1.zip\n-e git+https://s3cret@x/r#egg=r\n${V}\nbad= https://u:s3cret@x\ntorch -i https://u:s3cret@x # https://u:s3cret@x\n"
	doc, err := Parse(t.Context(), strings.NewReader(text), "r.txt", Options{Env: func(string) string { return "q @ https://u:s3cret@x/q.zip" }})
	// The unexported parts hold it on purpose.
	js, _ := json.Marshal(doc)
	said := fmt.Sprint(err, doc.IndexURLs, doc.FindLinks, doc.Warnings) + string(js)
	for _, r := range doc.Requirements {
		said += fmt.Sprint(r.Requirement, r.Text, r.Link(), r.Comment)
	}
	if strings.Contains(said, "s3cret") {
		t.Errorf("the password is shown: %s", said)
	}
	if len(doc.Requirements) != 4 || doc.Requirements[0].Link().Secret() != "https://u:s3cret@x/name-1.zip" || doc.IndexURLs[0].URL.Secret() != "https://u:s3cret@x/simple" {
		t.Errorf("requirements are %v", doc.Requirements)
	}
}

func TestSplitShell(t *testing.T) {
	test := func(in string, want ...string) {
		t.Helper()
		if got, err := splitShell(in); err != nil || !slices.Equal(got, want) {
			t.Errorf("splitShell(%q) = %q, %v, want %q", in, got, err, want)
		}
	}
	test("")
	test(" a  b\tc ", "a", "b", "c")
	test(`a"b c"d 'e\f' g\ h`, "ab cd", `e\f`, "g h")
	test(`"a\"b\\c\d" ''`, `a"b\c\d`, "")
}

func TestLineEnds(t *testing.T) {
	text := "a\r\nb\nc\rd\x0be\x0cf\x1cg\x1eh\u0085i\u2028j\u2029k\x1fl"
	var got []string
	for _, l := range splitLines(text) {
		got = append(got, l.text)
	}
	if want := "a|b|c|d|e|f|g|h|i|j|k\x1fl"; strings.Join(got, "|") != want {
		t.Errorf("lines are %q", got)
	}
}

func TestEncodings(t *testing.T) {
	test := func(data, want string) {
		t.Helper()
		text, cs, _ := decode([]byte(data))
		if text != want {
			t.Errorf("decode(%q) = %q, want %q", data, text, want)
		}
		if back, ok := cs.encode(text); !ok || string(back) != data {
			t.Errorf("decode(%q) does not go back: %q", data, back)
		}
	}
	test("é", "é")
	test("\xef\xbb\xbfé", "é")
	test("\xff\xfeé"[:2]+"\xe9\x00", "é")
	test("\xfe\xff\x00\xe9", "é")
	test("\xff\xfe\x00\x00\xe9\x00\x00\x00", "é")
	test("\x00\x00\xfe\xff\x00\x00\x00\xe9", "é")
	test("# coding: latin-1\n\xe9", "# coding: latin-1\né")
	test("\xe9", "é")
	test("\xff\xfe\xe9", "ÿþé")
}

func TestPoetrySpecifiers(t *testing.T) {
	test := func(in, want string, exact bool) {
		t.Helper()
		got, ok, err := poetrySpecifiers(in)
		if err != nil || got.String() != want || ok != exact {
			t.Errorf("poetrySpecifiers(%q) = %q, %v, %v, want %q, %v", in, got, ok, err, want, exact)
		}
	}
	test("*", "", true)
	test("", "", true)
	test("1.2", "==1.2", true)
	test("^1.2.3", ">=1.2.3,<2.0.0", true)
	test("^0.2.3", ">=0.2.3,<0.3.0", true)
	test("^0.0.3", ">=0.0.3,<0.0.4", true)
	test("^0.0", ">=0.0,<0.1", true)
	test("^0", ">=0,<1", true)
	test("^5.5.2.20210804", ">=5.5.2.20210804,<6.0.0.0", true)
	test("~1.2.3", ">=1.2.3,<1.3.0", true)
	test("~1.2", ">=1.2,<1.3", true)
	test("~1", ">=1,<2", true)
	test("~=1.2", "~=1.2", true)
	test("1.2.*", "==1.2.*", true)
	test(">=1, <2", ">=1,<2", true)
	test(">=1 <2", ">=1,<2", true)
	test(">= 1.2 , != 1.3", ">=1.2,!=1.3", true)
	test("<4.7.0 || >4.7.0", "!=4.7.0", true)
	test(">=1,<2.1.dev0 || >=2.2.dev0,<3", ">=1,<3,!=2.1.*", true)
	test("^2.7 || ^3.6", ">=2.7,<4.0", false)
	test("^1 || *", "", true)
	if _, _, err := poetrySpecifiers("latest"); err == nil {
		t.Error("poetrySpecifiers(latest) gives no error")
	}
}

func TestDetect(t *testing.T) {
	test := func(name, text string, want Format) {
		t.Helper()
		if got := Detect([]byte(text), name); got != want {
			t.Errorf("Detect(%s, %q) = %q, want %q", name, text, got, want)
		}
	}
	for format, list := range seeds {
		for _, s := range list {
			test("anything.bin", s, format)
		}
	}
	test("requirements.txt", "flask\n[dev]\npytest\n", Requirements)
	test("requirements.txt", "x=1\n", Requirements)
	test("uv.lock", "", Requirements)
	test("pyproject.toml", "", Pyproject)
	test("pyproject.toml", "[other]\na = 1\n", Pyproject)
	test("x.toml", "[other]\na = 1\n", "")
	test("Pipfile", "[packages]\n", Pipfile)
}

// lists returns the requirements as "group/extra: text @ line".
func lists(rs []Requirement) []string {
	var out []string
	for _, r := range rs {
		s := r.Requirement.String()
		if r.Group+r.Extra != "" {
			s = r.Group + "/" + r.Extra + ": " + s
		}
		out = append(out, fmt.Sprintf("%s @%d", s, r.Line))
	}
	return out
}

func TestPyproject(t *testing.T) {
	test := func(what, text string, want ...string) {
		t.Helper()
		doc, err := Parse(t.Context(), strings.NewReader(text), "pyproject.toml", Options{})
		if err != nil {
			t.Errorf("%s: %v", what, err)
		}
		if got := lists(doc.Requirements); !slices.Equal(got, want) {
			t.Errorf("%s: requirements are\n%s\nwant\n%s", what, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
	test("PEP 621", "[project]\nname = \"x\"\ndependencies = [\n  \"b>=1\",\n  'a; os_name == \"nt\"',\n]\noptional-dependencies.z = [\"c\"]\n",
		"b>=1 @4", `a; os_name == "nt" @5`, "/z: c @7")
	test("groups", "[dependency-groups]\ntest = [\"pytest\", {include-group = \"Type_s\"}]\ntype-s = [\"mypy\"]\n",
		"test/: pytest @2", "test/: mypy @3", "type-s/: mypy @3")
	test("poetry", "[tool.poetry]\nname = \"x\"\n\n[tool.poetry.dependencies]\npython = \"^3.9\"\na = \"^1.2\"\nb = {version = \"~2\", optional = true, extras = [\"e\"]}\nc = [\n  {version = \"1\", python = \"<3.10\"},\n  {version = \"2\", markers = \"python_version >= '3.10'\"},\n]\nd = {git = \"https://x/d.git\", tag = \"v1\"}\n\n[tool.poetry.group.dev.dependencies]\ne = \"*\"\n\n[tool.poetry.extras]\nz = [\"b\"]\n",
		"a>=1.2,<2.0 @6", "/z: b[e]>=2,<3 @7", `c==1; python_version < "3.10" @8`, `c==2; python_version >= "3.10" @8`, "d @ git+https://x/d.git@v1 @12", "dev/: e @15")
	test("uv", "[project]\ndependencies = [\"a\", \"b\"]\n[tool.uv]\ndev-dependencies = [\"c\"]\n[tool.uv.sources]\na = {git = \"https://x/a\", rev = \"1\"}\n", "a @ git+https://x/a@1 @2", "b @2", "dev/: c @4")
	test("pdm", "[tool.pdm.dev-dependencies]\nt = [\"a\"]\n", "t/: a @2")
}

func TestUvTool(t *testing.T) {
	text := "[project]\ndependencies = [\"torch\"]\n[tool.uv]\nconstraint-dependencies = [\"numpy<2\"]\noverride-dependencies = [\"six==1\"]\nexclude-dependencies = [\"Tri_ton\", {package = {name = \"a\"}, dependencies = [\"b\"]}]\n[[tool.uv.index]]\nname = \"cpu\"\nurl = \"https://x/cpu\"\nexplicit = true\n[tool.uv.sources]\ntorch = [{index = \"cpu\", marker = \"sys_platform == 'linux'\"}, {index = \"other\", extra = \"gpu\"}]\n"
	doc, err := Parse(t.Context(), strings.NewReader(text), "pyproject.toml", Options{})
	if err != nil {
		t.Fatal(err)
	}
	r := doc.Requirements[0]
	got := strings.TrimSpace(fmt.Sprintln(lists(doc.Constraints), lists(doc.Overrides), doc.Excluded, doc.IndexURLs[0], len(r.Sources), r.Sources[0].Index, r.Sources[0].Marker.String(), r.Sources[1].Extra, doc.Warnings[0].Code))
	want := `[numpy<2 @4] [six==1 @5] [tri-ton] {https://x/cpu cpu true false pyproject.toml 9} 2 cpu sys_platform == "linux" gpu uv-scoped`
	if got != want {
		t.Errorf("uv's settings are\n%s, want\n%s", got, want)
	}
}

func TestPipfile(t *testing.T) {
	text := "[packages]\nb = \"*\"\na = {version = \"3.*\", sys_platform = \"== 'win32'\", extras = [\"x\"]}\nc = {git = \"https://x/c\", ref = \"1\"}\n\n[dev-packages]\nd = \">=1\"\n"
	doc, err := Parse(t.Context(), strings.NewReader(text), "Pipfile", Options{})
	want := []string{"dev/: d>=1 @7", "b @2", `a[x]==3.*; sys_platform == "win32" @3`, "c @ git+https://x/c@1 @4"}
	got := lists(doc.Requirements)
	slices.Sort(got)
	slices.Sort(want)
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("requirements are %q, want %q; %v", got, want, err)
	}
}

func TestConda(t *testing.T) {
	text := "channels: [x]\ndependencies:\n- python=3.11\n- pytorch::pytorch=2.0\n- pip:\n  - -i https://x\n  - flask==3 # web\n  - bad line\n"
	doc, err := Parse(t.Context(), strings.NewReader(text), "environment.yml", Options{})
	got := fmt.Sprint(lists(doc.Requirements), doc.TargetHints, len(doc.Unknown), doc.Unknown[1].Line, doc.IndexURLs[0].URL, len(syntaxErrors(err)))
	if want := "[flask==3 @7] [==3.11.*] 2 4 https://x 1"; got != want {
		t.Errorf("the environment is %s, want %s", got, want)
	}
}

// TestDynamic follows the dependencies that setuptools takes from a file, and
// the name of a local project.
func TestDynamic(t *testing.T) {
	dir := writeFiles(t, map[string]string{
		"pyproject.toml": "[project]\nname = \"x\"\ndynamic = [\"dependencies\"]\n[tool.setuptools.dynamic]\ndependencies = {file = [\"deps.txt\"]}\n",
		"deps.txt":       "flask\n-e ./sub[e]\n", "sub/pyproject.toml": "[project]\nname = \"Sub_Project\"\ndependencies = [\"idna\"]\n"})
	doc, err := Load(t.Context(), dir, Options{})
	if err != nil || len(doc.Requirements) != 2 {
		t.Fatalf("Load = %v, %v", lists(doc.Requirements), err)
	}
	r := doc.Requirements[1]
	if r.Name != "sub-project" || r.Project == nil || len(r.Project.Requirements) != 1 || !slices.Equal(r.Extras, []string{"e"}) || r.Path != filepath.Join(dir, "sub") {
		t.Errorf("the local project is %+v", r)
	}
}

func ExampleParse() {
	doc, err := Parse(context.Background(), strings.NewReader("fastapi==0.115.14\ntorch==2.7.1 --index-url https://download.pytorch.org/whl/cpu\n=oops\n"), "requirements.txt", Options{})
	for _, r := range doc.Requirements {
		fmt.Println(r.Where(), r.Name, r.Specifiers)
	}
	fmt.Println(doc.Warnings[0].Code)
	fmt.Println(err)
	// Output:
	// requirements.txt:1 fastapi ==0.115.14
	// requirements.txt:2 torch ==2.7.1
	// index-on-line
	// requirements.txt:3: pip knows no operator "="; did you mean "=="?: =oops
}
