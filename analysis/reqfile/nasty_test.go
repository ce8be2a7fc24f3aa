package reqfile

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestNasty gives bad input to the readers: what is wrong is said in a sentence
// and what is good is kept.
func TestNasty(t *testing.T) {
	// test writes files, loads the first name, and wants so many requirements
	// and packages, and the texts in the error and the warnings.
	test := func(what, name string, files map[string]string, reqs, pkgs int, want ...string) {
		t.Helper()
		dir := writeFiles(t, files)
		doc, err := Load(t.Context(), filepath.Join(dir, name), Options{Env: func(string) string { return "" }})
		var said strings.Builder
		if err != nil {
			said.WriteString(err.Error() + "\n")
		}
		got := [2]int{}
		if doc != nil {
			got[0] = len(doc.Requirements)
			if doc.Lock != nil {
				got[1] = len(doc.Lock.Packages)
			}
			for _, w := range doc.Warnings {
				said.WriteString(w.String() + "\n")
			}
		}
		if got != [2]int{reqs, pkgs} {
			t.Errorf("%s: %d requirements and %d packages, want %d and %d; said:\n%s", what, got[0], got[1], reqs, pkgs, said.String())
		}
		for _, w := range want {
			if !strings.Contains(said.String(), w) {
				t.Errorf("%s: nothing says %q; said:\n%.2000s", what, w, said.String())
			}
		}
		if said.Len() > 40_000 {
			t.Errorf("%s: the messages have %d bytes", what, said.Len())
		}
		t.Logf("%s: %.300s", what, said.String())
	}
	one := func(what, name, content string, reqs, pkgs int, want ...string) {
		t.Helper()
		test(what, name, map[string]string{name: content}, reqs, pkgs, want...)
	}
	uv := "version = 1\nrevision = 3\nrequires-python = \">=3.10\"\n\n[[package]]\nname = \"app\"\nversion = \"1\"\nsource = { virtual = \".\" }\ndependencies = [\n    { name = \"idna\" },\n]\n\n[[package]]\nname = \"idna\"\nversion = \"3.10\"\nsource = { registry = \"https://pypi.org/simple\" }\nwheels = [\n    { url = \"https://x/idna-3.10-py3-none-any.whl\", hash = \"sha256:aa\", size = 70442 },\n]\n"

	one("empty file", "requirements.txt", "", 0, 0)
	one("blank file", "requirements.txt", "\n \n# nothing\n", 0, 0)
	one("NULs in a line", "requirements.txt", "flask\nnum\x00py\nidna\n", 2, 0, "requirements.txt:2: this line holds a NUL byte")
	one("all NULs", "requirements.txt", strings.Repeat("\x00", 5000), 0, 0, "not a requirements or lock file: it is binary")
	one("a program", "requirements.txt", "\x7fELF\x02\x01\x01"+strings.Repeat("\x00", 300), 0, 0, "it is a program")
	one("an image", "requirements.txt", strings.Repeat("a", 257)+"ustar\x0000"+strings.Repeat("\x00", 2000), 0, 0, "tar archive; if it is a saved image")
	one("gzip", "requirements.txt", "\x1f\x8b\x08\x00abc", 0, 0, "gzip-compressed")
	one("a wheel", "uv.lock", "PK\x03\x04\x14\x00", 0, 0, "zip archive or a wheel")
	one("HTML", "requirements.txt", "<!DOCTYPE html>\n<html><body>404</body></html>\n", 0, 0, "it is HTML or XML")
	one("other JSON", "package-lock.json", "{\"name\": \"x\", \"dependencies\": {}}", 0, 0, "only Pipfile.lock is read")
	one("other TOML", "Cargo.lock", "version = 3\n\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\nsource = \"registry+https://x\"\n", 0, 0, "TOML of a kind that is not read")
	one("Python", "setup.py", "from setuptools import setup\nsetup(name='x')\n", 0, 0, "none of its lines is a requirement")
	one("invalid UTF-8", "requirements.txt", "flask  # caf\xe9\nidna\n", 2, 0, "not valid UTF-8")
	one("a lone BOM of UTF-16", "requirements.txt", "\xff\xfef", 0, 0, "byte by byte")
	one("an unknown coding", "requirements.txt", "# -*- coding: klingon -*-\nflask\n", 1, 0, "klingon")
	one("a long line", "requirements.txt", "flask\n"+strings.Repeat("x", 2<<20)+"\nidna\n", 2, 0, "requirements.txt:2: this line is longer than a megabyte")
	one("many bad lines", "requirements.txt", "flask\n"+strings.Repeat("= nonsense\n", 50_000), 1, 0, "49900 more lines could not be read")
	one("a bad line", "requirements.txt", "flask\nnumpy=1.2\ntorch==\nidna\n--frobnicate\n-r\n", 2, 0, `did you mean "=="?`, ":3:", "no option", "-r needs a value")
	one("an open quote", "requirements.txt", "flask\nx --global-option=\"a\n", 1, 0, "the quote \" is not closed")
	one("a hash of a weak kind", "requirements.txt", "x --hash=md5:aa\ny --hash=zz\n", 0, 0, "sha256, sha384 and sha512", "needs an algorithm")
	one("a variable", "requirements.txt", "flask\n${PKG}==1\n", 1, 0, "the environment variable PKG is not set")
	one("a swallowed line", "requirements.txt", "flask  # one \\\nnumpy\nidna\n", 2, 0, "requirements.txt:2: the comment on the line before")
	one("a backslash at the end", "requirements.txt", "flask \\", 1, 0)
	test("a cycle", "a.txt", map[string]string{"a.txt": "flask\n-r b.txt\n", "b.txt": "-r sub/../a.txt\nidna\n"}, 2, 0, "this file includes itself", "b.txt:1")
	test("a missing include", "a.txt", map[string]string{"a.txt": "flask\n-r b.txt\n"}, 1, 0, "a.txt:2: the included file", "does not exist")
	test("an include outside", "sub/a.txt", map[string]string{"sub/a.txt": "-r ../b.txt\n", "b.txt": "flask\n"}, 1, 0, "lies outside")
	test("an include of a folder", "a.txt", map[string]string{"a.txt": "-r sub\nflask\n", "sub/x": ""}, 1, 0, "it is a folder")
	test("an include of a lock", "a.txt", map[string]string{"a.txt": "-r uv.lock\nflask\n", "uv.lock": uv}, 1, 0, "it has the form of uv.lock")
	test("an include of the network", "a.txt", map[string]string{"a.txt": "-r https://u:secret@x/r.txt\nflask\n"}, 1, 0, "https://u:****@x/r.txt is on the network")
	doubling := map[string]string{"00.txt": "flask\n"}
	for i := 1; i < 30; i++ {
		doubling[itoa(i)+".txt"] = strings.Repeat("-r "+itoa(i-1)+".txt\n", 2)
	}
	test("includes that double", "29.txt", doubling, 239, 0, "more than 500 files")
	one("a truncated uv.lock", "uv.lock", uv[:len(uv)-60], 1, 1, "the file seems to be cut off, and what begins at line 13 was left out")
	one("a damaged uv.lock", "uv.lock", strings.Replace(uv, `version = "3.10"`, `version = 3.10`, 1)+"\n[[package]]\nname = \"flask\"\nversion = \"1\"\n", 1, 2, "the part that begins at line 13 was left out")
	one("a version that is none", "uv.lock", strings.Replace(uv, `"3.10"`, `"three"`, 1), 1, 2, "not one that pip knows")
	one("a marker that is none", "uv.lock", strings.Replace(uv, `{ name = "idna" }`, `{ name = "idna", marker = "moon == 'full'" }`, 1), 1, 2, "taken as true")
	one("a package without a name", "uv.lock", strings.Replace(uv, "name = \"idna\"\n", "", 1), 1, 1, "uv.lock:13: a package without a name")
	one("a newer uv.lock", "uv.lock", strings.Replace(uv, "version = 1\n", "version = 9\n", 1), 1, 2, "newer than version 1")
	one("arrays nested", "uv.lock", uv+"x = "+strings.Repeat("[", 1_000_000), 0, 0, "nested deeper than 100")
	one("tables nested", "pyproject.toml", "[project]\nname=\"x\"\nx = "+strings.Repeat("{a=", 200_000), 0, 0, "pyproject.toml:3: tables are nested deeper")
	one("keys nested", "pyproject.toml", "[project]\nname=\"x\"\n"+strings.Repeat("a.", 200_000)+"b = 1\n", 0, 0, "nested deeper")
	one("a header nested", "pyproject.toml", "[project]\nname=\"x\"\n[tool."+strings.Repeat("a.", 200_000)+"b]\n", 0, 0, "nested deeper")
	one("groups in a ring", "pyproject.toml", "[project]\nname=\"x\"\n[dependency-groups]\na = [\"idna\", {include-group = \"b\"}]\nb = [{include-group = \"A\"}, \"flask\", {include-group=\"none\"}]\n", 4, 0, "includes itself", "does not exist")
	one("a wrong type", "pyproject.toml", "[project]\nname=\"x\"\ndependencies = \"flask\"\n\n[dependency-groups]\ndev = [\"idna\"]\n", 1, 0, "pyproject.toml:3", "was left out")
	one("computed dependencies", "pyproject.toml", "[project]\nname=\"x\"\ndynamic = [\"dependencies\"]\n[build-system]\nbuild-backend = \"hatchling.build\"\n", 0, 0, "computed by the build (hatchling.build)")
	one("a truncated Pipfile.lock", "Pipfile.lock", "{\"_meta\": {\"pipfile-spec\": 6},\n\"default\": {\n\"idna\": {\"version\": \"==3.10\"},\n\"fla", 1, 1, "it seems to be cut off; 1 packages before it were read")
	one("a wrong type in Pipfile.lock", "Pipfile.lock", "{\"_meta\": {},\n\"default\": {\n\"flask\": {\"version\": 5},\n\"idna\": {\"version\": \"==3.10\"}}}", 2, 2, "Pipfile.lock:3: a value has the wrong type")
	one("deep JSON", "Pipfile.lock", "{\"_meta\": "+strings.Repeat("[", 200_000), 0, 0, "not valid JSON")
	one("a truncated environment", "environment.yml", "dependencies:\n  - python=3.11\n  - pip:\n    - flask\n   - x", 0, 0, "not valid YAML")
	one("YAML that multiplies", "environment.yml", "a: &a [x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\ndependencies:\n  - *c\n  - pip: [flask]\n", 1, 0, "a dependency is a text")
	one("deep YAML", "environment.yml", "dependencies:\n  - "+strings.Repeat("[", 200_000), 0, 0, "not valid YAML")
	one("an empty uv.lock", "uv.lock", "version = 1\nrequires-python = \">=3.12\"\n", 0, 0)
	test("a folder with nothing", "sub", map[string]string{"sub/readme.md": "x"}, 0, 0, "a folder without requirements.txt")
	test("a folder", "sub", map[string]string{"sub/uv.lock": uv, "sub/requirements.txt": "a\n"}, 1, 2, "chosen from 2 files of the folder; the others are requirements.txt")
	test("nothing there", "none.txt", nil, 0, 0, "no such file")
}

