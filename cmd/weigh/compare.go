package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"weighline/analysis"
	"weighline/analysis/oci"
	"weighline/analysis/plan"
	"weighline/analysis/report"
)

func (a *app) compareCommand() *cobra.Command {
	var s sourceFlags
	var minChange, platformB, planB string
	var file reportFlag
	var f planFlags
	c := &cobra.Command{
		Use:   "compare A (B [C…] | flags of plan)",
		Short: "What changed between two builds, and by how much",
		Long: `Compares two images, two requirement files, one with the other, saved builds, or
results that were kept: packages, layers and files that came, went or changed,
and what a host that has A must still pull for B. With more than two, what changed
at each step from the first to the last.

Layers are matched by their diff IDs, then by the instructions that made them,
never by their number; files by content. A layer that several of them share is
read once, and not at all if the library has it. An image and itself are the same
without reading any layer.

One build alone is compared with itself under a plan: that of the flags, or the one
it was saved with. With --plan-b two plans are compared: what the build would be
under each.

A and B are what weigh image and weigh deps take, the name of a saved build
(saved:NAME where a file or an image has that name, too), or a JSON file that
weigh image, deps or plan --json has written.`,
		Example: `  weigh compare acme/api:1.0 acme/api:1.1
  weigh compare acme/api:1.0 acme/api:1.1 acme/api:1.2
  weigh compare before.tar after.tar --min-change 1MB
  weigh compare acme/api:1.1 acme/api:1.1 --platform linux/amd64 --platform-b linux/arm64
  weigh compare requirements.txt slim.txt --constraint constraints.txt
  weigh compare requirements.txt acme/api:1.1
  weigh compare baseline.json acme/api:1.1 --json
  weigh compare acme/api:1.0 acme/api:1.1 --report changes.html
  weigh compare app.tar --drop scipy --report preview.html
  weigh compare requirements.txt --plan a.json --plan-b b.json
  weigh compare "without torch" --plan-b "torch for CPUs"
  weigh compare sample:before sample:after`,
		Args: takesPipes(1, -1, "what is to be compared"),
		RunE: func(c *cobra.Command, args []string) error {
			limit, err := parseSize(minChange)
			if err != nil {
				return err
			}
			switch {
			case platformB != "" && len(args) != 2:
				return usagef("compare: --platform-b is about two builds, and there are %d", len(args))
			case (f.given() || planB != "") && len(args) > 1:
				return usagef("compare: a plan is compared with the build that it is for: name one build, not %d", len(args))
			}
			if err := file.check(); err != nil {
				return err
			}
			if file.path != "" && len(args) > 2 {
				return usagef("compare: --report is about two builds, and there are %d", len(args))
			}
			if err := a.takePipes(c.Context(), &s, pointers(args)...); err != nil {
				return err
			}
			open := func() ([]side, error) { return a.sides(c.Context(), args, s, platformB) }
			if len(args) == 1 {
				open = func() ([]side, error) { return a.withPreview(c.Context(), args[0], s, &f, planB) }
			}
			sides, err := open()
			if err != nil {
				return err
			}
			if len(sides) > 2 {
				return a.printTimeline(sides, report.CompareOptions{MinChange: limit})
			}
			return a.printComparison(c.Context(), sides, report.CompareOptions{MinChange: limit}, &file)
		},
		ValidArgsFunction: a.completeSource,
	}
	s.addDeps(c)
	s.addImage(c)
	s.addPlatform(c, platformOfBoth)
	f.add(c)
	c.Flags().StringVar(&planB, "plan-b", "", "compare with the plan in a JSON `file`, or of the saved build of that name")
	c.Flags().StringVar(&platformB, "platform-b", "", "`platform` of B, if it is not that of A")
	c.Flags().StringVar(&minChange, "min-change", "0", "hide packages and files that changed by less than `bytes`, such as 500000 or 500kB")
	c.Flags().BoolVar(&s.layersOnly, "layers-only", false, "read the manifests and configs and no layer")
	file.add(c)
	return c
}

// A side is one of the builds that are compared.
type side struct {
	build *analysis.Build
	name  string // if not what it was opened from
	err   error  // what of it could not be read
}

// sides opens what is compared, each layer once. An error says that one of them
// cannot be opened at all.
func (a *app) sides(ctx context.Context, args []string, s sourceFlags, platformB string) ([]side, error) {
	flags := make([]sourceFlags, len(args))
	for i := range args {
		flags[i] = s
	}
	if platformB != "" {
		flags[1].platform = platformB
	}
	if a.same(ctx, args, flags) {
		flags[0].cachedOnly = true
		x, err := a.side(ctx, args[0], &flags[0])
		y := x
		if args[1] != args[0] { // two names of one image
			y.name = oci.Redact(args[1])
		}
		return []side{x, y}, err
	}
	var out []side
	for i, source := range args {
		x, err := a.side(ctx, source, &flags[i])
		if err != nil {
			return nil, err
		}
		out = append(out, x)
		for j := i + 1; j < len(flags); j++ {
			flags[j].known = append(flags[j].known, x.build)
		}
	}
	return out, nil
}

