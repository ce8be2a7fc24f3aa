package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"weighline/analysis"
	"weighline/analysis/plan"
	"weighline/analysis/report"
	"weighline/analysis/reqfile"
)

// errCheckFailed ends a run that was done and whose check failed: what failed is
// printed already.
var errCheckFailed = errors.New("the check failed")

// What --fail-on may name.
const (
	failOnUnknown  = "unknown"
	failOnFindings = "new-findings"
)

// checkFlags are the limits of weigh check.
type checkFlags struct {
	budgets, presets, growths, failOn []string
	against                           string
}

func (a *app) checkCommand() *cobra.Command {
	var s sourceFlags
	var f checkFlags
	var file reportFlag
	c := &cobra.Command{
		Use:   "check SOURCE",
		Short: "Fail when a build is over a budget, or has grown too much",
		Long: `Holds a build against limits, for a CI job. When one is passed, weigh ends with
exit code 1 and names the packages and layers that are to blame, most bytes first.

A budget is a size and what it counts: 500MB (unpacked bytes), 500MB:download,
2GiB:largest-layer, 14GB:disk; or a time to build, which is estimated: 10m. Presets
are the limits of platforms, with their source and the day on which it was read;
--preset list shows them.

--against names what the build was before: a JSON file that weigh image or deps
--json has written, a saved build, or an image, such as the last release in the
registry. --max-growth is a part of it or a size: 5%, 20MB, 5%:download. Without a
word behind the colon it counts unpacked bytes, of requirements the download.

A limit of what nobody knows cannot be checked, which is an error. Where only some
sizes are unknown the known ones count; --fail-on unknown fails then, and
--fail-on new-findings when weigh finds something that could go and could not from
the baseline.`,
		Example: `  weigh check app.tar --budget 500MB
  weigh check requirements.txt --budget 1GB:download --preset aws-lambda-zip
  weigh check registry.corp/acme/api:1.1 --against registry.corp/acme/api:1.0 --max-growth 5%
  weigh check app.tar --against baseline.json --max-growth 20MB --report summary.md
  weigh check app.tar --budget 2GB --json | jq '.limits[].blame.packages[0]'
  weigh check --preset list`,
		Args: func(c *cobra.Command, args []string) error {
			if slices.Contains(f.presets, "list") {
				return nil
			}
			return takesPipes(1, 1, "one build")(c, args)
		},
		ValidArgsFunction: a.completeSource,
		RunE: func(c *cobra.Command, args []string) error {
			if slices.Contains(f.presets, "list") {
				return a.printPresets()
			}
			budgets, growths, err := f.limits()
			if err != nil {
				return err
			}
			if err := file.check(); err != nil {
				return err
			}
			if err := a.takePipes(c.Context(), &s, &args[0]); err != nil {
				return err
			}
			k, err := a.check(c.Context(), args[0], s, f, budgets, growths)
			if err != nil {
				return err
			}
			return a.printCheck(k, &file, f)
		},
	}
	s.addDeps(c)
	s.addImage(c)
	s.addPlatform(c, platformOfBoth)
	fs := c.Flags()
	fs.StringArrayVar(&f.budgets, "budget", nil, "`limit` such as 500MB, 500MB:download or 2GiB:largest-layer; may be repeated")
	fs.StringArrayVar(&f.presets, "preset", nil, "limit of a platform by its `name`, \"list\" shows them; may be repeated")
	fs.StringVar(&f.against, "against", "", "what the build was before: a `baseline` as JSON, a saved build, or an image")
	fs.StringArrayVar(&f.growths, "max-growth", nil, "how much `more` than the baseline is too much: 5%, 20MB, 5%:download; may be repeated")
	fs.StringSliceVar(&f.failOn, "fail-on", nil, "fail, too, on `what`: unknown, new-findings")
	file.add(c)
	_ = c.RegisterFlagCompletionFunc("preset", completePreset)
	_ = c.RegisterFlagCompletionFunc("fail-on", cobra.FixedCompletions([]string{failOnUnknown, failOnFindings}, cobra.ShellCompDirectiveNoFileComp))
	_ = c.RegisterFlagCompletionFunc("budget", cobra.NoFileCompletions)
	_ = c.RegisterFlagCompletionFunc("max-growth", cobra.NoFileCompletions)
	_ = c.RegisterFlagCompletionFunc("against", a.completeSource)
	return c
}

// limits reads the flags before anything is opened.
func (f *checkFlags) limits() (budgets []plan.Budget, growths []analysis.Growth, err error) {
	for _, text := range f.budgets {
		b, err := plan.ParseBudget(text)
		if err != nil {
			return nil, nil, usagef("--%w", err)
		}
		budgets = append(budgets, b)
	}
	for _, name := range f.presets {
		b, err := plan.Preset(name)
		if err != nil {
			return nil, nil, &hintedError{"--preset " + err.Error(), "weigh check --preset list shows them"}
		}
		budgets = append(budgets, b)
	}
	for _, text := range f.growths {
		g, err := analysis.ParseGrowth(text)
		if err != nil {
			return nil, nil, usagef("--max-%w", err)
		}
		growths = append(growths, g)
	}
	for _, word := range f.failOn {
		if word != failOnUnknown && word != failOnFindings {
			return nil, nil, usagef("--fail-on %s: there are %s and %s", word, failOnUnknown, failOnFindings)
		}
	}
	switch {
	case len(growths) > 0 && f.against == "":
		return nil, nil, usagef("--max-growth is about a baseline: --against names one")
	case slices.Contains(f.failOn, failOnFindings) && f.against == "":
		return nil, nil, usagef("--fail-on %s is about a baseline: --against names one", failOnFindings)
	case len(budgets)+len(growths)+len(f.failOn) == 0:
		return nil, nil, usagef("check: no limit is given: --budget, --preset, or --against with --max-growth")
	}
	return budgets, growths, nil
}

