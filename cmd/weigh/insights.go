package main

import (
	"io"

	"github.com/spf13/cobra"

	"weighline/analysis/report"
)

func (a *app) insightsCommand() *cobra.Command {
	var s sourceFlags
	var all bool
	c := &cobra.Command{
		Use:   "insights SOURCE…",
		Short: "What could go from a build: bytes, evidence, how to do it, what could break",
		Long: `Looks for what a build carries and could do without: CUDA where there is no GPU,
waste in lower layers by cause, copies, tests and debug symbols inside packages,
caches, build tools, packages for development only, dependencies that each change
of the sources builds again, and more. docs/insights.md tells each rule.

Findings overlap; the total at the end counts no byte twice. With --code the
requirements that no source imports are among them.`,
		Example: `  weigh insights sample
  weigh insights requirements.txt --code .
  weigh insights app.tar
  weigh insights requirements.txt app.tar --json | jq '.insights[] | [.id, .bytes]'`,
		Args: takesPipes(1, -1, "what is to be looked at"),
		RunE: func(c *cobra.Command, args []string) error {
			if err := a.takePipes(c.Context(), &s, pointers(args)...); err != nil {
				return err
			}
			in, err := s.classify(args)
			if err != nil {
				return err
			}
			b, err := a.load(c.Context(), in, &s)
			if b == nil {
				return err
			}
			list := b.Insights(c.Context())
			rows := insightRows
			if all {
				rows = 0
			}
			if err := a.print(func() any { return report.Insights(b, list, err) },
				func(w io.Writer, width int) error { return report.WriteInsights(w, b, list, width, rows) }); err != nil {
				return err
			}
			return a.finish(b, err)
		},
	}
	s.addDeps(c)
	s.addCode(c)
	s.addImage(c)
	s.addPlatform(c, platformOfBoth)
	c.Flags().BoolVar(&s.toc, "toc", false, "list eStargz and zstd:chunked layers from their tables of contents, without downloading them")
	c.Flags().BoolVar(&all, "all", false, "show all rows of evidence that were kept")
	return c
}

// insightRows is how many rows of evidence of each finding the text shows.
const insightRows = 5
