package main

import (
	"context"
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"weighline/analysis"
	"weighline/analysis/bytesize"
	"weighline/analysis/report"
)

func (a *app) compareCommand() *cobra.Command {
	var s sourceFlags
	var minChange string
	c := &cobra.Command{
		Use:   "compare A B",
		Short: "What changed between two builds, and by how much",
		Long: `Compares two images, two requirement files, one with the other, or saved builds
by their names: packages, layers and files that came, went or changed, and what a
host that has A must still pull for B. Layers are matched by their diff IDs, files
by content.`,
		Example: `  weigh compare acme/api:1.0 acme/api:1.1
  weigh compare before.tar after.tar --min-change 1MB
  weigh compare requirements.txt slim.txt --constraint constraints.txt
  weigh compare sample:before sample:after`,
		Args: cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			limit, err := parseSize(minChange)
			if err != nil {
				return err
			}
			o := report.CompareOptions{MinChange: limit}
			left, leftErr := a.side(c.Context(), args[0], &s, &o.NameA)
			if left == nil {
				return leftErr
			}
			right, rightErr := a.side(c.Context(), args[1], &s, &o.NameB)
			if right == nil {
				return rightErr
			}
			problems := errors.Join(leftErr, rightErr)
			cmp := analysis.Compare(left, right)
			if err := a.print(func() any { return report.Compare(cmp, o, problems) },
				func(w io.Writer, width int) error { return report.WriteCompare(w, cmp, o, width) }); err != nil {
				return err
			}
			_ = a.finish(left, nil)
			return a.finish(right, problems)
		},
	}
	s.addDeps(c)
	s.addImage(c)
	s.addPlatform(c, "`platform` to resolve for and to pick from an index")
	c.Flags().StringVar(&minChange, "min-change", "0", "hide packages and files that changed by less than `bytes`, such as 500000 or 500kB")
	c.Flags().BoolVar(&s.layersOnly, "layers-only", false, "read the manifests and configs and no layer")
	return c
}

// side opens one of the two builds. name is set if it is a saved one.
func (a *app) side(ctx context.Context, source string, s *sourceFlags, name *string) (*analysis.Build, error) {
	if a.isSaved(ctx, source) {
		b, _, _, err := a.openSaved(ctx, source)
		*name = source
		return b, err
	}
	in, err := analysis.Classify([]string{source})
	if err != nil {
		return nil, err
	}
	own := *s
	if len(in.Files) == 0 { // the flags about requirements are the other one's
		own.constraints, own.extras, own.groups = nil, nil, nil
	}
	return a.load(ctx, in, &own)
}

// parseSize reads a number of bytes: "500000", "500kB", "1.5 MiB".
func parseSize(text string) (bytesize.Size, error) {
	s := strings.ToLower(strings.TrimSpace(text))
	for _, unit := range []struct {
		name string
		size bytesize.Size
	}{{"kib", bytesize.KiB}, {"mib", bytesize.MiB}, {"gib", bytesize.GiB}, {"kb", bytesize.KB}, {"mb", bytesize.MB}, {"gb", bytesize.GB}, {"b", 1}, {"", 1}} {
		number, ok := strings.CutSuffix(s, unit.name)
		if !ok {
			continue
		}
		f, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
		if err != nil || !(f >= 0 && f <= 1e9*float64(bytesize.GB)/float64(unit.size)) { // NaN is neither
			break
		}
		return bytesize.Size(f * float64(unit.size)), nil
	}
	return 0, usagef("%q is no number of bytes: write 500000, 500kB or 1.5MiB", text)
}
