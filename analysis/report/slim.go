package report

import (
	"fmt"
	"io"
	"strings"

	"weighline/analysis"
	"weighline/analysis/bytesize"
	"weighline/analysis/layer"
	"weighline/analysis/plan"
	"weighline/analysis/slim"
)

// SlimJSON is what weigh slim --json prints. Sizes are in bytes.
type SlimJSON struct {
	Schema   string        `json:"schema"`
	Output   string        `json:"output"`
	Digest   string        `json:"digest"`
	Promised SlimSizesJSON `json:"promised"`
	Actual   SlimSizesJSON `json:"actual"`
	Before   SlimSizesJSON `json:"before"`
	Layers   struct {
		Kept      int `json:"kept"`
		Rewritten int `json:"rewritten"`
		Removed   int `json:"removed"` // had nothing left
	} `json:"layers"`
	Reused   int64         `json:"reused"` // bytes of layers that the place had already
	Dropped  []string      `json:"dropped"`
	Refused  []RefusedJSON `json:"refused"`
	Stripped int           `json:"stripped"` // files
	Links    []string      `json:"links"`
	Shared   []string      `json:"shared"`
	Notes    []string      `json:"notes"`
	// Verify is null where the result was not read again.
	Verify *VerifyJSON `json:"verify"`
	// Smoke is null where no command was run in the result.
	Smoke *SmokeJSON `json:"smoke"`
	// Evidence tells what needs what went, if sources were read for it.
	Evidence []EvidenceJSON `json:"evidence,omitzero"`
}

// VerifyJSON is what the result was found to be when it was read again.
type VerifyJSON struct {
	OK     bool        `json:"ok"`
	Checks []ProofJSON `json:"checks"`
}

// ProofJSON is one thing that was promised.
type ProofJSON struct {
	Name string `json:"name"`
	OK   bool   `json:"ok"`
	Text string `json:"text"`
}

// SmokeJSON is what a command in the result came to. Exit is null, and Error says
// why, where it could not be run.
type SmokeJSON struct {
	Command []string `json:"command"`
	Engine  string   `json:"engine"`
	Exit    *int     `json:"exit"`
	Output  string   `json:"output"`
	Error   string   `json:"error,omitempty"`
}

// SlimSizesJSON are the sizes of an image.
type SlimSizesJSON struct {
	Download bytesize.Amount `json:"download"`
	Unpacked bytesize.Amount `json:"unpacked"`
	// Basis is "estimate" where Download was promised before it was known.
	Basis string `json:"download_basis,omitempty"`
}

// RefusedJSON is a package that was to go and stays.
type RefusedJSON struct {
	Package string `json:"package"`
	Why     string `json:"why"`
}

// Slim returns what weigh slim --json prints of an image that was written from b, by
// the plan of v.
func Slim(b *analysis.Build, r *analysis.SlimResult, v plan.Preview) SlimJSON {
	j := SlimJSON{
		Evidence: Evidence(b, missed(v)),
		Schema:   "weighline/slim@1", Output: r.Output, Digest: r.Digest, Reused: r.Reused, Stripped: r.Stripped,
		Promised: slimSizes(r.Promised), Actual: slimSizes(r.Actual), Before: slimBefore(b),
		Dropped: list(r.Dropped), Links: list(r.Links), Shared: list(r.Shared), Notes: list(r.Notes), Refused: []RefusedJSON{},
	}
	j.Promised.Basis = "estimate"
	j.Layers.Kept, j.Layers.Rewritten, j.Layers.Removed = r.Kept, r.Rewritten, r.Removed
	for _, x := range r.Refused {
		j.Refused = append(j.Refused, RefusedJSON(x))
	}
	if r.Checks != nil {
		j.Verify = &VerifyJSON{OK: true}
		for _, c := range r.Checks {
			j.Verify.OK = j.Verify.OK && c.OK
			j.Verify.Checks = append(j.Verify.Checks, ProofJSON(c))
		}
	}
	j.Smoke = smoke(r)
	return j
}

