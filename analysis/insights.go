package analysis

import (
	"context"

	"weighline/analysis/bytesize"
	"weighline/analysis/insight"
	"weighline/analysis/plan"
)

// Insights finds what could go from the build: see package insight. The finding
// that frees most comes first.
func (b *Build) Insights(ctx context.Context) []insight.Insight {
	return insight.Find(ctx, b.insightInput())
}

func (b *Build) insightInput() insight.Input {
	in := insight.Input{Evidence: b.Evidence}
	if b.Deps != nil {
		in.Deps, in.Docs = b.Deps.Graph, b.Deps.Docs
	}
	if img := b.Image; img != nil {
		in.Installed, in.Tree, in.Ledger, in.Platform = img.Graph, img.Tree, img.Ledger, img.Platform
		in.Folder = len(img.Layers) == 1 && img.Layers[0].Digest == "" && img.Layers[0].DiffID == "" && img.Digest == ""
		for _, l := range img.Layers {
			in.Layers = append(in.Layers, insight.Layer{Instruction: l.Instruction, Download: l.Download, Listed: l.Listed})
		}
	}
	for _, p := range plan.Presets() {
		if p.Counts == plan.LargestLayer {
			in.Limits = append(in.Limits, insight.Limit{Name: p.Name, Bytes: bytesize.Size(p.Limit), Source: p.Source})
		}
	}
	for _, w := range b.Warnings {
		in.Warnings = append(in.Warnings, insight.Warning{Code: w.Code, Text: w.Text, File: w.File, Line: w.Line})
	}
	return in
}
