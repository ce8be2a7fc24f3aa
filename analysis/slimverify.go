package analysis

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"weighline/analysis/attribution"
	"weighline/analysis/evidence"
	"weighline/analysis/layer"
	"weighline/analysis/oci"
	"weighline/analysis/slim"
)

// verifySlim reads what was written as anybody would, and compares.
func verifySlim(ctx context.Context, c *slim.Cut, r *SlimResult, o SlimOptions) ([]slim.Check, error) {
	src, err := openImage(ctx, r.Reference, o.readBack())
	if err != nil {
		return nil, fmt.Errorf("the image was written and cannot be read again: %w", err)
	}
	defer src.Close()
	wants := &wants{names: c.GoneLibraries()}
	read := layer.ReadOptions{Keep: attribution.Keep, VerifyDiffID: true, Budget: &layer.Budget{}}
	if len(wants.names) > 0 {
		read.Scan = wants.scanner
	}
	indexes, errs := reread(ctx, src, read, o)
	if err := errors.Join(errs...); err != nil {
		return nil, fmt.Errorf("the image was written and cannot be read again: %w", err)
	}
	tree, err := layer.Stack(ctx, indexes)
	if err != nil {
		return nil, err
	}
	ledger, err := attribution.Attribute(ctx, tree, attribution.Options{})
	if err != nil {
		return nil, err
	}
	return slim.Verify(c, &r.Result, ledger, downloadOf(src), c.Missing(tree, wants.found)), nil
}

// readBack are the options for opening the result.
func (o SlimOptions) readBack() oci.Options {
	image := o.Image
	image.Tag = ""
	return image // with the platform of the image that was read
}

func reread(ctx context.Context, src *oci.Image, read layer.ReadOptions, o SlimOptions) ([]*layer.Index, []error) {
	tell := func(done, total int64) {
		if o.Progress != nil {
			o.Progress(Progress{What: "Reading the result", Done: done, Total: total})
		}
	}
	if !src.RandomAccess {
		return walkLayers(ctx, src, Options{Progress: o.Progress}, read)
	}
	sources := make([]layer.Source, len(src.Layers))
	for i := range src.Layers {
		l := &src.Layers[i]
		sources[i] = layer.Source{DiffID: l.DiffID, Digest: l.Digest, Size: l.Size, Open: l.Open}
	}
	return layer.ReadLayers(ctx, sources, layer.LayersOptions{Read: read, Progress: func(p layer.Progress) { tell(p.Read, p.Total) }})
}

// downloadOf returns the compressed bytes of all layers, -1 where the place keeps
// them unpacked.
func downloadOf(src *oci.Image) int64 {
	if src.Source == oci.Docker || src.Source == oci.Podman {
		return -1
	}
	n := int64(0)
	for _, l := range src.Layers {
		if l.Size < 0 {
			return -1
		}
		n += l.Size
	}
	return n
}

// wants are the programs and libraries that need a library that went from
// somewhere. Files of a layer that later layers hide are among them.
type wants struct {
	names map[string]bool

	mu    sync.Mutex
	found []slim.Want
}

func (w *wants) scanner(path string, size int64, _ uint16) layer.Scanner {
	if size < 64 {
		return nil
	}
	return &elfScanner{of: w, path: strings.Clone(path)}
}

// An elfScanner reads which libraries a file needs while it streams by.
type elfScanner struct {
	of   *wants
	path string
	elf  evidence.ELFStream
}

// Scan takes the next piece of the file.
func (s *elfScanner) Scan(p []byte) bool {
	_, _ = s.elf.Write(p) // it never fails
	return s.elf.More()
}

// Excerpt ends the file; nothing of it is kept.
func (s *elfScanner) Excerpt() []byte {
	w, _ := evidence.Needed(&s.elf)
	if slices.ContainsFunc(w.Libraries, func(n string) bool { return s.of.names[n] }) {
		s.of.mu.Lock()
		s.of.found = append(s.of.found, slim.Want{File: s.path, Libraries: w.Libraries, Paths: w.Paths})
		s.of.mu.Unlock()
	}
	return nil
}

// smoke runs a command in the result, in the engine that has it or in the one
// that is at hand. Without one it says so and runs nothing.
func smoke(ctx context.Context, r *SlimResult, command string, o SlimOptions) (*slim.Smoke, error) {
	for prefix, place := range map[string]oci.Place{"docker:": oci.InDocker, "podman:": oci.InPodman} {
		if name, ok := strings.CutPrefix(r.Reference, prefix); ok && !strings.HasPrefix(name, "//") {
			return slim.RunSmoke(ctx, place, name, command)
		}
	}
	src, err := openImage(ctx, r.Reference, o.readBack())
	if err != nil {
		return nil, err
	}
	defer src.Close()
	var none []error
	for _, place := range []oci.Place{oci.InDocker, oci.InPodman} {
		name := "weighline-smoke:" + strings.TrimPrefix(r.Manifest, "sha256:")[:12]
		drop, err := slim.LoadFor(ctx, place, src, name)
		if oci.CodeOf(err) == oci.NoEngine {
			none = append(none, err)
			continue
		}
		if err != nil {
			return nil, err
		}
		defer drop()
		return slim.RunSmoke(ctx, place, name, command)
	}
	return nil, none[0]
}
