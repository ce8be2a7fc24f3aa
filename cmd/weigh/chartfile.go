package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"weighline/analysis"
	"weighline/analysis/bytesize"
	"weighline/analysis/layer"
	"weighline/analysis/plan"
	"weighline/ui/chart"
)

// chartFlags say which chart is drawn and where it is written.
type chartFlags struct {
	path string
	dark bool
}

func (f *chartFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&f.path, "chart", "", "draw the heaviest packages, or layers where no package is known, to `file`: .svg or .png")
	c.Flags().BoolVar(&f.dark, "dark", false, "draw the chart for a dark page")
	_ = c.RegisterFlagCompletionFunc("chart", func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
		return []cobra.Completion{"svg", "png"}, cobra.ShellCompDirectiveFilterFileExt
	})
}

func (f *chartFlags) check() error {
	switch strings.ToLower(filepath.Ext(f.path)) {
	case "", ".svg", ".png":
		if f.path == "" || filepath.Ext(f.path) != "" {
			return nil
		}
	}
	return usagef("--chart %s: the name of a chart ends in .svg or .png", f.path)
}

// A weight is one bar of a chart.
type weight struct {
	name string
	size bytesize.Size
}

// chartBars is how many packages a chart has room for.
const chartBars = 12

// render draws the chart of what b is under the plan of v.
func (f *chartFlags) render(b *analysis.Build, v plan.Preview) ([]byte, error) {
	title, bars := heaviestOf(b, v)
	o := chart.Options{Width: 960, Height: 420, Title: title, NoData: "No size is known",
		Format: func(x float64) string { return bytesize.Size(x).String() }}
	if f.dark {
		o.Theme = chart.Dark
	}
	var values []float64
	var labels []string
	for _, w := range bars[:min(len(bars), chartBars)] {
		values, labels = append(values, float64(w.size)), append(labels, layer.Printable(w.name))
	}
	var data []byte
	var err error
	if strings.EqualFold(filepath.Ext(f.path), ".svg") {
		data, err = chart.Bars(values, labels, o).SVG()
	} else {
		o.Scale = 2
		data, err = chart.Bars(values, labels, o).PNG()
	}
	if err != nil && !errors.Is(err, chart.ErrNoData) {
		return nil, fmt.Errorf("chart: %w", err)
	}
	return data, nil
}
