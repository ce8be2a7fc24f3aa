package analysis

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"weighline/analysis/bytesize"
	"weighline/analysis/plan"
)

// Usage returns what b needs of what budgets limit. Of requirements that is what
// they download and unpack to; of an image, with requirements or without, what
// the image does.
func (b *Build) Usage() plan.Usage {
	u := plan.Usage{Bytes: map[plan.Counts]bytesize.Total{}}
	switch {
	case b.Image != nil:
		u.Bytes[plan.Download], u.Bytes[plan.LargestLayer] = imageDownload(b.Image), largestLayer(b.Image)
		if b.Image.Ledger != nil {
			u.Bytes[plan.Unpacked] = unpacked(b.Image)
		}
	case b.Deps != nil:
		sum := b.Deps.Graph.Total()
		u.Bytes[plan.Download], u.Bytes[plan.Unpacked] = sum.Download, sum.Unpacked
	}
	if down, ok := u.Bytes[plan.Download]; ok {
		if up, ok := u.Bytes[plan.Unpacked]; ok {
			u.Bytes[plan.Disk] = bytesize.Total{Size: down.Size + up.Size, Unknown: down.Unknown + up.Unknown, Estimated: down.Estimated + up.Estimated}
		}
	}
	return u
}

func largestLayer(img *Image) (t bytesize.Total) {
	for _, l := range img.Layers {
		if l.Download.Basis == bytesize.Unknown {
			t.Unknown++
		} else if l.Download.Size > t.Size {
			t.Size = l.Download.Size
		}
	}
	return t
}

// A Growth is by how much a build may be larger than another one.
type Growth struct {
	Percent float64       // of the other one, if not 0
	Bytes   bytesize.Size // else
	// Counts is what must not grow: what the two are compared by if it is "".
	Counts plan.Counts
}

// ParseGrowth reads "5%", "20MB", "5%:download".
func ParseGrowth(text string) (Growth, error) {
	amount, counts, named := strings.Cut(text, ":")
	var g Growth
	if named {
		g.Counts = plan.Counts(strings.ReplaceAll(strings.ToLower(strings.TrimSpace(counts)), "-", "_"))
		if !slices.Contains([]plan.Counts{plan.Download, plan.Unpacked, plan.LargestLayer, plan.Disk}, g.Counts) {
			return g, fmt.Errorf("growth %q: %q is nothing that can grow: there are download, unpacked, largest-layer and disk", text, counts)
		}
	}
	if percent, ok := strings.CutSuffix(strings.TrimSpace(amount), "%"); ok {
		f, err := strconv.ParseFloat(strings.TrimSpace(percent), 64)
		if err != nil || !(f >= 0 && f <= 1e6) { // NaN is neither
			return g, fmt.Errorf("growth %q: write a part such as 5%% or a size such as 20MB", text)
		}
		g.Percent = f
		return g, nil
	}
	size, err := bytesize.Parse(amount)
	if err != nil {
		return g, fmt.Errorf("growth %q: %w", text, err)
	}
	g.Bytes = size
	return g, nil
}

// limit returns the budget that g leaves on top of a baseline.
func (g Growth) limit(c *Comparison) (plan.Budget, error) {
	counts := g.Counts
	if counts == "" {
		counts = plan.Unpacked
		if c.ByDownload() {
			counts = plan.Download
		}
	}
	base, ok := c.A.Usage().Of(counts)
	if more, less := c.pairedTotals(counts).Missing(); !ok || base.Unknown > 0 && (!c.ByGraph || more+less > 0) {
		return plan.Budget{}, fmt.Errorf("%w: how much the baseline has of %s is not known", ErrUndecided, counts.Label())
	}
	b := plan.Budget{Counts: counts, Limit: int64(base.Size + g.Bytes), Name: fmt.Sprintf("at most %s more %s than the baseline's %s", g.Bytes, counts.Label(), base)}
	if g.Percent > 0 {
		b.Limit = int64(float64(base.Size) * (1 + g.Percent/100))
		b.Name = fmt.Sprintf("at most %s %% more %s than the baseline's %s", strconv.FormatFloat(g.Percent, 'f', -1, 64), counts.Label(), base)
	}
	return b, nil
}

