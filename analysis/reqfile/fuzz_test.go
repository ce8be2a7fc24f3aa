package reqfile

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"weighline/analysis/pep"
)

// seeds are small files of each format.
var seeds = map[Format][]string{
	Requirements: {
		"flask==3.0 --hash=sha256:aa \\\n  --hash=sha256:bb # x\n-r other.txt\n-e ./x[a]\n",
		"--index-url https://u:p@x/simple\n--extra-index-url=https://y\n--no-binary :all:\nnumpy>=1,<2 ; python_version < '3.9'\n",
		"a @ https://x/a-1.0-py3-none-any.whl\ngit+https://x/y@z#egg=q[r]\n./w-1-py3-none-any.whl\n${X}==1\n\xe9\n",
		"\xff\xfea\x00\n\x00", "# coding: latin-1\nflask\r\n\x0bidna\x1cx\n", "flask # a \\\nb\n\\\n",
	},
	UvLock: {
		"version = 1\nrevision = 3\n[manifest]\nmembers = [\"a\"]\n[[package]]\nname = \"a\"\nversion = \"1\"\nsource = { editable = \".\" }\ndependencies = [{ name = \"b\", version = \"2\", source = { registry = \"https://x\" }, marker = \"extra == 'x'\" }]\n[package.metadata]\nrequires-dist = [{ name = \"b\", specifier = \">=1\", git = \"https://x?rev=1#2\" }]\n",
		"version = 1\nconflicts = [[{package=\"a\", extra=\"b\"}]]\n[[distribution]]\nname = \"b\"\nwheels = [{ url = \"https://x/b-1-py3-none-any.whl\", size = 3 }]\n",
	},
	PoetryLock: {
		"[[package]]\nname = \"a\"\nversion = \"1\"\npython-versions = \"^3.8 || ~2.7\"\nfiles = [{file=\"a-1.tar.gz\", hash=\"sha256:a\"}]\n[package.dependencies]\nb = {version=\"<1 || >1\", markers=\"python_version < '3'\", optional=true}\nc = [{git=\"https://x\", rev=\"1\"}, \"*\"]\n[package.source]\ntype=\"git\"\n[metadata]\nlock-version = \"2.1\"\npython-versions = \"*\"\n",
	},
	PdmLock: {
		"[metadata]\ngroups = [\"default\"]\nlock_version = \"4.5\"\n[[metadata.targets]]\nrequires_python = \">=3.9\"\n[[package]]\nname = \"a\"\nversion = \"1\"\nextras = [\"x\"]\ndependencies = [\"a==1\", \"b>=2; os_name == 'nt'\"]\n",
	},
	Pylock: {
		"lock-version = \"1.0\"\n[[packages]]\nname = \"a\"\nversion = \"1\"\nmarker = \"'x' in extras\"\nwheels = [{name=\"a\", hashes={sha256=\"1\"}}, {name=\"a\", hashes={sha256=\"2\"}}]\nsdist = {url=\"https://x/a%2B1.tar.gz\", size=1, hashes={}}\n[packages.vcs]\nurl=\"https://x\"\n",
	},
	PipfileLock: {
		"{\"_meta\":{\"pipfile-spec\":6,\"requires\":{\"python_version\":\"3.9\"},\"sources\":[{\"name\":\"p\",\"url\":\"https://x\"}]},\"default\":{\"a\":{\"version\":\"==1\",\"hashes\":[\"sha256:1\"],\"index\":\"p\"},\"b\":{\"git\":\"https://x\",\"ref\":\"1\"}},\"develop\":{\"a\":{\"version\":\"==1\"}}}",
	},
	Pipfile: {
		"[[source]]\nurl=\"https://x\"\n[packages]\na = \"*\"\nb = {version=\">=1\", sys_platform=\"== 'win32'\", extras=[\"x\"], index=\"p\"}\n[requires]\npython_version=\"3.9\"\n",
	},
	Pyproject: {
		"[project]\nname=\"x\"\ndependencies=[\"a>=1\"]\ndynamic=[\"version\"]\n[project.optional-dependencies]\ne=[\"b\"]\n[dependency-groups]\nd=[\"c\",{include-group=\"d\"}]\n[tool.uv.sources]\na={index=\"i\"}\n[[tool.uv.index]]\nname=\"i\"\nurl=\"https://x\"\n[tool.poetry.dependencies]\npython=\"^3.8\"\nq={version=\"^1.2\",optional=true}\n[tool.poetry.extras]\nz=[\"q\"]\n",
	},
	Conda: {
		"name: x\ndependencies:\n  - python=3.11\n  - numpy\n  - pip:\n    - flask==3\n    - -r x.txt\n    - &a idna\n    - *a\n",
	},
}

