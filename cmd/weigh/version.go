package main

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"weighline/analysis/pyindex"
)

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Which weigh this is, and how old its catalogue",
		Example: "  weigh version\n  weigh version --json",
		Args:    takes(0, 0, ""),
		RunE: func(*cobra.Command, []string) error {
			catalogue, err := pyindex.Embedded()
			if err != nil {
				return err
			}
			v := struct {
				Schema    string `json:"schema"`
				Version   string `json:"version"`
				Commit    string `json:"commit,omitempty"`
				Go        string `json:"go"`
				Platform  string `json:"platform"`
				Catalogue string `json:"catalogue"` // day of the embedded catalogue
			}{"weighline/version@1", version, commit(), runtime.Version(), runtime.GOOS + "/" + runtime.GOARCH, catalogue.Date}
			return a.print(func() any { return v }, func(w io.Writer, _ int) error {
				_, err := fmt.Fprintf(w, "weigh %s (%s, %s)\ncatalogue of %s\n", v.Version, v.Go, v.Platform, v.Catalogue)
				return err
			})
		},
	}
}

// commit returns what the program was built from, "" if nobody noted it.
func commit() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return s.Value
		}
	}
	return ""
}
