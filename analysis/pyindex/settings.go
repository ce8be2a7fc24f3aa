package pyindex

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// Settings are what pip and uv are set to on a computer.
type Settings struct {
	Indexes []string // in the order in which pip asks them; may hold passwords
	CAFile  string
	// FirstIndex tells that the settings are uv's, which asks the first index
	// that has a project and no other.
	FirstIndex bool
	From       []string // files and variables that they come from
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
	}
	if len(s.Indexes) == 0 {
		s.Indexes = []string{PyPI}
	}
	return s, nil
}

// home returns the folder of the user's settings.
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
	for key, variable := range map[string]string{"index-url": "PIP_INDEX_URL", "extra-index-url": "PIP_EXTRA_INDEX_URL", "cert": "PIP_CERT"} {
		if v := o.Env(variable); v != "" {
			values[key] = v
			s.From = append(s.From, variable)
		}
	}
	slices.Sort(s.From)
	s.CAFile = values["cert"]
	first := values["index-url"]
	extra := strings.Fields(values["extra-index-url"])
	switch {
	case first != "":
		s.Indexes = append([]string{first}, extra...)
	case len(extra) > 0:
		s.Indexes = append([]string{PyPI}, extra...)
	}
	return s, nil
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

type uvToml struct {
	IndexURL string   `toml:"index-url"`
	Extra    []string `toml:"extra-index-url"`
	Index    []struct {
		URL      string `toml:"url"`
		Default  bool   `toml:"default"`
		Explicit bool   `toml:"explicit"`
	} `toml:"index"`
	Pip struct {
		IndexURL string   `toml:"index-url"`
		Extra    []string `toml:"extra-index-url"`
	} `toml:"pip"`
}

// uvSettings reads uv's settings: the others before the default one, as uv asks
// them.
func uvSettings(o SettingsOptions) (Settings, error) {
	s := Settings{FirstIndex: true}
	base := ""
	files := []string{filepath.Join(o.Etc, "uv", "uv.toml")}
	if dir := o.config(); dir != "" {
		files = append(files, filepath.Join(dir, "uv", "uv.toml"))
	}
	if o.Dir != "" {
		files = append(files, filepath.Join(o.Dir, "uv.toml"))
	}
	if name := o.Env("UV_CONFIG_FILE"); name != "" {
		files = []string{name}
	}
	var others []string
	for i := len(files) - 1; i >= 0; i-- { // the nearest comes first
		data, err := os.ReadFile(files[i])
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return s, fmt.Errorf("settings of uv: %w", err)
		}
		var f uvToml
		if err := toml.Unmarshal(data, &f); err != nil {
			return s, fmt.Errorf("settings of uv: %s: %w", files[i], err)
		}
		s.From = append(s.From, files[i])
		for _, x := range f.Index {
			switch {
			case x.Default && base == "":
				base = x.URL
			case !x.Default && !x.Explicit:
				others = append(others, x.URL)
			}
		}
		others = append(append(others, f.Extra...), f.Pip.Extra...)
		for _, url := range []string{f.IndexURL, f.Pip.IndexURL} {
			if base == "" {
				base = url
			}
		}
	}
	for _, name := range []string{"UV_DEFAULT_INDEX", "UV_INDEX_URL"} {
		if v := o.Env(name); v != "" {
			base = unnamed(v)
			s.From = append(s.From, name)
			break
		}
	}
	var env []string
	for _, name := range []string{"UV_INDEX", "UV_EXTRA_INDEX_URL"} {
		if v := o.Env(name); v != "" {
			for _, x := range strings.Fields(v) {
				env = append(env, unnamed(x))
			}
			s.From = append(s.From, name)
		}
	}
	s.Indexes = append(env, others...)
	if base != "" {
		s.Indexes = append(s.Indexes, base)
	} else if len(s.Indexes) > 0 {
		s.Indexes = append(s.Indexes, PyPI)
	}
	return s, nil
}

// unnamed takes the name off an index in uv's form: "torch=https://…".
func unnamed(v string) string {
	if name, rest, ok := strings.Cut(v, "="); ok && !strings.ContainsAny(name, ":/") {
		return rest
	}
	return v
}
