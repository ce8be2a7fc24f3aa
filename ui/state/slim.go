package state

import (
	"context"
	"errors"
	"path/filepath"
	"strings"

	"weighline/analysis"
	"weighline/analysis/bytesize"
	"weighline/analysis/layer"
	"weighline/analysis/slim"
	"weighline/ui/texts"
)

// CanSlim reports whether there is an image, read whole, and a plan that takes
// something out of it.
func (s *Session) CanSlim() bool {
	v := s.Preview.Image
	return s.Build != nil && s.Build.Image != nil && s.Build.Image.Tree != nil && !s.Busy() && v != nil && len(v.LayersChanged) > 0
}

// SlimPath suggests where the lighter image goes.
func (s *Session) SlimPath() string {
	name := filepath.Base(strings.NewReplacer(":", "-", "@", "-").Replace(s.Build.Image.Reference))
	return strings.TrimSuffix(strings.TrimSuffix(name, ".tar"), ".oci") + "-slim.tar"
}

// WriteSlim writes the open image without what the plan takes away to output: a
// file, a folder, a registry or an engine, as [analysis.Slim] has them. A name
// that is taken is taken over only if force says so; else the notice offers
// that. The result is compared with the open build when it is written.
func (s *Session) WriteSlim(output string, force bool) {
	this, p := s.Build, s.Plan
	if !s.CanSlim() {
		return
	}
	s.retry, s.asked = func() { s.WriteSlim(output, force) }, nil
	s.start(texts.F("Writing %s", Title([]string{output})), func(ctx context.Context, step func(analysis.Progress), _ func(func())) (func(), error) {
		o := s.options(nil)
		r, err := analysis.Slim(ctx, this, p, output, analysis.SlimOptions{Image: o.Image, Force: force, Progress: step})
		var exists *slim.ExistsError
		if errors.As(err, &exists) {
			return func() {
				s.Notice = Notice{Severity: Caution, Text: texts.Say(analysis.Explain(err)) + ".", Why: texts.T("Nothing was written."),
					Actions: []Action{{texts.T("Replace"), func() { s.WriteSlim(output, true) }}}}
			}, nil
		}
		if err != nil {
			return nil, err
		}
		return func() { s.wrote(this, r) }, nil
	})
}

// wrote keeps what was written and compares it with what it was made from.
func (s *Session) wrote(b *analysis.Build, r *analysis.SlimResult) {
	s.Slimmed = r
	s.Notice = Notice{Text: texts.F("Wrote %s: %s unpacked instead of %s, as promised to the byte.", layer.Printable(r.Output),
		bytesize.Size(r.Actual.Unpacked), bytesize.Size(b.Image.Ledger.Unpacked))}
	if s.Build != b {
		return
	}
	kept := s.Notice
	s.CompareWith(r.Output)
	s.Notice = kept
}

// SlimProof tells what was promised and what came of it, a line each.
func (s *Session) SlimProof() []Part {
	r := s.Slimmed
	if r == nil {
		return nil
	}
	sizes := func(x slim.Sizes) string {
		return texts.F("download %s, unpacked %s", bytesize.Size(x.Download), bytesize.Size(x.Unpacked))
	}
	parts := []Part{
		{texts.T("Promised"), []string{sizes(r.Promised)}},
		{texts.T("Written"), []string{sizes(r.Actual), r.Digest}},
		{texts.T("Layers"), layerLines(r)},
	}
	add := func(heading string, lines []string) {
		if len(lines) == 0 {
			return
		}
		for i := range lines {
			lines[i] = layer.Printable(lines[i])
		}
		parts = append(parts, Part{heading, lines})
	}
	var refused []string
	for _, x := range r.Refused {
		refused = append(refused, x.Package+": "+x.Why)
	}
	add(texts.T("Not taken out"), refused)
	add(texts.T("Worth knowing"), append(append([]string(nil), r.Notes...), r.Result.Notes...))
	add(texts.T("Run it"), []string{texts.T("Not run yet: weigh slim --smoke, or your own tests, tell whether the service still starts.")})
	return parts
}

// layerLines tell what became of the layers, a line for each kind that there is.
func layerLines(r *analysis.SlimResult) (lines []string) {
	if r.Kept > 0 {
		lines = append(lines, texts.F("%d as they were", r.Kept))
	}
	if r.Rewritten > 0 {
		lines = append(lines, texts.F("%d written anew", r.Rewritten))
	}
	if r.Removed > 0 {
		lines = append(lines, texts.F("%d left out because nothing was left of them", r.Removed))
	}
	return lines
}
