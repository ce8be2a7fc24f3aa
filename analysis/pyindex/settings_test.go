package pyindex

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestSettings(t *testing.T) {
	test := func(what string, files, env map[string]string, ca string, first bool, want ...string) {
		t.Helper()
		home := t.TempDir()
		for name, text := range files {
			path := filepath.Join(home, name)
			if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		s, err := ReadSettings(SettingsOptions{Etc: filepath.Join(home, "etc"), Dir: filepath.Join(home, "project"), Env: func(name string) string {
			if name == "HOME" {
				return home
			}
			return env[name]
		}})
		if err != nil || !slices.Equal(s.Indexes, want) || s.CAFile != ca || s.FirstIndex != first {
			t.Errorf("%s: %+v, %v; want %q", what, s, err, want)
		}
	}
	pip := map[string]string{
		"etc/pip.conf":          "[global]\nindex-url = https://old/simple\n",
		".config/pip/pip.conf":  "# ours\n[global]\nindex_url: https://ours/simple\ncert = /ca.pem\n[install]\nextra-index-url =\n    https://a/simple\n    https://b/simple\n[list]\nindex-url = https://no\n",
		".config/uv/uv.toml":    "[[index]]\nurl = \"https://uv/simple\"\ndefault = true\n",
		"project/uv.toml":       "[[index]]\nname = \"torch\"\nurl = \"https://torch/whl\"\n[[index]]\nurl = \"https://only/x\"\nexplicit = true\n",
		".config/pip/notes.txt": "",
	}
	test("nothing", nil, nil, "", true, PyPI)
	test("pip.conf", pip, nil, "/ca.pem", false, "https://ours/simple", "https://a/simple", "https://b/simple")
	test("variables", pip, map[string]string{"PIP_INDEX_URL": "https://env/simple", "PIP_EXTRA_INDEX_URL": "https://c https://d", "PIP_CERT": "/x"}, "/x", false, "https://env/simple", "https://c", "https://d")
	delete(pip, "etc/pip.conf")
	delete(pip, ".config/pip/pip.conf")
	test("uv.toml", pip, nil, "", true, "https://torch/whl", "https://uv/simple")
	test("uv's variables", pip, map[string]string{"UV_INDEX": "x=https://e/simple?a=b", "UV_DEFAULT_INDEX": "https://f"}, "", true, "https://e/simple?a=b", "https://torch/whl", "https://f")
	test("uv by pip's rule", pip, map[string]string{"UV_INDEX_STRATEGY": "unsafe-best-match"}, "", false, "https://torch/whl", "https://uv/simple")
	test("extra alone", nil, map[string]string{"PIP_EXTRA_INDEX_URL": "https://c"}, "", false, PyPI, "https://c")
}

// TestSettingsMore reads what is not an index.
func TestSettingsMore(t *testing.T) {
	home := t.TempDir()
	for name, text := range map[string]string{
		"pip/pip.conf": "[global]\nproxy = http://proxy:3128\nfind-links =\n  /wheels\n  https://links\nno-binary = Num_Py,torch\nonly-binary = :all:\npre = yes\n",
		"uv/uv.toml":   "find-links = [\"/uv\"]\nno-index = true\n",
	} {
		path := filepath.Join(home, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	env := map[string]string{"XDG_CONFIG_HOME": home, "PIP_PREFER_BINARY": "1", "UV_FIND_LINKS": "/env"}
	s, err := ReadSettings(SettingsOptions{Etc: filepath.Join(home, "none"), Env: func(name string) string { return env[name] }})
	if err != nil {
		t.Fatal(err)
	}
	if s.Proxy != "http://proxy:3128" || !s.Pre || !s.PreferBinary || !s.NoIndex || !slices.Equal(s.FindLinks, []string{"/wheels", "https://links", "/uv", "/env"}) ||
		!slices.Equal(s.NoBinary, []string{"num-py", "torch"}) || !slices.Equal(s.OnlyBinary, []string{":all:"}) {
		t.Errorf("%+v", s)
	}
}
