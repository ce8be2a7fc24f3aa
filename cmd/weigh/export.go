package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"weighline/analysis"
	"weighline/analysis/plan"
	"weighline/analysis/report"
	"weighline/analysis/reqfile"
)

func (a *app) exportCommand() *cobra.Command {
	var s sourceFlags
	var f planFlags
	var requirements string
	var force bool
	c := &cobra.Command{
		Use:   "export (SOURCE… | NAME) --requirements FILE",
		Short: "Write the requirements of the lighter build",
		Long: `Writes the requirements without what the plan drops. Comments, order, markers,
hashes and included files stay; a dropped line becomes a comment that says why.
What was written is read and resolved again, and must be what the plan promised.

The sources and --drop are those of weigh plan; NAME is a saved build, whose plan
is taken. Files that exist are not replaced without --force. "-" is standard
output.`,
		Example: `  weigh export requirements.txt --drop librosa --requirements slim.txt
  weigh export "without torch" --requirements slim.txt --force
  weigh export sample --drop torch --drop librosa --drop openai-whisper --requirements -`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			switch {
			case requirements == "":
				return usagef("export: --requirements FILE says where to write")
			case requirements == "-" && a.json:
				return usagef("export: --requirements - and --json both want standard output")
			}
			b, v, err := a.planned(c.Context(), args, &s, &f)
			if err != nil {
				return err
			}
			if requirements == "-" {
				err = a.exportStdout(b, v)
			} else {
				err = a.exportFiles(c.Context(), b, v, requirements, force)
			}
			return a.finish(b, err)
		},
	}
	s.addDeps(c)
	s.addImage(c)
	s.addPlatform(c, "`platform` to resolve for (default linux/amd64)")
	f.add(c)
	c.Flags().StringVar(&requirements, "requirements", "", "write the slim requirements to `file`, or to standard output if it is -")
	c.Flags().BoolVar(&force, "force", false, "replace files that exist")
	return c
}

// planned opens sources, or the saved build that the only one names, with drops
// on top of its plan. What cannot be read whole is not exported.
func (a *app) planned(ctx context.Context, args []string, s *sourceFlags, f *planFlags) (*analysis.Build, plan.Preview, error) {
	var b *analysis.Build
	var p plan.Plan
	if len(args) == 1 && a.isSaved(ctx, args[0]) {
		var err error
		if b, p, _, err = a.openSaved(ctx, args[0]); err != nil {
			return nil, plan.Preview{}, err
		}
	} else {
		in, err := analysis.Classify(args)
		if err == nil && len(in.Files) == 0 {
			err = fmt.Errorf("%s: %w", in.Image, analysis.ErrNoRequirements)
		}
		if err == nil {
			in.Image = "" // the requirements are all that is written
			b, err = a.load(ctx, in, s)
		}
		if err != nil {
			return nil, plan.Preview{}, err
		}
	}
	p, err := f.plan(a, b, p)
	if err != nil {
		return nil, plan.Preview{}, err
	}
	return b, a.preview(b, p), nil
}

func (a *app) exportFiles(ctx context.Context, b *analysis.Build, v plan.Preview, path string, force bool) error {
	written, err := b.ExportSlim(ctx, v, path, force)
	if written == nil {
		var exists *analysis.ExistsError
		if errors.As(err, &exists) {
			return &hintedError{exists.Error() + "; nothing was written", "--force replaces it"}
		}
		return err
	}
	a.warnExcluded(v)
	done := struct {
		Schema  string             `json:"schema"`
		Written []string           `json:"written"`
		Preview report.PreviewJSON `json:"preview"`
	}{"weighline/export@1", written, report.Preview(b, v)}
	return errors.Join(err, a.print(func() any { return done }, func(w io.Writer, _ int) error {
		_, err := fmt.Fprintf(w, "Wrote %s: %d packages, download %s (before: %d, %s).\n", oneLine(strings.Join(written, ", ")),
			v.After.Packages, v.After.Download, v.Before.Packages, v.Before.Download)
		return err
	}))
}

// exportStdout prints the slim requirements as one file.
func (a *app) exportStdout(b *analysis.Build, v plan.Preview) error {
	if b.Deps == nil {
		return analysis.ErrNoRequirements
	}
	if len(b.Deps.Docs) > 1 {
		return usagef("export: %d files cannot be written to standard output as one; name a file", len(b.Deps.Docs))
	}
	files, err := b.SlimFiles(v, reqfile.SlimOptions{Flatten: true})
	if err != nil {
		return err
	}
	for _, f := range files[1:] {
		a.warn(f.Name + " stays a file of its own and is not printed")
	}
	for _, note := range files[0].Notes {
		a.warn(note)
	}
	if _, err := a.out.Write(files[0].Data); err != nil {
		return fmt.Errorf("standard output: %w", err)
	}
	return nil
}

func (a *app) warnExcluded(v plan.Preview) {
	for _, n := range v.Excluded {
		a.warn(fmt.Sprintf("%s is required by what stays: pip installs it again, as it cannot leave out what others require", n))
	}
}
