package evidence

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"
)

// found prints the imports of src: "3 app.db function, …".
func found(src string) string {
	var rows []string
	for _, x := range Parse([]byte(src)).Imports {
		rows = append(rows, fmt.Sprintf("%d %s%s[%s] %s", x.Line, strings.Repeat(".", x.Level), x.Module, strings.Join(x.Names, " "), x.Kind))
	}
	return strings.Join(rows, "; ")
}

func TestParse(t *testing.T) {
	test := func(src, want string) {
		t.Helper()
		if got := found(src); got != want {
			t.Errorf("%q:\n got %s\nwant %s", src, got, want)
		}
	}
	test("import a.b as c, d; from . import (x,\n # no\n y as z,)", "1 a.b[] unguarded; 1 d[] unguarded; 1 .[x y] unguarded")
	test("from ...a . b import *", "1 ...a.b[*] unguarded")
	test("import \\\n  a\nimport b", "1 a[] unguarded; 3 b[] unguarded")
	test("try: import a\nexcept (OSError, ImportError): import b\nelse: import c\nfinally: import d", "1 a[] guarded; 2 b[] guarded; 3 c[] guarded; 4 d[] unguarded")
	test("try:\n import a\nexcept ValueError:\n import b", "2 a[] unguarded; 4 b[] guarded")
	test("try:\n import a\nexcept:\n pass", "2 a[] guarded")
	test("if TYPE_CHECKING:\n import a\nelse:\n import b", "2 a[] type-checking; 4 b[] unguarded")
	test("if not t.TYPE_CHECKING: import a\nelse: import b", "1 a[] unguarded; 2 b[] type-checking")
	test("if x:\n import a\nelif TYPE_CHECKING:\n import b\nelse:\n import c", "2 a[] guarded; 4 b[] type-checking; 6 c[] guarded")
	test("class A:\n import a\n async def f(x: int = {1: 2}[1]) -> 'a:b':\n  import b\n import c", "2 a[] unguarded; 4 b[] in-function; 5 c[] unguarded")
	test("if lambda: (yield): import a", "1 a[] guarded")
	test("while x := f(): import a", "1 a[] unguarded")
	test("match x:\n case {'a': 1}: import a\n case _:\n  import b\ncase = 1\nmatch = 2\nimport c", "2 a[] guarded; 4 b[] guarded; 7 c[] unguarded")
	test("x = '''\nimport no\n'''; import a\n'import no'", "3 a[] unguarded")
	test(`x = f"{d["import"]!r:>{w}}"; import a`, "1 a[] unguarded")
	test(`x = f"{'{'}" 'b'; import a; y = rf'\{x}'; import b`, "1 a[] unguarded; 1 b[] unguarded")
	test("import importlib\nimportlib.import_module('a.b', x)\n__import__ ( \"c\" 'd')\nimport_module('.e')\nimport_module(name)\n# __import__('no')\n'''__import__(\"no\")'''",
		"1 importlib[] unguarded; 2 a.b[] dynamic; 3 cd[] dynamic")
	test("with suppress(ImportError):\n\timport a\n        import b", "2 a[] guarded; 3 b[] guarded")
	test("def f():\n\n# comment\n  '''\ndoc'''\n  import a\n\f\nimport b", "6 a[] in-function; 8 b[] unguarded")
	test("import \u210catt\ufb01", "1 Hattfi[] unguarded")
}

func TestParseOfWhatIsNoPython(t *testing.T) {
	test := func(src, wantImports, wantProblem string) {
		t.Helper()
		s := Parse([]byte(src))
		problems := fmt.Sprint(s.Problems)
		if got := found(src); got != wantImports || !strings.Contains(problems, wantProblem) {
			t.Errorf("%.60q:\n got %s, %s\nwant %s, %s", src, got, problems, wantImports, wantProblem)
		}
	}
	wide := func(s string) string {
		b := []byte{0xff, 0xfe}
		for _, u := range utf16.Encode([]rune(s)) {
			b = append(b, byte(u), byte(u>>8))
		}
		return string(b)
	}
	test("x = 'abc\nimport a", "2 a[] unguarded", "line 1: nothing ends the string")
	test("x = (1,\nimport a\nimport b", "2 a[] unguarded; 3 b[] unguarded", "line 1: nothing closes the '('")
	test("x = '''\nimport a", "", "line 1: nothing ends the string")
	test("print 'x'\nimport a", "2 a[] unguarded", "line 1: print without brackets is Python 2")
	test("if x:\nimport a", "2 a[] unguarded", "line 2: an indented block is missing")
	test("import a\x00\nimport b", "1 a[] unguarded; 2 b[] unguarded", "NUL")
	test(wide("import a\r\n"), "1 a[] unguarded", "UTF-16")
	test("\xef\xbb\xbfimport a", "1 a[] unguarded", "[]")
	test("# coding: latin-1\nx = '\xe9'; import a", "2 a[] unguarded", "[]")
	test("# coding: shift_jis\nx = '\x83\x5c'; import a", "2 a[] unguarded", "[]")
	test("# coding: nonsense\nimport a", "2 a[] unguarded", `the encoding "nonsense" that it declares is not known`)
	test("import a\rimport b\r\nimport c", "1 a[] unguarded; 2 b[] unguarded; 3 c[] unguarded", "[]")
	test("import\nfrom import x\nfrom a import\nimport b as", "", "line 1: a name is missing behind import")
	test("\x7fELF\x02\x01\x01\x00\x00'\"\"\"(((", "", "NUL")
}

