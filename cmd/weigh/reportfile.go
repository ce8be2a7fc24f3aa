package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"weighline/analysis"
	"weighline/analysis/report"
)

// A printer has one result in all forms that a report may have.
type printer struct {
	document func() *report.Document
	json     func() any
	csv      func(w io.Writer) error
}

// reportFlag is where a report is to be written, "" for nowhere.
type reportFlag struct {
	path  string
	force bool
}

func (r *reportFlag) add(c *cobra.Command) {
	c.Flags().StringVar(&r.path, "report", "", "write a report to `file`: .html, .md, .json or .csv says which")
	if c.Flags().Lookup("force") == nil {
		c.Flags().BoolVar(&r.force, "force", false, "replace files that exist")
	}
	_ = c.RegisterFlagCompletionFunc("report", func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
		return []cobra.Completion{"html", "md", "json", "csv"}, cobra.ShellCompDirectiveFilterFileExt
	})
}

// check refuses a report of no known form before any work is done.
func (r *reportFlag) check() error {
	if r.path == "" {
		return nil
	}
	switch reportForm(r.path) {
	case "html", "md", "json", "csv":
		return nil
	}
	return usagef("--report %s: the name of a report ends in .html, .md, .json or .csv", r.path)
}

func reportForm(path string) string {
	switch ext := strings.ToLower(filepath.Ext(path)); ext {
	case ".htm":
		return "html"
	case ".markdown":
		return "md"
	default:
		return strings.TrimPrefix(ext, ".")
	}
}

// made says by what the reports of this run are made.
func (a *app) made() report.Made {
	return report.Made{By: "weigh " + version, At: time.Now()}
}

// render prints a report in the form that its file name asks for.
func (p printer) render(path string) ([]byte, error) {
	var b bytes.Buffer
	var err error
	switch reportForm(path) {
	case "html":
		err = p.document().HTML(&b)
	case "md":
		err = p.document().Markdown(&b)
	case "csv":
		err = p.csv(&b)
	default:
		err = encode(&b, p.json())
	}
	return b.Bytes(), err
}

// encode writes v as the JSON that weigh prints.
func encode(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// write writes the report, if one was asked for, and says so.
func (r *reportFlag) write(a *app, p printer) error {
	if r.path == "" {
		return nil
	}
	data, err := p.render(r.path)
	if err != nil {
		return err
	}
	return a.writeFiles(r.force, analysis.Output{Path: r.path, Data: data})
}

// writeFiles writes files whole, and those that exist only with force.
func (a *app) writeFiles(force bool, files ...analysis.Output) error {
	err := analysis.WriteFiles(force, files...)
	var exists *analysis.ExistsError
	if errors.As(err, &exists) {
		return &hintedError{exists.Error() + "; nothing was written", "--force replaces it"}
	}
	if err != nil || a.quiet {
		return err
	}
	for _, f := range files {
		fmt.Fprintf(a.err, "Wrote %s.\n", oneLine(f.Path))
	}
	return nil
}
