package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"weighline/analysis"
	"weighline/analysis/pep"
	"weighline/analysis/plan"
	"weighline/analysis/report"
	"weighline/analysis/reqfile"
)

func (a *app) exportCommand() *cobra.Command {
	var s sourceFlags
	var f planFlags
	var to analysis.Exports
	var commands bool
	var file reportFlag
	var picture chartFlags
	c := &cobra.Command{
		Use:   "export (SOURCE… | NAME) [--requirements FILE] [--dockerfile FILE] [--report FILE] [--chart FILE]",
		Short: "Write the requirements of the lighter build, a Dockerfile, a report, or a chart",
		Long: `Writes the requirements without what the plan drops. Comments, order, markers,
hashes and included files stay; a dropped line becomes a comment that says why,
and so does a swapped one above what takes its place. Where the lines alone would
come to other versions than the preview's, as that which pinned one is gone, the
file includes a constraints file: FILE-constraints.txt beside it, or that of
--constraints. What was written is read and resolved again, and must be what the
plan promised. All files of one call are written whole or none is; a file that was
read is changed only if it is named.

The sources and the flags of a plan are those of weigh plan; NAME is a saved build, whose plan
is taken. Files that exist are not replaced without --force. --requirements - is
standard output.

A report tells what the build weighs and, with a plan, what it would weigh: as one
HTML page that needs no network, as Markdown for a pull request, as JSON or CSV. A
chart shows the heaviest packages that stay.`,
		Example: `  weigh export requirements.txt --drop librosa --requirements slim.txt
  weigh export "without torch" --requirements slim.txt --force
  weigh export sample --drop torch --drop librosa --drop openai-whisper --requirements -
  weigh export requirements.txt --swap torch=cpu --dev scikit-learn --requirements slim.txt --dev-requirements dev.txt --dockerfile Dockerfile
  weigh export requirements.txt --dockerfile Dockerfile --strategy base-image
  weigh export requirements.txt --drop librosa --uv
  weigh export app.tar --report app.html --chart app.svg
  weigh export requirements.txt app.tar --drop torch --code src --report plan.md`,
		Args: takes(1, -1, "a source or the name of a saved build"),
		RunE: func(c *cobra.Command, args []string) error {
			more := file.path != "" || picture.path != ""
			switch {
			case !writesFiles(to) && to.Requirements == "" && !more && !commands:
				return usagef("export: --requirements, --dockerfile, --report, --chart or another flag with a FILE says what to write")
			case (to.Requirements == "-" || commands) && a.json:
				return usagef("export: --requirements - or --uv and --json both want standard output")
			case slices.Contains([]string{to.Dev, to.Constraints, to.Dockerfile, to.Plan}, "-"):
				return usagef("export: only --requirements goes to standard output as \"-\"; name a file for the others")
			case to.Flatten && to.Requirements == "":
				return usagef("export: --flatten says how --requirements FILE is written")
			case to.Strategy != "" && to.Dockerfile == "":
				return usagef("export: --strategy says which Dockerfile, and --dockerfile FILE where to write it")
			}
			files := to
			if files.Requirements == "-" {
				files.Requirements, files.Flatten = "", false // standard output is always one file
			}
			writes := writesFiles(files)
			if err := errors.Join(file.check(), picture.check()); err != nil {
				return err
			}
			b, v, err := a.planned(c.Context(), args, &s, &f, more || to.Requirements == "" && to.Dev == "")
			if b == nil || err != nil && (writes || to.Requirements != "" || commands) {
				return err
			}
			if to.Requirements == "-" {
				err = a.exportStdout(c.Context(), b, v, to.Constraints)
			}
			var views []analysis.Output
			if more {
				var failed error
				if views, failed = a.views(c.Context(), b, v, &file, &picture, err); failed != nil {
					return failed
				}
			}
			switch {
			case writes && err == nil:
				files.More = views
				err = a.exportFiles(c.Context(), b, v, files, file.force)
			case more:
				err = errors.Join(err, a.writeFiles(file.force, views...))
			}
			if err == nil && commands {
				_, err = io.WriteString(a.out, b.Commands(v, cmp.Or(files.Requirements, "requirements.txt")))
			}
			return a.finish(b, err)
		},
	}
	s.addDeps(c)
	s.addCode(c)
	s.addImage(c)
	s.addPlatform(c, platformOfBoth)
	f.add(c)
	x := c.Flags()
	x.StringVar(&to.Requirements, "requirements", "", "write the slim requirements to `file`, or to standard output if it is -")
	x.BoolVar(&to.Flatten, "flatten", false, "write what the requirements include into the one file, but for constraints (default: included files stay files)")
	x.StringVar(&to.Dev, "dev-requirements", "", "write what --dev moves to `file`, which includes the slim one")
	x.StringVar(&to.Constraints, "constraints", "", "write the versions of the preview to `file`, for pip install --constraint")
	x.StringVar(&to.Dockerfile, "dockerfile", "", "write a Dockerfile to `file`")
	x.StringVar(&to.Strategy, "strategy", "", "`name` of the strategy that --dockerfile builds: as-is, production, cpu-only, multi-stage, base-image, opened-base, plan (default plan)")
	x.StringVar(&to.Plan, "plan-file", "", "write the plan to `file`, as JSON that --plan reads")
	x.BoolVar(&commands, "uv", false, "print the commands of pip and uv that do the same")
	_ = c.RegisterFlagCompletionFunc("strategy", cobra.FixedCompletions([]string{plan.AsIs, plan.Production, plan.CPUOnly, plan.MultiStage, plan.BaseImage, plan.OpenedBase, plan.Current}, cobra.ShellCompDirectiveNoFileComp))
	file.add(c)
	picture.add(c)
	return c
}