// TestParseBounded gives sources that are made to be slow or deep. A parser
// whose time grew with the square of the length would not come back.
func TestParseBounded(t *testing.T) {
	const n = 1 << 20
	deep := func() string {
		var b strings.Builder
		for i := range 3000 {
			fmt.Fprintf(&b, "%sif x:\n", strings.Repeat(" ", i))
		}
		return b.String() + strings.Repeat(" ", 3000) + "import a\n"
	}
	for name, src := range map[string]string{
		"one line of 100 MB":     "x = [" + strings.Repeat("1,", 50<<20) + "]\nimport a",
		"brackets":               "x = " + strings.Repeat("(", n) + strings.Repeat(")", n) + "\nimport a",
		"open brackets":          strings.Repeat("x = (\n", n/10) + "import a",
		"blocks":                 deep(),
		"f-strings in f-strings": strings.Repeat(`f"{`, n) + "\nimport a",
		"f-strings, triple":      strings.Repeat("f\"{ '''\n", n/10) + "\nimport a",
		"braces":                 `f"` + strings.Repeat("{", n) + "\nimport a",
		"quotes":                 strings.Repeat("'\n", n) + "import a",
		"backslashes":            "x = '''" + strings.Repeat("\\", n) + "''' '''\nimport a",
		"dynamic":                "import a\n" + strings.Repeat("import_module(", n/10),
		"excepts":                "import a\ntry: pass\n" + strings.Repeat("except ImportError: pass\n", n/20),
		"tabs":                   strings.Repeat("\t", n) + "import a",
	} {
		s := Parse([]byte(src))
		if len(s.Imports) == 0 && name != "backslashes" && name != "f-strings, triple" && name != "open brackets" {
			t.Errorf("%s: no import was found: %v", name, s.Problems)
		}
		if len(s.Problems) > maxProblems {
			t.Errorf("%s: %d problems", name, len(s.Problems))
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"import a.b as c", "from .x import (y,\nz)", "try:\n import a\nexcept ImportError: pass", "f'{x!r:{y}}' rf\"{'''\n", "match x:\n case 1: import a",
		"if TYPE_CHECKING:\n\timport a\nelse: __import__('b')", "# coding: utf-7\n", "\xff\xfei\x00", "x = (\\\n'''", "async def f(): import a; import b"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		s := Parse(src)
		lines := 2 + bytes.Count(src, []byte("\n")) + bytes.Count(src, []byte("\r"))
		for _, x := range s.Imports {
			if !bytes.HasPrefix(src, []byte("\xff\xfe")) && !bytes.HasPrefix(src, []byte("\xfe\xff")) && declared(src) == "" && (x.Line < 1 || x.Line > lines) {
				t.Errorf("an import in line %d of %d", x.Line, lines)
			}
			if x.Module == "" && x.Level == 0 {
				t.Errorf("an import of nothing: %+v", x)
			}
		}
		if len(s.Problems) > maxProblems {
			t.Errorf("%d problems", len(s.Problems))
		}
		if _, err := cells(src); err == nil {
			withoutMagic(string(src))
		}
	})
}

func TestScanNastyFolders(t *testing.T) {
	dir := write(t, "-- a.py --\nimport numpy\n-- bad.ipynb --\n{\n-- sub/b.py --\nimport numpy\n-- r.ipynb --\n"+
		`{"metadata":{"kernelspec":{"language":"R"}},"cells":[{"cell_type":"code","source":"import numpy"}]}`+"\n-- pyproject.toml --\n[[\n")
	for name, target := range map[string]string{"loop": ".", "sub/up": "..", "gone.py": "nowhere.py", "self.py": "self.py"} {
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Skip(err)
		}
	}
	big, err := os.Create(filepath.Join(dir, "big.py"))
	if err != nil {
		t.Fatal(err)
	}
	if err := big.Truncate(maxSource + 1); err != nil {
		t.Fatal(err)
	}
	big.Close()
	if os.Getuid() != 0 {
		if err := os.WriteFile(filepath.Join(dir, "secret.py"), nil, 0o000); err != nil {
			t.Fatal(err)
		}
	}
	r, err := Scan(t.Context(), dir, Options{Names: names("numpy")})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Uses) != 2 || r.Files != 3 {
		t.Errorf("%d files, uses %v: links are followed once, other languages are not read", r.Files, r.Uses)
	}
	var told []string
	for _, p := range r.Problems {
		told = append(told, p.String())
	}
	got := strings.Join(told, "\n")
	for _, want := range []string{"big.py: it cannot be read: it has more than 64 MiB", "bad.ipynb: it is no notebook", "gone.py: the link leads nowhere", "self.py: the link leads nowhere, or in a circle", "pyproject.toml: it is no TOML"} {
		if !strings.Contains(got, want) {
			t.Errorf("there is no %q in\n%s", want, got)
		}
	}
	if os.Getuid() != 0 && !strings.Contains(got, "secret.py: it cannot be read: you may not read it") {
		t.Errorf("nothing is said of secret.py in\n%s", got)
	}
}
