package reqfile

import (
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"

	"weighline/analysis/pep"
)

// A UvSource is a package that uv is to take from an index of its own.
type UvSource struct {
	Name  pep.Name
	Index string // URL
}

// UvSources returns what to paste into pyproject.toml so that uv takes each
// package from its index, and nothing else from there (uv's settings "sources"
// and "index" with "explicit").
func UvSources(list []UvSource) string {
	if len(list) == 0 {
		return ""
	}
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b UvSource) int { return strings.Compare(string(a.Name), string(b.Name)) })
	names := UvIndexNames(list)
	var b, indexes strings.Builder
	b.WriteString("[tool.uv.sources]\n")
	written := map[string]bool{}
	for _, s := range list {
		fmt.Fprintf(&b, "%s = { index = %q }\n", s.Name, names[s.Index])
		if !written[s.Index] {
			written[s.Index] = true
			fmt.Fprintf(&indexes, "\n[[tool.uv.index]]\nname = %q\nurl = %q\nexplicit = true\n", names[s.Index], s.Index)
		}
	}
	return b.String() + indexes.String()
}

// UvIndexNames returns a name for each index in list by its URL, as uv wants
// them: "pytorch-cpu" for https://download.pytorch.org/whl/cpu.
func UvIndexNames(list []UvSource) map[string]string {
	names, taken := map[string]string{}, map[string]bool{}
	for _, s := range list {
		if names[s.Index] != "" {
			continue
		}
		base := uvIndexName(s.Index)
		name := base
		for i := 2; taken[name]; i++ {
			name = fmt.Sprintf("%s-%d", base, i)
		}
		names[s.Index], taken[name] = name, true
	}
	return names
}

// uvIndexName makes a name of the host's domain and the last part of the path.
func uvIndexName(index string) string {
	u, err := url.Parse(index)
	if err != nil {
		return "index"
	}
	labels := strings.Split(u.Hostname(), ".")
	name := labels[max(0, len(labels)-2)]
	if net.ParseIP(u.Hostname()) != nil {
		name = "index"
	}
	path := strings.Split(strings.Trim(u.Path, "/"), "/")
	if last := path[len(path)-1]; last != "simple" {
		name += "-" + last
	}
	name = strings.Trim(strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' || '0' <= r && r <= '9' {
			return r
		}
		return '-'
	}, strings.ToLower(name)), "-")
	if name == "" {
		return "index"
	}
	return name
}
