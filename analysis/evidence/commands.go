package evidence

import (
	"bytes"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"

	"weighline/analysis/pep"
	"weighline/assets"
)

// mayName reports whether a file may name commands or entry points.
func mayName(name string) bool {
	base := strings.ToLower(path.Base(name))
	switch {
	case base == "pyproject.toml", base == "setup.cfg", base == "procfile", base == "makefile", base == "supervisord.conf":
		return true
	case strings.Contains(base, "dockerfile"), strings.Contains(base, "containerfile"):
		return true
	case isList(base):
		return true
	}
	switch path.Ext(base) {
	case ".sh", ".bash", ".yml", ".yaml", ".service", ".dockerfile":
		return true
	}
	return false
}

// other returns the uses in a file that is no source.
func (l *listing) other(name string, o Options) ([]Use, []Problem) {
	data, err := l.small(name)
	if err != nil {
		return nil, []Problem{{File: name, Text: "it cannot be read: " + cause(err)}}
	}
	if bytes.IndexByte(data, 0) >= 0 {
		return nil, nil
	}
	t := texts{list: l, names: o.Names, name: name, lines: bytes.Split(data, []byte("\n")), aside: isAside(name)}
	switch base := path.Base(name); {
	case base == "pyproject.toml":
		t.pyproject(data, !l.excepts(name, o.Except))
	case base == "setup.cfg":
		t.setupCfg()
	case isList(base):
		if !l.excepts(name, o.Except) {
			t.requirements()
		}
	default:
		t.commands()
	}
	return t.uses, t.problems
}

// texts looks for uses in the lines of a file that is no source.
type texts struct {
	list     *listing
	names    *Names
	name     string
	lines    [][]byte
	aside    bool
	uses     []Use
	problems []Problem
}

// add puts down a use in line i, from 0; -1 for the file as a whole.
func (t *texts) add(kind Kind, i int, module string, who []pep.Name) {
	if len(who) == 0 {
		return
	}
	u := Use{Packages: who, File: t.name, Module: module, Kind: kind, Aside: t.aside}
	if i >= 0 {
		u.Line, u.Text = i+1, shown(t.lines[i])
	}
	t.uses = append(t.uses, u)
}

// module puts down the use of a module that is named outside of sources.
func (t *texts) module(kind Kind, i int, module string) {
	top, _, _ := strings.Cut(module, ".")
	who := t.names.Owners(module)
	if !isStandard(top) && !t.list.tree.owns(module, []string{"", "src"}, len(who) > 0) {
		t.add(kind, i, module, who)
	}
}

// commands looks at each command of each line. In YAML a line belongs to the key
// above it, and only some keys have commands.
func (t *texts) commands() {
	ext := path.Ext(t.name)
	yaml, last := ext == ".yml" || ext == ".yaml", ""
	unit := ext == ".service" || ext == ".conf"
	for i, line := range t.lines {
		line = bytes.TrimSpace(line)
		if len(line) == 0 || len(line) > 10_000 || line[0] == '#' {
			continue
		}
		if yaml {
			if k := yamlKey(line); k != "" {
				last = k
			}
			if !slices.Contains(commandKeys, last) {
				continue
			}
		}
		text := string(line)
		if unit {
			text = execKey.ReplaceAllString(text, "")
		}
		if text = unquote.Replace(text); mayInstall(text) && installs.MatchString(text) {
			continue
		}
		for _, command := range separators.Split(text, -1) {
			t.command(i, strings.Fields(command))
		}
	}
}

// yamlKey returns the key of "key: value" or "- key: value" in lower case, "" for
// another line.
func yamlKey(line []byte) string {
	line = bytes.TrimSpace(bytes.TrimPrefix(line, []byte("- ")))
	end := bytes.IndexByte(line, ':')
	if end <= 0 || end+1 < len(line) && line[end+1] != ' ' {
		return ""
	}
	for _, c := range line[:end] {
		if !isName(c) && c != '-' && c != '.' {
			return ""
		}
	}
	return strings.ToLower(string(line[:end]))
}

