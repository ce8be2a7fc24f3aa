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
	var file reportFlag
	var picture chartFlags
	c := &cobra.Command{
		Use:   "export (SOURCE… | NAME) [--requirements FILE] [--report FILE] [--chart FILE]",
		Short: "Write the requirements of the lighter build, a report, or a chart",
		Long: `Writes the requirements without what the plan drops. Comments, order, markers,
hashes and included files stay; a dropped line becomes a comment that says why.
What was written is read and resolved again, and must be what the plan promised.

The sources and --drop are those of weigh plan; NAME is a saved build, whose plan
is taken. Files that exist are not replaced without --force. "-" is standard
output.

A report tells what the build weighs and, with a plan, what it would weigh: as one
HTML page that needs no network, as Markdown for a pull request, as JSON or CSV. A
chart shows the heaviest packages that stay.`,
		Example: `  weigh export requirements.txt --drop librosa --requirements slim.txt
  weigh export "without torch" --requirements slim.txt --force
  weigh export sample --drop torch --drop librosa --drop openai-whisper --requirements -
  weigh export app.tar --report app.html --chart app.svg
  weigh export requirements.txt app.tar --drop torch --report plan.md`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			more := file.path != "" || picture.path != ""
			switch {
			case requirements == "" && !more:
				return usagef("export: --requirements, --report or --chart FILE says what to write")
			case requirements == "-" && a.json:
				return usagef("export: --requirements - and --json both want standard output")
			}
			if err := errors.Join(file.check(), picture.check()); err != nil {
				return err
			}
			b, v, err := a.planned(c.Context(), args, &s, &f, more)
			if b == nil || err != nil && requirements != "" {
				return err
			}
			switch {
			case requirements == "-":
				err = a.exportStdout(b, v)
			case requirements != "":
				err = a.exportFiles(c.Context(), b, v, requirements, file.force)
			}
			if more {
				problems := err
				if err := a.exportViews(c.Context(), b, v, &file, &picture, problems); err != nil {
					return err
				}
			}
			return a.finish(b, err)
		},
	}
	s.addDeps(c)
	s.addImage(c)
	s.addPlatform(c, "`platform` to resolve for (default linux/amd64)")
	f.add(c)
	c.Flags().StringVar(&requirements, "requirements", "", "write the slim requirements to `file`, or to standard output if it is -")
	file.add(c)
	picture.add(c)
	return c
}

// exportViews writes the report and the chart of b under the plan of v.
func (a *app) exportViews(ctx context.Context, b *analysis.Build, v plan.Preview, file *reportFlag, picture *chartFlags, problems error) error {
	var files []analysis.Output
	if file.path != "" {
		data, err := printer{
			document: func() *report.Document {
				d := report.BuildDocument(b, v, a.made(), problems)
				if b.Deps != nil || b.Ledger() != nil {
					d.AddStrategies(b.Strategies(v.Plan, plan.Speeds{}))
				}
				d.AddFindings(b.Insights(ctx))
				return d
			},
			json: func() any { return report.Plan(b, v, nil, problems) },
			csv:  func(w io.Writer) error { return report.WriteBuildCSV(w, b, v) },
		}.render(file.path)
		if err != nil {
			return err
		}
		files = append(files, analysis.Output{Path: file.path, Data: data})
	}
	if picture.path != "" {
		data, err := picture.render(b, v)
		if err != nil {
			return err
		}
		files = append(files, analysis.Output{Path: picture.path, Data: data})
	}
	return a.writeFiles(file.force, files...)
}

// planned opens sources, or the saved build that the only one names, with drops
// on top of its plan; the image only if image says so. A build that comes with an
// error is what could be read.
func (a *app) planned(ctx context.Context, args []string, s *sourceFlags, f *planFlags, image bool) (*analysis.Build, plan.Preview, error) {
	b, p, problems := a.planSource(ctx, args, s, image)
	if b == nil || b.Graph() == nil {
		return b, plan.Preview{}, problems
	}
	p, err := f.plan(a, b, p)
	if err != nil {
		return nil, plan.Preview{}, err
	}
	return b, a.preview(b, p), problems
}

// planSource opens what is exported, with the plan that is saved with it.
func (a *app) planSource(ctx context.Context, args []string, s *sourceFlags, image bool) (*analysis.Build, plan.Plan, error) {
	if len(args) == 1 && a.isSaved(ctx, args[0]) {
		b, p, _, err := a.openSaved(ctx, args[0])
		return b, p, err
	}
	in, err := analysis.Classify(args)
	if err == nil && len(in.Files) == 0 && !image {
		err = fmt.Errorf("%s: %w", in.Image, analysis.ErrNoRequirements)
	}
	if err != nil {
		return nil, plan.Plan{}, err
	}
	if !image {
		in.Image = "" // the requirements are all that is written
	}
	b, err := a.load(ctx, in, s)
	return b, plan.Plan{}, err
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
