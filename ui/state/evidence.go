package state

import (
	"context"
	"path/filepath"
	"slices"

	"weighline/analysis"
	"weighline/analysis/evidence"
	"weighline/analysis/pep"
	"weighline/ui/texts"
)

// ReadCode looks in a folder of the user's sources for what uses the packages of
// the open build. The plan and the selection stay.
func (s *Session) ReadCode(folder string) {
	this := s.Build
	if this == nil {
		return
	}
	s.retry, s.asked = func() { s.ReadCode(folder) }, nil
	s.start(texts.F("Reading sources in %s", filepath.Base(folder)), func(ctx context.Context, step func(analysis.Progress), _ func(func())) (func(), error) {
		o := s.options(step)
		o.Code = folder
		with, err := this.WithEvidence(ctx, o)
		if with == nil {
			return nil, err
		}
		return func() {
			if s.Build == this {
				s.code = folder // for reading it all again
				s.replace(with)
			}
		}, err
	})
}

// CodeFolder returns a folder where the user's sources may be: that of the
// requirements, "" if there is none.
func (s *Session) CodeFolder() string {
	if s.Build != nil && s.Build.Evidence != nil && s.Build.Evidence.Folder != "" {
		return s.Build.Evidence.Folder
	}
	if s.Build == nil || s.Build.Deps == nil || s.IsSample() || len(s.Paths) == 0 {
		return ""
	}
	return filepath.Dir(s.Paths[0])
}

// maxUses is how many places the details list.
const maxUses = 8

// usedBy tells who uses a package, and what would become of them without it: the
// package and what goes with it, beside what the plan drops already.
func (s *Session) usedBy(r *Row) []string {
	if s.Build.Evidence == nil {
		return []string{texts.T("No sources were read. Choose the folder of your code in the File menu to see what uses it.")}
	}
	gone := slices.Concat(s.Preview.Freed, []pep.Name{r.Name})
	var f evidence.Finding
	for _, x := range s.Build.Findings(gone) {
		if x.Package == r.Name {
			f = x
		}
	}
	lines := []string{texts.F("%s if it goes.", VerdictWords(f.Verdict))}
	if f.Verdict == evidence.NoUseFound {
		lines[0] = texts.T("No use found. Code can load by names that stand in no source.")
	}
	if remark := f.Remark(); remark != "" {
		lines = append(lines, remark)
	}
	for i, x := range f.Rows {
		if i == maxUses {
			lines = append(lines, texts.F("and %d more places", len(f.Rows)-i))
			break
		}
		lines = append(lines, useText(x))
	}
	return lines
}

// useText writes a place in one line: who, where, what it says.
func useText(x evidence.Row) string {
	text := x.Where()
	if x.By != "" {
		text = string(x.By) + ": " + text
	}
	if x.Text != "" {
		text += "  " + x.Text
	}
	return texts.F("%s (%s)", text, VerdictWords(x.Verdict))
}

// VerdictWords returns a verdict as people read it.
func VerdictWords(v evidence.Verdict) string {
	switch v {
	case evidence.Breaks:
		return texts.T("Breaks")
	case evidence.MayBreak:
		return texts.T("May break")
	}
	return texts.T("No use found")
}

// Risk counts what goes under the plan by its verdict, in a few words; "" if no
// sources were read or nothing goes.
func (s *Session) Risk() string {
	if s.Build == nil || s.Build.Evidence == nil || len(s.Preview.Freed) == 0 {
		return ""
	}
	var breaks, may int
	for _, f := range s.Build.Findings(s.Preview.Freed) {
		switch f.Verdict {
		case evidence.Breaks:
			breaks++
		case evidence.MayBreak:
			may++
		}
	}
	if breaks+may == 0 {
		return texts.T("no use found")
	}
	return texts.F("%d breaks, %d may break", breaks, may)
}
