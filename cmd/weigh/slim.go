package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"weighline/analysis"
	"weighline/analysis/oci"
	"weighline/analysis/plan"
	"weighline/analysis/report"
	"weighline/analysis/slim"
)

func (a *app) slimCommand() *cobra.Command {
	var s sourceFlags
	var f planFlags
	var output, others string
	var o analysis.SlimOptions
	c := &cobra.Command{
		Use:   "slim IMAGE --output REF",
		Short: "Write the lighter image, without an engine",
		Long: `Writes an image without the files of what the plan drops, from the image itself:
nothing is built and nothing runs. Layers that lose nothing keep their bytes and
their digest; the others are written anew, entry by entry as they were. What was
written is compared with the promise, file by file, before it gets its name.

An output is one of
  registry.corp/acme/api:slim               a registry; layers that it has are not sent
  docker:acme/api:slim, podman:NAME         a local engine
  slim.tar, oci-archive:FILE, docker-archive:FILE[:NAME]
                                            an archive that docker, podman and skopeo load
  ./folder, oci:DIR[:TAG]                   an OCI layout
A name that is taken is not taken over without --force. What dpkg, apk, rpm or
conda installed stays: their databases would name files that are not there.`,
		Example: `  weigh slim app.tar --drop torch --output slim.tar
  weigh slim registry.corp/acme/api:1.4 --drop torch --squash --output registry.corp/acme/api:1.4-slim
  weigh slim docker:acme/api:1.4 --strip tests --output docker:acme/api:slim`,
		Args: takes(1, 1, "one image"),
		RunE: func(c *cobra.Command, args []string) error {
			if output == "" {
				return usagef("slim: --output says where to write")
			}
			if _, err := slim.ParseOutput(output, o.Force, oci.Options{}); err != nil {
				return err
			}
			switch others {
			case "keep", "drop":
				o.KeepPlatforms = others == "keep"
			default:
				return usagef("slim: --other-platforms %s: it is keep or drop", others)
			}
			s.platform, o.Platforms = firstOf(s.platform)
			b, err := a.load(c.Context(), analysis.Input{Image: sampleImage(args[0])}, &s)
			if err != nil {
				return err
			}
			p, err := f.plan(a, b, plan.Plan{})
			if err != nil {
				return err
			}
			if len(p.Swap) > 0 {
				return &hintedError{"slim: --swap needs a build: what takes the place of a package must be installed", "weigh export --dockerfile writes what builds it"}
			}
			v := a.preview(b, p)
			io, err := s.options(a, analysis.Input{Image: args[0]})
			if err != nil {
				return err
			}
			o.Image, o.Progress = io.Image, a.progress.step
			return a.slim(c, b, v, output, o)
		},
	}
	s.addCode(c)
	s.addImage(c)
	s.addPlatform(c, "`platform` to pick from an index, such as linux/arm64 (default linux on this computer's architecture); several with commas: the plan is carried out on each")
	c.Flags().StringVar(&others, "other-platforms", "drop", "what becomes of the image's other platforms: `keep|drop`")
	_ = c.RegisterFlagCompletionFunc("other-platforms", cobra.FixedCompletions([]string{"keep", "drop"}, cobra.ShellCompDirectiveNoFileComp))
	f.add(c)
	for _, of := range []string{"swap", "dev"} { // a plan from a file may have them, and then it is said why not
		_ = c.Flags().MarkHidden(of)
	}
	c.Flags().StringVarP(&output, "output", "o", "", "write the image to `REF`")
	c.Flags().BoolVar(&o.Force, "force", false, "take over a name that is taken")
	c.Flags().StringVar(&o.Compression, "compression", slim.Same, "`format` of layers that are written anew: same, gzip, zstd or none")
	c.Flags().BoolVar(&o.Verify, "verify", false, "read the result again and compare it with the promise")
	c.Flags().StringVar(&o.Smoke, "smoke", "", "run `command` in the result, where Docker or Podman is at hand, without a network")
	_ = c.RegisterFlagCompletionFunc("compression", cobra.FixedCompletions([]string{slim.Same, slim.Gzip, slim.Zstd, slim.None}, cobra.ShellCompDirectiveNoFileComp))
	return c
}

// firstOf splits "linux/amd64,linux/arm64".
func firstOf(platforms string) (first string, more []string) {
	for i, p := range strings.Split(platforms, ",") {
		if p = strings.TrimSpace(p); i == 0 {
			first = p
		} else if p != "" {
			more = append(more, p)
		}
	}
	return first, more
}

// sampleImage lets the sample's name stand for its image.
func sampleImage(ref string) string {
	if ref == analysis.SampleName {
		return analysis.SampleBefore
	}
	return ref
}

// slim writes the image and tells what came of it.
func (a *app) slim(c *cobra.Command, b *analysis.Build, v plan.Preview, output string, o analysis.SlimOptions) error {
	r, err := analysis.Slim(c.Context(), b, v.Plan, output, o)
	a.progress.clear()
	if r == nil {
		return err
	}
	if err := a.print(func() any { return report.Slim(b, r, v) },
		func(w io.Writer, width int) error {
			return errors.Join(report.WriteSlim(w, b, r), report.WriteEvidence(w, b, v, width))
		}); err != nil {
		return fmt.Errorf("the image was written: %w", err)
	}
	if err := a.finish(b, err); err != nil || r.OK() {
		return err
	}
	return errCheckFailed
}
