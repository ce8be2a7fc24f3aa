package analysis

import (
	"strings"
	"testing"

	"weighline/analysis/pep"
)

// TestOtherPython tells that a project is not for the Python that it is weighed
// for, whatever the file is.
func TestOtherPython(t *testing.T) {
	for name, c := range map[string]struct {
		file, text, python string
		want               string // "" for no warning
	}{
		"project":        {"pyproject.toml", "[project]\nname = \"x\"\nversion = \"1\"\nrequires-python = \">=3.12\"\ndependencies = [\"click\"]\n", "3.11", "it is for Python >=3.12 and was weighed for 3.11, where it is not installed; it can be weighed for 3.12"},
		"that fits":      {"pyproject.toml", "[project]\nname = \"x\"\nversion = \"1\"\nrequires-python = \">=3.11.4\"\ndependencies = [\"click\"]\n", "3.11", ""},
		"one release":    {"Pipfile", "[packages]\nclick = \"*\"\n[requires]\npython_full_version = \"3.11.2\"\n", "3.11", ""},
		"Pipfile":        {"Pipfile", "[packages]\nclick = \"*\"\n[requires]\npython_version = \"3.9\"\n", "3.11", "it is for Python ==3.9.* and was weighed for 3.11, where it is not installed; it can be weighed for 3.9"},
		"poetry":         {"pyproject.toml", "[tool.poetry]\nname = \"x\"\nversion = \"1\"\n[tool.poetry.dependencies]\npython = \"^3.13\"\nclick = \"*\"\n", "3.12", "it can be weighed for 3.13"},
		"uv.lock":        {"uv.lock", "version = 1\nrequires-python = \"<3.11\"\n[[package]]\nname = \"click\"\nversion = \"8.2.1\"\nsource = { registry = \"https://pypi.org/simple\" }\n", "3.11", "it can be weighed for 3.9"},
		"conda":          {"environment.yml", "name: x\ndependencies:\n  - python=3.10\n  - pip\n  - pip:\n    - click\n", "3.11", "it can be weighed for 3.10"},
		"none of ours":   {"pyproject.toml", "[project]\nname = \"x\"\nversion = \"1\"\nrequires-python = \"<3\"\ndependencies = [\"click\"]\n", "3.11", "it is for Python <3 and was weighed for 3.11, where it is not installed"},
		"any":            {"requirements.txt", "click\n", "3.9", ""},
		"not understood": {"pyproject.toml", "[project]\nname = \"x\"\nversion = \"1\"\nrequires-python = \"new\"\ndependencies = [\"click\"]\n", "3.11", ""},
	} {
		target, err := pep.ParseTarget(c.python, "linux/amd64")
		if err != nil {
			t.Fatal(err)
		}
		b, err := Analyze(t.Context(), Input{Files: []string{fileWith(t, c.file, c.text)}}, Options{Target: target})
		if b == nil {
			t.Fatalf("%s: %v", name, err)
		}
		got := ""
		for _, w := range b.Warnings {
			if w.Code == "other-python" {
				got += w.Text
			}
		}
		if (got == "") != (c.want == "") || !strings.HasSuffix(got, c.want) {
			t.Errorf("%s: warns %q, want %q", name, got, c.want)
		}
	}
}
