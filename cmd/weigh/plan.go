package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"weighline/analysis"
	"weighline/analysis/attribution"
	"weighline/analysis/bytesize"
	"weighline/analysis/pep"
	"weighline/analysis/plan"
	"weighline/analysis/report"
	"weighline/store"
)

func (a *app) planCommand() *cobra.Command {
	var s sourceFlags
	var f planFlags
	var save, notes string
	var strategies, measure bool
	c := &cobra.Command{
		Use:   "plan SOURCE…",
		Short: "What a build would be under a plan",
		Long: `Drops packages from requirements, from an image, or from both together, swaps
them for lighter variants, moves them to a file for development, strips files
inside them, and tells what goes with them, what stays because others need it, and
what the build would weigh. Nothing on disk changes.

A package of the requirements is dropped by its lines: it stays if another one
still needs it. Any other package is taken out whoever needs it. Of an image the
layers are named that would have to be written, pushed and pulled again.

With --code your own Python sources are looked through, and so are the files of
the image's packages: what breaks without what goes, what may break, and of what
no use was found, with file and line.`,
		Example: `  weigh plan requirements.txt --drop librosa --drop openai-whisper
  weigh plan requirements.txt app.tar --drop torch --save "without torch"
  weigh plan requirements.txt --swap torch=cpu --dev scikit-learn
  weigh plan app.tar --strip tests --strip headers --squash
  weigh plan app.tar --drop scipy --json
  weigh plan requirements.txt --strategies --measure
  weigh plan requirements.txt --drop librosa --code src
  weigh plan sample --drop librosa`,
		Args: takesPipes(1, -1, "a source"),
		RunE: func(c *cobra.Command, args []string) error {
			if err := a.takePipes(c.Context(), &s, pointers(args)...); err != nil {
				return err
			}
			in, err := s.classify(args)
			if err != nil {
				return err
			}
			if save != "" {
				if err := a.nameIsFree(c.Context(), save); err != nil {
					return err
				}
			}
			b, err := a.load(c.Context(), in, &s)
			if b == nil || b.Graph() == nil {
				return err
			}
			p, planErr := f.plan(a, b, plan.Plan{})
			if planErr != nil {
				return planErr
			}
			v := a.preview(b, p)
			var speeds plan.Speeds
			if measure {
				var measureErr error
				if speeds, measureErr = speeds.Measure(c.Context(), ""); measureErr != nil {
					a.warn(analysis.Explain(measureErr))
				}
			}
			ways := b.Strategies(p, speeds)
			if err := a.print(func() any { return report.PlanWith(b, v, ways, nil, err) }, func(w io.Writer, width int) error {
				if err := report.WritePreview(w, b, v, width, 0); err != nil || !strategies && !measure {
					return err
				}
				return report.WriteStrategies(w, ways, width)
			}); err != nil {
				return err
			}
			if save != "" && err == nil {
				err = a.save(c.Context(), store.Build{Name: save, Notes: notes, Reference: strings.Join(args, ", ")}, b, v)
			}
			return a.finish(b, err)
		},
	}
	s.addDeps(c)
	s.addCode(c)
	s.addImage(c)
	s.addPlatform(c, platformOfBoth)
	f.add(c)
	c.Flags().BoolVar(&strategies, "strategies", false, "print the ways to a lighter image side by side: production only, CPU only, multi-stage, a base of your own, the opened image as a base, the plan (--json has them always)")
	c.Flags().BoolVar(&measure, "measure", false, "measure how fast this computer unpacks and compresses, for at most 2 seconds, for the estimated times of --strategies")
	c.Flags().StringVar(&save, "save", "", "keep the build and the plan in the library under `name`")
	c.Flags().StringVar(&notes, "notes", "", "`text` to keep with --save")
	return c
}

// noPackage says that b has no package called text that a plan could name, and
// which come near.
func noPackage(b *analysis.Build, flag, text string) error {
	name := pep.Normalize(strings.TrimSpace(text))
	if err := otherKind(b, flag, string(name)); err != nil {
		return err
	}
	var near []string
	for _, n := range b.Graph().Nodes() {
		if alike(string(n.Name), string(name)) && !slices.Contains(near, string(n.Name)) {
			near = append(near, string(n.Name))
		}
	}
	hint := "weigh deps lists the names"
	if b.Deps == nil {
		hint = "weigh image --json lists the names: those whose kind is python"
	}
	if len(near) > 0 {
		slices.Sort(near)
		hint = "did you mean " + strings.Join(near[:min(len(near), 5)], ", ") + "?"
	}
	return &hintedError{fmt.Sprintf("%s %s: there is no such package in the build", flag, text), hint}
}

// purges are the commands that take out what is no Python package.
var purges = map[attribution.Kind]string{
	attribution.Deb: "apt-get purge ", attribution.Apk: "apk del ", attribution.RPM: "dnf remove ",
	attribution.Node: "npm uninstall ", attribution.Conda: "conda remove ",
}

// article returns what stands before a kind as it is spoken: an r-p-m package.
func article(k attribution.Kind) string {
	if k == attribution.Apk || k == attribution.RPM {
		return "an"
	}
	return "a"
}

// otherKind says that the image has a package called name which is no Python
// package, so that a plan cannot take it out.
func otherKind(b *analysis.Build, flag, name string) error {
	l := b.Ledger()
	if l == nil {
		return nil
	}
	for _, p := range l.Packages {
		if p.Kind == attribution.Python || string(pep.Normalize(p.Name)) != name {
			continue
		}
		hint := "change the instruction that brings it"
		if c := purges[p.Kind]; c != "" {
			hint = "take it out where the image is built: leave it out, or " + c + p.Name + " in the instruction that brings it"
		}
		return &hintedError{fmt.Sprintf("%s %s: it is %s %s package of %s, and a plan is about Python packages", flag, name, article(p.Kind), p.Kind, bytesize.Size(p.Unpacked)), hint}
	}
	return nil
}

// alike reports whether one name holds the other or begins like it.
func alike(a, b string) bool {
	const begin = 4
	return len(b) > 1 && strings.Contains(a, b) || len(a) > 1 && strings.Contains(b, a) ||
		len(a) >= begin && len(b) >= begin && a[:begin] == b[:begin]
}

// completeDrop completes the names of the packages in the requirements on the
// command line.
func completeDrop(c *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	in, err := analysis.Classify(args)
	if err != nil || len(in.Files) == 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	ctx := c.Context()
	if ctx == nil {
		ctx = context.Background()
	}
	b, _ := analysis.Analyze(ctx, analysis.Input{Files: in.Files, Constraints: in.Constraints}, analysis.Options{})
	if b == nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var names []cobra.Completion
	for _, n := range b.Deps.Graph.Nodes() {
		names = append(names, string(n.Name))
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}