// writesFiles reports whether to names a file of those that [analysis.Build.Export]
// makes.
func writesFiles(to analysis.Exports) bool {
	return to.Requirements+to.Dev+to.Constraints+to.Dockerfile+to.Plan != ""
}

// views makes the report and the chart of b under the plan of v.
func (a *app) views(ctx context.Context, b *analysis.Build, v plan.Preview, file *reportFlag, picture *chartFlags, problems error) (files []analysis.Output, err error) {
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
			return nil, err
		}
		files = append(files, analysis.Output{Path: file.path, Data: data})
	}
	if picture.path != "" {
		data, err := picture.render(b, v)
		if err != nil {
			return nil, err
		}
		files = append(files, analysis.Output{Path: picture.path, Data: data})
	}
	return files, nil
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

func (a *app) exportFiles(ctx context.Context, b *analysis.Build, v plan.Preview, to analysis.Exports, force bool) error {
	x, err := b.Export(ctx, v, to, force)
	if x == nil {
		var exists *analysis.ExistsError
		if errors.As(err, &exists) {
			return &hintedError{exists.Error() + "; nothing was written", "--force replaces it"}
		}
		return err
	}
	if to.Requirements != "" {
		a.warnExcluded(v)
	}
	for _, note := range x.Notes {
		if !excludedNote(v, note) {
			a.warn(note)
		}
	}
	done := struct {
		Schema  string             `json:"schema"`
		Written []string           `json:"written"`
		Notes   []string           `json:"notes"`
		Kept    []keptJSON         `json:"kept"`
		Preview report.PreviewJSON `json:"preview"`
	}{"weighline/export@1", x.Written, append([]string{}, x.Notes...), keptIn(x), report.Preview(b, v)}
	return errors.Join(err, a.print(func() any { return done }, func(w io.Writer, _ int) error {
		figures := fmt.Sprintf("%d packages, download %s (before: %d, %s)", v.After.Packages, v.After.Download, v.Before.Packages, v.Before.Download)
		if b.Deps == nil { // nobody knows what pip downloads for an image
			figures = fmt.Sprintf("%d Python packages (before: %d)", v.After.Packages, v.Before.Packages)
		}
		if _, err := fmt.Fprintf(w, "Wrote %s: %s.\n", oneLine(strings.Join(x.Written, ", ")), figures); err != nil || x.KeptBy == "" {
			return err
		}
		_, err := fmt.Fprintf(w, "%s keeps versions of the preview that the lines alone leave open: %s.\n", oneLine(x.KeptBy), versionsOf(x.Kept))
		return err
	}))
}

// keptJSON is a version of the preview that a file pins, as the lines leave it open.
type keptJSON struct {
	Name    pep.Name `json:"name"`
	Version string   `json:"version"`
	File    string   `json:"file"` // the constraints file; "" where it is a line of the requirements
}

func keptIn(x *analysis.Exported) []keptJSON {
	list := []keptJSON{}
	for _, p := range x.Kept {
		list = append(list, keptJSON{p.Name, p.Version, x.KeptBy})
	}
	return list
}

// excludedNote reports whether a note is about a package that warnExcluded tells
// of in its own words.
func excludedNote(v plan.Preview, note string) bool {
	return slices.ContainsFunc(v.Excluded, func(n pep.Name) bool { return strings.HasPrefix(note, string(n)+" is named by no line") })
}

// exportStdout prints the slim requirements as one file.
func (a *app) exportStdout(ctx context.Context, b *analysis.Build, v plan.Preview, constraints string) error {
	if b.Deps == nil {
		return analysis.ErrNoRequirements
	}
	if len(b.Deps.Docs) > 1 {
		return usagef("export: %d files cannot be written to standard output as one; name a file", len(b.Deps.Docs))
	}
	files, keep, err := b.SlimFile(ctx, v, constraints)
	if err != nil {
		return err
	}
	for _, f := range files[1:] {
		a.warn(f.Name + " stays a file of its own and is not printed")
	}
	for _, note := range files[0].Notes {
		a.warn(note)
	}
	if len(keep) > 0 && constraints == "" {
		a.warn("lines at the end keep versions of the preview that the others leave open: " + versionsOf(keep) + "; with --requirements FILE a constraints file does")
	}
	if _, err := a.out.Write(files[0].Data); err != nil {
		return fmt.Errorf("standard output: %w", err)
	}
	return nil
}

// versionsOf lists pins as people read them, the first few of many.
func versionsOf(keep []reqfile.Pin) string {
	text, more := reqfile.FirstPins(keep, 6)
	if more > 0 {
		return fmt.Sprintf("%s and %d more", text, more)
	}
	return text
}

func (a *app) warnExcluded(v plan.Preview) {
	for _, n := range v.Excluded {
		a.warn(fmt.Sprintf("%s is required by what stays: pip installs it again, as it cannot leave out what others require", n))
	}
}
