package analysis

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"weighline/analysis/pep"
	"weighline/analysis/plan"
	"weighline/analysis/reqfile"
)

// Commands returns the commands of uv and pip that do what the plan of v does, as
// text to be pasted. requirements is the slim file.
func (b *Build) Commands(v plan.Preview, requirements string) string {
	var out strings.Builder
	indexes := ""
	for _, x := range v.Swapped {
		if x.Index != "" && !strings.Contains(indexes, x.Index) {
			indexes += " --extra-index-url " + x.Index
		}
	}
	fmt.Fprintf(&out, "# pip\npip install%s --requirement %s\n", indexes, requirements)
	if len(v.Excluded) > 0 {
		fmt.Fprintf(&out, "# pip cannot leave out what others require; this takes it away again\npip uninstall --yes %s\n", joinNames(v.Excluded))
	}
	fmt.Fprintf(&out, "\n# uv, by the same file\nuv pip install%s --requirement %s\n", indexes+strategyOf(indexes), requirements)
	if text := b.uvProject(v); text != "" {
		out.WriteString("\n# uv, in a project with pyproject.toml\n" + text)
	}
	if text := uvTables(v); text != "" {
		out.WriteString("\n# into pyproject.toml\n" + text)
	}
	return out.String()
}

// uvProject returns the commands that change the requirements of a project.
func (b *Build) uvProject(v plan.Preview) string {
	var out strings.Builder
	gone := slices.DeleteFunc(slices.Clone(v.Plan.Drop), func(n pep.Name) bool {
		i, ok := b.Graph().Index(n)
		return !ok || !b.Graph().IsRoot(i)
	})
	var lines []string
	for _, x := range v.Swapped {
		if x.Name != "" || x.NoExtras { // uv add keeps the extras of a line that is there
			gone = append(gone, x.Package)
		}
		lines = append(lines, fmt.Sprintf("%q", x.Line(b.lineOf(x.Package)).String()))
	}
	if len(gone) > 0 {
		fmt.Fprintf(&out, "uv remove %s\n", joinNames(gone))
	}
	if len(lines) > 0 {
		out.WriteString("uv add")
		names := reqfile.UvIndexNames(uvSources(v))
		for _, url := range slices.Sorted(maps.Keys(names)) {
			fmt.Fprintf(&out, " --index %s=%s", names[url], url)
		}
		fmt.Fprintf(&out, " %s\n", strings.Join(lines, " "))
	}
	if len(v.Plan.Dev) > 0 {
		fmt.Fprintf(&out, "uv remove %s\nuv add --dev %s\n", joinNames(v.Plan.Dev), joinNames(v.Plan.Dev))
	}
	return out.String()
}

// uvSources returns the packages that the plan takes from an index of their own.
func uvSources(v plan.Preview) (list []reqfile.UvSource) {
	for _, x := range v.Swapped {
		if x.Index != "" {
			list = append(list, reqfile.UvSource{Name: x.Project(), Index: x.Index})
		}
	}
	return list
}

// uvTables returns the tables of pyproject.toml that tell uv the same.
func uvTables(v plan.Preview) string {
	var tables []string
	if len(v.Excluded) > 0 {
		tables = append(tables, reqfile.UvExclude(v.Excluded))
	}
	if sources := uvSources(v); len(sources) > 0 {
		tables = append(tables, reqfile.UvSources(sources))
	}
	return strings.Join(tables, "\n")
}

// strategyOf lets uv look at all indexes for a version, as pip does.
func strategyOf(indexes string) string {
	if indexes == "" {
		return ""
	}
	return " --index-strategy unsafe-best-match"
}

func joinNames(names []pep.Name) string {
	words := make([]string, len(names))
	for i, n := range names {
		words[i] = string(n)
	}
	return strings.Join(words, " ")
}
