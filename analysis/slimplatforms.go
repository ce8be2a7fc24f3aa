package analysis

import (
	"context"
	"fmt"
	"slices"

	"weighline/analysis/oci"
	"weighline/analysis/plan"
	"weighline/analysis/slim"
)

// slimPlatforms adds to the image that is written those of other platforms that
// the options ask for. closeAll must be called in the end.
func slimPlatforms(ctx context.Context, b *Build, p plan.Plan, first slim.Source, o SlimOptions) (all []slim.Source, closeAll func(), err error) {
	all = []slim.Source{first}
	var open []func()
	closeAll = func() {
		for _, f := range open {
			f()
		}
	}
	wanted := slices.Clone(o.Platforms)
	for _, info := range first.Image.Platforms {
		if info.Digest == first.Image.Digest {
			continue
		}
		i := slices.Index(wanted, info.Platform)
		if i < 0 && !o.KeepPlatforms {
			continue
		}
		at := o
		at.Image.Platform = info.Platform
		var s slim.Source
		var done func()
		if i >= 0 {
			wanted = slices.Delete(wanted, i, i+1)
			s, done, err = slimPlatform(ctx, b.Image.again(), p, at)
		} else {
			s, done, err = keptPlatform(ctx, b.Image.again(), info, at)
		}
		if err != nil {
			closeAll()
			return nil, nil, fmt.Errorf("%s: %w", info.Platform, err)
		}
		open, all = append(open, done), append(all, s)
	}
	if len(wanted) > 0 {
		closeAll()
		return nil, nil, &oci.Error{Code: oci.NoPlatform, What: b.Image.Reference, Why: fmt.Sprintf("This image has no %s build beside the first one.", wanted[0])}
	}
	return all, closeAll, nil
}

// slimPlatform reads the image of another platform and puts the plan against it.
func slimPlatform(ctx context.Context, reference string, p plan.Plan, o SlimOptions) (slim.Source, func(), error) {
	b, err := Analyze(ctx, Input{Image: reference}, Options{Image: o.Image, Cache: o.Cache, Progress: o.Progress})
	if err != nil {
		return slim.Source{}, nil, err
	}
	c, err := SlimCut(b, p)
	if err != nil {
		return slim.Source{}, nil, err
	}
	src, done, err := reopen(ctx, b, o)
	return slim.Source{Image: src, Cut: c}, done, err
}

// keptPlatform opens the image of another platform that stays as it is.
func keptPlatform(ctx context.Context, reference string, info oci.PlatformInfo, o SlimOptions) (slim.Source, func(), error) {
	src, err := openImage(ctx, reference, o.Image)
	if err != nil {
		return slim.Source{}, nil, err
	}
	if src.Digest != info.Digest {
		src.Close()
		return slim.Source{}, nil, ErrChangedImage
	}
	return slim.Source{Image: src}, func() { src.Close() }, nil
}
