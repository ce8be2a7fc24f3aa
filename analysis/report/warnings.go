package report

import (
	"errors"
	"fmt"
	"io"

	"weighline/analysis"
	"weighline/analysis/layer"
	"weighline/analysis/reqfile"
)

// WarningJSON is something odd that did not stop the analysis, or, with the
// code "unreadable", what of the input could not be read.
type WarningJSON struct {
	Code string `json:"code"`
	Text string `json:"text"`
	File string `json:"file,omitempty"`
	Line int    `json:"line,omitempty"`
}

// unreadable is the code of what could not be read while the rest was.
const unreadable = "unreadable"

// warnings returns those of b and then the problems.
func warnings(b *analysis.Build, problems error) []WarningJSON {
	out := make([]WarningJSON, 0, len(b.Warnings))
	for _, w := range b.Warnings {
		out = append(out, WarningJSON{w.Code, layer.Printable(w.Text), layer.Printable(w.File), w.Line})
	}
	for _, err := range analysis.Flatten(problems) {
		out = append(out, problem(err))
	}
	return out
}

// problem returns what could not be read.
func problem(err error) WarningJSON {
	w := WarningJSON{Code: unreadable, Text: layer.Printable(analysis.Explain(err))}
	var syntax *reqfile.SyntaxError
	if errors.As(err, &syntax) {
		w.Text, w.File, w.Line = layer.Printable(syntax.Msg), layer.Printable(syntax.File), syntax.Line
	}
	return w
}

// maxWarnings is how many warnings the text shows; --json has all.
const maxWarnings = 20

// WriteWarnings prints the warnings of b, one a line.
func WriteWarnings(w io.Writer, b *analysis.Build) error {
	list := warnings(b, nil)
	for i, x := range list {
		if i == maxWarnings {
			fmt.Fprintf(w, "warning: and %d more; --json lists them all\n", len(list)-i)
			break
		}
		where := ""
		switch {
		case x.File != "" && x.Line > 0:
			where = fmt.Sprintf("%s:%d: ", x.File, x.Line)
		case x.File != "":
			where = x.File + ": "
		}
		if _, err := fmt.Fprintf(w, "warning: %s%s\n", where, x.Text); err != nil {
			return err
		}
	}
	return nil
}
