package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"weighline/analysis"
	"weighline/analysis/report"
	"weighline/analysis/reqfile"
)

// savedScheme says that a source is the name of a saved build whatever else has
// that name.
const savedScheme = "saved:"

// savedName returns NAME of "saved:NAME", "" if source is none.
func savedName(source string) string {
	name, ok := strings.CutPrefix(source, savedScheme)
	if _, err := os.Lstat(source); !ok || err == nil {
		return ""
	}
	return name
}

// open opens anything that weigh can look at: a saved build, a result in JSON,
// requirements or an image. name is what it is called, "" if by its source. As
// with load, a build that comes with an error is what could be read.
func (a *app) open(ctx context.Context, source string, s *sourceFlags) (b *analysis.Build, name string, err error) {
	saved := savedName(source)
	if _, ok := s.piped[source]; !ok && saved == "" && a.isSaved(ctx, source) {
		saved = source
	}
	switch {
	case saved != "":
		b, _, _, err = a.openSaved(ctx, saved)
		return b, saved, err
	case report.IsResult(source) || isJSON(source):
		if b, err = readResult(source); err != nil {
			return nil, "", err
		}
		return b, source, nil
	}
	if isPipe(source) {
		return nil, "", &hintedError{source + ": this is not read from a pipe", "write it to a file, and name that"}
	}
	in, err := s.classify([]string{source})
	if err != nil {
		return nil, "", err
	}
	own := *s
	if len(in.Files) == 0 { // the flags about requirements are the other one's
		own.constraints, own.extras, own.groups, own.index, own.extraIndex = nil, nil, nil, nil, nil
	}
	b, err = a.load(ctx, in, &own)
	return b, "", err
}

// isJSON reports whether a file is JSON, or says so by its name, and is no lock: of
// what weigh opens it can only be a result then.
func isJSON(path string) bool {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() {
		return false
	}
	head, err := analysis.Head(path, 64<<10)
	if err != nil {
		return false
	}
	lock := reqfile.Detect(head, filepath.Base(path)) == reqfile.PipfileLock
	text := bytes.TrimLeft(head, "\ufeff \t\r\n")
	return !lock && (bytes.HasPrefix(text, []byte("{")) || strings.EqualFold(filepath.Ext(path), ".json"))
}

// resultHint says how a file with a result, such as a baseline, is made.
const resultHint = "weigh image REF --json > FILE, or weigh deps FILE --json > FILE, makes one"

// readResult reads what weigh --json has written to a file.
func readResult(path string) (*analysis.Build, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := report.Read(f, path)
	if err != nil {
		return nil, &hintedError{err.Error(), resultHint}
	}
	return b, nil
}

// completeSource completes the names of saved builds beside files.
func (a *app) completeSource(_ *cobra.Command, _ []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	names, _ := a.savedNames(context.Background()) // a shell that completes shows no errors
	return names, cobra.ShellCompDirectiveDefault
}