// mayInstall is a quick look for words that a command to install has.
func mayInstall(text string) bool {
	for _, w := range []string{"install", "add", "sync", "download", "remove"} {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}

// commandKeys are keys of YAML whose values run something: of Compose,
// Kubernetes, pipelines.
var commandKeys = []string{"command", "args", "entrypoint", "run", "script", "scripts", "cmd", "before_script", "after_script", "test", "exec", "startcommand", "buildcommand"}

var (
	unquote    = strings.NewReplacer(`"`, " ", "'", " ", "[", " ", "]", " ", ",", " ", "`", " ", "$(", " ; ", "(", " ", ")", " ", "\t", " ")
	separators = regexp.MustCompile(`&&|\|\||[;|]`)
	installs   = regexp.MustCompile(`\b(?:pip[0-9.]*|uv|poetry|pdm|pipenv|conda|mamba|apt|apt-get|apk|dnf|yum|npm)\s+(?:pip\s+)?(?:install|add|sync|download|uninstall|remove)\b`)
	assignment = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*=`)
	python     = regexp.MustCompile(`^(?:pypy|python)[0-9.]*$`)
	execKey    = regexp.MustCompile(`^\s*(?:ExecStart(?:Pre|Post)?|command)\s*=`)
	key        = regexp.MustCompile(`^[A-Za-z0-9_.-]+:$`)
)

// runners are words that run the command behind them.
var runners = []string{"exec", "sudo", "time", "nohup", "env", "-", "run", "cmd", "entrypoint", "healthcheck", "dumb-init", "tini", "--",
	"poetry", "uv", "pipenv", "pdm", "hatch", "rye", "pixi", "xvfb-run", "gosu", "sh", "bash", "/bin/sh", "/bin/bash", "-c", "-lc", "-ec", "do", "then", "if", "while", "!"}

// command looks at one command: what it runs, and what it is told to load.
func (t *texts) command(i int, words []string) {
	for len(words) > 0 && passedOver(words[0]) {
		words = words[1:]
	}
	if len(words) == 0 {
		return
	}
	name := path.Base(words[0])
	switch {
	case python.MatchString(name) || words[0] == "-m":
		if at := slices.Index(words, "-m"); at >= 0 && at+1 < len(words) {
			t.module(Command, i, words[at+1])
		}
	default:
		if name == words[0] || strings.HasPrefix(words[0], "/") {
			t.add(Command, i, name, t.names.command(name))
		}
	}
	for at, w := range words[1:] {
		value, joined := strings.CutPrefix(w, "--worker-class=")
		if !joined && (w == "-k" || w == "--worker-class") && at+2 < len(words) {
			value, joined = words[at+2], true
		}
		if joined {
			t.module(Command, i, value)
		}
	}
}

// passedOver reports whether a word stands before the command that is run.
func passedOver(w string) bool {
	return slices.Contains(runners, strings.ToLower(w)) || assignment.MatchString(w) || key.MatchString(w) ||
		strings.HasPrefix(w, "--mount=") || strings.HasPrefix(w, "--interval=") || strings.HasPrefix(w, "--timeout=")
}

var commandTable = sync.OnceValue(func() map[string][]pep.Name {
	m := map[string][]pep.Name{}
	for line := range strings.Lines(assets.Commands) {
		fields := strings.Fields(line)
		if len(fields) < 2 || fields[0][0] == '#' {
			continue
		}
		for _, f := range fields[1:] {
			m[fields[0]] = append(m[fields[0]], pep.Normalize(f))
		}
	}
	return m
})

// command returns who may have installed a command: those that say so, the
// table, or a distribution that is called or imported like it.
func (n *Names) command(name string) []pep.Name {
	if who := n.scripts[name]; len(who) > 0 {
		return who
	}
	var out []pep.Name
	for _, d := range commandTable()[name] {
		if n.dists[d] != nil {
			out = append(out, d)
		}
	}
	if len(out) > 0 {
		return out
	}
	if len(name) > 100 || strings.Contains(name, ".") {
		return nil
	}
	if d := pep.Normalize(name); n.dists[d] != nil {
		return []pep.Name{d}
	}
	return n.owners[name]
}

// Scripts returns the commands in an entry_points.txt.
func Scripts(text string) []string {
	var out []string
	inside := false
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "[") {
			inside = line == "[console_scripts]" || line == "[gui_scripts]"
			continue
		}
		if name, _, ok := strings.Cut(line, "="); ok && inside && !strings.HasPrefix(line, "#") {
			out = append(out, strings.TrimSpace(name))
		}
	}
	return out
}
