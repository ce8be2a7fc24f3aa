package store

import (
	"context"
	"fmt"

	"weighline/analysis"
	"weighline/analysis/layer"
	"weighline/analysis/plan"
)

// Pack returns what is saved of b with the plan of v. The caller names it and
// says what it was opened from.
func Pack(b *analysis.Build, v plan.Preview) (Build, error) {
	result, err := b.Encode()
	if err != nil {
		return Build{}, err
	}
	s := Build{Plan: v.Plan.Encode(), Result: result, Layers: b.DiffIDs(), Summary: summarize(b, v)}
	if b.Image != nil {
		s.Digest = b.Image.Digest
	}
	return s, nil
}

// Unpack returns the build and the plan that [Pack] was given. cache has the
// indexes of its layers; see [analysis.Decode].
func (b Build) Unpack(ctx context.Context, cache layer.Cache) (*analysis.Build, plan.Plan, error) {
	p, err := plan.Decode(b.Plan)
	if err != nil {
		return nil, p, fmt.Errorf("%s: %w", b.Name, err)
	}
	build, err := analysis.Decode(ctx, b.Result, cache)
	if err != nil {
		return nil, p, fmt.Errorf("%s: %w", b.Name, err)
	}
	return build, p, nil
}

// summarize is what a list shows of b under the plan of v.
func summarize(b *analysis.Build, v plan.Preview) Summary {
	s := Summary{Download: -1, DownloadAfter: -1, Unpacked: -1, UnpackedAfter: -1}
	if b.Graph() != nil {
		s.Packages, s.PackagesAfter = v.Before.Packages, v.After.Packages
		s.Unpacked, s.UnpackedAfter = int64(v.Before.Unpacked.Size), int64(v.After.Unpacked.Size)
		s.UnknownUnpacked, s.EstimatedUnpack = v.Before.Unpacked.Unknown, v.Before.Unpacked.Estimated > 0
	}
	if b.Deps != nil {
		s.Download, s.DownloadAfter = int64(v.Before.Download.Size), int64(v.After.Download.Size)
		s.UnknownSizes = v.Before.Download.Unknown
	}
	if b.Image == nil {
		return s
	}
	s.Layers = len(b.Image.Layers)
	if v.Image != nil && b.Deps == nil {
		s.Unpacked, s.UnpackedAfter = int64(v.Image.Before), int64(v.Image.After)
		s.UnknownUnpacked, s.EstimatedUnpack = 0, false
		s.Download, s.DownloadAfter = int64(v.Image.DownloadBefore.Size), int64(v.Image.DownloadAfter.Size)
		s.UnknownSizes, s.EstimatedDownload = v.Image.DownloadBefore.Unknown, v.Image.DownloadAfter.Estimated > 0
	}
	if l := b.Image.Ledger; l != nil && b.Deps == nil {
		gone := s.Packages - s.PackagesAfter
		s.Packages, s.PackagesAfter = len(l.Packages), len(l.Packages)-gone
	}
	return s
}
