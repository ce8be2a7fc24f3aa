package evidence

import (
	"bytes"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"weighline/analysis/layer"
	"weighline/analysis/pep"
)

// project is what is read of pyproject.toml.
type project struct {
	Project struct {
		Scripts     map[string]any
		GuiScripts  map[string]any            `toml:"gui-scripts"`
		EntryPoints map[string]map[string]any `toml:"entry-points"`
		Optional    map[string][]string       `toml:"optional-dependencies"`
	}
	Groups map[string][]any `toml:"dependency-groups"`
	Tool   struct {
		Poetry struct {
			Scripts map[string]any
			Plugins map[string]map[string]any
			Dev     map[string]any `toml:"dev-dependencies"`
			Group   map[string]struct{ Dependencies map[string]any }
		}
	}
}

// pyproject reads entry points, and what extras and groups require (PEP 621,
// PEP 735, Poetry). lists is false where the file makes the build itself.
func (t *texts) pyproject(data []byte, lists bool) {
	var p project
	if err := toml.Unmarshal(data, &p); err != nil {
		t.problems = append(t.problems, Problem{File: t.name, Text: "it is no TOML that can be read: " + layer.Printable(err.Error())})
		return
	}
	poetry := p.Tool.Poetry
	for _, list := range []map[string]any{p.Project.Scripts, p.Project.GuiScripts, poetry.Scripts} {
		t.entryPoints("", list)
	}
	for _, groups := range []map[string]map[string]any{p.Project.EntryPoints, poetry.Plugins} {
		for group, list := range groups {
			t.entryPoints(group, list)
		}
	}
	if !lists {
		return
	}
	for _, list := range p.Project.Optional {
		t.required(list...)
	}
	for _, list := range p.Groups {
		for _, x := range list {
			if s, ok := x.(string); ok {
				t.required(s)
			}
		}
	}
	for name := range poetry.Dev {
		t.required(name)
	}
	for _, g := range poetry.Group {
		for name := range g.Dependencies {
			t.required(name)
		}
	}
}

// entryPoints puts down the modules that entry points name, and the package
// that their group is named after: "flask.commands".
func (t *texts) entryPoints(group string, list map[string]any) {
	if group != "" {
		t.module(EntryPoint, t.lineWith(group), group)
	}
	for _, value := range list {
		if table, ok := value.(map[string]any); ok { // Poetry
			value = table["reference"]
		}
		if s, ok := value.(string); ok {
			t.entryPoint(s)
		}
	}
}

// entryPoint puts down the module of "module:object [extra]".
func (t *texts) entryPoint(value string) {
	module, _, _ := strings.Cut(value, ":")
	if module = strings.TrimSpace(module); dottedName.MatchString(module) {
		t.module(EntryPoint, t.lineWith(value), module)
	}
}

// lineWith returns the first line that holds text, -1 if none does.
func (t *texts) lineWith(text string) int {
	for i, line := range t.lines {
		if bytes.Contains(line, []byte(text)) {
			return i
		}
	}
	return -1
}

// required puts down requirements of another list of the project.
func (t *texts) required(requirements ...string) {
	for _, text := range requirements {
		t.requirement(t.lineWith(text), text)
	}
}

var projectName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*`)

func (t *texts) requirement(i int, text string) {
	name := pep.Normalize(projectName.FindString(strings.TrimSpace(text)))
	if t.names.dists[name] != nil {
		t.add(Required, i, string(name), []pep.Name{name})
	}
}

// isList reports whether a file is a list of requirements for something else
// than the program: requirements-dev.txt, dev-requirements.txt.
func isList(base string) bool {
	stem, ok := strings.CutSuffix(strings.ToLower(base), ".txt")
	if !ok || !strings.Contains(stem, "requirements") {
		return false
	}
	for part := range strings.FieldsFuncSeq(stem, func(c rune) bool { return c == '-' || c == '_' || c == '.' }) {
		switch part {
		case "dev", "develop", "development", "test", "tests", "testing", "lint", "doc", "docs", "ci":
			return true
		}
	}
	return false
}

func (t *texts) requirements() {
	for i, line := range t.lines {
		t.requirement(i, string(line))
	}
}

// setupCfg reads the entry points of setup.cfg, as setuptools has them.
func (t *texts) setupCfg() {
	inside := false
	for i, line := range t.lines {
		s := string(bytes.TrimSpace(line))
		if strings.HasPrefix(s, "[") {
			inside = s == "[options.entry_points]"
			continue
		}
		name, value, ok := strings.Cut(s, "=")
		switch {
		case !inside || !ok || strings.HasPrefix(s, "#"):
		case value == "":
			if group := strings.TrimSpace(name); strings.Contains(group, ".") {
				t.module(EntryPoint, i, group)
			}
		default:
			t.entryPoint(strings.TrimSpace(value))
		}
	}
}

// excepts reports whether a file below the root is one of those given.
func (l *listing) excepts(name string, except []string) bool {
	full, err := filepath.Abs(filepath.Join(l.root, filepath.FromSlash(name)))
	if err != nil {
		return false
	}
	for _, e := range except {
		if abs, err := filepath.Abs(e); err == nil && abs == full {
			return true
		}
	}
	return false
}
