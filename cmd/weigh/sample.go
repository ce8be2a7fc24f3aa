package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"weighline/analysis"
	"weighline/analysis/pep"
	"weighline/analysis/plan"
	"weighline/analysis/report"
)

func (a *app) sampleCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "sample",
		Short: "A tour of the sample that is part of the program; works offline",
		Long: `Shows what weigh tells, on the requirements of a speech service and the image
that was built from them. Both are part of the program; the image is a scale
model. Wherever a source is asked for, "sample", "sample:before" and
"sample:after" stand for it.`,
		Example: "  weigh sample\n  weigh deps sample\n  weigh image sample:before\n  weigh compare sample:before sample:after",
		Args:    takes(0, 0, ""),
		RunE: func(c *cobra.Command, _ []string) error {
			b, err := a.load(c.Context(), analysis.SampleInput(), &sourceFlags{})
			if b == nil || b.Graph() == nil {
				return err
			}
			if err := a.print(func() any { return report.Plan(b, plan.Apply(plan.Plan{}, b.Graph(), b.Ledger()), nil, err) },
				func(w io.Writer, width int) error { return tour(w, b, width) }); err != nil {
				return err
			}
			return a.finish(b, err)
		},
	}
}

// whatIfs are the two questions of the tour.
var whatIfs = [][]string{{"librosa", "openai-whisper"}, {"torch", "librosa", "openai-whisper"}}

func tour(w io.Writer, b *analysis.Build, width int) error {
	const rows = 8
	title := func(text, command string) { fmt.Fprintf(w, "\n%s\n$ %s\n\n", text, command) }
	title("REQUIREMENTS: what the service installs", "weigh deps sample")
	if err := report.WriteDeps(w, b, b.Graph().Without(), width, rows); err != nil {
		return err
	}
	title("IMAGE: what was built from them", "weigh image sample:before")
	if err := report.WriteImageSummary(w, b, width); err != nil {
		return err
	}
	for _, drop := range whatIfs {
		p := plan.Plan{}
		for _, n := range drop {
			p = p.With(pep.Name(n), true)
		}
		v, _ := analysis.Preview(b, p)
		text := "weigh plan sample"
		for _, n := range drop {
			text += " --drop " + n
		}
		title("WHAT IF: what goes with "+strings.Join(drop, " and "), text)
		if err := report.WritePreview(w, b, v, width, rows/2); err != nil {
			return err
		}
	}
	_, err := fmt.Fprint(w, `
WHAT NEXT
weigh deps requirements.txt               your own requirements
weigh image python:3.12-slim              an image, without Docker
weigh plan requirements.txt --drop NAME   what it would weigh
weigh insights requirements.txt           what could go from it
weigh compare sample:before sample:after  two images side by side
`)
	return err
}
