package analysis

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"weighline/analysis/attribution"
	"weighline/analysis/layer"
	"weighline/analysis/oci"
	"weighline/analysis/plan"
	"weighline/analysis/slim"
)

// SlimOptions say how [Slim] writes. The zero value is good.
type SlimOptions struct {
	// Image says how the image is opened again, and how a registry is reached.
	Image oci.Options
	// Platforms are further ones of a multi-platform image that the plan is
	// carried out on, such as "linux/arm64"; KeepPlatforms keeps all others as
	// they are. With neither the result is the image of b's platform alone.
	Platforms     []string
	KeepPlatforms bool
	// Cache keeps what is read of the layers of further platforms; nil for none.
	Cache layer.Cache
	// Force takes over a name that is taken.
	Force bool
	// Compression of the layers that are written anew: "same" (also ""), "gzip",
	// "zstd" or "none".
	Compression string
	// Verify reads the result again and compares it with the promise.
	Verify bool
	// Smoke is a command that is run in the result, where Docker or Podman is at
	// hand; "" for none.
	Smoke string
	// Promised, if not nil, is told the promise before anything is written; its
	// download is an estimate.
	Promised func(slim.Sizes)
	// Progress, if not nil, is told how far the writing is, from several
	// goroutines.
	Progress func(Progress)
}

// A SlimResult tells what [Slim] wrote, promised and actual.
type SlimResult struct {
	Output string // as it was given
	Plan   plan.Plan
	slim.Result

	Dropped  []string       // distributions that went, "name version" each
	Refused  []slim.Refusal // what was to go and stays, and why
	Stripped int            // files that went from distributions that stay
	Links    []string       // symbolic links that led only to what went
	Shared   []string       // files that stay because a kept package lists them, too
	Notes    []string       // sentences about what differs from the image beside the plan

	Checks []slim.Check // of the verification; nil if there was none
	// Smoke is what the command came to; nil if it has not been run, and then
	// SmokeErr says why if one was asked for.
	Smoke    *slim.Smoke
	SmokeErr error
}

// OK reports whether all that was checked holds.
func (r *SlimResult) OK() bool {
	bad := slices.ContainsFunc(r.Checks, func(c slim.Check) bool { return !c.OK })
	return !bad && r.SmokeErr == nil && (r.Smoke == nil || r.Smoke.Exit == 0)
}

// Errors of [Slim].
var (
	ErrNoImage      = errors.New("there is no image to write anew")
	ErrPartialImage = errors.New("not all layers of the image were read, and what was not read cannot be kept for sure")
	ErrSwap         = errors.New("a swap needs another package to be installed, which only a build can do; an image is written without what goes, and with nothing new")
	ErrListed       = errors.New("the image was read from tables of contents, which nothing proves; read it whole first")
)

// Slim writes the image of b without what p takes away to output, see
// [slim.ParseOutput] for the places. It needs no engine and runs nothing. Layers
// that lose nothing keep their bytes; what is written is compared with the
// promise before it gets its name. With an error a result says what was written
// nevertheless.
func Slim(ctx context.Context, b *Build, p plan.Plan, output string, o SlimOptions) (*SlimResult, error) {
	c, err := SlimCut(b, p)
	if err != nil {
		return nil, err
	}
	out, err := slim.ParseOutput(output, o.Force, o.Image)
	if err != nil {
		return nil, err
	}
	o.Image.Platform = cmp.Or(o.Image.Platform, b.Image.Platform)
	created, err := sourceDate()
	if err != nil {
		return nil, err
	}
	src, done, err := reopen(ctx, b, o)
	if err != nil {
		return nil, err
	}
	defer done()
	r := &SlimResult{Output: output, Plan: p, Dropped: c.Dropped, Refused: c.Kept, Stripped: c.Stripped, Links: c.Links, Shared: c.Shared}
	sources, closeAll, err := slimPlatforms(ctx, b, p, slim.Source{Image: src, Cut: c}, o)
	if err != nil {
		return nil, err
	}
	defer closeAll()
	wrote, err := slim.WriteAll(ctx, sources, out, slim.Options{
		Compression: o.Compression, Promised: o.Promised, Note: slimNote(c, p), Created: created,
		Progress: func(p slim.Progress) {
			if o.Progress != nil {
				o.Progress(Progress(p))
			}
		},
	})
	if err != nil {
		return nil, err
	}
	r.Result = *wrote
	if n := len(src.Platforms) - len(sources); n > 0 && len(src.Platforms) > 0 {
		r.Notes = append(r.Notes, fmt.Sprintf("%d other platforms of the image are not in the result.", n))
	}
	if src.Source == oci.Registry || len(src.Platforms) > 0 {
		r.Notes = append(r.Notes, "Signatures and attestations of the image before are not carried over: they are about other bytes.")
	}
	if o.Verify {
		if r.Checks, err = verifySlim(ctx, c, r, o); err != nil {
			return r, err
		}
	}
	if o.Smoke != "" {
		r.Smoke, r.SmokeErr = smoke(ctx, r, o.Smoke, o)
	}
	return r, ctx.Err()
}

// SlimCut tells which files of b's image go by p, and so what [Slim] would
// promise.
func SlimCut(b *Build, p plan.Plan) (*slim.Cut, error) {
	switch {
	case b == nil || b.Image == nil:
		return nil, ErrNoImage
	case b.Image.Tree == nil || b.Image.Partial || b.Image.Tree.Partial():
		return nil, ErrPartialImage
	case len(p.Swap) > 0:
		return nil, ErrSwap
	}
	for _, l := range b.Image.Layers {
		if l.Listed {
			return nil, ErrListed
		}
	}
	v, ok := Preview(b, p)
	if !ok {
		return nil, ErrNoImage
	}
	return slim.Choose(b.Image.Ledger, slim.Wish{Drop: b.gone(v), Strip: p.Strip, Squash: p.Squash}), nil
}

// gone returns the distributions of the image that go by v, by their numbers in
// the ledger. With requirements the names decide; without, each installed
// distribution counts for itself: another site may have one of the same name that
// stays.
func (b *Build) gone(v plan.Preview) []int {
	names := map[string]bool{}
	for _, n := range v.Freed {
		names[string(n)] = true
	}
	installed := b.Graph() == b.Image.Graph
	var out []int
	node := 0
	for i, p := range b.Image.Ledger.Packages {
		if p.Kind != attribution.Python {
			continue
		}
		if installed && v.Removal.Gone(node) || !installed && names[p.Name] {
			out = append(out, i)
		}
		node++
	}
	return out
}

// slimNote is what the history of the result says.
func slimNote(c *slim.Cut, p plan.Plan) string {
	var parts []string
	if len(c.Dropped) > 0 {
		parts = append(parts, "without "+strings.Join(c.Dropped, ", "))
	}
	if len(p.Strip) > 0 {
		classes := make([]string, len(p.Strip))
		for i, s := range p.Strip {
			classes[i] = string(s)
		}
		parts = append(parts, "stripped of "+strings.Join(classes, ", "))
	}
	if p.Squash {
		parts = append(parts, "without bytes that later layers hide")
	}
	return "written anew by Weighline: " + strings.Join(parts, "; ")
}

// sourceDate returns the time of SOURCE_DATE_EPOCH (reproducible-builds.org), or
// zero.
func sourceDate() (time.Time, error) {
	text := os.Getenv("SOURCE_DATE_EPOCH")
	if text == "" {
		return time.Time{}, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return time.Time{}, fmt.Errorf("SOURCE_DATE_EPOCH is no number of seconds: %q", text)
	}
	return time.Unix(n, 0).UTC(), nil
}
