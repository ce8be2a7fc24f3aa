package main

import (
	"io"
	"strings"

	"github.com/spf13/cobra"

	"weighline/analysis"
	"weighline/analysis/depgraph"
	"weighline/analysis/pep"
	"weighline/analysis/report"
)

func (a *app) depsCommand() *cobra.Command {
	var s sourceFlags
	var why []string
	c := &cobra.Command{
		Use:   "deps FILE…",
		Short: "What requirements come to: each package, its size, why it is there, what goes with it",
		Long: `Resolves requirements as pip does for a target, and lists each package with its
download and unpacked size, why it is there, and what would go if it were
dropped now (FREES: the package and whatever nothing else needs).

A FILE is requirements.txt, pyproject.toml or another project file, or a folder
in which one lies; several are resolved together. A lock is followed as it is. A
site-packages folder or a virtual environment shows what is installed there.
"-" is standard input, "sample" the sample.
With --code your own Python sources are looked through: what is asked for and not
used stands at the end, what frees most first.
An estimated size has "≈", a total that misses unknown sizes "≥".`,
		Example: `  weigh deps requirements.txt
  weigh deps requirements.txt --code src
  weigh deps requirements.txt --constraint constraints.txt --python 3.12
  weigh deps pyproject.toml --extra audio --group dev --platform linux/arm64
  weigh deps requirements.txt --json | jq '.packages[] | [.name, .download]'
  weigh deps requirements.txt --why numpy
  uv export | weigh deps -
  weigh deps sample`,
		Args: takesPipes(1, -1, "a requirements or lock file"),
		RunE: func(c *cobra.Command, args []string) error {
			shown := strings.Join(args, " ")
			if err := a.takePipes(c.Context(), &s, pointers(args)...); err != nil {
				return err
			}
			in, err := depsInput(args)
			if err != nil {
				return err
			}
			b, err := a.load(c.Context(), in, &s)
			if b == nil || b.Graph() == nil {
				return err
			}
			r := b.Graph().Without()
			list := b.Insights(c.Context())
			if err := a.print(func() any {
				j := depsJSON(b, r, why, err)
				j.Insights = report.InsightList(list)
				return j
			}, func(w io.Writer, width int) error {
				if err := writeDeps(w, b, r, why, width); err != nil || len(why) > 0 {
					return err
				}
				return report.WriteTopInsights(w, list, "weigh insights "+shown, width)
			}); err != nil {
				return err
			}
			return a.finish(b, err)
		},
	}
	s.addDeps(c)
	c.Flags().StringArrayVar(&why, "why", nil, "list all chains that lead to the `package`, the shortest first, what holds it and what its wheel holds, in the place of the table; may be repeated")
	s.addCode(c)
	s.addPlatform(c, "`platform` to resolve for, such as linux/amd64, linux/arm64, macos/arm64, windows/amd64 (default linux/amd64)")
	return c
}

// depsJSON is the object of the command, with why the named packages are there.
func depsJSON(b *analysis.Build, r *depgraph.Removal, why []string, problems error) report.DepsJSON {
	j := report.Deps(b, r, problems)
	for _, name := range why {
		if w, ok := report.Why(r, pep.Normalize(name)); ok {
			j.Why = append(j.Why, w)
		}
	}
	return j
}

// writeDeps prints the table, or why the named packages are there.
func writeDeps(w io.Writer, b *analysis.Build, r *depgraph.Removal, why []string, width int) error {
	if len(why) == 0 {
		return report.WriteDeps(w, b, r, width, 0)
	}
	for _, name := range why {
		if err := report.WriteWhy(w, b, r, pep.Normalize(name), width); err != nil {
			return err
		}
	}
	return nil
}

// depsInput takes every source for a file with requirements, but for those of
// the sample and folders in which packages are installed: what is none is said by the reader of requirements.
func depsInput(args []string) (analysis.Input, error) {
	var in analysis.Input
	for _, arg := range args {
		switch {
		case arg == analysis.SampleName && len(args) == 1:
			in = analysis.SampleInput()
			in.Image = ""
		case len(args) == 1 && (strings.HasPrefix(arg, analysis.SampleName+":") || analysis.IsInstallation(arg)):
			in.Image = arg
		case arg == analysis.SampleName:
			return in, usagef("the sample cannot be resolved together with other files")
		default:
			in.Files = append(in.Files, arg)
		}
	}
	return in, nil
}
