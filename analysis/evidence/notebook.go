package evidence

import (
	"encoding/json"
	"regexp"
	"strings"
)

// notebookFile is what is read of a notebook (nbformat 3 and 4).
type notebookFile struct {
	Metadata struct {
		LanguageInfo struct{ Name string }     `json:"language_info"`
		KernelSpec   struct{ Language string } `json:"kernelspec"`
	}
	Cells      []notebookCell
	Worksheets []struct{ Cells []notebookCell }
}

type notebookCell struct {
	Type   string `json:"cell_type"`
	Source text   // nbformat 4
	Input  text   // nbformat 3
}

// A text is a string, or a list of lines.
type text string

func (t *text) UnmarshalJSON(data []byte) error {
	var lines []string
	if len(data) > 0 && data[0] == '[' {
		if err := json.Unmarshal(data, &lines); err != nil {
			return err
		}
		*t = text(strings.Join(lines, ""))
		return nil
	}
	return json.Unmarshal(data, (*string)(t))
}

// A cell is the source in one code cell, lines of magic left empty.
type cell struct {
	number int // from 1, among all cells
	source []byte
}

// cells returns the Python in a notebook.
func cells(data []byte) ([]cell, error) {
	var n notebookFile
	if err := json.Unmarshal(data, &n); err != nil {
		return nil, err
	}
	for _, language := range []string{n.Metadata.LanguageInfo.Name, n.Metadata.KernelSpec.Language} {
		if language != "" && !strings.Contains(strings.ToLower(language), "python") {
			return nil, nil
		}
	}
	all := n.Cells
	for _, w := range n.Worksheets {
		all = append(all, w.Cells...)
	}
	var out []cell
	for i, c := range all {
		if c.Type != "code" {
			continue
		}
		if source := withoutMagic(string(c.Source + c.Input)); strings.TrimSpace(source) != "" {
			out = append(out, cell{i + 1, []byte(source)})
		}
	}
	return out, nil
}

// magic is a line that IPython takes for itself: %magic, !command, ?help, also
// behind "x =".
var magic = regexp.MustCompile(`^\s*(?:[\w.,\s]*=\s*)?[%!?]`)

// withoutMagic returns the Python in the text of a cell. A cell of another
// language (%%bash) has none; one that is timed or captured has.
func withoutMagic(source string) string {
	lines := strings.SplitAfter(source, "\n")
	for i, line := range lines {
		trimmed := strings.TrimSpace(line)
		if name, ok := strings.CutPrefix(trimmed, "%%"); ok && strings.TrimSpace(strings.Join(lines[:i], "")) == "" {
			word, _, _ := strings.Cut(name, " ")
			switch word {
			case "time", "timeit", "capture", "prun", "memit", "mprun", "python", "python3", "debug":
			default:
				return ""
			}
		}
		if magic.MatchString(line) || strings.HasSuffix(trimmed, "?") {
			blank := line[:len(line)-len(strings.TrimLeft(line, " \t"))] + "pass"
			if strings.HasSuffix(line, "\n") {
				blank += "\n"
			}
			lines[i] = blank
		}
	}
	return strings.Join(lines, "")
}
