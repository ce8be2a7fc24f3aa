package pyindex

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"weighline/analysis/pep"
)

// Settings are what pip and uv are set to on a computer.
type Settings struct {
	Indexes []string // in the order in which pip asks them; may hold passwords
	CAFile  string
	// FirstIndex tells that the settings are uv's, which asks the first index
	// that has a project and no other.
	FirstIndex bool
	NoIndex    bool     // no index may be asked, only FindLinks
	FindLinks  []string // see [ClientOptions.FindLinks]
	Proxy      string   // for all requests
	// Pre takes pre-releases like others, PreferBinary an older wheel rather than a
	// newer source distribution; NoBinary and OnlyBinary are names, or ":all:".
	Pre, PreferBinary    bool
	NoBinary, OnlyBinary []string
	From                 []string // files and variables that they come from
}

// SettingsOptions say where settings are looked for. The zero value is this
// computer.
type SettingsOptions struct {
	Env func(string) string // os.Getenv by default
	Dir string              // of the project, for its uv.toml; "" for none
	Etc string              // "/etc" by default
}

// ReadSettings reads PIP_* and UV_* variables, pip.conf and uv.toml. Where pip
// names an index, pip's are taken, else uv's, else pypi.org. A file that cannot
// be read is an error, since its index may be the only one that one may ask.
func ReadSettings(o SettingsOptions) (Settings, error) {
	if o.Env == nil {
		o.Env = os.Getenv
	}
	if o.Etc == "" {
		o.Etc = "/etc"
	}
	s, err := pipSettings(o)
	if err != nil {
		return Settings{}, err
	}
	if len(s.Indexes) == 0 {
		uv, err := uvSettings(o)
		if err != nil {
			return Settings{}, err
		}
		s.Indexes, s.FirstIndex, s.From = uv.Indexes, uv.FirstIndex, append(s.From, uv.From...)
		s.FindLinks, s.NoIndex = append(s.FindLinks, uv.FindLinks...), s.NoIndex || uv.NoIndex
	}
	if len(s.Indexes) == 0 {
		s.Indexes = []string{PyPI}
	}
	return s, nil
}

// config returns the folder of the user's settings.
func (o SettingsOptions) config() string {
	if dir := o.Env("XDG_CONFIG_HOME"); dir != "" {
		return dir
	}
	if dir := o.Env("HOME"); dir != "" {
		return filepath.Join(dir, ".config")
	}
	return ""
}

func pipSettings(o SettingsOptions) (Settings, error) {
	files := []string{filepath.Join(o.Etc, "pip.conf")}
	if home := o.Env("HOME"); home != "" {
		files = append(files, filepath.Join(home, ".pip", "pip.conf"))
	}
	if dir := o.config(); dir != "" {
		files = append(files, filepath.Join(dir, "pip", "pip.conf"))
	}
	if home := o.Env("HOME"); home != "" { // macOS
		files = append(files, filepath.Join(home, "Library", "Application Support", "pip", "pip.conf"))
	}
	if dir := o.Env("APPDATA"); dir != "" { // Windows
		files = append(files, filepath.Join(dir, "pip", "pip.ini"))
	}
	if dir := o.Env("VIRTUAL_ENV"); dir != "" {
		files = append(files, filepath.Join(dir, "pip.conf"))
	}
	switch name := o.Env("PIP_CONFIG_FILE"); name {
	case "":
	case "/dev/null":
		files = nil
	default:
		files = append(files, name)
	}
	values := map[string]string{}
	var s Settings
	for _, name := range files {
		data, err := os.ReadFile(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return s, fmt.Errorf("settings of pip: %w", err)
		}
		readINI(string(data), values)
		s.From = append(s.From, name)
	}
	for _, key := range pipKeys {
		variable := "PIP_" + strings.ToUpper(strings.ReplaceAll(key, "-", "_"))
		if v := o.Env(variable); v != "" {
			values[key] = v
			s.From = append(s.From, variable)
		}
	}
	s.take(values)
	return s, nil
}

// pipKeys are the options of pip that are read, as pip.conf and, with PIP_ in
// front, the environment name them.
var pipKeys = []string{"index-url", "extra-index-url", "no-index", "find-links", "proxy", "cert", "pre", "prefer-binary", "no-binary", "only-binary"}

// take sets s to the values of pip's options.
func (s *Settings) take(values map[string]string) {
	list := func(key string) []string {
		return strings.FieldsFunc(values[key], func(r rune) bool { return r == ' ' || r == ',' || r == '\t' || r == '\n' })
	}
	s.CAFile, s.Proxy = values["cert"], values["proxy"]
	s.NoIndex, s.Pre, s.PreferBinary = isTrue(values["no-index"]), isTrue(values["pre"]), isTrue(values["prefer-binary"])
	s.FindLinks = strings.Fields(values["find-links"])
	s.NoBinary, s.OnlyBinary = normalized(list("no-binary")), normalized(list("only-binary"))
	first, extra := values["index-url"], strings.Fields(values["extra-index-url"])
	switch {
	case first != "":
		s.Indexes = append([]string{first}, extra...)
	case len(extra) > 0:
		s.Indexes = append([]string{PyPI}, extra...)
	}
}

// isTrue reads a switch as pip does.
func isTrue(v string) bool {
	switch strings.ToLower(v) {
	case "1", "true", "yes", "on", "y", "t":
		return true
	}
	return false
}

// normalized returns project names in normal form; ":all:" stays, and ":none:"
// takes back what stands before it.
func normalized(names []string) (out []string) {
	for _, n := range names {
		switch n {
		case ":none:":
			out = nil
		case ":all:":
			out = []string{n}
		default:
			out = append(out, string(pep.Normalize(n)))
		}
	}
	return out
}

// readINI reads the sections [global] and [install] of a pip.conf; a later value
// wins. A line that is set in goes on with the value above.
func readINI(text string, values map[string]string) {
	section, key := "", ""
	lines := bufio.NewScanner(strings.NewReader(text))
	for lines.Scan() {
		line := lines.Text()
		trimmed := strings.TrimSpace(line)
		name, value, isValue := strings.Cut(trimmed, "=")
		if !isValue {
			name, value, isValue = strings.Cut(trimmed, ":")
		}
		switch {
		case trimmed == "" || strings.HasPrefix(trimmed, "#") || strings.HasPrefix(trimmed, ";"):
		case strings.HasPrefix(trimmed, "["):
			section, key = strings.Trim(trimmed, "[]"), ""
		case section != "global" && section != "install":
		case line != strings.TrimLeft(line, " \t") && key != "":
			values[key] = strings.TrimSpace(values[key] + " " + trimmed)
		case isValue:
			key = strings.ReplaceAll(strings.ToLower(strings.TrimSpace(name)), "_", "-")
			values[key] = strings.TrimSpace(value)
		}
	}
}