func smoke(r *analysis.SlimResult) *SmokeJSON {
	switch {
	case r.Smoke != nil:
		return &SmokeJSON{Command: r.Smoke.Command, Engine: r.Smoke.Engine, Exit: &r.Smoke.Exit, Output: r.Smoke.Output}
	case r.SmokeErr != nil:
		return &SmokeJSON{Command: []string{}, Error: analysis.Explain(r.SmokeErr)}
	}
	return nil
}

func slimSizes(s slim.Sizes) SlimSizesJSON {
	return SlimSizesJSON{Download: bytesize.Of(s.Download), Unpacked: bytesize.Of(s.Unpacked)}
}

func slimBefore(b *analysis.Build) SlimSizesJSON {
	var down bytesize.Total
	for _, l := range b.Image.Layers {
		down.Add(l.Download)
	}
	j := SlimSizesJSON{Unpacked: bytesize.Of(b.Image.Tree.Totals.Bytes)}
	if down.Unknown == 0 {
		j.Download = bytesize.Of(down.Size)
	}
	return j
}

// list returns all, which is no null in JSON.
func list(all []string) []string {
	if all == nil {
		return []string{}
	}
	return all
}

// WriteSlim writes what was promised and what came of it.
func WriteSlim(w io.Writer, b *analysis.Build, r *analysis.SlimResult) error {
	p := printer{w: w}
	before := slimBefore(b)
	p.line("Wrote %s", layer.Printable(r.Output))
	p.line("%s", r.Digest)
	p.line("")
	p.line("%-10s %12s %12s %12s", "", "before", "promised", "actual")
	p.line("%-10s %12s %12s %12s", "download", before.Download, bytesize.About(r.Promised.Download), bytesize.Size(r.Actual.Download))
	p.line("%-10s %12s %12s %12s", "unpacked", before.Unpacked, bytesize.Size(r.Promised.Unpacked), bytesize.Size(r.Actual.Unpacked))
	p.line("")
	p.line("Layers: %d as they were, %d written anew, %d left out because nothing was left of them.", r.Kept, r.Rewritten, r.Removed)
	if len(r.Dropped) > 0 {
		p.line("Without %s.", layer.Printable(strings.Join(r.Dropped, ", ")))
	}
	if r.Stripped > 0 {
		p.line("%d files went from packages that stay; their RECORDs no longer list them.", r.Stripped)
	}
	if len(r.Links) > 0 {
		p.line("%d symbolic links that led only to what went are gone, too.", len(r.Links))
	}
	for _, x := range r.Refused {
		p.line("%s stays: %s.", layer.Printable(x.Package), x.Why)
	}
	for _, n := range r.Notes {
		p.line("%s", n)
	}
	p.line("")
	writeProof(&p, r)
	return p.err
}

// writeProof tells what was checked, and what was not.
func writeProof(p *printer, r *analysis.SlimResult) {
	if r.Checks == nil {
		p.line("Not read again yet: --verify does.")
	}
	for _, c := range r.Checks {
		p.line("%-10s %-6s %s", c.Name, map[bool]string{true: "ok", false: "FAILED"}[c.OK], c.Text)
	}
	switch {
	case r.SmokeErr != nil:
		p.line("Not run: %s.", strings.TrimSuffix(analysis.Explain(r.SmokeErr), "."))
	case r.Smoke == nil:
		p.line("Not run yet: --smoke 'COMMAND' runs one in Docker or Podman.")
	default:
		p.line("%s ran in %s: exit code %d.", layer.Printable(strings.Join(r.Smoke.Command, " ")), r.Smoke.Engine, r.Smoke.Exit)
		for line := range strings.Lines(r.Smoke.Output) {
			p.line("  %s", layer.Printable(strings.TrimRight(line, "\r\n")))
		}
	}
}

// A printer prints lines until one fails.
type printer struct {
	w   io.Writer
	err error
}

func (p *printer) line(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintln(p.w, strings.TrimRight(fmt.Sprintf(format, args...), " "))
	}
}
