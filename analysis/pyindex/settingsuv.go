package pyindex

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

type uvToml struct {
	IndexURL  string   `toml:"index-url"`
	Extra     []string `toml:"extra-index-url"`
	Strategy  string   `toml:"index-strategy"`
	FindLinks []string `toml:"find-links"`
	NoIndex   bool     `toml:"no-index"`
	Index     []struct {
		URL      string `toml:"url"`
		Default  bool   `toml:"default"`
		Explicit bool   `toml:"explicit"`
	} `toml:"index"`
	Pip struct {
		IndexURL  string   `toml:"index-url"`
		Extra     []string `toml:"extra-index-url"`
		Strategy  string   `toml:"index-strategy"`
		FindLinks []string `toml:"find-links"`
		NoIndex   bool     `toml:"no-index"`
	} `toml:"pip"`
}

// uvSettings reads uv's settings: the others before the default one, as uv asks
// them.
func uvSettings(o SettingsOptions) (Settings, error) {
	s := Settings{FirstIndex: true}
	base, strategy := "", ""
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
		s.FindLinks = append(append(s.FindLinks, f.FindLinks...), f.Pip.FindLinks...)
		s.NoIndex = s.NoIndex || f.NoIndex || f.Pip.NoIndex
		strategy = cmp.Or(strategy, f.Strategy, f.Pip.Strategy)
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
	if v := o.Env("UV_FIND_LINKS"); v != "" {
		s.FindLinks = append(s.FindLinks, strings.FieldsFunc(v, func(r rune) bool { return r == ',' || r == ' ' })...)
		s.From = append(s.From, "UV_FIND_LINKS")
	}
	// By "unsafe-best-match" uv takes the best version of all indexes, as pip does.
	s.FirstIndex = cmp.Or(o.Env("UV_INDEX_STRATEGY"), strategy) != "unsafe-best-match"
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