// fuzzFormat holds that any input is read without a crash, that the counts
// are honest and that nothing that is printed shows a password.
func fuzzFormat(f *testing.F, format Format) {
	for _, s := range seeds[format] {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		doc, err := Parse(t.Context(), bytes.NewReader(data), "x", Options{Format: format, Env: func(string) string { return "" }})
		if doc == nil {
			if err == nil {
				t.Fatal("neither a document nor an error")
			}
			return
		}
		for _, r := range doc.Requirements {
			if r.EndLine < r.Line || r.Line > doc.Files[0].Lines+1 {
				t.Errorf("%q is on lines %d to %d of %d", r.Text, r.Line, r.EndLine, doc.Files[0].Lines)
			}
		}
		if top := doc.Files[0]; top.Read < top.Items && err == nil && len(doc.Warnings) == 0 {
			t.Errorf("%d of %d items were read, and nothing says why", top.Read, top.Items)
		}
		if format == Requirements {
			fuzzSlim(t, doc)
		}
	})
}

// fuzzSlim drops every other requirement and reads the rest again.
func fuzzSlim(t *testing.T, doc *Doc) {
	drop := map[pep.Name]string{}
	for i, r := range doc.Requirements {
		if i%2 == 0 {
			drop[r.Key()] = "coding=x"
		}
	}
	out, err := Slim(doc, drop, SlimOptions{})
	if doc.sources[0].charset.damaged {
		if err == nil {
			t.Fatal("a damaged encoding is written")
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	again, err := Parse(t.Context(), bytes.NewReader(out[0].Data), "x", Options{Format: Requirements, Env: func(string) string { return "" }})
	var f *FormatError
	if again == nil && errors.As(err, &f) {
		t.Skip("what is left looks like another file")
	}
	if again == nil {
		t.Fatal(err)
	}
	var want []Requirement
	for _, r := range doc.Requirements {
		if _, ok := drop[r.Key()]; !ok {
			want = append(want, r)
		}
	}
	if got, want := strings.Join(fingerprints(again.Requirements, false), "\n"), strings.Join(fingerprints(want, false), "\n"); got != want {
		t.Errorf("read again:\n%s\nwant:\n%s\nwritten:\n%q", got, want, out[0].Data)
	}
}

func FuzzParseRequirements(f *testing.F) { fuzzFormat(f, Requirements) }
func FuzzParseUvLock(f *testing.F)       { fuzzFormat(f, UvLock) }
func FuzzParsePoetryLock(f *testing.F)   { fuzzFormat(f, PoetryLock) }
func FuzzParsePdmLock(f *testing.F)      { fuzzFormat(f, PdmLock) }
func FuzzParsePylock(f *testing.F)       { fuzzFormat(f, Pylock) }
func FuzzParsePipfileLock(f *testing.F)  { fuzzFormat(f, PipfileLock) }
func FuzzParsePipfile(f *testing.F)      { fuzzFormat(f, Pipfile) }
func FuzzParsePyproject(f *testing.F)    { fuzzFormat(f, Pyproject) }
func FuzzParseConda(f *testing.F)        { fuzzFormat(f, Conda) }

// FuzzParse lets the content tell the format.
func FuzzParse(f *testing.F) {
	for _, list := range seeds {
		for _, s := range list {
			f.Add([]byte(s))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		doc, err := Parse(t.Context(), bytes.NewReader(data), "x.lock", Options{})
		if doc == nil && err == nil {
			t.Fatal("neither a document nor an error")
		}
	})
}
