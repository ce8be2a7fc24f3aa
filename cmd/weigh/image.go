package main

import (
	"io"

	"github.com/spf13/cobra"

	"weighline/analysis"
	"weighline/analysis/report"
)

func (a *app) imageCommand() *cobra.Command {
	var s sourceFlags
	var files bool
	c := &cobra.Command{
		Use:   "image REF",
		Short: "What an image weighs, layer by layer and package by package",
		Long: `Reads an image and tells what each layer and each package of it weighs, and
which bytes a later layer deleted or overwrote (WASTE).

A REF is one of
  python:3.12-slim, ghcr.io/acme/api@sha256:…   in a registry; no engine is needed
  docker pull python:3.12-slim                  the same, pasted between quotes
  image.tar, ./layout, image.tar@acme/api:1.4   docker save, OCI layout or archive
  docker:NAME, podman:NAME                      in a local engine
  -                                             an archive from standard input
  sample:before, sample:after                   the sample
What lies on disk comes before a name in a registry; docker://NAME means the latter.
The docker://, docker-archive:, docker-daemon:, oci: and oci-archive: of skopeo are
understood, too.`,
		Example: `  weigh image python:3.12-slim --layers-only
  weigh image app.tar
  weigh image app.tar --json --files > app.json
  weigh image registry.corp:5000/acme/api:1.4 --ca corp.pem --platform linux/arm64
  weigh image docker:acme/api:1.4
  docker save acme/api:1.4 | weigh image -`,
		Args: takesPipes(1, 1, "one image"),
		RunE: func(c *cobra.Command, args []string) error {
			shown := args[0]
			if err := a.takePipes(c.Context(), &s, &args[0]); err != nil {
				return err
			}
			in := analysis.Input{Image: args[0]}
			if args[0] == analysis.SampleName {
				in.Image = analysis.SampleBefore
			}
			b, err := a.load(c.Context(), in, &s)
			if b == nil || b.Image == nil {
				return err
			}
			list := b.Insights(c.Context())
			if err := a.print(func() any {
				j := report.Image(b, files, err)
				j.Insights = report.InsightList(list)
				return j
			}, func(w io.Writer, width int) error {
				if err := report.WriteImage(w, b, width, files); err != nil {
					return err
				}
				return report.WriteTopInsights(w, list, "weigh insights "+shown, width)
			}); err != nil {
				return err
			}
			return a.finish(b, err)
		},
	}
	s.addImage(c)
	s.addPlatform(c, "`platform` to pick from an index, such as linux/arm64 (default linux on this computer's architecture)")
	c.Flags().BoolVar(&s.layersOnly, "layers-only", false, "read the manifest and config and no layer")
	c.Flags().BoolVar(&s.verify, "verify", false, "check the diff ID of every layer as well as its digest")
	c.Flags().BoolVar(&s.toc, "toc", false, "list eStargz and zstd:chunked layers from their tables of contents, without downloading them")
	c.Flags().BoolVar(&files, "files", false, "list all files and all waste")
	return c
}