// withPreview opens a build, and makes what it would be under a plan, and under
// another one if planB names it.
func (a *app) withPreview(ctx context.Context, source string, s sourceFlags, f *planFlags, planB string) ([]side, error) {
	var saved plan.Plan
	b, name, problems := a.open(ctx, source, &s)
	if name != "" && !report.IsResult(source) {
		var err error
		if b, saved, _, err = a.openSaved(ctx, name); err != nil {
			return nil, err
		}
	}
	if b == nil {
		return nil, problems
	}
	if b.Graph() == nil {
		return nil, fmt.Errorf("%s: no layer was read, so that there are no packages to put a plan against", oneLine(source))
	}
	p, err := f.plan(a, b, saved)
	if err != nil {
		return nil, err
	}
	if planB != "" {
		q, err := a.namedPlan(ctx, planB, b)
		if err != nil {
			return nil, err
		}
		name := "with the plan"
		if p.Empty() {
			name = "without a plan"
		}
		return []side{{b.After(a.preview(b, p)), name, problems}, {build: b.After(a.preview(b, q)), name: "with the plan " + oneLine(planB)}}, nil
	}
	if p.Empty() {
		return nil, usagef("compare: %s is one build: name another one, or a plan such as --drop NAME", oneLine(source))
	}
	before, after := side{b, name, problems}, side{build: b.After(a.preview(b, p)), name: "with the plan"}
	return []side{before, after}, nil
}

// namedPlan returns the plan of the saved build of that name, or in the file.
func (a *app) namedPlan(ctx context.Context, name string, b *analysis.Build) (plan.Plan, error) {
	if a.isSaved(ctx, name) {
		_, p, _, err := a.openSaved(ctx, name)
		return p, err
	}
	return a.readPlan(name, b)
}

// same reports whether two sources are one image, of which nothing need be read
// to know that nothing changed.
func (a *app) same(ctx context.Context, args []string, flags []sourceFlags) bool {
	if len(args) != 2 {
		return false
	}
	var refs [2]string
	for i, source := range args {
		in, err := analysis.Classify([]string{source})
		if err != nil || in.Image == "" || len(in.Files) > 0 || report.IsResult(source) || a.isSaved(ctx, source) || savedName(source) != "" {
			return false
		}
		refs[i] = in.Image
	}
	return analysis.SameImage(ctx, refs[0], refs[1], flags[0].image(), flags[1].image())
}

// side opens one of the builds.
func (a *app) side(ctx context.Context, source string, s *sourceFlags) (side, error) {
	b, name, err := a.open(ctx, source, s)
	if b == nil {
		return side{}, err
	}
	return side{b, name, err}, nil
}

// printComparison prints what became of the first of two builds in the second.
func (a *app) printComparison(ctx context.Context, sides []side, o report.CompareOptions, file *reportFlag) error {
	left, right := sides[0], sides[1]
	o.NameA, o.NameB = left.name, right.name
	c := analysis.Compare(left.build, right.build)
	o.Insights = c.Insights(ctx)
	problems := errors.Join(left.err, right.err)
	if left.build == right.build {
		problems = left.err
	}
	if err := a.print(func() any { return report.Compare(c, o, problems) },
		func(w io.Writer, width int) error { return report.WriteCompare(w, c, o, width) }); err != nil {
		return err
	}
	if err := file.write(a, printer{
		document: func() *report.Document { return report.CompareDocument(c, o, a.made(), problems) },
		json:     func() any { return report.Compare(c, o, problems) },
		csv:      func(w io.Writer) error { return report.WriteCompareCSV(w, c, o) },
	}); err != nil {
		return err
	}
	if left.build != right.build {
		_ = a.finish(left.build, nil)
	}
	return a.finish(right.build, problems)
}

// printTimeline prints what changed from each build to the next.
func (a *app) printTimeline(sides []side, o report.CompareOptions) error {
	var builds []*analysis.Build
	var problems error
	for _, x := range sides {
		builds, o.Names = append(builds, x.build), append(o.Names, x.name)
		problems = errors.Join(problems, x.err)
	}
	steps := analysis.Timeline(builds...)
	if err := a.print(func() any { return report.Timeline(steps, o, problems) },
		func(w io.Writer, width int) error { return report.WriteTimeline(w, steps, o, width) }); err != nil {
		return err
	}
	for _, b := range builds[:len(builds)-1] {
		_ = a.finish(b, nil)
	}
	return a.finish(builds[len(builds)-1], problems)
}
