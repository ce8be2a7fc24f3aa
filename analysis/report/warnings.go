package report

import (
	"errors"
	"fmt"
	"io"

	"weighline/analysis"
	"weighline/analysis/bytesize"
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
	// Fix is what to do. Where there is one, Bytes are the downloads at stake (null
	// if nobody knows), BytesBasis is known, estimated or unknown, and Stake says what
	// the bytes are.
	Fix        string           `json:"fix,omitempty"`
	Bytes      *bytesize.Amount `json:"bytes,omitempty"`
	BytesBasis string           `json:"bytes_basis,omitempty"`
	Stake      string           `json:"stake,omitempty"`
}

func warningJSON(w analysis.Warning) WarningJSON {
	j := WarningJSON{Code: w.Code, Text: layer.Printable(w.Text), File: layer.Printable(w.File), Line: w.Line, Fix: layer.Printable(w.Fix), Stake: w.Stake}
	if w.Fix != "" {
		j.Bytes, j.BytesBasis = &w.Bytes, w.Bytes.Basis.String()
	}
	return j
}

// unreadable is the code of what could not be read while the rest was.
const unreadable = "unreadable"

// warnings returns those of b and then the problems.
func warnings(b *analysis.Build, problems error) []WarningJSON {
	out := make([]WarningJSON, 0, len(b.Warnings))
	for _, w := range b.Warnings {
		out = append(out, warningJSON(w))
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
		if _, err := fmt.Fprintf(w, "warning: %s%s\n%s", where, x.Text, x.fix()); err != nil {
			return err
		}
	}
	return nil
}

// fix returns the line below a warning that says what to do, and what for.
func (x WarningJSON) fix() string {
	if x.Fix == "" {
		return ""
	}
	stake := "unknown"
	if x.Bytes != nil {
		stake = x.Bytes.String()
	}
	if x.Stake != "" {
		stake += ", " + x.Stake
	}
	return fmt.Sprintf("  fix: %s (at stake: %s)\n", x.Fix, stake)
}
