package reqfile

import (
	"context"
	"errors"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// condaReason says why a conda package has no size here.
const condaReason = "comes from a conda channel, which no Python index describes"

// readConda reads environment.yml. The part under "pip" is read as the lines of
// a requirements file, which conda makes of it; the rest is unknown here.
func readConda(ctx context.Context, data []byte, file string, o Options, f *files) (*Doc, []error) {
	r := &pipReader{ctx: ctx, doc: newDoc(Conda, file, data), o: o, files: f, chain: []string{file}}
	var top yaml.Node
	if err := yaml.Unmarshal(data, &top); err != nil {
		return r.doc, []error{&SyntaxError{File: file, Line: yamlLine(err), Msg: "this is not valid YAML, and nothing was read: " + excerpt(strings.TrimPrefix(err.Error(), "yaml: "))}}
	}
	if top.Kind != yaml.DocumentNode || len(top.Content) == 0 || follow(top.Content[0]).Kind != yaml.MappingNode {
		return r.doc, []error{&SyntaxError{File: file, Msg: "a conda file needs the key \"dependencies\", and this has no keys"}}
	}
	for key, value := range pairs(follow(top.Content[0])) {
		switch key {
		case "dependencies":
			r.conda(value)
		case "variables", "name", "prefix", "channels", "platforms":
		default:
			r.doc.warn("conda-key", file, value.Line, "the key %s is not known here and was passed over", quote(key))
		}
	}
	return r.doc, r.errs
}

// follow returns what an alias stands for.
func follow(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode && n.Alias != nil {
		return n.Alias
	}
	return n
}

// pairs goes through the keys of a mapping.
func pairs(n *yaml.Node) func(func(string, *yaml.Node) bool) {
	return func(yield func(string, *yaml.Node) bool) {
		for i := 0; i+1 < len(n.Content); i += 2 {
			if !yield(n.Content[i].Value, follow(n.Content[i+1])) {
				return
			}
		}
	}
}

// conda reads the list of dependencies.
func (r *pipReader) conda(list *yaml.Node) {
	top := &r.doc.Files[0]
	file := top.Path
	for _, n := range list.Content {
		n = follow(n)
		switch n.Kind {
		case yaml.ScalarNode:
			top.Items++
			r.doc.Files[0].Read++
			r.condaPackage(n, file)
		case yaml.MappingNode:
			for key, value := range pairs(n) {
				if key != "pip" {
					r.doc.Unknown = append(r.doc.Unknown, Unknown{key, "is a list for another installer than conda and pip", file, value.Line})
					continue
				}
				for _, p := range value.Content {
					r.condaPip(follow(p), file)
				}
			}
		default:
			r.fail(file, n.Line, "a dependency is a text or the list for pip", "")
		}
	}
}

// condaPip reads one line for pip.
func (r *pipReader) condaPip(n *yaml.Node, file string) {
	for _, l := range joinLines(splitLines(n.Value)) {
		r.doc.Files[0].Items++
		bad := r.bad
		l.first += n.Line - 1
		l.last += n.Line - 1
		r.line(file, l, false)
		if r.bad == bad {
			r.doc.Files[0].Read++
		}
	}
}

var condaPythonRE = regexp.MustCompile(`^(?:\S+::)?python\s*(=?=?)\s*([0-9.]+)(\.?\*)?$`)

func (r *pipReader) condaPackage(n *yaml.Node, file string) {
	if m := condaPythonRE.FindStringSubmatch(strings.TrimSpace(n.Value)); m != nil {
		hint := "==" + strings.Trim(m[2], ".")
		if m[1] != "==" {
			hint += ".*" // one "=" of conda is a prefix
		}
		r.doc.TargetHints = append(r.doc.TargetHints, hint)
	}
	r.doc.Unknown = append(r.doc.Unknown, Unknown{excerpt(n.Value), condaReason, file, n.Line})
}

var yamlLineRE = regexp.MustCompile(`line (\d+)`)

func yamlLine(err error) int {
	var t *yaml.TypeError
	text := err.Error()
	if errors.As(err, &t) && len(t.Errors) > 0 {
		text = t.Errors[0]
	}
	if m := yamlLineRE.FindStringSubmatch(text); m != nil {
		n, _ := strconv.Atoi(m[1])
		return n
	}
	return 0
}