func itoa(i int) string { return string(rune('0'+i/10)) + string(rune('0'+i%10)) }

// TestLarge refuses what is too large before it is read.
func TestLarge(t *testing.T) {
	path := filepath.Join(t.TempDir(), "requirements.txt")
	if err := errors.Join(os.WriteFile(path, nil, 0o666), os.Truncate(path, 100e6)); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(t.Context(), path, Options{}); err == nil || !strings.Contains(err.Error(), "it has 100 MB or more; files over 32.0 MB are not read") {
		t.Errorf("Load = %v", err)
	}
	_, err := Parse(t.Context(), endless{}, "requirements.txt", Options{MaxBytes: 1e6})
	if err == nil || !strings.Contains(err.Error(), "files over 1.00 MB are not read") {
		t.Errorf("Parse = %v", err)
	}
}

// endless is a line without an end.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

// TestPipe refuses to open what could block.
func TestPipe(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o666); err != nil {
		t.Skip(err)
	}
	path := filepath.Join(dir, "r.txt")
	if err := os.WriteFile(path, []byte("-r pipe\nflask\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	doc, err := Load(t.Context(), path, Options{})
	if len(doc.Requirements) != 1 || err == nil || !strings.Contains(err.Error(), "a pipe or a device") {
		t.Errorf("Load = %v", err)
	}
}

// TestCanceled stops and keeps what was read.
func TestCanceled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := Parse(ctx, strings.NewReader("flask\n"), "r.txt", Options{})
	if err == nil || !strings.Contains(err.Error(), "canceled") {
		t.Errorf("Parse = %v", err)
	}
}

func TestFormatError(t *testing.T) {
	_, err := Parse(t.Context(), strings.NewReader("{}"), "x.json", Options{})
	var f *FormatError
	if !errors.As(err, &f) || f.File != "x.json" {
		t.Errorf("Parse = %v, which is no FormatError", err)
	}
}
