// Command sample writes the images that the program shows at its first start:
// speech-api, a speech service, before and after somebody looked at its weight.
//
// It is a scale model. What takes a megabyte in a real image takes a kilobyte
// here, so that two images of several gigabytes fit into the program; the label
// io.weighline.scale of both says so. All else is as real tools leave it: the
// metadata and RECORD of each Python distribution, the status and lists of
// dpkg, whiteouts, a history.
//
// The story, from left to right:
//
//  1. closure.go asks the offline catalogue which distributions pip would
//     install, and what they weigh.
//  2. dist.go installs one of them into a [tree], in the shape that dists.txt
//     gives it, with content of the right size that compresses as well as the
//     real one (content.go, elf.go).
//  3. debian.go does the same for the packages of debs.txt, python.go for the
//     interpreter.
//  4. before.go and after.go are the two Dockerfiles: trees become layers.
//
// It runs in the folder of the assets, needs no network, and writes the same
// bytes each time. sample.go embeds the result, so a file of that name must be
// there for the program to compile; an empty one will do.
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"weighline/analysis/oci/ocitest"
)

// scale is how much smaller than life everything is.
const scale = 1000

var target = filepath.Join("sample", "images.tar")

func main() {
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "sample:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	before, after, err := images(ctx)
	if err != nil {
		return err
	}
	archive := ocitest.TarOf(ocitest.LayoutFiles(before, after))
	return os.WriteFile(target, archive, 0o644)
}

// images makes both images. They share the layers that come before the first
// line in which the Dockerfiles differ.
func images(ctx context.Context) (before, after *ocitest.Image, err error) {
	base, err := newBase()
	if err != nil {
		return nil, nil, err
	}
	if before, err = buildBefore(ctx, base); err != nil {
		return nil, nil, fmt.Errorf("before: %w", err)
	}
	if after, err = buildAfter(ctx, base); err != nil {
		return nil, nil, fmt.Errorf("after: %w", err)
	}
	return before, after, nil
}