// check opens the build and its baseline and holds it against the limits. What
// cannot be read whole is not checked: it would pass for what is missing.
func (a *app) check(ctx context.Context, source string, s sourceFlags, f checkFlags, budgets []plan.Budget, growths []analysis.Growth) (*report.Check, error) {
	b, name, err := a.open(ctx, source, &s)
	if err != nil {
		return nil, err
	}
	k := &report.Check{Build: b, Name: name}
	if f.against != "" {
		s.known = append(s.known, b)
		base, baseName, err := a.open(ctx, f.against, &s)
		if err != nil {
			return nil, noBaseline(ctx, f.against, err)
		}
		k.Comparison = analysis.Compare(base, b)
		k.Options = report.CompareOptions{NameA: baseName, NameB: name, Insights: k.Comparison.Insights(ctx)}
	}
	if k.Verdicts, err = analysis.Check(b, budgets, k.Comparison, growths...); err != nil {
		return nil, &hintedError{explain(err), "another word behind the colon of --max-growth counts something else, and --index asks a package index for exact sizes"}
	}
	for _, v := range k.Verdicts {
		if !v.Decided {
			return nil, &hintedError{fmt.Sprintf("%s: %v: nobody knows its %s", oneLine(source), analysis.ErrUndecided, v.Limit.Counts.Label()), whyUndecided(v.Limit.Counts)}
		}
		if v.Used.Unknown > 0 && slices.Contains(f.failOn, failOnUnknown) {
			k.Failed = append(k.Failed, fmt.Sprintf("%s: %d sizes are unknown", v.Limit, v.Used.Unknown))
		}
	}
	if slices.Contains(f.failOn, failOnFindings) {
		err = failOnNew(k)
	}
	return k, err
}

// noBaseline says what the file of a baseline is not, and how one is made.
func noBaseline(ctx context.Context, name string, err error) error {
	var format *reqfile.FormatError
	switch {
	case ctx.Err() != nil:
		return err
	case errors.As(err, &format):
		return &hintedError{fmt.Sprintf("%s is no baseline: neither a result of weigh --json nor requirements nor an image; %s", name, format.Found), resultHint}
	case hint(err) == "" || errors.Is(err, fs.ErrNotExist):
		return &hintedError{explain(err), resultHint + "; a saved build or an image will do, too"}
	}
	return err
}

// whyUndecided says what would help where a limit cannot be checked.
func whyUndecided(counts plan.Counts) string {
	switch counts {
	case plan.LargestLayer, plan.Disk:
		return "name an image: requirements have no layers"
	}
	return "--index asks a package index for exact sizes"
}

// failOnNew fails a check for each finding that the baseline did not have.
func failOnNew(k *report.Check) error {
	if k.Options.Insights == nil {
		return &hintedError{"--fail-on " + failOnFindings + ": the baseline keeps no files to look at", "name an image or a saved build as the baseline, not a JSON file"}
	}
	for _, x := range k.Options.Insights.New {
		k.Failed = append(k.Failed, "new finding: "+x.Title)
	}
	return nil
}

// printCheck prints the verdicts, writes the report, and fails if the check did.
func (a *app) printCheck(k *report.Check, file *reportFlag, f checkFlags) error {
	if err := a.print(func() any { return k.JSON() },
		func(w io.Writer, width int) error { return k.Write(w, width, a.colour()) }); err != nil {
		return err
	}
	if err := file.write(a, printer{
		document: func() *report.Document { return k.Document(a.made()) },
		json:     func() any { return k.JSON() },
		csv: func(w io.Writer) error {
			if k.Comparison != nil {
				return report.WriteCompareCSV(w, k.Comparison, k.Options)
			}
			return report.WriteBuildCSV(w, k.Build, plan.Preview{})
		},
	}); err != nil {
		return err
	}
	_ = a.finish(k.Build, nil)
	if !k.Passed() {
		return errCheckFailed
	}
	return nil
}

// printPresets lists the limits that weigh knows.
func (a *app) printPresets() error {
	presets := plan.Presets()
	j := struct {
		Schema  string        `json:"schema"`
		Presets []plan.Budget `json:"presets"`
	}{"weighline/presets@1", presets}
	return a.print(func() any { return j }, func(w io.Writer, width int) error {
		t := report.Table{Columns: []report.Column{{Title: "NAME"}, {Title: "LIMIT"}, {Title: "PLATFORM", Min: 14}, {Title: "CHECKED ON", Spare: 1}, {Title: "SOURCE", Spare: 2}}}
		for _, p := range presets {
			t.Row(p.ID, p.String(), p.Name, p.CheckedOn, p.Source)
		}
		all := len(t.Columns)
		if err := t.Write(w, width); err != nil || len(t.Columns) == all {
			return err
		}
		_, err := fmt.Fprintln(w, "\nNo room for the sources: --preset list --json has them")
		return err
	})
}

func completePreset(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
	names := []cobra.Completion{"list"}
	for _, p := range plan.Presets() {
		names = append(names, cobra.CompletionWithDesc(p.ID, strings.ReplaceAll(p.Name, "\t", " ")))
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}
