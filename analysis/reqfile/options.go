package reqfile

import (
	"fmt"
	"strings"
)

// An Option is a command-line option within a requirements file.
type Option struct {
	Name  string // in its long form: "--index-url"
	Value string // "" for a flag
}

// String returns the option as it could be written, without passwords.
func (o Option) String() string {
	if o.Value == "" {
		return o.Name
	}
	return o.Name + " " + redact(o.Value)
}

// optionSpec is an option that pip knows within a requirements file. The short
// form is a single letter.
type optionSpec struct {
	name  string
	short byte
	same  []string // other long forms
	flag  bool
	own   bool // belongs to one requirement
}

// optionSpecs are the options of pip 23.2 to 25: its SUPPORTED_OPTIONS and
// SUPPORTED_OPTIONS_REQ.
var optionSpecs = []optionSpec{
	{name: "--index-url", short: 'i', same: []string{"--pypi-url"}},
	{name: "--extra-index-url"},
	{name: "--no-index", flag: true},
	{name: "--constraint", short: 'c'},
	{name: "--requirement", short: 'r'},
	{name: "--editable", short: 'e'},
	{name: "--find-links", short: 'f'},
	{name: "--no-binary"},
	{name: "--only-binary"},
	{name: "--prefer-binary", flag: true},
	{name: "--require-hashes", flag: true},
	{name: "--pre", flag: true},
	{name: "--trusted-host"},
	{name: "--use-feature"},
	{name: "--global-option", own: true},
	{name: "--hash", own: true},
	{name: "--config-settings", short: 'C', same: []string{"--config-setting"}, own: true},
}

// breakOptions cuts a line at the first word that begins with "-", as pip does:
// only what follows is read by the rules of a shell, since these would damage
// the quotes of a marker.
func breakOptions(line string) (args, options string) {
	for i := 0; i < len(line); i++ {
		if line[i] == '-' && (i == 0 || line[i-1] == ' ') {
			return strings.TrimSuffix(line[:i], " "), line[i:]
		}
	}
	return line, ""
}

// parseOptions reads options as Python's shlex and optparse do. rest holds the
// words that belong to no option; pip ignores them.
func parseOptions(text string) (opts []Option, rest []string, err error) {
	words, err := splitShell(text)
	if err != nil {
		return nil, nil, err
	}
	for len(words) > 0 {
		w := words[0]
		words = words[1:]
		switch {
		case w == "--":
			return opts, append(rest, words...), nil
		case strings.HasPrefix(w, "--"):
			opts, words, err = longOption(opts, w, words)
		case len(w) > 1 && w[0] == '-':
			opts, words, err = shortOptions(opts, w, words)
		default:
			rest = append(rest, w)
		}
		if err != nil {
			return nil, nil, err
		}
	}
	return opts, rest, nil
}

func longOption(opts []Option, word string, words []string) ([]Option, []string, error) {
	name, value, hasValue := strings.Cut(word, "=")
	spec, err := matchLong(name)
	if err != nil {
		return nil, nil, err
	}
	if spec.flag && hasValue {
		return nil, nil, fmt.Errorf("%s does not take a value", spec.name)
	}
	if !spec.flag && !hasValue {
		if len(words) == 0 {
			return nil, nil, fmt.Errorf("%s needs a value", spec.name)
		}
		value, words = words[0], words[1:]
	}
	return append(opts, Option{spec.name, value}), words, nil
}

// shortOptions reads "-r file", "-rfile" and flags in one word.
func shortOptions(opts []Option, word string, words []string) ([]Option, []string, error) {
	letter, value := word[1], word[2:]
	for _, spec := range optionSpecs {
		if spec.short != letter {
			continue
		}
		if value == "" {
			if len(words) == 0 {
				return nil, nil, fmt.Errorf("-%c needs a value", letter)
			}
			value, words = words[0], words[1:]
		}
		return append(opts, Option{spec.name, value}), words, nil
	}
	return nil, nil, fmt.Errorf("pip knows no option %s here", quote(word[:2]))
}

// matchLong finds the option that name is, or is the only beginning of.
func matchLong(name string) (optionSpec, error) {
	var found []optionSpec
	var names []string
	for _, spec := range optionSpecs {
		for _, long := range append([]string{spec.name}, spec.same...) {
			if long == name {
				return spec, nil
			}
			if strings.HasPrefix(long, name) {
				names = append(names, long)
				if len(found) == 0 || found[len(found)-1].name != spec.name {
					found = append(found, spec)
				}
			}
		}
	}
	switch len(found) {
	case 0:
		return optionSpec{}, fmt.Errorf("pip knows no option %s here", quote(name))
	case 1:
		return found[0], nil
	}
	return optionSpec{}, fmt.Errorf("%s may be any of %s", quote(name), strings.Join(names, ", "))
}

// splitShell splits text into words as Python's shlex.split does.
func splitShell(text string) ([]string, error) {
	var words []string
	var word strings.Builder
	inWord := false
	quoted := byte(0)
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c == '\\' && quoted != '\'':
			if i++; i == len(text) {
				return nil, fmt.Errorf("nothing follows the last backslash")
			}
			if quoted == '"' && text[i] != '"' && text[i] != '\\' {
				word.WriteByte('\\')
			}
			word.WriteByte(text[i])
			inWord = true
		case quoted != 0:
			if c == quoted {
				quoted = 0
			} else {
				word.WriteByte(c)
			}
		case c == '"' || c == '\'':
			quoted, inWord = c, true
		case c == ' ' || c == '\t' || c == '\r' || c == '\n':
			if inWord {
				words = append(words, word.String())
				word.Reset()
				inWord = false
			}
		default:
			word.WriteByte(c)
			inWord = true
		}
	}
	if quoted != 0 {
		return nil, fmt.Errorf("the quote %c is not closed", quoted)
	}
	if inWord {
		words = append(words, word.String())
	}
	return words, nil
}