// pairedTotals returns the sums of two graphs; nothing is known of others.
func (c *Comparison) pairedTotals(counts plan.Counts) Totals {
	switch {
	case c.ByGraph && counts == plan.Download:
		return c.Download
	case c.ByGraph && counts == plan.Unpacked:
		return c.Unpacked
	}
	return Totals{A: bytesize.Total{Unknown: 1}}
}

// usage returns what b has of what must not grow. A size that only one of two graphs
// knows of a package that is the same in both is no growth.
func (g Growth) usage(c *Comparison, b *Build, limit plan.Budget) plan.Usage {
	u := b.Usage()
	if t := c.pairedTotals(limit.Counts); t.paired != nil {
		more, _ := t.Missing()
		u.Bytes[limit.Counts] = bytesize.Total{Size: t.A.Size + t.Known(), Unknown: more, Estimated: t.B.Estimated}
	}
	return u
}

// ErrUndecided says that a limit cannot be checked, as nobody knows what it counts.
var ErrUndecided = errors.New("the limit cannot be checked")

// A Verdict is what came of one limit.
type Verdict struct {
	Limit    plan.Budget
	Growth   bool           // the limit is that of a growth
	Used     bytesize.Total // nothing of it is known if Decided is false
	Distance plan.Distance
	Decided  bool
	Over     bool
	Note     string // what the figure is of, where that is not the whole build; "" else
	// Packages and Layers are to blame when the limit is passed, the one with most
	// bytes first: those that grew, of a growth.
	Packages, Layers []Blame
}

// Check holds b against budgets and, with a comparison of a baseline with b,
// against growths. An error wraps [ErrUndecided] and tells of a growth that has
// nothing to start from.
func Check(b *Build, budgets []plan.Budget, c *Comparison, growths ...Growth) ([]Verdict, error) {
	var out []Verdict
	var errs []error
	for _, limit := range budgets {
		out = append(out, b.check(limit))
	}
	for _, g := range growths {
		limit, err := g.limit(c)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		v := b.checkUsage(limit, g.usage(c, b, limit))
		v.Growth = true
		if v.Over {
			v.Packages, v.Layers = c.blame(limit.Counts)
		}
		out = append(out, v)
	}
	return out, errors.Join(errs...)
}

func (b *Build) check(limit plan.Budget) Verdict { return b.checkUsage(limit, b.Usage()) }

func (b *Build) checkUsage(limit plan.Budget, u plan.Usage) Verdict {
	v := Verdict{Limit: limit}
	if limit.Scope == plan.Bundle && b.Image != nil {
		u, v.Note = b.bundle(), "counted are the Python packages: the platform has no operating system to pay for"
	} else if limit.Scope == plan.Image && b.Image == nil {
		v.Note = "counted are the packages alone: an image has more"
	}
	if b.Image != nil && b.Image.Uncompressed() && slices.Contains([]plan.Counts{plan.Download, plan.LargestLayer, plan.Disk}, limit.Counts) {
		v.Note = "the layers are stored uncompressed where they were read: a registry would send less"
	}
	if limit.Counts == plan.Time {
		u.Seconds, v.Note = b.buildTime(), "an estimate for usual build machines"
	}
	v.Used, v.Decided = u.Of(limit.Counts)
	if v.Decided = v.Decided || u.Seconds != nil && limit.Counts == plan.Time; !v.Decided {
		return v
	}
	if v.Distance, v.Over = limit.Check(u); v.Over {
		v.Packages, v.Layers = b.blamePackages(limit), b.blameLayers(limit)
	}
	return v
}

// buildTime estimates how long b takes to build as it is, nil if nothing tells.
func (b *Build) buildTime() *plan.Range {
	if b.Deps == nil && b.Ledger() == nil {
		return nil
	}
	x, ok := b.Strategies(plan.Plan{}, plan.Speeds{}).Find(plan.AsIs)
	if !ok {
		return nil
	}
	return &x.Seconds
}

// bundle is the usage of the Python packages of an image.
func (b *Build) bundle() plan.Usage {
	u := plan.Usage{Bytes: map[plan.Counts]bytesize.Total{}}
	if b.Image.Graph != nil {
		u.Bytes[plan.Unpacked] = b.Image.Graph.Total().Unpacked
	}
	return u
}
